//! Accounts: a person belongs to no tenant; memberships tie them to some.

use std::fmt;

use domain::ids::UserId;
use domain::{EmailAddress, Timestamp};
use sqlx::{query, query_as, query_scalar};

use crate::engine::Conn;
use crate::{StoreError, System, TenantTx, parse};

statements! {
    CREATE_USER = "
        insert into users (id, email, email_folded, password_hash, created_at)
        values ($1, $2, $3, $4, $5)
        on conflict (email_folded) do nothing";

    USER_BY_EMAIL = "
        select id, email, password_hash
        from users
        where email_folded = $1 and deleted_at is null";

    PASSWORD_HASH = "
        select password_hash
        from users
        where id = $1 and deleted_at is null";

    /// The address is proved, so whoever else has asked for an account with it need not go on.
    END_SIGN_UPS = "
        update sign_ups
        set confirmed_at = $2
        where email_folded = $1 and confirmed_at is null";
}

/// An account to be made.
#[derive(Clone)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// Whose. Addresses that fold to the same are the same.
    pub email: EmailAddress,
    /// A PHC string.
    pub password_hash: String,
}

/// How making an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateUser {
    /// It is there.
    Created,
    /// The address has one already.
    Taken,
}

/// An account. Holds the password's hash, so it is never serialised and never shown whole.
#[derive(Clone)]
pub struct UserRecord {
    /// Which.
    pub id: UserId,
    /// Whose, as it was written.
    pub email: EmailAddress,
    /// A PHC string.
    pub password_hash: String,
}

impl System<'_> {
    /// Makes an account, unless the address has one.
    pub async fn create_user(self, new: &NewUser, now: Timestamp) -> Result<CreateUser, StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        let created = create(tx.conn(), new, now).await?;
        if created == CreateUser::Created {
            end_sign_ups(tx.conn(), &new.email, now).await?;
        }
        tx.commit().await?;
        Ok(created)
    }

    /// The account of an address.
    pub async fn user_by_email(self, email: &EmailAddress) -> Result<Option<UserRecord>, StoreError> {
        let row: Option<(String, String, String)> =
            on!(self.store.db.reader(), |c| { query_as(USER_BY_EMAIL).bind(email.folded()).fetch_optional(c).await? });
        let Some((id, email, password_hash)) = row else { return Ok(None) };
        Ok(Some(UserRecord { id: parse::text("user id", &id)?, email: parse::text("address", &email)?, password_hash }))
    }
}

impl System<'_> {
    /// The hash of an account's password; `None` if the account is deleted.
    pub async fn password_hash(self, user: UserId) -> Result<Option<String>, StoreError> {
        Ok(on!(self.store.db.reader(), |c| {
            query_scalar(PASSWORD_HASH).bind(user.to_string()).fetch_optional(c).await?
        }))
    }
}

impl TenantTx {
    /// Makes an account in the transaction that lets its owner in, unless the address has one.
    pub async fn create_user(&mut self, new: &NewUser) -> Result<CreateUser, StoreError> {
        let now = self.now();
        let created = create(self.parts().0, new, now).await?;
        if created == CreateUser::Created {
            end_sign_ups(self.parts().0, &new.email, now).await?;
        }
        Ok(created)
    }
}

pub(super) async fn create(conn: Conn<'_>, new: &NewUser, now: Timestamp) -> Result<CreateUser, StoreError> {
    let created = on!(conn, |c| {
        query(CREATE_USER)
            .bind(new.id.to_string())
            .bind(new.email.as_str())
            .bind(new.email.folded())
            .bind(new.password_hash.as_str())
            .bind(now.micros())
            .execute(c)
            .await?
            .rows_affected()
    });
    Ok(if created == 1 { CreateUser::Created } else { CreateUser::Taken })
}

/// Nobody need prove this address any more.
pub(super) async fn end_sign_ups(conn: Conn<'_>, email: &EmailAddress, now: Timestamp) -> Result<(), StoreError> {
    on!(conn, |c| query(END_SIGN_UPS).bind(email.folded()).bind(now.micros()).execute(c).await.map(drop))?;
    Ok(())
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("id", &self.id).field("email", &self.email).finish_non_exhaustive()
    }
}

impl fmt::Debug for UserRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserRecord").field("id", &self.id).field("email", &self.email).finish_non_exhaustive()
    }
}
