//! The customer portal: sessions over the API, pages without scripts.

use serde_json::Value;

use crate::world::{World, id};

/// An opened portal: its address.
async fn open(world: &World, customer: &str, more: &[(&str, &str)]) -> String {
    let form = [("customer", customer), ("return_url", "https://app.test/billing")];
    let session = world.post("v1/billing_portal/sessions", &[form.as_slice(), more].concat()).await.ok();
    session["url"].as_str().unwrap().to_owned()
}

async fn page(world: &World, url: &str) -> (u16, String) {
    let response = world.http.get(url).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// A paid subscription: its customer and itself.
async fn bought(world: &World) -> (String, String, String) {
    let (subscription, item) = world.subscription("2").await;
    let customer = world.get(&format!("v1/subscriptions/{subscription}")).await.ok()["customer"].clone();
    (customer.as_str().unwrap().to_owned(), subscription, item)
}

async fn get(world: &World, subscription: &str) -> Value {
    world.get(&format!("v1/subscriptions/{subscription}")).await.ok()
}

#[tokio::test]
async fn the_portal_shows_plan_card_and_invoices_and_leads_back() {
    let world = World::new().await;
    let (customer, ..) = bought(&world).await;
    let (status, html) = page(&world, &open(&world, &customer, &[]).await).await;
    assert_eq!(status, 200);
    for words in
        ["2 × $20.00 / month", "VISA •••• 4242", "Cancel plan", "-0001", "https://app.test/billing", "no real money"]
    {
        assert!(html.contains(words), "{words} is missing in {html}");
    }
    assert!(!html.contains("<script") && !html.contains("Change plan"));
}

#[tokio::test]
async fn cancelling_in_the_portal_sets_the_day_and_not_the_flag_and_can_be_taken_back() {
    let world = World::new().await;
    let (customer, subscription, _) = bought(&world).await;
    let url = open(&world, &customer, &[]).await;
    let (status, to, _) = world.press(&format!("{url}/cancel/{subscription}"), &[("feedback", "unused")]).await;
    assert_eq!((status, to.is_some()), (303, true));
    let cancelled = get(&world, &subscription).await;
    assert_eq!(cancelled["cancel_at"], cancelled["items"]["data"][0]["current_period_end"]);
    assert_eq!((&cancelled["cancel_at_period_end"], &cancelled["status"]), (&false.into(), &"active".into()));
    assert!(page(&world, &url).await.1.contains("Keep this plan"));
    world.press(&format!("{url}/resume/{subscription}"), &[]).await;
    assert!(get(&world, &subscription).await["cancel_at"].is_null());
    // The other form of cancelling is taken back as well.
    world.post(&format!("v1/subscriptions/{subscription}"), &[("cancel_at_period_end", "true")]).await.ok();
    world.press(&format!("{url}/resume/{subscription}"), &[]).await;
    assert_eq!(get(&world, &subscription).await["cancel_at_period_end"], false);
}

#[tokio::test]
async fn a_new_card_pays_for_the_customer_and_its_subscriptions() {
    let world = World::new().await;
    let (customer, subscription, _) = bought(&world).await;
    let url = format!("{}/card", open(&world, &customer, &[]).await);
    let before = get(&world, &subscription).await["default_payment_method"].clone();
    let (status, _, html) = world.press(&url, &[("test_card", "4000000000000002")]).await;
    assert!(status == 422 && html.contains("Your card was declined."), "{html}");
    assert_eq!(get(&world, &subscription).await["default_payment_method"], before);
    let card = [("number", "5555 5555 5555 4444"), ("expiry", "12/34"), ("cvc", "123")];
    assert_eq!(world.press(&url, &card).await.0, 303);
    let after = get(&world, &subscription).await["default_payment_method"].clone();
    let method = world.get(&format!("v1/payment_methods/{}", after.as_str().unwrap())).await.ok();
    assert_eq!((&method["card"]["last4"], &method["customer"]), (&"4444".into(), &customer.clone().into()));
    let customer = world.get(&format!("v1/customers/{customer}")).await.ok();
    assert_eq!(customer["invoice_settings"]["default_payment_method"], after);
}

#[tokio::test]
async fn a_card_that_asks_for_its_owner_is_kept_only_when_the_owner_says_yes() {
    let world = World::new().await;
    let (customer, ..) = bought(&world).await;
    let flow = [
        ("flow_data[type]", "payment_method_update"),
        ("flow_data[after_completion][type]", "redirect"),
        ("flow_data[after_completion][redirect][return_url]", "https://app.test/card-saved"),
    ];
    let url = open(&world, &customer, &flow).await;
    for (answer, to_application) in [("fail", false), ("complete", true)] {
        let (status, to, _) = world.press(&format!("{url}/card"), &[("test_card", "4000002760003184")]).await;
        let bank = to.unwrap();
        assert!(status == 303 && bank.starts_with("/_3ds/seti_"), "{bank}");
        assert!(page(&world, &world.url(&bank)).await.1.contains("the saving of this card"));
        let (_, to, _) = world.press(&world.url(&bank), &[("answer", answer)]).await;
        assert_eq!(to.unwrap() == "https://app.test/card-saved", to_application);
        let kept = world.get(&format!("v1/payment_methods?customer={customer}")).await.ok();
        let kept = kept["data"].as_array().unwrap().iter().any(|method| method["card"]["last4"] == "3184");
        assert_eq!(kept, to_application);
    }
    // What was to be done is done, and the portal is whole.
    assert!(page(&world, &url).await.1.contains("Invoices"));
}

#[tokio::test]
async fn a_flow_cancels_and_leads_on() {
    let world = World::new().await;
    let (customer, subscription, _) = bought(&world).await;
    let flow = [
        ("flow_data[type]", "subscription_cancel"),
        ("flow_data[subscription_cancel][subscription]", subscription.as_str()),
        ("flow_data[after_completion][type]", "redirect"),
        ("flow_data[after_completion][redirect][return_url]", "https://app.test/cancelled"),
    ];
    let url = open(&world, &customer, &flow).await;
    assert!(page(&world, &url).await.1.contains("<h1>Cancel Team?</h1>"));
    let (_, to, _) = world.press(&format!("{url}/cancel/{subscription}"), &[]).await;
    assert_eq!(to.as_deref(), Some("https://app.test/cancelled"));
    let again = [("customer", customer.as_str()), flow[0], flow[1]];
    assert_eq!(world.post("v1/billing_portal/sessions", &again).await.error(400)["type"], "invalid_request_error");
}

#[tokio::test]
async fn plans_change_where_the_settings_say_so() {
    let world = World::new().await;
    let (customer, subscription, item) = bought(&world).await;
    let held = get(&world, &subscription).await["items"]["data"][0]["price"].clone();
    let (product, held) = (held["product"].as_str().unwrap().to_owned(), id(&held));
    let form =
        [("currency", "usd"), ("unit_amount", "3000"), ("recurring[interval]", "month"), ("product", product.as_str())];
    let dearer = id(&world.post("v1/prices", &form).await.ok());
    let form = [
        ("features[subscription_update][enabled]", "true"),
        ("features[subscription_update][default_allowed_updates][]", "price"),
        ("features[subscription_update][default_allowed_updates][]", "quantity"),
        ("features[subscription_update][proration_behavior]", "create_prorations"),
        ("features[subscription_update][products][0][product]", product.as_str()),
        ("features[subscription_update][products][0][prices][0]", held.as_str()),
        ("features[subscription_update][products][0][prices][1]", dearer.as_str()),
        ("features[subscription_update][products][0][adjustable_quantity][enabled]", "true"),
        ("features[subscription_update][products][0][adjustable_quantity][minimum]", "2"),
    ];
    let settings = id(&world.post("v1/billing_portal/configurations", &form).await.ok());
    let url = open(&world, &customer, &[("configuration", &settings)]).await;
    assert!(page(&world, &url).await.1.contains("Change plan"));
    let plan = format!("{url}/plan/{subscription}");
    assert!(page(&world, &plan).await.1.contains("$30.00 / month"));
    let (status, _, html) = world.press(&plan, &[("price", &dearer), ("quantity", "1")]).await;
    assert!(status == 422 && html.contains("Choose at least 2."), "{html}");
    assert_eq!(world.press(&plan, &[("price", &dearer), ("quantity", "three")]).await.0, 422);
    assert_eq!(world.press(&plan, &[("price", "price_elsewhere"), ("quantity", "3")]).await.0, 422);
    assert_eq!(world.press(&plan, &[("price", &dearer), ("quantity", "3")]).await.0, 303);
    let now = get(&world, &subscription).await;
    assert_eq!(
        (&now["items"]["data"][0]["quantity"], &now["items"]["data"][0]["price"]["id"]),
        (&3.into(), &dearer.clone().into())
    );

    let flow = [
        ("configuration", settings.as_str()),
        ("flow_data[type]", "subscription_update_confirm"),
        ("flow_data[subscription_update_confirm][subscription]", subscription.as_str()),
        ("flow_data[subscription_update_confirm][items][0][id]", item.as_str()),
        ("flow_data[subscription_update_confirm][items][0][quantity]", "5"),
        ("flow_data[after_completion][type]", "hosted_confirmation"),
        ("flow_data[after_completion][hosted_confirmation][custom_message]", "Five it is"),
    ];
    let url = open(&world, &customer, &flow).await;
    assert!(page(&world, &url).await.1.contains("5 × Team (at $30.00 / month)"));
    assert!(world.press(&format!("{url}/confirm"), &[]).await.2.contains("Five it is"));
    assert_eq!(get(&world, &subscription).await["items"]["data"][0]["quantity"], 5);
}

#[tokio::test]
async fn nobody_acts_on_the_subscription_of_another() {
    let world = World::new().await;
    let (_, subscription, _) = bought(&world).await;
    let other = world.customer().await;
    let url = open(&world, &other, &[]).await;
    world.press(&format!("{url}/cancel/{subscription}"), &[]).await;
    assert!(get(&world, &subscription).await["cancel_at"].is_null());
    assert!(!page(&world, &format!("{url}/cancel/{subscription}")).await.1.contains("Cancel Team"));
    assert_eq!(page(&world, &world.url("_portal/bps_none")).await.0, 404);
}

#[tokio::test]
async fn there_is_a_default_configuration_and_more_can_be_made() {
    let world = World::new().await;
    let list = world.get("v1/billing_portal/configurations?is_default=true").await.ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["features"]["subscription_cancel"]["mode"], "at_period_end");
    assert_eq!(world.post("v1/billing_portal/configurations", &[]).await.error(400)["param"], "features");
    let made =
        world.post("v1/billing_portal/configurations", &[("features[invoice_history][enabled]", "true")]).await.ok();
    let path = format!("v1/billing_portal/configurations/{}", id(&made));
    let changed =
        world.post(&path, &[("features[subscription_cancel][enabled]", "true"), ("active", "false")]).await.ok();
    assert_eq!(
        (&changed["active"], &changed["features"]["subscription_cancel"]["enabled"]),
        (&false.into(), &true.into())
    );
    assert_eq!(world.get(&path).await.ok()["features"]["invoice_history"]["enabled"], true);
    let customer = world.customer().await;
    let form = [("customer", customer.as_str()), ("configuration", &id(&made))];
    assert_eq!(world.post("v1/billing_portal/sessions", &form).await.error(400)["param"], "configuration");
    let form = [("customer", customer.as_str()), ("flow_data[type]", "subscription_update")];
    assert_eq!(world.post("v1/billing_portal/sessions", &form).await.error(400)["param"], "flow_data[type]");
}

