//! Changes of subscriptions: what they cost, what waits, and what happens without money.

use super::*;
use crate::engine::error::ApiError;
use crate::engine::payment_method::PaymentMethod;

pub const WORKS: &str = "4242424242424242";
const NO_MONEY: &str = "4000000000009995";
const ASKS: &str = "4000002760003184";
pub const PRICE: &str = "currency=usd&unit_amount=2000&recurring[interval]=month";

/// A customer with a card; whether it can be kept is another question.
pub fn customer(state: &mut State, number: &str) -> String {
    let customer = post(state, START, "/v1/customers", "name=Acme&email=a@acme.test");
    let id = customer["id"].as_str().unwrap().to_owned();
    let mut method = PaymentMethod::new(&mut at(state, START), &Card::test(number), None);
    method.customer = Some(id.clone());
    state.customers.get_mut(&id).unwrap().default_payment_method = Some(method.id.clone());
    state.payment_methods.insert(method);
    id
}

pub fn price(state: &mut State, form: &str) -> String {
    let price = post(state, START, "/v1/prices", &format!("{form}&product_data[name]=Team"));
    price["id"].as_str().unwrap().to_owned()
}

fn fails(state: &mut State, now: i64, path: &str, form: &str) -> ApiError {
    serve(&mut at(state, now), Method::Post, path, Params::parse(form.as_bytes()).unwrap()).unwrap_err()
}

/// Two seats at 20.00 a month: address, item.
pub fn two_seats(state: &mut State, number: &str) -> (String, String) {
    let (customer, price) = (customer(state, number), price(state, PRICE));
    let form = format!("customer={customer}&items[0][price]={price}&items[0][quantity]=2");
    let made = post(state, START, "/v1/subscriptions", &form);
    let item = made["items"]["data"][0]["id"].as_str().unwrap().to_owned();
    (format!("/v1/subscriptions/{}", made["id"].as_str().unwrap()), item)
}

fn set_card(state: &mut State, number: &str) {
    let id = state.payment_methods.iter().next().unwrap().id.clone();
    state.payment_methods.get_mut(&id).unwrap().number = number.into();
}

fn half(state: &State) -> i64 {
    let item = &state.subscriptions.iter().next().unwrap().items[0];
    i64::midpoint(item.current_period_start, item.current_period_end)
}

fn amounts(invoice: &Value) -> Vec<i64> {
    invoice["lines"]["data"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

pub fn latest(state: &mut State, now: i64, subscription: &Value) -> Value {
    get(state, now, &format!("/v1/invoices/{}", subscription["latest_invoice"].as_str().unwrap()))
}

pub fn preview(state: &mut State, now: i64, path: &str, details: &str) -> Value {
    let id = path.rsplit('/').next().unwrap();
    let details: Vec<String> = details
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            let (head, rest) = name.split_at(name.find('[').unwrap_or(name.len()));
            format!("&subscription_details[{head}]{rest}={value}")
        })
        .collect();
    post(state, now, "/v1/invoices/create_preview", &format!("subscription={id}{}", details.concat()))
}

#[test]
fn seats_bought_now_are_invoiced_and_paid_in_the_request() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let half = half(&state);
    let form = format!("items[0][id]={item}&items[0][quantity]=5&proration_behavior=always_invoice");
    let shown = preview(&mut state, half, &path, &form);
    let changed = post(&mut state, half, &path, &form);
    let invoice = latest(&mut state, half, &changed);
    assert_eq!(amounts(&invoice), [-2000, 5000]);
    assert_eq!((amounts(&shown), &shown["amount_due"]), (amounts(&invoice), &invoice["amount_due"]));
    assert_eq!((&invoice["status"], &invoice["billing_reason"]), (&"paid".into(), &"subscription_update".into()));
    let parent = &invoice["lines"]["data"][0]["parent"]["subscription_item_details"];
    let credited = &parent["proration_details"]["credited_items"];
    let first = state.invoices.iter().next().unwrap();
    assert_eq!(
        (&credited["invoice"], &credited["invoice_line_items"][0]),
        (&first.id.clone().into(), &first.lines[0].id.clone().into())
    );
}

#[test]
fn fewer_seats_now_leave_credit_on_the_balance_that_pays_the_next_invoice() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let half = half(&state);
    let form = |seats| format!("items[0][id]={item}&items[0][quantity]={seats}&proration_behavior=always_invoice");
    let changed = post(&mut state, half, &path, &form(1));
    let invoice = latest(&mut state, half, &changed);
    assert_eq!(
        (&invoice["total"], &invoice["amount_due"], &invoice["ending_balance"]),
        (&(-1000).into(), &0.into(), &(-1000).into())
    );
    assert_eq!(invoice["status"], "paid");
    let changed = post(&mut state, half, &path, &form(3));
    let invoice = latest(&mut state, half, &changed);
    assert_eq!(
        (&invoice["total"], &invoice["amount_due"], &invoice["ending_balance"]),
        (&2000.into(), &1000.into(), &0.into())
    );
}

