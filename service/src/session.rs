//! Sessions: a browser that has proved who it is, for a while.

use std::time::Duration;

use domain::ids::{SessionId, UserId};
use store::Visit;

use crate::{Error, Services, SessionToken, token};

/// How long a session lasts. The cookie lasts as long.
pub(crate) const LASTS: Duration = Duration::from_hours(30 * 24);

/// Begins a session. Every sign-in gets a token of its own, so nothing that was planted before is worth anything.
pub(crate) async fn begin(s: &Services, user: UserId, visit: &Visit) -> Result<SessionToken, Error> {
    let (text, hash) = token::fresh(s);
    let now = s.now();
    s.store().system().create_session(s.id(SessionId::new), user, hash, now, now.plus(LASTS), visit).await?;
    Ok(SessionToken::new(text))
}
