//! Our mirror of invoices. [`TenantTx::apply_invoice`] is the only writer.

use domain::invoice::{BillingReason, InvoiceLine};
use domain::subscription::{Believe, ProviderCustomerId, ProviderInvoiceId, ProviderSubscriptionId};
use domain::time::Period;
use domain::{Currency, Invoice, InvoiceStatus, Money, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    INVOICE = "
        select id, customer, subscription, number, status, reason, currency, subtotal, total, balance, due, paid,
               remaining, refunded, credited, disputed, card, needs_confirmation, attempts, next_attempt, period_from,
               period_until, created_at, due_at, finalized_at, paid_at, page, pdf, payments, lines, fetched_at
        from invoices
        where tenant_id = $1 and id = $2";

    /// The newest first; an empty text and a far time leave their condition open.
    INVOICES = "
        select id, customer, subscription, number, status, reason, currency, subtotal, total, balance, due, paid,
               remaining, refunded, credited, disputed, card, needs_confirmation, attempts, next_attempt, period_from,
               period_until, created_at, due_at, finalized_at, paid_at, page, pdf, payments, lines, fetched_at
        from invoices
        where tenant_id = $1
          and ($2 = '' or status = $2)
          and created_at >= $3 and created_at < $4
          and (created_at < $5 or (created_at = $5 and id < $6))
        order by created_at desc, id desc
        limit $7 offset $8";

    COUNT_INVOICES = "
        select count(*)
        from invoices
        where tenant_id = $1
          and ($2 = '' or status = $2)
          and created_at >= $3 and created_at < $4";

    /// The owed ones, the one that is owed longest first.
    OWED = "
        select i.id, i.customer, i.subscription, i.number, i.status, i.reason, i.currency, i.subtotal, i.total,
               i.balance, i.due, i.paid, i.remaining, i.refunded, i.credited, i.disputed, i.card, i.needs_confirmation,
               i.attempts, i.next_attempt, i.period_from, i.period_until, i.created_at, i.due_at, i.finalized_at,
               i.paid_at, i.page, i.pdf, i.payments, i.lines, i.fetched_at
        from invoices i join dunning_cases d on d.tenant_id = $1 and d.invoice = i.id
        where i.tenant_id = $1 and d.closed_at is null
        order by d.opened_at, i.id";

    INVOICE_OF_PAYMENT = "
        select id
        from invoices
        where tenant_id = $1 and payments like $2 escape '\\'
        order by created_at desc
        limit 1";

    INVOICES_SEEN_AT = "
        select max(fetched_at)
        from invoices
        where tenant_id = $1";

    /// The outermost `where` is `Invoice::believe`: what is paid or void stays so; otherwise the later snapshot counts.
    /// A test holds the two together.
    APPLY_INVOICE = "
        insert into invoices (
            tenant_id, id, customer, subscription, number, status, reason, currency, subtotal, total, balance, due, paid,
            remaining, refunded, credited, disputed, card, needs_confirmation, attempts, next_attempt, period_from,
            period_until, created_at, due_at, finalized_at, paid_at, page, pdf, payments, lines, fetched_at,
            first_seen_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
        on conflict (id) do update
        set customer = excluded.customer, subscription = excluded.subscription, number = excluded.number,
            status = excluded.status, reason = excluded.reason, currency = excluded.currency,
            subtotal = excluded.subtotal, total = excluded.total, balance = excluded.balance, due = excluded.due,
            paid = excluded.paid, remaining = excluded.remaining, refunded = excluded.refunded,
            credited = excluded.credited, disputed = excluded.disputed, card = excluded.card,
            needs_confirmation = excluded.needs_confirmation, attempts = excluded.attempts,
            next_attempt = excluded.next_attempt, period_from = excluded.period_from,
            period_until = excluded.period_until, created_at = excluded.created_at, due_at = excluded.due_at,
            finalized_at = excluded.finalized_at, paid_at = excluded.paid_at, page = excluded.page, pdf = excluded.pdf,
            payments = excluded.payments, lines = excluded.lines, fetched_at = excluded.fetched_at
        where invoices.tenant_id = $1
          and (
              (excluded.status in ('paid', 'void') and invoices.status not in ('paid', 'void'))
              or (
                  (excluded.status in ('paid', 'void')) = (invoices.status in ('paid', 'void'))
                  and invoices.fetched_at <= excluded.fetched_at
              )
          )";
}

/// Which invoices are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvoiceFilter {
    /// In this state; `None`: in any.
    pub status: Option<InvoiceStatus>,
    /// Written not before.
    pub from: Option<Timestamp>,
    /// Written before.
    pub until: Option<Timestamp>,
}

