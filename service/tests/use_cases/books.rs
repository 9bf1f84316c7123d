//! Reconciliation: whatever differs is found with its cause, put right where no person is needed, and not found again.

use std::time::Duration;

use domain::subscription::{Pause, ProviderScheduleId, ProviderSubscriptionId, Scheduled, Waiting};
use domain::view::ChangeAnswer;
use domain::{Catalog, Drift, Repair, Subscription, SubscriptionStatus};
use payments::provider::Fetched;
use serde_json::json;
use service::{Caller, ChangeInput, Error, Reconcile, Reconciled, reconcile, work};

use crate::stand::Stand;
use crate::till::Mood;

claims! {
    where_nothing_differs_nothing_is_found_or_written;
    a_stale_mirror_is_found_and_fetched_again;
    what_is_to_come_or_rests_is_found_when_nobody_heard_of_it;
    what_has_ended_at_the_provider_ends_here;
    a_purchase_that_nobody_heard_of_is_brought_in;
    fewer_billed_seats_than_members_are_sent_again;
    who_rests_is_not_told_that_seats_are_missing;
    who_pays_twice_is_told_each_time_and_nothing_is_done;
    what_bears_our_mark_and_is_nobodys_is_told_and_what_others_sell_is_not;
    an_invoice_for_more_seats_than_are_bought_is_told;
    an_invoice_that_is_not_what_was_agreed_to_is_told_for_a_month;
    a_price_that_is_none_of_ours_is_told;
    a_changed_catalogue_is_given_to_who_has_the_plan;
    events_that_were_put_aside_or_wait_for_a_stranger_are_told;
    events_that_could_not_be_delivered_are_taken_in_once;
    a_dry_run_says_what_it_would_do_and_does_nothing;
    one_company_alone_is_walked_through_and_the_others_findings_stay;
    a_provider_that_is_away_changes_nothing;
    the_worker_compares_each_hour_on_one_node;
}

async fn bought(stand: &Stand) -> (Caller, Subscription) {
    let owner = stand.acme_with_all_access(1).await;
    let bought = stand.till.inside().subscriptions[0].subscription.clone();
    (owner, bought)
}

async fn all(stand: &Stand) -> Reconciled {
    reconcile(&stand.s, &Reconcile::default()).await.unwrap()
}

async fn dry(stand: &Stand) -> Reconciled {
    reconcile(&stand.s, &Reconcile { dry_run: true, ..Reconcile::default() }).await.unwrap()
}

fn drifts(done: &Reconciled) -> Vec<Drift> {
    done.findings.iter().map(|finding| finding.drift).collect()
}

async fn open(stand: &Stand) -> Vec<Drift> {
    stand.s.store().system().open_findings().await.unwrap().into_iter().map(|finding| finding.drift).collect()
}

/// It is found, put right, and the second time there is nothing: also not among what is kept.
async fn mended(stand: &Stand, drift: Drift, repair: Repair) {
    let first = all(stand).await;
    assert_eq!(drifts(&first), [drift], "{first:?}");
    let finding = &first.findings[0];
    assert_eq!((finding.repair, finding.repaired, &finding.error), (Some(repair), true, &None));
    assert_eq!(open(stand).await, [drift], "it is kept until it is not found any more");
    stand.settle().await;
    stand.pass(Duration::from_mins(1));
    let second = all(stand).await;
    assert_eq!(drifts(&second), [], "{second:?}");
    assert_eq!((second.resolved, open(stand).await), (1, vec![]));
}

/// It is found each time, and nothing is done.
async fn told(stand: &Stand, drift: Drift) {
    for round in 0..2 {
        let done = all(stand).await;
        assert_eq!(drifts(&done), [drift], "{done:?}");
        assert_eq!((done.findings[0].repair, done.open().count()), (None, 1));
        assert!(round == 0 || done.resolved == 0, "{done:?}");
        assert!(!done.findings[0].cause.is_empty() && !done.findings[0].remedy.is_empty());
        stand.pass(Duration::from_mins(1));
    }
    assert_eq!(open(stand).await, [drift]);
}

async fn where_nothing_differs_nothing_is_found_or_written(stand: Stand) {
    let (owner, _) = bought(&stand).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.invite(&owner, "third@acme.test").await.unwrap();
    stand.settle().await;
    let done = all(&stand).await;
    assert_eq!((done.organizations, done.subscriptions), (1, 1));
    assert_eq!((drifts(&done), open(&stand).await), (vec![], vec![]));
    assert!(!work::step(&stand.s).await.unwrap(), "nothing is left to do");
}

