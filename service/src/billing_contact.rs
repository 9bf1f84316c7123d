//! What becomes of a billing contact: its own yes, and what an owner does with it.

use domain::access::Deed;
use domain::ids::{BillingContactId, OutboxId};
use domain::view::ContactView;
use domain::{EmailAddress, Permission};
use serde_json::{Value, json};
use store::{BillingContactRecord, Command, Effect, Query, TenantRead, TenantTx};

use crate::add_billing_contact::WAITS;
use crate::mail::ask_contact;
use crate::{Caller, Error, Services, door, limits, refusal, token};

/// What somebody who opens the link in the letter is shown. Changes nothing: programs that read mail open links too.
///
/// # Errors
/// [`Error::NotFound`] for an unknown link, [`Error::Refused`] with `contact-expired`.
pub async fn billing_contact(s: &Services, token: &str) -> Result<ContactView, Error> {
    let (organization, contact) = open(s, token).await?;
    Ok(ContactView { organization, confirmed: contact.confirmed_at.is_some(), email: contact.email })
}

/// The owner of the address says yes; saying it twice is no error. Gives the organization's name.
///
/// # Errors
/// As [`billing_contact`].
pub async fn confirm_billing_contact(s: &Services, token: &str) -> Result<String, Error> {
    let (organization, contact) = open(s, token).await?;
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let org = s.store().system().org_of_billing_contact(&hash).await?.ok_or(Error::NotFound)?;
    let scope = s.store().system().act_for(org, "a billing contact's own yes").await?;
    scope.execute(Mark { s, id: contact.id, how: How::Confirm }, s.now()).await?;
    s.wake();
    Ok(organization)
}

/// From now on the provider's own letters go to this contact.
///
/// # Errors
/// [`Error::NotFound`], also for a contact that has not said yes; [`Error::Forbidden`].
pub async fn prefer_billing_contact(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: BillingContactId,
) -> Result<(), Error> {
    mark(s, caller, slug, id, How::Prefer).await
}

/// Takes a contact away.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn remove_billing_contact(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: BillingContactId,
) -> Result<(), Error> {
    mark(s, caller, slug, id, How::Remove).await
}

/// Asks a contact again, with another link.
///
/// # Errors
/// [`Error::NotFound`], also for a contact that has said yes; [`Error::Forbidden`], [`Error::TooMany`].
pub async fn resend_billing_contact(
    s: &Services,
    caller: &Caller,
    slug: &str,
    id: BillingContactId,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Resend { s, id, by: &caller.email }, s.now()).await?;
    s.wake();
    Ok(())
}

async fn mark(s: &Services, caller: &Caller, slug: &str, id: BillingContactId, how: How) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.execute(Mark { s, id, how }, s.now()).await?;
    s.wake();
    Ok(())
}

async fn open(s: &Services, token: &str) -> Result<(String, BillingContactRecord), Error> {
    let hash = token::hash(token).ok_or(Error::NotFound)?;
    let org = s.store().system().org_of_billing_contact(&hash).await?.ok_or(Error::NotFound)?;
    let scope = s.store().system().act_for(org, "a billing contact's link").await?;
    let contact = scope.read(ByToken { hash }).await?.ok_or(Error::NotFound)?;
    if contact.confirmed_at.is_none() && contact.expires_at <= s.now() {
        return Err(Error::Refused(refusal::contact_expired()));
    }
    Ok((scope.name().to_owned(), contact))
}

struct ByToken {
    hash: [u8; 32],
}

impl Query for ByToken {
    const REQUIRES: Permission = Permission::BillingManage;
    type Output = Option<BillingContactRecord>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.billing_contact_by_token(&self.hash).await?)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Confirm,
    Prefer,
    Remove,
}

struct Mark<'a> {
    s: &'a Services,
    id: BillingContactId,
    how: How,
}

impl Command for Mark<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id, how } = self;
        let email = email(tx, id).await?;
        let (done, action) = match how {
            How::Confirm => (tx.confirm_billing_contact(id).await?, "billing.contact_confirmed"),
            How::Prefer => (tx.prefer_billing_contact(id).await?, "billing.contact_preferred"),
            How::Remove => (tx.remove_billing_contact(id).await?, "billing.contact_removed"),
        };
        if !done {
            // Said before, by the same link.
            return if how == How::Confirm { Ok(()) } else { Err(Error::NotFound) };
        }
        // The first of them is the one whom the provider writes to.
        tx.enqueue(s.id(OutboxId::new), &Effect::BillingDetails).await?;
        let told: Value = json!({ "email": email });
        let (before, after) = if how == How::Remove { (Some(told), None) } else { (None, Some(told)) };
        door::audit(s, tx, action, id, before, after).await
    }
}

async fn email(tx: &mut TenantRead, id: BillingContactId) -> Result<EmailAddress, Error> {
    let all = tx.billing_contacts().await?;
    all.into_iter().find(|contact| contact.id == id).map(|contact| contact.email).ok_or(Error::NotFound)
}

struct Resend<'a> {
    s: &'a Services,
    id: BillingContactId,
    by: &'a EmailAddress,
}

impl Command for Resend<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, id, by } = self;
        let email = email(tx, id).await?;
        limits::letter(s, &email)?;
        let (token, hash) = token::fresh(s);
        let until = tx.now().plus(WAITS);
        if !tx.renew_billing_contact(id, &hash, until).await? {
            return Err(Error::NotFound);
        }
        let org = tx.organization().await?;
        let link = format!("{}/billing-contact/{token}", s.settings().public_url);
        tx.enqueue(s.id(OutboxId::new), &Effect::Mail(ask_contact(&email, &org.name, by, &link))).await?;
        door::audit(s, tx, "billing.contact_asked_again", id, None, Some(json!({ "email": email }))).await
    }
}
