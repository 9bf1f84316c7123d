//! What is shown of a quote: every line in words, with its amount.

use std::collections::HashMap;

use domain::Timestamp;
use domain::plan::Part;
use domain::quote::{Counts, Due, Quote, QuoteLineKind};
use domain::subscription::ProviderPriceId;
use domain::time::Period;
use domain::view::{QuoteSheet, QuoteSheetLine};
use domain::{Money, PlanKey};
use payments::provider::InvoiceSheet;

use super::{Wish, arranged};
use crate::{Error, Services};

/// The sheet of our own reckoning, or of the provider's where that one counts.
pub(super) fn of(
    s: &Services,
    wish: &Wish,
    ours: &Quote,
    theirs: Option<&InvoiceSheet>,
    over_at: Timestamp,
) -> Result<QuoteSheet, Error> {
    let lines = match theirs {
        None => ours
            .lines()
            .iter()
            .map(|line| QuoteSheetLine {
                kind: line.kind,
                words: words(s, line.kind, line.plan.as_ref(), line.part, line.quantity, line.period),
                quantity: line.quantity,
                amount: line.amount,
                period: line.period,
            })
            .collect(),
        Some(sheet) => {
            let known = known(wish);
            sheet
                .lines
                .iter()
                .map(|line| {
                    let (plan, part) = line.price.as_ref().and_then(|price| known.get(price)).cloned().unzip();
                    let plan = plan.unwrap_or_else(|| wish.plan.key.clone());
                    QuoteSheetLine {
                        kind: line.kind,
                        words: words(s, line.kind, Some(&plan), part, line.quantity, line.period),
                        quantity: line.quantity,
                        amount: line.amount,
                        period: line.period,
                    }
                })
                .collect()
        }
    };
    let due = match theirs {
        None => ours.due(),
        Some(sheet) => theirs_due(ours, sheet)?,
    };
    // Given back is less and less until then, so the last moment is the dearest.
    let at_most = match ours.counts() {
        Counts::Afresh(_) => {
            let last = over_at.min(Timestamp::from_secs(ours.basis().period.until.secs() - 1));
            let then =
                Quote::of(ours.basis().clone(), wish.lines.clone(), wish.interval, last).map_err(Error::refused)?;
            Some(Money { minor: then.due().now.minor.max(due.now.minor), ..due.now })
        }
        Counts::From(_) | Counts::AfterTrial => None,
    };
    let billed =
        ours.moves().iter().filter(|each| each.from.as_ref().is_some_and(|line| line.part == Some(Part::PerSeat)));
    let had: u32 = billed.filter_map(|each| each.from.as_ref()).map(|line| line.quantity).sum();
    let has: u32 = wish.lines.iter().filter(|line| line.part == Part::PerSeat).map(|line| line.quantity).sum();
    Ok(QuoteSheet {
        wish: wish.said(),
        plan_name: wish.plan.name.clone(),
        other_plan: wish.bought.plan.as_ref() != Some(&wish.plan.key),
        other_interval: wish.bought.interval != Some(wish.interval),
        more_seats: has.saturating_sub(had),
        lines,
        due,
        at_most,
        renewal: ours.renewal(),
        gives_up: arranged::of(s, &wish.bought),
    })
}

/// What the provider will charge, with the balance that it knows of.
fn theirs_due(ours: &Quote, sheet: &InvoiceSheet) -> Result<Due, Error> {
    let before = ours.basis().balance;
    let with = sheet.total.plus(before).map_err(|error| Error::Broken(error.into()))?;
    let after = Money { minor: with.minor - sheet.due.minor, ..with };
    Ok(Due { total: sheet.total, before, now: sheet.due, after })
}

/// Which of our prices are which at the provider, as far as this change is about them.
fn known(wish: &Wish) -> HashMap<ProviderPriceId, (PlanKey, Part)> {
    let lines = wish.bought.lines.iter();
    lines.filter_map(|line| Some((line.price.clone(), (line.plan.clone()?, line.part?)))).collect()
}

/// `All Access, 2 seats: unused until 22 November 2027`.
fn words(
    s: &Services,
    kind: QuoteLineKind,
    plan: Option<&PlanKey>,
    part: Option<Part>,
    quantity: u32,
    period: Period,
) -> String {
    let plan = plan.map_or("Something else", |key| s.catalog().plan(key).map_or(key.as_str(), |plan| &plan.name));
    let seats = if quantity == 1 { "1 seat".to_owned() } else { format!("{quantity} seats") };
    let what = match part {
        Some(Part::PerSeat) => format!("{plan}, {seats}"),
        Some(Part::Overage) => format!("{plan}, {seats} beyond its cap"),
        Some(Part::Use) => format!("{plan}, use"),
        Some(Part::Base) | None => plan.to_owned(),
    };
    let (from, until) = (period.from.date(), period.until.date());
    match kind {
        QuoteLineKind::Unused => format!("{what}: not used until {until}"),
        QuoteLineKind::Remaining => format!("{what}: until {until}"),
        QuoteLineKind::Period => format!("{what}: {from} to {until}"),
    }
}
