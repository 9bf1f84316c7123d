//! What is written down about billed seats in a period. `domain::billed` says what follows from it.

use domain::Timestamp;
use domain::billed::{Billed, Raised};
use domain::plan::Part;
use domain::subscription::ProviderSubscriptionId;
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    /// The first sight of a period counts, however often it is seen.
    BEGIN = "
        insert into seat_periods (tenant_id, subscription, part, period_from, is_first, quantity, owed, seen_at)
        values ($1, $2, $3, $4,
                not exists (select 1
                            from seat_periods
                            where tenant_id = $1 and subscription = $2 and part = $3 and period_from < $4),
                $5, $6, $7)
        on conflict (tenant_id, subscription, part, period_from) do nothing";

    PERIOD = "
        select is_first, quantity, owed, raised_day, raised_before, kept
        from seat_periods
        where tenant_id = $1 and subscription = $2 and part = $3 and period_from = $4";

    NOTE = "
        update seat_periods
        set raised_day = $5, raised_before = $6, kept = $7
        where tenant_id = $1 and subscription = $2 and part = $3 and period_from = $4";

    /// `true` once for each line and period.
    CLOSE = "
        update seat_periods
        set closed_at = $4
        where tenant_id = $1 and subscription = $2 and period_from = $3 and closed_at is null";
}

/// A line of billed seats in one of its periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatLine<'a> {
    /// Of which subscription.
    pub subscription: &'a ProviderSubscriptionId,
    /// Which of its lines.
    pub part: Part,
    /// When the period began.
    pub from: Timestamp,
}

#[derive(FromRow)]
struct Row {
    is_first: bool,
    quantity: i64,
    owed: i64,
    raised_day: Option<i64>,
    raised_before: Option<i64>,
    kept: Option<i64>,
}

impl TenantRead {
    /// A line with what is known of its period, `quantity` being billed now; `None` if the period was not seen yet.
    pub async fn billed(&mut self, line: SeatLine<'_>, quantity: u32) -> Result<Option<Billed>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| {
            query_as(PERIOD)
                .bind(tenant)
                .bind(line.subscription.as_str())
                .bind(line.part.as_str())
                .bind(line.from.micros())
                .fetch_optional(c)
                .await?
        });
        let Some(row) = row else { return Ok(None) };
        let began = parse::count("billed seats", row.quantity)?;
        let raised = match (row.raised_day, row.raised_before) {
            (Some(day), Some(before)) => {
                Some(Raised { day: Timestamp::from_micros(day), before: parse::count("billed seats", before)? })
            }
            _ => None,
        };
        Ok(Some(Billed {
            quantity,
            renewed_with: (!row.is_first).then_some(began),
            owed: parse::count("needed seats", row.owed)?,
            raised,
            kept: row.kept.map(|kept| parse::count("paid seats", kept)).transpose()?,
        }))
    }
}

impl TenantTx {
    /// Notes that a period was seen, with what is billed and what is needed; nothing if it was seen before. Says whether
    /// this was the first sight of it.
    pub async fn begin_seat_period(
        &mut self,
        line: SeatLine<'_>,
        quantity: u32,
        owed: u32,
    ) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let begun = on!(conn, |c| {
            query(BEGIN)
                .bind(tenant)
                .bind(line.subscription.as_str())
                .bind(line.part.as_str())
                .bind(line.from.micros())
                .bind(i64::from(quantity))
                .bind(i64::from(owed))
                .bind(now)
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(begun == 1)
    }

    /// Notes what a step leaves behind.
    pub async fn note_billed(&mut self, line: SeatLine<'_>, known: &Billed) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let noted = on!(conn, |c| {
            query(NOTE)
                .bind(tenant)
                .bind(line.subscription.as_str())
                .bind(line.part.as_str())
                .bind(line.from.micros())
                .bind(known.raised.map(|raised| raised.day.micros()))
                .bind(known.raised.map(|raised| i64::from(raised.before)))
                .bind(known.kept.map(i64::from))
                .execute(c)
                .await?
                .rows_affected()
        });
        if noted == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Notes that the number for the period after this one was looked at; `false` if it was before.
    pub async fn close_seat_period(
        &mut self,
        subscription: &ProviderSubscriptionId,
        from: Timestamp,
    ) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let closed = on!(conn, |c| {
            query(CLOSE)
                .bind(tenant)
                .bind(subscription.as_str())
                .bind(from.micros())
                .bind(now)
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(closed > 0)
    }
}
