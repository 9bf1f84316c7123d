//! Changing what was bought: what is shown is what is billed, once, or nothing is.

use std::time::Duration;

use domain::quote::QuoteLineKind as Kind;
use domain::view::{ChangeAnswer, ChangeView, Placed, QuoteView};
use domain::{Currency, Interval, Money, Subscription, SubscriptionStatus};
use futures::future::join_all;
use service::{Caller, ChangeInput, Error};
use store::QuoteState;

use crate::stand::{Stand, code};
use crate::till::{Card, Mood};

claims! {
    what_is_shown_is_what_is_billed;
    twenty_clicks_buy_once;
    of_two_offers_one_is_made_and_the_other_is_void;
    what_was_not_shown_is_not_agreed_to;
    an_offer_is_over_after_fifteen_minutes;
    what_has_changed_since_is_not_charged_for_the_old_price;
    who_joins_in_between_is_counted;
    a_refused_card_changes_nothing_and_says_why;
    seats_wait_for_the_bank_and_come_when_it_is_paid;
    what_is_not_paid_in_time_is_given_up;
    a_change_that_waits_can_be_taken_back;
    a_lost_answer_is_finished_by_the_worker_and_charged_once;
    a_change_that_never_arrived_is_asked_for_again;
    after_an_hour_nothing_is_charged_any_more;
    a_provider_that_reckons_otherwise_is_shown_and_noted;
    another_interval_begins_anew_and_never_costs_more_than_was_said;
    a_larger_plan_is_now_and_a_smaller_one_at_the_periods_end;
    seats_bought_ahead_are_billed_whoever_goes;
    what_stands_in_the_way_says_so;
    only_owners_are_told_what_it_costs;
    another_companys_offer_is_not_there;
}

const MINUTE: Duration = Duration::from_mins(1);

fn wish(plan: &str, interval: &str, seats: u32) -> ChangeInput {
    let word = |word: &str| Some(word.to_owned());
    ChangeInput { plan: word(plan), interval: word(interval), seats: Some(seats), quote: None }
}

async fn ask(stand: &Stand, who: &Caller, input: ChangeInput) -> ChangeView {
    service::change(&stand.s, who, "acme", input).await.unwrap()
}

/// What a change is said to cost.
async fn offer(stand: &Stand, who: &Caller, input: ChangeInput) -> QuoteView {
    match ask(stand, who, input).await.answer {
        ChangeAnswer::Quote(quote) => *quote,
        other => panic!("{other:?}"),
    }
}

async fn refused(stand: &Stand, who: &Caller, input: ChangeInput) -> String {
    match ask(stand, who, input).await.answer {
        ChangeAnswer::Refused(no) => no.code,
        other => panic!("{other:?}"),
    }
}

async fn confirm(stand: &Stand, who: &Caller, quote: &QuoteView) -> Result<(), Error> {
    service::confirm_quote(&stand.s, who, "acme", &quote.id.to_string(), &quote.hash).await.map(drop)
}

async fn placed(stand: &Stand, who: &Caller, quote: &QuoteView) -> Placed {
    let input = ChangeInput { quote: Some(quote.id.to_string()), ..ChangeInput::default() };
    match ask(stand, who, input).await.answer {
        ChangeAnswer::Placed(placed) => placed.state,
        other => panic!("{other:?}"),
    }
}

fn bought(stand: &Stand) -> Subscription {
    stand.till.inside().subscriptions[0].subscription.clone()
}

/// How many changes the till has made.
fn changes(stand: &Stand) -> u32 {
    stand.till.inside().changes
}

/// Five seats of Premium by the month, for who is alone.
async fn premium(stand: &Stand) -> Caller {
    let owner = stand.acme().await;
    let url = stand.start(&owner, "premium", "month", 5).await.unwrap();
    let (page, bought) = stand.till.pay(&url);
    // A month of thirty days, as the till only knows years.
    let from = bought.period.from;
    stand.till.change(&bought.id, |it| it.period.until = from.plus(Duration::from_hours(30 * 24)));
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    stand.settle().await;
    owner
}

