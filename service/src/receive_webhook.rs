//! A webhook arrives.

use payments::EventEnvelope;
use payments::event::EventError;
use payments::signature::{self, SignatureError};
use store::{StoreError, StoreEvent};

use crate::{Services, hint};

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is in the inbox.
    Stored,
    /// It was there before.
    Duplicate,
}

/// Why a webhook was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Not signed, or not by the provider, or not now: 400.
    #[error("the signature does not hold")]
    Signature(#[source] SignatureError),
    /// Signed, and yet no event: 400.
    #[error("the body is no event")]
    Malformed(#[source] EventError),
    /// A test event at a live Usher, or the other way round: 400.
    #[error("an event with livemode {livemode}")]
    Mode {
        /// What the event says.
        livemode: bool,
    },
    /// It could not be kept: 500, and the provider sends it again.
    #[error("the event could not be stored")]
    Store(#[source] StoreError),
}

/// Keeps a webhook: checks the signature over the raw bytes, stores them, and that is all. The worker does the rest,
/// so the answer is quick, and once it is given nothing can be lost.
///
/// # Errors
/// The first three of [`WebhookError`] mean 400 (it will be as wrong next time), the last means 500.
pub async fn receive_webhook(s: &Services, raw: &[u8], signature: Option<&str>) -> Result<Received, WebhookError> {
    let now = s.now();
    let header = signature.ok_or(WebhookError::Signature(SignatureError::Malformed))?;
    signature::verify(raw, header, &s.settings().webhook_secrets, now).map_err(WebhookError::Signature)?;
    let event = EventEnvelope::read(raw).map_err(WebhookError::Malformed)?;
    if event.livemode != s.settings().livemode {
        return Err(WebhookError::Mode { livemode: event.livemode });
    }
    let new = hint::new_event(event, raw.to_vec()).map_err(WebhookError::Malformed)?;
    let stored = s.intake().store(s.store(), new, now).await.map_err(WebhookError::Store)?;
    s.wake();
    Ok(match stored {
        StoreEvent::Stored => Received::Stored,
        StoreEvent::Duplicate => Received::Duplicate,
    })
}
