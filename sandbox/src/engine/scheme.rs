//! What so many of a price cost: each the same, in packages, or in tiers. Exact until a line is rounded.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::money::{Exact, UnitAmount, step};
use super::params::Params;

const MOST: i64 = 99_999_999;

/// How a price is reckoned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Each costs the same.
    #[default]
    PerUnit,
    /// So many together cost one unit amount.
    Package(Package),
    /// What one costs depends on how many there are.
    Tiered(Mode, Vec<Tier>),
}

/// `transform_quantity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    pub size: u64,
    /// A package that is not full counts; otherwise it does not.
    pub up: bool,
}

/// Whether a quantity is spread over the tiers or lies in one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Graduated,
    Volume,
}

/// One tier: up to so many, or without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub up_to: Option<u64>,
    pub unit: Option<UnitAmount>,
    pub flat: Option<UnitAmount>,
}

impl Tier {
    fn cost(&self, quantity: u64) -> Exact {
        let unit = self.unit.map(UnitAmount::exact).unwrap_or_default();
        unit.times(quantity) + self.flat.map(UnitAmount::exact).unwrap_or_default()
    }

    fn render(&self) -> Value {
        json!({
            "flat_amount": self.flat.and_then(UnitAmount::minor),
            "flat_amount_decimal": self.flat.map(|flat| flat.to_string()),
            "unit_amount": self.unit.and_then(UnitAmount::minor),
            "unit_amount_decimal": self.unit.map(|unit| unit.to_string()),
            "up_to": self.up_to,
        })
    }
}

impl Scheme {
    /// What a whole period of `quantity` costs; `unit` is the price of one where there are no tiers.
    pub fn cost(&self, unit: UnitAmount, quantity: u64) -> Exact {
        match self {
            Self::PerUnit => unit.exact().times(quantity),
            Self::Package(package) => unit.exact().times(package.of(quantity)),
            Self::Tiered(Mode::Volume, tiers) => {
                let holds = |tier: &&Tier| tier.up_to.is_none_or(|up_to| quantity <= up_to);
                tiers.iter().find(holds).map(|tier| tier.cost(quantity)).unwrap_or_default()
            }
            Self::Tiered(Mode::Graduated, tiers) => graduated(tiers, quantity),
        }
    }

    pub const fn is_tiered(&self) -> bool {
        matches!(self, Self::Tiered(..))
    }

    /// `graduated` or `volume`.
    pub const fn mode(&self) -> Option<Mode> {
        match self {
            Self::Tiered(mode, _) => Some(*mode),
            Self::PerUnit | Self::Package(_) => None,
        }
    }

    /// `transform_quantity`, as a price shows it.
    pub fn render_transform(&self) -> Value {
        match self {
            Self::Package(package) => {
                json!({ "divide_by": package.size, "round": if package.up { "up" } else { "down" } })
            }
            Self::PerUnit | Self::Tiered(..) => Value::Null,
        }
    }

    /// `tiers`, which a price shows when it is asked for them.
    pub fn render_tiers(&self) -> Option<Value> {
        match self {
            Self::Tiered(_, tiers) => Some(tiers.iter().map(Tier::render).collect()),
            Self::PerUnit | Self::Package(_) => None,
        }
    }

