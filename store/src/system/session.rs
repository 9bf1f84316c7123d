//! Sessions: a cookie says who somebody is before anything says where they want to go.

use std::time::Duration;

use domain::ids::{SessionId, UserId};
use domain::{EmailAddress, Timestamp};
use sqlx::{FromRow, query, query_as};

use super::account::{self, NewAccountEvent};
use super::failure;
use crate::engine::Tx;
use crate::tenancy::Visit;
use crate::{StoreError, System, parse};

statements! {
    CREATE_SESSION = "
        insert into sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, ip, user_agent)
        values ($1, $2, $3, $4, $4, $5, $6, $7)";

    SESSION = "
        select sessions.id, sessions.user_id, users.email, sessions.expires_at, sessions.last_seen_at
        from sessions join users on users.id = sessions.user_id
        where sessions.token_hash = $1 and sessions.expires_at > $2 and users.deleted_at is null";

    /// Locks the account, and fails when its password is another one by now: who changes it ends all sessions, and
    /// must see this one or be seen by it.
    SAME_PASSWORD = "
        update users
        set password_hash = password_hash
        where id = $1 and password_hash = $2 and deleted_at is null";

    SESSIONS_OF = "
        select id, created_at, last_seen_at, expires_at, ip, user_agent
        from sessions
        where user_id = $1 and expires_at > $2
        order by last_seen_at desc, id desc";

    END_SESSION_OF = "
        delete from sessions
        where user_id = $1 and id = $2";

    END_ALL = "
        delete from sessions
        where user_id = $1 and id <> $2";

    FORGET_SESSIONS = "
        delete from sessions
        where expires_at < $1";

    TOUCH_SESSION = "
        update sessions
        set last_seen_at = $2
        where id = $1 and last_seen_at < $2";

    /// What is ended is gone: nothing can bring it back.
    END_SESSION = "
        delete from sessions
        where token_hash = $1";
}

/// How often a session's last sight is written down.
const TOUCH_EVERY: Duration = Duration::from_mins(1);

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A browser to be signed in.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// SHA-256 of the token in its cookie.
    pub token_hash: [u8; 32],
    /// Until when.
    pub expires_at: Timestamp,
}

/// A signed-in browser, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// Which.
    pub id: SessionId,
    /// Since when.
    pub created_at: Timestamp,
    /// Seen last, to the minute.
    pub last_seen_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// From where it signed in.
    pub ip: Option<String>,
    /// Its name for itself.
    pub user_agent: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    created_at: i64,
    last_seen_at: i64,
    expires_at: i64,
    ip: Option<String>,
    user_agent: Option<String>,
}

