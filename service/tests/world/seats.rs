//! The money of seats over the provider's HTTP: to the cent, through renewals that are looked at and renewals that are not.

use std::time::Duration;

use domain::time::Period;
use service::Caller;
use testkit::World;

use super::catalogues::taken;
use super::{billing, join};

claims! {
    a_member_of_a_yearly_plan_is_billed_within_a_month;
    a_seat_of_one_day_leaves_the_next_invoice_as_it_was;
    who_left_is_not_billed_in_the_next_period;
    a_renewal_that_nobody_looked_at_is_given_back_before_it_is_paid;
}

const DAY: Duration = Duration::from_hours(24);
const MONTHLY: i64 = 2_900;
const YEARLY: i64 = 27_800;

/// A company with one seat of Premium.
async fn premium(world: &World, interval: &str) -> (Caller, Period) {
    let owner = super::acme(world).await;
    world.buy(&owner, "acme", "premium", interval, 1).await;
    let period = billing(world, &owner).await.subscription.unwrap().period;
    (owner, period)
}

async fn leave(world: &World, who: &Caller) {
    service::leave(&world.services, who, "acme").await.unwrap();
    world.settle().await;
}

async fn billed(world: &World, owner: &Caller) -> u32 {
    billing(world, owner).await.subscription.unwrap().quantity
}

/// What a change from one number of seats to another costs, counted from the beginning of today: each line by itself, to
/// the nearest cent.
fn prorated(world: &World, period: Period, unit: i64, from: i64, to: i64) -> i64 {
    let now = world.services.billing_now().secs();
    let since = (now - now.rem_euclid(86_400)).max(period.from.secs());
    let (left, whole) = (period.until.secs() - since, period.until.secs() - period.from.secs());
    let line = |seats: i64| (2 * seats * unit * left + whole) / (2 * whole);
    line(to) - line(from)
}

/// The sum of all that was paid.
fn sum(world: &World) -> i64 {
    taken(world).iter().map(|(_, amount)| amount).sum()
}

async fn a_member_of_a_yearly_plan_is_billed_within_a_month(world: World) {
    let (owner, period) = premium(&world, "year").await;
    world.pass(40 * DAY).await;
    join(&world, &owner, "second@acme.test").await;
    world.settle().await;
    let more = prorated(&world, period, YEARLY, 1, 2);
    assert!(more > YEARLY / 2);
    assert_eq!(sum(&world), YEARLY, "not yet");
    world.pass(31 * DAY).await;
    world.pass(Duration::from_hours(2)).await;
    assert_eq!(sum(&world), YEARLY + more, "{:?}", taken(&world));
    assert_eq!(billed(&world, &owner).await, 2);
}

async fn a_seat_of_one_day_leaves_the_next_invoice_as_it_was(world: World) {
    let (owner, period) = premium(&world, "month").await;
    world.pass(3 * DAY).await;
    for n in 0..3 {
        let guest = join(&world, &owner, &format!("guest{n}@acme.test")).await;
        world.settle().await;
        assert_eq!(billed(&world, &owner).await, 2);
        leave(&world, &guest).await;
        assert_eq!(billed(&world, &owner).await, 1);
    }
    world.pass(period.until.since(world.services.billing_now()) + Duration::from_hours(2)).await;
    assert_eq!(taken(&world).iter().map(|(_, amount)| *amount).collect::<Vec<_>>(), [MONTHLY, MONTHLY]);
}

async fn who_left_is_not_billed_in_the_next_period(world: World) {
    let (owner, period) = premium(&world, "month").await;
    world.pass(2 * DAY).await;
    let second = join(&world, &owner, "second@acme.test").await;
    join(&world, &owner, "third@acme.test").await;
    world.settle().await;
    let more = prorated(&world, period, MONTHLY, 1, 3);
    world.pass(2 * DAY).await;
    leave(&world, &second).await;
    assert_eq!(billed(&world, &owner).await, 3, "paid for until the period ends");
    world.pass(period.until.since(world.services.billing_now()).checked_sub(Duration::from_mins(90)).unwrap()).await;
    assert_eq!(billed(&world, &owner).await, 2);
    world.pass(Duration::from_hours(3)).await;
    // Two steps up on one day are as one, to within the rounding of their lines.
    assert!((sum(&world) - (MONTHLY + more + 2 * MONTHLY)).abs() <= 2, "{:?}, {more}", taken(&world));
}

async fn a_renewal_that_nobody_looked_at_is_given_back_before_it_is_paid(world: World) {
    let (owner, period) = premium(&world, "month").await;
    world.pass(2 * DAY).await;
    let second = join(&world, &owner, "second@acme.test").await;
    world.settle().await;
    let more = prorated(&world, period, MONTHLY, 1, 2);
    world.pass(2 * DAY).await;
    leave(&world, &second).await;
    // The last hours of the period pass without a worker; the invoice of the next one is a draft.
    world.pass(period.until.since(world.services.billing_now()) + Duration::from_mins(20)).await;
    assert_eq!(billed(&world, &owner).await, 1);
    assert_eq!(sum(&world), MONTHLY, "nothing was charged since");
    world.pass(Duration::from_hours(3)).await;
    assert_eq!(sum(&world), MONTHLY + more + MONTHLY, "{:?}", taken(&world));
}
