//! A whole Usher in one value: a real database, the sandbox over HTTP, a clock moved by hand.
//!
//! Nothing runs by itself here but the sandbox's delivery of webhooks: the worker steps when a test says
//! [`World::settle`], and time passes, for Usher and the sandbox alike, when it
//! says [`World::pass`]. What a helper cannot do, it panics about,
//! with the reason; a test that expects a refusal calls the use case itself.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use domain::{Catalog, Slug};
use payments::{SecretKey, Stripe, StripeConfig, WebhookSecret};
use reqwest::Url;
use sandbox::{Sandbox, SandboxConfig};
use service::{
    Caller, Clock as _, CreateOrganization, Limits, NameServers, PasswordCost, Services, ServicesConfig, Settings,
    SignIn, StartCheckout, Visit, work,
};
use store::Store;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::browser::{Browser, Page};
use crate::{Letters, ManualClock, NameServer, SeededEntropy, listener, postgres};

/// The password of everybody in a world.
pub const PASSWORD: &str = "three words and a horse";
/// Seeds above this one are of processes that were started anew.
const SOLD_ANEW: u64 = 1_000_000;
/// More work than any test makes.
const MOST_STEPS: u32 = 10_000;

/// Everything that one process of Usher would have, and what is around it.
pub struct World {
    /// What use cases take.
    pub services: Services,
    /// Where the payment provider is.
    pub sandbox: Sandbox,
    /// The world's time.
    pub clock: Arc<ManualClock>,
    /// What was sent by mail.
    pub letters: Arc<Letters>,
    /// Who knows which texts stand at which name.
    pub names: NameServer,
    /// The provider, for asking it past the use cases.
    pub payments: Arc<Stripe>,
    /// For the sandbox's pages.
    pub browser: Browser,
    url: String,
    catalog: Arc<Catalog>,
    /// How often others were sold.
    sold: u64,
    webhooks: JoinHandle<()>,
    set: fn(&mut Settings),
    /// Gone with the world.
    _folder: Option<TempDir>,
}

/// A card of the sandbox's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// Pays: 4242 4242 4242 4242.
    Good,
    /// Is declined: 4000 0000 0000 0002.
    Declined,
    /// Has nothing on it: 4000 0000 0000 9995.
    Empty,
    /// Wants its owner's word on a 3-D Secure page, and gets it: 4000 0027 6000 3184.
    Confirmed,
    /// The same, and the owner says no.
    Denied,
}

impl Card {
    const fn number(self) -> &'static str {
        match self {
            Self::Good => "4242 4242 4242 4242",
            Self::Declined => "4000 0000 0000 0002",
            Self::Empty => "4000 0000 0000 9995",
            Self::Confirmed | Self::Denied => "4000 0027 6000 3184",
        }
    }
}

/// What came of paying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paid {
    /// The buyer is sent back to this address of ours.
    Back(Url),
    /// The page says this.
    Refused(String),
}

impl Paid {
    /// The payment page's id, as the address says to which the buyer is sent back.
    ///
    /// # Panics
    /// When the page refused, or sent the buyer back without it.
    #[must_use]
    pub fn checkout(&self) -> String {
        match self {
            Self::Back(url) => url.query_pairs().find(|(name, _)| name == "checkout").map(|(_, id)| id.into_owned()),
            Self::Refused(_) => None,
        }
        .unwrap_or_else(|| panic!("the buyer was not sent back with a checkout: {self:?}"))
    }
}

impl World {
    /// On a fresh SQLite file.
    pub async fn sqlite() -> Self {
        Self::sqlite_with(|_| {}).await
    }

    /// The same, with something set otherwise.
    pub async fn sqlite_with(set: fn(&mut Settings)) -> Self {
        let folder = must("a temporary folder", tempfile::tempdir());
        let url = format!("sqlite://{}/usher.db", folder.path().display());
        Self::start(url, Some(folder), set, Catalog::built_in().clone()).await
    }

    /// On a fresh SQLite file, with other plans.
    pub async fn sqlite_selling(catalog: Catalog) -> Self {
        let folder = must("a temporary folder", tempfile::tempdir());
        let url = format!("sqlite://{}/usher.db", folder.path().display());
        Self::start(url, Some(folder), |_| {}, catalog).await
    }

