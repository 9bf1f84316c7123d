//! Wrong passwords: who types too many in a row is sent away for a while.
//!
//! They are counted for an address and for who tries. A browser that has signed in to the account before brings a
//! cookie that says so, and is counted by itself; everybody else is counted together. So strangers can shut out
//! strangers, and never the owner at a browser of theirs. An owner at a new browser can always come in by the letter
//! about a forgotten password, which clears what strangers have done. All of this is the same for addresses without an
//! account.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use domain::ids::UserId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use store::{Attempt, Patience};

use crate::{Error, Services, secret, token};

/// After so long without a wrong password they are forgotten.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// What attempts are counted under.
pub(crate) type Key = [u8; 32];

/// Who tries to sign in.
pub(crate) struct Guesser {
    pub(crate) key: Key,
    /// The browser's name for itself, if it is one of the account's.
    device: Option<String>,
    address: String,
}

/// Who tries to sign in to the account of `address`, with this cookie.
pub(crate) async fn guesser(s: &Services, address: &str, cookie: Option<&str>) -> Result<Guesser, Error> {
    let signing = secret(s, "devices").await?;
    // Made for a stranger too, so that both take the same work.
    let (name, claimed) = cookie.and_then(|cookie| cookie.split_once('.')).unwrap_or(("", ""));
    let claimed = BASE64URL_NOPAD.decode(claimed.as_bytes()).unwrap_or_default();
    let known = signature(&signing, address, name).verify_slice(&claimed).is_ok() && token::hash(name).is_some();
    Ok(Guesser {
        key: if known { key("device", &[address, name]) } else { strangers(address) },
        device: known.then(|| name.to_owned()),
        address: address.to_owned(),
    })
}

impl Guesser {
    /// The cookie by which this browser is known from now on.
    pub(crate) async fn cookie(self, s: &Services) -> Result<String, Error> {
        let name = self.device.unwrap_or_else(|| token::fresh(s).0);
        device(s, &self.address, name).await
    }
}

/// The cookie of a browser that has just proved that the account of `address` is its owner's.
pub(crate) async fn new_device(s: &Services, address: &str) -> Result<String, Error> {
    device(s, address, token::fresh(s).0).await
}

async fn device(s: &Services, address: &str, name: String) -> Result<String, Error> {
    let signing = secret(s, "devices").await?;
    let signature = BASE64URL_NOPAD.encode(&signature(&signing, address, &name).finalize().into_bytes());
    Ok(format!("{name}.{signature}"))
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn signature(signing: &[u8; 32], address: &str, name: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(signing).expect("a key of any length");
    mac.update(address.as_bytes());
    mac.update(&[0]);
    mac.update(name.as_bytes());
    mac
}

/// All who are not known, at this address.
pub(crate) fn strangers(address: &str) -> Key {
    key("strangers", &[address])
}

/// Somebody who is signed in, asked again for the password.
pub(crate) fn signed_in(user: UserId) -> Key {
    key("signed in", &[&user.to_string()])
}

fn key(kind: &str, parts: &[&str]) -> Key {
    let mut hash = Sha256::new();
    hash.update(kind.as_bytes());
    for part in parts {
        hash.update([0]);
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Looks whether this is the password, if there are not too many wrong ones before it. `None` stands for an account
/// that is not there: the same work, and the answer is no. Who is right has to forgive the key.
pub(crate) async fn matches(s: &Services, key: Key, password: String, hash: Option<String>) -> Result<bool, Error> {
    let limits = s.settings().limits;
    let patience =
        Patience { most: limits.wrong_passwords, closed_for: limits.closed_for, forgets_after: FORGOTTEN_AFTER };
    let now = s.now();
    match s.store().system().attempt(key, patience, now).await? {
        Attempt::Open => {}
        Attempt::Closed { until } => return Err(Error::TooMany { after: until.since(now) }),
    }
    // Nobody has a longer one, so its work is bounded without a word about it.
    let password = if password.len() > domain::password::LONGEST { String::new() } else { password };
    let answer = s.passwords().matches(password, hash).await;
    if answer.is_err() {
        // It was not looked at.
        s.store().system().take_attempt_back(key).await?;
    }
    answer
}
