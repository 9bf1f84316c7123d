//! Requests for a seat: one for an address, from being asked until it ends with a seat, a refusal, or taken back. None of
//! this moves a seat; that is the invitation's, or [`TenantTx::join_without_invitation`]'s.

use domain::ids::{SeatRequestId, UserId};
use domain::{EmailAddress, Role, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    ADD_REQUEST = "
        insert into seat_requests (tenant_id, id, email, email_folded, user_id, asked_by, role, note, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    IS_ASKED = "
        select count(*)
        from seat_requests
        where tenant_id = $1 and email_folded = $2
          and seated_at is null and declined_at is null and withdrawn_at is null";

    DECLINED_SINCE = "
        select count(*)
        from seat_requests
        where tenant_id = $1 and email_folded = $2 and declined_at > $3";

    /// A newcomer's address is the one that they have now.
    REQUESTS = "
        select seat_requests.id, coalesce(newcomers.email, seat_requests.email) as email, seat_requests.user_id,
               seat_requests.role, seat_requests.note, seat_requests.created_at, seat_requests.approved_at,
               seat_requests.asked_by as asker_id, askers.email as asker
        from seat_requests
             left join users as askers on askers.id = seat_requests.asked_by
             left join users as newcomers on newcomers.id = seat_requests.user_id
        where seat_requests.tenant_id = $1
          and seated_at is null and declined_at is null and withdrawn_at is null
        order by coalesce(seat_requests.approved_at, seat_requests.created_at), seat_requests.id";

    REQUEST = "
        select seat_requests.id, coalesce(newcomers.email, seat_requests.email) as email, seat_requests.user_id,
               seat_requests.role, seat_requests.note, seat_requests.created_at, seat_requests.approved_at,
               seat_requests.asked_by as asker_id, askers.email as asker
        from seat_requests
             left join users as askers on askers.id = seat_requests.asked_by
             left join users as newcomers on newcomers.id = seat_requests.user_id
        where seat_requests.tenant_id = $1 and seat_requests.id = $2
          and seated_at is null and declined_at is null and withdrawn_at is null";

    APPROVE = "
        update seat_requests
        set approved_at = $3, approved_by = $4
        where tenant_id = $1 and id = $2 and approved_at is null
          and seated_at is null and declined_at is null and withdrawn_at is null";

    DECLINE = "
        update seat_requests
        set declined_at = $3, decline_reason = $4
        where tenant_id = $1 and id = $2
          and seated_at is null and declined_at is null and withdrawn_at is null";

    WITHDRAW = "
        update seat_requests
        set withdrawn_at = $3
        where tenant_id = $1 and id = $2
          and seated_at is null and declined_at is null and withdrawn_at is null";

    /// Whoever has asked for this address, and whether somebody has said yes: it has its seat now.
    MET = "
        update seat_requests
        set seated_at = $3
        where tenant_id = $1 and email_folded = $2
          and seated_at is null and declined_at is null and withdrawn_at is null";

    SEATED = "
        update seat_requests
        set seated_at = $3
        where tenant_id = $1 and id = $2 and approved_at is not null
          and seated_at is null and declined_at is null and withdrawn_at is null";
}

/// A request to be written.
#[derive(Clone, Debug)]
pub struct NewSeatRequest {
    /// Its id.
    pub id: SeatRequestId,
    /// For whom.
    pub email: EmailAddress,
    /// Their account, when they ask for themselves.
    pub user: Option<UserId>,
    /// The member who asks for a colleague.
    pub asked_by: Option<UserId>,
    /// As what.
    pub role: Role,
    /// Why, in the words of who asks.
    pub note: Option<String>,
}

/// An open request: without an answer, or on the wait list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRequestRecord {
    /// Which.
    pub id: SeatRequestId,
    /// For whom.
    pub email: EmailAddress,
    /// Their account, when they ask for themselves.
    pub user: Option<UserId>,
    /// The member who asks for a colleague.
    pub asked_by: Option<(UserId, EmailAddress)>,
    /// As what.
    pub role: Role,
    /// Why, in the words of who asks.
    pub note: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when it stands on the wait list; `None`: it waits for an answer.
    pub approved_at: Option<Timestamp>,
}

/// How asking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddRequest {
    /// It waits for an answer.
    Added,
    /// Somebody has asked for this address already.
    AlreadyAsked,
    /// The address is a member's.
    AlreadyMember,
    /// The address is invited.
    AlreadyInvited,
}

#[derive(FromRow)]
struct Row {
    id: String,
    email: String,
    user_id: Option<String>,
    role: String,
    note: Option<String>,
    created_at: i64,
    approved_at: Option<i64>,
    asker_id: Option<String>,
    asker: Option<String>,
}

