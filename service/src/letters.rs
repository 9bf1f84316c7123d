//! The development mailbox.

use domain::view::Letter;

use crate::{Error, Services};

/// The letters, the newest first.
pub async fn letters(_s: &Services) -> Result<Vec<Letter>, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
