//! What is said about a subscription's course.

use domain::Interval;
use domain::course::Reason;
use payments::provider::course::{Course as _, Leaving, NewPortal, NextPhase, PortalFlow, Swap};
use serde_json::json;

use super::*;

fn id() -> ProviderSubscriptionId {
    ProviderSubscriptionId("sub_1".into())
}

/// The fixture with some fields otherwise.
fn with(changes: serde_json::Value) -> Answer {
    let mut all: serde_json::Value = serde_json::from_str(SUBSCRIPTION).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    Answer::json(200, &all.to_string())
}

#[tokio::test]
async fn an_end_is_asked_for_with_the_period_and_with_what_was_said() {
    let stub = Stub::start([with(json!({})), with(json!({ "cancel_at_period_end": true }))]).await;
    let why = Leaving { reason: Some(Reason::TooExpensive), comment: Some("ä".repeat(600)) };
    let ends = stripe(&stub).cancel_at_end(&key(), &id(), &why, now()).await.unwrap().subscription;
    assert_eq!(ends.ends_at, Some(ends.period.until));
    let [_, asked] = stub.asked().try_into().unwrap();
    let fields = asked.fields();
    assert!(fields.contains(&"cancel_at_period_end=true".to_owned()), "{fields:?}");
    assert!(fields.contains(&"cancellation_details[feedback]=too_expensive".to_owned()), "{fields:?}");
    assert!(fields.contains(&format!("cancellation_details[comment]={}", "ä".repeat(500))), "{fields:?}");
    assert!(!fields.iter().any(|field| field.starts_with("cancel_at=")), "never both: {fields:?}");
}

#[tokio::test]
async fn an_end_is_taken_back_in_the_form_in_which_it_stands() {
    let forms = [
        (json!({ "cancel_at_period_end": true, "cancel_at": 1_826_536_000 }), "cancel_at_period_end=false"),
        (json!({ "cancel_at_period_end": false, "cancel_at": 1_826_536_000 }), "cancel_at="),
    ];
    for (stands, says) in forms {
        let stub = Stub::start([with(stands), with(json!({}))]).await;
        let on = stripe(&stub).resume(&key(), &id(), now()).await.unwrap().subscription;
        assert_eq!(on.ends_at, None);
        let [_, asked] = stub.asked().try_into().unwrap();
        assert_eq!(asked.line, "POST /v1/subscriptions/sub_1 HTTP/1.1");
        assert_eq!(asked.header("idempotency-key"), Some("out_1"));
        let fields: Vec<_> = asked.fields().into_iter().filter(|field| field.starts_with("cancel")).collect();
        assert_eq!(fields, [says]);
    }
    let stub = Stub::start([with(json!({})), with(json!({}))]).await;
    stripe(&stub).resume(&key(), &id(), now()).await.unwrap();
    assert!(stub.asked().iter().all(|asked| asked.line.starts_with("GET")), "no end: nothing is changed");
}

#[tokio::test]
async fn a_pause_ends_in_the_form_in_which_it_stands() {
    let stub = Stub::start([with(json!({ "status": "paused" })), with(json!({}))]).await;
    stripe(&stub).unpause(&key(), &id(), now()).await.unwrap();
    let [_, asked] = stub.asked().try_into().unwrap();
    assert_eq!(asked.line, "POST /v1/subscriptions/sub_1/resume HTTP/1.1");
    assert!(asked.fields().contains(&"billing_cycle_anchor[type]=now".to_owned()), "{:?}", asked.fields());

    let uncollected = json!({ "pause_collection": { "behavior": "void", "resumes_at": null } });
    let stub = Stub::start([with(uncollected), with(json!({}))]).await;
    stripe(&stub).unpause(&key(), &id(), now()).await.unwrap();
    let [_, asked] = stub.asked().try_into().unwrap();
    assert_eq!(asked.line, "POST /v1/subscriptions/sub_1 HTTP/1.1");
    assert!(asked.fields().contains(&"pause_collection=".to_owned()), "{:?}", asked.fields());
}

#[tokio::test]
async fn a_trial_that_is_over_is_not_ended_again() {
    let stub = Stub::start([with(json!({})), with(json!({}))]).await;
    stripe(&stub).end_trial(&key(), &id(), now()).await.unwrap();
    assert!(stub.asked().iter().all(|asked| asked.line.starts_with("GET")));
    let stub = Stub::start([with(json!({ "status": "trialing" })), with(json!({}))]).await;
    stripe(&stub).end_trial(&key(), &id(), now()).await.unwrap();
    assert!(stub.asked()[1].fields().contains(&"trial_end=now".to_owned()));
}

