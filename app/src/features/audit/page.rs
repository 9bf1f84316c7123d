//! `/app/{slug}/settings/audit`: who did what.

use domain::view::{AuditQuery, AuditView};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::location::Url;

use super::api::audit_log;
use super::parts::{Lines, Proof, Search, TakeAway};
use crate::components::frame::{Frame, PageHead};
use crate::components::loaded::Loaded;
use crate::components::tabs::Tabs;
use crate::routes::{Page, SETTINGS_TABS};

/// Who did what.
#[component]
pub fn AuditPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let asked = Memo::new(move |_| {
        let query = query.read();
        let of = |name: &str| query.get(name).unwrap_or_default();
        AuditQuery { who: of("who"), action: of("action"), about: of("about"), from: of("from"), to: of("to") }
    });
    let older = Memo::new(move |_| query.read().get("older").and_then(|older| older.parse::<i64>().ok()));
    let log = Resource::new(
        move || (slug.get(), asked.get(), older.get()),
        |(slug, asked, older)| {
            let AuditQuery { who, action, about, from, to } = asked;
            audit_log(slug, who, action, about, from, to, older)
        },
    );
    view! {
        <Loaded from=log view={move |view: AuditView| {
            let (asked, older) = (asked.get_untracked(), older.get_untracked());
            let path = Page::SettingsAudit.at(&view.desk.slug);
            let state = state(&view);
            let file = view.no_export.is_none().then(|| path.clone());
            let files = asked.clone();
            let deed = move || file.clone().map(|path| view! { <TakeAway path asked=files.clone()/> });
            view! {
                <Frame desk=view.desk.clone() page=Page::SettingsAudit>
                    <PageHead title=Page::SettingsAudit.title() state=move || state.clone() deed/>
                    <Tabs desk=view.desk.clone() pages=SETTINGS_TABS current=Page::SettingsAudit/>
                    <Search path=path.clone() asked=asked.clone()/>
                    <Lines lines=view.lines.clone() all=path.clone() asked=asked != AuditQuery::default()/>
                    <Pager path asked older=view.older newest=older.is_some()/>
                    <Proof view/>
                </Frame>
            }
        }}/>
    }
}

fn state(view: &AuditView) -> String {
    let kept = match view.retention_days {
        None => "Kept for as long as the company is here.".to_owned(),
        Some(1) => "Kept for a day.".to_owned(),
        Some(days) => format!("Kept for {days} days."),
    };
    match view.dropped {
        0 => kept,
        1 => format!("{kept} One older line is gone."),
        gone => format!("{kept} {gone} older lines are gone."),
    }
}

/// The part of an address that asks for these lines.
pub(super) fn asking(asked: &AuditQuery) -> String {
    let AuditQuery { who, action, about, from, to } = asked;
    let mut text = String::new();
    for (name, value) in [("who", who), ("action", action), ("about", about), ("from", from), ("to", to)] {
        if !value.is_empty() {
            text.extend([name, "=", &Url::escape(value), "&"]);
        }
    }
    text
}

#[component]
fn Pager(path: String, asked: AuditQuery, older: Option<i64>, newest: bool) -> impl IntoView {
    let asking = asking(&asked);
    let back = newest.then(|| view! { <a class="button" href=format!("{path}?{asking}")>"Newest"</a> });
    let further = older
        .map(|older| view! { <a class="button" rel="next" href=format!("{path}?{asking}older={older}")>"Older"</a> });
    (back.is_some() || further.is_some())
        .then(|| view! { <nav class="pager" aria-label="Pages of the log">{back}{further}</nav> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stands_in_the_address() {
        let asked =
            AuditQuery { who: "a&b=c@acme.test".to_owned(), to: "2027-11-22".to_owned(), ..AuditQuery::default() };
        assert_eq!(asking(&asked), "who=a%26b%3Dc%40acme%2Etest&to=2027%2D11%2D22&");
        assert_eq!(asking(&AuditQuery::default()), "");
    }
}
