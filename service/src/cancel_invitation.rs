//! Taking an invitation back.

use domain::ids::InvitationId;

use crate::{Caller, Error, Services};

/// Takes it back.
pub async fn cancel_invitation(_s: &Services, _caller: &Caller, _slug: &str, _id: InvitationId) -> Result<(), Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
