//! What a change costs: known examples to the cent, and what holds whatever changes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use domain::plan::Part;
use domain::quote::{Basis, Charge, Counts, NoQuote, PriceOf, Quote, QuoteLineKind as Kind, WantedLine};
use domain::subscription::{Line, ProviderItemId, ProviderPriceId, ProviderSubscriptionId};
use domain::time::Period;
use domain::{Currency, Interval, Money, SubscriptionStatus, Timestamp};
use proptest::prelude::*;

const DAY: i64 = 86_400;
/// 1 November 2026.
const START: i64 = 1_793_491_200;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// A line that is wanted, at the price that is there.
fn want(part: Part, unit: Money, interval: Interval, quantity: u32) -> WantedLine {
    let price = PriceOf::Kept(ProviderPriceId(format!("price_{}", unit.minor)));
    WantedLine { part, plan: "premium".parse().unwrap(), interval, unit, quantity, price }
}

fn line(number: usize, to: &WantedLine) -> Line {
    Line {
        item: ProviderItemId(format!("si_{number}")),
        price: ProviderPriceId(format!("price_{}", to.unit.minor)),
        part: Some(to.part),
        plan: Some(to.plan.clone()),
        interval: Some(to.interval),
        quantity: to.quantity,
        unit: Some(to.unit),
        version: None,
    }
}

/// A subscription whose period has just begun and is charged.
fn fresh(lines: Vec<WantedLine>) -> Basis {
    let period = Period { from: at(START), until: at(START).step(lines[0].interval, 1) };
    let currency = lines[0].unit.currency;
    let mut basis = Basis {
        subscription: ProviderSubscriptionId("sub_1".into()),
        currency,
        status: SubscriptionStatus::Active,
        lines: lines.iter().enumerate().map(|(number, to)| line(number, to)).collect(),
        period,
        charges: Vec::new(),
        balance: Money::zero(currency),
        smallest_charge: Money::new(50, currency),
    };
    basis.charges = basis.lines.iter().map(|line| charge(line, &format!("il_{}", line.item), period)).collect();
    basis
}

fn charge(line: &Line, name: &str, period: Period) -> Charge {
    let full = line.unit.unwrap().minor * i64::from(line.quantity);
    Charge {
        names: vec![name.to_owned()],
        item: line.item.clone(),
        price: line.price.clone(),
        quantity: line.quantity,
        amount: full,
        full,
        whole: period.until.secs() - period.from.secs(),
        period,
        credits: None,
    }
}

/// What the provider has after the change was made.
fn after(quote: &Quote, n: usize) -> Basis {
    let mut basis = quote.basis().clone();
    let whole = basis.period.until.secs() - basis.period.from.secs();
    let old = basis.lines.clone();
    basis.lines = quote
        .moves()
        .iter()
        .enumerate()
        .filter_map(|(number, each)| {
            let to = each.to.as_ref()?;
            let item =
                each.from.as_ref().map_or_else(|| ProviderItemId(format!("si_{n}_{number}")), |f| f.item.clone());
            Some(Line { item, ..line(number, to) })
        })
        .collect();
    for (number, made) in quote.lines().iter().enumerate() {
        let lines = if made.kind == Kind::Unused { &old } else { &basis.lines };
        let line = lines.iter().find(|line| line.part == made.part).unwrap().clone();
        let period_whole =
            if made.kind == Kind::Period { made.period.until.secs() - made.period.from.secs() } else { whole };
        basis.charges.push(Charge {
            names: vec![format!("il_{n}_{number}")],
            quantity: made.quantity,
            amount: made.amount.minor,
            full: line.unit.unwrap().minor * i64::from(made.quantity),
            whole: period_whole,
            period: made.period,
            credits: made.credits.clone(),
            item: line.item,
            price: line.price,
        });
    }
    if let Counts::Afresh(at) = quote.counts() {
        basis.period = Period { from: at, until: quote.renewal().at };
    }
    basis.balance = quote.due().after;
    basis
}

fn seats(unit: i64, quantity: u32) -> WantedLine {
    want(Part::PerSeat, usd(unit), Interval::Month, quantity)
}

fn quote(basis: &Basis, wanted: WantedLine, second: i64) -> Quote {
    let interval = wanted.interval;
    Quote::of(basis.clone(), vec![wanted], interval, at(second)).unwrap()
}

fn amounts(quote: &Quote) -> Vec<(Kind, u32, i64)> {
    quote.lines().iter().map(|line| (line.kind, line.quantity, line.amount.minor)).collect()
}

#[test]
fn the_whole_line_is_given_back_and_charged_anew() {
    let basis = fresh(vec![seats(2_000, 2)]);
    let first = quote(&basis, seats(2_000, 3), START);
    assert_eq!(amounts(&first), [(Kind::Unused, 2, -4_000), (Kind::Remaining, 3, 6_000)]);
    assert_eq!((first.due().total, first.due().now), (usd(2_000), usd(2_000)));
    assert_eq!((first.renewal().at, first.renewal().amount), (basis.period.until, usd(6_000)));
    // Ten of thirty days are over: two thirds are left.
    let later = quote(&basis, seats(2_000, 3), START + 10 * DAY);
    assert_eq!(amounts(&later), [(Kind::Unused, 2, -2_667), (Kind::Remaining, 3, 4_000)]);
    assert_eq!(later.counts(), Counts::From(at(START + 10 * DAY)));
}

