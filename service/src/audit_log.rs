//! The page of the audit log.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::view::{AuditActor, AuditChange, AuditHead, AuditLine, AuditQuery, AuditView};
use domain::{Permission, Plan, Refusal, Role, Timestamp};
use serde_json::Value;
use store::{AuditFilter, AuditRecord, OrgRecord, Query, TenantRead};

use crate::{Caller, Error, Services, desk, door, refusal};

/// How many lines are on a page.
const PAGE: u32 = 50;
/// The feature of a plan that lets its log be taken away as a file. A catalogue that never names it gives it to all.
const EXPORT: &str = "audit_export";
/// How the address of a deleted account ends.
const NOBODY: &str = "@deleted.invalid";

/// A page of the log: the lines that were asked for, the newest first, from below the number `older` on.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] with `from` or `to`.
pub async fn audit_log(
    s: &Services,
    caller: &Caller,
    slug: &str,
    query: &AuditQuery,
    older: Option<i64>,
) -> Result<AuditView, Error> {
    let scope = door::open(s, caller, slug).await?;
    scope.may(Permission::AuditRead)?;
    let look = Look { filter: filter(query)?, below: older, limit: PAGE + 1 };
    let mut found = scope.read(look).await?;
    let plan = s.plan_of(&found.org).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.lines.len() > shown;
    found.lines.truncate(shown);
    Ok(AuditView {
        desk: desk::draw(s, caller, &found.org, found.role).await?,
        older: found.lines.last().filter(|_| more).map(|last| last.number),
        lines: found.lines.into_iter().map(line).collect(),
        head: found.head,
        dropped: found.dropped,
        retention_days: plan.retention_days,
        no_export: no_export(s, &plan),
    })
}

/// Why this plan's log cannot be taken away as a file, if it cannot.
pub(crate) fn no_export(s: &Services, plan: &Plan) -> Option<Refusal> {
    if plan.features.contains_key(EXPORT) {
        return None;
    }
    let with: Vec<&str> = s
        .catalog()
        .plans()
        .iter()
        .filter(|plan| plan.features.contains_key(EXPORT))
        .map(|plan| plan.name.as_str())
        .collect();
    (!with.is_empty()).then(|| refusal::no_audit_export(plan, &with))
}

/// What was asked for, as the store is asked.
pub(crate) fn filter(query: &AuditQuery) -> Result<AuditFilter, Error> {
    const DAY: Duration = Duration::from_hours(24);
    const SECOND: Duration = Duration::from_secs(1);
    let end = |field, text: &str| match text.trim() {
        "" => Ok(None),
        day => match Timestamp::end_of_day(day) {
            Some(last_second) => Ok(Some(last_second.plus(SECOND))),
            None => Err(Error::invalid(field, refusal::no_such_day())),
        },
    };
    Ok(AuditFilter {
        who: query.who.clone(),
        action: query.action.trim().to_owned(),
        about: query.about.clone(),
        from: end("from", &query.from)?.map(|end| end.minus(DAY)),
        until: end("to", &query.to)?,
    })
}

/// Who did it, for people.
pub(crate) fn actor(record: &AuditRecord) -> AuditActor {
    let note = || record.note.clone().unwrap_or_default();
    match record.actor.as_str() {
        "member" => AuditActor::Member(match &record.email {
            Some(email) if !email.ends_with(NOBODY) => email.clone(),
            _ => "somebody whose account is deleted".to_owned(),
        }),
        "invited" => AuditActor::Invited(note()),
        _ => AuditActor::Usher(note()),
    }
}

fn line(record: AuditRecord) -> AuditLine {
    AuditLine {
        who: actor(&record),
        changes: changes(record.before.as_deref(), record.after.as_deref()),
        number: record.number,
        at: record.at,
        action: record.action,
        entity: record.entity,
        ip: record.ip,
        user_agent: record.user_agent,
    }
}

/// What differs between two JSON objects, name by name. What is the same in both is no change.
fn changes(before: Option<&str>, after: Option<&str>) -> Vec<AuditChange> {
    let parsed = |text: Option<&str>| text.map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)));
    let (before, after) = (parsed(before), parsed(after));
    let names: BTreeSet<&String> =
        [&before, &after].into_iter().flatten().filter_map(Value::as_object).flat_map(|object| object.keys()).collect();
    if names.is_empty() {
        let (before, after) = (before.as_ref().and_then(said), after.as_ref().and_then(said));
        let same = before == after;
        return if same { Vec::new() } else { vec![AuditChange { name: String::new(), before, after }] };
    }
    let of = |side: &Option<Value>, name: &str| side.as_ref().and_then(|side| side.get(name)).and_then(said);
    names
        .into_iter()
        .map(|name| AuditChange { before: of(&before, name), after: of(&after, name), name: name.replace('_', " ") })
        .filter(|change| change.before != change.after)
        .collect()
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(minute(text).unwrap_or_else(|| text.clone())),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        other => Some(other.to_string()),
    }
}

/// A time as it is written down, `2027-11-22T14:05:09Z`, for people.
fn minute(text: &str) -> Option<String> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let whole = day.len() == 10 && time.len() == 8 && Timestamp::end_of_day(day).is_some();
    whole.then(|| time.get(..5)).flatten().map(|minute| format!("{day}, {minute} UTC"))
}

struct Look {
    filter: AuditFilter,
    below: Option<i64>,
    limit: u32,
}

struct Found {
    org: OrgRecord,
    role: Role,
    lines: Vec<AuditRecord>,
    head: Option<AuditHead>,
    dropped: i64,
}

impl Query for Look {
    const REQUIRES: Permission = Permission::AuditRead;
    type Output = Found;
    type Error = Error;

    async fn run(self, tx: &mut TenantRead) -> Result<Found, Error> {
        let chain = tx.audit_chain().await?;
        Ok(Found {
            org: tx.organization().await?,
            role: tx.role(),
            lines: tx.audit_lines(&self.filter, self.below, self.limit).await?,
            head: chain.head(),
            dropped: chain.dropped,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, before: Option<&str>, after: Option<&str>) -> AuditChange {
        AuditChange { name: name.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned) }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let found = changes(
            Some(r#"{"role":"member","email":"a@acme.test","until":null}"#),
            Some(r#"{"role":"admin","email":"a@acme.test","seat_cap":3,"free":true}"#),
        );
        let expected = [
            change("free", None, Some("yes")),
            change("role", Some("member"), Some("admin")),
            change("seat cap", None, Some("3")),
        ];
        assert_eq!(found, expected);
        assert_eq!(changes(None, None), []);
        let until = changes(None, Some(r#"{"until":"2027-11-22T14:05:09Z","name":"TaZ"}"#));
        assert_eq!(until, [change("name", None, Some("TaZ")), change("until", None, Some("2027-11-22, 14:05 UTC"))]);
        assert_eq!(changes(None, Some("not json")), [change("", None, Some("not json"))]);
    }

    #[test]
    fn a_day_is_asked_for_from_its_first_to_its_last_microsecond() {
        let query = AuditQuery { from: "2027-11-22".to_owned(), to: " 2027-11-22".to_owned(), ..AuditQuery::default() };
        let found = filter(&query).unwrap();
        assert_eq!(found.from.unwrap().rfc3339(), "2027-11-22T00:00:00Z");
        assert_eq!(found.until.unwrap().rfc3339(), "2027-11-23T00:00:00Z");
        assert!(filter(&AuditQuery { to: "yesterday".to_owned(), ..AuditQuery::default() }).is_err());
    }
}
