//! Renewals, retries, trials and pauses, and that the steps in which time passes make no difference.

use proptest::prelude::*;

use super::invoices::{change_card, subscription};
use super::*;
use crate::engine::HOUR;
use crate::engine::calendar::{self, Interval};
use crate::engine::dunning::{Dunning, End};
use crate::engine::invoice::{Invoice, Status as Paid};
use crate::engine::subscription::Status;

fn pass(state: &mut State, to: i64) {
    at(state, to);
}

fn month(n: u32) -> i64 {
    calendar::step(START, Interval::Month, 1, n)
}

fn status(state: &State, id: &str) -> Status {
    state.subscriptions.get(id).unwrap().status
}

fn bills(state: &State, id: &str) -> Vec<Invoice> {
    state.invoices.iter().filter(|invoice| invoice.subscription == id).cloned().collect()
}

fn since(state: &State, from: i64) -> Vec<&str> {
    state.events.iter().filter(|event| event.created >= from).map(|event| event.kind.as_str()).collect()
}

/// A subscription with a trial of ten days.
fn trial(state: &mut State) -> String {
    session(state);
    let mut trial = state.sessions.iter().next().unwrap().clone();
    trial.trial_period_days = Some(10);
    let session = trial.id.clone();
    state.sessions.insert(trial);
    completion::pay(&mut at(state, START), &session, &Card::test("4242424242424242"));
    state.subscriptions.iter().next().unwrap().id.clone()
}

#[test]
fn a_renewal_is_drafted_waits_an_hour_and_is_paid() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    pass(&mut state, month(1));
    let item = state.subscriptions.get(&id).unwrap().items[0].clone();
    assert_eq!((item.current_period_start, item.current_period_end), (month(1), month(2)));
    let draft = bills(&state, &id).pop().unwrap();
    assert_eq!((draft.status, draft.billing_reason.as_str()), (Paid::Draft, "subscription_cycle"));
    assert_eq!((draft.period_start, draft.period_end), (START, month(1)));
    assert_eq!(since(&state, month(1)), ["customer.subscription.updated", "invoice.created"]);

    pass(&mut state, month(1) + HOUR - 1);
    assert_eq!(bills(&state, &id).pop().unwrap().status, Paid::Draft);
    pass(&mut state, month(1) + HOUR);
    let paid = bills(&state, &id).pop().unwrap();
    assert_eq!((paid.status, paid.total(), paid.paid_at), (Paid::Paid, 4000, Some(month(1) + HOUR)));
    assert_eq!((paid.lines[0].start, paid.lines[0].end), (month(1), month(2)));
    assert_eq!(
        since(&state, month(1) + 1),
        [
            "invoice.finalized",
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice_payment.paid",
        ]
    );
}

#[test]
fn a_renewal_is_announced_a_week_before_with_what_waits_for_it() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let item = state.subscriptions.get(&id).unwrap().items[0].id.clone();
    let form = format!("items[0][id]={item}&items[0][quantity]=3");
    post(&mut state, START + DAY, &format!("/v1/subscriptions/{id}"), &form);
    pass(&mut state, month(1) - 7 * DAY);
    let told: Vec<_> = state.events.iter().filter(|event| event.kind == "invoice.upcoming").collect();
    assert_eq!(told.len(), 1);
    let waiting: i64 = state.invoice_items.iter().map(|item| item.amount).sum();
    assert_eq!(told[0].object["total"], 6000 + waiting);
    assert!(told[0].object["id"].as_str().unwrap().starts_with("upcoming_in_"));
    assert!(state.invoice_items.iter().all(|item| item.invoice.is_none()), "looking takes nothing");

    pass(&mut state, month(1) + HOUR);
    let renewed = bills(&state, &id).pop().unwrap();
    assert_eq!((renewed.total(), renewed.lines.len()), (6000 + waiting, 3));
}

#[test]
fn months_are_counted_from_the_anchor() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let thirty_first = time::macros::datetime!(2027-01-31 10:00 UTC).unix_timestamp();
    let known = state.subscriptions.get_mut(&id).unwrap();
    (known.billing_cycle_anchor, known.items[0].current_period_end) = (thirty_first, thirty_first);
    let mut ends = Vec::new();
    for _ in 0..3 {
        let end = state.subscriptions.get(&id).unwrap().period_end();
        pass(&mut state, end);
        ends.push(state.subscriptions.get(&id).unwrap().period_end());
    }
    let wanted = [
        time::macros::datetime!(2027-02-28 10:00 UTC),
        time::macros::datetime!(2027-03-31 10:00 UTC),
        time::macros::datetime!(2027-04-30 10:00 UTC),
    ];
    assert_eq!(ends, wanted.map(time::OffsetDateTime::unix_timestamp));
}