async fn what_is_shown_is_what_is_billed(stand: Stand) {
    let owner = premium(&stand).await;
    stand.pass(Duration::from_hours(10 * 24));
    let quote = offer(&stand, &owner, wish("premium", "month", 8)).await;
    let lines: Vec<_> = quote.sheet.lines.iter().map(|line| (line.kind, line.quantity, line.amount.minor)).collect();
    assert_eq!(lines, [(Kind::Unused, 5, -9_667), (Kind::Remaining, 8, 15_467)]);
    assert_eq!((quote.sheet.due.now, quote.sheet.more_seats), (Money::new(5_800, Currency::USD), 3));
    assert_eq!(quote.sheet.renewal.amount, Money::new(23_200, Currency::USD));
    assert_eq!(changes(&stand), 0, "asking costs nothing");
    confirm(&stand, &owner, &quote).await.unwrap();
    assert_eq!(placed(&stand, &owner, &quote).await, Placed::Done);
    assert_eq!((bought(&stand).quantity, stand.billing(&owner).await.subscription.unwrap().quantity), (8, 8));
    let compared = kept(&stand, &quote).await.compared.expect("the invoice was compared");
    assert!(compared.contains(r#""same":true"#), "{compared}");
    stand.settle().await;
    assert_eq!(bought(&stand).quantity, 8, "nobody takes them away again");
}

/// The quote as it is kept.
async fn kept(stand: &Stand, quote: &QuoteView) -> store::QuoteRecord {
    struct Look(domain::ids::QuoteId);
    impl store::Query for Look {
        const REQUIRES: domain::Permission = domain::Permission::BillingManage;
        type Output = store::QuoteRecord;
        type Error = Error;
        async fn run(self, tx: &mut store::TenantRead) -> Result<store::QuoteRecord, Error> {
            Ok(tx.quote(self.0).await?.unwrap())
        }
    }
    let customer = bought(stand).customer;
    let org = stand.s.store().system().org_by_customer(&customer).await.unwrap().unwrap();
    let scope = stand.s.store().system().act_for(org, "a test").await.unwrap();
    scope.read(Look(quote.id)).await.unwrap()
}

async fn twenty_clicks_buy_once(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 6)).await;
    let clicks = join_all((0..20).map(|_| confirm(&stand, &owner, &quote))).await;
    assert!(clicks.into_iter().all(|click| click.is_ok()));
    assert_eq!((changes(&stand), bought(&stand).quantity), (1, 6));
}

async fn of_two_offers_one_is_made_and_the_other_is_void(stand: Stand) {
    let owner = premium(&stand).await;
    let (one, two) = (
        offer(&stand, &owner, wish("premium", "month", 6)).await,
        offer(&stand, &owner, wish("premium", "month", 9)).await,
    );
    let answers = join_all([Box::pin(confirm(&stand, &owner, &one)), Box::pin(confirm(&stand, &owner, &two))]).await;
    let codes: Vec<String> = answers.into_iter().map(code).collect();
    assert!(codes.contains(&"-".to_owned()) && codes.contains(&"quote-stale".to_owned()), "{codes:?}");
    assert_eq!(changes(&stand), 1);
}

async fn what_was_not_shown_is_not_agreed_to(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 6)).await;
    let other = offer(&stand, &owner, wish("premium", "month", 7)).await;
    let swapped = QuoteView { hash: other.hash, ..quote };
    assert_eq!(code(confirm(&stand, &owner, &swapped).await), "quote-differs");
    assert_eq!(changes(&stand), 0);
}

async fn an_offer_is_over_after_fifteen_minutes(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 6)).await;
    stand.pass(15 * MINUTE);
    assert_eq!(code(confirm(&stand, &owner, &quote).await), "quote-expired");
    let fresh = offer(&stand, &owner, wish("premium", "month", 6)).await;
    stand.pass(14 * MINUTE);
    confirm(&stand, &owner, &fresh).await.unwrap();
    assert_eq!(placed(&stand, &owner, &fresh).await, Placed::Done);
}

async fn what_has_changed_since_is_not_charged_for_the_old_price(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 8)).await;
    stand.till.change(&bought(&stand).id, |it| {
        it.quantity = 6;
        it.lines[0].quantity = 6;
    });
    assert_eq!(code(confirm(&stand, &owner, &quote).await), "quote-stale");
    assert_eq!(changes(&stand), 0);
    assert_eq!(stand.billing(&owner).await.subscription.unwrap().quantity, 6, "and what it has become is known now");
}

async fn who_joins_in_between_is_counted(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let quote = offer(&stand, &owner, wish("all_access", "year", 2)).await;
    stand.till.mood(Mood::Away);
    for name in ["second", "third"] {
        stand.join(&owner, &format!("{name}@acme.test"), "member").await;
    }
    stand.till.mood(Mood::Well);
    assert_eq!(code(confirm(&stand, &owner, &quote).await), "seats-out-of-range");
    assert_eq!(changes(&stand), 0);
}

