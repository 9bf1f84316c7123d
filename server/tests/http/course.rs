//! The course of a plan, walked by an owner whose browser has no JavaScript.

use reqwest::StatusCode;
use testkit::PASSWORD;

use crate::place::Place;
use crate::visitor::Visitor;

async fn owner_with<'p>(place: &'p Place, plan: &str, interval: &str) -> Visitor<'p> {
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    place.world.buy(&owner, "acme", plan, interval, 1).await;
    let mut visitor = Visitor::new(place);
    let known = [("email", "owner@acme.test"), ("password", PASSWORD), ("next", "")];
    assert_eq!(visitor.send("/login", "/api/sign-in", &known).await.status, StatusCode::OK);
    visitor
}

#[tokio::test]
async fn a_plan_is_cancelled_and_resumed_by_plain_forms() {
    let place = Place::open().await;
    let mut owner = owner_with(&place, "all_access", "year").await;
    let billing = owner.open("/app/acme/billing").await;
    billing.says("How All Access goes on");
    billing.says("Cancel All Access");
    billing.says("Manage payment");

    let page = owner.open("/app/acme/billing/cancel").await;
    for words in ["All Access stays with everything in it.", "Everything can be read and exported", "Why do you go?"] {
        page.says(words);
    }
    let long = "x".repeat(501);
    let wrong = [("slug", "acme"), ("reason", ""), ("comment", long.as_str())];
    let told = owner.send("/app/acme/billing/cancel", "/api/cancel-plan", &wrong).await;
    told.says("This is longer than 500 characters.");

    let form = [("slug", "acme"), ("reason", "unused"), ("comment", "")];
    let ended = owner.send("/app/acme/billing/cancel", "/api/cancel-plan", &form).await;
    assert_eq!(ended.path(), "/app/acme/billing");
    ended.says("You keep all features until then.");
    ended.says("Resume");
    owner.open("/app/acme/billing/cancel").await.says("The plan ends on");
    let again = owner.send("/app/acme/billing/cancel", "/api/cancel-plan", &form).await;
    again.says("The plan ends on");

    let back = owner.send("/app/acme/billing", "/api/resume-plan", &[("slug", "acme")]).await;
    assert_eq!(back.path(), "/app/acme/billing");
    assert!(!back.text().contains("You keep all features until then."), "{}", back.text());
    back.says("Cancel All Access");
    place.close().await;
}

#[tokio::test]
async fn the_way_to_the_payment_services_page_leads_out_and_back() {
    let place = Place::open().await;
    let owner = owner_with(&place, "all_access", "year").await;
    let session = owner.cookie("usher_session").unwrap().to_owned();
    for part in ["home", "payment_method"] {
        let form = format!("slug=acme&part={part}");
        let answer = place.call("/api/open-portal", Some(&session), &form).header("accept", "text/html");
        let answer = answer.send().await.unwrap();
        let to = answer.headers()["location"].to_str().unwrap();
        let sandbox = place.world.sandbox.api_base();
        assert!(to.starts_with(sandbox.trim_end_matches('/')), "{part}: {to}");
        let page = place.world.browser.open(to).await.unwrap();
        assert!(page.text().contains("Acme") || page.text().contains("card"), "{}", page.text());
    }
    let back = place.open_page("/app/acme/billing?portal=back", Some(&session)).await;
    assert_eq!(back.status(), StatusCode::OK);
    place.close().await;
}

#[tokio::test]
async fn a_smaller_plan_is_rehearsed_scheduled_and_undone_by_plain_forms() {
    let place = Place::open().await;
    let mut owner = owner_with(&place, "enterprise", "month").await;
    owner.open("/app/acme/billing?interval=month").await.says("Downgrade to Team");
    let path = "/app/acme/billing/later?plan=team&interval=month";
    let page = owner.open(path).await;
    for words in ["Downgrade to Team", "Everybody fits.", "Estimated next invoice", "$99.00", "What Team has less of"] {
        page.says(words);
    }
    let hash = page.html.split("name=\"hash\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let wrong = [("slug", "acme"), ("plan", "team"), ("interval", "month"), ("hash", "0")];
    owner.send(path, "/api/schedule-change", &wrong).await.says("What would happen has changed");
    let right = [("slug", "acme"), ("plan", "team"), ("interval", "month"), ("hash", hash.as_str())];
    let done = owner.send(path, "/api/schedule-change", &right).await;
    assert_eq!(done.path(), "/app/acme/billing");
    done.says("Changes to Team, paid monthly on");
    done.says("Undo");
    let undone = owner.send("/app/acme/billing", "/api/undo-plan-change", &[("slug", "acme")]).await;
    assert!(!undone.text().contains("Changes to Team"), "{}", undone.text());
    place.close().await;
}
