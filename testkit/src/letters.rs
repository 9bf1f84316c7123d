//! A mailer that keeps what it is given.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use service::{MailError, Mailer};
use store::Mail;

/// All letters that were sent, in order.
#[derive(Debug, Default)]
pub struct Letters {
    sent: Mutex<Vec<Mail>>,
    away: AtomicBool,
}

impl Letters {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Mail> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those to an address.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.all().into_iter().filter(|mail| mail.to == address).collect()
    }

    /// While true, no letter is taken.
    pub fn be_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }
}

#[async_trait]
impl Mailer for Letters {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(MailError::Later("the mailer is away".to_owned()));
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        Ok(())
    }
}
