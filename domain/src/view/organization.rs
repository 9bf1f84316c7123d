//! What the pages about an organization as a whole are told.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::{EmailAddress, SeatLimit, Slug, SubscriptionStatus, Timestamp};

/// The general settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The frame.
    pub desk: Desk,
    /// The whole address of its dashboard.
    pub address: String,
    /// Slugs that it has given up, which still lead its members here; the oldest first.
    pub former: Vec<Slug>,
    /// Whom it can be handed to: active members, owners first, at most a page of them. For who may hand over.
    pub heirs: Vec<EmailAddress>,
    /// Who is looking is its only owner, and cannot leave.
    pub last_owner: bool,
    /// The plan that is paid now and would end with the organization.
    pub paid: Option<String>,
}

/// The page of an organization whose plan has ended or is not paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactivateView {
    /// The frame.
    pub desk: Desk,
    /// The plan it is about, by its name.
    pub plan: String,
    /// How it stands at the provider.
    pub status: SubscriptionStatus,
    /// Since when it is over, if it is.
    pub ended_at: Option<Timestamp>,
    /// The card that pays, or did not.
    pub card: Option<String>,
    /// The free plan, by its name.
    pub free: String,
    /// Its seats.
    pub free_seats: SeatLimit,
    /// How many members' seats would rest on the free plan.
    pub would_rest: u32,
    /// How many pending invitations would be taken back on the free plan.
    pub would_cancel: u32,
    /// Who can decide.
    pub owners: Vec<EmailAddress>,
}
