//! What the bounds of a schema leave of numbers: as expressions, as multiples, and as bounds that the compiler counts to. Must not know where
//! in a schema they stand.

use abide_generation::schema::Decimal;
use serde_json::{Map, Number, Value, json};

use super::super::multiples::{self, Multiples};
use super::super::ranges::{Bound, Size, integers, literally, numbers};
use super::{AND, has_type, is_far, no_step, number};

/// Digits of multiples, those behind the point included, that doubles tell apart.
const MULTIPLE_DIGITS: u32 = 15;

/// As many where both bounds of whole numbers are given: those of the largest that has 64 bits.
const INTEGER_DIGITS: u32 = 19;

/// The largest double that the compiler counts to.
const COUNTED_MAX: f64 = (i64::MAX - 1023) as f64;

/// What numbers are within.
pub(super) struct Range {
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
    pub(super) integer: bool,
}

impl Range {
    /// That of a schema; `None` if nothing is in it.
    pub(super) fn of(schema: &Map<String, Value>) -> Result<Option<Self>, String> {
        let integer = !has_type(schema, "number");
        let at = |number| {
            let exact = Decimal::exact(number);
            // What has an exponent is read as a double by everybody.
            if integer || Size::of(&exact) != Size::Large { exact } else { Decimal::new(number) }
        };
        let bound = |keyword: &str, exclusive: &str| {
            let included = number(schema, keyword).map(|number| Bound {
                at: at(number),
                // As draft 4 says it.
                included: schema.get(exclusive) != Some(&Value::Bool(true)),
            });
            let excluded = number(schema, exclusive).map(|number| Bound { at: at(number), included: false });
            [included, excluded].into_iter().flatten()
        };
        let strictness = |bound: &Bound| !bound.included;
        let low = bound("minimum", "exclusiveMinimum")
            .max_by(|one, other| one.at.cmp(&other.at).then(strictness(one).cmp(&strictness(other))));
        let high = bound("maximum", "exclusiveMaximum")
            .min_by(|one, other| one.at.cmp(&other.at).then(strictness(other).cmp(&strictness(one))));
        let range = Self { low, high, integer };
        let (low, high) = range.ends();
        let beyond = low.at > Decimal::of(u64::MAX.into()) || high.at < Decimal::of(i64::MIN.into());
        if range.integer && beyond {
            return Err(
                "no whole number of 64 bits is within these bounds, and longer ones can't be counted"
                    .to_owned(),
            );
        }
        let empty = if range.integer {
            let (low, high) = range.integers();
            low > high
        } else {
            low.at > high.at || (low.at == high.at && !(low.included && high.included))
        };
        Ok((!empty).then_some(range))
    }

    /// The first and the last. An end that is open is that of doubles; of whole numbers, an end that is open, or further than anybody
    /// counts, is that of 64 bits with a sign, or without one where the other end is beyond it.
    fn ends(&self) -> (Bound, Bound) {
        let (low, high) = (self.low.clone(), self.high.clone());
        if !self.integer {
            let end =
                |double| Number::from_f64(double).map_or_else(|| Decimal::of(0), |end| Decimal::new(&end));
            let end = |double| Bound { at: end(double), included: true };
            return (low.unwrap_or_else(|| end(f64::MIN)), high.unwrap_or_else(|| end(f64::MAX)));
        }
        let end = |number: i128| Bound { at: Decimal::of(number), included: true };
        let (least, most) = (i64::MIN.into(), i64::MAX.into());
        let lowest = low.filter(|bound| bound.at >= Decimal::of(least));
        let highest = high.filter(|bound| bound.at <= Decimal::of(u64::MAX.into()));
        let beyond = self.low.as_ref().is_some_and(|bound| bound.at >= Decimal::of(most));
        let most = if beyond { u64::MAX.into() } else { most };
        (lowest.unwrap_or_else(|| end(least)), highest.unwrap_or_else(|| end(most)))
    }

    fn integers(&self) -> (i128, i128) {
        let (low, high) = self.ends();
        whole_ends(&low, &high)
    }

    /// The expressions that match these numbers.
    pub(super) fn text(&self) -> String {
        if self.integer {
            let (low, high) = self.integers();
            return if low == high { literally(&low.to_string()) } else { integers(low, high) };
        }
        let (low, high) = self.ends();
        numbers(&low, &high).join(&AND.to_string())
    }

