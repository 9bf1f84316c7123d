//! Payments that do not come: what is owed, who is told, once, and what may still be done.

use std::time::Duration;

use domain::view::{InvoiceQuery, PaidAgain, Upcoming};
use domain::{Access, Currency, Invoice, InvoiceStatus, Money, Subscription, SubscriptionStatus};
use service::{Caller, Error};

use crate::stand::Stand;
use crate::till::Mood;
use crate::till_invoices::renewal;

claims! {
    a_failed_renewal_is_told_once_however_its_events_come_and_ends_with_the_payment;
    further_failures_are_told_at_most_once_a_day;
    a_bank_that_wants_a_word_is_told_as_that;
    when_the_provider_gives_up_the_company_is_read_and_told_so;
    after_three_weeks_a_late_payer_only_reads_though_the_provider_still_tries;
    who_is_written_off_stays_in_debt_though_all_looks_well;
    refunds_and_disputes_are_taken_as_they_are_and_change_no_access;
    an_unfinished_purchase_is_no_debt;
    a_draft_that_was_thrown_away_is_void;
    a_card_that_is_tried_again_pays_or_says_why_not;
    the_next_invoice_is_the_providers_or_what_was_known;
    who_comes_late_fetches_what_is_missing;
    a_trial_and_a_year_that_end_soon_are_told_once;
    yen_and_dinars_are_shown_and_exported_as_they_are;
}

const OWNER: &str = "owner@acme.test";
const DAY: Duration = Duration::from_hours(24);

async fn send(stand: &Stand, event: &serde_json::Value) {
    stand.webhook(event).await.unwrap();
}

/// Acme with two seats, and its renewal of 99.98 that is not paid yet.
async fn late(stand: &Stand) -> (Caller, Subscription, Invoice) {
    let owner = stand.acme_with_all_access(2).await;
    let bought = stand.till.inside().subscriptions[0].subscription.clone();
    let invoice = renewal(1, &bought, 9_998, stand.s.now());
    stand.till.put(invoice.clone());
    (owner, bought, invoice)
}

/// The card is declined, and the provider will try again in three days.
fn fail(stand: &Stand, bought: &Subscription, invoice: &Invoice) {
    let again = stand.s.now().plus(DAY * 3);
    stand.till.bill(&invoice.id, |invoice| {
        invoice.attempts += 1;
        invoice.next_attempt = Some(again);
    });
    stand.till.change(&bought.id, |bought| bought.status = SubscriptionStatus::PastDue);
}

async fn hear(stand: &Stand, kind: &str, invoice: &Invoice) {
    send(stand, &stand.till.invoice_event(kind, invoice)).await;
    stand.settle().await;
}

async fn access(stand: &Stand, who: &Caller) -> Access {
    stand.billing(who).await.desk.access
}

async fn about(stand: &Stand, words: &str) -> usize {
    stand.letters(OWNER).await.iter().filter(|letter| letter.subject.contains(words)).count()
}

async fn a_failed_renewal_is_told_once_however_its_events_come_and_ends_with_the_payment(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    fail(&stand, &bought, &invoice);
    let events = ["invoice.payment_failed", "invoice.created", "invoice.finalized", "invoice.updated"];
    for kind in events.iter().chain(events.iter().rev()) {
        let event = stand.till.invoice_event(kind, &invoice);
        send(&stand, &event).await;
        // The very same once more.
        send(&stand, &event).await;
    }
    stand.settle().await;
    let view = stand.billing(&owner).await;
    let debt = view.debt.unwrap();
    assert_eq!((debt.amount.to_string().as_str(), debt.card.as_deref()), ("$99.98", Some("Visa 0341")));
    assert_eq!(debt.until, debt.failed_at.plus(DAY * 21));
    assert!(debt.page.is_some() && debt.next_attempt.is_some());
    assert_eq!(view.desk.access, Access::NoGrowth);
    assert_eq!(about(&stand, "did not go through").await, 1);
    let letter = stand.letters(OWNER).await.remove(0);
    assert!(letter.text.contains("Visa 0341 could not be charged $99.98"), "{}", letter.text);
    assert!(letter.text.contains("https://pay.test/in_1"), "{}", letter.text);

    stand.till.settle(&invoice.id, stand.s.now());
    stand.till.change(&bought.id, |bought| bought.status = SubscriptionStatus::Active);
    for kind in ["invoice.updated", "invoice.paid", "invoice.paid", "invoice.payment_failed"] {
        hear(&stand, kind, &invoice).await;
    }
    let view = stand.billing(&owner).await;
    assert_eq!((view.debt, view.desk.access), (None, Access::Full));
    assert_eq!((about(&stand, "did not go through").await, about(&stand, "is paid").await), (1, 1));
}

