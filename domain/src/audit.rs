//! The audit log's words: what was done, for programs and for people.

/// The kinds of things that something is done to, for programs and for people, in the order of the page's choice.
pub const KINDS: &[(&str, &str)] = &[
    ("member", "People"),
    ("invitation", "Invitations"),
    ("request", "Requests for a seat"),
    ("organization", "The company"),
    ("domain", "Domains"),
    ("subscription", "Plan"),
    ("checkout", "Payment"),
    ("customer", "Customer"),
    ("audit", "Audit log"),
];

/// Everything that is ever written into an audit log: for programs, and for people as it stands before "by …".
/// A test of `service` reads the code and says what is missing here.
pub const ACTIONS: &[(&str, &str)] = &[
    ("member.invited", "Invited somebody"),
    ("member.joined", "Joined"),
    ("member.left", "Left"),
    ("member.removed", "Removed a member"),
    ("invitation.cancelled", "Cancelled an invitation"),
    ("invitation.expired", "An invitation expired"),
    ("organization.created", "Created the company"),
    ("subscription.changed", "The plan changed"),
    ("checkout.started", "Opened a payment page"),
    ("customer.created", "Became a customer of the payment service"),
    ("audit.shortened", "Old lines of the audit log went, as the plan says"),
];

/// An action for people; as it is written when it is unknown: a line of a later version.
#[must_use]
pub fn words(action: &str) -> &str {
    ACTIONS.iter().find(|(known, _)| *known == action).map_or(action, |(_, words)| words)
}
