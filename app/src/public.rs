//! The pages without any script: `/` and `/pricing`, the same bytes for everybody.

use domain::Interval;
use service::Services;

use crate::policy::content_security_policy;
use crate::routes::Page;

/// A whole document and its content security policy. Depends on nothing but its arguments, so it may be kept for as
/// long as the server runs, one per page and interval.
#[must_use]
pub fn page(page: Page, interval: Interval, services: &Services) -> (String, String) {
    let policy = content_security_policy(Some(page), None, services.settings());
    (format!("<!DOCTYPE html><title>{} {interval}</title>", page.title()), policy)
}

/// The interval that a query (`interval=month`) asks for; yearly when it asks for nothing.
#[must_use]
pub fn interval(query: Option<&str>) -> Interval {
    query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .find_map(|pair| pair.strip_prefix("interval=")?.parse().ok())
        .unwrap_or(Interval::Year)
}