async fn a_refused_card_changes_nothing_and_says_why(stand: Stand) {
    let owner = premium(&stand).await;
    stand.till.card(Card::Refuses);
    let quote = offer(&stand, &owner, wish("premium", "month", 8)).await;
    confirm(&stand, &owner, &quote).await.unwrap();
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it was refused") };
    assert!(no.code == "card-refused" && no.what.contains("not enough money"), "{no}");
    assert_eq!((bought(&stand).quantity, bought(&stand).waiting), (5, None));
    // Another card, another offer.
    stand.till.card(Card::Good);
    let again = offer(&stand, &owner, wish("premium", "month", 8)).await;
    confirm(&stand, &owner, &again).await.unwrap();
    assert_eq!(placed(&stand, &owner, &again).await, Placed::Done);
}

/// Three seats more, which wait for the bank.
async fn waiting(stand: &Stand, owner: &Caller) -> QuoteView {
    stand.till.card(Card::AsksTheBuyer);
    let quote = offer(stand, owner, wish("premium", "month", 8)).await;
    confirm(stand, owner, &quote).await.unwrap();
    let Placed::Waiting { pay_url: Some(url), until: Some(_) } = placed(stand, owner, &quote).await else {
        panic!("it waits")
    };
    assert_eq!(url, "https://pay.test/invoice");
    let waits = stand.billing(owner).await.waiting_change.expect("the billing tab says so");
    assert_eq!((waits.more_seats, waits.plan, waits.quote, waits.pay_url), (3, None, Some(quote.id), Some(url)));
    quote
}

async fn seats_wait_for_the_bank_and_come_when_it_is_paid(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = waiting(&stand, &owner).await;
    assert_eq!(refused(&stand, &owner, wish("premium", "month", 9)).await, "change-waiting");
    // Somebody joins meanwhile: the number of billed seats waits, too, or it would end what waits.
    stand.join(&owner, "second@acme.test", "member").await;
    stand.settle().await;
    assert!(stand.till.inside().quantities.is_empty());
    stand.till.end_wait(true);
    let event = stand.till.event("customer.subscription.pending_update_applied", &bought(&stand));
    stand.webhook(&event).await.unwrap();
    stand.settle().await;
    assert_eq!(placed(&stand, &owner, &quote).await, Placed::Done);
    assert_eq!((stand.billing(&owner).await.waiting_change, bought(&stand).quantity), (None, 8));
    stand.pass(MINUTE);
    stand.settle().await;
    assert!(kept(&stand, &quote).await.compared.unwrap().contains(r#""same":true"#));
}

async fn what_is_not_paid_in_time_is_given_up(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = waiting(&stand, &owner).await;
    // No webhook comes: whoever looks asks the provider.
    stand.till.end_wait(false);
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it is over") };
    assert_eq!((no.code.as_str(), bought(&stand).quantity), ("not-paid-in-time", 5));
    // And nobody has to look: the worker does.
    let second = waiting(&stand, &owner).await;
    stand.till.end_wait(true);
    stand.pass(5 * MINUTE);
    stand.settle().await;
    assert!(matches!(
        kept(&stand, &second).await.state,
        QuoteState::Closed { outcome: store::QuoteOutcome::Applied, .. }
    ));
}

async fn a_change_that_waits_can_be_taken_back(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = waiting(&stand, &owner).await;
    let take_back = || service::take_back_quote(&stand.s, &owner, "acme", "-");
    assert_eq!(code(take_back().await), "not-found");
    service::take_back_quote(&stand.s, &owner, "acme", &quote.id.to_string()).await.unwrap();
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it was taken back") };
    assert_eq!((no.code.as_str(), bought(&stand).waiting), ("taken-back", None));
    // What was paid a moment before stays paid for.
    let paid = waiting(&stand, &owner).await;
    stand.till.end_wait(true);
    service::take_back_quote(&stand.s, &owner, "acme", &paid.id.to_string()).await.unwrap();
    assert_eq!((placed(&stand, &owner, &paid).await, bought(&stand).quantity), (Placed::Done, 8));
}

async fn a_lost_answer_is_finished_by_the_worker_and_charged_once(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 8)).await;
    stand.till.mood_after(1, Mood::Mumbling);
    confirm(&stand, &owner, &quote).await.unwrap();
    assert_eq!(placed(&stand, &owner, &quote).await, Placed::OnItsWay);
    assert_eq!(refused(&stand, &owner, wish("premium", "month", 9)).await, "change-waiting");
    stand.till.mood(Mood::Well);
    stand.pass(MINUTE);
    stand.settle().await;
    assert_eq!(placed(&stand, &owner, &quote).await, Placed::Done);
    assert_eq!((changes(&stand), bought(&stand).quantity), (1, 8));
}

