//! The hosted payment page.

use crate::engine::Engine;
use crate::engine::calendar;
use crate::engine::checkout::{self, Session, Status};
use crate::engine::money;
use crate::engine::price::Price;

use super::card_form::{self, Typed};
use super::{escape, layout, notice};

pub fn render(engine: &Engine, session: &Session, typed: &Typed) -> String {
    let back = session.cancel_url.as_deref();
    match session.status {
        Status::Complete => notice(
            "Already paid",
            "This payment page was completed. Nothing is charged twice.",
            Some((&session.success(), "Continue")),
        ),
        Status::Expired => notice(
            "This page has expired",
            "Nothing was charged. Go back and start the payment again.",
            back.map(|url| (url, "Back")),
        ),
        Status::Open => layout("Payment, sandbox", &open(engine, session, typed)),
    }
}

fn open(engine: &Engine, session: &Session, typed: &Typed) -> String {
    let back = session
        .cancel_url
        .as_ref()
        .map_or_else(String::new, |url| format!(r#"<p><a class="back" href="{}">Back</a></p>"#, escape(url)));
    let email = session
        .customer
        .as_ref()
        .and_then(|id| engine.state.customers.get(id)?.email.clone())
        .or_else(|| session.customer_email.clone())
        .map_or_else(String::new, |email| format!(r#"<p class="soft">Receipt to {}</p>"#, escape(&email)));
    let action = format!("/_checkout/{}", session.id);
    let form =
        card_form::render(&action, &checkout::button(engine, session), typed, "Not paid.", "Nothing was charged.");
    format!(
        r#"<div class="pair">
<section class="summary" aria-labelledby="what">
{back}
<h1 id="what">{heading}</h1>
<p class="price">{due}</p>
<p class="soft">{terms}</p>
<table class="lines"><caption class="hidden">What is bought</caption>
<thead class="hidden"><tr><th scope="col">Item</th><th scope="col">Price</th></tr></thead>
<tbody>{lines}</tbody>
</table>
{email}
</section>
<section class="card" aria-labelledby="how">
<h2 id="how">Pay with a card</h2>
{form}
</section>
</div>"#,
        heading = escape(&heading(engine, session)),
        due = money::show(session.by_card(engine), &session.currency),
        terms = escape(&terms(engine, session)),
        lines = lines(engine, session),
    )
}

fn heading(engine: &Engine, session: &Session) -> String {
    let names: Vec<String> = session.lines.iter().map(|line| line.product_name(engine)).collect();
    let first = names.first().cloned().unwrap_or_default();
    let same = names.iter().all(|name| *name == first);
    let and_more = if same { "" } else { " and more" };
    match session.trial_period_days {
        Some(_) => format!("Try {first}{and_more}"),
        None => format!("Subscribe to {first}{and_more}"),
    }
}

/// When it is paid, and how much then.
fn terms(engine: &Engine, session: &Session) -> String {
    let every = session.lines.first().and_then(|line| engine.state.prices.get(&line.price)?.recurring).map_or_else(
        String::new,
        |recurring| match recurring.count {
            1 => format!("every {}", recurring.interval.as_str()),
            count => format!("every {count} {}s", recurring.interval.as_str()),
        },
    );
    let full = money::show(session.full_price(engine), &session.currency);
    match session.trial_period_days {
        Some(days) => {
            let end = calendar::day(engine.now + i64::from(days) * 86_400);
            format!("{days} days free, then {full} {every} from {end}.")
        }
        None => format!("Due today, and again {every}, until cancelled."),
    }
}

fn lines(engine: &Engine, session: &Session) -> String {
    session
        .lines
        .iter()
        .map(|line| {
            let each = engine.state.prices.get(&line.price).map(Price::words).unwrap_or_default();
            // What is metered has no quantity yet.
            let sum = if line.quantity > 0 { format!("{} × {each}", line.quantity) } else { each };
            format!(
                r#"<tr><th scope="row">{name}<span class="soft">{sum}</span></th><td>{amount}</td></tr>"#,
                name = escape(&line.product_name(engine)),
                sum = escape(&sum),
                amount = money::show(line.amount(engine), &session.currency),
            )
        })
        .collect::<Vec<_>>()
        .concat()
}
