//! The engine: a state, a time and a request give a new state, events and an answer. No clock, no network, no chance.

pub mod account;
pub mod authentication;
pub mod balance;
pub mod balance_transaction;
pub mod calendar;
pub mod card;
pub mod change;
pub mod charge;
pub mod checkout;
pub mod collection;
pub mod completion;
pub mod credit_note;
pub mod customer;
pub mod debit;
pub mod dispute;
pub mod dunning;
pub mod error;
pub mod event;
pub mod event_kinds;
pub mod expand;
pub mod hosted_invoice;
pub mod ids;
pub mod invoice;
pub mod invoice_change;
pub mod invoice_draft;
pub mod invoice_finalize;
pub mod invoice_item;
pub mod invoice_line;
pub mod invoice_payment;
pub mod limit;
pub mod list;
pub mod meter;
pub mod meter_event;
pub mod metered;
pub mod money;
pub mod params;
pub mod pause;
pub mod payment_intent;
pub mod payment_method;
pub mod pending_update;
pub mod portal;
pub mod portal_configuration;
pub mod portal_schedule;
pub mod portal_session;
pub mod preview;
pub mod price;
pub mod product;
pub mod proration;
pub mod refund;
pub mod renewal;
pub mod route;
pub mod schedule;
pub mod schedule_change;
pub mod scheme;
pub mod setup_intent;
pub mod standing;
pub mod subscription;
pub mod subscription_change;
pub mod subscription_create;
pub mod subscription_item;
pub mod table;
pub mod tax_id;
pub mod test_clock;
#[cfg(test)]
mod tests;
pub mod timers;
pub mod trial;
pub mod version;
pub mod webhook_endpoint;

use serde_json::Value;

use crate::state::State;
use error::ApiError;

/// The version of Stripe's API that all objects have.
pub const API_VERSION: &str = "2026-09-30.endive";

/// In seconds.
pub const HOUR: i64 = 3_600;

/// An object, or a refusal.
pub type Answer = Result<Value, ApiError>;

/// Who asked, for events.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// `req_…`; `None` when nobody asked (time passed, a buyer paid).
    pub request: Option<String>,
    /// The idempotency key of the request.
    pub idempotency_key: Option<String>,
}

/// The state at one moment, with one request.
pub struct Engine<'a> {
    /// All that there is.
    pub state: &'a mut State,
    /// Seconds since 1970.
    pub now: i64,
    /// Where the sandbox is reached, ending in `/`.
    pub base: &'a str,
    /// Who asked.
    pub caller: Caller,
}

impl Engine<'_> {
    /// Writes an event down and queues it for every endpoint that wants it. Answers with its id.
    pub fn emit(&mut self, kind: &str, object: Value, previous: Option<Value>) -> String {
        event::emit(self, kind, object, previous)
    }

    /// Emits a change with the old values of what changed; nothing when nothing did.
    pub fn emit_update(&mut self, kind: &str, before: &Value, after: Value) {
        if let Some(previous) = event::difference(before, &after) {
            self.emit(kind, after, Some(previous));
        }
    }

    /// Lets everything happen that is due; then it is now.
    pub fn tick(&mut self) {
        portal_configuration::ensure_default(self);
        let now = self.now;
        let settled = self.state.settled;
        timers::run(self, None, settled, now);
        self.state.settled = settled.max(now);
        // A clock stands still, but what was done to its customers may have made something due at once.
        let clocks: Vec<(String, i64)> =
            self.state.test_clocks.iter().map(|clock| (clock.id.clone(), clock.frozen_time)).collect();
        for (clock, frozen) in clocks {
            timers::run(self, Some(&clock), frozen, frozen);
        }
        self.now = now;
        self.state.forget_before(now - 30 * 24 * HOUR, now - 24 * HOUR);
    }
}
