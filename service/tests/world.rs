//! The promises about money, over the provider's HTTP: whatever the network, the order of webhooks and the moment of a
//! crash, what is mirrored is what the sandbox has, and what is billed is who is in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::time::Duration;

use domain::Access;
use domain::view::{BillingView, CheckoutOutcome};
use sandbox::Fault;
use serde_json::Value;
use service::{Caller, Error, Invite, Services, StartCheckout, Visit, work};
use testkit::{Card, PASSWORD, Paid, World};

#[path = "world/changing.rs"]
mod changing;

use changing::{
    seats_wait_for_the_banks_page_and_come_afterwards, what_is_arranged_is_given_up_for_what_was_quoted,
    what_waits_can_be_taken_back, what_was_quoted_is_on_the_invoice_to_the_cent,
};

macro_rules! claims {
    ($($name:ident;)+) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(testkit::World::sqlite().await).await; })+ }
        mod postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(testkit::World::postgres().await).await; })+ }
    };
}

#[path = "world/catalogues.rs"]
mod catalogues;
#[path = "world/late.rs"]
mod late;
#[path = "world/moves.rs"]
mod moves;
#[path = "world/seats.rs"]
mod seats;

#[path = "world/course.rs"]
mod course;

claims! {
    from_a_free_company_to_a_paid_full_team;
    sixty_four_racers_on_two_nodes_get_three_seats_and_three_are_billed;
    twenty_starts_on_two_nodes_make_one_customer_and_one_open_page;
    a_declined_card_leaves_nothing;
    a_cancelled_page_cannot_be_paid;
    a_member_who_joins_while_the_provider_is_down_is_billed_later;
    a_seat_change_whose_answer_was_lost_is_billed_once;
    webhooks_twice_and_in_any_order_converge;
    lost_webhooks_do_not_matter_to_who_comes_back;
    an_event_survives_a_crash_before_it_is_applied;
    five_hundred_events_about_one_subscription_cost_one_call;
    a_burst_on_two_nodes_is_looked_at_once;
    drift_behind_our_back_is_found_and_mended_over_http;
    the_shop_is_brought_in_order_once_and_the_doctor_is_content;
    what_was_quoted_is_on_the_invoice_to_the_cent;
    seats_wait_for_the_banks_page_and_come_afterwards;
    what_waits_can_be_taken_back;
    what_is_arranged_is_given_up_for_what_was_quoted;
}

async fn acme(world: &World) -> Caller {
    let owner = world.owner("owner@acme.test").await;
    world.company(&owner, "Acme", "acme").await;
    owner
}

fn wish(seats: u32) -> StartCheckout {
    StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), seats, currency: None }
}

async fn billing(world: &World, who: &Caller) -> BillingView {
    service::billing(&world.services, who, "acme").await.unwrap()
}

async fn invite(s: &Services, who: &Caller, email: &str) -> Result<String, Error> {
    let input = Invite { email: email.to_owned(), role: "member".to_owned() };
    let link = service::invite(s, who, "acme", input).await?.link;
    Ok(link.rsplit('/').next().unwrap().to_owned())
}

async fn join(world: &World, owner: &Caller, email: &str) -> Caller {
    let token = invite(&world.services, owner, email).await.unwrap();
    let joined = service::accept_as_new(&world.services, &token, PASSWORD.to_owned(), Visit::default()).await;
    let (session, _) = joined.unwrap();
    service::who(&world.services, session.as_str(), Visit::default()).await.unwrap().unwrap()
}

/// The one subscription that the sandbox has, if it has one.
fn at_the_sandbox(world: &World) -> Option<Value> {
    let events = world.sandbox.control().events();
    let created: Vec<_> = events.iter().filter(|event| event.kind == "customer.subscription.created").collect();
    assert!(created.len() <= 1, "{created:?}");
    let id = created.first()?.object["id"].as_str()?;
    world.sandbox.control().subscription(id)
}

fn quantity(world: &World) -> u64 {
    at_the_sandbox(world).unwrap()["items"]["data"][0]["quantity"].as_u64().unwrap()
}

/// The mirror is what the sandbox has, and what it has is who is in.
async fn converged(world: &World, owner: &Caller) {
    let theirs = at_the_sandbox(world).unwrap();
    let ours = billing(world, owner).await;
    let bought = ours.subscription.unwrap();
    assert_eq!(theirs["status"], bought.status.as_str());
    assert_eq!(quantity(world), u64::from(bought.quantity));
    assert_eq!(bought.quantity, ours.desk.seats.count.active);
    assert_eq!(theirs["items"]["data"][0]["current_period_end"], bought.period.until.secs());
    assert_eq!((ours.plan.key.as_str(), ours.desk.access), ("all_access", Access::Full));
    assert!(!ours.seat_change_pending);
    assert!(ours.open_checkout.is_none());
}

