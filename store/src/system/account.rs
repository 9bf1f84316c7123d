//! One's own account: what happened to it, where it has seats, and its end. A person belongs to no tenant, and their
//! seats are in as many as they like.

use domain::ids::{AccountEventId, MemberId, OrgId, UserId};
use domain::{EmailAddress, Role, Slug, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::engine::Tx;
use crate::tenancy::Visit;
use crate::{StoreError, System, parse};

statements! {
    ACCOUNT = "
        select email, created_at, password_changed_at
        from users
        where id = $1 and deleted_at is null";

    WRITE_EVENT = "
        insert into account_events (id, user_id, at, action, note, ip, user_agent)
        values ($1, $2, $3, $4, $5, $6, $7)";

    EVENTS = "
        select at, action, note, ip, user_agent
        from account_events
        where user_id = $1
        order by at desc, id desc
        limit $2";

    /// With those whose seat rests: they go with the account too.
    SEATS_OF = "
        select organizations.tenant_id, organizations.slug, organizations.name, members.id, members.role,
               members.suspended_at, organizations.owners
        from members join organizations on organizations.tenant_id = members.tenant_id
        where members.user_id = $1 and members.removed_at is null
        order by organizations.name, organizations.slug";

    /// Locks the row: nobody who refers to it can do so unseen until this has ended.
    SCRUB = "
        update users
        set email = $2, email_folded = $2, password_hash = '', password_changed_at = null, deleted_at = $3
        where id = $1 and deleted_at is null";

    SEATS_LEFT = "
        select count(*)
        from members
        where user_id = $1 and removed_at is null";

    FORGET_EVENTS = "
        delete from account_events
        where at < $1";

    SCRUB_EVENTS = "
        delete from account_events
        where user_id = $1";

    SCRUB_RESETS = "
        delete from password_resets
        where user_id = $1";

    SCRUB_CHANGES = "
        delete from address_changes
        where user_id = $1";

    SCRUB_SIGN_UPS = "
        delete from sign_ups
        where email_folded = (select email_folded from users where id = $1)";

    /// What they have asked for themselves waits no longer.
    SCRUB_REQUESTS = "
        update seat_requests
        set email = $2, email_folded = $2, note = null, withdrawn_at = case
                when seated_at is null and declined_at is null and withdrawn_at is null then $3
                else withdrawn_at
            end
        where user_id = $1";
}

/// An account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// The address.
    pub email: EmailAddress,
    /// Since when.
    pub created_at: Timestamp,
    /// When the password was set last; `None` if it is the first.
    pub password_changed_at: Option<Timestamp>,
}

/// Something that happens to an account.
#[derive(Clone, Debug)]
pub struct NewAccountEvent {
    /// Its id.
    pub id: AccountEventId,
    /// What: `password.changed`.
    pub action: &'static str,
    /// What there is to say about it. Never a secret.
    pub note: Option<String>,
}

/// Something that happened to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEventRecord {
    /// When.
    pub at: Timestamp,
    /// What.
    pub action: String,
    /// What there is to say about it.
    pub note: Option<String>,
    /// From where.
    pub ip: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
}

/// A place in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatOf {
    /// Where.
    pub org: OrgId,
    /// For addresses.
    pub slug: Slug,
    /// For people.
    pub name: String,
    /// The place.
    pub member: MemberId,
    /// As what.
    pub role: Role,
    /// It rests.
    pub suspended: bool,
    /// How many owners the organization has.
    pub owners: u32,
}

/// How deleting an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrub {
    /// Nothing of the person is left but a row that says that there was one.
    Done,
    /// There is a seat still, so nothing was done.
    HasSeats,
    /// There is no such account, or not any more.
    NotThere,
}

#[derive(FromRow)]
struct EventRow {
    at: i64,
    action: String,
    note: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
}

#[derive(FromRow)]
struct SeatRow {
    tenant_id: String,
    slug: String,
    name: String,
    id: String,
    role: String,
    suspended_at: Option<i64>,
    owners: i64,
}