#[test]
fn each_line_is_rounded_by_itself_and_halves_go_away_from_nothing() {
    let basis = fresh(vec![seats(1, 1)]);
    // Half of the period is left: half a cent is a cent, given back and charged alike.
    let half = quote(&basis, seats(1, 3), START + 15 * DAY);
    assert_eq!(amounts(&half), [(Kind::Unused, 1, -1), (Kind::Remaining, 3, 2)]);
}

#[test]
fn what_is_given_back_is_what_was_charged() {
    let mut basis = fresh(vec![seats(2_000, 5)]);
    // Three were charged, and two came for nothing.
    basis.charges[0].quantity = 3;
    (basis.charges[0].amount, basis.charges[0].full) = (6_000, 6_000);
    assert_eq!(
        amounts(&quote(&basis, seats(2_000, 6), START)),
        [(Kind::Unused, 3, -6_000), (Kind::Remaining, 6, 12_000)]
    );
    // Less was charged than it costs.
    basis.charges[0].amount = 1_000;
    assert_eq!(amounts(&quote(&basis, seats(2_000, 6), START))[0], (Kind::Unused, 3, -1_000));
    basis.charges.clear();
    assert_eq!(amounts(&quote(&basis, seats(2_000, 6), START)), [(Kind::Remaining, 6, 12_000)]);
}

#[test]
fn a_charge_that_was_given_back_is_not_given_back_again() {
    let basis = fresh(vec![seats(2_000, 2)]);
    let up = after(&quote(&basis, seats(2_000, 3), START + 10 * DAY), 1);
    let second = quote(&up, seats(2_000, 4), START + 20 * DAY);
    assert_eq!(amounts(&second), [(Kind::Unused, 3, -2_000), (Kind::Remaining, 4, 2_667)]);
    assert_eq!(second.lines()[0].credits.as_deref(), Some("il_1_1"), "the newest charge, and not the first");
}

#[test]
fn another_interval_begins_a_new_period() {
    let basis = fresh(vec![seats(2_900, 4)]);
    let year = quote(&basis, want(Part::PerSeat, usd(27_800), Interval::Year, 4), START + 10 * DAY);
    assert_eq!(amounts(&year), [(Kind::Unused, 4, -7_733), (Kind::Period, 4, 111_200)]);
    assert_eq!(year.counts(), Counts::Afresh(at(START + 10 * DAY)));
    assert_eq!(year.counts().pinned(), None);
    let renewal = year.renewal();
    assert_eq!((renewal.at.date(), renewal.amount), ("11 November 2027".to_owned(), usd(111_200)));
}

#[test]
fn a_trial_charges_nothing_before_it_ends() {
    let mut basis = fresh(vec![seats(2_000, 2)]);
    basis.status = SubscriptionStatus::Trialing;
    basis.charges.clear();
    let more = quote(&basis, seats(2_000, 9), START + DAY);
    assert_eq!((amounts(&more), more.due().now, more.counts()), (Vec::new(), usd(0), Counts::AfterTrial));
    assert_eq!((more.renewal().at, more.renewal().amount), (basis.period.until, usd(18_000)));
    let year = quote(&basis, want(Part::PerSeat, usd(20_000), Interval::Year, 2), START + DAY);
    assert_eq!((year.renewal().at, year.renewal().interval), (basis.period.until, Interval::Year));
}

#[test]
fn credit_pays_first_and_what_is_too_little_is_not_charged() {
    let mut basis = fresh(vec![seats(2_000, 1)]);
    basis.balance = usd(-1_500);
    let due = quote(&basis, seats(2_000, 2), START).due();
    assert_eq!((due.total, due.now, due.after, due.credit_used()), (usd(2_000), usd(500), usd(0), usd(1_500)));
    basis.balance = usd(-9_000);
    let due = quote(&basis, seats(2_000, 2), START).due();
    assert_eq!((due.now, due.after, due.credit_used()), (usd(0), usd(-7_000), usd(2_000)));
    basis.balance = usd(-1_960);
    let due = quote(&basis, seats(2_000, 2), START).due();
    assert_eq!((due.now, due.after, due.credit_used()), (usd(0), usd(40), usd(1_960)), "40 cents are carried over");
    basis.balance = usd(30);
    let due = quote(&basis, seats(2_000, 2), START).due();
    assert_eq!((due.now, due.after, due.credit_used()), (usd(2_030), usd(0), usd(0)), "what is owed is paid along");
}

