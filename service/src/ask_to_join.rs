//! Asking to join one's company, without learning whether it is here.

use std::time::Duration;

use domain::access::Deed;
use domain::email::company_domain;
use domain::ids::{OutboxId, SeatRequestId, UserId};
use domain::{Permission, Role};
use store::{AccountLetter, AddRequest, Command, NewSeatRequest, TenantTx};

use crate::request_seat::asked;
use crate::words::words;
use crate::{Caller, Error, Services, limits};

/// For so long a no stands: asking again is heard by nobody.
const NO_STANDS: Duration = Duration::from_hours(30 * 24);

/// Asks every organization of the caller's own e-mail domain for a seat. Free mailboxes are nobody's company.
///
/// The answer is the same whatever exists, and so is the work: a wish is written down, and the worker looks who it is
/// for. Only an organization that has shown that the domain is its own, or was made from it, hears of it, and only while
/// it takes such requests; its owners get a letter. Who asks hears from it when the answer is yes.
///
/// # Errors
/// [`Error::Invalid`] with `note`, [`Error::TooMany`].
pub async fn ask_to_join(s: &Services, caller: &Caller, note: Option<String>) -> Result<(), Error> {
    let note = words("note", note)?;
    limits::attempt(s, &caller.visit)?;
    limits::letter(s, &caller.email)?;
    let wish = AccountLetter::AskToJoin { user: caller.user, note };
    s.store().system().wish_account_letter(s.id(OutboxId::new), &wish, s.now()).await?;
    s.wake();
    Ok(())
}

/// Brings the wish to the organizations that it is for. Twice is the same as once.
pub(crate) async fn bring(s: &Services, user: UserId, note: Option<&str>) -> Result<(), Error> {
    let Some(account) = s.store().system().account(user).await? else { return Ok(()) };
    let Some(domain) = company_domain(&account.email) else { return Ok(()) };
    for org in s.store().system().joinable(&domain).await? {
        let scope = s.store().system().act_for(org, "request to join").await?;
        let new = NewSeatRequest {
            id: s.id(SeatRequestId::new),
            email: account.email.clone(),
            user: Some(user),
            asked_by: None,
            role: Role::Member,
            note: note.map(str::to_owned),
        };
        scope.execute(Ask { s, new: &new }, s.now()).await?;
    }
    Ok(())
}

struct Ask<'a> {
    s: &'a Services,
    new: &'a NewSeatRequest,
}

impl Command for Ask<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    const DEED: Deed = Deed::Change;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, new } = self;
        let since = tx.now().minus(NO_STANDS);
        if tx.declined_since(&new.email, since).await? {
            return Ok(());
        }
        match tx.add_seat_request(new).await? {
            AddRequest::Added => {}
            AddRequest::AlreadyAsked | AddRequest::AlreadyMember | AddRequest::AlreadyInvited => return Ok(()),
        }
        let org = tx.organization().await?;
        asked(s, tx, &org, new, None).await
    }
}