impl System<'_> {
    /// An account, as its owner sees it; `None` if it is deleted.
    pub async fn account(self, user: UserId) -> Result<Option<AccountRecord>, StoreError> {
        let row: Option<(String, i64, Option<i64>)> =
            on!(self.store.db.reader(), |c| query_as(ACCOUNT).bind(user.to_string()).fetch_optional(c).await?);
        row.map(|(email, created_at, changed_at)| {
            Ok(AccountRecord {
                email: parse::text("address", &email)?,
                created_at: Timestamp::from_micros(created_at),
                password_changed_at: changed_at.map(Timestamp::from_micros),
            })
        })
        .transpose()
    }

    /// What happened to an account, the newest first; at most `limit`.
    pub async fn account_events(self, user: UserId, limit: u32) -> Result<Vec<AccountEventRecord>, StoreError> {
        let rows: Vec<EventRow> = on!(self.store.db.reader(), |c| {
            query_as(EVENTS).bind(user.to_string()).bind(i64::from(limit)).fetch_all(c).await?
        });
        Ok(rows
            .into_iter()
            .map(|row| AccountEventRecord {
                at: Timestamp::from_micros(row.at),
                action: row.action,
                note: row.note,
                ip: row.ip,
                user_agent: row.user_agent,
            })
            .collect())
    }

    /// Forgets what happened before `before`; gives how much.
    pub async fn forget_account_events(self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(FORGET_EVENTS).bind(before.micros()).execute(c).await?.rows_affected()
        }))
    }

    /// All places of an account, those that rest too, by the names of the organizations.
    pub async fn seats_of(self, user: UserId) -> Result<Vec<SeatOf>, StoreError> {
        let rows: Vec<SeatRow> =
            on!(self.store.db.reader(), |c| query_as(SEATS_OF).bind(user.to_string()).fetch_all(c).await?);
        rows.into_iter()
            .map(|row| {
                Ok(SeatOf {
                    org: parse::text("organization id", &row.tenant_id)?,
                    slug: parse::text("slug", &row.slug)?,
                    name: row.name,
                    member: parse::text("member id", &row.id)?,
                    role: parse::text("role", &row.role)?,
                    suspended: row.suspended_at.is_some(),
                    owners: parse::count("owners", row.owners)?,
                })
            })
            .collect()
    }

    /// Deletes an account without seats: its sessions, its history, its address and its password. The row stays,
    /// because the history of organizations points at it.
    pub async fn scrub_account(self, user: UserId, now: Timestamp) -> Result<Scrub, StoreError> {
        let id = user.to_string();
        let nobody = format!("deleted-{id}@deleted.invalid");
        let mut tx = self.store.db.begin(None).await?;
        on!(tx.conn(), |c| query(SCRUB_SIGN_UPS).bind(id.as_str()).execute(c).await.map(drop))?;
        let scrubbed = on!(tx.conn(), |c| {
            query(SCRUB).bind(id.as_str()).bind(nobody.as_str()).bind(now.micros()).execute(c).await?.rows_affected()
        });
        // Counted behind the lock: whoever has just given them a seat is seen now.
        let seats: i64 = on!(tx.conn(), |c| query_scalar(SEATS_LEFT).bind(id.as_str()).fetch_one(c).await?);
        if scrubbed != 1 || seats > 0 {
            tx.rollback().await?;
            return Ok(if scrubbed == 1 { Scrub::HasSeats } else { Scrub::NotThere });
        }
        super::session::end_all(&mut tx, user, None).await?;
        for statement in [SCRUB_EVENTS, SCRUB_RESETS, SCRUB_CHANGES] {
            on!(tx.conn(), |c| query(statement).bind(id.as_str()).execute(c).await.map(drop))?;
        }
        on!(tx.conn(), |c| {
            let query = query(SCRUB_REQUESTS).bind(id.as_str()).bind(nobody.as_str()).bind(now.micros());
            query.execute(c).await.map(drop)
        })?;
        tx.commit().await?;
        Ok(Scrub::Done)
    }
}

/// Writes an event, in the transaction of what it tells about.
pub(super) async fn event(
    tx: &mut Tx,
    user: UserId,
    event: &NewAccountEvent,
    visit: &Visit,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx.conn(), |c| {
        query(WRITE_EVENT)
            .bind(event.id.to_string())
            .bind(user.to_string())
            .bind(now.micros())
            .bind(event.action)
            .bind(event.note.as_deref())
            .bind(visit.ip.as_deref())
            .bind(visit.user_agent())
            .execute(c)
            .await
            .map(drop)
    })?;
    Ok(())
}
