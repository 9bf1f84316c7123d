//! Pages that belong together, as a row of links.

use domain::view::Desk;
use leptos::prelude::*;

use crate::routes::Page;

/// The pages of a group that who is looking may open; nothing when that is only one.
#[component]
pub fn Tabs(
    /// Whose.
    desk: Desk,
    /// The group, in order.
    pages: &'static [Page],
    /// The page that is shown.
    current: Page,
) -> impl IntoView {
    let mine: Vec<Page> = pages
        .iter()
        .copied()
        .filter(|page| page.permission().is_none_or(|permission| desk.role.may(permission)))
        .collect();
    let label = pages.first().map(|page| page.title()).unwrap_or_default();
    (mine.len() > 1).then(|| {
        view! {
            <nav class="tabs" aria-label=format!("{label} pages")>
                <ul>
                    {mine
                        .into_iter()
                        .map(|page| {
                            view! {
                                <li>
                                    <a href=page.at(&desk.slug) aria-current=(page == current).then_some("page")>
                                        {page.tab()}
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </nav>
        }
    })
}
