//! Who gets invoices and letters about payments without a seat.

use domain::ids::BillingContactId;
use domain::{EmailAddress, Timestamp};
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    /// Whom the provider's own letters go to comes first.
    CONTACTS = "
        select id, email, added_at, expires_at, confirmed_at, first_since
        from billing_contacts
        where tenant_id = $1 and removed_at is null
        order by coalesce(first_since, 0) desc, coalesce(confirmed_at, 9223372036854775807), id";

    CONTACT_BY_TOKEN = "
        select id, email, added_at, expires_at, confirmed_at, first_since
        from billing_contacts
        where tenant_id = $1 and token_hash = $2 and removed_at is null";

    ADD_CONTACT = "
        insert into billing_contacts (tenant_id, id, email, email_folded, token_hash, added_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (tenant_id, email_folded) where removed_at is null do nothing";

    RENEW_CONTACT = "
        update billing_contacts
        set token_hash = $3, expires_at = $4
        where tenant_id = $1 and id = $2 and removed_at is null and confirmed_at is null";

    CONFIRM_CONTACT = "
        update billing_contacts
        set confirmed_at = $3
        where tenant_id = $1 and id = $2 and removed_at is null and confirmed_at is null";

    PREFER_CONTACT = "
        update billing_contacts
        set first_since = $3
        where tenant_id = $1 and id = $2 and removed_at is null and confirmed_at is not null";

    REMOVE_CONTACT = "
        update billing_contacts
        set removed_at = $3
        where tenant_id = $1 and id = $2 and removed_at is null";
}

/// A contact to be asked.
#[derive(Clone, Debug)]
pub struct NewBillingContact {
    /// Its id.
    pub id: BillingContactId,
    /// Where.
    pub email: EmailAddress,
    /// SHA-256 of the token in the letter.
    pub token_hash: [u8; 32],
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingContactRecord {
    /// Its id.
    pub id: BillingContactId,
    /// Where.
    pub email: EmailAddress,
    /// Entered when.
    pub added_at: Timestamp,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// Said yes when.
    pub confirmed_at: Option<Timestamp>,
    /// Since when the provider's own letters go there.
    pub first_since: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    email: String,
    added_at: i64,
    expires_at: i64,
    confirmed_at: Option<i64>,
    first_since: Option<i64>,
}

impl Row {
    fn contact(self) -> Result<BillingContactRecord, StoreError> {
        Ok(BillingContactRecord {
            id: parse::text("billing contact id", &self.id)?,
            email: parse::text("address", &self.email)?,
            added_at: Timestamp::from_micros(self.added_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            confirmed_at: self.confirmed_at.map(Timestamp::from_micros),
            first_since: self.first_since.map(Timestamp::from_micros),
        })
    }
}

impl TenantRead {
    /// All contacts; the one whom the provider's own letters go to is the first that has said yes.
    pub async fn billing_contacts(&mut self) -> Result<Vec<BillingContactRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(CONTACTS).bind(tenant).fetch_all(c).await?);
        rows.into_iter().map(Row::contact).collect()
    }

    /// The contact of a link.
    pub async fn billing_contact_by_token(
        &mut self,
        token_hash: &[u8; 32],
    ) -> Result<Option<BillingContactRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let row: Option<Row> = on!(conn, |c| {
            query_as(CONTACT_BY_TOKEN).bind(tenant).bind(token_hash.as_slice()).fetch_optional(c).await?
        });
        row.map(Row::contact).transpose()
    }
}

impl TenantTx {
    /// Enters a contact; `false` if the address is one already.
    pub async fn add_billing_contact(&mut self, new: &NewBillingContact) -> Result<bool, StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let added = on!(conn, |c| {
            query(ADD_CONTACT)
                .bind(tenant)
                .bind(new.id.to_string())
                .bind(new.email.as_str())
                .bind(new.email.folded())
                .bind(new.token_hash.as_slice())
                .bind(now)
                .bind(new.expires_at.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(added == 1)
    }

    /// Gives a contact that has not said yes another link; `false` if there is none such.
    pub async fn renew_billing_contact(
        &mut self,
        id: BillingContactId,
        token_hash: &[u8; 32],
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (conn, tenant) = self.parts();
        let renewed = on!(conn, |c| {
            query(RENEW_CONTACT)
                .bind(tenant)
                .bind(id.to_string())
                .bind(token_hash.as_slice())
                .bind(expires_at.micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        Ok(renewed == 1)
    }

    /// A contact says yes; `false` if it has before.
    pub async fn confirm_billing_contact(&mut self, id: BillingContactId) -> Result<bool, StoreError> {
        self.mark_contact(CONFIRM_CONTACT, id).await
    }

    /// From now on the provider's own letters go to this contact; `false` if it has not said yes.
    pub async fn prefer_billing_contact(&mut self, id: BillingContactId) -> Result<bool, StoreError> {
        self.mark_contact(PREFER_CONTACT, id).await
    }

    /// Takes a contact away; `false` if there is none such.
    pub async fn remove_billing_contact(&mut self, id: BillingContactId) -> Result<bool, StoreError> {
        self.mark_contact(REMOVE_CONTACT, id).await
    }

    async fn mark_contact(&mut self, statement: &'static str, id: BillingContactId) -> Result<bool, StoreError> {
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let marked = on!(conn, |c| {
            query(statement).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?.rows_affected()
        });
        Ok(marked == 1)
    }
}
