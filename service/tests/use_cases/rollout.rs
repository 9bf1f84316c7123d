//! Billing switched on in steps: every gate in every mode.

use std::time::Duration;

use domain::rollout::{Gate, Mode};
use domain::view::ChangeAnswer;
use domain::{Access, Permission, Rollout, SubscriptionStatus};
use service::{Caller, ChangeInput, Error};
use store::{OverlookedRecord, Query, TenantRead};

use crate::stand::{Stand, code};

claims! {
    the_seat_gate_says_no_only_where_it_is_enforced;
    a_cap_that_falls_takes_nobodys_seat_where_the_gate_is_not_enforced;
    what_an_unpaid_company_may_do_is_asked_only_where_the_gate_is_enforced;
    nothing_is_sold_where_billing_is_off_and_seats_stay_visible;
    what_is_bought_is_not_changed_where_nothing_is_sold;
    new_is_who_came_since_the_day;
    each_gate_may_have_a_mode_of_its_own;
}

struct Overlooked;

impl Query for Overlooked {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = Vec<OverlookedRecord>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.overlooked_refusals().await?)
    }
}

/// What would have been refused at Acme, and how often.
async fn overlooked(stand: &Stand) -> Vec<(Gate, String, u32)> {
    let system = stand.s.store().system();
    let org = system.org_by_slug(&"acme".parse().unwrap()).await.unwrap().unwrap();
    let kept = system.act_for(org, "test").await.unwrap().read(Overlooked).await.unwrap();
    kept.into_iter().map(|one| (one.gate, one.code, one.times)).collect()
}

/// Everything that came before, and one day more.
fn modes(stand: &Stand) -> [(Mode, Rollout, bool); 5] {
    let (now, day) = (stand.s.now(), Duration::from_hours(24));
    [
        (Mode::Off, Rollout::new(Mode::Off, None), false),
        (Mode::Monitor, Rollout::new(Mode::Monitor, None), false),
        (Mode::New, Rollout::new(Mode::New, Some(now.plus(day))), false),
        (Mode::New, Rollout::new(Mode::New, Some(now.minus(day))), true),
        (Mode::Everyone, Rollout::new(Mode::Everyone, None), true),
    ]
}

async fn full(stand: &Stand) -> (Caller, u32) {
    let owner = stand.acme_with_all_access(1).await;
    for name in ["second", "third"] {
        stand.invite(&owner, &format!("{name}@acme.test")).await.unwrap();
    }
    (owner, 3)
}

async fn the_seat_gate_says_no_only_where_it_is_enforced(stand: Stand) {
    let (owner, cap) = full(&stand).await;
    let mut stand = stand;
    let mut watched = 0;
    for (number, (mode, rollout, enforced)) in modes(&stand).into_iter().enumerate() {
        stand = stand.rolling(rollout);
        let answer = stand.invite(&owner, &format!("more{number}@acme.test")).await;
        assert_eq!(code(answer), if enforced { "seats-full" } else { "-" }, "{mode:?}");
        let seats = stand.team(&owner).await.desk.seats;
        assert_eq!(seats.limit.cap(), enforced.then_some(cap), "{mode:?}: no end is shown where there is none");
        assert!(seats.count.held() >= cap, "{mode:?}: seats are counted in every mode");
        watched += u32::from(mode == Mode::Monitor);
        let expected: Vec<_> =
            (watched > 0).then(|| (Gate::Seats, "seats-full".to_owned(), watched)).into_iter().collect();
        assert_eq!(overlooked(&stand).await, expected, "{mode:?}");
    }
}

async fn a_cap_that_falls_takes_nobodys_seat_where_the_gate_is_not_enforced(stand: Stand) {
    let stand = stand.rolling(Rollout::new(Mode::Monitor, None));
    let (owner, _) = full(&stand).await;
    for name in ["fourth", "fifth"] {
        stand.join(&owner, &format!("{name}@acme.test"), "member").await;
    }
    let bought = stand.till.inside().subscriptions[0].subscription.clone();
    stand.till.change(&bought.id, |it| {
        it.status = SubscriptionStatus::Canceled;
        it.ended_at = Some(it.period.from);
    });
    stand.webhook(&stand.till.event("customer.subscription.deleted", &bought)).await.unwrap();
    stand.settle().await;
    let team = stand.team(&owner).await;
    assert!(team.members.iter().all(|member| member.suspension.is_none()), "{team:?}");
    assert_eq!(team.desk.seats.count.held(), 5);
}