async fn a_change_that_never_arrived_is_asked_for_again(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 8)).await;
    stand.till.mood_after(1, Mood::Away);
    confirm(&stand, &owner, &quote).await.unwrap();
    assert_eq!((placed(&stand, &owner, &quote).await, changes(&stand)), (Placed::OnItsWay, 0));
    stand.pass(MINUTE);
    stand.settle().await;
    assert_eq!(placed(&stand, &owner, &quote).await, Placed::OnItsWay, "the provider is still away");
    stand.till.mood(Mood::Well);
    stand.pass(MINUTE);
    stand.settle().await;
    assert_eq!((placed(&stand, &owner, &quote).await, changes(&stand)), (Placed::Done, 1));
    // For the second that was shown, and so for the money that was shown.
    assert!(kept(&stand, &quote).await.compared.unwrap().contains(r#""same":true"#));
}

async fn after_an_hour_nothing_is_charged_any_more(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 8)).await;
    stand.till.mood_after(1, Mood::Away);
    confirm(&stand, &owner, &quote).await.unwrap();
    stand.pass(Duration::from_hours(1));
    stand.till.mood(Mood::Well);
    stand.settle().await;
    let Placed::Refused(no) = placed(&stand, &owner, &quote).await else { panic!("it is too late") };
    assert_eq!((no.code.as_str(), changes(&stand), bought(&stand).quantity), ("not-in-time", 0, 5));
}