/// Until nothing waits for its next try.
async fn settle_in_time(world: &World) {
    for _ in 0..14 {
        world.settle().await;
        world.clock.advance(Duration::from_mins(10));
    }
    world.settle().await;
}

async fn from_a_free_company_to_a_paid_full_team(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    let active = billing(&world, &owner).await.subscription.unwrap();
    assert_eq!((active.per_seat.unwrap().to_string().as_str(), active.quantity), ("$4,999.00", 1));

    let other = invite(&world.services, &owner, "someone@other.test").await;
    assert!(matches!(other, Err(Error::Invalid { field: "email", .. })));
    let second = join(&world, &owner, "Second@ACME.test").await;
    world.settle().await;
    assert!(world.letters.to("Second@ACME.test")[0].text.contains("/invitations/"));
    assert_eq!(quantity(&world), 2);
    join(&world, &owner, "third@acme.test").await;
    world.settle().await;
    assert_eq!(quantity(&world), 3);
    let Err(Error::Refused(full)) = invite(&world.services, &owner, "fourth@acme.test").await else { panic!("full") };
    assert_eq!(full.what, "All 3 seats are in use.");
    converged(&world, &owner).await;

    service::leave(&world.services, &second, "acme").await.unwrap();
    world.settle().await;
    assert_eq!(quantity(&world), 2);
    converged(&world, &owner).await;
    assert_eq!(world.settle().await, 0, "our own change does not come back as work for ever");
}

async fn sixty_four_racers_on_two_nodes_get_three_seats_and_three_are_billed(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    let nodes = [world.node(2).await, world.node(3).await];
    let racers = (0..64).map(|n| {
        let (s, owner) = (nodes[n % 2].clone(), owner.clone());
        tokio::spawn(async move {
            let Ok(token) = invite(&s, &owner, &format!("racer{n}@acme.test")).await else { return 0 };
            let joined = service::accept_as_new(&s, &token, PASSWORD.to_owned(), Visit::default()).await;
            u32::from(joined.is_ok())
        })
    });
    let won: u32 = futures::future::join_all(racers).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(won, 2);
    world.settle().await;
    assert_eq!(quantity(&world), 3);
    converged(&world, &owner).await;
}

async fn twenty_starts_on_two_nodes_make_one_customer_and_one_open_page(world: World) {
    let owner = acme(&world).await;
    let nodes = [world.node(2).await, world.node(3).await];
    let starts = (0..20).map(|n| {
        let (s, owner) = (nodes[n % 2].clone(), owner.clone());
        tokio::spawn(async move { service::start_checkout(&s, &owner, "acme", wish(1)).await })
    });
    let urls: Vec<_> = futures::future::join_all(starts).await.into_iter().map(|url| url.unwrap().unwrap()).collect();
    assert!(urls.iter().all(|url| url == &urls[0]), "{urls:?}");
    let customers = world.sandbox.control().events().iter().filter(|event| event.kind == "customer.created").count();
    assert_eq!(customers, 1);
    // There is one page, and it can be paid.
    assert!(matches!(world.pay(&urls[0], Card::Good).await, Paid::Back(_)));
    world.settle().await;
    converged(&world, &owner).await;
}

async fn a_declined_card_leaves_nothing(world: World) {
    let owner = acme(&world).await;
    let url = service::start_checkout(&world.services, &owner, "acme", wish(1)).await.unwrap();
    for card in [Card::Declined, Card::Empty] {
        assert!(matches!(world.pay(&url, card).await, Paid::Refused(_)));
    }
    world.settle().await;
    assert!(at_the_sandbox(&world).is_none());
    let seen = billing(&world, &owner).await;
    assert_eq!((seen.plan.key.as_str(), seen.desk.access, seen.subscription), ("free", Access::Free, None));
    assert_eq!(seen.open_checkout.unwrap().url, url, "and the page can be tried with another card");
    let checkout = world.pay(&url, Card::Good).await.checkout();
    let outcome = service::finish_checkout(&world.services, &owner, "acme", &checkout).await.unwrap();
    assert_eq!(outcome, CheckoutOutcome::Active);
}

