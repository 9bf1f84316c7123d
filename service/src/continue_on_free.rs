//! Going on without paying.

use domain::access::Deed;
use domain::{Access, Permission};
use serde_json::json;
use store::{Command, TenantScope, TenantTx};

use crate::checkout::LookForCheckout;
use crate::delete_organization::end_what_is_paid;
use crate::entitlement::{self, Entitlement};
use crate::{Caller, Error, Services, door, refusal};

/// How often something that was bought in between is ended, too.
const ROUNDS: usize = 5;

/// The owner of an organization whose plan has ended, or is not paid, chooses the free plan. What is still alive at the
/// payment provider is ended there first.
///
/// Where the free plan has fewer seats than are held, the newest invitations are taken back and the newest members'
/// seats rest; nobody is removed.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `nothing-ended` if the plan is in order, or with
/// `payments-away`: then nothing has changed.
pub async fn continue_on_free(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    for _ in 0..ROUNDS {
        if !is_over(&scope).await? {
            return Err(Error::Refused(refusal::nothing_ended()));
        }
        end_what_is_paid(s, &scope).await?;
        if scope.execute(GoFree { s }, s.now()).await? {
            s.wake();
            return Ok(());
        }
    }
    Err(Error::Busy)
}

async fn is_over(scope: &TenantScope) -> Result<bool, Error> {
    Ok(scope.read(LookForCheckout).await?.org.access == Access::ReadOnly)
}

struct GoFree<'a> {
    s: &'a Services,
}

impl Command for GoFree<'_> {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    /// `false` if something is paid after all.
    type Output = bool;
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<bool, Error> {
        let Self { s } = self;
        if !tx.nothing_is_paid().await? {
            return Ok(false);
        }
        tx.choose_free().await?;
        let org = tx.organization().await?;
        let bought = tx.subscription().await?;
        // Whatever it was: it has ended, and the free plan is wanted.
        let bought = bought.as_ref().map(|bought| (bought, None));
        let gives = entitlement::of(s.catalog(), bought, true, &org);
        let had = Entitlement::had(&org);
        if gives != had {
            entitlement::set(s, tx, &gives).await?;
        }
        let (before, after) = (json!({ "plan": had.plan }), json!({ "plan": gives.plan, "access": gives.access }));
        door::audit(s, tx, "organization.went_free", org.id, Some(before), Some(after)).await?;
        Ok(true)
    }
}
