//! From columns to the words of the domain. What does not parse was not written by Usher, and says so.

use std::fmt::Display;
use std::str::FromStr;

use domain::{Access, SeatCount, SeatLimit};

use crate::StoreError;

/// A text column as what it stands for.
pub(crate) fn text<T: FromStr>(what: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::inconsistent(what, format!("`{}` is none", cut(text))))
}

/// A nullable text column as what it stands for.
pub(crate) fn maybe<T: FromStr>(what: &'static str, column: Option<&str>) -> Result<Option<T>, StoreError> {
    column.map(|value| text(what, value)).transpose()
}

/// A bigint column as a count.
pub(crate) fn count(what: &'static str, number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::inconsistent(what, format!("{number} is no count")))
}

/// The counters of an organization.
pub(crate) fn seats(active: i64, reserved: i64) -> Result<SeatCount, StoreError> {
    Ok(SeatCount { active: count("active seats", active)?, reserved: count("reserved seats", reserved)? })
}

/// A cap; null is unlimited.
pub(crate) fn limit(cap: Option<i64>) -> Result<SeatLimit, StoreError> {
    Ok(SeatLimit::from_cap(cap.map(|cap| count("seat cap", cap)).transpose()?))
}

/// A limit as its column.
pub(crate) fn cap(limit: SeatLimit) -> Option<i64> {
    limit.cap().map(i64::from)
}

/// An access's word in the database.
pub(crate) const fn access_word(access: Access) -> &'static str {
    match access {
        Access::Full => "full",
        Access::NoGrowth => "no_growth",
        Access::ReadOnly => "read_only",
        Access::Free => "free",
    }
}

/// The access of that word.
pub(crate) fn access(word: &str) -> Result<Access, StoreError> {
    [Access::Full, Access::NoGrowth, Access::ReadOnly, Access::Free]
        .into_iter()
        .find(|access| access_word(*access) == word)
        .ok_or_else(|| StoreError::inconsistent("access", format!("`{}` is none", cut(word))))
}

/// JSON as its column.
pub(crate) fn json(what: &'static str, value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| not_json(what, &error))
}

/// A column of JSON as what it stands for.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, column: &str) -> Result<T, StoreError> {
    serde_json::from_str(column).map_err(|error| not_json(what, &error))
}

/// A nullable column of JSON as what it stands for.
pub(crate) fn maybe_json<T: serde::de::DeserializeOwned>(
    what: &'static str,
    column: Option<&str>,
) -> Result<Option<T>, StoreError> {
    column.map(|value| from_json(what, value)).transpose()
}

/// That JSON could not be written or read.
pub(crate) fn not_json(what: &'static str, error: &impl Display) -> StoreError {
    StoreError::inconsistent(what, error.to_string())
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A text from outside as a text column takes it: PostgreSQL refuses NUL, and a log line has an end.
pub(crate) fn sayable(text: String) -> String {
    text.chars().filter(|letter| *letter != '\0').take(1_000).collect()
}

/// A hash as it came from its column.
pub(crate) fn hash(bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::inconsistent("hash", "it is not 32 bytes long"))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(DIGITS[usize::from(half)])).collect()
}