async fn a_cancelled_page_cannot_be_paid(world: World) {
    let owner = acme(&world).await;
    let url = service::start_checkout(&world.services, &owner, "acme", wish(1)).await.unwrap();
    service::abandon_checkout(&world.services, &owner, "acme").await.unwrap();
    world.settle().await;
    let page = world.browser.open(&url).await.unwrap();
    assert!(world.browser.press(&page, "Pay", &[]).await.is_err(), "{}", page.text());
    assert!(billing(&world, &owner).await.open_checkout.is_none());
    assert!(at_the_sandbox(&world).is_none());
}

async fn a_member_who_joins_while_the_provider_is_down_is_billed_later(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    world.sandbox.control().fail_next(6, Fault::ErrorBefore);
    join(&world, &owner, "second@acme.test").await;
    world.settle().await;
    let seen = billing(&world, &owner).await;
    assert_eq!(seen.desk.seats.count.active, 2, "nobody waits for the provider");
    settle_in_time(&world).await;
    assert_eq!(quantity(&world), 2);
    converged(&world, &owner).await;
}

async fn a_seat_change_whose_answer_was_lost_is_billed_once(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    join(&world, &owner, "second@acme.test").await;
    world.sandbox.control().fail_next(12, Fault::ErrorAfter);
    settle_in_time(&world).await;
    converged(&world, &owner).await;
    // One change makes one credit and one charge.
    let items = world.sandbox.control().events();
    let lines = items.iter().filter(|event| event.kind == "invoiceitem.created").count();
    assert!(lines <= 2, "{lines} lines for one change");
}

async fn webhooks_twice_and_in_any_order_converge(world: World) {
    let owner = acme(&world).await;
    let control = world.sandbox.control();
    control.hold();
    let url = service::start_checkout(&world.services, &owner, "acme", wish(1)).await.unwrap();
    assert!(control.pay(url.rsplit('/').next().unwrap(), "4242424242424242").await.unwrap().is_ok());
    let mut seed = 7_u64;
    let mut events: Vec<String> = control.events().into_iter().map(|event| event.id).collect();
    for round in 0..4 {
        for at in (1..events.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            events.swap(at, usize::try_from(seed >> 33).unwrap() % (at + 1));
        }
        for event in &events {
            control.redeliver(event).await.unwrap();
            if seed.is_multiple_of(2) {
                control.redeliver(event).await.unwrap();
            }
            if round % 2 == 1 {
                work::step(&world.services).await.unwrap();
            }
        }
        if round == 1 {
            join(&world, &owner, "second@acme.test").await;
        }
        while work::step(&world.services).await.unwrap() {}
        events = control.events().into_iter().map(|event| event.id).collect();
    }
    control.release();
    world.settle().await;
    converged(&world, &owner).await;
    assert_eq!(quantity(&world), 2);
}

async fn lost_webhooks_do_not_matter_to_who_comes_back(world: World) {
    let owner = acme(&world).await;
    let control = world.sandbox.control();
    control.hold();
    let url = service::start_checkout(&world.services, &owner, "acme", wish(1)).await.unwrap();
    let session = url.rsplit('/').next().unwrap();
    assert!(control.pay(session, "4242424242424242").await.unwrap().is_ok());
    control.lose_pending();
    control.release();
    let outcome = service::finish_checkout(&world.services, &owner, "acme", session).await.unwrap();
    assert_eq!(outcome, CheckoutOutcome::Active);
    world.settle().await;
    converged(&world, &owner).await;
}

/// So many events about the one subscription, as they would come from the sandbox.
async fn burst(world: &World, s: &Services, events: usize) {
    let subscription = at_the_sandbox(world).unwrap();
    let secret = payments::WebhookSecret::new(world.sandbox.webhook_secret());
    for n in 0..events {
        let kind = ["customer.subscription.updated", "invoice.paid", "customer.subscription.created"][n % 3];
        let event = serde_json::json!({
            "id": format!("evt_burst_{n}"), "object": "event", "livemode": false, "created": 1_795_000_000, "type": kind,
            "data": { "object": {
                "object": "subscription", "id": subscription["id"], "customer": subscription["customer"],
            } },
        });
        let raw = serde_json::to_vec(&event).unwrap();
        let header = payments::signature::sign(&raw, &secret, s.now());
        service::receive_webhook(s, &raw, Some(&header)).await.unwrap();
    }
}

async fn all_done(world: &World) {
    let events = world.services.store().system().events(2_000).await.unwrap();
    assert!(events.iter().all(|event| event.finished_at.is_some() && event.outcome.as_deref() != Some("dead")));
}

