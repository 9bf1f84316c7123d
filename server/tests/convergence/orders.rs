//! Every order of the webhooks of one purchase ends in the same books; with a cancellation too, wherever it happens
//! between them.

use std::path::Path;
use std::sync::Arc;

use payments::{WebhookSecret, signature};
use sandbox::EventRecord;
use service::{PasswordCost, Services, ServicesConfig, Settings, StartCheckout, Visit, work};
use store::{Store, Visitor};
use testkit::{SeededEntropy, World};

use domain::ids::OrgId;
use domain::{Access, SubscriptionStatus};

use crate::ledger::{Ours, Theirs};

/// Those of a purchase that concern us, but for the others about the invoice, which are treated as `invoice.paid` is.
const PURCHASE: [&str; 5] = [
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "invoice.paid",
    "payment_method.attached",
];

/// All orders of the numbers below `n`.
pub fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for order in orders(n - 1) {
        for at in 0..n {
            let mut order = order.clone();
            order.insert(at, n - 1);
            all.push(order);
        }
    }
    all
}

/// A company that has just paid for All Access, and of which no webhook has come.
async fn paid(world: &World, owner: &service::Caller, slug: &str) -> (OrgId, String) {
    let s = &world.services;
    let slug = world.company(owner, slug, slug).await;
    let wish = StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), seats: 2, currency: None };
    let url = service::start_checkout(s, owner, slug.as_str(), wish).await.unwrap();
    let page = url.rsplit('/').next().unwrap();
    world.sandbox.control().pay(page, "4242 4242 4242 4242").await.unwrap().unwrap();
    let org = s.store().open(Visitor { user: owner.user, visit: Visit::default() }, &slug).await.unwrap().org();
    let customer = Ours::read(s, org, &[]).await.org.customer.unwrap();
    (org, customer.0)
}

/// The event of that kind about that customer.
fn event(world: &World, customer: &str, kind: &str) -> EventRecord {
    let events = world.sandbox.control().events();
    let found = events.into_iter().find(|event| event.kind == kind && event.object["customer"] == customer);
    found.unwrap_or_else(|| panic!("no {kind} about {customer}"))
}

pub async fn worked_off(s: &Services) {
    while work::step(s).await.unwrap() {}
}

/// A purchase is made once; then each order is played on a copy of the database from before its first webhook.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_the_webhooks_of_a_purchase_ends_in_the_same_books() {
    let world = World::sqlite().await;
    world.sandbox.control().hold();
    let owner = world.owner("owner@acme.test").await;
    let (org, customer) = paid(&world, &owner, "acme").await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut bodies = Vec::new();
    for kind in PURCHASE {
        let url = format!("{}v1/events/{}", world.sandbox.api_base(), event(&world, &customer, kind).id);
        let body = http.get(url).bearer_auth("sk_test_orders").send().await.unwrap().bytes().await.unwrap();
        bodies.push(body.to_vec());
    }
    let theirs = Theirs::all(&world, &customer);

    let mut first = None;
    for order in orders(PURCHASE.len()) {
        // In memory where there is such a folder: nobody needs these on a disk, and each waits for it many times.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let s = copy(&world, folder.path()).await;
        for event in &order {
            let signed = signature::sign(&bodies[*event], &WebhookSecret::new("whsec_copy"), s.now());
            service::receive_webhook(&s, &bodies[*event], Some(&signed)).await.unwrap();
            worked_off(&s).await;
        }
        let ours = Ours::read(&s, org, &[]).await;
        assert_eq!((ours.org.plan.as_str(), ours.org.access), ("all_access", Access::Full), "{order:?}");
        assert_eq!(ours.current.iter().map(Theirs::mirrored).collect::<Vec<_>>(), theirs, "{order:?}");
        assert_eq!(ours.open_page, None, "{order:?}");
        assert_eq!(&ours, first.get_or_insert(ours.clone()), "{order:?}");
        s.store().close().await;
    }
}

