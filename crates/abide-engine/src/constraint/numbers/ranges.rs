//! Ranges of numbers as regular expressions, to the last digit. Must not know schemas.

use std::cmp::Ordering;

use serde_json::Number;

/// Most digits behind the point.
const FRACTION_MAX: usize = super::DIGITS_MAX;

/// Digits before the point from which on a number is as good as infinite here.
const WHOLE_MAX: usize = 30;

/// A number as it is written: `±whole.fraction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Without leading zeros; empty for 0.
    whole: String,
    /// Without zeros at its end.
    fraction: String,
}

impl Decimal {
    /// The number that stands there: a double is what its shortest text says.
    pub(super) fn new(number: &Number) -> Self {
        let text = number.to_string();
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text.as_str()),
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

    pub(super) fn of(number: i128) -> Self {
        let whole = number.unsigned_abs().to_string();
        let whole = if number == 0 { String::new() } else { whole };
        Self { negative: number < 0, whole, fraction: String::new() }
    }

    /// Digits before the point, or behind it, whichever are more.
    pub(super) fn digits(&self) -> usize {
        self.whole.len().max(self.fraction.len())
    }

    /// As it is written without an exponent.
    pub(super) fn written(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{}", self.fraction)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.fraction.is_empty()
    }

    /// As what `multipleOf` is counted with: `coefficient · 10^-exponent`.
    pub(super) fn scaled(&self) -> Option<(u32, u32)> {
        let coefficient = format!("{}{}", self.whole, self.fraction).parse().ok()?;
        (coefficient > 0).then_some((coefficient, self.fraction.len() as u32))
    }

