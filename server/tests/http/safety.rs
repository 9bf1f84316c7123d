//! What holds for every answer.

use app::routes::PAGES;
use reqwest::{Method, StatusCode};

use crate::place::Place;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn every_answer_carries_the_safe_headers() {
    let place = Place::open().await;
    let pages = PAGES.iter().map(|page| page.path().replace("{slug}", "acme").replace("{token}", "abc"));
    let others = ["/healthz", "/readyz", "/nothing/here", "/pkg/missing.css", "/webhooks/stripe"].map(str::to_owned);
    for path in pages.chain(others) {
        let answer = place.open_page(&path, None).await;
        let headers = answer.headers();
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(
                headers.get(name).map(reqwest::header::HeaderValue::as_bytes),
                Some(value.as_bytes()),
                "{name} of {path}"
            );
        }
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(headers.contains_key("permissions-policy") && headers.contains_key("cache-control"), "{path}");
        assert!(!headers.contains_key("strict-transport-security"), "{path} came by http");
    }
    place.close().await;
}

#[tokio::test]
async fn browsers_are_kept_on_https_where_there_is_https() {
    let place = Place::with(|web| web.public_url = "https://usher.test".to_owned()).await;
    for path in ["/", "/login", "/healthz"] {
        assert_eq!(place.open_page(path, None).await.headers()["strict-transport-security"], "max-age=31536000");
    }
    place.close().await;
}

#[tokio::test]
async fn a_post_from_another_site_changes_nothing() {
    let place = Place::open().await;
    let form = format!("email=cross%40acme.test&password={}", testkit::PASSWORD.replace(' ', "+"));
    let post = || place.ask(Method::POST, "/api/sign-up").header("content-type", FORM).body(form.clone());
    for foreign in [
        post().header("sec-fetch-site", "cross-site"),
        post().header("sec-fetch-site", "same-site"),
        post().header("origin", "https://evil.example"),
        post().header("origin", "null"),
        post().header("cookie", "usher_session=x"),
    ] {
        let answer = foreign.header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let text = answer.text().await.unwrap();
        assert!(text.contains("another site") && text.contains("send the form again"), "{text}");
    }
    place.world.settle().await;
    assert!(place.world.letters.to("cross@acme.test").is_empty(), "nobody was signed up");

    // The same form from our own page, without any script.
    let own = post().header("origin", format!("http://{}", place.address)).header("accept", "text/html");
    assert!(own.send().await.unwrap().status().is_redirection());
    place.world.settle().await;
    assert_eq!(place.world.letters.to("cross@acme.test").len(), 1);
    place.close().await;
}

#[tokio::test]
async fn a_form_over_64_kib_is_refused_with_a_sentence() {
    let place = Place::open().await;
    let long = format!("email={}", "a".repeat(65 * 1024));
    let announced = place.call("/api/sign-in", None, &long).send().await.unwrap();
    assert_eq!(announced.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(announced.text().await.unwrap().contains("longer than 64 KiB"));
    let short = format!("email={}", "a".repeat(60 * 1024));
    let read = place.call("/api/sign-in", None, &short).send().await.unwrap();
    assert_ne!(read.status(), StatusCode::PAYLOAD_TOO_LARGE);
    place.close().await;
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_cut_off_too() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let place = Place::open().await;
    let mut wire = tokio::net::TcpStream::connect(&place.address).await.unwrap();
    let head = "POST /api/sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                transfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    wire.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("4000\r\n{}\r\n", "a".repeat(0x4000));
    for _ in 0..5 {
        // It may have hung up by now, which is the point.
        let _refused = wire.write_all(chunk.as_bytes()).await;
    }
    let mut answer = Vec::new();
    let _reset = wire.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    place.close().await;
}

#[tokio::test]
async fn an_unknown_company_and_a_strangers_look_the_same() {
    let place = Place::open().await;
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    let stranger = place.sign_up("stranger@other.test").await;
    for page in ["", "/billing", "/team", "/settings"] {
        let mut seen = Vec::new();
        for slug in ["acme", "nope"] {
            let answer = place.open_page(&format!("/app/{slug}{page}"), Some(&stranger)).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "/app/{slug}{page}");
            let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
            let text = answer.text().await.unwrap();
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("-");
            let text = text.replace(nonce, "NONCE").replace(slug, "SLUG");
            // What two readings of data have found comes in one script or in two, as their moments are.
            seen.push(text.replace("</script><script nonce=\"NONCE\">", ""));
        }
        assert_eq!(seen[0], seen[1], "{page}");
    }
    for call in ["/api/billing", "/api/team"] {
        let mut seen = Vec::new();
        for slug in ["acme", "nope"] {
            let answer = place.call(call, Some(&stranger), &format!("slug={slug}")).send().await.unwrap();
            seen.push((answer.status(), answer.bytes().await.unwrap()));
        }
        assert_eq!(seen[0], seen[1], "{call}");
        assert_eq!(seen[0].0, StatusCode::NOT_FOUND, "{call}");
    }
    place.close().await;
}

#[tokio::test]
async fn nothing_lies_outside_of_the_site() {
    let place = Place::open().await;
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/pkg/..%2f..%2fCargo.toml", "/.env", "/var/usher.db"] {
        assert_eq!(place.open_page(path, None).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    place.close().await;
}

#[tokio::test]
async fn answers_say_how_long_they_took_where_that_is_wanted() {
    let place = Place::with(|web| web.server_timing = true).await;
    let timing = place.open_page("/login", None).await.headers()["server-timing"].to_str().unwrap().to_owned();
    assert!(timing.strip_prefix("app;dur=").is_some_and(|ms| ms.parse::<f64>().is_ok()), "{timing}");
    place.close().await;
    let place = Place::open().await;
    assert!(!place.open_page("/login", None).await.headers().contains_key("server-timing"));
    place.close().await;
}

#[tokio::test]
async fn it_lives_and_is_ready_as_long_as_the_database_answers() {
    let place = Place::open().await;
    assert_eq!(place.open_page("/healthz", None).await.status(), StatusCode::OK);
    assert_eq!(place.open_page("/readyz", None).await.status(), StatusCode::OK);
    place.world.services.store().close().await;
    assert_eq!(place.open_page("/healthz", None).await.status(), StatusCode::OK);
    let away = place.open_page("/readyz", None).await;
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.text().await.unwrap().contains("usher migrate"));
    place.close().await;
}
