//! The end of a company.
//!
//! The only way there is: a person deletes their account only when others own their companies, and nothing else deletes
//! an organization. So what is paid ends here, before anything is deleted, or nothing is.

use domain::access::Deed;
use domain::ids::{OutboxId, UserId};
use domain::subscription::ProviderCustomerId;
use domain::{EmailAddress, Permission};
use serde_json::json;
use store::{Command, DeleteOrganization, Effect, TenantScope, TenantTx};

use crate::checkout::LookForCheckout;
use crate::{Caller, Error, Services, checkout, door, mail, prove, refusal, sync_subscription};

/// How often something that was bought in between is ended, too.
const ROUNDS: usize = 5;

/// Deletes an organization with everything that is its own, after what it pays for has ended at the payment provider.
///
/// `typed` is its slug, written by hand. A tombstone with the provider's ids stays, so that a webhook that comes late is
/// recognised. The owners get a letter.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `typed` or `password`, [`Error::TooMany`], and
/// [`Error::Refused`] with `not-ended` if the provider does not answer: then nothing is deleted.
pub async fn delete_organization(
    s: &Services,
    caller: &Caller,
    slug: &str,
    typed: &str,
    password: String,
) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::OrganizationClose)?;
    if typed.trim() != scope.slug().as_str() {
        return Err(Error::invalid("typed", refusal::not_its_slug(scope.slug())));
    }
    prove::prove(s, caller, "password", password).await?;
    let _turn = s.turns().take(scope.org()).await;
    for _ in 0..ROUNDS {
        let customer = end_what_is_paid(s, &scope).await.map_err(nothing_deleted)?;
        let Some(gone) = scope.execute(Delete { s, by: caller.user }, s.now()).await? else { continue };
        if let Some(customer) = &customer {
            // What waits for this customer to become known is recognised as late now.
            s.store().system().requeue_parked(customer).await?;
        }
        let companies = format!("{}/app", s.settings().public_url);
        for owner in &gone.owners {
            let letter = mail::deleted(owner, &gone.name, &caller.email, s.now(), &companies);
            s.store().system().enqueue_system(s.id(OutboxId::new), &Effect::Mail(letter), s.now()).await?;
        }
        s.wake();
        return Ok(());
    }
    Err(Error::Busy)
}

/// Closes the payment page and ends every subscription at the provider, also one that the mirror does not know.
pub(crate) async fn end_what_is_paid(s: &Services, scope: &TenantScope) -> Result<Option<ProviderCustomerId>, Error> {
    let found = scope.read(LookForCheckout).await?;
    if let Some(page) = &found.open_checkout {
        checkout::abandon(s, scope, page).await?;
    }
    let Some(customer) = found.org.customer else { return Ok(None) };
    for known in s.payments().subscriptions_of(&customer, s.now()).await? {
        if known.subscription.status.is_terminal() {
            sync_subscription(s, scope.org(), &known.subscription.id).await?;
        } else {
            sync_subscription::end(s, scope.org(), &known.subscription.id).await?;
        }
    }
    Ok(Some(customer))
}

/// That the provider is away is said in the words of what was asked.
fn nothing_deleted(error: Error) -> Error {
    match error {
        Error::Refused(no) if no.code == "payments-away" => Error::Refused(refusal::not_ended()),
        other => other,
    }
}

struct Delete<'a> {
    s: &'a Services,
    by: UserId,
}

struct Gone {
    name: String,
    owners: Vec<EmailAddress>,
}

impl Command for Delete<'_> {
    const REQUIRES: Permission = Permission::OrganizationClose;
    const DEED: Deed = Deed::Settle;
    /// `None` if something is paid after all.
    type Output = Option<Gone>;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<Option<Gone>, Error> {
        let Self { s, by } = self;
        if !tx.nothing_is_paid().await? {
            return Ok(None);
        }
        let org = tx.organization().await?;
        let owners = tx.owners().await?.into_iter().map(|owner| owner.email).collect();
        // The last line of a log that goes with the rest: its hash is the head that the tombstone keeps.
        let before =
            json!({ "slug": org.slug, "name": org.name, "customer": org.customer, "members": org.seats.active });
        door::audit(s, tx, "organization.deleted", org.id, Some(before), None).await?;
        match tx.delete_organization(by).await? {
            DeleteOrganization::Deleted => Ok(Some(Gone { name: org.name, owners })),
            DeleteOrganization::StillPaid => Ok(None),
        }
    }
}
