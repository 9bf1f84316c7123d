//! What of an invoice is paid by card, and what by the customer's balance.

/// A total split between the card and the balance. Nothing is lost: `due + ending = starting + total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// To be paid by card.
    pub due: i64,
    /// The customer's balance afterwards: below zero is credit, above zero is owed with the next invoice.
    pub ending: i64,
}

/// Splits a total, with a customer whose balance is `starting`.
pub fn split(total: i64, starting: i64, currency: &str) -> Split {
    let wanted = total.saturating_add(starting);
    // A credit is kept, and so is what no card network would move.
    if wanted < minimum(currency) { Split { due: 0, ending: wanted } } else { Split { due: wanted, ending: 0 } }
}

/// The least that is charged to a card.
fn minimum(currency: &str) -> i64 {
    match currency {
        "usd" | "eur" | "cad" | "aud" | "brl" | "chf" | "inr" | "jpy" | "nzd" | "sgd" => 50,
        "gbp" => 30,
        "dkk" => 250,
        "nok" | "sek" => 300,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn credit_pays_first_and_what_is_over_stays() {
        assert_eq!(split(5_000, -2_000, "usd"), Split { due: 3_000, ending: 0 });
        assert_eq!(split(5_000, -7_000, "usd"), Split { due: 0, ending: -2_000 });
        assert_eq!(split(-500, 0, "usd"), Split { due: 0, ending: -500 });
    }

    #[test]
    fn less_than_a_card_can_pay_waits_for_the_next_invoice() {
        assert_eq!(split(49, 0, "usd"), Split { due: 0, ending: 49 });
        assert_eq!(split(50, 0, "usd"), Split { due: 50, ending: 0 });
        assert_eq!(split(5_000, 49, "usd"), Split { due: 5_049, ending: 0 });
    }

    proptest! {
        #[test]
        fn no_money_is_lost_between_card_and_balance(total in -1_000_000_i64..1_000_000, starting in -1_000_000_i64..1_000_000) {
            let Split { due, ending } = split(total, starting, "usd");
            prop_assert_eq!(due + ending, total + starting);
            prop_assert!(due >= 0 && (due == 0 || ending == 0));
        }
    }
}
