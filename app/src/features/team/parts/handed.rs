//! A link that was just handed out: it is shown this once.

use leptos::prelude::*;

use super::super::api::{Handed, How};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::{Draw, Icon};
use crate::routes::Page;

/// A link that was just handed out, by a script or by a plain form before.
#[component]
pub fn HandedOut(
    /// Since the page is there.
    now: RwSignal<Option<Handed>>,
    /// Before.
    before: Option<Handed>,
    /// Whether letters leave the house.
    mail_is_sent: bool,
) -> impl IntoView {
    move || now.get().or_else(|| before.clone()).map(|handed| view! { <Out handed mail_is_sent/> })
}

#[component]
fn Out(handed: Handed, mail_is_sent: bool) -> impl IntoView {
    let Handed { invited, how } = handed;
    let copied = RwSignal::new(false);
    let link = invited.link.clone();
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&link);
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
                copied.set(true);
            }
        });
    };
    let what = match how {
        How::Invited => format!("{} is invited.", invited.email),
        How::Again => format!("{} is invited again, for seven days from now.", invited.email),
        How::Link => format!("Here is a link for {}.", invited.email),
    };
    let where_ = match (how, mail_is_sent) {
        (How::Link, _) => {
            "No letter was sent. The link works for them alone and is shown this once; earlier links stay good."
                .into_any()
        }
        (_, true) => {
            "The letter is on its way. You can also hand over the link yourself; it is shown this once.".into_any()
        }
        (_, false) => view! {
            "No mail leaves this house; the letter waits in the "
            <a href=Page::Mailbox.path() rel="external">"development mailbox"</a>
            ". The link is shown this once."
        }
        .into_any(),
    };
    view! {
        <Banner tone=Tone::Good>
            <p><strong>{what}</strong>" "{where_}</p>
            <div class="copy">
                <div class="field">
                    <label for="invitation-link">"Invitation link"</label>
                    <input id="invitation-link" type="text" readonly value=invited.link/>
                </div>
                <button type="button" class="button needs-script" on:click=copy>
                    <Draw icon=Icon::Copy/>
                    <span aria-live="polite">{move || if copied.get() { "Copied" } else { "Copy link" }}</span>
                </button>
            </div>
        </Banner>
    }
}
