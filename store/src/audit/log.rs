//! Reading the log.

use domain::Timestamp;
use sqlx::{FromRow, query_as};

use super::chain::Chain;
use crate::{StoreError, TenantRead, parse};

statements! {
    /// The newest first. An empty text and a far time leave their condition open.
    LINES = "
        select audit_log.seq, audit_log.id, audit_log.at, audit_log.action, audit_log.entity, audit_log.before,
               audit_log.after, audit_log.actor, users.email, audit_log.actor_note, audit_log.ip, audit_log.user_agent,
               audit_log.hash
        from audit_log left join users on users.id = audit_log.actor_user
        where audit_log.tenant_id = $1
          and audit_log.seq < $2
          and audit_log.at >= $3 and audit_log.at < $4
          and ($5 = '' or audit_log.action = $5 or audit_log.action like $5 || '.%')
          and ($6 = ''
               or lower(case when audit_log.actor = 'system' then 'usher' else coalesce(users.email, '') end || ' '
                        || coalesce(audit_log.actor_note, '')) like $6 escape '\\')
          and ($7 = ''
               or lower(audit_log.entity || ' ' || coalesce(audit_log.before, '') || ' '
                        || coalesce(audit_log.after, '')) like $7 escape '\\')
        order by audit_log.seq desc
        limit $8";

    CHAIN = "
        select audit_count, audit_head, audit_dropped, audit_anchor
        from organizations
        where tenant_id = $1";
}

/// Which lines are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// A part of the address of who did it, or of Usher's reason; empty: whoever.
    pub who: String,
    /// What was done: `member.invited`, or only `member`; empty: whatever.
    pub action: String,
    /// A part of what it was done to, or of how that was and is; empty: whatever.
    pub about: String,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// One line, as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number in the chain.
    pub number: i64,
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub action: String,
    /// To what.
    pub entity: String,
    /// JSON: how it was.
    pub before: Option<String>,
    /// JSON: how it is.
    pub after: Option<String>,
    /// `member`, `invited` or `system`.
    pub actor: String,
    /// The member's address, as it is now.
    pub email: Option<String>,
    /// The invited person's address, or Usher's reason.
    pub note: Option<String>,
    /// From which machine.
    pub ip: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
    /// Hexadecimal.
    pub hash: String,
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    id: String,
    at: i64,
    action: String,
    entity: String,
    before: Option<String>,
    after: Option<String>,
    actor: String,
    email: Option<String>,
    actor_note: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    hash: Option<Vec<u8>>,
}

impl From<Row> for AuditRecord {
    fn from(row: Row) -> Self {
        Self {
            number: row.seq,
            id: row.id,
            at: Timestamp::from_micros(row.at),
            action: row.action,
            entity: row.entity,
            before: row.before,
            after: row.after,
            actor: row.actor,
            email: row.email,
            note: row.actor_note,
            ip: row.ip,
            user_agent: row.user_agent,
            hash: row.hash.map(|hash| parse::hexadecimal(&hash)).unwrap_or_default(),
        }
    }
}

impl TenantRead {
    /// Lines of the log, the newest first, at most `limit`; only those with a number below `below`.
    pub async fn audit_lines(
        &mut self,
        filter: &AuditFilter,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| {
            query_as(LINES)
                .bind(tenant)
                .bind(below.unwrap_or(i64::MAX))
                .bind(filter.from.map_or(i64::MIN, Timestamp::micros))
                .bind(filter.until.map_or(i64::MAX, Timestamp::micros))
                .bind(filter.action.as_str())
                .bind(part(&filter.who))
                .bind(part(&filter.about))
                .bind(i64::from(limit))
                .fetch_all(c)
                .await?
        });
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }

    /// What the organization's row says of the log as a whole.
    pub async fn audit_chain(&mut self) -> Result<Chain, StoreError> {
        let (conn, tenant) = self.parts();
        let chain: Option<Chain> = on!(conn, |c| query_as(CHAIN).bind(tenant).fetch_optional(c).await?);
        chain.ok_or(StoreError::NotFound)
    }
}

/// The pattern of what contains this text; empty for no text. PostgreSQL takes no NUL.
fn part(text: &str) -> String {
    let text = text.trim().replace('\0', "").to_lowercase();
    if text.is_empty() {
        return String::new();
    }
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
