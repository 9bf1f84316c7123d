//! Our own reckoning against the provider's, and what was shown against the invoice, to the smallest unit.

use domain::access::Deed;
use domain::ids::QuoteId;
use domain::quote::{Quote, QuoteLineKind};
use domain::view::QuoteSheet;
use domain::{Money, Permission};
use payments::provider::InvoiceSheet;
use serde_json::{Value, json};
use store::{Command, QuoteOutcome, QuoteRecord, QuoteState, TenantScope, TenantTx};

use crate::{Error, Services};

type Essence = (QuoteLineKind, u32, i64, i64, i64);

/// Where a preview differs from our own reckoning; `None` when they say the same.
pub(super) fn preview(ours: &Quote, theirs: &InvoiceSheet) -> Option<Value> {
    let mine = sorted(ours.lines().iter().map(domain::quote::QuoteLine::essence));
    let provider = essences(theirs);
    let due = ours.due();
    let same = mine == provider && due.total == theirs.total && due.now == theirs.due;
    (!same).then(|| {
        json!({
            "ours": { "lines": mine, "total": due.total, "due": due.now },
            "theirs": { "lines": provider, "total": theirs.total, "due": theirs.due },
        })
    })
}

/// Compares the invoice of a change that was made with what was shown, and keeps the result. Nothing for a quote that
/// made no invoice, or was compared before.
pub(crate) async fn invoice(s: &Services, scope: &TenantScope, quote: &QuoteRecord) -> Result<(), Error> {
    let QuoteState::Closed { outcome: QuoteOutcome::Applied, invoice: Some(invoice), .. } = &quote.state else {
        return Ok(());
    };
    if quote.compared.is_some() {
        return Ok(());
    }
    let made = s.payments().sheet(invoice).await?;
    let shown: QuoteSheet = serde_json::from_str(&quote.offer).map_err(|error| Error::Broken(error.into()))?;
    let same = is_what_was_shown(&shown, &made);
    if !same {
        tracing::error!(org = %scope.org(), quote = %quote.id, %invoice, "an invoice is not what was agreed to");
    }
    let lines = sorted(shown.lines.iter().map(domain::view::QuoteSheetLine::essence));
    let result = json!({
        "same": same,
        "shown": { "lines": lines, "total": shown.due.total, "due": shown.due.now, "at_most": shown.at_most },
        "made": { "invoice": invoice, "lines": essences(&made), "total": made.total, "due": made.due },
    });
    scope.execute(Note { id: quote.id, result: result.to_string() }, s.now()).await
}

/// Whether an invoice is what somebody agreed to: each line and each sum to the smallest unit. Where the second was not
/// told, what is given back lies between what it was then and what it was at the last moment.
fn is_what_was_shown(shown: &QuoteSheet, made: &InvoiceSheet) -> bool {
    let lines = || shown.lines.iter().map(domain::view::QuoteSheetLine::essence);
    match shown.at_most {
        None => sorted(lines()) == essences(made) && shown.due.total == made.total && shown.due.now == made.due,
        Some(at_most) => {
            let what = |all: Vec<Essence>| -> Vec<(QuoteLineKind, u32, Option<i64>)> {
                // A new period costs what it costs, whenever it begins.
                let amount = |line: &Essence| (line.0 == QuoteLineKind::Period).then_some(line.2);
                all.iter().map(|line| (line.0, line.1, amount(line))).collect()
            };
            let between = |Money { minor, .. }: Money| (shown.due.now.minor..=at_most.minor).contains(&minor);
            what(sorted(lines())) == what(essences(made)) && between(made.due)
        }
    }
}

fn essences(sheet: &InvoiceSheet) -> Vec<Essence> {
    let line = |line: &payments::provider::InvoiceLine| {
        (line.kind, line.quantity, line.amount.minor, line.period.from.secs(), line.period.until.secs())
    };
    sorted(sheet.lines.iter().map(line))
}

/// In an order of their own: providers list lines as they like. What is worth nothing is not compared.
fn sorted(lines: impl Iterator<Item = Essence>) -> Vec<Essence> {
    let mut lines: Vec<_> = lines.filter(|line| line.2 != 0).collect();
    lines.sort_unstable();
    lines
}

struct Note {
    id: QuoteId,
    result: String,
}

impl Command for Note {
    const REQUIRES: Permission = Permission::BillingManage;
    const DEED: Deed = Deed::Settle;
    type Output = ();
    type Error = Error;

    async fn run(self, tx: &mut TenantTx) -> Result<(), Error> {
        Ok(tx.quote_compared(self.id, &self.result).await?)
    }
}
