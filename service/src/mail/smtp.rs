//! Letters that leave the house.

use async_trait::async_trait;
use store::Mail;

use super::{MailError, Mailer};

/// Sends letters to a mail server.
pub struct SmtpMailer {}

impl SmtpMailer {
    /// A mailer for `smtp://user:password@host:587` or `smtps://…:465`, writing as `from` (`Usher <usher@example.com>`).
    pub fn new(_url: &str, _from: &str) -> anyhow::Result<Self> {
        Err(anyhow::anyhow!("not built yet"))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, _mail: &Mail) -> Result<(), MailError> {
        Err(MailError::Later("not built yet".to_owned()))
    }
}
