//! The audit log as a file: who gets it, and that it is one.

use reqwest::Method;
use service::Caller;

use crate::place::Place;

const CSV: &str = "/app/acme/settings/audit.csv";
const JSON: &str = "/app/acme/settings/audit.json";

async fn acme(place: &Place) -> Caller {
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    owner
}

#[tokio::test]
async fn who_has_it_in_their_plan_takes_the_log_away_as_a_file() {
    let place = Place::open().await;
    let owner = acme(&place).await;
    let session = place.sign_in("owner@acme.test").await;
    let page = place.open_page(CSV, Some(&session)).await;
    assert_eq!(page.status(), 409);
    assert!(page.text().await.unwrap().contains("With Enterprise it can be taken away"));
    place.world.buy(&owner, "acme", "enterprise", "month", 1).await;

    let file = place.open_page(&format!("{CSV}?action=organization"), Some(&session)).await;
    assert_eq!(file.status(), 200);
    let header = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-type").starts_with("text/csv"));
    assert!(header("content-disposition").starts_with("attachment; filename=\"acme-audit-"));
    assert_eq!(header("cache-control"), "no-store");
    let text = file.text().await.unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains(",organization.created,"), "{text}");

    let file = place.open_page(JSON, Some(&session)).await;
    let lines: Vec<serde_json::Value> = serde_json::from_str(&file.text().await.unwrap()).unwrap();
    assert!(lines.len() > 2 && lines.iter().any(|line| line["action"] == "subscription.changed"), "{lines:?}");
}

#[tokio::test]
async fn who_is_not_signed_in_comes_back_and_who_is_a_stranger_learns_nothing() {
    let place = Place::open().await;
    acme(&place).await;
    let led = place.open_page(&format!("{CSV}?who=a"), None).await;
    assert_eq!(led.status(), 303);
    assert_eq!(led.headers()["location"], "/login?next=/app/acme/settings/audit.csv%3Fwho%3Da");
    assert_eq!(place.ask(Method::GET, CSV).send().await.unwrap().status(), 401);
    let stranger = place.sign_up("somebody@other.test").await;
    for path in [CSV, "/app/nobody/settings/audit.csv", "/app/A..B/settings/audit.json"] {
        assert_eq!(place.open_page(path, Some(&stranger)).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_question_that_is_not_understood_is_not_answered_with_everything() {
    let place = Place::open().await;
    acme(&place).await;
    let session = place.sign_in("owner@acme.test").await;
    for (query, status) in [("who=a&who=b", 409), ("from=yesterday", 422), ("to=2027-02-30", 422)] {
        let answer = place.open_page(&format!("{JSON}?{query}"), Some(&session)).await;
        assert_eq!(answer.status(), status, "{query}");
    }
}
