//! Who comes with this cookie.

use crate::{Caller, Error, Services, Visit};

/// Who comes with this token; nobody if it is none of ours, or over.
pub async fn who(_s: &Services, _token: &str, _visit: Visit) -> Result<Option<Caller>, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
