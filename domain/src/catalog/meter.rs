//! Meters of one plan and what use beyond the allowance costs.

use toml::Spanned;

use super::file;
use super::mistake::Mistake;
use super::plan::words;
use super::price::amount;
use crate::Currency;
use crate::plan::{Beyond, Limit, Meter, MeterPrice, Tier};

/// One meter. `currency` is the one that the plan is sold in; `None` when there is none or more than one.
pub(super) fn meter(here: &Spanned<file::Meter>, currency: Option<Currency>) -> Result<Meter, Mistake> {
    let raw = here.get_ref();
    let allowance = raw.allowance.get_ref().0;
    let beyond = match (raw.beyond.get_ref(), &raw.price) {
        (file::Beyond::Stop, None) => Beyond::Stop,
        (file::Beyond::Stop, Some(price)) => {
            return Err(Mistake::at(
                price,
                "Use stops at the allowance, so it has no price. Drop `price`, or write beyond = \"overage\".",
            ));
        }
        (file::Beyond::Overage, None) => {
            return Err(Mistake::at(
                &raw.beyond,
                "Overage needs a price. Add one, such as price = { unit = 5 }, or write beyond = \"stop\".",
            ));
        }
        (file::Beyond::Overage, Some(_)) if allowance == Limit::Unlimited => {
            return Err(Mistake::at(
                &raw.allowance,
                "There is nothing beyond an unlimited allowance. Write a number, or beyond = \"stop\".",
            ));
        }
        (file::Beyond::Overage, Some(written)) => {
            let Some(currency) = currency else {
                return Err(Mistake::at(
                    written,
                    "Overage is billed in the currency of the plan's prices. Give the plan prices in exactly one currency.",
                ));
            };
            Beyond::Overage(price(written, currency)?)
        }
    };
    Ok(Meter { name: words(&raw.name, "name", 60)?, allowance, aggregation: *raw.aggregation.get_ref(), beyond })
}

fn price(here: &Spanned<file::MeterPrice>, currency: Currency) -> Result<MeterPrice, Mistake> {
    let raw = here.get_ref();
    match (&raw.unit, &raw.graduated, &raw.volume, &raw.package) {
        (Some(unit), None, None, None) => amount(unit, currency).map(MeterPrice::Unit),
        (None, Some(written), None, None) => tiers(written, currency).map(MeterPrice::Graduated),
        (None, None, Some(written), None) => tiers(written, currency).map(MeterPrice::Volume),
        (None, None, None, Some(package)) => {
            let file::Package { size, price } = package.get_ref();
            if *size.get_ref() == 0 {
                return Err(Mistake::at(size, "A package holds at least one unit. Write 1 or more."));
            }
            Ok(MeterPrice::Package { size: *size.get_ref(), price: amount(price, currency)? })
        }
        _ => Err(Mistake::at(
            here,
            "A meter has one kind of price. Write one of `unit`, `graduated`, `volume` and `package`.",
        )),
    }
}

fn tiers(here: &Spanned<Vec<Spanned<file::Tier>>>, currency: Currency) -> Result<Vec<Tier>, Mistake> {
    let written = here.get_ref();
    let Some(last) = written.last() else {
        return Err(Mistake::at(here, "Tiers need at least one tier. Add one without `up_to`: it has no end."));
    };
    if let Some(up_to) = &last.get_ref().up_to {
        return Err(Mistake::at(
            up_to,
            "The last tier has no end. Drop its `up_to`, or add a tier without one after it.",
        ));
    }
    let mut tiers: Vec<Tier> = Vec::with_capacity(written.len());
    for (at, tier) in written.iter().enumerate() {
        let raw = tier.get_ref();
        match &raw.up_to {
            None if at + 1 < written.len() => {
                return Err(Mistake::at(tier, "Only the last tier has no end. Give this one an `up_to`."));
            }
            Some(up_to) => {
                let before = tiers.last().and_then(|tier| tier.up_to).unwrap_or(0);
                if *up_to.get_ref() <= before {
                    return Err(Mistake::at(
                        up_to,
                        format!("Each tier ends above the one before. Write more than {before}."),
                    ));
                }
            }
            None => {}
        }
        tiers.push(Tier {
            up_to: raw.up_to.as_ref().map(|up_to| *up_to.get_ref()),
            unit: amount(&raw.unit, currency)?,
            flat: raw.flat.as_ref().map(|flat| amount(flat, currency)).transpose()?,
        });
    }
    Ok(tiers)
}
