//! Stripe's webhooks at the door.

use std::time::Duration;

use payments::{WebhookSecret, signature};
use reqwest::{Method, Response, StatusCode};

use crate::place::Place;

fn event(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","object":"event","type":"invoice.paid","api_version":"2026-09-30.endive","created":1800000000,
        "livemode":false,"data":{{"object":{{"id":"in_1","object":"invoice","customer":"cus_of_nobody"}}}}}}"#
    )
}

async fn post(place: &Place, body: &str, signed: Option<&str>) -> Response {
    let mut request = place.ask(Method::POST, "/webhooks/stripe").body(body.to_owned());
    if let Some(signed) = signed {
        request = request.header("stripe-signature", signed);
    }
    request.send().await.unwrap()
}

fn secret(place: &Place) -> WebhookSecret {
    WebhookSecret::new(place.world.sandbox.webhook_secret())
}

#[tokio::test]
async fn a_signed_event_is_kept_once() {
    let place = Place::open().await;
    let body = event("evt_once");
    let signed = signature::sign(body.as_bytes(), &secret(&place), place.world.services.now());
    let first = post(&place, &body, Some(&signed)).await;
    assert_eq!((first.status(), first.text().await.unwrap().as_str()), (StatusCode::OK, "stored\n"));
    let second = post(&place, &body, Some(&signed)).await;
    assert_eq!((second.status(), second.text().await.unwrap().as_str()), (StatusCode::OK, "known\n"));
    let kept = place.world.services.store().system().events(10).await.unwrap();
    assert_eq!(kept.len(), 1);
    place.close().await;
}

#[tokio::test]
async fn what_stripe_has_not_signed_now_is_refused_and_not_kept() {
    let place = Place::open().await;
    let (body, now) = (event("evt_no"), place.world.services.now());
    let right = signature::sign(body.as_bytes(), &secret(&place), now);
    let cases = [
        ("no signature", None),
        ("no signature at all", Some("hello".to_owned())),
        ("another secret", Some(signature::sign(body.as_bytes(), &WebhookSecret::new("whsec_other"), now))),
        ("another body", Some(signature::sign(b"{}", &secret(&place), now))),
        ("an old time", Some(signature::sign(body.as_bytes(), &secret(&place), now.minus(Duration::from_secs(301))))),
        ("a time to come", Some(signature::sign(body.as_bytes(), &secret(&place), now.plus(Duration::from_secs(301))))),
    ];
    for (what, signed) in cases {
        let answer = post(&place, &body, signed.as_deref()).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{what}");
    }
    let changed = post(&place, &body.replace("in_1", "in_2"), Some(&right)).await;
    assert_eq!(changed.status(), StatusCode::BAD_REQUEST);
    assert!(place.world.services.store().system().events(10).await.unwrap().is_empty());
    place.close().await;
}

#[tokio::test]
async fn a_signed_text_that_is_no_event_is_refused() {
    let place = Place::open().await;
    for body in ["", "not json", "{}", r#"{"id":3}"#] {
        let signed = signature::sign(body.as_bytes(), &secret(&place), place.world.services.now());
        assert_eq!(post(&place, body, Some(&signed)).await.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    place.close().await;
}

#[tokio::test]
async fn webhooks_may_be_long_but_not_endless() {
    let place = Place::open().await;
    let long = event("evt_long").replace("in_1", &"i".repeat(200 * 1024));
    let signed = signature::sign(long.as_bytes(), &secret(&place), place.world.services.now());
    assert_eq!(post(&place, &long, Some(&signed)).await.status(), StatusCode::OK);
    let endless = " ".repeat(1024 * 1024 + 1);
    assert_eq!(post(&place, &endless, Some(&signed)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    place.close().await;
}

#[tokio::test]
async fn who_asks_from_this_machine_is_told_how_the_inbox_is() {
    let place = Place::open().await;
    let ready = async |proxied: bool| {
        let mut request = place.ask(Method::GET, "/readyz");
        if proxied {
            request = request.header("x-forwarded-for", "203.0.113.7");
        }
        request.send().await.unwrap().text().await.unwrap()
    };
    let body = event("evt_late");
    let signed = signature::sign(body.as_bytes(), &secret(&place), place.world.services.now());
    assert_eq!(post(&place, &body, Some(&signed)).await.status(), StatusCode::OK);
    place.world.clock.advance(Duration::from_mins(16));
    assert_eq!(ready(false).await, "ready\ninbox: 1 waiting for up to 960 s, 0 parked, 0 dead\n");
    assert_eq!(ready(true).await, "ready\n");
    place.world.settle().await;
    assert_eq!(ready(false).await, "ready\ninbox: 0 waiting for up to 0 s, 1 parked, 0 dead\n");
    place.close().await;
}
