//! Renewals that are not paid, over the provider's HTTP and with its time: from the first failure to the recovery or the
//! end.

use std::time::Duration;

use domain::view::BillingView;
use domain::{Access, InvoiceStatus, SubscriptionStatus};
use service::{Caller, StartCheckout};
use testkit::{Card, World};

claims! {
    a_failed_renewal_is_told_once_and_recovers_with_the_next_try;
    who_never_pays_is_told_each_step_once_and_reads_in_the_end;
    a_bank_that_wants_a_word_at_renewal_is_told_as_that;
}

const DAY: Duration = Duration::from_hours(24);
const OWNER: &str = "owner@acme.test";

async fn acme(world: &World, card: Card) -> Caller {
    let owner = world.owner(OWNER).await;
    world.company(&owner, "Acme", "acme").await;
    let wish = StartCheckout { plan: "team".to_owned(), interval: "month".to_owned(), currency: None, seats: 1 };
    let page = service::start_checkout(&world.services, &owner, "acme", wish).await.unwrap();
    let _back = world.pay(&page, card).await.checkout();
    world.settle().await;
    owner
}

async fn billing(world: &World, who: &Caller) -> BillingView {
    service::billing(&world.services, who, "acme").await.unwrap()
}

fn told(world: &World, words: &str) -> usize {
    world.letters.to(OWNER).iter().filter(|letter| letter.subject.contains(words)).count()
}

/// Up to the hour after the draft of the first renewal.
async fn to_the_renewal(world: &World, who: &Caller) {
    let until = billing(world, who).await.subscription.unwrap().period.until;
    let left = until.since(world.services.billing_now());
    world.pass(left + Duration::from_mins(1)).await;
    world.pass(Duration::from_hours(2)).await;
}

async fn a_failed_renewal_is_told_once_and_recovers_with_the_next_try(world: World) {
    let owner = acme(&world, Card::Good).await;
    assert_eq!(billing(&world, &owner).await.invoices.len(), 1);
    world.sandbox.control().fail_next_payments(1);
    to_the_renewal(&world, &owner).await;
    let view = billing(&world, &owner).await;
    let debt = view.debt.clone().unwrap();
    assert_eq!((debt.amount.to_string().as_str(), view.desk.access), ("$99.00", Access::NoGrowth));
    assert_eq!(view.subscription.unwrap().status, SubscriptionStatus::PastDue);
    assert!(debt.next_attempt.is_some() && debt.page.is_some());
    assert_eq!(told(&world, "did not go through"), 1);
    for _ in 0..3 {
        world.pass(DAY).await;
    }
    let view = billing(&world, &owner).await;
    assert_eq!((view.debt, view.desk.access), (None, Access::Full));
    assert_eq!((view.invoices.len(), view.invoices[0].status), (2, InvoiceStatus::Paid));
    assert_eq!((told(&world, "did not go through"), told(&world, "is paid")), (1, 1));
}

async fn who_never_pays_is_told_each_step_once_and_reads_in_the_end(world: World) {
    let owner = acme(&world, Card::Good).await;
    world.sandbox.control().fail_next_payments(1_000);
    to_the_renewal(&world, &owner).await;
    let mut attempts = 1;
    for _ in 0..20 {
        world.pass(DAY).await;
        let view = billing(&world, &owner).await;
        if view.subscription.is_none() {
            break;
        }
        attempts += 1;
        assert!(told(&world, "did not go through") <= attempts);
    }
    let view = billing(&world, &owner).await;
    assert_eq!((view.subscription, view.desk.access), (None, Access::ReadOnly));
    assert!(view.debt.is_some(), "what is owed stays owed");
    assert!(told(&world, "did not go through") > 3);
    assert_eq!((told(&world, "was not paid"), told(&world, "is paid")), (1, 0));
}

async fn a_bank_that_wants_a_word_at_renewal_is_told_as_that(world: World) {
    let owner = acme(&world, Card::Confirmed).await;
    to_the_renewal(&world, &owner).await;
    let debt = billing(&world, &owner).await.debt.unwrap();
    assert!(debt.needs_confirmation, "{debt:?}");
    assert_eq!((told(&world, "needs you to confirm"), told(&world, "did not go through")), (1, 0));
}
