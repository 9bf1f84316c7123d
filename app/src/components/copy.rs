//! A text to be taken elsewhere: shown whole, and copied by a button where there is a script.

use leptos::prelude::*;

use super::icon::{Draw, Icon};

/// A text to be taken elsewhere.
#[component]
pub fn Copy(
    /// The id of its field.
    #[prop(into)]
    id: String,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What the button says.
    #[prop(into)]
    button: String,
    /// The rest of the button's name, for who cannot see where it stands.
    #[prop(optional, into)]
    object: String,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let value = text.clone();
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&value);
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
                copied.set(true);
            }
        });
    };
    view! {
        <div class="copy">
            <div class="field">
                <label for=id.clone()>{label}</label>
                <input id=id type="text" readonly value=text/>
            </div>
            <button type="button" class="button needs-script" on:click=copy>
                <Draw icon=Icon::Copy/>
                <span aria-live="polite">{move || if copied.get() { "Copied".to_owned() } else { button.clone() }}</span>
                {(!object.is_empty()).then(|| view! { <span class="unseen">" "{object}</span> })}
            </button>
        </div>
    }
}
