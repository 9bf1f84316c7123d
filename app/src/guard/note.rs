//! What a page says once, after a plain form did what it was asked.

use domain::EmailAddress;
use serde::{Deserialize, Serialize};
use service::Services;

use super::flash;
use crate::routes::Page;

const NAME: &str = "usher_note";

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// With the link of a letter.
    PasswordSet,
    /// With the old one.
    PasswordChanged,
    /// Both addresses get a letter.
    AddressWanted(EmailAddress),
    /// The change of address was taken back.
    AddressKept(EmailAddress),
    /// One address has said yes, this one has not.
    AddressWaits(EmailAddress),
    /// Both have.
    AddressChanged(EmailAddress),
    /// One other browser is signed out.
    SignedOut,
    /// All others are.
    OthersSignedOut,
    /// This browser too.
    AllSignedOut,
    /// There is no account any more.
    AccountDeleted,
}

impl Note {
    /// Leaves it for a page.
    pub fn leave(&self, services: &Services, page: Page) {
        flash::leave_as(NAME, services, page.path(), self);
    }

    /// Takes what was left for a page.
    #[must_use]
    pub fn take(services: &Services, page: Page) -> Option<Self> {
        flash::take_as(NAME, services, page.path())
    }

    /// The sentences.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::PasswordSet => {
                "Your new password is set, and you are signed in. Every other browser is signed out.".to_owned()
            }
            Self::PasswordChanged => "Your password is changed. Every other browser is signed out.".to_owned(),
            Self::AddressWanted(email) => format!(
                "Two letters are on their way, one to {email} and one to the address you have now. Once both have said yes, the address changes."
            ),
            Self::AddressKept(email) => format!("Your address stays {email}. The links in the letters are void."),
            Self::AddressWaits(email) => {
                format!("That address has said yes. The change happens once {email} says yes too; a letter is there.")
            }
            Self::AddressChanged(email) => {
                format!("Your address is now {email}, in all your companies. Sign in with it from now on.")
            }
            Self::SignedOut => "That browser is signed out.".to_owned(),
            Self::OthersSignedOut => "Every other browser is signed out.".to_owned(),
            Self::AllSignedOut => "You are signed out everywhere, here too.".to_owned(),
            Self::AccountDeleted => {
                "Your account is deleted, and your seats are free for others. Your sign-in works no more.".to_owned()
            }
        }
    }
}