async fn a_stale_mirror_is_found_and_fetched_again(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.till.change(&bought.id, |it| it.ends_at = Some(it.period.until));
    mended(&stand, Drift::MirrorStale, Repair::LookAgain).await;
    assert!(stand.billing(&owner).await.subscription.unwrap().ends_at.is_some());
    let log = service::audit_log(&stand.s, &owner, "acme", &domain::view::AuditQuery::default(), None).await.unwrap();
    assert!(log.lines.iter().any(|line| line.action == "reconciliation.repaired"), "{log:?}");
}

/// What somebody does at the provider.
type Deed<'a> = &'a dyn Fn(&mut Subscription);

/// A payment that is awaited, something smaller that is to begin, invoices that are not collected: that each of them is
/// there, and that it is gone again.
async fn what_is_to_come_or_rests_is_found_when_nobody_heard_of_it(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    let at = bought.period.until;
    let waiting = Waiting { plan: None, interval: None, seats: 9, expires_at: at, invoice: None };
    let id = ProviderScheduleId("sub_sched_1".to_owned());
    let plan = Some("team".parse().unwrap());
    let scheduled = Scheduled { id, at, plan, interval: None, seats: 0, version: None, total: None, moved: false };
    let set: [(&str, Deed<'_>); 7] = [
        ("waiting", &|it| it.waiting = Some(waiting.clone())),
        ("waiting", &|it| it.waiting = None),
        ("scheduled", &|it| it.scheduled = Some(scheduled.clone())),
        ("scheduled", &|it| it.scheduled.as_mut().unwrap().seats = 4),
        ("scheduled", &|it| it.scheduled = None),
        ("pause", &|it| it.pause = Some(Pause::Collection { resumes_at: Some(at) })),
        ("pause", &|it| it.pause = None),
    ];
    for (field, deed) in set {
        stand.till.change(&bought.id, deed);
        let found = dry(&stand).await.findings;
        let fields: Vec<Vec<String>> =
            found.iter().map(|one| one.evidence.as_object().unwrap().keys().cloned().collect()).collect();
        assert_eq!(fields, [vec![field.to_owned()]], "{found:?}");
        mended(&stand, Drift::MirrorStale, Repair::LookAgain).await;
    }
    assert_eq!(stand.billing(&owner).await.waiting_change, None);
}

async fn what_has_ended_at_the_provider_ends_here(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.till.change(&bought.id, |it| {
        it.status = SubscriptionStatus::Canceled;
        it.ended_at = Some(it.period.from);
    });
    mended(&stand, Drift::EndedAtProvider, Repair::LookAgain).await;
    assert_eq!(stand.billing(&owner).await.subscription, None);
}

async fn a_purchase_that_nobody_heard_of_is_brought_in(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    stand.till.pay(&url);
    mended(&stand, Drift::MirrorStale, Repair::LookAgain).await;
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
}

async fn fewer_billed_seats_than_members_are_sent_again(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
    // Lowered in the dashboard; the mirror has heard of it, and the seat change that follows was put aside.
    stand.till.change(&bought.id, |it| it.quantity = 1);
    let done = all(&stand).await;
    let mut found = drifts(&done);
    found.sort_unstable();
    assert_eq!(found, [Drift::MirrorStale, Drift::QuantityDiffers], "{done:?}");
    assert_eq!(done.open().count(), 0);
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
    stand.pass(Duration::from_mins(1));
    assert_eq!(drifts(&all(&stand).await), []);
}

async fn who_rests_is_not_told_that_seats_are_missing(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.join(&owner, "second@acme.test", "member").await;
    // Before the seat was sent.
    stand.till.change(&bought.id, |it| it.status = SubscriptionStatus::Paused);
    mended(&stand, Drift::MirrorStale, Repair::LookAgain).await;
    stand.settle().await;
    stand.pass(Duration::from_mins(1));
    assert_eq!((drifts(&all(&stand).await), stand.till.quantity()), (vec![], 1));
    stand.till.change(&bought.id, |it| it.status = SubscriptionStatus::Active);
    assert_eq!(drifts(&all(&stand).await), [Drift::MirrorStale, Drift::QuantityDiffers]);
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2, "made up for when it goes on");
}

