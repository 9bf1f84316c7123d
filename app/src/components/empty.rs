//! Nothing yet: one sentence on the next step.

use leptos::prelude::*;

/// Nothing yet.
#[component]
pub fn Empty(
    /// What there would be.
    #[prop(into)]
    title: String,
    /// The next step: one sentence, one button.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}