#[test]
fn a_refused_renewal_is_tried_eight_times_and_then_the_subscription_ends() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    change_card(&mut state, &id, "4000000000000341");
    let due = month(1) + HOUR;
    pass(&mut state, due);
    assert_eq!(status(&state, &id), Status::PastDue);
    assert_eq!(bills(&state, &id).pop().unwrap().next_payment_attempt, Some(due + DAY));
    pass(&mut state, due + 14 * DAY - 1);
    assert_eq!((status(&state, &id), bills(&state, &id).pop().unwrap().attempt_count), (Status::PastDue, 8));
    pass(&mut state, due + 14 * DAY);
    let ended = state.subscriptions.get(&id).unwrap();
    assert_eq!((ended.status, ended.ended_at), (Status::Canceled, Some(due + 14 * DAY)));
    assert_eq!(ended.cancellation.reason.as_deref(), Some("payment_failed"));
    let owed = bills(&state, &id).pop().unwrap();
    assert_eq!((owed.status, owed.attempt_count, owed.auto_advance), (Paid::Open, 9, false));
    let tries: Vec<i64> =
        state.charges.iter().filter(|c| c.failure.is_some()).map(|c| (c.created - due) / DAY).collect();
    assert_eq!(tries, [0, 1, 3, 5, 7, 9, 11, 13, 14]);
}

#[test]
fn a_new_card_recovers_what_is_past_due_at_the_next_retry() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    state.failing_payments = 2;
    let due = month(1) + HOUR;
    pass(&mut state, due + DAY);
    assert_eq!(status(&state, &id), Status::PastDue);
    pass(&mut state, due + 3 * DAY);
    assert_eq!((status(&state, &id), bills(&state, &id).pop().unwrap().status), (Status::Active, Paid::Paid));
}

#[test]
fn an_unpaid_subscription_keeps_drafts_until_its_last_invoice_is_paid() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    state.dunning = Dunning { end: End::Unpaid, days: vec![1] };
    state.failing_payments = 2;
    pass(&mut state, month(2) + DAY);
    assert_eq!(status(&state, &id), Status::Unpaid);
    let all = bills(&state, &id);
    assert_eq!(all.iter().map(|bill| bill.status).collect::<Vec<_>>(), [Paid::Paid, Paid::Open, Paid::Draft]);
    post(&mut state, month(2) + DAY, &format!("/v1/invoices/{}/pay", all[1].id), "");
    assert_eq!(status(&state, &id), Status::Active);
    pass(&mut state, month(3) + HOUR);
    assert_eq!(bills(&state, &id).pop().unwrap().status, Paid::Paid);
}

#[test]
fn a_subscription_may_stay_past_due_for_good() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    state.dunning = Dunning { end: End::PastDue, days: vec![1] };
    state.failing_payments = 2;
    pass(&mut state, month(2) - 1);
    assert_eq!(status(&state, &id), Status::PastDue);
    pass(&mut state, month(2) + HOUR);
    assert_eq!(status(&state, &id), Status::Active, "the next renewal was paid");
}

#[test]
fn a_trial_is_warned_of_and_then_paid_for() {
    let mut state = State::new(1);
    let id = trial(&mut state);
    pass(&mut state, START + 7 * DAY);
    assert_eq!(since(&state, START + 7 * DAY), ["customer.subscription.trial_will_end"]);
    pass(&mut state, START + 10 * DAY + HOUR);
    let known = state.subscriptions.get(&id).unwrap();
    assert_eq!((known.status, known.billing_cycle_anchor), (Status::Active, START + 10 * DAY));
    assert_eq!(known.period_end(), calendar::step(START + 10 * DAY, Interval::Month, 1, 1));
    assert_eq!(bills(&state, &id).pop().unwrap().amount_due(&at(&mut state.clone(), START)), 4000);
}