    /// Takes `billing_scheme`, `tiers_mode`, `tiers`, `transform_quantity` and the unit amount.
    pub fn read(params: &mut Params, currency: &str) -> Result<(Self, UnitAmount), ApiError> {
        let tiered = params.word("billing_scheme", &["per_unit", "tiered"])? == Some("tiered");
        let mode = params.word("tiers_mode", &["graduated", "volume"])?;
        let tiers = params.hashes("tiers")?;
        let transform = params.hash("transform_quantity")?;
        let unit = amount(params, currency, "unit_amount")?;
        if !tiered {
            if tiers.is_some() || mode.is_some() {
                return Err(params.invalid("tiers", "`tiers` and `tiers_mode` need `billing_scheme` to be `tiered`."));
            }
            let unit = unit.ok_or_else(|| ApiError::required(params.name("unit_amount")))?;
            return Ok((transform.map(Package::read).transpose()?.map_or(Self::PerUnit, Self::Package), unit));
        }
        if unit.is_some() || transform.is_some() {
            return Err(params.invalid(
                "billing_scheme",
                "`unit_amount`, `unit_amount_decimal` and `transform_quantity` cannot be used with `billing_scheme=tiered`.",
            ));
        }
        let mode = match mode {
            Some("graduated") => Mode::Graduated,
            Some(_) => Mode::Volume,
            None => return Err(ApiError::required(params.name("tiers_mode"))),
        };
        let tiers = tiers.unwrap_or_default();
        let tiers = tiers.into_iter().map(|tier| Tier::read(tier, currency)).collect::<Result<Vec<_>, _>>()?;
        let rising =
            tiers.windows(2).all(|pair| pair[0].up_to.is_some_and(|low| pair[1].up_to.is_none_or(|up| up > low)));
        if !rising || tiers.last().is_none_or(|last| last.up_to.is_some()) {
            return Err(params.invalid("tiers", "The tiers must rise, and the last one must have `up_to=inf`."));
        }
        Ok((Self::Tiered(mode, tiers), UnitAmount::whole(0)))
    }
}

fn graduated(tiers: &[Tier], quantity: u64) -> Exact {
    let (mut cost, mut below) = (Exact::default(), 0);
    for tier in tiers {
        // The first tier's flat amount is charged for none, too.
        if below > 0 && quantity <= below {
            break;
        }
        let top = tier.up_to.unwrap_or(quantity).min(quantity);
        cost = cost + tier.cost(top.saturating_sub(below));
        below = tier.up_to.unwrap_or(u64::MAX);
    }
    cost
}

impl Package {
    const fn of(self, quantity: u64) -> u64 {
        if self.up { quantity.div_ceil(self.size) } else { quantity / self.size }
    }

    fn read(mut given: Params) -> Result<Self, ApiError> {
        let size = given.natural("divide_by")?.ok_or_else(|| ApiError::required(given.name("divide_by")))?;
        if size == 0 {
            return Err(given.invalid("divide_by", "This value must be greater than or equal to 1."));
        }
        let up = given.word("round", &["up", "down"])?.ok_or_else(|| ApiError::required(given.name("round")))? == "up";
        given.finish()?;
        Ok(Self { size, up })
    }
}

impl Tier {
    fn read(mut given: Params, currency: &str) -> Result<Self, ApiError> {
        let up_to = match given.required("up_to")?.as_str() {
            "inf" => None,
            text => match text.parse() {
                Ok(up_to) if up_to > 0 => Some(up_to),
                _ => return Err(given.invalid("up_to", format!("Invalid integer: {text}"))),
            },
        };
        let (unit, flat) = (amount(&mut given, currency, "unit_amount")?, amount(&mut given, currency, "flat_amount")?);
        if unit.is_none() && flat.is_none() {
            return Err(given.invalid("unit_amount", "Each tier needs a `unit_amount` or a `flat_amount`."));
        }
        given.finish()?;
        Ok(Self { up_to, unit, flat })
    }
}

