//! Started payments: at most one open page for an organization.

use domain::subscription::ProviderCheckoutId;
use domain::{Currency, Interval, PlanKey, Timestamp};
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    OPEN_CHECKOUT = "
        select id, plan, paid_every, currency, seats, provider_id, url, expires_at, started_at
        from checkouts
        where tenant_id = $1 and closed_at is null";

    START_CHECKOUT = "
        insert into checkouts (tenant_id, id, plan, paid_every, currency, seats, started_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant_id) where closed_at is null do nothing";

    RECORD_CHECKOUT = "
        update checkouts
        set provider_id = $3, url = $4, expires_at = $5
        where tenant_id = $1 and id = $2";

    CLOSE_CHECKOUT = "
        update checkouts
        set closed_at = $3, close_reason = $4
        where tenant_id = $1 and id = $2 and closed_at is null";
}

/// An open payment page, or one that is being opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutRecord {
    /// The row's id and the idempotency key at the provider.
    pub key: String,
    /// What is bought.
    pub plan: PlanKey,
    /// Paid how often.
    pub interval: Interval,
    /// Paid in what.
    pub currency: Currency,
    /// For how many seats.
    pub seats: u32,
    /// The provider's name for it; `None` until the provider has answered.
    pub provider_id: Option<ProviderCheckoutId>,
    /// Where the buyer pays; `None` until the provider has answered.
    pub url: Option<String>,
    /// When it closes by itself. It may be over and not closed yet: then the provider knows how it ended.
    pub expires_at: Timestamp,
    /// Since when.
    pub started_at: Timestamp,
}

/// How starting ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartCheckout {
    /// This one is open now.
    Started,
    /// That one is open already; nothing was written.
    AlreadyOpen(CheckoutRecord),
}

/// How a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// Paid.
    Completed,
    /// Not paid in time.
    Expired,
    /// The buyer went back, or wanted something else.
    Cancelled,
    /// The provider refused to open it.
    Failed,
}

impl CloseReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    plan: String,
    paid_every: String,
    currency: String,
    seats: i64,
    provider_id: Option<String>,
    url: Option<String>,
    expires_at: i64,
    started_at: i64,
}

impl TenantRead {
    /// The open payment page, if there is one.
    pub async fn open_checkout(&mut self) -> Result<Option<CheckoutRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| query_as(OPEN_CHECKOUT).bind(tenant).fetch_optional(c).await?);
        let Some(row) = row else { return Ok(None) };
        Ok(Some(CheckoutRecord {
            key: row.id,
            plan: parse::text("plan key", &row.plan)?,
            interval: parse::text("interval", &row.paid_every)?,
            currency: parse::text("currency", &row.currency)?,
            seats: parse::count("seats", row.seats)?,
            provider_id: row.provider_id.map(ProviderCheckoutId),
            url: row.url,
            expires_at: Timestamp::from_micros(row.expires_at),
            started_at: Timestamp::from_micros(row.started_at),
        }))
    }
}

impl TenantTx {
    /// Writes that a payment page is to be opened, unless one is open already. `seats` is at least 1. `key` is new
    /// everywhere and becomes the idempotency key at the provider.
    pub async fn start_checkout(
        &mut self,
        key: &str,
        plan: &PlanKey,
        interval: Interval,
        currency: Currency,
        seats: u32,
        expires_at: Timestamp,
    ) -> Result<StartCheckout, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let started = on!(conn, |c| {
            query(START_CHECKOUT)
                .bind(tenant)
                .bind(key)
                .bind(plan.as_str())
                .bind(interval.as_str())
                .bind(currency.code())
                .bind(i64::from(seats))
                .bind(now)
                .bind(expires_at.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        if started == 1 {
            return Ok(StartCheckout::Started);
        }
        match self.open_checkout().await? {
            Some(open) => Ok(StartCheckout::AlreadyOpen(open)),
            None => Err(StoreError::inconsistent("checkout", "an open page was in the way and is not there")),
        }
    }

    /// Notes what the provider answered: its id, where the buyer pays, when it closes.
    pub async fn record_checkout(
        &mut self,
        key: &str,
        id: &ProviderCheckoutId,
        url: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let noted = on!(conn, |c| {
            query(RECORD_CHECKOUT)
                .bind(tenant)
                .bind(key)
                .bind(id.as_str())
                .bind(url)
                .bind(expires_at.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        if noted == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Closes a page; `false` if it was not open.
    pub async fn close_checkout(&mut self, key: &str, why: CloseReason) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let closed = on!(conn, |c| {
            query(CLOSE_CHECKOUT).bind(tenant).bind(key).bind(now).bind(why.as_str()).execute(c).await?.rows_affected()
        });
        Ok(closed == 1)
    }
}
