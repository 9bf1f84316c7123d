//! The invoice to come, and the button that says the money.

use domain::Money;
use domain::quote::Renewal;
use domain::view::{QuoteSheet, QuoteView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::api::ConfirmQuote;
use crate::components::button::{Submit, Weight};
use crate::components::money::{Amount, every};
use crate::components::outcome::once;
use crate::components::time::{Day, Minute};

/// What it costs, to be agreed to.
#[component]
pub(super) fn QuotePart(quote: QuoteView, slug: String, confirm: ServerAction<ConfirmQuote>) -> impl IntoView {
    let QuoteView { id, hash, sheet, expires_at } = quote;
    let label = button_words(&sheet);
    let shrinks = sheet.at_most.map(|most| {
        view! {
            <p class="card-note">
                "What is given back for unused time shrinks by the second: at most "<Amount money=most/>" until then."
            </p>
        }
    });
    let gives_up = sheet.gives_up.as_ref().map(|what| {
        view! {
            <p class="card-note">
                <strong>"This gives up "{what.words()}"."</strong>
                " It stays given up even if the payment is refused; you can arrange it again on the billing page."
            </p>
        }
    });
    view! {
        <Lines sheet due="Due today"/>
        {gives_up}
        <ActionForm action=confirm on:submit:capture=once(confirm)>
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="quote" value=id.to_string()/>
            <input type="hidden" name="hash" value=hash/>
            <Submit label weight=Weight::Primary pending=confirm.pending()/>
        </ActionForm>
        <p class="card-note">"Good until "<Minute at=expires_at/>". Exactly this is charged, or nothing."</p>
        {shrinks}
    }
}

/// All lines, the credit, what is due, and what comes then.
#[component]
pub(super) fn Lines(
    /// The lines and their sums.
    sheet: QuoteSheet,
    /// What the sum is called: it is due, or it was paid.
    #[prop(into)]
    due: String,
) -> impl IntoView {
    let (name, due) = (due, sheet.due);
    let lines = sheet
        .lines
        .into_iter()
        .map(|line| view! { <tr><th scope="row">{line.words}</th><td><Amount money=line.amount/></td></tr> })
        .collect_view();
    let row = |name: &'static str, money: Money| {
        view! { <tr><th scope="row">{name}</th><td><Amount money/></td></tr> }
    };
    let credit = due.credit_used();
    let used = (credit.minor > 0).then(|| row("Your credit", minus(credit)));
    let owed = (due.before.minor > 0 && due.now.minor > 0).then(|| row("Carried over from before", due.before));
    let left = match due.after.minor {
        0 => None,
        ..0 => Some(row("Stays as your credit", minus(due.after))),
        _ => Some(row("Carried over to the next invoice", due.after)),
    };
    let Renewal { at, amount, interval } = sheet.renewal;
    view! {
        <table class="invoice-lines">
            <caption class="unseen">"The invoice to come"</caption>
            <tbody>{lines}{used}{owed}</tbody>
            <tfoot>
                <tr class="due"><th scope="row">{name}</th><td><Amount money=due.now/></td></tr>
                {left}
            </tfoot>
        </table>
        <p class="then">"Then "<Amount money=amount/>" "{every(interval)}", from "<Day at/>"."</p>
    }
}

const fn minus(money: Money) -> Money {
    Money::new(money.minor.saturating_neg(), money.currency)
}

/// `Pay $1,234.56 and add 2 seats`.
#[must_use]
fn button_words(sheet: &QuoteSheet) -> String {
    let seats = match sheet.more_seats {
        0 => None,
        1 => Some("add 1 seat".to_owned()),
        more => Some(format!("add {more} seats")),
    };
    let deed = match (sheet.other_plan, sheet.other_interval, seats) {
        (true, _, _) => format!("change to {}", sheet.plan_name),
        (false, true, _) => format!("pay {} from now on", sheet.wish.interval.adverb()),
        (false, false, Some(seats)) => seats,
        (false, false, None) => format!("have {} seats", sheet.wish.seats),
    };
    if sheet.due.now.minor > 0 {
        return format!("Pay {} and {deed}", sheet.due.now);
    }
    let mut letters = deed.chars();
    letters.next().map_or(deed.clone(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use domain::quote::Due;
    use domain::view::ChangeWish;
    use domain::{Currency, Interval, Timestamp};

    use super::*;

    fn sheet(due: i64, more_seats: u32, other_plan: bool, other_interval: bool) -> QuoteSheet {
        let usd = |minor| Money::new(minor, Currency::USD);
        QuoteSheet {
            wish: ChangeWish { plan: "premium".parse().unwrap(), interval: Interval::Year, seats: 4 },
            plan_name: "Premium".into(),
            other_plan,
            other_interval,
            more_seats,
            lines: Vec::new(),
            due: Due { total: usd(due), before: usd(0), now: usd(due), after: usd(0) },
            at_most: None,
            renewal: Renewal { at: Timestamp::from_secs(0), amount: usd(1), interval: Interval::Year },
            gives_up: None,
        }
    }

    #[test]
    fn the_button_says_the_money_and_the_deed() {
        for (due, seats, plan, interval, words) in [
            (123_456, 2, false, false, "Pay $1,234.56 and add 2 seats"),
            (100, 1, false, false, "Pay $1.00 and add 1 seat"),
            (100, 2, true, true, "Pay $1.00 and change to Premium"),
            (100, 0, false, true, "Pay $1.00 and pay yearly from now on"),
            (0, 1, false, false, "Add 1 seat"),
            (0, 0, false, false, "Have 4 seats"),
        ] {
            assert_eq!(button_words(&sheet(due, seats, plan, interval)), words);
        }
    }
}
