//! What the log says, and what it must not say.

use std::io::Write;
use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use tracing_subscriber::fmt::MakeWriter;

use crate::place::Place;

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Heard {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn requests_are_logged_without_what_opens_doors() {
    let heard = Heard::default();
    let log =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(heard.clone());
    // For the whole process: what the other tests say is heard too, and holds none of these secrets.
    tracing::subscriber::set_global_default(log.finish()).unwrap();
    let place = Place::open().await;
    let session = place.sign_up("owner@acme.test").await;
    let secrets = ["TokenInThePath7", "TokenInTheQuery7", "PasswordInTheForm7", session.as_str()];

    let page = place.open_page(&format!("/invitations/{}?next={}", secrets[0], secrets[1]), Some(&session)).await;
    let id = page.headers()["x-request-id"].to_str().unwrap().to_owned();
    place.open_page(&format!("/app?token={}", secrets[1]), Some(&session)).await;
    let form = format!("email=owner%40acme.test&password={}", secrets[2]);
    let refused = place.call("/api/sign-in", None, &form).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);

    let text = heard.text();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("answered")).collect();
    assert!(lines.iter().any(|line| line.contains(&id) && line.contains("/invitations/{token}")), "{text}");
    assert!(lines.iter().any(|line| line.contains("/api/sign-in") && line.contains("401")), "{text}");
    for secret in secrets {
        let told: Vec<&str> = text.lines().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{secret} in {told:?}");
    }
    place.close().await;
}

#[tokio::test]
async fn a_requests_name_is_ours_and_not_the_askers() {
    let place = Place::open().await;
    let answer = place.ask(reqwest::Method::GET, "/login").header("x-request-id", "mine").send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap();
    assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    place.close().await;
}
