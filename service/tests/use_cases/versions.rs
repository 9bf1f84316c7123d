//! Who has bought keeps what was bought, whatever the catalogue says today; and what is paid in.

use domain::plan::Limit;
use domain::{Catalog, Interval, Plan};

use crate::stand::{Stand, code};

claims! {
    who_has_bought_keeps_the_plan_as_it_was;
    a_plan_that_has_left_the_file_works_for_who_has_it;
    another_seat_costs_what_it_cost_when_the_plan_was_bought;
    an_organization_pays_in_the_currency_of_its_first_purchase;
}

const DEFAULT: &str = include_str!("../../../catalog/default.toml");

fn catalog(text: &str) -> Catalog {
    Catalog::parse("test.toml", text).unwrap_or_else(|no| panic!("{no}"))
}

/// The default catalogue with `from` replaced.
fn changed(from: &str, to: &str) -> Catalog {
    let text = DEFAULT.replacen(from, to, 1);
    assert_ne!(text, DEFAULT);
    catalog(&text)
}

fn projects(plan: &Plan) -> Limit {
    plan.limits["projects"].limit
}

async fn who_has_bought_keeps_the_plan_as_it_was(mut stand: Stand) {
    stand.s.record_plans().await.unwrap();
    let owner = stand.acme().await;
    stand.buy(&owner, "team", "month").await;
    let smaller = DEFAULT
        .replacen("included = 20, max = 20", "included = 2, max = 2", 1)
        .replacen("name = \"Projects\", limit = 10 ", "name = \"Projects\", limit = 3 ", 1)
        .replacen("base = 9_900", "base = 12_900", 1);
    stand.sell(catalog(&smaller));
    stand.s.record_plans().await.unwrap();

    for n in 2..=4 {
        stand.join(&owner, &format!("member{n}@acme.test"), "member").await;
    }
    stand.settle().await;
    let bought = stand.till.inside().subscriptions[0].subscription.clone();
    stand.webhook(&stand.till.event("customer.subscription.updated", &bought)).await.unwrap();
    stand.settle().await;
    let seen = stand.billing(&owner).await;
    assert_eq!((projects(&seen.plan), seen.desk.seats.limit.cap()), (Limit::AtMost(10), Some(20)));
    assert_eq!(seen.subscription.unwrap().total.to_string(), "$99.00");
    let sold = seen.plans.iter().find(|plan| plan.key.as_str() == "team").unwrap();
    assert_eq!(projects(sold), Limit::AtMost(3), "while others are offered the new one");

    let other = stand.sign_up("owner@other.test").await;
    stand.create(&other, "Other", "other").await.unwrap();
    let wish =
        service::StartCheckout { plan: "team".to_owned(), interval: "month".to_owned(), currency: None, seats: 1 };
    let url = service::start_checkout(&stand.s, &other, "other", wish).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &other, "other", &page).await.unwrap();
    let theirs = service::billing(&stand.s, &other, "other").await.unwrap();
    assert_eq!((projects(&theirs.plan), theirs.desk.seats.limit.cap()), (Limit::AtMost(3), Some(2)));
    assert_eq!(theirs.subscription.unwrap().total.to_string(), "$129.00");
}

async fn a_plan_that_has_left_the_file_works_for_who_has_it(mut stand: Stand) {
    stand.s.record_plans().await.unwrap();
    let owner = stand.acme_with_all_access(1).await;
    let (before, _) = DEFAULT.split_once("[[plan]]\nkey = \"all_access\"").unwrap();
    stand.sell(catalog(before));
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2, "seats go on being billed");
    let seen = stand.billing(&owner).await;
    assert_eq!((seen.plan.name.as_str(), seen.desk.plan.as_str()), ("All Access", "All Access"));
    assert_eq!(seen.subscription.unwrap().total.to_string(), "$9,998.00");
    assert_eq!(code(stand.invite(&owner, "someone@other.test").await), "other-domain", "and its rules hold");
    stand.team(&owner).await;
    service::general(&stand.s, &owner, "acme").await.unwrap();
    let no =
        service::StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), currency: None, seats: 1 };
    assert_eq!(code(service::start_checkout(&stand.s, &owner, "acme", no).await), "plan-unknown");
}

async fn another_seat_costs_what_it_cost_when_the_plan_was_bought(mut stand: Stand) {
    stand.s.record_plans().await.unwrap();
    let owner = stand.acme().await;
    stand.buy(&owner, "premium", "month").await;
    stand.sell(changed("per_seat = 2_900", "per_seat = 3_900"));
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    let seen = stand.billing(&owner).await.subscription.unwrap();
    assert_eq!((seen.quantity, seen.total.to_string().as_str()), (2, "$58.00"));
    let team = stand.team(&owner).await;
    assert_eq!(team.per_seat.map(|(each, _)| each.to_string()).as_deref(), Some("$29.00"));
}

async fn an_organization_pays_in_the_currency_of_its_first_purchase(mut stand: Stand) {
    let team = "[[plan.prices]]\ninterval = \"month\"\ncurrency = \"usd\"\nbase = 9_900\n";
    let more = format!(
        "{team}\n[[plan.prices]]\ninterval = \"month\"\ncurrency = \"jpy\"\nbase = 14_800\n\
         [[plan.prices]]\ninterval = \"month\"\ncurrency = \"kwd\"\nbase = 30_500\n"
    );
    stand.sell(changed(team, &more));
    let owner = stand.acme().await;
    let start = async |plan: &str, currency: Option<&str>| {
        let (plan, currency) = (plan.to_owned(), currency.map(str::to_owned));
        let wish = service::StartCheckout { plan, interval: "month".to_owned(), currency, seats: 1 };
        service::start_checkout(&stand.s, &owner, "acme", wish).await
    };
    assert_eq!(code(start("team", Some("eur")).await), "other-currency");
    assert_eq!(code(start("team", Some("¥")).await), "other-currency");
    let url = start("team", Some("kwd")).await.unwrap();
    let (page, bought) = stand.till.pay(&url);
    assert_eq!(bought.currency.code(), "kwd");
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    let seen = stand.billing(&owner).await;
    assert_eq!(seen.subscription.unwrap().total.to_string(), "KWD 30.500");
    assert_eq!(seen.currency.map(|code| code.to_string()).as_deref(), Some("kwd"));

    // It ends, and they come back.
    stand.till.change(&bought.id, |it| it.status = domain::SubscriptionStatus::Canceled);
    stand.webhook(&stand.till.event("customer.subscription.deleted", &bought)).await.unwrap();
    stand.settle().await;
    assert_eq!(code(start("team", Some("usd")).await), "currency-fixed");
    assert_eq!(code(start("premium", None).await), "currency-fixed", "it is not sold in it");
    let url = start("team", None).await.unwrap();
    let (_, again) = stand.till.pay(&url);
    assert_eq!((again.currency.code(), again.interval), ("kwd", Some(Interval::Month)));
}
