//! Buying a plan, and what is billed afterwards.

use std::time::Duration;

use domain::view::CheckoutOutcome;
use domain::{Access, Interval, SubscriptionStatus};
use service::StartCheckout;

use crate::stand::{Stand, code};
use crate::till::Mood;

claims! {
    a_paid_page_makes_the_plan_active;
    twenty_starts_make_one_customer_and_one_open_page;
    asking_for_the_same_gives_the_open_page_and_for_something_else_closes_it;
    a_cancelled_page_is_closed_and_cannot_be_paid_later;
    an_expired_page_makes_room_for_a_new_one;
    who_has_a_plan_cannot_buy_another;
    a_purchase_the_mirror_has_not_seen_is_not_made_twice;
    a_purchase_that_was_over_before_it_was_seen_stands_in_nobodys_way;
    a_customer_whose_answer_was_lost_does_not_depend_on_who_is_the_first_owner;
    what_is_not_sold_cannot_be_bought;
    seats_cover_the_members_and_stay_under_the_cap;
    a_plan_with_a_flat_price_is_bought_once_whatever_the_seats;
    a_page_of_another_organization_is_not_found;
    the_provider_away_leaves_nothing_half_done;
    a_lost_answer_does_not_open_a_second_page;
    a_company_that_moves_after_a_lost_answer_gets_the_same_page;
    seats_without_a_cap_are_not_sold_by_the_thousands;
    a_start_that_died_before_its_page_does_not_stand_in_the_way;
    seats_are_sent_when_the_provider_is_back;
    a_seat_change_whose_answer_was_lost_is_not_sent_twice;
    a_number_that_returns_is_sent_again;
    who_joins_before_the_purchase_is_seen_is_billed;
    an_end_leaves_everything_as_it_was_to_be_read_and_nobody_out;
    a_late_payment_stops_growth_and_nothing_else;
}

async fn a_paid_page_makes_the_plan_active(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    assert_eq!(stand.billing(&owner).await.open_checkout.unwrap().url, url);
    let page = stand.till.inside().pages[0].clone();
    assert_eq!(page.1.success_url, "https://usher.test/app/acme/billing?checkout={CHECKOUT_SESSION_ID}");
    assert_eq!(page.1.cancel_url, "https://usher.test/app/acme/billing?checkout=cancelled");
    let finish = async || service::finish_checkout(&stand.s, &owner, "acme", &page.0.id.0).await.unwrap();
    assert_eq!(finish().await, CheckoutOutcome::Open);
    stand.till.pay(&url);
    assert_eq!(finish().await, CheckoutOutcome::Active);
    assert_eq!(finish().await, CheckoutOutcome::Active, "however often somebody comes back");

    let billing = stand.billing(&owner).await;
    assert_eq!((billing.plan.name.as_str(), billing.desk.access), ("All Access", Access::Full));
    assert_eq!(billing.open_checkout, None);
    let bought = billing.subscription.unwrap();
    assert_eq!((bought.interval, bought.quantity), (Interval::Year, 1));
    assert_eq!(
        (bought.per_seat.unwrap().to_string(), bought.total.to_string()),
        ("$4,999.00".into(), "$4,999.00".into())
    );
    assert_eq!(bought.card.as_deref(), Some("Visa 4242"));
    assert_eq!(stand.team(&owner).await.per_seat.unwrap().1, Interval::Year);
    stand.settle().await;
    assert!(stand.till.inside().quantities.is_empty(), "nothing to correct");
}

async fn twenty_starts_make_one_customer_and_one_open_page(stand: Stand) {
    let owner = stand.acme().await;
    let starts = (0..20).map(|_| stand.start(&owner, "all_access", "year", 1));
    let urls: Vec<String> = futures::future::join_all(starts).await.into_iter().map(Result::unwrap).collect();
    assert!(urls.iter().all(|url| url == &urls[0]), "{urls:?}");
    assert_eq!(stand.till.customers_and_open_pages(), (1, 1));
}

async fn asking_for_the_same_gives_the_open_page_and_for_something_else_closes_it(stand: Stand) {
    let owner = stand.acme().await;
    let first = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    assert_eq!(stand.start(&owner, "all_access", "year", 1).await.unwrap(), first);
    let second = stand.start(&owner, "all_access", "year", 2).await.unwrap();
    let third = stand.start(&owner, "premium", "month", 2).await.unwrap();
    assert!(first != second && second != third);
    assert_eq!(stand.till.pages_and_open_pages(), (3, 1));
    let plans = (0..20).map(|n| stand.start(&owner, ["all_access", "premium"][n % 2], "year", 1));
    let answers = futures::future::join_all(plans).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(stand.till.customers_and_open_pages(), (1, 1));
}

