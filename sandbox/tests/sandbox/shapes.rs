//! Whatever the sandbox shows, the strict Rust client can read.

use miniserde::Deserialize;
use serde_json::Value;

use crate::world::World;

fn reads<T: Deserialize>(value: &Value) {
    let text = value.to_string();
    assert!(miniserde::json::from_str::<T>(&text).is_ok(), "{} does not read {value:#}", std::any::type_name::<T>());
}

/// An object by what it says it is.
fn object_reads(object: &Value) {
    match object["object"].as_str().unwrap() {
        "customer" => reads::<stripe_shared::Customer>(object),
        "product" => reads::<stripe_shared::Product>(object),
        "price" => reads::<stripe_shared::Price>(object),
        "checkout.session" => reads::<stripe_shared::CheckoutSession>(object),
        "subscription" => reads::<stripe_shared::Subscription>(object),
        "subscription_schedule" => reads::<stripe_shared::SubscriptionSchedule>(object),
        "invoice" => reads::<stripe_shared::Invoice>(object),
        "invoiceitem" => reads::<stripe_billing::InvoiceItem>(object),
        "invoice_payment" => reads::<stripe_shared::InvoicePayment>(object),
        "payment_method" => reads::<stripe_shared::PaymentMethod>(object),
        "payment_intent" => reads::<stripe_shared::PaymentIntent>(object),
        "setup_intent" => reads::<stripe_shared::SetupIntent>(object),
        "charge" => reads::<stripe_shared::Charge>(object),
        "refund" => reads::<stripe_shared::Refund>(object),
        "dispute" => reads::<stripe_shared::Dispute>(object),
        "credit_note" => reads::<stripe_shared::CreditNote>(object),
        "tax_id" => reads::<stripe_shared::TaxId>(object),
        "customer_balance_transaction" => reads::<stripe_shared::CustomerBalanceTransaction>(object),
        "billing_portal.configuration" => reads::<stripe_billing::BillingPortalConfiguration>(object),
        "billing_portal.session" => reads::<stripe_billing::BillingPortalSession>(object),
        "test_helpers.test_clock" => reads::<stripe_shared::TestHelpersTestClock>(object),
        "billing.meter" => reads::<stripe_billing::BillingMeter>(object),
        other => panic!("{other}, which nobody checks"),
    }
}

/// All of a kind, by their list.
async fn all<T: Deserialize>(world: &World, path: &str) {
    let list = world.get(path).await.ok();
    reads::<List<T>>(&list);
    let data = list["data"].as_array().unwrap();
    assert!(!data.is_empty(), "nothing in {path}");
    for object in data {
        reads::<T>(object);
    }
}

/// The list envelope as the client has it: all three must be there.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only read")]
struct List<T> {
    data: Vec<T>,
    has_more: bool,
    url: String,
}

