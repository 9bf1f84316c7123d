//! The audit log: read, taken away, proved, and kept as the plan says.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use domain::access::Deed;
use domain::audit::{ACTIONS, KINDS};
use domain::ids::AuditId;
use domain::view::{AuditActor, AuditChange, AuditQuery, AuditView};
use domain::{Catalog, Permission, Slug};
use serde_json::Value;
use service::{AuditFormat, Caller, Error, Visit};
use store::{AuditEntry, Command, TenantTx, Visitor};

use crate::stand::{PASSWORD, Stand, code};

const DAY: Duration = Duration::from_hours(24);

claims! {
    who_did_what_to_whom_is_there_to_read;
    a_deleted_account_leaves_its_deeds_and_not_its_name;
    the_log_is_for_owners_and_admins;
    the_log_is_read_page_by_page;
    the_log_is_taken_away_by_who_has_it_in_their_plan;
    what_is_taken_away_in_pieces_is_whole;
    lines_go_when_the_plan_has_kept_them_long_enough;
    every_log_is_proved_and_a_broken_one_is_named;
}

async fn log(stand: &Stand, who: &Caller, query: AuditQuery) -> AuditView {
    service::audit_log(&stand.s, who, "acme", &query, None).await.unwrap()
}

async fn take_away(stand: &Stand, who: &Caller, query: &AuditQuery, format: AuditFormat) -> Result<String, Error> {
    let mut export = service::export_audit(&stand.s, who, "acme", query, format).await?;
    let mut file = Vec::new();
    while let Some(piece) = export.next().await? {
        file.extend(piece);
    }
    Ok(String::from_utf8(file).unwrap())
}

/// The default catalogue with something else in each plan.
fn catalogue(extra: &str) -> Catalog {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/default.toml");
    let text = std::fs::read_to_string(path).unwrap().replace("[[plan]]\n", &format!("[[plan]]\n{extra}\n"));
    Catalog::parse("test.toml", &text).unwrap()
}

/// The default catalogue without the feature that lets a log be taken away: then all may.
fn catalogue_for_all() -> Catalog {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/default.toml");
    let text = std::fs::read_to_string(path).unwrap().replace("audit_export = \"Audit log export\"\n", "");
    Catalog::parse("test.toml", &text).unwrap()
}

/// Writes so many lines at once.
struct Write<'a>(&'a Stand, u16);

impl Command for Write<'_> {
    const REQUIRES: Permission = Permission::OrganizationRead;
    const DEED: Deed = Deed::Change;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        for n in 0..self.1 {
            let mut chance = [0; 10];
            chance[..2].copy_from_slice(&n.to_be_bytes());
            let entry = AuditEntry { action: "member.seen", entity: format!("mem_{n}"), before: None, after: None };
            tx.audit(AuditId::new(self.0.s.now(), chance), &entry).await?;
        }
        Ok(())
    }
}

async fn write(stand: &Stand, who: &Caller, lines: u16) {
    let visitor = Visitor { user: who.user, visit: Visit::default() };
    let slug: Slug = "acme".parse().unwrap();
    let scope = stand.s.store().open(visitor, &slug).await.unwrap();
    scope.execute(Write(stand, lines), stand.s.now()).await.unwrap();
}

async fn who_did_what_to_whom_is_there_to_read(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "admin").await;
    service::leave(&stand.s, &second, "acme").await.unwrap();
    let view = log(&stand, &owner, AuditQuery::default()).await;
    let said: Vec<_> = view.lines.iter().map(|line| (line.number, line.action.as_str(), line.who.clone())).collect();
    let me = || AuditActor::Member("owner@acme.test".to_owned());
    let expected = [
        (4, "member.left", AuditActor::Member("second@acme.test".to_owned())),
        (3, "member.joined", AuditActor::Invited("second@acme.test".to_owned())),
        (2, "member.invited", me()),
        (1, "organization.created", me()),
    ];
    assert_eq!(said, expected);
    let was =
        |name: &str, before: &str| AuditChange { name: name.to_owned(), before: Some(before.to_owned()), after: None };
    assert_eq!(view.lines[0].changes, [was("email", "second@acme.test"), was("role", "admin")]);
    assert_eq!(view.head.unwrap().number, 4);
    let found = async |query| log(&stand, &owner, query).await.lines.iter().map(|line| line.number).collect::<Vec<_>>();
    let any = AuditQuery::default;
    assert_eq!(found(AuditQuery { who: "second@".to_owned(), ..any() }).await, [4, 3]);
    assert_eq!(found(AuditQuery { action: "member".to_owned(), ..any() }).await, [4, 3, 2]);
    assert_eq!(found(AuditQuery { about: "second@acme".to_owned(), ..any() }).await, [4, 3, 2]);
    let today = stand.s.now().rfc3339()[..10].to_owned();
    assert_eq!(found(AuditQuery { from: today.clone(), to: today.clone(), ..any() }).await, [4, 3, 2, 1]);
    stand.pass(DAY);
    let tomorrow = stand.s.now().rfc3339()[..10].to_owned();
    assert_eq!(found(AuditQuery { from: tomorrow, ..any() }).await, [0; 0]);
    let nonsense = AuditQuery { from: "31.12.".to_owned(), ..any() };
    assert_eq!(code(service::audit_log(&stand.s, &owner, "acme", &nonsense, None).await), "no-such-day");
}

