//! The pages that are the same for everybody.

use reqwest::Method;
use reqwest::StatusCode;

use crate::place::Place;

const PUBLIC: [&str; 4] = ["/", "/pricing", "/pricing?interval=month", "/pricing?interval=year"];

#[tokio::test]
async fn public_pages_carry_no_script() {
    let place = Place::open().await;
    for path in PUBLIC {
        let answer = place.open_page(path, None).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("script-src 'none'"), "{path}: {policy}");
        let html = answer.text().await.unwrap().to_ascii_lowercase();
        assert!(!html.contains("<script") && !html.contains("modulepreload") && !html.contains(".wasm"), "{path}");
        assert!(!html.contains("onclick") && !html.contains("javascript:"), "{path}");
    }
    place.close().await;
}

#[tokio::test]
async fn a_public_page_is_the_same_for_everybody_and_sets_nothing() {
    let place = Place::open().await;
    let session = place.sign_up("owner@acme.test").await;
    for path in PUBLIC {
        let (stranger, member) = (place.open_page(path, None).await, place.open_page(path, Some(&session)).await);
        assert!(!member.headers().contains_key("set-cookie"));
        assert_eq!(stranger.headers()["etag"], member.headers()["etag"]);
        assert_eq!(stranger.bytes().await.unwrap(), member.bytes().await.unwrap(), "{path}");
    }
    place.close().await;
}

#[tokio::test]
async fn a_public_page_travels_packed_and_once() {
    let place = Place::open().await;
    let plain = place.open_page("/pricing", None).await;
    let tag = plain.headers()["etag"].clone();
    let plain = plain.bytes().await.unwrap();
    for coding in ["gzip", "br"] {
        let packed = place.ask(Method::GET, "/pricing").header("accept-encoding", coding).send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], coding);
        assert_eq!(packed.headers()["vary"], "accept-encoding");
        assert_ne!(packed.headers()["etag"], tag);
        assert!(packed.bytes().await.unwrap().len() < plain.len());
    }
    let again = place.ask(Method::GET, "/pricing").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.bytes().await.unwrap().is_empty());
    place.close().await;
}

#[tokio::test]
async fn the_interval_is_in_the_address_and_yearly_without_one() {
    let place = Place::open().await;
    let page = async |path: &str| place.open_page(path, None).await.text().await.unwrap();
    assert_ne!(page("/pricing?interval=month").await, page("/pricing?interval=year").await);
    assert_eq!(page("/pricing").await, page("/pricing?interval=year").await);
    assert_eq!(page("/pricing?interval=month&x=1").await, page("/pricing?interval=month").await);
    place.close().await;
}