#[tokio::test]
async fn every_kind_of_object_is_read_by_the_strict_client() {
    let world = World::new().await;
    let (subscription, item) = world.subscription("2").await;
    let path = format!("v1/subscriptions/{subscription}");
    world.post(&path, &[("items[0][id]", &item), ("items[0][quantity]", "3")]).await.ok();
    let (customer, price) = (world.customer().await, world.price("Solo", "900", "year").await);
    let trial = world.session(&customer, &price, "1", &[("subscription_data[trial_period_days]", "7")]).await;
    world.press(trial["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
    let open = world.session(&customer, &price, "1", &[]).await;
    world.press(open["url"].as_str().unwrap(), &[("test_card", "4000000000000002")]).await;
    let waiting = world.session(&customer, &price, "1", &[]).await;
    world.press(waiting["url"].as_str().unwrap(), &[("test_card", "4000002760003184")]).await;

    all::<stripe_shared::Customer>(&world, "v1/customers").await;
    all::<stripe_shared::Product>(&world, "v1/products").await;
    all::<stripe_shared::Price>(&world, "v1/prices?expand[]=data.product").await;
    all::<stripe_shared::CheckoutSession>(&world, "v1/checkout/sessions?expand[]=data.line_items").await;
    let everything = "v1/subscriptions?status=all&expand[]=data.latest_invoice.payments&expand[]=data.customer\
                      &expand[]=data.default_payment_method";
    all::<stripe_shared::Subscription>(&world, everything).await;
    all::<stripe_shared::SubscriptionItem>(&world, &format!("v1/subscription_items?subscription={subscription}")).await;
    all::<stripe_shared::Invoice>(&world, "v1/invoices?expand[]=data.payments&expand[]=data.confirmation_secret").await;
    all::<stripe_billing::InvoiceItem>(&world, "v1/invoiceitems").await;
    all::<stripe_shared::PaymentIntent>(&world, "v1/payment_intents?expand[]=data.latest_charge").await;
    all::<stripe_shared::Charge>(&world, "v1/charges").await;
    all::<stripe_shared::Event>(&world, "v1/events?limit=100").await;
    let methods = format!("v1/payment_methods?customer={customer}");
    all::<stripe_shared::PaymentMethod>(&world, &methods).await;
    let invoice = world.get("v1/invoices").await.ok()["data"][0]["id"].as_str().unwrap().to_owned();
    all::<stripe_shared::InvoiceLineItem>(&world, &format!("v1/invoices/{invoice}/lines")).await;
    world.delete(&path).await.ok();
    reads::<stripe_shared::Subscription>(&world.get(&path).await.ok());
    reads::<stripe_shared::DeletedCustomer>(&world.delete(&format!("v1/customers/{customer}")).await.ok());

    let error = world.get("v1/customers/cus_none").await;
    reads::<stripe_shared::ApiErrors>(&error.body["error"]);
}

/// Lives with renewals, refusals, trials, pauses and clocks, so that every state comes up.
async fn live(world: &World) {
    let control = world.sandbox.control();
    let (paused, _) = world.subscription("1").await;
    let (kept, _) = world.subscription("1").await;
    let (owing, _) = world.subscription("1").await;
    let path = format!("v1/subscriptions/{paused}");
    world.post(&format!("{path}/pause"), &[("type", "subscription")]).await.ok();
    reads::<stripe_shared::Subscription>(&world.get(&path).await.ok());
    world.post(&format!("{path}/resume"), &[("payment_behavior", "resume_on_payment_success")]).await.ok();
    world.post(&format!("v1/subscriptions/{kept}"), &[("pause_collection[behavior]", "void")]).await.ok();
    let (customer, price) = (world.customer().await, world.price("Solo", "900", "year").await);
    let trial = world.session(&customer, &price, "1", &[("subscription_data[trial_period_days]", "7")]).await;
    world.press(trial["url"].as_str().unwrap(), &[("test_card", "4000000000000341")]).await;
    control.fail_next_payments(2);
    for _ in 0..2 {
        control.advance_to_next_renewal(&owing).await.unwrap();
        for list in ["v1/subscriptions?status=all&limit=100", "v1/invoices?limit=100&expand[]=data.payments"] {
            for object in world.get(list).await.ok()["data"].as_array().unwrap() {
                if object["object"] == "subscription" {
                    reads::<stripe_shared::Subscription>(object);
                } else {
                    reads::<stripe_shared::Invoice>(object);
                }
            }
        }
    }
    let open = world.get("v1/invoices?status=open").await.ok();
    for (bill, verb) in open["data"].as_array().unwrap().iter().zip(["mark_uncollectible", "void", "pay"]) {
        world.post(&format!("v1/invoices/{}/{verb}", bill["id"].as_str().unwrap()), &[]).await;
    }
    let now = control.now().to_string();
    let clock = world.post("v1/test_helpers/test_clocks", &[("frozen_time", &now)]).await.ok();
    let later = (control.now() + 86_400).to_string();
    let path = format!("v1/test_helpers/test_clocks/{}", clock["id"].as_str().unwrap());
    let advancing = world.post(&format!("{path}/advance"), &[("frozen_time", &later)]).await.ok();
    reads::<stripe_shared::TestHelpersTestClock>(&advancing);
    reads::<stripe_shared::TestHelpersTestClock>(&world.get(&path).await.ok());
}

#[tokio::test]
async fn previews_waiting_changes_and_prices_in_tiers_are_read_by_the_strict_client() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "2", &[]).await;
    let asks = [("test_card", "4000002760003184")];
    let (_, page, _) = world.press(session["url"].as_str().unwrap(), &asks).await;
    let owner = [("answer", "complete")];
    world.press(&world.url(page.unwrap().trim_start_matches(&world.sandbox.api_base())), &owner).await;
    let subscription = world.get(&format!("v1/subscriptions?customer={customer}")).await.ok()["data"][0].clone();
    let (id, item) = (crate::world::id(&subscription), crate::world::id(&subscription["items"]["data"][0]));

    let seats =
        [("items[0][id]", item.as_str()), ("items[0][quantity]", "5"), ("proration_behavior", "always_invoice")];
    let named: Vec<(String, &str)> = seats
        .iter()
        .map(|(name, value)| (format!("subscription_details[{}", name.replacen('[', "][", 1)), *value))
        .map(|(name, value)| (if name.ends_with(']') { name } else { format!("{name}]") }, value))
        .collect();
    let mut form: Vec<(&str, &str)> = named.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    form.push(("subscription", &id));
    let shown = world.post("v1/invoices/create_preview", &form).await.ok();
    reads::<stripe_shared::Invoice>(&shown);
    let next = world.post("v1/invoices/create_preview", &[("subscription", id.as_str())]).await.ok();
    reads::<stripe_shared::Invoice>(&next);

    let path = format!("v1/subscriptions/{id}");
    let wait = [seats.as_slice(), &[("payment_behavior", "pending_if_incomplete")]].concat();
    let waits = world.post(&path, &wait).await.ok();
    assert_eq!(waits["pending_update"]["subscription_items"][0]["quantity"], 5);
    reads::<stripe_shared::Subscription>(&waits);
    let every = [("pending_invoice_item_interval[interval]", "month")];
    let billed = world.post(&path, &every).await.ok();
    assert!(billed["next_pending_invoice_item_invoice"].is_i64());
    reads::<stripe_shared::Subscription>(&billed);
    let added = world.post(&path, &[("items[0][id]", item.as_str()), ("items[0][quantity]", "1")]).await.ok();
    assert!(added["pending_update"].is_null());
    all::<stripe_billing::InvoiceItem>(&world, "v1/invoiceitems").await;
    all::<stripe_shared::Invoice>(&world, "v1/invoices?expand[]=data.payments").await;

    let tiers = [
        ("currency", "kwd"),
        ("product_data[name]", "Dinars"),
        ("recurring[interval]", "month"),
        ("billing_scheme", "tiered"),
        ("tiers_mode", "graduated"),
        ("tiers[0][up_to]", "5"),
        ("tiers[0][unit_amount]", "1000"),
        ("tiers[1][up_to]", "inf"),
        ("tiers[1][flat_amount_decimal]", "12.5"),
        ("expand[]", "tiers"),
    ];
    let tiers = world.post("v1/prices", &tiers).await.ok();
    assert_eq!((tiers["tiers"].as_array().unwrap().len(), &tiers["unit_amount"]), (2, &Value::Null));
    reads::<stripe_shared::Price>(&tiers);
    let package = [
        ("currency", "usd"),
        ("product_data[name]", "Packs"),
        ("recurring[interval]", "month"),
        ("unit_amount", "900"),
        ("transform_quantity[divide_by]", "10"),
        ("transform_quantity[round]", "up"),
    ];
    reads::<stripe_shared::Price>(&world.post("v1/prices", &package).await.ok());
    let meter = [("display_name", "Calls"), ("event_name", "calls"), ("default_aggregation[formula]", "sum")];
    let meter = crate::world::id(&world.post("v1/billing/meters", &meter).await.ok());
    let metered = [
        ("currency", "usd"),
        ("product_data[name]", "Calls"),
        ("recurring[interval]", "month"),
        ("recurring[usage_type]", "metered"),
        ("recurring[meter]", meter.as_str()),
        ("unit_amount_decimal", "0.04"),
    ];
    let metered = world.post("v1/prices", &metered).await.ok();
    reads::<stripe_shared::Price>(&metered);
    let with_calls = world.post(&path, &[("items[0][price]", metered["id"].as_str().unwrap())]).await.ok();
    assert!(with_calls["items"]["data"][1]["quantity"].is_null());
    reads::<stripe_shared::Subscription>(&with_calls);
}

