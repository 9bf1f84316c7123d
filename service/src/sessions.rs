//! One's signed-in browsers.

use domain::view::SessionsView;

use crate::{Caller, Error, Services};

/// The caller's signed-in browsers.
pub async fn sessions(s: &Services, caller: &Caller) -> Result<SessionsView, Error> {
    let _ = (s, caller);
    Err(Error::Busy)
}
