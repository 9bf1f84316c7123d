//! `/app`.

use leptos::prelude::*;

use super::api::organizations;

/// One's organizations, and the form for a new one.
#[component]
pub fn OrganizationsPage() -> impl IntoView {
    let rows = Resource::new(|| (), |()| organizations());
    view! { <Transition>{move || Suspend::new(async move { rows.await.map(|all| all.rows.len()).unwrap_or_default() })}</Transition> }
}
