//! `/app/{slug}/team/requests`: who asks for a seat, and who waits for one.

use domain::view::{RequestsView, SeatRequestRow};
use leptos::form::ActionForm;
use leptos::html::Form;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{ApproveRequest, DeclineRequest, RequestSeat, SetJoinRequests, WithdrawRequest, requests};
use super::parts::{Deed, RoleField, emptied, terms, when_done, wrong};
use crate::components::button::{Submit, Weight};
use crate::components::empty::Empty;
use crate::components::field::Field;
use crate::components::frame::{Frame, PageHead};
use crate::components::icon::{Draw, Icon};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, at_field, failure, once};
use crate::components::seat_row::sentence;
use crate::components::tabs::Tabs;
use crate::components::time::Day;
use crate::routes::{Page, TEAM_TABS};

/// What can be done here.
#[derive(Clone, Copy)]
struct Deeds {
    approve: ServerAction<ApproveRequest>,
    decline: ServerAction<DeclineRequest>,
    withdraw: ServerAction<WithdrawRequest>,
    ask: ServerAction<RequestSeat>,
    open: ServerAction<SetJoinRequests>,
    done: RwSignal<u32>,
}

impl Deeds {
    fn new() -> Self {
        let all = Self {
            approve: ServerAction::new(),
            decline: ServerAction::new(),
            withdraw: ServerAction::new(),
            ask: ServerAction::new(),
            open: ServerAction::new(),
            done: RwSignal::new(0),
        };
        let count = move || all.done.update(|done| *done += 1);
        when_done(all.approve, move |()| count());
        when_done(all.decline, move |()| count());
        when_done(all.withdraw, move |()| count());
        when_done(all.ask, move |()| count());
        when_done(all.open, move |()| count());
        all
    }
}

/// Who asks for a seat, and who waits for one.
#[component]
pub fn RequestsPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let deeds = Deeds::new();
    let typed = RwSignal::new(String::new());
    let sheet = Resource::new(move || (slug.get(), deeds.done.get()), |(slug, _)| requests(slug));
    view! {
        <Loaded from=sheet view={move |view: RequestsView| {
            let seats = view.desk.seats;
            view! {
                <Frame desk=view.desk.clone() page=Page::TeamRequests>
                    <PageHead title=Page::TeamRequests.title() state=move || format!("{}.", sentence(seats))/>
                    <Tabs desk=view.desk.clone() pages=TEAM_TABS current=Page::TeamRequests/>
                    <Failure of=failure(deeds.approve)/>
                    <Failure of=failure(deeds.decline)/>
                    <Failure of=failure(deeds.withdraw)/>
                    <Failure of=failure(deeds.open)/>
                    <Asked view=view.clone() deeds/>
                    <Waiting view=view.clone() deeds/>
                    <Ask view=view.clone() deeds typed/>
                    {view.may_answer.then(|| view! { <Open view=view.clone() deeds/> })}
                </Frame>
            }
        }}/>
    }
}