/// A running phase with settings that somebody has made at the dashboard.
fn schedule() -> serde_json::Value {
    json!({
        "id": "sub_sched_1", "object": "subscription_schedule", "status": "active",
        "current_phase": { "start_date": 1_795_000_000, "end_date": 1_826_536_000 },
        "phases": [
            { "start_date": 1_700_000_000, "end_date": 1_795_000_000, "items": [] },
            {
                "start_date": 1_795_000_000, "end_date": 1_826_536_000, "proration_behavior": "create_prorations",
                "automatic_tax": { "enabled": true, "disabled_reason": null, "liability": { "type": "self" } },
                "collection_method": "charge_automatically", "currency": "usd", "description": null,
                "default_payment_method": { "id": "pm_1", "object": "payment_method" },
                "default_tax_rates": [{ "id": "txr_1", "object": "tax_rate" }],
                "discounts": [{ "coupon": "CPN", "discount": null, "promotion_code": null, "discount_end": null }],
                "metadata": { "usher_org": ORG }, "trial_end": null, "add_invoice_items": [],
                "items": [
                    { "price": "price_seat", "quantity": 7, "metadata": {}, "tax_rates": [], "discounts": [] },
                    { "price": "price_theirs", "quantity": 2, "metadata": { "made": "by hand" } },
                ],
            },
        ],
    })
}

fn item(id: &str, price: &str, part: Option<&str>) -> serde_json::Value {
    let metadata = part
        .map_or(json!({}), |part| json!({ "usher_plan": "all_access", "usher_interval": "year", "usher_part": part }));
    json!({
        "id": id, "quantity": 7, "current_period_start": 1_795_000_000, "current_period_end": 1_826_536_000,
        "price": { "id": price, "currency": "usd", "unit_amount": 499_900, "lookup_key": null, "metadata": metadata,
                   "recurring": { "interval": "year", "interval_count": 1 } },
    })
}

fn scheduled(schedule: serde_json::Value) -> Answer {
    let items = [item("si_seats", "price_seat", Some("per_seat")), item("si_theirs", "price_theirs", None)];
    with(json!({ "items": { "data": items, "has_more": false }, "schedule": schedule }))
}

#[tokio::test]
async fn what_comes_next_is_written_with_everything_that_is() {
    let stub = Stub::start([
        scheduled(serde_json::Value::Null),
        Answer::json(200, &schedule().to_string()),
        Answer::json(200, &schedule().to_string()),
        scheduled(schedule()),
    ])
    .await;
    let next = NextPhase {
        lines: vec![CheckoutLine { price: ProviderPriceId("price_team".into()), quantity: 1 }],
        interval: Interval::Month,
        moved: false,
    };
    stripe(&stub).schedule(&key(), &id(), &next, now()).await.unwrap();
    let [_, made, written, _] = stub.asked().try_into().unwrap();
    assert_eq!(
        (made.line.as_str(), made.fields()),
        ("POST /v1/subscription_schedules HTTP/1.1", vec!["from_subscription=sub_1".to_owned()])
    );
    assert_eq!(made.header("idempotency-key"), Some("out_1-new"));
    assert_eq!(written.line, "POST /v1/subscription_schedules/sub_sched_1 HTTP/1.1");
    let mut fields = written.fields();
    fields.sort();
    let org = |phase: u8| format!("phases[{phase}][metadata][usher_org]={ORG}");
    assert_eq!(
        fields,
        [
            "end_behavior=release",
            "phases[0][automatic_tax][enabled]=true",
            "phases[0][automatic_tax][liability][type]=self",
            "phases[0][collection_method]=charge_automatically",
            "phases[0][currency]=usd",
            "phases[0][default_payment_method]=pm_1",
            "phases[0][default_tax_rates][0]=txr_1",
            "phases[0][discounts][0][coupon]=CPN",
            "phases[0][end_date]=1826536000",
            "phases[0][items][0][price]=price_seat",
            "phases[0][items][0][quantity]=7",
            "phases[0][items][1][metadata][made]=by hand",
            "phases[0][items][1][price]=price_theirs",
            "phases[0][items][1][quantity]=2",
            &org(0),
            "phases[0][proration_behavior]=create_prorations",
            "phases[0][start_date]=1795000000",
            "phases[1][automatic_tax][enabled]=true",
            "phases[1][automatic_tax][liability][type]=self",
            "phases[1][collection_method]=charge_automatically",
            "phases[1][currency]=usd",
            "phases[1][default_payment_method]=pm_1",
            "phases[1][default_tax_rates][0]=txr_1",
            "phases[1][discounts][0][coupon]=CPN",
            "phases[1][duration][interval]=month",
            "phases[1][duration][interval_count]=1",
            "phases[1][items][0][price]=price_team",
            "phases[1][items][0][quantity]=1",
            "phases[1][items][1][metadata][made]=by hand",
            "phases[1][items][1][price]=price_theirs",
            "phases[1][items][1][quantity]=2",
            &org(1),
            "phases[1][proration_behavior]=none",
            "proration_behavior=none",
        ]
    );
}