async fn a_cancelled_page_is_closed_and_cannot_be_paid_later(stand: Stand) {
    let owner = stand.acme().await;
    stand.start(&owner, "all_access", "year", 1).await.unwrap();
    service::abandon_checkout(&stand.s, &owner, "acme").await.unwrap();
    service::abandon_checkout(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(stand.till.open_pages(), 0);
    let billing = stand.billing(&owner).await;
    assert_eq!((billing.open_checkout, billing.subscription, billing.plan.key.as_str()), (None, None, "free"));

    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    stand.till.pay(&url);
    service::abandon_checkout(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access", "who has paid after all has the plan");
}

async fn an_expired_page_makes_room_for_a_new_one(stand: Stand) {
    let owner = stand.acme().await;
    let first = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let id = stand.till.inside().pages[0].0.id.0.clone();
    stand.pass(Duration::from_hours(25));
    stand.till.inside().pages[0].0.status = payments::provider::CheckoutStatus::Expired;
    assert_eq!(stand.billing(&owner).await.open_checkout, None);
    let finished = service::finish_checkout(&stand.s, &owner, "acme", &id).await.unwrap();
    assert_eq!(finished, CheckoutOutcome::Expired);
    assert_ne!(stand.start(&owner, "all_access", "year", 1).await.unwrap(), first);
}

async fn who_has_a_plan_cannot_buy_another(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    assert_eq!(code(stand.start(&owner, "all_access", "year", 1).await), "already-subscribed");
    assert_eq!(code(stand.start(&owner, "team", "month", 1).await), "already-subscribed");
    assert_eq!(stand.till.open_pages(), 0);
}

async fn a_purchase_the_mirror_has_not_seen_is_not_made_twice(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    stand.till.pay(&url);
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "free", "no webhook yet");
    assert_eq!(code(stand.start(&owner, "premium", "year", 1).await), "already-subscribed");
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "all_access");
}

async fn a_purchase_that_was_over_before_it_was_seen_stands_in_nobodys_way(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (_, bought) = stand.till.pay(&url);
    stand.till.change(&bought.id, |bought| bought.status = SubscriptionStatus::Canceled);
    let again = stand.start(&owner, "premium", "year", 1).await.unwrap();
    assert_ne!(again, url);
    assert_eq!(stand.till.open_pages(), 1);
}

async fn a_customer_whose_answer_was_lost_does_not_depend_on_who_is_the_first_owner(stand: Stand) {
    let first = stand.acme().await;
    let second = stand.join(&first, "second@acme.test", "owner").await;
    stand.till.mood(Mood::Mumbling);
    assert_eq!(code(stand.start(&first, "premium", "year", 2).await), "payments-away");
    stand.till.mood(Mood::Well);
    service::leave(&stand.s, &first, "acme").await.unwrap();
    stand.start(&second, "premium", "year", 1).await.unwrap();
    assert_eq!(stand.till.open_pages(), 1);
}

async fn what_is_not_sold_cannot_be_bought(stand: Stand) {
    let owner = stand.acme().await;
    for (plan, interval, why) in [
        ("free", "month", "plan-free"),
        ("dream", "month", "plan-unknown"),
        ("", "month", "plan-unknown"),
        ("all_access", "month", "no-such-price"),
        ("all_access", "century", "no-such-price"),
    ] {
        assert_eq!(code(stand.start(&owner, plan, interval, 1).await), why, "{plan} {interval}");
    }
    assert!(stand.till.inside().customers.is_empty());
}

async fn seats_cover_the_members_and_stay_under_the_cap(stand: Stand) {
    let owner = stand.acme().await;
    stand.join(&owner, "second@acme.test", "member").await;
    for seats in [0, 1, 4, u32::MAX] {
        assert_eq!(code(stand.start(&owner, "all_access", "year", seats).await), "seats-out-of-range", "{seats}");
    }
    assert!(stand.start(&owner, "all_access", "year", 2).await.is_ok());
    assert!(stand.start(&owner, "all_access", "year", 3).await.is_ok());
}

async fn a_plan_with_a_flat_price_is_bought_once_whatever_the_seats(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "team", "month", 17).await.unwrap();
    assert_eq!(stand.start(&owner, "team", "month", 1).await.unwrap(), url, "seats mean nothing here");
    let (page, bought) = stand.till.pay(&url);
    assert_eq!((bought.seat_item, bought.quantity), (None, 0));
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    let billing = stand.billing(&owner).await;
    assert_eq!(billing.subscription.unwrap().total.to_string(), "$99.00");
    assert_eq!(billing.desk.seats.limit.cap(), Some(20));
    assert!(stand.till.inside().quantities.is_empty(), "seats are not billed");
}

