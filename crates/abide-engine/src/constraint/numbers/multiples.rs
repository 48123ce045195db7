//! Multiples of a step as an expression: for each remainder that is reached, the digits that may follow. Must not know schemas.
//!
//! The compiler's own expression for multiples has a state for each remainder of the step, at each digit where digits are counted as well, and
//! to find out whether any of them leads to an end it goes through all of them. Here only those are made that lead to one, those that have the
//! same ends are one, and numbers are no longer than can be written with so many. What is made is checked for nothing later.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::iter::successors;

use llguidance::derivre::{ExprRef, RegexAst, RegexBuilder};

/// Most states of an expression: what each answer has a copy of.
const STATES_MAX: usize = 5_000;

/// Most remainders that are looked at for an expression.
const LOOKED_AT_MAX: usize = 50_000;

/// Remainders that may be looked at for all the numbers of a schema.
pub(super) const WORK_MAX: usize = 400_000;

/// Most digits that a number has, before the point and behind it.
pub(super) const DIGITS_MAX: u32 = 30;

/// Powers of ten that a remainder is taken behind: one for each digit, and one more.
const POWERS: usize = DIGITS_MAX as usize + 3;

/// Multiples of `coefficient`, which is not 0, from `low` to `high`, with zeros behind them, and among these a point before the last `places` digits:
/// there are no zeros if there are places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Multiples {
    coefficient: u64,
    places: u32,
    zeros: u32,
    low: i128,
    high: i128,
}

impl Multiples {
    /// Those from `low` to `high` in units of the last place, both within [`DIGITS_MAX`] digits. `None` if there are none, or they can't be written
    /// with what is `left` of [`WORK_MAX`].
    pub(super) fn new(
        coefficient: u64,
        places: u32,
        (low, high): (i128, i128),
        left: &mut usize,
    ) -> Option<Self> {
        let mut all = Self { coefficient, places, zeros: 0, low, high };
        while places == 0 && all.coefficient.is_multiple_of(10) {
            all.coefficient /= 10;
            all.zeros += 1;
            all.low = -(-all.low).div_euclid(10);
            all.high = all.high.div_euclid(10);
        }
        // The longest that can be written, if not all.
        let longest = digits(all.low.unsigned_abs().max(all.high.unsigned_abs()));
        let (mut fitting, mut too_long, mut length) = (0, longest + 1, longest);
        let mut found = None;
        while fitting + 1 < too_long {
            let most = 10_i128.pow(length) - 1;
            let some = Self { low: all.low.max(-most), high: all.high.min(most), ..all };
            let mut automaton = Automaton::new(&some, *left);
            if let Ok(parts) = some.parts(&mut automaton) {
                fitting = length;
                found = parts.has_any().then_some(some);
            } else {
                too_long = length;
            }
            *left = left.saturating_sub(automaton.looked_at.len());
            length = u32::midpoint(fitting, too_long);
        }
        found
    }

    /// What was written as a text.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let mut next = || parts.next();
        Some(Self {
            coefficient: next()?.parse().ok()?,
            places: next()?.parse().ok()?,
            zeros: next()?.parse().ok()?,
            low: next()?.parse().ok()?,
            high: next()?.parse().ok()?,
        })
    }

    /// The expression that matches them.
    ///
    /// # Errors
    /// When they can't be written.
    pub(super) fn expression(&self, builder: &mut RegexBuilder) -> Result<ExprRef, String> {
        let mut automaton = Automaton::new(self, WORK_MAX);
        let parts = self.parts(&mut automaton).map_err(|TooMuch| "too many multiples".to_owned())?;
        let states = automaton.expressions(builder)?;
        let numbers = |starts: &[usize]| {
            let starts = starts.iter().map(|state| RegexAst::ExprRef(states[*state])).collect();
            RegexAst::Concat(vec![RegexAst::Or(starts), RegexAst::Literal("0".repeat(self.zeros as usize))])
        };
        let minus = RegexAst::Literal("-".to_owned());
        let mut signs = vec![numbers(&parts.above), RegexAst::Concat(vec![minus, numbers(&parts.below)])];
        if parts.zero {
            signs.push(RegexAst::Literal("0".to_owned()));
        }
        builder.mk(&RegexAst::Or(signs)).map_err(|error| format!("{error:#}"))
    }

    fn parts(&self, automaton: &mut Automaton) -> Result<Parts, TooMuch> {
        let zero = self.low <= 0 && self.high >= 0;
        let above = automaton.magnitudes(self.low.max(1), self.high)?;
        let below = automaton.magnitudes((-self.high).max(1), -self.low)?;
        Ok(Parts { zero, above, below })
    }
}