#[test]
fn what_was_never_charged_is_not_given_back() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let half = half(&state);
    post(&mut state, half, &path, &format!("items[0][id]={item}&items[0][quantity]=9&proration_behavior=none"));
    let form = format!("items[0][id]={item}&items[0][quantity]=1&proration_behavior=always_invoice");
    let changed = post(&mut state, half, &path, &form);
    // Two seats were charged, not nine.
    assert_eq!(amounts(&latest(&mut state, half, &changed)), [-2000, 1000]);
}

#[test]
fn seats_that_wait_for_their_money_come_when_it_does() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    set_card(&mut state, ASKS);
    let half = half(&state);
    let form = format!(
        "items[0][id]={item}&items[0][quantity]=5&proration_behavior=always_invoice&payment_behavior=pending_if_incomplete"
    );
    let waits = post(&mut state, half, &path, &form);
    assert_eq!((&waits["status"], &waits["items"]["data"][0]["quantity"]), (&"active".into(), &2.into()));
    assert_eq!(waits["pending_update"]["subscription_items"][0]["quantity"], 5);
    assert_eq!(waits["pending_update"]["expires_at"], half + 23 * 3600);
    let invoice = latest(&mut state, half, &waits);
    assert_eq!(invoice["status"], "open");
    set_card(&mut state, WORKS);
    post(&mut state, half + 60, &format!("/v1/invoices/{}/pay", invoice["id"].as_str().unwrap()), "");
    let applied = get(&mut state, half + 60, &path);
    assert_eq!((&applied["pending_update"], &applied["items"]["data"][0]["quantity"]), (&Value::Null, &5.into()));
    assert!(kinds(&state).contains(&"customer.subscription.pending_update_applied"));
}

#[test]
fn seats_whose_money_does_not_come_within_23_hours_never_come() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    set_card(&mut state, NO_MONEY);
    let half = half(&state);
    let form = format!(
        "items[0][id]={item}&items[0][quantity]=5&proration_behavior=always_invoice&payment_behavior=pending_if_incomplete"
    );
    let waits = post(&mut state, half, &path, &form);
    assert_eq!(waits["status"], "active");
    let gone = get(&mut state, half + 23 * 3600, &path);
    assert_eq!((&gone["pending_update"], &gone["items"]["data"][0]["quantity"]), (&Value::Null, &2.into()));
    assert_eq!(latest(&mut state, half + 23 * 3600, &waits)["status"], "void");
    assert!(kinds(&state).contains(&"customer.subscription.pending_update_expired"));
    // What is void was never charged, so the two seats are worth what they were.
    set_card(&mut state, WORKS);
    let form =
        format!("items[0][id]={item}&items[0][quantity]=1&proration_behavior=always_invoice&proration_date={half}");
    let changed = post(&mut state, half + 23 * 3600, &path, &form);
    assert_eq!(amounts(&latest(&mut state, half + 23 * 3600, &changed)), [-2000, 1000]);
}

#[test]
fn a_later_change_voids_what_waits() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    set_card(&mut state, NO_MONEY);
    let half = half(&state);
    let wait = "proration_behavior=always_invoice&payment_behavior=pending_if_incomplete";
    let waits = post(&mut state, half, &path, &format!("items[0][id]={item}&items[0][quantity]=5&{wait}"));
    post(&mut state, half, &path, "metadata[colour]=red");
    assert!(get(&mut state, half, &path)["pending_update"].is_object());
    let changed = post(&mut state, half, &path, &format!("items[0][id]={item}&items[0][quantity]=3"));
    assert_eq!((&changed["pending_update"], &changed["items"]["data"][0]["quantity"]), (&Value::Null, &3.into()));
    assert_eq!(latest(&mut state, half, &waits)["status"], "void");
    let refused = fails(&mut state, half, &path, "description=x&payment_behavior=pending_if_incomplete");
    assert_eq!(refused.param.as_deref(), Some("description"));
}

