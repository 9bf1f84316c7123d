//! More links to an invitation: each sending and each copied link has a token of its own, and all end with it. None of
//! this moves a seat: a pending invitation has its own.

use domain::Timestamp;
use domain::ids::InvitationId;
use sqlx::query;

use crate::{InvitationRecord, StoreError, TenantTx};

statements! {
    ADD_LINK = "
        insert into invitation_links (tenant_id, token_hash, invitation, created_at)
        values ($1, $2, $3, $4)";

    SENT_AGAIN = "
        update invitations
        set sent = sent + 1, last_sent_at = $3, expires_at = $4
        where tenant_id = $1 and id = $2
          and accepted_at is null and cancelled_at is null and expired_at is null";
}

impl TenantTx {
    /// Adds a link for another sending of an invitation, counts it, and lets it wait until `expires_at`; gives it as it
    /// is then. `None` if it waits no more.
    pub async fn resend_invitation(
        &mut self,
        id: InvitationId,
        token_hash: [u8; 32],
        expires_at: Timestamp,
    ) -> Result<Option<InvitationRecord>, StoreError> {
        if self.add_invitation_link(id, token_hash).await?.is_none() {
            return Ok(None);
        }
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(SENT_AGAIN).bind(tenant).bind(id.to_string()).bind(now).bind(expires_at.micros()).execute(c).await?;
        });
        self.invitation(id).await
    }

    /// Adds a link to an invitation, which is otherwise as it was. `None` if it waits no more.
    pub async fn add_invitation_link(
        &mut self,
        id: InvitationId,
        token_hash: [u8; 32],
    ) -> Result<Option<InvitationRecord>, StoreError> {
        self.at_the_gate().await?;
        let now = self.now();
        let Some(invitation) = self.invitation(id).await?.filter(|waiting| waiting.expires_at > now) else {
            return Ok(None);
        };
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_LINK)
                .bind(tenant)
                .bind(token_hash.as_slice())
                .bind(id.to_string())
                .bind(now.micros())
                .execute(c)
                .await?;
        });
        Ok(Some(invitation))
    }
}
