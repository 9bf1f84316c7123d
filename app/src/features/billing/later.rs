//! `/app/{slug}/billing/later`: a smaller plan from the next period on, rehearsed.

use domain::EmailAddress;
use domain::view::{LaterLine, LaterView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{ScheduleChange, later};
use crate::components::button::{Submit, Weight};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::money::{Amount, every};
use crate::components::outcome::{Failure, failure, once};
use crate::components::time::Day;
use crate::routes::Page;

/// What a smaller plan does, before it does it, and the button that schedules it.
#[component]
pub fn LaterPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let plan = Memo::new(move |_| query.read().get("plan").unwrap_or_default());
    let interval = Memo::new(move |_| query.read().get("interval").unwrap_or_default());
    let schedule = ServerAction::<ScheduleChange>::new();
    let sheet = Resource::new(
        move || (slug.get(), plan.get(), interval.get(), schedule.version().get()),
        |(slug, plan, interval, _)| later(slug, plan, interval),
    );
    view! {
        <Loaded from=sheet view={move |view: LaterView| {
            let state = format!("Until {}, {} stays as it is, and nothing is due.", view.at.date(), view.from);
            let title = if view.to == view.from {
                format!("Pay for {} {}", view.to, view.interval.adverb())
            } else {
                format!("Downgrade to {}", view.to)
            };
            view! {
                <Frame desk=view.desk.clone() page=Page::PlanLater>
                    <PageHead title state=move || state.clone()/>
                    <div class="pair">
                        <Seats view=view.clone()/>
                        <Bill view=view.clone()/>
                    </div>
                    <Losses view=view.clone()/>
                    <Deed view action=schedule/>
                </Frame>
            }
        }}/>
    }
}

fn list(title: &'static str, words: &'static str, people: Vec<EmailAddress>) -> impl IntoView {
    (!people.is_empty()).then(|| {
        let rows = people.into_iter().map(|one| view! { <li>{one.to_string()}</li> }).collect_view();
        view! { <h3>{title}</h3><p class="card-note">{words}</p><ul>{rows}</ul> }
    })
}

/// Who keeps a seat, and who does not.
#[component]
fn Seats(view: LaterView) -> impl IntoView {
    let team = Page::Team.at(&view.desk.slug);
    let fits = view.rest.is_empty() && view.uninvited.is_empty();
    let choose = (!view.rest.is_empty()).then(|| {
        view! {
            <p>
                "Whoever came last rests first, never an owner. To choose yourself, let others' seats rest beforehand on the "
                <a href=team>"team page"</a>"."
            </p>
        }
    });
    view! {
        <section class="card reactivate" aria-labelledby="seats-title">
            <h2 id="seats-title">"Seats from then on"</h2>
            {fits.then(|| view! { <p>"Everybody fits."</p> })}
            {list("Keep their seats", "They notice nothing.", view.keep)}
            {list("Would rest", "No access, nothing lost; they come back when there is room.", view.rest)}
            {choose}
            {list("Invitations that would be taken back", "Their links stop working.", view.uninvited)}
            {list("Would come back", "There is room for them.", view.back)}
        </section>
    }
}

/// The invoice to come.
#[component]
fn Bill(view: LaterView) -> impl IntoView {
    let rows = view
        .lines
        .into_iter()
        .map(|LaterLine { words, quantity, unit, amount }| {
            view! { <div><dt>{format!("{quantity} × {words}, {unit} each")}</dt><dd><Amount money=amount/></dd></div> }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="bill-title">
            <header class="card-head"><h2 id="bill-title">"Invoice of "<Day at=view.at/></h2></header>
            <dl class="facts">
                {rows}
                <div><dt>"Due today"</dt><dd>"nothing"</dd></div>
                <div><dt><strong>"Estimated next invoice"</strong></dt><dd><strong><Amount money=view.total/></strong>" "{every(view.interval)}</dd></div>
            </dl>
            <p class="card-note">"Credit that is left over is used up first. Members who come or go until then change the number of seats."</p>
        </section>
    }
}

#[component]
fn Losses(view: LaterView) -> impl IntoView {
    let lost = view.losses.iter().map(|loss| view! { <li>{loss.words()}</li> }).collect_view();
    (!view.losses.is_empty()).then(|| {
        view! {
            <section class="card reactivate" aria-labelledby="losses-title">
                <h2 id="losses-title">{format!("What {} has less of", view.to)}</h2>
                <ul>{lost}</ul>
            </section>
        }
    })
}

#[component]
fn Deed(view: LaterView, action: ServerAction<ScheduleChange>) -> impl IntoView {
    let failed = failure(action);
    let back = Page::Billing.at(&view.desk.slug);
    if view.scheduled {
        let words =
            format!("This is scheduled for {}. It can be undone on the billing page until then.", view.at.date());
        return view! { <p>{words}" "<a class="button" href=back>"Back to billing"</a></p> }.into_any();
    }
    let replaces = view.replaces.map(|plan| format!("The change to {plan} that was scheduled is dropped."));
    let label = format!("Change to {} on {}", view.to, view.at.date());
    view! {
        <ActionForm action on:submit:capture=once(action)>
            <Failure of=failed/>
            <p>{replaces}</p>
            <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
            <input type="hidden" name="plan" value=view.plan/>
            <input type="hidden" name="interval" value=view.interval.to_string()/>
            <input type="hidden" name="hash" value=view.hash/>
            <div class="banner-deeds">
                <Submit label weight=Weight::Primary pending=action.pending()/>
                <a class="button" href=back>{format!("Keep {}", view.from)}</a>
            </div>
        </ActionForm>
    }
    .into_any()
}
