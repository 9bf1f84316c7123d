//! A stand-in for Stripe: the HTTP API that Usher uses, its pages and its webhooks.
//!
//! It runs inside a process ([`Sandbox::start`]) or alone (`usher-sandbox`). It knows nothing of Usher: whatever
//! speaks to Stripe can speak to it, by another base address. What it does not simulate it refuses by name.
//!
//! Time is the clock's that it is given, and what its time machine has added. Whatever only time does happens at its
//! own moment and in order, however far time jumps; customers on a test clock live by that. Webhooks alone go by the
//! machine's clock.
//!
//! # Not as at Stripe
//! - Retries of refused payments come on fixed days (1, 3, 5, 7, 9, 11, 13, 14), and after every kind of refusal;
//!   Stripe's days come from a model, and a few refusals are final there.
//! - An advanced test clock is ready when its answer is read; at Stripe that takes a while.
//! - Invoices are charged, never sent with a date to pay by, and all of them are of subscriptions.
//! - Pausing gives no credit and resuming prorates nothing.
//! - A price in tiers gives one line on an invoice; Stripe gives one for each tier. The sum is the same.
//! - Lines in currencies with three decimals are rounded to tens, an exact half away from zero. What Stripe does with
//!   either is not written down anywhere.
//! - Billing is flexible always; the classic mode is refused, and so are prices made on the fly (`price_data`).
//! - When a subscription's interval changes and its anchor stays, the new period is the one around now that is counted
//!   from the anchor.
//! - What the least charge is comes from a short table; a currency that is not in it has none.
//! - With `error_if_incomplete` nothing remains of a refused attempt, no event and no failed charge either.
//! - Tax ids are kept and not checked; values of meter events are whole numbers; schedules are made from subscriptions
//!   only.
//! - Not there at all: taxes, discounts, exchange of currencies, fees, payouts, Connect, Radar, bank debits, one-time
//!   purchases on a Checkout page, quotes, entitlements, search, files, mails, and the second version of the API.
//!
//! # What is inferred
//! Where Stripe's documents do not say, or not clearly: the portal and the page of an invoice give a new card to the
//! customer and to subscriptions that name a card of their own; a schedule whose last phase is over and that releases is
//! `released`, one that cancels is `completed`; items of a phase take the place of the subscription's items in their
//! order; a schedule made from a subscription that was to end ends it. An identifier of a meter event is
//! known for good, and Stripe for at least a day. When webhooks are retried is ours, as Stripe's is not published.
//!
//! # Versions
//! Everything is answered as of `2026-09-30.endive`. Events are told in the version of their endpoint, back to
//! `2024-09-30.acacia`: the fields that moved on subscriptions, invoices and their lines are moved back; what else has
//! changed in between is not.

#![recursion_limit = "256"]

mod chaos;
mod clock;
mod control;
mod delivery;
mod engine;
mod http;
mod pages;
mod record;
mod shared;
mod signature;
mod state;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use chaos::Chaos;
pub use clock::Clock;
pub use control::{Control, EventRecord, Fault};
pub use engine::dunning::{Dunning, End};

pub use record::{FOLDER as RECORD_FOLDER, folder as record_folder};

use record::Recorder;
use shared::Shared;
use state::{Outcome, State};

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Where it listens; port 0 takes a free one.
    pub addr: SocketAddr,
    /// The file that keeps its state over restarts. `None`: memory only.
    pub state: Option<PathBuf>,
    /// Where webhooks go. `None`: nowhere, until [`Sandbox::set_webhook_url`] or an endpoint made over the API.
    pub webhook_url: Option<String>,
    /// Retries webhooks within seconds instead of days.
    pub fast: bool,
    /// The folder into which every exchange over the API is written, one file for each sandbox. `None`: nowhere.
    pub record: Option<PathBuf>,
    /// Where it has the time from, for everything but webhooks: those are sent and signed by the machine's.
    pub clock: Clock,
}

