//! Changes of address: a person's address is theirs in all organizations at once.

use domain::ids::{AccountEventId, AddressChangeId, OutboxId, UserId};
use domain::{EmailAddress, Timestamp};
use sqlx::error::ErrorKind;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::account::{self, NewAccountEvent};
use super::{outbox, reset, user};
use crate::engine::Tx;
use crate::outbox::{AccountLetter, Mail};
use crate::tenancy::Visit;
use crate::{StoreError, System, parse};

statements! {
    /// Locks the account, so that of two wishes one comes after the other.
    LOCK_ACCOUNT = "
        update users
        set email = email
        where id = $1 and deleted_at is null";

    ADD_CHANGE = "
        insert into address_changes (
            id, user_id, email, email_folded, old_token_hash, new_token_hash, created_at, expires_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8)";

    CHANGE = "
        select address_changes.id, address_changes.user_id, users.email as old_email, address_changes.email,
               address_changes.new_token_hash, address_changes.old_confirmed_at, address_changes.new_confirmed_at,
               address_changes.expires_at, address_changes.ended_at
        from address_changes join users on users.id = address_changes.user_id
        where (address_changes.old_token_hash = $1 or address_changes.new_token_hash = $1)
          and users.deleted_at is null";

    CHANGE_OF = "
        select address_changes.id, address_changes.user_id, users.email as old_email, address_changes.email,
               address_changes.new_token_hash, address_changes.old_confirmed_at, address_changes.new_confirmed_at,
               address_changes.expires_at, address_changes.ended_at
        from address_changes join users on users.id = address_changes.user_id
        where address_changes.user_id = $1 and address_changes.ended_at is null and address_changes.expires_at > $2";

    END_CHANGES = "
        update address_changes
        set ended_at = $2
        where user_id = $1 and ended_at is null";

    SAY_YES_OLD = "
        update address_changes
        set old_confirmed_at = coalesce(old_confirmed_at, $2)
        where id = $1 and ended_at is null and expires_at > $2
        returning old_confirmed_at is not null and new_confirmed_at is not null";

    SAY_YES_NEW = "
        update address_changes
        set new_confirmed_at = coalesce(new_confirmed_at, $2)
        where id = $1 and ended_at is null and expires_at > $2
        returning old_confirmed_at is not null and new_confirmed_at is not null";

    FORGET_CHANGES = "
        delete from address_changes
        where expires_at < $1";

    SET_ADDRESS = "
        update users
        set email = $2, email_folded = $3
        where id = $1 and not exists (select 1 from users where email_folded = $3 and id <> $1)";
}

/// A wish to change an address.
#[derive(Clone, Debug)]
pub struct NewAddressChange {
    /// Its id.
    pub id: AddressChangeId,
    /// Whose.
    pub user: UserId,
    /// To which address.
    pub email: EmailAddress,
    /// SHA-256 of the token in the letter to the address now.
    pub old_token_hash: [u8; 32],
    /// SHA-256 of the token in the letter to the address wanted.
    pub new_token_hash: [u8; 32],
    /// Until when both may say yes.
    pub expires_at: Timestamp,
}

/// A wish to change an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressChangeRecord {
    /// Which.
    pub id: AddressChangeId,
    /// Whose.
    pub user: UserId,
    /// The address now.
    pub old: EmailAddress,
    /// The address wanted.
    pub new: EmailAddress,
    /// SHA-256 of the token in the letter to the address wanted.
    pub new_token_hash: [u8; 32],
    /// When the address now said yes.
    pub old_confirmed_at: Option<Timestamp>,
    /// When the address wanted said yes.
    pub new_confirmed_at: Option<Timestamp>,
    /// Until when both may.
    pub expires_at: Timestamp,
    /// Done, replaced, or taken back.
    pub ended_at: Option<Timestamp>,
}

/// What a yes came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayYes {
    /// It was the second: the address is changed.
    Changed,
    /// The other address has not said it yet.
    Waiting,
    /// Its time is over, or it has ended.
    NotWaiting,
    /// The address wanted has an account of its own by now, so the wish has ended.
    Taken,
}

#[derive(FromRow)]
struct Row {
    id: String,
    user_id: String,
    old_email: String,
    email: String,
    new_token_hash: Vec<u8>,
    old_confirmed_at: Option<i64>,
    new_confirmed_at: Option<i64>,
    expires_at: i64,
    ended_at: Option<i64>,
}

