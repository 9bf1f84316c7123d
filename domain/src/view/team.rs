//! What the pages about people are told.

use serde::{Deserialize, Serialize};

use super::Desk;
pub use crate::email::DomainRule;
use crate::ids::{InvitationId, MemberId, SeatRequestId};
use crate::{EmailAddress, Interval, Money, Refusal, Role, Timestamp};

/// Which people the team page is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamQuery {
    /// A part of an address; empty: everybody.
    pub search: String,
    /// The page, from 1; 0 is read as 1.
    pub page: u32,
}

/// The team page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamView {
    /// The frame.
    pub desk: Desk,
    /// One page of the members that were asked for: owners first, then by when they came.
    pub members: Vec<MemberRow>,
    /// How many members were found in all, on all pages.
    pub found: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// Pending invitations, the oldest first, at most a page of them; empty unless the first page of everybody is shown.
    pub invitations: Vec<InvitationRow>,
    /// How many invitations wait in all.
    pub invited: u32,
    /// How many requests for a seat wait for an answer.
    pub requests: u32,
    /// How many approved requests stand on the wait list.
    pub waiting: u32,
    /// Where invited people must come from; `None`: from anywhere.
    pub same_domain: Option<Vec<DomainRule>>,
    /// What one more seat costs in a period, if seats are billed.
    pub per_seat: Option<(Money, Interval)>,
    /// The roles that who is looking may grant.
    pub grantable: Vec<Role>,
    /// Whether letters leave the house; if not, the development mailbox has them.
    pub mail_is_sent: bool,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Which.
    pub id: MemberId,
    /// Who.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// Seen last.
    pub last_seen_at: Option<Timestamp>,
    /// Whether it is who is looking.
    pub is_me: bool,
    /// Whether they sit for nothing, as viewers of some plans do.
    pub free: bool,
    /// Their seat rests.
    pub suspension: Option<Suspension>,
}

/// A seat that rests: no access, nothing lost, nothing billed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub at: Timestamp,
    /// Until when; `None`: until somebody ends it.
    pub until: Option<Timestamp>,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// Because the plan has fewer seats than people. Ends by itself when there is room.
    pub by_plan: bool,
}

/// One pending invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Which.
    pub id: InvitationId,
    /// To whom.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it holds its seat.
    pub expires_at: Timestamp,
    /// How often it was sent.
    pub sent: u32,
}

/// How an invitation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStanding {
    /// It waits and holds a seat.
    Pending,
    /// Somebody came in on it.
    Accepted {
        /// When.
        at: Timestamp,
    },
    /// It was taken back.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why, in the words of who did it.
        reason: Option<String>,
    },
    /// Its time was over.
    Expired {
        /// When.
        at: Timestamp,
    },
}

/// One invitation of the list of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLine {
    /// What it says.
    pub row: InvitationRow,
    /// Who asked.
    pub invited_by: EmailAddress,
    /// How it stands.
    pub standing: InvitationStanding,
}

/// The list of all invitations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationsView {
    /// The frame.
    pub desk: Desk,
    /// One page of them, the newest first.
    pub lines: Vec<InvitationLine>,
    /// How many there are in all.
    pub found: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// The roles that who is looking may grant.
    pub grantable: Vec<Role>,
    /// Whether letters leave the house.
    pub mail_is_sent: bool,
}

/// A sent invitation: the link is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Which.
    pub id: InvitationId,
    /// To whom.
    pub email: EmailAddress,
    /// The whole link.
    pub link: String,
}

/// What became of several invitations at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchReport {
    /// Each row, in its order.
    pub rows: Vec<BatchRow>,
}

/// One row of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRow {
    /// Its line in the file, or its place in the form, from 1.
    pub line: u32,
    /// The address as it was written.
    pub email: String,
    /// What became of it.
    pub outcome: BatchOutcome,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchOutcome {
    /// Invited; the letter is on its way.
    Invited,
    /// Was invited already, with the same role: nothing to do. So the same file may be sent twice.
    AlreadyInvited,
    /// Not invited, and why.
    Refused(Refusal),
}

/// Who asks for a seat, and who waits for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsView {
    /// The frame.
    pub desk: Desk,
    /// Requests without an answer, the oldest first. For who may not answer: one's own.
    pub asked: Vec<SeatRequestRow>,
    /// Approved, waiting for a free seat, the oldest first. For who may not answer: one's own.
    pub waiting: Vec<SeatRequestRow>,
    /// Whether who is looking may answer.
    pub may_answer: bool,
    /// Whether people of the company's domain may ask by themselves.
    pub open: bool,
    /// What one more seat costs in a period, if seats are billed.
    pub per_seat: Option<(Money, Interval)>,
    /// Where invited people must come from; `None`: from anywhere.
    pub same_domain: Option<Vec<DomainRule>>,
    /// The roles that who is looking may grant; for who may not answer, those they may ask for.
    pub grantable: Vec<Role>,
}

/// One request for a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatRequestRow {
    /// Which.
    pub id: SeatRequestId,
    /// For whom.
    pub email: EmailAddress,
    /// As what.
    pub role: Role,
    /// Why, in the words of who asks.
    pub note: Option<String>,
    /// The member who asks for a colleague; `None`: they ask for themselves.
    pub asked_by: Option<EmailAddress>,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when it stands on the wait list.
    pub approved_at: Option<Timestamp>,
    /// Whether it is of who is looking.
    pub is_mine: bool,
}

/// Seats that could be freed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReclaimView {
    /// The frame.
    pub desk: Desk,
    /// After so many days without a visit somebody counts as idle.
    pub idle_days: u32,
    /// Members who were not here for so long, the longest first. Never owners, never who is looking.
    pub idle: Vec<MemberRow>,
    /// Pending invitations that nobody has answered for three days, the oldest first.
    pub stale: Vec<InvitationRow>,
    /// What one freed seat saves in a period, if seats are billed.
    pub per_seat: Option<(Money, Interval)>,
    /// What freeing all idle members' seats saves in a period; invitations cost nothing yet.
    pub saves: Option<(Money, Interval)>,
}
