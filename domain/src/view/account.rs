//! What the pages of one's own account are told.

use serde::{Deserialize, Serialize};

use super::{Me, OrgRow};
use crate::ids::SessionId;
use crate::{EmailAddress, Timestamp};

/// What somebody who opens the link in the letter to a new address is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmView {
    /// The address that the link proves.
    pub email: EmailAddress,
    /// This browser asked for the account, so one click makes it. Any other has to choose the password again.
    pub same_browser: bool,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// What somebody who opens the link in the letter about a forgotten password is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetView {
    /// Whose password is set.
    pub email: EmailAddress,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// What somebody who opens a link of a change of address is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressChangeView {
    /// The address now.
    pub old: EmailAddress,
    /// The address wanted.
    pub new: EmailAddress,
    /// Whether this link speaks for the new address; otherwise it speaks for the old one.
    pub for_new: bool,
    /// Whether the other address has said yes already.
    pub other_confirmed: bool,
    /// Until when the link works.
    pub expires_at: Timestamp,
}

/// What a yes to a change of address came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressConfirmed {
    /// The other address has to say yes too.
    Waiting {
        /// This one.
        other: EmailAddress,
    },
    /// Both have: this is the address now.
    Changed {
        /// The new one.
        email: EmailAddress,
    },
}

/// One's signed-in browsers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsView {
    /// Whose.
    pub me: Me,
    /// The browser that asks first, then by when they were seen last.
    pub sessions: Vec<SessionRow>,
}

/// One signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Which.
    pub id: SessionId,
    /// The browser that asks.
    pub is_this: bool,
    /// `Firefox on Linux`, as far as it says so itself.
    pub device: String,
    /// From which address of the network it signed in.
    pub ip: Option<String>,
    /// Signed in when.
    pub began_at: Timestamp,
    /// Seen last, to the minute.
    pub last_seen_at: Timestamp,
    /// Ends by itself when.
    pub expires_at: Timestamp,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Whose.
    pub me: Me,
    /// Since when.
    pub since: Timestamp,
    /// When the password was set last; `None` if it is the first.
    pub password_changed_at: Option<Timestamp>,
    /// A change of address that waits for a yes.
    pub change: Option<AddressChangeRow>,
    /// The organizations, with one's role.
    pub organizations: Vec<OrgRow>,
    /// Names of organizations that would be left without an owner. While there are any, the account stays.
    pub last_owner_of: Vec<String>,
    /// What happened to the account, the newest first.
    pub events: Vec<AccountEventRow>,
}

/// A change of address that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressChangeRow {
    /// The address wanted.
    pub email: EmailAddress,
    /// The address now has said yes.
    pub old_confirmed: bool,
    /// The address wanted has said yes.
    pub new_confirmed: bool,
    /// Until when both may.
    pub expires_at: Timestamp,
}

/// Something that happened to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEventRow {
    /// When.
    pub at: Timestamp,
    /// A whole sentence: `The password was changed.`
    pub what: String,
    /// `Firefox on Linux`, as far as it says so itself.
    pub device: String,
    /// From which address of the network.
    pub ip: Option<String>,
}
