//! Buying on the hosted page.

use crate::world::{World, id};

#[tokio::test]
async fn a_good_card_makes_a_subscription_a_paid_invoice_and_the_way_back() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("All Access", "499900", "year").await);
    let session = world.session(&customer, &price, "2", &[("metadata[usher_org]", "org_1")]).await;
    assert_eq!(session["status"], "open");
    assert_eq!(session["payment_status"], "unpaid");
    assert_eq!(session["amount_total"], 999_800);
    let card = [("number", "4242 4242 4242 4242"), ("expiry", "12 / 34"), ("cvc", "123")];
    let (status, to, _) = world.press(session["url"].as_str().unwrap(), &card).await;
    assert_eq!((status, to), (303, Some(format!("https://app.test/done?checkout={}", id(&session)))));

    let session = world.get(&format!("v1/checkout/sessions/{}", id(&session))).await.ok();
    assert_eq!(session["status"], "complete");
    assert_eq!(session["payment_status"], "paid");
    assert!(session["url"].is_null());
    assert_eq!(session["client_reference_id"], "org_1");

    let subscription = world.get(&format!("v1/subscriptions/{}", session["subscription"].as_str().unwrap())).await.ok();
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["customer"], customer);
    assert_eq!(subscription["metadata"]["usher_org"], "org_1");
    assert_eq!(subscription["billing_mode"]["type"], "flexible");
    let item = &subscription["items"]["data"][0];
    assert_eq!(item["quantity"], 2);
    let days = (item["current_period_end"].as_i64().unwrap() - item["current_period_start"].as_i64().unwrap()) / 86_400;
    assert!((365..=366).contains(&days));

    let invoice = world.get(&format!("v1/invoices/{}", subscription["latest_invoice"].as_str().unwrap())).await.ok();
    assert_eq!(invoice["status"], "paid");
    assert_eq!(invoice["billing_reason"], "subscription_create");
    assert_eq!(invoice["amount_paid"], 999_800);
    assert_eq!(invoice["lines"]["data"][0]["description"], "2 × All Access (at $4,999.00 / year)");
    assert!(invoice["number"].as_str().unwrap().ends_with("-0001"));
    let page = world.http.get(invoice["hosted_invoice_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("$9,998.00"));
}

#[tokio::test]
async fn what_lies_on_the_balance_is_not_paid_by_card_once_more() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "1", &[]).await;
    // The first attempt wishes for all of it; then the customer is given something.
    let (status, ..) = world.press(session["url"].as_str().unwrap(), &[("test_card", "4000000000000002")]).await;
    assert_eq!(status, 402);
    let path = format!("v1/customers/{customer}/balance_transactions");
    world.post(&path, &[("amount", "-700"), ("currency", "usd")]).await.ok();
    let page = world.http.get(session["url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Pay $13.00"), "{page}");
    let (status, ..) = world.press(session["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
    assert_eq!(status, 303);
    let invoices = world.get("v1/invoices").await.ok();
    let invoice = &invoices["data"][0];
    assert_eq!((&invoice["total"], &invoice["amount_paid"]), (&2000.into(), &1300.into()));
    let charges = world.get("v1/charges").await.ok();
    let paid: Vec<_> = charges["data"].as_array().unwrap().iter().filter(|it| it["paid"] == true).collect();
    assert_eq!((paid.len(), &paid[0]["amount"]), (1, &1300.into()));
    assert_eq!(world.get(&format!("v1/customers/{customer}")).await.ok()["balance"], 0);
}

#[tokio::test]
async fn a_declined_card_is_told_so_and_leaves_no_subscription() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "1", &[]).await;
    for (card, words) in
        [("4000000000000002", "Your card was declined."), ("4000000000009995", "Your card has insufficient funds.")]
    {
        let (status, _, text) = world.press(session["url"].as_str().unwrap(), &[("test_card", card)]).await;
        assert_eq!(status, 402);
        assert!(text.contains(words) && text.contains("Nothing was charged"), "{text}");
    }
    let again = world.get(&format!("v1/checkout/sessions/{}", id(&session))).await.ok();
    assert_eq!(again["status"], "open");
    let list = world.get(&format!("v1/subscriptions?customer={customer}&status=all")).await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 0);
    assert_eq!(world.get("v1/invoices").await.ok()["data"].as_array().unwrap().len(), 0);
    world.sandbox.quiet().await;
    assert!(!world.listener.kinds().contains(&"checkout.session.completed".to_owned()));
    // The page still works with a better card.
    let (status, ..) = world.press(session["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
    assert_eq!(status, 303);
}

#[tokio::test]
async fn three_d_secure_completes_or_fails_as_the_owner_says() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "1", &[]).await;
    let url = session["url"].as_str().unwrap();

    let (status, to, _) = world.press(url, &[("test_card", "4000002760003184")]).await;
    assert_eq!(status, 303);
    let bank = world.url(&to.unwrap());
    let page = world.http.get(&bank).send().await.unwrap().text().await.unwrap();
    assert!(page.contains(">Complete</button>") && page.contains(">Fail</button>"), "{page}");
    let (status, to, _) = world.press(&bank, &[("answer", "fail")]).await;
    assert_eq!(status, 303);
    let page = world.http.get(world.url(&to.unwrap())).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("unable to authenticate"), "{page}");
    let list = world.get(&format!("v1/subscriptions?customer={customer}&status=all")).await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 0);

    let (_, to, _) = world.press(url, &[("test_card", "4000002760003184")]).await;
    let (status, to, _) = world.press(&world.url(&to.unwrap()), &[("answer", "complete")]).await;
    assert_eq!(status, 303);
    assert!(to.unwrap().starts_with("https://app.test/done?checkout=cs_test_"));
    let list = world.get(&format!("v1/subscriptions?customer={customer}")).await.ok();
    assert_eq!(list["data"][0]["status"], "active");
}

