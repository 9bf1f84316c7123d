//! The fields of a card with the test cards below, as the payment page, the portal and invoices show them.

use crate::engine::card::{Mistake, OFFERED};

use super::escape;

/// What somebody wrote, and what was wrong with it.
#[derive(Default)]
pub struct Typed {
    pub number: String,
    pub expiry: String,
    pub mistakes: Vec<Mistake>,
    /// The bank's sentence.
    pub refusal: Option<String>,
}

/// The form. `refused` stands before the bank's sentence, `kept` after it.
pub fn render(action: &str, button: &str, typed: &Typed, refused: &str, kept: &str) -> String {
    let refusal = typed.refusal.as_ref().map_or_else(String::new, |text| {
        format!(r#"<p class="refusal" role="alert"><strong>{refused}</strong> {} {kept}</p>"#, escape(text))
    });
    let cards: Vec<String> = OFFERED
        .iter()
        .map(|card| {
            format!(
                r#"<li><button class="test" name="test_card" value="{number}" formnovalidate><span>{says}</span> <span class="digits">{spaced}</span></button></li>"#,
                number = card.number,
                says = card.says,
                spaced = spaced(card.number),
            )
        })
        .collect();
    format!(
        r#"{refusal}
<form method="post" action="{action}">
{number}
<div class="two">
{expiry}
{cvc}
</div>
<button class="button" type="submit">{button}</button>
<fieldset>
<legend>Test cards, one click each</legend>
<ul class="tests">{cards}</ul>
</fieldset>
</form>"#,
        action = escape(action),
        button = escape(button),
        cards = cards.concat(),
        number = field("number", "Card number", "cc-number", "4242 4242 4242 4242", &typed.number, typed),
        expiry = field("expiry", "Expiry", "cc-exp", "12 / 34", &typed.expiry, typed),
        cvc = field("cvc", "CVC", "cc-csc", "123", "", typed),
    )
}

fn field(name: &str, label: &str, autocomplete: &str, example: &str, value: &str, typed: &Typed) -> String {
    let mistake = typed.mistakes.iter().find(|(field, _)| *field == name);
    let (tied, error) = match mistake {
        Some((_, text)) => (
            format!(r#" aria-invalid="true" aria-describedby="{name}-error""#),
            format!(r#"<p class="error" id="{name}-error">{}</p>"#, escape(text)),
        ),
        None => (String::new(), String::new()),
    };
    format!(
        r#"<div class="field"><label for="{name}">{label}</label><input id="{name}" name="{name}" inputmode="numeric" autocomplete="{autocomplete}" placeholder="{example}" value="{value}" required{tied}>{error}</div>"#,
        value = escape(value),
    )
}

/// `4242 4242 4242 4242`.
fn spaced(number: &str) -> String {
    let groups: Vec<&str> = (0..number.len()).step_by(4).map(|at| &number[at..(at + 4).min(number.len())]).collect();
    groups.join(" ")
}