/// A running sandbox. Dropping it stops it; [`Sandbox::stop`] also waits until the state is written.
pub struct Sandbox {
    shared: Arc<Shared>,
    addr: SocketAddr,
    client: reqwest::Client,
    shutdown: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<std::io::Result<()>>>,
    helpers: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts one. It answers when this returns.
    ///
    /// # Errors
    /// When the address is taken or the state file is damaged.
    pub async fn start(config: SandboxConfig) -> anyhow::Result<Self> {
        let SandboxConfig { addr, state: path, webhook_url, fast, record, clock } = config;
        let kept = match path.clone() {
            Some(path) => tokio::task::spawn_blocking(move || State::load(&path)).await??,
            None => None,
        };
        let mut state = match kept {
            Some(state) => state,
            None => State::new(clock::new_seed()?),
        };
        if let Some(url) = webhook_url {
            state.point_own_endpoint(&url, clock.now());
        }
        let listener = tokio::net::TcpListener::bind(addr)
            .await
            .with_context(|| format!("the sandbox cannot listen on {addr}; give it another address"))?;
        let addr = listener.local_addr()?;
        let client = delivery::client()?;
        let recorder = match record {
            Some(folder) => Some(Recorder::open(&folder, &state.own_endpoint)?),
            None => None,
        };
        let shared = Arc::new(Shared::new(state, format!("http://{addr}/"), path, fast, clock).recording(recorder));
        shared.clone().save_once(true).await;
        shared.kept(0).await?;

        let (shutdown, stopped) = oneshot::channel::<()>();
        let router = http::router(shared.clone(), Control::new(shared.clone(), client.clone()));
        let server = tokio::spawn(async move {
            let until = async move {
                // A dropped sender means the same as a sent one.
                drop(stopped.await);
            };
            axum::serve(listener, router).with_graceful_shutdown(until).await
        });
        let saver = tokio::spawn(shared.clone().save());
        let postman = tokio::spawn(delivery::run(shared.clone(), client.clone()));
        Ok(Self { shared, addr, client, shutdown: Some(shutdown), server: Some(server), helpers: vec![saver, postman] })
    }

    /// `http://127.0.0.1:PORT/`: what `STRIPE_API_BASE` is to be.
    #[must_use]
    pub fn api_base(&self) -> String {
        self.shared.base.clone()
    }

    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The secret that webhooks to the configured address are signed with. Stays the same over restarts.
    #[must_use]
    pub fn webhook_secret(&self) -> String {
        self.shared.lock().state.own_secret.clone()
    }

    /// Sends webhooks to another address from now on.
    pub async fn set_webhook_url(&self, url: impl Into<String>) {
        let url = url.into();
        let ((), version) = self.shared.act(engine::Caller::default(), |engine| {
            let now = engine.now;
            engine.state.point_own_endpoint(&url, now);
        });
        if let Err(error) = self.shared.kept(version).await {
            tracing::error!(%error, "the new webhook address is not kept");
        }
    }

    /// Returns once no webhook is on its way: all were taken or given up. Held ones are not waited for.
    pub async fn quiet(&self) {
        let mut moved = self.shared.moved.subscribe();
        loop {
            {
                let inner = self.shared.lock();
                let waits = inner.state.deliveries.iter().any(|d| d.outcome == Outcome::Pending);
                if inner.flying == 0 && (inner.held || !waits) {
                    return;
                }
            }
            if moved.changed().await.is_err() {
                return;
            }
        }
    }

    /// A hand on it, for tests.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(self.shared.clone(), self.client.clone())
    }

    /// Stops listening, finishes running requests and writes the state.
    pub async fn stop(mut self) {
        if self.shutdown.take().is_some_and(|shutdown| shutdown.send(()).is_err()) {
            tracing::debug!("the server had ended by itself");
        }
        if let Some(server) = self.server.take() {
            let abort = server.abort_handle();
            let patience = std::time::Duration::from_secs(2);
            if tokio::time::timeout(patience, server).await.is_err() {
                // A client that keeps its connection open does not keep the sandbox up.
                abort.abort();
            }
        }
        for helper in self.helpers.drain(..) {
            helper.abort();
        }
        self.shared.clone().save_once(true).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for helper in &self.helpers {
            helper.abort();
        }
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}
