//! Signed-in browsers, and what happened to an account.

use std::time::Duration;

use service::{Caller, SignIn, Visit};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    one_sees_where_one_is_signed_in;
    a_session_of_ones_own_can_be_ended_and_no_other;
    signing_out_everywhere_ends_this_session_too;
    signing_out_everywhere_else_leaves_this_one;
    what_happened_to_an_account_can_be_read;
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async fn from(stand: &Stand, ip: &str, agent: &str) -> Caller {
    let visit = Visit { ip: Some(ip.to_owned()), user_agent: Some(agent.to_owned()) };
    let input = SignIn { email: "owner@acme.test".to_owned(), password: PASSWORD.to_owned(), device: None };
    let signed_in = service::sign_in(&stand.s, input, visit.clone()).await.unwrap();
    service::who(&stand.s, signed_in.session.as_str(), visit).await.unwrap().unwrap()
}

async fn one_sees_where_one_is_signed_in(stand: Stand) {
    let first = stand.sign_up("owner@acme.test").await;
    stand.sign_up("other@acme.test").await;
    stand.pass(Duration::from_hours(1));
    let second = from(&stand, "192.0.2.1", FIREFOX).await;
    let view = service::sessions(&stand.s, &first).await.unwrap();
    let shown: Vec<_> =
        view.sessions.iter().map(|session| (session.is_this, session.device.as_str(), session.ip.as_deref())).collect();
    assert_eq!(shown, [(true, "An unknown browser", None), (false, "Firefox on Linux", Some("192.0.2.1"))]);
    assert_eq!((view.sessions[0].id, view.sessions[1].id), (first.session, second.session));
    stand.pass(Duration::from_hours(30 * 24 - 1));
    assert_eq!(service::sessions(&stand.s, &second).await.unwrap().sessions.len(), 1, "one is over by itself");
}

async fn a_session_of_ones_own_can_be_ended_and_no_other(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let lost = from(&stand, "192.0.2.1", FIREFOX).await;
    let stranger = stand.sign_up("stranger@other.test").await;
    assert_eq!(code(service::end_session(&stand.s, &stranger, lost.session).await), "not-found");
    service::end_session(&stand.s, &me, lost.session).await.unwrap();
    assert_eq!(code(service::end_session(&stand.s, &me, lost.session).await), "not-found");
    let left = service::sessions(&stand.s, &me).await.unwrap().sessions;
    assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [me.session]);
    assert_eq!(service::sessions(&stand.s, &stranger).await.unwrap().sessions.len(), 1);
}

async fn signing_out_everywhere_ends_this_session_too(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let token = stand.sign_in("owner@acme.test", PASSWORD).await.unwrap();
    service::sign_out_everywhere(&stand.s, &me).await.unwrap();
    assert!(service::who(&stand.s, token.as_str(), Visit::default()).await.unwrap().is_none());
    assert!(service::sessions(&stand.s, &me).await.unwrap().sessions.is_empty());
}

async fn signing_out_everywhere_else_leaves_this_one(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    let other = stand.sign_up("other@acme.test").await;
    from(&stand, "192.0.2.1", FIREFOX).await;
    service::end_other_sessions(&stand.s, &me).await.unwrap();
    let left = service::sessions(&stand.s, &me).await.unwrap().sessions;
    assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [me.session]);
    assert_eq!(service::sessions(&stand.s, &other).await.unwrap().sessions.len(), 1);
}

async fn what_happened_to_an_account_can_be_read(stand: Stand) {
    let me = stand.sign_up("owner@acme.test").await;
    stand.pass(Duration::from_mins(1));
    from(&stand, "192.0.2.1", FIREFOX).await;
    stand.pass(Duration::from_mins(1));
    service::change_password(&stand.s, &me, PASSWORD.to_owned(), "quite another password".to_owned()).await.unwrap();
    let events = service::account(&stand.s, &me).await.unwrap().events;
    let told: Vec<_> = events.iter().map(|event| (event.what.as_str(), event.device.as_str())).collect();
    assert_eq!(
        told,
        [
            ("The password was changed.", "An unknown browser"),
            ("Signed in.", "Firefox on Linux"),
            ("Signed in.", "An unknown browser"),
        ]
    );
    assert_eq!(events[1].ip.as_deref(), Some("192.0.2.1"));
    let stranger = stand.sign_up("stranger@other.test").await;
    assert_eq!(service::account(&stand.s, &stranger).await.unwrap().events.len(), 1, "each sees their own");
}
