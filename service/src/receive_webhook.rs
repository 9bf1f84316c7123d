//! A webhook arrives.

use payments::signature::SignatureError;
use store::StoreError;

use crate::Services;

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
    #[error("the signature does not hold: {0}")]
    Signature(#[source] SignatureError),
    /// Signed, and yet no event: 400.
    #[error("the body is no event: {0}")]
    Malformed(String),
    /// A test event at a live Usher, or the other way round: 400.
    #[error("an event of the other mode (livemode {livemode})")]
    Mode {
        /// What the event says.
        livemode: bool,
    },
    /// It could not be kept: 500, and the provider sends it again.
    #[error("the event could not be stored")]
    Store(#[source] StoreError),
}

/// Keeps a webhook.
pub async fn receive_webhook(_s: &Services, _raw: &[u8], _signature: Option<&str>) -> Result<Received, WebhookError> {
    Err(WebhookError::Malformed("not built yet".to_owned()))
}
