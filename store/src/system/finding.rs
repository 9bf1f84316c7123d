//! What reconciliation has found. It walks through all tenants, and through what belongs to none.

use std::time::Duration;

use domain::ids::OrgId;
use domain::{Drift, Timestamp};
use sqlx::{FromRow, query, query_as};

use crate::{StoreError, System, parse};

statements! {
    /// The first time nobody has done it yet: then it is due when its time is over once.
    BEGIN_COUNTING = "
        update turns
        set done_at = $2
        where name = $1 and done_at is null";

    TAKE_TURN = "
        update turns
        set holder = $2, held_until = $5
        where name = $1 and done_at <= $3 and (held_until is null or held_until <= $4)";

    END_TURN = "
        update turns
        set holder = null, held_until = null, done_at = $3
        where name = $1 and holder = $2";

    NOTE_FINDING = "
        insert into findings (drift, subject, tenant_id, evidence, first_seen_at, last_seen_at)
        values ($1, $2, $3, $4, $5, $5)
        on conflict (drift, subject) do update
        set tenant_id = excluded.tenant_id, evidence = excluded.evidence, last_seen_at = excluded.last_seen_at,
            first_seen_at = case when findings.resolved_at is null then findings.first_seen_at
                                 else excluded.first_seen_at end,
            repaired_at = case when findings.resolved_at is null then findings.repaired_at end,
            resolved_at = null";

    NOTE_REPAIR = "
        update findings
        set repaired_at = $3
        where drift = $1 and subject = $2";

    RESOLVE_FINDINGS = "
        update findings
        set resolved_at = $1
        where resolved_at is null and last_seen_at < $1";

    /// A walk through one organization says nothing about the others.
    RESOLVE_FINDINGS_OF = "
        update findings
        set resolved_at = $1
        where tenant_id = $2 and resolved_at is null and last_seen_at < $1";

    /// A light walk does not look at invoices, and so cannot say that one is right again.
    KEEP_UNLOOKED = "
        update findings
        set last_seen_at = $1
        where resolved_at is null and drift = $2";

    OPEN_FINDINGS = "
        select drift, subject, tenant_id, evidence, first_seen_at, last_seen_at, repaired_at
        from findings
        where resolved_at is null
        order by first_seen_at, drift, subject";
}

/// Something that differs, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRecord {
    /// How.
    pub drift: Drift,
    /// What.
    pub subject: String,
    /// Whose.
    pub org: Option<OrgId>,
    /// What was seen, as JSON.
    pub evidence: String,
    /// Since when.
    pub first_seen_at: Timestamp,
    /// When it was seen last.
    pub last_seen_at: Timestamp,
    /// When a repair was made last.
    pub repaired_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    drift: String,
    subject: String,
    tenant_id: Option<String>,
    evidence: String,
    first_seen_at: i64,
    last_seen_at: i64,
    repaired_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<FindingRecord, StoreError> {
        let drift = Drift::ALL.into_iter().find(|drift| drift.as_str() == self.drift);
        Ok(FindingRecord {
            drift: drift.ok_or_else(|| StoreError::inconsistent("finding", format!("`{}`", self.drift)))?,
            subject: self.subject,
            org: parse::maybe("organization id", self.tenant_id.as_deref())?,
            evidence: self.evidence,
            first_seen_at: Timestamp::from_micros(self.first_seen_at),
            last_seen_at: Timestamp::from_micros(self.last_seen_at),
            repaired_at: self.repaired_at.map(Timestamp::from_micros),
        })
    }
}

impl System<'_> {
    /// Takes the turn of something that one node does every so often; `false` if it is not time, or another node has it.
    /// The first time that is asked for it, its time begins to run.
    pub async fn take_turn(
        self,
        name: &'static str,
        holder: &str,
        every: Duration,
        lease: Duration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let taken = on!(self.store.db.writer(), |c| {
            query(TAKE_TURN)
                .bind(name)
                .bind(holder)
                .bind(now.minus(every).micros())
                .bind(now.micros())
                .bind(now.plus(lease).micros())
                .execute(c)
                .await?
                .rows_affected()
        });
        if taken == 0 {
            on!(self.store.db.writer(), |c| {
                query(BEGIN_COUNTING).bind(name).bind(now.micros()).execute(c).await.map(drop)?;
            });
        }
        Ok(taken == 1)
    }

    /// It is done. Does nothing if the turn ran out and another node has it.
    pub async fn end_turn(self, name: &'static str, holder: &str, now: Timestamp) -> Result<(), StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(END_TURN).bind(name).bind(holder).bind(now.micros()).execute(c).await.map(drop)
        })?)
    }

    /// Keeps what was found. What was resolved and is found again is a new finding.
    pub async fn note_finding(
        self,
        drift: Drift,
        subject: &str,
        org: Option<OrgId>,
        evidence: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(NOTE_FINDING)
                .bind(drift.as_str())
                .bind(subject)
                .bind(org.map(|org| org.to_string()))
                .bind(evidence)
                .bind(now.micros())
                .execute(c)
                .await
                .map(drop)
        })?)
    }

    /// A repair was made.
    pub async fn note_repair(self, drift: Drift, subject: &str, now: Timestamp) -> Result<(), StoreError> {
        Ok(on!(self.store.db.writer(), |c| {
            query(NOTE_REPAIR).bind(drift.as_str()).bind(subject).bind(now.micros()).execute(c).await.map(drop)
        })?)
    }

    /// What was not seen in the walk that began at `began` is resolved: everywhere, or in the one organization that was
    /// walked through. Kinds that were not looked for stay as they are. Gives how many.
    pub async fn resolve_findings(
        self,
        org: Option<OrgId>,
        unlooked: &[Drift],
        began: Timestamp,
    ) -> Result<u64, StoreError> {
        for drift in unlooked {
            on!(self.store.db.writer(), |c| {
                query(KEEP_UNLOOKED).bind(began.micros()).bind(drift.as_str()).execute(c).await.map(drop)?;
            });
        }
        Ok(match org {
            None => on!(self.store.db.writer(), |c| {
                query(RESOLVE_FINDINGS).bind(began.micros()).execute(c).await?.rows_affected()
            }),
            Some(org) => on!(self.store.db.writer(), |c| {
                query(RESOLVE_FINDINGS_OF).bind(began.micros()).bind(org.to_string()).execute(c).await?.rows_affected()
            }),
        })
    }

    /// What differs now, the oldest first.
    pub async fn open_findings(self) -> Result<Vec<FindingRecord>, StoreError> {
        let rows: Vec<Row> = on!(self.store.db.reader(), |c| query_as(OPEN_FINDINGS).fetch_all(c).await?);
        rows.into_iter().map(Row::record).collect()
    }
}
