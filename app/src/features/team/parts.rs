//! The parts of the pages about people.

mod address;
mod ask;
mod deed;
mod deeds;
mod full;
mod handed;
mod house;
mod invitation;
mod join;
mod member;
mod pager;
mod panel;
mod people;
mod report;
mod search;
mod words;

pub use address::{terms, wrong};
pub use ask::Ask;
pub use deed::Deed;
pub use deeds::{Deeds, Failures, emptied, when_done};
pub use full::{Full, can_invite};
pub use handed::HandedOut;
pub use house::House;
pub use invitation::{InvitationDeeds, Invited};
pub use join::AskToJoin;
pub use member::{Member, RoleField};
pub use pager::Pager;
pub use panel::{Manage, Panel, Place};
pub use people::{Heads, People};
pub use report::Report;
pub use search::Search;
pub use words::{names, people as count_people};
