//! A new organization.

use domain::Slug;

use crate::{Caller, Error, Services};
/// What the form says.
pub struct CreateOrganization {
    /// The company name.
    pub name: String,
    /// The address in /app/…; may be empty, then the name suggests it.
    pub slug: String,
}

/// Makes one; the caller owns it.
pub async fn create_organization(_s: &Services, _caller: &Caller, _input: CreateOrganization) -> Result<Slug, Error> {
    Err(Error::Broken(anyhow::anyhow!("not built yet")))
}
