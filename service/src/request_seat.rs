//! Asking for a colleague's seat.

use domain::email::{EmailError, admits};
use domain::ids::SeatRequestId;
use domain::{EmailAddress, Permission, Role};
use serde_json::json;
use store::{AddRequest, Command, NewSeatRequest, OrgRecord, TenantTx};

use crate::mail::SeatLetter;
use crate::tell::tell;
use crate::words::words;
use crate::{Caller, Error, Services, change_role, door, policy, refusal};

/// What the form says.
#[derive(Clone, Debug)]
pub struct RequestSeat {
    /// The colleague's address, as typed.
    pub email: String,
    /// The role's word; empty: member.
    pub role: String,
    /// Why, for who answers.
    pub note: Option<String>,
}

/// Asks for a seat for a colleague; any member may, and the owners get a letter. Nothing is held for them until
/// somebody says yes.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`] with `email`, `role` or `note`, [`Error::Refused`] with `role-above`.
pub async fn request_seat(s: &Services, caller: &Caller, slug: &str, input: RequestSeat) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    let RequestSeat { email, role, note } = input;
    let role = if role.trim().is_empty() { Role::Member } else { change_role::read(&role)? };
    let email: EmailAddress = email.parse().map_err(|no: EmailError| Error::invalid("email", no))?;
    let new = NewSeatRequest {
        id: s.id(SeatRequestId::new),
        email,
        user: None,
        asked_by: Some(caller.user),
        role,
        note: words("note", note)?,
    };
    scope.execute(Ask { s, caller, new: &new }, s.now()).await?;
    s.wake();
    Ok(())
}

/// The roles that somebody may ask for: those they may grant, and in any case that of who works.
pub(crate) fn askable(role: Role) -> Vec<Role> {
    Role::ALL.into_iter().filter(|other| role.may_grant(*other) || Role::Member.may_grant(*other)).collect()
}

struct Ask<'a> {
    s: &'a Services,
    caller: &'a Caller,
    new: &'a NewSeatRequest,
}

impl Command for Ask<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, caller, new } = self;
        if !askable(tx.role()).contains(&new.role) {
            return Err(Error::Refused(refusal::role_above()));
        }
        let org = tx.organization().await?;
        if let Some(rules) = policy::rules(s, tx, &org).await? {
            admits(&new.email, &rules).map_err(|no| Error::invalid("email", no))?;
        }
        match tx.add_seat_request(new).await? {
            AddRequest::Added => {}
            AddRequest::AlreadyAsked => return Err(Error::invalid("email", refusal::already_asked(&new.email))),
            AddRequest::AlreadyMember => return Err(Error::invalid("email", refusal::already_member(&new.email))),
            AddRequest::AlreadyInvited => return Err(Error::invalid("email", refusal::already_invited(&new.email))),
        }
        asked(s, tx, &org, new, Some(caller)).await
    }
}

/// What follows when somebody has asked: the owners get a letter, but who asks; and a line in the audit log.
pub(crate) async fn asked(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    new: &NewSeatRequest,
    by: Option<&Caller>,
) -> Result<(), Error> {
    let NewSeatRequest { id, email, role, note, .. } = new;
    let letter = SeatLetter::Asked { who: email, by: by.map(|by| &by.email), role: *role, note: note.as_deref() };
    for owner in tx.owners().await?.into_iter().filter(|owner| by.is_none_or(|by| by.user != owner.user)) {
        tell(s, tx, org, &owner.email, &letter).await?;
    }
    let after = json!({ "email": email, "role": role, "note": note });
    door::audit(s, tx, "request.made", id, None, Some(after)).await
}
