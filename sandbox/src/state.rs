//! All that the sandbox remembers, and the file it is kept in.

use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::chaos::{Chaos, Twist};
use crate::engine::balance_transaction::Movement;
use crate::engine::charge::Charge;
use crate::engine::checkout::Session;
use crate::engine::credit_note::CreditNote;
use crate::engine::customer::Customer;
use crate::engine::dispute::Dispute;
use crate::engine::dunning::Dunning;
use crate::engine::event::Event;
use crate::engine::ids::Ids;
use crate::engine::invoice::Invoice;
use crate::engine::invoice_item::InvoiceItem;
use crate::engine::meter::Meter;
use crate::engine::meter_event::MeterEvent;
use crate::engine::params::Metadata;
use crate::engine::payment_intent::PaymentIntent;
use crate::engine::payment_method::PaymentMethod;
use crate::engine::portal_configuration::Configuration;
use crate::engine::portal_session;
use crate::engine::price::Price;
use crate::engine::product::Product;
use crate::engine::refund::Refund;
use crate::engine::schedule::Schedule;
use crate::engine::setup_intent::SetupIntent;
use crate::engine::subscription::Subscription;
use crate::engine::table::Table;
use crate::engine::tax_id::TaxId;
use crate::engine::test_clock::TestClock;
use crate::engine::webhook_endpoint::Endpoint;

const FORMAT: u32 = 1;
/// Finished deliveries that are kept to look at.
const KEPT_DELIVERIES: usize = 500;

/// All that the sandbox remembers. Secrets are in it: not for `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct State {
    format: u32,
    pub ids: Ids,
    pub customers: Table<Customer>,
    pub products: Table<Product>,
    pub prices: Table<Price>,
    pub payment_methods: Table<PaymentMethod>,
    pub payment_intents: Table<PaymentIntent>,
    #[serde(default)]
    pub setup_intents: Table<SetupIntent>,
    pub charges: Table<Charge>,
    pub sessions: Table<Session>,
    #[serde(default)]
    pub portal_configurations: Table<Configuration>,
    #[serde(default)]
    pub portal_sessions: Table<portal_session::Session>,
    pub subscriptions: Table<Subscription>,
    pub invoices: Table<Invoice>,
    pub invoice_items: Table<InvoiceItem>,
    #[serde(default)]
    pub refunds: Table<Refund>,
    #[serde(default)]
    pub disputes: Table<Dispute>,
    #[serde(default)]
    pub credit_notes: Table<CreditNote>,
    #[serde(default)]
    pub balance_transactions: Table<Movement>,
    #[serde(default)]
    pub tax_ids: Table<TaxId>,
    #[serde(default)]
    pub schedules: Table<Schedule>,
    #[serde(default)]
    pub meters: Table<Meter>,
    #[serde(default)]
    pub meter_events: Table<MeterEvent>,
    #[serde(default)]
    pub test_clocks: Table<TestClock>,
    pub events: Table<Event>,
    pub endpoints: Table<Endpoint>,
    pub deliveries: Vec<Delivery>,
    next_delivery: u64,
    /// Answers kept for idempotency keys.
    pub replies: BTreeMap<String, Reply>,
    /// The endpoint that the sandbox was started with; its secret outlives it.
    pub own_endpoint: String,
    /// Whether the limits of [`crate::engine::limit`] are off.
    #[serde(default)]
    pub unlimited: bool,
    pub own_secret: String,
    /// What goes wrong with webhooks on purpose.
    #[serde(default)]
    pub chaos: Chaos,
    /// How many seconds the time machine is ahead of the clock.
    #[serde(default)]
    pub ahead: i64,
    /// Up to when everything that was due has happened.
    #[serde(default)]
    pub settled: i64,
    /// What happens to invoices that nobody pays.
    #[serde(default)]
    pub dunning: Dunning,
    /// So many of the next attempts to collect an invoice are declined, whatever the card.
    #[serde(default)]
    pub failing_payments: u32,
}

/// One event on its way to one endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    pub id: u64,
    pub event: String,
    pub endpoint: String,
    pub attempts: u32,
    /// Wall-clock milliseconds before which it is not tried again.
    pub due_millis: i64,
    pub outcome: Outcome,
    /// What the last attempt met: an HTTP status or an error.
    pub last: Option<String>,
    /// What is wrong with the first attempt, on purpose.
    #[serde(default)]
    pub(crate) twist: Option<Twist>,
    /// How long it is held back, on purpose, from the moment it could leave.
    #[serde(default)]
    pub held_millis: u32,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Pending,
    Delivered,
    GaveUp,
}

impl Delivery {
    pub const fn new(event: String, endpoint: String) -> Self {
        Self {
            id: 0,
            event,
            endpoint,
            attempts: 0,
            due_millis: 0,
            outcome: Outcome::Pending,
            last: None,
            twist: None,
            held_millis: 0,
        }
    }
}

