//! The development mailbox.

use domain::view::Letter;

use crate::{Error, Services};

/// How many letters are shown.
const SHOWN: u32 = 100;

/// The latest letters of the development mailbox, the newest first.
///
/// # Errors
/// [`Error::NotFound`] outside of development.
pub async fn letters(s: &Services) -> Result<Vec<Letter>, Error> {
    if !s.settings().development {
        return Err(Error::NotFound);
    }
    Ok(s.store().system().letters(SHOWN).await?)
}
