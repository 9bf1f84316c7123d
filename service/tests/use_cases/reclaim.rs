//! Seats that could be freed.

use std::time::Duration;

use domain::Interval;
use domain::view::TeamQuery;

use crate::stand::Stand;

claims! {
    who_was_not_here_for_long_and_who_does_not_answer_is_listed;
    what_is_included_saves_nothing;
    the_team_is_searched_and_paged;
}

const DAY: Duration = Duration::from_hours(24);

async fn who_was_not_here_for_long_and_who_does_not_answer_is_listed(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "premium", "year").await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    stand.join(&owner, "idle@acme.test", "member").await;
    stand.pass(DAY);
    stand.join(&owner, "rests@acme.test", "member").await;
    let rests = stand.id_of(&owner, "rests@acme.test").await;
    stand.suspend(&owner, rests).await.unwrap();
    stand.settle().await;
    stand.pass(20 * DAY);
    stand.team(&second).await;
    let fresh = stand.invite(&owner, "fresh@acme.test").await.unwrap();
    let look = |days| service::reclaim(&stand.s, &admin, "acme", days);
    let names = |rows: Vec<domain::view::MemberRow>| -> Vec<String> {
        rows.into_iter().map(|row| row.email.to_string()).collect()
    };
    let view = look(14).await.unwrap();
    assert_eq!(names(view.idle), ["idle@acme.test"], "no owners, not who looks, not who rests");
    assert!(view.stale.is_empty());
    let (saves, interval) = view.saves.unwrap();
    assert_eq!((saves.minor, interval), (27_800, Interval::Year));
    assert_eq!(view.per_seat, Some((saves, interval)));
    assert!(look(30).await.unwrap().idle.is_empty());
    assert_eq!(look(31).await.unwrap().idle_days, 30, "what cannot be chosen is a month");

    stand.pass(4 * DAY);
    let view = look(14).await.unwrap();
    assert_eq!(view.stale.iter().map(|row| row.id).collect::<Vec<_>>(), [fresh.id]);
    service::resend_invitation(&stand.s, &owner, "acme", fresh.id).await.unwrap();
    assert!(look(14).await.unwrap().stale.is_empty(), "who was asked again has time to answer");
}

async fn what_is_included_saves_nothing(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "idle@acme.test", "member").await;
    stand.pass(91 * DAY);
    let view = service::reclaim(&stand.s, &owner, "acme", 90).await.unwrap();
    assert_eq!((view.idle.len(), view.per_seat, view.saves), (1, None, None));
}

async fn the_team_is_searched_and_paged(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "enterprise", "month").await;
    for n in 0..60 {
        stand.join(&owner, &format!("Person{n:02}@acme.test"), "member").await;
    }
    let look = |search: &str, page: u32| {
        let ask = TeamQuery { search: search.to_owned(), page };
        let (s, owner) = (&stand.s, &owner);
        async move { service::team(s, owner, "acme", ask).await.unwrap() }
    };
    let first = look("", 0).await;
    assert_eq!((first.members.len(), first.found, first.page, first.pages), (50, 61, 1, 2));
    assert_eq!(first.members[0].email, owner.email, "owners first");
    assert_eq!(look("", 2).await.members.len(), 11);
    assert_eq!(look("", 9).await.members.len(), 0);
    let found = look(" PERSON1", 1).await;
    assert_eq!((found.members.len(), found.found, found.pages), (10, 10, 1));
    assert!(found.invitations.is_empty());
    for nothing in ["%", "_", "person%", "x' or '1'='1", "\0nobody"] {
        assert_eq!(look(nothing, 1).await.found, 0, "{nothing:?} is a text like any other");
    }
}
