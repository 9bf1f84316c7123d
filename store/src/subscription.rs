//! Our mirror of what was bought. [`TenantTx::apply_subscription`] is the only writer.

use domain::subscription::{
    Believe, ProviderCustomerId, ProviderInvoiceId, ProviderItemId, ProviderSubscriptionId, Subscription,
    SubscriptionStatus,
};
use domain::time::Period;
use domain::{Interval, PlanKey, Timestamp};
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    /// The live one; otherwise the one that ended last, whenever that was heard of; otherwise the newest that somebody
    /// began to buy.
    SUBSCRIPTION = "
        select id, customer, plan, paid_every, currency, seat_item, quantity, status, period_from, period_until,
               ends_at, trial_ends_at, ended_at, card, fetched_at, lines, ends_with_period, waiting, scheduled, pause,
               latest_invoice
        from subscriptions
        where tenant_id = $1
        order by case when status in ('trialing', 'active', 'past_due', 'unpaid', 'paused') then 0
                      when status = 'canceled' then 1
                      else 2 end,
                 coalesce(ended_at, first_seen_at) desc, id desc
        limit 1";

    SUBSCRIPTION_BY_ID = "
        select id, customer, plan, paid_every, currency, seat_item, quantity, status, period_from, period_until,
               ends_at, trial_ends_at, ended_at, card, fetched_at, lines, ends_with_period, waiting, scheduled, pause,
               latest_invoice
        from subscriptions
        where tenant_id = $1 and id = $2";

    /// The outermost `where` is `Subscription::believe`: an end is always believed and never taken back; otherwise
    /// the later snapshot counts. A test holds the two together.
    APPLY = "
        insert into subscriptions (
            tenant_id, id, customer, plan, paid_every, currency, seat_item, quantity, status, period_from,
            period_until, ends_at, trial_ends_at, ended_at, card, fetched_at, first_seen_at, lines, ends_with_period,
            waiting, scheduled, pause, latest_invoice
        )
        values (
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23
        )
        on conflict (id) do update
        set customer = excluded.customer, plan = excluded.plan, paid_every = excluded.paid_every,
            currency = excluded.currency, seat_item = excluded.seat_item, quantity = excluded.quantity,
            status = excluded.status, period_from = excluded.period_from, period_until = excluded.period_until,
            ends_at = excluded.ends_at, trial_ends_at = excluded.trial_ends_at, ended_at = excluded.ended_at,
            card = excluded.card, fetched_at = excluded.fetched_at, lines = excluded.lines,
            ends_with_period = excluded.ends_with_period, waiting = excluded.waiting, scheduled = excluded.scheduled,
            pause = excluded.pause, latest_invoice = excluded.latest_invoice
        where subscriptions.tenant_id = $1
          and (
              (excluded.status in ('canceled', 'incomplete_expired')
               and subscriptions.status not in ('canceled', 'incomplete_expired'))
              or (
                  (excluded.status in ('canceled', 'incomplete_expired'))
                      = (subscriptions.status in ('canceled', 'incomplete_expired'))
                  and subscriptions.fetched_at <= excluded.fetched_at
              )
          )";
}

#[derive(FromRow)]
struct Row {
    id: String,
    customer: String,
    plan: Option<String>,
    paid_every: Option<String>,
    currency: String,
    seat_item: Option<String>,
    quantity: i64,
    status: String,
    period_from: i64,
    period_until: i64,
    ends_at: Option<i64>,
    trial_ends_at: Option<i64>,
    ended_at: Option<i64>,
    card: Option<String>,
    fetched_at: i64,
    lines: String,
    ends_with_period: bool,
    waiting: Option<String>,
    scheduled: Option<String>,
    pause: Option<String>,
    latest_invoice: Option<String>,
}

