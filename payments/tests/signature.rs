//! What is believed of a webhook's signature, and what is not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::time::Duration;

use domain::Timestamp;
use payments::WebhookSecret;
use payments::signature::{SignatureError, sign, verify};
use proptest::prelude::*;

const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;

fn secret(text: &str) -> WebhookSecret {
    WebhookSecret::new(text)
}

fn now() -> Timestamp {
    Timestamp::from_secs(1_700_000_000)
}

fn check(header: &str) -> Result<(), SignatureError> {
    verify(BODY, header, &[secret("whsec_test")], now())
}

fn hex_of(header: &str) -> &str {
    header.split_once(",v1=").unwrap().1
}

#[test]
fn it_signs_what_openssl_computes() {
    // What `openssl dgst -sha256 -hmac whsec_test` says of `1700000000.{"id":"evt_1","object":"event"}`.
    let header = sign(BODY, &secret("whsec_test"), now());
    assert_eq!(header, "t=1700000000,v1=4c15fb2a43f93ef61eaa3e0893866d57cad9cad4223242cfb96f362480cb4021");
    assert_eq!(check(&header), Ok(()));
}

#[test]
fn any_of_several_v1_and_any_of_several_secrets_will_do() {
    let old = sign(BODY, &secret("whsec_old"), now());
    let new = sign(BODY, &secret("whsec_new"), now());
    let both = format!("{old},v1={}", hex_of(&new));
    let neither = format!("t={},v1={}", now().secs(), "0".repeat(64));
    for header in [&old, &both, &format!("{neither},v1={}", hex_of(&old)), &format!("{old},v1=rubbish,v0=rubbish")] {
        assert_eq!(verify(BODY, header, &[secret("whsec_old")], now()), Ok(()), "{header}");
        assert_eq!(verify(BODY, header, &[secret("whsec_new"), secret("whsec_old")], now()), Ok(()), "{header}");
    }
    assert_eq!(verify(BODY, &both, &[secret("whsec_other")], now()), Err(SignatureError::Mismatch));
    assert_eq!(verify(BODY, &both, &[], now()), Err(SignatureError::Mismatch));
}

#[test]
fn five_minutes_either_way_are_believed_and_a_second_more_is_not() {
    for (offset, verdict) in [
        (0, Ok(())),
        (300, Ok(())),
        (-300, Ok(())),
        (301, Err(SignatureError::Time { seconds: 301 })),
        (-301, Err(SignatureError::Time { seconds: 301 })),
    ] {
        let header = sign(BODY, &secret("whsec_test"), Timestamp::from_secs(now().secs() + offset));
        assert_eq!(check(&header), verdict, "{offset} s");
    }
    // A time that nobody signed does not get as far as being compared with ours.
    let moved = sign(BODY, &secret("whsec_test"), now()).replace("t=1700000000", "t=1700000001");
    assert_eq!(check(&moved), Err(SignatureError::Mismatch));
    let future = Timestamp::from_secs(i64::MAX / 1_000_000);
    let header = sign(BODY, &secret("whsec_test"), future);
    assert!(matches!(check(&header), Err(SignatureError::Time { .. })));
}

#[test]
fn other_spellings_of_a_right_signature_are_not_believed() {
    let good = sign(BODY, &secret("whsec_test"), now());
    let hex = hex_of(&good);
    for header in [
        String::new(),
        "t=1700000000".to_owned(),
        format!("v1={hex}"),
        format!("t=1700000000,v0={hex}"),
        format!("t=1700000000,v1={}", hex.to_uppercase()),
        format!("t=1700000000, v1={hex}"),
        format!("t=1700000000,v1= {hex}"),
        format!("t=1700000000,v1={}", &hex[..62]),
        format!("t=1700000000,v1={hex}00"),
        format!("t=+1700000000,v1={hex}"),
        format!("t=,v1={hex}"),
        format!("t=170000000000000000000,v1={hex}"),
        format!("t=1700000000,t=1700000000,v1={hex}"),
        format!("t=1700000000;v1={hex}"),
    ] {
        assert_eq!(check(&header), Err(SignatureError::Malformed), "{header:?}");
    }
}

/// One of `fixtures/signatures.json`, which `end2end/official/signatures.mjs` has Stripe's own Node client write.
#[derive(serde::Deserialize)]
struct Signed {
    name: String,
    header: String,
    believed: bool,
    payload: String,
    secret: String,
    now: i64,
}

#[test]
fn what_stripes_own_client_signs_is_judged_as_that_client_judges_it() {
    let cases: Vec<Signed> = serde_json::from_str(include_str!("fixtures/signatures.json")).unwrap();
    assert!(cases.iter().filter(|case| case.believed).count() > 3 && cases.iter().any(|case| !case.believed));
    for Signed { name, header, believed, payload, secret, now } in cases {
        let verdict = verify(payload.as_bytes(), &header, &[WebhookSecret::new(secret)], Timestamp::from_secs(now));
        assert_eq!(verdict.is_ok(), believed, "{name}: {verdict:?}");
    }
}

proptest! {
    #[test]
    fn what_is_signed_is_believed(body in any::<Vec<u8>>(), key in "[!-~]{1,40}", drift in -300_i64..=300) {
        let header = sign(&body, &secret(&key), now());
        let later = Timestamp::from_secs(now().secs() + drift);
        prop_assert_eq!(verify(&body, &header, &[secret(&key)], later), Ok(()));
    }

    #[test]
    fn one_changed_byte_is_noticed(mut body in prop::collection::vec(any::<u8>(), 1..300), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let header = sign(&body, &secret("whsec_test"), now());
        let at = at.index(body.len());
        body[at] ^= flip;
        prop_assert_eq!(verify(&body, &header, &[secret("whsec_test")], now()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn one_changed_letter_of_the_header_is_noticed(at in any::<prop::sample::Index>(), letter in "[ -~]") {
        let good = sign(BODY, &secret("whsec_test"), now());
        let at = at.index(good.len());
        let mut bad = good.clone();
        bad.replace_range(at..=at, &letter);
        prop_assume!(bad != good);
        prop_assert!(check(&bad).is_err());
    }

    #[test]
    fn no_header_makes_it_panic(header in any::<String>(), body in any::<Vec<u8>>()) {
        let late = now().plus(Duration::from_secs(1));
        prop_assert!(verify(&body, &header, &[secret("whsec_test")], late).is_err());
    }
}
