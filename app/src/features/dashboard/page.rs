//! `/app/{slug}`: an organization at a glance.

use domain::view::BillingView;
use domain::{Access, Permission};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::components::frame::{Frame, PageHead};
use crate::components::icon::{Draw, Icon};
use crate::components::loaded::Loaded;
use crate::components::money::{Amount, every};
use crate::components::plan_card::lines;
use crate::components::refused::Lead;
use crate::components::seat_row::{SeatRow, sentence};
use crate::components::time::Day;
use crate::features::billing::api::billing;
use crate::features::billing::parts::{ON_ITS_WAY, state, status_word};
use crate::routes::Page;

/// Seats, plan, next payment, next step.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let sheet = Resource::new(move || slug.get(), |slug| billing(slug, None));
    view! {
        <Loaded from=sheet view={move |sheet| {
            let view = sheet.view;
            if view.desk.access == Access::ReadOnly {
                let to = Page::Reactivate.at(&view.desk.slug);
                return view! { <Lead to words="The plan has ended or is not paid."/> }.into_any();
            }
            let sentence = state(&view);
            let name = view.desk.name.clone();
            view! {
                <Frame desk=view.desk.clone() page=Page::Dashboard>
                    <PageHead title=name state=move || sentence.clone()/>
                    <div class="trio">
                        <SeatsCard view=view.clone()/>
                        <PlanCard view=view.clone()/>
                        <PaymentCard view=view.clone()/>
                    </div>
                    <Steps view=view.clone()/>
                    <Contents view/>
                </Frame>
            }
            .into_any()
        }}/>
    }
}

#[component]
fn SeatsCard(view: BillingView) -> impl IntoView {
    let seats = view.desk.seats;
    let of = seats.limit.cap().map(|cap| format!("of {cap}"));
    view! {
        <section class="card" aria-labelledby="seats-title">
            <header class="card-head"><h2 id="seats-title">"Seats"</h2><a href=Page::Team.at(&view.desk.slug)>"Team"</a></header>
            <p class="figure">{seats.count.active}<small>{of}</small></p>
            <SeatRow seats/>
            <p class="card-note">{sentence(seats)}"."</p>
        </section>
    }
}

#[component]
fn PlanCard(view: BillingView) -> impl IntoView {
    let status = view.subscription.as_ref().filter(|bought| bought.status.is_live());
    let status = status.map(|bought| status_word(bought.status, bought.ends_at.is_some()));
    view! {
        <section class="card" aria-labelledby="plan-title">
            <header class="card-head"><h2 id="plan-title">"Plan"</h2><a href=Page::Billing.at(&view.desk.slug)>"Billing"</a></header>
            <p class="figure figure-word">{view.plan.name.clone()}</p>
            {status.map(|(word, class)| view! { <p><span class=class>{word}</span></p> })}
            <p class="card-note">{view.plan.description}</p>
        </section>
    }
}

#[component]
fn PaymentCard(view: BillingView) -> impl IntoView {
    let moving = view.seat_change_pending;
    let next = view.subscription.filter(|bought| bought.status.is_live() && bought.ends_at.is_none());
    let body = match next {
        Some(bought) => view! {
            <p class="figure"><Amount money=bought.total/><small>{every(bought.interval)}</small></p>
            <p class="card-note">"On "<Day at=bought.period.until/>{bought.card.map(|card| format!(", {card}"))}"."</p>
            {moving.then(|| view! { <p class="card-note">{ON_ITS_WAY}</p> })}
        }
        .into_any(),
        None => view! {
            <p class="figure">"$0"</p>
            <p class="card-note">"Nothing is billed."</p>
        }
        .into_any(),
    };
    view! {
        <section class="card" aria-labelledby="payment-title">
            <header class="card-head"><h2 id="payment-title">"Next payment"</h2></header>
            {body}
        </section>
    }
}

/// What the plan has, for everybody.
#[component]
fn Contents(view: BillingView) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="contents-title">
            <header class="section-head"><h2 id="contents-title">{format!("What {} has", view.plan.name)}</h2></header>
            <ul class="card contents">
                {lines(&view.plan)
                    .into_iter()
                    .map(|line| view! { <li><Draw icon=Icon::Check/><span>{line}</span></li> })
                    .collect_view()}
            </ul>
        </section>
    }
}

struct Step {
    done: bool,
    title: &'static str,
    words: &'static str,
    page: Page,
    deed: &'static str,
}

/// What to do next, until all of it is done. Only for who may do it.
#[component]
fn Steps(view: BillingView) -> impl IntoView {
    let role = view.desk.role;
    if !role.may(Permission::BillingManage) || !role.may(Permission::MemberInvite) {
        return ().into_any();
    }
    let invited = view.desk.seats.count.held() > 1;
    let joined = view.desk.seats.count.active > 1;
    let steps = [
        Step {
            done: true,
            title: "Create your company",
            words: "Done: it has its own address, and you are its owner.",
            page: Page::Settings,
            deed: "See the facts",
        },
        Step {
            done: view.subscription.as_ref().is_some_and(|bought| bought.status.is_live()),
            title: "Choose a plan",
            words: "Compare what each plan has and what it costs. You can stay on the free one as long as you like.",
            page: Page::Billing,
            deed: "See the plans",
        },
        Step {
            done: invited,
            title: "Invite your first colleague",
            words: "An invitation holds a seat for seven days and costs nothing until it is accepted.",
            page: Page::Team,
            deed: "Invite",
        },
        Step {
            done: joined,
            title: "Sit down together",
            words: "When somebody joins, their seat fills, here and on the bill.",
            page: Page::Team,
            deed: "See the team",
        },
    ];
    let done = steps.iter().filter(|step| step.done).count();
    let all = steps.len();
    if done == all {
        return ().into_any();
    }
    let mut next_is_open = true;
    let rows = steps
        .into_iter()
        .map(|step| {
            let next = !step.done && std::mem::take(&mut next_is_open);
            let class = if step.done { "step step-done" } else if next { "step step-next" } else { "step" };
            view! {
                <li class=class>
                    <span class="step-mark" aria-hidden="true">{step.done.then(|| view! { <Draw icon=Icon::Check/> })}</span>
                    <div>
                        <h3>{step.title}{step.done.then(|| view! { <span class="unseen">" (done)"</span> })}</h3>
                        <p>{step.words}</p>
                    </div>
                    {(!step.done).then(|| view! {
                        <a class=if next { "button button-primary" } else { "button" } href=step.page.at(&view.desk.slug)>{step.deed}</a>
                    })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="steps-title">
            <header class="section-head">
                <div>
                    <h2 id="steps-title">"Next steps"</h2>
                    <p class="section-note">{format!("{done} of {all} done")}</p>
                </div>
            </header>
            <ol class="steps card">{rows}</ol>
        </section>
    }
    .into_any()
}
