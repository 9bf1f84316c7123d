//! How the plan goes on: its end and the way back, its trial, its pause, the payment service's own page.

use domain::course::Step;
use domain::view::{AheadView, BillingView, SubscriptionView, TrialView};
use domain::{Permission, Slug, Timestamp};
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::api::{EndTrial, FewerSeats, OpenPortal, ResumePlan, UndoPlanChange, UnpausePlan};
use super::news::days;
use crate::components::button::{Submit, Weight};
use crate::components::field::Field;
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::components::time::Day;
use crate::routes::Page;

/// What an owner can do with the plan on the billing tab.
#[derive(Clone, Copy)]
pub struct CourseDeeds {
    /// Takes the end back.
    resume: ServerAction<ResumePlan>,
    /// Ends a pause.
    unpause: ServerAction<UnpausePlan>,
    /// Begins to pay.
    end_trial: ServerAction<EndTrial>,
    /// Takes a scheduled change back.
    undo: ServerAction<UndoPlanChange>,
    /// Bills fewer seats from the renewal on.
    fewer: ServerAction<FewerSeats>,
    /// Opens the payment service's page.
    portal: ServerAction<OpenPortal>,
}

impl CourseDeeds {
    /// For one page.
    #[must_use]
    pub fn new() -> Self {
        Self {
            resume: ServerAction::new(),
            unpause: ServerAction::new(),
            end_trial: ServerAction::new(),
            undo: ServerAction::new(),
            fewer: ServerAction::new(),
            portal: ServerAction::new(),
        }
    }

    /// Grows with each deed that is done, so that the page is asked for again.
    #[must_use]
    pub fn done(self) -> usize {
        self.resume.version().get()
            + self.unpause.version().get()
            + self.end_trial.version().get()
            + self.undo.version().get()
            + self.fewer.version().get()
    }
}

