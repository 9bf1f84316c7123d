//! What the page about the company's domains is told.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::email::DomainRule;
use crate::email::proof::{Failure, Standing};
use crate::ids::DomainId;
use crate::{EmailDomain, Timestamp};

/// The page about the company's domains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainsView {
    /// The frame.
    pub desk: Desk,
    /// The domain that the company was created with; `None`: it was created from a free mailbox.
    pub own: Option<DomainRule>,
    /// The others, the oldest first.
    pub lines: Vec<DomainLine>,
    /// Whether the plan asks everybody for one of these domains.
    pub required: bool,
    /// Whether another one may be added.
    pub room: bool,
}

/// One domain besides the company's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainLine {
    /// Which.
    pub id: DomainId,
    /// Its name.
    pub domain: EmailDomain,
    /// Whether people of its subdomains may come too.
    pub subdomains: bool,
    /// The name of the TXT record that proves it.
    pub record_name: String,
    /// What the record has to say.
    pub record_value: String,
    /// How it stands.
    pub standing: Standing,
    /// When the record was found first.
    pub verified_at: Option<Timestamp>,
    /// When somebody or something looked last.
    pub checked_at: Option<Timestamp>,
    /// What that look found instead.
    pub failure: Option<Failure>,
    /// When the next look is, without anybody's doing.
    pub look_at: Option<Timestamp>,
}
