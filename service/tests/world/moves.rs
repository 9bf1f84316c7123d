//! Subscribers are moved over the provider's HTTP, and the day comes.

use std::time::Duration;

use domain::Catalog;
use domain::plan::Limit;
use service::{Caller, Fate, MovePlan, PlanMove};
use testkit::World;

use super::catalogues::taken;
use super::{acme, at_the_sandbox, billing};

claims! {
    a_move_begins_with_the_renewal_and_nothing_is_charged_before;
    a_better_version_takes_the_place_without_an_invoice;
    what_an_owner_arranges_instead_is_theirs;
}

const DEFAULT: &str = include_str!("../../../catalog/default.toml");

/// Team as it was is bought, and is another one since.
async fn with(world: &mut World, interval: &str, changes: &[(&str, &str)]) -> (Caller, PlanMove) {
    world.services.record_plans().await.unwrap();
    let owner = acme(world).await;
    world.buy(&owner, "acme", "team", interval, 1).await;
    let mut text = DEFAULT.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    world.sell(Catalog::parse("test.toml", &text).unwrap()).await;
    world.services.record_plans().await.unwrap();
    let said = MovePlan { from: "team".to_owned(), to: Some("team".to_owned()), organization: None };
    (owner, service::plan_move(&world.services, &said).await.unwrap())
}

const DEARER: [(&str, &str); 2] =
    [("base = 9_900", "base = 12_900"), ("name = \"Projects\", limit = 10 ", "name = \"Projects\", limit = 3 ")];

async fn projects(world: &World, owner: &Caller) -> Limit {
    billing(world, owner).await.plan.limits["projects"].limit
}

async fn a_move_begins_with_the_renewal_and_nothing_is_charged_before(mut world: World) {
    let (owner, how) = with(&mut world, "month", &DEARER).await;
    let Fate::At(at) = how.rows[0].fate else { panic!("{:?}", how.rows) };
    service::move_subscriber(&world.services, &how, &how.rows[0]).await.unwrap();
    world.settle().await;
    assert_eq!((taken(&world), projects(&world, &owner).await), (vec![("usd".to_owned(), 9_900)], Limit::AtMost(10)));
    let next = billing(&world, &owner).await.course.unwrap().next.unwrap();
    assert_eq!((next.at, next.moved, next.total.unwrap().to_string().as_str()), (at, true, "$129.00"));
    world.pass(at.since(world.services.billing_now()) + Duration::from_hours(3)).await;
    assert_eq!(taken(&world).iter().map(|(_, amount)| *amount).sum::<i64>(), 9_900 + 12_900, "and to the cent");
    let view = billing(&world, &owner).await;
    assert_eq!((projects(&world, &owner).await, view.course.unwrap().next), (Limit::AtMost(3), None));
    let said = MovePlan { from: "team".to_owned(), to: Some("team".to_owned()), organization: None };
    assert_eq!(service::plan_move(&world.services, &said).await.unwrap().rows, [], "nobody is left");
}

async fn a_better_version_takes_the_place_without_an_invoice(mut world: World) {
    let more = [("name = \"Projects\", limit = 10 ", "name = \"Projects\", limit = 25 ")];
    let (owner, how) = with(&mut world, "year", &more).await;
    let (before, invoices) = (at_the_sandbox(&world).unwrap(), taken(&world));
    assert_eq!(how.rows[0].fate, Fate::AtOnce);
    service::move_subscriber(&world.services, &how, &how.rows[0]).await.unwrap();
    world.settle().await;
    let after = at_the_sandbox(&world).unwrap();
    assert_ne!(after["items"]["data"][0]["price"]["id"], before["items"]["data"][0]["price"]["id"]);
    assert_eq!(after["items"]["data"][0]["id"], before["items"]["data"][0]["id"], "the line stays");
    let end = |it: &serde_json::Value| it["items"]["data"][0]["current_period_end"].as_i64();
    assert_eq!((end(&after), taken(&world)), (end(&before), invoices));
    assert_eq!(projects(&world, &owner).await, Limit::AtMost(25));
    let renews = billing(&world, &owner).await.subscription.unwrap().period.until;
    world.pass(renews.since(world.services.billing_now()) + Duration::from_hours(3)).await;
    assert_eq!(taken(&world).iter().map(|(_, amount)| *amount).collect::<Vec<_>>(), [95_000, 95_000]);
}

async fn what_an_owner_arranges_instead_is_theirs(mut world: World) {
    let (owner, how) = with(&mut world, "year", &[("base = 95_000", "base = 99_000")]).await;
    service::move_subscriber(&world.services, &how, &how.rows[0]).await.unwrap();
    let s = &world.services;
    let said = service::later(s, &owner, "acme", "team", "month").await.unwrap();
    service::schedule_change(s, &owner, "acme", "team", "month", &said.hash).await.unwrap();
    let next = billing(&world, &owner).await.course.unwrap().next.unwrap();
    assert_eq!((next.moved, next.interval), (false, Some(domain::Interval::Month)), "the mark is gone with the move");
    service::undo_change(s, &owner, "acme").await.unwrap();
    assert_eq!(billing(&world, &owner).await.course.unwrap().next, None);
}