async fn five_hundred_events_about_one_subscription_cost_one_call(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    burst(&world, &world.services, 500).await;
    let before = world.payments.calls();
    assert!(work::step(&world.services).await.unwrap());
    assert_eq!(world.payments.calls() - before, 1);
    world.settle().await;
    assert_eq!(world.payments.calls() - before, 1, "nothing was left");
    all_done(&world).await;
    converged(&world, &owner).await;
}

async fn a_burst_on_two_nodes_is_looked_at_once(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    let other = world.node(2).await;
    burst(&world, &world.services, 100).await;
    let before = world.payments.calls();
    let (one, two) = tokio::join!(work::step(&world.services), work::step(&other));
    assert!(one.unwrap() || two.unwrap());
    while work::step(&other).await.unwrap() {}
    world.settle().await;
    assert_eq!(world.payments.calls() - before, 1, "one customer has one worker at a time");
    all_done(&world).await;
    converged(&world, &owner).await;
}

async fn drift_behind_our_back_is_found_and_mended_over_http(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    join(&world, &owner, "second@acme.test").await;
    world.settle().await;
    let nothing = service::reconcile(&world.services, &service::Reconcile::default()).await.unwrap();
    assert_eq!((nothing.subscriptions, nothing.findings.len()), (1, 0), "{nothing:?}");

    // Somebody lowers the seats in the dashboard, and no webhook ever comes.
    let control = world.sandbox.control();
    control.hold();
    let subscription = at_the_sandbox(&world).unwrap();
    let id = domain::subscription::ProviderSubscriptionId(subscription["id"].as_str().unwrap().to_owned());
    let item = subscription["items"]["data"][0]["id"].as_str().unwrap().to_owned();
    let item = domain::subscription::ProviderItemId(item);
    let key = payments::provider::IdempotencyKey("dashboard".to_owned());
    let now = world.services.now();
    let change = payments::provider::SeatChange {
        lines: vec![(payments::provider::SeatLine::Item(item), 1)],
        paid: domain::billed::HowPaid::Nothing,
        monthly: false,
    };
    payments::PaymentProvider::set_seats(&*world.payments, &key, &id, &change, now).await.unwrap();
    control.lose_pending();
    control.release();
    let found = service::reconcile(&world.services, &service::Reconcile::default()).await.unwrap();
    let drifts: Vec<&str> = found.findings.iter().map(|finding| finding.drift.as_str()).collect();
    assert!(drifts.contains(&"mirror_stale") && drifts.contains(&"quantity_differs"), "{found:?}");
    assert_eq!(found.open().count(), 0, "{found:?}");
    world.settle().await;
    converged(&world, &owner).await;
    world.clock.advance(Duration::from_mins(1));
    let again = service::reconcile(&world.services, &service::Reconcile::default()).await.unwrap();
    assert_eq!(again.findings, [], "the second time there is nothing");
}

async fn the_shop_is_brought_in_order_once_and_the_doctor_is_content(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "all_access", "year", 1).await;
    let first = service::sync_shop(&world.services).await.unwrap();
    assert!(first.changes.len() > 5 && first.left.is_empty() && first.secret.is_some(), "{first:?}");
    let second = service::sync_shop(&world.services).await.unwrap();
    assert_eq!((second.changes, second.left), (Vec::<String>::new(), Vec::<String>::new()));
    let around = service::Surroundings { payout_bank: Some("sandbox bank".to_owned()), ..Default::default() };
    let found = service::examine_shop(&world.services, &around).await.unwrap();
    // The world's clock is moved by hand, and the sandbox's is not.
    let codes: Vec<&str> = found.iter().map(|one| one.code).filter(|code| *code != "clock-skew").collect();
    assert_eq!(codes, [""; 0], "{found:?}");
}

async fn an_event_survives_a_crash_before_it_is_applied(world: World) {
    let owner = acme(&world).await;
    let url = service::start_checkout(&world.services, &owner, "acme", wish(1)).await.unwrap();
    world.pay(&url, Card::Good).await;
    world.deliver().await;
    // A worker takes all of them and dies.
    let inbox = world.services.store().system();
    let taken = inbox.lease_events("dead", 99, world.services.now(), Duration::from_mins(5)).await.unwrap();
    assert!(!taken.is_empty());
    world.settle().await;
    assert_eq!(billing(&world, &owner).await.plan.key.as_str(), "free", "they are the other's until the lease ends");
    world.clock.advance(Duration::from_mins(6));
    world.settle().await;
    converged(&world, &owner).await;
}