#[tokio::test]
async fn the_object_of_every_event_is_read_by_the_strict_client() {
    let world = World::new().await;
    live(&world).await;
    let (subscription, item) = world.subscription("2").await;
    let path = format!("v1/subscriptions/{subscription}");
    world.post(&path, &[("items[0][id]", &item), ("items[0][quantity]", "1")]).await.ok();
    world.delete(&path).await.ok();
    world.sandbox.quiet().await;
    let received = world.listener.all();
    for webhook in &received {
        let event = webhook.event();
        reads::<stripe_shared::Event>(&event);
        let object = &event["data"]["object"];
        object_reads(object);
    }
    assert!(received.len() > 12);
}

#[tokio::test]
async fn what_stands_around_a_purchase_is_read_by_the_strict_client_too() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "2", &[]).await;
    world.press(session["url"].as_str().unwrap(), &[("test_card", "4000000000000259")]).await;
    let (subscription, _) = world.subscription("2").await;
    let held = world.get(&format!("v1/subscriptions/{subscription}")).await.ok();
    let invoice = held["latest_invoice"].as_str().unwrap();
    let note = [("invoice", invoice), ("amount", "900"), ("refund_amount", "500"), ("credit_amount", "400")];
    world.post("v1/credit_notes", &note).await.ok();
    let schedule = world.post("v1/subscription_schedules", &[("from_subscription", &subscription)]).await.ok();
    reads::<stripe_shared::SubscriptionSchedule>(&schedule);
    let scheduled = world.get(&format!("v1/subscriptions/{subscription}?expand[]=schedule")).await.ok();
    assert_eq!(scheduled["schedule"]["object"], "subscription_schedule");
    reads::<stripe_shared::Subscription>(&scheduled);
    let theirs = format!("v1/customers/{customer}");
    world.post(&format!("{theirs}/tax_ids"), &[("type", "gb_vat"), ("value", "GB123456789")]).await.ok();
    world.post(&format!("{theirs}/balance_transactions"), &[("amount", "-5"), ("currency", "usd")]).await.ok();
    let flow = [
        ("customer", customer.as_str()),
        ("flow_data[type]", "payment_method_update"),
        ("flow_data[after_completion][type]", "hosted_confirmation"),
    ];
    reads::<stripe_billing::BillingPortalSession>(&world.post("v1/billing_portal/sessions", &flow).await.ok());
    for card in ["pm_card_visa", "pm_card_authenticationRequired"] {
        let form = [("customer", customer.as_str()), ("payment_method", card), ("confirm", "true")];
        reads::<stripe_shared::SetupIntent>(&world.post("v1/setup_intents", &form).await.ok());
    }
    let form = [("display_name", "T"), ("event_name", "t"), ("default_aggregation[formula]", "sum")];
    let meter = world.post("v1/billing/meters", &form).await.ok();
    let form = [("event_name", "t"), ("payload[stripe_customer_id]", customer.as_str()), ("payload[value]", "7")];
    reads::<stripe_billing::BillingMeterEvent>(&world.post("v1/billing/meter_events", &form).await.ok());
    let query = format!("customer={customer}&start_time=1800000000&end_time=1800000060");
    let path = format!("v1/billing/meters/{}/event_summaries?{query}", meter["id"].as_str().unwrap());
    all::<stripe_billing::BillingMeterEventSummary>(&world, &path).await;

    all::<stripe_shared::Refund>(&world, "v1/refunds?expand[]=data.charge").await;
    all::<stripe_shared::Dispute>(&world, "v1/disputes").await;
    all::<stripe_shared::CreditNote>(&world, "v1/credit_notes?expand[]=data.invoice").await;
    all::<stripe_shared::SetupIntent>(&world, "v1/setup_intents").await;
    all::<stripe_shared::SubscriptionSchedule>(&world, "v1/subscription_schedules").await;
    all::<stripe_billing::BillingPortalConfiguration>(&world, "v1/billing_portal/configurations").await;
    all::<stripe_billing::BillingMeter>(&world, "v1/billing/meters").await;
    all::<stripe_shared::TaxId>(&world, &format!("{theirs}/tax_ids")).await;
    all::<stripe_shared::CustomerBalanceTransaction>(&world, &format!("{theirs}/balance_transactions")).await;
    reads::<stripe_shared::Customer>(&world.get(&format!("{theirs}?expand[]=tax_ids")).await.ok());
    world.sandbox.quiet().await;
    for webhook in world.listener.all() {
        object_reads(&webhook.event()["data"]["object"]);
    }
}
