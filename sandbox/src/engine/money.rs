//! Amounts in minor units, exactly: fractions are ratios of integers, never floats.

/// `number / over` to the nearest whole, an exact half away from zero.
///
/// # Panics
/// Never: `over` is taken as 1 when it is not positive.
pub fn round(number: i128, over: i128) -> i64 {
    let over = over.max(1);
    let (size, over) = (number.unsigned_abs(), over.unsigned_abs());
    let nearest = size / over + u128::from(size % over >= over - size % over);
    let most = if number < 0 { i64::MIN } else { i64::MAX };
    i128::try_from(nearest).ok().and_then(|nearest| i64::try_from(nearest * number.signum()).ok()).unwrap_or(most)
}

/// A price for one: `mantissa` / 10^`scale` minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UnitAmount {
    mantissa: i64,
    scale: u8,
}

impl UnitAmount {
    /// Whole minor units.
    pub const fn whole(minor: i64) -> Self {
        Self { mantissa: minor, scale: 0 }
    }

    /// `12.5`: at most 12 digits after the point.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 12 || !digits(whole) || !digits(fraction) {
            return None;
        }
        let scale = u8::try_from(fraction.len()).ok()?;
        Some(Self { mantissa: format!("{whole}{fraction}").parse().ok()?, scale })
    }

    /// The whole minor units, if there is no fraction.
    pub const fn minor(self) -> Option<i64> {
        if self.scale == 0 { Some(self.mantissa) } else { None }
    }

    /// The exact price of one.
    pub fn exact(self) -> Exact {
        Exact(i128::from(self.mantissa) * 10_i128.pow(u32::from(DIGITS.saturating_sub(self.scale))))
    }
}

/// Digits after the point of a minor unit that prices may have.
const DIGITS: u8 = 12;

/// An exact amount, in millionths of millionths of a minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(i128);

impl Exact {
    /// So many of it.
    pub fn times(self, quantity: u64) -> Self {
        Self(self.0.saturating_mul(i128::from(quantity)))
    }

    /// What `numerator / denominator` of it come to in whole amounts that `currency` can be charged in. Rounded to the
    /// nearest, an exact half away from zero.
    pub fn part(self, numerator: i64, denominator: i64, currency: &str) -> i64 {
        let step = step(currency);
        let over = 10_i128.pow(u32::from(DIGITS)) * i128::from(denominator.max(1)) * i128::from(step);
        round(self.0.saturating_mul(i128::from(numerator)), over).saturating_mul(step)
    }
}

impl std::ops::Add for Exact {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::fmt::Display for UnitAmount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.mantissa, width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        write!(f, "{whole}.{fraction}")
    }
}

/// Digits after the point of a currency.
pub fn exponent(currency: &str) -> u32 {
    match currency {
        "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf" | "vnd" | "vuv" | "xaf"
        | "xof" | "xpf" => 0,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
        _ => 2,
    }
}

/// The least that an amount of a currency can differ by: those with three decimals are charged in tens.
pub fn step(currency: &str) -> i64 {
    if exponent(currency) == 3 { 10 } else { 1 }
}

/// `$4,999.00`, `1,234 JPY`.
pub fn show(minor: i64, currency: &str) -> String {
    let exponent = exponent(currency);
    let power = 10_u64.pow(exponent);
    let (whole, fraction) = (minor.unsigned_abs() / power, minor.unsigned_abs() % power);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if minor < 0 { "-" } else { "" };
    let number =
        if exponent == 0 { grouped } else { format!("{grouped}.{fraction:0width$}", width = exponent as usize) };
    match currency {
        "usd" => format!("{sign}${number}"),
        "eur" => format!("{sign}€{number}"),
        "gbp" => format!("{sign}£{number}"),
        _ => format!("{sign}{number} {}", currency.to_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(round(5, 2), 3);
        assert_eq!(round(-5, 2), -3);
        assert_eq!(round(-1, 3), 0);
        assert_eq!(round(i128::MAX, 1), i64::MAX);
        assert_eq!(round(1_663_456, 10_000), 166);
        assert_eq!(round(5_409_558, 10_000), 541);
        assert_eq!(round(24_999_961, 10_000), 2500);
    }

    #[test]
    fn fractions_of_a_cent_are_kept_until_the_line_is_rounded() {
        let unit = UnitAmount::parse("0.05").unwrap();
        assert_eq!(unit.exact().times(1000).part(1, 1, "usd"), 50);
        assert_eq!(unit.minor(), None);
        assert_eq!(unit.to_string(), "0.05");
        assert_eq!(UnitAmount::parse("12.500").unwrap().to_string(), "12.5");
        assert_eq!(UnitAmount::parse("1e5"), None);
        assert_eq!(UnitAmount::parse("4.00").unwrap().minor(), Some(4));
    }

    #[test]
    fn three_decimals_come_in_tens() {
        let dinar = UnitAmount::whole(10_000).exact();
        assert_eq!(dinar.part(1, 3, "kwd"), 3330);
        assert_eq!(dinar.part(2, 3, "kwd"), 6670);
        assert_eq!(dinar.part(1, 3, "jpy"), 3333);
    }

    #[test]
    fn money_reads_like_money() {
        assert_eq!(show(499_900, "usd"), "$4,999.00");
        assert_eq!(show(-5, "eur"), "-€0.05");
        assert_eq!(show(1_234_567, "jpy"), "1,234,567 JPY");
        assert_eq!(show(1_500, "kwd"), "1.500 KWD");
    }
}
