//! A company's domains: proved by a record at a real name server, looked at again, and what they are good for.

use std::time::Duration;

use domain::email::DomainRule;
use domain::email::proof::{Failure, Standing};
use domain::ids::DomainId;
use domain::view::{AuditQuery, DomainLine, DomainsView};
use service::{Caller, Error};

use crate::stand::{PASSWORD, Stand, code, token};

const DAY: Duration = Duration::from_hours(24);
const FRESH: Duration = Duration::from_secs(6);

claims! {
    a_domain_counts_once_its_record_is_found;
    the_worker_finds_the_record_by_itself;
    a_record_of_somebody_else_proves_nothing;
    a_record_among_many_and_longer_than_a_datagram_is_found;
    a_name_server_that_fails_is_told_apart_from_a_missing_record;
    a_verified_domain_that_fails_thrice_stops_counting_for_new_people_only;
    a_failing_domain_comes_back_when_its_record_does;
    who_asks_again_at_once_gets_the_last_answer;
    free_mail_and_public_suffixes_are_refused;
    a_domain_is_on_the_list_once;
    two_companies_may_prove_the_same_domain_each_with_a_record_of_its_own;
    a_removed_domain_counts_no_more_and_nobody_loses_a_seat;
    subdomains_count_where_they_are_opted_in;
    every_door_asks_for_the_same_domains;
    a_company_from_a_free_mailbox_buys_a_same_domain_plan_once_it_has_proved_a_domain;
    only_who_may_change_settings_manages_domains;
    a_domain_of_another_company_is_not_there;
    each_change_of_domains_is_in_the_audit_log;
    only_people_of_a_domain_that_counts_may_ask_to_join;
}

impl Stand {
    async fn domains(&self, who: &Caller) -> DomainsView {
        service::domains(&self.s, who, "acme").await.unwrap()
    }

    async fn line(&self, who: &Caller, id: DomainId) -> DomainLine {
        self.domains(who).await.lines.into_iter().find(|line| line.id == id).unwrap()
    }

    async fn add(&self, who: &Caller, domain: &str) -> Result<DomainId, Error> {
        service::add_domain(&self.s, who, "acme", domain).await
    }

    /// Writes the record that is asked for.
    async fn publish(&self, who: &Caller, id: DomainId) {
        let line = self.line(who, id).await;
        self.names.say(&line.record_name, &[&line.record_value]);
    }

    /// Looks, and not at the answer of the last look.
    async fn look(&self, who: &Caller, id: DomainId) -> Standing {
        self.pass(FRESH);
        service::verify_domain(&self.s, who, "acme", id).await.unwrap()
    }

    /// Added, published, verified.
    async fn verified(&self, who: &Caller, domain: &str) -> DomainId {
        let id = self.add(who, domain).await.unwrap();
        self.publish(who, id).await;
        assert_eq!(self.look(who, id).await, Standing::Verified);
        id
    }

    /// The record is gone, and the worker has had so many looks at it.
    async fn lose(&self, who: &Caller, id: DomainId, looks: u32) {
        self.names.forget(&self.line(who, id).await.record_name);
        for look in 0..looks {
            self.pass(if look == 0 { 7 * DAY } else { DAY });
            self.settle().await;
        }
    }

    async fn opened(&self, who: &Caller, id: Option<DomainId>) {
        service::set_subdomains(&self.s, who, "acme", id, true).await.unwrap();
    }
}

