//! The letter about a company that is gone.

use domain::{EmailAddress, Timestamp};
use store::Mail;

use super::letter::Letter;

/// To one of its owners.
pub(crate) fn deleted(
    to: &EmailAddress,
    organization: &str,
    by: &EmailAddress,
    at: Timestamp,
    companies: &str,
) -> Mail {
    let subject = format!("{organization} was deleted");
    let what = format!(
        "{by} deleted {organization} on {}, with its members' places, its invitations and its audit log.",
        at.date_time()
    );
    let money = "What it paid for has ended at the payment provider; nothing more will be charged.";
    let small = "You get this letter because you owned it. Your account is yours as before.";
    let button = ("Open your companies", companies);
    Letter { to, subject: &subject, say: &[&what, money], button, small }.write()
}
