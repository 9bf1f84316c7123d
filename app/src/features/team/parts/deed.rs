//! A form with one button, about one person.

use leptos::ev::SubmitEvent;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::web_sys::FormData;
use serde::de::DeserializeOwned;

use crate::AppError;
use crate::components::button::{Submit, Weight};

/// A form with one button, about one person. Only the button that was pressed says that it is under way.
#[component]
pub fn Deed<S, P>(
    /// Does it.
    action: ServerAction<S>,
    /// In which organization.
    #[prop(into)]
    slug: String,
    /// To what.
    #[prop(optional, into)]
    id: String,
    /// What the button says.
    #[prop(into)]
    label: String,
    /// The rest of its name, for who cannot see which row it is in.
    #[prop(optional, into)]
    object: String,
    /// How much it wants to be pressed.
    #[prop(optional)]
    weight: Weight,
    /// What is to be filled in.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView
where
    S: DeserializeOwned + ServerFn<Protocol = Http<PostUrl, P>, Error = AppError> + Clone + Send + Sync + 'static,
    <<S::Client as Client<AppError>>::Request as ClientReq<AppError>>::FormData: From<FormData>,
    S::Output: Send + Sync + 'static,
    S::Client: Client<AppError>,
{
    let sent = RwSignal::new(false);
    let under_way = action.pending();
    Effect::new(move |_| {
        if !under_way.get() {
            sent.set(false);
        }
    });
    let on_submit = move |event: SubmitEvent| {
        if under_way.try_get_untracked().unwrap_or(false) {
            event.prevent_default();
        } else {
            sent.set(true);
        }
    };
    let pending = Signal::derive(move || sent.get() && under_way.get());
    view! {
        <ActionForm action on:submit:capture=on_submit>
            <input type="hidden" name="slug" value=slug/>
            {(!id.is_empty()).then(|| view! { <input type="hidden" name="id" value=id/> })}
            {children.map(|children| children())}
            <Submit label object weight pending/>
        </ActionForm>
    }
    .into_any()
}
