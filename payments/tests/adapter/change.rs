//! A change of what is bought, on Stripe's wire: the question and the order are the same words.

use domain::quote::Counts;
use domain::subscription::{
    ProviderCustomerId, ProviderInvoiceId, ProviderItemId, ProviderPriceId, ProviderSubscriptionId,
};
use domain::{Currency, Money, Timestamp};
use payments::provider::{Change, ChangedLine, Changes as _, Unpaid};

use crate::stub::{Answer, Stub};
use crate::{EMPTY, SUBSCRIPTION, key, now, refusal, stripe};

fn change(counts: Counts) -> Change {
    Change {
        subscription: ProviderSubscriptionId("sub_1".into()),
        customer: ProviderCustomerId("cus_1".into()),
        lines: vec![
            ChangedLine {
                item: Some(ProviderItemId("si_1".into())),
                price: ProviderPriceId("price_1".into()),
                quantity: 9,
            },
            ChangedLine { item: None, price: ProviderPriceId("price_2".into()), quantity: 1 },
        ],
        dropped: vec![ProviderItemId("si_2".into())],
        counts,
    }
}

fn invoice(lines: &serde_json::Value) -> String {
    serde_json::json!({
        "id": "in_1", "status": "open", "currency": "usd", "created": 1_795_000_000, "total": 2_000, "amount_due": 2_000,
        "lines": {"data": lines, "has_more": false},
    })
    .to_string()
}

fn line(id: &str, amount: i64, invoice_item: Option<&str>) -> serde_json::Value {
    serde_json::json!({
        "id": id, "amount": amount, "quantity": 3, "period": {"start": 1_795_000_000, "end": 1_797_592_000},
        "parent": {"type": "subscription_item_details", "subscription_item_details": {
            "invoice_item": invoice_item, "proration": true, "subscription": "sub_1", "subscription_item": "si_1",
            "proration_details": {"credited_items": null},
        }},
        "pricing": {"type": "price_details", "price_details": {"price": "price_1", "product": "prod_1"}},
    })
}

/// The fields of a form that say what is changed, without where they stand.
fn said(fields: Vec<String>) -> Vec<String> {
    let words = fields.into_iter().map(|field| match field.strip_prefix("subscription_details[") {
        Some(rest) => rest.replacen(']', "", 1),
        None => field,
    });
    let ours =
        |field: &String| field.starts_with("items") || field.starts_with("proration") || field.starts_with("billing");
    let mut words: Vec<String> = words.filter(ours).collect();
    words.sort_unstable();
    words
}

#[tokio::test]
async fn what_is_asked_for_is_what_was_previewed() {
    let at = Timestamp::from_secs(1_795_000_777);
    for counts in [Counts::From(at), Counts::Afresh(at), Counts::AfterTrial] {
        let stub = Stub::start([
            Answer::json(200, &invoice(&serde_json::json!([]))),
            Answer::json(200, EMPTY),
            Answer::json(200, SUBSCRIPTION),
        ])
        .await;
        let stripe = stripe(&stub);
        stripe.preview(&change(counts)).await.unwrap();
        stripe.change(&key(), &change(counts), now()).await.unwrap();
        let [preview, _, update] = stub.asked().try_into().unwrap();
        assert_eq!(preview.line, "POST /v1/invoices/create_preview HTTP/1.1");
        assert_eq!(
            (update.line.as_str(), update.header("idempotency-key")),
            ("POST /v1/subscriptions/sub_1 HTTP/1.1", Some("out_1"))
        );
        let asked = said(preview.fields());
        assert_eq!(asked, said(update.fields()));
        assert!(
            asked.contains(&"items[0][quantity]=9".to_owned()) && asked.contains(&"items[2][deleted]=true".to_owned())
        );
        let has = |word: &str| update.fields().contains(&word.to_owned());
        let (pinned, afresh) = (has("proration_date=1795000777"), has("billing_cycle_anchor[type]=now"));
        assert_eq!((pinned, afresh), (matches!(counts, Counts::From(_)), matches!(counts, Counts::Afresh(_))));
        let paid_first = has("payment_behavior=pending_if_incomplete") && has("proration_behavior=always_invoice");
        assert_eq!(
            (paid_first, has("proration_behavior=none")),
            (!matches!(counts, Counts::AfterTrial), matches!(counts, Counts::AfterTrial))
        );
    }
}

#[tokio::test]
async fn what_waits_for_the_next_invoice_is_not_in_the_price_of_a_change() {
    let lines =
        serde_json::json!([line("il_1", -4_000, None), line("il_2", 6_000, None), line("il_3", 500, Some("ii_1"))]);
    let waits = serde_json::json!({"data": [{
        "id": "ii_1", "amount": 500, "quantity": 1, "period": {"start": 1, "end": 2}, "parent": null, "pricing": null,
    }], "has_more": false});
    let stub = Stub::start([Answer::json(200, &invoice(&lines)), Answer::json(200, &waits.to_string())]).await;
    let sheet = stripe(&stub).preview(&change(Counts::From(now()))).await.unwrap();
    let usd = |minor| Money::new(minor, Currency::USD);
    assert_eq!((sheet.lines.len(), sheet.total, sheet.due), (2, usd(2_000), usd(2_000)));
}

#[tokio::test]
async fn why_a_change_is_not_paid_is_read_from_its_payment() {
    let with = |intent: serde_json::Value| {
        let mut whole: serde_json::Value = serde_json::from_str(&invoice(&serde_json::json!([]))).unwrap();
        whole["payments"] =
            serde_json::json!({"data": [{"payment": {"type": "payment_intent", "payment_intent": intent}}]});
        whole.to_string()
    };
    let refused = serde_json::json!({"id": "pi_1", "status": "requires_payment_method",
        "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds"}});
    let stub = Stub::start([
        Answer::json(200, &with(refused)),
        Answer::json(
            200,
            &with(serde_json::json!({"id": "pi_1", "status": "requires_action", "last_payment_error": null})),
        ),
        Answer::json(200, &with(serde_json::json!({"id": "pi_1", "status": "succeeded", "last_payment_error": null}))),
        Answer::json(200, &invoice(&serde_json::json!([]))),
    ])
    .await;
    let (stripe, id) = (stripe(&stub), ProviderInvoiceId("in_1".into()));
    for why in [Some(Unpaid::CardRefused("insufficient_funds".into())), Some(Unpaid::AsksTheBuyer), None, None] {
        assert_eq!(stripe.unpaid(&id).await.unwrap(), why);
    }
}

#[tokio::test]
async fn what_cannot_be_paid_any_more_is_given_up_already() {
    let no = refusal("", "This invoice cannot be voided.");
    let paid = invoice(&serde_json::json!([])).replace(r#""open""#, r#""paid""#);
    let stub = Stub::start([
        Answer::json(200, r#"{"id": "in_1"}"#),
        Answer::json(400, &no),
        Answer::json(200, &paid),
        Answer::json(400, &no),
        Answer::json(200, &invoice(&serde_json::json!([]))),
    ])
    .await;
    let (stripe, id) = (stripe(&stub), ProviderInvoiceId("in_1".into()));
    assert_eq!(stripe.give_up(&id).await, Ok(()));
    assert_eq!(stripe.give_up(&id).await, Ok(()), "it is paid");
    assert!(stripe.give_up(&id).await.is_err(), "it is open and stays so");
}
