//! The course of a plan: its end and the way back, its pause, its trial, the provider's own page.

use domain::course::{Reason, Step};
use domain::subscription::{ProviderScheduleId, Scheduled};
use domain::{Access, Interval, Subscription, SubscriptionStatus as Status, Timestamp};
use payments::provider::course::PortalFlow;
use service::{Caller, Error};

use crate::stand::{Stand, code};
use crate::till::Mood;

claims! {
    an_end_comes_with_the_period_and_can_be_taken_back;
    what_was_said_on_the_way_out_is_kept_and_told_the_provider;
    an_end_that_was_decided_on_the_providers_page_is_told_once_and_taken_back_here;
    an_end_whose_answer_was_lost_is_decided_once;
    when_the_end_comes_all_can_be_read_and_the_owners_are_told;
    only_who_pays_decides_how_the_plan_goes_on;
    a_paused_plan_is_read_and_goes_on_where_it_was;
    a_trial_ends_early_with_a_card_and_is_due_without;
    what_is_scheduled_is_dropped_by_the_end_and_in_the_way_of_a_pause;
    a_scheduled_change_is_taken_back;
    the_providers_page_is_opened_for_who_pays_and_seen_at_once;
    what_the_provider_has_counts_and_not_our_mirror;
    without_a_plan_there_is_nothing_to_end;
}

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

async fn hear(stand: &Stand, kind: &str) {
    let event = stand.till.event(kind, &bought(stand));
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
}

async fn subjects(stand: &Stand, to: &str) -> Vec<String> {
    stand.letters(to).await.into_iter().map(|letter| letter.subject).collect()
}

fn count(subjects: &[String], with: &str) -> usize {
    subjects.iter().filter(|subject| subject.contains(with)).count()
}

async fn cancel(stand: &Stand, who: &Caller) -> Result<(), Error> {
    service::cancel_plan(&stand.s, who, "acme", None, None).await
}

async fn resume(stand: &Stand, who: &Caller) -> Result<(), Error> {
    service::resume_plan(&stand.s, who, "acme").await
}

async fn shown(stand: &Stand, who: &Caller) -> (Option<Timestamp>, Vec<Step>) {
    let view = stand.billing(who).await;
    (view.subscription.unwrap().ends_at, view.course.unwrap().steps)
}

