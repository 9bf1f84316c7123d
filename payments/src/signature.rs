//! Webhook signatures: who has sent these bytes, and when.
//!
//! The header is `t=<Unix seconds>,v1=<hex>[,v1=<hex>…][,v0=<hex>]`, and `v1` is the HMAC-SHA256 of `"<t>.<body>"`
//! under the endpoint's secret. While a secret is being rolled there are several `v1`, and we may hold several secrets:
//! any pair that fits will do. `v0` is Stripe's test scheme and proves nothing. A body is judged as it came over the
//! wire, before anything has parsed it.

use std::time::Duration;

use data_encoding::HEXLOWER;
use domain::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

pub use crate::secret::WebhookSecret;

/// How far the signature's time may be from ours, before and after.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is not of the form `t=…,v1=…`, or has no `v1`.
    #[error("the signature header is not of the form t=…,v1=…")]
    Malformed,
    /// None of its signatures was made with one of our secrets over these bytes.
    #[error("no signature matches; the webhook secret is another one, or the body was changed on its way")]
    Mismatch,
    /// It is signed, but at a time more than [`TOLERANCE`] from ours: an old one replayed, or a clock that is wrong.
    #[error("the signature is {seconds} s away from this machine's time; more than 300 s is not accepted")]
    Time {
        /// The distance, without its direction.
        seconds: u64,
    },
}

/// Checks `header` (the value of `Stripe-Signature`) over the raw body, with any of `secrets`, at `now`.
pub fn verify(raw: &[u8], header: &str, secrets: &[WebhookSecret], now: Timestamp) -> Result<(), SignatureError> {
    let claim = Claim::parse(header)?;
    let mut fits = Choice::from(0);
    for secret in secrets {
        let right = digest(claim.time, raw, secret);
        // No early exit: how long this takes says nothing about which one fitted.
        for claimed in &claim.signatures {
            fits |= right.ct_eq(claimed);
        }
    }
    if !bool::from(fits) {
        return Err(SignatureError::Mismatch);
    }
    let seconds = claim.seconds.abs_diff(now.secs());
    if seconds > TOLERANCE.as_secs() { Err(SignatureError::Time { seconds }) } else { Ok(()) }
}

/// The header that Stripe would send with these bytes. For tests and for replaying.
#[must_use]
pub fn sign(raw: &[u8], secret: &WebhookSecret, at: Timestamp) -> String {
    let time = at.secs().to_string();
    format!("t={time},v1={}", HEXLOWER.encode(&digest(&time, raw, secret)))
}

/// What a header claims, taken apart.
struct Claim<'a> {
    /// As written: that is what was signed.
    time: &'a str,
    seconds: i64,
    signatures: Vec<[u8; 32]>,
}

impl<'a> Claim<'a> {
    fn parse(header: &'a str) -> Result<Self, SignatureError> {
        let mut time = None;
        let mut signatures = Vec::new();
        for part in header.split(',') {
            match part.split_once('=') {
                // Two times would leave it open which of them was signed.
                Some(("t", _)) if time.is_some() => return Err(SignatureError::Malformed),
                Some(("t", text)) => time = Some(text),
                // One that is no lower-case hex of 32 bytes fits nothing; the others may.
                Some(("v1", text)) => {
                    signatures.extend(HEXLOWER.decode(text.as_bytes()).ok().and_then(|b| <[u8; 32]>::try_from(b).ok()));
                }
                _ => {}
            }
        }
        let time = time.filter(|text| text.bytes().all(|b| b.is_ascii_digit())).ok_or(SignatureError::Malformed)?;
        let seconds = time.parse().map_err(|_| SignatureError::Malformed)?;
        if signatures.is_empty() { Err(SignatureError::Malformed) } else { Ok(Self { time, seconds, signatures }) }
    }
}

fn digest(time: &str, raw: &[u8], secret: &WebhookSecret) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("a key of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(raw);
    mac.finalize().into_bytes().into()
}
