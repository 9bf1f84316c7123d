//! What would have been refused, had its gate been enforced: kept in the transaction of what was let through.

use domain::Timestamp;
use domain::rollout::Gate;
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    OVERLOOK = "
        insert into overlooked (tenant_id, gate, code, times, first_at, last_at)
        values ($1, $2, $3, 1, $4, $4)
        on conflict (tenant_id, gate, code) do update
        set times = overlooked.times + 1, last_at = excluded.last_at
        where overlooked.tenant_id = $1";

    OVERLOOKED = "
        select gate, code, times, first_at, last_at
        from overlooked
        where tenant_id = $1
        order by gate, code";
}

/// A refusal that was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlookedRecord {
    /// By which gate.
    pub gate: Gate,
    /// The refusal's code.
    pub code: String,
    /// How often.
    pub times: u32,
    /// Since when.
    pub first_at: Timestamp,
    /// When last.
    pub last_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    gate: String,
    code: String,
    times: i64,
    first_at: i64,
    last_at: i64,
}

impl TenantRead {
    /// What would have been refused here.
    pub async fn overlooked_refusals(&mut self) -> Result<Vec<OverlookedRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(OVERLOOKED).bind(tenant).fetch_all(c).await?);
        rows.into_iter()
            .map(|row| {
                let gate = Gate::ALL.into_iter().find(|gate| gate.as_str() == row.gate);
                Ok(OverlookedRecord {
                    gate: gate.ok_or_else(|| StoreError::inconsistent("gate", format!("`{}`", row.gate)))?,
                    code: row.code,
                    times: parse::count("refusals", row.times)?,
                    first_at: Timestamp::from_micros(row.first_at),
                    last_at: Timestamp::from_micros(row.last_at),
                })
            })
            .collect()
    }
}

impl TenantTx {
    pub(crate) async fn write_overlooked(&mut self) -> Result<(), StoreError> {
        let now = self.now().micros();
        for (gate, code) in self.overlooked() {
            tracing::info!(org = %self.org(), gate = gate.as_str(), code, "this would have been refused");
            let (conn, tenant) = self.parts();
            on!(conn, |c| {
                query(OVERLOOK).bind(tenant).bind(gate.as_str()).bind(code).bind(now).execute(c).await.map(drop)?;
            });
        }
        Ok(())
    }
}
