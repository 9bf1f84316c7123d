//! What only time does, with the time as an argument.

mod changes;
mod invoices;
mod lives;
mod passing;

use super::card::Card;
use super::completion::{self, Paid};
use super::route::{Method, serve};
use super::{Caller, Engine};
use crate::engine::params::Params;
use crate::state::State;
use serde_json::Value;

const START: i64 = 1_795_348_800;
const DAY: i64 = 86_400;

fn at(state: &mut State, now: i64) -> Engine<'_> {
    let mut engine = Engine { state, now, base: "http://sandbox/", caller: Caller::default() };
    engine.tick();
    engine
}

fn post(state: &mut State, now: i64, path: &str, form: &str) -> Value {
    let params = Params::parse(form.as_bytes()).unwrap();
    serve(&mut at(state, now), Method::Post, path, params).unwrap()
}

fn get(state: &mut State, now: i64, path: &str) -> Value {
    serve(&mut at(state, now), Method::Get, path, Params::default()).unwrap()
}

/// An open page, made at the start.
fn session(state: &mut State) -> String {
    let customer = post(state, START, "/v1/customers", "name=Acme&email=a@acme.test");
    let form = "currency=usd&unit_amount=2000&recurring[interval]=month&product_data[name]=Team";
    let price = post(state, START, "/v1/prices", form);
    let form = format!(
        "mode=subscription&customer={}&line_items[0][price]={}&line_items[0][quantity]=2&success_url=https://app.test",
        customer["id"].as_str().unwrap(),
        price["id"].as_str().unwrap()
    );
    post(state, START, "/v1/checkout/sessions", &form)["id"].as_str().unwrap().to_owned()
}

fn kinds(state: &State) -> Vec<&str> {
    state.events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn the_same_seed_and_commands_give_the_same_state() {
    let run = || {
        let mut state = State::new(7);
        let session = session(&mut state);
        completion::pay(&mut at(&mut state, START + 60), &session, &Card::test("4242424242424242"));
        serde_json::to_value(&state).unwrap()
    };
    assert_eq!(run(), run());
}

#[test]
fn a_page_closes_when_its_time_is_over() {
    let mut state = State::new(1);
    let session = session(&mut state);
    let path = format!("/v1/checkout/sessions/{session}");
    assert_eq!(get(&mut state, START + DAY - 1, &path)["status"], "open");
    let closed = get(&mut state, START + DAY, &path);
    assert_eq!((&closed["status"], &closed["url"]), (&"expired".into(), &Value::Null));
    assert_eq!(kinds(&state).last(), Some(&"checkout.session.expired"));
    let paid = completion::pay(&mut at(&mut state, START + DAY), &session, &Card::test("4242424242424242"));
    assert!(matches!(paid, Paid::Closed(_)));
}

#[test]
fn a_subscription_ends_on_the_day_that_was_set() {
    let mut state = State::new(1);
    let session = session(&mut state);
    completion::pay(&mut at(&mut state, START), &session, &Card::test("4242424242424242"));
    let id = state.subscriptions.iter().next().unwrap().id.clone();
    let path = format!("/v1/subscriptions/{id}");
    let end = post(&mut state, START + DAY, &path, "cancel_at_period_end=true")["cancel_at"].as_i64().unwrap();
    assert_eq!(get(&mut state, end - 1, &path)["status"], "active");
    let ended = get(&mut state, end, &path);
    assert_eq!(
        (&ended["status"], &ended["ended_at"], &ended["canceled_at"]),
        (&"canceled".into(), &end.into(), &(START + DAY).into())
    );
    assert_eq!(kinds(&state).iter().filter(|kind| **kind == "customer.subscription.deleted").count(), 1);
}

#[test]
fn half_a_period_is_worth_half() {
    let mut state = State::new(1);
    let session = session(&mut state);
    completion::pay(&mut at(&mut state, START), &session, &Card::test("4242424242424242"));
    let subscription = state.subscriptions.iter().next().unwrap().clone();
    let item = &subscription.items[0];
    let half = i64::midpoint(item.current_period_start, item.current_period_end);
    let form = format!("items[0][id]={}&items[0][quantity]=3", item.id);
    post(&mut state, half, &format!("/v1/subscriptions/{}", subscription.id), &form);
    let amounts: Vec<i64> = state.invoice_items.iter().map(|line| line.amount).collect();
    assert_eq!(amounts, [-2000, 3000]);
}

#[test]
fn a_change_during_a_trial_is_free() {
    let mut state = State::new(1);
    session(&mut state);
    let mut trial = state.sessions.iter().next().unwrap().clone();
    trial.trial_period_days = Some(10);
    let session = trial.id.clone();
    state.sessions.insert(trial);
    completion::pay(&mut at(&mut state, START), &session, &Card::test("4242424242424242"));
    let subscription = state.subscriptions.iter().next().unwrap().clone();
    let form = format!("items[0][id]={}&items[0][quantity]=9", subscription.items[0].id);
    post(&mut state, START + DAY, &format!("/v1/subscriptions/{}", subscription.id), &form);
    assert_eq!(state.invoice_items.iter().count(), 0);
}

#[test]
fn events_are_kept_for_thirty_days() {
    let mut state = State::new(1);
    post(&mut state, START, "/v1/customers", "name=Acme");
    at(&mut state, START + 30 * DAY);
    assert_eq!(state.events.iter().count(), 1);
    at(&mut state, START + 30 * DAY + 1);
    assert_eq!(state.events.iter().count(), 0);
}