async fn further_failures_are_told_at_most_once_a_day(stand: Stand) {
    let (_, bought, invoice) = late(&stand).await;
    for (wait, told) in [(0, 1), (1, 1), (24, 2), (2, 2), (24, 3)] {
        stand.pass(Duration::from_hours(wait));
        fail(&stand, &bought, &invoice);
        hear(&stand, "invoice.payment_failed", &invoice).await;
        assert_eq!(about(&stand, "did not go through").await, told, "after {wait} hours more");
    }
}

async fn a_bank_that_wants_a_word_is_told_as_that(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    fail(&stand, &bought, &invoice);
    stand.till.bill(&invoice.id, |invoice| invoice.needs_confirmation = true);
    hear(&stand, "invoice.payment_action_required", &invoice).await;
    hear(&stand, "invoice.payment_failed", &invoice).await;
    let debt = stand.billing(&owner).await.debt.unwrap();
    assert!(debt.needs_confirmation);
    assert_eq!((about(&stand, "needs you to confirm").await, about(&stand, "did not go").await), (1, 0));
    let no = service::pay_invoice(&stand.s, &owner, "acme", invoice.id.as_str());
    stand.till.inside().declines = true;
    assert!(matches!(no.await.unwrap(), PaidAgain::Not(why) if why.code == "confirm-payment"));
}

async fn when_the_provider_gives_up_the_company_is_read_and_told_so(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    fail(&stand, &bought, &invoice);
    hear(&stand, "invoice.payment_failed", &invoice).await;
    stand.till.change(&bought.id, |bought| bought.status = SubscriptionStatus::Unpaid);
    send(&stand, &stand.till.event("customer.subscription.updated", &bought)).await;
    stand.settle().await;
    hear(&stand, "invoice.updated", &invoice).await;
    assert_eq!(access(&stand, &owner).await, Access::ReadOnly);
    assert_eq!(about(&stand, "was not paid").await, 1);
    // The way back is to pay.
    let paid = service::pay_invoice(&stand.s, &owner, "acme", invoice.id.as_str()).await.unwrap();
    assert_eq!(paid, PaidAgain::Paid);
    stand.till.change(&bought.id, |bought| bought.status = SubscriptionStatus::Active);
    hear(&stand, "invoice.paid", &invoice).await;
    assert_eq!((access(&stand, &owner).await, about(&stand, "is paid").await), (Access::Full, 1));
}

async fn after_three_weeks_a_late_payer_only_reads_though_the_provider_still_tries(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    fail(&stand, &bought, &invoice);
    hear(&stand, "invoice.payment_failed", &invoice).await;
    stand.pass(DAY * 20 + Duration::from_mins(24 * 60 - 1));
    stand.settle().await;
    assert_eq!(access(&stand, &owner).await, Access::NoGrowth);
    stand.pass(Duration::from_mins(15));
    stand.settle().await;
    assert_eq!(access(&stand, &owner).await, Access::ReadOnly);
    // Hearing of the subscription again does not open it.
    send(&stand, &stand.till.event("customer.subscription.updated", &bought)).await;
    stand.settle().await;
    assert_eq!((access(&stand, &owner).await, about(&stand, "was not paid").await), (Access::ReadOnly, 1));
}

async fn who_is_written_off_stays_in_debt_though_all_looks_well(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    fail(&stand, &bought, &invoice);
    hear(&stand, "invoice.payment_failed", &invoice).await;
    stand.till.bill(&invoice.id, |invoice| invoice.status = InvoiceStatus::Uncollectible);
    stand.till.change(&bought.id, |bought| bought.status = SubscriptionStatus::Active);
    hear(&stand, "invoice.marked_uncollectible", &invoice).await;
    let view = stand.billing(&owner).await;
    assert_eq!(view.subscription.unwrap().status, SubscriptionStatus::Active);
    assert_eq!((view.desk.access, view.debt.is_some()), (Access::NoGrowth, true));
    assert_eq!(about(&stand, "was not paid").await, 1);
    let no = stand.invite(&owner, "second@acme.test").await.unwrap_err();
    assert!(matches!(&no, Error::Refused(why) if why.code == "payment-due"), "{no:?}");
    // It closes nothing, however long it lasts.
    stand.pass(DAY * 60);
    stand.settle().await;
    assert_eq!(access(&stand, &owner).await, Access::NoGrowth);
    stand.till.bill(&invoice.id, |invoice| invoice.status = InvoiceStatus::Void);
    hear(&stand, "invoice.voided", &invoice).await;
    assert_eq!((access(&stand, &owner).await, about(&stand, "is paid").await), (Access::Full, 0));
}