impl std::fmt::Display for Multiples {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { coefficient, places, zeros, low, high } = self;
        write!(formatter, "{coefficient},{places},{zeros},{low},{high}")
    }
}

/// Where numbers begin, without their sign.
struct Parts {
    zero: bool,
    above: Vec<usize>,
    below: Vec<usize>,
}

impl Parts {
    fn has_any(&self) -> bool {
        self.zero || !self.above.is_empty() || !self.below.is_empty()
    }
}

/// More states than are made.
struct TooMuch;

/// What follows: whether the number may end here, and where each byte leads.
type State = (bool, Vec<(u8, usize)>);

/// Where in a number one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    /// How many digits are still to come before the point, at least and at most.
    whole: (u32, u32),
    /// How many may come behind it.
    places: u32,
    point: Point,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Point {
    ToCome,
    JustWritten,
    Written,
}

struct Automaton {
    coefficient: u64,
    places: u32,
    /// The remainders of the powers of ten.
    powers: Vec<u64>,
    states: Vec<State>,
    /// The same by what they are, so that none is there twice.
    known: HashMap<State, usize>,
    /// What became of a remainder at a place that no bound is near to.
    looked_at: HashMap<(Place, u64), Option<usize>>,
    looked_at_max: usize,
}

impl Automaton {
    fn new(multiples: &Multiples, left: usize) -> Self {
        let Multiples { coefficient, places, .. } = *multiples;
        let (states, known, looked_at) = (Vec::new(), HashMap::new(), HashMap::new());
        let looked_at_max = LOOKED_AT_MAX.min(left);
        let next = |power: &u64| Some((u128::from(*power) * 10 % u128::from(coefficient)) as u64);
        let powers = successors(Some(1 % coefficient), next).take(POWERS).collect();
        Self { coefficient, places, powers, states, known, looked_at, looked_at_max }
    }

    /// Where the multiples from `low` to `high` begin, both above 0 and in units of the last place: those of each length whose first or last is one
    /// of the bounds, and those of all lengths between.
    fn magnitudes(&mut self, low: i128, high: i128) -> Result<Vec<usize>, TooMuch> {
        let mut starts = Vec::new();
        let mut between: Option<(u32, u32)> = None;
        if low > high {
            return Ok(starts);
        }
        for length in self.whole_digits(low)..=self.whole_digits(high) {
            let size = length + self.places;
            let (least, most) = (10_i128.pow(size - 1), 10_i128.pow(size) - 1);
            if length > 1 && low <= least && high >= most {
                between = Some((between.map_or(length, |(from, _)| from), length));
                continue;
            }
            let least = if length == 1 { 0 } else { least };
            let text = |number: i128| format!("{number:0width$}", width = size as usize);
            let (low, high) = (text(low.max(least)), text(high.min(most)));
            let place = Place { whole: (length, length), places: self.places, point: Point::ToCome };
            starts.extend(self.state(place, 0, Some(low.as_bytes()), Some(high.as_bytes()))?);
        }
        if let Some((from, to)) = between {
            let place = Place { whole: (from - 1, to - 1), places: self.places, point: Point::ToCome };
            let mut ways = Vec::new();
            for digit in 1..=9_u8 {
                let state = self.state(place, u64::from(digit) % self.coefficient, None, None)?;
                ways.extend(state.map(|state| (b'0' + digit, state)));
            }
            if !ways.is_empty() {
                starts.push(self.add((false, ways))?);
            }
        }
        Ok(starts)
    }

    /// Digits before the point of a number in units of the last place.
    fn whole_digits(&self, number: i128) -> u32 {
        digits(number.unsigned_abs()).saturating_sub(self.places).max(1)
    }

