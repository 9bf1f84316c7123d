//! The shop at the provider: brought in order once, and examined.

use std::time::Duration;

use domain::subscription::ProviderPriceId;
use payments::provider::{ShopChange, ShopEndpoint, ShopPortal, ShopPrice};
use service::{Severity, Surroundings, examine_shop, shop_diff, sync_shop};

use crate::stand::Stand;
use crate::till::shop::Shelves;

claims! {
    the_difference_is_shown_then_made_and_the_second_time_there_is_nothing_to_do;
    a_price_is_never_edited;
    what_somebody_pays_is_not_put_away;
    an_endpoint_in_another_version_is_replaced_and_then_switched_off;
    a_shop_in_order_is_well;
    the_doctor_finds_every_fault;
    the_doctor_knows_a_key_of_another_account;
    the_doctor_looks_where_it_is_and_where_the_money_goes;
}

const URL: &str = "https://usher.test/webhooks/stripe";

async fn in_order(stand: &Stand) {
    sync_shop(&stand.s).await.unwrap();
}

fn change(stand: &Stand, change: impl FnOnce(&mut Shelves)) {
    change(&mut stand.till.inside().shelves);
}

async fn codes(stand: &Stand, around: &Surroundings) -> Vec<(&'static str, Severity)> {
    let found = examine_shop(&stand.s, around).await.unwrap();
    assert!(found.iter().all(|one| !one.what.is_empty() && !one.means.is_empty() && !one.remedy.is_empty()));
    found.into_iter().map(|one| (one.code, one.severity)).collect()
}

/// What the doctor says about one fault in a shop that was in order.
async fn fault(stand: &Stand, fault: impl FnOnce(&mut Shelves)) -> Vec<&'static str> {
    in_order(stand).await;
    change(stand, fault);
    let found = codes(stand, &Surroundings::default()).await.into_iter().map(|(code, _)| code).collect();
    *stand.till.inside() = crate::till::Inside::default();
    found
}

async fn the_difference_is_shown_then_made_and_the_second_time_there_is_nothing_to_do(stand: Stand) {
    let shown = shop_diff(&stand.s).await.unwrap();
    assert!(stand.till.inside().shelves.changes.is_empty(), "showing changes nothing");
    let price = ("+ price usher_team@", "_month_usd_base_9900");
    for (begins, ends) in [("+ product usher_team", ""), price, ("+ portal", ""), ("+ webhook endpoint", "")] {
        let wanted = |line: &String| line.starts_with(begins) && line.ends_with(ends);
        assert!(shown.changes.iter().any(wanted), "{begins}: {shown:?}");
    }
    let made = sync_shop(&stand.s).await.unwrap();
    assert_eq!((&made.changes, made.secret.as_deref()), (&shown.changes, Some("whsec_new")));
    assert!(!format!("{:?}", stand.till.inside().shelves.endpoints).contains("whsec_new"));
    let again = sync_shop(&stand.s).await.unwrap();
    assert_eq!((again.changes.len(), again.left.len(), again.secret), (0, 0, None), "{:?}", again.changes);
}

async fn a_price_is_never_edited(stand: Stand) {
    in_order(&stand).await;
    let (id, key) = {
        let mut inside = stand.till.inside();
        let price = &mut inside.shelves.prices[0];
        price.unit = Some(1);
        (price.id.clone(), price.lookup_key.clone().unwrap())
    };
    let done = sync_shop(&stand.s).await.unwrap();
    assert!(done.changes.is_empty() && done.left[0].contains(&key), "{done:?}");
    change(&stand, |shelves| shelves.prices[0].lookup_key = None);
    let done = sync_shop(&stand.s).await.unwrap();
    assert_eq!(done.changes, [format!("+ price {key}")]);
    let inside = stand.till.inside();
    let old = inside.shelves.prices.iter().find(|price| price.id == id && price.lookup_key.is_none()).unwrap();
    assert_eq!((old.unit, old.active), (Some(1), true), "what has no key of ours is none of ours");
}

async fn what_somebody_pays_is_not_put_away(stand: Stand) {
    in_order(&stand).await;
    let old = |id: &str| ShopPrice {
        id: ProviderPriceId(id.to_owned()),
        product: "usher_team".to_owned(),
        lookup_key: Some(format!("usher_team_month_usd_base_{}", id.len())),
        unit: Some(100),
        currency: "usd".to_owned(),
        interval: Some("month".to_owned()),
        interval_count: 1,
        active: true,
        livemode: false,
    };
    change(&stand, |shelves| shelves.prices.extend([old("price_paid"), old("price_left")]));
    stand.acme_with_all_access(1).await;
    stand.till.inside().paid_prices = vec![ProviderPriceId("price_paid".to_owned())];
    let done = sync_shop(&stand.s).await.unwrap();
    assert_eq!(done.changes, ["- price price_left: put away, nobody pays it"]);
    assert!(done.left.len() == 1 && done.left[0].starts_with("price_paid"), "{done:?}");
    assert_eq!(sync_shop(&stand.s).await.unwrap().changes.len(), 0);
}

async fn an_endpoint_in_another_version_is_replaced_and_then_switched_off(stand: Stand) {
    in_order(&stand).await;
    change(&stand, |shelves| {
        shelves.endpoints[0].api_version = Some("2024-06-20".to_owned());
        shelves.changes.clear();
    });
    let done = sync_shop(&stand.s).await.unwrap();
    assert!(done.secret.is_some());
    let changes = stand.till.inside().shelves.changes.clone();
    assert!(
        matches!(&changes[..], [ShopChange::MakeEndpoint { .. }, ShopChange::SwitchEndpointOff { .. }]),
        "the new one first, so that nothing goes untold: {changes:?}"
    );
    assert_eq!(sync_shop(&stand.s).await.unwrap().changes.len(), 0);
}