#[tokio::test]
async fn a_smaller_plan_waits_for_the_end_of_the_period_where_the_settings_say_so() {
    let world = World::new().await;
    let (customer, subscription, _) = bought(&world).await;
    let held = get(&world, &subscription).await["items"]["data"][0]["price"].clone();
    let (product, held) = (held["product"].as_str().unwrap().to_owned(), id(&held));
    let form = [
        ("features[subscription_update][enabled]", "true"),
        ("features[subscription_update][default_allowed_updates][]", "quantity"),
        ("features[subscription_update][proration_behavior]", "always_invoice"),
        ("features[subscription_update][schedule_at_period_end][conditions][0][type]", "decreasing_item_amount"),
        ("features[subscription_update][products][0][product]", product.as_str()),
        ("features[subscription_update][products][0][prices][0]", held.as_str()),
        ("features[subscription_update][products][0][adjustable_quantity][enabled]", "true"),
    ];
    let settings = id(&world.post("v1/billing_portal/configurations", &form).await.ok());
    let url = open(&world, &customer, &[("configuration", &settings)]).await;
    let plan = format!("{url}/plan/{subscription}");
    let quantity = |now: &Value| now["items"]["data"][0]["quantity"].clone();
    assert_eq!(world.press(&plan, &[("price", &held), ("quantity", "1")]).await.0, 303);
    let now = get(&world, &subscription).await;
    assert_eq!((quantity(&now), now["schedule"].is_string()), (2.into(), true));
    assert!(page(&world, &url).await.1.contains("1 × $20.00 / month from "));
    // More is to be had at once, and then less is not wanted any more.
    assert_eq!(world.press(&plan, &[("price", &held), ("quantity", "4")]).await.0, 303);
    let now = get(&world, &subscription).await;
    assert_eq!((quantity(&now), now["schedule"].is_null()), (4.into(), true));
    assert_eq!(world.press(&plan, &[("price", &held), ("quantity", "3")]).await.0, 303);
    world.sandbox.control().advance_to_next_renewal(&subscription).await.unwrap();
    assert_eq!(quantity(&get(&world, &subscription).await), 3);
}

#[tokio::test]
async fn the_portal_of_somebody_on_a_test_clock_is_open_at_its_time() {
    let world = World::new().await;
    let clock = id(&world.post("v1/test_helpers/test_clocks", &[("frozen_time", "1780300800")]).await.ok());
    let customer = id(&world.post("v1/customers", &[("test_clock", &clock)]).await.ok());
    let (status, html) = page(&world, &open(&world, &customer, &[]).await).await;
    assert!(status == 200 && html.contains("No plan at present."), "{status}: {html}");
}
