//! What of an invoice is paid now: its total, less what the customer has to their credit.

use serde::{Deserialize, Serialize};

use super::{Basis, NoQuote, QuoteLine};
use crate::Money;

/// How an invoice is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// All lines together. Below nothing, it is a credit.
    pub total: Money,
    /// The balance before: below nothing it is credit, above nothing it is owed.
    pub before: Money,
    /// Charged now.
    pub now: Money,
    /// The balance afterwards.
    pub after: Money,
}

impl Due {
    /// Of an invoice with these lines.
    pub(super) fn of(lines: &[QuoteLine], basis: &Basis) -> Result<Self, NoQuote> {
        let zero = Money::zero(basis.currency);
        let total = lines.iter().try_fold(zero, |sum, line| sum.plus(line.amount))?;
        let with_balance = total.plus(basis.balance)?;
        let charged = with_balance.minor > 0 && with_balance.minor >= basis.smallest_charge.minor;
        let (now, after) = if charged { (with_balance, zero) } else { (zero, with_balance) };
        Ok(Self { total, before: basis.balance, now, after })
    }

    /// What of the credit that was there pays for it.
    #[must_use]
    pub fn credit_used(self) -> Money {
        let had = self.before.minor.saturating_neg().max(0);
        let has = self.after.minor.saturating_neg().max(0);
        Money::new(had.saturating_sub(has).max(0), self.total.currency)
    }
}