fn seats_of(seats: u32) -> SeatChange {
    let line = SeatLine::Item(ProviderItemId("si_seats".into()));
    SeatChange { lines: vec![(line, seats)], paid: HowPaid::NextInvoice { since: now() }, monthly: false }
}

/// What runs, and what follows it, sold by the seat.
fn two_phases() -> serde_json::Value {
    let mut two = schedule();
    let next = json!({
        "start_date": 1_826_536_000, "end_date": 1_858_072_000,
        "items": [{ "price": item("", "price_next", Some("per_seat"))["price"], "quantity": 3 }],
    });
    two["phases"].as_array_mut().unwrap().push(next);
    two
}

#[tokio::test]
async fn seats_are_set_now_and_in_what_follows() {
    let answers = [scheduled(two_phases()), Answer::json(200, &schedule().to_string()), scheduled(schedule())];
    let stub = Stub::start(answers).await;
    let item = ProviderItemId("si_seats".into());
    stripe(&stub).set_seats_in_schedule(&key(), &id(), &item, 9, 5, now()).await.unwrap();
    let fields = stub.asked()[1].fields();
    for says in [
        "phases[0][items][0][quantity]=9",
        "phases[0][items][1][quantity]=2",
        "phases[1][items][0][price]=price_next",
        "phases[1][items][0][quantity]=5",
        "proration_behavior=create_prorations",
    ] {
        assert!(fields.contains(&says.to_owned()), "{says} is not in {fields:?}");
    }
}

#[tokio::test]
async fn seats_of_now_are_set_in_the_schedule_and_what_follows_stays() {
    let answers = [
        scheduled(two_phases()),
        Answer::json(200, SUBSCRIPTION),
        Answer::json(200, &schedule().to_string()),
        scheduled(schedule()),
    ];
    let stub = Stub::start(answers).await;
    let new = (SeatLine::New(ProviderPriceId("price_over".into())), 2);
    let change = SeatChange { monthly: true, lines: [seats_of(9).lines, vec![new]].concat(), ..seats_of(9) };
    stripe(&stub).set_seats(&key(), &id(), &change, now()).await.unwrap();
    let asked = stub.asked();
    assert_eq!(asked[1].line, "POST /v1/subscriptions/sub_1 HTTP/1.1");
    assert!(asked[1].fields().contains(&"pending_invoice_item_interval[interval]=month".to_owned()));
    let fields = asked[2].fields();
    for says in [
        "phases[0][items][0][quantity]=9",
        "phases[0][items][1][quantity]=2",
        "phases[0][items][2][price]=price_over",
        "phases[0][items][2][quantity]=2",
        "phases[1][items][0][price]=price_next",
        "phases[1][items][0][quantity]=3",
        "proration_behavior=create_prorations",
    ] {
        assert!(fields.contains(&says.to_owned()), "{says} is not in {fields:?}");
    }
    assert!(!fields.iter().any(|field| field.starts_with("phases[1][items][1]")), "nothing is added then: {fields:?}");
}

#[tokio::test]
async fn what_is_not_paid_or_paid_at_once_is_so_in_a_schedule_too() {
    let whens = [(HowPaid::Nothing, "none"), (HowPaid::Invoice { since: now() }, "always_invoice")];
    for (paid, says) in whens {
        let answers = [scheduled(schedule()), Answer::json(200, &schedule().to_string()), scheduled(schedule())];
        let stub = Stub::start(answers).await;
        let change = SeatChange { paid, ..seats_of(9) };
        stripe(&stub).set_seats(&key(), &id(), &change, now()).await.unwrap();
        let fields = stub.asked()[1].fields();
        assert!(fields.contains(&format!("proration_behavior={says}")), "{fields:?}");
    }
}

#[tokio::test]
async fn without_a_schedule_its_seats_are_not_known_to_be_set() {
    let stub = Stub::start([scheduled(serde_json::Value::Null)]).await;
    let item = ProviderItemId("si_seats".into());
    let answer = stripe(&stub).set_seats_in_schedule(&key(), &id(), &item, 9, 5, now()).await;
    assert!(answer.unwrap_err().is_retryable());
}

