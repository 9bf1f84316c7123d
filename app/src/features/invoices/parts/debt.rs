//! What is owed, as the banner says it.

use domain::Access;
use domain::view::DebtView;
use leptos::prelude::*;

use crate::components::banner::{Banner, Tone};

/// The words of the banner: what is the case, and what happens next.
#[must_use]
pub fn words(debt: &DebtView, access: Access) -> (String, String) {
    let number = debt.number.as_deref().unwrap_or("the invoice");
    if debt.needs_confirmation {
        let what = "Your bank needs you to confirm this payment.".to_owned();
        return (what, format!("{} of {number} are not paid until then.", debt.amount));
    }
    let what = match &debt.card {
        Some(card) => format!("We could not charge {} to {card} on {}.", debt.amount, debt.failed_at.date()),
        None => format!("{} could not be taken on {}.", debt.amount, debt.failed_at.date()),
    };
    let then = match (access, debt.next_attempt) {
        (Access::ReadOnly, _) => {
            "Everything can be read and taken away; nothing can be changed until it is paid.".to_owned()
        }
        (_, Some(at)) => {
            format!("We will try again on {}. Nobody loses a seat; none can be added until it is paid.", at.date())
        }
        (_, None) => {
            format!("It is not tried again by itself. Nobody loses a seat; none can be added until {number} is paid.")
        }
    };
    let more = match debt.more {
        0 => String::new(),
        1 => " One more invoice is owed.".to_owned(),
        more => format!(" {more} more invoices are owed."),
    };
    (what, format!("{then}{more}"))
}

/// The banner, with the way to pay for who may, and whom to ask for who may not.
#[component]
pub fn Debt(
    /// What is owed.
    debt: DebtView,
    /// What may be done meanwhile.
    access: Access,
    /// Whom to ask; empty for who may pay.
    ask: String,
) -> impl IntoView {
    let (what, then) = words(&debt, access);
    let tone = if access == Access::ReadOnly { Tone::Bad } else { Tone::Warn };
    let label = if debt.needs_confirmation { "Confirm the payment" } else { "Update payment" };
    view! {
        <Banner tone>
            <p><strong>{what}</strong>" "{then}" "{ask}</p>
            {debt.page.map(|page| view! {
                <div class="banner-deeds"><a class="button button-primary" href=page rel="external noreferrer">{label}</a></div>
            })}
        </Banner>
    }
}

#[cfg(test)]
mod tests {
    use domain::subscription::ProviderInvoiceId;
    use domain::{Currency, Money, Timestamp};

    use super::*;

    fn debt() -> DebtView {
        DebtView {
            invoice: ProviderInvoiceId("in_1".to_owned()),
            number: Some("ACME-0001".to_owned()),
            amount: Money::new(9_998, Currency::USD),
            card: Some("Visa 0341".to_owned()),
            failed_at: Timestamp::from_secs(1_795_000_000),
            next_attempt: Some(Timestamp::from_secs(1_795_300_000)),
            needs_confirmation: false,
            until: Timestamp::from_secs(1_796_000_000),
            page: None,
            more: 0,
        }
    }

    #[test]
    fn each_state_says_the_amount_the_card_and_what_happens_next() {
        let (what, then) = words(&debt(), Access::NoGrowth);
        assert_eq!(what, "We could not charge $99.98 to Visa 0341 on 18 November 2026.");
        assert!(then.starts_with("We will try again on 21 November 2026."), "{then}");
        let (_, then) = words(&DebtView { next_attempt: None, more: 2, ..debt() }, Access::NoGrowth);
        assert!(then.contains("not tried again") && then.ends_with("2 more invoices are owed."), "{then}");
        let (_, then) = words(&debt(), Access::ReadOnly);
        assert!(then.contains("can be read and taken away"), "{then}");
        let (what, then) = words(&DebtView { needs_confirmation: true, ..debt() }, Access::NoGrowth);
        assert_eq!(what, "Your bank needs you to confirm this payment.");
        assert!(then.contains("$99.98 of ACME-0001"), "{then}");
    }
}
