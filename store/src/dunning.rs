//! Invoices that are owed, and what was told about them.

use domain::Timestamp;
use domain::dunning::Case;
use domain::subscription::ProviderInvoiceId;
use sqlx::{query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx};

statements! {
    CASE = "
        select opened_at, told_at
        from dunning_cases
        where tenant_id = $1 and invoice = $2 and closed_at is null";

    OWES_SINCE = "
        select min(opened_at)
        from dunning_cases
        where tenant_id = $1 and closed_at is null";

    /// An invoice that was paid and is owed again (its payment was taken back) goes on with its old case.
    OPEN_CASE = "
        insert into dunning_cases (tenant_id, invoice, opened_at, look_at)
        values ($1, $2, $3, $4)
        on conflict (tenant_id, invoice) do update
        set opened_at = excluded.opened_at, look_at = excluded.look_at, told_at = null, closed_at = null";

    CLOSE_CASE = "
        update dunning_cases
        set closed_at = $3
        where tenant_id = $1 and invoice = $2 and closed_at is null";

    TOLD = "
        update dunning_cases
        set told_at = $3
        where tenant_id = $1 and invoice = $2";

    NOTICE = "
        insert into notices (tenant_id, key, told_at)
        values ($1, $2, $3)
        on conflict (tenant_id, key) do nothing";
}

impl TenantRead {
    /// The open case of an invoice.
    pub async fn dunning_case(&mut self, invoice: &ProviderInvoiceId) -> Result<Option<Case>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<(i64, Option<i64>)> =
            on!(conn, |c| query_as(CASE).bind(tenant).bind(invoice.as_str()).fetch_optional(c).await?);
        Ok(row.map(|(opened_at, told_at)| Case {
            opened_at: Timestamp::from_micros(opened_at),
            told_at: told_at.map(Timestamp::from_micros),
        }))
    }

    /// Since when something is owed; `None` if nothing is.
    pub async fn owes_since(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let (conn, tenant) = self.parts();
        let since: Option<i64> = on!(conn, |c| query_scalar(OWES_SINCE).bind(tenant).fetch_one(c).await?);
        Ok(since.map(Timestamp::from_micros))
    }
}

impl TenantTx {
    /// Opens the case of an invoice that is owed since `at`; it is looked at again at `look_at`.
    pub async fn open_case(
        &mut self,
        invoice: &ProviderInvoiceId,
        at: Timestamp,
        look_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(OPEN_CASE)
                .bind(tenant)
                .bind(invoice.as_str())
                .bind(at.micros())
                .bind(look_at.micros())
                .execute(c)
                .await
                .map(drop)?;
        });
        Ok(())
    }

    /// Closes the case of an invoice, if one is open.
    pub async fn close_case(&mut self, invoice: &ProviderInvoiceId, at: Timestamp) -> Result<(), StoreError> {
        self.mark_case(CLOSE_CASE, invoice, at).await
    }

    /// Notes that somebody was told about an invoice that is owed.
    pub async fn told_of_case(&mut self, invoice: &ProviderInvoiceId, at: Timestamp) -> Result<(), StoreError> {
        self.mark_case(TOLD, invoice, at).await
    }

    async fn mark_case(
        &mut self,
        statement: &'static str,
        invoice: &ProviderInvoiceId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(statement).bind(tenant).bind(invoice.as_str()).bind(at.micros()).execute(c).await.map(drop)?;
        });
        Ok(())
    }

    /// Notes that this is told now; `false` if it was told before. Of many who ask at once, one gets `true`.
    pub async fn first_notice(&mut self, key: &str) -> Result<bool, StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let noted = on!(conn, |c| query(NOTICE).bind(tenant).bind(key).bind(now).execute(c).await?.rows_affected());
        Ok(noted == 1)
    }
}