impl System<'_> {
    /// Signs a browser in whose password has just been found to fit `password_hash`, forgives the wrong ones under
    /// `keys`, and writes it down. `false` if the password is another one by now, or the account is gone.
    #[expect(clippy::too_many_arguments, reason = "all of it happens at once or not at all")]
    pub async fn sign_in(
        self,
        user: UserId,
        password_hash: &str,
        new: &NewSession,
        keys: &[[u8; 32]],
        event: &NewAccountEvent,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        let same = on!(tx.conn(), |c| {
            query(SAME_PASSWORD).bind(user.to_string()).bind(password_hash).execute(c).await?.rows_affected()
        });
        if same != 1 {
            tx.rollback().await?;
            return Ok(false);
        }
        failure::forgive(&mut tx, keys).await?;
        begin(&mut tx, user, new, visit, now).await?;
        account::event(&mut tx, user, event, visit, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The browsers that are signed in to an account, by when they were seen last.
    pub async fn sessions_of(self, user: UserId, now: Timestamp) -> Result<Vec<SessionLine>, StoreError> {
        let rows: Vec<Row> = on!(self.store.db.reader(), |c| {
            query_as(SESSIONS_OF).bind(user.to_string()).bind(now.micros()).fetch_all(c).await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(SessionLine {
                    id: parse::text("session id", &row.id)?,
                    created_at: Timestamp::from_micros(row.created_at),
                    last_seen_at: Timestamp::from_micros(row.last_seen_at),
                    expires_at: Timestamp::from_micros(row.expires_at),
                    ip: row.ip,
                    user_agent: row.user_agent,
                })
            })
            .collect()
    }

    /// Signs one browser of an account out; `false` if the account has none of that id.
    pub async fn end_session_of(self, user: UserId, id: SessionId) -> Result<bool, StoreError> {
        let ended = on!(self.store.db.writer(), |c| {
            query(END_SESSION_OF).bind(user.to_string()).bind(id.to_string()).execute(c).await?.rows_affected()
        });
        Ok(ended == 1)
    }

    /// Signs all browsers of an account out, but for one, and writes it down.
    pub async fn end_all_sessions(
        self,
        user: UserId,
        but: Option<SessionId>,
        event: &NewAccountEvent,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        end_all(&mut tx, user, but).await?;
        account::event(&mut tx, user, event, visit, now).await?;
        tx.commit().await
    }

    /// Forgets the sessions that were over before `before`; gives how many.
    pub async fn forget_sessions(self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| query(FORGET_SESSIONS)
            .bind(before.micros())
            .execute(c)
            .await?
            .rows_affected()))
    }

    /// Signs a browser in. `token_hash` is SHA-256 of the token in its cookie.
    pub async fn create_session(
        self,
        id: SessionId,
        user: UserId,
        token_hash: [u8; 32],
        now: Timestamp,
        expires_at: Timestamp,
        visit: &Visit,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        begin(&mut tx, user, &NewSession { id, token_hash, expires_at }, visit, now).await?;
        tx.commit().await
    }

    /// The session of a token, if it is neither over nor ended. Notes at most once a minute that it was seen.
    pub async fn session(self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let row: Option<(String, String, String, i64, i64)> = on!(self.store.db.reader(), |c| {
            query_as(SESSION).bind(token_hash.as_slice()).bind(now.micros()).fetch_optional(c).await?
        });
        let Some((id, user, email, expires_at, seen)) = row else { return Ok(None) };
        if now.since(Timestamp::from_micros(seen)) >= TOUCH_EVERY {
            let touched = on!(self.store.db.writer(), |c| {
                query(TOUCH_SESSION).bind(id.as_str()).bind(now.micros()).execute(c).await.map(|_| ())
            });
            // Who it is does not depend on whether that could be written.
            if let Err(error) = touched {
                tracing::warn!(%error, "a session's last sight was not written");
            }
        }
        Ok(Some(SessionRecord {
            id: parse::text("session id", &id)?,
            user: parse::text("user id", &user)?,
            email: parse::text("address", &email)?,
            expires_at: Timestamp::from_micros(expires_at),
        }))
    }

    /// Signs a browser out. Does nothing if it is out already.
    pub async fn end_session(self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        on!(self.store.db.writer(), |c| {
            query(END_SESSION).bind(token_hash.as_slice()).execute(c).await?;
        });
        Ok(())
    }
}

/// Signs a browser in.
pub(super) async fn begin(
    tx: &mut Tx,
    user: UserId,
    new: &NewSession,
    visit: &Visit,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx.conn(), |c| {
        query(CREATE_SESSION)
            .bind(new.id.to_string())
            .bind(user.to_string())
            .bind(new.token_hash.as_slice())
            .bind(now.micros())
            .bind(new.expires_at.micros())
            .bind(visit.ip.as_deref())
            .bind(visit.user_agent())
            .execute(c)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// Signs all browsers of an account out, but for one.
pub(super) async fn end_all(tx: &mut Tx, user: UserId, but: Option<SessionId>) -> Result<(), StoreError> {
    let but = but.map_or_else(String::new, |id| id.to_string());
    on!(tx.conn(), |c| query(END_ALL).bind(user.to_string()).bind(but).execute(c).await.map(drop))?;
    Ok(())
}
