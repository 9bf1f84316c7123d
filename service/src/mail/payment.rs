//! The letters about payments: to owners and billing contacts.

use domain::{EmailAddress, Invoice, Money, Timestamp};
use store::Mail;

use super::letter::Letter;

/// What a letter about a payment tells.
pub(crate) enum PaymentLetter<'a> {
    /// The money could not be taken; growth stops now, changes stop then.
    Failed { invoice: &'a Invoice, until: Timestamp },
    /// The bank wants the payer's word.
    Confirm { invoice: &'a Invoice },
    /// It is paid after all.
    Recovered { invoice: &'a Invoice },
    /// It is tried no more.
    Ended { invoice: &'a Invoice },
    /// It was paid: for who keeps the books.
    Paid { invoice: &'a Invoice },
    /// A trial ends soon.
    TrialEnds { plan: &'a str, at: Timestamp, then: Option<Money>, card: Option<&'a str> },
    /// A year begins anew soon.
    Renews { plan: &'a str, at: Timestamp, then: Option<Money>, card: Option<&'a str> },
}

/// Writes it. `home` is the organization's address.
pub(crate) fn payment(to: &EmailAddress, name: &str, home: &str, letter: &PaymentLetter<'_>) -> Mail {
    let billing = || ("Open billing".to_owned(), format!("{home}/billing"));
    // Who has no account can pay and read an invoice at the provider's page.
    let page = |label: &str, invoice: &Invoice| {
        invoice.page.as_ref().map_or_else(billing, |page| (label.to_owned(), page.clone()))
    };
    let (subject, paragraphs, (label, link)) = match letter {
        PaymentLetter::Failed { invoice, until } => {
            let again = match invoice.next_attempt {
                Some(at) => format!("It will be tried again on {}. Nothing is to be done if the card is good by then.", at.date()),
                None => "It will not be tried again by itself.".to_owned(),
            };
            let what = format!("{} for invoice {}.", could_not(invoice), invoice.name());
            let means = format!(
                "Everybody keeps their seat and works on; no seats can be added until it is paid. If it is not paid by \
                 {}, everything can only be read from then on.",
                until.date()
            );
            let card = format!("An owner can change the card on the billing page: {home}/billing");
            (
                format!("The payment of {} for {name} did not go through", invoice.remaining),
                vec![what, again, means, card],
                page("Pay the invoice", invoice),
            )
        }
        PaymentLetter::Confirm { invoice } => (
            format!("Your bank needs you to confirm a payment of {} for {name}", invoice.remaining),
            vec![
                format!(
                    "Invoice {} of {} is not paid yet: the bank wants to hear from the card's owner first.",
                    invoice.name(),
                    invoice.remaining
                ),
                "Open the invoice, and confirm. Until then nobody loses anything, and no seats can be added.".to_owned(),
            ],
            page("Confirm the payment", invoice),
        ),
        PaymentLetter::Recovered { invoice } => (
            format!("Invoice {} of {name} is paid", invoice.name()),
            vec![format!("The payment of {} went through. Everything is as it was.", invoice.paid)],
            page("Open the invoice", invoice),
        ),
        PaymentLetter::Ended { invoice } => (
            format!("Invoice {} of {name} was not paid", invoice.name()),
            vec![
                format!(
                    "{} of invoice {} are still owed, and the payment is not tried again.",
                    invoice.remaining,
                    invoice.name()
                ),
                "Everything that is there stays and can be read and taken away. An owner can pay, or choose how to go on, \
                 on the billing page."
                    .to_owned(),
            ],
            page("Pay the invoice", invoice),
        ),
        PaymentLetter::Paid { invoice } => {
            let number = invoice.name();
            let mut lines = vec![format!("Invoice {number} of {} is paid.", invoice.total)];
            if invoice.balance.minor < 0 {
                lines.push(format!(
                    "A credit of {} was used, so {} were charged.",
                    Money::new(invoice.balance.minor.saturating_neg(), invoice.currency()),
                    invoice.due
                ));
            }
            if let Some(page) = &invoice.page {
                lines.push(format!("It can be read at {page}"));
            }
            let button = invoice.pdf.as_ref().map(|pdf| ("Download the PDF".to_owned(), pdf.clone()));
            (
                format!("Invoice {number} of {name}"),
                lines,
                button.unwrap_or_else(|| page("Open the invoice", invoice)),
            )
        }
        PaymentLetter::TrialEnds { plan, at, then, card } => (
            format!("The trial of {plan} for {name} ends on {}", at.date()),
            vec![
                match then {
                    Some(then) => format!("From then on {plan} costs {then} for each period."),
                    None => format!("From then on {plan} is paid for."),
                },
                by_card(*card),
                "Who does not want it cancels before that day on the billing page, and nothing is charged.".to_owned(),
            ],
            billing(),
        ),
        PaymentLetter::Renews { plan, at, then, card } => (
            format!("{plan} for {name} renews on {}", at.date()),
            vec![
                match then {
                    Some(then) => format!("Another year of {plan} begins on {}, for {then}.", at.date()),
                    None => format!("Another year of {plan} begins on {}.", at.date()),
                },
                by_card(*card),
                "Seats and plan can be changed, and the renewal cancelled, on the billing page.".to_owned(),
            ],
            billing(),
        ),
    };
    let small = format!(
        "You get this letter because you own {name}, or because its owner has named you for letters about money. To end \
         it, ask an owner."
    );
    let texts: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    Letter { to, subject: &subject, say: &texts, button: (&label, &link), small: &small }.write()
}

fn could_not(invoice: &Invoice) -> String {
    match &invoice.card {
        Some(card) => format!("{card} could not be charged {}", invoice.remaining),
        None => format!("{} could not be taken", invoice.remaining),
    }
}

fn by_card(card: Option<&str>) -> String {
    match card {
        Some(card) => format!("It will be charged to {card}."),
        None => "There is no card yet: add one on the billing page.".to_owned(),
    }
}

/// To somebody who is to get invoices and letters about payments: whether they want them.
pub(crate) fn ask_contact(to: &EmailAddress, name: &str, by: &EmailAddress, link: &str) -> Mail {
    let subject = format!("{name} wants to send you its invoices");
    let what =
        format!("{by} has named you as somebody who gets the invoices of {name} and letters about its payments.");
    let say = [what.as_str(), "You need no account for that. Nothing is sent before you say yes."];
    let small = "If you do not know this company, do nothing: there will be no more letters.";
    Letter { to, subject: &subject, say: &say, button: ("Say yes", link), small }.write()
}
