//! Limits of one subscription, and prices for use.

use domain::billed::HowPaid;
use domain::plan::{MeterPrice, MeterSpec, Part, PriceSpec, Tier};
use domain::subscription::{ProviderItemId, ProviderPriceId, ProviderSubscriptionId};
use domain::{Currency, Money};
use payments::provider::{SeatChange, SeatLine};
use payments::{PaymentError, PaymentProvider};

use crate::stub::{Answer, Stub};
use crate::{EMPTY, SUBSCRIPTION, key, now, refusal, seats, stripe};

#[tokio::test]
async fn the_limit_of_one_subscription_is_not_run_into_again() {
    let limit = Answer::Http(
        429,
        "Stripe-Rate-Limited-Reason: resource-specific\r\n",
        refusal("rate_limit", "Too many changes of this subscription."),
    );
    let stub = Stub::start([Answer::json(200, SUBSCRIPTION), limit]).await;
    let id = ProviderSubscriptionId("sub_1".into());
    let line = SeatLine::Item(ProviderItemId("si_seats".into()));
    let change = SeatChange { lines: vec![(line, 7)], paid: HowPaid::Nothing, monthly: false };
    let error = stripe(&stub).set_seats(&key(), &id, &change, now()).await.unwrap_err();
    assert!(matches!(error, PaymentError::TooOften(_)) && error.is_retryable(), "{error}");
    let [_, asked] = stub.asked().try_into().unwrap();
    let rest: Vec<_> = asked.fields().into_iter().filter(|field| field.starts_with("proration")).collect();
    assert_eq!(rest, ["proration_behavior=none"], "and nothing is said about money where none moves");
}

fn counted(price: MeterPrice) -> PriceSpec {
    let meter = MeterSpec { key: "api.calls".into(), name: "API calls".into(), price };
    PriceSpec { part: Part::Use, unit: Money::zero(Currency::USD), meter: Some(meter), ..seats() }
}

#[tokio::test]
async fn a_price_for_use_has_a_meter_and_the_tiers_of_the_catalogue() {
    let usd = |minor| Money::new(minor, Currency::USD);
    let tiers = vec![
        Tier { up_to: Some(1_000), unit: usd(5), flat: None },
        Tier { up_to: None, unit: usd(3), flat: Some(usd(200)) },
    ];
    let tiered = |mode: &str| {
        let fields = [
            "billing_scheme=tiered",
            "tiers[0][unit_amount]=5",
            "tiers[0][up_to]=1000",
            "tiers[1][flat_amount]=200",
            "tiers[1][unit_amount]=3",
            "tiers[1][up_to]=inf",
        ];
        fields.iter().map(|field| (*field).to_owned()).chain([format!("tiers_mode={mode}")]).collect::<Vec<_>>()
    };
    let plain = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
    for (price, said) in [
        (MeterPrice::Unit(usd(7)), plain(&["unit_amount=7"])),
        (
            MeterPrice::Package { size: 100, price: usd(9) },
            plain(&["transform_quantity[divide_by]=100", "transform_quantity[round]=up", "unit_amount=9"]),
        ),
        (MeterPrice::Graduated(tiers.clone()), tiered("graduated")),
        (MeterPrice::Volume(tiers), tiered("volume")),
    ] {
        let stub = Stub::start([
            Answer::json(200, EMPTY),
            Answer::json(200, r#"{"id":"usher_all_access_api_calls"}"#),
            Answer::json(200, EMPTY),
            Answer::json(200, r#"{"id":"mtr_1","event_name":"usher_api.calls"}"#),
            Answer::json(200, r#"{"id":"price_1"}"#),
        ])
        .await;
        assert_eq!(stripe(&stub).ensure_price(&counted(price)).await, Ok(ProviderPriceId("price_1".into())));
        let [_, product, _, meter, made] = stub.asked().try_into().unwrap();
        assert!(product.fields().contains(&"id=usher_all_access_api_calls".to_owned()), "{:?}", product.fields());
        assert_eq!(
            meter.fields(),
            ["default_aggregation[formula]=sum", "display_name=API calls", "event_name=usher_api.calls"]
        );
        let fields = made.fields();
        for field in [
            "lookup_key=usher_all_access@00112233aabbccdd_year_usd_use_api.calls",
            "metadata[usher_meter]=api.calls",
            "metadata[usher_version]=00112233aabbccdd",
            "recurring[meter]=mtr_1",
            "recurring[usage_type]=metered",
        ] {
            assert!(fields.contains(&field.to_owned()), "{field} in {fields:?}");
        }
        let amounts = ["billing_scheme", "tiers", "transform_quantity", "unit_amount"];
        let amounts: Vec<_> =
            fields.into_iter().filter(|field| amounts.iter().any(|name| field.starts_with(name))).collect();
        assert_eq!(amounts, said);
    }
}
