//! Ranges of numbers as regular expressions, to the last digit. Must not know schemas.
//!
//! Numbers that are no whole ones are read as doubles, so they are written as those are told apart: with a point below 2⁵², whole from there
//! on, and with an exponent where digits alone would be many.

use std::ops::RangeInclusive;

use abide_generation::schema::Decimal;
use serde_json::Number;

/// Most digits behind the point.
const FRACTION_MAX: usize = super::DIGITS_MAX;

/// Most digits behind the point of a number with an exponent: no two such numbers are the same double.
const MANTISSA_MAX: usize = 14;

/// From here on numbers have no fraction, as doubles have none.
const WHOLE_FROM: u128 = 1 << 52;

/// Powers of ten from which on numbers have an exponent, and that of the largest double.
const LARGE: RangeInclusive<i32> = 21..=308;

/// Powers of ten of numbers that have one because they are so small. Of those with the power below, which are hardly told from 0, one is written
/// alone: the least double.
const TINY: RangeInclusive<i32> = -323..=-(FRACTION_MAX as i32) - 1;
const LEAST: &str = "5[eE]-324";

/// A bound, and whether the number itself is within.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) at: Decimal,
    pub(super) included: bool,
}

/// How numbers without a sign are written, by their size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Size {
    Zero,
    /// With an exponent.
    Tiny,
    /// With a point or without one.
    Plain,
    /// Whole.
    Whole,
    /// With an exponent.
    Large,
}

const SIZES: [Size; 5] = [Size::Zero, Size::Tiny, Size::Plain, Size::Whole, Size::Large];

impl Size {
    /// That of a number, whatever its sign.
    pub(super) fn of(number: &Decimal) -> Self {
        let magnitude = number.magnitude();
        let (_, power) = magnitude.scientific();
        if number.is_zero() {
            Self::Zero
        } else if power <= *TINY.end() {
            Self::Tiny
        } else if power >= *LARGE.start() {
            Self::Large
        } else if magnitude.floor().unsigned_abs() >= WHOLE_FROM {
            Self::Whole
        } else {
            Self::Plain
        }
    }

    /// All numbers of this size.
    fn all(self) -> String {
        match self {
            Self::Zero => format!("0([.]0{{1,{FRACTION_MAX}}})?"),
            Self::Plain => either(&[format!("0[.]{}", not_zeros()), with_fraction(1, WHOLE_FROM - 1)]),
            Self::Whole => magnitudes(WHOLE_FROM, whole_last()),
            Self::Tiny => format!("{LEAST}|{}", powers(&TINY).unwrap_or_default()),
            Self::Large => powers(&LARGE).unwrap_or_default(),
        }
    }

