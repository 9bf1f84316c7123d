//! `/app/{slug}/billing/change`: plan, interval and seats, and the invoice that a change of them would make.

mod api;
mod choice;
mod placed;
mod quote;

pub use api::{ConfirmQuote, TakeBackQuote, confirm_quote, take_back_quote};

use domain::Permission;
use domain::view::{ChangeAnswer, ChangeView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::api::change;
use self::choice::Choice;
use self::placed::PlacedPart;
use self::quote::QuotePart;
use crate::components::banner::RefusalBanner;
use crate::components::button::Weight;
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::money::{Amount, every};
use crate::components::outcome::{Failure, failure};
use crate::components::time::Day;
use crate::routes::Page;

/// The choice at the left, what it costs at the right.
#[component]
pub fn ChangePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let asked = Memo::new(move |_| {
        let query = query.read();
        let seats = query.get("seats").and_then(|text| text.parse::<u32>().ok());
        (query.get("plan"), query.get("interval"), seats, query.get("quote"))
    });
    let confirm = ServerAction::<ConfirmQuote>::new();
    let take_back = ServerAction::<TakeBackQuote>::new();
    let sheet = Resource::new(
        move || (slug.get(), asked.get()),
        |(slug, (plan, interval, seats, quote))| change(slug, plan, interval, seats, quote),
    );
    let failed = failure(confirm);
    let not_taken_back = failure(take_back);
    view! {
        <Loaded from=sheet view={move |view: ChangeView| {
            let state = sentence(&view);
            let may = view.desk.role.may(Permission::BillingManage);
            let slug = view.desk.slug.clone();
            view! {
                <Frame desk=view.desk.clone() page=Page::Change>
                    <PageHead title=Page::Change.title() state=move || state.clone()/>
                    <p class="back"><a href=Page::Billing.at(&slug)>"Back to billing"</a></p>
                    {if may {
                        view! {
                            <div class="pair change">
                                <Choice view=view.clone()/>
                                <section class="card quote" aria-labelledby="quote-title" aria-live="polite">
                                    <h2 id="quote-title">{title(&view.answer)}</h2>
                                    <Failure of=failed/>
                                    <Failure of=not_taken_back/>
                                    <Answer view confirm take_back/>
                                </section>
                            </div>
                        }
                        .into_any()
                    } else {
                        view! { <p class="card">{whom_to_ask(&view)}</p> }.into_any()
                    }}
                </Frame>
            }
        }}/>
    }
}

fn sentence(view: &ChangeView) -> String {
    let Some(bought) = &view.subscription else {
        return format!("{} is on the {} plan.", view.desk.name, view.plan.name);
    };
    let how = bought.interval.adverb();
    match (bought.per_seat, bought.quantity) {
        (None, _) => format!("{}, paid {how}.", view.plan.name),
        (Some(_), 1) => format!("{} with 1 seat, paid {how}.", view.plan.name),
        (Some(_), seats) => format!("{} with {seats} seats, paid {how}.", view.plan.name),
    }
}

fn whom_to_ask(view: &ChangeView) -> String {
    let names: Vec<String> = view.owners.iter().map(ToString::to_string).collect();
    format!("Owners choose the plan and the seats. Here that is {}.", names.join(" or "))
}

const fn title(answer: &ChangeAnswer) -> &'static str {
    match answer {
        ChangeAnswer::Nothing | ChangeAnswer::Quote(_) => "What it costs",
        ChangeAnswer::AtPeriodEnd(_) => "At the end of the period",
        ChangeAnswer::Refused(_) => "Not possible now",
        ChangeAnswer::Placed(_) => "Your change",
    }
}

/// Where something smaller is decided: another plan or interval after its rehearsal, fewer seats on the billing tab.
fn way_to_later(view: &ChangeView) -> AnyView {
    let ChangeView { desk, plan, wish, subscription, .. } = view;
    let other = wish.plan != plan.key || subscription.as_ref().is_some_and(|bought| bought.interval != wish.interval);
    if other {
        let page = Page::PlanLater.at(&desk.slug);
        let href = format!("{page}?plan={}&interval={}", wish.plan, wish.interval);
        return view! { <p class="card-foot"><a class=Weight::Primary.class() href=href>"See what changes then"</a></p> }
            .into_any();
    }
    let href = Page::Billing.at(&desk.slug);
    view! { <p class="card-foot"><a class="button" href=href>"Choose fewer seats on the billing page"</a></p> }
        .into_any()
}

/// What is said to the choice.
#[component]
fn Answer(
    view: ChangeView,
    confirm: ServerAction<ConfirmQuote>,
    take_back: ServerAction<TakeBackQuote>,
) -> impl IntoView {
    let slug = view.desk.slug.to_string();
    let way = way_to_later(&view);
    match view.answer {
        ChangeAnswer::Nothing => view! {
            <p class="card-note">"Choose another plan, interval or number of seats. Nothing is charged by looking."</p>
        }
        .into_any(),
        ChangeAnswer::Quote(quote) => view! { <QuotePart quote=*quote slug confirm/> }.into_any(),
        ChangeAnswer::AtPeriodEnd(then) => view! {
            <p>
                "What is paid for stays until "<Day at=then.at/>". From then on it is "
                <strong><Amount money=then.amount/></strong>" "{every(then.interval)}", and nothing is charged before."
            </p>
            {way}
        }
        .into_any(),
        ChangeAnswer::Refused(refusal) => {
            // What stands in the way is taken back there.
            let back = matches!(&*refusal.code, "plan-ends" | "change-waiting");
            let billing = back.then(|| Page::Billing.at(&view.desk.slug));
            view! {
                <RefusalBanner refusal/>
                {billing.map(|href| view! { <p class="card-foot"><a class="button" href=href>"To the billing page"</a></p> })}
            }
            .into_any()
        }
        ChangeAnswer::Placed(placed) => view! { <PlacedPart placed=*placed slug take_back/> }.into_any(),
    }
}