async fn who_pays_twice_is_told_each_time_and_nothing_is_done(stand: Stand) {
    let (_, bought) = bought(&stand).await;
    let second = Subscription { id: ProviderSubscriptionId("sub_second".to_owned()), ..bought.clone() };
    let org = stand.till.inside().subscriptions[0].org;
    stand.till.inside().subscriptions.push(Fetched { subscription: second, org });
    // The mirror takes both in; that they are two stays.
    let first = all(&stand).await;
    assert!(drifts(&first).contains(&Drift::TwoLive), "{first:?}");
    stand.settle().await;
    stand.pass(Duration::from_mins(1));
    told(&stand, Drift::TwoLive).await;
    let live = stand.till.inside().subscriptions.iter().filter(|one| one.subscription.status.is_live()).count();
    assert_eq!(live, 2, "nobody's money is ended by a guess");
}

async fn what_bears_our_mark_and_is_nobodys_is_told_and_what_others_sell_is_not(stand: Stand) {
    let (_, bought) = bought(&stand).await;
    let customer = domain::subscription::ProviderCustomerId("cus_stray".to_owned());
    let org = stand.till.inside().subscriptions[0].org;
    for (id, org) in [("sub_stray", org), ("sub_of_others", None)] {
        let id = ProviderSubscriptionId(id.to_owned());
        let subscription = Subscription { id, customer: customer.clone(), ..bought.clone() };
        stand.till.inside().subscriptions.push(Fetched { subscription, org });
    }
    told(&stand, Drift::WithoutOrganization).await;
}

async fn an_invoice_for_more_seats_than_are_bought_is_told(stand: Stand) {
    let (_, bought) = bought(&stand).await;
    stand.till.inside().shelves.billed.push((bought.id, 3));
    told(&stand, Drift::InvoiceDiffers).await;
    let light = reconcile(&stand.s, &Reconcile { light: true, ..Reconcile::default() }).await.unwrap();
    assert_eq!((drifts(&light), light.resolved), (vec![], 0));
    assert_eq!(open(&stand).await, [Drift::InvoiceDiffers], "who does not look cannot say that it is right");
}

async fn an_invoice_that_is_not_what_was_agreed_to_is_told_for_a_month(stand: Stand) {
    let (owner, _) = bought(&stand).await;
    stand.till.inside().changing.odd = 7;
    let word = |word: &str| Some(word.to_owned());
    let wish = ChangeInput { plan: word("all_access"), interval: word("year"), seats: Some(2), quote: None };
    let answer = service::change(&stand.s, &owner, "acme", wish).await.unwrap().answer;
    let ChangeAnswer::Quote(quote) = answer else { panic!("{answer:?}") };
    service::confirm_quote(&stand.s, &owner, "acme", &quote.id.to_string(), &quote.hash).await.unwrap();
    stand.settle().await;
    told(&stand, Drift::QuoteDiffers).await;
    let found = &all(&stand).await.findings[0];
    assert_eq!((found.subject.clone(), &found.evidence["same"]), (quote.id.to_string(), &json!(false)));
    stand.pass(Duration::from_hours(31 * 24));
    assert_eq!(drifts(&all(&stand).await), [], "by then a person has seen it");
}

async fn a_price_that_is_none_of_ours_is_told(stand: Stand) {
    let (_, bought) = bought(&stand).await;
    stand.till.change(&bought.id, |it| it.plan = None);
    let first = all(&stand).await;
    assert!(drifts(&first).contains(&Drift::PriceDrifted), "{first:?}");
    stand.settle().await;
    stand.pass(Duration::from_mins(1));
    told(&stand, Drift::PriceDrifted).await;
}

async fn a_changed_catalogue_is_given_to_who_has_the_plan(stand: Stand) {
    let owner = stand.acme().await;
    let text = include_str!("../../../catalog/default.toml");
    let free = stand.s.catalog().free().seats.limit().cap().unwrap();
    let seats = |many: u32| format!("included = {many}, max = {many}");
    let more = text.replacen(&seats(free), &seats(free + 2), 1);
    assert_ne!(more, text, "the free plan comes first, with its cap");
    let stand = stand.selling(Catalog::parse("test", &more).unwrap());
    mended(&stand, Drift::EntitlementDiffers, Repair::Entitle).await;
    assert_eq!(stand.team(&owner).await.desk.seats.limit.cap(), Some(free + 2));
}

