//! One thing that a page is told once, across the redirect after a plain form: a cookie of a minute that only that
//! page gets, that no script can read, and that is gone when it has been read.

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use service::Services;

const NAME: &str = "usher_flash";
const SECONDS: u32 = 60;
/// More than any link or address needs; browsers keep about 4,096 bytes.
const LONGEST: usize = 3_000;

/// Leaves `what` for the page at `path`. What is too long is not left, and the answer is `false`: the page then shows
/// nothing.
pub fn leave<T: Serialize>(services: &Services, path: &str, what: &T) -> bool {
    leave_as(NAME, services, path, what)
}

/// Takes what was left for the page at `path`.
pub fn take<T: DeserializeOwned>(services: &Services, path: &str) -> Option<T> {
    take_as(NAME, services, path)
}

/// Leaves it under a name of its own, beside others.
pub(super) fn leave_as<T: Serialize>(name: &str, services: &Services, path: &str, what: &T) -> bool {
    let Ok(text) = serde_json::to_vec(what) else { return false };
    let value = BASE64URL_NOPAD.encode(&text);
    let fits = value.len() <= LONGEST;
    if fits {
        super::set_cookie(services, name, &value, path, SECONDS);
    }
    fits
}

/// Takes what was left under that name.
pub(super) fn take_as<T: DeserializeOwned>(name: &str, services: &Services, path: &str) -> Option<T> {
    let value = super::cookie(name)?;
    super::set_cookie(services, name, "", path, 0);
    serde_json::from_slice(&BASE64URL_NOPAD.decode(value.as_bytes()).ok()?).ok()
}
