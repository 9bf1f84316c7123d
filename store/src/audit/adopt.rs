//! Lines from before there was a chain are taken into it when the program migrates.

use domain::ids::OrgId;
use sqlx::{query, query_as};

use super::chain::Line;
use crate::{Store, StoreError};

statements! {
    /// Locks the row: nodes that migrate at the same time take turns.
    LAST = "
        update organizations
        set audit_count = audit_count
        where tenant_id = $1
        returning audit_count, audit_head";

    /// `seq` is none yet; a number stands in for it.
    OLDEST_OUTSIDE = "
        select cast(0 as bigint) as seq, id, at, action, entity, before, after, actor, actor_user, actor_member,
               actor_note, ip, user_agent
        from audit_log
        where tenant_id = $1 and seq is null
        order by at, id
        limit $2";

    NUMBER = "
        update audit_log
        set seq = $3, hash = $4
        where tenant_id = $1 and id = $2 and seq is null";

    MOVE_HEAD = "
        update organizations
        set audit_count = $2, audit_head = $3
        where tenant_id = $1";
}

/// How many in one transaction: on SQLite, everybody else who writes waits for it.
const AT_ONCE: i64 = 500;

impl Store {
    /// Takes all lines that have no number into the chains of their organizations, behind what is there.
    pub(crate) async fn adopt_audit_lines(&self) -> Result<(), StoreError> {
        for org in self.system().organizations_with_unnumbered_lines().await? {
            let mut adopted = 0;
            loop {
                let some = self.adopt_some(org).await?;
                adopted += some;
                if some < AT_ONCE {
                    break;
                }
            }
            tracing::info!(%org, lines = adopted, "lines of the audit log were taken into its chain");
        }
        Ok(())
    }

    async fn adopt_some(&self, org: OrgId) -> Result<i64, StoreError> {
        let tenant = org.to_string();
        let mut tx = self.db.begin(Some(org)).await?;
        let last: Option<(i64, Option<Vec<u8>>)> =
            on!(tx.conn(), |c| query_as(LAST).bind(tenant.as_str()).fetch_optional(c).await?);
        let Some((mut count, mut head)) = last else { return Ok(0) };
        let lines: Vec<Line> =
            on!(tx.conn(), |c| { query_as(OLDEST_OUTSIDE).bind(tenant.as_str()).bind(AT_ONCE).fetch_all(c).await? });
        let mut adopted = 0;
        for mut line in lines {
            count += 1;
            line.seq = count;
            let hash = line.hash(&tenant, head.as_deref()).to_vec();
            let numbered = on!(tx.conn(), |c| {
                query(NUMBER)
                    .bind(tenant.as_str())
                    .bind(line.id.as_str())
                    .bind(line.seq)
                    .bind(hash.as_slice())
                    .execute(c)
                    .await?
                    .rows_affected()
            });
            if numbered != 1 {
                return Err(StoreError::inconsistent("audit log", format!("line {} was numbered meanwhile", line.id)));
            }
            head = Some(hash);
            adopted += 1;
        }
        on!(tx.conn(), |c| {
            query(MOVE_HEAD).bind(tenant.as_str()).bind(count).bind(head).execute(c).await?;
        });
        tx.commit().await?;
        Ok(adopted)
    }
}