async fn a_deleted_account_leaves_its_deeds_and_not_its_name(stand: Stand) {
    let owner = stand.acme().await;
    let second = stand.join(&owner, "second@acme.test", "admin").await;
    stand.invite(&second, "third@acme.test").await.unwrap();
    service::delete_account(&stand.s, &second, PASSWORD.to_owned()).await.unwrap();
    let view = log(&stand, &owner, AuditQuery { about: "third@".to_owned(), ..AuditQuery::default() }).await;
    assert_eq!(view.lines[0].who, AuditActor::Member("somebody whose account is deleted".to_owned()));
    let verified = service::verify_audit(&stand.s, None, None).await.unwrap();
    assert!(verified[0].chain.is_ok(), "the chain holds the account, not its address");
}

async fn the_log_is_for_owners_and_admins(stand: Stand) {
    let owner = stand.acme().await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let member = stand.join(&owner, "member@acme.test", "member").await;
    let stranger = stand.sign_up("somebody@other.test").await;
    let stand = stand.selling(catalogue_for_all());
    let query = AuditQuery::default();
    for (who, expected) in [(&owner, "-"), (&admin, "-"), (&member, "not-permitted"), (&stranger, "not-found")] {
        assert_eq!(code(service::audit_log(&stand.s, who, "acme", &query, None).await), expected, "{}", who.email);
        for format in [AuditFormat::Csv, AuditFormat::Json] {
            assert_eq!(code(take_away(&stand, who, &query, format).await), expected, "{}", who.email);
        }
    }
}