#[test]
fn a_trial_without_a_card_ends_as_was_said() {
    for (word, wanted) in [("cancel", Status::Canceled), ("pause", Status::Paused), ("create_invoice", Status::PastDue)]
    {
        let mut state = State::new(1);
        let id = trial(&mut state);
        let form = format!("trial_settings[end_behavior][missing_payment_method]={word}");
        post(&mut state, START, &format!("/v1/subscriptions/{id}"), &form);
        state.subscriptions.get_mut(&id).unwrap().default_payment_method = None;
        pass(&mut state, START + 10 * DAY + HOUR);
        assert_eq!(status(&state, &id), wanted, "{word}");
        let shown = get(&mut state, START + 10 * DAY + HOUR, &format!("/v1/subscriptions/{id}"));
        assert_eq!(shown["trial_settings"]["end_behavior"]["missing_payment_method"], word);
    }
}

#[test]
fn a_first_invoice_that_nobody_pays_is_void_after_23_hours() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let mut first = bills(&state, &id).pop().unwrap();
    (first.status, first.paid_at) = (Paid::Open, None);
    state.invoices.insert(first);
    state.subscriptions.get_mut(&id).unwrap().status = Status::Incomplete;
    pass(&mut state, START + 23 * HOUR - 1);
    assert_eq!(status(&state, &id), Status::Incomplete);
    pass(&mut state, START + 23 * HOUR);
    assert_eq!(status(&state, &id), Status::IncompleteExpired);
    assert_eq!(bills(&state, &id).pop().unwrap().status, Paid::Void);
}

#[test]
fn nothing_is_collected_while_collection_is_paused() {
    for (behavior, wanted) in
        [("void", Paid::Void), ("mark_uncollectible", Paid::Uncollectible), ("keep_as_draft", Paid::Draft)]
    {
        let mut state = State::new(1);
        let id = subscription(&mut state, "4242424242424242");
        let resumes = month(1) + 5 * DAY;
        let form = format!("pause_collection[behavior]={behavior}&pause_collection[resumes_at]={resumes}");
        let path = format!("/v1/subscriptions/{id}");
        assert_eq!(post(&mut state, START, &path, &form)["pause_collection"]["behavior"], behavior);
        pass(&mut state, month(1) + HOUR);
        assert_eq!((status(&state, &id), bills(&state, &id).pop().unwrap().status), (Status::Active, wanted));
        assert_eq!(get(&mut state, resumes, &path)["pause_collection"], Value::Null);
        pass(&mut state, month(2) + HOUR);
        assert_eq!(bills(&state, &id).pop().unwrap().status, Paid::Paid);
    }
    let mut state = State::new(1);
    let path = format!("/v1/subscriptions/{}", subscription(&mut state, "4242424242424242"));
    post(&mut state, START, &path, "pause_collection[behavior]=void");
    assert_eq!(post(&mut state, START, &path, "pause_collection=")["pause_collection"], Value::Null);
}

#[test]
fn a_paused_subscription_bills_nothing_until_it_is_resumed() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let path = format!("/v1/subscriptions/{id}");
    let paused = post(&mut state, START + DAY, &format!("{path}/pause"), "type=subscription");
    assert_eq!(paused["status_details"]["paused"]["subscription"]["type"], "pause_requested");
    pass(&mut state, month(3));
    assert_eq!(bills(&state, &id).len(), 1);
    let form = "payment_behavior=resume_on_payment_success";
    let resumed = post(&mut state, month(3), &format!("{path}/resume"), form);
    assert_eq!((&resumed["status"], &resumed["billing_cycle_anchor"]), (&"active".into(), &month(3).into()));
    assert_eq!(bills(&state, &id).pop().unwrap().status, Paid::Paid);
    assert!(kinds(&state).contains(&"customer.subscription.resumed"));
}

#[test]
fn a_subscription_that_waits_for_its_money_goes_on_when_that_comes() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let path = format!("/v1/subscriptions/{id}");
    post(&mut state, START + DAY, &format!("{path}/pause"), "type=subscription");
    state.failing_payments = 2;
    let form = "payment_behavior=resume_on_payment_success";
    assert_eq!(post(&mut state, START + 2 * DAY, &format!("{path}/resume"), form)["status"], "paused");
    pass(&mut state, START + 4 * DAY);
    assert_eq!(status(&state, &id), Status::Paused);
    pass(&mut state, START + 5 * DAY);
    let known = state.subscriptions.get(&id).unwrap();
    assert_eq!((known.status, known.billing_cycle_anchor), (Status::Active, START + 2 * DAY));
    assert_eq!(kinds(&state).iter().filter(|kind| **kind == "customer.subscription.resumed").count(), 1);
}

