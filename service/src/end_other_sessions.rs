//! Signing out everywhere else.

use domain::ids::AccountEventId;
use store::NewAccountEvent;

use crate::{Caller, Error, Services};

/// Ends all of the caller's sessions but this one.
pub async fn end_other_sessions(s: &Services, caller: &Caller) -> Result<(), Error> {
    let event = NewAccountEvent { id: s.id(AccountEventId::new), action: "sessions.others_ended", note: None };
    s.store().system().end_all_sessions(caller.user, Some(caller.session), &event, &caller.visit, s.now()).await?;
    Ok(())
}
