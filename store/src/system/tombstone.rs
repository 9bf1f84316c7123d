//! Deleted organizations: a webhook that comes late names a customer, and the tenant is gone.

use domain::subscription::ProviderCustomerId;
use sqlx::query_scalar;

use crate::{StoreError, System};

statements! {
    BURIED = "
        select count(*)
        from tombstones
        where customer = $1";
}

impl System<'_> {
    /// Whether this was the customer of an organization that is deleted.
    pub async fn is_buried(self, customer: &ProviderCustomerId) -> Result<bool, StoreError> {
        let stones: i64 =
            on!(self.store.db.reader(), |c| query_scalar(BURIED).bind(customer.as_str()).fetch_one(c).await?);
        Ok(stones > 0)
    }
}
