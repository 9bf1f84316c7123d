//! Fewer seats bought ahead, from the renewal on. What is bought ahead now is a column of the organization; the number
//! that takes its place, and when, are two more.

use domain::Timestamp;
use sqlx::{query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    FLOOR_NEXT = "
        select seats_floor_next, seats_floor_at
        from organizations
        where tenant_id = $1 and seats_floor_next is not null and seats_floor_at is not null";

    PLAN_FLOOR = "
        update organizations
        set seats_floor_next = $2, seats_floor_at = $3
        where tenant_id = $1";

    /// Never more than there is: seats bought since have their own moment.
    LOWER_FLOOR = "
        update organizations
        set seats_floor = seats_floor_next, seats_floor_next = null, seats_floor_at = null
        where tenant_id = $1 and seats_floor_at <= $2 and seats_floor_next < seats_floor";
}

impl TenantRead {
    /// How many seats are to be bought ahead after the renewal, and when that is; `None` if that stays as it is.
    pub async fn seats_floor_next(&mut self) -> Result<Option<(u32, Timestamp)>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<(i64, i64)> = on!(conn, |c| query_as(FLOOR_NEXT).bind(tenant).fetch_optional(c).await?);
        row.map(|(seats, at)| Ok((parse::count("seats bought ahead", seats)?, Timestamp::from_micros(at)))).transpose()
    }
}

impl TenantTx {
    /// Notes how many seats are to be bought ahead from a renewal on; `None` takes that back.
    pub async fn plan_seats_floor(&mut self, next: Option<(u32, Timestamp)>) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(PLAN_FLOOR)
                .bind(tenant)
                .bind(next.map(|(seats, _)| i64::from(seats)))
                .bind(next.map(|(_, at)| at.micros()))
                .execute(c)
                .await
                .map(drop)?;
        });
        Ok(())
    }

    /// Lets it come true, if its renewal is not later than `until`; `false` if there is nothing to do. What was planned
    /// and is no less than what is there now is forgotten.
    pub async fn lower_seats_floor(&mut self, until: Timestamp) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let lowered =
            on!(conn, |c| { query(LOWER_FLOOR).bind(tenant).bind(until.micros()).execute(c).await?.rows_affected() });
        if lowered == 0 && self.seats_floor_next().await?.is_some_and(|(_, at)| at <= until) {
            self.plan_seats_floor(None).await?;
        }
        Ok(lowered == 1)
    }
}