    /// What may follow the digits so far, whose remainder this is, if anything may. Where they are those of a bound, the bound's further digits are
    /// given.
    fn state(
        &mut self,
        place: Place,
        remainder: u64,
        low: Option<&[u8]>,
        high: Option<&[u8]>,
    ) -> Result<Option<usize>, TooMuch> {
        let remainder = remainder % self.counted(place.whole.0 + place.places);
        if !self.leads_to_an_end(place, remainder) {
            return Ok(None);
        }
        let is_free = low.is_none() && high.is_none();
        if let Some(known) = self.looked_at.get(&(place, remainder)).filter(|_| is_free) {
            return Ok(*known);
        }
        if self.looked_at.len() >= self.looked_at_max {
            return Err(TooMuch);
        }
        let is_complete = self.times_ten(remainder, place.places) == 0
            && low.is_none_or(|low| low.iter().all(|digit| *digit == b'0'));
        let may_end = match place.point {
            Point::ToCome => place.whole.0 == 0,
            Point::JustWritten => false,
            Point::Written => true,
        };
        let mut ways = Vec::new();
        if place.point == Point::ToCome && place.whole.0 == 0 && place.places > 0 {
            let behind = Place { whole: (0, 0), point: Point::JustWritten, ..place };
            ways.extend(self.state(behind, remainder, low, high)?.map(|state| (b'.', state)));
        }
        if let Some(next) = place.behind_a_digit() {
            for digit in b'0'..=b'9' {
                let is_beyond = |bound: Option<&[u8]>, beyond| {
                    bound.and_then(<[u8]>::first).is_some_and(|first| digit.cmp(first) == beyond)
                };
                if is_beyond(low, Ordering::Less) || is_beyond(high, Ordering::Greater) {
                    continue;
                }
                let digits = self.times_ten(remainder, 1) + u64::from(digit - b'0') % self.coefficient;
                let (low, high) = (behind(low, digit), behind(high, digit));
                let state = self.state(next, digits % self.coefficient, low, high)?;
                ways.extend(state.map(|state| (digit, state)));
            }
        }
        let ends = may_end && is_complete;
        let state = if ends || !ways.is_empty() { Some(self.add((ends, ways))?) } else { None };
        if is_free {
            self.looked_at.insert((place, remainder), state);
        }
        Ok(state)
    }

    /// Of how many remainders the rest can tell one from another if so many digits are to come at least.
    fn counted(&self, digits: u32) -> u64 {
        let (mut coefficient, mut twos, mut fives) = (self.coefficient, digits, digits);
        while twos > 0 && coefficient.is_multiple_of(2) {
            (coefficient, twos) = (coefficient / 2, twos - 1);
        }
        while fives > 0 && coefficient.is_multiple_of(5) {
            (coefficient, fives) = (coefficient / 5, fives - 1);
        }
        coefficient
    }

    /// Whether any digits make a multiple of a remainder.
    fn leads_to_an_end(&self, place: Place, remainder: u64) -> bool {
        (place.whole.0..=place.whole.1).rev().any(|whole| {
            let digits = whole + place.places;
            let rest = self.times_ten(remainder, digits);
            let missing = if rest == 0 { 0 } else { self.coefficient - rest };
            u128::from(missing) < 10_u128.pow(digits)
        })
    }

    /// The remainder behind so many zeros.
    fn times_ten(&self, remainder: u64, zeros: u32) -> u64 {
        let power = self.powers[zeros as usize];
        remainder.checked_mul(power).map_or_else(
            || (u128::from(remainder) * u128::from(power) % u128::from(self.coefficient)) as u64,
            |product| product % self.coefficient,
        )
    }

    fn add(&mut self, state: State) -> Result<usize, TooMuch> {
        if let Some(known) = self.known.get(&state) {
            return Ok(*known);
        }
        let number = self.states.len();
        if number >= STATES_MAX {
            return Err(TooMuch);
        }
        self.states.push(state.clone());
        self.known.insert(state, number);
        Ok(number)
    }

    /// An expression for each state: what a state leads to comes before it.
    fn expressions(&self, builder: &mut RegexBuilder) -> Result<Vec<ExprRef>, String> {
        let mut expressions: Vec<ExprRef> = Vec::with_capacity(self.states.len());
        for (ends, ways) in &self.states {
            let mut bytes: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
            for (byte, state) in ways {
                let set = bytes.entry(*state).or_insert_with(|| vec![0; 256 / 32]);
                set[usize::from(*byte) / 32] |= 1 << (byte % 32);
            }
            let way = |(state, bytes): (usize, Vec<u32>)| {
                RegexAst::Concat(vec![RegexAst::ByteSet(bytes), RegexAst::ExprRef(expressions[state])])
            };
            let mut options: Vec<_> = bytes.into_iter().map(way).collect();
            options.extend(ends.then_some(RegexAst::EmptyString));
            let expression = builder.mk(&RegexAst::Or(options)).map_err(|error| format!("{error:#}"))?;
            expressions.push(expression);
        }
        Ok(expressions)
    }
}

