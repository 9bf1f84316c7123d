//! Who may do what: one table, read by the server, by the API and by what the screen offers.

use serde::{Deserialize, Serialize};

use crate::{Refusal, Role};

/// Something a member may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See the organization at all: its plan, its members, its seats. Every member may.
    OrganizationRead,
    /// Start a project.
    ProjectCreate,
    /// Change a project.
    ProjectUpdate,
    /// Delete a project with all it holds.
    ProjectDelete,
    /// Invite people and manage invitations.
    MemberInvite,
    /// Take people's seats away.
    MemberRemove,
    /// Change people's roles.
    MemberChangeRole,
    /// Buy, change and cancel plans; see invoices.
    BillingManage,
    /// Change the organization's name, look and rules.
    SettingsManage,
    /// Make and revoke API keys.
    ApiKeysManage,
    /// Read the audit log.
    AuditRead,
    /// See what was used.
    UsageRead,
    /// Hand the organization over, move its address, delete it.
    OrganizationClose,
}

impl Permission {
    /// All permissions, in the order of the committed snapshot.
    pub const ALL: [Self; 13] = [
        Self::OrganizationRead,
        Self::ProjectCreate,
        Self::ProjectUpdate,
        Self::ProjectDelete,
        Self::MemberInvite,
        Self::MemberRemove,
        Self::MemberChangeRole,
        Self::BillingManage,
        Self::SettingsManage,
        Self::ApiKeysManage,
        Self::AuditRead,
        Self::UsageRead,
        Self::OrganizationClose,
    ];

    /// The deed as it ends the sentence "Only owners can …".
    #[must_use]
    pub const fn deed(self) -> &'static str {
        match self {
            Self::OrganizationRead => "see this organization",
            Self::ProjectCreate => "start projects",
            Self::ProjectUpdate => "change projects",
            Self::ProjectDelete => "delete projects",
            Self::MemberInvite => "invite people",
            Self::MemberRemove => "remove people",
            Self::MemberChangeRole => "change roles",
            Self::BillingManage => "change the plan or pay",
            Self::SettingsManage => "change settings",
            Self::ApiKeysManage => "manage API keys",
            Self::AuditRead => "read the audit log",
            Self::UsageRead => "see usage",
            Self::OrganizationClose => "hand over, move or delete this organization",
        }
    }
}

impl Role {
    /// The matrix of R3. Its whole meaning is a committed snapshot.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::OrganizationRead | P::UsageRead => true,
            P::ProjectCreate | P::ProjectUpdate => matches!(self, Self::Owner | Self::Admin | Self::Member),
            P::MemberInvite | P::MemberRemove | P::SettingsManage | P::ApiKeysManage | P::AuditRead => {
                matches!(self, Self::Owner | Self::Admin)
            }
            P::ProjectDelete | P::MemberChangeRole | P::BillingManage | P::OrganizationClose => {
                matches!(self, Self::Owner)
            }
        }
    }
}

/// Somebody may not do this in their role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPermitted {
    /// Who asked.
    pub role: Role,
    /// For what.
    pub permission: Permission,
}

impl From<NotPermitted> for Refusal {
    fn from(no: NotPermitted) -> Self {
        let who = match no.permission {
            may if Role::Viewer.may(may) => "Members of this organization",
            may if Role::Member.may(may) => "Owners, admins and members",
            may if Role::Admin.may(may) => "Owners and admins",
            _ => "Owners",
        };
        let article = if matches!(no.role, Role::Owner | Role::Admin) { "an" } else { "a" };
        Self::new(
            "not-permitted",
            format!("{who} can {}; you are {article} {} here.", no.permission.deed(), no.role.as_str()),
            "Ask an owner of this organization.",
        )
    }
}