/// The answer to a request with an idempotency key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// A digest of method, address and parameters.
    pub asked: String,
    pub status: u16,
    pub body: String,
    pub request: String,
    pub created: i64,
}

impl State {
    pub fn new(seed: u64) -> Self {
        let mut ids = Ids::new(seed);
        Self {
            format: FORMAT,
            unlimited: false,
            own_endpoint: ids.next("we_", 24),
            own_secret: ids.next("whsec_", 32),
            ids,
            customers: Table::default(),
            products: Table::default(),
            prices: Table::default(),
            payment_methods: Table::default(),
            payment_intents: Table::default(),
            setup_intents: Table::default(),
            charges: Table::default(),
            sessions: Table::default(),
            portal_configurations: Table::default(),
            portal_sessions: Table::default(),
            subscriptions: Table::default(),
            invoices: Table::default(),
            invoice_items: Table::default(),
            refunds: Table::default(),
            disputes: Table::default(),
            credit_notes: Table::default(),
            balance_transactions: Table::default(),
            tax_ids: Table::default(),
            schedules: Table::default(),
            meters: Table::default(),
            meter_events: Table::default(),
            test_clocks: Table::default(),
            events: Table::default(),
            endpoints: Table::default(),
            deliveries: Vec::new(),
            next_delivery: 1,
            replies: BTreeMap::new(),
            chaos: Chaos::default(),
            ahead: 0,
            settled: 0,
            dunning: Dunning::default(),
            failing_payments: 0,
        }
    }

    /// Points the endpoint that the sandbox was started with to an address.
    pub fn point_own_endpoint(&mut self, url: &str, now: i64) {
        let created = self.endpoints.get(&self.own_endpoint).map_or(now, |endpoint| endpoint.created);
        self.endpoints.insert(Endpoint {
            id: self.own_endpoint.clone(),
            created,
            url: url.to_owned(),
            description: Some("The application beside this sandbox".into()),
            enabled_events: vec!["*".into()],
            enabled: true,
            secret: self.own_secret.clone(),
            rolled: None,
            api_version: Some(crate::engine::API_VERSION.into()),
            metadata: Metadata::new(),
        });
    }

    /// Queues a delivery, with what chaos makes of it, and drops the oldest of the finished ones.
    pub fn queue(&mut self, mut delivery: Delivery) {
        let fate = self.chaos.fate(self.next_delivery);
        if fate.duplicate {
            self.push(delivery.clone());
        }
        (delivery.twist, delivery.held_millis) = (fate.twist, fate.held_millis);
        self.push(delivery);
    }

    fn push(&mut self, mut delivery: Delivery) {
        delivery.id = self.next_delivery;
        self.next_delivery += 1;
        self.deliveries.push(delivery);
        if self.deliveries.len() > 2 * KEPT_DELIVERIES {
            let mut spare = self.deliveries.len() - KEPT_DELIVERIES;
            self.deliveries.retain(|delivery| {
                let drop = spare > 0 && delivery.outcome == Outcome::Delivered;
                spare -= usize::from(drop);
                !drop
            });
        }
    }

    /// Forgets events from before `events` and kept answers from before `replies` (seconds since 1970).
    pub fn forget_before(&mut self, events: i64, replies: i64) {
        if self.events.iter().next().is_some_and(|event| event.created < events) {
            // However far time has jumped: what nobody was told yet is not forgotten.
            let pending = self.deliveries.iter().filter(|delivery| delivery.outcome == Outcome::Pending);
            let untold: HashSet<&str> = pending.map(|delivery| delivery.event.as_str()).collect();
            self.events.retain(|event| event.created >= events || untold.contains(event.id.as_str()));
            let known = &self.events;
            self.deliveries.retain(|delivery| known.get(&delivery.event).is_some());
        }
        // Looked through as seldom as may be: it is no harm to keep an answer a little longer.
        if self.replies.len() > 256 && self.replies.values().any(|reply| reply.created < replies - 3600) {
            self.replies.retain(|_, reply| reply.created >= replies);
        }
    }

    /// Reads a state; `None` when there is no such file.
    ///
    /// # Errors
    /// When the file is there and cannot be read or understood.
    pub fn load(path: &Path) -> anyhow::Result<Option<Self>> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read the sandbox's state in {}", path.display()));
            }
        };
        let advice = || {
            let path = path.display();
            format!("the sandbox's state in {path} is damaged or of another version; move it away to begin anew")
        };
        let state: Self = serde_json::from_slice(&bytes).with_context(advice)?;
        anyhow::ensure!(state.format == FORMAT, advice());
        Ok(Some(state))
    }
}

/// Puts bytes in place of a file: all or nothing, even when this process is killed. With `to_disk` also when the power
/// goes; that takes many times as long, and no money is in here.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn replace(path: &Path, bytes: &[u8], to_disk: bool) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Webhook secrets are nobody else's business.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    if to_disk {
        file.sync_all()?;
    }
    std::fs::rename(&beside, path)
}