impl Place {
    /// Behind one digit more, if one may come.
    fn behind_a_digit(self) -> Option<Self> {
        let (least, most) = self.whole;
        match self.point {
            Point::ToCome if most > 0 => Some(Self { whole: (least.saturating_sub(1), most - 1), ..self }),
            Point::ToCome => None,
            Point::JustWritten | Point::Written => {
                let places = self.places.checked_sub(1)?;
                Some(Self { places, point: Point::Written, ..self })
            }
        }
    }
}

/// What is left of a bound behind a digit, if it is the bound's own.
fn behind(bound: Option<&[u8]>, digit: u8) -> Option<&[u8]> {
    bound?.strip_prefix(&[digit]).filter(|rest| !rest.is_empty())
}

fn digits(number: u128) -> u32 {
    number.checked_ilog10().unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a text is matched.
    fn matches(multiples: &Multiples, text: &str) -> bool {
        let mut builder = RegexBuilder::new();
        let expression = multiples.expression(&mut builder).unwrap();
        builder.to_regex(expression).is_match(text)
    }

    fn multiples(coefficient: u64, places: u32, low: i128, high: i128) -> Option<Multiples> {
        let mut left = WORK_MAX;
        Multiples::new(coefficient, places, (low, high), &mut left)
    }

    #[test]
    fn multiples_are_written_with_few_digits() {
        let most = 10_i128.pow(15) - 1;
        for (coefficient, places, fine, wrong) in [
            (500, 0, ["0", "500", "-123456789012500"], ["250", "-0", "0500", "500.0"]),
            (86_400, 0, ["86400", "1731888000", "-86400"], ["8640", "1731888001", "86401", "00"]),
            (1024, 0, ["1024", "1048576", "-3072"], ["1023", "512", "10240.", "-"]),
            (65_536, 0, ["65536", "131072", "0"], ["65535", "6553", "131071", "1"]),
            (1_234_567, 0, ["1234567", "-2469134", "0"], ["1234568", "2469135", "123456", "12345670.0"]),
            (25, 11, ["0.00000000025", "-0.5", "7"], ["0.00000000026", "0.", ".5", "0.000000000251"]),
            (1_220_703_125, 13, ["0.0001220703125", "0.5", "1.25"], ["0.00012207031", "0.1", "1.", "01"]),
            (1234, 8, ["0.00001234", "0.1234", "-0.00002468"], ["0.00001235", "0.1", "0.000012340", "2"]),
        ] {
            let multiples = multiples(coefficient, places, -most, most).unwrap();
            assert_eq!(Multiples::read(&multiples.to_string()), Some(multiples));
            for text in fine {
                assert!(matches(&multiples, text), "{text} of {multiples}");
            }
            for text in wrong {
                assert!(!matches(&multiples, text), "{text} of {multiples}");
            }
        }
        assert_eq!(multiples(700, 0, 701, 1399), None);
        assert_eq!(multiples(1 << 62, 0, 1, 1 << 61), None);
        // What can't be written with so many states has fewer digits, and with none nothing can.
        assert!(multiples(999_983, 0, -most, most).is_some_and(|some| some.high < most));
        assert_eq!(Multiples::new(7, 0, (1, most), &mut 0), None);
    }

    proptest! {
        #[test]
        fn multiples_are_those_that_division_finds(
            coefficient in prop_oneof![1..50_u64, 1..100_000_u64, 1..u64::MAX / 4],
            places in 0..6_u32,
            (one, other) in (-1_000_000..1_000_000_i128, -1_000_000..1_000_000_i128),
            (number, factor) in (-1_000_000..1_000_000_i128, -20..20_i128),
        ) {
            let (low, high) = (one.min(other), one.max(other));
            let first = low + (-low).rem_euclid(coefficient.into());
            let multiples = multiples(coefficient, places, low, high);
            prop_assert_eq!(multiples.is_some(), first <= high);
            let Some(multiples) = multiples else { return Ok(()) };
            let most = multiples.high.max(-multiples.low) * 10_i128.pow(multiples.zeros);
            for number in [number, first, first + i128::from(coefficient), factor * i128::from(coefficient), low, high] {
                let sign = if number < 0 { "-" } else { "" };
                let digits = format!("{:0width$}", number.unsigned_abs(), width = places as usize + 1);
                let (whole, behind) = digits.split_at(digits.len() - places as usize);
                let text = if places == 0 || number == 0 { format!("{sign}{}", number.unsigned_abs()) } else { format!("{sign}{whole}.{behind}") };
                let expected = number % i128::from(coefficient) == 0 && (low..=high).contains(&number);
                prop_assert!(expected == matches(&multiples, &text) || number.abs() > most, "{}", text);
            }
        }
    }
}
