//! The way through a long list.

use leptos::prelude::*;

/// Which page of how many, and the ways to the next and the one before. Nothing when there is only one.
#[component]
pub fn Pager(
    /// This page, from 1.
    page: u32,
    /// How many there are.
    pages: u32,
    /// The address of a page.
    href: impl Fn(u32) -> String,
) -> impl IntoView {
    (pages > 1).then(|| {
        let before = (page > 1).then(|| view! { <a class="button" rel="prev" href=href(page - 1)>"Previous"</a> });
        let after = (page < pages).then(|| view! { <a class="button" rel="next" href=href(page + 1)>"Next"</a> });
        view! {
            <nav class="pager" aria-label="Pages of the list">
                {before}
                <span class="count">{format!("Page {page} of {pages}")}</span>
                {after}
            </nav>
        }
    })
}
