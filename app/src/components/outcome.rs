//! What became of a sent form: the error at its field, or above the form.
//!
//! A form works the same with and without the WebAssembly module: without it the answer comes back in the address,
//! where `ServerAction::new` finds it.

use domain::Refusal;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::banner::RefusalBanner;
use crate::AppError;

/// The error of the last attempt, for the fields and for the top of the form.
#[must_use]
pub fn failure<S>(action: ServerAction<S>) -> Signal<Option<AppError>>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || match &*action.value().read() {
        Some(Err(error)) => Some(error.clone()),
        _ => None,
    })
}

/// The part of the error that belongs to a field.
#[must_use]
pub fn at_field(failure: Signal<Option<AppError>>, field: &'static str) -> Signal<Option<Refusal>> {
    Signal::derive(move || failure.get().filter(|error| error.field() == Some(field)).map(|error| error.refusal()))
}

/// Keeps a form from being sent again while it is on its way. Goes on the form as `on:submit:capture`.
///
/// While newer data is on its way, what is drawn stays and can be used, and its signals are gone already
/// ([`super::loaded::Loaded`]): so here, as in every handler of an event, a signal is asked with `try_…`, and what is gone
/// stands in nobody's way.
pub fn once<S>(action: ServerAction<S>) -> impl Fn(SubmitEvent) + Clone
where
    S: ServerFn + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    S::Error: Send + Sync + 'static,
{
    let pending = action.pending();
    move |event: SubmitEvent| {
        if pending.try_get_untracked().unwrap_or(false) {
            event.prevent_default();
        }
    }
}

/// The part of the error that belongs to none of the named fields.
#[component]
pub fn Failure(
    /// Of which attempt.
    of: Signal<Option<AppError>>,
    /// Fields that show their own errors.
    #[prop(optional)]
    except: &'static [&'static str],
) -> impl IntoView {
    move || {
        of.get()
            .filter(|error| error.field().is_none_or(|field| !except.contains(&field)))
            .map(|error| view! { <RefusalBanner refusal=error.refusal()/> })
    }
}