async fn a_domain_counts_once_its_record_is_found(stand: Stand) {
    let owner = stand.acme_with_all_access(3).await;
    assert_eq!(code(stand.invite(&owner, "jane@acme.example").await), "other-domain");
    let id = stand.add(&owner, " @ACME.example").await.unwrap();
    let line = stand.line(&owner, id).await;
    assert_eq!(line.record_name, "_usher.acme.example");
    assert!(line.record_value.starts_with("usher-domain=") && line.record_value.len() > 40, "{}", line.record_value);
    assert_eq!(line.standing, Standing::Waiting);
    assert_eq!(stand.look(&owner, id).await, Standing::Waiting);
    assert_eq!(stand.line(&owner, id).await.failure, Some(Failure::Missing));
    assert_eq!(code(stand.invite(&owner, "jane@acme.example").await), "other-domain", "nothing is proved yet");
    stand.publish(&owner, id).await;
    assert_eq!(stand.look(&owner, id).await, Standing::Verified);
    let line = stand.line(&owner, id).await;
    assert_eq!((line.failure, line.verified_at), (None, Some(stand.s.now())));
    stand.join(&owner, "jane@Acme.Example", "member").await;
    assert_eq!(code(stand.invite(&owner, "jane@mail.acme.example").await), "other-domain");
    let told = stand.team(&owner).await.same_domain.unwrap();
    assert_eq!(told.iter().map(|rule| rule.domain.as_str()).collect::<Vec<_>>(), ["acme.test", "acme.example"]);
}

async fn the_worker_finds_the_record_by_itself(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "acme.example").await.unwrap();
    stand.publish(&owner, id).await;
    stand.settle().await;
    assert_eq!(stand.line(&owner, id).await.standing, Standing::Waiting, "not at once");
    stand.pass(Duration::from_hours(1));
    stand.settle().await;
    assert_eq!(stand.line(&owner, id).await.standing, Standing::Verified);
}

async fn a_record_of_somebody_else_proves_nothing(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "acme.example").await.unwrap();
    let DomainLine { record_name, record_value, .. } = stand.line(&owner, id).await;
    let other = format!("{record_value}x");
    let upper = record_value.to_uppercase();
    for texts in [&["v=spf1 -all"][..], &["usher-domain="], &[&other], &[&upper], &[""]] {
        stand.names.say(&record_name, texts);
        assert_eq!(stand.look(&owner, id).await, Standing::Waiting, "{texts:?}");
        assert_eq!(stand.line(&owner, id).await.failure, Some(Failure::Other), "{texts:?}");
    }
    stand.names.say("acme.example", &[&record_value]);
    stand.names.forget(&record_name);
    assert_eq!(stand.look(&owner, id).await, Standing::Waiting, "it must stand at its own name");
}

async fn a_record_among_many_and_longer_than_a_datagram_is_found(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "acme.example").await.unwrap();
    let DomainLine { record_name, record_value, .. } = stand.line(&owner, id).await;
    let long = "x".repeat(1_000);
    let quoted = format!("\"{record_value}\"");
    stand.names.say(&record_name, &[&long, "usher-domain=of-another-company", &long, &quoted]);
    assert_eq!(stand.look(&owner, id).await, Standing::Verified);
}

async fn a_name_server_that_fails_is_told_apart_from_a_missing_record(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.verified(&owner, "acme.example").await;
    stand.names.fail("_usher.acme.example");
    for _ in 0..10 {
        stand.pass(7 * DAY);
        stand.settle().await;
    }
    let line = stand.line(&owner, id).await;
    assert_eq!((line.standing, line.failure), (Standing::Failing { counts: true }, Some(Failure::Unanswered)));
}

async fn a_verified_domain_that_fails_thrice_stops_counting_for_new_people_only(stand: Stand) {
    let owner = stand.acme_with_all_access(3).await;
    let id = stand.verified(&owner, "acme.example").await;
    let jane = stand.join(&owner, "jane@acme.example", "member").await;
    let before = stand.subjects_of_domains().await;
    stand.lose(&owner, id, 2).await;
    assert_eq!(stand.line(&owner, id).await.standing, Standing::Failing { counts: true });
    let waiting = stand.invite(&owner, "joe@acme.example").await.unwrap();
    stand.pass(DAY);
    stand.settle().await;
    assert_eq!(stand.line(&owner, id).await.standing, Standing::Failing { counts: false });
    assert_eq!(stand.team(&jane).await.members.len(), 2, "nobody has lost a seat");
    assert_eq!(code(stand.invite(&owner, "jim@acme.example").await), "other-domain");
    let token = token(&waiting);
    let late = service::accept_as_new(&stand.s, &token, PASSWORD.to_owned(), service::Visit::default());
    assert_eq!(code(late.await), "other-domain", "who has no seat yet gets none");
    stand.pass(30 * DAY);
    stand.settle().await;
    let letters = stand.subjects_of_domains().await;
    assert_eq!(letters.len() - before.len(), 1, "the owner is told once: {letters:?}");
}

