//! Accepting an invitation without an account: the account is made and joins, in one transaction.

use domain::ids::UserId;
use domain::{Permission, Slug, password};
use store::{Command, CreateUser, InvitationRecord, NewUser, TenantTx, Visit};

use crate::accept::join;
use crate::invitation::Waiting;
use crate::{Error, Services, SessionToken, invitation, limits, refusal, session, sign_up};

/// Makes an account for the invited address with this password, joins, and signs in.
///
/// With the link of the letter the address is proved. A link that was handed over shows nothing about who has it: who
/// invites has it too, and must not get an account in somebody else's name. So it only begins a sign-up, whose letter
/// leads back to the invitation; except where no letters are sent at all, and handing over is the only way. If the
/// address has an account by now, nothing happens, and the answer says to sign in.
///
/// # Errors
/// As [`crate::accept()`]; also [`Error::Invalid`] with `password`, [`Error::Refused`] with `account-exists` or
/// `address-unproved`, [`Error::TooMany`], [`Error::Busy`].
pub async fn accept_as_new(
    s: &Services,
    token: &str,
    password: String,
    visit: Visit,
) -> Result<(SessionToken, Slug), Error> {
    limits::attempt(s, &visit)?;
    let waiting = invitation::open(s, token, visit.clone()).await?;
    let unproved = waiting.unproved(s);
    let Waiting { scope, state, .. } = waiting;
    let invitation = &state.record;
    password::check(&password, invitation.email.as_str()).map_err(|no| Error::invalid("password", no))?;
    if unproved {
        if s.store().system().user_by_email(&invitation.email).await?.is_some() {
            return Err(Error::Refused(refusal::account_exists(&invitation.email)));
        }
        sign_up::begin(s, invitation.email.clone(), password, Some(format!("/invitations/{token}"))).await?;
        return Err(Error::Refused(refusal::address_unproved(&invitation.email)));
    }
    let password_hash = s.passwords().hash(password, s.chance()).await?;
    let user = NewUser { id: s.id(UserId::new), email: invitation.email.clone(), password_hash };
    let id = user.id;
    scope.execute(JoinAsNew { s, invitation, user }, s.now()).await?;
    s.wake();
    Ok((session::begin(s, id, &visit).await?, state.slug))
}

struct JoinAsNew<'a> {
    s: &'a Services,
    invitation: &'a InvitationRecord,
    user: NewUser,
}

impl Command for JoinAsNew<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        match tx.create_user(&self.user).await? {
            CreateUser::Created => join(self.s, tx, self.invitation, self.user.id).await,
            CreateUser::Taken => Err(Error::Refused(refusal::account_exists(&self.invitation.email))),
        }
    }
}