impl Row {
    fn record(self) -> Result<SeatRequestRecord, StoreError> {
        let asker = parse::maybe("user id", self.asker_id.as_deref())?;
        Ok(SeatRequestRecord {
            id: parse::text("seat request id", &self.id)?,
            email: parse::text("address", &self.email)?,
            user: parse::maybe("user id", self.user_id.as_deref())?,
            asked_by: asker.zip(parse::maybe("address", self.asker.as_deref())?),
            role: parse::text("role", &self.role)?,
            note: self.note,
            created_at: Timestamp::from_micros(self.created_at),
            approved_at: self.approved_at.map(Timestamp::from_micros),
        })
    }
}

impl TenantRead {
    /// Open requests, the oldest first; on the wait list, the one approved first.
    pub async fn seat_requests(&mut self) -> Result<Vec<SeatRequestRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(REQUESTS).bind(tenant).fetch_all(c).await?);
        rows.into_iter().map(Row::record).collect()
    }

    /// An open request; `None` if it is answered, or not of this organization.
    pub async fn seat_request(&mut self, id: SeatRequestId) -> Result<Option<SeatRequestRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(REQUEST).bind(tenant).bind(id.to_string()).fetch_optional(c).await?);
        row.map(Row::record).transpose()
    }

    /// Whether a request for this address was declined after `since`.
    pub async fn declined_since(&mut self, email: &EmailAddress, since: Timestamp) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let found: i64 = on!(conn, |c| {
            query_scalar(DECLINED_SINCE).bind(tenant).bind(email.folded()).bind(since.micros()).fetch_one(c).await?
        });
        Ok(found > 0)
    }

    async fn is_asked(&mut self, email: &EmailAddress) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let found: i64 = on!(conn, |c| query_scalar(IS_ASKED).bind(tenant).bind(email.folded()).fetch_one(c).await?);
        Ok(found > 0)
    }
}

impl TenantTx {
    /// Writes a request, or says why not.
    pub async fn add_seat_request(&mut self, new: &NewSeatRequest) -> Result<AddRequest, StoreError> {
        self.at_the_gate().await?;
        if self.is_members_address(&new.email).await? {
            return Ok(AddRequest::AlreadyMember);
        }
        if self.is_invited(&new.email).await? {
            return Ok(AddRequest::AlreadyInvited);
        }
        if self.is_asked(&new.email).await? {
            return Ok(AddRequest::AlreadyAsked);
        }
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_REQUEST)
                .bind(tenant)
                .bind(new.id.to_string())
                .bind(new.email.as_str())
                .bind(new.email.folded())
                .bind(new.user.map(|user| user.to_string()))
                .bind(new.asked_by.map(|user| user.to_string()))
                .bind(new.role.as_str())
                .bind(new.note.as_deref())
                .bind(now)
                .execute(c)
                .await?;
        });
        Ok(AddRequest::Added)
    }

    /// Puts a request on the wait list; `false` if it is there already, or answered.
    pub async fn approve_request(&mut self, id: SeatRequestId) -> Result<bool, StoreError> {
        let by = self.scope().user().map(|user| user.to_string());
        self.answer_with(APPROVE, id, by.as_deref()).await
    }

    /// Ends a request with a refusal; `false` if it is answered.
    pub async fn decline_request(&mut self, id: SeatRequestId, reason: Option<&str>) -> Result<bool, StoreError> {
        self.answer_with(DECLINE, id, reason).await
    }

    /// Takes a request back; `false` if it is answered.
    pub async fn withdraw_request(&mut self, id: SeatRequestId) -> Result<bool, StoreError> {
        self.answer(WITHDRAW, id).await
    }

    /// Ends an approved request with a seat, which the caller has taken; `false` if it is not approved, or ended.
    pub async fn request_seated(&mut self, id: SeatRequestId) -> Result<bool, StoreError> {
        self.answer(SEATED, id).await
    }

    /// Ends whatever request there is for an address that has just got its seat in another way.
    pub async fn requests_met(&mut self, email: &EmailAddress) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(MET).bind(tenant).bind(email.folded()).bind(now).execute(c).await?;
        });
        Ok(())
    }

    async fn answer(&mut self, statement: &'static str, id: SeatRequestId) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let answered = on!(conn, |c| {
            query(statement).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?.rows_affected()
        });
        Ok(answered == 1)
    }

    async fn answer_with(
        &mut self,
        statement: &'static str,
        id: SeatRequestId,
        note: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let answered = on!(conn, |c| {
            query(statement).bind(tenant).bind(id.to_string()).bind(now).bind(note).execute(c).await?.rows_affected()
        });
        Ok(answered == 1)
    }
}
