//! Numbers of JSON to their last digit. Must not know schemas.

use std::cmp::Ordering;

use serde_json::Number;

/// Digits before the point from which on a number is as good as infinite to [`Decimal::floor`].
const WHOLE_MAX: usize = 30;

/// From here on doubles don't tell whole numbers apart: 2⁵³.
const DOUBLES_MAX: f64 = 9_007_199_254_740_992.0;

/// A number as it is written: `±whole.fraction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// Without leading zeros; empty for 0.
    whole: String,
    /// Without zeros at its end.
    fraction: String,
}

impl Decimal {
    /// The number that stands there: a double is what its shortest text says.
    #[must_use]
    pub fn new(number: &Number) -> Self {
        Self::read(&number.to_string())
    }

    /// The number that programs compare with: a double from 2⁵³ on is the whole number that it is, and not what its shortest text says.
    #[must_use]
    pub fn exact(number: &Number) -> Self {
        match number.as_f64().filter(|double| number.is_f64() && double.abs() >= DOUBLES_MAX) {
            Some(double) => Self::read(&format!("{double:.0}")),
            None => Self::new(number),
        }
    }

    /// A whole number.
    #[must_use]
    pub fn of(number: i128) -> Self {
        Self::read(&number.to_string())
    }

    fn read(text: &str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().unwrap_or(0);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let point = whole.len() as i64 + exponent;
        let (whole, fraction) = if point <= 0 {
            (String::new(), "0".repeat(point.unsigned_abs() as usize) + &digits)
        } else if point as usize >= digits.len() {
            let zeros = point as usize - digits.len();
            (digits + &"0".repeat(zeros), String::new())
        } else {
            let (whole, fraction) = digits.split_at(point as usize);
            (whole.to_owned(), fraction.to_owned())
        };
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        Self { negative: negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction }
    }

