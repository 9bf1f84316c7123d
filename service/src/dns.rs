//! The question that proves a domain: which texts stand at a name.

use async_trait::async_trait;

mod name_servers;

pub use name_servers::NameServers;

/// Who knows.
#[async_trait]
pub trait TxtLookup: Send + Sync {
    /// The TXT records at `name`, a whole name without a dot at its end. A name that is not there has none.
    async fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer>;
}

/// Nobody knows now. It says nothing about the name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no name server has answered: {0}")]
pub struct NoAnswer(pub String);

/// Where no name server is known, that is the answer to every question.
#[async_trait]
impl TxtLookup for NoAnswer {
    async fn txt(&self, _: &str) -> Result<Vec<String>, NoAnswer> {
        Err(self.clone())
    }
}
