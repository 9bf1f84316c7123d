//! Test cards and what each of them does.

use super::error::ApiError;

/// What happens when a card is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is paid.
    Paid,
    /// The bank wants to see the buyer first.
    Authenticate,
    /// No: error code, decline code, sentence.
    Declined(Decline),
}

/// A bank's no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decline {
    pub code: &'static str,
    /// The bank's own reason.
    pub reason: Option<&'static str>,
    pub message: &'static str,
}

/// A card shown on the page.
#[derive(Clone, Copy, Debug)]
pub struct TestCard {
    pub number: &'static str,
    pub says: &'static str,
}

/// The cards that the page offers.
pub const OFFERED: [TestCard; 5] = [
    TestCard { number: "4242424242424242", says: "Works" },
    TestCard { number: "4000000000000002", says: "Is declined" },
    TestCard { number: "4000000000009995", says: "Has no money" },
    TestCard { number: "4000002760003184", says: "Asks for 3-D Secure" },
    TestCard { number: "4000000000000341", says: "Can be kept, but never pays" },
];

/// What a good number does when it is charged.
pub fn outcome(number: &str) -> Outcome {
    let declined = |code, reason, message| Outcome::Declined(Decline { code, reason, message });
    match number {
        "4000000000000002" | FAILS_LATER => Outcome::Declined(GENERIC),
        "4000000000009995" => {
            declined("card_declined", Some("insufficient_funds"), "Your card has insufficient funds.")
        }
        "4000000000000069" => declined("expired_card", None, "Your card has expired."),
        "4000000000000127" => declined("incorrect_cvc", None, "Your card's security code is incorrect."),
        "4000000000000119" => declined(
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        "4000002760003184" | "4000002500003155" => Outcome::Authenticate,
        _ => Outcome::Paid,
    }
}

/// What it does when its owner is not there: some banks ask only those they do not know yet.
pub fn outcome_alone(number: &str) -> Outcome {
    if number == "4000002500003155" { Outcome::Paid } else { outcome(number) }
}

/// How many charges of a kept card fail before it pays. These cards are the sandbox's own: Stripe has none like them.
pub fn fails_first(number: &str) -> usize {
    match number {
        "4000009900000012" => 1,
        "4000009900000020" => 2,
        "4000009900000038" => 3,
        _ => 0,
    }
}

/// What happens when it is only kept for later.
pub fn outcome_of_keeping(number: &str) -> Outcome {
    if number == FAILS_LATER { Outcome::Paid } else { outcome(number) }
}

/// The no that comes without a reason.
pub const GENERIC: Decline =
    Decline { code: "card_declined", reason: Some("generic_decline"), message: "Your card was declined." };

/// The buyer did not prove to be the card's owner. No charge is made of it.
pub const NOT_AUTHENTICATED: Decline = Decline {
    code: "payment_intent_authentication_failure",
    reason: None,
    message: "We were unable to authenticate your payment method. Choose a different one and try again.",
};

/// Can be kept, but whatever is charged to it fails.
const FAILS_LATER: &str = "4000000000000341";

/// The number behind one of Stripe's names for test cards, such as `pm_card_visa`.
pub fn named(name: &str) -> Option<&'static str> {
    let card = name.strip_prefix("pm_card_")?;
    Some(match card.strip_prefix("visa_").unwrap_or(card) {
        "visa" | "us" => "4242424242424242",
        "mastercard" => "5555555555554444",
        "amex" => "378282246310005",
        "discover" => "6011111111111117",
        "chargeDeclined" => "4000000000000002",
        "chargeDeclinedInsufficientFunds" => "4000000000009995",
        "chargeDeclinedExpiredCard" => "4000000000000069",
        "chargeDeclinedIncorrectCvc" => "4000000000000127",
        "chargeDeclinedProcessingError" => "4000000000000119",
        "chargeCustomerFail" => FAILS_LATER,
        "authenticationRequired" => "4000002760003184",
        "authenticationRequiredOnSetup" => "4000002500003155",
        "createDispute" => DISPUTE,
        _ => return None,
    })
}

/// The card whose charges are disputed.
pub const DISPUTE: &str = "4000000000000259";

/// A card as typed in.
#[derive(Clone, Debug)]
pub struct Card {
    /// Digits only.
    pub number: String,
    pub exp_month: u8,
    pub exp_year: u16,
}

/// A mistake in one field of the form: its name and a sentence.
pub type Mistake = (&'static str, &'static str);

