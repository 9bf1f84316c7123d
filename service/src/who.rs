//! Who comes with this cookie.

use crate::{Caller, Error, Services, Visit, token};

/// Who comes with this token; nobody if it is none of ours, has ended or has expired.
pub async fn who(s: &Services, token: &str, visit: Visit) -> Result<Option<Caller>, Error> {
    let Some(hash) = token::hash(token) else { return Ok(None) };
    let session = s.store().system().session(hash, s.now()).await?;
    Ok(session.map(|found| Caller { user: found.user, email: found.email, session: found.id, visit, host: None }))
}