async fn a_shop_in_order_is_well(stand: Stand) {
    in_order(&stand).await;
    stand.acme_with_all_access(1).await;
    assert_eq!(codes(&stand, &Surroundings::default()).await, []);
}

async fn the_doctor_finds_every_fault(stand: Stand) {
    assert_eq!(fault(&stand, |shop| shop.prices.clear()).await, ["price-missing"]);
    assert_eq!(fault(&stand, |shop| shop.prices[0].unit = Some(1)).await, ["price-drifted"]);
    assert_eq!(fault(&stand, |shop| shop.prices[0].active = false).await, ["price-put-away"]);
    assert_eq!(fault(&stand, |shop| shop.endpoints.clear()).await, ["endpoint-missing"]);
    assert_eq!(fault(&stand, |shop| shop.endpoints[0].enabled = false).await, ["endpoint-disabled"]);
    assert_eq!(fault(&stand, |shop| shop.endpoints[0].events = vec!["*".into()]).await, ["endpoint-events"]);
    assert_eq!(fault(&stand, |shop| shop.endpoints[0].api_version = None).await, ["endpoint-version"]);
    assert_eq!(fault(&stand, |shop| shop.endpoints[0].livemode = true).await, ["endpoint-mode"]);
    assert_eq!(fault(&stand, |shop| shop.portals.clear()).await, ["portal-missing"]);
    let seats = |portal: &mut ShopPortal| (portal.changes, portal.quantity) = (true, true);
    assert_eq!(fault(&stand, |shop| seats(&mut shop.portals[0])).await, ["portal-settings"]);
    assert_eq!(fault(&stand, |shop| shop.portals[0].current = false).await, ["portal-settings"]);
    let default = |shop: &mut Shelves| {
        let mut other = ShopPortal { id: "bpc_default".into(), ours: false, default: true, ..shop.portals[0].clone() };
        seats(&mut other);
        shop.portals.push(other);
    };
    assert_eq!(fault(&stand, default).await, ["portal-default-changes-seats"]);
    assert_eq!(fault(&stand, |shop| shop.account.charges_enabled = false).await, ["charges-disabled"]);
    assert_eq!(fault(&stand, |shop| shop.account.payouts_enabled = false).await, ["payouts-disabled"]);
    let own = |shop: &mut Shelves| shop.account.default_currency = Some("chf".into());
    assert_eq!(fault(&stand, own).await, ["currency-mismatch"]);
    let bank = |shop: &mut Shelves| shop.account.banks.as_mut().unwrap()[0].currency = "eur".into();
    assert_eq!(fault(&stand, bank).await, ["payout-currency-mismatch"]);
    for (secs, found) in [(0, vec![]), (119, vec![]), (121, vec!["clock-skew"])] {
        let now = stand.s.now();
        let ahead = |shop: &mut Shelves| shop.account.answered_at = Some(now.plus(Duration::from_secs(secs)));
        assert_eq!(fault(&stand, ahead).await, found);
        let behind = |shop: &mut Shelves| shop.account.answered_at = Some(now.minus(Duration::from_secs(secs)));
        assert_eq!(fault(&stand, behind).await, found);
    }
    let other = ShopEndpoint {
        id: "we_other".into(),
        url: "https://elsewhere.test/hook".into(),
        events: vec!["*".into()],
        api_version: None,
        enabled: true,
        livemode: false,
    };
    assert_eq!(fault(&stand, |shop| shop.endpoints.push(other)).await, [""; 0], "others' endpoints are others'");
    assert!(URL.starts_with(&stand.s.settings().public_url));
}

async fn the_doctor_knows_a_key_of_another_account(stand: Stand) {
    in_order(&stand).await;
    stand.acme_with_all_access(1).await;
    let customer = stand.till.inside().customers[0].clone();
    change(&stand, |shelves| shelves.unknown.push(customer));
    assert_eq!(codes(&stand, &Surroundings::default()).await, [("key-of-another-account", Severity::Broken)]);
}

async fn the_doctor_looks_where_it_is_and_where_the_money_goes(stand: Stand) {
    in_order(&stand).await;
    let around = |production, live_key, stripe| Surroundings { production, live_key, stripe, payout_bank: None };
    assert_eq!(codes(&stand, &around(true, false, false)).await, [("sandbox-in-production", Severity::Broken)]);
    assert_eq!(codes(&stand, &around(true, false, true)).await, [("test-key-in-production", Severity::Broken)]);
    let live = codes(&stand, &around(false, true, true)).await;
    assert!(live.contains(&("live-key-in-development", Severity::Broken)), "{live:?}");
    for (bank, right) in [("First Century", true), ("6789", true), ("first century bank", true), ("Payoneer", false)] {
        let around = Surroundings { payout_bank: Some(bank.to_owned()), ..Surroundings::default() };
        let found = codes(&stand, &around).await;
        assert_eq!(found.is_empty(), right, "{bank}: {found:?}");
        assert!(right || found == [("payout-bank", Severity::Broken)]);
    }
    change(&stand, |shelves| shelves.account.banks = None);
    let around = Surroundings { payout_bank: Some("Payoneer".to_owned()), ..Surroundings::default() };
    assert_eq!(codes(&stand, &around).await, [("bank-hidden", Severity::Note)]);
}
