//! Payments that do not come, and letters about money: to owners and billing contacts, each step once.

use std::time::Duration;

use domain::dunning::{self, Case, Move, Step};
use domain::ids::OutboxId;
use domain::subscription::ProviderInvoiceId;
use domain::{EmailAddress, Invoice, InvoiceStatus, Subscription, SubscriptionStatus};
use store::{Effect, OrgRecord, TenantRead, TenantTx};

use crate::mail::{PaymentLetter, payment};
use crate::{Error, Services, tell};

/// How often an owed invoice is looked at again, in case an event was lost.
pub(crate) const LOOK_EVERY: Duration = Duration::from_hours(6);
/// An invoice that we first hear of so late is no news any more.
const NEWS: Duration = Duration::from_hours(3 * 24);

/// What the state of an invoice does to its case, and tells who is to be told.
pub(crate) async fn follow(s: &Services, tx: &mut TenantTx, org: &OrgRecord, invoice: &Invoice) -> Result<(), Error> {
    let now = s.billing_now();
    let bought = match &invoice.subscription {
        Some(id) => tx.subscription_by_id(id).await?,
        None => None,
    };
    let owed = invoice.is_owed(waiting(bought.as_ref()), now);
    let case = tx.dunning_case(&invoice.id).await?;
    let (mv, step) = dunning::next(case, invoice, owed, given_up(bought.as_ref()), now);
    match mv {
        Move::Stay => {}
        Move::Open => tx.open_case(&invoice.id, now, s.now().plus(LOOK_EVERY)).await?,
        Move::Close => tx.close_case(&invoice.id, now).await?,
    }
    let Some(step) = step else { return Ok(()) };
    let opened_at = case.map_or(now, |Case { opened_at, .. }| opened_at);
    let until = opened_at.plus(s.settings().grace);
    let letter = match step {
        Step::Failed(_) => PaymentLetter::Failed { invoice, until },
        Step::Confirm => PaymentLetter::Confirm { invoice },
        Step::Recovered => PaymentLetter::Recovered { invoice },
        Step::Ended => PaymentLetter::Ended { invoice },
    };
    let to = everybody(tx).await?;
    let told = once(s, tx, org, &step.key(invoice), &letter, &to).await?;
    if told && mv != Move::Close {
        tx.told_of_case(&invoice.id, now).await?;
    }
    Ok(())
}

/// The same for all that is owed, because the subscription has changed.
pub(crate) async fn follow_all(s: &Services, tx: &mut TenantTx, org: &OrgRecord) -> Result<(), Error> {
    for invoice in tx.owed().await? {
        follow(s, tx, org, &invoice).await?;
    }
    Ok(())
}

/// Sends a paid invoice to the billing contacts, once.
pub(crate) async fn send_copies(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    invoice: &Invoice,
) -> Result<(), Error> {
    let news = invoice.paid_at.is_some_and(|at| s.billing_now().since(at) < NEWS);
    if invoice.status != InvoiceStatus::Paid || invoice.total.minor <= 0 || !news {
        return Ok(());
    }
    let to = contacts(tx).await?;
    once(s, tx, org, &format!("{}:copy", invoice.id), &PaymentLetter::Paid { invoice }, &to).await?;
    Ok(())
}

/// Tells this to these people, unless it was told before; says whether it was told now.
pub(crate) async fn once(
    s: &Services,
    tx: &mut TenantTx,
    org: &OrgRecord,
    key: &str,
    letter: &PaymentLetter<'_>,
    to: &[EmailAddress],
) -> Result<bool, Error> {
    if !tx.first_notice(key).await? {
        return Ok(false);
    }
    let home = tell::home(s, org);
    for one in to {
        tx.enqueue(s.id(OutboxId::new), &Effect::Mail(payment(one, &org.name, &home, letter))).await?;
    }
    s.wake();
    Ok(true)
}

/// Owners and billing contacts, each address once.
pub(crate) async fn everybody(tx: &mut TenantRead) -> Result<Vec<EmailAddress>, Error> {
    let mut all: Vec<EmailAddress> = tx.owners().await?.into_iter().map(|owner| owner.email).collect();
    for contact in contacts(tx).await? {
        if all.iter().all(|known| known.folded() != contact.folded()) {
            all.push(contact);
        }
    }
    Ok(all)
}

/// The billing contacts who have said yes, the first of them first.
pub(crate) async fn contacts(tx: &mut TenantRead) -> Result<Vec<EmailAddress>, Error> {
    let all = tx.billing_contacts().await?;
    Ok(all.into_iter().filter(|contact| contact.confirmed_at.is_some()).map(|contact| contact.email).collect())
}

/// The invoice of a change that happens only when it is paid.
pub(crate) fn waiting(bought: Option<&Subscription>) -> Option<&ProviderInvoiceId> {
    bought?.waiting.as_ref()?.invoice.as_ref()
}

/// Whether the provider tries no more.
fn given_up(bought: Option<&Subscription>) -> bool {
    bought.is_some_and(|bought| matches!(bought.status, SubscriptionStatus::Unpaid | SubscriptionStatus::Canceled))
}
