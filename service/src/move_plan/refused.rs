//! Why nobody is moved, or somebody is not. The operator reads it.

use domain::{Interval, Plan, Refusal, Slug, Timestamp};

pub(super) fn from_unknown(name: &str) -> Refusal {
    Refusal::new(
        "move-from-unknown",
        format!("No plan `{name}` was ever sold here."),
        "`usher plan versions` lists those that were.",
    )
}

pub(super) fn version_unknown(name: &str) -> Refusal {
    Refusal::new("move-version-unknown", format!("There is no version `{name}`."), "`usher plan versions` lists them.")
}

pub(super) fn version_unclear(name: &str) -> Refusal {
    Refusal::new(
        "move-version-unclear",
        format!("Several versions begin with `{name}`."),
        "Write more of the one you mean; `usher plan versions` lists them.",
    )
}

pub(super) fn to_missing(name: &str) -> Refusal {
    Refusal::new("move-to-missing", format!("`{name}` has no successor."), "Say with --to where they are to go.")
}

pub(super) fn to_unknown(name: &str) -> Refusal {
    Refusal::new(
        "move-to-unknown",
        format!("The catalogue has no plan `{name}`, so nobody can be moved there."),
        "Name a plan of the catalogue; they get its version of today.",
    )
}

pub(super) fn to_unsold(plan: &Plan) -> Refusal {
    Refusal::new(
        "move-to-unsold",
        format!("{} has no price, and whoever is moved goes on paying.", plan.name),
        "Name a plan with a price. A plan is ended by its owners, or at the payment provider.",
    )
}

pub(super) fn to_same(name: &str) -> Refusal {
    Refusal::new("move-to-same", format!("`{name}` is what is sold today."), "There is nothing to move.")
}

pub(super) fn other_plan(slug: &Slug, from: &str) -> Refusal {
    Refusal::new(
        "move-other-plan",
        format!("{slug} does not have `{from}`, or it has what it would be moved to."),
        "`usher plan versions` says how many have which.",
    )
}

pub(super) fn changed() -> Refusal {
    Refusal::new(
        "move-changed",
        "It is not as it was when this was shown: somebody has come or gone, or the plan, the price or the day is another \
         one. Nothing was changed.",
        "Run it again, and look.",
    )
}

pub(super) fn foreign() -> Refusal {
    Refusal::new(
        "move-foreign",
        "Its price was made by hand at the payment provider.",
        "Change it there, together with its owners.",
    )
}

pub(super) fn ends(at: Timestamp) -> Refusal {
    Refusal::new("move-ends", format!("It ends on {}.", at.date()), "Move it when its owners have resumed it.")
}

pub(super) fn paused() -> Refusal {
    Refusal::new("move-paused", "It is paused.", "Move it when its owners go on with it.")
}

pub(super) fn payment_due() -> Refusal {
    Refusal::new("move-payment-due", "A payment is due.", "Move it when that is paid.")
}

pub(super) fn waiting() -> Refusal {
    Refusal::new(
        "move-waiting",
        "A change that an owner has asked for waits for its payment.",
        "Move it when that is over.",
    )
}

pub(super) fn arranged(at: Timestamp) -> Refusal {
    Refusal::new(
        "move-arranged",
        format!("Another change is arranged for {}, and that is its owners' choice.", at.date()),
        "Move it after that day.",
    )
}

pub(super) fn billed_by_use() -> Refusal {
    Refusal::new(
        "move-billed-by-use",
        "Use is billed by one of the two plans, and such a plan is not changed by a schedule.",
        "Change it at the payment provider, together with its owners.",
    )
}

pub(super) fn not_sold(plan: &Plan, interval: Interval, code: &str) -> Refusal {
    Refusal::new(
        "move-not-sold",
        format!("It pays by the {interval} in {}, and {} is not sold so.", code.to_uppercase(), plan.name),
        "Add such a price to the catalogue, or let its owners choose.",
    )
}

pub(super) fn no_domain(plan: &Plan) -> Refusal {
    Refusal::new(
        "move-no-domain",
        format!("{} takes people of the company's own domains only, and it has none.", plan.name),
        "Move it when it has one.",
    )
}
