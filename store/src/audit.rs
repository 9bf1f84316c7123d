//! The audit log: what was done, in the transaction that does it. Who, from where and when come from the scope.

use domain::Timestamp;
use domain::ids::AuditId;
use serde_json::Value;
use sqlx::query;

use crate::engine::Conn;
use crate::tenancy::{Actor, Visit};
use crate::{StoreError, TenantTx, parse};

statements! {
    AUDIT = "
        insert into audit_log (
            tenant_id, id, at, action, entity, before, after, actor, actor_user, actor_member, actor_note, ip, user_agent
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// What was done: `invitation.created`.
    pub action: &'static str,
    /// To what: an id, or the name of the only thing of its kind.
    pub entity: String,
    /// How it was. Never a secret.
    pub before: Option<Value>,
    /// How it is. Never a secret.
    pub after: Option<Value>,
}

impl TenantTx {
    /// Writes a line; it is there if, and only if, this transaction is.
    pub async fn audit(&mut self, id: AuditId, entry: &AuditEntry) -> Result<(), StoreError> {
        let (actor, visit, now) = (self.scope().actor().clone(), self.visit().clone(), self.now());
        let (conn, tenant) = self.parts();
        write(conn, tenant, id, entry, &actor, &visit, now).await
    }
}

/// Writes a line for a tenant whose scope does not exist yet: its creation.
pub(crate) async fn write(
    conn: Conn<'_>,
    tenant: &str,
    id: AuditId,
    entry: &AuditEntry,
    actor: &Actor,
    visit: &Visit,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (kind, user, member, note) = match actor {
        Actor::Member { user, member } => ("member", Some(user.to_string()), Some(member.to_string()), None),
        Actor::Invited { email } => ("invited", None, None, Some(email.as_str())),
        Actor::System(why) => ("system", None, None, Some(*why)),
    };
    let before = entry.before.as_ref().map(|value| parse::json("audit entry", value)).transpose()?;
    let after = entry.after.as_ref().map(|value| parse::json("audit entry", value)).transpose()?;
    on!(conn, |c| {
        query(AUDIT)
            .bind(tenant)
            .bind(id.to_string())
            .bind(now.micros())
            .bind(entry.action)
            .bind(entry.entity.as_str())
            .bind(before)
            .bind(after)
            .bind(kind)
            .bind(user)
            .bind(member)
            .bind(note)
            .bind(visit.ip.as_deref())
            .bind(visit.user_agent())
            .execute(c)
            .await?;
    });
    Ok(())
}
