//! What happens after a purchase, with its webhooks in every order: a change by quote, more people, an end that is taken
//! back, a renewal that fails and recovers, something smaller with the next period.
//!
//! What happens is done once, and nobody hears of it. Then each order is played on a copy of the database of that moment,
//! and all must end in the same books, with the same letters. Few webhooks come in all their orders; many in every order
//! of two of them before the others, and in some that chance draws.

use std::collections::HashSet;
use std::time::Duration;

use domain::Timestamp;
use domain::ids::OrgId;
use domain::view::ChangeAnswer;
use payments::{WebhookSecret, event, signature};
use sandbox::EventRecord;
use service::{Caller, ChangeInput, Invite, Visit};
use store::Visitor;
use testkit::{PASSWORD, World};

use crate::chance::Chance;
use crate::ledger::{OurMoney, Ours, Theirs};
use crate::money;
use crate::orders::{copy, orders, worked_off};

/// So many webhooks come in all their orders.
const FEW: usize = 4;
/// So many orders are played at most.
const MOST: usize = 60;
const HOUR: Duration = Duration::from_hours(1);

/// A company that has bought something a while ago.
struct Scene {
    world: World,
    owner: Caller,
    org: OrgId,
    customer: String,
    /// Events of before. The sandbox forgets them after a month, so they are not counted.
    told: HashSet<String>,
}

impl Scene {
    /// From now on no webhook comes.
    async fn begin(plan: &str, interval: &str, seats: u32) -> Self {
        let world = World::sqlite().await;
        let owner = world.owner("owner@acme.test").await;
        let slug = world.company(&owner, "Acme", "acme").await;
        world.buy(&owner, "acme", plan, interval, seats).await;
        world.clock.advance(Duration::from_secs(5));
        let visitor = Visitor { user: owner.user, visit: Visit::default() };
        let org = world.services.store().open(visitor, &slug).await.unwrap().org();
        let customer = Ours::read(&world.services, org, &[]).await.org.customer.unwrap().0;
        let control = world.sandbox.control();
        control.limit(false);
        control.hold();
        let told = control.events().into_iter().map(|event| event.id).collect();
        Self { world, owner, org, customer, told }
    }

    fn live(&self) -> Theirs {
        Theirs::all(&self.world, &self.customer).remove(0)
    }

    /// Time passes at the provider, and no worker runs.
    async fn pass(&self, by: Duration) {
        self.world.clock.advance(by);
        self.world.sandbox.control().tick().await.unwrap();
    }

    async fn to_the_renewal(&self) {
        let until = Timestamp::from_secs(self.live().period.1);
        self.pass(until.since(self.world.services.now()) + HOUR * 2).await;
    }

    /// Plays its orders; what came of the first is what must come of all.
    async fn play(self) {
        let Self { world, org, customer, .. } = &self;
        let (control, system) = (world.sandbox.control(), world.services.store().system());
        // Reconciliation would find all of it by itself before the first webhook.
        let now = world.services.now();
        if system.take_turn("reconciliation", "scene", Duration::ZERO, HOUR, now).await.unwrap() {
            system.end_turn("reconciliation", "scene", now).await.unwrap();
        }
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut bodies = Vec::new();
        let new = |it: &EventRecord| !self.told.contains(&it.id) && event::is_wanted(&it.kind);
        for event in control.events().into_iter().filter(new) {
            let url = format!("{}v1/events/{}", world.sandbox.api_base(), event.id);
            let body = http.get(url).bearer_auth("sk_test_orders").send().await.unwrap().bytes().await.unwrap();
            bodies.push((event.kind, body.to_vec()));
        }
        let kinds: Vec<&str> = bodies.iter().map(|(kind, _)| kind.as_str()).collect();
        assert!(bodies.len() > 1, "there is nothing to put in order: {kinds:?}");
        let all: Vec<usize> = (0..bodies.len()).collect();
        let mut first = None;
        for order in some_orders(all.len()) {
            let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
            let s = copy(world, folder.path()).await;
            let letters = world.letters.all().len();
            for event in &order {
                let body = &bodies[*event].1;
                let signed = signature::sign(body, &WebhookSecret::new("whsec_copy"), s.now());
                service::receive_webhook(&s, body, Some(&signed)).await.unwrap();
                worked_off(&s).await;
            }
            let ours = Ours::read(&s, *org, &[]).await;
            let said: Vec<&str> = order.iter().map(|event| kinds[*event]).collect();
            assert_eq!(ours.current.iter().map(Theirs::mirrored).collect::<Vec<_>>(), [self.live()], "{said:?}");
            let ids = money::invoices_of(world, customer);
            let money = OurMoney::read(&s, *org, &ids, &[]).await;
            let wrong = money::differences(world, &ids, &money);
            assert!(wrong.is_empty(), "{wrong:#?} {said:?}");
            let mut told: Vec<String> = world.letters.all().into_iter().skip(letters).map(|it| it.text).collect();
            told.sort();
            let end = (ours, told);
            assert_eq!(&end, first.get_or_insert_with(|| end.clone()), "{said:?}");
            s.store().close().await;
        }
    }
}

