//! Letters that do not leave the house: they are kept in the database and read on a page of development.

use std::sync::Arc;

use async_trait::async_trait;
use store::{Mail, Store};

use super::{MailError, Mailer};
use crate::{Clock, Entropy};

/// Keeps letters in the database.
pub struct DevMailbox {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl DevMailbox {
    /// A mailbox in this database.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, clock, entropy }
    }
}

#[async_trait]
impl Mailer for DevMailbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let now = self.clock.now();
        let mut chance = [0; 10];
        self.entropy.fill(&mut chance);
        self.store
            .system()
            .deliver_to_dev_mailbox(domain::ids::MailId::new(now, chance), mail, now)
            .await
            .map_err(|error| MailError::Later(error.to_string()))
    }
}
