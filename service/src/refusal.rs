//! The sentences of the use cases' own refusals, each once. Rules have theirs beside them in `domain`.

use std::ops::RangeInclusive;

use domain::view::Suspension;
use domain::{Currency, EmailAddress, EmailDomain, Interval, Plan, Refusal, Slug};

mod seats;

pub(crate) use seats::*;

pub(crate) fn not_selling() -> Refusal {
    Refusal::new(
        "not-selling",
        "Nothing is sold here at the moment, and nothing needs to be bought.",
        "Go on as before.",
    )
}

pub(crate) fn account_made(email: &EmailAddress) -> Refusal {
    Refusal::new("account-made", format!("{email} has an account already."), "Sign in with it.")
}

pub(crate) fn confirmation_used() -> Refusal {
    Refusal::new("confirmation-used", "This link has been used.", "Sign in with your address.")
}

pub(crate) fn confirmation_expired() -> Refusal {
    Refusal::new(
        "confirmation-expired",
        "This link has expired.",
        "Create your account again; nothing is lost by that.",
    )
}

pub(crate) fn reset_used() -> Refusal {
    Refusal::new("reset-used", "This link has been used.", "Sign in with the new password, or ask for another link.")
}

pub(crate) fn reset_expired() -> Refusal {
    Refusal::new("reset-expired", "This link has expired.", "Ask for another one.")
}

pub(crate) fn contact_known(email: &EmailAddress) -> Refusal {
    Refusal::new("contact-known", format!("{email} is on the list already."), "Ask them to look into their mailbox.")
}

pub(crate) fn contact_expired() -> Refusal {
    Refusal::new("contact-expired", "This link has expired.", "Ask the company to send you another one.")
}

pub(crate) fn too_many_contacts(most: usize) -> Refusal {
    Refusal::new(
        "too-many-contacts",
        format!("Up to {most} people can get invoices."),
        "Remove somebody who does not need them any more.",
    )
}

pub(crate) fn change_ended() -> Refusal {
    Refusal::new(
        "change-ended",
        "This change of address is done, replaced by another one, or taken back.",
        "Your account page says which address you have.",
    )
}

pub(crate) fn change_expired() -> Refusal {
    Refusal::new(
        "change-expired",
        "The time for this change of address is over.",
        "Ask for it again on your account page.",
    )
}

pub(crate) fn change_impossible() -> Refusal {
    Refusal::new(
        "change-impossible",
        "The new address has an account of its own by now, so yours keeps its address.",
        "Sign in with the new address, or choose another one.",
    )
}

pub(crate) fn password_wrong() -> Refusal {
    Refusal::new("password-wrong", "This is not your password.", "Check it and try again.")
}

pub(crate) fn password_same() -> Refusal {
    Refusal::new("password-same", "This is the password that you have.", "Choose another one.")
}

pub(crate) fn same_address() -> Refusal {
    Refusal::new("same-address", "This is the address that you have.", "Write the one you want instead.")
}

pub(crate) fn seats_stay(new: &EmailAddress, names: &[String]) -> Refusal {
    Refusal::new(
        "seats-stay",
        format!("{} takes only people of its own domains, and {new} is of none of them.", names.join(", ")),
        "Leave first, or let an owner add the new domain; then change your address.",
    )
}