async fn a_failing_domain_comes_back_when_its_record_does(stand: Stand) {
    let owner = stand.acme_with_all_access(3).await;
    let id = stand.verified(&owner, "acme.example").await;
    stand.lose(&owner, id, 4).await;
    assert_eq!(code(stand.invite(&owner, "jane@acme.example").await), "other-domain");
    stand.publish(&owner, id).await;
    stand.pass(DAY);
    stand.settle().await;
    assert_eq!(stand.line(&owner, id).await.standing, Standing::Verified);
    assert!(stand.invite(&owner, "jane@acme.example").await.is_ok());
}

async fn who_asks_again_at_once_gets_the_last_answer(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "acme.example").await.unwrap();
    assert_eq!(stand.look(&owner, id).await, Standing::Waiting);
    stand.publish(&owner, id).await;
    let again = service::verify_domain(&stand.s, &owner, "acme", id).await.unwrap();
    assert_eq!(again, Standing::Waiting, "nobody was asked");
    assert_eq!(stand.look(&owner, id).await, Standing::Verified);
}

async fn free_mail_and_public_suffixes_are_refused(stand: Stand) {
    let owner = stand.acme().await;
    for (text, why) in [
        ("gmail.com", "domain-free-mail"),
        ("co.uk", "domain-public-suffix"),
        ("com", "domain-form"),
        ("", "domain-form"),
        ("jane@acme.example", "domain-form"),
        ("_usher.acme.example", "domain-form"),
        ("127.0.0.1", "domain-form"),
    ] {
        assert_eq!(code(stand.add(&owner, text).await), why, "{text}");
    }
    assert!(stand.domains(&owner).await.lines.is_empty());
}

async fn a_domain_is_on_the_list_once(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "bücher.example").await.unwrap();
    assert_eq!(code(stand.add(&owner, "XN--BCHER-KVA.example").await), "domain-there");
    assert_eq!(code(stand.add(&owner, "acme.test").await), "domain-there", "the company's own");
    let both = tokio::join!(stand.add(&owner, "one.example"), stand.add(&owner, "one.example"));
    assert!(both.0.is_ok() != both.1.is_ok(), "one of two at once");
    for n in stand.domains(&owner).await.lines.len()..20 {
        stand.add(&owner, &format!("n{n}.example")).await.unwrap();
    }
    assert!(!stand.domains(&owner).await.room);
    assert_eq!(code(stand.add(&owner, "more.example").await), "too-many-domains");
    let first = stand.line(&owner, id).await.record_value;
    service::remove_domain(&stand.s, &owner, "acme", id).await.unwrap();
    let again = stand.add(&owner, "bücher.example").await.unwrap();
    assert_ne!(stand.line(&owner, again).await.record_value, first, "what was proved before proves nothing now");
}

async fn two_companies_may_prove_the_same_domain_each_with_a_record_of_its_own(stand: Stand) {
    let owner = stand.acme().await;
    stand.verified(&owner, "group.example").await;
    let other = stand.sign_up("boss@other.test").await;
    stand.create(&other, "Other", "other").await.unwrap();
    let id = service::add_domain(&stand.s, &other, "other", "group.example").await.unwrap();
    stand.pass(FRESH);
    let look = || service::verify_domain(&stand.s, &other, "other", id);
    assert_eq!(look().await.unwrap(), Standing::Waiting, "the record of another company is not ours");
    let theirs = stand.domains(&owner).await.lines[0].record_value.clone();
    let ours = service::domains(&stand.s, &other, "other").await.unwrap().lines[0].record_value.clone();
    stand.names.say("_usher.group.example", &[&theirs, &ours]);
    stand.pass(FRESH);
    assert_eq!(look().await.unwrap(), Standing::Verified);
}

