//! The catalogues that come with Usher, sold by the sandbox and enforced; other currencies, to the last minor unit.

use domain::Catalog;
use service::{Caller, StartCheckout};
use testkit::{Card, World};

use super::{billing, invite, join};

macro_rules! sold {
    ($($name:ident($catalog:expr);)+) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
            super::$name(testkit::World::sqlite_selling($catalog).await).await;
        })+ }
        mod postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
            super::$name(testkit::World::postgres_selling($catalog).await).await;
        })+ }
    };
}

sold! {
    the_dashboard_is_sold_and_its_caps_hold(super::dashboard());
    the_founding_price_is_sold_and_its_cap_holds(super::founding());
    a_base_with_seats_and_use_is_one_payment(super::metered());
    yen_and_dinars_are_charged_to_the_last_unit(super::worldwide());
}

fn dashboard() -> Catalog {
    Catalog::parse("saas-dashboard.toml", include_str!("../../../catalog/saas-dashboard.toml")).unwrap()
}

fn founding() -> Catalog {
    Catalog::parse("founding.toml", include_str!("../../../catalog/founding.toml")).unwrap()
}

fn metered() -> Catalog {
    Catalog::parse("metered.toml", include_str!("../../../catalog/metered.toml")).unwrap()
}

/// The default catalogue, where Premium is sold by the month in yen and dinars, too.
fn worldwide() -> Catalog {
    let text = include_str!("../../../catalog/default.toml");
    let premium = "[[plan.prices]]\ninterval = \"month\"\ncurrency = \"usd\"\nper_seat = 2_900\n";
    let more = format!(
        "{premium}\n[[plan.prices]]\ninterval = \"month\"\ncurrency = \"jpy\"\nper_seat = 4_400\n\
         [[plan.prices]]\ninterval = \"month\"\ncurrency = \"kwd\"\nper_seat = 8_930\n"
    );
    assert!(text.contains(premium));
    Catalog::parse("worldwide.toml", &text.replacen(premium, &more, 1)).unwrap()
}

/// What the sandbox has taken: currency and amount of each paid invoice.
pub fn taken(world: &World) -> Vec<(String, i64)> {
    let invoices = world.sandbox.control().invoices();
    let paid = invoices.iter().filter(|invoice| invoice["status"] == "paid");
    paid.map(|invoice| {
        let currency = invoice["currency"].as_str().unwrap().to_owned();
        (currency, invoice["amount_paid"].as_i64().unwrap())
    })
    .collect()
}

async fn acme(world: &World) -> Caller {
    world.services.record_plans().await.unwrap();
    super::acme(world).await
}

/// Members until the cap says no, which it says at `cap`.
async fn fill(world: &World, owner: &Caller, from: u32, cap: u32) {
    for n in from..=cap {
        join(world, owner, &format!("member{n}@acme.test")).await;
    }
    let Err(service::Error::Refused(full)) = invite(&world.services, owner, "more@acme.test").await else {
        panic!("there is room beyond {cap}")
    };
    assert_eq!(full.code, "seats-full");
    world.settle().await;
}

async fn the_dashboard_is_sold_and_its_caps_hold(world: World) {
    let owner = acme(&world).await;
    fill(&world, &owner, 2, 1).await;
    world.buy(&owner, "acme", "starter", "month", 1).await;
    fill(&world, &owner, 2, 5).await;
    let seen = billing(&world, &owner).await;
    assert_eq!((seen.plan.key.as_str(), seen.plan.retention_days), ("starter", Some(30)));
    assert_eq!(taken(&world), [("usd".to_owned(), 2_900)], "flat, whoever joins");
    let ask = StartCheckout { plan: "enterprise".to_owned(), interval: "month".to_owned(), currency: None, seats: 1 };
    let Err(service::Error::Refused(why)) = service::start_checkout(&world.services, &owner, "acme", ask).await else {
        panic!("sold without a price")
    };
    assert_eq!(why.code, "plan-on-request");
}

async fn the_founding_price_is_sold_and_its_cap_holds(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "founding_monthly", "month", 1).await;
    fill(&world, &owner, 2, 10).await;
    let seen = billing(&world, &owner).await;
    assert_eq!(seen.plan.limits["trucking.max_locations"].limit, domain::plan::Limit::AtMost(5));
    assert!(seen.subscription.unwrap().trial_ends_at.is_none());
    assert_eq!(taken(&world), [("usd".to_owned(), 19_900)]);
}

async fn a_base_with_seats_and_use_is_one_payment(world: World) {
    let owner = acme(&world).await;
    world.buy(&owner, "acme", "scale", "month", 5).await;
    assert_eq!(taken(&world), [("usd".to_owned(), 9_900 + 2 * 1_900)], "two seats beyond the three, no use yet");
    let theirs = super::at_the_sandbox(&world).unwrap();
    let mut lines: Vec<(String, Option<u64>)> = theirs["items"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let said = &item["price"]["metadata"];
            let name = said["usher_meter"].as_str().or(said["usher_part"].as_str()).unwrap();
            (name.to_owned(), item["quantity"].as_u64())
        })
        .collect();
    lines.sort();
    let counted = ["devices", "events", "exports", "storage_gb"].map(|meter| (meter.to_owned(), None));
    let fixed = [("base".to_owned(), Some(1)), ("per_seat".to_owned(), Some(2))];
    let mut want: Vec<_> = counted.into_iter().chain(fixed).collect();
    want.sort();
    assert_eq!(lines, want, "what is counted has no quantity");
    let seen = billing(&world, &owner).await;
    assert_eq!((seen.plan.key.as_str(), seen.subscription.unwrap().total.to_string().as_str()), ("scale", "$137.00"));
}

async fn yen_and_dinars_are_charged_to_the_last_unit(world: World) {
    let owner = acme(&world).await;
    let dinars = world.owner("owner@dinar.test").await;
    world.company(&dinars, "Dinar", "dinar").await;
    for (who, slug, currency) in [(&owner, "acme", "jpy"), (&dinars, "dinar", "kwd")] {
        let wish = StartCheckout {
            plan: "premium".to_owned(),
            interval: "month".to_owned(),
            currency: Some(currency.to_owned()),
            seats: 3,
        };
        let url = service::start_checkout(&world.services, who, slug, wish).await.unwrap();
        let checkout = world.pay(&url, Card::Good).await.checkout();
        service::finish_checkout(&world.services, who, slug, &checkout).await.unwrap();
        world.settle().await;
    }
    let mut taken = taken(&world);
    taken.sort();
    assert_eq!(taken, [("jpy".to_owned(), 13_200), ("kwd".to_owned(), 26_790)]);
    let total = async |who: &Caller, slug: &str| {
        service::billing(&world.services, who, slug).await.unwrap().subscription.unwrap().total.to_string()
    };
    assert_eq!((total(&owner, "acme").await, total(&dinars, "dinar").await), ("¥13,200".into(), "KWD 26.790".into()));
}
