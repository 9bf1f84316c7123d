//! The pages: path, title, permission and place in the navigation, each in one place.

use domain::{Permission, Slug};

/// Every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// What Usher is, with the plans.
    Landing,
    /// The plans.
    Pricing,
    /// A new account.
    SignUp,
    /// Signing in.
    Login,
    /// One's organizations.
    Organizations,
    /// An organization at a glance.
    Dashboard,
    /// Who sits where.
    Team,
    /// Plan and money.
    Billing,
    /// What is known of the organization.
    Settings,
    /// Somebody is asked to join.
    Invitation,
    /// The development mailbox.
    Mailbox,
}

/// All pages.
pub const PAGES: [Page; 11] = [
    Page::Landing,
    Page::Pricing,
    Page::SignUp,
    Page::Login,
    Page::Organizations,
    Page::Dashboard,
    Page::Team,
    Page::Billing,
    Page::Settings,
    Page::Invitation,
    Page::Mailbox,
];

/// The pages of an organization, in the order of its navigation.
pub const NAVIGATION: [Page; 4] = [Page::Dashboard, Page::Team, Page::Billing, Page::Settings];

impl Page {
    /// The path, with `{…}` for what varies.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Landing => "/",
            Self::Pricing => "/pricing",
            Self::SignUp => "/signup",
            Self::Login => "/login",
            Self::Organizations => "/app",
            Self::Dashboard => "/app/{slug}",
            Self::Team => "/app/{slug}/team",
            Self::Billing => "/app/{slug}/billing",
            Self::Settings => "/app/{slug}/settings",
            Self::Invitation => "/invitations/{token}",
            Self::Mailbox => "/dev/mail",
        }
    }

    /// The word for it in navigation and in the window's title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Landing => "Usher",
            Self::Pricing => "Pricing",
            Self::SignUp => "Create your account",
            Self::Login => "Sign in",
            Self::Organizations => "Your companies",
            Self::Dashboard => "Dashboard",
            Self::Team => "Team",
            Self::Billing => "Billing",
            Self::Settings => "Settings",
            Self::Invitation => "Invitation",
            Self::Mailbox => "Mailbox",
        }
    }

    /// What a member must be allowed to do to open it; `None`: it is not a page of an organization.
    #[must_use]
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Dashboard | Self::Team | Self::Billing | Self::Settings => Some(Permission::OrganizationRead),
            Self::Landing
            | Self::Pricing
            | Self::SignUp
            | Self::Login
            | Self::Organizations
            | Self::Invitation
            | Self::Mailbox => None,
        }
    }

    /// The same bytes for everybody, without any script.
    #[must_use]
    pub const fn is_static(self) -> bool {
        matches!(self, Self::Landing | Self::Pricing)
    }

    /// Whether it loads the WebAssembly module. All other pages are plain documents and forms.
    #[must_use]
    pub const fn hydrates(self) -> bool {
        matches!(self, Self::Organizations | Self::Dashboard | Self::Team | Self::Billing | Self::Settings)
    }

    /// The page at a path of an address, without query.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        PAGES.into_iter().find(|page| {
            let (mut pattern, mut parts) = (page.path().split('/'), path.split('/'));
            loop {
                match (pattern.next(), parts.next()) {
                    (None, None) => return true,
                    (Some(want), Some(have)) if want == have || (want.starts_with('{') && !have.is_empty()) => {}
                    _ => return false,
                }
            }
        })
    }

    /// The address of an organization's page.
    #[must_use]
    pub fn at(self, slug: &Slug) -> String {
        self.path().replace("{slug}", slug.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_by_its_path() {
        for page in PAGES {
            let path = page.path().replace("{slug}", "acme").replace("{token}", "abc");
            assert_eq!(Page::of(&path), Some(page), "{path}");
        }
        assert_eq!(Page::of("/app/acme/nothing"), None);
        assert_eq!(Page::of("/app/"), Some(Page::Organizations));
        assert_eq!(Page::of(""), None);
    }

    #[test]
    fn no_static_page_hydrates() {
        assert!(PAGES.into_iter().all(|page| !(page.is_static() && page.hydrates())));
    }
}
