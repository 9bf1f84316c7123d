//! Sending an invitation again.

use std::time::Duration;

use domain::email::admits;
use domain::ids::{InvitationId, OutboxId};
use domain::view::Invited;
use domain::{EmailAddress, Permission};
use serde_json::json;
use store::{Command, Effect, InvitationRecord, TenantTx};

use crate::invite::{LASTS, fresh_link};
use crate::{Caller, Error, Services, door, mail, policy, refusal};

/// How often one invitation may be sent.
const EVERY: Duration = Duration::from_mins(1);

/// Sends a pending invitation again, with a link of its own, and lets it wait seven days more; at most once a minute.
/// It holds its seat already, so none need be free. The links before go on working.
///
/// # Errors
/// [`Error::NotFound`] if it does not wait any more, [`Error::Forbidden`], [`Error::TooMany`], [`Error::Refused`] with
/// `role-above` or `other-domain`.
pub async fn resend_invitation(s: &Services, caller: &Caller, slug: &str, id: InvitationId) -> Result<Invited, Error> {
    let scope = door::open(s, caller, slug).await?;
    let invited = scope.execute(Again { s, by: &caller.email, id }, s.now()).await?;
    s.wake();
    Ok(invited)
}

/// The pending invitation, if who asks may touch it.
pub(crate) async fn mine(tx: &mut TenantTx, id: InvitationId) -> Result<InvitationRecord, Error> {
    let invitation = tx.invitation(id).await?.ok_or(Error::NotFound)?;
    if tx.role().may_grant(invitation.role) { Ok(invitation) } else { Err(Error::Refused(refusal::role_above())) }
}

struct Again<'a> {
    s: &'a Services,
    by: &'a EmailAddress,
    id: InvitationId,
}

impl Command for Again<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = Invited;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Invited, Error> {
        let Self { s, by, id } = self;
        let before = mine(tx, id).await?;
        let since = tx.now().since(before.last_sent_at);
        if since < EVERY {
            return Err(Error::TooMany { after: EVERY.saturating_sub(since) });
        }
        let org = tx.organization().await?;
        if let Some(rules) = policy::rules(s, tx, &org).await? {
            admits(&before.email, &rules).map_err(Error::refused)?;
        }
        let (hash, link) = fresh_link(s);
        let sent = tx.resend_invitation(id, hash, tx.now().plus(LASTS)).await?.ok_or(Error::NotFound)?;
        // Somebody else has sent it in this moment.
        if sent.sent != before.sent + 1 {
            return Err(Error::TooMany { after: EVERY });
        }
        let letter = mail::invitation(&mail::InvitationLetter {
            to: &sent.email,
            organization: &org.name,
            invited_by: by,
            role: sent.role,
            link: &link.letter,
            expires_at: sent.expires_at,
        });
        tx.enqueue(s.id(OutboxId::new), &Effect::Mail(letter)).await?;
        let of = |record: &InvitationRecord| json!({ "email": record.email, "sent": record.sent, "expires_at": record.expires_at.rfc3339() });
        door::audit(s, tx, "invitation.resent", id, Some(of(&before)), Some(of(&sent))).await?;
        Ok(Invited { id, email: sent.email, link: link.handed })
    }
}
