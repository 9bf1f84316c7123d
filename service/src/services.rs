//! What every use case is given.

use std::sync::Arc;

use domain::{Catalog, Timestamp};
use payments::PaymentProvider;
use store::Store;
use tokio::sync::Notify;

use crate::intake::Intake;
use crate::limits::Limiters;
use crate::password::Passwords;
use crate::rounds::Rounds;
use crate::secret::Secrets;
use crate::turn::Turns;
use crate::versions::Versions;
use crate::{Clock, Entropy, Mailer, Settings, TxtLookup};

/// Everything that comes in through the front door.
#[derive(Clone)]
pub struct ServicesConfig {
    /// Where things are kept.
    pub store: Store,
    /// Who takes the money.
    pub payments: Arc<dyn PaymentProvider>,
    /// What is sold.
    pub catalog: Arc<Catalog>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The time by which periods, trials and dates of bills are judged. The same as the other but where the payment
    /// provider is a sandbox whose time machine is ahead.
    pub billing_clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Who carries letters.
    pub mailer: Arc<dyn Mailer>,
    /// Who knows which texts stand at a domain.
    pub dns: Arc<dyn TxtLookup>,
    /// What the operator has set.
    pub settings: Settings,
}

/// What every use case is given first. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Inside>);

struct Inside {
    store: Store,
    payments: Arc<dyn PaymentProvider>,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    billing_clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    mailer: Arc<dyn Mailer>,
    dns: Arc<dyn TxtLookup>,
    settings: Settings,
    passwords: Passwords,
    turns: Turns,
    rounds: Rounds,
    limiters: Limiters,
    secrets: Secrets,
    versions: Versions,
    intake: Intake,
    work: Notify,
}

impl Services {
    /// Puts the parts together. Does nothing else: no connection is made, nothing is read.
    #[must_use]
    pub fn new(config: ServicesConfig) -> Self {
        let ServicesConfig { store, payments, catalog, clock, billing_clock, entropy, mailer, dns, settings } = config;
        let passwords = Passwords::new(settings.password_cost);
        let limiters = Limiters::new(settings.limits, &clock);
        Self(Arc::new(Inside {
            store,
            payments,
            catalog,
            mailer,
            dns,
            passwords,
            turns: Turns::default(),
            rounds: Rounds::default(),
            limiters,
            secrets: Secrets::default(),
            versions: Versions::default(),
            clock,
            billing_clock,
            entropy,
            settings,
            intake: Intake::default(),
            work: Notify::new(),
        }))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Now, as the payment provider has it: for whatever is compared with a period, a trial or the date of a bill.
    #[must_use]
    pub fn billing_now(&self) -> Timestamp {
        self.0.billing_clock.now()
    }

    /// What the operator has set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// What is sold.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// Where things are kept, for health checks and for tests.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Tells the worker that there is something to do.
    pub fn wake(&self) {
        self.0.work.notify_one();
    }

    pub(crate) fn payments(&self) -> &dyn PaymentProvider {
        &*self.0.payments
    }

    pub(crate) fn mailer(&self) -> &dyn Mailer {
        &*self.0.mailer
    }

    pub(crate) fn dns(&self) -> &dyn TxtLookup {
        &*self.0.dns
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn limiters(&self) -> &Limiters {
        &self.0.limiters
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    pub(crate) fn rounds(&self) -> &Rounds {
        &self.0.rounds
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.0.versions
    }

    pub(crate) fn intake(&self) -> &Intake {
        &self.0.intake
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// Fresh chance.
    pub(crate) fn chance<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.entropy.fill(&mut bytes);
        bytes
    }

    /// A fresh id.
    pub(crate) fn id<T>(&self, make: fn(Timestamp, [u8; 10]) -> T) -> T {
        make(self.now(), self.chance())
    }

    /// Until somebody calls [`Services::wake`].
    pub(crate) async fn woken(&self) {
        self.0.work.notified().await;
    }
}