impl Default for CourseDeeds {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes the end back.
#[component]
pub fn Resume(
    /// Whose.
    slug: String,
    /// Does it.
    deeds: CourseDeeds,
) -> impl IntoView {
    let action = deeds.resume;
    view! {
        <Failure of=failure(action)/>
        <div class="banner-deeds">
            <ActionForm action on:submit:capture=once(action)>
                <input type="hidden" name="slug" value=slug/>
                <Submit label="Resume" pending=action.pending()/>
            </ActionForm>
        </div>
    }
}

/// Takes a scheduled change back.
#[component]
pub fn UndoChange(
    /// Whose.
    slug: String,
    /// Does it.
    deeds: CourseDeeds,
) -> impl IntoView {
    let action = deeds.undo;
    view! {
        <Failure of=failure(action)/>
        <div class="banner-deeds">
            <ActionForm action on:submit:capture=once(action)>
                <input type="hidden" name="slug" value=slug/>
                <Submit label="Undo" object="the scheduled change" pending=action.pending()/>
            </ActionForm>
        </div>
    }
}

/// Goes on with a plan that is paused.
#[component]
pub fn Unpause(
    /// Whose.
    slug: String,
    /// Does it.
    deeds: CourseDeeds,
) -> impl IntoView {
    let action = deeds.unpause;
    view! {
        <Failure of=failure(action)/>
        <div class="banner-deeds">
            <ActionForm action on:submit:capture=once(action)>
                <input type="hidden" name="slug" value=slug/>
                <Submit label="Go on with the plan" pending=action.pending()/>
            </ActionForm>
        </div>
    }
}

/// The way to the payment service's own page.
#[component]
pub fn ManagePayment(
    /// Everything.
    view: BillingView,
    /// Does it.
    deeds: CourseDeeds,
) -> impl IntoView {
    let action = deeds.portal;
    view.portal.then(|| {
        view! {
            <div class="head-deed">
                <Failure of=failure(action)/>
                <ActionForm action on:submit:capture=once(action)>
                    <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                    <input type="hidden" name="part" value="home"/>
                    <Submit label="Manage payment" pending=action.pending()/>
                </ActionForm>
            </div>
        }
    })
}

/// How the plan goes on, for who decides.
#[component]
pub fn CourseCard(
    /// Everything.
    view: BillingView,
    /// What can be done.
    deeds: CourseDeeds,
) -> impl IntoView {
    let payer = view.desk.role.may(Permission::BillingManage);
    let (Some(course), Some(bought)) = (view.course.filter(|_| payer), view.subscription) else {
        return ().into_any();
    };
    let slug = view.desk.slug;
    let plan = view.plan.name;
    let may_cancel = course.may(Step::Cancel);
    let cancel = Page::CancelPlan.at(&slug);
    let may_end_trial = course.may(Step::EndTrial);
    let words = match bought.ends_at {
        Some(at) => format!("It ends on {}. Resume it before that day, and nothing changes.", at.date()),
        None if may_cancel => {
            format!("It renews by itself. {plan} can be cancelled any day; it then stays until its period is over.")
        }
        None => "It can be cancelled once it runs again and is paid.".to_owned(),
    };
    view! {
        <section class="card course" aria-labelledby="course-title">
            <header class="card-head">
                <h2 id="course-title">{format!("How {plan} goes on")}</h2>
                {may_cancel.then(|| view! { <a href=cancel>{format!("Cancel {plan}")}</a> })}
            </header>
            <p class="card-note">{words}</p>
            {course.trial.map(|trial| view! { <Trial trial bought=bought.clone() slug=slug.clone() may=may_end_trial deeds/> })}
            {course.ahead.map(|ahead| view! { <Ahead ahead renews=bought.period.until slug=slug.clone() deeds/> })}
            <OtherCard card=bought.card slug deeds/>
        </section>
    }
    .into_any()
}

/// The trial: how long, what then, and the way to begin paying now.
#[component]
fn Trial(trial: TrialView, bought: SubscriptionView, slug: Slug, may: bool, deeds: CourseDeeds) -> impl IntoView {
    let action = deeds.end_trial;
    let failed = failure(action);
    let total = bought.total.to_string();
    let card = bought.card.unwrap_or_else(|| "no card".to_owned());
    let first = match bought.ends_at {
        Some(_) => "Nothing is charged: the plan ends with its trial.".to_owned(),
        None if card == "no card" => format!("Then {total} is due, and there is no card yet."),
        None => format!("Then {total} is charged to {card}."),
    };
    let sure = format!("{total} is charged to {card} now, and the paid period begins today.");
    view! {
        <p class="card-note">
            {format!("Trial: {} left, until ", days(trial.days_left))}<Day at=trial.ends_at/>". "{first}
        </p>
        {may.then(|| view! {
            <details class="settings-ask" open=failed.get_untracked().is_some()>
                <summary class="button">"End the trial now"</summary>
                <ActionForm action on:submit:capture=once(action)>
                    <Failure of=failed/>
                    <p>{sure}</p>
                    <input type="hidden" name="slug" value=slug.to_string()/>
                    <Submit label=format!("Pay {total} and begin now") weight=Weight::Primary pending=action.pending()/>
                </ActionForm>
            </details>
        })}
    }
}

/// Seats that are bought ahead, and the way to fewer of them.
#[component]
fn Ahead(ahead: AheadView, renews: Timestamp, slug: Slug, deeds: CourseDeeds) -> impl IntoView {
    let action = deeds.fewer;
    let failed = failure(action);
    if let Some((seats, at)) = ahead.then {
        let words = format!("{} seats are bought ahead; {seats} from {} on.", ahead.seats, at.date());
        return view! {
            <p class="card-note">{words}</p>
            <UndoChange slug=slug.to_string() deeds/>
        }
        .into_any();
    }
    let words = format!("{} seats are bought ahead, whoever comes and goes.", ahead.seats);
    view! {
        <p class="card-note">{words}</p>
        <details class="settings-ask" open=failed.get_untracked().is_some()>
            <summary class="button">"Fewer seats"</summary>
            <ActionForm action on:submit:capture=once(action)>
                <Failure of=failed except=&["seats"]/>
                <input type="hidden" name="slug" value=slug.to_string()/>
                <Field
                    name="seats"
                    id="fewer-seats"
                    label="Seats from the renewal on"
                    kind="number"
                    value=ahead.fewest.to_string()
                    min=ahead.fewest
                    max=ahead.seats.saturating_sub(1)
                    required=true
                    hint="Nothing is paid back; until then they stay."
                    error=at_field(failed, "seats")
                />
                <Submit label=format!("Bill fewer from {}", renews.date()) pending=action.pending()/>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Another card, at the payment service.
#[component]
fn OtherCard(card: Option<String>, slug: Slug, deeds: CourseDeeds) -> impl IntoView {
    let action = deeds.portal;
    let label = if card.is_some() { "Use another card" } else { "Add a card" };
    view! {
        <ActionForm action on:submit:capture=once(action)>
            <input type="hidden" name="slug" value=slug.to_string()/>
            <input type="hidden" name="part" value="payment_method"/>
            <Submit label pending=action.pending()/>
        </ActionForm>
    }
}