impl InvoiceFilter {
    fn bounds(&self) -> (&'static str, i64, i64) {
        (
            self.status.map_or("", InvoiceStatus::as_str),
            self.from.map_or(i64::MIN, Timestamp::micros),
            self.until.map_or(i64::MAX, Timestamp::micros),
        )
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    customer: String,
    subscription: Option<String>,
    number: Option<String>,
    status: String,
    reason: String,
    currency: String,
    subtotal: i64,
    total: i64,
    balance: i64,
    due: i64,
    paid: i64,
    remaining: i64,
    refunded: i64,
    credited: i64,
    disputed: bool,
    card: Option<String>,
    needs_confirmation: bool,
    attempts: i64,
    next_attempt: Option<i64>,
    period_from: i64,
    period_until: i64,
    created_at: i64,
    due_at: Option<i64>,
    finalized_at: Option<i64>,
    paid_at: Option<i64>,
    page: Option<String>,
    pdf: Option<String>,
    payments: String,
    lines: String,
    fetched_at: i64,
}

impl Row {
    fn invoice(self) -> Result<Invoice, StoreError> {
        let currency: Currency = parse::text("currency", &self.currency)?;
        let money = |minor: i64| Money::new(minor, currency);
        let at = Timestamp::from_micros;
        let lines: Vec<InvoiceLine> =
            serde_json::from_str(&self.lines).map_err(|error| parse::not_json("invoice lines", &error))?;
        let payments: Vec<String> =
            serde_json::from_str(&self.payments).map_err(|error| parse::not_json("invoice payments", &error))?;
        Ok(Invoice {
            id: ProviderInvoiceId(self.id),
            customer: ProviderCustomerId(self.customer),
            subscription: self.subscription.map(ProviderSubscriptionId),
            number: self.number,
            status: parse::text("invoice status", &self.status)?,
            reason: parse::text::<BillingReason>("billing reason", &self.reason)?,
            subtotal: money(self.subtotal),
            total: money(self.total),
            balance: money(self.balance),
            due: money(self.due),
            paid: money(self.paid),
            remaining: money(self.remaining),
            refunded: money(self.refunded),
            credited: money(self.credited),
            disputed: self.disputed,
            card: self.card,
            needs_confirmation: self.needs_confirmation,
            attempts: parse::count("attempts", self.attempts)?,
            next_attempt: self.next_attempt.map(at),
            period: Period { from: at(self.period_from), until: at(self.period_until) },
            created_at: at(self.created_at),
            due_at: self.due_at.map(at),
            finalized_at: self.finalized_at.map(at),
            paid_at: self.paid_at.map(at),
            page: self.page,
            pdf: self.pdf,
            payments,
            lines,
            fetched_at: at(self.fetched_at),
        })
    }
}

impl TenantRead {
    /// The invoice of that provider id, if it is this organization's.
    pub async fn invoice(&mut self, id: &ProviderInvoiceId) -> Result<Option<Invoice>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(INVOICE).bind(tenant).bind(id.as_str()).fetch_optional(c).await?);
        row.map(Row::invoice).transpose()
    }

    /// Invoices, the newest first: at most `limit` after the first `skip`.
    pub async fn invoices(
        &mut self,
        filter: &InvoiceFilter,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Invoice>, StoreError> {
        self.page(filter, (i64::MAX, ""), skip, limit).await
    }

    /// Invoices, the newest first: at most `limit` of those written before `last`. What is written meanwhile is not
    /// among them, so a long list can be read piece by piece.
    pub async fn invoices_before(
        &mut self,
        filter: &InvoiceFilter,
        last: Option<&Invoice>,
        limit: u32,
    ) -> Result<Vec<Invoice>, StoreError> {
        let below = last.map_or((i64::MAX, ""), |last| (last.created_at.micros(), last.id.as_str()));
        self.page(filter, below, 0, limit).await
    }

    async fn page(
        &mut self,
        filter: &InvoiceFilter,
        below: (i64, &str),
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Invoice>, StoreError> {
        let (status, from, until) = filter.bounds();
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| {
            query_as(INVOICES)
                .bind(tenant)
                .bind(status)
                .bind(from)
                .bind(until)
                .bind(below.0)
                .bind(below.1)
                .bind(i64::from(limit))
                .bind(i64::from(skip))
                .fetch_all(c)
                .await?
        });
        rows.into_iter().map(Row::invoice).collect()
    }

    /// How many invoices there are.
    pub async fn count_invoices(&mut self, filter: &InvoiceFilter) -> Result<u32, StoreError> {
        let (status, from, until) = filter.bounds();
        let (conn, tenant) = self.parts();
        let count: i64 = on!(conn, |c| {
            query_scalar(COUNT_INVOICES).bind(tenant).bind(status).bind(from).bind(until).fetch_one(c).await?
        });
        parse::count("invoices", count)
    }

    /// The invoices that are owed, the one that is owed longest first.
    pub async fn owed(&mut self) -> Result<Vec<Invoice>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(OWED).bind(tenant).fetch_all(c).await?);
        rows.into_iter().map(Row::invoice).collect()
    }

    /// The invoice that a payment of that name at the provider is for, as far as it is mirrored.
    pub async fn invoice_of_payment(&mut self, payment: &str) -> Result<Option<ProviderInvoiceId>, StoreError> {
        let quoted = parse::json("payment", &payment)?;
        let escaped = quoted.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let (conn, tenant) = self.parts();
        let id: Option<String> = on!(conn, |c| {
            query_scalar(INVOICE_OF_PAYMENT).bind(tenant).bind(format!("%{escaped}%")).fetch_optional(c).await?
        });
        Ok(id.map(ProviderInvoiceId))
    }

    /// When an invoice was fetched last.
    pub async fn invoices_seen_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let (conn, tenant) = self.parts();
        let at: Option<i64> = on!(conn, |c| query_scalar(INVOICES_SEEN_AT).bind(tenant).fetch_one(c).await?);
        Ok(at.map(Timestamp::from_micros))
    }
}