#[test]
fn resuming_without_waiting_leaves_an_open_invoice() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let path = format!("/v1/subscriptions/{id}");
    post(&mut state, START + DAY, &format!("{path}/pause"), "type=subscription");
    assert_eq!(post(&mut state, START + 2 * DAY, &format!("{path}/resume"), "")["status"], "active");
    pass(&mut state, START + 9 * DAY);
    assert_eq!(bills(&state, &id).pop().unwrap().status, Paid::Open);
    post(&mut state, START + 9 * DAY, &format!("{path}/pause"), "type=subscription");
    let form = "billing_cycle_anchor[type]=unchanged";
    let kept = post(&mut state, START + 10 * DAY, &format!("{path}/resume"), form);
    assert_eq!(kept["billing_cycle_anchor"], START + 2 * DAY);
    assert_eq!(bills(&state, &id).len(), 2);
}

#[test]
fn what_ends_is_billed_no_more_and_its_open_invoice_rests() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    state.failing_payments = 1;
    pass(&mut state, month(1) + HOUR);
    serve(
        &mut at(&mut state, month(1) + DAY / 2),
        Method::Delete,
        &format!("/v1/subscriptions/{id}"),
        Params::default(),
    )
    .unwrap();
    pass(&mut state, month(3));
    let all = bills(&state, &id);
    assert_eq!((all.len(), all[1].status, all[1].attempt_count), (2, Paid::Open, 1));
}

#[test]
fn a_draft_waits_while_an_endpoint_refuses_the_news_of_it() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    state.point_own_endpoint("http://app.test/", START);
    pass(&mut state, month(1));
    let created = state.events.iter().find(|event| event.kind == "invoice.created" && event.created == month(1));
    let created = created.unwrap().id.clone();
    let delivery = state.deliveries.iter_mut().find(|delivery| delivery.event == created).unwrap();
    delivery.attempts = 1;
    pass(&mut state, month(1) + 2 * HOUR);
    assert_eq!(bills(&state, &id).pop().unwrap().status, Paid::Draft);
    let mut told = state.clone();
    told.deliveries.iter_mut().find(|d| d.event == created).unwrap().outcome = crate::state::Outcome::Delivered;
    pass(&mut told, month(1) + 3 * HOUR);
    assert_eq!(bills(&told, &id).pop().unwrap().paid_at, Some(month(1) + 2 * HOUR));
    pass(&mut state, month(1) + 72 * HOUR);
    assert_eq!(bills(&state, &id).pop().unwrap().paid_at, Some(month(1) + 72 * HOUR));
}

#[test]
fn a_customer_on_a_test_clock_lives_by_it() {
    let mut state = State::new(1);
    let clock = post(&mut state, START, "/v1/test_helpers/test_clocks", &format!("frozen_time={START}&name=c"));
    let clock = clock["id"].as_str().unwrap().to_owned();
    let page = session(&mut state);
    let customer = state.sessions.get(&page).unwrap().customer.clone().unwrap();
    state.customers.get_mut(&customer).unwrap().test_clock = Some(clock.clone());
    completion::pay(&mut at(&mut state, START + 5 * DAY), &page, &Card::test("4242424242424242"));
    let id = state.subscriptions.iter().next().unwrap().id.clone();
    assert_eq!(state.subscriptions.get(&id).unwrap().created, START);
    // The world's time passes it by.
    pass(&mut state, month(2));
    assert_eq!(bills(&state, &id).len(), 1);
    let path = format!("/v1/test_helpers/test_clocks/{clock}/advance");
    let refuse = |state: &mut State, to: i64| {
        let params = Params::parse(format!("frozen_time={to}").as_bytes()).unwrap();
        serve(&mut at(state, month(2)), Method::Post, &path, params).unwrap_err().param
    };
    assert_eq!(refuse(&mut state, START), Some("frozen_time".into()));
    assert_eq!(refuse(&mut state, month(2) + 1), Some("frozen_time".into()));
    let answer = post(&mut state, month(2), &path, &format!("frozen_time={}", month(1) + HOUR));
    assert_eq!(answer["status"], "advancing");
    assert_eq!(bills(&state, &id).pop().unwrap().paid_at, Some(month(1) + HOUR));
    let shown = get(&mut state, month(2), &format!("/v1/test_helpers/test_clocks/{clock}"));
    assert_eq!((&shown["status"], &shown["frozen_time"]), (&"ready".into(), &(month(1) + HOUR).into()));
    let gone = format!("/v1/test_helpers/test_clocks/{clock}");
    serve(&mut at(&mut state, month(2)), Method::Delete, &gone, Params::default()).unwrap();
    assert_eq!(status(&state, &id), Status::Canceled);
}

