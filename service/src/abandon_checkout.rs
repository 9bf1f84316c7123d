//! The buyer comes back from the payment page without paying.

use domain::Permission;

use crate::checkout::LookForCheckout;
use crate::{Caller, Error, Services, checkout, door};

/// Closes the organization's open payment page, here and at the provider, so that nobody pays on it later. Nothing
/// happens if none is open. Had somebody paid after all, the purchase stands and is brought into the mirror.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] with `payments-away`.
pub async fn abandon_checkout(s: &Services, caller: &Caller, slug: &str) -> Result<(), Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::BillingManage)?;
    let _turn = s.turns().take(scope.org()).await;
    if let Some(page) = scope.read(LookForCheckout).await?.open_checkout {
        checkout::abandon(s, &scope, &page).await?;
    }
    Ok(())
}
