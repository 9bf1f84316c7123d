//! Webhooks that arrive at once are stored together: one statement, and one wait for the disk, for all of them.
//!
//! Nobody waits for company. The first to come is stored alone; whoever comes while that is being written is stored by the
//! next statement, together with everybody else who came meanwhile. Each is answered when it is on the disk, not before.
//!
//! Whoever looks at the provider because of them had better wait until they have all come in: a purchase is ten of them in
//! a second, and a look that is made in between is made again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use store::{NewEvent, Store, StoreError, StoreEvent};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How many are stored by one statement at most.
const MOST: usize = 64;
/// When none has come for so long, they have come in.
const QUIET: Duration = Duration::from_millis(100);
/// Where they do not cease to come, looks are made in between after so long.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where they wait for each other.
#[derive(Clone, Default)]
pub(crate) struct Intake(Arc<Mutex<Desk>>);

#[derive(Default)]
struct Desk {
    waiting: Vec<Waiting>,
    /// Whether somebody is writing, and will look here again.
    manned: bool,
    crowd: Option<Crowd>,
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
            desk.crowd = Some(Crowd::joined(desk.crowd, Instant::now()));
            !std::mem::replace(&mut desk.manned, true)
        };
        if begin {
            tokio::spawn(Clerk(self.clone()).write(store.clone()));
        }
        // Nobody answers if the program is ending, or the writing has panicked.
        told.await.map_err(|gone| StoreError::Driver(Box::new(gone)))?
    }

    /// Until no more come in, or have come for long enough.
    pub(crate) async fn settled(&self) {
        loop {
            let crowd = self.desk().crowd;
            match crowd.map(Crowd::until).filter(|until| *until > Instant::now()) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Some that come close upon each other.
#[derive(Clone, Copy)]
struct Crowd {
    first: Instant,
    last: Instant,
}

impl Crowd {
    /// One more comes: to those before, if it comes soon enough after them.
    fn joined(before: Option<Self>, now: Instant) -> Self {
        let first = before.filter(|crowd| now - crowd.last < QUIET).map_or(now, |crowd| crowd.first);
        Self { first, last: now }
    }

    /// Until when to wait for more.
    fn until(self) -> Instant {
        (self.last + QUIET).min(self.first + PATIENCE)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_crowd_is_waited_for_and_one_that_does_not_end_is_not() {
        let began = Instant::now();
        let step = QUIET / 4;
        let mut crowd = None;
        let mut waits = 0;
        for n in 0..400 {
            let now = began + step * n;
            let joined = Crowd::joined(crowd, now);
            let waited = joined.until() > now;
            assert_eq!(waited, now < began + PATIENCE, "{n}");
            assert!(joined.until() <= now + QUIET, "{n}");
            waits += u32::from(waited);
            crowd = Some(joined);
        }
        assert_eq!(step * waits, PATIENCE);
        // After a pause the next ones are a crowd of their own.
        let later = began + step * 400 + QUIET;
        assert_eq!(Crowd::joined(crowd, later).until(), later + QUIET);
    }
}
