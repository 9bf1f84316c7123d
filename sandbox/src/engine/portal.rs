//! What a customer does in the portal. It goes the same way as the API, so the same events follow.

use serde_json::Value;

use super::card::Card;
use super::portal_configuration::{Configuration, Offer};
use super::portal_session::{self, After, Kind, Session};
use super::price::Price;
use super::route;
use super::subscription::Subscription;
use super::{Answer, Engine, portal_schedule, schedule, setup_intent, test_clock};

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Done, with the sentence for the page.
    Done(&'static str),
    /// The card's owner is asked on the 3-D Secure page of this attempt.
    Authenticate(String),
    /// The change waits for this invoice to be paid.
    Pay(String),
    /// No, with the reason for the page.
    Refused(String),
}

/// An open session, and its settings. Using it keeps it open.
pub fn open(engine: &mut Engine, id: &str) -> Option<(Session, Configuration)> {
    // Whoever lives on a test clock is there at its time; by the time outside, their portal would have closed long ago.
    let customer = engine.state.portal_sessions.get(id).map(|session| session.customer.clone());
    let now = test_clock::now(engine, customer.as_deref());
    let session = engine.state.portal_sessions.get_mut(id).filter(|session| !session.is_expired(now))?;
    session.last_seen = Some(now);
    let session = session.clone();
    let configuration = portal_session::settings(engine, &session)?.clone();
    Some((session, configuration))
}

/// Marks the one thing of a session as done. Answers with what comes after it.
pub fn finish(engine: &mut Engine, id: &str) -> Option<After> {
    let flow = engine.state.portal_sessions.get_mut(id)?.flow.as_mut().filter(|flow| !flow.done)?;
    flow.done = true;
    Some(flow.after.clone())
}

/// A card is typed in, to pay with from now on.
pub fn add_card(engine: &mut Engine, session: &Session, card: &Card) -> Step {
    let (attempt, decline) = setup_intent::begin(engine, &session.id, &session.customer, card);
    let asks = engine.state.setup_intents.get(&attempt).map(|intent| intent.status);
    match decline {
        Some(decline) => Step::Refused(decline.message.into()),
        None if asks == Some(setup_intent::Status::RequiresAction) => Step::Authenticate(attempt),
        None => Step::Done("Your card was changed."),
    }
}

/// Lets a customer pay with a card: theirs by default, and that of subscriptions which name one of their own.
pub fn pay_with(engine: &mut Engine, session: &str, method: &str) {
    let Some(customer) = engine.state.portal_sessions.get(session).map(|session| session.customer.clone()) else {
        return;
    };
    let own: Vec<String> = engine
        .state
        .subscriptions
        .iter()
        .filter(|s| s.customer == customer && !s.is_ended() && s.default_payment_method.is_some())
        .map(|s| s.id.clone())
        .collect();
    let mut todo = vec![(format!("/v1/customers/{customer}"), "invoice_settings[default_payment_method]")];
    todo.extend(own.into_iter().map(|id| (format!("/v1/subscriptions/{id}"), "default_payment_method")));
    for (path, field) in todo {
        if let Err(error) = route::post(engine, &path, &[(field, method)]) {
            tracing::warn!(path, error = error.message, "the portal could not set the card");
        }
    }
}

/// Its own subscription, still alive.
fn owned<'a>(engine: &'a Engine, session: &Session, id: &str) -> Option<&'a Subscription> {
    engine.state.subscriptions.get(id).filter(|s| s.customer == session.customer && !s.is_ended())
}

fn step(answer: Answer, done: &'static str) -> Step {
    match answer {
        Ok(_) => Step::Done(done),
        Err(error) => Step::Refused(error.message),
    }
}

const NOT_OFFERED: &str = "This is not offered here.";

/// Cancels. At the end of the period only `cancel_at` is set: that is Stripe's way with flexible billing.
pub fn cancel(
    engine: &mut Engine,
    (session, settings): &(Session, Configuration),
    id: &str,
    feedback: Option<&str>,
) -> Step {
    let Some(subscription) = owned(engine, session, id) else { return Step::Refused("It has ended already.".into()) };
    let cancel = &settings.features.cancel;
    if !cancel.enabled {
        return Step::Refused(NOT_OFFERED.into());
    }
    let path = format!("/v1/subscriptions/{id}");
    let end = subscription.period_end().to_string();
    let mut pairs = Vec::new();
    if let Some(feedback) = feedback.filter(|word| cancel.reasons.iter().any(|known| known == word)) {
        pairs.push(("cancellation_details[feedback]", feedback));
    }
    if cancel.at_period_end {
        pairs.push(("cancel_at", &end));
        step(route::post(engine, &path, &pairs), "Your plan is cancelled and stays until its last day.")
    } else {
        if cancel.proration_behavior != "none" {
            pairs.push(("prorate", "true"));
        }
        if cancel.proration_behavior == "always_invoice" {
            pairs.push(("invoice_now", "true"));
        }
        step(route::delete(engine, &path, &pairs), "Your plan has ended.")
    }
}

/// Takes a cancellation back, whichever way it was made.
pub fn resume(engine: &mut Engine, (session, settings): &(Session, Configuration), id: &str) -> Step {
    let Some(subscription) = owned(engine, session, id) else { return Step::Refused("It has ended.".into()) };
    if !settings.features.cancel.enabled {
        return Step::Refused(NOT_OFFERED.into());
    }
    let pair = if subscription.cancel_at_period_end { ("cancel_at_period_end", "false") } else { ("cancel_at", "") };
    step(route::post(engine, &format!("/v1/subscriptions/{id}"), &[pair]), "Your plan goes on.")
}

