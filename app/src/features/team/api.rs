//! Talks to the server about people and seats.

#![expect(missing_docs, reason = "a server function's arguments become public fields; its own text says what they are")]

mod handed;
mod invitations;
mod people;
mod requests;
mod several;

use domain::view::TeamView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;

pub use handed::{Handed, How};
pub use invitations::*;
pub use people::*;
pub use requests::*;
pub use several::*;

/// What the team page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// People and seats.
    pub view: TeamView,
    /// What a plain form has just handed out: its link is shown this once.
    pub handed: Option<Handed>,
}

/// The team page, or one page of those whose address has `search` in it.
#[server(prefix = "/api", endpoint = "team")]
pub async fn team(slug: String, search: Option<String>, page: Option<u32>) -> Result<Sheet, AppError> {
    let caller = crate::guard::caller().await?;
    let services = crate::guard::services()?;
    let query = domain::view::TeamQuery { search: search.unwrap_or_default(), page: page.unwrap_or(1) };
    let view = service::team(&services, &caller, &slug, query).await?;
    let handed = handed::take(&services, crate::routes::Page::Team, &view.desk.slug);
    Ok(Sheet { view, handed })
}

/// What a field of a form says, if it says something.
#[cfg(feature = "ssr")]
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
