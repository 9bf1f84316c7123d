//! A change that was agreed to, and what became of it.

use domain::view::{Placed, PlacedView};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::api::TakeBackQuote;
use super::quote::Lines;
use crate::components::banner::{Banner, RefusalBanner, Tone};
use crate::components::button::{Submit, Weight};
use crate::components::outcome::once;
use crate::components::time::Minute;

/// What became of it, and what can be done.
#[component]
pub(super) fn PlacedPart(placed: PlacedView, slug: String, take_back: ServerAction<TakeBackQuote>) -> impl IntoView {
    let PlacedView { id, sheet, state } = placed;
    let here = format!("/app/{slug}/billing/change?quote={id}");
    let waits = match sheet.more_seats {
        0 => "The change waits for its payment.".to_owned(),
        1 => "1 seat is waiting for payment.".to_owned(),
        more => format!("{more} seats are waiting for payment."),
    };
    let done = done(&sheet);
    match state {
        Placed::OnItsWay => view! {
            <Banner>
                <p>
                    <strong class="waiting">"Your change is on its way."</strong>
                    " The payment service has not answered yet. You can leave this page; it is charged once or not at all. "
                    <a href=here rel="external">"Look again"</a>
                </p>
            </Banner>
            <Lines sheet due="Due now"/>
        }
        .into_any(),
        Placed::Waiting { pay_url, until } => view! {
            <Banner tone=Tone::Warn>
                <p>
                    <strong>"Your bank needs you to confirm this payment."</strong>" "{waits}
                    {until.map(|at| view! { " It is given up at "<Minute at/>"." })}
                </p>
                <div class="banner-deeds">
                    {pay_url.map(|url| view! {
                        <a class=Weight::Primary.class() href=url rel="external">"Confirm the payment"</a>
                    })}
                    <a class="button" href=here rel="external">"Look again"</a>
                    <ActionForm action=take_back on:submit:capture=once(take_back)>
                        <input type="hidden" name="slug" value=slug/>
                        <input type="hidden" name="quote" value=id.to_string()/>
                        <Submit label="Take it back" pending=take_back.pending()/>
                    </ActionForm>
                </div>
            </Banner>
            <Lines sheet due="Due now"/>
        }
        .into_any(),
        Placed::Done => view! {
            <Banner tone=Tone::Good>
                <p><strong>"Done."</strong>" "{done}" "<a href=format!("/app/{slug}/team")>"To the team"</a></p>
            </Banner>
            <Lines sheet due="Paid"/>
        }
        .into_any(),
        Placed::Refused(refusal) => view! { <RefusalBanner refusal/> }.into_any(),
    }
}

fn done(sheet: &domain::view::QuoteSheet) -> String {
    match (sheet.other_plan, sheet.other_interval, sheet.more_seats) {
        (true, _, _) => format!("You have {} now.", sheet.plan_name),
        (false, true, _) => format!("{} is paid {} now.", sheet.plan_name, sheet.wish.interval.adverb()),
        (false, false, 1) => "There is 1 seat more now.".to_owned(),
        (false, false, more) if more > 1 => format!("There are {more} seats more now."),
        (false, false, _) => format!("{} is as you chose it now.", sheet.plan_name),
    }
}