async fn an_end_comes_with_the_period_and_can_be_taken_back(stand: Stand) {
    let owner = stand.acme_with_all_access(2).await;
    let until = bought(&stand).period.until;
    let page = service::leaving(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!((page.plan.as_str(), page.ends_at, page.not_now), ("All Access", Some(until), None));
    assert!(!page.losses.is_empty(), "what the free plan has less of");

    cancel(&stand, &owner).await.unwrap();
    assert_eq!(shown(&stand, &owner).await, (Some(until), vec![Step::Resume, Step::Buy]));
    assert_eq!(stand.billing(&owner).await.desk.access, Access::Full, "nothing is lost until then");
    stand.join(&owner, "second@acme.test", "member").await;
    assert_eq!(code(cancel(&stand, &owner).await), "plan-ends");
    let page = service::leaving(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(page.not_now.unwrap().code, "plan-ends");

    resume(&stand, &owner).await.unwrap();
    let (ends, steps) = shown(&stand, &owner).await;
    assert_eq!(ends, None);
    assert!(steps.contains(&Step::Cancel) && steps.contains(&Step::Buy) && !steps.contains(&Step::Resume), "{steps:?}");
    assert_eq!(code(resume(&stand, &owner).await), "plan-goes-on");

    let letters = subjects(&stand, "owner@acme.test").await;
    assert_eq!(count(&letters, &format!("All Access of Acme ends on {}", until.date())), 1, "{letters:?}");
    assert_eq!(count(&letters, "All Access of Acme goes on"), 1, "{letters:?}");
    assert_eq!(count(&subjects(&stand, "second@acme.test").await, "All Access"), 0, "owners alone are told");
}

async fn what_was_said_on_the_way_out_is_kept_and_told_the_provider(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let say = async |reason: &str, comment: &str| {
        service::cancel_plan(&stand.s, &owner, "acme", Some(reason.to_owned()), Some(comment.to_owned())).await
    };
    assert!(matches!(say("because", "").await, Err(Error::Invalid { field: "reason", .. })));
    assert!(matches!(say("", &"x".repeat(501)).await, Err(Error::Invalid { field: "comment", .. })));
    assert!(stand.till.inside().leaving.is_empty(), "nothing was asked for yet");
    say("too_expensive", " Too much for one seat.\n").await.unwrap();
    let told = stand.till.inside().leaving.clone();
    assert_eq!(told[0].reason, Some(Reason::TooExpensive));
    assert_eq!(told[0].comment.as_deref(), Some("Too much for one seat."));
    let log = service::audit_log(&stand.s, &owner, "acme", &domain::view::AuditQuery::default(), None).await.unwrap();
    let line = log.lines.iter().find(|line| line.action == "subscription.end_asked").unwrap();
    assert!(line.changes.iter().any(|change| format!("{change:?}").contains("Too much for one seat.")), "{line:?}");
}

async fn an_end_that_was_decided_on_the_providers_page_is_told_once_and_taken_back_here(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let until = bought(&stand).period.until;
    // As the provider's page does it on subscriptions of today: the date alone, and not the flag.
    stand.till.change(&bought(&stand).id, |it| it.ends_at = Some(until));
    for _ in 0..3 {
        hear(&stand, "customer.subscription.updated").await;
    }
    assert_eq!(shown(&stand, &owner).await, (Some(until), vec![Step::Resume, Step::Buy]));
    assert_eq!(count(&subjects(&stand, "owner@acme.test").await, "ends on"), 1);
    resume(&stand, &owner).await.unwrap();
    assert_eq!(bought(&stand).ends_at, None);
}

async fn an_end_whose_answer_was_lost_is_decided_once(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.till.mood_after(1, Mood::Mumbling);
    assert_eq!(code(cancel(&stand, &owner).await), "payments-away");
    stand.till.mood(Mood::Well);
    assert!(bought(&stand).ends_at.is_some(), "it was done, and nobody heard of it");
    assert_eq!(
        code(cancel(&stand, &owner).await),
        "plan-ends",
        "what the provider has is seen before anything is asked"
    );
    assert_eq!(stand.till.inside().leaving.len(), 1);
    assert!(shown(&stand, &owner).await.0.is_some());
    resume(&stand, &owner).await.unwrap();
    cancel(&stand, &owner).await.unwrap();
    assert!(bought(&stand).ends_at.is_some(), "and a new wish is a new one");
}

async fn when_the_end_comes_all_can_be_read_and_the_owners_are_told(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    cancel(&stand, &owner).await.unwrap();
    let until = bought(&stand).period.until;
    stand.till.change(&bought(&stand).id, |it| (it.status, it.ended_at) = (Status::Canceled, Some(until)));
    hear(&stand, "customer.subscription.deleted").await;
    let view = stand.billing(&owner).await;
    assert_eq!((view.desk.access, view.course, view.plan.key.as_str()), (Access::ReadOnly, None, "all_access"));
    assert!(service::reactivation(&stand.s, &owner, "acme").await.unwrap().is_some());
    assert_eq!(count(&subjects(&stand, "owner@acme.test").await, "All Access of Acme has ended"), 1);
    assert_eq!(code(resume(&stand, &owner).await), "nothing-bought");
}

async fn only_who_pays_decides_how_the_plan_goes_on(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let s = &stand.s;
    let answers = [
        code(cancel(&stand, &admin).await),
        code(resume(&stand, &admin).await),
        code(service::pause_plan(s, &admin, "acme").await),
        code(service::unpause_plan(s, &admin, "acme").await),
        code(service::end_trial(s, &admin, "acme").await),
        code(service::undo_change(s, &admin, "acme").await),
        code(service::open_portal(s, &admin, "acme", "home").await),
        code(service::back_from_portal(s, &admin, "acme").await),
        code(service::leaving(s, &admin, "acme").await),
    ];
    assert!(answers.iter().all(|code| code == "not-permitted"), "{answers:?}");
    assert!(!stand.billing(&admin).await.portal);
    let stranger = stand.sign_up("stranger@other.test").await;
    assert_eq!(code(cancel(&stand, &stranger).await), "not-found");
}

async fn a_paused_plan_is_read_and_goes_on_where_it_was(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    service::pause_plan(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(stand.billing(&owner).await.desk.access, Access::ReadOnly);
    assert_eq!(code(stand.invite(&owner, "second@acme.test").await), "read-only");
    assert_eq!(shown(&stand, &owner).await.1, [Step::Unpause]);
    assert_eq!(code(service::pause_plan(&stand.s, &owner, "acme").await), "plan-paused");
    service::unpause_plan(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(stand.billing(&owner).await.desk.access, Access::Full);
    stand.invite(&owner, "second@acme.test").await.unwrap();
    assert_eq!(code(service::unpause_plan(&stand.s, &owner, "acme").await), "plan-runs");
    let letters = subjects(&stand, "owner@acme.test").await;
    assert_eq!((count(&letters, "is paused"), count(&letters, "goes on")), (1, 1), "{letters:?}");
}

async fn a_trial_ends_early_with_a_card_and_is_due_without(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    assert_eq!(code(service::end_trial(&stand.s, &owner, "acme").await), "no-trial");
    for (card, becomes) in [(Some("Visa 4242"), Access::Full), (None, Access::NoGrowth)] {
        let ends = stand.s.now().plus(std::time::Duration::from_hours(60));
        stand.till.change(&bought(&stand).id, |it| {
            (it.status, it.trial_ends_at, it.card) = (Status::Trialing, Some(ends), card.map(str::to_owned));
        });
        hear(&stand, "customer.subscription.updated").await;
        let trial = stand.billing(&owner).await.course.unwrap().trial.unwrap();
        assert_eq!((trial.ends_at, trial.days_left), (ends, 3), "a day that has begun is one");
        service::end_trial(&stand.s, &owner, "acme").await.unwrap();
        let view = stand.billing(&owner).await;
        assert_eq!((view.course.unwrap().trial, view.desk.access), (None, becomes));
    }
}

fn next(at: Timestamp) -> Scheduled {
    let id = ProviderScheduleId("sub_sched_1".to_owned());
    let plan = Some("team".parse().unwrap());
    Scheduled { id, at, plan, interval: Some(Interval::Month), seats: 0, version: None, total: None, moved: false }
}

async fn what_is_scheduled_is_dropped_by_the_end_and_in_the_way_of_a_pause(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let until = bought(&stand).period.until;
    stand.till.change(&bought(&stand).id, |it| it.scheduled = Some(next(until)));
    hear(&stand, "subscription_schedule.updated").await;
    let view = stand.billing(&owner).await.course.unwrap();
    let told = view.next.clone().unwrap();
    assert_eq!((told.plan.as_deref(), told.at, told.other), (Some("Team"), until, true));
    assert_eq!(code(service::pause_plan(&stand.s, &owner, "acme").await), "change-scheduled");
    assert_eq!(service::leaving(&stand.s, &owner, "acme").await.unwrap().dropped.as_deref(), Some("Team"));
    cancel(&stand, &owner).await.unwrap();
    assert_eq!((bought(&stand).scheduled, bought(&stand).ends_at), (None, Some(until)));
}

async fn a_scheduled_change_is_taken_back(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    assert_eq!(code(service::undo_change(&stand.s, &owner, "acme").await), "nothing-scheduled");
    let until = bought(&stand).period.until;
    stand.till.change(&bought(&stand).id, |it| it.scheduled = Some(next(until)));
    hear(&stand, "subscription_schedule.updated").await;
    service::undo_change(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!((bought(&stand).scheduled, stand.billing(&owner).await.course.unwrap().next), (None, None));
    let letters = subjects(&stand, "owner@acme.test").await;
    assert_eq!((count(&letters, "changes to Team"), count(&letters, "stays on All Access")), (1, 1), "{letters:?}");
}

async fn the_providers_page_is_opened_for_who_pays_and_seen_at_once(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let s = &stand.s;
    assert_eq!(service::open_portal(s, &owner, "acme", "home").await.unwrap(), "https://pay.test/portal/1");
    service::open_portal(s, &owner, "acme", "payment_method").await.unwrap();
    let visits = stand.till.inside().portals.clone();
    assert_eq!((visits[0].flow, visits[1].flow), (PortalFlow::Home, PortalFlow::PaymentMethod));
    assert_eq!(visits[0].return_url, "https://usher.test/app/acme/billing?portal=back");
    assert_eq!(visits[0].customer, bought(&stand).customer);

    stand.till.change(&bought(&stand).id, |it| it.card = Some("Mastercard 4444".to_owned()));
    stand.till.mood(Mood::Away);
    service::back_from_portal(s, &owner, "acme").await.unwrap();
    stand.till.mood(Mood::Well);
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().card.as_deref(), Some("Visa 4242"));
    service::back_from_portal(s, &owner, "acme").await.unwrap();
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().card.as_deref(), Some("Mastercard 4444"));
}

async fn what_the_provider_has_counts_and_not_our_mirror(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    // It has ended, and no webhook has come.
    let now = stand.s.now();
    stand.till.change(&bought(&stand).id, |it| (it.status, it.ended_at) = (Status::Canceled, Some(now)));
    assert_eq!(code(cancel(&stand, &owner).await), "nothing-bought");
    assert_eq!(stand.billing(&owner).await.desk.access, Access::ReadOnly, "and now the mirror knows");
}

async fn without_a_plan_there_is_nothing_to_end(stand: Stand) {
    let owner = stand.acme().await;
    let s = &stand.s;
    assert_eq!(code(cancel(&stand, &owner).await), "nothing-bought");
    assert_eq!(code(service::open_portal(s, &owner, "acme", "home").await), "nothing-bought");
    service::back_from_portal(s, &owner, "acme").await.unwrap();
    assert_eq!(service::leaving(s, &owner, "acme").await.unwrap().not_now.unwrap().code, "nothing-bought");
    let view = stand.billing(&owner).await;
    assert_eq!((view.course, view.portal), (None, false));
}
