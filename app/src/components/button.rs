//! Buttons of forms.

use leptos::prelude::*;

/// How much a button wants to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// The one main deed of a page.
    Primary,
    /// Any other.
    #[default]
    Plain,
    /// A word in a row of a table.
    Quiet,
    /// Takes something away.
    Danger,
}

impl Weight {
    /// The classes, for links that look like buttons.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Plain => "button",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-quiet button-danger",
        }
    }
}

/// Sends its form. While that is under way it says so and cannot be pressed again; it keeps the focus.
#[component]
pub fn Submit(
    /// What it does.
    #[prop(into)]
    label: String,
    /// The rest of its name, for who cannot see which row it is in.
    #[prop(optional, into)]
    object: String,
    /// How much it wants to be pressed.
    #[prop(optional)]
    weight: Weight,
    /// Whether the form is on its way.
    #[prop(optional, into)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=weight.class()
            aria-disabled=move || pending.get().then_some("true")
            aria-busy=move || pending.get().then_some("true")
        >
            <span>{label}{(!object.is_empty()).then(|| view! { <span class="unseen">" "{object}</span> })}</span>
        </button>
    }
}

/// Says why something cannot be pressed, in its place.
#[component]
pub fn Disabled(
    /// What it would do, or what is the case.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <button type="button" class="button" disabled>{label}</button> }
}
