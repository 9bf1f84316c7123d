//! One Usher for one test: a fresh database, a clock moved by hand, a till.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use domain::access::Deed;
use domain::view::{BillingView, Invited, Letter, TeamQuery, TeamView};
use domain::{Catalog, Permission, Slug, Timestamp};
use payments::WebhookSecret;
use serde_json::Value;
use service::{
    Caller, Clock, CreateOrganization, DevMailbox, Entropy, Error, Invite, Limits, Mailer, NameServers, PasswordCost,
    Received, Services, ServicesConfig, Settings, SignIn, StartCheckout, Visit, WebhookError, work,
};
use store::{Command, Store, TenantTx};

use crate::till::Till;

pub const PASSWORD: &str = "a long enough password";

/// A clock that stands until it is moved.
pub struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Chance that is the same in each run and never the same twice.
pub struct Dice(pub AtomicU64);

impl Entropy for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64: any counter makes well-spread numbers.
            let mut n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(n ^ (n >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

pub struct Stand {
    pub s: Services,
    pub till: Arc<Till>,
    pub clock: Arc<Hand>,
    /// Who knows which texts stand at which name.
    pub names: testkit::NameServer,
    /// How much chance has been used.
    pub dice: Arc<Dice>,
    config: ServicesConfig,
    _folder: Option<tempfile::TempDir>,
}

impl Stand {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/usher.db", folder.path().display());
        Self::on(&url, Some(folder)).await
    }

    pub async fn postgres() -> Self {
        let url = tokio::task::spawn_blocking(testkit::postgres::database).await.unwrap();
        Self::on(&url, None).await
    }

    async fn on(url: &str, folder: Option<tempfile::TempDir>) -> Self {
        let store = Store::connect(url).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_795_000_000_000_000)));
        let till = Arc::new(Till::default());
        let names = testkit::NameServer::start().await;
        let dice = Arc::new(Dice(AtomicU64::new(1)));
        let config = ServicesConfig {
            dns: Arc::new(NameServers::at(names.addr()).unwrap()),
            mailer: Arc::new(DevMailbox::new(store.clone(), clock.clone(), dice.clone())),
            store,
            payments: till.clone(),
            catalog: Arc::new(Catalog::built_in().clone()),
            clock: clock.clone(),
            billing_clock: clock.clone(),
            entropy: dice.clone(),
            settings: Settings {
                public_url: "https://usher.test".to_owned(),
                development: true,
                secure_cookies: true,
                mail_is_sent: false,
                webhook_secrets: vec![WebhookSecret::new("whsec_test")],
                livemode: false,
                checkout_origins: Vec::new(),
                tenant_hosts: false,
                seat_debounce: Duration::ZERO,
                limits: Limits::GENEROUS,
                grace: Duration::from_hours(21 * 24),
                password_cost: PasswordCost::TestOnly,
            },
        };
        Self { s: Services::new(config.clone()), till, clock, names, dice, config, _folder: folder }
    }

    /// The same house with another catalogue.
    pub fn selling(mut self, catalog: Catalog) -> Self {
        self.config.catalog = Arc::new(catalog);
        self.s = Services::new(self.config.clone());
        self
    }

    /// The same house, where billing is switched on for these.
    pub fn rolling(mut self, rollout: domain::Rollout) -> Self {
        self.config.store = self.config.store.rolled_out(rollout);
        self.s = Services::new(self.config.clone());
        self
    }

    /// The same house, where changes of the billed seats wait for each other.
    pub fn debounce(&mut self, while_: Duration) {
        self.config.settings.seat_debounce = while_;
        self.s = Services::new(self.config.clone());
    }

    /// So many seats were bought ahead at `acme`.
    pub async fn floor(&self, seats: u32) {
        let system = self.s.store().system();
        let org = system.org_by_slug(&"acme".parse().unwrap()).await.unwrap().unwrap();
        let scope = system.act_for(org, "a test").await.unwrap();
        assert!(scope.execute(Floor(seats), self.s.now()).await.unwrap());
    }

    /// The same house, whose letters leave it.
    pub fn posting(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.config.mailer = mailer;
        self.config.settings.mail_is_sent = true;
        self.s = Services::new(self.config.clone());
        self
    }

    /// The same house, where letters leave it: links that are handed over prove nothing.
    pub fn mailing(&self) -> Services {
        let settings = Settings { mail_is_sent: true, ..self.config.settings.clone() };
        Services::new(ServicesConfig { settings, ..self.config.clone() })
    }

    /// The same house, where people may try only so often.
    pub fn strict(&self, limits: Limits) -> Services {
        let settings = Settings { limits, ..self.config.settings.clone() };
        Services::new(ServicesConfig { settings, ..self.config.clone() })
    }

    pub fn pass(&self, while_: Duration) {
        let micros = i64::try_from(while_.as_micros()).unwrap();
        self.clock.0.fetch_add(micros, Ordering::SeqCst);
    }

    pub async fn sign_up(&self, email: &str) -> Caller {
        service::make_account(&self.s, email, PASSWORD.to_owned()).await.unwrap();
        let token = self.sign_in(email, PASSWORD).await.unwrap();
        service::who(&self.s, token.as_str(), Visit::default()).await.unwrap().unwrap()
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Result<service::SessionToken, Error> {
        let input = SignIn { email: email.to_owned(), password: password.to_owned(), device: None };
        Ok(service::sign_in(&self.s, input, Visit::default()).await?.session)
    }

    /// Somebody with a company at `acme`.
    pub async fn acme(&self) -> Caller {
        let owner = self.sign_up("owner@acme.test").await;
        assert_eq!(self.create(&owner, "Acme", "acme").await.unwrap().as_str(), "acme");
        owner
    }

    /// As [`Stand::acme`], with so many seats of All Access bought and paid.
    pub async fn acme_with_all_access(&self, seats: u32) -> Caller {
        let owner = self.acme().await;
        let url = self.start(&owner, "all_access", "year", seats).await.unwrap();
        let (page, _) = self.till.pay(&url);
        service::finish_checkout(&self.s, &owner, "acme", &page).await.unwrap();
        self.settle().await;
        owner
    }

    pub async fn create(&self, who: &Caller, name: &str, slug: &str) -> Result<Slug, Error> {
        let input = CreateOrganization { name: name.to_owned(), slug: slug.to_owned() };
        service::create_organization(&self.s, who, input).await
    }

    pub async fn start(&self, who: &Caller, plan: &str, interval: &str, seats: u32) -> Result<String, Error> {
        let input = StartCheckout { plan: plan.to_owned(), interval: interval.to_owned(), seats, currency: None };
        service::start_checkout(&self.s, who, "acme", input).await
    }

    pub async fn invite(&self, who: &Caller, email: &str) -> Result<Invited, Error> {
        self.invite_as(who, email, "member").await
    }

    pub async fn invite_as(&self, who: &Caller, email: &str, role: &str) -> Result<Invited, Error> {
        service::invite(&self.s, who, "acme", Invite { email: email.to_owned(), role: role.to_owned() }).await
    }

    /// Invited, and in.
    pub async fn join(&self, owner: &Caller, email: &str, role: &str) -> Caller {
        let invited = self.invite_as(owner, email, role).await.unwrap();
        let token = token(&invited);
        let (session, _) =
            service::accept_as_new(&self.s, &token, PASSWORD.to_owned(), Visit::default()).await.unwrap();
        service::who(&self.s, session.as_str(), Visit::default()).await.unwrap().unwrap()
    }

    /// The letters to an address, the newest first, after all work is done.
    pub async fn letters(&self, to: &str) -> Vec<Letter> {
        // So that no two lots of letters were written at the same time.
        self.pass(Duration::from_micros(1));
        self.settle().await;
        service::letters(&self.s).await.unwrap().into_iter().filter(|letter| letter.to == to).collect()
    }

    /// The token in the newest letter to an address that has a link to this page.
    pub async fn link(&self, to: &str, page: &str) -> String {
        let letters = self.letters(to).await;
        let start = format!("https://usher.test{page}/");
        let found = letters.iter().find_map(|letter| letter.text.split_once(&start));
        let (_, rest) = found.unwrap_or_else(|| panic!("no letter to {to} with {page}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }

    pub async fn team(&self, who: &Caller) -> TeamView {
        service::team(&self.s, who, "acme", TeamQuery::default()).await.unwrap()
    }

    pub async fn billing(&self, who: &Caller) -> BillingView {
        service::billing(&self.s, who, "acme").await.unwrap()
    }

    /// Members on seats and pending invitations, as the counters have them, which must be what the lists have.
    pub async fn seats(&self, who: &Caller) -> (u32, u32) {
        let team = self.team(who).await;
        let count = team.desk.seats.count;
        let seated = team.members.iter().filter(|member| member.suspension.is_none() && !member.free).count();
        assert_eq!(usize::try_from(count.active).unwrap(), seated, "the counter is the list");
        assert_eq!(usize::try_from(count.reserved).unwrap(), team.invitations.len(), "the counter is the list");
        (count.active, count.reserved)
    }

    pub async fn webhook(&self, event: &Value) -> Result<Received, WebhookError> {
        let raw = serde_json::to_vec(event).unwrap();
        let header = payments::signature::sign(&raw, &self.config.settings.webhook_secrets[0], self.clock.now());
        service::receive_webhook(&self.s, &raw, Some(&header)).await
    }

    /// Everything that can be done now.
    pub async fn settle(&self) {
        while work::step(&self.s).await.unwrap() {}
    }
}

struct Floor(u32);

impl Command for Floor {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        Ok(tx.set_seats_floor(self.0).await?)
    }
}

pub fn token(invited: &Invited) -> String {
    invited.link.strip_prefix("https://usher.test/invitations/").unwrap().to_owned()
}

/// The code of what was refused.
pub fn code<T>(answer: Result<T, Error>) -> String {
    match answer {
        Ok(_) => "-".to_owned(),
        Err(Error::Refused(why) | Error::Closed(why) | Error::Invalid { problem: why, .. }) => why.code,
        Err(Error::TooMany { .. }) => "too-many".to_owned(),
        Err(Error::Forbidden(no)) => domain::Refusal::from(no).code,
        Err(Error::NotFound) => "not-found".to_owned(),
        Err(Error::Moved { .. }) => "moved".to_owned(),
        Err(Error::SignIn) => "sign-in".to_owned(),
        Err(Error::Busy) => "busy".to_owned(),
        Err(Error::Broken(error)) => panic!("broken: {error:?}"),
    }
}
