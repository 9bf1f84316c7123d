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
    /// What is known of the organization, and what can be done with it as a whole.
    Settings,
    /// Somebody is asked to join.
    Invitation,
    /// The development mailbox.
    Mailbox,
    /// A letter is on its way to who wants an account.
    SignUpSent,
    /// The link in that letter.
    Confirm,
    /// A password is forgotten.
    Forgot,
    /// The link in the letter about that.
    Reset,
    /// The link in a letter about a changed address.
    ConfirmAddress,
    /// One's own account.
    Account,
    /// Where one is signed in.
    Sessions,
    /// Several people at once: rows, or a CSV file.
    TeamInvite,
    /// All invitations, also those that have ended.
    TeamInvitations,
    /// Who asks for a seat, and who waits for one.
    TeamRequests,
    /// Seats that could be freed.
    TeamReclaim,
    /// The plan has ended or is not paid: what can be done.
    Reactivate,
    /// All invoices.
    Invoices,
    /// What stands on invoices, and who gets them.
    BillingDetails,
    /// The link in the letter to a billing contact.
    BillingContact,
    /// Another plan, interval or number of seats, with what it costs.
    Change,
    /// What ends with the plan, and the way to end it.
    CancelPlan,
    /// A smaller plan from the next period on, rehearsed.
    PlanLater,
    /// The company's e-mail domains.
    SettingsDomains,
    /// Who did what.
    SettingsAudit,
}

/// All pages.
pub const PAGES: &[Page] = &[
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
    Page::SignUpSent,
    Page::Confirm,
    Page::Forgot,
    Page::Reset,
    Page::ConfirmAddress,
    Page::Account,
    Page::Sessions,
    Page::TeamInvite,
    Page::TeamInvitations,
    Page::TeamRequests,
    Page::TeamReclaim,
    Page::Reactivate,
    Page::Invoices,
    Page::BillingDetails,
    Page::BillingContact,
    Page::Change,
    Page::CancelPlan,
    Page::PlanLater,
    Page::SettingsDomains,
    Page::SettingsAudit,
];

/// The pages of an organization, in the order of its navigation.
pub const NAVIGATION: [Page; 4] = [Page::Dashboard, Page::Team, Page::Billing, Page::Settings];

/// The pages about people, in the order of their tabs.
pub const TEAM_TABS: &[Page] =
    &[Page::Team, Page::TeamInvite, Page::TeamInvitations, Page::TeamRequests, Page::TeamReclaim];

/// The pages about money, in the order of their tabs.
pub const BILLING_TABS: &[Page] = &[Page::Billing, Page::Invoices, Page::BillingDetails];

/// The pages about the organization, in the order of their tabs.
pub const SETTINGS_TABS: &[Page] = &[Page::Settings, Page::SettingsDomains, Page::SettingsAudit];

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
            Self::SignUpSent => "/signup/sent",
            Self::Confirm => "/confirm/{token}",
            Self::Forgot => "/forgot",
            Self::Reset => "/reset/{token}",
            Self::ConfirmAddress => "/address/{token}",
            Self::Account => "/account",
            Self::Sessions => "/account/sessions",
            Self::TeamInvite => "/app/{slug}/team/invite",
            Self::TeamInvitations => "/app/{slug}/team/invitations",
            Self::TeamRequests => "/app/{slug}/team/requests",
            Self::TeamReclaim => "/app/{slug}/team/reclaim",
            Self::Reactivate => "/app/{slug}/billing/reactivate",
            Self::Invoices => "/app/{slug}/billing/invoices",
            Self::BillingDetails => "/app/{slug}/billing/details",
            Self::BillingContact => "/billing-contact/{token}",
            Self::Change => "/app/{slug}/billing/change",
            Self::CancelPlan => "/app/{slug}/billing/cancel",
            Self::PlanLater => "/app/{slug}/billing/later",
            Self::SettingsDomains => "/app/{slug}/settings/domains",
            Self::SettingsAudit => "/app/{slug}/settings/audit",
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
            Self::SignUpSent => "Look into your mailbox",
            Self::Confirm => "Confirm your address",
            Self::Forgot => "Forgotten password",
            Self::Reset => "New password",
            Self::ConfirmAddress => "Change of address",
            Self::Account => "Your account",
            Self::Sessions => "Where you are signed in",
            Self::TeamInvite => "Invite several",
            Self::TeamInvitations => "Invitations",
            Self::TeamRequests => "Requests",
            Self::TeamReclaim => "Free seats",
            Self::Reactivate => "Reactivate",
            Self::Invoices => "Invoices",
            Self::BillingDetails => "Billing details",
            Self::BillingContact => "Invoices for you",
            Self::Change => "Change plan and seats",
            Self::CancelPlan => "Cancel the plan",
            Self::PlanLater => "Change later",
            Self::SettingsDomains => "Domains",
            Self::SettingsAudit => "Audit log",
        }
    }

    /// The word for it among its tabs.
    #[must_use]
    pub const fn tab(self) -> &'static str {
        match self {
            Self::Team => "Members",
            Self::Settings => "General",
            Self::Billing => "Plan",
            Self::BillingDetails => "Details",
            other => other.title(),
        }
    }

    /// The page of the navigation that it belongs to.
    #[must_use]
    pub const fn section(self) -> Self {
        match self {
            Self::TeamInvite | Self::TeamInvitations | Self::TeamRequests | Self::TeamReclaim => Self::Team,
            Self::Reactivate
            | Self::Change
            | Self::CancelPlan
            | Self::PlanLater
            | Self::Invoices
            | Self::BillingDetails => Self::Billing,
            Self::SettingsDomains | Self::SettingsAudit => Self::Settings,
            other => other,
        }
    }

    /// What a member must be allowed to do to open it; `None`: it is not a page of an organization.
    #[must_use]
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Dashboard
            | Self::Team
            | Self::TeamRequests
            | Self::Billing
            | Self::Invoices
            | Self::BillingDetails
            | Self::Reactivate
            | Self::Change
            | Self::Settings => Some(Permission::OrganizationRead),
            Self::TeamInvite | Self::TeamInvitations => Some(Permission::MemberInvite),
            Self::TeamReclaim => Some(Permission::MemberRemove),
            Self::CancelPlan | Self::PlanLater => Some(Permission::BillingManage),
            Self::SettingsDomains => Some(Permission::SettingsManage),
            Self::SettingsAudit => Some(Permission::AuditRead),
            Self::Landing
            | Self::Pricing
            | Self::SignUp
            | Self::Login
            | Self::Organizations
            | Self::Invitation
            | Self::Mailbox
            | Self::SignUpSent
            | Self::Confirm
            | Self::Forgot
            | Self::Reset
            | Self::ConfirmAddress
            | Self::Account
            | Self::BillingContact
            | Self::Sessions => None,
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
        matches!(self, Self::Organizations) || self.permission().is_some()
    }

    /// The page at a path of an address, without query.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        PAGES.iter().copied().find(|page| {
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
        for &page in PAGES {
            let path = page.path().replace("{slug}", "acme").replace("{token}", "abc");
            assert_eq!(Page::of(&path), Some(page), "{path}");
        }
        assert_eq!(Page::of("/app/acme/nothing"), None);
        assert_eq!(Page::of("/app/"), Some(Page::Organizations));
        assert_eq!(Page::of(""), None);
    }

    #[test]
    fn no_static_page_hydrates() {
        assert!(PAGES.iter().all(|page| !(page.is_static() && page.hydrates())));
    }
}
