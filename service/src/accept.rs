//! Accepting an invitation with an account.

use domain::email::admits;
use domain::ids::{MemberId, UserId};
use domain::{Permission, Slug};
use serde_json::{Value, json};
use store::{Accept, Command, InvitationRecord, NewMember, TenantTx};

use crate::invitation::Waiting;
use crate::{Caller, Error, Services, door, invitation, policy, refusal, seats};

/// Joins: the reserved seat becomes the caller's, and the billed seats follow through the outbox.
///
/// Everything is checked again: the token, its time, that the address is the invited one (as addresses are compared),
/// and the company's domain. A free seat is not asked for: the invitation has held one all the time. Whoever is signed
/// in with another address changes nothing; the invitation goes on waiting.
///
/// # Errors
/// [`Error::NotFound`] for an unknown token, [`Error::Refused`] with `invitation-used`, `invitation-expired`,
/// `invitation-cancelled`, `other-account`, `other-domain` or `already-member`.
pub async fn accept(s: &Services, caller: &Caller, token: &str) -> Result<Slug, Error> {
    let Waiting { scope, state, .. } = invitation::open(s, token, caller.visit.clone()).await?;
    door::lives_here(caller, &state.slug)?;
    if caller.email != state.record.email {
        return Err(Error::Refused(refusal::other_account(&caller.email, &state.record.email)));
    }
    scope.execute(Join { s, invitation: &state.record, user: caller.user }, s.now()).await?;
    s.wake();
    Ok(state.slug)
}

struct Join<'a> {
    s: &'a Services,
    invitation: &'a InvitationRecord,
    user: UserId,
}

impl Command for Join<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        join(self.s, tx, self.invitation, self.user).await
    }
}

/// The invited person's account becomes a member.
pub(crate) async fn join(
    s: &Services,
    tx: &mut TenantTx,
    invitation: &InvitationRecord,
    user: UserId,
) -> Result<(), Error> {
    let org = tx.organization().await?;
    if let Some(rules) = policy::rules(s, tx, &org).await? {
        admits(&invitation.email, &rules).map_err(Error::refused)?;
    }
    let new = NewMember { id: s.id(MemberId::new), user, role: invitation.role };
    let role = match tx.accept_invitation(invitation.id, &new).await? {
        Accept::Joined { role } => role,
        // It waited a moment ago, so somebody has just answered it, or taken it back.
        Accept::NotPending => return Err(Error::Refused(refusal::invitation_used())),
        Accept::AlreadyMember => return Err(Error::Refused(refusal::already_member(&invitation.email))),
    };
    let how = json!({ "email": invitation.email, "role": role, "invitation": invitation.id });
    joined(s, tx, new.id, how).await
}

/// What follows when somebody has joined: the billed seats, and a line in the audit log.
pub(crate) async fn joined(s: &Services, tx: &mut TenantTx, member: MemberId, how: Value) -> Result<(), Error> {
    seats::changed(s, tx).await?;
    door::audit(s, tx, "member.joined", member, None, Some(how)).await
}
