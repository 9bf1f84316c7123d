//! What of a subscription at Stripe is mirrored besides its plan and seats: lines, and what has not happened yet.

use domain::plan::Part;
use domain::subscription::{
    Pause, ProviderCustomerId, ProviderInvoiceId, ProviderScheduleId, ProviderSubscriptionId, Scheduled, Waiting,
};
use domain::{Currency, Interval, Money, Timestamp};
use payments::PaymentProvider;

use crate::stub::{Answer, Stub};
use crate::{SUBSCRIPTION, now, stripe};

#[tokio::test]
async fn every_line_is_read_ours_or_not() {
    let version = SUBSCRIPTION.replace(r#""usher_part""#, r#""usher_version": "fp_1", "usher_part""#);
    let stub = Stub::start([Answer::json(200, &version)]).await;
    let got = stripe(&stub).subscription(&ProviderSubscriptionId("sub_1".into()), now()).await.unwrap().subscription;
    let lines: Vec<_> = got
        .lines
        .iter()
        .map(|line| (line.item.as_str(), line.price.as_str(), line.part, line.interval, line.quantity, line.unit))
        .collect();
    let usd = |minor| Some(Money::new(minor, Currency::USD));
    assert_eq!(
        lines,
        [
            ("si_foreign", "price_other", None, Some(Interval::Month), 1, usd(500)),
            ("si_base", "price_base", Some(Part::Base), Some(Interval::Year), 1, usd(10_000)),
            ("si_seats", "price_seat", Some(Part::PerSeat), Some(Interval::Year), 7, usd(499_900)),
        ]
    );
    assert_eq!(got.lines[2].version.as_deref(), Some("fp_1"));
    assert_eq!((got.lines[0].plan.clone(), got.lines[0].version.clone()), (None, None));
}

/// The line of the seats, so many.
fn seat_line(quantity: u32) -> serde_json::Value {
    let whole: serde_json::Value = serde_json::from_str(SUBSCRIPTION).unwrap();
    let mut line = whole["items"]["data"][2].clone();
    line["quantity"] = quantity.into();
    line
}

fn with(changes: serde_json::Value) -> String {
    let mut whole: serde_json::Value = serde_json::from_str(SUBSCRIPTION).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole.to_string()
}

#[tokio::test]
async fn a_change_that_waits_for_its_payment_is_read_with_the_invoice_to_pay() {
    let waits = with(serde_json::json!({
        "latest_invoice": {"id": "in_9", "object": "invoice"},
        "pending_update": {"expires_at": 1_795_080_000, "subscription_items": [seat_line(9)]},
    }));
    // Seats stay when what waits is something else.
    let other = with(
        serde_json::json!({"latest_invoice": "in_8", "pending_update": {"expires_at": 1_795_080_000, "trial_end": 1}}),
    );
    let stub = Stub::start([Answer::json(200, &waits), Answer::json(200, &other)]).await;
    let (stripe, id) = (stripe(&stub), ProviderSubscriptionId("sub_1".into()));
    for (seats, invoice) in [(9, "in_9"), (7, "in_8")] {
        let got = stripe.subscription(&id, now()).await.unwrap().subscription;
        assert_eq!((got.quantity, got.latest_invoice), (7, Some(ProviderInvoiceId(invoice.into()))));
        let waiting = Waiting {
            plan: Some("all_access".parse().unwrap()),
            interval: Some(Interval::Year),
            seats,
            expires_at: Timestamp::from_secs(1_795_080_000),
            invoice: Some(ProviderInvoiceId(invoice.into())),
        };
        assert_eq!(got.waiting, Some(waiting));
    }
}

#[tokio::test]
async fn what_is_arranged_for_later_is_what_follows_the_phase_that_runs() {
    let phases = |price: serde_json::Value| {
        serde_json::json!([
            {"start_date": 1_795_000_000, "items": [{"price": "price_seat", "quantity": 7}]},
            {"start_date": 1_826_536_000, "items": [{"price": price, "quantity": 3}]},
        ])
    };
    let arranged = |status: &str, price| {
        with(serde_json::json!({"schedule": {
            "id": "sub_sched_1", "object": "subscription_schedule", "status": status, "phases": phases(price),
            "current_phase": {"start_date": 1_795_000_000, "end_date": 1_826_536_000},
        }}))
    };
    let known = seat_line(1)["price"].clone();
    let answers = [
        arranged("active", known.clone()),
        arranged("active", "price_seat".into()),
        arranged("active", "price_that_nobody_knows".into()),
        arranged("released", known),
        with(serde_json::json!({"schedule": "sub_sched_1"})),
    ];
    let stub = Stub::start(answers.iter().map(|answer| Answer::json(200, answer))).await;
    let (stripe, id) = (stripe(&stub), ProviderSubscriptionId("sub_1".into()));
    let then = Scheduled {
        id: ProviderScheduleId("sub_sched_1".into()),
        at: Timestamp::from_secs(1_826_536_000),
        plan: Some("all_access".parse().unwrap()),
        interval: Some(Interval::Year),
        seats: 3,
        version: None,
        total: Some(Money::new(3 * 499_900, Currency::USD)),
        moved: false,
    };
    let foreign = Scheduled { plan: None, interval: None, seats: 0, total: None, ..then.clone() };
    for expected in [Some(then.clone()), Some(then), Some(foreign), None, None] {
        assert_eq!(stripe.subscription(&id, now()).await.unwrap().subscription.scheduled, expected);
    }
}

#[tokio::test]
async fn what_rests_and_how_an_end_was_said_is_read() {
    let answers = [
        with(serde_json::json!({"status": "paused"})),
        with(serde_json::json!({"pause_collection": {"behavior": "void", "resumes_at": 1_796_000_000}})),
        with(serde_json::json!({"cancel_at_period_end": true, "cancel_at": 1_826_536_000})),
        with(serde_json::json!({"cancel_at": 1_800_000_000})),
    ];
    let stub = Stub::start(answers.iter().map(|answer| Answer::json(200, answer))).await;
    let (stripe, id) = (stripe(&stub), ProviderSubscriptionId("sub_1".into()));
    let resumes_at = Some(Timestamp::from_secs(1_796_000_000));
    for (pause, with_period) in
        [(Some(Pause::Service), false), (Some(Pause::Collection { resumes_at }), false), (None, true), (None, false)]
    {
        let got = stripe.subscription(&id, now()).await.unwrap().subscription;
        assert_eq!((got.pause, got.ends_with_period), (pause, with_period));
    }
}

#[tokio::test]
async fn an_arrangement_in_a_list_is_fetched_with_its_prices() {
    let listed = with(serde_json::json!({"schedule": "sub_sched_1"}));
    let page = format!(r#"{{"object":"list","data":[{listed}],"has_more":false}}"#);
    let stub = Stub::start([Answer::json(200, &page), Answer::json(200, SUBSCRIPTION)]).await;
    let all = stripe(&stub).subscriptions_of(&ProviderCustomerId("cus_1".into()), now()).await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(stub.asked()[1].line.contains("schedule.phases.items.price"), "{}", stub.asked()[1].line);
}
