//! Words that several pages about people need.

use domain::Role;
use domain::view::MemberRow;

/// `1 person`, `3 people`.
#[must_use]
pub fn people(count: u32) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// Whom to ask: `ann@acme.test or bob@acme.test`, or `an owner` when none is known.
#[must_use]
pub fn names(members: &[MemberRow]) -> String {
    let owners: Vec<String> = members
        .iter()
        .filter(|member| member.role == Role::Owner && member.suspension.is_none() && !member.is_me)
        .map(|member| member.email.to_string())
        .take(3)
        .collect();
    if owners.is_empty() { "an owner".to_owned() } else { owners.join(" or ") }
}