async fn refunds_and_disputes_are_taken_as_they_are_and_change_no_access(stand: Stand) {
    let (owner, _, invoice) = late(&stand).await;
    stand.till.settle(&invoice.id, stand.s.now());
    hear(&stand, "invoice.paid", &invoice).await;
    for refunded in [1_000, 2_500] {
        stand.till.bill(&invoice.id, |invoice| invoice.refunded = Money::new(refunded, Currency::USD));
        for (kind, object) in
            [("charge.refunded", "charge"), ("refund.created", "refund"), ("charge.refunded", "charge")]
        {
            send(&stand, &stand.till.refund_event(kind, object, &invoice)).await;
            stand.settle().await;
        }
        let row = stand.billing(&owner).await.invoices.remove(0);
        assert_eq!((row.returned.minor, row.status), (refunded, InvoiceStatus::Paid));
    }
    stand.till.bill(&invoice.id, |invoice| invoice.disputed = true);
    send(&stand, &stand.till.refund_event("charge.dispute.created", "dispute", &invoice)).await;
    stand.settle().await;
    let view = stand.billing(&owner).await;
    assert_eq!((view.invoices[0].disputed, view.desk.access, view.debt), (true, Access::Full, None));
}

async fn an_unfinished_purchase_is_no_debt(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    let first = Invoice {
        reason: domain::invoice::BillingReason::Create,
        attempts: 1,
        ..renewal(2, &bought, 1, stand.s.now())
    };
    stand.till.put(first.clone());
    hear(&stand, "invoice.payment_failed", &first).await;
    // Nor is what is still to be tried for the first time.
    hear(&stand, "invoice.finalized", &invoice).await;
    let view = stand.billing(&owner).await;
    assert_eq!((view.debt, view.desk.access, view.invoices.len()), (None, Access::Full, 2));
    assert_eq!(about(&stand, "did not go through").await, 0);
}

async fn a_draft_that_was_thrown_away_is_void(stand: Stand) {
    let (owner, bought, _) = late(&stand).await;
    let draft = Invoice { status: InvoiceStatus::Draft, number: None, ..renewal(3, &bought, 500, stand.s.now()) };
    stand.till.put(draft.clone());
    hear(&stand, "invoice.created", &draft).await;
    assert_eq!(stand.billing(&owner).await.invoices[0].status, InvoiceStatus::Draft);
    stand.till.inside().invoices.retain(|known| known.id != draft.id);
    hear(&stand, "invoice.updated", &draft).await;
    assert_eq!(stand.billing(&owner).await.invoices[0].status, InvoiceStatus::Void);
}

async fn a_card_that_is_tried_again_pays_or_says_why_not(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    fail(&stand, &bought, &invoice);
    hear(&stand, "invoice.payment_failed", &invoice).await;
    stand.till.inside().declines = true;
    let no = service::pay_invoice(&stand.s, &owner, "acme", invoice.id.as_str()).await.unwrap();
    assert!(matches!(no, PaidAgain::Not(why) if why.code == "card-declined"));
    stand.till.inside().declines = false;
    stand.till.mood(Mood::Away);
    let away = service::pay_invoice(&stand.s, &owner, "acme", invoice.id.as_str()).await.unwrap_err();
    assert!(matches!(away, Error::Refused(why) if why.code == "payments-away"));
    stand.till.mood(Mood::Well);
    let yes = service::pay_invoice(&stand.s, &owner, "acme", invoice.id.as_str()).await.unwrap();
    assert_eq!(yes, PaidAgain::Paid);
    assert_eq!(service::pay_invoice(&stand.s, &owner, "acme", invoice.id.as_str()).await.unwrap(), PaidAgain::Paid);
    assert_eq!(stand.billing(&owner).await.invoices[0].status, InvoiceStatus::Paid);
    let missing = service::pay_invoice(&stand.s, &owner, "acme", "in_99").await.unwrap_err();
    assert!(matches!(missing, Error::NotFound));
}

