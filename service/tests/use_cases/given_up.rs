//! Buying now what does not go with what is arranged for later: it is said, and taken back before anything is asked for.

use std::time::Duration;

use domain::Subscription;
use domain::view::{ChangeAnswer, Placed, QuoteView};
use service::{Caller, ChangeInput};

use crate::stand::{Stand, code};
use crate::till::{Card, Mood};

claims! {
    what_buying_now_gives_up_is_said_and_taken_back;
    a_refused_card_leaves_a_plan_that_goes_on_and_says_so;
    what_was_given_up_for_a_payment_that_never_came_is_said;
    whoever_dies_on_the_way_buys_once_what_was_agreed_to;
    what_is_arranged_otherwise_since_is_not_given_up;
    while_the_provider_is_away_it_stays_arranged;
}

const MINUTE: Duration = Duration::from_mins(1);

/// What is arranged for later.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Later {
    Smaller,
    End,
}

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

fn nothing_is_arranged(stand: &Stand) -> bool {
    let bought = bought(stand);
    bought.scheduled.is_none() && bought.ends_at.is_none()
}

/// Premium with five seats, and something for later.
async fn with(stand: &Stand, later: Later) -> Caller {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "premium", "month", 5).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    stand.settle().await;
    arrange(stand, &owner, later).await;
    owner
}

async fn arrange(stand: &Stand, owner: &Caller, later: Later) {
    match later {
        Later::End => service::cancel_plan(&stand.s, owner, "acme", None, None).await.unwrap(),
        Later::Smaller => {
            let said = service::later(&stand.s, owner, "acme", "team", "month").await.unwrap();
            service::schedule_change(&stand.s, owner, "acme", "team", "month", &said.hash).await.unwrap();
        }
    }
    assert!(!nothing_is_arranged(stand));
}

async fn offer(stand: &Stand, who: &Caller, plan: &str, seats: u32) -> QuoteView {
    let word = |word: &str| Some(word.to_owned());
    let input = ChangeInput { plan: word(plan), interval: word("month"), seats: Some(seats), quote: None };
    match service::change(&stand.s, who, "acme", input).await.unwrap().answer {
        ChangeAnswer::Quote(quote) => *quote,
        other => panic!("{other:?}"),
    }
}

async fn confirm(stand: &Stand, who: &Caller, quote: &QuoteView) -> Result<(), service::Error> {
    service::confirm_quote(&stand.s, who, "acme", &quote.id.to_string(), &quote.hash).await.map(drop)
}

async fn placed(stand: &Stand, who: &Caller, quote: &QuoteView) -> Placed {
    let input = ChangeInput { quote: Some(quote.id.to_string()), ..ChangeInput::default() };
    match service::change(&stand.s, who, "acme", input).await.unwrap().answer {
        ChangeAnswer::Placed(placed) => placed.state,
        other => panic!("{other:?}"),
    }
}

async fn what_buying_now_gives_up_is_said_and_taken_back(stand: Stand) {
    let owner = with(&stand, Later::Smaller).await;
    let at = bought(&stand).period.until.date();
    // More seats, and then a larger plan: whatever is bought now.
    for (later, plan, seats, says) in [
        (None, "premium", 7, format!("the change to Team, paid monthly, on {at}")),
        (Some(Later::End), "premium", 8, format!("the end of the plan on {at}")),
        (Some(Later::Smaller), "enterprise", 1, format!("the change to Team, paid monthly, on {at}")),
    ] {
        if let Some(later) = later {
            arrange(&stand, &owner, later).await;
        }
        let plain = bought(&stand);
        let quote = offer(&stand, &owner, plan, seats).await;
        assert_eq!(quote.sheet.gives_up.as_ref().unwrap().words(), says);
        assert_eq!(bought(&stand).lines, plain.lines, "asking changes nothing");
        assert!(!nothing_is_arranged(&stand));
        confirm(&stand, &owner, &quote).await.unwrap();
        assert_eq!(placed(&stand, &owner, &quote).await, Placed::Done);
        assert!(nothing_is_arranged(&stand));
        let course = stand.billing(&owner).await.course.unwrap();
        assert!(course.next.is_none(), "{course:?}");
    }
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "enterprise");
    assert_eq!(stand.till.inside().changes, 3);
}

async fn a_refused_card_leaves_a_plan_that_goes_on_and_says_so(stand: Stand) {
    let owner = with(&stand, Later::End).await;
    let at = bought(&stand).period.until.date();
    stand.till.card(Card::Refuses);
    let quote = offer(&stand, &owner, "premium", 8).await;
    confirm(&stand, &owner, &quote).await.unwrap();
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it was refused") };
    assert!(no.code == "card-refused" && no.what.contains(&format!("the end of the plan on {at} is given up")), "{no}");
    let is = bought(&stand);
    assert_eq!((is.quantity, &is.waiting, nothing_is_arranged(&stand)), (5, &None, true));
    let shown = stand.billing(&owner).await.subscription.unwrap();
    assert_eq!((shown.quantity, shown.ends_at), (5, None), "and it is shown so");
    // It is whole: it can end again, and something can be bought again.
    arrange(&stand, &owner, Later::End).await;
    stand.till.card(Card::Good);
    let quote = offer(&stand, &owner, "premium", 8).await;
    confirm(&stand, &owner, &quote).await.unwrap();
    assert_eq!((placed(&stand, &owner, &quote).await, bought(&stand).quantity), (Placed::Done, 8));
}

