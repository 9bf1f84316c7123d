//! For who has no seat yet: asking the own company for one, without learning whether it is here.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::super::api::AskToJoin as Ask;
use crate::components::button::Submit;
use crate::components::field::Field;
use crate::components::icon::{Draw, Icon};
use crate::components::outcome::{Failure, at_field, failure, once};

/// Asks the own company for a seat. The answer is the same whatever exists.
#[component]
pub fn AskToJoin(
    /// Who asks.
    email: domain::EmailAddress,
    /// Whether it is the first thing to think of: they are nowhere yet.
    first: bool,
) -> impl IntoView {
    let ask = ServerAction::<Ask>::new();
    let failed = failure(ask);
    let query = use_query_map();
    let asked = move || query.read().get("asked").is_some() || matches!(&*ask.value().read(), Some(Ok(())));
    let domain = email.domain().to_string();
    let says = move || {
        if asked() {
            view! {
                <p role="status">
                    <strong>"Your request is on its way."</strong>
                    " If your company is here and takes requests, its owners have a letter now, and you get one when they answer."
                </p>
            }
            .into_any()
        } else {
            view! {
                <p>{format!(
                    "If a company with addresses of {domain} is here and takes requests, its owners get a letter. \
                     Nobody is told which companies there are."
                )}</p>
                <Failure of=failed except=&["note"]/>
                <ActionForm action=ask on:submit:capture=once(ask) attr:class="form">
                    <Field name="note" label="A word to the owners" maxlength=300 error=at_field(failed, "note")/>
                    <Submit label="Ask for a seat" pending=ask.pending()/>
                </ActionForm>
            }
            .into_any()
        }
    };
    let open = move || first || asked() || failed.read().is_some();
    view! {
        <details class="join" open=open>
            <summary>"Is your company here already? Ask for a seat"<Draw icon=Icon::Chevron/></summary>
            {says}
        </details>
    }
}