async fn the_log_is_read_page_by_page(stand: Stand) {
    let owner = stand.acme().await;
    write(&stand, &owner, 120).await;
    let (mut older, mut numbers, mut pages) = (None, Vec::new(), 0);
    loop {
        let view = service::audit_log(&stand.s, &owner, "acme", &AuditQuery::default(), older).await.unwrap();
        numbers.extend(view.lines.iter().map(|line| line.number));
        pages += 1;
        older = view.older;
        if older.is_none() {
            break;
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(numbers, (1..=121).rev().collect::<Vec<_>>());
}

async fn the_log_is_taken_away_by_who_has_it_in_their_plan(stand: Stand) {
    let owner = stand.acme().await;
    let query = AuditQuery::default();
    let why = log(&stand, &owner, query.clone()).await.no_export.unwrap();
    assert!(why.next.contains("Enterprise"), "{why}");
    assert_eq!(code(take_away(&stand, &owner, &query, AuditFormat::Csv).await), "no-audit-export");
    let url = stand.start(&owner, "enterprise", "month", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    stand.settle().await;
    assert_eq!(log(&stand, &owner, query.clone()).await.no_export, None);
    let file = take_away(&stand, &owner, &query, AuditFormat::Csv).await.unwrap();
    assert!(file.starts_with("number,at,actor,who,action,"), "{file}");
    assert!(file.contains(",owner@acme.test,organization.created,"), "{file}");
}

async fn what_is_taken_away_in_pieces_is_whole(stand: Stand) {
    let owner = stand.acme().await;
    let stand = stand.selling(catalogue_for_all());
    // Two whole pieces and no third.
    write(&stand, &owner, 999).await;
    let any = AuditQuery::default();
    let file = take_away(&stand, &owner, &any, AuditFormat::Json).await.unwrap();
    let lines: Vec<Value> = serde_json::from_str(&file).unwrap();
    let numbers: Vec<i64> = lines.iter().map(|line| line["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=1000).rev().collect::<Vec<_>>());
    let head = log(&stand, &owner, any.clone()).await.head.unwrap();
    assert_eq!(lines[0]["hash"], head.hash.as_str());
    let file = take_away(&stand, &owner, &any, AuditFormat::Csv).await.unwrap();
    assert_eq!(file.lines().count(), 1001);
    let seen = AuditQuery { action: "organization".to_owned(), ..any };
    let file = take_away(&stand, &owner, &seen, AuditFormat::Csv).await.unwrap();
    assert_eq!(file.lines().count(), 2, "{file}");
    // Whoever loses the right on the way gets no further.
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let mut export =
        service::export_audit(&stand.s, &admin, "acme", &AuditQuery::default(), AuditFormat::Csv).await.unwrap();
    export.next().await.unwrap();
    service::leave(&stand.s, &admin, "acme").await.unwrap();
    assert!(matches!(export.next().await, Err(Error::NotFound)));
}

async fn lines_go_when_the_plan_has_kept_them_long_enough(stand: Stand) {
    let owner = stand.acme().await;
    stand.settle().await;
    let stand = stand.selling(catalogue("retention_days = 30"));
    write(&stand, &owner, 9).await;
    stand.pass(DAY * 20);
    write(&stand, &owner, 1).await;
    stand.settle().await;
    assert_eq!(log(&stand, &owner, AuditQuery::default()).await.lines.len(), 11);
    stand.pass(DAY * 11);
    stand.settle().await;
    let view = log(&stand, &owner, AuditQuery::default()).await;
    assert_eq!((view.dropped, view.retention_days), (10, Some(30)));
    let left: Vec<_> = view.lines.iter().map(|line| (line.number, line.action.as_str())).collect();
    assert_eq!(left, [(12, "audit.shortened"), (11, "member.seen")], "what goes is said in what stays");
    // Once a day, and not again for nothing.
    stand.settle().await;
    assert_eq!(log(&stand, &owner, AuditQuery::default()).await.lines.len(), 2);
    let verified = service::verify_audit(&stand.s, None, None).await.unwrap();
    assert!(verified.len() == 1 && verified[0].chain.is_ok(), "{verified:?}");
}

async fn every_log_is_proved_and_a_broken_one_is_named(stand: Stand) {
    let owner = stand.acme().await;
    stand.create(&owner, "Other", "other").await.unwrap();
    stand.join(&owner, "second@acme.test", "member").await;
    let all = service::verify_audit(&stand.s, None, None).await.unwrap();
    let slugs: Vec<&str> = all.iter().map(|log| log.slug.as_str()).collect();
    assert_eq!(slugs, ["acme", "other"]);
    let acme: Slug = "acme".parse().unwrap();
    let head = all[0].chain.as_ref().unwrap().head().unwrap();
    stand.join(&owner, "third@acme.test", "member").await;
    let again = service::verify_audit(&stand.s, Some(&acme), Some(&head)).await.unwrap();
    assert!(again.len() == 1 && again[0].chain.is_ok(), "{again:?}");
    let never = domain::view::AuditHead { number: 2, ..head };
    let wrong = service::verify_audit(&stand.s, Some(&acme), Some(&never)).await.unwrap();
    assert_eq!(wrong[0].chain.as_ref().unwrap_err().to_string(), "line 2 is not the one that was noted");
    let nobody: Slug = "nobody".parse().unwrap();
    assert!(matches!(service::verify_audit(&stand.s, Some(&nobody), None).await, Err(Error::NotFound)));
}

/// What happens to an account stands in a list of its own.
const OF_ACCOUNTS: [&str; 5] = ["account", "address", "password", "session", "sessions"];

/// What stands in quotes in the code that is not a test and is shaped like an action.
fn written(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            written(&path, found);
            continue;
        }
        if path.ends_with("tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for quoted in lines.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            let Some((noun, verb)) = quoted.split_once('.') else { continue };
            let word =
                |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if word(noun) && word(verb) && !OF_ACCOUNTS.contains(&noun) {
                found.insert(quoted.to_owned());
            }
        }
    }
}

#[test]
fn every_action_that_is_written_has_words_and_none_has_words_for_nothing() {
    let mut found = BTreeSet::new();
    for folder in ["src", "../store/src"] {
        written(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    let known: BTreeSet<String> = ACTIONS.iter().map(|(action, _)| (*action).to_owned()).collect();
    assert_eq!(found, known, "domain::audit::ACTIONS says what each action is called on the page");
    assert_eq!(known.len(), ACTIONS.len(), "each once");
    let nouns: BTreeSet<&str> = known.iter().filter_map(|action| action.split('.').next()).collect();
    assert_eq!(nouns, KINDS.iter().map(|(kind, _)| *kind).collect());
}