#[test]
fn currencies_without_and_with_three_decimals_are_reckoned_in_what_can_be_charged() {
    for (code, unit, credit, debit) in [("jpy", 1_000, -667, 1_333), ("kwd", 10_000, -6_670, 13_330)] {
        let unit = Money::new(unit, code.parse().unwrap());
        let basis = fresh(vec![want(Part::PerSeat, unit, Interval::Month, 1)]);
        let two = quote(&basis, want(Part::PerSeat, unit, Interval::Month, 2), START + 10 * DAY);
        assert_eq!(amounts(&two), [(Kind::Unused, 1, credit), (Kind::Remaining, 2, debit)], "{code}");
    }
}

#[test]
fn a_base_is_charged_once_and_lines_come_and_go() {
    let base = |unit| want(Part::Base, usd(unit), Interval::Month, 1);
    let basis = fresh(vec![base(9_900)]);
    // Flat becomes flat and by the seat: the base stays as it is, and only the seats are new.
    let both = Quote::of(basis, vec![base(9_900), seats(2_900, 3)], Interval::Month, at(START)).unwrap();
    assert_eq!(amounts(&both), [(Kind::Remaining, 3, 8_700)]);
    assert_eq!(both.renewal().amount, usd(18_600));
    // And back again.
    let back = Quote::of(after(&both, 1), vec![base(9_900)], Interval::Month, at(START)).unwrap();
    assert_eq!(amounts(&back), [(Kind::Unused, 3, -8_700)]);
    assert_eq!((back.due().now, back.due().after), (usd(0), usd(-8_700)));
    // By the seat only: the line of the base becomes the line of the seats.
    let seats_only = Quote::of(after(&back, 2), vec![seats(2_900, 3)], Interval::Month, at(START)).unwrap();
    assert_eq!(seats_only.moves().len(), 1);
    assert_eq!(amounts(&seats_only), [(Kind::Unused, 1, -9_900), (Kind::Remaining, 3, 8_700)]);
}

#[test]
fn what_cannot_be_quoted_is_refused() {
    let basis = fresh(vec![seats(2_000, 2)]);
    let ask =
        |basis: &Basis, wanted, second| Quote::of(basis.clone(), wanted, Interval::Month, at(second)).unwrap_err();
    assert_eq!(ask(&basis, vec![seats(2_000, 2)], START), NoQuote::NothingChanges);
    assert_eq!(ask(&basis, Vec::new(), START), NoQuote::NothingWanted);
    assert_eq!(ask(&basis, vec![seats(2_000, 3)], START - 1), NoQuote::OutOfPeriod);
    assert_eq!(ask(&basis, vec![seats(2_000, 3)], basis.period.until.secs()), NoQuote::OutOfPeriod);
    assert_eq!(ask(&basis, vec![seats(i64::MAX, 3)], START), NoQuote::TooLarge);
    let mut foreign = basis;
    foreign.lines.push(Line { part: None, plan: None, ..foreign.lines[0].clone() });
    let year = vec![want(Part::PerSeat, usd(20_000), Interval::Year, 2)];
    assert_eq!(ask(&foreign, year, START), NoQuote::ForeignLine);
    assert!(Quote::of(foreign, vec![seats(2_000, 3)], Interval::Month, at(START)).is_ok(), "it stays as it is");
}

proptest! {
    /// Whatever is changed how often: a period costs what was there for how long, to a cent for each line.
    #[test]
    fn changes_in_a_period_cost_what_was_there_for_how_long(
        unit in 1_i64..1_000_000,
        first in 1_u32..200,
        steps in prop::collection::vec((1_u32..200, 1_i64..4 * DAY), 1..7),
    ) {
        let mut basis = fresh(vec![seats(unit, first)]);
        let (mut now, mut paid, mut exact, mut lines) = (START, unit * i64::from(first), 0_i128, 1_i128);
        let whole = basis.period.until.secs() - START;
        let mut held = first;
        for (n, (wanted, pause)) in steps.into_iter().enumerate() {
            exact += i128::from(held) * i128::from(unit) * i128::from(pause);
            now += pause;
            if wanted == held {
                continue;
            }
            let quote = quote(&basis, seats(unit, wanted), now);
            paid += quote.due().total.minor;
            lines += i128::try_from(quote.lines().len()).unwrap();
            basis = after(&quote, n + 1);
            held = wanted;
        }
        exact += i128::from(held) * i128::from(unit) * i128::from(START + whole - now);
        let off = (i128::from(paid) * i128::from(whole) - exact).abs();
        prop_assert!(off <= lines * i128::from(whole), "{paid} for {exact}/{whole}");
    }

    /// Nothing is lost between an invoice and the balance, and nobody pays what they do not owe.
    #[test]
    fn what_is_due_and_what_stays_is_the_total_and_what_was_there(
        from in 1_u32..50, to in 51_u32..99, balance in -1_000_000_i64..1_000_000, second in 0_i64..30 * DAY,
    ) {
        let mut basis = fresh(vec![seats(1_999, from)]);
        basis.balance = usd(balance);
        let due = quote(&basis, seats(1_999, to), START + second).due();
        prop_assert_eq!(due.total.minor + balance, due.now.minor + due.after.minor);
        prop_assert!(due.now.minor == 0 || due.now.minor >= 50);
        prop_assert!(due.credit_used().minor >= 0);
    }
}
