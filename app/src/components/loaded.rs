//! The one place that waits for data: skeleton, data, or the reason why there is none.

use leptos::either::Either;
use leptos::prelude::*;

use super::refused::Refused;
use super::skeleton::PageSkeleton;
use crate::AppError;

/// Draws `view` with what `from` brings. While something newer is on its way, what is there stays.
#[component]
pub fn Loaded<T, F, V>(
    /// What is waited for.
    from: Resource<Result<T, AppError>>,
    /// Draws it.
    view: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <PageSkeleton/> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match from.await {
                        Ok(value) => Either::Left(view(value)),
                        Err(error) => Either::Right(view! { <Refused error/> }),
                    }
                })
            }}
        </Transition>
    }
}
