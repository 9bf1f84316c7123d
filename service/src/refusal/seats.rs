//! The refusals around seats, batches and requests.

use domain::{EmailAddress, Refusal, Role};

pub(crate) fn suspend_self() -> Refusal {
    Refusal::new(
        "suspend-self",
        "Nobody can let their own seat rest: they could not come back by themselves.",
        "Ask a colleague to do it, or leave the organization.",
    )
}

pub(crate) fn suspended_already(email: &EmailAddress) -> Refusal {
    Refusal::new(
        "suspended-already",
        format!("The seat of {email} rests already."),
        "To change its end or its reason, reactivate them first.",
    )
}

pub(crate) fn not_suspended(email: &EmailAddress) -> Refusal {
    Refusal::new("not-suspended", format!("The seat of {email} does not rest."), "There is nothing left to do.")
}

pub(crate) fn day_past() -> Refusal {
    Refusal::new("day-past", "This day is over.", "Choose today or a later one, or leave it empty.")
}

pub(crate) fn words_long() -> Refusal {
    Refusal::new("words-long", "This is longer than 500 characters.", "Write less of it.")
}

pub(crate) fn batch_empty() -> Refusal {
    Refusal::new("batch-empty", "There is nobody in it.", "Write at least one e-mail address.")
}

pub(crate) fn batch_long(rows: usize, most: usize) -> Refusal {
    Refusal::new(
        "batch-long",
        format!("There are {rows} rows, and {most} can be invited at once. Nobody was invited."),
        "Send them in several parts.",
    )
}

pub(crate) fn batch_twice(email: &EmailAddress, lines: &[u32]) -> Refusal {
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    Refusal::new(
        "batch-twice",
        format!("{email} stands in rows {}, so it is not clear which one counts.", lines.join(" and ")),
        "Keep one of them.",
    )
}

pub(crate) fn invited_as(email: &EmailAddress, role: Role) -> Refusal {
    Refusal::new(
        "invited-as",
        format!("{email} is invited already, as {}.", role.label()),
        "Change the role of that invitation, or leave it as it is.",
    )
}

pub(crate) fn already_asked(email: &EmailAddress) -> Refusal {
    Refusal::new(
        "already-asked",
        format!("Somebody has asked for a seat for {email} already."),
        "Wait for the answer of an owner or an admin.",
    )
}

pub(crate) fn approved_already(email: &EmailAddress) -> Refusal {
    Refusal::new(
        "approved-already",
        format!("{email} is on the wait list already."),
        "Free a seat, and they get it by themselves.",
    )
}
