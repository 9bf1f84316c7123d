//! A link to an invitation, handed out this once.

use domain::view::Invited;
use serde::{Deserialize, Serialize};

/// A link to an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// To whom, and the link.
    pub invited: Invited,
    /// What else happened.
    pub how: How,
}

/// What happened when a link was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Somebody was invited.
    Invited,
    /// The letter was sent again.
    Again,
    /// Nothing: the link is one more.
    Link,
}

#[cfg(feature = "ssr")]
pub(super) use server::{give, take};

#[cfg(feature = "ssr")]
mod server {
    use domain::Slug;
    use service::Services;

    use super::{Handed, How, Invited};
    use crate::guard;
    use crate::routes::Page;

    /// The answer to a script. After a plain form the page that it stood on shows it.
    pub fn give(services: &Services, slug: &str, invited: Invited, how: How) -> Handed {
        let handed = Handed { invited, how };
        // The slug led to an organization, so it is one and fits into a path.
        if let (true, Ok(slug)) = (guard::wants_html(), slug.parse()) {
            let page = match guard::page_before() {
                Some(Page::TeamInvitations) => Page::TeamInvitations,
                _ => Page::Team,
            };
            guard::flash::leave(services, &page.at(&slug), &handed);
            guard::lead_to(services, page, &slug);
        }
        handed
    }

    /// What was handed out by a plain form on that page.
    pub fn take(services: &Services, page: Page, slug: &Slug) -> Option<Handed> {
        guard::flash::take(services, &page.at(slug))
    }
}
