//! Sessions: a cookie says who somebody is before anything says where they want to go.

use std::time::Duration;

use domain::ids::{SessionId, UserId};
use domain::{EmailAddress, Timestamp};
use sqlx::{query, query_as};

use crate::tenancy::Visit;
use crate::{StoreError, System, parse};

statements! {
    CREATE_SESSION = "
        insert into sessions (id, user_id, token_hash, created_at, last_seen_at, expires_at, ip, user_agent)
        values ($1, $2, $3, $4, $4, $5, $6, $7)";

    SESSION = "
        select sessions.id, sessions.user_id, users.email, sessions.expires_at, sessions.last_seen_at
        from sessions join users on users.id = sessions.user_id
        where sessions.token_hash = $1 and sessions.expires_at > $2";

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

impl System<'_> {
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
        on!(self.store.db.writer(), |c| {
            query(CREATE_SESSION)
                .bind(id.to_string())
                .bind(user.to_string())
                .bind(token_hash.as_slice())
                .bind(now.micros())
                .bind(expires_at.micros())
                .bind(visit.ip.as_deref())
                .bind(visit.user_agent())
                .execute(c)
                .await?;
        });
        Ok(())
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
