//! The page of an invoice: paid there, and printed.

use serde_json::Value;

use crate::world::{World, id};

/// An open invoice of a subscription whose card has stopped paying: itself.
async fn open(world: &World) -> Value {
    let (subscription, _) = world.subscription("2").await;
    let held = world.get(&format!("v1/subscriptions/{subscription}")).await.ok();
    let customer = held["customer"].as_str().unwrap().to_owned();
    let to = [("customer", customer.as_str())];
    let failing = id(&world.post("v1/payment_methods/pm_card_chargeCustomerFail/attach", &to).await.ok());
    let path = format!("v1/subscriptions/{subscription}");
    world.post(&path, &[("default_payment_method", &failing)]).await.ok();
    world.sandbox.control().advance_to_next_renewal(&subscription).await.unwrap();
    let open = world.get(&format!("v1/invoices?customer={customer}&status=open")).await.ok();
    open["data"][0].clone()
}

async fn page(world: &World, url: &str) -> (u16, String) {
    let response = world.http.get(url).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_paid_invoice_has_a_receipt_and_a_paper() {
    let world = World::new().await;
    world.subscription("2").await;
    let invoice = world.get("v1/invoices").await.ok()["data"][0].clone();
    let (status, html) = page(&world, invoice["hosted_invoice_url"].as_str().unwrap()).await;
    assert!(status == 200 && html.contains("$40.00") && html.contains("Receipt") && !html.contains("Pay this invoice"));
    let receipt = invoice["hosted_invoice_url"].as_str().unwrap().replacen("?s=", "/receipt?s=", 1);
    assert!(page(&world, &receipt).await.1.contains("VISA •••• 4242"));
    let response = world.http.get(invoice["invoice_pdf"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/pdf");
    let paper = response.bytes().await.unwrap();
    let paper = String::from_utf8_lossy(&paper);
    assert!(paper.starts_with("%PDF-1.4"));
    for text in [invoice["number"].as_str().unwrap(), "$40.00", "2 \\327 Team", "Sandbox, no real money"] {
        assert!(paper.contains(text), "{text} is not on the paper");
    }
    let stranger = invoice["invoice_pdf"].as_str().unwrap().replacen("?s=", "?s=x", 1);
    assert_eq!(page(&world, &stranger).await.0, 404);
}

#[tokio::test]
async fn an_open_invoice_is_paid_with_another_card_which_is_kept() {
    let world = World::new().await;
    let invoice = open(&world).await;
    let url = invoice["hosted_invoice_url"].as_str().unwrap();
    assert!(page(&world, url).await.1.contains("Pay this invoice"));
    let (status, _, html) = world.press(url, &[("saved", "1")]).await;
    assert!(status == 402 && html.contains("Your card was declined."), "{html}");
    let (_, to, _) = world.press(url, &[("test_card", "4000002760003184")]).await;
    let bank = world.url(&to.unwrap());
    let (_, to, _) = world.press(&bank, &[("answer", "fail")]).await;
    assert!(to.unwrap().contains("failed=3ds"));
    assert_eq!(world.press(url, &[("test_card", "5555555555554444")]).await.0, 303);
    let paid = world.get(&format!("v1/invoices/{}", id(&invoice))).await.ok();
    assert_eq!((&paid["status"], &paid["amount_remaining"]), (&"paid".into(), &0.into()));
    let customer = invoice["customer"].as_str().unwrap();
    let kept = world.get(&format!("v1/payment_methods?customer={customer}")).await.ok();
    assert!(kept["data"].as_array().unwrap().iter().any(|method| method["card"]["last4"] == "4444"));
    assert_eq!(world.press(url, &[("test_card", "4242424242424242")]).await.0, 409);
}
