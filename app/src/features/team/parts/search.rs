//! Looking for somebody: a form that asks for the same page with a part of an address.

use leptos::prelude::*;
use leptos_router::components::Form;

use crate::components::button::Submit;

/// Looking for somebody.
#[component]
pub fn Search(
    /// The page's path.
    path: String,
    /// What is looked for now.
    search: String,
    /// How many were found.
    found: u32,
) -> impl IntoView {
    let looking = !search.is_empty();
    let told = if found == 1 { "1 member found".to_owned() } else { format!("{found} members found") };
    let all = path.clone();
    view! {
        <div class="search" role="search">
            <Form method="GET" action=path>
                <div class="field">
                    <label for="search">"Find a member"</label>
                    <input id="search" type="search" name="search" value=search maxlength="254" autocomplete="off"
                        placeholder="A part of the address"/>
                </div>
                <Submit label="Find"/>
            </Form>
            {looking.then(|| view! { <p role="status"><span class="count">{told}</span>" "<a href=all>"Show everybody"</a></p> })}
        </div>
    }
}
