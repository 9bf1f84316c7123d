//! Money that goes back: refunds, credit notes, disputes, balances.

use serde_json::Value;

use crate::world::{World, id};

/// A paid invoice of 40.00: itself.
async fn paid(world: &World, card: &str) -> Value {
    let (customer, price) = (world.customer().await, world.price("Team", "2000", "month").await);
    let session = world.session(&customer, &price, "2", &[]).await;
    world.press(session["url"].as_str().unwrap(), &[("test_card", card)]).await;
    let session = world.get(&format!("v1/checkout/sessions/{}", id(&session))).await.ok();
    world.get(&format!("v1/invoices/{}?expand[]=payments", session["invoice"].as_str().unwrap())).await.ok()
}

async fn charge(world: &World, invoice: &Value) -> Value {
    let intent = invoice["payments"]["data"][0]["payment"]["payment_intent"].as_str().unwrap();
    let intent = world.get(&format!("v1/payment_intents/{intent}?expand[]=latest_charge")).await.ok();
    intent["latest_charge"].clone()
}

#[tokio::test]
async fn two_partial_refunds_add_up_and_never_pass_the_charge() {
    let world = World::new().await;
    let charge = id(&charge(&world, &paid(&world, "4242424242424242").await).await);
    let refund = |amount| [("charge", charge.as_str()), ("amount", amount)];
    world.post("v1/refunds", &refund("1500")).await.ok();
    let after = world.get(&format!("v1/charges/{charge}")).await.ok();
    assert_eq!((&after["amount_refunded"], &after["refunded"]), (&1500.into(), &false.into()));
    let much = world.post("v1/refunds", &refund("2501")).await.error(400);
    assert!(much["message"].as_str().unwrap().contains("greater than unrefunded amount"), "{much}");
    world.post("v1/refunds", &refund("0")).await.error(400);
    let rest = world.post("v1/refunds", &[("charge", &charge)]).await.ok();
    assert_eq!((&rest["amount"], &rest["status"]), (&2500.into(), &"succeeded".into()));
    assert_eq!(world.get(&format!("v1/charges/{charge}")).await.ok()["refunded"], true);
    assert_eq!(world.post("v1/refunds", &[("charge", &charge)]).await.error(400)["code"], "charge_already_refunded");
    let told = world.sandbox.control().events();
    let amounts: Vec<Value> =
        told.iter().filter(|e| e.kind == "charge.refunded").map(|e| e.object["amount_refunded"].clone()).collect();
    // Cumulative, as Stripe has it.
    assert_eq!(amounts, [1500, 4000]);
}