async fn a_removed_domain_counts_no_more_and_nobody_loses_a_seat(stand: Stand) {
    let owner = stand.acme_with_all_access(3).await;
    let id = stand.verified(&owner, "acme.example").await;
    let jane = stand.join(&owner, "jane@acme.example", "member").await;
    service::remove_domain(&stand.s, &owner, "acme", id).await.unwrap();
    assert_eq!(stand.team(&jane).await.members.len(), 2);
    assert_eq!(code(stand.invite(&owner, "joe@acme.example").await), "other-domain");
    assert_eq!(code(service::remove_domain(&stand.s, &owner, "acme", id).await), "not-found");
    stand.pass(FRESH);
    assert_eq!(code(service::verify_domain(&stand.s, &owner, "acme", id).await), "not-found");
    stand.pass(30 * DAY);
    stand.settle().await;
    assert!(stand.domains(&owner).await.lines.is_empty());
}

async fn subdomains_count_where_they_are_opted_in(stand: Stand) {
    let owner = stand.acme_with_all_access(3).await;
    let id = stand.verified(&owner, "acme.example").await;
    stand.opened(&owner, None).await;
    assert!(stand.invite(&owner, "jane@eu.acme.test").await.is_ok(), "the company's own domain");
    assert_eq!(code(stand.invite(&owner, "jane@evilacme.test").await), "other-domain");
    assert_eq!(code(stand.invite(&owner, "joe@eu.acme.example").await), "other-domain", "each by itself");
    stand.opened(&owner, Some(id)).await;
    assert!(stand.invite(&owner, "joe@eu.acme.example").await.is_ok());
    let shown: Vec<DomainRule> = stand.team(&owner).await.same_domain.unwrap();
    let open: Vec<bool> = shown.iter().map(|rule| rule.subdomains).collect();
    assert_eq!(open, [true, true], "the form judges by the same rules");
    service::set_subdomains(&stand.s, &owner, "acme", Some(id), false).await.unwrap();
    assert!(!stand.line(&owner, id).await.subdomains);
}

async fn every_door_asks_for_the_same_domains(stand: Stand) {
    let owner = stand.acme_with_all_access(3).await;
    let member = stand.join(&owner, "second@acme.test", "member").await;
    let ask = |email: &'static str| {
        let wish = service::RequestSeat { email: email.to_owned(), role: "member".to_owned(), note: None };
        service::request_seat(&stand.s, &member, "acme", wish)
    };
    let open = async |email: &'static str| {
        let mut words = vec![code(stand.invite(&owner, email).await), code(ask(email).await)];
        words.extend(crate::people::outcomes(&stand.several(&owner, &[email]).await.unwrap()));
        words.extend(crate::people::outcomes(&stand.csv(&owner, &format!("{email}\n")).await));
        words
    };
    for stranger in ["joe@acme.example", "joe@acme.test.evil.example", "joe@eu.acme.test"] {
        let words = open(stranger).await;
        assert!(words.iter().all(|word| word.ends_with("other-domain")), "{stranger}: {words:?}");
    }
    stand.verified(&owner, "acme.example").await;
    let words = open("joe@acme.example").await;
    assert_eq!(words, ["-", "already-invited", "1 already", "1 already"], "one door has opened for all");
}

async fn a_company_from_a_free_mailbox_buys_a_same_domain_plan_once_it_has_proved_a_domain(stand: Stand) {
    let owner = stand.sign_up("founder@gmail.com").await;
    stand.create(&owner, "Acme", "acme").await.unwrap();
    assert_eq!(code(stand.start(&owner, "all_access", "year", 1).await), "no-company-domain");
    assert_eq!(code(service::set_subdomains(&stand.s, &owner, "acme", None, true).await), "not-found");
    stand.verified(&owner, "acme.example").await;
    assert_eq!(stand.domains(&owner).await.own, None);
    assert_eq!(code(stand.start(&owner, "all_access", "year", 1).await), "-");
}

