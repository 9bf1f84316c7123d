//! The world itself: what every other test in it relies on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::time::Duration;

use service::{StartCheckout, billing, finish_checkout, start_checkout};
use testkit::{Card, Paid, World};

use domain::SubscriptionStatus;
use domain::view::CheckoutOutcome;

async fn a_bought_plan_is_active_through_webhooks_alone(world: World) {
    let owner = world.owner("owner@acme.test").await;
    let slug = world.company(&owner, "Acme", "acme").await;
    world.buy(&owner, slug.as_str(), "all_access", "year", 1).await;
    let view = billing(&world.services, &owner, "acme").await.unwrap();
    assert_eq!(view.plan.key.as_str(), "all_access");
    let subscription = view.subscription.unwrap();
    assert_eq!((subscription.status, subscription.quantity), (SubscriptionStatus::Active, 1));
    assert_eq!(subscription.card.as_deref(), Some("Visa 4242"));
    assert_eq!(world.settle().await, 0, "nothing is left to do");
}

#[tokio::test]
async fn a_plan_is_bought_on_sqlite() {
    a_bought_plan_is_active_through_webhooks_alone(World::sqlite().await).await;
}

#[tokio::test]
async fn a_plan_is_bought_on_postgresql() {
    a_bought_plan_is_active_through_webhooks_alone(World::postgres().await).await;
}

#[tokio::test]
async fn webhooks_are_taken_at_whatever_time_the_world_has() {
    let world = World::sqlite().await;
    let owner = world.owner("owner@acme.test").await;
    world.company(&owner, "Acme", "acme").await;
    let wish = StartCheckout { plan: "all_access".into(), interval: "year".into(), seats: 1, currency: None };
    let url = start_checkout(&world.services, &owner, "acme", wish).await.unwrap();
    world.clock.advance(Duration::from_hours(12));
    assert!(matches!(world.pay(&url, Card::Good).await, Paid::Back(_)));
    world.settle().await;
    assert!(world.sandbox.control().events().iter().all(|event| event.delivered));
    assert_eq!(billing(&world.services, &owner, "acme").await.unwrap().plan.key.as_str(), "all_access");
}

#[tokio::test]
async fn a_while_passes_for_usher_and_the_sandbox_alike() {
    let world = World::sqlite().await;
    let owner = world.owner("owner@acme.test").await;
    world.company(&owner, "Acme", "acme").await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    let before = billing(&world.services, &owner, "acme").await.unwrap().subscription.unwrap();
    world.pass(Duration::from_hours(366 * 24 + 1)).await;
    let after = billing(&world.services, &owner, "acme").await.unwrap().subscription.unwrap();
    assert_eq!(after.status, SubscriptionStatus::Active);
    assert!(
        after.period.until > before.period.until,
        "{:?} is no later than {:?}",
        after.period.until,
        before.period.until
    );
    assert_eq!(world.services.billing_now(), world.services.now());
}

#[tokio::test]
async fn every_card_does_what_it_says() {
    let world = World::sqlite().await;
    let owner = world.owner("owner@acme.test").await;
    world.company(&owner, "Acme", "acme").await;
    let wish = StartCheckout { plan: "all_access".into(), interval: "year".into(), seats: 1, currency: None };
    let url = start_checkout(&world.services, &owner, "acme", wish).await.unwrap();
    for card in [Card::Declined, Card::Empty, Card::Denied] {
        assert!(matches!(world.pay(&url, card).await, Paid::Refused(_)), "{card:?}");
    }
    let checkout = world.pay(&url, Card::Confirmed).await.checkout();
    let outcome = finish_checkout(&world.services, &owner, "acme", &checkout).await.unwrap();
    assert_eq!(outcome, CheckoutOutcome::Active);
}

#[tokio::test]
async fn two_nodes_share_one_database() {
    let world = World::sqlite().await;
    let owner = world.owner("owner@acme.test").await;
    let node = world.node(2).await;
    world.company(&owner, "Acme", "acme").await;
    assert_eq!(service::organizations(&node, &owner).await.unwrap().len(), 1);
}
