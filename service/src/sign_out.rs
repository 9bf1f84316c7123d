//! Signing out.

use crate::{Error, Services, token};

/// Ends the session of this token. One that is over, or is none of ours, is no error: the caller is signed out.
pub async fn sign_out(s: &Services, token: &str) -> Result<(), Error> {
    if let Some(hash) = token::hash(token) {
        s.store().system().end_session(hash).await?;
    }
    Ok(())
}
