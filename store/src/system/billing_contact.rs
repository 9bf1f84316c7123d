//! Whose a billing contact's link is: who opens it is in no organization.

use domain::ids::OrgId;
use sqlx::query_scalar;

use crate::{StoreError, System, parse};

statements! {
    ORG_OF_CONTACT = "
        select tenant_id
        from billing_contacts
        where token_hash = $1 and removed_at is null";
}

impl System<'_> {
    /// The organization that wants to write to whoever has this link.
    pub async fn org_of_billing_contact(self, token_hash: &[u8; 32]) -> Result<Option<OrgId>, StoreError> {
        let id: Option<String> = on!(self.store.db.reader(), |c| {
            query_scalar(ORG_OF_CONTACT).bind(token_hash.as_slice()).fetch_optional(c).await?
        });
        id.map(|id| parse::text("organization id", &id)).transpose()
    }
}