    /// On a fresh PostgreSQL database, with other plans.
    pub async fn postgres_selling(catalog: Catalog) -> Self {
        let url = must("a PostgreSQL database", spawn_blocking(postgres::database).await);
        Self::start(url, None, |_| {}, catalog).await
    }

    /// On a fresh PostgreSQL database.
    pub async fn postgres() -> Self {
        let url = must("a PostgreSQL database", spawn_blocking(postgres::database).await);
        Self::start(url, None, |_| {}, Catalog::built_in().clone()).await
    }

    async fn start(url: String, folder: Option<TempDir>, set: fn(&mut Settings), catalog: Catalog) -> Self {
        let listener = must("a port for webhooks", TcpListener::bind("127.0.0.1:0").await);
        let door = must("its number", listener.local_addr());
        let clock: Arc<ManualClock> = Arc::default();
        let hands = clock.clone();
        let config = SandboxConfig {
            addr: ([127, 0, 0, 1], 0).into(),
            state: None,
            webhook_url: Some(format!("http://{door}{}", listener::PATH)),
            fast: true,
            record: sandbox::record_folder(),
            clock: sandbox::Clock::new(move || hands.now().micros().div_euclid(1_000_000)),
        };
        let sandbox = must("the sandbox", Sandbox::start(config).await);
        let payments = must(
            "the adapter",
            Stripe::new(StripeConfig {
                secret_key: SecretKey::new("sk_test_world"),
                api_base: sandbox.api_base(),
                timeout: Duration::from_secs(20),
            }),
        );
        let secret = WebhookSecret::new(sandbox.webhook_secret());
        let names = NameServer::start().await;
        let (letters, payments) = (Arc::default(), Arc::new(payments));
        let catalog = Arc::new(catalog);
        let parts = Parts {
            url: &url,
            payments: &payments,
            catalog: &catalog,
            clock: &clock,
            letters: &letters,
            names: &names,
            secret: &secret,
            origin: sandbox.api_base().trim_end_matches('/').to_owned(),
            set,
        };
        let services = parts.services(1).await;
        must("the migration", services.store().migrate().await);
        let webhooks = listener::open(listener, services.clone(), secret);
        let browser = must("a browser", Browser::new());
        Self {
            services,
            sandbox,
            clock,
            letters,
            names,
            payments,
            browser,
            url,
            catalog,
            sold: 0,
            webhooks,
            set,
            _folder: folder,
        }
    }

    /// The database's address, for a process that is to share it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Another process of Usher on the same database, with connections and chance of its own. Seed 1 is the world's.
    pub async fn node(&self, seed: u64) -> Services {
        let parts = Parts {
            url: &self.url,
            payments: &self.payments,
            catalog: &self.catalog,
            clock: &self.clock,
            letters: &self.letters,
            names: &self.names,
            secret: &WebhookSecret::new(self.sandbox.webhook_secret()),
            origin: self.sandbox.api_base().trim_end_matches('/').to_owned(),
            set: self.set,
        };
        parts.services(seed).await
    }

    /// From now on these plans are sold, as after a start with another catalogue.
    pub async fn sell(&mut self, catalog: Catalog) {
        self.catalog = Arc::new(catalog);
        self.sold += 1;
        // Chance of its own: what was drawn before is not drawn again.
        self.services = self.node(SOLD_ANEW + self.sold).await;
    }

    /// Somebody with an account, signed in.
    pub async fn owner(&self, email: &str) -> Caller {
        must(email, service::make_account(&self.services, email, PASSWORD.to_owned()).await);
        let known = SignIn { email: email.to_owned(), password: PASSWORD.to_owned(), device: None };
        let signed_in = must(email, service::sign_in(&self.services, known, visit()).await);
        let caller = must(email, service::who(&self.services, signed_in.session.as_str(), visit()).await);
        must(email, caller.ok_or("the session that was just begun is not there"))
    }

    /// A company of the caller's.
    pub async fn company(&self, caller: &Caller, name: &str, slug: &str) -> Slug {
        let new = CreateOrganization { name: name.to_owned(), slug: slug.to_owned() };
        must(slug, service::create_organization(&self.services, caller, new).await)
    }