async fn what_was_given_up_for_a_payment_that_never_came_is_said(stand: Stand) {
    let owner = with(&stand, Later::Smaller).await;
    stand.till.card(Card::AsksTheBuyer);
    let quote = offer(&stand, &owner, "premium", 8).await;
    confirm(&stand, &owner, &quote).await.unwrap();
    assert!(matches!(placed(&stand, &owner, &quote).await, Placed::Waiting { .. }));
    assert!(nothing_is_arranged(&stand));
    stand.till.end_wait(false);
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it is over") };
    assert!(
        no.code == "not-paid-in-time" && no.what.contains("the change to Team") && no.next.contains("again"),
        "{no}"
    );
    assert_eq!(bought(&stand).quantity, 5);
    // Who has arranged it again is not told that it is gone.
    arrange(&stand, &owner, Later::Smaller).await;
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it is over") };
    assert!(!no.what.contains("Team"), "{no}");
}

/// After each call to the provider: it was done and nobody heard of it, or it never arrived.
async fn whoever_dies_on_the_way_buys_once_what_was_agreed_to(stand: Stand) {
    let owner = with(&stand, Later::Smaller).await;
    let mut seats = 5;
    for later in [Later::Smaller, Later::End] {
        for mood in [Mood::Mumbling, Mood::Away] {
            for calls in 1..=2 {
                if nothing_is_arranged(&stand) {
                    arrange(&stand, &owner, later).await;
                }
                let before = stand.till.inside().changes;
                let quote = offer(&stand, &owner, "premium", seats + 1).await;
                stand.till.mood_after(calls, mood);
                confirm(&stand, &owner, &quote).await.unwrap();
                stand.till.mood(Mood::Well);
                let note = format!("{later:?} {mood:?} after {calls} calls");
                assert_eq!(placed(&stand, &owner, &quote).await, Placed::OnItsWay, "{note}");
                stand.pass(MINUTE);
                stand.settle().await;
                seats += 1;
                assert_eq!(placed(&stand, &owner, &quote).await, Placed::Done, "{note}");
                assert_eq!((bought(&stand).quantity, stand.till.inside().changes - before), (seats, 1), "{note}");
                assert!(nothing_is_arranged(&stand), "{note}");
            }
        }
    }
}

async fn what_is_arranged_otherwise_since_is_not_given_up(stand: Stand) {
    let owner = with(&stand, Later::Smaller).await;
    let quote = offer(&stand, &owner, "premium", 8).await;
    service::undo_change(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(code(confirm(&stand, &owner, &quote).await), "quote-stale", "there is nothing of it any more");
    let quote = offer(&stand, &owner, "premium", 8).await;
    assert_eq!(quote.sheet.gives_up, None);
    arrange(&stand, &owner, Later::End).await;
    assert_eq!(code(confirm(&stand, &owner, &quote).await), "quote-stale", "that was not said");
    let quote = offer(&stand, &owner, "premium", 8).await;
    service::resume_plan(&stand.s, &owner, "acme").await.unwrap();
    arrange(&stand, &owner, Later::Smaller).await;
    assert_eq!(code(confirm(&stand, &owner, &quote).await), "quote-stale", "it is something else");
    assert!(bought(&stand).scheduled.is_some() && stand.till.inside().changes == 0);
    // While somebody's agreement is on its way, somebody else decides otherwise: nothing is given up, nothing bought.
    let quote = offer(&stand, &owner, "premium", 8).await;
    stand.till.mood_after(1, Mood::Away);
    confirm(&stand, &owner, &quote).await.unwrap();
    stand.till.mood(Mood::Well);
    stand.till.change(&bought(&stand).id, |it| (it.scheduled, it.ends_at) = (None, Some(it.period.until)));
    stand.pass(MINUTE);
    stand.settle().await;
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it is stale") };
    assert_eq!((no.code.as_str(), stand.till.inside().changes), ("quote-stale", 0));
    assert!(bought(&stand).ends_at.is_some());
}

async fn while_the_provider_is_away_it_stays_arranged(stand: Stand) {
    let owner = with(&stand, Later::Smaller).await;
    let quote = offer(&stand, &owner, "premium", 8).await;
    stand.till.mood_after(1, Mood::Away);
    confirm(&stand, &owner, &quote).await.unwrap();
    stand.pass(Duration::from_hours(1));
    stand.till.mood(Mood::Well);
    stand.settle().await;
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it is too late") };
    assert!(no.code == "not-in-time" && !no.what.contains("Team"), "{no}");
    assert!(bought(&stand).scheduled.is_some() && stand.till.inside().changes == 0);
}
