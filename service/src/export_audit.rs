//! The audit log as a file.

use domain::Permission;
use domain::view::{AuditActor, AuditQuery};
use serde::Serialize;
use serde_json::Value;
use store::{AuditFilter, AuditRecord, OrgRecord, Query, TenantRead, TenantScope};

use crate::audit_log::{actor, filter, no_export};
use crate::{Caller, Error, Services, door};

/// How many lines are read at once: as much of the log as is ever in memory.
const AT_ONCE: u32 = 500;

/// As what the log is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFormat {
    /// A table for a spreadsheet.
    Csv,
    /// For programs.
    Json,
}

/// A log on its way out, piece by piece.
pub struct AuditExport {
    scope: TenantScope,
    filter: AuditFilter,
    format: AuditFormat,
    /// Only lines below this number are still to come.
    below: Option<i64>,
    begun: bool,
    over: bool,
    /// What to call the file.
    pub file_name: String,
}

/// Begins to take the log away, the newest line first. The lines are read as the pieces are asked for; what is written
/// meanwhile is not among them.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `from` or `to`, [`Error::Refused`] with
/// `no-audit-export` if the plan has no such thing.
pub async fn export_audit(
    s: &Services,
    caller: &Caller,
    slug: &str,
    query: &AuditQuery,
    format: AuditFormat,
) -> Result<AuditExport, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::AuditRead)?;
    let filter = filter(query)?;
    let (org, count) = scope.read(Begin).await?;
    if let Some(why) = no_export(s, &*s.plan_of(&org).await?) {
        return Err(Error::Refused(why));
    }
    let ending = match format {
        AuditFormat::Csv => "csv",
        AuditFormat::Json => "json",
    };
    let day = s.now().rfc3339().chars().take(10).collect::<String>();
    let file_name = format!("{}-audit-{day}.{ending}", scope.slug());
    Ok(AuditExport { scope, filter, format, below: count.checked_add(1), begun: false, over: false, file_name })
}

impl AuditExport {
    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// [`Error::NotFound`] or [`Error::Forbidden`] if who asks has lost their place or their role meanwhile.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.over {
            return Ok(None);
        }
        let piece = Piece { filter: self.filter.clone(), below: self.below };
        let lines = self.scope.read(piece).await?;
        let first = !std::mem::replace(&mut self.begun, true);
        self.over = u32::try_from(lines.len()).unwrap_or(u32::MAX) < AT_ONCE;
        if let Some(last) = lines.last() {
            self.below = Some(last.number);
        }
        let piece = match self.format {
            AuditFormat::Csv => table(&lines, first)?,
            AuditFormat::Json => list(&lines, first, self.over)?,
        };
        Ok(Some(piece))
    }
}

struct Begin;

impl Query for Begin {
    const REQUIRES: Permission = Permission::AuditRead;
    type Output = (OrgRecord, i64);
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok((tx.organization().await?, tx.audit_chain().await?.count))
    }
}

struct Piece {
    filter: AuditFilter,
    below: Option<i64>,
}

impl Query for Piece {
    const REQUIRES: Permission = Permission::AuditRead;
    type Output = Vec<AuditRecord>;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Self::Output, Error> {
        Ok(tx.audit_lines(&self.filter, self.below, AT_ONCE).await?)
    }
}

/// One line as a program reads it.
#[derive(Serialize)]
struct Line<'a> {
    number: i64,
    at: String,
    actor: &'a str,
    who: String,
    action: &'a str,
    entity: &'a str,
    before: Option<Value>,
    after: Option<Value>,
    ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    id: &'a str,
    hash: &'a str,
}

fn who(record: &AuditRecord) -> String {
    match actor(record) {
        AuditActor::Member(who) | AuditActor::Invited(who) | AuditActor::Usher(who) => who,
    }
}

