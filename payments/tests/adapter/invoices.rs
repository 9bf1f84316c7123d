//! What is asked about invoices, and what is made of them.

use domain::billing_details::{Address, BillingDetails};
use domain::invoice::BillingReason;
use domain::subscription::ProviderInvoiceId;
use domain::tax_id::{TaxId, TaxIdKind, TaxIdState};
use domain::{InvoiceStatus, Money};
use payments::provider::{Invoices as _, Payer};
use serde_json::{Value, json};

use super::*;

fn acme() -> ProviderCustomerId {
    ProviderCustomerId("cus_1".into())
}

fn id() -> ProviderInvoiceId {
    ProviderInvoiceId("in_1".into())
}

fn ok(body: &Value) -> Answer {
    Answer::json(200, &body.to_string())
}

fn line(id: &str, amount: i64, proration: bool) -> Value {
    json!({
        "id": id, "amount": amount, "description": format!("line {id}"), "quantity": 3,
        "period": { "start": 1_795_000_000, "end": 1_797_592_000 },
        "parent": { "subscription_item_details": { "proration": proration, "subscription_item": "si_seats" } },
    })
}

/// An invoice of three lines, of which the third is on the next page.
fn invoice() -> Value {
    json!({
        "id": "in_1", "object": "invoice", "customer": "cus_1", "currency": "usd", "status": "open",
        "billing_reason": "subscription_cycle", "number": "ACME-0007",
        "subtotal": 1_500, "total": 1_500, "amount_due": 1_200, "amount_paid": 0, "amount_remaining": 1_200,
        "post_payment_credit_notes_amount": 100, "attempt_count": 2, "next_payment_attempt": 1_795_300_000,
        "period_start": 1_792_408_000, "period_end": 1_795_000_000, "created": 1_795_000_000, "due_date": null,
        "status_transitions": { "finalized_at": 1_795_003_600, "paid_at": null },
        "hosted_invoice_url": "https://invoice.stripe.com/i/1", "invoice_pdf": "https://pay.stripe.com/1.pdf",
        "parent": { "type": "subscription_details", "subscription_details": { "subscription": "sub_1" } },
        "lines": { "object": "list", "has_more": true, "data": [line("il_1", -500, true), line("il_2", 1_000, true)] },
        "payments": { "object": "list", "has_more": false, "data": [
            { "payment": { "type": "payment_intent", "payment_intent": { "id": "pi_1", "status": "requires_action" } } },
        ] },
    })
}

/// The whole invoice, as it is asked for in three questions.
fn answers(invoice: &Value) -> [Answer; 3] {
    let rest = json!({ "object": "list", "has_more": false, "data": [line("il_3", 1_000, false)] });
    let charges = json!({ "object": "list", "has_more": false, "data": [
        { "id": "ch_2", "amount_refunded": 250, "disputed": true,
            "payment_method_details": { "type": "card", "card": { "brand": "visa", "last4": "4242" } } },
        { "id": "ch_1", "amount_refunded": 0, "disputed": false, "payment_method_details": null },
    ] });
    [ok(invoice), ok(&rest), ok(&charges)]
}

#[tokio::test]
async fn an_invoice_is_read_with_all_its_lines_and_what_became_of_its_money() {
    let stub = Stub::start(answers(&invoice())).await;
    let read = stripe(&stub).invoice(&id(), now()).await.unwrap();
    let lines: Vec<_> = read.lines.iter().map(|line| (line.amount.minor, line.proration)).collect();
    assert_eq!(lines, [(-500, true), (1_000, true), (1_000, false)]);
    let usd = |minor| Money::new(minor, Currency::USD);
    assert_eq!((read.total, read.balance, read.due), (usd(1_500), usd(-300), usd(1_200)));
    assert_eq!((read.remaining, read.refunded, read.credited), (usd(1_200), usd(250), usd(100)));
    assert_eq!((read.status, read.reason, read.attempts), (InvoiceStatus::Open, BillingReason::Cycle, 2));
    assert_eq!(read.subscription, Some(ProviderSubscriptionId("sub_1".into())));
    assert_eq!(read.card.as_deref(), Some("Visa 4242"));
    assert!(read.disputed && read.needs_confirmation);
    assert_eq!((read.payments, read.fetched_at), (vec!["pi_1".to_owned()], now()));
    let [whole, rest, charges] = stub.asked().try_into().unwrap();
    assert!(whole.line.starts_with("GET /v1/invoices/in_1?expand"), "{}", whole.line);
    assert_eq!(rest.line, "GET /v1/invoices/in_1/lines?limit=100&starting_after=il_2 HTTP/1.1");
    assert!(charges.line.starts_with("GET /v1/charges?"), "{}", charges.line);
    assert!(charges.line.contains("payment_intent=pi_1"), "{}", charges.line);
}

