//! The customer portal: plan, card, invoices.

use crate::engine::Engine;
use crate::engine::calendar;
use crate::engine::money;
use crate::engine::portal::{self, Step};
use crate::engine::portal_configuration::Configuration;
use crate::engine::portal_session::{Kind, Session};
use crate::engine::schedule;
use crate::engine::subscription::Subscription;

use super::card_form::{self, Typed};
use super::{escape, layout, notice};

/// A sentence above the page.
#[derive(Default)]
pub struct Said {
    pub done: Option<String>,
    pub refused: Option<String>,
}

impl From<&Step> for Said {
    fn from(step: &Step) -> Self {
        match step {
            Step::Done(text) => Self { done: Some((*text).into()), refused: None },
            Step::Refused(text) => Self { done: None, refused: Some(text.clone()) },
            Step::Authenticate(_) | Step::Pay(_) => Self::default(),
        }
    }
}

impl Said {
    fn html(&self) -> String {
        let part = |class: &str, role: &str, text: &Option<String>| {
            text.as_ref()
                .map_or_else(String::new, |text| format!(r#"<p class="{class}" role="{role}">{}</p>"#, escape(text)))
        };
        part("told", "status", &self.done) + &part("refusal", "alert", &self.refused)
    }
}

/// For an address that does not open any more.
pub fn expired(session: Option<&Session>) -> String {
    let back = session.and_then(|session| session.return_url.as_deref()).map(|url| (url, "Back"));
    notice(
        "This page has expired",
        "The portal opens anew from the application. Nothing was changed by its closing.",
        back,
    )
}

/// After one thing was done, with nowhere else to go.
pub fn confirmation(text: Option<&str>) -> String {
    notice("Done", text.unwrap_or("Your change is in place."), None)
}

fn path(session: &Session, rest: &str) -> String {
    escape(&format!("/_portal/{}{rest}", session.id))
}

fn page(session: &Session, title: &str, main: &str) -> String {
    let back = session.return_url.as_ref().map_or_else(String::new, |url| {
        format!(r#"<p><a class="back" href="{}">Back to the application</a></p>"#, escape(url))
    });
    layout(&format!("{title}, sandbox"), &format!(r#"<div class="narrow">{back}{main}</div>"#))
}

/// Everything at a glance.
pub fn overview(engine: &Engine, (session, settings): &(Session, Configuration), said: &Said) -> String {
    let heading = settings.headline.as_deref().unwrap_or("Your plan and payments");
    let customer = engine.state.customers.get(&session.customer);
    let who = [customer.and_then(|c| c.name.as_deref()), customer.and_then(|c| c.email.as_deref())];
    let who = who.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let plans: Vec<String> = engine
        .state
        .subscriptions
        .iter()
        .rev()
        .filter(|s| s.customer == session.customer && !s.is_ended())
        .map(|subscription| plan(engine, session, settings, subscription))
        .collect();
    let plans = if plans.is_empty() { r#"<p class="soft">No plan at present.</p>"#.into() } else { plans.concat() };
    let main = format!(
        r#"{said}<section class="card" aria-labelledby="plan">
<h1>{heading}</h1>
<p class="soft">{who}</p>
<h2 id="plan">Plan</h2>
{plans}
</section>
<section class="card" aria-labelledby="card">
<h2 id="card">Payment method</h2>
{card}
</section>
{invoices}"#,
        said = said.html(),
        heading = escape(heading),
        who = escape(&who),
        card = card(engine, session, settings),
        invoices = if settings.features.invoice_history { invoices(engine, session) } else { String::new() },
    );
    page(session, "Portal", &main)
}

/// `All Access`, and `3 × $20.00 / month` below it.
fn words(engine: &Engine, subscription: &Subscription) -> (String, String) {
    let Some(item) = subscription.items.first() else { return (String::new(), String::new()) };
    let price = engine.state.prices.get(&item.price);
    let name = price.and_then(|price| engine.state.products.get(&price.product)).map(|product| product.name.clone());
    let each = price.map(crate::engine::price::Price::words).unwrap_or_default();
    (name.unwrap_or_default(), format!("{} × {each}", item.quantity))
}

/// `5 × All Access (at $20.00 / month)`.
fn priced(engine: &Engine, price: &str, quantity: u64) -> String {
    let Some(price) = engine.state.prices.get(price) else { return String::new() };
    let name = engine.state.products.get(&price.product).map_or("", |product| product.name.as_str());
    format!("{quantity} × {name} (at {})", price.words())
}

fn plan(engine: &Engine, session: &Session, settings: &Configuration, subscription: &Subscription) -> String {
    let (name, many) = words(engine, subscription);
    let shown = subscription.render(engine);
    let end = calendar::day(subscription.period_end());
    let state = match (subscription.cancel_at, shown["status"].as_str().unwrap_or_default()) {
        (Some(at), _) => format!("Cancelled, ends on {}", calendar::day(at)),
        (None, "active") => format!("Renews on {end}"),
        (None, "trialing") => format!("Trial until {end}"),
        (None, "past_due") => "A payment is late".into(),
        (None, "incomplete" | "unpaid") => "Waits for a payment".into(),
        (None, other) => other.replace('_', " "),
    };
    let id = &subscription.id;
    let mut ways = Vec::new();
    if !portal::choices(engine, settings, subscription).is_empty() && subscription.cancel_at.is_none() {
        ways.push(format!(r#"<a class="button" href="{}">Change plan</a>"#, path(session, &format!("/plan/{id}"))));
    }
    if settings.features.cancel.enabled {
        ways.push(if subscription.cancel_at.is_some() {
            format!(
                r#"<form method="post" action="{}"><button class="button">Keep this plan</button></form>"#,
                path(session, &format!("/resume/{id}"))
            )
        } else {
            format!(r#"<a class="button quiet" href="{}">Cancel plan</a>"#, path(session, &format!("/cancel/{id}")))
        });
    }
    let later = later(engine, id, &name).map_or_else(String::new, |later| format!("<br>{}", escape(&later)));
    format!(
        r#"<p><strong>{name}</strong><br>{many}<br><span class="soft">{state}{later}</span></p><div class="row">{ways}</div>"#,
        name = escape(&name),
        many = escape(&many),
        state = escape(&state),
        ways = ways.concat(),
    )
}

/// What the plan becomes by itself: `Becomes 2 × $20.00 / month from 1 January 2027`, with the other plan's name.
fn later(engine: &Engine, subscription: &str, name: &str) -> Option<String> {
    let schedule = schedule::of(engine, subscription)?;
    let phase = schedule.phases.get(schedule.current + 1)?;
    let item = phase.items.first()?;
    let price = engine.state.prices.get(&item.price)?;
    let other = Some(price.product_name(engine)).filter(|other| *other != name);
    let other = other.map_or_else(String::new, |other| format!("{other}, "));
    let (many, each) = (item.quantity.unwrap_or(1), price.words());
    Some(format!("Becomes {other}{many} × {each} from {}", calendar::day(phase.start)))
}

fn card(engine: &Engine, session: &Session, settings: &Configuration) -> String {
    let own = engine
        .state
        .subscriptions
        .iter()
        .rev()
        .filter(|s| s.customer == session.customer && !s.is_ended())
        .find_map(|s| s.default_payment_method.clone());
    let held = own.or_else(|| engine.state.customers.get(&session.customer)?.default_payment_method.clone());
    let (text, verb) = match held.and_then(|id| engine.state.payment_methods.get(&id)) {
        Some(method) => (
            format!(
                "{} •••• {}, until {:02}/{}",
                method.brand.to_uppercase(),
                method.last4,
                method.exp_month,
                method.exp_year
            ),
            "Change card",
        ),
        None => ("No card yet.".into(), "Add a card"),
    };
    let way = if settings.features.payment_method_update {
        format!(r#"<p><a class="button quiet" href="{}">{verb}</a></p>"#, path(session, "/card"))
    } else {
        String::new()
    };
    format!("<p>{}</p>{way}", escape(&text))
}

fn invoices(engine: &Engine, session: &Session) -> String {
    let rows: Vec<String> = portal::invoices(engine, &session.customer)
        .iter()
        .map(|invoice| {
            let text = |name: &str| invoice[name].as_str().unwrap_or_default();
            let amount = money::show(invoice["total"].as_i64().unwrap_or_default(), text("currency"));
            let at = invoice["effective_at"].as_i64().or_else(|| invoice["created"].as_i64()).unwrap_or_default();
            format!(
                r#"<tr><th scope="row"><a href="{url}">{number}</a><span class="soft">{day}, {status}</span></th><td>{amount}</td></tr>"#,
                url = escape(text("hosted_invoice_url")),
                number = escape(text("number")),
                day = calendar::day(at),
                status = escape(text("status")),
            )
        })
        .collect();
    let list = if rows.is_empty() {
        r#"<p class="soft">No invoices yet.</p>"#.to_owned()
    } else {
        format!(
            r#"<table class="lines"><caption class="hidden">Invoices</caption>
<thead class="hidden"><tr><th scope="col">Invoice</th><th scope="col">Total</th></tr></thead><tbody>{}</tbody></table>"#,
            rows.concat()
        )
    };
    format!(r#"<section class="card" aria-labelledby="invoices"><h2 id="invoices">Invoices</h2>{list}</section>"#)
}

/// A new card.
pub fn new_card(session: &Session, typed: &Typed) -> String {
    let action = format!("/_portal/{}/card", session.id);
    let form = card_form::render(&action, "Save card", typed, "Not saved.", "The card from before stays.");
    let main = format!(
        r#"<section class="card"><h1>Pay with another card</h1>
<p class="soft">It pays from the next invoice on.</p>{form}</section>{whole}"#,
        whole = whole(session),
    );
    page(session, "Card", &main)
}

/// The way to the rest of the portal, where there is one.
fn whole(session: &Session) -> String {
    if session.open_flow().is_some() {
        return String::new();
    }
    format!(r#"<p><a href="{}">All of the portal</a></p>"#, path(session, ""))
}

/// Before cancelling.
pub fn cancel(engine: &Engine, (session, settings): &(Session, Configuration), id: &str, said: &Said) -> String {
    let Some(subscription) = engine.state.subscriptions.get(id) else { return expired(Some(session)) };
    let (name, _) = words(engine, subscription);
    let cancel = &settings.features.cancel;
    let when = if cancel.at_period_end {
        format!("It stays as it is until {}, and is not charged again.", calendar::day(subscription.period_end()))
    } else {
        "It ends at once.".into()
    };
    let reasons = if cancel.reason {
        let options: Vec<String> = cancel
            .reasons
            .iter()
            .map(|word| format!(r#"<option value="{word}">{}</option>"#, escape(&word.replace('_', " "))))
            .collect();
        format!(
            r#"<div class="field"><label for="feedback">Why, if you like to say</label><select id="feedback" name="feedback"><option value="">No answer</option>{}</select></div>"#,
            options.concat()
        )
    } else {
        String::new()
    };
    let main = format!(
        r#"{said}<section class="card"><h1>Cancel {name}?</h1><p>{when}</p>
<form method="post" action="{action}">{reasons}<button class="button">Cancel {name}</button></form></section>{whole}"#,
        said = said.html(),
        name = escape(&name),
        when = escape(&when),
        action = path(session, &format!("/cancel/{id}")),
        whole = whole(session),
    );
    page(session, "Cancel", &main)
}

/// Another plan or quantity.
pub fn change(engine: &Engine, (session, settings): &(Session, Configuration), id: &str, said: &Said) -> String {
    let Some(subscription) = engine.state.subscriptions.get(id) else { return expired(Some(session)) };
    let Some(item) = subscription.items.first() else { return expired(Some(session)) };
    let choices = portal::choices(engine, settings, subscription);
    let options: Vec<String> = choices
        .iter()
        .map(|(product, price)| {
            let name = engine.state.products.get(&product.product).map_or("", |known| known.name.as_str());
            let mark = if price.id == item.price { " checked" } else { "" };
            format!(
                r#"<li><label class="test"><span><input type="radio" name="price" value="{id}" required{mark}> {name}</span> <span class="digits">{words}</span></label></li>"#,
                id = escape(&price.id),
                name = escape(name),
                words = escape(&price.words()),
            )
        })
        .collect();
    let adjustable = settings.features.update.allowed.iter().any(|word| word == "quantity")
        && choices.iter().any(|(product, _)| product.adjustable);
    let quantity = if adjustable {
        format!(
            r#"<div class="field"><label for="quantity">Quantity</label><input id="quantity" name="quantity" inputmode="numeric" value="{}" required></div>"#,
            item.quantity
        )
    } else {
        String::new()
    };
    let main = format!(
        r#"{said}<section class="card"><h1>Change plan</h1>
<form method="post" action="{action}"><fieldset><legend>Plans</legend><ul class="tests">{options}</ul></fieldset>
{quantity}<button class="button">Change plan</button></form></section>{whole}"#,
        said = said.html(),
        action = path(session, &format!("/plan/{id}")),
        options = options.concat(),
        whole = whole(session),
    );
    page(session, "Plan", &main)
}

/// A change that the application has prepared.
pub fn confirm(engine: &Engine, session: &Session, said: &Said) -> String {
    let Some(Kind::Confirm { subscription, items }) = session.open_flow().map(|flow| flow.kind.clone()) else {
        return expired(Some(session));
    };
    let Some(held) = engine.state.subscriptions.get(&subscription) else { return expired(Some(session)) };
    let rows: Vec<String> = items
        .iter()
        .filter_map(|item| {
            let known = held.items.iter().find(|known| known.id == item.id)?;
            let price = item.price.as_deref().unwrap_or(&known.price);
            let from = priced(engine, &known.price, known.quantity);
            let to = priced(engine, price, item.quantity.unwrap_or(known.quantity));
            Some(format!(
                r#"<tr><th scope="row">{}<span class="soft">instead of {}</span></th></tr>"#,
                escape(&to),
                escape(&from)
            ))
        })
        .collect();
    let main = format!(
        r#"{said}<section class="card"><h1>Confirm your change</h1>
<table class="lines"><caption class="hidden">What changes</caption><tbody>{rows}</tbody></table>
<form method="post" action="{action}"><button class="button">Confirm</button></form></section>"#,
        said = said.html(),
        rows = rows.concat(),
        action = path(session, "/confirm"),
    );
    page(session, "Confirm", &main)
}
