//! Changing a schedule: its phases are given anew, all of them, and the running one takes effect at once.

use super::calendar::{self, Interval};
use super::error::ApiError;
use super::params::{Metadata, Params};
use super::schedule::{self, After, Item, Phase, Schedule};
use super::subscription::Subscription;
use super::{Answer, Engine, route, subscription};

const PRORATION: &[&str] = &["always_invoice", "create_prorations", "none"];

/// `POST /v1/subscription_schedules/{id}`.
pub fn update(engine: &mut Engine, id: &str, mut params: Params) -> Answer {
    let old = schedule::find(engine, id)?.clone();
    if !old.is_live() {
        return Err(ApiError::bad(
            "You cannot update a subscription schedule that is not in the `not_started` or `active` status.",
        ));
    }
    let mut new = old.clone();
    new.metadata = params.metadata("metadata", &old.metadata)?;
    match params.word("end_behavior", &["cancel", "release"])? {
        Some("cancel") => new.end_behavior = After::Cancel,
        Some(_) => new.end_behavior = After::Release,
        None => {}
    }
    let proration = params.word("proration_behavior", PRORATION)?.unwrap_or("create_prorations");
    if let Some(given) = params.hashes("phases")? {
        read_phases(engine, &mut new, given)?;
    }
    params.finish()?;
    let before = old.render(engine);
    let after = new.render(engine);
    let (was, is) = (old.phases.get(old.current).cloned(), new.phases.get(new.current).cloned());
    let subscription = new.subscription.clone();
    engine.state.schedules.insert(new);
    if let (Some(subscription), Some(phase)) = (subscription, is)
        && was.as_ref() != Some(&phase)
        && let Err(error) = apply(engine, &subscription, &phase, proration)
    {
        // Nothing of it counts when the running phase cannot be put into effect.
        engine.state.schedules.insert(old);
        return Err(error);
    }
    engine.emit_update("subscription_schedule.updated", &before, after);
    schedule::get(engine, id)
}

/// The phases as given: the running one first, or those before it as they are; no gaps.
fn read_phases(engine: &Engine, schedule: &mut Schedule, given: Vec<Params>) -> Result<(), ApiError> {
    if given.is_empty() || given.len() > 10 {
        return Err(ApiError::bad("A schedule has between one and ten phases.").param("phases"));
    }
    let running = schedule.phases.get(schedule.current).map(|phase| phase.start);
    let mut phases: Vec<Phase> = Vec::new();
    for mut phase in given {
        let start = match (phase.text("start_date")?, phases.last()) {
            (Some(text), _) if text == "now" => engine.now,
            (Some(text), _) => {
                text.parse().map_err(|_| phase.invalid("start_date", format!("Invalid timestamp: {text}")))?
            }
            (None, Some(before)) => before.end,
            (None, None) => return Err(ApiError::required(phase.name("start_date"))),
        };
        if phases.last().is_some_and(|before| before.end != start) {
            return Err(phase.invalid("start_date", "The phases of a schedule follow each other without a gap."));
        }
        phases.push(read_phase(engine, start, phase)?);
    }
    let currency = |phase: &Phase| {
        phase.items.first().and_then(|item| engine.state.prices.get(&item.price)).map(|price| price.currency.clone())
    };
    if phases.iter().any(|phase| currency(phase) != phases.first().and_then(currency)) {
        return Err(ApiError::bad("All phases must have the same currency.").param("phases"));
    }
    let current = phases.iter().position(|phase| phase.start <= engine.now && engine.now < phase.end);
    let current = current.ok_or_else(|| {
        ApiError::bad("The current phase must be among the phases; a phase that has ended cannot be the last one.")
            .param("phases")
    })?;
    if Some(phases[current].start) != running && phases[current].start != engine.now {
        return Err(ApiError::bad("You can not modify the start date of the current phase.")
            .param(format!("phases[{current}][start_date]")));
    }
    schedule.phases = phases;
    schedule.current = current;
    Ok(())
}

