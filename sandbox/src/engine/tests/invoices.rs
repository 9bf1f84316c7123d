//! Invoices on their way from draft to paid, void or uncollectible.

use super::*;
use crate::engine::collection::{self, Attempt, Collected};
use crate::engine::invoice::Invoice;
use crate::engine::invoice_draft::{self, Draft};
use crate::engine::invoice_finalize;
use crate::engine::invoice_line;
use crate::engine::subscription;

/// A subscription to two seats at 20.00, paid with this card.
pub fn subscription(state: &mut State, card: &str) -> String {
    let page = session(state);
    let paid = completion::pay(&mut at(state, START), &page, &Card::test(card));
    assert!(matches!(paid, Paid::Done { .. }), "{paid:?}");
    state.subscriptions.iter().last().unwrap().id.clone()
}

/// The card that the subscription pays with becomes another one.
pub fn change_card(state: &mut State, subscription: &str, number: &str) {
    let method = state.subscriptions.get(subscription).unwrap().default_payment_method.clone().unwrap();
    state.payment_methods.get_mut(&method).unwrap().number = number.into();
}

/// An open invoice over two seats.
fn open(state: &mut State, id: &str) -> String {
    let mut engine = at(state, START + DAY);
    let subscription = engine.state.subscriptions.get(id).unwrap().clone();
    let line = invoice_line::of_period(&engine, &subscription, &subscription.items[0]).unwrap();
    let wish = Draft {
        reason: "subscription_cycle",
        lines: vec![line],
        with_pending: true,
        period: (START, START + DAY),
        proration_date: None,
        auto_advance: true,
    };
    let invoice = invoice_draft::draft(&mut engine, &subscription, wish);
    invoice_draft::announce(&mut engine, &invoice);
    invoice_finalize::finalize(&mut engine, &invoice);
    invoice
}

fn invoice(state: &State, id: &str) -> Invoice {
    state.invoices.get(id).unwrap().clone()
}

fn status(state: &State, id: &str) -> subscription::Status {
    state.subscriptions.get(id).unwrap().status
}

fn refused(state: &mut State, path: &str, form: &str) -> crate::engine::error::ApiError {
    let params = Params::parse(form.as_bytes()).unwrap();
    serve(&mut at(state, START + DAY), Method::Post, path, params).unwrap_err()
}

#[test]
fn a_refused_payment_makes_the_subscription_past_due_and_paying_makes_it_active() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let bill = open(&mut state, &id);
    change_card(&mut state, &id, "4000000000000341");
    let met = collection::attempt(&mut at(&mut state, START + DAY), &bill, &Attempt::default());
    assert!(matches!(met, Collected::Declined(_)), "{met:?}");
    let owed = invoice(&state, &bill);
    assert_eq!((owed.attempt_count, owed.next_payment_attempt), (1, Some(START + 2 * DAY)));
    assert_eq!(status(&state, &id), subscription::Status::PastDue);
    assert_eq!(get(&mut state, START + DAY, &format!("/v1/customers/{}", owed.customer))["delinquent"], true);

    let path = format!("/v1/invoices/{bill}/pay");
    assert_eq!(refused(&mut state, &path, "").status, 402);
    assert_eq!(invoice(&state, &bill).attempt_count, 1, "only the schedule counts on");
    change_card(&mut state, &id, "4242424242424242");
    assert_eq!(post(&mut state, START + DAY, &path, "")["status"], "paid");
    assert_eq!(status(&state, &id), subscription::Status::Active);
    assert_eq!(refused(&mut state, &path, "").code, Some("invoice_already_paid"));
}

#[test]
fn a_bank_that_asks_for_the_owner_is_answered_on_its_page() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let bill = open(&mut state, &id);
    change_card(&mut state, &id, "4000002760003184");
    let path = format!("/v1/invoices/{bill}/pay");
    assert_eq!(refused(&mut state, &path, "").code, Some("invoice_payment_intent_requires_action"));
    assert!(kinds(&state).contains(&"invoice.payment_action_required"));
    assert_eq!(status(&state, &id), subscription::Status::PastDue);
    let intent = invoice(&state, &bill).payment_intent.unwrap();
    assert_eq!(collection::authenticate(&mut at(&mut state, START + DAY), &intent, true), Some(Collected::Paid));
    assert_eq!(collection::authenticate(&mut at(&mut state, START + DAY), &intent, true), None);
    assert_eq!(status(&state, &id), subscription::Status::Active);
}

