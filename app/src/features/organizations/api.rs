//! Talks to the server about one's organizations.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

use domain::view::{self, OrgRow};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;

/// What `/app` shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Who is signed in.
    pub me: view::Me,
    /// Where they are members.
    pub rows: Vec<OrgRow>,
}

/// Who is signed in.
#[server(prefix = "/api", endpoint = "me")]
pub async fn me() -> Result<view::Me, AppError> {
    let caller = crate::guard::caller().await?;
    Ok(view::Me { email: caller.email })
}

/// One's organizations.
#[server(prefix = "/api", endpoint = "organizations")]
pub async fn organizations() -> Result<Listing, AppError> {
    let caller = crate::guard::caller().await?;
    let rows = service::organizations(&crate::guard::services()?, &caller).await?;
    Ok(Listing { me: view::Me { email: caller.email }, rows })
}

/// Creates an organization and goes there. An empty `slug` is made from the name.
#[server(prefix = "/api", endpoint = "create-organization")]
pub async fn create_organization(name: String, slug: String) -> Result<(), AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let input = service::CreateOrganization { name, slug };
    let slug = service::create_organization(&services, &caller, input).await?;
    crate::guard::lead_to(&services, crate::routes::Page::Dashboard, &slug);
    Ok(())
}
