//! What tests do to a sandbox that no customer of Stripe could.

use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value;

use crate::chaos::Chaos;
use crate::delivery::{self, Met};
use crate::engine::card::Card;
use crate::engine::completion::{self, Paid};
use crate::engine::dunning::Dunning;
use crate::engine::{Caller, Engine, HOUR, expand};
use crate::shared::Shared;
use crate::state::Outcome;

/// What the next API request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Status 500 before anything was done. Asked again with the same key, it is done.
    ErrorBefore,
    /// It was done, but the answer is a 500. Asked again with the same key, the answer is that of the first time.
    ErrorAfter,
    /// Status 429 `lock_timeout` before anything was done.
    BusyBefore,
    /// It was done, but the answer is a 429.
    BusyAfter,
    /// Status 429 for asking too often, before anything was done.
    TooMany,
    /// Status 502 in HTML from something in between, before anything was done.
    GatewayBefore,
    /// It was done, but the answer is a 502 in HTML.
    GatewayAfter,
    /// No answer for half a minute, and nothing was done.
    SilentBefore,
    /// No answer for half a minute, though it was done.
    SilentAfter,
}

impl Fault {
    /// Whether nothing is done.
    pub(crate) const fn is_before(self) -> bool {
        match self {
            Self::ErrorBefore | Self::BusyBefore | Self::TooMany | Self::GatewayBefore | Self::SilentBefore => true,
            Self::ErrorAfter | Self::BusyAfter | Self::GatewayAfter | Self::SilentAfter => false,
        }
    }
}

/// An event as tests look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRecord {
    /// `evt_…`.
    pub id: String,
    /// `customer.subscription.updated`.
    pub kind: String,
    /// The object as it was then.
    pub object: Value,
    /// Whether every endpoint that wants it has taken it.
    pub delivered: bool,
}

/// A hand on a running sandbox. Cheap to clone.
#[derive(Clone)]
pub struct Control {
    shared: Arc<Shared>,
    client: reqwest::Client,
}

impl Control {
    pub(crate) const fn new(shared: Arc<Shared>, client: reqwest::Client) -> Self {
        Self { shared, client }
    }

    /// What it has a hand on.
    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Keeps all webhooks back from now on. Those on the wire arrive.
    pub fn hold(&self) {
        self.shared.lock().held = true;
        self.shared.report_move();
    }

    /// Lets webhooks go again, the held ones first.
    pub fn release(&self) {
        self.shared.lock().held = false;
        self.shared.post.notify_one();
    }