#[tokio::test]
async fn the_dispute_card_is_disputed_and_the_words_decide_it() {
    let world = World::new().await;
    let charge = charge(&world, &paid(&world, "4000000000000259").await).await;
    assert_eq!(charge["disputed"], true);
    let dispute = world.get(&format!("v1/disputes?charge={}", id(&charge))).await.ok()["data"][0].clone();
    assert_eq!((&dispute["amount"], &dispute["status"]), (&4000.into(), &"needs_response".into()));
    assert_eq!(world.post("v1/refunds", &[("charge", &id(&charge))]).await.error(400)["code"], "charge_disputed");
    let form = [("evidence[uncategorized_text]", "winning_evidence")];
    let won = world.post(&format!("v1/disputes/{}", id(&dispute)), &form).await.ok();
    assert_eq!(won["status"], "won");
    world.post(&format!("v1/disputes/{}/close", id(&dispute)), &[]).await.error(400);
    let kinds: Vec<String> = world.sandbox.control().events().into_iter().map(|event| event.kind).collect();
    for kind in ["charge.dispute.created", "charge.dispute.closed"] {
        assert_eq!(kinds.iter().filter(|known| *known == kind).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn a_credit_note_sends_a_paid_amount_to_card_and_balance() {
    let world = World::new().await;
    let invoice = paid(&world, "4242424242424242").await;
    let (invoice_id, customer) = (id(&invoice), invoice["customer"].as_str().unwrap().to_owned());
    let form = [("invoice", invoice_id.as_str()), ("amount", "1000")];
    let sum = world.post("v1/credit_notes", &form).await.error(400);
    assert!(sum["message"].as_str().unwrap().contains("must equal"), "{sum}");
    let form = [form[0], form[1], ("refund_amount", "400"), ("credit_amount", "600"), ("reason", "order_change")];
    let note = world.post("v1/credit_notes", &form).await.ok();
    assert_eq!((&note["type"], &note["post_payment_amount"]), (&"post_payment".into(), &1000.into()));
    assert_eq!(note["refunds"][0]["amount_refunded"], 400);
    assert_eq!(world.get(&format!("v1/customers/{customer}")).await.ok()["balance"], -600);
    let moved = world.get(&format!("v1/customers/{customer}/balance_transactions")).await.ok();
    assert_eq!((&moved["data"][0]["amount"], &moved["data"][0]["type"]), (&(-600).into(), &"credit_note".into()));
    assert_eq!(moved["data"][0]["id"], note["customer_balance_transaction"]);
    let after = world.get(&format!("v1/invoices/{invoice_id}")).await.ok();
    assert_eq!((&after["post_payment_credit_notes_amount"], &after["amount_paid"]), (&1000.into(), &4000.into()));
    let form = [form[0], ("amount", "3001"), ("out_of_band_amount", "3001")];
    world.post("v1/credit_notes", &form).await.error(400);
}

#[tokio::test]
async fn a_balance_is_adjusted_by_hand_and_written_down() {
    let world = World::new().await;
    let customer = world.customer().await;
    let path = format!("v1/customers/{customer}/balance_transactions");
    world.post(&path, &[("amount", "-700"), ("currency", "usd")]).await.ok();
    let second = world.post(&path, &[("amount", "200"), ("currency", "usd"), ("description", "oops")]).await.ok();
    assert_eq!((&second["ending_balance"], &second["type"]), (&(-500).into(), &"adjustment".into()));
    assert_eq!(world.get(&format!("v1/customers/{customer}")).await.ok()["balance"], -500);
    world.post(&path, &[("amount", "0"), ("currency", "usd")]).await.error(400);
    world.post(&path, &[("amount", "1"), ("currency", "eur")]).await.error(400);
    world.get(&format!("{path}/{}", id(&second))).await.ok();
}

#[tokio::test]
async fn tax_ids_are_kept_and_shown_on_invoices() {
    let world = World::new().await;
    let customer = paid(&world, "4242424242424242").await["customer"].as_str().unwrap().to_owned();
    let path = format!("v1/customers/{customer}/tax_ids");
    let made = world.post(&path, &[("type", "eu_vat"), ("value", "DE123456789")]).await.ok();
    assert_eq!((&made["country"], &made["type"]), (&"DE".into(), &"eu_vat".into()));
    assert_eq!(world.post(&path, &[("type", "eu_vat"), ("value", "1")]).await.error(400)["code"], "tax_id_invalid");
    world.post(&path, &[("type", "moon_vat"), ("value", "1")]).await.error(400);
    let invoice = world.get(&format!("v1/invoices?customer={customer}")).await.ok()["data"][0].clone();
    assert_eq!(invoice["customer_tax_ids"][0]["value"], "DE123456789");
    world.delete(&format!("{path}/{}", id(&made))).await.ok();
    assert!(world.get(&path).await.ok()["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn credit_that_an_invoice_uses_is_written_down() {
    let world = World::new().await;
    let (subscription, _) = world.subscription("2").await;
    let held = world.get(&format!("v1/subscriptions/{subscription}")).await.ok();
    let path = format!("v1/customers/{}/balance_transactions", held["customer"].as_str().unwrap());
    world.post(&path, &[("amount", "-1500"), ("currency", "usd")]).await.ok();
    world.sandbox.control().advance_to_next_renewal(&subscription).await.unwrap();
    let newest = world.get(&path).await.ok()["data"][0].clone();
    assert_eq!((&newest["type"], &newest["amount"]), (&"applied_to_invoice".into(), &1500.into()));
    assert_eq!(newest["ending_balance"], 0);
    let invoice = world.get(&format!("v1/invoices/{}", newest["invoice"].as_str().unwrap())).await.ok();
    assert_eq!((&invoice["amount_due"], &invoice["starting_balance"]), (&2500.into(), &(-1500).into()));
}
