//! The time machine and test clocks, over HTTP.

use serde_json::Value;

use crate::world::{World, check_signature, id};

const HOUR: u32 = 3_600;

async fn wait(world: &World, subscription: &str) -> Value {
    world.get(&format!("v1/subscriptions/{subscription}?expand[]=latest_invoice.payments")).await.ok()
}

#[tokio::test]
async fn the_time_machine_renews_and_webhooks_are_signed_with_the_real_time() {
    let world = World::new().await;
    let (subscription, _) = world.subscription("2").await;
    let control = world.sandbox.control();
    let before = control.now();
    control.advance_to_next_renewal(&subscription).await.unwrap();
    world.sandbox.quiet().await;
    let renewed = wait(&world, &subscription).await;
    assert_eq!((&renewed["status"], &renewed["latest_invoice"]["status"]), (&"active".into(), &"paid".into()));
    assert_eq!(renewed["latest_invoice"]["billing_reason"], "subscription_cycle");
    assert_eq!(renewed["latest_invoice"]["payments"]["data"][0]["status"], "paid");
    assert!(control.ahead() > 27 * 86_400 && control.now() - before >= control.ahead());
    for webhook in world.listener.all() {
        assert!((0..60).contains(&check_signature(&webhook, &world.sandbox.webhook_secret())));
    }
}

#[tokio::test]
async fn the_time_machine_stays_ahead_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.json");
    let world = World::with_state(Some(file.clone())).await;
    world.sandbox.control().advance(48 * HOUR).await.unwrap();
    world.sandbox.stop().await;
    let again = World::with_state(Some(file)).await;
    assert_eq!(again.sandbox.control().ahead(), 48 * 3_600);
}

#[tokio::test]
async fn a_declined_renewal_is_past_due_until_the_invoice_is_paid() {
    let world = World::new().await;
    let (subscription, _) = world.subscription("2").await;
    let control = world.sandbox.control();
    control.fail_next_payments(1);
    control.advance_to_next_renewal(&subscription).await.unwrap();
    let owing = wait(&world, &subscription).await;
    assert_eq!((&owing["status"], &owing["latest_invoice"]["status"]), (&"past_due".into(), &"open".into()));
    assert!(owing["latest_invoice"]["next_payment_attempt"].is_i64());
    let bill = id(&owing["latest_invoice"]);
    world.post(&format!("v1/invoices/{bill}/pay"), &[]).await.ok();
    assert_eq!(wait(&world, &subscription).await["status"], "active");
    world.sandbox.quiet().await;
    let kinds = world.listener.kinds();
    for kind in ["invoice.payment_failed", "charge.failed", "invoice.upcoming"] {
        assert!(kinds.contains(&kind.to_owned()), "{kind} in {kinds:?}");
    }
}

#[tokio::test]
async fn a_renewal_that_asks_for_its_owner_is_paid_on_the_banks_page() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let page = world.session(&customer, &price, "1", &[]).await;
    let (_, to, _) = world.press(page["url"].as_str().unwrap(), &[("test_card", "4000002760003184")]).await;
    world.press(&world.url(&to.unwrap()), &[("answer", "complete")]).await;
    let page = world.get(&format!("v1/checkout/sessions/{}", id(&page))).await.ok();
    let subscription = page["subscription"].as_str().unwrap().to_owned();
    world.sandbox.control().advance_to_next_renewal(&subscription).await.unwrap();
    let owing = wait(&world, &subscription).await;
    assert_eq!(owing["status"], "past_due");
    let intent = owing["latest_invoice"]["payments"]["data"][0]["payment"]["payment_intent"].as_str().unwrap();
    let intent = world.get(&format!("v1/payment_intents/{intent}")).await.ok();
    assert_eq!(intent["status"], "requires_action");
    let bank = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
    let (status, to, _) = world.press(bank, &[("answer", "complete")]).await;
    assert_eq!((status, to.as_deref()), (303, owing["latest_invoice"]["hosted_invoice_url"].as_str()));
    assert_eq!(wait(&world, &subscription).await["status"], "active");
}

#[tokio::test]
async fn a_test_clock_moves_its_customers_and_nobody_else() {
    let world = World::new().await;
    let (other, _) = world.subscription("1").await;
    let now = world.sandbox.control().now();
    let clock = world.post("v1/test_helpers/test_clocks", &[("frozen_time", &now.to_string())]).await.ok();
    let form = [("name", "Clocked"), ("email", "c@acme.test"), ("test_clock", clock["id"].as_str().unwrap())];
    let customer = world.post("v1/customers", &form).await.ok();
    assert_eq!((&customer["created"], &customer["test_clock"]), (&now.into(), &clock["id"]));
    let price = world.price("Team", "2000", "month").await;
    let page = world.session(&id(&customer), &price, "1", &[]).await;
    world.press(page["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
    let page = world.get(&format!("v1/checkout/sessions/{}", id(&page))).await.ok();
    let subscription = page["subscription"].as_str().unwrap().to_owned();
    let path = format!("v1/test_helpers/test_clocks/{}/advance", id(&clock));
    let to = (now + 32 * 86_400).to_string();
    assert_eq!(world.post(&path, &[("frozen_time", &to)]).await.ok()["status"], "advancing");
    assert_eq!(world.post(&path, &[("frozen_time", &to)]).await.error(400)["param"], "frozen_time");
    let renewed = wait(&world, &subscription).await;
    assert_eq!((&renewed["latest_invoice"]["status"], &renewed["test_clock"]), (&"paid".into(), &clock["id"]));
    assert_eq!(renewed["latest_invoice"]["billing_reason"], "subscription_cycle");
    assert_eq!(wait(&world, &other).await["latest_invoice"]["billing_reason"], "subscription_create");
}