#[test]
fn money_that_does_not_come_is_owed_or_the_change_is_refused_as_was_asked() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    set_card(&mut state, NO_MONEY);
    let half = half(&state);
    let form = |behaviour| {
        format!(
            "items[0][id]={item}&items[0][quantity]=5&proration_behavior=always_invoice&payment_behavior={behaviour}"
        )
    };
    at(&mut state, half);
    let before = serde_json::to_value(&state).unwrap();
    let refused = fails(&mut state, half, &path, &form("error_if_incomplete"));
    assert_eq!((refused.status, refused.code), (402, Some("card_declined")));
    assert_eq!(serde_json::to_value(&state).unwrap(), before);
    let owed = post(&mut state, half, &path, &form("allow_incomplete"));
    assert_eq!((&owed["status"], &owed["items"]["data"][0]["quantity"]), (&"past_due".into(), &5.into()));
}

#[test]
fn a_card_that_fails_at_first_pays_later() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    set_card(&mut state, "4000009900000020");
    let form = format!("items[0][id]={item}&items[0][quantity]=5&proration_behavior=always_invoice");
    let owed = post(&mut state, START, &path, &form);
    let pay = format!("/v1/invoices/{}/pay", owed["latest_invoice"].as_str().unwrap());
    assert_eq!(fails(&mut state, START, &pay, "").status, 402);
    assert_eq!(post(&mut state, START, &pay, "")["status"], "paid");
}

#[test]
fn an_end_in_the_middle_gives_back_what_was_not_used_if_asked() {
    let mut state = State::new(1);
    let (path, _) = two_seats(&mut state, WORKS);
    let half = half(&state);
    let shown = preview(&mut state, half, &path, "cancel_now=true");
    let params = Params::parse(b"prorate=true&invoice_now=true").unwrap();
    let ended = serve(&mut at(&mut state, half), Method::Delete, &path, params).unwrap();
    assert_eq!(ended["status"], "canceled");
    let last = latest(&mut state, half, &ended);
    assert_eq!((&amounts(&last), &last["ending_balance"]), (&vec![-2000], &(-2000).into()));
    assert_eq!(amounts(&shown), amounts(&last));
}

#[test]
fn items_are_added_and_taken_away() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let base = price(&mut state, "currency=usd&unit_amount=5000&recurring[interval]=month");
    let half = half(&state);
    let more = post(&mut state, half, &path, &format!("items[0][price]={base}&proration_behavior=always_invoice"));
    assert_eq!(amounts(&latest(&mut state, half, &more)), [2500]);
    assert_eq!(more["items"]["data"].as_array().unwrap().len(), 2);
    let form = format!("items[0][id]={item}&items[0][deleted]=true&proration_behavior=always_invoice");
    let fewer = post(&mut state, half, &path, &form);
    assert_eq!(amounts(&latest(&mut state, half, &fewer)), [-2000]);
    let last = fewer["items"]["data"][0]["id"].as_str().unwrap();
    fails(&mut state, half, &path, &format!("items[0][id]={last}&items[0][deleted]=true"));
}

#[test]
fn another_price_without_a_quantity_is_one_of_it() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let dearer = price(&mut state, "currency=usd&unit_amount=3000&recurring[interval]=month");
    let changed = post(&mut state, START, &path, &format!("items[0][id]={item}&items[0][price]={dearer}"));
    assert_eq!(changed["items"]["data"][0]["quantity"], 1);
}

#[test]
fn a_year_instead_of_a_month_keeps_the_anchor_unless_told() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let yearly = price(&mut state, "currency=usd&unit_amount=20000&recurring[interval]=year");
    let form =
        format!("items[0][id]={item}&items[0][price]={yearly}&items[0][quantity]=2&proration_behavior=always_invoice");
    let now = START + 10 * DAY;
    let kept = preview(&mut state, now, &path, &form);
    assert_eq!(amounts(&kept), [-2667, 38_904]);
    let anew = format!("{form}&billing_cycle_anchor[type]=now");
    let shown = preview(&mut state, now, &path, &anew);
    let changed = post(&mut state, now, &path, &anew);
    let invoice = latest(&mut state, now, &changed);
    assert_eq!((amounts(&shown), amounts(&invoice)), (vec![-2667, 40_000], vec![-2667, 40_000]));
    assert_eq!(
        (&changed["billing_cycle_anchor"], &changed["items"]["data"][0]["current_period_start"]),
        (&now.into(), &now.into())
    );
    let words = invoice["lines"]["data"][1]["description"].as_str().unwrap();
    assert_eq!(words, "2 × Team (at $200.00 / year)");
    let refused = fails(&mut state, now + 60, &path, &format!("{anew}&proration_date={now}"));
    assert_eq!(refused.param.as_deref(), Some("proration_date"));
}