    /// The largest whole number that is not above it.
    pub(super) fn floor(&self) -> i128 {
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
    pub(super) fn ceil(&self) -> i128 {
        self.floor() + i128::from(!self.fraction.is_empty())
    }

    fn magnitude(&self) -> Self {
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

/// A bound, and whether the number itself is within.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) at: Decimal,
    pub(super) included: bool,
}

/// Whole numbers from `low` to `high`, which is not below it.
pub(super) fn integers(low: i128, high: i128) -> String {
    let mut parts = Vec::new();
    if low < 0 {
        parts.push(format!("-{}", magnitudes((-high).max(1).unsigned_abs(), low.unsigned_abs())));
    }
    if high >= 0 {
        parts.push(magnitudes(low.max(0).unsigned_abs(), high.unsigned_abs()));
    }
    either(&parts)
}

/// Two expressions that both match where a number is from `low` to `high`, written without an exponent.
pub(super) fn numbers(low: &Bound, high: &Bound) -> [String; 2] {
    let any = format!("(0|[1-9][0-9]*)({})?", fraction());
    let at_least = if low.at.negative {
        either(&[format!("-{}", at_most(&low.at.magnitude(), low.included)), any.clone()])
    } else {
        at_least(&low.at, low.included)
    };
    let at_most = if high.at.negative {
        format!("-{}", self::at_least(&high.at.magnitude(), high.included))
    } else {
        let zero = Decimal::of(0);
        if high.at == zero && !high.included {
            format!("-{}", self::at_least(&zero, false))
        } else {
            either(&[format!("-{any}"), at_most(&high.at, high.included)])
        }
    };
    [at_least, at_most]
}

/// A number as an expression that matches its texts alone.
pub(super) fn literally(text: &str) -> String {
    text.replace('.', "[.]").replace('+', "[+]")
}

/// One of these.
pub(super) fn either(parts: &[String]) -> String {
    format!("({})", parts.join("|"))
}

fn fraction() -> String {
    format!("[.][0-9]{{1,{FRACTION_MAX}}}")
}

/// Something other than zeros, as the end of a fraction that may be `[.]`.
fn not_zeros() -> String {
    format!("0{{0,{FRACTION_MAX}}}[1-9][0-9]{{0,{FRACTION_MAX}}}")
}

/// Numbers without a sign that are not below `bound`, which has none.
fn at_least(bound: &Decimal, included: bool) -> String {
    let whole = bound.floor().unsigned_abs();
    let above = format!("{}({})?", magnitudes(whole + 1, ceiling(whole)), fraction());
    let digits = bound.fraction.as_bytes();
    let same = match (digits.is_empty(), included) {
        (true, true) => format!("{whole}({})?", fraction()),
        (true, false) => format!("{whole}[.]{}", not_zeros()),
        (false, _) => {
            let end = if included { "[0-9]*".to_owned() } else { not_zeros() };
            let mut parts = vec![format!("{}{end}", bound.fraction)];
            parts.extend(steps(digits, b'9').map(|(before, first)| format!("{before}[{first}-9][0-9]*")));
            format!("{whole}[.]{}", either(&parts))
        }
    };
    either(&[above, same])
}

/// Numbers without a sign that are not above `bound`, which has none.
fn at_most(bound: &Decimal, included: bool) -> String {
    let whole = bound.floor().unsigned_abs();
    let digits = bound.fraction.as_bytes();
    let mut parts = Vec::new();
    if whole > 0 {
        parts.push(format!("{}({})?", magnitudes(0, whole - 1), fraction()));
    }
    match (digits.is_empty(), included) {
        (true, true) => parts.push(format!("{whole}([.]0{{1,{FRACTION_MAX}}})?")),
        (true, false) => {}
        (false, _) => {
            let mut below: Vec<_> = steps(digits, b'0')
                .map(|(before, last)| format!("{before}[0-{last}][0-9]*"))
                .chain((1..digits.len()).map(|length| bound.fraction[..length].to_owned()))
                .collect();
            if included {
                below.push(format!("{}0*", bound.fraction));
            }
            parts.push(format!("{whole}([.]{})?", either(&below)));
        }
    }
    either(&parts)
}

/// For each digit that is not `last`: those before it, and the next one in the direction of `last`.
fn steps(digits: &[u8], last: u8) -> impl Iterator<Item = (String, char)> {
    let steps = digits.iter().enumerate().filter(move |(_, digit)| **digit != last);
    steps.map(move |(place, digit)| {
        let next = if last == b'9' { digit + 1 } else { digit - 1 };
        (String::from_utf8_lossy(&digits[..place]).into_owned(), next as char)
    })
}

/// The largest number that has as many digits as a number from `whole` on may have here.
fn ceiling(whole: u128) -> u128 {
    10_u128.pow((whole + 1).to_string().len().max(super::DIGITS_MORE + 1) as u32) - 1
}

/// Whole numbers without a sign.
fn magnitudes(low: u128, high: u128) -> String {
    let mut parts = Vec::new();
    let (shortest, longest) = (low.to_string().len(), high.to_string().len());
    let mut whole: Option<(usize, usize)> = None;
    for length in shortest..=longest {
        let (first, last) = (10_u128.pow(length as u32 - 1), 10_u128.pow(length as u32) - 1);
        let first = if length == 1 { 0 } else { first };
        if length > 1 && low <= first && high >= last {
            whole = Some((whole.map_or(length, |(from, _)| from), length));
        } else {
            let (low, high) = (low.max(first).to_string(), high.min(last).to_string());
            parts.push(digits_between(low.as_bytes(), high.as_bytes()));
        }
    }
    if let Some((from, to)) = whole {
        parts.push(format!("[1-9][0-9]{{{},{}}}", from - 1, to - 1));
    }
    either(&parts)
}

/// Strings of digits that are as long as these two, and not before the first or behind the second.
fn digits_between(low: &[u8], high: &[u8]) -> String {
    let (Some((first, low_rest)), Some((last, high_rest))) = (low.split_first(), high.split_first()) else {
        return String::new();
    };
    let length = low_rest.len();
    let any = |length: usize| if length == 0 { String::new() } else { format!("[0-9]{{{length}}}") };
    let (all_low, all_high) = (low_rest.iter().all(|d| *d == b'0'), high_rest.iter().all(|d| *d == b'9'));
    if first == last {
        return format!("{}{}", *first as char, digits_between(low_rest, high_rest));
    }
    let mut parts = Vec::new();
    let mut from = *first;
    let mut to = *last;
    if !all_low {
        parts.push(format!("{}{}", from as char, digits_between(low_rest, &vec![b'9'; length])));
        from += 1;
    }
    if !all_high {
        parts.push(format!("{}{}", to as char, digits_between(&vec![b'0'; length], high_rest)));
        to -= 1;
    }
    if from <= to {
        parts.push(format!("[{}-{}]{}", from as char, to as char, any(length)));
    }
    either(&parts)
}

#[cfg(test)]
mod tests {
    use fancy_regex::Regex;
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::new(&serde_json::from_str(text).unwrap())
    }

    fn matcher(expression: &str) -> Regex {
        Regex::new(&format!("^(?:{expression})$")).unwrap_or_else(|error| panic!("{expression}: {error}"))
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
        assert_eq!((decimal("0.25").scaled(), decimal("1e10").scaled()), (Some((25, 2)), None));
    }

    fn edges() -> impl Strategy<Value = i128> {
        let near = (0..66_u32, -3..=3_i128, any::<bool>());
        let near = near.prop_map(|(power, beside, negative)| {
            let number = (1_i128 << power) + beside;
            if negative { -number } else { number }
        });
        let tens = (0..20_u32, -3..=3_i128).prop_map(|(power, beside)| 10_i128.pow(power) + beside);
        prop_oneof![any::<i64>().prop_map(i128::from), any::<u64>().prop_map(i128::from), near, tens]
    }

    proptest! {
        #[test]
        fn whole_numbers_are_matched_where_they_are_between(
            (one, other) in (edges(), edges()),
            others in prop::collection::vec(edges(), 8),
        ) {
            let (low, high) = (one.min(other), one.max(other));
            let matcher = matcher(&integers(low, high));
            let beside = [low, high].into_iter().flat_map(|edge| [edge - 1, edge, edge + 1]);
            for number in others.into_iter().chain(beside) {
                prop_assert_eq!(matcher.is_match(&number.to_string()).unwrap(), (low..=high).contains(&number), "{}", number);
            }
            let zeros = format!("0{}", high.unsigned_abs());
            prop_assert!(!matcher.is_match(&zeros).unwrap());
        }

        #[test]
        fn numbers_are_matched_where_they_are_between(
            bounds in prop::array::uniform2((-40..40_i64, 0..3_u32, any::<bool>())),
            (number, behind) in (-40..40_i64, 0..3_usize),
            far in edges(),
        ) {
            let bounds = bounds.map(|(number, places, included)| {
                let text = format!("{number}e-{places}");
                Bound { at: decimal(&text), included }
            });
            let [low, high] = &bounds;
            prop_assume!(low.at < high.at || (low.at == high.at && low.included && high.included));
            let expressions = numbers(low, high).map(|expression| matcher(&expression));
            for at in [decimal(&format!("{number}e-{behind}")), low.at.clone(), high.at.clone(), Decimal::of(far)] {
                let above = at > low.at || (at == low.at && low.included);
                let below = at < high.at || (at == high.at && high.included);
                for text in [at.written(), at.written() + if at.is_whole() { ".000" } else { "000" }] {
                    let matched = expressions.iter().all(|expression| expression.is_match(&text).unwrap());
                    prop_assert_eq!(matched, above && below, "{}", text);
                }
            }
        }
    }
}