/// Services like the world's on a copy of its database.
pub async fn copy(world: &World, folder: &Path) -> Services {
    let original = world.url().strip_prefix("sqlite://").unwrap();
    let copy = folder.join("usher.db").display().to_string();
    for end in ["", "-wal"] {
        tokio::fs::copy(format!("{original}{end}"), format!("{copy}{end}")).await.unwrap();
    }
    Services::new(ServicesConfig {
        store: Store::connect(&format!("sqlite://{copy}")).await.unwrap(),
        payments: world.payments.clone(),
        catalog: Arc::new(world.services.catalog().clone()),
        clock: world.clock.clone(),
        billing_clock: world.clock.clone(),
        entropy: Arc::new(SeededEntropy::new(2)),
        mailer: world.letters.clone(),
        dns: Arc::new(service::NoAnswer("nobody is asked".to_owned())),
        settings: Settings {
            webhook_secrets: vec![WebhookSecret::new("whsec_copy")],
            limits: service::Limits::GENEROUS,
            grace: std::time::Duration::from_hours(21 * 24),
            password_cost: PasswordCost::TestOnly,
            ..world.services.settings().clone()
        },
    })
}

/// What happens in the lives of [`cancelled_between`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// This webhook comes.
    Comes(&'static str),
    /// The subscription is cancelled at the provider.
    Cancelled,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_between_the_webhooks_of_a_purchase_is_the_end_of_it_on_sqlite() {
    cancelled_between(World::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_between_the_webhooks_of_a_purchase_is_the_end_of_it_on_postgresql() {
    cancelled_between(World::postgres().await).await;
}

/// Sixty companies buy; for each the cancellation and the four webhooks that say most come in another order, the one
/// that says that it is over after it is.
async fn cancelled_between(world: World) {
    const ENDED: Moment = Moment::Comes("customer.subscription.deleted");
    const MOMENTS: [Moment; 5] =
        [Moment::Comes(PURCHASE[0]), Moment::Comes(PURCHASE[1]), Moment::Comes(PURCHASE[2]), Moment::Cancelled, ENDED];
    let control = world.sandbox.control();
    control.hold();
    let owner = world.owner("owner@acme.test").await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let place = |order: &[usize], moment| order.iter().position(|at| MOMENTS[*at] == moment);
    let possible = |order: &Vec<usize>| place(order, Moment::Cancelled) < place(order, ENDED);
    for (number, order) in orders(MOMENTS.len()).into_iter().filter(possible).enumerate() {
        let (org, customer) = paid(&world, &owner, &format!("acme-{number}")).await;
        let subscription = Theirs::all(&world, &customer)[0].id.clone();
        let mut over = false;
        for moment in order.iter().map(|at| MOMENTS[*at]) {
            match moment {
                Moment::Comes(kind) => {
                    let statuses = control.redeliver(&event(&world, &customer, kind).id).await.unwrap();
                    assert_eq!(statuses, [200]);
                    worked_off(&world.services).await;
                    let ours = Ours::read(&world.services, org, &[]).await;
                    let (access, status) = if over {
                        (Access::ReadOnly, SubscriptionStatus::Canceled)
                    } else {
                        (Access::Full, SubscriptionStatus::Active)
                    };
                    let has = (ours.org.plan.as_str(), ours.org.access);
                    assert_eq!(has, ("all_access", access), "{order:?} after {moment:?}");
                    assert_eq!(ours.current.map(|it| it.status), Some(status), "{order:?} after {moment:?}");
                }
                Moment::Cancelled => {
                    let url = format!("{}v1/subscriptions/{subscription}", world.sandbox.api_base());
                    http.delete(url).bearer_auth("sk_test_orders").send().await.unwrap().error_for_status().unwrap();
                    over = true;
                }
            }
        }
        let ours = Ours::read(&world.services, org, &[]).await;
        let mirrors: Vec<_> = ours.current.iter().map(Theirs::mirrored).collect();
        assert_eq!(mirrors, Theirs::all(&world, &customer), "{order:?}");
        assert_eq!((ours.org.plan.as_str(), ours.org.access), ("all_access", Access::ReadOnly), "{order:?}");
        assert_eq!(ours.open_page, None, "{order:?}");
    }
}
