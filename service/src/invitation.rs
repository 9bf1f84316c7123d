//! What an invitation's link shows.

use domain::view::InvitationView;

use crate::{Caller, Error, Services};

/// Shows it.
pub async fn invitation(_s: &Services, _caller: Option<&Caller>, _token: &str) -> Result<InvitationView, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
