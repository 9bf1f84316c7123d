//! About asking for seats.

use domain::ids::SeatRequestId;
use domain::view::RequestsView;
use leptos::prelude::*;

use crate::AppError;

/// Who asks for a seat, and who waits for one.
#[server(prefix = "/api", endpoint = "requests")]
pub async fn requests(slug: String) -> Result<RequestsView, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::requests(&crate::guard::services()?, &caller, &slug).await?)
}

/// Asks for a seat for a colleague.
#[server(prefix = "/api", endpoint = "request-seat")]
pub async fn request_seat(slug: String, email: String, role: String, note: Option<String>) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let input = service::RequestSeat { email, role, note: super::said(note) };
    Ok(service::request_seat(&crate::guard::services()?, &caller, &slug, input).await?)
}

/// Asks one's own company for a seat. The answer is the same whether it is here or not.
#[server(prefix = "/api", endpoint = "ask-to-join")]
pub async fn ask_to_join(note: Option<String>) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    service::ask_to_join(&services, &caller, super::said(note)).await?;
    if crate::guard::wants_html() {
        leptos_axum::redirect(&format!("{}?asked=1", crate::routes::Page::Organizations.path()));
    }
    Ok(())
}

/// Gives the seat that is asked for, or a place on the wait list.
#[server(prefix = "/api", endpoint = "approve-request")]
pub async fn approve_request(slug: String, id: SeatRequestId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::approve_request(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Says no to a request, or takes it off the wait list.
#[server(prefix = "/api", endpoint = "decline-request")]
pub async fn decline_request(slug: String, id: SeatRequestId, reason: Option<String>) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::decline_request(&crate::guard::services()?, &caller, &slug, id, super::said(reason)).await?)
}

/// Takes one's own request back.
#[server(prefix = "/api", endpoint = "withdraw-request")]
pub async fn withdraw_request(slug: String, id: SeatRequestId) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::withdraw_request(&crate::guard::services()?, &caller, &slug, id).await?)
}

/// Says whether people of the company's domain may ask by themselves.
#[server(prefix = "/api", endpoint = "set-join-requests")]
pub async fn set_join_requests(slug: String, open: bool) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    Ok(service::set_join_requests(&crate::guard::services()?, &caller, &slug, open).await?)
}
