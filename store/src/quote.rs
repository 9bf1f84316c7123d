//! Quotes: what a change of plan, interval or seats was said to cost, and what became of it.
//!
//! The row's id is the idempotency key at the provider, and the change is kept in the very words in which it is asked
//! for: one key always comes with the same words. A quote that was agreed to is under way until it is closed, and an
//! organization has at most one of those.

use domain::ids::{QuoteId, UserId};
use domain::subscription::{ProviderInvoiceId, ProviderSubscriptionId};
use domain::{Interval, PlanKey, Timestamp};
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    QUOTE = "
        select id, subscription, plan, paid_every, seats, offer, hash, change, basis, difference, offered_at, expires_at,
               confirmed_at, waiting_at, invoice, pay_url, compared, closed_at, outcome, reason
        from quotes
        where tenant_id = $1 and id = $2";

    QUOTE_UNDER_WAY = "
        select id, subscription, plan, paid_every, seats, offer, hash, change, basis, difference, offered_at, expires_at,
               confirmed_at, waiting_at, invoice, pay_url, compared, closed_at, outcome, reason
        from quotes
        where tenant_id = $1 and confirmed_at is not null and closed_at is null";

    OFFER_QUOTE = "
        insert into quotes (
            tenant_id, id, subscription, asked_by, plan, paid_every, seats, offer, hash, change, basis, difference,
            offered_at, expires_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

    /// What nobody agreed to is of no use to anybody once it is over.
    FORGET_QUOTES = "
        delete from quotes
        where tenant_id = $1 and confirmed_at is null and expires_at < $2";

    CONFIRM_QUOTE = "
        update quotes
        set confirmed_at = $3, confirmed_by = $4
        where tenant_id = $1 and id = $2 and confirmed_at is null and closed_at is null and expires_at > $3
          and not exists (
              select 1
              from quotes under_way
              where under_way.tenant_id = $1 and under_way.confirmed_at is not null and under_way.closed_at is null
          )";

    WAIT_FOR_PAYMENT = "
        update quotes
        set waiting_at = coalesce(waiting_at, $3), invoice = coalesce($4, invoice), pay_url = coalesce($5, pay_url)
        where tenant_id = $1 and id = $2 and confirmed_at is not null and closed_at is null";

    CLOSE_QUOTE = "
        update quotes
        set closed_at = $3, outcome = $4, reason = $5, invoice = coalesce($6, invoice)
        where tenant_id = $1 and id = $2 and confirmed_at is not null and closed_at is null";

    QUOTES_COMPARED = "
        select id, compared
        from quotes
        where tenant_id = $1 and compared is not null and closed_at >= $2
        order by id";

    QUOTE_LOOKED_AT = "
        update quotes
        set looked_at = $3
        where tenant_id = $1 and id = $2";

    QUOTE_COMPARED = "
        update quotes
        set compared = $3
        where tenant_id = $1 and id = $2 and compared is null";
}

/// How a quote that was agreed to ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteOutcome {
    /// It is done.
    Applied,
    /// The card or the provider said no, and nothing has changed.
    Refused,
    /// It was not paid in time, and nothing has changed.
    Expired,
    /// Somebody has taken it back before it was paid.
    TakenBack,
}

impl QuoteOutcome {
    const ALL: [Self; 4] = [Self::Applied, Self::Refused, Self::Expired, Self::TakenBack];

    /// In the column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::TakenBack => "taken_back",
        }
    }
}

/// How a quote stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuoteState {
    /// Nobody has agreed to it yet.
    Offered,
    /// Somebody has, and the provider has not answered yet.
    Confirmed {
        /// Since when.
        since: Timestamp,
    },
    /// It happens when its invoice is paid.
    Waiting {
        /// Since when.
        since: Timestamp,
        /// The invoice.
        invoice: Option<ProviderInvoiceId>,
        /// Where it is paid.
        pay_url: Option<String>,
    },
    /// It is over.
    Closed {
        /// Since when.
        since: Timestamp,
        /// How.
        outcome: QuoteOutcome,
        /// Why, where somebody said no.
        reason: Option<String>,
        /// The invoice that was made.
        invoice: Option<ProviderInvoiceId>,
    },
}

