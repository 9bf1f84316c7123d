//! Inviting somebody to a seat.

use std::time::Duration;

use domain::access::Deed;
use domain::email::{DomainRule, EmailError, admits};
use domain::ids::{InvitationId, OutboxId};
use domain::view::Invited;
use domain::{EmailAddress, Permission, Role};
use serde_json::json;
use store::{AddInvitation, Command, Effect, NewInvitation, OrgRecord, TenantTx};

use crate::cancel_invitation::make_room;
use crate::{Caller, Error, Services, change_role, door, mail, policy, refusal, token};

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
/// company's domains, if the plan demands that; the address is no member's and not invited; a seat is free. The last is
/// one guarded update, so `active + reserved ≤ cap` holds however many ask at once. While a payment is late, nobody can
/// be invited at all.
///
/// The link is in the answer this once. Only its hash is kept.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `role` or `email`, [`Error::Refused`] with
/// `role-above`, `payment-due` or `seats-full`.
pub async fn invite(s: &Services, caller: &Caller, slug: &str, input: Invite) -> Result<Invited, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::MemberInvite)?;
    change_role::read(&input.role)?;
    let invited = scope.execute(Add { s, caller, input: &input }, s.now()).await?;
    s.wake();
    Ok(invited)
}

struct Add<'a> {
    s: &'a Services,
    caller: &'a Caller,
    input: &'a Invite,
}

impl Command for Add<'_> {
    const REQUIRES: Permission = Permission::MemberInvite;
    const DEED: Deed = Deed::Grow;
    type Output = Invited;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Invited, Error> {
        let Self { s, caller, input } = self;
        let org = tx.organization().await?;
        let rules = policy::rules(s, tx, &org).await?;
        let (email, role) = check(tx.role(), rules.as_deref(), input)?;
        make_room(s, tx).await?;
        let (new, link) = fresh(s, tx, email, role);
        match tx.add_invitation(&new).await? {
            AddInvitation::Added => {}
            AddInvitation::SeatsFull(full) => return Err(Error::refused(full)),
            AddInvitation::AlreadyMember => return Err(Error::invalid("email", refusal::already_member(&new.email))),
            AddInvitation::AlreadyInvited => return Err(Error::invalid("email", refusal::already_invited(&new.email))),
        }
        announce(s, tx, &org, &caller.email, &new, &link).await?;
        Ok(Invited { id: new.id, email: new.email, link: link.handed })
    }
}

/// Whether somebody of the role `by` may invite this address as that, whatever the seats are.
pub(crate) fn check(by: Role, rules: Option<&[DomainRule]>, input: &Invite) -> Result<(EmailAddress, Role), Error> {
    let role = change_role::read(&input.role)?;
    if !by.may_grant(role) {
        return Err(Error::Refused(refusal::role_above()));
    }
    let email: EmailAddress = input.email.parse().map_err(|no: EmailError| Error::invalid("email", no))?;
    if let Some(rules) = rules {
        admits(&email, rules).map_err(|no| Error::invalid("email", no))?;
    }
    Ok((email, role))
}

/// An invitation to be written, and its link.
pub(crate) fn fresh(s: &Services, tx: &TenantTx, email: EmailAddress, role: Role) -> (NewInvitation, Link) {
    let (token_hash, link) = fresh_link(s);
    let expires_at = tx.now().plus(LASTS);
    (NewInvitation { id: s.id(InvitationId::new), email, role, token_hash, expires_at }, link)
}

/// A link in its two forms. Both lead to the invitation; only the letter's shows that the address is the reader's,
/// because who invites has the other one too.
pub(crate) struct Link {
    pub(crate) letter: String,
    pub(crate) handed: String,
}

/// A link, and the hash under which it is kept.
pub(crate) fn fresh_link(s: &Services) -> ([u8; 32], Link) {
    let (letter, _) = token::fresh(s);
    let handed = token::handed(&letter);
    let page = format!("{}/invitations", s.settings().public_url);
    let link = Link { letter: format!("{page}/{letter}"), handed: format!("{page}/{handed}") };
    (token::of(&handed), link)
}

/// What follows when somebody is invited: requests for them are met; a letter; the line in the audit log.
pub(crate) async fn announce(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    by: &EmailAddress,
    new: &NewInvitation,
    link: &Link,
) -> Result<(), Error> {
    let NewInvitation { id, email, role, expires_at, .. } = new;
    tx.requests_met(email).await?;
    let letter = mail::invitation(&mail::InvitationLetter {
        to: email,
        organization: &org.name,
        invited_by: by,
        role: *role,
        link: &link.letter,
        expires_at: *expires_at,
    });
    tx.enqueue(s.id(OutboxId::new), &Effect::Mail(letter)).await?;
    let after = json!({ "email": email, "role": role, "expires_at": expires_at.rfc3339() });
    door::audit(s, tx, "member.invited", id, None, Some(after)).await
}