impl Card {
    /// Reads the three fields, or says what is wrong with each. `now` is year and month.
    pub fn read(number: &str, expiry: &str, cvc: &str, (year, month): (i32, u8)) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let digits: String = number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if !(12..=19).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            mistakes.push(("number", "Your card number is incomplete."));
        } else if !luhn(&digits) {
            mistakes.push(("number", "Your card number is invalid."));
        }
        let date = expiry_of(expiry);
        match date {
            None => mistakes.push(("expiry", "Write the expiry as month and year, such as 12 / 34.")),
            Some((y, m)) if (i32::from(y), m) < (year, month) => {
                mistakes.push(("expiry", "Your card's expiry date is in the past."));
            }
            Some(_) => {}
        }
        let cvc = cvc.trim();
        if !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|b| b.is_ascii_digit()) {
            mistakes.push(("cvc", "The security code has three or four digits."));
        }
        match date {
            Some((exp_year, exp_month)) if mistakes.is_empty() => Ok(Self { number: digits, exp_month, exp_year }),
            _ => Err(mistakes),
        }
    }

    /// One of the offered cards, good until 12/34.
    pub fn test(number: &str) -> Self {
        Self { number: number.chars().filter(char::is_ascii_digit).collect(), exp_month: 12, exp_year: 2034 }
    }

    pub fn last4(&self) -> &str {
        &self.number[self.number.len().saturating_sub(4)..]
    }

    pub fn brand(&self) -> &'static str {
        match self.number.as_bytes() {
            [b'4', ..] => "visa",
            [b'5', b'1'..=b'5', ..] | [b'2', ..] => "mastercard",
            [b'3', b'4' | b'7', ..] => "amex",
            [b'6', ..] => "discover",
            _ => "unknown",
        }
    }
}

/// `12/34`, `12 / 2034`, `1234`.
fn expiry_of(text: &str) -> Option<(u16, u8)> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.chars().any(|c| !c.is_ascii_digit() && !c.is_whitespace() && c != '/') {
        return None;
    }
    let (month, year) = match digits.len() {
        3 | 5 => digits.split_at(1),
        4 | 6 => digits.split_at(2),
        _ => return None,
    };
    let (month, year): (u8, u16) = (month.parse().ok()?, year.parse().ok()?);
    (1..=12).contains(&month).then_some((if year < 100 { 2000 + year } else { year }, month))
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

impl From<Decline> for ApiError {
    fn from(decline: Decline) -> Self {
        Self { decline_code: decline.reason, ..Self::new(402, "card_error", decline.message).code(decline.code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_read_with_or_without_spaces() {
        let card = Card::read("4242 4242 4242 4242", "12 / 34", "123", (2026, 11)).unwrap();
        assert_eq!((card.last4(), card.exp_month, card.exp_year), ("4242", 12, 2034));
        assert!(Card::read("4242424242424242", "1234", "1234", (2026, 11)).is_ok());
    }

    #[test]
    fn each_field_is_told_what_is_wrong_with_it() {
        let fields =
            |n, e, c| Card::read(n, e, c, (2026, 11)).unwrap_err().into_iter().map(|m| m.0).collect::<Vec<_>>();
        assert_eq!(fields("", "", ""), ["number", "expiry", "cvc"]);
        assert_eq!(fields("4242424242424241", "12/34", "123"), ["number"]);
        assert_eq!(fields("4242424242424242", "10/26", "123"), ["expiry"]);
        assert_eq!(fields("4242424242424242", "13/34", "12a"), ["expiry", "cvc"]);
    }

    #[test]
    fn every_offered_card_has_a_good_number() {
        for card in OFFERED {
            assert!(luhn(card.number), "{}", card.number);
        }
        for name in
            ["visa", "mastercard", "amex", "discover", "chargeCustomerFail", "visa_chargeDeclined", "createDispute"]
        {
            assert!(named(&format!("pm_card_{name}")).is_some_and(luhn), "{name}");
        }
        assert_eq!(named("pm_card_nobody"), None);
    }

    #[test]
    fn the_cards_that_fail_at_first_have_good_numbers() {
        for (fails, number) in [(1, "4000009900000012"), (2, "4000009900000020"), (3, "4000009900000038")] {
            assert_eq!((luhn(number), fails_first(number)), (true, fails));
        }
    }

    #[test]
    fn one_card_is_kept_and_then_refuses_every_charge() {
        assert_eq!(outcome_of_keeping("4000000000000341"), Outcome::Paid);
        assert!(matches!(outcome("4000000000000341"), Outcome::Declined(_)));
        assert!(matches!(outcome_of_keeping("4000000000000002"), Outcome::Declined(_)));
    }
}