/// Everything, as the state file has it, but for up to when it was looked at.
fn whole(state: &State) -> Value {
    let mut value = serde_json::to_value(state).unwrap();
    value["settled"] = Value::Null;
    value
}

/// Some subscriptions with fates of their own.
fn several(seed: u64, fates: &[u8]) -> State {
    let mut state = State::new(seed);
    for fate in fates {
        let id = subscription(&mut state, "4242424242424242");
        let path = format!("/v1/subscriptions/{id}");
        match fate % 6 {
            0 => change_card(&mut state, &id, "4000000000000341"),
            1 => change_card(&mut state, &id, "4000002760003184"),
            2 => drop(post(&mut state, START, &path, "cancel_at_period_end=true")),
            3 => drop(post(&mut state, START, &path, "pause_collection[behavior]=keep_as_draft")),
            4 => state.failing_payments += 2,
            _ => {}
        }
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However time passes, and whether or not the sandbox is started anew in between, all ends the same.
    #[test]
    fn many_steps_end_like_one(
        seed: u64,
        fates in prop::collection::vec(any::<u8>(), 1..5),
        steps in prop::collection::vec(1_i64..9_000_000, 1..12),
        restart_at in 0_usize..12,
    ) {
        let end = START + steps.iter().sum::<i64>();
        let mut at_once = several(seed, &fates);
        let mut step_by_step = at_once.clone();
        pass(&mut at_once, end);
        let mut now = START;
        for (place, step) in steps.iter().enumerate() {
            now += step;
            pass(&mut step_by_step, now);
            if place == restart_at {
                let bytes = serde_json::to_vec(&step_by_step).unwrap();
                step_by_step = serde_json::from_slice(&bytes).unwrap();
            }
        }
        prop_assert_eq!(whole(&at_once), whole(&step_by_step));
    }

    /// What happens, happens in order, and what was billed is paid, owed, forgiven or on the balance: to the cent.
    #[test]
    fn nothing_happens_out_of_order_and_no_money_is_lost(
        seed: u64,
        fates in prop::collection::vec(any::<u8>(), 1..5),
        balance in -10_000_i64..10_000,
        until in 1_i64..20_000_000,
    ) {
        let mut state = several(seed, &fates);
        state.point_own_endpoint("http://app.test/", START);
        for id in state.customers.iter().map(|c| c.id.clone()).collect::<Vec<_>>() {
            state.customers.get_mut(&id).unwrap().balance = balance;
        }
        let known = state.events.iter().count();
        pass(&mut state, START + until);
        let moments: Vec<i64> = state.events.iter().skip(known.min(state.events.iter().count())).map(|e| e.created).collect();
        prop_assert!(moments.is_sorted());
        for customer in state.customers.iter() {
            let later = state.invoices.iter().filter(|i| i.customer == customer.id && i.finalized_at.is_some_and(|at| at > START));
            let (mut billed, mut by_card) = (0, 0);
            for invoice in later.filter(|invoice| invoice.status != Paid::Void) {
                billed += invoice.total();
                by_card += invoice.total() + invoice.starting_balance - invoice.ending_balance.unwrap();
            }
            prop_assert_eq!(balance + billed, by_card + customer.balance);
            let charged: i64 = state.charges.iter()
                .filter(|c| c.customer.as_ref() == Some(&customer.id) && c.failure.is_none() && c.created > START)
                .map(|c| c.amount).sum();
            let paid: i64 = state.invoices.iter()
                .filter(|i| i.customer == customer.id && i.status == Paid::Paid && i.created > START)
                .map(|i| i.total() + i.starting_balance - i.ending_balance.unwrap()).sum();
            prop_assert_eq!(charged, paid);
        }
    }
}