async fn what_an_unpaid_company_may_do_is_asked_only_where_the_gate_is_enforced(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let bought = stand.till.inside().subscriptions[0].subscription.clone();
    let mut stand = stand;
    for (status, refusal, access) in [
        (SubscriptionStatus::PastDue, "payment-due", Access::NoGrowth),
        (SubscriptionStatus::Unpaid, "read-only", Access::ReadOnly),
    ] {
        stand.till.change(&bought.id, |it| it.status = status);
        stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
        stand.settle().await;
        for (mode, rollout, enforced) in modes(&stand) {
            stand = stand.rolling(rollout);
            let invited = stand.invite(&owner, "second@acme.test").await;
            if let Ok(invited) = &invited {
                service::cancel_invitation(&stand.s, &owner, "acme", invited.id, None).await.unwrap();
            }
            assert_eq!(code(invited), if enforced { refusal } else { "-" }, "{status} {mode:?}");
            let shown = stand.billing(&owner).await.desk.access;
            assert_eq!(shown, if enforced { access } else { Access::Full }, "{status} {mode:?}");
        }
        assert!(overlooked(&stand).await.contains(&(Gate::Access, refusal.to_owned(), 1)), "{status}");
    }
}

async fn nothing_is_sold_where_billing_is_off_and_seats_stay_visible(stand: Stand) {
    let owner = stand.acme().await;
    let mut stand = stand;
    for (mode, rollout, enforced) in modes(&stand) {
        stand = stand.rolling(rollout);
        let selling = enforced || mode == Mode::Monitor;
        let view = stand.billing(&owner).await;
        assert_eq!((view.selling, view.desk.seats.count.active), (selling, 1), "{mode:?}");
        let started = code(stand.start(&owner, "all_access", "year", 1).await);
        assert_eq!(started, if selling { "-" } else { "not-selling" }, "{mode:?}");
    }
}

async fn what_is_bought_is_not_changed_where_nothing_is_sold(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let mut stand = stand;
    for (mode, rollout, enforced) in modes(&stand) {
        stand = stand.rolling(rollout);
        let sells = enforced || mode == Mode::Monitor;
        let word = |word: &str| Some(word.to_owned());
        let wish = ChangeInput { plan: word("all_access"), interval: word("year"), seats: Some(2), quote: None };
        let answer = service::change(&stand.s, &owner, "acme", wish).await.unwrap().answer;
        match answer {
            ChangeAnswer::Quote(_) => assert!(sells, "{mode:?}"),
            ChangeAnswer::Refused(no) => assert_eq!((no.code.as_str(), sells), ("not-selling", false), "{mode:?}"),
            other => panic!("{mode:?}: {other:?}"),
        }
        let later = code(service::later(&stand.s, &owner, "acme", "team", "month").await);
        assert_eq!(later, if sells { "-" } else { "not-selling" }, "{mode:?}");
    }
    let stand = stand.rolling(Rollout::new(Mode::Off, None));
    service::cancel_plan(&stand.s, &owner, "acme", None, None).await.unwrap();
}

async fn new_is_who_came_since_the_day(stand: Stand) {
    let old = stand.acme_with_all_access(1).await;
    stand.pass(Duration::from_hours(48));
    let stand = {
        let since = stand.s.now().minus(Duration::from_hours(1));
        stand.rolling(Rollout::new(Mode::New, Some(since)))
    };
    let new = stand.sign_up("owner@other.test").await;
    stand.create(&new, "Other", "other").await.unwrap();
    let limit = async |who: &Caller, slug: &str| service::billing(&stand.s, who, slug).await.unwrap().desk.seats.limit;
    assert_eq!(limit(&old, "acme").await.cap(), None);
    assert!(limit(&new, "other").await.cap().is_some());
}

async fn each_gate_may_have_a_mode_of_its_own(stand: Stand) {
    let (owner, _) = full(&stand).await;
    let stand = stand.rolling("everyone, seats=monitor, plans=off".parse().unwrap());
    assert_eq!(code(stand.invite(&owner, "more@acme.test").await), "-");
    assert!(!stand.billing(&owner).await.selling);
    assert_eq!(stand.billing(&owner).await.desk.access, Access::Full);
}