impl TenantTx {
    /// Stores a snapshot, unless what is stored is to be believed more; says which. An invoice that another organization
    /// has is [`StoreError::Inconsistent`].
    pub async fn apply_invoice(&mut self, new: &Invoice) -> Result<Believe, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (payments, lines) =
            (parse::json("invoice payments", &new.payments)?, parse::json("invoice lines", &new.lines)?);
        let (conn, tenant) = self.parts();
        let stored = on!(conn, |c| {
            query(APPLY_INVOICE)
                .bind(tenant)
                .bind(new.id.as_str())
                .bind(new.customer.as_str())
                .bind(new.subscription.as_ref().map(ProviderSubscriptionId::as_str))
                .bind(new.number.as_deref())
                .bind(new.status.as_str())
                .bind(new.reason.as_str())
                .bind(new.currency().code().to_owned())
                .bind(new.subtotal.minor)
                .bind(new.total.minor)
                .bind(new.balance.minor)
                .bind(new.due.minor)
                .bind(new.paid.minor)
                .bind(new.remaining.minor)
                .bind(new.refunded.minor)
                .bind(new.credited.minor)
                .bind(new.disputed)
                .bind(new.card.as_deref())
                .bind(new.needs_confirmation)
                .bind(i64::from(new.attempts))
                .bind(new.next_attempt.map(Timestamp::micros))
                .bind(new.period.from.micros())
                .bind(new.period.until.micros())
                .bind(new.created_at.micros())
                .bind(new.due_at.map(Timestamp::micros))
                .bind(new.finalized_at.map(Timestamp::micros))
                .bind(new.paid_at.map(Timestamp::micros))
                .bind(new.page.as_deref())
                .bind(new.pdf.as_deref())
                .bind(payments)
                .bind(lines)
                .bind(new.fetched_at.micros())
                .bind(now)
                .execute(c)
                .await?
                .rows_affected()
        });
        if stored == 1 {
            return Ok(Believe::Yes);
        }
        let Some(stored) = self.invoice(&new.id).await? else {
            return Err(StoreError::inconsistent("invoice", format!("{} is another organization's", new.id)));
        };
        match Invoice::believe(Some(&stored), new) {
            Believe::Yes => Err(StoreError::inconsistent("invoice", format!("{} was believed and not stored", new.id))),
            no => Ok(no),
        }
    }
}
