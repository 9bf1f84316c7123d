//! `/app/{slug}/team/invite`: several people at once, in rows or as a CSV file.

use domain::email::DomainRule;
use domain::view::TeamView;
use domain::{EmailAddress, Refusal, Role};
use leptos::ev::{Event, SubmitEvent};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::api::{InviteCsv, InviteSeveral, Told, inviting};
use super::parts::{Full, Report, can_invite, terms, when_done, wrong};
use crate::components::button::{Submit, Weight};
use crate::components::frame::{Frame, PageHead};
use crate::components::icon::{Draw, Icon};
use crate::components::loaded::Loaded;
use crate::components::outcome::{Failure, failure, once};
use crate::components::seat_row::{SeatRow, sentence};
use crate::components::tabs::Tabs;
use crate::routes::{Page, TEAM_TABS};

/// So many rows stand there at first, and so many more come with each press.
const ROWS: u32 = 3;
/// The largest file that the form can carry, in bytes: 500 lines are far below.
const LARGEST: f64 = 48_000.0;

/// One row of the form. What is typed outlives the drawing of it.
#[derive(Clone)]
struct Row {
    place: u32,
    typed: ArcRwSignal<String>,
}

/// What is typed on this page, and what became of it.
#[derive(Clone, Copy)]
struct Draft {
    rows: RwSignal<Vec<Row>>,
    several: ServerAction<InviteSeveral>,
    csv: ServerAction<InviteCsv>,
    text: RwSignal<String>,
    told: RwSignal<Option<Told>>,
    done: RwSignal<u32>,
}

impl Draft {
    fn new() -> Self {
        let all = Self {
            rows: RwSignal::new(Vec::new()),
            several: ServerAction::new(),
            csv: ServerAction::new(),
            text: RwSignal::new(String::new()),
            told: RwSignal::new(None),
            done: RwSignal::new(0),
        };
        all.more();
        let tell = move |told: &Told| {
            all.told.set(Some(told.clone()));
            all.done.update(|done| *done += 1);
        };
        when_done(all.several, move |told| {
            // Rows that were not invited stay, to be corrected.
            for row in all.rows.get_untracked() {
                if !told.refused.iter().any(|bad| bad.line == row.place + 1) {
                    row.typed.set(String::new());
                }
            }
            tell(told);
        });
        when_done(all.csv, tell);
        all
    }

    fn more(self) {
        self.rows.update(|rows| {
            let next = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            rows.extend((next..next + ROWS).map(|place| Row { place, typed: ArcRwSignal::new(String::new()) }));
        });
    }
}

/// Several people at once.
#[component]
pub fn InvitePage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let by_file = Memo::new(move |_| query.read().get("by").as_deref() == Some("csv"));
    let draft = Draft::new();
    let sheet = Resource::new(move || (slug.get(), draft.done.get()), |(slug, _)| inviting(slug));
    view! {
        <Loaded from=sheet view={move |sheet| {
            let (view, before) = (sheet.view, sheet.told);
            let seats = view.desk.seats;
            let (desk, path) = (view.desk.clone(), Page::TeamInvite.at(&view.desk.slug));
            let told = move || {
                let told = draft.told.get().or_else(|| before.clone());
                told.map(|told| view! { <Report told desk=desk.clone()/> })
            };
            let form = {
                let view = view.clone();
                move || {
                    if by_file.get() {
                        view! { <File view=view.clone() draft/> }.into_any()
                    } else {
                        view! { <Rows view=view.clone() draft/> }.into_any()
                    }
                }
            };
            let forms = can_invite(&view.desk).then(|| view! {
                <nav class="switch invite-ways" aria-label="How to invite">
                    <a class="switch-choice" href=path.clone() data-noscroll=""
                        aria-current=move || (!by_file.get()).then_some("page")>"One by one"</a>
                    <a class="switch-choice" href=format!("{path}?by=csv") data-noscroll=""
                        aria-current=move || by_file.get().then_some("page")>"CSV file"</a>
                </nav>
                {form}
            });
            view! {
                <Frame desk=view.desk.clone() page=Page::TeamInvite>
                    <PageHead title=Page::TeamInvite.title() state=move || format!("{}.", sentence(seats))/>
                    <Tabs desk=view.desk.clone() pages=TEAM_TABS current=Page::TeamInvite/>
                    <div class="house house-low"><SeatRow seats/></div>
                    {told}
                    <Full desk=view.desk.clone() members=view.members.clone()/>
                    {forms}
                </Frame>
            }
        }}/>
    }
}

