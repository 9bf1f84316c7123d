//! The audit log: what was done, in the transaction that does it. Who, from where and when come from the scope.
//!
//! The lines of an organization are a chain: each has a number and a hash over the line before it and itself, and the
//! organization's row knows the last of both. They are moved in the transaction that writes the line, behind the lock
//! of that row, so there is one order, whoever writes at the same time.

pub(crate) mod adopt;
mod chain;
pub(crate) mod log;
pub(crate) mod retention;
pub(crate) mod verify;

use domain::Timestamp;
use domain::ids::AuditId;
use serde_json::Value;
use sqlx::{query, query_as};

use crate::engine::Conn;
use crate::tenancy::{Actor, Visit};
use crate::{StoreError, TenantTx, parse};

pub use chain::{Break, Chain};
pub use log::{AuditFilter, AuditRecord};

use chain::Line;

statements! {
    AUDIT = "
        insert into audit_log (
            tenant_id, id, at, action, entity, before, after, actor, actor_user, actor_member, actor_note, ip,
            user_agent, seq, hash
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

    /// The next number and the hash of the line before it. Locks the row, so nobody else gets the same.
    NEXT = "
        update organizations
        set audit_count = audit_count + 1
        where tenant_id = $1
        returning audit_count, audit_head";

    HEAD = "
        update organizations
        set audit_head = $2
        where tenant_id = $1";
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
        self.at_the_gate().await?;
        let (actor, visit, now) = (self.scope().actor().clone(), self.visit().clone(), self.now());
        let (conn, tenant) = self.parts();
        write(conn, tenant, id, entry, &actor, &visit, now).await
    }
}

/// Writes a line for a tenant whose scope does not exist yet: its creation.
pub(crate) async fn write(
    mut conn: Conn<'_>,
    tenant: &str,
    id: AuditId,
    entry: &AuditEntry,
    actor: &Actor,
    visit: &Visit,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (kind, user, member, note) = match actor {
        Actor::Member { user, member } => ("member", Some(user.to_string()), Some(member.to_string()), None),
        Actor::Invited { email } => ("invited", None, None, Some(email.as_str().to_owned())),
        Actor::System(why) => ("system", None, None, Some((*why).to_owned())),
    };
    let next: Option<(i64, Option<Vec<u8>>)> =
        on!(conn.again(), |c| query_as(NEXT).bind(tenant).fetch_optional(c).await?);
    let (seq, head) = next.ok_or(StoreError::NotFound)?;
    let line = Line {
        seq,
        id: id.to_string(),
        at: now.micros(),
        action: entry.action.to_owned(),
        entity: entry.entity.clone(),
        before: entry.before.as_ref().map(|value| parse::json("audit entry", value)).transpose()?,
        after: entry.after.as_ref().map(|value| parse::json("audit entry", value)).transpose()?,
        actor: kind.to_owned(),
        actor_user: user,
        actor_member: member,
        actor_note: note,
        ip: visit.ip.clone(),
        user_agent: visit.user_agent(),
    };
    let hash = line.hash(tenant, head.as_deref());
    on!(conn.again(), |c| {
        query(AUDIT)
            .bind(tenant)
            .bind(line.id)
            .bind(line.at)
            .bind(line.action)
            .bind(line.entity)
            .bind(line.before)
            .bind(line.after)
            .bind(line.actor)
            .bind(line.actor_user)
            .bind(line.actor_member)
            .bind(line.actor_note)
            .bind(line.ip)
            .bind(line.user_agent)
            .bind(line.seq)
            .bind(hash.as_slice())
            .execute(c)
            .await?;
    });
    on!(conn, |c| {
        query(HEAD).bind(tenant).bind(hash.as_slice()).execute(c).await?;
    });
    Ok(())
}
