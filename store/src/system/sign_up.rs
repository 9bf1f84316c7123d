//! Sign-ups: there is no account yet, and so no tenant.

use std::fmt;

use domain::ids::{AccountEventId, OutboxId, SignUpId};
use domain::{EmailAddress, Timestamp};
use sqlx::{FromRow, query, query_as};

use super::account::{self, NewAccountEvent};
use super::session::{self, NewSession};
use super::user::{self, CreateUser, NewUser};
use crate::outbox::AccountLetter;
use crate::tenancy::Visit;
use crate::{StoreError, System, parse};

statements! {
    ADD_SIGN_UP = "
        insert into sign_ups (
            id, email, email_folded, password_hash, token_hash, browser_hash, next, created_at, expires_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    SIGN_UP = "
        select id, email, password_hash, browser_hash, next, expires_at, confirmed_at
        from sign_ups
        where token_hash = $1";

    CONFIRM_SIGN_UP = "
        update sign_ups
        set confirmed_at = $2
        where id = $1 and confirmed_at is null and expires_at > $2";

    FORGET_SIGN_UPS = "
        delete from sign_ups
        where expires_at < $1";
}

/// Somebody wants an account.
#[derive(Clone)]
pub struct NewSignUp {
    /// Its id.
    pub id: SignUpId,
    /// With which address.
    pub email: EmailAddress,
    /// A PHC string.
    pub password_hash: String,
    /// SHA-256 of the token in the letter.
    pub token_hash: [u8; 32],
    /// SHA-256 of the token in the cookie of the browser that asks.
    pub browser_hash: [u8; 32],
    /// Where to go afterwards.
    pub next: Option<String>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Somebody wants an account. Holds a password's hash, so it is never serialised and never shown whole.
#[derive(Clone, PartialEq, Eq)]
pub struct SignUpRecord {
    /// Which.
    pub id: SignUpId,
    /// With which address.
    pub email: EmailAddress,
    /// A PHC string.
    pub password_hash: String,
    /// SHA-256 of the token in the cookie of the browser that asked.
    pub browser_hash: [u8; 32],
    /// Where to go afterwards.
    pub next: Option<String>,
    /// Until when.
    pub expires_at: Timestamp,
    /// The address has been proved since, through this one or otherwise.
    pub confirmed_at: Option<Timestamp>,
}

/// How proving an address ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmSignUp {
    /// The account is there.
    Confirmed,
    /// Somebody has just used the link, or its time is over.
    NotWaiting,
    /// The address has an account by now.
    Taken,
}

#[derive(FromRow)]
struct Row {
    id: String,
    email: String,
    password_hash: String,
    browser_hash: Vec<u8>,
    next: Option<String>,
    expires_at: i64,
    confirmed_at: Option<i64>,
}

impl System<'_> {
    /// Writes a sign-up and the wish for its letter, both or neither; the same for every address.
    pub async fn add_sign_up(
        self,
        new: &NewSignUp,
        letter: (OutboxId, &AccountLetter),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        on!(tx.conn(), |c| {
            query(ADD_SIGN_UP)
                .bind(new.id.to_string())
                .bind(new.email.as_str())
                .bind(new.email.folded())
                .bind(new.password_hash.as_str())
                .bind(new.token_hash.as_slice())
                .bind(new.browser_hash.as_slice())
                .bind(new.next.as_deref())
                .bind(now.micros())
                .bind(new.expires_at.micros())
                .execute(c)
                .await
                .map(drop)
        })?;
        super::outbox::wish(&mut tx, letter.0, letter.1, now).await?;
        tx.commit().await
    }

    /// The sign-up of a link.
    pub async fn sign_up(self, token_hash: [u8; 32]) -> Result<Option<SignUpRecord>, StoreError> {
        let row: Option<Row> =
            on!(self.store.db.reader(), |c| query_as(SIGN_UP).bind(token_hash.as_slice()).fetch_optional(c).await?);
        row.map(Row::record).transpose()
    }

    /// Makes the account of a sign-up whose address is proved, ends all others of that address, and signs in.
    pub async fn confirm_sign_up(
        self,
        id: SignUpId,
        user: &NewUser,
        session: &NewSession,
        event: AccountEventId,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<ConfirmSignUp, StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        // The account first: whoever makes it has this address for themselves, and so all its sign-ups. The other way
        // round, two who come with two letters would each hold a row that the other one waits for.
        let made = user::create(tx.conn(), user, now).await?;
        let confirmed = on!(tx.conn(), |c| {
            query(CONFIRM_SIGN_UP).bind(id.to_string()).bind(now.micros()).execute(c).await?.rows_affected()
        });
        if confirmed != 1 || made == CreateUser::Taken {
            tx.rollback().await?;
            return Ok(if confirmed == 1 { ConfirmSignUp::Taken } else { ConfirmSignUp::NotWaiting });
        }
        user::end_sign_ups(tx.conn(), &user.email, now).await?;
        session::begin(&mut tx, user.id, session, visit, now).await?;
        let event = NewAccountEvent { id: event, action: "account.created", note: None };
        account::event(&mut tx, user.id, &event, visit, now).await?;
        tx.commit().await?;
        Ok(ConfirmSignUp::Confirmed)
    }

    /// Forgets the sign-ups whose time was over before `before`; gives how many.
    pub async fn forget_sign_ups(self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| query(FORGET_SIGN_UPS)
            .bind(before.micros())
            .execute(c)
            .await?
            .rows_affected()))
    }
}

impl Row {
    fn record(self) -> Result<SignUpRecord, StoreError> {
        Ok(SignUpRecord {
            id: parse::text("sign-up id", &self.id)?,
            email: parse::text("address", &self.email)?,
            password_hash: self.password_hash,
            browser_hash: parse::hash(self.browser_hash)?,
            next: self.next,
            expires_at: Timestamp::from_micros(self.expires_at),
            confirmed_at: self.confirmed_at.map(Timestamp::from_micros),
        })
    }
}

impl fmt::Debug for NewSignUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSignUp").field("id", &self.id).field("email", &self.email).finish_non_exhaustive()
    }
}

impl fmt::Debug for SignUpRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUpRecord").field("id", &self.id).field("email", &self.email).finish_non_exhaustive()
    }
}
