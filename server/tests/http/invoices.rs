//! Invoices and what stands on them, in a browser without JavaScript, and as a file.

use reqwest::Method;
use service::Caller;

use crate::place::Place;
use crate::visitor::Visitor;

const CSV: &str = "/app/acme/billing/invoices.csv";

async fn acme(place: &Place) -> Caller {
    let owner = place.world.owner("owner@acme.test").await;
    place.world.company(&owner, "Acme", "acme").await;
    owner
}

async fn signed_in<'p>(place: &'p Place, email: &str) -> Visitor<'p> {
    let mut visitor = Visitor::new(place);
    let fields = [("email", email), ("password", testkit::PASSWORD), ("next", "/app")];
    visitor.send("/login", "/api/sign-in", &fields).await;
    visitor
}

#[tokio::test]
async fn who_has_paid_finds_the_invoice_and_the_one_to_come() {
    let place = Place::open().await;
    let owner = acme(&place).await;
    let mut visitor = signed_in(&place, "owner@acme.test").await;
    visitor.open("/app/acme/billing/invoices").await.says("No invoices yet");
    place.world.buy(&owner, "acme", "all_access", "year", 1).await;

    let page = visitor.open("/app/acme/billing").await;
    page.says("Next invoice");
    page.says("$4,999.00");
    page.says("First payment");
    let list = visitor.open("/app/acme/billing/invoices?status=paid").await;
    list.says("One invoice.");
    list.says("Paid");
    assert!(list.html.contains("class=\"mono\""), "{}", list.html);
    visitor.open("/app/acme/billing/invoices?status=void").await.says("No such invoice");
    let back = visitor.send("/app/acme/billing/invoices", "/api/refresh-invoices", &[("slug", "acme")]).await;
    back.says("One invoice.");

    let session = place.sign_in("owner@acme.test").await;
    let file = place.open_page(CSV, Some(&session)).await;
    assert_eq!(file.status(), 200);
    assert!(file.headers()["content-disposition"].to_str().unwrap().contains("acme-invoices-"));
    let text = file.text().await.unwrap();
    assert!(
        text.lines().nth(1).unwrap().contains(",paid,First payment,USD,4999.00,4999.00,0.00,4999.00,4999.00,0.00,"),
        "{text}"
    );
    assert_eq!(place.open_page(&format!("{CSV}?from=yesterday"), Some(&session)).await.status(), 422);
    assert_eq!(place.ask(Method::GET, CSV).send().await.unwrap().status(), 401);
    let stranger = place.sign_up("somebody@other.test").await;
    assert_eq!(place.open_page(CSV, Some(&stranger)).await.status(), 404);
    place.close().await;
}

#[tokio::test]
async fn what_stands_on_invoices_is_said_and_reaches_the_payment_service() {
    let place = Place::open().await;
    let owner = acme(&place).await;
    place.world.buy(&owner, "acme", "all_access", "year", 1).await;
    let mut visitor = signed_in(&place, "owner@acme.test").await;
    let path = "/app/acme/billing/details";
    let fields = |number: &'static str| {
        [
            ("slug", "acme"),
            ("company", "Acme GmbH"),
            ("line1", "Weg 1"),
            ("line2", ""),
            ("city", "Ulm"),
            ("postal_code", "89073"),
            ("state", ""),
            ("country", "de"),
            ("po_number", "PO 7"),
            ("tax_kind", "eu_vat"),
            ("tax_number", number),
        ]
    };
    visitor.send(path, "/api/set-billing-details", &fields("DE12")).await.says("This is no EU VAT number.");
    let page = visitor.send(path, "/api/set-billing-details", &fields("DE 123456789")).await;
    page.says("The change is on its way");
    place.world.settle().await;
    let page = visitor.open(path).await;
    assert!(page.html.contains("value=\"DE123456789\"") && !page.text().contains("on its way"), "{}", page.text());
    page.says("Cannot be checked");
    let known = place.world.sandbox.control().snapshot().unwrap();
    let customer = &known["customers"][0];
    assert_eq!((customer["name"].as_str(), customer["address"]["country"].as_str()), (Some("Acme GmbH"), Some("DE")));
    assert_eq!(customer["custom_fields"][0][1], "PO 7");
    assert_eq!(known["tax_ids"][0]["value"], "DE123456789");
    // And taken back.
    let empty = [
        ("slug", "acme"),
        ("company", ""),
        ("line1", ""),
        ("line2", ""),
        ("city", ""),
        ("postal_code", ""),
        ("state", ""),
        ("country", ""),
        ("po_number", ""),
        ("tax_kind", ""),
        ("tax_number", ""),
    ];
    visitor.send(path, "/api/set-billing-details", &empty).await;
    place.world.settle().await;
    let known = place.world.sandbox.control().snapshot().unwrap();
    let customer = &known["customers"][0];
    assert_eq!((customer["name"].as_str(), customer["address"].is_null()), (Some("Acme"), true));
    assert_eq!(
        (customer["custom_fields"].as_array().unwrap().len(), known["tax_ids"].as_array().unwrap().len()),
        (0, 0)
    );
    place.close().await;
}

#[tokio::test]
async fn somebody_without_an_account_says_yes_by_the_link() {
    let place = Place::open().await;
    let owner = acme(&place).await;
    let mut visitor = signed_in(&place, "owner@acme.test").await;
    let path = "/app/acme/billing/details";
    let fields = [("slug", "acme"), ("email", "books@elsewhere.test")];
    visitor.send(path, "/api/add-billing-contact", &fields).await.says("Asked");
    let link = place.link("books@elsewhere.test", "/billing-contact/").await;
    let mut stranger = Visitor::new(&place);
    stranger.open(&link).await.says("Acme wants to send its invoices");
    let token = link.rsplit('/').next().unwrap().to_owned();
    stranger.send(&link, "/api/confirm-billing-contact", &[("token", &token)]).await.says("gets the invoices of Acme");
    visitor.open(path).await.says("Said yes");
    place.world.buy(&owner, "acme", "all_access", "year", 1).await;
    let letters = place.world.letters.to("books@elsewhere.test");
    assert!(letters.iter().any(|letter| letter.text.contains("Invoice") && letter.text.contains("is paid")), "a copy");
    let known = place.world.sandbox.control().snapshot().unwrap();
    assert_eq!(known["customers"][0]["email"], "books@elsewhere.test");
    place.close().await;
}
