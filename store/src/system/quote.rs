//! Quotes that somebody agreed to and that are not finished, wherever they are.

use domain::Timestamp;
use domain::ids::{OrgId, QuoteId};
use sqlx::query_as;

use crate::{StoreError, System, parse};

statements! {
    /// The worker finishes what was agreed to: whose answer was lost, what waits for its payment for long, and what was
    /// done and not compared with its invoice.
    QUOTES_TO_FINISH = "
        select tenant_id, id
        from quotes
        where (confirmed_at is not null and closed_at is null and waiting_at is null
               and coalesce(looked_at, confirmed_at) <= $1)
           or (closed_at is null and waiting_at is not null and coalesce(looked_at, waiting_at) <= $2)
           or (outcome = 'applied' and invoice is not null and compared is null
               and coalesce(looked_at, closed_at) <= $1)
        order by confirmed_at, id
        limit $3";
}

impl System<'_> {
    /// Quotes agreed to by `confirmed` without an answer, or done by then and not compared, and those that wait for their
    /// payment since `waiting` or longer; at most `limit`. Looking at one puts it off by as long.
    pub async fn quotes_to_finish(
        self,
        confirmed: Timestamp,
        waiting: Timestamp,
        limit: u32,
    ) -> Result<Vec<(OrgId, QuoteId)>, StoreError> {
        let rows: Vec<(String, String)> = on!(self.store.db.reader(), |c| {
            query_as(QUOTES_TO_FINISH)
                .bind(confirmed.micros())
                .bind(waiting.micros())
                .bind(i64::from(limit))
                .fetch_all(c)
                .await?
        });
        rows.into_iter()
            .map(|(org, id)| Ok((parse::text("organization id", &org)?, parse::text("quote id", &id)?)))
            .collect()
    }
}
