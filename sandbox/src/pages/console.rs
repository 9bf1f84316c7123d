//! The console: what there is, and the buttons that no customer of Stripe has.

use crate::chaos::Chaos;
use crate::engine::Engine;
use crate::engine::calendar;
use crate::engine::event::Event;
use crate::state::{Delivery, Outcome};

use super::{escape, layout};

pub fn render(engine: &Engine) -> String {
    let main = format!(
        r#"<h1>Sandbox console</h1>
<p class="soft">The API is at <code>{base}</code>, for any key that begins with <code>sk_test_</code>.</p>
{time}{customers}{chaos}{events}"#,
        base = escape(engine.base),
        time = time(engine),
        customers = customers(engine),
        chaos = chaos(&engine.state.chaos),
        events = events(engine),
    );
    layout("Console, sandbox", &main)
}

fn time(engine: &Engine) -> String {
    let options: Vec<String> = engine
        .state
        .subscriptions
        .iter()
        .rev()
        .filter(|subscription| !subscription.is_ended())
        .map(|subscription| {
            let who = engine.state.customers.get(&subscription.customer).and_then(|customer| customer.name.as_deref());
            let end = calendar::day(subscription.period_end());
            format!(
                r#"<option value="{id}">{who}, {end}</option>"#,
                id = escape(&subscription.id),
                who = escape(who.unwrap_or("Nameless")),
            )
        })
        .collect();
    let renewal = if options.is_empty() {
        r#"<p class="soft">Once there is a subscription, its next renewal is one click away.</p>"#.to_owned()
    } else {
        format!(
            r#"<form method="post" action="/_sandbox/time" class="inline"><label for="subscription">Subscription</label><select id="subscription" name="subscription">{}</select><button class="button" name="step" value="renewal">Next renewal</button></form>"#,
            options.concat()
        )
    };
    let failing = match engine.state.failing_payments {
        0 => String::new(),
        count => format!(r#"<p class="told" role="status">The next {count} payments fail.</p>"#),
    };
    let ahead = match engine.state.ahead {
        0 => "the time of this machine".to_owned(),
        ahead => format!("{} days ahead of this machine", ahead / 86_400),
    };
    format!(
        r#"<section class="card" aria-labelledby="time"><h2 id="time">Time machine</h2>
<p>It is {day} here, {ahead}. There is no way back.</p>
<form method="post" action="/_sandbox/time" class="row three"><button class="button quiet" name="step" value="hour">+1 hour</button><button class="button quiet" name="step" value="day">+1 day</button><button class="button quiet" name="step" value="month">+1 month</button></form>
{renewal}{failing}
<form method="post" action="/_sandbox/fail"><button class="button quiet" name="count" value="1">Fail the next payment</button></form>
</section>"#,
        day = calendar::day(engine.now),
    )
}

fn customers(engine: &Engine) -> String {
    let rows: Vec<String> = engine
        .state
        .customers
        .iter()
        .rev()
        .filter(|customer| !customer.deleted)
        .take(50)
        .map(|customer| {
            let theirs = engine.state.subscriptions.iter().rev().filter(|s| s.customer == customer.id);
            let subscriptions: Vec<String> = theirs
                .take(5)
                .map(|subscription| {
                    let shown = subscription.render(engine);
                    // What is metered has no quantity.
                    let quantity = shown["items"]["data"][0]["quantity"].as_u64();
                    let quantity = quantity.map_or_else(String::new, |quantity| format!(" × {quantity}"));
                    let ends = subscription.cancel_at.map(|at| format!(", ends {}", calendar::day(at)));
                    let status = shown["status"].as_str().unwrap_or_default().replace('_', " ");
                    escape(&format!("{status}{quantity}{}", ends.unwrap_or_default()))
                })
                .collect();
            let state = if subscriptions.is_empty() { "none".into() } else { subscriptions.join("<br>") };
            format!(
                r#"<tr><th scope="row">{name}<span class="soft">{id}</span></th><td>{state}</td></tr>"#,
                name = escape(customer.name.as_deref().or(customer.email.as_deref()).unwrap_or("Nameless")),
                id = escape(&customer.id),
            )
        })
        .collect();
    let list = if rows.is_empty() {
        r#"<p class="soft">The application makes one when somebody wants to pay.</p>"#.to_owned()
    } else {
        format!(
            r#"<table class="lines words"><caption class="hidden">Customers</caption><thead><tr><th scope="col">Customer</th><th scope="col">Subscriptions</th></tr></thead><tbody>{}</tbody></table>"#,
            rows.concat()
        )
    };
    format!(r#"<section class="card" aria-labelledby="customers"><h2 id="customers">Customers</h2>{list}</section>"#)
}

fn chaos(chaos: &Chaos) -> String {
    let switches = [
        ("duplicate", "Come twice", chaos.duplicate),
        ("reorder", "Overtake each other", chaos.reorder),
        ("delay", "Come ten seconds late", chaos.delay),
        ("drop", "Get lost until the retry", chaos.drop),
        ("stale", "Carry an older object", chaos.stale),
        ("old_version", "Have the shape of an older version", chaos.old_version),
        ("wrong_signature", "Are signed by somebody else", chaos.wrong_signature),
        ("two_signatures", "Have two signatures", chaos.two_signatures),
        ("old_timestamp", "Are signed 400 seconds ago", chaos.old_timestamp),
    ];
    let fields: Vec<String> = switches
        .iter()
        .map(|(name, words, value)| {
            format!(
                r#"<div class="field"><label for="{name}">{words}, per cent</label><input id="{name}" name="{name}" type="number" min="0" max="100" value="{value}" required></div>"#
            )
        })
        .collect();
    let burst = if chaos.burst { " checked" } else { "" };
    let state = if chaos.is_calm() { "Everything is calm." } else { "Things go wrong on purpose." };
    format!(
        r#"<section class="card" aria-labelledby="chaos"><h2 id="chaos">Chaos</h2><p>{state} So many webhooks:</p>
<form method="post" action="/_sandbox/chaos"><div class="two">{fields}
<div class="field"><label for="seed">Seed</label><input id="seed" name="seed" type="number" min="0" value="{seed}" required></div></div>
<p><label><input type="checkbox" name="burst" value="1"{burst}>Leave all at once, in any order</label></p>
<div class="row"><button class="button">Set</button><button class="button quiet" name="calm" value="1" formnovalidate>Calm down</button></div></form></section>"#,
        fields = fields.concat(),
        seed = chaos.seed,
    )
}

fn events(engine: &Engine) -> String {
    let rows: Vec<String> = engine.state.events.iter().rev().take(50).map(|event| row(engine, event)).collect();
    let list = if rows.is_empty() {
        r#"<p class="soft">Nothing has happened yet.</p>"#.to_owned()
    } else {
        format!(
            r#"<table class="lines words"><caption class="hidden">Latest events</caption><thead><tr><th scope="col">Event</th><th scope="col">Delivery</th></tr></thead><tbody>{}</tbody></table>"#,
            rows.concat()
        )
    };
    format!(r#"<section class="card" aria-labelledby="events"><h2 id="events">Events</h2>{list}</section>"#)
}

fn row(engine: &Engine, event: &Event) -> String {
    let about = event.object.get("id").and_then(|id| id.as_str()).unwrap_or_default();
    let of = engine.state.deliveries.iter().filter(|delivery| delivery.event == event.id);
    let tries: Vec<String> = of.map(delivery).collect();
    let tries = if tries.is_empty() { "to nobody".to_owned() } else { tries.join("; ") };
    format!(
        r#"<tr><th scope="row">{kind}<span class="soft">{about}</span></th><td>{tries}<form method="post" action="/_sandbox/events/{id}/resend"><button class="link" aria-label="Resend {kind}">Resend</button></form></td></tr>"#,
        kind = escape(&event.kind),
        about = escape(about),
        tries = escape(&tries),
        id = escape(&event.id),
    )
}

/// `taken, 200 at try 2`.
fn delivery(delivery: &Delivery) -> String {
    let state = match delivery.outcome {
        Outcome::Pending => "waits",
        Outcome::Delivered => "taken",
        Outcome::GaveUp => "given up",
    };
    match &delivery.last {
        Some(last) => format!("{state}, {last} at try {}", delivery.attempts),
        None => state.to_owned(),
    }
}