async fn only_who_may_change_settings_manages_domains(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "acme.example").await.unwrap();
    let member = stand.join(&owner, "second@acme.test", "member").await;
    let stranger = stand.sign_up("stranger@other.test").await;
    for (who, why) in [(&member, "not-permitted"), (&stranger, "not-found")] {
        assert_eq!(code(service::domains(&stand.s, who, "acme").await), why);
        assert_eq!(code(stand.add(who, "evil.example").await), why);
        assert_eq!(code(service::verify_domain(&stand.s, who, "acme", id).await), why);
        assert_eq!(code(service::set_subdomains(&stand.s, who, "acme", Some(id), true).await), why);
        assert_eq!(code(service::remove_domain(&stand.s, who, "acme", id).await), why);
    }
    let admin = stand.join(&owner, "third@acme.test", "admin").await;
    assert_eq!(code(service::remove_domain(&stand.s, &admin, "acme", id).await), "-");
}

async fn a_domain_of_another_company_is_not_there(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "acme.example").await.unwrap();
    let other = stand.sign_up("boss@other.test").await;
    stand.create(&other, "Other", "other").await.unwrap();
    assert_eq!(code(service::verify_domain(&stand.s, &other, "other", id).await), "not-found");
    assert_eq!(code(service::set_subdomains(&stand.s, &other, "other", Some(id), true).await), "not-found");
    assert_eq!(code(service::remove_domain(&stand.s, &other, "other", id).await), "not-found");
    assert_eq!(stand.domains(&owner).await.lines.len(), 1);
}

async fn each_change_of_domains_is_in_the_audit_log(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.verified(&owner, "acme.example").await;
    stand.opened(&owner, Some(id)).await;
    stand.opened(&owner, Some(id)).await;
    stand.opened(&owner, None).await;
    stand.lose(&owner, id, 4).await;
    stand.publish(&owner, id).await;
    stand.look(&owner, id).await;
    service::remove_domain(&stand.s, &owner, "acme", id).await.unwrap();
    let query = AuditQuery { action: "domain".to_owned(), ..AuditQuery::default() };
    let log = service::audit_log(&stand.s, &owner, "acme", &query, None).await.unwrap();
    let mut actions: Vec<_> = log.lines.into_iter().map(|line| line.action).collect();
    actions.reverse();
    assert_eq!(
        actions,
        [
            "domain.added",
            "domain.verified",
            "domain.subdomains_set",
            "domain.subdomains_set",
            "domain.stopped",
            "domain.verified",
            "domain.removed",
        ]
    );
}

async fn only_people_of_a_domain_that_counts_may_ask_to_join(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.add(&owner, "acme.example").await.unwrap();
    let requests = async || service::requests(&stand.s, &owner, "acme").await.unwrap().asked.len();
    let ask = async |email: &str| {
        let newcomer = stand.sign_up(email).await;
        service::ask_to_join(&stand.s, &newcomer, None).await.unwrap();
        stand.settle().await;
    };
    ask("jane@acme.example").await;
    assert_eq!(requests().await, 0, "the domain is not proved");
    stand.publish(&owner, id).await;
    stand.look(&owner, id).await;
    ask("joe@acme.example").await;
    assert_eq!(requests().await, 1);
    ask("jim@eu.acme.example").await;
    assert_eq!(requests().await, 1, "subdomains are not opted in");
    stand.lose(&owner, id, 4).await;
    ask("jill@acme.example").await;
    assert_eq!(requests().await, 1, "the domain counts no more");
}

impl Stand {
    async fn subjects_of_domains(&self) -> Vec<String> {
        let mut subjects = self.subjects_to("owner@acme.test").await;
        subjects.retain(|subject| subject.contains("counts no more"));
        subjects
    }
}
