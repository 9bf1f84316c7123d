//! Names of things.

use domain::Timestamp;
use domain::ids::{AuditId, CancellationId, InvitationId, MailId, MemberId, OrgId, OutboxId, SessionId, UserId};
use proptest::prelude::*;

#[test]
fn an_id_says_its_kind_and_is_of_no_other() {
    let now = Timestamp::from_secs(1_900_000_000);
    let id = OrgId::new(now, [7; 10]);
    let text = id.to_string();
    assert!(text.starts_with("org_") && text.len() == 36, "{text}");
    assert_eq!(text.parse(), Ok(id));
    assert!(text.parse::<MemberId>().is_err());
    assert!(text.replace("org_", "mem_").parse::<OrgId>().is_err());
    assert_eq!(format!("{id:?}"), text);
    let json = serde_json::to_string(&id).expect("json");
    assert_eq!(json, format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<OrgId>(&json).expect("an id"), id);
}

#[test]
fn each_kind_has_its_own_prefix() {
    let prefixes = [
        AuditId::PREFIX,
        CancellationId::PREFIX,
        InvitationId::PREFIX,
        MailId::PREFIX,
        MemberId::PREFIX,
        OrgId::PREFIX,
        OutboxId::PREFIX,
        SessionId::PREFIX,
        UserId::PREFIX,
    ];
    let different: std::collections::BTreeSet<_> = prefixes.iter().collect();
    assert_eq!(different.len(), prefixes.len());
}

#[test]
fn one_id_has_one_text() {
    let id = UserId::new(Timestamp::from_secs(1_900_000_000), [0xab; 10]).to_string();
    let bare = id.trim_start_matches("usr_");
    for other in [
        id.to_uppercase(),
        format!("usr_{}", bare.to_uppercase()),
        format!(" {id}"),
        format!("{id} "),
        bare.to_owned(),
        format!("usr{bare}"),
        format!("usr_{{{}}}", &bare[2..]),
        format!("usr_{}-{}", &bare[..8], &bare[9..]),
        format!("usr_{}é", &bare[2..]),
        "usr_".to_owned(),
        String::new(),
    ] {
        assert!(other.parse::<UserId>().is_err(), "{other}");
    }
}

proptest! {
    #[test]
    fn every_id_reads_back(micros in any::<i64>(), chance in any::<[u8; 10]>()) {
        let id = OutboxId::new(Timestamp::from_micros(micros), chance);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn what_is_made_later_sorts_later(
        first in 0..4_000_000_000_i64, later in 1..1_000_000_i64, one in any::<[u8; 10]>(), two in any::<[u8; 10]>(),
    ) {
        let a = InvitationId::new(Timestamp::from_micros(first * 1_000), one);
        let b = InvitationId::new(Timestamp::from_micros((first + later) * 1_000), two);
        prop_assert!(a < b);
        prop_assert!(a.to_string() < b.to_string(), "and its text too");
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        let _ = text.parse::<OrgId>();
        let _ = format!("org_{text}").parse::<OrgId>();
    }
}
