//! About members.

use domain::ids::MemberId;
use domain::view::ReclaimView;
use leptos::prelude::*;

use crate::AppError;

/// Makes a member something else.
#[server(prefix = "/api", endpoint = "change-role")]
pub async fn change_role(slug: String, id: MemberId, role: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::change_role(&crate::guard::services()?, &caller, &slug, id, role).await?)
}

/// Lets a member's seat rest, until the end of the day `until` or until somebody ends it.
#[server(prefix = "/api", endpoint = "suspend-member")]
pub async fn suspend_member(
    slug: String,
    id: MemberId,
    reason: Option<String>,
    until: Option<String>,
) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let (reason, until) = (super::said(reason), super::said(until));
    Ok(service::suspend_member(&crate::guard::services()?, &caller, &slug, id, reason, until).await?)
}

/// Gives a resting member a seat again.
#[server(prefix = "/api", endpoint = "reactivate-member")]
pub async fn reactivate_member(slug: String, id: MemberId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::reactivate_member(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Takes a member's seat.
#[server(prefix = "/api", endpoint = "remove-member")]
pub async fn remove_member(slug: String, id: MemberId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::remove_member(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Gives one's own seat back.
#[server(prefix = "/api", endpoint = "leave")]
pub async fn leave(slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    service::leave(&crate::guard::services()?, &caller, &slug).await?;
    leptos_axum::redirect(crate::routes::Page::Organizations.path());
    Ok(())
}

/// Seats that could be freed: who was not here for so many days, and who does not answer.
#[server(prefix = "/api", endpoint = "reclaim")]
pub async fn reclaim(slug: String, days: Option<u32>) -> Result<ReclaimView, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::reclaim(&crate::guard::services()?, &caller, &slug, days.unwrap_or(30)).await?)
}
