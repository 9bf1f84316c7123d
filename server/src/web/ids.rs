//! Names of requests.

use std::sync::Arc;

use service::{Entropy, SystemEntropy};

/// Makes them: 16 hexadecimal digits by chance, so that they stay apart over restarts and over nodes.
#[derive(Clone)]
pub struct Ids(Arc<dyn Entropy>);

impl Default for Ids {
    fn default() -> Self {
        Self(Arc::new(SystemEntropy))
    }
}

impl Ids {
    /// The next one.
    #[must_use]
    pub fn next(&self) -> String {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        format!("{:016x}", u64::from_be_bytes(bytes))
    }
}
