//! The page of an invoice: paid there, and printed.

use crate::world::World;

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