impl Row {
    fn subscription(self) -> Result<Subscription, StoreError> {
        Ok(Subscription {
            id: ProviderSubscriptionId(self.id),
            customer: ProviderCustomerId(self.customer),
            plan: parse::maybe("plan key", self.plan.as_deref())?,
            interval: parse::maybe("interval", self.paid_every.as_deref())?,
            currency: parse::text("currency", &self.currency)?,
            seat_item: self.seat_item.map(ProviderItemId),
            quantity: parse::count("billed seats", self.quantity)?,
            status: parse::text::<SubscriptionStatus>("subscription status", &self.status)?,
            period: Period {
                from: Timestamp::from_micros(self.period_from),
                until: Timestamp::from_micros(self.period_until),
            },
            lines: parse::from_json("lines of a subscription", &self.lines)?,
            ends_at: self.ends_at.map(Timestamp::from_micros),
            ends_with_period: self.ends_with_period,
            trial_ends_at: self.trial_ends_at.map(Timestamp::from_micros),
            ended_at: self.ended_at.map(Timestamp::from_micros),
            card: self.card,
            waiting: parse::maybe_json("waiting change", self.waiting.as_deref())?,
            scheduled: parse::maybe_json("arranged change", self.scheduled.as_deref())?,
            pause: parse::maybe_json("pause", self.pause.as_deref())?,
            latest_invoice: self.latest_invoice.map(ProviderInvoiceId),
            fetched_at: Timestamp::from_micros(self.fetched_at),
        })
    }
}

impl TenantRead {
    /// The live subscription; if there is none, the one that ended last; if there is none, the newest that was begun and
    /// not paid; `None` if nothing was ever bought.
    pub async fn subscription(&mut self) -> Result<Option<Subscription>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| query_as(SUBSCRIPTION).bind(tenant).fetch_optional(c).await?);
        row.map(Row::subscription).transpose()
    }

    /// The subscription of that provider id, if it is this organization's.
    pub async fn subscription_by_id(
        &mut self,
        id: &ProviderSubscriptionId,
    ) -> Result<Option<Subscription>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> =
            on!(conn, |c| query_as(SUBSCRIPTION_BY_ID).bind(tenant).bind(id.as_str()).fetch_optional(c).await?);
        row.map(Row::subscription).transpose()
    }
}

impl TenantTx {
    /// Stores a snapshot, unless what is stored is to be believed more; says which. A subscription that another
    /// organization has is [`StoreError::Inconsistent`].
    pub async fn apply_subscription(&mut self, new: &Subscription) -> Result<Believe, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let lines = parse::json("lines of a subscription", &new.lines)?;
        let waiting = new.waiting.as_ref().map(|change| parse::json("waiting change", change)).transpose()?;
        let scheduled = new.scheduled.as_ref().map(|change| parse::json("arranged change", change)).transpose()?;
        let pause = new.pause.as_ref().map(|rests| parse::json("pause", rests)).transpose()?;
        let (conn, tenant) = self.parts();
        let stored = on!(conn, |c| {
            query(APPLY)
                .bind(tenant)
                .bind(new.id.as_str())
                .bind(new.customer.as_str())
                .bind(new.plan.as_ref().map(PlanKey::as_str))
                .bind(new.interval.map(Interval::as_str))
                .bind(new.currency.code())
                .bind(new.seat_item.as_ref().map(ProviderItemId::as_str))
                .bind(i64::from(new.quantity))
                .bind(new.status.as_str())
                .bind(new.period.from.micros())
                .bind(new.period.until.micros())
                .bind(new.ends_at.map(Timestamp::micros))
                .bind(new.trial_ends_at.map(Timestamp::micros))
                .bind(new.ended_at.map(Timestamp::micros))
                .bind(new.card.as_deref())
                .bind(new.fetched_at.micros())
                .bind(now)
                .bind(&lines)
                .bind(new.ends_with_period)
                .bind(waiting.as_deref())
                .bind(scheduled.as_deref())
                .bind(pause.as_deref())
                .bind(new.latest_invoice.as_ref().map(ProviderInvoiceId::as_str))
                .execute(c)
                .await?
                .rows_affected()
        });
        if stored == 1 {
            return Ok(Believe::Yes);
        }
        let Some(stored) = self.subscription_by_id(&new.id).await? else {
            return Err(StoreError::inconsistent("subscription", format!("{} is another organization's", new.id)));
        };
        match Subscription::believe(Some(&stored), new) {
            Believe::Yes => {
                Err(StoreError::inconsistent("subscription", format!("{} was believed and not stored", new.id)))
            }
            no => Ok(no),
        }
    }
}
