//! The plans as they were sold: the operator's, the same for all organizations.

use domain::{Catalog, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::query;

use crate::{StoreError, System, parse};

statements! {
    RECORD_PLAN = "
        insert into plan_versions (plan, fingerprint, definition, first_seen_at)
        values ($1, $2, $3, $4)
        on conflict (plan, fingerprint) do nothing";
}

impl System<'_> {
    /// Keeps every plan of the catalogue as it is now, so that what was bought can be known after it has changed.
    pub async fn record_plans(self, catalog: &Catalog, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.store.db.begin(None).await?;
        for plan in catalog.plans() {
            let definition = parse::json("plan", plan)?;
            let fingerprint = parse::hexadecimal(&Sha256::digest(&definition));
            on!(tx.conn(), |c| {
                query(RECORD_PLAN)
                    .bind(plan.key.as_str())
                    .bind(fingerprint)
                    .bind(definition)
                    .bind(now.micros())
                    .execute(c)
                    .await?;
            });
        }
        tx.commit().await
    }
}
