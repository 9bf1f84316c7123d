//! How the organization stands, where that limits what can be done: one banner across its pages.

use domain::Access;
use domain::view::Desk;
use leptos::prelude::*;

use super::banner::{Banner, Tone};
use crate::routes::Page;

/// The banner, on the pages that do not say it themselves.
#[component]
pub fn Standing(
    /// The frame's words.
    desk: Desk,
    /// The page.
    page: Page,
) -> impl IntoView {
    let Desk { slug, plan, access, .. } = desk;
    match (access, page) {
        (Access::ReadOnly, page) if page != Page::Reactivate && page != Page::Billing => view! {
            <Banner tone=Tone::Bad>
                <p>
                    <strong>{format!("{plan} has ended or is not paid.")}</strong>
                    " Everything can be read; nothing can be changed until an owner decides how to go on. "
                    <a href=Page::Reactivate.at(&slug)>"See the ways on"</a>
                </p>
            </Banner>
        }
        .into_any(),
        (Access::NoGrowth, page) if page != Page::Billing => view! {
            <Banner tone=Tone::Warn>
                <p>
                    <strong>"The last payment did not go through."</strong>
                    " Nobody loses a seat; none can be added until it is paid. "
                    <a href=Page::Billing.at(&slug)>"Billing"</a>
                </p>
            </Banner>
        }
        .into_any(),
        _ => ().into_any(),
    }
}
