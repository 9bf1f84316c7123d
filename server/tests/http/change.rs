//! Plan and seats are changed by forms alone: no script is needed to see what it costs, to agree and to be refused.

use testkit::PASSWORD;

use crate::place::Place;
use crate::visitor::{Seen, Visitor};

const PAGE: &str = "/app/acme/billing/change";

/// What a hidden field of the page holds.
fn hidden(seen: &Seen, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = seen.html.split_once(&mark).unwrap_or_else(|| panic!("no {name} at {}: {}", seen.at, seen.text()));
    rest.split('"').next().unwrap().to_owned()
}

async fn signed_in<'p>(place: &'p Place, email: &str) -> Visitor<'p> {
    let mut visitor = Visitor::new(place);
    visitor.send("/login", "/api/sign-in", &[("email", email), ("password", PASSWORD), ("next", "")]).await;
    visitor
}

#[tokio::test]
async fn seats_are_bought_by_forms_alone_and_exactly_as_shown() {
    let place = Place::open().await;
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    place.world.buy(&owner, "acme", "all_access", "year", 1).await;
    let mut visitor = signed_in(&place, "owner@acme.test").await;

    visitor.open("/app/acme/billing").await.says("Change plan");
    visitor.open(PAGE).await.says("Nothing is charged by looking.");
    let shown = visitor.open(&format!("{PAGE}?plan=all_access&interval=year&seats=3")).await;
    shown.says("Due today");
    shown.says("and add 2 seats");
    shown.says("Then $14,997.00 a year");
    let (quote, hash) = (hidden(&shown, "quote"), hidden(&shown, "hash"));

    // Something else than what was shown is not agreed to, and the page says so where the price stood.
    let fields = [("slug", "acme"), ("quote", quote.as_str()), ("hash", "00")];
    let refused = visitor.send(&shown.at, "/api/confirm-quote", &fields).await;
    assert_eq!(refused.path(), PAGE);
    refused.says("This is not the offer that was shown.");

    let fields = [("slug", "acme"), ("quote", quote.as_str()), ("hash", hash.as_str())];
    let done = visitor.send(&shown.at, "/api/confirm-quote", &fields).await;
    assert_eq!(done.path(), PAGE);
    done.says("Done.");
    done.says("There are 2 seats more now.");
    visitor.open("/app/acme/billing").await.says("3 seats at $4,999.00 per seat");
    visitor.open(&format!("{PAGE}?plan=all_access&interval=year&seats=4")).await.says("3 seats now");
    place.close().await;
}

#[tokio::test]
async fn who_may_not_pay_learns_whom_to_ask() {
    let place = Place::open().await;
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    place.world.buy(&owner, "acme", "all_access", "year", 1).await;
    let link = invited(&place, &owner).await;
    let second = place.world.owner("second@acme.test").await;
    service::accept(&place.world.services, &second, &link).await.unwrap();
    let mut visitor = signed_in(&place, "second@acme.test").await;
    let page = visitor.open(&format!("{PAGE}?plan=all_access&interval=year&seats=3")).await;
    page.says("Here that is owner@acme.test.");
    assert!(!page.html.contains("name=\"hash\""), "and no price");
    place.close().await;
}

async fn invited(place: &Place, owner: &service::Caller) -> String {
    let invite = service::Invite { email: "second@acme.test".to_owned(), role: "member".to_owned() };
    let invited = service::invite(&place.world.services, owner, "acme", invite).await.unwrap();
    invited.link.rsplit('/').next().unwrap().to_owned()
}
