//! Seats bought ahead from outside: whose renewal comes and bills fewer of them.

use domain::Timestamp;
use domain::ids::OrgId;
use sqlx::query_scalar;

use crate::{StoreError, System, parse};

statements! {
    /// The worker lowers them wherever they are.
    FLOORS_DUE = "
        select tenant_id
        from organizations
        where seats_floor_at <= $1
        order by seats_floor_at, tenant_id
        limit $2";
}

impl System<'_> {
    /// Organizations that renew by `until` with fewer seats bought ahead, the earliest first; at most `limit`.
    pub async fn floors_due(self, until: Timestamp, limit: u32) -> Result<Vec<OrgId>, StoreError> {
        let rows: Vec<String> = on!(self.store.db.reader(), |c| {
            query_scalar(FLOORS_DUE).bind(until.micros()).bind(i64::from(limit)).fetch_all(c).await?
        });
        rows.iter().map(|org| parse::text("organization id", org)).collect()
    }
}
