//! The application: which page draws which path.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

use crate::features::organizations::page::OrganizationsPage;

/// The application: which page draws which path. `/` and `/pricing` are not in it, see `public`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let (routing, set_routing) = signal(false);
    #[cfg(feature = "ssr")]
    no_hydration_where_none_is_wanted();
    // Says to tests, and to nobody else, that buttons now answer.
    Effect::new(move |_| {
        if let Some(body) = document().body() {
            let _done = body.set_attribute("data-hydrated", "true");
        }
    });
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Usher".to_owned() } else { format!("{title} · Usher") }/>
        <div class="routing" class:is-routing=routing aria-hidden="true"></div>
        <Router set_is_routing=set_routing>
            <FlatRoutes fallback=|| "There is nothing here.">
                <Route path=path!("/app") view=OrganizationsPage ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}

/// Pages without the WebAssembly module need no data for it either.
#[cfg(feature = "ssr")]
fn no_hydration_where_none_is_wanted() {
    use crate::routes::Page;
    let hydrates =
        use_context::<http::request::Parts>().and_then(|parts| Page::of(parts.uri.path())).is_some_and(Page::hydrates);
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(hydrates);
    }
}