async fn a_page_of_another_organization_is_not_found(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    let other = stand.sign_up("owner@other.test").await;
    stand.create(&other, "Other", "other").await.unwrap();
    let ask = async |page: &str| code(service::finish_checkout(&stand.s, &other, "other", page).await);
    for page in [page.as_str(), "cs_99", "", "../cs_0", &"c".repeat(300)] {
        assert_eq!(ask(page).await, "not-found", "{page}");
    }
    let desk = service::desk(&stand.s, &other, "other").await.unwrap();
    assert_eq!(desk.plan, "Free");
}

async fn the_provider_away_leaves_nothing_half_done(stand: Stand) {
    let owner = stand.acme().await;
    stand.till.mood(Mood::Away);
    assert_eq!(code(stand.start(&owner, "all_access", "year", 1).await), "payments-away");
    stand.till.mood(Mood::Well);
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    stand.till.mood(Mood::Away);
    assert_eq!(code(service::finish_checkout(&stand.s, &owner, "acme", &page).await), "payments-away");
    assert_eq!(stand.billing(&owner).await.plan.key.as_str(), "free");
    stand.till.mood(Mood::Well);
    let finished = service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    assert_eq!(finished, CheckoutOutcome::Active);
}

async fn a_lost_answer_does_not_open_a_second_page(stand: Stand) {
    let owner = stand.acme().await;
    // The answer is lost about the customer, the price or the page; each time somebody asks again.
    for calls in 0..3 {
        stand.till.mood_after(calls, Mood::Mumbling);
        assert_eq!(code(stand.start(&owner, "all_access", "year", 1).await), "payments-away", "after {calls} calls");
        stand.till.mood(Mood::Well);
        stand.start(&owner, "all_access", "year", 1).await.unwrap();
        assert_eq!(stand.till.customers_and_open_pages(), (1, 1));
        service::abandon_checkout(&stand.s, &owner, "acme").await.unwrap();
        assert_eq!(stand.till.customers_and_open_pages(), (1, 0));
    }
}

async fn a_company_that_moves_after_a_lost_answer_gets_the_same_page(stand: Stand) {
    let owner = stand.acme().await;
    // Purchases are not asked for before there is a customer; customer and price are answered, the page's answer is lost.
    stand.till.mood_after(2, Mood::Mumbling);
    assert_eq!(code(stand.start(&owner, "all_access", "year", 1).await), "payments-away");
    stand.till.mood(Mood::Well);
    assert_eq!(stand.till.pages_and_open_pages(), (1, 1));
    service::change_slug(&stand.s, &owner, "acme", "aardvark").await.unwrap();
    let again =
        || StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), seats: 1, currency: None };
    let url = service::start_checkout(&stand.s, &owner, "aardvark", again()).await.unwrap();
    assert_eq!(stand.till.pages_and_open_pages(), (1, 1), "no second one");
    let back = stand.till.inside().pages[0].1.success_url.clone();
    assert!(back.starts_with("https://usher.test/app/acme/billing?"), "leads to where the company is now: {back}");
    let (page, _) = stand.till.pay(&url);
    let done = service::finish_checkout(&stand.s, &owner, "aardvark", &page).await.unwrap();
    assert_eq!(done, CheckoutOutcome::Active);
}

async fn seats_without_a_cap_are_not_sold_by_the_thousands(stand: Stand) {
    let owner = stand.acme().await;
    for seats in [0, 1_002, 7_100, u32::MAX] {
        assert_eq!(code(stand.start(&owner, "premium", "month", seats).await), "seats-out-of-range", "{seats}");
    }
    assert!(stand.start(&owner, "premium", "month", 1_001).await.is_ok());
}