/// What a subscription's first item may become: products with their prices.
pub fn choices<'a>(
    engine: &'a Engine,
    settings: &'a Configuration,
    subscription: &Subscription,
) -> Vec<(&'a Offer, &'a Price)> {
    let update = &settings.features.update;
    if !update.enabled {
        return Vec::new();
    }
    let held = subscription.items.first().map(|item| item.price.as_str());
    let other = update.allowed.iter().any(|word| word == "price");
    let all = update.products.iter().flat_map(|p| p.prices.iter().map(move |price| (p, price)));
    all.filter_map(|(product, price)| Some((product, engine.state.prices.get(price)?)))
        .filter(|(_, price)| price.currency == subscription.currency)
        .filter(|(_, price)| Some(price.id.as_str()) == held || (other && price.active))
        .collect()
}

/// Changes plan or quantity as the settings allow it.
pub fn change(
    engine: &mut Engine,
    (session, settings): &(Session, Configuration),
    id: &str,
    price: &str,
    quantity: Option<u64>,
) -> Step {
    let Some(subscription) = owned(engine, session, id).cloned() else { return Step::Refused("It has ended.".into()) };
    let Some(item) = subscription.items.first() else { return Step::Refused(NOT_OFFERED.into()) };
    let offered = choices(engine, settings, &subscription);
    let Some((product, _)) = offered.into_iter().find(|(_, known)| known.id == price) else {
        return Step::Refused(NOT_OFFERED.into());
    };
    let adjustable = product.adjustable && settings.features.update.allowed.iter().any(|word| word == "quantity");
    let quantity = quantity.filter(|_| adjustable).unwrap_or(item.quantity);
    if adjustable && !(product.minimum..=product.maximum.unwrap_or(999_999)).contains(&quantity) {
        let most = product.maximum.map_or_else(String::new, |most| format!(" and at most {most}"));
        return Step::Refused(format!("Choose at least {}{most}.", product.minimum));
    }
    let items = vec![(item.id.clone(), price.to_owned(), quantity)];
    apply(engine, settings, &subscription.id, &items)
}

/// Confirms the change that the application has prepared.
pub fn confirm(engine: &mut Engine, (session, settings): &(Session, Configuration)) -> Step {
    let Some(Kind::Confirm { subscription, items }) = session.open_flow().map(|flow| flow.kind.clone()) else {
        return Step::Refused(NOT_OFFERED.into());
    };
    let Some(held) = owned(engine, session, &subscription) else { return Step::Refused("It has ended.".into()) };
    let items: Vec<(String, String, u64)> = items
        .into_iter()
        .filter_map(|item| {
            let known = held.items.iter().find(|known| known.id == item.id)?;
            let price = item.price.unwrap_or_else(|| known.price.clone());
            Some((item.id, price, item.quantity.unwrap_or(known.quantity)))
        })
        .collect();
    apply(engine, settings, &subscription, &items)
}

fn apply(engine: &mut Engine, settings: &Configuration, id: &str, items: &[(String, String, u64)]) -> Step {
    let update = &settings.features.update;
    let Some(held) = engine.state.subscriptions.get(id) else { return Step::Refused("It has ended.".into()) };
    if portal_schedule::waits(engine, &update.at_period_end, held, items) {
        if held.cancel_at.is_some() {
            return Step::Refused("It is cancelled. Keep it first, and then change it.".into());
        }
        let answer = portal_schedule::put(engine, id, items);
        return step(answer, "Your plan changes when this period is over.");
    }
    // What happens now takes the place of what was to happen later.
    if let Some(later) = schedule::of(engine, id).filter(|schedule| schedule.phases.len() > schedule.current + 1) {
        let path = format!("/v1/subscription_schedules/{}/release", later.id);
        if let Err(error) = route::post(engine, &path, &[]) {
            return Step::Refused(error.message);
        }
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (place, (item, price, quantity)) in items.iter().enumerate() {
        pairs.push((format!("items[{place}][id]"), item.clone()));
        pairs.push((format!("items[{place}][price]"), price.clone()));
        pairs.push((format!("items[{place}][quantity]"), quantity.to_string()));
    }
    pairs.push(("proration_behavior".into(), update.proration_behavior.clone()));
    if update.proration_behavior == "always_invoice" {
        pairs.push(("payment_behavior".into(), "pending_if_incomplete".into()));
    }
    if let Some(anchor) = &update.billing_cycle_anchor {
        pairs.push(("billing_cycle_anchor[type]".into(), anchor.clone()));
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    match route::post(engine, &format!("/v1/subscriptions/{id}"), &pairs) {
        Err(error) => Step::Refused(error.message),
        Ok(subscription) => match unpaid(engine, &subscription) {
            Some(page) => Step::Pay(page),
            None => Step::Done("Your plan was changed."),
        },
    }
}

/// The page of the invoice that a change waits for.
fn unpaid(engine: &Engine, subscription: &Value) -> Option<String> {
    subscription.get("pending_update").filter(|pending| !pending.is_null())?;
    let invoice = super::invoice::get(engine, subscription["latest_invoice"].as_str()?).ok()?;
    Some(invoice["hosted_invoice_url"].as_str()?.to_owned())
}

/// The invoices of a customer that were issued, the newest first.
pub fn invoices(engine: &Engine, customer: &str) -> Vec<Value> {
    let all = engine.state.invoices.iter().rev().filter(|invoice| invoice.customer == customer);
    all.map(|invoice| invoice.render(engine)).filter(|invoice| invoice["status"] != "draft").take(24).collect()
}
