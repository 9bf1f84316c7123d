//! The inbox of webhooks: they come from the provider for whoever it may be, and a worker serves all of them.

pub mod desk;
pub mod finish;
pub mod lease;

use domain::Timestamp;
use domain::subscription::ProviderCustomerId;
use sqlx::query_scalar;

use crate::many::{Many, many};
use crate::statement::Statement;
use crate::{StoreError, System};

/// `$1` is when they came, which is when they are ready, too.
static STORE_EVENTS: Many = many!(
    "STORE_EVENTS",
    "insert into billing_events (
        received_at, ready_at, id, kind, api_version, livemode, created, object, customer, raw, lane, hint, finished_at, outcome
    )",
    13,
    "on conflict (id) do nothing returning id"
);

/// All statements of this file.
pub(crate) fn statements() -> impl Iterator<Item = Statement> {
    STORE_EVENTS.statements(module_path!())
}

/// A webhook to be stored.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The provider's id, unique.
    pub id: String,
    /// What it says has happened.
    pub kind: String,
    /// In which version of the provider's API it is written.
    pub api_version: Option<String>,
    /// Real money or not.
    pub livemode: bool,
    /// When it happened, says the provider.
    pub created: Timestamp,
    /// The id of the object in it.
    pub object: Option<String>,
    /// The customer it is about, if it names one.
    pub customer: Option<ProviderCustomerId>,
    /// The few fields of it that are read, as JSON, so that the worker need not read the body again.
    pub hint: String,
    /// With which others it is worked on.
    pub lane: String,
    /// Whether anything is to be done about it. What concerns nobody is kept, and finished when it comes.
    pub wanted: bool,
    /// The body as it came.
    pub raw: Vec<u8>,
}

/// How storing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreEvent {
    /// It is in.
    Stored,
    /// It was in already.
    Duplicate,
}

impl System<'_> {
    /// Stores webhooks, each once, and says of each how that ended, in the order in which they are given. What is `Ok` is
    /// on the disk. They are written together; should the database refuse that, each is written by itself, so that one which
    /// it does not take keeps out none of the others.
    pub async fn store_events(self, new: &[NewEvent], now: Timestamp) -> Vec<Result<StoreEvent, StoreError>> {
        let mut ordered: Vec<(usize, &NewEvent)> = new.iter().enumerate().collect();
        // The same order everywhere: two nodes that get the same ones wait for each other, and never in a circle.
        ordered.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
        let mut ended = Vec::with_capacity(new.len());
        let mut pieces: Vec<_> = STORE_EVENTS.pieces(&ordered).collect();
        let mut away = false;
        while let Some((sql, piece)) = pieces.pop() {
            let stored = if away { Err(sqlx::Error::PoolTimedOut) } else { self.store_piece(sql, piece, now).await };
            match stored {
                Ok(stored) => ended.extend(stored),
                Err(error) if piece.len() > 1 && error.as_database_error().is_some() => {
                    tracing::warn!(error = ?error, webhooks = piece.len(), "webhooks could not be stored together");
                    pieces.extend(piece.chunks(1).flat_map(|one| STORE_EVENTS.pieces(one)));
                }
                Err(error) => {
                    // A database that does not answer is not asked again for each of them.
                    away |= error.as_database_error().is_none();
                    let why = error.to_string();
                    ended.extend(piece.iter().map(|(at, _)| (*at, Err(StoreError::Driver(why.clone().into())))));
                }
            }
        }
        ended.sort_by_key(|(at, _)| *at);
        ended.into_iter().map(|(_, ended)| ended).collect()
    }

    async fn store_piece(
        self,
        sql: &'static str,
        piece: &[(usize, &NewEvent)],
        now: Timestamp,
    ) -> Result<Vec<(usize, Result<StoreEvent, StoreError>)>, sqlx::Error> {
        let mut stored: Vec<String> = on!(self.store.db.writer(), |c| {
            let mut statement = query_scalar(sql).bind(now.micros());
            for (_, new) in piece {
                let (finished_at, outcome) =
                    if new.wanted { (None, None) } else { (Some(now.micros()), Some("ignored")) };
                statement = statement
                    .bind(now.micros())
                    .bind(new.id.as_str())
                    .bind(new.kind.as_str())
                    .bind(new.api_version.as_deref())
                    .bind(new.livemode)
                    .bind(new.created.micros())
                    .bind(new.object.as_deref())
                    .bind(new.customer.as_ref().map(ProviderCustomerId::as_str))
                    .bind(new.raw.as_slice())
                    .bind(new.lane.as_str())
                    .bind(new.hint.as_str())
                    .bind(finished_at)
                    .bind(outcome);
            }
            statement.fetch_all(c).await?
        });
        Ok(piece
            .iter()
            .map(|(at, new)| {
                // One that is in the piece twice was stored by its first.
                let is_new =
                    stored.iter().position(|id| *id == new.id).map(|found| stored.swap_remove(found)).is_some();
                (*at, Ok(if is_new { StoreEvent::Stored } else { StoreEvent::Duplicate }))
            })
            .collect())
    }
}