#[tokio::test]
async fn an_invoice_that_is_not_open_waits_for_nobody_and_is_not_tried_again() {
    for status in ["draft", "paid", "void", "uncollectible"] {
        let mut other = invoice();
        other["status"] = status.into();
        let stub = Stub::start(answers(&other)).await;
        let read = stripe(&stub).invoice(&id(), now()).await.unwrap();
        assert_eq!((read.needs_confirmation, read.next_attempt), (false, None), "{status}");
    }
    let mut odd = invoice();
    odd["status"] = "dreamt".into();
    let stub = Stub::start(answers(&odd)).await;
    assert!(stripe(&stub).invoice(&id(), now()).await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn a_list_goes_on_after_the_last_that_was_seen() {
    let page = json!({ "object": "list", "has_more": true, "data": [
        { "id": "in_3", "status": "paid" }, { "id": "in_2", "status": "dreamt" },
    ] });
    let stub = Stub::start([ok(&page), Answer::json(200, EMPTY)]).await;
    let stripe = stripe(&stub);
    let first = stripe.invoices_of(&acme(), None).await.unwrap();
    let names: Vec<_> = first.ids.iter().map(|(id, status)| (id.as_str(), *status)).collect();
    // A state that nobody knows is one that may have changed, so the invoice is looked at.
    assert_eq!(names, [("in_3", InvoiceStatus::Paid), ("in_2", InvoiceStatus::Draft)]);
    assert!(first.more);
    assert!(!stripe.invoices_of(&acme(), Some(&first.ids[1].0)).await.unwrap().more);
    let [first, second] = stub.asked().try_into().unwrap();
    assert!(first.line.contains("customer=cus_1") && !first.line.contains("starting_after"), "{}", first.line);
    assert!(second.line.contains("starting_after=in_2"), "{}", second.line);
}

#[tokio::test]
async fn no_invoice_to_come_is_an_answer_and_another_refusal_is_none() {
    let mut preview = invoice();
    (preview["id"], preview["status"]) = (Value::Null, "draft".into());
    let stub = Stub::start([
        ok(&preview),
        Answer::json(404, &refusal("invoice_upcoming_none", "No upcoming invoices for customer: cus_1")),
        Answer::json(400, &refusal("subscription_canceled", "It is canceled.")),
        Answer::json(400, &refusal("resource_missing", "No such subscription.")),
    ])
    .await;
    let (stripe, bought) = (stripe(&stub), ProviderSubscriptionId("sub_1".into()));
    let next = stripe.next_invoice(&acme(), &bought).await.unwrap().unwrap();
    assert_eq!((next.at.secs(), next.due.minor, next.balance.minor), (1_795_300_000, 1_200, -300));
    assert_eq!(stripe.next_invoice(&acme(), &bought).await, Ok(None));
    assert_eq!(stripe.next_invoice(&acme(), &bought).await, Ok(None));
    let no = stripe.next_invoice(&acme(), &bought).await.unwrap_err();
    assert!(matches!(no, PaymentError::Refused { code, .. } if code == "resource_missing"));
}

#[tokio::test]
async fn a_declined_card_is_read_from_the_invoice_and_silence_is_not_taken_for_an_answer() {
    let declined = Answer::json(402, &refusal("card_declined", "Your card was declined."));
    let stub = Stub::start(std::iter::once(declined).chain(answers(&invoice()))).await;
    let read = stripe(&stub).pay_invoice(&key(), &id(), now()).await.unwrap();
    assert_eq!(read.status, InvoiceStatus::Open);
    let asked = stub.asked();
    assert_eq!(asked[0].line, "POST /v1/invoices/in_1/pay HTTP/1.1");
    assert_eq!(asked[0].header("idempotency-key"), Some("out_1"));

    let stub = Stub::start([Answer::json(401, &refusal("api_key_expired", "Expired."))]).await;
    assert!(stripe(&stub).pay_invoice(&key(), &id(), now()).await.unwrap_err().is_retryable());
    assert_eq!(stub.asked().len(), 1, "whether it was paid is not known, and is asked again with the key");
}

fn vat(number: &str) -> TaxId {
    TaxId { kind: TaxIdKind::EuVat, number: number.into() }
}

fn payer(details: Option<BillingDetails>) -> Payer {
    Payer { name: "Acme & Söhne".into(), email: "bills@acme.test".parse().unwrap(), details }
}

fn number(id: &str, value: &str, status: &str) -> Value {
    json!({ "id": id, "type": "eu_vat", "value": value, "verification": { "status": status } })
}

#[tokio::test]
async fn a_payer_is_said_whole_and_has_one_tax_number() {
    let details = BillingDetails {
        company: "Acme".into(),
        address: Address { line1: "Weg 1".into(), country: "DE".into(), ..Address::default() },
        po_number: "PO-7".into(),
        tax_id: Some(vat("DE123456789")),
    };
    let there = json!({ "object": "list", "has_more": false, "data": [
        number("txi_1", "DE999999999", "verified"), number("txi_2", "DE888888888", "verified"),
    ] });
    let stub = Stub::start([
        Answer::json(200, r#"{"id":"cus_1"}"#),
        ok(&there),
        Answer::json(200, r#"{"id":"txi_1","deleted":true}"#),
        // Somebody else was faster with this one.
        Answer::json(404, &refusal("resource_missing", "No such tax id.")),
        ok(&number("txi_3", "DE123456789", "pending")),
    ])
    .await;
    let known = stripe(&stub).set_payer(&key(), &acme(), &payer(Some(details))).await.unwrap();
    assert_eq!(known, Some(TaxIdState::Pending));
    let [customer, _, first, second, made] = stub.asked().try_into().unwrap();
    assert_eq!(customer.line, "POST /v1/customers/cus_1 HTTP/1.1");
    let fields = customer.fields();
    for says in [
        "name=Acme & Söhne",
        "email=bills@acme.test",
        "address[line1]=Weg 1",
        "address[line2]=",
        "address[country]=DE",
        "invoice_settings[custom_fields][0][value]=PO-7",
    ] {
        assert!(fields.contains(&says.to_owned()), "{says} is not in {fields:?}");
    }
    assert_eq!(first.line, "DELETE /v1/customers/cus_1/tax_ids/txi_1 HTTP/1.1");
    assert_eq!(second.line, "DELETE /v1/customers/cus_1/tax_ids/txi_2 HTTP/1.1");
    assert!(made.fields().contains(&"value=DE123456789".to_owned()), "{:?}", made.fields());
    // Each with a name of its own, or the second would get the answer to the first.
    let keys = [&customer, &first, &second, &made].map(|asked| asked.header("idempotency-key").unwrap());
    assert_eq!(keys, ["out_1", "out_1-txi_1", "out_1-txi_2", "out_1-tax"]);
}

#[tokio::test]
async fn what_a_payer_has_no_more_is_taken_away_and_what_is_not_known_is_left() {
    let gone = json!({ "object": "list", "has_more": false, "data": [number("txi_1", "DE999999999", "verified")] });
    let stub = Stub::start([
        Answer::json(200, r#"{"id":"cus_1"}"#),
        ok(&gone),
        Answer::json(200, r#"{"id":"txi_1","deleted":true}"#),
        Answer::json(200, r#"{"id":"cus_1"}"#),
    ])
    .await;
    let stripe = stripe(&stub);
    assert_eq!(stripe.set_payer(&key(), &acme(), &payer(Some(BillingDetails::default()))).await, Ok(None));
    assert_eq!(stripe.set_payer(&key(), &acme(), &payer(None)).await, Ok(None));
    let [nothing, _, _, unknown] = stub.asked().try_into().unwrap();
    let fields = nothing.fields();
    for says in ["address=", "invoice_settings[custom_fields]="] {
        assert!(fields.contains(&says.to_owned()), "{says} is not in {fields:?}");
    }
    assert_eq!(unknown.fields(), ["email=bills@acme.test", "name=Acme & Söhne"]);
}

#[tokio::test]
async fn a_number_that_is_there_is_left_and_one_that_is_none_is_unverified() {
    let there = json!({ "object": "list", "has_more": false, "data": [number("txi_1", "DE123456789", "verified")] });
    let details = || payer(Some(BillingDetails { tax_id: Some(vat("DE123456789")), ..BillingDetails::default() }));
    let stub = Stub::start([
        Answer::json(200, r#"{"id":"cus_1"}"#),
        ok(&there),
        Answer::json(200, r#"{"id":"cus_1"}"#),
        Answer::json(200, EMPTY),
        Answer::json(400, &refusal("tax_id_invalid", "Invalid value for eu_vat.")),
    ])
    .await;
    let stripe = stripe(&stub);
    assert_eq!(stripe.set_payer(&key(), &acme(), &details()).await, Ok(Some(TaxIdState::Verified)));
    assert_eq!(stripe.set_payer(&key(), &acme(), &details()).await, Ok(Some(TaxIdState::Unverified)));
}

#[tokio::test]
async fn a_payment_is_somebodys_or_nobodys() {
    let stub = Stub::start([
        Answer::json(200, r#"{"id":"pi_1","customer":{"id":"cus_1","object":"customer"}}"#),
        Answer::json(200, r#"{"id":"pi_2","customer":null}"#),
        ok(&json!({ "object": "list", "has_more": false, "data": [number("txi_1", "DE1", "unavailable")] })),
        Answer::json(200, EMPTY),
    ])
    .await;
    let stripe = stripe(&stub);
    assert_eq!(stripe.payer_of("pi_1").await, Ok(Some(acme())));
    assert_eq!(stripe.payer_of("pi_2").await, Ok(None));
    assert_eq!(stripe.tax_id_state(&acme()).await, Ok(Some(TaxIdState::Unavailable)));
    assert_eq!(stripe.tax_id_state(&acme()).await, Ok(None));
}
