//! Webhooks that arrive at once are stored together: one statement, and one wait for the disk, for all of them.
//!
//! Nobody waits for company. The first to come is stored alone; whoever comes while that is being written is stored by the
//! next statement, together with everybody else who came meanwhile. Each is answered when it is on the disk, not before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Timestamp;
use store::{NewEvent, Store, StoreError, StoreEvent};
use tokio::sync::oneshot;

/// How many are stored by one statement at most.
const MOST: usize = 64;

/// Where they wait for each other.
#[derive(Clone, Default)]
pub(crate) struct Intake(Arc<Mutex<Desk>>);

#[derive(Default)]
struct Desk {
    waiting: Vec<Waiting>,
    /// Whether somebody is writing, and will look here again.
    manned: bool,
}

struct Waiting {
    new: NewEvent,
    came_at: Timestamp,
    tell: oneshot::Sender<Result<StoreEvent, StoreError>>,
}

impl Intake {
    /// Stores a webhook. That goes on when the caller goes away meanwhile: others are stored with it.
    pub(crate) async fn store(
        &self,
        store: &Store,
        new: NewEvent,
        came_at: Timestamp,
    ) -> Result<StoreEvent, StoreError> {
        let (tell, told) = oneshot::channel();
        let begin = {
            let mut desk = self.desk();
            desk.waiting.push(Waiting { new, came_at, tell });
            !std::mem::replace(&mut desk.manned, true)
        };
        if begin {
            tokio::spawn(Clerk(self.clone()).write(store.clone()));
        }
        // Nobody answers if the program is ending, or the writing has panicked.
        told.await.map_err(|gone| StoreError::Driver(Box::new(gone)))?
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who writes. There is one, and while there is work it stays.
struct Clerk(Intake);

impl Clerk {
    async fn write(self, store: Store) {
        while let Some(together) = self.next() {
            // They came within one write of each other; the last one's time is when all are there.
            let Some(at) = together.iter().map(|one| one.came_at).max() else { continue };
            let (new, tell): (Vec<_>, Vec<_>) = together.into_iter().map(|one| (one.new, one.tell)).unzip();
            for (tell, ended) in tell.into_iter().zip(store.system().store_events(&new, at).await) {
                // Whoever has gone away is not told.
                drop(tell.send(ended));
            }
        }
    }

    /// Those who have waited longest; without any, the work is over, and whoever comes next begins it anew.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut desk = self.0.desk();
        desk.manned = !desk.waiting.is_empty();
        let most = desk.waiting.len().min(MOST);
        desk.manned.then(|| desk.waiting.drain(..most).collect())
    }
}

impl Drop for Clerk {
    /// After a panic, the next one to come finds nobody at the desk, and writes.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.desk().manned = false;
        }
    }
}