/// A quote to be kept.
#[derive(Clone, Debug)]
pub struct NewQuote {
    /// Its name, and the key at the provider.
    pub id: QuoteId,
    /// Of which subscription.
    pub subscription: ProviderSubscriptionId,
    /// Who asked.
    pub asked_by: UserId,
    /// What is wanted: the plan,
    pub plan: PlanKey,
    /// paid how often,
    pub interval: Interval,
    /// with so many seats.
    pub seats: u32,
    /// What is shown, as canonical JSON.
    pub offer: String,
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// What the provider is asked to do, as JSON.
    pub change: String,
    /// SHA-256 of what it was made from.
    pub basis: [u8; 32],
    /// Where our own reckoning differs from the provider's, as JSON.
    pub difference: Option<String>,
    /// Until when it can be agreed to.
    pub expires_at: Timestamp,
}

/// A quote as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRecord {
    /// Its name, and the key at the provider.
    pub id: QuoteId,
    /// Of which subscription.
    pub subscription: ProviderSubscriptionId,
    /// What is wanted: the plan,
    pub plan: PlanKey,
    /// paid how often,
    pub interval: Interval,
    /// with so many seats.
    pub seats: u32,
    /// What was shown, as canonical JSON.
    pub offer: String,
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// What the provider is asked to do, as JSON.
    pub change: String,
    /// SHA-256 of what it was made from.
    pub basis: [u8; 32],
    /// Where our own reckoning differed from the provider's, as JSON.
    pub difference: Option<String>,
    /// Since when.
    pub offered_at: Timestamp,
    /// Until when it can be agreed to.
    pub expires_at: Timestamp,
    /// How the invoice compares with what was shown, as JSON.
    pub compared: Option<String>,
    /// How it stands.
    pub state: QuoteState,
}

#[derive(FromRow)]
struct Row {
    id: String,
    subscription: String,
    plan: String,
    paid_every: String,
    seats: i64,
    offer: String,
    hash: Vec<u8>,
    change: String,
    basis: Vec<u8>,
    difference: Option<String>,
    offered_at: i64,
    expires_at: i64,
    confirmed_at: Option<i64>,
    waiting_at: Option<i64>,
    invoice: Option<String>,
    pay_url: Option<String>,
    compared: Option<String>,
    closed_at: Option<i64>,
    outcome: Option<String>,
    reason: Option<String>,
}

impl Row {
    fn quote(self) -> Result<QuoteRecord, StoreError> {
        let invoice = self.invoice.map(ProviderInvoiceId);
        let state = match (self.closed_at, self.outcome, self.waiting_at, self.confirmed_at) {
            (Some(closed), Some(word), _, _) => QuoteState::Closed {
                since: Timestamp::from_micros(closed),
                outcome: QuoteOutcome::ALL
                    .into_iter()
                    .find(|outcome| outcome.as_str() == word)
                    .ok_or_else(|| StoreError::inconsistent("quote outcome", format!("`{word}` is none")))?,
                reason: self.reason,
                invoice,
            },
            (_, _, Some(waiting), _) => {
                QuoteState::Waiting { since: Timestamp::from_micros(waiting), invoice, pay_url: self.pay_url }
            }
            (_, _, None, Some(confirmed)) => QuoteState::Confirmed { since: Timestamp::from_micros(confirmed) },
            (_, _, None, None) => QuoteState::Offered,
        };
        Ok(QuoteRecord {
            id: parse::text("quote id", &self.id)?,
            subscription: ProviderSubscriptionId(self.subscription),
            plan: parse::text("plan key", &self.plan)?,
            interval: parse::text("interval", &self.paid_every)?,
            seats: parse::count("seats", self.seats)?,
            offer: self.offer,
            hash: parse::hash(self.hash)?,
            change: self.change,
            basis: parse::hash(self.basis)?,
            difference: self.difference,
            offered_at: Timestamp::from_micros(self.offered_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            compared: self.compared,
            state,
        })
    }
}

impl TenantRead {
    /// That quote, if it is this organization's.
    pub async fn quote(&mut self, id: QuoteId) -> Result<Option<QuoteRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(QUOTE).bind(tenant).bind(id.to_string()).fetch_optional(c).await?);
        row.map(Row::quote).transpose()
    }

    /// The quote that was agreed to and is not closed, if there is one.
    pub async fn quote_under_way(&mut self) -> Result<Option<QuoteRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| query_as(QUOTE_UNDER_WAY).bind(tenant).fetch_optional(c).await?);
        row.map(Row::quote).transpose()
    }

    /// What the comparison with the invoice came to, as JSON, for each quote that was closed since then and compared.
    pub async fn quotes_compared(&mut self, since: Timestamp) -> Result<Vec<(QuoteId, String)>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<(String, String)> =
            on!(conn, |c| query_as(QUOTES_COMPARED).bind(tenant).bind(since.micros()).fetch_all(c).await?);
        rows.into_iter().map(|(id, compared)| Ok((parse::text("quote id", &id)?, compared))).collect()
    }
}