    /// Buys a plan with a good card, up to the end: page opened, paid, webhooks delivered and worked off. Gives the
    /// payment page's id.
    pub async fn buy(&self, caller: &Caller, slug: &str, plan: &str, interval: &str, seats: u32) -> String {
        let wish = StartCheckout { plan: plan.to_owned(), interval: interval.to_owned(), seats, currency: None };
        let url = must("a payment page", service::start_checkout(&self.services, caller, slug, wish).await);
        let checkout = self.pay(&url, Card::Good).await.checkout();
        self.settle().await;
        checkout
    }

    /// Pays on one of the sandbox's pages. Neither waits for webhooks nor works them off.
    pub async fn pay(&self, url: &str, card: Card) -> Paid {
        must("paying", self.try_pay(url, card).await)
    }

    async fn try_pay(&self, url: &str, card: Card) -> anyhow::Result<Paid> {
        let page = self.browser.open(url).await?;
        let fields = [("Card number", card.number()), ("Expiry", "12 / 40"), ("CVC", "123")];
        let button = if page.text().contains("Start trial") { "Start trial" } else { "Pay" };
        let mut page = self.browser.press(&page, button, &fields).await?;
        match card {
            Card::Confirmed => page = self.browser.press(&page, "Complete", &[]).await?,
            Card::Denied => page = self.browser.press(&page, "Fail", &[]).await?,
            Card::Good | Card::Declined | Card::Empty => {}
        }
        Ok(match page {
            Page { location: Some(back), .. } => Paid::Back(back),
            said => Paid::Refused(said.text()),
        })
    }

    /// Lets a while pass for everybody: what falls due at the provider happens, each thing at its own moment, and what
    /// it tells of is worked off. Gives the number of steps.
    pub async fn pass(&self, by: Duration) -> u32 {
        self.clock.advance(by);
        must("the sandbox's time", self.sandbox.control().tick().await);
        self.settle().await
    }

    /// Waits until every webhook that the sandbox has to deliver is in the inbox (or was given up).
    pub async fn deliver(&self) {
        self.sandbox.quiet().await;
    }

    /// Delivers and works until there is nothing left to do at the world's time. Gives the number of steps.
    ///
    /// # Panics
    /// When a step fails, or the work does not end.
    pub async fn settle(&self) -> u32 {
        let mut steps = 0;
        loop {
            self.deliver().await;
            let before = steps;
            while must("a step of work", work::step(&self.services).await) {
                steps += 1;
                assert!(steps < MOST_STEPS, "the work never ends");
            }
            if steps == before {
                return steps;
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.webhooks.abort();
    }
}

/// What services are made of.
struct Parts<'a> {
    url: &'a str,
    payments: &'a Arc<Stripe>,
    catalog: &'a Arc<Catalog>,
    clock: &'a Arc<ManualClock>,
    letters: &'a Arc<Letters>,
    names: &'a NameServer,
    secret: &'a WebhookSecret,
    origin: String,
    set: fn(&mut Settings),
}

impl Parts<'_> {
    async fn services(self, seed: u64) -> Services {
        let store = must("the database", Store::connect(self.url).await);
        let mut settings = Settings {
            public_url: "http://usher.test".to_owned(),
            development: true,
            secure_cookies: false,
            // Links are handed over: most tests read them where the inviter does.
            mail_is_sent: false,
            webhook_secrets: vec![self.secret.clone()],
            livemode: false,
            checkout_origins: vec![self.origin],
            tenant_hosts: false,
            seat_debounce: Duration::ZERO,
            limits: Limits::GENEROUS,
            grace: Duration::from_hours(21 * 24),
            password_cost: PasswordCost::TestOnly,
        };
        (self.set)(&mut settings);
        Services::new(ServicesConfig {
            store,
            payments: self.payments.clone(),
            catalog: self.catalog.clone(),
            clock: self.clock.clone(),
            billing_clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(seed)),
            mailer: self.letters.clone(),
            dns: Arc::new(must("a resolver", NameServers::at(self.names.addr()))),
            settings,
        })
    }
}

fn visit() -> Visit {
    Visit { ip: Some("192.0.2.7".to_owned()), user_agent: Some("testkit".to_owned()) }
}

/// The value, or the end of the test.
#[track_caller]
fn must<T, E: Display>(what: &str, result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error:#}"),
    }
}
