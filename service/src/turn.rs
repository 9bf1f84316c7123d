//! One at a time, for each organization, on this node.
//!
//! Only courtesy towards the payment provider, so that twenty clicks do not ask it twenty times at once. What must
//! hold on all nodes (one customer, one open page) is kept by the database and by idempotency keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use domain::ids::OrgId;
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};

/// Whose turn it is.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<OrgId, Weak<Queue<()>>>>);

impl Turns {
    /// Waits for the organization's turn, which lasts until the answer is dropped.
    pub(crate) async fn take(&self, org: OrgId) -> OwnedMutexGuard<()> {
        let queue = {
            let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            queues.retain(|_, queue| queue.strong_count() > 0);
            let queue = queues.get(&org).and_then(Weak::upgrade).unwrap_or_default();
            queues.insert(org, Arc::downgrade(&queue));
            queue
        };
        queue.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_organization_waits_for_itself_and_not_for_others() {
        let turns = Turns::default();
        let one = OrgId::new(domain::Timestamp::from_secs(0), [1; 10]);
        let other = OrgId::new(domain::Timestamp::from_secs(0), [2; 10]);
        let first = turns.take(one).await;
        let _unhindered = turns.take(other).await;
        let mut second = std::pin::pin!(turns.take(one));
        assert!(futures::poll!(second.as_mut()).is_pending());
        drop(first);
        let _now = second.await;
    }
}
