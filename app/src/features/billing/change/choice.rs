//! The choice: plan, interval, seats. A form that asks, and changes nothing.

use domain::view::{ChangeView, ChangeWish, SeatChoice, Seats};
use domain::{Interval, SeatLimit};
use leptos::prelude::*;

use crate::components::button::Weight;
use crate::components::icon::{Draw, Icon};
use crate::components::seat_row::{SeatRow, sentence};
use crate::routes::Page;

/// What is wanted. Without JavaScript, too: it is sent by `GET`, and the answer stands beside it.
#[component]
pub(super) fn Choice(view: ChangeView) -> impl IntoView {
    let ChangeView { desk, plans, wish, seats, .. } = view;
    let page = Page::Change.at(&desk.slug);
    let plans = plans
        .into_iter()
        .map(|plan| {
            let chosen = plan.key == wish.plan;
            view! { <option value=plan.key.to_string() selected=chosen>{plan.name}</option> }
        })
        .collect_view();
    let stepper = seats.map(|choice| view! { <Stepper page=page.clone() wish=wish.clone() choice/> });
    let row = seats.map(|_| {
        let limit = SeatLimit::from_cap(Some(wish.seats.max(1)));
        let seats = Seats { count: desk.seats.count, limit };
        view! { <SeatRow seats/><p class="card-note">{sentence(seats)}"."</p> }
    });
    view! {
        <section class="card choice" aria-labelledby="choice-title">
            <h2 id="choice-title">"Your choice"</h2>
            <form method="get" action=page>
                <div class="field">
                    <label for="plan">"Plan"</label>
                    <div class="select"><select id="plan" name="plan">{plans}</select><Draw icon=Icon::Chevron/></div>
                </div>
                <fieldset class="field intervals">
                    <legend>"Paid"</legend>
                    {[Interval::Month, Interval::Year].map(|interval| {
                        let id = format!("interval-{interval}");
                        let label = id.clone();
                        view! {
                            <label for=label>
                                <input type="radio" id=id name="interval" value=interval.to_string()
                                    checked={interval == wish.interval}/>
                                {interval.adverb()}
                            </label>
                        }
                    })}
                </fieldset>
                {stepper}
                {row}
                <button type="submit" class=Weight::Plain.class()>"Show what it costs"</button>
            </form>
        </section>
    }
}

/// One more, one fewer, or the number itself.
#[component]
fn Stepper(page: String, wish: ChangeWish, choice: SeatChoice) -> impl IntoView {
    let SeatChoice { fewest, most, now } = choice;
    let to = |seats: u32| format!("{page}?plan={}&interval={}&seats={seats}", wish.plan, wish.interval);
    let fewer = (wish.seats > fewest).then(|| to((wish.seats - 1).min(most)));
    let more = (wish.seats < most).then(|| to((wish.seats + 1).max(fewest)));
    let hint = if fewest == most {
        format!("{fewest}, as everybody who is here needs one.")
    } else {
        format!("{fewest} to {most}; now {now}.")
    };
    view! {
        <div class="field stepper">
            <label for="seats">"Seats"</label>
            <div class="stepper-row">
                {step(fewer, "−", "One seat fewer", "Nobody who is here can be left without a seat.")}
                <input id="seats" name="seats" type="number" value=wish.seats.to_string() min=fewest max=most
                    required=true autocomplete="off" aria-describedby="seats-hint"/>
                {step(more, "+", "One seat more", "The plan has no more seats.")}
            </div>
            <p class="field-hint" id="seats-hint">{hint}</p>
        </div>
    }
}

/// A step that can be made, or why it cannot.
fn step(to: Option<String>, sign: &'static str, name: &'static str, why_not: &'static str) -> AnyView {
    match to {
        Some(href) => view! {
            <a class="button" href=href><span aria-hidden="true">{sign}</span><span class="unseen">{name}</span></a>
        }
        .into_any(),
        None => view! {
            <button type="button" class="button" disabled title=why_not>
                <span aria-hidden="true">{sign}</span><span class="unseen">{name}</span>
            </button>
        }
        .into_any(),
    }
}