fn read_phase(engine: &Engine, start: i64, mut given: Params) -> Result<Phase, ApiError> {
    if given.has("iterations") {
        return Err(given
            .invalid("iterations", "Received unknown parameter: iterations. Use `duration` instead.")
            .code("parameter_unknown"));
    }
    let end = match (given.integer("end_date")?, given.hash("duration")?) {
        (Some(_), Some(_)) => {
            return Err(given.invalid("duration", "You may only specify one of these parameters: end_date, duration."));
        }
        (Some(end), None) => end,
        (None, Some(mut duration)) => {
            let interval = match duration.word("interval", &["day", "week", "month", "year"])? {
                Some("day") => Interval::Day,
                Some("week") => Interval::Week,
                Some("month") => Interval::Month,
                Some(_) => Interval::Year,
                None => return Err(ApiError::required(duration.name("interval"))),
            };
            let count = duration.natural("interval_count")?.unwrap_or(1);
            let count = u32::try_from(count).ok().filter(|count| (1..=120).contains(count));
            let count = count.ok_or_else(|| duration.invalid("interval_count", "Invalid interval count"))?;
            duration.finish()?;
            calendar::step(start, interval, count, 1)
        }
        (None, None) => return Err(ApiError::required(given.name("end_date"))),
    };
    if end <= start {
        return Err(given.invalid("end_date", "The end of a phase must be after its start."));
    }
    let listed = given.hashes("items")?.unwrap_or_default();
    if listed.is_empty() || listed.len() > 20 {
        return Err(ApiError::required(given.name("items")));
    }
    let items = listed.into_iter().map(|item| read_item(engine, item)).collect::<Result<_, _>>()?;
    let phase = Phase {
        start,
        end,
        items,
        proration_behavior: given.word("proration_behavior", PRORATION)?.unwrap_or("create_prorations").into(),
        metadata: given.metadata("metadata", &Metadata::new())?,
        description: given.text("description")?,
        default_payment_method: given.text("default_payment_method")?,
        resets_anchor: given.word("billing_cycle_anchor", &["automatic", "phase_start"])? == Some("phase_start"),
        trial_end: given.integer("trial_end")?,
    };
    if let Some(method) = &phase.default_payment_method
        && engine.state.payment_methods.get(method).is_none()
    {
        return Err(ApiError::missing("PaymentMethod", method, given.name("default_payment_method")));
    }
    given.word("collection_method", &["charge_automatically"])?;
    given.text("currency")?;
    if given.is_blank("discounts") {
        given.text("discounts")?;
    }
    given.finish()?;
    Ok(phase)
}

fn read_item(engine: &Engine, mut given: Params) -> Result<Item, ApiError> {
    let price = given.required("price")?;
    let known = engine.state.prices.get(&price);
    let known = known.ok_or_else(|| ApiError::missing("price", &price, given.name("price")))?;
    if known.recurring.is_none() {
        return Err(given.invalid(
            "price",
            "The price specified is set to `type=one_time` but this field only accepts \
             prices with `type=recurring`.",
        ));
    }
    let quantity = given.natural("quantity")?;
    let metadata = given.metadata("metadata", &Metadata::new())?;
    given.finish()?;
    Ok(Item { price, quantity: Some(quantity.unwrap_or(1)), metadata })
}

/// Whether a phase is paid in another rhythm. Its period then begins with it.
fn other_interval(engine: &Engine, phase: &Phase, held: &Subscription) -> bool {
    let rhythm = |price: &str| engine.state.prices.get(price).and_then(|price| price.recurring);
    let (wanted, has) = (phase.items.first(), held.items.first());
    wanted.map(|item| rhythm(&item.price)) != has.map(|item| rhythm(&item.price))
}

/// A phase begins by itself; nobody is there to be told of a refusal.
pub fn enter(engine: &mut Engine, subscription: &str, phase: &Phase, proration: &str) {
    if let Err(error) = apply(engine, subscription, phase, proration) {
        tracing::warn!(subscription, error = error.message, "a phase of a schedule could not begin");
    }
}

/// Makes a subscription what a phase wants it to be: items by their places, as the API would, and what the phase leaves
/// out is unset.
fn apply(engine: &mut Engine, id: &str, phase: &Phase, proration: &str) -> Result<(), ApiError> {
    let Some(held) = engine.state.subscriptions.get(id).cloned() else { return Ok(()) };
    let mut pairs: Vec<(String, String)> = Vec::new();
    if !phase.fits(&held) {
        // At the end of a period nothing is left to be prorated.
        let proration = if held.period_end() <= engine.now { "none" } else { proration };
        let places = phase.items.len().max(held.items.len());
        for place in 0..places {
            let mut put = |field: &str, value: &str| pairs.push((format!("items[{place}][{field}]"), value.to_owned()));
            if let Some(has) = held.items.get(place) {
                put("id", &has.id);
            }
            match phase.items.get(place) {
                Some(wanted) => {
                    put("price", &wanted.price);
                    if let Some(quantity) = wanted.quantity {
                        put("quantity", &quantity.to_string());
                    }
                }
                None => put("deleted", "true"),
            }
        }
        pairs.push(("proration_behavior".into(), proration.into()));
        if phase.start == engine.now && (phase.resets_anchor || other_interval(engine, phase, &held)) {
            pairs.push(("billing_cycle_anchor[type]".into(), "now".into()));
        }
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if !pairs.is_empty() {
        route::post(engine, &format!("/v1/subscriptions/{id}"), &pairs)?;
    }
    subscription::change(engine, id, |subscription| {
        subscription.metadata.extend(phase.metadata.clone());
        subscription.description.clone_from(&phase.description);
        subscription.default_payment_method.clone_from(&phase.default_payment_method);
    });
    Ok(())
}
