//! Letters: who carries them, and what they say.

use async_trait::async_trait;
use store::Mail;

mod account;
mod course;
mod deleted;
mod dev_mailbox;
mod html;
mod invitation;
mod letter;
mod payment;
mod seat;
mod smtp;

pub(crate) use account::{
    account_deleted, account_exists, address_changed, address_coming, address_leaving, address_taken, confirmation,
    password_changed, reset,
};
pub(crate) use course::{CourseLetter, course};
pub(crate) use deleted::deleted;
pub use dev_mailbox::DevMailbox;
pub(crate) use invitation::{InvitationLetter, invitation};
pub(crate) use payment::{PaymentLetter, ask_contact, payment};
pub(crate) use seat::{SeatLetter, Sender, seat};
pub use smtp::SmtpMailer;

/// Who carries letters.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one letter over. When this is done, the letter has been taken, not necessarily read.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Why a letter was not taken. Holds no part of the letter's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It may be taken later.
    #[error("the letter was not taken now: {0}")]
    Later(String),
    /// It will never be taken.
    #[error("the letter was refused: {0}")]
    Never(String),
}
