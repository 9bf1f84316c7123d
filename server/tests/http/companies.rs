//! Companies that have moved, whose plan has ended, that are closed: what a browser is told.

use reqwest::{Response, StatusCode};
use service::{Caller, SessionToken, SignIn, Visit};
use testkit::PASSWORD;

use crate::place::Place;

/// Where an answer leads; nowhere if it is no redirection.
fn leads(answer: &Response) -> Option<&str> {
    answer.status().is_redirection().then(|| answer.headers()["location"].to_str().unwrap())
}

async fn signed_in(place: &Place, who: &Caller) -> SessionToken {
    let known = SignIn { email: who.email.to_string(), password: PASSWORD.to_owned(), device: None };
    service::sign_in(&place.world.services, known, Visit::default()).await.unwrap().session
}

#[tokio::test]
async fn the_old_address_leads_members_to_the_same_page_and_strangers_nowhere() {
    let place = Place::open().await;
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    service::change_slug(&place.world.services, &owner, "acme", "apex").await.unwrap();
    let session = signed_in(&place, &owner).await;
    let pages = [
        ("/app/acme", "/app/apex"),
        ("/app/acme/team?page=2", "/app/apex/team?page=2"),
        ("/app/acme/settings", "/app/apex/settings"),
        ("/app/acme/billing?interval=month", "/app/apex/billing?interval=month"),
        ("/app/acme/billing?checkout=cs_test_1", "/app/apex/billing?checkout=cs_test_1"),
    ];
    for (old, new) in pages {
        let answer = place.open_page(old, Some(session.as_str())).await;
        assert_eq!(leads(&answer), Some(new), "{old}: {}", answer.status());
    }
    let stranger = place.sign_up("stranger@other.test").await;
    for path in ["/app/acme", "/app/apex", "/app/nowhere"] {
        let answer = place.open_page(path, Some(stranger.as_str())).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().await.unwrap().contains("apex"), "{path}");
    }
    place.close().await;
}

#[tokio::test]
async fn who_has_not_paid_is_led_to_the_ways_on_and_may_read() {
    let place = Place::open().await;
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    place.world.buy(&owner, "acme", "all_access", "year", 1).await;
    let session = signed_in(&place, &owner).await;
    let open = async |path: &str| place.open_page(path, Some(session.as_str())).await;
    assert_eq!(leads(&open("/app/acme/billing/reactivate").await), Some("/app/acme"), "the plan is in order");

    let customer = place.world.services.store().system();
    let org = customer.org_by_slug(&"acme".parse().unwrap()).await.unwrap().unwrap();
    let known = place.world.sandbox.control().snapshot().unwrap();
    let subscription = known["subscriptions"][0]["id"].as_str().unwrap().to_owned();
    let url = format!("{}v1/subscriptions/{subscription}", place.world.sandbox.api_base());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    http.delete(url).bearer_auth("sk_test_x").send().await.unwrap().error_for_status().unwrap();
    let id = domain::subscription::ProviderSubscriptionId(subscription);
    service::sync_subscription(&place.world.services, org, &id).await.unwrap();

    assert_eq!(leads(&open("/app/acme").await), Some("/app/acme/billing/reactivate"));
    let page = open("/app/acme/billing/reactivate").await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("All Access has ended."));
    let words = "has ended or is not paid";
    for (path, words) in [("/app/acme/team", words), ("/app/acme/billing", "has ended."), ("/app/acme/settings", words)]
    {
        let page = open(path).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert!(page.text().await.unwrap().contains(words), "{path}");
    }
    place.close().await;
}

#[tokio::test]
async fn a_closed_company_says_why_to_its_members_and_nothing_to_others() {
    let place = Place::open().await;
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    service::close_organization(&place.world.services, "acme", "An invoice is disputed.").await.unwrap();
    let session = signed_in(&place, &owner).await;
    for path in ["/app/acme", "/app/acme/team", "/app/acme/settings"] {
        let page = place.open_page(path, Some(session.as_str())).await;
        assert_eq!(page.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(page.text().await.unwrap().contains("An invoice is disputed."), "{path}");
    }
    let list = place.open_page("/app", Some(session.as_str())).await;
    assert_eq!(list.status(), StatusCode::OK, "and it stays in the list");
    assert!(list.text().await.unwrap().contains("Acme"));
    let stranger = place.sign_up("stranger@other.test").await;
    let page = place.open_page("/app/acme", Some(stranger.as_str())).await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    place.close().await;
}