/// The places, from 0, of the rows whose address stands in another one too.
fn twice(typed: &[String]) -> Vec<bool> {
    let folded: Vec<Option<String>> = typed
        .iter()
        .map(|typed| typed.parse::<EmailAddress>().ok().map(|address| address.folded().to_owned()))
        .collect();
    folded.iter().map(|one| one.is_some() && folded.iter().filter(|other| *other == one).count() > 1).collect()
}

/// What is wrong with the row at a place, as things are typed now.
fn judge(all: &[String], place: usize, left: bool, rules: Option<&[DomainRule]>) -> Option<Refusal> {
    let typed = all.get(place)?;
    wrong(typed, left, rules).or_else(|| {
        twice(all)
            .get(place)
            .copied()
            .unwrap_or_default()
            .then(|| Refusal::new("twice", "This address stands in another row, too.", "Leave one of them empty."))
    })
}

#[component]
fn Rows(view: TeamView, draft: Draft) -> impl IntoView {
    let failed = failure(draft.several);
    let hint = terms(view.same_domain.as_deref(), view.per_seat);
    let rules = StoredValue::new(view.same_domain);
    let grantable = StoredValue::new(view.grantable);
    let typed = Memo::new(move |_| draft.rows.read().iter().map(|row| row.typed.get()).collect::<Vec<_>>());
    let left = RwSignal::new(true);
    let not_twice = once(draft.several);
    let on_submit = move |event: SubmitEvent| {
        left.set(true);
        let Some(all) = typed.try_get_untracked() else { return };
        let wrong = |place| rules.try_with_value(|rules| judge(&all, place, true, rules.as_deref()).is_some());
        if (0..all.len()).any(|place| wrong(place).unwrap_or(false)) || all.iter().all(|typed| typed.trim().is_empty())
        {
            event.prevent_default();
        }
        not_twice(event);
    };
    let free = view.desk.seats.count.free(view.desk.seats.limit);
    let tight = move || {
        let filled = typed.read().iter().filter(|typed| !typed.trim().is_empty()).count();
        let free = usize::try_from(free?).ok()?;
        (filled > free).then(|| {
            let are = if free == 1 { "is 1 free seat".to_owned() } else { format!("are {free} free seats") };
            format!("{filled} rows are filled in, and there {are}. Those beyond will not be invited, and you will see which.")
        })
    };
    view! {
        <section class="card" aria-label="One by one">
            <Failure of=failed/>
            <ActionForm action=draft.several on:submit:capture=on_submit attr:class="several" attr:novalidate=true>
                <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                <p class="field-hint" id="several-hint">{hint}</p>
                <ul class="several-rows" on:focusout=move |_| left.set(true) on:focusin=move |_| left.set(false)>
                    <For each=move || draft.rows.get() key=|row| row.place let:row>
                        <OneRow row typed left rules grantable/>
                    </For>
                </ul>
                <p class="field-hint" role="status">{tight}</p>
                <div class="several-deeds">
                    <button type="button" class="button needs-script" on:click=move |_| draft.more()>"Add more"</button>
                    <Submit label="Send invitations" weight=Weight::Primary pending=draft.several.pending()/>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn OneRow(
    row: Row,
    typed: Memo<Vec<String>>,
    left: RwSignal<bool>,
    rules: StoredValue<Option<Vec<DomainRule>>>,
    grantable: StoredValue<Vec<Role>>,
) -> impl IntoView {
    let Row { place, typed: mine } = row;
    let now = mine.clone();
    let number = place + 1;
    let at = usize::try_from(place).unwrap_or(usize::MAX);
    let error = Memo::new(move |_| rules.with_value(|rules| judge(&typed.read(), at, left.get(), rules.as_deref())));
    let (email, role) = (format!("email-{place}"), format!("role-{place}"));
    let told = format!("{email}-error");
    let describes = told.clone();
    let options = grantable
        .get_value()
        .into_iter()
        .map(|role| view! { <option value=role.as_str() selected=role == Role::Member>{role.label()}</option> })
        .collect_view();
    view! {
        <li class="several-row">
            <div class="field" class:field-wrong=move || error.read().is_some()>
                <label for=email.clone()>{format!("E-mail {number}")}</label>
                <input id=email type="email" name=format!("rows[{place}][email]") maxlength="254" autocomplete="off"
                    prop:value=move || now.get()
                    on:input=move |event| mine.set(event_target_value(&event))
                    aria-invalid=move || error.read().is_some().then_some("true")
                    aria-describedby=move || if error.read().is_some() { describes.clone() } else { "several-hint".to_owned() }/>
                <p class="field-error" id=told aria-live="polite">
                    {move || error.get().map(|why| format!("{} {}", why.what, why.next))}
                </p>
            </div>
            <div class="field">
                <label for=role.clone()>{format!("Role {number}")}</label>
                <div class="select">
                    <select id=role name=format!("rows[{place}][role]")>{options}</select>
                    <Draw icon=Icon::Chevron/>
                </div>
            </div>
        </li>
    }
}

#[component]
fn File(view: TeamView, draft: Draft) -> impl IntoView {
    let failed = failure(draft.csv);
    let large = RwSignal::new(false);
    let read = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let too_large = file.size() > LARGEST;
        large.set(too_large);
        if too_large {
            return;
        }
        leptos::task::spawn_local(async move {
            if let Ok(text) = wasm_bindgen_futures::JsFuture::from(file.text()).await {
                draft.text.set(text.as_string().unwrap_or_default());
            }
        });
    };
    view! {
        <section class="card" aria-label="CSV file">
            <Failure of=failed/>
            <ActionForm action=draft.csv on:submit:capture=once(draft.csv) attr:class="several">
                <input type="hidden" name="slug" value=view.desk.slug.to_string()/>
                <p>
                    "One line for each person: the address, and the role if it is not member. "
                    <a href="/invite-template.csv" download="invite-template.csv" rel="external">"Template"</a>
                </p>
                <div class="field needs-script">
                    <label for="file">"File"</label>
                    <input id="file" type="file" accept=".csv,text/csv,text/plain" on:change=read aria-describedby="file-error"/>
                    <p class="field-error" id="file-error" aria-live="polite">
                        {move || large.get().then_some("This file is too large. A list has up to 500 lines; split it into several files.")}
                    </p>
                </div>
                <div class="field">
                    <label for="text">"Lines"</label>
                    <textarea id="text" name="text" rows="10" required=true spellcheck="false" aria-describedby="text-hint"
                        placeholder="email,role"
                        prop:value=move || draft.text.get()
                        on:input=move |event| draft.text.set(event_target_value(&event))></textarea>
                    <p class="field-hint" id="text-hint">
                        "Up to 500 lines. A line that is wrong keeps no other from being invited, and you will see which and why. "
                        {terms(view.same_domain.as_deref(), view.per_seat)}
                    </p>
                </div>
                <div class="several-deeds">
                    <Submit label="Send invitations" weight=Weight::Primary pending=draft.csv.pending()/>
                </div>
            </ActionForm>
        </section>
    }    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_there_twice_is_marked_in_both_rows() {
        let typed: Vec<String> = ["a@acme.test", "", "A@ACME.test", "b@acme.test", "", "x"].map(str::to_owned).into();
        assert_eq!(twice(&typed), [true, false, true, false, false, false]);
        let says = |place| judge(&typed, place, true, None).map(|why| why.code);
        assert_eq!(says(0).as_deref(), Some("twice"));
        assert_eq!(says(2).as_deref(), Some("twice"));
        assert_eq!(says(1), None, "empty rows are no rows");
        assert_eq!(says(3), None);
        assert_eq!(says(5).as_deref(), Some("email-form"));
    }
}