impl TenantTx {
    /// Keeps a quote, and forgets those that ended before `forget` and that nobody agreed to.
    pub async fn offer_quote(&mut self, new: &NewQuote, forget: Timestamp) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(FORGET_QUOTES).bind(tenant).bind(forget.micros()).execute(c).await.map(drop)?);
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(OFFER_QUOTE)
                .bind(tenant)
                .bind(new.id.to_string())
                .bind(new.subscription.as_str())
                .bind(new.asked_by.to_string())
                .bind(new.plan.as_str())
                .bind(new.interval.as_str())
                .bind(i64::from(new.seats))
                .bind(&*new.offer)
                .bind(new.hash.as_slice())
                .bind(&*new.change)
                .bind(new.basis.as_slice())
                .bind(new.difference.as_deref())
                .bind(now)
                .bind(new.expires_at.micros())
                .execute(c)
                .await
                .map(drop)?;
        });
        Ok(())
    }

    /// Somebody agrees to it; `false` if that cannot be: it is over, was agreed to before, or another one is under way.
    pub async fn confirm_quote(&mut self, id: QuoteId, by: UserId) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let confirmed = on!(conn, |c| {
            query(CONFIRM_QUOTE)
                .bind(tenant)
                .bind(id.to_string())
                .bind(now)
                .bind(by.to_string())
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(confirmed == 1)
    }

    /// It happens when that invoice is paid; `false` if it is not under way.
    pub async fn quote_waits(
        &mut self,
        id: QuoteId,
        invoice: Option<&ProviderInvoiceId>,
        pay_url: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let noted = on!(conn, |c| {
            query(WAIT_FOR_PAYMENT)
                .bind(tenant)
                .bind(id.to_string())
                .bind(now)
                .bind(invoice.map(ProviderInvoiceId::as_str))
                .bind(pay_url)
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(noted == 1)
    }

    /// It is over; `false` if it was not under way.
    pub async fn close_quote(
        &mut self,
        id: QuoteId,
        outcome: QuoteOutcome,
        reason: Option<&str>,
        invoice: Option<&ProviderInvoiceId>,
    ) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let closed = on!(conn, |c| {
            query(CLOSE_QUOTE)
                .bind(tenant)
                .bind(id.to_string())
                .bind(now)
                .bind(outcome.as_str())
                .bind(reason)
                .bind(invoice.map(ProviderInvoiceId::as_str))
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(closed == 1)
    }

    /// The worker has looked at it now, and comes again later.
    pub async fn quote_looked_at(&mut self, id: QuoteId) -> Result<(), StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| query(QUOTE_LOOKED_AT).bind(tenant).bind(id.to_string()).bind(now).execute(c).await.map(drop)?);
        Ok(())
    }

    /// How its invoice compares with what was shown, as JSON. The first answer stays.
    pub async fn quote_compared(&mut self, id: QuoteId, result: &str) -> Result<(), StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(QUOTE_COMPARED).bind(tenant).bind(id.to_string()).bind(result).execute(c).await.map(drop)?;
        });
        Ok(())
    }
}