/// Takes `name` or `name_decimal`.
fn amount(params: &mut Params, currency: &str, name: &'static str) -> Result<Option<UnitAmount>, ApiError> {
    let decimal = format!("{name}_decimal");
    let amount = match (params.integer(name)?, params.text(&decimal)?) {
        (Some(_), Some(_)) => {
            return Err(
                params.invalid(name, format!("You may only specify one of these parameters: {name}, {decimal}."))
            );
        }
        (Some(minor), None) if (0..=MOST).contains(&minor) => UnitAmount::whole(minor),
        (Some(_), None) => return Err(params.invalid(name, "Invalid non-negative integer")),
        (None, Some(text)) => UnitAmount::parse(&text)
            .filter(|unit| unit.exact() <= UnitAmount::whole(MOST).exact())
            .ok_or_else(|| params.invalid(&decimal, format!("Invalid decimal: {text}")))?,
        (None, None) => return Ok(None),
    };
    if amount.minor().is_some_and(|minor| minor % step(currency) != 0) {
        return Err(params.invalid(
            name,
            format!("Amounts in {currency} have three decimals, of which the last must be 0: give a multiple of ten."),
        ));
    }
    Ok(Some(amount))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(form: &str, currency: &str) -> Result<(Scheme, UnitAmount), ApiError> {
        let mut params = Params::parse(form.as_bytes()).unwrap();
        let read = Scheme::read(&mut params, currency)?;
        params.finish()?;
        Ok(read)
    }

    fn cost(form: &str, quantity: u64) -> i64 {
        let (scheme, unit) = read(form, "usd").unwrap();
        scheme.cost(unit, quantity).part(1, 1, "usd")
    }

    const TIERS: &str = "billing_scheme=tiered&tiers[0][up_to]=5&tiers[0][unit_amount]=700&tiers[1][up_to]=10&\
                         tiers[1][unit_amount]=650&tiers[1][flat_amount]=100&tiers[2][up_to]=inf&tiers[2][unit_amount]=600";

    #[test]
    fn graduated_tiers_charge_each_seat_at_its_own_tier() {
        let form = format!("{TIERS}&tiers_mode=graduated");
        assert_eq!([0, 5, 6, 11].map(|seats| cost(&form, seats)), [0, 3500, 3500 + 750, 3500 + 3350 + 600]);
    }

    #[test]
    fn volume_tiers_charge_all_seats_at_the_tier_they_reach() {
        let form = format!("{TIERS}&tiers_mode=volume");
        assert_eq!([0, 5, 6, 11].map(|seats| cost(&form, seats)), [0, 3500, 6 * 650 + 100, 6600]);
    }

    #[test]
    fn packages_are_counted_whole() {
        let form = "unit_amount=1000&transform_quantity[divide_by]=10&transform_quantity[round]=";
        assert_eq!([10, 11, 20].map(|seats| cost(&format!("{form}up"), seats)), [1000, 2000, 2000]);
        assert_eq!([9, 11, 20].map(|seats| cost(&format!("{form}down"), seats)), [0, 1000, 2000]);
    }

    #[test]
    fn what_makes_no_price_is_refused_by_name() {
        for (form, param) in [
            ("", "unit_amount"),
            ("billing_scheme=tiered&tiers[0][up_to]=inf&tiers[0][unit_amount]=1", "tiers_mode"),
            ("billing_scheme=tiered&tiers_mode=volume&tiers[0][up_to]=5&tiers[0][unit_amount]=1", "tiers"),
            ("billing_scheme=tiered&tiers_mode=volume&tiers[0][up_to]=inf", "tiers[0][unit_amount]"),
            ("unit_amount=5&tiers_mode=volume", "tiers"),
            (
                "unit_amount=5&transform_quantity[divide_by]=0&transform_quantity[round]=up",
                "transform_quantity[divide_by]",
            ),
            ("unit_amount_decimal=99999999.5", "unit_amount_decimal"),
        ] {
            assert_eq!(read(form, "usd").unwrap_err().param.as_deref(), Some(param), "{form}");
        }
        assert_eq!(read("unit_amount=1005", "kwd").unwrap_err().param.as_deref(), Some("unit_amount"));
        assert!(read("unit_amount=1010", "kwd").is_ok());
    }

    proptest! {
        /// One tier without an end is the same as no tiers, in both modes.
        #[test]
        fn one_tier_is_a_price_for_each(minor in 0_i64..MOST, quantity in 0_u64..1_000_000) {
            let tier = vec![Tier { up_to: None, unit: Some(UnitAmount::whole(minor)), flat: None }];
            let each = Scheme::PerUnit.cost(UnitAmount::whole(minor), quantity);
            for mode in [Mode::Graduated, Mode::Volume] {
                prop_assert_eq!(Scheme::Tiered(mode, tier.clone()).cost(UnitAmount::whole(0), quantity), each);
            }
        }
    }
}
