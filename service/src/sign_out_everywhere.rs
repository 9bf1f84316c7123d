//! Signing out everywhere.

use domain::ids::AccountEventId;
use store::NewAccountEvent;

use crate::{Caller, Error, Services};

/// Ends all of the caller's sessions, this one too.
pub async fn sign_out_everywhere(s: &Services, caller: &Caller) -> Result<(), Error> {
    let event = NewAccountEvent { id: s.id(AccountEventId::new), action: "sessions.ended", note: None };
    s.store().system().end_all_sessions(caller.user, None, &event, &caller.visit, s.now()).await?;
    Ok(())
}