#[test]
fn what_is_void_wants_no_money_and_gives_credit_back() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let customer = state.subscriptions.get(&id).unwrap().customer.clone();
    post(&mut state, START, &format!("/v1/customers/{customer}"), "balance=-1500");
    let bill = open(&mut state, &id);
    let path = format!("/v1/invoices/{bill}");
    let shown = get(&mut state, START + DAY, &path);
    assert_eq!((&shown["amount_due"], &shown["starting_balance"]), (&2500.into(), &(-1500).into()));
    assert_eq!((&shown["ending_balance"], &shown["total"]), (&0.into(), &4000.into()));
    assert_eq!(state.customers.get(&customer).unwrap().balance, 0);
    let void = post(&mut state, START + DAY, &format!("{path}/void"), "");
    assert_eq!((&void["status"], &void["status_transitions"]["voided_at"]), (&"void".into(), &(START + DAY).into()));
    assert_eq!(state.customers.get(&customer).unwrap().balance, -1500);
    assert_eq!(refused(&mut state, &format!("{path}/pay"), "").code, Some("invoice_not_editable"));
    assert_eq!(refused(&mut state, &format!("{path}/void"), "").code, Some("invoice_not_editable"));
}

#[test]
fn an_uncollectible_invoice_makes_what_was_past_due_active() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let bill = open(&mut state, &id);
    state.failing_payments = 1;
    collection::attempt(&mut at(&mut state, START + DAY), &bill, &Attempt::default());
    assert_eq!(status(&state, &id), subscription::Status::PastDue);
    let path = format!("/v1/invoices/{bill}");
    assert_eq!(post(&mut state, START + DAY, &format!("{path}/mark_uncollectible"), "")["status"], "uncollectible");
    assert_eq!(status(&state, &id), subscription::Status::Active);
    // Paid all the same, some other way.
    let paid = post(&mut state, START + DAY, &format!("{path}/pay"), "paid_out_of_band=true");
    assert_eq!((&paid["status"], &paid["amount_paid_off_stripe"]), (&"paid".into(), &4000.into()));
    assert!(kinds(&state).iter().filter(|kind| **kind == "invoice.payment_succeeded").count() == 1);
}

#[test]
fn a_credit_is_paid_at_once_and_kept_for_the_next_invoice() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let subscription = state.subscriptions.get(&id).unwrap().clone();
    let form = format!("items[0][id]={}&items[0][quantity]=1", subscription.items[0].id);
    post(&mut state, START, &format!("/v1/subscriptions/{id}"), &form);
    let mut engine = at(&mut state, START);
    let wish = Draft {
        reason: "subscription_update",
        lines: Vec::new(),
        with_pending: true,
        period: (START, START),
        proration_date: Some(START),
        auto_advance: false,
    };
    let bill = invoice_draft::draft(&mut engine, &subscription, wish);
    invoice_finalize::finalize(&mut engine, &bill);
    let shown = get(&mut state, START, &format!("/v1/invoices/{bill}"));
    assert_eq!((&shown["status"], &shown["total"], &shown["amount_due"]), (&"paid".into(), &(-2000).into(), &0.into()));
    assert_eq!(shown["parent"]["subscription_details"]["subscription_proration_date"], START);
    assert_eq!(state.customers.get(&subscription.customer).unwrap().balance, -2000);
    assert!(state.invoice_items.iter().all(|item| item.invoice.as_ref() == Some(&bill)));
}

#[test]
fn what_a_subscription_billed_is_not_deleted() {
    let mut state = State::new(1);
    let id = subscription(&mut state, "4242424242424242");
    let bill = open(&mut state, &id);
    let gone = serve(&mut at(&mut state, START), Method::Delete, &format!("/v1/invoices/{bill}"), Params::default());
    assert_eq!(gone.unwrap_err().code, Some("invoice_not_editable"));
}
