//! One's signed-in browsers.

use domain::view::{Me, SessionRow, SessionsView};

use crate::{Caller, Error, Services, device};

/// The caller's signed-in browsers: the one that asks first, then by when they were seen last.
pub async fn sessions(s: &Services, caller: &Caller) -> Result<SessionsView, Error> {
    let found = s.store().system().sessions_of(caller.user, s.now()).await?;
    let mut sessions: Vec<SessionRow> = found
        .into_iter()
        .map(|session| SessionRow {
            is_this: session.id == caller.session,
            id: session.id,
            device: device::name(session.user_agent.as_deref()),
            ip: session.ip,
            began_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        })
        .collect();
    sessions.sort_by_key(|session| !session.is_this);
    Ok(SessionsView { me: Me { email: caller.email.clone() }, sessions })
}
