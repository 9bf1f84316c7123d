//! Why what is bought cannot be changed, or was not.

use domain::view::GivenUp;
use domain::{Currency, Plan, Refusal, Timestamp};

pub(crate) fn billed_by_use(plan: &Plan) -> Refusal {
    Refusal::new(
        "billed-by-use",
        format!("{} bills by use, and such a plan is not changed here.", plan.name),
        "Ask us to change it; seats follow your members by themselves.",
    )
}

pub(crate) fn nothing_bought() -> Refusal {
    Refusal::new("nothing-bought", "Nothing is bought yet that could be changed.", "Choose a plan on the billing page.")
}

pub(crate) fn foreign_plan() -> Refusal {
    Refusal::new(
        "foreign-plan",
        "This subscription was agreed upon apart and is none of the plans on the list.",
        "Write to us: we change it together with you.",
    )
}

pub(crate) fn payment_due() -> Refusal {
    Refusal::new(
        "payment-due",
        "A payment is due, so the plan cannot be changed now. Nobody loses a seat.",
        "Pay the open invoice on the billing page; after that it can.",
    )
}

pub(crate) fn unpaid() -> Refusal {
    Refusal::new(
        "not-paid",
        "The last invoice was not paid, so the plan cannot be changed now.",
        "Pay it on the billing page; after that it can.",
    )
}

pub(crate) fn paused() -> Refusal {
    Refusal::new(
        "plan-paused",
        "The plan is paused, and nothing is billed meanwhile.",
        "Resume it on the billing page first.",
    )
}

pub(crate) fn waiting() -> Refusal {
    Refusal::new(
        "change-waiting",
        "A change is under way and not paid yet.",
        "Finish it or take it back on the billing page, then choose again.",
    )
}

pub(crate) fn settling(until: Timestamp) -> Refusal {
    Refusal::new(
        "seats-settling",
        "The period is about to end, and the seats of the next one are set already.",
        format!(
            "Invite whom you need: seats that are paid for cost nothing more until then. From {} on, everything can be changed.",
            until.date_time()
        ),
    )
}

pub(crate) fn free(plan: &Plan) -> Refusal {
    Refusal::new(
        "plan-free",
        format!("{} costs nothing, so there is nothing to change to.", plan.name),
        "Cancel the plan on the billing page: you keep it until the paid period is over.",
    )
}

pub(crate) fn other_currency(plan: &Plan, currency: Currency) -> Refusal {
    let code = currency.code().to_uppercase();
    Refusal::new(
        "other-currency",
        format!("You pay in {code}, and {} is not sold in it.", plan.name),
        "Choose another plan, or write to us.",
    )
}

pub(crate) fn differs() -> Refusal {
    Refusal::new(
        "quote-differs",
        "This is not the offer that was shown. Nothing was charged.",
        "Look at it again and decide then.",
    )
}

pub(crate) fn too_late() -> Refusal {
    Refusal::new(
        "quote-expired",
        "This offer was good for 15 minutes and is over. Nothing was charged.",
        "Look at what it costs now.",
    )
}

pub(crate) fn stale() -> Refusal {
    Refusal::new(
        "quote-stale",
        "The plan or its bill has changed since this was reckoned. Nothing was charged.",
        "Look at what it costs now.",
    )
}

/// What became of a change that was agreed to and not made. `reason` is the provider's word, or one of ours; `given_up` is
/// what was arranged for later until then.
pub(crate) fn not_made(reason: Option<&str>, given_up: Option<&GivenUp>) -> Refusal {
    let why = why_not_made(reason);
    let Some(given_up) = given_up else { return why };
    let what = format!("{} As the offer said, {} is given up; your plan goes on.", why.what, given_up.words());
    Refusal { what, next: format!("{} To have that again, arrange it on the billing page.", why.next), ..why }
}

fn why_not_made(reason: Option<&str>) -> Refusal {
    let card = |what: &str, next: &str| Refusal::new("card-refused", format!("{what} Nothing was charged."), next);
    match reason {
        Some("insufficient_funds") => {
            card("The card was refused: there is not enough money on it.", "Use another card, or try again later.")
        }
        Some("expired_card") => card("The card was refused: it has expired.", "Use another card."),
        Some("incorrect_cvc" | "invalid_cvc") => {
            card("The card was refused: its security code is not right.", "Enter the card again, or use another one.")
        }
        Some("processing_error" | "try_again_later") => {
            card("The card could not be charged just now.", "Try again in a few minutes.")
        }
        Some("authentication_required" | "authentication_failed") => {
            card("The bank did not confirm the payment.", "Try again and confirm it, or use another card.")
        }
        Some("not-in-time") => Refusal::new(
            "not-in-time",
            "The payment service could not be reached in time. Nothing was charged.",
            "Look at what it costs now and try again.",
        ),
        Some("changed-meanwhile") => stale(),
        Some("expired") => Refusal::new(
            "not-paid-in-time",
            "The payment was not finished in time, so the change was given up. Nothing was charged.",
            "Choose again and pay within the time given.",
        ),
        Some("taken-back") => Refusal::new(
            "taken-back",
            "The change was taken back before it was paid.",
            "Choose again whenever you like.",
        ),
        Some(word) if word.contains("card") || word.contains("decline") || word == "do_not_honor" => {
            card("The card was refused.", "Ask the bank that gave it to you, or use another card.")
        }
        _ => Refusal::new(
            "change-refused",
            "The payment service did not take the change. Nothing was charged.",
            "Look at what it costs now and try again; if it stays so, write to us.",
        ),
    }
}
