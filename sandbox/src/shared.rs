//! The state behind its lock, with those who wait for it: the saver, the postman, pages.

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::control::Fault;
use crate::engine::{Caller, Engine};
use crate::record::Recorder;
use crate::state::{self, State};

/// What everything in a running sandbox holds on to.
pub struct Shared {
    inner: Mutex<Inner>,
    /// Where the sandbox is reached, ending in `/`.
    pub base: String,
    /// Quick retries of webhooks.
    pub fast: bool,
    clock: Clock,
    path: Option<PathBuf>,
    /// Where exchanges are written down.
    pub recorder: Option<Recorder>,
    changed: Notify,
    writing: Mutex<()>,
    saved: watch::Sender<Saved>,
    /// Wakes the postman.
    pub post: Notify,
    /// Counts whatever may have happened to a delivery.
    pub moved: watch::Sender<u64>,
}

/// What the lock guards.
pub struct Inner {
    pub state: State,
    version: u64,
    /// No webhook leaves.
    pub held: bool,
    /// Webhooks that are on the wire.
    pub flying: usize,
    /// What the next requests meet.
    pub faults: VecDeque<Fault>,
    /// Idempotency keys of requests that are being answered.
    pub in_flight: HashSet<String>,
}

#[derive(Clone, Debug, Default)]
struct Saved {
    version: u64,
    error: Option<String>,
}

impl Shared {
    pub fn new(state: State, base: String, path: Option<PathBuf>, fast: bool, clock: Clock) -> Self {
        Self {
            inner: Mutex::new(Inner {
                state,
                version: 1,
                held: false,
                flying: 0,
                faults: VecDeque::new(),
                in_flight: HashSet::new(),
            }),
            base,
            fast,
            clock,
            path,
            recorder: None,
            changed: Notify::new(),
            writing: Mutex::new(()),
            saved: watch::Sender::new(Saved::default()),
            post: Notify::new(),
            moved: watch::Sender::new(0),
        }
    }

    /// Writes exchanges down from now on.
    pub fn recording(self, recorder: Option<Recorder>) -> Self {
        Self { recorder, ..self }
    }

    /// The lock. Never held over an await.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sandbox's time: that of its clock, and what the time machine has added.
    pub fn now(&self, inner: &Inner) -> i64 {
        self.clock.now() + inner.state.ahead
    }

    /// Lets the engine act now. Answers with what it says and the version of the state to wait for.
    pub fn act<T>(&self, caller: Caller, act: impl FnOnce(&mut Engine) -> T) -> (T, u64) {
        let mut inner = self.lock();
        let answer = self.act_locked(&mut inner, caller, act);
        (answer, inner.version)
    }

    /// The same for who holds the lock already.
    pub fn act_locked<T>(&self, inner: &mut Inner, caller: Caller, act: impl FnOnce(&mut Engine) -> T) -> T {
        let now = self.now(inner);
        let mut engine = Engine { state: &mut inner.state, now, base: &self.base, caller: Caller::default() };
        engine.tick();
        engine.caller = caller;
        let answer = act(&mut engine);
        self.touch(inner);
        answer
    }

    /// Lets time pass; a new version only when something came of it.
    pub fn tick(&self) {
        let mut inner = self.lock();
        let before = inner.state.ids.drawn();
        let now = self.now(&inner);
        let mut engine = Engine { state: &mut inner.state, now, base: &self.base, caller: Caller::default() };
        engine.tick();
        if inner.state.ids.drawn() != before {
            self.touch(&mut inner);
        }
    }

    /// Says that the state changed.
    pub fn touch(&self, inner: &mut Inner) -> u64 {
        inner.version += 1;
        self.changed.notify_one();
        self.post.notify_one();
        self.report_move();
        inner.version
    }

    /// Says that something may have happened to a delivery.
    pub fn report_move(&self) {
        self.moved.send_modify(|count| *count += 1);
    }

    /// Returns once this version is in the file.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn kept(&self, version: u64) -> anyhow::Result<()> {
        if self.path.is_none() {
            return Ok(());
        }
        let mut saved = self.saved.subscribe();
        let saved = saved.wait_for(|saved| saved.version >= version).await?;
        match &saved.error {
            None => Ok(()),
            Some(error) => anyhow::bail!("the sandbox's state could not be written: {error}"),
        }
    }

    /// Writes the state whenever it changed, many changes at a time. Never returns.
    pub async fn save(self: Arc<Self>) {
        loop {
            self.changed.notified().await;
            self.clone().save_once(false).await;
        }
    }

    /// Writes the state as it is now; see [`state::replace`].
    pub async fn save_once(self: Arc<Self>, to_disk: bool) {
        // To its end even when nobody waits for it any more.
        if let Err(error) = tokio::task::spawn_blocking(move || self.write(to_disk)).await {
            tracing::error!(%error, "the writing of the sandbox's state broke off");
        }
    }

    fn write(&self, to_disk: bool) {
        let Some(path) = &self.path else { return };
        // One at a time, so that no older state is written over a newer one.
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, version) = {
            let inner = self.lock();
            (serde_json::to_vec(&inner.state), inner.version)
        };
        let written = bytes.map_err(std::io::Error::from).and_then(|bytes| state::replace(path, &bytes, to_disk));
        let error = written.err().map(|error| error.to_string());
        if let Some(error) = &error {
            tracing::error!(error, "the sandbox's state could not be written");
        }
        self.saved.send_replace(Saved { version, error });
    }
}
