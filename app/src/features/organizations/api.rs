//! Talks to the server about one's organizations.

use domain::view::{Me, OrgRow};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::AppError;

/// What `/app` shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Who is signed in.
    pub me: Me,
    /// Where they are members.
    pub rows: Vec<OrgRow>,
}

/// One's organizations.
#[server(prefix = "/api", endpoint = "organizations")]
pub async fn organizations() -> Result<Listing, AppError> {
    use crate::guard;
    let caller = guard::caller().await?;
    let services = guard::services()?;
    let rows = service::organizations(&services, &caller).await?;
    Ok(Listing { me: Me { email: caller.email }, rows })
}