fn list(lines: &[AuditRecord], first: bool, last: bool) -> Result<Vec<u8>, Error> {
    let parsed = |text: &Option<String>| {
        text.as_deref().map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)))
    };
    let mut piece = Vec::new();
    if first {
        piece.extend(b"[");
    }
    for (n, record) in lines.iter().enumerate() {
        piece.extend(if first && n == 0 { b"\n".as_slice() } else { b",\n" });
        let line = Line {
            number: record.number,
            at: record.at.rfc3339(),
            actor: &record.actor,
            who: who(record),
            action: &record.action,
            entity: &record.entity,
            before: parsed(&record.before),
            after: parsed(&record.after),
            ip: record.ip.as_deref(),
            user_agent: record.user_agent.as_deref(),
            id: &record.id,
            hash: &record.hash,
        };
        serde_json::to_writer(&mut piece, &line).map_err(|error| Error::Broken(error.into()))?;
    }
    if last {
        piece.extend(b"\n]\n");
    }
    Ok(piece)
}

const COLUMNS: [&str; 12] =
    ["number", "at", "actor", "who", "action", "entity", "before", "after", "ip", "user_agent", "id", "hash"];

fn table(lines: &[AuditRecord], first: bool) -> Result<Vec<u8>, Error> {
    let broken = |error: csv::Error| Error::Broken(error.into());
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if first {
        table.write_record(COLUMNS).map_err(broken)?;
    }
    for record in lines {
        let (number, at, who) = (record.number.to_string(), record.at.rfc3339(), who(record));
        let cells = [
            &number,
            &at,
            &record.actor,
            &who,
            &record.action,
            &record.entity,
            record.before.as_deref().unwrap_or_default(),
            record.after.as_deref().unwrap_or_default(),
            record.ip.as_deref().unwrap_or_default(),
            record.user_agent.as_deref().unwrap_or_default(),
            &record.id,
            &record.hash,
        ];
        table.write_record(cells.map(harmless)).map_err(broken)?;
    }
    table.into_inner().map_err(|error| Error::Broken(anyhow::anyhow!("{error}")))
}

/// A cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe before it, which
/// spreadsheets read as "this is text".
pub(crate) fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    fn record(number: i64, who: &str) -> AuditRecord {
        AuditRecord {
            number,
            id: format!("aud_{number}"),
            at: Timestamp::from_secs(1_795_000_000),
            action: "member.invited".to_owned(),
            entity: "inv_1".to_owned(),
            before: None,
            after: Some(r#"{"email":"x,\"y\"@acme.test"}"#.to_owned()),
            actor: "member".to_owned(),
            email: Some(who.to_owned()),
            note: None,
            ip: Some("192.0.2.7".to_owned()),
            user_agent: Some("=HYPERLINK(\"https://evil.example\")".to_owned()),
            hash: "3f".to_owned(),
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("a=1"), "a=1");
        let text = String::from_utf8(table(&[record(1, "+alias@acme.test")], true).unwrap()).unwrap();
        assert!(text.contains(",'+alias@acme.test,"), "{text}");
        assert!(text.contains("\"'=HYPERLINK("), "{text}");
    }

    #[test]
    fn a_table_is_read_back_cell_by_cell() {
        let mut text = table(&[record(2, "b@acme.test")], true).unwrap();
        text.extend(table(&[record(1, "a@acme.test")], false).unwrap());
        let mut rows = csv::Reader::from_reader(text.as_slice());
        assert_eq!(rows.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
        let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(&rows[1][3], "a@acme.test");
        assert_eq!(&rows[1][7], r#"{"email":"x,\"y\"@acme.test"}"#);
    }

    #[test]
    fn pieces_are_one_list() {
        let mut text = list(&[record(3, "c"), record(2, "b")], true, false).unwrap();
        text.extend(list(&[record(1, "a")], false, true).unwrap());
        let read: Vec<Value> = serde_json::from_slice(&text).unwrap();
        assert_eq!(read.iter().map(|line| line["number"].as_i64().unwrap()).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(read[0]["after"]["email"], "x,\"y\"@acme.test");
        assert_eq!(serde_json::from_slice::<Vec<Value>>(&list(&[], true, true).unwrap()).unwrap(), [Value::Null; 0]);
    }
}
