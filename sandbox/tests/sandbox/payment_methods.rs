//! Cards that are kept: attached, detached, set up for later.

use crate::world::{World, id};

#[tokio::test]
async fn stripes_names_for_test_cards_become_cards_of_the_customer() {
    let world = World::new().await;
    let customer = world.customer().await;
    let to = [("customer", customer.as_str())];
    let method = world.post("v1/payment_methods/pm_card_mastercard/attach", &to).await.ok();
    assert_eq!((&method["card"]["brand"], &method["customer"]), (&"mastercard".into(), &customer.clone().into()));
    let declined = world.post("v1/payment_methods/pm_card_visa_chargeDeclined/attach", &to).await.error(402);
    assert_eq!((&declined["code"], &declined["decline_code"]), (&"card_declined".into(), &"generic_decline".into()));
    // This one is kept and refuses only when it is charged.
    world.post("v1/payment_methods/pm_card_chargeCustomerFail/attach", &to).await.ok();
    let kept = world.get(&format!("v1/customers/{customer}/payment_methods")).await.ok();
    assert_eq!(kept["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_detached_card_pays_for_nothing_any_more() {
    let world = World::new().await;
    let customer = world.customer().await;
    let method = id(&world.post("v1/payment_methods/pm_card_visa/attach", &[("customer", &customer)]).await.ok());
    let path = format!("v1/customers/{customer}");
    let field = "invoice_settings[default_payment_method]";
    let set = world.post(&path, &[(field, &method)]).await.ok();
    assert_eq!(set["invoice_settings"]["default_payment_method"], method);
    let other = world.customer().await;
    world.post(&format!("v1/customers/{other}"), &[(field, &method)]).await.error(400);
    world.post(&format!("v1/payment_methods/{method}/attach"), &[("customer", &other)]).await.error(400);
    assert!(world.post(&format!("v1/payment_methods/{method}/detach"), &[]).await.ok()["customer"].is_null());
    assert!(world.get(&path).await.ok()["invoice_settings"]["default_payment_method"].is_null());
    world.post(&format!("v1/payment_methods/{method}/detach"), &[]).await.error(400);
    assert!(world.sandbox.control().events().iter().any(|event| event.kind == "payment_method.detached"));
}

#[tokio::test]
async fn a_customer_is_made_with_a_card_or_not_at_all() {
    let world = World::new().await;
    let form = [("payment_method", "pm_card_visa"), ("invoice_settings[default_payment_method]", "pm_card_visa")];
    let customer = world.post("v1/customers", &form).await.ok();
    let kept = world.get(&format!("v1/payment_methods?customer={}", id(&customer))).await.ok();
    assert_eq!(kept["data"].as_array().unwrap().len(), 1);
    assert_eq!(kept["data"][0]["id"], customer["invoice_settings"]["default_payment_method"]);
    world.post("v1/customers", &[("payment_method", "pm_card_visa_chargeDeclined")]).await.error(402);
    assert_eq!(world.get("v1/customers").await.ok()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_card_is_made_from_its_number() {
    let world = World::new().await;
    let form = [
        ("type", "card"),
        ("card[number]", "4242424242424242"),
        ("card[exp_month]", "1"),
        ("card[exp_year]", "2034"),
        ("card[cvc]", "314"),
    ];
    let method = world.post("v1/payment_methods", &form).await.ok();
    assert_eq!((&method["card"]["last4"], &method["customer"]), (&"4242".into(), &serde_json::Value::Null));
    let wrong = form.map(|(name, value)| (name, if name == "card[number]" { "4242424242424241" } else { value }));
    assert_eq!(world.post("v1/payment_methods", &wrong).await.error(402)["code"], "incorrect_number");
    world.post("v1/payment_methods", &[("type", "card"), ("card[token]", "tok_visa")]).await.ok();
}

#[tokio::test]
async fn a_card_is_set_up_for_later() {
    let world = World::new().await;
    let customer = world.customer().await;
    let intent = world.post("v1/setup_intents", &[("customer", &customer)]).await.ok();
    assert_eq!(intent["status"], "requires_payment_method");
    let path = format!("v1/setup_intents/{}", id(&intent));
    let refused = world.post(&format!("{path}/confirm"), &[("payment_method", "pm_card_visa_chargeDeclined")]).await;
    assert_eq!(refused.error(402)["code"], "card_declined");
    let intent = world.get(&path).await.ok();
    assert_eq!(
        (&intent["status"], &intent["last_setup_error"]["code"]),
        (&"requires_payment_method".into(), &"card_declined".into())
    );
    let done = world.post(&format!("{path}/confirm"), &[("payment_method", "pm_card_visa")]).await.ok();
    assert_eq!(done["status"], "succeeded");
    let method = world.get(&format!("v1/payment_methods/{}", done["payment_method"].as_str().unwrap())).await.ok();
    assert_eq!(method["customer"], customer);
    world.post(&format!("{path}/confirm"), &[]).await.error(400);
    world.post(&format!("{path}/cancel"), &[]).await.error(400);

    let form =
        [("customer", customer.as_str()), ("payment_method", "pm_card_authenticationRequired"), ("confirm", "true")];
    let asks = world.post("v1/setup_intents", &form).await.ok();
    assert_eq!((&asks["status"], &asks["next_action"]["type"]), (&"requires_action".into(), &"redirect_to_url".into()));
    world.press(asks["next_action"]["redirect_to_url"]["url"].as_str().unwrap(), &[("answer", "complete")]).await;
    assert_eq!(world.get(&format!("v1/setup_intents/{}", id(&asks))).await.ok()["status"], "succeeded");
}