async fn events_that_were_put_aside_or_wait_for_a_stranger_are_told(stand: Stand) {
    let (_, bought) = bought(&stand).await;
    stand.till.mood(Mood::Away);
    stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
    for _ in 0..12 {
        stand.settle().await;
        stand.pass(Duration::from_mins(70));
    }
    stand.till.mood(Mood::Well);
    told(&stand, Drift::EventsDead).await;
    stand.s.store().system().replay_events(service::Which::Dead, stand.s.now()).await.unwrap();
    stand.settle().await;

    let foreign = json!({
        "id": "evt_foreign", "object": "event", "livemode": false, "created": 1, "type": "customer.updated",
        "data": { "object": { "object": "customer", "id": "cus_foreign" } },
    });
    stand.webhook(&foreign).await.unwrap();
    stand.settle().await;
    stand.pass(Duration::from_mins(1));
    assert_eq!(drifts(&all(&stand).await), [], "an early one is no finding");
    stand.pass(Duration::from_hours(1));
    told(&stand, Drift::EventsParked).await;
}

async fn events_that_could_not_be_delivered_are_taken_in_once(stand: Stand) {
    let (_, bought) = bought(&stand).await;
    let now = stand.s.now();
    let old = now.minus(Duration::from_hours(31 * 24));
    for (at, kind) in [(now, "customer.subscription.updated"), (now, "payment_intent.created"), (old, "invoice.paid")] {
        let raw = serde_json::to_vec(&stand.till.event(kind, &bought)).unwrap();
        stand.till.inside().shelves.undelivered.push((at.secs(), raw));
    }
    let before = stand.s.store().system().events(99).await.unwrap().len();
    mended(&stand, Drift::EventsUndelivered, Repair::TakeIn).await;
    let kept = stand.s.store().system().events(99).await.unwrap();
    assert_eq!(kept.len(), before + 1, "what is wanted, and not older than the provider keeps it");
    assert!(kept.iter().all(|event| event.outcome.as_deref() == Some("done")), "{kept:?}");
}

async fn a_dry_run_says_what_it_would_do_and_does_nothing(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.till.change(&bought.id, |it| it.ends_at = Some(it.period.until));
    for _ in 0..2 {
        let done = dry(&stand).await;
        assert_eq!((drifts(&done), done.findings[0].repaired), (vec![Drift::MirrorStale], false));
        assert_eq!(done.findings[0].repair, Some(Repair::LookAgain));
        assert_eq!(done.findings[0].evidence["ends_at"][0], json!(null));
    }
    assert_eq!((open(&stand).await, stand.billing(&owner).await.subscription.unwrap().ends_at), (vec![], None));
}

async fn one_company_alone_is_walked_through_and_the_others_findings_stay(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.create(&owner, "Other", "other").await.unwrap();
    stand.till.inside().shelves.billed.push((bought.id, 3));
    assert_eq!(drifts(&all(&stand).await), [Drift::InvoiceDiffers]);
    stand.pass(Duration::from_mins(1));
    let only = |slug: &str| Reconcile { only: Some(slug.parse().unwrap()), ..Reconcile::default() };
    let other = reconcile(&stand.s, &only("other")).await.unwrap();
    assert_eq!((other.organizations, drifts(&other), other.resolved), (1, vec![], 0));
    assert_eq!(open(&stand).await, [Drift::InvoiceDiffers]);
    stand.till.inside().shelves.billed.clear();
    assert_eq!(reconcile(&stand.s, &only("acme")).await.unwrap().resolved, 1);
    assert!(matches!(reconcile(&stand.s, &only("nobody")).await, Err(Error::NotFound)));
}

async fn a_provider_that_is_away_changes_nothing(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.till.inside().shelves.billed.push((bought.id, 3));
    all(&stand).await;
    stand.till.mood(Mood::Away);
    assert!(matches!(reconcile(&stand.s, &Reconcile::default()).await, Err(Error::Refused(_))));
    assert_eq!(open(&stand).await, [Drift::InvoiceDiffers], "nothing is resolved by not looking");
    assert!(stand.billing(&owner).await.subscription.is_some());
}

async fn the_worker_compares_each_hour_on_one_node(stand: Stand) {
    let (owner, bought) = bought(&stand).await;
    stand.till.change(&bought.id, |it| it.ends_at = Some(it.period.until));
    stand.pass(Duration::from_mins(58));
    stand.settle().await;
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().ends_at, None);
    stand.pass(Duration::from_mins(3));
    let other = stand.mailing();
    work::step(&other).await.unwrap();
    assert!(stand.billing(&owner).await.subscription.unwrap().ends_at.is_some());
    stand.till.change(&bought.id, |it| it.ends_at = None);
    stand.pass(Duration::from_mins(2));
    stand.settle().await;
    assert!(stand.billing(&owner).await.subscription.unwrap().ends_at.is_some(), "the other node has just done it");
    stand.pass(Duration::from_hours(1));
    stand.settle().await;
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().ends_at, None);
}