    /// All events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<EventRecord> {
        let inner = self.shared.lock();
        let state = &inner.state;
        let waits = |id: &str| state.deliveries.iter().any(|d| d.event == id && d.outcome != Outcome::Delivered);
        state
            .events
            .iter()
            .map(|event| EventRecord {
                id: event.id.clone(),
                kind: event.kind.clone(),
                object: event.object.clone(),
                delivered: !waits(&event.id),
            })
            .collect()
    }

    /// Sends an event now, held or not, taken already or not, to every endpoint that wants it. Answers with their
    /// HTTP statuses. Twice gives a duplicate; several in another order than they happened gives a reordering.
    pub async fn redeliver(&self, event: &str) -> anyhow::Result<Vec<u16>> {
        let parcels = {
            let inner = self.shared.lock();
            let known = inner.state.events.get(event).with_context(|| format!("no event {event}"))?;
            let wanting = inner.state.endpoints.iter().filter(|endpoint| endpoint.wants(&known.kind));
            wanting
                .filter_map(|e| Some((e.id.clone(), delivery::parcel(&inner.state, event, &e.id, None, None)?)))
                .collect::<Vec<_>>()
        };
        let mut statuses = Vec::new();
        for (endpoint, parcel) in parcels {
            let met: Met = delivery::send(&self.client, parcel).await;
            let status = met.map_err(|error| anyhow::anyhow!("the endpoint did not answer: {error}"))?;
            if (200..300).contains(&status) {
                self.mark_delivered(event, &endpoint);
            }
            statuses.push(status);
        }
        Ok(statuses)
    }

    fn mark_delivered(&self, event: &str, endpoint: &str) {
        let mut inner = self.shared.lock();
        let ours = |d: &&mut crate::state::Delivery| d.event == event && d.endpoint == endpoint;
        for delivery in inner.state.deliveries.iter_mut().filter(ours) {
            delivery.outcome = Outcome::Delivered;
        }
        self.shared.touch(&mut inner);
    }

    /// Drops all webhooks that have not been taken yet, as if the endpoint had been down for longer than the retries.
    pub fn lose_pending(&self) {
        let mut inner = self.shared.lock();
        for delivery in inner.state.deliveries.iter_mut().filter(|d| d.outcome == Outcome::Pending) {
            delivery.outcome = Outcome::GaveUp;
        }
        self.shared.touch(&mut inner);
    }

    /// Lets webhooks go wrong from now on, or calm down. Those that wait already keep their fate.
    pub fn set_chaos(&self, chaos: Chaos) {
        let mut inner = self.shared.lock();
        inner.state.chaos = chaos;
        self.shared.touch(&mut inner);
    }

    /// What goes wrong with webhooks at present.
    #[must_use]
    pub fn chaos(&self) -> Chaos {
        self.shared.lock().state.chaos.clone()
    }

    /// Gives an endpoint a new secret. For so many seconds the old one signs beside it. Answers with the new one.
    pub fn roll_secret(&self, endpoint: &str, overlap_seconds: u32) -> anyhow::Result<String> {
        let mut inner = self.shared.lock();
        let secret = inner.state.ids.next("whsec_", 32);
        let until = crate::clock::wall_millis().div_euclid(1000) + i64::from(overlap_seconds);
        let known = inner.state.endpoints.get_mut(endpoint).with_context(|| format!("no endpoint {endpoint}"))?;
        let old = std::mem::replace(&mut known.secret, secret.clone());
        known.rolled = Some((old, until));
        if inner.state.own_endpoint == endpoint {
            inner.state.own_secret.clone_from(&secret);
        }
        self.shared.touch(&mut inner);
        Ok(secret)
    }

    /// The endpoint that the sandbox was started with.
    #[must_use]
    pub fn own_endpoint(&self) -> String {
        self.shared.lock().state.own_endpoint.clone()
    }

    /// Whether one subscription may be billed and changed only so often as Stripe allows. It is so from the beginning.
    pub fn limit(&self, on: bool) {
        let mut inner = self.shared.lock();
        inner.state.unlimited = !on;
        self.shared.touch(&mut inner);
    }

    /// Lets the next `count` API requests meet this. Requests with a bad key do not count.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        self.shared.lock().faults.extend(std::iter::repeat_n(fault, count));
    }

    /// The sandbox's time: seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.shared.now(&self.shared.lock())
    }

    /// How many seconds the time machine is ahead of the clock that the sandbox was given.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        self.shared.lock().state.ahead
    }

    /// The time machine: lets so many seconds pass at once. All that falls due happens, each at its own moment. Stays
    /// over restarts. Does not wait for webhooks.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn advance(&self, seconds: u32) -> anyhow::Result<()> {
        let version = {
            let mut inner = self.shared.lock();
            inner.state.ahead += i64::from(seconds);
            self.shared.act_locked(&mut inner, Caller::default(), |_| ());
            self.shared.touch(&mut inner)
        };
        self.shared.kept(version).await
    }

    /// Goes to where a subscription's next renewal is billed and collected: an hour after the end of its period.
    ///
    /// # Errors
    /// When there is no such subscription, or it does not renew, or the state cannot be written.
    pub async fn advance_to_next_renewal(&self, subscription: &str) -> anyhow::Result<()> {
        let seconds = {
            let inner = self.shared.lock();
            let known = inner.state.subscriptions.get(subscription);
            let known = known.filter(|s| !s.is_ended()).with_context(|| format!("{subscription} does not renew"))?;
            let end = known.items.iter().map(|item| item.current_period_end).min();
            end.context("it has no items")? + HOUR - self.shared.now(&inner)
        };
        self.advance(u32::try_from(seconds.max(0))?).await
    }

    /// Lets what is due by now happen, as a request would. For clocks that are moved by hand.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn tick(&self) -> anyhow::Result<()> {
        let ((), version) = self.shared.act(Caller::default(), |_| ());
        self.shared.kept(version).await
    }

    /// Lets the banks decline the next `count` attempts to collect an invoice, whatever the card.
    pub fn fail_next_payments(&self, count: u32) {
        let mut inner = self.shared.lock();
        inner.state.failing_payments = count;
        self.shared.touch(&mut inner);
    }

    /// Sets what happens to invoices that nobody pays.
    pub fn set_dunning(&self, dunning: Dunning) {
        let mut inner = self.shared.lock();
        inner.state.dunning = dunning;
        self.shared.touch(&mut inner);
    }

    /// Any object by its id, as the API would show it.
    #[must_use]
    pub fn object(&self, id: &str) -> Option<Value> {
        let mut inner = self.shared.lock();
        let engine = Engine { state: &mut inner.state, now: 0, base: &self.shared.base, caller: Caller::default() };
        expand::lookup(&engine, id)
    }

    /// A subscription by its id, as the API would show it.
    #[must_use]
    pub fn subscription(&self, id: &str) -> Option<Value> {
        self.object(id).filter(|object| object["object"] == "subscription")
    }

    /// All subscriptions of a customer, ended ones too, the newest first.
    #[must_use]
    pub fn subscriptions_of(&self, customer: &str) -> Vec<Value> {
        let mut inner = self.shared.lock();
        let engine = Engine { state: &mut inner.state, now: 0, base: &self.shared.base, caller: Caller::default() };
        let all = engine.state.subscriptions.iter().rev();
        all.filter(|s| s.customer == customer).map(|s| s.render(&engine)).collect()
    }

    /// All invoices, the oldest first. Events are forgotten after 30 days; these are not.
    #[must_use]
    pub fn invoices(&self) -> Vec<Value> {
        let mut inner = self.shared.lock();
        let engine = Engine { state: &mut inner.state, now: 0, base: &self.shared.base, caller: Caller::default() };
        engine.state.invoices.iter().map(|invoice| invoice.render(&engine)).collect()
    }

    /// Everything the sandbox remembers, as the state file has it, without secrets.
    ///
    /// # Errors
    /// Never for a state that the sandbox made.
    pub fn snapshot(&self) -> anyhow::Result<Value> {
        let mut value = serde_json::to_value(&self.shared.lock().state)?;
        if let Value::Object(fields) = &mut value {
            for secret in ["own_secret", "endpoints", "replies"] {
                fields.remove(secret);
            }
        }
        Ok(value)
    }

    /// Pays on a Checkout page with a test card, as the page's button would: the buyer owns the card and proves it
    /// when asked. Answers with the address to go back to, or with the refusal on the page. Does not wait for webhooks.
    pub async fn pay(&self, session: &str, card: &str) -> anyhow::Result<Result<String, String>> {
        let (paid, version) =
            self.shared.act(Caller::default(), |engine| match completion::pay(engine, session, &Card::test(card)) {
                Paid::Authenticate { attempt } => completion::authenticate(engine, &attempt, true),
                paid => paid,
            });
        self.shared.kept(version).await?;
        match paid {
            Paid::Done { url, .. } => Ok(Ok(url)),
            Paid::Declined(message) => Ok(Err(message.to_owned())),
            Paid::Closed(status) => anyhow::bail!("the page {session} is {status:?}"),
            Paid::Authenticate { .. } | Paid::Unknown => anyhow::bail!("no page {session}"),
        }
    }
}