async fn a_start_that_died_before_its_page_does_not_stand_in_the_way(stand: Stand) {
    let owner = stand.acme().await;
    stand.start(&owner, "all_access", "year", 1).await.unwrap();
    service::abandon_checkout(&stand.s, &owner, "acme").await.unwrap();
    // Asked again at once, shortly before its end, and after it; for the same and for something else.
    for (hours, again) in [(0, 2), (0, 1), (22, 2), (22, 1), (25, 2), (25, 1)] {
        // Purchases and the price are answered, the page's answer is lost.
        stand.till.mood_after(2, Mood::Mumbling);
        assert_eq!(code(stand.start(&owner, "all_access", "year", 2).await), "payments-away");
        assert_eq!(stand.till.open_pages(), 1);
        stand.till.mood(Mood::Well);
        stand.pass(Duration::from_hours(hours));
        if hours > 23 {
            stand.till.close_pages();
        }
        stand.start(&owner, "all_access", "year", again).await.unwrap();
        assert_eq!(stand.till.open_pages(), 1, "after {hours} h");
        service::abandon_checkout(&stand.s, &owner, "acme").await.unwrap();
        assert_eq!(stand.till.open_pages(), 0, "after {hours} h");
    }
}

async fn seats_are_sent_when_the_provider_is_back(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.till.mood(Mood::Away);
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    stand.join(&owner, "third@acme.test", "member").await;
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 1);
    assert!(stand.billing(&owner).await.seat_change_pending);
    assert_eq!(stand.seats(&owner).await, (3, 0), "nobody waits for the provider");
    stand.till.mood(Mood::Well);
    stand.pass(Duration::from_mins(5));
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 3);
    assert_eq!(stand.till.inside().quantities, [3], "once, with what is true by then");
    assert!(!stand.billing(&owner).await.seat_change_pending);
}

async fn a_seat_change_whose_answer_was_lost_is_not_sent_twice(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    stand.join(&owner, "second@acme.test", "member").await;
    stand.till.mood(Mood::Mumbling);
    stand.settle().await;
    stand.till.mood(Mood::Well);
    stand.pass(Duration::from_mins(5));
    stand.settle().await;
    assert_eq!(stand.till.inside().quantities, [2]);
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().quantity, 2);
}

async fn a_number_that_returns_is_sent_again(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    service::leave(&stand.s, &second, "acme").await.unwrap();
    stand.settle().await;
    let again = stand.invite(&owner, "second@acme.test").await.unwrap();
    service::accept(&stand.s, &second, &crate::stand::token(&again)).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
    let id = stand.team(&owner).await.members[1].id;
    service::remove_member(&stand.s, &owner, "acme", id).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 1);
    assert_eq!(stand.till.inside().quantities, [2, 1, 2, 1]);
}

async fn who_joins_before_the_purchase_is_seen_is_billed(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "all_access", "year", 1).await.unwrap();
    let (page, _) = stand.till.pay(&url);
    stand.join(&owner, "second@acme.test", "member").await;
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.till.quantity(), 2);
}

async fn an_end_leaves_everything_as_it_was_to_be_read_and_nobody_out(stand: Stand) {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "enterprise", "month", 1).await.unwrap();
    let (page, bought) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    for name in ["b", "c", "d"] {
        stand.join(&owner, &format!("{name}@acme.test"), "member").await;
    }
    stand.till.change(&bought.id, |it| it.status = SubscriptionStatus::Canceled);
    let event = stand.till.event("customer.subscription.deleted", &bought);
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
    let billing = stand.billing(&owner).await;
    assert_eq!((billing.plan.key.as_str(), billing.desk.access), ("enterprise", Access::ReadOnly));
    assert_eq!((billing.desk.seats.count.active, billing.subscription), (4, None));
    assert_eq!(code(stand.invite(&owner, "e@acme.test").await), "read-only");
    assert_eq!(code(stand.start(&owner, "all_access", "year", 3).await), "plan-too-small");
    assert!(stand.start(&owner, "enterprise", "month", 1).await.is_ok(), "and can come back");
}

async fn a_late_payment_stops_growth_and_nothing_else(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let waiting = stand.invite(&owner, "second@acme.test").await.unwrap();
    let bought = stand.till.inside().subscriptions[0].subscription.clone();
    stand.till.change(&bought.id, |it| it.status = SubscriptionStatus::PastDue);
    let event = stand.till.event("invoice.payment_failed", &bought);
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
    assert_eq!(stand.billing(&owner).await.desk.access, Access::NoGrowth);
    assert_eq!(code(stand.invite(&owner, "third@acme.test").await), "payment-due");
    let second = stand.sign_up("second@acme.test").await;
    service::accept(&stand.s, &second, &crate::stand::token(&waiting)).await.expect("the seat was reserved before");
    assert_eq!(code(stand.start(&owner, "all_access", "year", 3).await), "already-subscribed");
    stand.till.change(&bought.id, |it| it.status = SubscriptionStatus::Active);
    let event = stand.till.event("invoice.paid", &bought);
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
    assert!(stand.invite(&owner, "third@acme.test").await.is_ok());
}
