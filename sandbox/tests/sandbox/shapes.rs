//! Whatever the sandbox shows, the strict Rust client can read.

use miniserde::Deserialize;
use serde_json::Value;

use crate::world::World;

fn reads<T: Deserialize>(value: &Value) {
    let text = value.to_string();
    assert!(miniserde::json::from_str::<T>(&text).is_ok(), "{} does not read {value:#}", std::any::type_name::<T>());
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
        match object["object"].as_str().unwrap() {
            "customer" => reads::<stripe_shared::Customer>(object),
            "product" => reads::<stripe_shared::Product>(object),
            "price" => reads::<stripe_shared::Price>(object),
            "checkout.session" => reads::<stripe_shared::CheckoutSession>(object),
            "subscription" => reads::<stripe_shared::Subscription>(object),
            "invoice" => reads::<stripe_shared::Invoice>(object),
            "invoiceitem" => reads::<stripe_billing::InvoiceItem>(object),
            "invoice_payment" => reads::<stripe_shared::InvoicePayment>(object),
            "payment_method" => reads::<stripe_shared::PaymentMethod>(object),
            "payment_intent" => reads::<stripe_shared::PaymentIntent>(object),
            "charge" => reads::<stripe_shared::Charge>(object),
            "test_helpers.test_clock" => reads::<stripe_shared::TestHelpersTestClock>(object),
            other => panic!("an event about {other}, which nobody checks"),
        }
    }
    assert!(received.len() > 12);
}
