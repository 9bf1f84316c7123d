//! A row of a table that opens: a link, so that it works without a script, and the row below it.

use leptos::prelude::*;
use leptos_router::location::Url;

use crate::components::icon::{Draw, Icon};

/// Where a table stands, and which of its rows is open.
#[derive(Clone)]
pub struct Place {
    /// The page's path.
    pub path: String,
    /// The rest of its query, such as `page=2&`.
    pub query: String,
    /// The open row.
    pub open: Memo<Option<String>>,
}

impl Place {
    /// The place of a page: `keep` are the parts of its query that stay while rows open and close.
    #[must_use]
    pub fn new(path: String, keep: &[(&str, String)], open: Memo<Option<String>>) -> Self {
        let mut query = String::new();
        for (name, value) in keep.iter().filter(|(_, value)| !value.is_empty()) {
            query.extend([*name, "=", &Url::escape(value), "&"]);
        }
        Self { path, query, open }
    }

    fn is_open(&self, id: &str) -> bool {
        self.open.read().as_deref() == Some(id)
    }

    /// Where the row is open if it is closed, and the other way round.
    fn other(&self, id: &str) -> String {
        let Self { path, query, .. } = self;
        match (self.is_open(id), query.trim_end_matches('&')) {
            (false, _) => format!("{path}?{query}open={id}#{id}"),
            (true, "") => format!("{path}#{id}"),
            (true, query) => format!("{path}?{query}#{id}"),
        }
    }
}

/// Opens and closes a row.
#[component]
pub fn Manage(
    /// Of which table.
    place: Place,
    /// Which row.
    #[prop(into)]
    id: String,
    /// Whom it is about.
    #[prop(into)]
    object: String,
) -> impl IntoView {
    let panel = format!("{id}-deeds");
    let (at, to) = ((place.clone(), id.clone()), (place, id));
    view! {
        <a
            class="button button-quiet manage"
            href=move || to.0.other(&to.1)
            aria-expanded=move || if at.0.is_open(&at.1) { "true" } else { "false" }
            aria-controls=panel
            data-noscroll=""
        >
            <span>"Manage"<span class="unseen">" "{object}</span></span>
            <Draw icon=Icon::Chevron/>
        </a>
    }
}

/// What is below an open row.
#[component]
pub fn Panel(
    /// Of which table.
    place: Place,
    /// Which row.
    #[prop(into)]
    id: String,
    /// What can be done.
    #[prop(into)]
    deeds: ViewFn,
) -> impl IntoView {
    move || {
        place.is_open(&id).then(|| {
            view! {
                <tr role="row" class="row-panel" id=format!("{id}-deeds")>
                    <td role="cell" colspan="5"><div class="deeds">{deeds.run()}</div></td>
                </tr>
            }
        })
    }
}
