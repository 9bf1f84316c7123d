//! The audit log's words: what was done, for programs and for people.

/// The kinds of things that something is done to, for programs and for people, in the order of the page's choice.
pub const KINDS: &[(&str, &str)] = &[
    ("member", "People"),
    ("invitation", "Invitations"),
    ("request", "Requests for a seat"),
    ("organization", "The company"),
    ("domain", "Domains"),
    ("subscription", "Plan"),
    ("quote", "Changes of the plan"),
    ("checkout", "Payment pages"),
    ("customer", "Payment service"),
    ("reconciliation", "Reconciliation"),
    ("audit", "Audit log"),
];

/// Everything that is ever written into an audit log: for programs, and for people as it stands before "by …".
/// A test of `service` reads the code and says what is missing here.
pub const ACTIONS: &[(&str, &str)] = &[
    ("member.invited", "Invited somebody"),
    ("member.joined", "Joined"),
    ("member.left", "Left"),
    ("member.removed", "Removed a member"),
    ("member.suspended", "Let a seat rest"),
    ("member.reactivated", "Gave a seat back"),
    ("member.rest_extended", "A seat went on resting: none was free"),
    ("member.role_changed", "Changed a role"),
    ("invitation.resent", "Sent an invitation again"),
    ("invitation.link_made", "Copied an invitation's link"),
    ("invitation.role_changed", "Changed the role of an invitation"),
    ("invitation.cancelled", "Cancelled an invitation"),
    ("invitation.expired", "An invitation expired"),
    ("request.made", "Asked for a seat"),
    ("request.approved", "Approved a request"),
    ("request.declined", "Declined a request"),
    ("request.withdrawn", "Took a request back"),
    ("organization.created", "Created the company"),
    ("organization.renamed", "Renamed the company"),
    ("organization.moved", "Changed the company's address"),
    ("organization.handed_over", "Handed the company over"),
    ("organization.join_requests_set", "Changed who may ask for a seat"),
    ("organization.went_free", "Went on with the free plan"),
    ("organization.suspended", "The company was closed"),
    ("organization.resumed", "The company was opened again"),
    ("organization.deleted", "Deleted the company"),
    ("domain.added", "Added a domain"),
    ("domain.verified", "Proved a domain"),
    ("domain.subdomains_set", "Changed whether subdomains count"),
    ("domain.stopped", "A domain stopped counting"),
    ("domain.removed", "Removed a domain"),
    ("subscription.changed", "The plan changed"),
    ("quote.confirmed", "Agreed to a change of the plan"),
    ("quote.applied", "A change of the plan was made"),
    ("quote.refused", "A change of the plan was refused"),
    ("quote.expired", "A change of the plan was not paid in time"),
    ("quote.taken_back", "Took a change of the plan back"),
    ("subscription.end_asked", "Cancelled the plan"),
    ("subscription.resume_asked", "Resumed the plan"),
    ("subscription.pause_asked", "Paused the plan"),
    ("subscription.unpause_asked", "Went on with a paused plan"),
    ("subscription.change_asked", "Scheduled a change of the plan"),
    ("subscription.fewer_seats_asked", "Asked for fewer seats from the renewal on"),
    ("subscription.fewer_seats", "Fewer seats are bought ahead"),
    ("subscription.undo_asked", "Took a scheduled change back"),
    ("subscription.trial_end_asked", "Ended the trial"),
    ("checkout.started", "Opened a payment page"),
    ("checkout.closed", "A payment page was closed"),
    ("customer.created", "Became a customer of the payment service"),
    ("reconciliation.repaired", "Books that differed were put right"),
    ("audit.shortened", "Old lines of the log went, as the plan says"),
];

/// An action for people; as it is written when it is unknown: a line of a later version.
#[must_use]
pub fn words(action: &str) -> &str {
    ACTIONS.iter().find(|(known, _)| *known == action).map_or(action, |(_, words)| words)
}
