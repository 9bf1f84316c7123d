//! Files that people take away: the audit log, the invoices.

use app::components::refused::login_address;
use app::{AppError, guard};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::Refusal;
use domain::view::{AuditQuery, InvoiceQuery};
use futures::stream;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use service::{AuditExport, AuditFormat, Error, InvoiceExport};

use super::Web;
use super::problem::{problem, wants_page};

const CSV: &str = "text/csv; charset=utf-8; header=present";

/// Where the audit log is taken away as a table.
pub const AUDIT_CSV: &str = "/app/{slug}/settings/audit.csv";
/// Where it is taken away for programs.
pub const AUDIT_JSON: &str = "/app/{slug}/settings/audit.json";

/// Where the invoices are taken away as a table.
pub const INVOICES_CSV: &str = "/app/{slug}/billing/invoices.csv";

/// The invoices as a table.
pub async fn invoices_csv(State(web): State<Web>, Path(slug): Path<String>, request: Request) -> Response {
    let parts = request.into_parts().0;
    match begin_invoices(&web, &slug, &parts).await {
        Ok((first, export)) => {
            let name = export.file_name.clone();
            let pieces = stream::try_unfold((first, export), async |(first, mut export)| {
                let piece = match first {
                    Some(first) => Some(first),
                    None => export.next().await.inspect_err(|error| tracing::error!(%error, "an export broke off"))?,
                };
                Ok::<_, Error>(piece.map(|piece| (Bytes::from(piece), (None, export))))
            });
            file(Body::from_stream(pieces), CSV, &name)
        }
        Err(error) => refuse(&parts, error),
    }
}

async fn begin_invoices(web: &Web, slug: &str, parts: &Parts) -> Result<(Option<Vec<u8>>, InvoiceExport), Error> {
    let caller = guard::caller_of(&web.services, parts).await?.ok_or(Error::SignIn)?;
    let Ok(Query(query)) = Query::<InvoiceQuery>::try_from_uri(&parts.uri) else {
        return Err(Error::Refused(Refusal::new(
            "what-to-export",
            "The address does not say which invoices are wanted.",
            "Go back to the invoices and use the button there.",
        )));
    };
    let mut export = service::export_invoices(&web.services, &caller, slug, &query).await?;
    Ok((export.next().await?, export))
}

/// The audit log as a table.
pub async fn audit_csv(State(web): State<Web>, Path(slug): Path<String>, request: Request) -> Response {
    audit(&web, &slug, &request.into_parts().0, AuditFormat::Csv).await
}

/// The audit log for programs.
pub async fn audit_json(State(web): State<Web>, Path(slug): Path<String>, request: Request) -> Response {
    audit(&web, &slug, &request.into_parts().0, AuditFormat::Json).await
}

async fn audit(web: &Web, slug: &str, parts: &Parts, format: AuditFormat) -> Response {
    match begin(web, slug, parts, format).await {
        Ok((first, export)) => answer(first, export, format),
        Err(error) => refuse(parts, error),
    }
}

/// With the first piece, so that what goes wrong at once is still said with a status.
async fn begin(
    web: &Web,
    slug: &str,
    parts: &Parts,
    format: AuditFormat,
) -> Result<(Option<Vec<u8>>, AuditExport), Error> {
    let caller = guard::caller_of(&web.services, parts).await?.ok_or(Error::SignIn)?;
    let Ok(Query(query)) = Query::<AuditQuery>::try_from_uri(&parts.uri) else {
        return Err(Error::Refused(Refusal::new(
            "what-to-export",
            "The address does not say which lines are wanted.",
            "Go back to the audit log and use its buttons.",
        )));
    };
    let mut export = service::export_audit(&web.services, &caller, slug, &query, format).await?;
    Ok((export.next().await?, export))
}

fn answer(first: Option<Vec<u8>>, export: AuditExport, format: AuditFormat) -> Response {
    let kind = match format {
        AuditFormat::Csv => CSV,
        AuditFormat::Json => "application/json",
    };
    let name = export.file_name.clone();
    let pieces = stream::try_unfold((first, export), async |(first, mut export)| {
        let piece = match first {
            Some(first) => Some(first),
            None => export.next().await.inspect_err(|error| tracing::error!(%error, "an export broke off"))?,
        };
        Ok::<_, Error>(piece.map(|piece| (Bytes::from(piece), (None, export))))
    });
    file(Body::from_stream(pieces), kind, &name)
}

/// A file to be kept. Its name is a slug and a day: nothing that could end the quotes.
fn file(body: Body, kind: &'static str, name: &str) -> Response {
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = name {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}

/// As a page would: who is not signed in is led there and comes back, everybody else is told.
fn refuse(parts: &Parts, error: Error) -> Response {
    if matches!(error, Error::SignIn) && wants_page(&parts.headers) {
        let login = login_address(parts.uri.path(), parts.uri.query().unwrap_or_default());
        return Redirect::to(&login).into_response();
    }
    let error = AppError::from(error);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    problem(&parts.headers, status, &error.refusal())
}
