//! What stands on an organization's invoices about itself.

use domain::Timestamp;
use domain::billing_details::{Address, BillingDetails};
use domain::tax_id::{TaxId, TaxIdState};
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    DETAILS = "
        select company, line1, line2, city, postal_code, state, country, po_number, tax_kind, tax_number, tax_state,
               changed_at, sent_at
        from billing_details
        where tenant_id = $1";

    /// What the provider knew of another tax number is nothing about this one.
    SET_DETAILS = "
        insert into billing_details (
            tenant_id, company, line1, line2, city, postal_code, state, country, po_number, tax_kind, tax_number,
            changed_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (tenant_id) do update
        set company = excluded.company, line1 = excluded.line1, line2 = excluded.line2, city = excluded.city,
            postal_code = excluded.postal_code, state = excluded.state, country = excluded.country,
            po_number = excluded.po_number, tax_kind = excluded.tax_kind, tax_number = excluded.tax_number,
            tax_state = case when billing_details.tax_kind = excluded.tax_kind
                              and billing_details.tax_number = excluded.tax_number
                             then billing_details.tax_state end,
            changed_at = excluded.changed_at";

    /// Of what was sent: if it was changed since, it is still to be sent.
    DETAILS_SENT = "
        update billing_details
        set tax_state = $3, sent_at = $4
        where tenant_id = $1 and changed_at = $2";
}

/// What stands on invoices, and how far the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsRecord {
    /// What.
    pub details: BillingDetails,
    /// What the provider has found out about the tax number.
    pub tax_state: Option<TaxIdState>,
    /// Changed last.
    pub changed_at: Timestamp,
    /// Sent last, in its present form or an earlier one.
    pub sent_at: Option<Timestamp>,
}

impl DetailsRecord {
    /// Whether the provider has it as it is.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        self.sent_at.is_some_and(|sent| sent >= self.changed_at)
    }
}

#[derive(FromRow)]
struct Row {
    company: String,
    line1: String,
    line2: String,
    city: String,
    postal_code: String,
    state: String,
    country: String,
    po_number: String,
    tax_kind: Option<String>,
    tax_number: Option<String>,
    tax_state: Option<String>,
    changed_at: i64,
    sent_at: Option<i64>,
}

impl Row {
    fn details(self) -> Result<DetailsRecord, StoreError> {
        let kind = parse::maybe("tax number", self.tax_kind.as_deref())?;
        let Self { line1, line2, city, postal_code, state, country, .. } = self;
        Ok(DetailsRecord {
            details: BillingDetails {
                company: self.company,
                address: Address { line1, line2, city, postal_code, state, country },
                po_number: self.po_number,
                tax_id: kind.zip(self.tax_number).map(|(kind, number)| TaxId { kind, number }),
            },
            tax_state: parse::maybe("state of a tax number", self.tax_state.as_deref())?,
            changed_at: Timestamp::from_micros(self.changed_at),
            sent_at: self.sent_at.map(Timestamp::from_micros),
        })
    }
}

impl TenantRead {
    /// What stands on invoices, once somebody has said it.
    pub async fn billing_details(&mut self) -> Result<Option<DetailsRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| query_as(DETAILS).bind(tenant).fetch_optional(c).await?);
        row.map(Row::details).transpose()
    }
}

impl TenantTx {
    /// Writes what stands on invoices from now on.
    pub async fn set_billing_details(&mut self, new: &BillingDetails) -> Result<(), StoreError> {
        let now = self.now().micros();
        let Address { line1, line2, city, postal_code, state, country } = &new.address;
        let (kind, number) = new.tax_id.as_ref().map(|id| (id.kind.as_str(), id.number.as_str())).unzip();
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(SET_DETAILS)
                .bind(tenant)
                .bind(&*new.company)
                .bind(line1.as_str())
                .bind(line2.as_str())
                .bind(city.as_str())
                .bind(postal_code.as_str())
                .bind(state.as_str())
                .bind(country.as_str())
                .bind(&*new.po_number)
                .bind(kind)
                .bind(number)
                .bind(now)
                .execute(c)
                .await
                .map(drop)?;
        });
        Ok(())
    }

    /// Notes that the provider has the details as they were changed at `changed_at`; nothing if they were changed since.
    pub async fn billing_details_sent(
        &mut self,
        changed_at: Timestamp,
        tax: Option<TaxIdState>,
    ) -> Result<(), StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(DETAILS_SENT)
                .bind(tenant)
                .bind(changed_at.micros())
                .bind(tax.map(TaxIdState::as_str))
                .bind(now)
                .execute(c)
                .await
                .map(drop)?;
        });
        Ok(())
    }
}
