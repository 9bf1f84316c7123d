//! Random lives of subscriptions: what a preview says is what is invoiced, and no money is lost or made.

use super::changes::{WORKS, customer, latest, preview, price};
use super::*;
use proptest::prelude::*;

/// Prices by place: for each, dearer, in tiers, in packages, with fractions of a cent, for a year.
const PRICES: [&str; 6] = [
    "unit_amount=2000&recurring[interval]=month",
    "unit_amount=3333&recurring[interval]=month",
    "billing_scheme=tiered&tiers_mode=graduated&tiers[0][up_to]=5&tiers[0][unit_amount]=700&tiers[1][up_to]=inf&\
     tiers[1][unit_amount]=650&tiers[1][flat_amount]=100&recurring[interval]=month",
    "unit_amount=900&transform_quantity[divide_by]=10&transform_quantity[round]=up&recurring[interval]=month",
    "unit_amount_decimal=0.35&recurring[interval]=month",
    "unit_amount=20000&recurring[interval]=year",
];

/// One step of a life: how much later, which item, to which price, how many, and how it is paid.
#[derive(Clone, Debug)]
struct Step {
    later: i64,
    item: usize,
    price: Option<usize>,
    seats: u64,
    now: bool,
    anew: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (
        0..400_000_i64,
        0..3_usize,
        prop::option::weighted(0.4, 0..PRICES.len()),
        1..200_u64,
        any::<bool>(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(later, item, price, seats, now, anew)| Step { later, item, price, seats, now, anew })
}

/// What an invoice says of money: its lines, its sums.
fn money(invoice: &Value) -> (Vec<[Value; 4]>, [Value; 4]) {
    let lines = invoice["lines"]["data"].as_array().unwrap().iter();
    let lines =
        lines.map(|line| ["amount", "description", "period", "quantity"].map(|name| line[name].clone())).collect();
    (lines, ["total", "amount_due", "starting_balance", "ending_balance"].map(|name| invoice[name].clone()))
}

/// Lives one life; gives the state and the moment it ends.
fn live(currency: &str, first: &[(usize, u64)], steps: &[Step]) -> Result<(State, String), TestCaseError> {
    let mut state = State::new(7);
    state.unlimited = true;
    let prices: Vec<String> = PRICES
        .iter()
        .map(|form| price(&mut state, &format!("currency={currency}&{}", form.replace("3333", "3330"))))
        .collect();
    let customer = customer(&mut state, WORKS);
    let items: Vec<String> = first
        .iter()
        .enumerate()
        .map(|(place, (price, seats))| {
            format!("&items[{place}][price]={}&items[{place}][quantity]={seats}", prices[*price])
        })
        .collect();
    let made = post(&mut state, START, "/v1/subscriptions", &format!("customer={customer}{}", items.concat()));
    let path = format!("/v1/subscriptions/{}", made["id"].as_str().unwrap());
    let mut now = START;
    for step in steps {
        let subscription = state.subscriptions.iter().next().unwrap();
        // A renewal is another test's.
        let end = subscription.items.iter().map(|item| item.current_period_end).min().unwrap();
        now = (now + step.later).min(end - 1);
        let item = &subscription.items[step.item % subscription.items.len()];
        let price = step.price.map(|place| &prices[place]);
        let taken = |price: &String| subscription.items.iter().any(|other| other.price == *price);
        let price =
            price.filter(|price| !taken(price)).map_or_else(String::new, |price| format!("&items[0][price]={price}"));
        let form = format!(
            "items[0][id]={}{price}&items[0][quantity]={}&proration_behavior={}{}",
            item.id,
            step.seats,
            if step.now { "always_invoice" } else { "create_prorations" },
            if step.anew { "&billing_cycle_anchor[type]=now" } else { "" },
        );
        let before = state.invoices.iter().count();
        let shown = preview(&mut state, now, &path, &form);
        prop_assert_eq!(state.invoices.iter().count(), before);
        let changed = post(&mut state, now, &path, &form);
        if state.invoices.iter().count() > before {
            let invoice = latest(&mut state, now, &changed);
            prop_assert_eq!(money(&shown), money(&invoice));
            prop_assert_eq!(&invoice["status"], "paid");
        } else {
            // What was shown is the next invoice, which now is the same without any change.
            let next = preview(&mut state, now, &path, "");
            prop_assert_eq!(money(&shown), money(&next));
        }
    }
    // The renewal, too, is the one that was shown.
    let shown = preview(&mut state, now, &path, "");
    let ends = state.subscriptions.iter().next().unwrap().items.iter().map(|item| item.current_period_end);
    let (end, before) = (ends.min().unwrap(), state.invoices.iter().count());
    at(&mut state, end);
    prop_assert_eq!(state.invoices.iter().count(), before + 1);
    let renewed = state.invoices.iter().last().unwrap().id.clone();
    let renewed = get(&mut state, end, &format!("/v1/invoices/{renewed}"));
    prop_assert_eq!((money(&shown).0, &shown["total"]), (money(&renewed).0, &renewed["total"]));
    prop_assert_eq!(&renewed["billing_reason"], "subscription_cycle");
    Ok((state, customer))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever happens, the invoice is the one that was shown; and what the cards paid and the balance gave is what the
    /// lines say.
    #[test]
    fn previews_come_true_and_money_is_conserved(
        currency in prop::sample::select(vec!["usd", "jpy", "kwd"]),
        first in prop::sample::subsequence(vec![0_usize, 1, 2, 3, 4], 1..=3),
        seats in prop::collection::vec(1..60_u64, 3),
        steps in prop::collection::vec(step(), 1..8),
    ) {
        let first: Vec<(usize, u64)> = first.into_iter().zip(seats).collect();
        let (state, customer) = live(currency, &first, &steps)?;
        let final_ones = state.invoices.iter().filter(|invoice| invoice.finalized_at.is_some());
        let lines: i64 = final_ones.map(crate::engine::invoice::Invoice::total).sum();
        let charged: i64 = state.charges.iter().filter(|charge| charge.failure.is_none()).map(|charge| charge.amount).sum();
        let balance = state.customers.get(&customer).unwrap().balance;
        prop_assert_eq!(lines, charged + balance);
        // Nothing is given back twice, and nothing that was not charged.
        for debit in state.invoice_items.iter().filter(|item| item.credits.is_none()) {
            let name = crate::engine::debit::Debit::Item(debit.id.clone());
            let given: i64 = state.invoice_items.iter().filter(|i| i.credits.as_ref() == Some(&name)).map(|i| i.amount).sum();
            prop_assert!(debit.amount + given >= 0, "{} was charged and {} given back", debit.amount, given);
        }
    }

    /// Up and down and up again at one moment costs what going there at once costs.
    #[test]
    fn detours_at_one_moment_cost_nothing(path in prop::collection::vec(1..100_u64, 2..6), later in 0..2_000_000_i64) {
        let step = |seats: &u64| Step { later: 0, item: 0, price: None, seats: *seats, now: true, anew: false };
        let first = [(1, 7)];
        let total = |steps: &[Step]| {
            let (state, _) = live("usd", &first, steps)?;
            Ok::<i64, TestCaseError>(state.invoices.iter().map(crate::engine::invoice::Invoice::total).sum())
        };
        let mut detour: Vec<Step> = path.iter().map(step).collect();
        detour[0].later = later;
        let mut straight = vec![detour[detour.len() - 1].clone()];
        straight[0].later = later;
        let off = total(&detour)? - total(&straight)?;
        prop_assert!(off.abs() <= i64::try_from(path.len()).unwrap(), "off by {off}");
    }
}
