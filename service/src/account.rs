//! One's own account.

use domain::view::AccountView;

use crate::{Caller, Error, Services};

/// The caller's account: address, pending change, organizations, what happened to it.
pub async fn account(s: &Services, caller: &Caller) -> Result<AccountView, Error> {
    let _ = (s, caller);
    Err(Error::Busy)
}
