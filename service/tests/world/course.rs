//! The course of a plan over the provider's HTTP, with time that passes.

use std::time::Duration;

use domain::course::Step;
use domain::{Access, Interval};
use service::{Caller, Error};
use testkit::World;

use super::{acme, at_the_sandbox, billing, join};

claims! {
    an_end_comes_with_the_period_and_something_is_bought_again;
    an_end_of_the_providers_page_is_taken_back_here;
    a_smaller_plan_begins_with_the_next_period_and_no_schedule_is_left_in_the_way;
    what_is_scheduled_is_undone_and_the_plan_renews;
    a_pause_is_read_and_goes_on;
}

const DAY: Duration = Duration::from_hours(24);

async fn with(world: &World, plan: &str, interval: &str) -> Caller {
    let owner = acme(world).await;
    world.buy(&owner, "acme", plan, interval, 1).await;
    owner
}

fn code(answer: Result<(), Error>) -> String {
    match answer {
        Ok(()) => "-".to_owned(),
        Err(Error::Refused(why)) => why.code,
        Err(other) => panic!("{other:?}"),
    }
}

async fn an_end_comes_with_the_period_and_something_is_bought_again(world: World) {
    let owner = with(&world, "enterprise", "month").await;
    let s = &world.services;
    service::cancel_plan(s, &owner, "acme", Some("unused".to_owned()), None).await.unwrap();
    let view = billing(&world, &owner).await;
    let ends = view.subscription.unwrap().ends_at.unwrap();
    assert_eq!((view.desk.access, view.course.unwrap().steps), (Access::Full, vec![Step::Resume, Step::Buy]));
    world.pass(DAY * 20).await;
    assert_eq!(billing(&world, &owner).await.desk.access, Access::Full, "until the day");
    world.pass(ends.since(s.billing_now()) + Duration::from_hours(2)).await;
    let view = billing(&world, &owner).await;
    assert_eq!((view.desk.access, view.course), (Access::ReadOnly, None));
    let page = service::reactivation(s, &owner, "acme").await.unwrap().unwrap();
    assert_eq!(page.plan, "Enterprise");
    assert_eq!(code(service::resume_plan(s, &owner, "acme").await), "nothing-bought");
    world.buy(&owner, "acme", "enterprise", "month", 1).await;
    assert_eq!(billing(&world, &owner).await.desk.access, Access::Full);
}

async fn an_end_of_the_providers_page_is_taken_back_here(world: World) {
    let owner = with(&world, "enterprise", "month").await;
    let s = &world.services;
    let url = service::open_portal(s, &owner, "acme", "home").await.unwrap();
    let subscription = at_the_sandbox(&world).unwrap()["id"].as_str().unwrap().to_owned();
    let page = world.browser.open(&format!("{url}/cancel/{subscription}")).await.unwrap();
    world.browser.press(&page, "Cancel", &[]).await.unwrap();
    // As on subscriptions of today: the date alone, and not the flag.
    let theirs = at_the_sandbox(&world).unwrap();
    assert!(theirs["cancel_at"].is_number() && theirs["cancel_at_period_end"] == false, "{theirs}");
    service::back_from_portal(s, &owner, "acme").await.unwrap();
    let ends = billing(&world, &owner).await.subscription.unwrap().ends_at;
    assert!(ends.is_some(), "it is seen at once");
    service::resume_plan(s, &owner, "acme").await.unwrap();
    assert_eq!(billing(&world, &owner).await.subscription.unwrap().ends_at, None);
    world.pass(DAY * 32).await;
    assert_eq!(billing(&world, &owner).await.desk.access, Access::Full, "it has renewed");
}

async fn a_smaller_plan_begins_with_the_next_period_and_no_schedule_is_left_in_the_way(world: World) {
    let owner = with(&world, "enterprise", "month").await;
    let s = &world.services;
    join(&world, &owner, "b@acme.test").await;
    let said = service::later(s, &owner, "acme", "team", "month").await.unwrap();
    service::schedule_change(s, &owner, "acme", "team", "month", &said.hash).await.unwrap();
    world.settle().await;
    let view = billing(&world, &owner).await;
    let next = view.course.unwrap().next.unwrap();
    assert_eq!((view.plan.key.as_str(), next.plan.as_deref(), next.at), ("enterprise", Some("Team"), said.at));
    world.pass(said.at.since(s.billing_now()) + Duration::from_hours(3)).await;
    let view = billing(&world, &owner).await;
    let bought = view.subscription.unwrap();
    assert_eq!((view.plan.key.as_str(), bought.total, view.course.unwrap().next), ("team", said.total, None));
    assert_eq!(view.desk.seats.count.active, 2, "everybody fits");
    // The schedule's last phase runs, and an end is decided nevertheless.
    service::cancel_plan(s, &owner, "acme", None, None).await.unwrap();
    service::resume_plan(s, &owner, "acme").await.unwrap();
}

async fn what_is_scheduled_is_undone_and_the_plan_renews(world: World) {
    let owner = with(&world, "premium", "year").await;
    let s = &world.services;
    let said = service::later(s, &owner, "acme", "premium", "month").await.unwrap();
    service::schedule_change(s, &owner, "acme", "premium", "month", &said.hash).await.unwrap();
    service::undo_change(s, &owner, "acme").await.unwrap();
    assert_eq!(code(service::undo_change(s, &owner, "acme").await), "nothing-scheduled");
    world.pass(said.at.since(s.billing_now()) + Duration::from_hours(3)).await;
    let view = billing(&world, &owner).await;
    assert_eq!((view.subscription.unwrap().interval, view.desk.access), (Interval::Year, Access::Full));
}

async fn a_pause_is_read_and_goes_on(world: World) {
    let owner = with(&world, "enterprise", "month").await;
    let s = &world.services;
    service::pause_plan(s, &owner, "acme").await.unwrap();
    world.pass(DAY * 40).await;
    let view = billing(&world, &owner).await;
    assert_eq!((view.desk.access, view.course.unwrap().steps), (Access::ReadOnly, vec![Step::Unpause]));
    service::unpause_plan(s, &owner, "acme").await.unwrap();
    world.settle().await;
    assert_eq!(billing(&world, &owner).await.desk.access, Access::Full);
}