    /// Whether it is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    /// Whether it has no fraction.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.fraction.is_empty()
    }

    /// The digits behind the point, without zeros at their end.
    #[must_use]
    pub fn fraction(&self) -> &str {
        &self.fraction
    }

    /// Digits before the point, or behind it, whichever are more.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.whole.len().max(self.fraction.len())
    }

    /// As it is written without an exponent.
    #[must_use]
    pub fn written(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{}", self.fraction)
    }

    /// Its digits without zeros around them, and the power of ten that the first of them stands for: `(602, 23)` is 6.02 · 10²³. For 0 there
    /// are none.
    #[must_use]
    pub fn scientific(&self) -> (String, i32) {
        let digits = format!("{}{}", self.whole, self.fraction);
        let zeros = digits.len() - digits.trim_start_matches('0').len();
        (digits.trim_matches('0').to_owned(), self.whole.len() as i32 - 1 - zeros as i32)
    }

    /// Its product with a power of ten.
    #[must_use]
    pub fn shifted(&self, places: u32) -> Self {
        Self::read(&format!("{}e{places}", self.written()))
    }

    /// As a step that multiples are counted with: `coefficient · 10^-exponent`. `None` if it is not above 0, or has too many digits.
    #[must_use]
    pub fn scaled(&self) -> Option<(u64, u32)> {
        let coefficient = format!("{}{}", self.whole, self.fraction).parse().ok()?;
        (coefficient > 0 && !self.negative).then_some((coefficient, self.fraction.len() as u32))
    }

    /// Whether it is a multiple of `step`. `None` if that is not above 0, or has more digits than are counted with.
    #[must_use]
    pub fn is_multiple_of(&self, step: &Self) -> Option<bool> {
        let (divisor, places) = step.scaled()?;
        // What has more places than the step can't be counted in it.
        let Some(zeros) = (places as usize).checked_sub(self.fraction.len()) else { return Some(false) };
        let digits = self.whole.bytes().chain(self.fraction.bytes()).map(|digit| u128::from(digit - b'0'));
        let digits = digits.chain(std::iter::repeat_n(0, zeros));
        let rest = digits.fold(0, |rest, digit| (rest * 10 + digit) % u128::from(divisor));
        Some(rest == 0)
    }

    /// The largest whole number that is not above it.
    #[must_use]
    pub fn floor(&self) -> i128 {
        let whole = match self.whole.len() {
            0 => 0,
            length if length > WHOLE_MAX => 10_i128.pow(WHOLE_MAX as u32),
            _ => self.whole.parse().unwrap_or(i128::MAX / 2),
        };
        match (self.negative, self.fraction.is_empty()) {
            (false, _) => whole,
            (true, true) => -whole,
            (true, false) => -whole - 1,
        }
    }

    /// The smallest whole number that is not below it.
    #[must_use]
    pub fn ceil(&self) -> i128 {
        self.floor() + i128::from(!self.fraction.is_empty())
    }

    /// Without its sign.
    #[must_use]
    pub fn magnitude(&self) -> Self {
        Self { negative: false, ..self.clone() }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitudes = || {
            let whole = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(&other.whole));
            whole.then_with(|| self.fraction.cmp(&other.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => magnitudes(),
            (true, true) => magnitudes().reverse(),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::new(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn numbers_are_what_is_written() {
        for (text, written) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            ("1.25e1", "12.5"),
            ("-2.5e-3", "-0.0025"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1e20", "100000000000000000000"),
            ("0.1", "0.1"),
        ] {
            assert_eq!(decimal(text).written(), written, "{text}");
        }
        let mut sorted =
            ["-1e300", "-2.5", "-2", "-0.1", "0", "1e-7", "0.5", "0.55", "9", "10", "1e30"].map(decimal);
        let expected = sorted.clone();
        sorted.reverse();
        sorted.sort();
        assert_eq!(sorted, expected);
        assert_eq!((decimal("-2.5").floor(), decimal("-2.5").ceil(), decimal("2.5").ceil()), (-3, -2, 3));
        assert_eq!((decimal("0.25").scaled(), decimal("1e20").scaled()), (Some((25, 2)), None));
        assert_eq!(decimal("-0.25").shifted(3), decimal("-250"));
        assert_eq!((decimal("-3").scaled(), decimal("0").scaled()), (None, None));
    }

    #[test]
    fn doubles_are_the_numbers_that_they_are() {
        let exact = |text: &str| Decimal::exact(&serde_json::from_str(text).unwrap()).written();
        assert_eq!(exact("1e24"), "999999999999999983222784");
        assert_eq!(exact("-6.02e23"), "-601999999999999995805696");
        assert_eq!(exact("0.1"), "0.1", "fractions are read as doubles by everybody");
        assert_eq!(exact("9007199254740993"), "9007199254740993");
        for (text, digits, power) in [
            ("6.02e23", "602", 23),
            ("0.00125", "125", -3),
            ("-50", "5", 1),
            ("7", "7", 0),
            ("1e-320", "1", -320),
        ] {
            assert_eq!(decimal(text).scientific(), (digits.to_owned(), power), "{text}");
        }
    }

    #[test]
    fn multiples_are_counted_in_digits() {
        for (text, step, multiple) in [
            ("9007199254740993", "2", Some(false)),
            ("9007199254740994", "2", Some(true)),
            ("0.3", "0.1", Some(true)),
            ("0.35", "0.1", Some(false)),
            ("-12", "0.5", Some(true)),
            ("1e300", "0.001", Some(true)),
            ("0", "7", Some(true)),
            ("5", "1e12", Some(false)),
            ("6", "-3", None),
            ("6", "0", None),
            ("6", "1e300", None),
        ] {
            assert_eq!(decimal(text).is_multiple_of(&decimal(step)), multiple, "{text} {step}");
        }
    }

    proptest! {
        #[test]
        fn multiples_are_those_that_division_finds((number, step) in (any::<i64>(), 1..1_000_000_i64)) {
            let multiple = Decimal::of(number.into()).is_multiple_of(&Decimal::of(step.into()));
            prop_assert_eq!(multiple, Some(number % step == 0));
            let product = i128::from(number) * i128::from(step);
            prop_assert_eq!(Decimal::of(product).is_multiple_of(&Decimal::of(step.into())), Some(true));
        }
    }
}