async fn a_provider_that_reckons_otherwise_is_shown_and_noted(stand: Stand) {
    let owner = premium(&stand).await;
    stand.till.inside().changing.odd = 7;
    let quote = offer(&stand, &owner, wish("premium", "month", 6)).await;
    assert_eq!(quote.sheet.due.now.minor, 2_907, "the provider bills, so its word is shown");
    let difference = kept(&stand, &quote).await.difference.expect("and that we reckon otherwise is kept");
    assert!(difference.contains("2900") && difference.contains("2907"), "{difference}");
    // Its invoice is not what its preview said: that is noted, too.
    confirm(&stand, &owner, &quote).await.unwrap();
    assert!(kept(&stand, &quote).await.compared.unwrap().contains(r#""same":false"#));
}

async fn another_interval_begins_anew_and_never_costs_more_than_was_said(stand: Stand) {
    let owner = premium(&stand).await;
    stand.pass(Duration::from_hours(10 * 24));
    let quote = offer(&stand, &owner, wish("premium", "year", 5)).await;
    let amounts: Vec<i64> = quote.sheet.lines.iter().map(|line| line.amount.minor).collect();
    assert_eq!(amounts, [-9_667, 139_000]);
    assert_eq!((quote.sheet.due.now.minor, quote.sheet.at_most.unwrap().minor), (129_333, 129_338));
    stand.pass(10 * MINUTE);
    confirm(&stand, &owner, &quote).await.unwrap();
    assert_eq!(placed(&stand, &owner, &quote).await, Placed::Done);
    let paid = stand.till.inside().changing.bills[0].sheet.due.minor;
    assert!((129_333..=129_338).contains(&paid), "{paid}");
    assert!(kept(&stand, &quote).await.compared.unwrap().contains(r#""same":true"#));
    let view = stand.billing(&owner).await.subscription.unwrap();
    assert_eq!((view.interval, view.period.from), (Interval::Year, stand.s.now()));
}

async fn a_larger_plan_is_now_and_a_smaller_one_at_the_periods_end(stand: Stand) {
    let owner = premium(&stand).await;
    let up = offer(&stand, &owner, wish("enterprise", "month", 1)).await;
    assert_eq!((up.sheet.due.now.minor, up.sheet.other_plan), (49_900 - 14_500, true));
    confirm(&stand, &owner, &up).await.unwrap();
    assert_eq!((stand.billing(&owner).await.plan.name.as_str(), bought(&stand).seat_item), ("Enterprise", None));
    let down = ask(&stand, &owner, wish("team", "month", 1)).await.answer;
    let ChangeAnswer::AtPeriodEnd(then) = down else { panic!("{down:?}") };
    assert_eq!((then.at, then.amount.minor), (bought(&stand).period.until, 9_900));
    assert_eq!(changes(&stand), 1);
}

async fn seats_bought_ahead_are_billed_whoever_goes(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 6)).await;
    confirm(&stand, &owner, &quote).await.unwrap();
    for n in 0..2 {
        stand.join(&owner, &format!("m{n}@acme.test"), "member").await;
    }
    stand.settle().await;
    let id = stand.id_of(&owner, "m0@acme.test").await;
    service::remove_member(&stand.s, &owner, "acme", id).await.unwrap();
    stand.settle().await;
    assert_eq!(bought(&stand).quantity, 6);
}

async fn what_stands_in_the_way_says_so(stand: Stand) {
    let owner = stand.acme().await;
    assert_eq!(refused(&stand, &owner, wish("premium", "month", 2)).await, "nothing-bought");
    let url = stand.start(&owner, "premium", "month", 2).await.unwrap();
    let (page, bought) = stand.till.pay(&url);
    service::finish_checkout(&stand.s, &owner, "acme", &page).await.unwrap();
    for (plan, interval, seats, no) in [
        ("no_such", "month", 2, "plan-unknown"),
        ("free", "month", 2, "plan-free"),
        ("all_access", "month", 2, "no-such-price"),
        ("premium", "month", 0, "seats-out-of-range"),
        ("all_access", "year", 4, "seats-out-of-range"),
    ] {
        assert_eq!(refused(&stand, &owner, wish(plan, interval, seats)).await, no, "{plan}");
    }
    assert_eq!(ask(&stand, &owner, wish("premium", "month", 2)).await.answer, ChangeAnswer::Nothing, "that is what is");
    for (status, no) in [
        (SubscriptionStatus::PastDue, "payment-due"),
        (SubscriptionStatus::Unpaid, "not-paid"),
        (SubscriptionStatus::Paused, "plan-paused"),
    ] {
        stand.till.change(&bought.id, |it| it.status = status);
        service::sync_subscription(&stand.s, org(&stand).await, &bought.id).await.unwrap();
        assert_eq!(refused(&stand, &owner, wish("premium", "month", 3)).await, no);
    }
    // In the middle of the period, and so the rest of it was given back already.
    let end = bought.period.until.minus(Duration::from_hours(1));
    stand.till.change(&bought.id, |it| (it.status, it.ends_at) = (SubscriptionStatus::Active, Some(end)));
    service::sync_subscription(&stand.s, org(&stand).await, &bought.id).await.unwrap();
    assert_eq!(refused(&stand, &owner, wish("premium", "month", 3)).await, "plan-ends");
    stand.till.change(&bought.id, |it| it.ends_at = Some(it.period.until));
    service::sync_subscription(&stand.s, org(&stand).await, &bought.id).await.unwrap();
    assert_eq!(refused(&stand, &owner, wish("premium", "month", 1)).await, "plan-ends", "less with the next period");
}

async fn org(stand: &Stand) -> domain::ids::OrgId {
    let customer = bought(stand).customer;
    stand.s.store().system().org_by_customer(&customer).await.unwrap().unwrap()
}

async fn only_owners_are_told_what_it_costs(stand: Stand) {
    let owner = premium(&stand).await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let view = ask(&stand, &admin, wish("premium", "month", 9)).await;
    assert_eq!((view.answer, view.owners.len()), (ChangeAnswer::Nothing, 1));
    let quote = offer(&stand, &owner, wish("premium", "month", 9)).await;
    assert!(matches!(confirm(&stand, &admin, &quote).await, Err(Error::Forbidden(_))));
}

async fn another_companys_offer_is_not_there(stand: Stand) {
    let owner = premium(&stand).await;
    let quote = offer(&stand, &owner, wish("premium", "month", 9)).await;
    let stranger = stand.sign_up("owner@other.test").await;
    stand.create(&stranger, "Other", "other").await.unwrap();
    let theirs = service::confirm_quote(&stand.s, &stranger, "other", &quote.id.to_string(), &quote.hash).await;
    assert_eq!(code(theirs), "not-found");
    let input = ChangeInput { quote: Some(quote.id.to_string()), ..ChangeInput::default() };
    assert_eq!(code(service::change(&stand.s, &stranger, "other", input).await), "not-found");
    assert_eq!(changes(&stand), 0);
}
