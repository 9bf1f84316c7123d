//! `/app/{slug}/billing/reactivate`: the plan has ended or is not paid. What that means, and the ways on.

use domain::view::ReactivateView;
use domain::{Permission, SubscriptionStatus as Status};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{ContinueOnFree, reactivation};
use crate::components::button::{Submit, Weight};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure, once};
use crate::components::refused::Lead;
use crate::components::time::Day;
use crate::routes::Page;

/// What has ended, and the ways on.
#[component]
pub fn ReactivatePage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let free = ServerAction::<ContinueOnFree>::new();
    let sheet = Resource::new(move || slug.get(), reactivation);
    view! {
        <Loaded from=sheet view={move |view: Option<ReactivateView>| {
            let Some(view) = view else {
                let to = Page::Dashboard.path().replace("{slug}", &slug.get_untracked());
                return view! { <Lead to words="The plan is in order."/> }.into_any();
            };
            let state = sentence(&view);
            let desk = view.desk.clone();
            let may = desk.role.may(Permission::BillingManage);
            view! {
                <Frame desk page=Page::Reactivate>
                    <PageHead title=format!("Reactivate {}", view.desk.name) state=move || state.clone()/>
                    <Meaning view=view.clone()/>
                    {if may { view! { <Ways view action=free/> }.into_any() } else { view! { <Ask view/> }.into_any() }}
                </Frame>
            }
            .into_any()
        }}/>
    }
}

fn sentence(view: &ReactivateView) -> String {
    match view.status {
        Status::Unpaid => format!("{} is not paid.", view.plan),
        Status::Paused => format!("{} is paused.", view.plan),
        _ => format!("{} has ended.", view.plan),
    }
}

#[component]
fn Meaning(view: ReactivateView) -> impl IntoView {
    let first = match view.ended_at {
        Some(at) => view! { "Since "<Day at/>", everything here can be read, and nothing can be changed." }.into_any(),
        None => "Everything here can be read, and nothing can be changed.".into_any(),
    };
    let team = Page::Team.at(&view.desk.slug);
    view! {
        <section class="card reactivate" aria-labelledby="meaning-title">
            <h2 id="meaning-title">"What that means"</h2>
            <ul>
                <li>{first}</li>
                <li>"Nobody was removed and nothing is lost."</li>
                <li>"People can leave and be removed; their seats are on the "<a href=team>"team page"</a>"."</li>
            </ul>
        </section>
    }
}

/// For who decides.
#[component]
fn Ways(view: ReactivateView, action: ServerAction<ContinueOnFree>) -> impl IntoView {
    let failed = failure(action);
    let billing = Page::Billing.at(&view.desk.slug);
    let (plan, free) = (view.plan.clone(), view.free.clone());
    let pay = match view.status {
        Status::Unpaid => {
            let card = view.card.clone().map(|card| format!(" The card is {card}.")).unwrap_or_default();
            view! {
                <h2 id="pay-title">"Pay the open invoice"</h2>
                <p>{format!("Open the payment service's letter about it and pay there. Then {plan} is back at once, as it was.{card}")}</p>
                <p><a class="button button-primary" href=billing>"Look at the plan"</a></p>
            }
            .into_any()
        }
        Status::Paused => view! {
            <h2 id="pay-title">{format!("Go on with {plan}")}</h2>
            <p>"It is paused at the payment service, and goes on where it was paused. Then everything is back as it was."</p>
            <p><a class="button button-primary" href=billing>"Look at the plan"</a></p>
        }
        .into_any(),
        _ => view! {
            <h2 id="pay-title">"Buy a plan again"</h2>
            <p>{format!("{plan} or another one. As soon as it is paid, everything is back as it was.")}</p>
            <p><a class="button button-primary" href=billing>"Choose a plan"</a></p>
        }
        .into_any(),
    };
    let alive = view.status.is_live();
    let ends = alive.then(|| format!("{plan} ends at the payment service, at once."));
    view! {
        <div class="pair">
            <section class="card reactivate" aria-labelledby="pay-title">{pay}</section>
            <section class="card reactivate" aria-labelledby="free-title">
                <h2 id="free-title">{format!("Continue on {free}")}</h2>
                <p>{ends}" "{price_of_free(&view)}</p>
                <ActionForm action on:submit:capture=once(action)>
                    <Failure of=failed/>
                    <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                    <Submit label=format!("Continue on {free}") weight=Weight::Plain pending=action.pending()/>
                </ActionForm>
            </section>
        </div>
    }
}

/// Exactly who would lose what.
fn price_of_free(view: &ReactivateView) -> String {
    let ReactivateView { free, free_seats, would_rest, would_cancel, .. } = view;
    let people = match would_rest {
        0 => "everybody keeps theirs".to_owned(),
        1 => "the seat of the member who came last rests until there is room".to_owned(),
        many => format!("the seats of the {many} members who came last rest until there is room"),
    };
    let invited = match would_cancel {
        0 => String::new(),
        1 => " The newest invitation is taken back.".to_owned(),
        many => format!(" The {many} newest invitations are taken back."),
    };
    format!("{free} costs nothing and has {free_seats}: {people}.{invited}")
}

/// For who does not.
#[component]
fn Ask(view: ReactivateView) -> impl IntoView {
    let names: Vec<String> = view.owners.iter().map(ToString::to_string).collect();
    view! {
        <section class="card reactivate" aria-labelledby="ask-title">
            <h2 id="ask-title">"Whom to ask"</h2>
            <p>{format!("{} can choose a plan.", names.join(" or "))}</p>
        </section>
    }
}