/// Every order of a few; of many, each two of them first, and others by chance.
fn some_orders(n: usize) -> Vec<Vec<usize>> {
    if n <= FEW {
        return orders(n);
    }
    let mut chance = Chance::new(u64::try_from(n).unwrap());
    let mut all: Vec<Vec<usize>> = Vec::new();
    for one in 0..n {
        for two in (0..n).filter(|two| *two != one) {
            let rest = (0..n).filter(|it| *it != one && *it != two);
            all.push([one, two].into_iter().chain(rest).collect());
        }
    }
    for _ in 0..n * 2 {
        let mut order: Vec<usize> = (0..n).collect();
        chance.shuffle(&mut order);
        all.push(order);
    }
    chance.shuffle(&mut all);
    all.truncate(MOST);
    // As they happened, and the other way round.
    all.push((0..n).collect());
    all.push((0..n).rev().collect());
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_a_change_by_quote_ends_in_the_same_books() {
    let scene = Scene::begin("premium", "month", 2).await;
    let s = &scene.world.services;
    let input = ChangeInput { seats: Some(5), ..ChangeInput::default() };
    let ChangeAnswer::Quote(quote) = service::change(s, &scene.owner, "acme", input).await.unwrap().answer else {
        panic!("no quote")
    };
    service::confirm_quote(s, &scene.owner, "acme", &quote.id.to_string(), &quote.hash).await.unwrap();
    scene.play().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_more_people_ends_in_the_same_books() {
    let scene = Scene::begin("premium", "month", 1).await;
    let s = &scene.world.services;
    for name in ["second", "third"] {
        let input = Invite { email: format!("{name}@acme.test"), role: "member".to_owned() };
        let link = service::invite(s, &scene.owner, "acme", input).await.unwrap().link;
        let token = link.rsplit('/').next().unwrap();
        service::accept_as_new(s, token, PASSWORD.to_owned(), Visit::default()).await.unwrap();
        scene.world.settle().await;
    }
    scene.play().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_an_end_that_is_taken_back_ends_in_the_same_books() {
    let scene = Scene::begin("team", "month", 1).await;
    let (s, browser) = (&scene.world.services, &scene.world.browser);
    let url = service::open_portal(s, &scene.owner, "acme", "home").await.unwrap();
    let page = browser.open(&format!("{url}/cancel/{}", scene.live().id)).await.unwrap();
    browser.press(&page, "Cancel", &[]).await.unwrap();
    scene.pass(HOUR).await;
    let url = service::open_portal(s, &scene.owner, "acme", "home").await.unwrap();
    let page = browser.open(&url).await.unwrap();
    browser.press(&page, "Keep this plan", &[]).await.unwrap();
    scene.play().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_a_renewal_that_fails_and_recovers_ends_in_the_same_books() {
    let scene = Scene::begin("team", "month", 1).await;
    scene.world.sandbox.control().fail_next_payments(1);
    scene.to_the_renewal().await;
    scene.pass(HOUR * 24 * 2).await;
    scene.play().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_a_renewal_that_fails_ends_in_the_same_books() {
    let scene = Scene::begin("premium", "month", 1).await;
    scene.world.sandbox.control().fail_next_payments(1);
    scene.to_the_renewal().await;
    scene.play().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_order_of_something_smaller_with_the_next_period_ends_in_the_same_books() {
    let scene = Scene::begin("enterprise", "month", 1).await;
    let s = &scene.world.services;
    let said = service::later(s, &scene.owner, "acme", "team", "month").await.unwrap();
    service::schedule_change(s, &scene.owner, "acme", "team", "month", &said.hash).await.unwrap();
    scene.to_the_renewal().await;
    scene.play().await;
}