pub(crate) fn last_owner_of(names: &[String]) -> Refusal {
    Refusal::new(
        "last-owner-of",
        format!("{} would be left without an owner.", names.join(", ")),
        "Hand each of them over to somebody else, or delete it, and then come back.",
    )
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

pub(crate) fn domain_there(domain: &EmailDomain) -> Refusal {
    Refusal::new("domain-there", format!("{domain} is on the list already."), "There is nothing left to add.")
}

pub(crate) fn too_many_domains(most: usize) -> Refusal {
    Refusal::new(
        "too-many-domains",
        format!("A company has at most {most} domains besides its own."),
        "Remove one that is not needed any more, then add this one.",
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
        "Make somebody else an owner first, or hand the organization over in its settings.",
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

pub(crate) fn address_unproved(invited: &EmailAddress) -> Refusal {
    Refusal::new(
        "address-unproved",
        format!("This link was handed over and not sent, so it does not show that {invited} is yours."),
        format!("Look into the mailbox of {invited}: the link in the letter that was just sent leads you back here."),
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

/// `EUR, JPY or USD`.
fn sold_in(plan: &Plan, interval: Interval) -> String {
    let mut codes: Vec<_> = plan.currencies(interval).iter().map(|code| code.code().to_uppercase()).collect();
    let last = codes.pop().unwrap_or_default();
    if codes.is_empty() { last } else { format!("{} or {last}", codes.join(", ")) }
}

pub(crate) fn other_currency(plan: &Plan, interval: Interval) -> Refusal {
    let sold = sold_in(plan, interval);
    Refusal::new("other-currency", format!("{} is not sold in this currency.", plan.name), format!("Choose {sold}."))
}

pub(crate) fn currency_fixed(plan: &Plan, interval: Interval, before: Currency) -> Refusal {
    let (mine, sold) = (before.code().to_uppercase(), sold_in(plan, interval));
    if plan.price(interval, before).is_some() {
        return Refusal::new(
            "currency-fixed",
            format!("This organization has paid in {mine} before, and a customer pays in one currency."),
            format!("Choose {mine}."),
        );
    }
    Refusal::new(
        "currency-fixed",
        format!("This organization has paid in {mine} before, and {} is sold in {sold}.", plan.name),
        format!("Choose a plan that is sold in {mine}."),
    )
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

pub(crate) fn seats_in_use(fewest: u32, wanted: u32) -> Refusal {
    let over = fewest.saturating_sub(wanted);
    let people = if over == 1 { "1 person".to_owned() } else { format!("{over} people") };
    Refusal::new(
        "seats-in-use",
        format!("{fewest} seats are in use or the fewest of this plan, so {wanted} cannot be billed."),
        format!("Remove or suspend {people} first, or write {fewest}."),
    )
}

pub(crate) fn seats_not_fewer(floor: u32) -> Refusal {
    let what = match floor {
        0 => "No seats are bought ahead: as many are billed as there are members.".to_owned(),
        floor => format!("{floor} seats are bought ahead, so this would not be fewer."),
    };
    Refusal::new("seats-not-fewer", what, "Write a smaller number, or leave it as it is.")
}

pub(crate) fn same_plan(plan: &Plan) -> Refusal {
    Refusal::new("same-plan", format!("This is {} as it is paid now.", plan.name), "Choose another plan or interval.")
}

pub(crate) fn begins_now(plan: &Plan) -> Refusal {
    Refusal::new(
        "begins-now",
        format!("{} is no step down, so it would begin at once and not with the next period.", plan.name),
        "Look at the plans on the billing page.",
    )
}

pub(crate) fn rehearsal_changed() -> Refusal {
    Refusal::new(
        "rehearsal-changed",
        "What would happen has changed since this page was drawn: somebody has come or gone, or the price or the day is \
         another one. Nothing was scheduled.",
        "Look at it again as it is now, and confirm it then.",
    )
}

pub(crate) fn seats_out_of_range(on_sale: &RangeInclusive<u32>) -> Refusal {
    let (fewest, most) = (on_sale.start(), on_sale.end());
    let what = if fewest == most {
        format!("This plan can be bought with {fewest} seats now.")
    } else {
        format!("This plan can be bought with {fewest} to {most} seats now.")
    };
    Refusal::new("seats-out-of-range", what, "Everybody who is a member needs one. Write a number within that range.")
}

pub(crate) fn plan_too_small(plan: &Plan, held: u32) -> Refusal {
    let limit = plan.seats.limit();
    let over = match held.saturating_sub(limit.cap().unwrap_or(held)) {
        1 => "1 seat".to_owned(),
        over => format!("{over} seats"),
    };
    Refusal::new(
        "plan-too-small",
        format!("{held} seats are in use, and {} has {limit}.", plan.name),
        format!("Free {over} first, by cancelling invitations or removing members; or choose a larger plan."),
    )
}

/// Somebody's words as the end of a sentence of ours.
fn ended(words: &str) -> String {
    let stop = if words.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{words}{stop}")
}

pub(crate) fn organization_closed(reason: &str) -> Refusal {
    Refusal::new(
        "organization-closed",
        format!("This company is closed for now: {}", ended(reason)),
        "Nothing is lost. Write to the people who run this service; your other companies are open.",
    )
}

/// To who is suspended. Without owners, nobody is named.
pub(crate) fn suspended(how: &Suspension, owners: &[EmailAddress]) -> Refusal {
    let why = match (&how.reason, how.by_plan) {
        (_, true) => "Your seat here rests: the plan has fewer seats than people.".to_owned(),
        (Some(reason), false) => format!("Your seat here rests: {}", ended(reason)),
        (None, false) => "Your seat here rests.".to_owned(),
    };
    let until = how.until.map(|until| format!(" It comes back after {}.", until.date())).unwrap_or_default();
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

pub(crate) fn no_such_day() -> Refusal {
    Refusal::new(
        "no-such-day",
        "There is no such day.",
        "Write it as year, month and day, 2027-11-22, or leave it empty.",
    )
}

pub(crate) fn no_audit_export(plan: &Plan, with: &[&str]) -> Refusal {
    Refusal::new(
        "no-audit-export",
        format!("{} shows the audit log on this page and has no export.", plan.name),
        format!(
            "With {} it can be taken away as a file. An owner changes the plan on the billing page.",
            with.join(" or ")
        ),
    )
}

pub(crate) fn slugs_many() -> Refusal {
    Refusal::new(
        "slugs-many",
        "This company keeps ten addresses already.",
        "Go back to one that it had: those are always free to it.",
    )
}

pub(crate) fn no_heir(to: &EmailAddress) -> Refusal {
    Refusal::new(
        "no-heir",
        format!("{to} is no active member here besides you."),
        "Choose somebody who is, or invite them first.",
    )
}

pub(crate) fn not_its_slug(slug: &Slug) -> Refusal {
    Refusal::new("not-its-slug", format!("This is not `{slug}`."), format!("Write {slug} here if you mean it."))
}

pub(crate) fn not_ended() -> Refusal {
    Refusal::new(
        "not-ended",
        "Nothing was deleted: the payment service did not answer, so what this company pays for could go on.",
        "Try again in a minute.",
    )
}

pub(crate) fn nothing_ended() -> Refusal {
    Refusal::new(
        "nothing-ended",
        "The plan of this company is in order, so there is nothing to choose.",
        "To pay less, look at the plans on the billing page.",
    )
}

pub(crate) fn reason_missing() -> Refusal {
    Refusal::new("reason-missing", "The members are told why, so a reason is needed.", "Write one sentence for them.")
}
