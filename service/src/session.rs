//! Sessions: a browser that has proved who it is, for a while.

use std::time::Duration;

use domain::ids::{SessionId, UserId};
use store::{NewSession, Visit};

use crate::{Error, Services, SessionToken, token};

/// How long a session lasts. The cookie lasts as long.
pub(crate) const LASTS: Duration = Duration::from_hours(30 * 24);

/// A session to be begun. Every one gets a token of its own, so nothing that was planted before is worth anything.
pub(crate) fn fresh(s: &Services) -> (SessionToken, NewSession) {
    let (text, token_hash) = token::fresh(s);
    let session = NewSession { id: s.id(SessionId::new), token_hash, expires_at: s.now().plus(LASTS) };
    (SessionToken::new(text), session)
}

/// Begins a session.
pub(crate) async fn begin(s: &Services, user: UserId, visit: &Visit) -> Result<SessionToken, Error> {
    let (token, new) = fresh(s);
    s.store().system().create_session(new.id, user, new.token_hash, s.now(), new.expires_at, visit).await?;
    Ok(token)
}