    /// The powers of ten of numbers with an exponent.
    fn powers(self) -> RangeInclusive<i32> {
        if self == Self::Tiny { TINY } else { LARGE }
    }
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

/// Expressions that all match where a number is from `low` to `high`.
pub(super) fn numbers(low: &Bound, high: &Bound) -> [String; 3] {
    let any = at_least(&Decimal::of(0), true);
    let above = if low.at.is_negative() {
        either(&[format!("-{}", at_most(&low.at.magnitude(), low.included)), any.clone()])
    } else {
        at_least(&low.at, low.included)
    };
    let below = if high.at.is_negative() {
        format!("-{}", at_least(&high.at.magnitude(), high.included))
    } else if high.at.is_zero() && !high.included {
        format!("-{}", at_least(&high.at, false))
    } else {
        either(&[format!("-{any}"), at_most(&high.at, high.included)])
    };
    [above, below, length(&low.at, &high.at)]
}

/// What has no more digits than tell numbers apart, and those of these bounds.
fn length(low: &Decimal, high: &Decimal) -> String {
    let (mut fraction, mut mantissa) = (FRACTION_MAX, MANTISSA_MAX);
    // Those of the largest double nobody need write, but as the least of all.
    let is_open = |bound: &Decimal| bound.scientific() == ("17976931348623157".to_owned(), *LARGE.end());
    let bounds = [(low, low.is_negative()), (high, !high.is_negative())];
    for (bound, _) in bounds.into_iter().filter(|(bound, is_outermost)| !(*is_outermost && is_open(bound))) {
        match Size::of(bound) {
            // One more is needed beside a bound.
            Size::Plain => fraction = fraction.max(bound.fraction().len() + 1),
            Size::Tiny | Size::Large => mantissa = mantissa.max(bound.scientific().0.len()),
            Size::Zero | Size::Whole => {}
        }
    }
    format!("-?([0-9]+([.][0-9]{{1,{fraction}}})?|[0-9]([.][0-9]{{1,{mantissa}}})?[eE][+-]?[0-9]+)")
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

/// Numbers without a sign whose whole part is between these.
fn with_fraction(low: u128, high: u128) -> String {
    format!("{}({})?", magnitudes(low, high), fraction())
}

/// The last whole number without an exponent.
fn whole_last() -> u128 {
    10_u128.pow(LARGE.start().unsigned_abs()) - 1
}

/// Numbers without a sign that are not below `bound`, which has none.
fn at_least(bound: &Decimal, included: bool) -> String {
    let size = Size::of(bound);
    let mut parts: Vec<_> = SIZES.into_iter().filter(|larger| *larger > size).map(Size::all).collect();
    let whole = bound.floor().unsigned_abs();
    match size {
        Size::Zero => parts.extend(included.then(|| size.all())),
        Size::Plain => {
            if whole + 1 < WHOLE_FROM {
                parts.push(with_fraction(whole + 1, WHOLE_FROM - 1));
            }
            parts.push(same_or_more(&whole.to_string(), bound.fraction(), included));
        }
        Size::Whole => {
            let first = if included && bound.is_whole() { whole } else { whole + 1 };
            parts.extend((first <= whole_last()).then(|| magnitudes(first, whole_last())));
        }
        Size::Tiny if bound.scientific().1 < *TINY.start() => {
            let is_within = *bound < least() || (*bound == least() && included);
            parts.extend(is_within.then(|| LEAST.to_owned()));
            parts.extend(powers(&TINY));
        }
        Size::Tiny | Size::Large => {
            let (digits, power) = bound.scientific();
            parts.extend(powers(&(power + 1..=*size.powers().end())));
            let (first, rest) = digits.split_at(1);
            let mut mantissas = vec![same_or_more(first, rest, included)];
            mantissas.extend(between(first, b'9'));
            parts.push(format!("{}{}", either(&mantissas), exponent(&(power..=power))));
        }
    }
    either(&parts)
}

/// Numbers without a sign that are not above `bound`, which has none.
fn at_most(bound: &Decimal, included: bool) -> String {
    let size = Size::of(bound);
    let mut parts: Vec<_> = SIZES.into_iter().filter(|smaller| *smaller < size).map(Size::all).collect();
    let whole = bound.floor().unsigned_abs();
    match size {
        Size::Zero => parts.extend(included.then(|| size.all())),
        Size::Plain => {
            if whole > 0 {
                parts.push(with_fraction(0, whole - 1));
            }
            parts.extend(same_or_less(&whole.to_string(), bound.fraction(), included));
        }
        Size::Whole => {
            let last = if included || !bound.is_whole() { whole } else { whole - 1 };
            parts.extend((last >= WHOLE_FROM).then(|| magnitudes(WHOLE_FROM, last)));
        }
        Size::Tiny if bound.scientific().1 < *TINY.start() => {
            let is_within = *bound > least() || (*bound == least() && included);
            parts.extend(is_within.then(|| LEAST.to_owned()));
        }
        Size::Tiny | Size::Large => {
            let (digits, power) = bound.scientific();
            parts.extend((size == Size::Tiny).then(|| LEAST.to_owned()));
            parts.extend(powers(&(*size.powers().start()..=power - 1)));
            let (first, rest) = digits.split_at(1);
            let mut mantissas: Vec<_> = same_or_less(first, rest, included).into_iter().collect();
            mantissas.extend(between(first, b'1'));
            if !mantissas.is_empty() {
                parts.push(format!("{}{}", either(&mantissas), exponent(&(power..=power))));
            }
        }
    }
    either(&parts)
}

/// The least double above 0.
fn least() -> Decimal {
    Number::from_f64(5e-324).map_or_else(|| Decimal::of(0), |number| Decimal::new(&number))
}

/// Mantissas whose first digit is behind `first` in the direction of `last`.
fn between(first: &str, last: u8) -> Option<String> {
    let (_, next) = steps(first.as_bytes(), last).next()?;
    let (low, high) = if last == b'9' { (next, '9') } else { ('1', next) };
    Some(format!("[{low}-{high}]({})?", fraction()))
}

/// Numbers with an exponent whose power of ten is one of these, if there is any.
fn powers(powers: &RangeInclusive<i32>) -> Option<String> {
    (!powers.is_empty()).then(|| format!("[1-9]({})?{}", fraction(), exponent(powers)))
}

/// One of these exponents, which all have the same sign.
fn exponent(powers: &RangeInclusive<i32>) -> String {
    let sign = if *powers.start() < 0 { "-" } else { "[+]?" };
    let (one, other) = (powers.start().unsigned_abs(), powers.end().unsigned_abs());
    format!("[eE]{sign}{}", magnitudes(one.min(other).into(), one.max(other).into()))
}

/// Numbers with this whole part that are not below the one with this fraction.
fn same_or_more(whole: &str, digits: &str, included: bool) -> String {
    match (digits.is_empty(), included) {
        (true, true) => format!("{whole}({})?", fraction()),
        (true, false) => format!("{whole}[.]{}", not_zeros()),
        (false, _) => {
            let end = if included { "[0-9]*".to_owned() } else { not_zeros() };
            let mut parts = vec![format!("{digits}{end}")];
            let steps = steps(digits.as_bytes(), b'9');
            parts.extend(steps.map(|(before, first)| format!("{before}[{first}-9][0-9]*")));
            format!("{whole}[.]{}", either(&parts))
        }
    }
}

/// Numbers with this whole part that are not above the one with this fraction, if there is any.
fn same_or_less(whole: &str, digits: &str, included: bool) -> Option<String> {
    match (digits.is_empty(), included) {
        (true, true) => Some(format!("{whole}([.]0{{1,{FRACTION_MAX}}})?")),
        (true, false) => None,
        (false, _) => {
            let steps = steps(digits.as_bytes(), b'0');
            let mut below: Vec<_> = steps
                .map(|(before, last)| format!("{before}[0-{last}][0-9]*"))
                .chain((1..digits.len()).map(|length| digits[..length].to_owned()))
                .collect();
            if included {
                below.push(format!("{digits}0*"));
            }
            Some(format!("{whole}([.]{})?", either(&below)))
        }
    }
}

/// For each digit that is not `last`: those before it, and the next one in the direction of `last`.
fn steps(digits: &[u8], last: u8) -> impl Iterator<Item = (String, char)> {
    let steps = digits.iter().enumerate().filter(move |(_, digit)| **digit != last);
    steps.map(move |(place, digit)| {
        let next = if last == b'9' { digit + 1 } else { digit - 1 };
        (String::from_utf8_lossy(&digits[..place]).into_owned(), next as char)
    })
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

    /// Whether a number's text is matched where these are the bounds.
    fn is_within(low: &str, high: &str, included: bool, text: &str) -> bool {
        let bound = |text: &str| Bound { at: decimal(text), included };
        numbers(&bound(low), &bound(high)).iter().all(|part| matcher(part).is_match(text).unwrap())
    }

    #[test]
    fn large_and_tiny_numbers_have_exponents() {
        for (low, high, fine, wrong) in [
            (
                "6.02e23",
                "1e24",
                ["6.02e23", "9.9E+23", "1e24"],
                ["6.01e23", "1.1e24", "602000000000000000000000"],
            ),
            ("5", "1e30", ["5", "1e30", "999999999999999999999"], ["4", "1e31", "2e30"]),
            ("-1e25", "-1e22", ["-1e25", "-5.5e24", "-1e22"], ["1e23", "-1e21", "-1.1e25"]),
            ("0", "1e-300", ["0", "1e-300", "9.5e-301"], ["1e-299", "0.1", "1.1e-300"]),
            ("1e-20", "1e-5", ["1e-20", "0.00001", "2.5e-18"], ["1e-21", "0", "0.00002"]),
            ("-1e-320", "1e-320", ["-1e-320", "0.0", "5e-321"], ["1e-319", "-0.1", "2e-320"]),
            (
                "1e308",
                "1.7976931348623157e308",
                ["1e308", "1.79769313486231e308", "1.5e+308"],
                ["9e307", "1.8e308", "1e309"],
            ),
            (
                "1.797693134862315e308",
                "1.7976931348623157e308",
                ["1.797693134862315e308", "1.7976931348623150e+308", "1.7976931348623157E308"],
                ["1.797693134862314e308", "1.8e308", "1e308"],
            ),
            (
                "-1.7976931348623157e308",
                "-1.797693134862315e308",
                ["-1.797693134862315e308", "-1.7976931348623157e308", "-1.7976931348623151e308"],
                ["-1.797693134862314e308", "1.797693134862315e308", "0"],
            ),
            ("0", "5e-324", ["0", "5e-324", "5E-324"], ["4e-324", "6e-324", "1e-323"]),
            ("5e-324", "2e-323", ["5e-324", "1e-323", "1.5e-323"], ["0", "4e-324", "2.1e-323"]),
            ("-1", "-5e-324", ["-5e-324", "-1e-323", "-0.5"], ["0", "-4e-324", "5e-324"]),
            (
                "4503599627370495.5",
                "9007199254740996",
                ["4503599627370495.5", "9007199254740993", "4503599627370496"],
                ["4503599627370496.5", "4503599627370495.4", "9007199254740997"],
            ),
        ] {
            for text in fine {
                assert!(is_within(low, high, true, text), "{text} from {low} to {high}");
            }
            for text in wrong {
                assert!(!is_within(low, high, true, text), "{text} from {low} to {high}");
            }
            assert!(!is_within(low, high, false, low) && !is_within(low, high, false, high), "{low} {high}");
        }
        assert!(!is_within("0.5", "1e17", true, "0.51234567890123456789"), "digits end");
        assert!(
            !is_within("1e300", "1.7976931348623157e308", false, "1.00000000000000001e300"),
            "read as the bound"
        );
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
