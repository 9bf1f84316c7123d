//! Times on the screen: absolute, in UTC, the same words on the server and in the browser.

use domain::Timestamp;
use leptos::prelude::*;

/// A day: `22 November 2027`.
#[component]
pub fn Day(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.rfc3339() title=at.date_time()>{at.date()}</time> }
}

/// A minute: `22 Nov 2027, 14:05 UTC`.
#[component]
pub fn Minute(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.rfc3339()>{at.date_time()}</time> }
}
