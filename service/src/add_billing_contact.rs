//! Naming somebody who gets invoices and letters about payments, and needs no seat.

use std::time::Duration;

use domain::access::Deed;
use domain::ids::{BillingContactId, OutboxId};
use domain::{EmailAddress, Permission};
use serde_json::json;
use store::{Command, Effect, NewBillingContact, TenantTx};

use crate::mail::ask_contact;
use crate::{Caller, Error, Services, door, limits, refusal, token};

/// How long a link waits for its answer.
pub(crate) const WAITS: Duration = Duration::from_hours(14 * 24);
/// More than any company has people who keep its books.
const MOST: usize = 20;

/// Enters an address and asks it. Nothing else is sent there before it has said yes.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `email`, [`Error::Refused`] with
/// `too-many-contacts`, [`Error::TooMany`].
pub async fn add_billing_contact(s: &Services, caller: &Caller, slug: &str, email: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let email = email.parse::<EmailAddress>().map_err(|no| Error::invalid("email", no))?;
    limits::letter(s, &email)?;
    scope.execute(Add { s, email, by: &caller.email }, s.now()).await?;
    s.wake();
    Ok(())
}

struct Add<'a> {
    s: &'a Services,
    email: EmailAddress,
    by: &'a EmailAddress,
}

impl Command for Add<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        let Self { s, email, by } = self;
        if tx.billing_contacts().await?.len() >= MOST {
            return Err(Error::Refused(refusal::too_many_contacts(MOST)));
        }
        let (token, token_hash) = token::fresh(s);
        let id = s.id(BillingContactId::new);
        let new = NewBillingContact { id, email: email.clone(), token_hash, expires_at: tx.now().plus(WAITS) };
        if !tx.add_billing_contact(&new).await? {
            return Err(Error::invalid("email", refusal::contact_known(&email)));
        }
        let org = tx.organization().await?;
        let link = format!("{}/billing-contact/{token}", s.settings().public_url);
        tx.enqueue(s.id(OutboxId::new), &Effect::Mail(ask_contact(&email, &org.name, by, &link))).await?;
        door::audit(s, tx, "billing.contact_added", id, None, Some(json!({ "email": email }))).await
    }
}
