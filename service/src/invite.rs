//! Inviting somebody to a seat.

use std::time::Duration;

use domain::email::{EmailError, admits};
use domain::ids::{InvitationId, OutboxId};
use domain::view::Invited;
use domain::{EmailAddress, Permission, Role};
use serde_json::json;
use store::{AddInvitation, Command, Effect, NewInvitation, TenantTx};

use crate::{Caller, Error, Services, door, mail, policy, refusal, token};

/// How long an invitation holds its seat.
pub(crate) const LASTS: Duration = Duration::from_hours(7 * 24);

/// What the form says.
#[derive(Clone, Debug)]
pub struct Invite {
    /// The address, as typed.
    pub email: String,
    /// The role's word, as in [`Role::as_str`].
    pub role: String,
}

/// Invites an address: reserves a seat and leaves a letter in the outbox, both or neither.
///
/// The checks, in this order: the caller may invite; the role is not above theirs; the address is one; it is of the
/// company's domain, if the plan demands that; no payment is late; the address is no member's and not invited; a seat
/// is free. The last is one guarded update, so `active + reserved ≤ cap` holds however many ask at once.
///
/// The link is in the answer this once. Only its hash is kept.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `role` or `email`, [`Error::Refused`] with
/// `role-above`, `payment-due` or `seats-full`.
pub async fn invite(s: &Services, caller: &Caller, slug: &str, input: Invite) -> Result<Invited, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberInvite)?;
    let role: Role = input.role.parse().map_err(|_| Error::invalid("role", refusal::role_unknown()))?;
    let (text, token_hash) = token::fresh(s);
    let now = s.now();
    let command = Add {
        s,
        caller,
        typed: &input.email,
        role,
        id: s.id(InvitationId::new),
        token_hash,
        link: format!("{}/invitations/{text}", s.settings().public_url),
        expires_at: now.plus(LASTS),
    };
    let invited = scope.execute(command, now).await?;
    s.wake();
    Ok(invited)
}

struct Add<'a> {
    s: &'a Services,
    caller: &'a Caller,
    typed: &'a str,
    role: Role,
    id: InvitationId,
    token_hash: [u8; 32],
    link: String,
    expires_at: domain::Timestamp,
}

impl Command for Add<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    type Output = Invited;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Invited, Error> {
        let Self { s, caller, typed, role, id, token_hash, link, expires_at } = self;
        if !tx.role().may_grant(role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        let email: EmailAddress = typed.parse().map_err(|no: EmailError| Error::invalid("email", no))?;
        let org = tx.organization().await?;
        if let Some(rules) = policy::rules(s, tx, &org).await? {
            admits(&email, &rules).map_err(|no| Error::invalid("email", no))?;
        }
        org.access.allows_growth().map_err(Error::refused)?;
        let new = NewInvitation { id, email: email.clone(), role, token_hash, expires_at };
        match tx.add_invitation(&new).await? {
            AddInvitation::Added => {}
            AddInvitation::SeatsFull(full) => return Err(Error::refused(full)),
            AddInvitation::AlreadyMember => return Err(Error::invalid("email", refusal::already_member(&email))),
            AddInvitation::AlreadyInvited => return Err(Error::invalid("email", refusal::already_invited(&email))),
        }
        let letter = mail::invitation(&mail::InvitationLetter {
            to: &email,
            organization: &org.name,
            invited_by: &caller.email,
            role,
            link: &link,
            expires_at,
        });
        tx.enqueue(s.id(OutboxId::new), &Effect::Mail(letter)).await?;
        let after = json!({ "email": email, "role": role, "expires_at": expires_at.rfc3339() });
        door::audit(s, tx, "member.invited", id, None, Some(after)).await?;
        Ok(Invited { id, email, link })
    }
}