async fn the_next_invoice_is_the_providers_or_what_was_known(stand: Stand) {
    let (owner, bought, _) = late(&stand).await;
    let Upcoming::Known(next) = service::next_invoice(&stand.s, &owner, "acme").await.unwrap() else { panic!("known") };
    assert_eq!((next.total.minor, next.balance.minor, next.due.minor), (29_370, -20_000, 9_370));
    stand.till.mood(Mood::Away);
    let Upcoming::AsOf { at, total, .. } = service::next_invoice(&stand.s, &owner, "acme").await.unwrap() else {
        panic!("as of")
    };
    assert_eq!((at, total.to_string().as_str()), (bought.period.until, "$9,998.00"));
    stand.till.mood(Mood::Well);
    let until = bought.period.until;
    stand.till.change(&bought.id, |bought| bought.ends_at = Some(until));
    assert_eq!(service::next_invoice(&stand.s, &owner, "acme").await.unwrap(), Upcoming::Nothing);
}

async fn who_comes_late_fetches_what_is_missing(stand: Stand) {
    let (owner, bought, invoice) = late(&stand).await;
    stand.till.put(renewal(4, &bought, 700, stand.s.now()));
    assert_eq!(stand.billing(&owner).await.invoices.len(), 0, "no event has come");
    service::refresh_invoices(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(stand.billing(&owner).await.invoices.len(), 2);
    stand.till.settle(&invoice.id, stand.s.now());
    service::refresh_invoices(&stand.s, &owner, "acme").await.unwrap();
    let query = InvoiceQuery { status: "paid".to_owned(), ..InvoiceQuery::default() };
    let list = service::invoices(&stand.s, &owner, "acme", &query, 1).await.unwrap().list.unwrap();
    assert_eq!((list.count, list.rows[0].id.clone()), (1, invoice.id));
    let member = stand.join(&owner, "second@acme.test", "member").await;
    let seen = service::invoices(&stand.s, &member, "acme", &InvoiceQuery::default(), 1).await.unwrap();
    assert_eq!((seen.list, seen.owners.len()), (None, 1));
    assert!(matches!(service::refresh_invoices(&stand.s, &member, "acme").await, Err(Error::Forbidden(_))));
    assert!(matches!(service::next_invoice(&stand.s, &member, "acme").await, Err(Error::Forbidden(_))));
}

async fn a_trial_and_a_year_that_end_soon_are_told_once(stand: Stand) {
    let (_, bought, _) = late(&stand).await;
    let soon = bought.period.until.minus(DAY * 7).minus(Duration::from_hours(1));
    stand.pass(soon.since(stand.s.now()));
    stand.settle().await;
    assert_eq!(about(&stand, "renews on").await, 0);
    for _ in 0..3 {
        stand.pass(Duration::from_hours(2));
        stand.settle().await;
    }
    assert_eq!(about(&stand, "renews on").await, 1);
    let ends = stand.s.now().plus(DAY * 2);
    stand.till.change(&bought.id, |bought| {
        bought.status = SubscriptionStatus::Trialing;
        bought.trial_ends_at = Some(ends);
    });
    send(&stand, &stand.till.event("customer.subscription.updated", &bought)).await;
    for _ in 0..3 {
        stand.pass(Duration::from_hours(1));
        stand.settle().await;
    }
    assert_eq!(about(&stand, "The trial of All Access").await, 1);
}

async fn yen_and_dinars_are_shown_and_exported_as_they_are(stand: Stand) {
    let (owner, bought, _) = late(&stand).await;
    for (n, currency, minor) in [(5, "jpy", 29_370), (6, "kwd", 29_370)] {
        let currency: Currency = currency.parse().unwrap();
        let mut new = renewal(n, &Subscription { currency, ..bought.clone() }, minor, stand.s.now());
        new.number = Some(format!("=ACME-{n}"));
        new.balance = Money::new(-20_000, currency);
        new.due = Money::new(9_370, currency);
        new.remaining = new.due;
        stand.till.put(new.clone());
        hear(&stand, "invoice.finalized", &new).await;
    }
    let shown: Vec<String> =
        stand.billing(&owner).await.invoices.iter().map(|row| format!("{} {}", row.total, row.due)).collect();
    assert_eq!(shown, ["KWD 29.370 KWD 9.370", "¥29,370 ¥9,370"]);
    let mut export = service::export_invoices(&stand.s, &owner, "acme", &InvoiceQuery::default()).await.unwrap();
    let text = String::from_utf8(export.next().await.unwrap().unwrap()).unwrap();
    assert!(export.next().await.unwrap().is_none());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].starts_with("'=ACME-6,"), "{text}");
    assert!(lines[1].contains(",KWD,29.370,29.370,-20.000,9.370,0.000,9.370,"), "{text}");
    assert!(lines[2].contains(",JPY,29370,29370,-20000,9370,0,9370,"), "{text}");
}
