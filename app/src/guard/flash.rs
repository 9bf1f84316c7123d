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

/// Leaves `what` for the page at `path`. What is too long is not left: the page then shows nothing.
pub fn leave<T: Serialize>(services: &Services, path: &str, what: &T) {
    let Ok(text) = serde_json::to_vec(what) else { return };
    let value = BASE64URL_NOPAD.encode(&text);
    if value.len() <= LONGEST {
        super::set_cookie(services, NAME, &value, path, SECONDS);
    }
}

/// Takes what was left for the page at `path`.
pub fn take<T: DeserializeOwned>(services: &Services, path: &str) -> Option<T> {
    let value = super::cookie(NAME)?;
    super::set_cookie(services, NAME, "", path, 0);
    serde_json::from_slice(&BASE64URL_NOPAD.decode(value.as_bytes()).ok()?).ok()
}
