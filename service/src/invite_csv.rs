//! Inviting the people of a CSV file.

use domain::view::BatchReport;

use crate::{Caller, Error, Services, invite_several, people_file};

/// Invites the people of a file with the columns `email` and `role`: each line with something on it has its own
/// outcome, under its number in the file. A line with the columns' names may come first; no role means member; commas,
/// semicolons and tabs divide. Otherwise as [`crate::invite_several()`].
///
/// # Errors
/// As [`crate::invite_several()`].
pub async fn invite_csv(s: &Services, caller: &Caller, slug: &str, text: String) -> Result<BatchReport, Error> {
    invite_several::several(s, caller, slug, people_file::read(&text)).await
}