impl System<'_> {
    /// Writes a wish, which replaces the one before, with its two letters.
    pub async fn add_address_change(
        self,
        new: &NewAddressChange,
        to_old: (OutboxId, &Mail),
        to_new: (OutboxId, &AccountLetter),
        event: &NewAccountEvent,
        visit: &Visit,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let user = new.user.to_string();
        let mut tx = self.store.db.begin(None).await?;
        lock(&mut tx, new.user).await?;
        on!(tx.conn(), |c| query(END_CHANGES).bind(user.as_str()).bind(now.micros()).execute(c).await.map(drop))?;
        on!(tx.conn(), |c| {
            query(ADD_CHANGE)
                .bind(new.id.to_string())
                .bind(user.as_str())
                .bind(new.email.as_str())
                .bind(new.email.folded())
                .bind(new.old_token_hash.as_slice())
                .bind(new.new_token_hash.as_slice())
                .bind(now.micros())
                .bind(new.expires_at.micros())
                .execute(c)
                .await
                .map(drop)
        })?;
        outbox::letter(&mut tx, to_old.0, to_old.1, now).await?;
        outbox::wish(&mut tx, to_new.0, to_new.1, now).await?;
        account::event(&mut tx, new.user, event, visit, now).await?;
        tx.commit().await
    }

    /// The wish of a link, whichever of the two letters it is from.
    pub async fn address_change(self, token_hash: [u8; 32]) -> Result<Option<AddressChangeRecord>, StoreError> {
        let row: Option<Row> =
            on!(self.store.db.reader(), |c| query_as(CHANGE).bind(token_hash.as_slice()).fetch_optional(c).await?);
        row.map(Row::record).transpose()
    }

    /// The wish of an account that still waits.
    pub async fn address_change_of(
        self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<AddressChangeRecord>, StoreError> {
        let row: Option<Row> = on!(self.store.db.reader(), |c| {
            query_as(CHANGE_OF).bind(user.to_string()).bind(now.micros()).fetch_optional(c).await?
        });
        row.map(Row::record).transpose()
    }

    /// Takes the wish of an account back; `false` if none waits.
    pub async fn end_address_change(self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let ended = on!(self.store.db.writer(), |c| {
            query(END_CHANGES).bind(user.to_string()).bind(now.micros()).execute(c).await?.rows_affected()
        });
        Ok(ended == 1)
    }

    /// Forgets the wishes whose time was over before `before`; gives how many.
    pub async fn forget_address_changes(self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(FORGET_CHANGES).bind(before.micros()).execute(c).await?.rows_affected()
        }))
    }

    /// Says yes for one of the two addresses. With the second yes the address changes, the links that were sent to the
    /// old one are worth nothing, and `letters` are sent.
    pub async fn say_yes(
        self,
        change: &AddressChangeRecord,
        for_new: bool,
        event: AccountEventId,
        letters: &[(OutboxId, Mail)],
        visit: &Visit,
        now: Timestamp,
    ) -> Result<SayYes, StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        lock(&mut tx, change.user).await?;
        let yes = if for_new { SAY_YES_NEW } else { SAY_YES_OLD };
        let both: Option<bool> = on!(tx.conn(), |c| {
            query_scalar(yes).bind(change.id.to_string()).bind(now.micros()).fetch_optional(c).await?
        });
        match both {
            None => {
                tx.rollback().await?;
                return Ok(SayYes::NotWaiting);
            }
            Some(false) => {
                tx.commit().await?;
                return Ok(SayYes::Waiting);
            }
            Some(true) => {}
        }
        if !set_address(&mut tx, change).await? {
            tx.rollback().await?;
            self.end_address_change(change.user, now).await?;
            return Ok(SayYes::Taken);
        }
        let user = change.user.to_string();
        on!(tx.conn(), |c| query(END_CHANGES).bind(user).bind(now.micros()).execute(c).await.map(drop))?;
        reset::use_up(&mut tx, change.user, now).await?;
        user::end_sign_ups(tx.conn(), &change.new, now).await?;
        for (id, mail) in letters {
            outbox::letter(&mut tx, *id, mail, now).await?;
        }
        let note = format!("{} → {}", change.old, change.new);
        let event = NewAccountEvent { id: event, action: "address.changed", note: Some(note) };
        account::event(&mut tx, change.user, &event, visit, now).await?;
        tx.commit().await?;
        Ok(SayYes::Changed)
    }
}

async fn lock(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    let there = on!(tx.conn(), |c| query(LOCK_ACCOUNT).bind(user.to_string()).execute(c).await?.rows_affected());
    if there == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// `false` if somebody else has that address.
async fn set_address(tx: &mut Tx, change: &AddressChangeRecord) -> Result<bool, StoreError> {
    let set = on!(tx.conn(), |c| {
        query(SET_ADDRESS)
            .bind(change.user.to_string())
            .bind(change.new.as_str())
            .bind(change.new.folded())
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    });
    match set {
        Ok(set) => Ok(set == 1),
        // Somebody has just taken it, in a transaction that this one could not see.
        Err(sqlx::Error::Database(no)) if no.kind() == ErrorKind::UniqueViolation => Ok(false),
        Err(other) => Err(other.into()),
    }
}

impl Row {
    fn record(self) -> Result<AddressChangeRecord, StoreError> {
        Ok(AddressChangeRecord {
            id: parse::text("address change id", &self.id)?,
            user: parse::text("user id", &self.user_id)?,
            old: parse::text("address", &self.old_email)?,
            new: parse::text("address", &self.email)?,
            new_token_hash: parse::hash(self.new_token_hash)?,
            old_confirmed_at: self.old_confirmed_at.map(Timestamp::from_micros),
            new_confirmed_at: self.new_confirmed_at.map(Timestamp::from_micros),
            expires_at: Timestamp::from_micros(self.expires_at),
            ended_at: self.ended_at.map(Timestamp::from_micros),
        })
    }
}
