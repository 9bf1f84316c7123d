//! Invitations from outside: a link names an invitation, not an organization; and expiries are everybody's.

use domain::ids::{InvitationId, OrgId};
use domain::{Role, Slug, Timestamp};
use sqlx::{FromRow, query_as};

use crate::invitation::InvitationRecord;
use crate::tenancy::{Actor, Opened, TenantScope, Visit};
use crate::{StoreError, System, parse};

statements! {
    /// The token in the link is the right to see it. There may be several links to one invitation.
    BY_TOKEN = "
        select organizations.tenant_id, organizations.slug, organizations.name,
               invitations.id, invitations.email, invitations.role, users.email as invited_by,
               invitations.created_at, invitations.expires_at, invitations.sent, invitations.last_sent_at,
               invitations.seated, invitations.accepted_at, invitations.cancelled_at, invitations.expired_at
        from (select tenant_id, id from invitations where token_hash = $1
              union all
              select tenant_id, invitation from invitation_links where token_hash = $1) as named
             join invitations on invitations.tenant_id = named.tenant_id and invitations.id = named.id
             join organizations on organizations.tenant_id = invitations.tenant_id
             join users on users.id = invitations.invited_by";

    /// The worker frees the seats of whose time is over, wherever they are.
    EXPIRED = "
        select tenant_id, id
        from invitations
        where expires_at <= $1 and accepted_at is null and cancelled_at is null and expired_at is null
        order by expires_at
        limit $2";
}

/// How far an invitation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationStatus {
    /// It waits.
    Pending,
    /// It was used.
    Accepted,
    /// It was taken back.
    Cancelled,
    /// Its time is over.
    Expired,
}

/// An invitation as its link shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationState {
    /// The invitation.
    pub record: InvitationRecord,
    /// How far it is, as it is written down. One whose time is over may still be `Pending` until the worker has
    /// freed its seat: ask [`InvitationState::status_at`].
    pub status: InvitationStatus,
    /// The organization's name for people.
    pub organization: String,
    /// The organization's name in addresses.
    pub slug: Slug,
}

impl InvitationState {
    /// How far it is at `now`.
    pub fn status_at(&self, now: Timestamp) -> InvitationStatus {
        match self.status {
            InvitationStatus::Pending if self.record.expires_at <= now => InvitationStatus::Expired,
            status => status,
        }
    }
}

#[derive(FromRow)]
struct Row {
    tenant_id: String,
    slug: String,
    name: String,
    accepted_at: Option<i64>,
    cancelled_at: Option<i64>,
    expired_at: Option<i64>,
    #[sqlx(flatten)]
    invitation: crate::invitation::Row,
}

impl System<'_> {
    /// Opens an organization to somebody with an invitation's link, who acts as the invited person. The scope opens
    /// whatever has become of the invitation; [`crate::TenantTx::accept_invitation`] decides. An unknown token is
    /// [`StoreError::NotFound`].
    pub async fn open_by_invitation(
        self,
        token_hash: [u8; 32],
        visit: Visit,
    ) -> Result<(TenantScope, InvitationState), StoreError> {
        let row: Option<Row> =
            on!(self.store.db.reader(), |c| query_as(BY_TOKEN).bind(token_hash.as_slice()).fetch_optional(c).await?);
        let row = row.ok_or(StoreError::NotFound)?;
        let status = match (row.accepted_at, row.cancelled_at, row.expired_at) {
            (Some(_), _, _) => InvitationStatus::Accepted,
            (None, Some(_), _) => InvitationStatus::Cancelled,
            (None, None, Some(_)) => InvitationStatus::Expired,
            (None, None, None) => InvitationStatus::Pending,
        };
        let record = row.invitation.record()?;
        let slug: Slug = parse::text("slug", &row.slug)?;
        let opened = Opened {
            org: parse::text("organization id", &row.tenant_id)?,
            slug: slug.clone(),
            name: row.name.clone(),
            role: Role::Viewer,
            actor: Actor::Invited { email: record.email.clone() },
            last_seen: None,
        };
        let scope = TenantScope::new(self.store, opened, visit);
        Ok((scope, InvitationState { record, status, organization: row.name, slug }))
    }

    /// Invitations whose time is over and whose seat is still held, the longest over first; at most `limit`.
    pub async fn expired_invitations(
        self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(OrgId, InvitationId)>, StoreError> {
        let rows: Vec<(String, String)> = on!(self.store.db.reader(), |c| {
            query_as(EXPIRED).bind(now.micros()).bind(i64::from(limit)).fetch_all(c).await?
        });
        rows.into_iter()
            .map(|(org, id)| Ok((parse::text("organization id", &org)?, parse::text("invitation id", &id)?)))
            .collect()
    }
}