#[test]
fn a_first_payment_that_fails_leaves_it_incomplete_or_leaves_nothing() {
    let mut state = State::new(1);
    let (customer, price) = (customer(&mut state, NO_MONEY), price(&mut state, PRICE));
    let form = format!("customer={customer}&items[0][price]={price}&items[0][quantity]=2");
    let before = state.subscriptions.iter().count();
    let refused =
        fails(&mut state, START, "/v1/subscriptions", &format!("{form}&payment_behavior=error_if_incomplete"));
    assert_eq!((refused.status, state.subscriptions.iter().count()), (402, before));
    let made = post(&mut state, START, "/v1/subscriptions", &form);
    assert_eq!((&made["status"], &latest(&mut state, START, &made)["status"]), (&"incomplete".into(), &"open".into()));
    let left = post(&mut state, START, "/v1/subscriptions", &format!("{form}&payment_behavior=default_incomplete"));
    assert_eq!(
        (&left["status"], &latest(&mut state, START, &left)["attempt_count"]),
        (&"incomplete".into(), &0.into())
    );
    let trial = post(&mut state, START, "/v1/subscriptions", &format!("{form}&trial_period_days=14"));
    assert_eq!((&trial["status"], &trial["trial_end"]), (&"trialing".into(), &(START + 14 * DAY).into()));
    state.customers.get_mut(&customer).unwrap().default_payment_method = None;
    let refused = fails(&mut state, START, "/v1/subscriptions", &form);
    assert_eq!((refused.status, refused.code), (400, Some("resource_missing")));
    assert!(refused.message.starts_with("This customer has no attached payment source"));
}

#[test]
fn a_preview_of_what_nobody_has_yet_costs_what_it_would() {
    let mut state = State::new(1);
    let (customer, price) = (customer(&mut state, WORKS), price(&mut state, PRICE));
    let form = format!(
        "customer={customer}&subscription_details[items][0][price]={price}&subscription_details[items][0][quantity]=7"
    );
    let before = serde_json::to_value(&state).unwrap();
    let shown = post(&mut state, START, "/v1/invoices/create_preview", &form);
    assert_eq!(
        (&shown["total"], &shown["lines"]["data"][0]["description"]),
        (&14_000.into(), &"7 × Team (at $20.00 / month)".into())
    );
    assert_eq!(serde_json::to_value(&state).unwrap(), before);
}

#[test]
fn a_preview_of_the_next_invoice_holds_what_waits_and_a_recurring_one_does_not() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let half = half(&state);
    post(&mut state, half, &path, &format!("items[0][id]={item}&items[0][quantity]=3"));
    assert_eq!(amounts(&preview(&mut state, half, &path, "")), [-2000, 3000, 6000]);
    let id = path.rsplit('/').next().unwrap();
    let form = format!("subscription={id}&preview_mode=recurring");
    assert_eq!(amounts(&post(&mut state, half, "/v1/invoices/create_preview", &form)), [6000]);
    assert_eq!(amounts(&preview(&mut state, half, &path, "cancel_now=true")), [-2000, 3000, -3000]);
}

#[test]
fn an_eleventh_invoice_in_a_minute_is_refused_unless_limits_are_off() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let form = |seats| format!("items[0][id]={item}&items[0][quantity]={seats}&proration_behavior=always_invoice");
    for seats in 3..12 {
        post(&mut state, START, &path, &form(seats));
    }
    let refused = fails(&mut state, START, &path, &form(12));
    assert_eq!((refused.status, refused.limited), (429, Some("resource-specific")));
    assert_eq!(get(&mut state, START, &path)["items"]["data"][0]["quantity"], 11);
    for seats in 12..22 {
        post(&mut state, START + 61, &path, &form(seats));
    }
    assert_eq!(fails(&mut state, START + 200, &path, &form(30)).status, 429);
    post(&mut state, START + DAY, &path, &form(30));
    state.unlimited = true;
    for seats in 31..60 {
        post(&mut state, START + DAY, &path, &form(seats));
    }
}

#[test]
fn quantities_change_two_hundred_times_an_hour_and_an_invoice_holds_250_lines() {
    let mut state = State::new(1);
    let (path, item) = two_seats(&mut state, WORKS);
    let form = |seats: u64| format!("items[0][id]={item}&items[0][quantity]={seats}&proration_behavior=none");
    for seats in 0..200 {
        post(&mut state, START, &path, &form(3 + seats % 2));
    }
    assert_eq!(fails(&mut state, START, &path, &form(9)).limited, Some("resource-specific"));
    post(&mut state, START + 3600, &path, &form(9));
    let prorated = |seats: u64| format!("items[0][id]={item}&items[0][quantity]={seats}");
    for seats in 0..125 {
        post(&mut state, START + 7200, &path, &prorated(3 + seats % 2));
    }
    assert_eq!(fails(&mut state, START + 7200, &path, &prorated(9)).status, 400);
}
