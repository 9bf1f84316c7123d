//! The sentences of the use cases' own refusals, each once. Rules have theirs beside them in `domain`.

use domain::view::Suspension;
use domain::{EmailAddress, Plan, Refusal};

pub(crate) fn address_taken() -> Refusal {
    Refusal::new("address-taken", "This address has an account already.", "Sign in with it.")
}

pub(crate) fn name_length() -> Refusal {
    Refusal::new(
        "name-length",
        "A company name has 1 to 80 characters.",
        "Write the name by which people know the company.",
    )
}

pub(crate) fn name_characters() -> Refusal {
    Refusal::new(
        "name-characters",
        "A company name is one line of text.",
        "Leave out line breaks and other control characters.",
    )
}

pub(crate) fn slug_missing() -> Refusal {
    Refusal::new("slug-missing", "No address can be made out of this name.", "Write one yourself, such as acme.")
}

pub(crate) fn slug_taken() -> Refusal {
    Refusal::new(
        "slug-taken",
        "This address is in use by another organization.",
        "Choose another one, such as the name with your town.",
    )
}

pub(crate) fn role_unknown() -> Refusal {
    Refusal::new("role-unknown", "There is no such role.", "Choose Owner, Admin, Member or Viewer.")
}

pub(crate) fn role_above() -> Refusal {
    Refusal::new(
        "role-above",
        "Nobody can give or take a role above their own.",
        "Choose a role that is not above yours, or ask an owner of this organization.",
    )
}

pub(crate) fn already_member(email: &EmailAddress) -> Refusal {
    Refusal::new("already-member", format!("{email} is a member already."), "There is nothing left to do.")
}

pub(crate) fn already_invited(email: &EmailAddress) -> Refusal {
    Refusal::new(
        "already-invited",
        format!("{email} is invited already."),
        "Wait for the answer, or cancel that invitation and send a new one.",
    )
}

pub(crate) fn last_owner() -> Refusal {
    Refusal::new(
        "last-owner",
        "An organization always has an owner, and this is the last one.",
        "Invite another owner first.",
    )
}

pub(crate) fn invitation_used() -> Refusal {
    Refusal::new("invitation-used", "This invitation has been used.", "Sign in to open your companies.")
}

pub(crate) fn invitation_expired() -> Refusal {
    Refusal::new("invitation-expired", "This invitation has expired.", "Ask who invited you for a new one.")
}

pub(crate) fn invitation_cancelled() -> Refusal {
    Refusal::new("invitation-cancelled", "This invitation was taken back.", "Ask who invited you for a new one.")
}

pub(crate) fn other_account(mine: &EmailAddress, invited: &EmailAddress) -> Refusal {
    Refusal::new(
        "other-account",
        format!("This invitation is for {invited}, and you are signed in as {mine}."),
        format!("Sign out, and sign in as {invited}."),
    )
}

pub(crate) fn account_exists(invited: &EmailAddress) -> Refusal {
    Refusal::new(
        "account-exists",
        format!("{invited} has an account already."),
        format!("Sign in as {invited} and open the invitation's link again."),
    )
}

pub(crate) fn plan_unknown() -> Refusal {
    Refusal::new("plan-unknown", "There is no such plan to buy.", "Choose one on the billing page.")
}

pub(crate) fn plan_free(plan: &Plan) -> Refusal {
    Refusal::new(
        "plan-free",
        format!("{} costs nothing, so there is nothing to pay.", plan.name),
        "Choose a plan with a price.",
    )
}

pub(crate) fn plan_on_request(plan: &Plan) -> Refusal {
    Refusal::new(
        "plan-on-request",
        format!("The price of {} is agreed upon with us.", plan.name),
        "Write to us about it.",
    )
}

pub(crate) fn no_such_price(plan: &Plan) -> Refusal {
    let (other, next) = match plan.prices.first().map(|price| price.interval) {
        Some(interval) => (interval.adverb(), format!("Choose {} payment.", interval.adverb())),
        None => ("otherwise", "Choose another plan.".to_owned()),
    };
    Refusal::new("no-such-price", format!("{} is billed {other} only.", plan.name), next)
}

pub(crate) fn already_subscribed(plan: Option<&Plan>) -> Refusal {
    let what = plan.map_or_else(
        || "This organization has a paid plan already.".to_owned(),
        |plan| format!("This organization has {} already.", plan.name),
    );
    Refusal::new(
        "already-subscribed",
        what,
        "Nothing was charged. To use another seat, invite somebody on the team page.",
    )
}

pub(crate) fn seats_out_of_range(fewest: u32, most: Option<u32>) -> Refusal {
    let what = match most {
        Some(most) if most == fewest => format!("This plan can be bought with {fewest} seats now."),
        Some(most) => format!("This plan can be bought with {fewest} to {most} seats now."),
        None => format!("This plan can be bought with {fewest} seats or more now."),
    };
    Refusal::new("seats-out-of-range", what, "Everybody who is a member needs one. Write a number within that range.")
}

pub(crate) fn plan_too_small(plan: &Plan, held: u32) -> Refusal {
    Refusal::new(
        "plan-too-small",
        format!("{held} seats are in use, and {} has {}.", plan.name, plan.seats.limit()),
        "Cancel invitations or remove members first, or choose a larger plan.",
    )
}

pub(crate) fn organization_closed(reason: &str) -> Refusal {
    Refusal::new(
        "organization-closed",
        format!("This company is closed for now: {reason}"),
        "Nothing is lost. Write to the people who run this service; your other companies are open.",
    )
}

/// To who is suspended. Without owners, nobody is named.
pub(crate) fn suspended(how: &Suspension, owners: &[EmailAddress]) -> Refusal {
    let why = match (&how.reason, how.by_plan) {
        (_, true) => "Your seat here rests: the plan has fewer seats than people.".to_owned(),
        (Some(reason), false) => format!("Your seat here rests: {reason}"),
        (None, false) => "Your seat here rests.".to_owned(),
    };
    let until = how.until.map(|until| format!(" It comes back on {}.", until.date())).unwrap_or_default();
    let whom = match owners {
        [] => "an owner".to_owned(),
        [one] => one.to_string(),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
            format!("{} or {last}", rest.join(", "))
        }
    };
    Refusal::new("suspended", format!("{why}{until}"), format!("What is yours is kept. Ask {whom}."))
}