#[tokio::test]
async fn what_is_released_already_is_no_error() {
    let stub = Stub::start([scheduled(serde_json::Value::Null), scheduled(serde_json::Value::Null)]).await;
    stripe(&stub).release(&key(), &id(), now()).await.unwrap();
    let gone = Answer::json(400, &refusal("invalid_request_error", "not active"));
    let nothing = || scheduled(serde_json::Value::Null);
    let stub = Stub::start([scheduled(schedule()), gone, nothing(), nothing()]).await;
    stripe(&stub).release(&key(), &id(), now()).await.unwrap();
    assert_eq!(stub.asked()[1].line, "POST /v1/subscription_schedules/sub_sched_1/release HTTP/1.1");
}

fn visit(flow: PortalFlow) -> NewPortal {
    NewPortal {
        customer: ProviderCustomerId("cus_1".into()),
        subscription: Some(id()),
        flow,
        return_url: "https://usher.test/app/acme/billing?portal=back".into(),
    }
}

#[tokio::test]
async fn the_providers_page_has_no_switch_for_seats_or_plans_and_is_made_once() {
    let session = || Answer::json(200, r#"{"id":"bps_1","url":"https://billing.stripe.com/p/1"}"#);
    let theirs = r#"{"object":"list","data":[{"id":"bpc_0","metadata":{}}],"has_more":false}"#;
    let stub =
        Stub::start([Answer::json(200, theirs), Answer::json(200, r#"{"id":"bpc_1"}"#), session(), session()]).await;
    let stripe = stripe(&stub);
    for flow in [PortalFlow::PaymentMethod, PortalFlow::Cancel] {
        assert_eq!(stripe.open_portal(&visit(flow)).await.unwrap(), "https://billing.stripe.com/p/1");
    }
    let [_, made, first, second] = stub.asked().try_into().unwrap();
    let fields = made.fields();
    assert!(fields.contains(&"features[subscription_update][enabled]=false".to_owned()), "{fields:?}");
    assert!(fields.contains(&"features[subscription_cancel][mode]=at_period_end".to_owned()), "{fields:?}");
    assert!(!fields.iter().any(|field| field.contains("quantity")), "{fields:?}");
    let fields = first.fields();
    for says in ["configuration=bpc_1", "customer=cus_1", "flow_data[type]=payment_method_update"] {
        assert!(fields.contains(&says.to_owned()), "{fields:?}");
    }
    assert!(second.fields().contains(&"flow_data[subscription_cancel][subscription]=sub_1".to_owned()));
    for visit in [first, second] {
        let fields = visit.fields();
        let back = "return_url]=https://usher.test/app/acme/billing?portal=back";
        assert!(fields.contains(&"flow_data[after_completion][type]=redirect".to_owned()), "{fields:?}");
        assert!(fields.contains(&format!("flow_data[after_completion][redirect][{back}")), "{fields:?}");
    }
}

#[tokio::test]
async fn who_has_arranged_it_is_written_and_forgotten_with_it() {
    let mut theirs = schedule();
    theirs["metadata"] = json!({ "usher_moved": "true" });
    for (schedule, moved, said) in [
        (schedule(), true, Some("metadata[usher_moved]=true")),
        (theirs.clone(), false, Some("metadata[usher_moved]=")),
        (schedule(), false, None),
    ] {
        let stub = Stub::start([
            scheduled(schedule.clone()),
            Answer::json(200, &schedule.to_string()),
            scheduled(theirs.clone()),
        ])
        .await;
        let lines = vec![CheckoutLine { price: ProviderPriceId("price_team".into()), quantity: 1 }];
        let next = NextPhase { lines, interval: Interval::Month, moved };
        stripe(&stub).schedule(&key(), &id(), &next, now()).await.unwrap();
        let marks =
            stub.asked()[1].fields().into_iter().filter(|field| field.starts_with("metadata")).collect::<Vec<_>>();
        assert_eq!(marks, said.into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn prices_that_come_to_the_same_are_swapped_without_a_word_about_money() {
    let stub = Stub::start([scheduled(serde_json::Value::Null), scheduled(serde_json::Value::Null)]).await;
    let line =
        Swap { item: ProviderItemId("si_seats".into()), price: ProviderPriceId("price_new".into()), quantity: 7 };
    stripe(&stub).swap_prices(&key(), &id(), &[line], now()).await.unwrap();
    let [_, asked] = stub.asked().try_into().unwrap();
    assert_eq!(asked.line, "POST /v1/subscriptions/sub_1 HTTP/1.1");
    assert_eq!(asked.header("idempotency-key"), Some("out_1"));
    let fields = asked.fields();
    for field in
        ["items[0][id]=si_seats", "items[0][price]=price_new", "items[0][quantity]=7", "proration_behavior=none"]
    {
        assert!(fields.iter().any(|it| it == field), "{field}: {fields:?}");
    }
    assert!(!fields.iter().any(|it| it.starts_with("proration_date") || it.starts_with("billing_cycle_anchor")));
}
