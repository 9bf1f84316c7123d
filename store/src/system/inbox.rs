//! The inbox of webhooks: they come from the provider for whoever it may be, and a worker serves all of them.

pub mod desk;
pub mod finish;
pub mod lease;

use domain::Timestamp;
use domain::subscription::ProviderCustomerId;
use sqlx::query;

use crate::{StoreError, System};

statements! {
    STORE_EVENT = "
        insert into billing_events (
            id, kind, api_version, livemode, created, object, customer, raw, received_at, ready_at, lane, hint,
            finished_at, outcome
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13)
        on conflict (id) do nothing";
}

/// A webhook to be stored.
#[derive(Clone, Debug)]
pub struct NewEvent<'r> {
    /// The provider's id, unique.
    pub id: String,
    /// What it says has happened.
    pub kind: String,
    /// In which version of the provider's API it is written.
    pub api_version: Option<String>,
    /// Real money or not.
    pub livemode: bool,
    /// When it happened, says the provider.
    pub created: Timestamp,
    /// The id of the object in it.
    pub object: Option<String>,
    /// The customer it is about, if it names one.
    pub customer: Option<ProviderCustomerId>,
    /// The few fields of it that are read, as JSON, so that the worker need not read the body again.
    pub hint: String,
    /// With which others it is worked on.
    pub lane: String,
    /// Whether anything is to be done about it. What concerns nobody is kept, and finished when it comes.
    pub wanted: bool,
    /// The body as it came.
    pub raw: &'r [u8],
}

/// How storing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreEvent {
    /// It is in.
    Stored,
    /// It was in already.
    Duplicate,
}

impl System<'_> {
    /// Stores a webhook, once. When this gives `Ok`, it is on the disk.
    pub async fn store_event(self, new: &NewEvent<'_>, now: Timestamp) -> Result<StoreEvent, StoreError> {
        let (finished_at, outcome) = if new.wanted { (None, None) } else { (Some(now.micros()), Some("ignored")) };
        let stored = on!(self.store.db.writer(), |c| {
            query(STORE_EVENT)
                .bind(new.id.as_str())
                .bind(new.kind.as_str())
                .bind(new.api_version.as_deref())
                .bind(new.livemode)
                .bind(new.created.micros())
                .bind(new.object.as_deref())
                .bind(new.customer.as_ref().map(ProviderCustomerId::as_str))
                .bind(new.raw)
                .bind(now.micros())
                .bind(new.lane.as_str())
                .bind(new.hint.as_str())
                .bind(finished_at)
                .bind(outcome)
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(if stored == 1 { StoreEvent::Stored } else { StoreEvent::Duplicate })
    }
}
