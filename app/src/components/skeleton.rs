//! What stands where something will be: the same height, no numbers.

use leptos::prelude::*;

/// A page that is on its way.
#[component]
pub fn PageSkeleton() -> impl IntoView {
    view! {
        <div class="skeleton-page" role="status" aria-label="Loading">
            <div class="skeleton skeleton-title"></div>
            <div class="skeleton skeleton-line"></div>
            <div class="skeleton skeleton-card"></div>
            <div class="skeleton skeleton-card"></div>
        </div>
    }
}
