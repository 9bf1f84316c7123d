//! What is asked to become of a subscription: read, checked and reckoned, and nothing done yet. Previews and changes
//! begin here alike.

use super::Engine;
use super::calendar;
use super::error::ApiError;
use super::invoice_item::InvoiceItem;
use super::invoice_line::{self, Line};
use super::params::Params;
use super::proration;
use super::subscription::{Status, Subscription};
use super::subscription_item::{self, Item};

/// What happens to the difference in price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prorate {
    /// It waits for the next invoice.
    Later,
    /// It is invoiced at once.
    Now,
    /// There is none.
    Never,
}

impl Prorate {
    fn read(params: &mut Params) -> Result<Self, ApiError> {
        let word = params.word("proration_behavior", &["always_invoice", "create_prorations", "none"])?;
        Ok(match word {
            Some("always_invoice") => Self::Now,
            Some("none") => Self::Never,
            _ => Self::Later,
        })
    }
}

/// A change that could be made.
#[derive(Clone, Debug)]
pub struct Change {
    pub old: Subscription,
    pub new: Subscription,
    pub prorate: Prorate,
    /// The second from which it counts.
    pub at: i64,
    /// Whether items were named, changed or not.
    pub names_items: bool,
    /// Whether the cycle was told to begin now. Of a subscription that began in this very second it still does, though
    /// its anchor does not move.
    anew: bool,
}

impl Change {
    /// Takes what says how items, cycle, trial and end are to change.
    pub fn read(engine: &Engine, old: &Subscription, params: &mut Params) -> Result<Self, ApiError> {
        let mut new = old.clone();
        let prorate = Prorate::read(params)?;
        let date = params.integer("proration_date")?;
        let items = params.hashes("items")?;
        let names_items = items.is_some();
        for given in items.unwrap_or_default() {
            subscription_item::read(engine, &mut new, given)?;
        }
        let anew = read_cycle(engine, &mut new, params)?;
        let change = Self { old: old.clone(), new, prorate, at: date.unwrap_or(engine.now), names_items, anew };
        change.checked(engine, date, params)
    }

    /// Only one item of it.
    pub fn of_item(engine: &Engine, old: &Subscription, item: &str, mut params: Params) -> Result<Self, ApiError> {
        let mut new = old.clone();
        let prorate = Prorate::read(&mut params)?;
        let date = params.integer("proration_date")?;
        let names = params.clone();
        subscription_item::change(engine, &mut new, item, params)?;
        let at = date.unwrap_or(engine.now);
        let change = Self { old: old.clone(), new, prorate, at, names_items: true, anew: false };
        change.checked(engine, date, &names)
    }

    fn checked(mut self, engine: &Engine, date: Option<i64>, params: &Params) -> Result<Self, ApiError> {
        if self.new.items.is_empty() {
            return Err(params.invalid("items", "A subscription must have at least one active plan."));
        }
        if self.new.items.len() > 20 {
            return Err(params.invalid("items", "You may not specify more than 20 items on a subscription."));
        }
        if date.is_some() && self.prorate == Prorate::Never {
            return Err(params.invalid("proration_date", "You cannot set proration_date with proration_behavior=none."));
        }
        if date.is_some() && self.begins_afresh() {
            return Err(
                params.invalid("proration_date", "You cannot set proration_date while the billing cycle begins anew.")
            );
        }
        let start = self.old.items.iter().map(|item| item.current_period_start).max().unwrap_or(self.old.start_date);
        if !(start..=self.old.period_end()).contains(&self.at) && date.is_some() {
            return Err(params.invalid("proration_date", "proration_date must lie in the current period."));
        }
        if self.old.cancel_at_period_end {
            self.new.cancel_at = Some(self.new.period_end());
        }
        // Those that were in another rhythm until now, and those that are new.
        for item in &mut self.new.items {
            let from = self.old.items.iter().find(|from| from.id == item.id);
            let rhythm = |item: &Item| engine.state.prices.get(&item.price).and_then(|price| price.recurring);
            let stays = from.is_some_and(|from| rhythm(from) == rhythm(item));
            if let Some(recurring) = rhythm(item).filter(|_| !stays && self.new.status != Status::Trialing) {
                let (start, end) =
                    calendar::period(self.new.billing_cycle_anchor, recurring.interval, recurring.count, self.at);
                (item.current_period_start, item.current_period_end) = (start, end);
            }
        }
        Ok(self)
    }

    /// Whether all items begin a new period now.
    pub fn begins_afresh(&self) -> bool {
        self.anew || self.new.billing_cycle_anchor != self.old.billing_cycle_anchor
    }

    /// The credits and debits of it, before they have names.
    pub fn prorations(&self, engine: &Engine) -> Vec<InvoiceItem> {
        match self.prorate {
            Prorate::Never => Vec::new(),
            Prorate::Now | Prorate::Later => {
                proration::of_change(engine, &self.old, &self.new, self.at, self.begins_afresh())
            }
        }
    }

    /// The whole periods that are charged at once, before their lines have names.
    pub fn whole_periods(&self, engine: &Engine) -> Vec<Line> {
        let longer_trial = self.old.status == Status::Trialing && self.new.status == Status::Trialing;
        if self.begins_afresh() && !longer_trial { invoice_line::of_periods(engine, &self.new) } else { Vec::new() }
    }
}

/// Takes `billing_cycle_anchor` and `trial_end`, and says whether the cycle begins now.
fn read_cycle(engine: &Engine, new: &mut Subscription, params: &mut Params) -> Result<bool, ApiError> {
    let now = engine.now;
    let mut anew = false;
    if let Some(mut anchor) = params.hash("billing_cycle_anchor")? {
        anew = match anchor.word("type", &["now", "unchanged"])? {
            Some(word) => word == "now",
            None => return Err(ApiError::required(anchor.name("type"))),
        };
        anchor.finish()?;
    }
    match params.text("trial_end")?.as_deref() {
        Some(_) if anew => {
            return Err(params.invalid("trial_end", "You cannot set both `trial_end` and `billing_cycle_anchor`."));
        }
        Some("now") if new.status == Status::Trialing => {
            (new.trial_end, new.status, anew) = (Some(now), Status::Active, true);
        }
        // Nothing is said, or there is no trial to end.
        None | Some("now") => {}
        Some(text) => {
            let most = now + 730 * 86_400;
            let end = text.parse().ok().filter(|end| (now + 1..=most).contains(end)).ok_or_else(|| {
                params.invalid("trial_end", "Invalid timestamp: must be in the future, within two years, or `now`.")
            })?;
            if new.status != Status::Trialing {
                new.trial_start = Some(now);
            }
            (new.trial_end, new.status, new.billing_cycle_anchor) = (Some(end), Status::Trialing, end);
            new.trial_warned = false;
            for item in &mut new.items {
                item.current_period_start = new.trial_start.unwrap_or(now);
                item.current_period_end = end;
            }
        }
    }
    if anew {
        new.billing_cycle_anchor = now;
        new.start_periods(engine, now);
    }
    Ok(anew)
}
