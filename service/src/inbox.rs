//! The inbox as an operator sees it. Nobody is asked who they are: whoever is at the machine may.

use std::time::Duration;

use store::{EventRecord, InboxState, Which};

use crate::{Error, Services};

/// A webhook with what came.
#[derive(Clone, Debug)]
pub struct InboxEvent {
    /// What is known of it.
    pub record: EventRecord,
    /// In which version of the provider's API it is written; thin ones are in none.
    pub api_version: Option<String>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// How the inbox is, how long the oldest that is still to be worked on has waited, and the latest webhooks.
pub async fn inbox(s: &Services, which: Which, limit: u32) -> Result<(InboxState, Duration, Vec<EventRecord>), Error> {
    let (now, system) = (s.now(), s.store().system());
    let state = system.inbox_state(now).await?;
    let lag = state.oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
    Ok((state, lag, system.events_of(which, limit).await?))
}

/// One webhook; [`Error::NotFound`] if it never came.
pub async fn inbox_event(s: &Services, id: &str) -> Result<InboxEvent, Error> {
    let system = s.store().system();
    let record = system.event(id).await?.ok_or(Error::NotFound)?;
    let (api_version, body) = system.event_body(id).await?.ok_or(Error::NotFound)?;
    Ok(InboxEvent { record, api_version, body })
}

/// Lets a webhook be worked on from its beginning; `false` if it never came, or was applied.
pub async fn replay_event(s: &Services, id: &str) -> Result<bool, Error> {
    let replayed = s.store().system().replay_event(id, s.now()).await?;
    s.wake();
    Ok(replayed)
}

/// Lets all webhooks be worked on from their beginning that were put aside, or whose customer was not known.
pub async fn replay_events(s: &Services, which: Which) -> Result<u64, Error> {
    let replayed = s.store().system().replay_events(which, s.now()).await?;
    s.wake();
    Ok(replayed)
}

/// Says of a webhook that nothing is to be done about it; `false` if there is nothing to drop.
pub async fn drop_event(s: &Services, id: &str) -> Result<bool, Error> {
    Ok(s.store().system().drop_event(id, s.now()).await?)
}
