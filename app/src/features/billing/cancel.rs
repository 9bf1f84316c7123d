//! `/app/{slug}/billing/cancel`: what ends with the plan, what stays until when, and the way to end it.

use domain::course::Reason;
use domain::view::LeavingView;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{CancelPlan, PausePlan, leaving};
use crate::components::banner::RefusalBanner;
use crate::components::button::{Submit, Weight};
use crate::components::frame::{Frame, PageHead};
use crate::components::icon::{Draw, Icon};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::components::time::Day;
use crate::routes::Page;

/// What ends with the plan, what stays until when, and the way to end it.
#[component]
pub fn CancelPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let (cancel, pause) = (ServerAction::<CancelPlan>::new(), ServerAction::<PausePlan>::new());
    let sheet = Resource::new(move || slug.get(), leaving);
    view! {
        <Loaded from=sheet view={move |view: LeavingView| {
            let state = match view.ends_at {
                Some(at) => format!("{} would end on {}.", view.plan, at.date()),
                None => format!("{} is on the {} plan.", view.desk.name, view.plan),
            };
            let (desk, title) = (view.desk.clone(), format!("Cancel {}", view.plan));
            let body = match view.not_now.clone() {
                Some(refusal) => {
                    let back = Page::Billing.at(&view.desk.slug);
                    view! {
                        <RefusalBanner refusal/>
                        <p><a class="button" href=back>"Back to billing"</a></p>
                    }
                    .into_any()
                }
                None => view! {
                    <div class="pair">
                        <Stays view=view.clone()/>
                        <Ends view=view.clone()/>
                    </div>
                    <Deed view=view.clone() action=cancel/>
                    {view.may_pause.then(|| view! { <Rather slug=view.desk.slug.to_string() plan=view.plan action=pause/> })}
                }
                .into_any(),
            };
            view! {
                <Frame desk page=Page::CancelPlan>
                    <PageHead title state=move || state.clone()/>
                    {body}
                </Frame>
            }
        }}/>
    }
}

#[component]
fn Stays(view: LeavingView) -> impl IntoView {
    let people = match view.people {
        1 => "The one member keeps working as today.".to_owned(),
        many => format!("All {many} members keep working as today."),
    };
    let money = if view.trial {
        "Nothing was paid yet, and nothing will be."
    } else {
        "The period that is paid is used up; nothing more is charged."
    };
    view! {
        <section class="card reactivate" aria-labelledby="stays-title">
            <h2 id="stays-title">"Until "{view.ends_at.map(|at| view! { <Day at/> })}</h2>
            <ul>
                <li>{format!("{} stays with everything in it.", view.plan)}</li>
                <li>{people}</li>
                <li>{money}</li>
                <li>"Seats cannot be bought. It can be resumed with one press."</li>
                {view.dropped.map(|plan| view! { <li>{format!("The change to {plan} that was scheduled is dropped.")}</li> })}
            </ul>
        </section>
    }
}

#[component]
fn Ends(view: LeavingView) -> impl IntoView {
    let free = view.free;
    let rest = match view.would_rest {
        0 => None,
        1 => Some("The seat of the member who came last would rest.".to_owned()),
        many => Some(format!("The seats of the {many} members who came last would rest.")),
    };
    let invited = match view.would_cancel {
        0 => None,
        1 => Some("The newest invitation would be taken back.".to_owned()),
        many => Some(format!("The {many} newest invitations would be taken back.")),
    };
    let losses = view.losses.iter().map(|loss| view! { <li>{loss.words()}</li> }).collect_view();
    view! {
        <section class="card reactivate" aria-labelledby="ends-title">
            <h2 id="ends-title">"From then on"</h2>
            <ul>
                <li>"Everything can be read and exported; nothing can be changed. Nobody is removed, nothing is deleted."</li>
                <li>{format!("A plan can be bought again any day, or {free} chosen.")}</li>
            </ul>
            <h3>{format!("With {free}")}</h3>
            <ul>
                {losses}
                {rest.map(|words| view! { <li>{words}</li> })}
                {invited.map(|words| view! { <li>{words}</li> })}
            </ul>
        </section>
    }
}

#[component]
fn Deed(view: LeavingView, action: ServerAction<CancelPlan>) -> impl IntoView {
    let failed = failure(action);
    let wrong = at_field(failed, "comment");
    let back = Page::Billing.at(&view.desk.slug);
    let date = view.ends_at.map(domain::Timestamp::date).unwrap_or_default();
    let reasons = Reason::ALL
        .into_iter()
        .map(|reason| view! { <option value=reason.as_str()>{reason.words()}</option> })
        .collect_view();
    view! {
        <section class="card reactivate" aria-labelledby="why-title">
            <h2 id="why-title">"Why do you go?"</h2>
            <p>"Only if you like to say it. It is read by people."</p>
            <ActionForm action on:submit:capture=once(action)>
                <Failure of=failed except=&["comment"]/>
                <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                <div class="field">
                    <label for="reason">"Reason"</label>
                    <div class="select">
                        <select id="reason" name="reason">
                            <option value="">"I would rather not say"</option>
                            {reasons}
                        </select>
                        <Draw icon=Icon::Chevron/>
                    </div>
                </div>
                <div class="field" class:field-wrong=move || wrong.read().is_some()>
                    <label for="comment">"What could have kept you?"</label>
                    <textarea id="comment" name="comment" rows="3" maxlength="500" aria-describedby="comment-error"></textarea>
                    <p class="field-error" id="comment-error" aria-live="polite">
                        {move || wrong.get().map(|no| format!("{} {}", no.what, no.next))}
                    </p>
                </div>
                <div class="banner-deeds">
                    <Submit label=format!("End {} on {date}", view.plan) weight=Weight::Danger pending=action.pending()/>
                    <a class="button" href=back>{format!("Keep {}", view.plan)}</a>
                </div>
            </ActionForm>
        </section>
    }
}

/// Instead of going: a rest.
#[component]
fn Rather(slug: String, plan: String, action: ServerAction<PausePlan>) -> impl IntoView {
    let failed = failure(action);
    view! {
        <section class="card reactivate" aria-labelledby="pause-title">
            <h2 id="pause-title">"Or pause it"</h2>
            <p>
                {format!(
                    "Nothing is billed while {plan} is paused, and what is paid and not used is credited. Everything can be read; nothing can be changed until you go on.",
                )}
            </p>
            <ActionForm action on:submit:capture=once(action)>
                <Failure of=failed/>
                <input type="hidden" name="slug" value=slug/>
                <Submit label=format!("Pause {plan} now") pending=action.pending()/>
            </ActionForm>
        </section>
    }
}
