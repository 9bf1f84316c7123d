//! What happens when something breaks, takes too long, or the process is to stop.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use reqwest::StatusCode;
use server::web::request::around;
use server::web::{Web, router};
use testkit::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use crate::place::Place;

/// The handler's answer through what is around every request.
async fn ask<H, T>(handler: H) -> Response
where
    H: axum::handler::Handler<T, ()>,
    T: 'static,
{
    let world = World::sqlite().await;
    let web = Web { patience: Duration::from_millis(50), ..Web::new(world.services.clone()) };
    let router = Router::new().route("/", get(handler)).layer(from_fn_with_state(web, around));
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert("accept", http::HeaderValue::from_static("text/html"));
    router.oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_panic_is_a_page_with_the_name_of_the_incident() {
    async fn broken() -> &'static str {
        panic!("the reason, with a SECRET in it")
    }
    let answer = ask(broken).await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let page = to_bytes(answer.into_body(), 10_000).await.unwrap();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(page.contains(&id) && !page.contains("SECRET"), "{page}");
}

#[tokio::test]
async fn what_takes_too_long_is_given_up_with_a_sentence() {
    async fn slow() -> &'static str {
        std::future::pending().await
    }
    let answer = ask(slow).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let page = to_bytes(answer.into_body(), 10_000).await.unwrap();
    assert!(String::from_utf8_lossy(&page).contains("given up"));
}

#[tokio::test]
async fn a_router_made_meanwhile_keeps_no_page_waiting() {
    let place = Place::open().await;
    let web = Web::new(place.world.services.clone());
    let others = tokio::task::spawn_blocking(move || (0..30).for_each(|_| drop(router(web.clone()))));
    while !others.is_finished() {
        assert_eq!(place.open_page("/login", None).await.status(), StatusCode::OK);
    }
    others.await.unwrap();
    place.close().await;
}

#[tokio::test]
async fn a_request_that_has_begun_is_answered_before_the_end() {
    let place = Place::open().await;
    let address = place.address.clone();
    let mut begun = TcpStream::connect(&address).await.unwrap();
    let head = "POST /api/sign-in HTTP/1.1\r\nhost: a\r\naccept: application/json\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 35\r\n\r\n";
    begun.write_all(head.as_bytes()).await.unwrap();
    // A second connection is answered after the first is taken, so the first has begun.
    place.open_page("/healthz", None).await;

    let closing = tokio::spawn(place.close());
    tokio::task::yield_now().await;
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    begun.write_all(b"email=owner%40acme.test&password=no").await.unwrap();
    let mut answer = Vec::new();
    begun.read_to_end(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 401"));
    closing.await.unwrap();
}
