//! Passwords set anew, by the link of a letter or by their owner: a person belongs to no tenant.

use domain::ids::{OutboxId, PasswordResetId, SessionId, UserId};
use domain::{EmailAddress, Timestamp};
use sqlx::{query, query_as};

use super::account::{self, NewAccountEvent};
use super::session::{self, NewSession};
use super::{failure, outbox};
use crate::engine::Tx;
use crate::outbox::Mail;
use crate::tenancy::Visit;
use crate::{StoreError, System, parse};

statements! {
    ADD_RESET = "
        insert into password_resets (id, user_id, token_hash, created_at, expires_at)
        values ($1, $2, $3, $4, $5)";

    RESET = "
        select password_resets.id, password_resets.user_id, users.email, password_resets.expires_at,
               password_resets.used_at
        from password_resets join users on users.id = password_resets.user_id
        where password_resets.token_hash = $1 and users.deleted_at is null";

    USE_RESET = "
        update password_resets
        set used_at = $2
        where id = $1 and used_at is null and expires_at > $2";

    /// All links that were sent before are worth nothing.
    USE_RESETS = "
        update password_resets
        set used_at = $2
        where user_id = $1 and used_at is null";

    SET_PASSWORD = "
        update users
        set password_hash = $2, password_changed_at = $3
        where id = $1 and deleted_at is null";

    CHANGE_PASSWORD = "
        update users
        set password_hash = $3, password_changed_at = $4
        where id = $1 and password_hash = $2 and deleted_at is null";

    /// Whoever wanted the address changed may have been who had the old password.
    END_CHANGE = "
        update address_changes
        set ended_at = $2
        where user_id = $1 and ended_at is null";

    FORGET_RESETS = "
        delete from password_resets
        where expires_at < $1";
}

/// A link to set a new password.
#[derive(Clone, Debug)]
pub struct NewReset {
    /// Its id.
    pub id: PasswordResetId,
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the token in the letter.
    pub token_hash: [u8; 32],
    /// Until when.
    pub expires_at: Timestamp,
}

/// A link to set a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetRecord {
    /// Which.
    pub id: PasswordResetId,
    /// Whose.
    pub user: UserId,
    /// Their address.
    pub email: EmailAddress,
    /// Until when.
    pub expires_at: Timestamp,
    /// It has been used, or another one, or the password was changed otherwise.
    pub used_at: Option<Timestamp>,
}

/// What goes with a new password.
#[derive(Clone, Debug)]
pub struct NewPassword<'a> {
    /// A PHC string.
    pub password_hash: &'a str,
    /// Wrong ones under these keys are forgiven.
    pub keys: &'a [[u8; 32]],
    /// What is written down.
    pub event: &'a NewAccountEvent,
    /// What the owner is told.
    pub letter: (OutboxId, &'a Mail),
}

impl System<'_> {
    /// The link of a token.
    pub async fn password_reset(self, token_hash: [u8; 32]) -> Result<Option<ResetRecord>, StoreError> {
        let row: Option<(String, String, String, i64, Option<i64>)> =
            on!(self.store.db.reader(), |c| query_as(RESET).bind(token_hash.as_slice()).fetch_optional(c).await?);
        row.map(|(id, user, email, expires_at, used_at)| {
            Ok(ResetRecord {
                id: parse::text("password reset id", &id)?,
                user: parse::text("user id", &user)?,
                email: parse::text("address", &email)?,
                expires_at: Timestamp::from_micros(expires_at),
                used_at: used_at.map(Timestamp::from_micros),
            })
        })
        .transpose()
    }

    /// Uses a link: sets the password, ends all sessions, all other links and a change of address that waits, and signs
    /// in. `false` if the link has just been used, or its time is over.
    pub async fn reset_password(
        self,
        reset: &ResetRecord,
        new: &NewPassword<'_>,
        session: &NewSession,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        let set = on!(tx.conn(), |c| {
            query(SET_PASSWORD)
                .bind(reset.user.to_string())
                .bind(new.password_hash)
                .bind(now.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        let used = on!(tx.conn(), |c| {
            query(USE_RESET).bind(reset.id.to_string()).bind(now.micros()).execute(c).await?.rows_affected()
        });
        if set != 1 || used != 1 {
            tx.rollback().await?;
            return Ok(false);
        }
        on!(tx.conn(), |c| {
            query(END_CHANGE).bind(reset.user.to_string()).bind(now.micros()).execute(c).await.map(drop)
        })?;
        follow(&mut tx, reset.user, None, new, visit, now).await?;
        session::begin(&mut tx, reset.user, session, visit, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Sets another password and ends all sessions but `but`. `false` if the password is not `old_hash` any more.
    pub async fn change_password(
        self,
        user: UserId,
        old_hash: &str,
        but: SessionId,
        new: &NewPassword<'_>,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        let changed = on!(tx.conn(), |c| {
            query(CHANGE_PASSWORD)
                .bind(user.to_string())
                .bind(old_hash)
                .bind(new.password_hash)
                .bind(now.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        if changed != 1 {
            tx.rollback().await?;
            return Ok(false);
        }
        follow(&mut tx, user, Some(but), new, visit, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets the links whose time was over before `before`; gives how many.
    pub async fn forget_resets(self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| query(FORGET_RESETS)
            .bind(before.micros())
            .execute(c)
            .await?
            .rows_affected()))
    }
}

/// What follows from another password, however it was set.
async fn follow(
    tx: &mut Tx,
    user: UserId,
    but: Option<SessionId>,
    new: &NewPassword<'_>,
    visit: &Visit,
    now: Timestamp,
) -> Result<(), StoreError> {
    use_up(tx, user, now).await?;
    session::end_all(tx, user, but).await?;
    failure::forgive(tx, new.keys).await?;
    account::event(tx, user, new.event, visit, now).await?;
    outbox::letter(tx, new.letter.0, new.letter.1, now).await
}

/// Makes all links of an account worth nothing.
pub(super) async fn use_up(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    on!(tx.conn(), |c| query(USE_RESETS).bind(user.to_string()).bind(now.micros()).execute(c).await.map(drop))?;
    Ok(())
}

/// Writes a link.
pub(super) async fn add(tx: &mut Tx, new: &NewReset, now: Timestamp) -> Result<(), StoreError> {
    on!(tx.conn(), |c| {
        query(ADD_RESET)
            .bind(new.id.to_string())
            .bind(new.user.to_string())
            .bind(new.token_hash.as_slice())
            .bind(now.micros())
            .bind(new.expires_at.micros())
            .execute(c)
            .await
            .map(drop)
    })?;
    Ok(())
}