    /// Those of these numbers that are multiples of `step`, as far as they have no more digits than tell them apart, or a bound has.
    pub(super) fn multiples(&self, step: &Number, left: &mut usize) -> Result<Multiples, String> {
        let decimal = Decimal::new(step);
        if decimal.is_negative() || decimal.is_zero() {
            return Err(no_step(step));
        }
        let (low, high) = self.ends();
        let scaled = decimal.scaled().map(|(coefficient, places)| {
            if self.integer { (whole_step(coefficient, places), 0) } else { (coefficient, places) }
        });
        let digits_of =
            |number: &Decimal, places: u32| number.scientific().1.saturating_add(1 + places as i32);
        let counted = scaled.and_then(|(coefficient, places)| {
            let usual = match (self.integer, &self.low, &self.high) {
                (true, Some(_), Some(_)) => INTEGER_DIGITS,
                _ => MULTIPLE_DIGITS,
            };
            // That of the bound which is nearest to 0 can be written, and the step.
            let least = match (low.at.is_negative(), high.at.is_negative()) {
                (true, false) => 0,
                (true, true) => digits_of(&high.at, places),
                (false, _) => digits_of(&low.at, places),
            };
            let needed = least.max(digits_of(&decimal, places)) + 1;
            let digits = usual.max(u32::try_from(needed).unwrap_or(0));
            (digits.max(places + 1) <= multiples::DIGITS_MAX).then_some((coefficient, places, digits))
        });
        let Some((coefficient, places, digits)) = counted else {
            return Err(format!(
                "multiples of {step} can't be counted within these bounds: they have too many digits"
            ));
        };
        let most = 10_i128.pow(digits) - 1;
        let scaled = |bound: &Bound| Bound { at: bound.at.shifted(places), included: bound.included };
        let (first, last) = whole_ends(&scaled(&low), &scaled(&high));
        let multiples = Multiples::new(coefficient, places, (first.max(-most), last.min(most)), left);
        multiples.ok_or_else(|| match left {
            0 => format!(
                "multiples of {step} can't be counted: with all others of the schema they take too much"
            ),
            _ => format!("no multiple of {step} can be written within these bounds"),
        })
    }

    /// Keywords for the same numbers, or fewer, whose values are doubles that the compiler counts to.
    pub(super) fn within_doubles(&self) -> Result<Vec<(&'static str, Value)>, String> {
        let (mut low, mut high) = self.ends();
        if self.integer {
            let (first, last) = self.integers();
            let whole = |number| Bound { at: Decimal::of(number), included: true };
            (low, high) = (whole(first), whole(last));
        }
        // What is nearer to 0 than any number that is written.
        let is_tiny = |bound: &Bound| Size::of(&bound.at) == Size::Tiny;
        let zero = |included| Bound { at: Decimal::of(0), included };
        if is_tiny(&low) {
            low = zero(low.at.is_negative());
        }
        if is_tiny(&high) {
            high = zero(!high.at.is_negative());
        }
        let up = nearest(&low.at, |exact| *exact < low.at, f64::next_up);
        let down = nearest(&high.at, |exact| *exact > high.at, f64::next_down);
        if up > COUNTED_MAX || down < -COUNTED_MAX {
            return Err(
                "bounds near the ends of 64 bits, or beyond, can't be held to where schemas are laid over each other"
                    .to_owned(),
            );
        }
        let is_far = |bound: &Option<Bound>| bound.as_ref().is_some_and(|bound| is_far(&bound.at));
        let mut bounds = Vec::new();
        // Where one is far, the compiler can't count without the other.
        if self.low.is_some() || is_far(&self.high) {
            let keyword = if low.included { "minimum" } else { "exclusiveMinimum" };
            bounds.push((keyword, json!(up.max(-COUNTED_MAX))));
        }
        if self.high.is_some() || is_far(&self.low) {
            let keyword = if high.included { "maximum" } else { "exclusiveMaximum" };
            bounds.push((keyword, json!(down.min(COUNTED_MAX))));
        }
        Ok(bounds)
    }
}

/// The step of the whole numbers among the multiples of `coefficient · 10^-places`.
fn whole_step(coefficient: u64, places: u32) -> u64 {
    let divide = |step: u64, by: u64| {
        (0..places).fold(step, |step, _| if step.is_multiple_of(by) { step / by } else { step })
    };
    divide(divide(coefficient, 2), 5)
}

/// The first and the last whole number within.
fn whole_ends(low: &Bound, high: &Bound) -> (i128, i128) {
    let first = if low.included { low.at.ceil() } else { low.at.floor() + 1 };
    let last = if high.included { high.at.floor() } else { high.at.ceil() - 1 };
    (first, last)
}

/// The double nearest to a number that is not outside.
fn nearest(number: &Decimal, is_outside: impl Fn(&Decimal) -> bool, next: impl Fn(f64) -> f64) -> f64 {
    // All its digits: its shortest text is another number.
    let exact =
        |double| Number::from_f64(double).map_or_else(|| Decimal::of(0), |number| Decimal::exact(&number));
    let mut double = number.written().parse().unwrap_or(COUNTED_MAX);
    while is_outside(&exact(double)) {
        double = next(double);
    }
    double
}