/// Those without an answer.
#[component]
fn Asked(view: RequestsView, deeds: Deeds) -> impl IntoView {
    let title = if view.may_answer { "Waiting for your answer" } else { "Your requests" };
    if view.asked.is_empty() {
        return view! {
            <Empty title=if view.may_answer { "Nobody asks for a seat" } else { "You have not asked for a seat" }>
                <p>"Any member can ask for a colleague here; owners and admins answer."</p>
            </Empty>
        }
        .into_any();
    }
    let full = view.desk.seats.count.admit(view.desk.seats.limit).is_err();
    let yes = match (full, view.per_seat) {
        (true, _) => "Approve, onto the wait list".to_owned(),
        (false, Some((money, interval))) => format!("Approve for {money} a {interval}"),
        (false, None) => "Approve".to_owned(),
    };
    let slug = view.desk.slug.to_string();
    let rows = view
        .asked
        .into_iter()
        .map(|row| {
            let (id, email) = (row.id.to_string(), row.email.to_string());
            let yes = view.may_answer.then(|| {
                view! {
                    <Deed action=deeds.approve slug=slug.clone() id=id.clone() label=yes.clone()
                        object=format!("for {email}") weight=Weight::Primary/>
                }
            });
            let back = row.is_mine.then(|| {
                view! {
                    <Deed action=deeds.withdraw slug=slug.clone() id=id.clone() label="Take back"
                        object=format!("the request for {email}") weight=Weight::Quiet/>
                }
            });
            let no =
                view.may_answer.then(|| view! { <Decline row=row.clone() slug=slug.clone() deeds word="Decline"/> });
            view! {
                <li class="request">
                    <Who row/>
                    <div class="request-deeds">{yes}{back}</div>
                    {no}
                </li>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="asked-title">
            <header class="section-head"><h2 id="asked-title">{title}</h2></header>
            <ul class="card requests">{rows}</ul>
        </section>
    }
    .into_any()
}

/// The wait list, with places in it.
#[component]
fn Waiting(view: RequestsView, deeds: Deeds) -> impl IntoView {
    if view.waiting.is_empty() {
        return ().into_any();
    }
    let slug = view.desk.slug.to_string();
    let rows = (1_u32..)
        .zip(view.waiting)
        .map(|(place, row)| {
            let (id, email) = (row.id.to_string(), row.email.to_string());
            let back = (row.is_mine && !view.may_answer).then(|| {
                view! {
                    <div class="request-deeds">
                        <Deed action=deeds.withdraw slug=slug.clone() id label="Take back"
                            object=format!("the request for {email}") weight=Weight::Quiet/>
                    </div>
                }
            });
            let no = view
                .may_answer
                .then(|| view! { <Decline row=row.clone() slug=slug.clone() deeds word="Take off the list"/> });
            // Who may not answer sees only their own, and so not how many are before them.
            let place = view.may_answer.then(|| view! { <span class="request-place count">{place}</span> });
            view! { <li class="request">{place}<Who row/>{back}{no}</li> }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="waiting-title">
            <header class="section-head">
                <div>
                    <h2 id="waiting-title">"Wait list"</h2>
                    <p class="section-note">"When a seat is free, the first one here gets it without another click."</p>
                </div>
                {view.may_answer.then(|| view! {
                    <a class="button" href=Page::TeamReclaim.at(&view.desk.slug)>"Free a seat"</a>
                })}
            </header>
            <ol class="card requests">{rows}</ol>
        </section>
    }
    .into_any()
}

/// For whom, as what, by whom, and why.
#[component]
fn Who(row: SeatRequestRow) -> impl IntoView {
    let by = match row.asked_by {
        Some(_) if row.is_mine => "asked by you".to_owned(),
        Some(by) => format!("asked by {by}"),
        None => "asks for themselves".to_owned(),
    };
    let approved = row.approved_at.map(|at| view! { ", approved on "<Day at/> });
    view! {
        <div class="request-who">
            <p><strong>{row.email.to_string()}</strong>", "{row.role.label()}</p>
            <p class="request-when">{by}", "<Day at=row.created_at/>{approved}</p>
            {row.note.map(|note| view! { <blockquote>{note}</blockquote> })}
        </div>
    }
}

#[component]
fn Decline(row: SeatRequestRow, slug: String, deeds: Deeds, word: &'static str) -> impl IntoView {
    let (id, email) = (row.id.to_string(), row.email.to_string());
    let failed = failure(deeds.decline);
    view! {
        <details class="request-no">
            <summary>{word}<span class="unseen">": "{email.clone()}</span><Draw icon=Icon::Chevron/></summary>
            <Deed action=deeds.decline slug id=id.clone() label=format!("Decline the seat for {email}") weight=Weight::Danger>
                <Field name="reason" id=format!("reason-{id}") label="Reason, which they will read" maxlength=300
                    error=at_field(failed, "reason")/>
            </Deed>
        </details>
    }
}

/// Asks for a colleague.
#[component]
fn Ask(view: RequestsView, deeds: Deeds, typed: RwSignal<String>) -> impl IntoView {
    let failed = failure(deeds.ask);
    let left = RwSignal::new(false);
    let hint = terms(view.same_domain.as_deref(), view.per_seat);
    let rules = StoredValue::new(view.same_domain);
    let inline = Memo::new(move |_| rules.with_value(|rules| wrong(&typed.read(), left.get(), rules.as_deref())));
    let at_email = at_field(failed, "email");
    let error = Signal::derive(move || inline.get().or_else(|| at_email.get()));
    let form = NodeRef::<Form>::new();
    emptied(deeds.ask, form, move || {
        typed.set(String::new());
        left.set(false);
    });
    let words = if view.may_answer {
        "You can invite directly on the team page. A request is for the wait list: it is kept until a seat is free."
    } else {
        "Owners and admins get a letter, with the price if there is one. You are told what they answer."
    };
    view! {
        <section class="section" aria-labelledby="ask-title">
            <header class="section-head">
                <div><h2 id="ask-title">"Ask for a colleague"</h2><p class="section-note">{words}</p></div>
            </header>
            <div class="card">
                <Failure of=failed except=&["email", "note"]/>
                <ActionForm action=deeds.ask node_ref=form on:submit:capture=once(deeds.ask) attr:class="ask">
                    <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                    <div on:focusout=move |_| left.set(true) on:focusin=move |_| left.set(false)>
                        <Field name="email" label="Colleague's e-mail" kind="email" required=true maxlength=254 hint
                            error typed=move |text| typed.set(text)/>
                    </div>
                    <RoleField id="role".to_owned() label="Role" roles=view.grantable now=domain::Role::Member/>
                    <div class="ask-note">
                        <Field name="note" label="What they need it for" maxlength=300 error=at_field(failed, "note")/>
                    </div>
                    <Submit label="Ask for a seat" pending=deeds.ask.pending()/>
                </ActionForm>
            </div>
        </section>
    }
    .into_any()
}

/// Whether people of the company's domain may ask by themselves.
#[component]
fn Open(view: RequestsView, deeds: Deeds) -> impl IntoView {
    let Some(domain) = view.desk.domain else { return ().into_any() };
    let (says, label, to) = if view.open {
        (format!("People with an address of {domain} may ask for a seat by themselves."), "Close this door", "false")
    } else {
        (format!("People with an address of {domain} cannot ask by themselves."), "Let them ask", "true")
    };
    view! {
        <section class="section" aria-labelledby="open-title">
            <header class="section-head"><h2 id="open-title">"Newcomers"</h2></header>
            <div class="card request-open">
                <p>{says}" They are never told which companies there are, and nobody gets in without your answer."</p>
                <Deed action=deeds.open slug=view.desk.slug.to_string() label>
                    <input type="hidden" name="open" value=to/>
                </Deed>
            </div>
        </section>
    }
    .into_any()
}
