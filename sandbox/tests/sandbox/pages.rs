//! The pages: words, labels, errors.

use crate::world::World;

#[tokio::test]
async fn the_payment_page_has_its_labels_and_no_script() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("<b>Team</b>", "2000", "month").await);
    let session = world.session(&customer, &price, "2", &[]).await;
    let response = world.http.get(session["url"].as_str().unwrap()).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("form-action"));
    let page = response.text().await.unwrap();
    for words in [
        "Sandbox, no real money",
        ">Card number</label>",
        ">Expiry</label>",
        ">CVC</label>",
        ">Pay $40.00</button>",
        r#"href="https://app.test/cancelled">Back</a>"#,
        r#"value="4242424242424242""#,
        r#"value="4000000000000002""#,
        r#"value="4000000000009995""#,
        r#"value="4000002760003184""#,
        r#"<html lang="en">"#,
        "&lt;b&gt;Team&lt;/b&gt;",
    ] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(!page.contains("<script") && !page.contains("<b>"));
}

#[tokio::test]
async fn mistakes_stand_beside_their_fields() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "1", &[]).await;
    let form = [("number", "4242 4242 4242 4241"), ("expiry", "01/20"), ("cvc", "x")];
    let (status, _, page) = world.press(session["url"].as_str().unwrap(), &form).await;
    assert_eq!(status, 422);
    for field in ["number", "expiry", "cvc"] {
        assert!(page.contains(&format!(r#"aria-describedby="{field}-error""#)), "{page}");
        assert!(page.contains(&format!(r#"id="{field}-error""#)));
    }
    assert!(page.contains("Your card number is invalid.") && page.contains("expiry date is in the past"));
}

#[tokio::test]
async fn strangers_find_nothing() {
    let world = World::new().await;
    for path in ["_checkout/cs_test_none", "_3ds/pi_none", "_invoice/in_none"] {
        let response = world.http.get(world.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 404);
        assert!(response.text().await.unwrap().contains("<h1>Not found</h1>"));
    }
    let (subscription, _) = world.subscription("1").await;
    let invoice = world.sandbox.control().subscription(&subscription).unwrap()["latest_invoice"].clone();
    let response = world.http.get(world.url(&format!("_invoice/{}?s=guess", invoice.as_str().unwrap()))).send().await;
    assert_eq!(response.unwrap().status(), 404);
}

#[tokio::test]
async fn the_front_page_says_what_this_is() {
    let world = World::new().await;
    world.customer().await;
    let page = world.http.get(world.url("")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<h1>Stripe sandbox</h1>") && page.contains("customer.created"));
    let style = world.http.get(world.url("_sandbox.css")).send().await.unwrap();
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
}