#[tokio::test]
async fn a_page_is_paid_once() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "1", &[]).await;
    let url = session["url"].as_str().unwrap();
    let card = [("test_card", "4242424242424242")];
    let tries = futures_of(&world, url, &card).await;
    assert_eq!(tries.iter().filter(|status| **status == 303).count(), 1, "{tries:?}");
    let list = world.get(&format!("v1/subscriptions?customer={customer}&status=all")).await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    let page = world.http.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Already paid"));
}

async fn futures_of(world: &World, url: &str, card: &[(&str, &str)]) -> Vec<u16> {
    let (a, b, c, d) =
        tokio::join!(world.press(url, card), world.press(url, card), world.press(url, card), world.press(url, card));
    vec![a.0, b.0, c.0, d.0]
}

#[tokio::test]
async fn a_trial_takes_the_card_and_no_money() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let more = [("subscription_data[trial_period_days]", "14")];
    let session = world.session(&customer, &price, "3", &more).await;
    assert_eq!(session["amount_total"], 0);
    let url = session["url"].as_str().unwrap();
    let page = world.http.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains(">Start trial</button>") && page.contains("14 days free, then $60.00 every month"), "{page}");
    let (status, ..) = world.press(url, &[("test_card", "4242424242424242")]).await;
    assert_eq!(status, 303);
    let subscription = &world.get(&format!("v1/subscriptions?customer={customer}")).await.ok()["data"][0];
    assert_eq!(subscription["status"], "trialing");
    let seconds = subscription["trial_end"].as_i64().unwrap() - subscription["trial_start"].as_i64().unwrap();
    assert_eq!(seconds, 14 * 86_400);
    assert_eq!(subscription["items"]["data"][0]["current_period_end"], subscription["trial_end"]);
    let invoice = world.get(&format!("v1/invoices/{}", subscription["latest_invoice"].as_str().unwrap())).await.ok();
    assert_eq!((&invoice["status"], &invoice["total"]), (&"paid".into(), &0.into()));
    assert_eq!(world.get("v1/charges").await.ok()["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn an_expired_page_takes_no_card() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "1", &[]).await;
    let path = format!("v1/checkout/sessions/{}/expire", id(&session));
    assert_eq!(world.post(&path, &[]).await.ok()["status"], "expired");
    assert_eq!(world.post(&path, &[]).await.error(400)["type"], "invalid_request_error");
    let (status, _, text) = world.press(session["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
    assert_eq!(status, 410);
    assert!(text.contains("expired") && text.contains(r#"href="https://app.test/cancelled">Back<"#), "{text}");
    world.sandbox.quiet().await;
    assert!(world.listener.kinds().contains(&"checkout.session.expired".to_owned()));
}

#[tokio::test]
async fn an_address_alone_becomes_a_customer_at_the_end() {
    let world = World::new().await;
    let price = world.price("Team", "2000", "month").await;
    let form = [
        ("mode", "subscription"),
        ("customer_email", "new@acme.test"),
        ("line_items[0][price]", &price),
        ("line_items[0][quantity]", "1"),
        ("success_url", "https://app.test/done"),
    ];
    let session = world.post("v1/checkout/sessions", &form).await.ok();
    assert!(session["customer"].is_null());
    assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), 0);
    world.press(session["url"].as_str().unwrap(), &[("test_card", "4242424242424242")]).await;
    let session = world.get(&format!("v1/checkout/sessions/{}?expand[]=customer", id(&session))).await.ok();
    assert_eq!(session["customer"]["email"], "new@acme.test");
}

#[tokio::test]
async fn a_page_that_makes_no_sense_is_refused_with_the_parameter() {
    let world = World::new().await;
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let base = [("mode", "subscription"), ("customer", &customer), ("success_url", "https://app.test/")];
    let line = [("line_items[0][price]", price.as_str()), ("line_items[0][quantity]", "1")];
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[], "line_items"),
        (&[("line_items[0][price]", "price_none"), ("line_items[0][quantity]", "1")], "line_items[0][price]"),
        (&[("line_items[0][price]", &price), ("line_items[0][quantity]", "0")], "line_items[0][quantity]"),
        (&[line[0], line[1], ("expires_at", "1")], "expires_at"),
        (&[line[0], line[1], ("payment_method_types[0]", "card")], "payment_method_types"),
        (&[line[0], line[1], ("ui_mode", "hosted")], "ui_mode"),
    ];
    for (more, param) in cases {
        let error = world.post("v1/checkout/sessions", &[base.as_slice(), more].concat()).await.error(400);
        assert_eq!(error["param"], param, "{error}");
    }
}
