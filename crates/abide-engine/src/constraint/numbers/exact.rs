//! Numbers in schemas that the compiler would take for others: it has doubles for all of them, and from 2⁵³ on a double is several
//! whole numbers. Such a part of a schema is put as a text that no schema of anybody's can hold, at a place of its own, so that it
//! becomes a lexeme of its own; what that is to match stands in the text. Must not know lexers.
//!
//! Where schemas are laid over each other, the compiler has to know what a number is. There bounds are those doubles that are
//! nearest within; a constant can't be had.

use std::collections::BTreeMap;

use abide_generation::schema::{Reach, Unenforceable, is_annotation, reached};
use serde_json::{Deserializer, Map, Number, Value, json};

use super::ranges::{Bound, Decimal, either, integers, literally, numbers};

/// What begins such a text: a code point that stands for no character, and never will (Unicode 23.7).
pub(super) const MARK: char = '\u{fdd0}';
/// What stands between expressions that all must match.
pub(super) const AND: char = '&';
/// What begins a multiple instead: `%COEFFICIENT,EXPONENT`.
pub(super) const MULTIPLE: char = '%';

/// Where the texts are in a schema.
const PLACES: &str = "$defs";

/// Annotations that change what others mean, and the compiler's own options.
const KEPT: [&str; 6] = ["$schema", "$id", "id", "$defs", "definitions", "x-guidance"];

/// From here on doubles don't tell whole numbers apart.
const DOUBLES_MAX: i128 = 1 << 53;

/// Digits that any double keeps. What has more may be another number than the one that was sent.
const KEPT_MAX: usize = 15;

/// Most digits of a constant that is written without an exponent, too.
const WRITTEN_MAX: usize = 40;

/// The largest double that the compiler counts to.
const COUNTED_MAX: f64 = (i64::MAX - 1023) as f64;

/// Bounds, by the keyword.
const BOUNDS: [&str; 4] = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];

/// Keywords that lay schemas over a value.
const LAYERS: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];

/// Puts the numbers that need it into such texts. If what can't be had is passed over, such constants become the nearest doubles, and such bounds
/// go.
///
/// # Errors
/// Says where one stands that can't be had.
pub(in super::super) fn replace(schema: &mut Value, unenforceable: Unenforceable) -> Result<(), String> {
    if schema.to_string().contains(MARK) {
        return Err(format!("it holds U+{:04X}, which is no character", MARK as u32));
    }
    let mut texts = BTreeMap::new();
    // The innermost first: those around them are told with what has become of them.
    for (pointer, reach) in reached(schema).into_iter().rev() {
        let Some(Value::Object(part)) = schema.pointer(&pointer) else { continue };
        let told = match (Part { schema: part, reach, texts: &mut texts }.told(), unenforceable) {
            (Ok(told), _) => told,
            (Err(_), Unenforceable::PassedOver) => {
                constants(part).is_none().then(|| Told::Bounds(Vec::new()))
            }
            (Err(problem), Unenforceable::Refused) => return Err(format!("at `#{pointer}`: {problem}")),
        };
        if let (Some(told), Some(part)) = (told, schema.pointer_mut(&pointer)) {
            told.put(part);
        }
    }
    if texts.is_empty() {
        return Ok(());
    }
    // Beside an annotation that it does not know, the compiler lays any value over what a reference says.
    for pointer in reached(schema).into_keys() {
        if let Some(Value::Object(part)) = schema.pointer_mut(&pointer) {
            part.retain(|keyword, _| !is_annotation(keyword) || KEPT.contains(&keyword.as_str()));
        }
    }
    if let Value::Object(root) = schema {
        let place = |(text, name): (String, String)| (name, json!({ "type": "string", "const": text }));
        let places = texts.into_iter().map(place);
        match root.entry(PLACES).or_insert_with(|| json!({})) {
            Value::Object(defined) => defined.extend(places),
            other => *other = places.collect(),
        }
    }
    Ok(())
}

/// Does so in the schemas within a grammar.
///
/// # Errors
/// As [`replace`].
pub(in super::super) fn replace_in_grammar(grammar: &str) -> Result<String, String> {
    const KEYWORD: &str = "%json";
    if grammar.contains(MARK) {
        return Err(format!("it holds U+{:04X}, which is no character", MARK as u32));
    }
    let mut replaced = String::with_capacity(grammar.len());
    let mut rest = grammar;
    while let Some(place) = rest.find(KEYWORD) {
        let (before, behind) = rest.split_at(place + KEYWORD.len());
        replaced.push_str(before);
        rest = behind;
        let mut values = Deserializer::from_str(behind).into_iter::<Value>();
        let Some(Ok(schema)) = values.next() else { continue };
        let mut exact = schema.clone();
        // So the compiler is told by who puts schemas into grammars.
        let lenient = schema.pointer("/x-guidance/lenient") == Some(&Value::Bool(true));
        let unenforceable = if lenient { Unenforceable::PassedOver } else { Unenforceable::Refused };
        replace(&mut exact, unenforceable)
            .map_err(|problem| format!("in a schema behind {KEYWORD}: {problem}"))?;
        if exact != schema {
            replaced.push_str(&format!(" {exact}"));
            rest = &behind[values.byte_offset()..];
        }
    }
    replaced.push_str(rest);
    Ok(replaced)
}

/// What a part of a schema says of numbers, and how it is reached.
struct Part<'a> {
    schema: &'a Map<String, Value>,
    reach: Reach,
    texts: &'a mut BTreeMap<String, String>,
}

/// What takes the place of what a part says.
enum Told {
    /// Keywords with other values.
    Bounds(Vec<(&'static str, Value)>),
    /// One of these instead of all that it says.
    Options(Vec<Value>),
}

impl Told {
    fn put(self, part: &mut Value) {
        let Value::Object(map) = part else { return };
        let options = match self {
            Self::Bounds(bounds) => {
                for keyword in BOUNDS {
                    map.shift_remove(keyword);
                }
                map.extend(bounds.into_iter().map(|(keyword, value)| (keyword.to_owned(), value)));
                return;
            }
            Self::Options(options) => options,
        };
        map.retain(|keyword, _| KEPT.contains(&keyword.as_str()));
        match <[Value; 1]>::try_from(options) {
            Ok([Value::Object(option)]) => map.extend(option),
            Ok([option]) => drop(map.insert("allOf".to_owned(), json!([option]))),
            Err(options) if options.is_empty() => drop(map.insert("allOf".to_owned(), json!([false]))),
            Err(options) => drop(map.insert("anyOf".to_owned(), Value::Array(options))),
        }
    }
}

impl Part<'_> {
    /// What this part has to say instead; `None`: as it is.
    fn told(mut self) -> Result<Option<Told>, String> {
        let alone =
            self.reach == Reach::Alone && !LAYERS.iter().any(|layer| self.schema.contains_key(*layer));
        if let Some(constants) = constants(self.schema) {
            if !constants.iter().any(|constant| is_inexact(constant)) {
                return Ok(None);
            }
            if !alone {
                return Err(format!(
                    "`const` and `enum` can't hold numbers beyond ±{DOUBLES_MAX}, or of more than {} digits, where schemas are \
                     laid over each other",
                    super::DIGITS_MAX
                ));
            }
            return self.options(constants).map(|options| Some(Told::Options(options)));
        }
        let far =
            |keyword: &&str| number(self.schema, keyword).is_some_and(|number| is_far(&Decimal::new(number)));
        if !self.is_numeric() || !BOUNDS.iter().any(far) {
            return Ok(None);
        }
        let Some(range) = Range::of(self.schema)? else {
            return Ok(alone.then(|| Told::Options(self.others())));
        };
        if !alone {
            return range.within_doubles().map(|bounds| Some(Told::Bounds(bounds)));
        }
        let text = range.text(self.schema)?;
        let mut options = self.others();
        options.push(self.place(&text));
        Ok(Some(Told::Options(options)))
    }

    /// Each of the constants that doubles can't hold by itself, and the others as they are listed.
    fn options(&mut self, constants: Vec<&Value>) -> Result<Vec<Value>, String> {
        let (inexact, exact): (Vec<_>, Vec<_>) = constants.into_iter().partition(|value| is_inexact(value));
        let mut options = Vec::new();
        if !exact.is_empty() {
            let mut others = self.schema.clone();
            others.retain(|keyword, _| !is_annotation(keyword) && keyword != "const");
            others.insert("enum".to_owned(), exact.into_iter().cloned().collect());
            options.push(Value::Object(others));
        }
        for constant in inexact {
            if self.allows(constant)? {
                options.push(self.constant(constant)?);
            }
        }
        Ok(options)
    }

    /// Whether a constant that is listed is valid under what else is said.
    fn allows(&self, constant: &Value) -> Result<bool, String> {
        let (kind, more): (_, &[&str]) = match constant {
            Value::Number(number) => {
                let number = Decimal::new(number);
                let is_integer = number.is_whole() && self.has_type("integer");
                let in_range = Range::of(self.schema)?.is_some_and(|range| range.holds(&number));
                return Ok(in_range && (self.has_type("number") || is_integer));
            }
            Value::Array(_) => {
                ("array", &["items", "prefixItems", "additionalItems", "minItems", "maxItems"])
            }
            _ => (
                "object",
                &["properties", "patternProperties", "additionalProperties", "required", "maxProperties"],
            ),
        };
        match more.iter().find(|keyword| self.schema.contains_key(**keyword)) {
            Some(keyword) => Err(format!(
                "`const` and `enum` can't hold {kind}s with numbers beyond ±{DOUBLES_MAX} beside `{keyword}`"
            )),
            None => Ok(self.has_type(kind)),
        }
    }

    /// A schema under which this value alone is valid.
    fn constant(&mut self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::Number(number) => {
                let text = text_of_constant(number)?;
                self.place(&text)
            }
            Value::Array(values) => {
                let items = values.iter().map(|value| self.constant(value)).collect::<Result<Vec<_>, _>>()?;
                let count = items.len();
                json!({ "type": "array", "items": items, "additionalItems": false, "minItems": count, "maxItems": count })
            }
            Value::Object(fields) => {
                let mut properties = Map::new();
                for (name, value) in fields {
                    properties.insert(name.clone(), self.constant(value)?);
                }
                let required: Vec<_> = fields.keys().collect();
                json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
            }
            other => json!({ "const": other }),
        })
    }

    /// What is said of other values than numbers.
    fn others(&self) -> Vec<Value> {
        let kinds = ["null", "boolean", "string", "array", "object"];
        let kinds: Vec<_> = kinds.into_iter().filter(|kind| self.has_type(kind)).collect();
        if kinds.is_empty() {
            return Vec::new();
        }
        let mut others = self.schema.clone();
        others.retain(|keyword, _| {
            !is_annotation(keyword) && keyword != "multipleOf" && !BOUNDS.contains(&keyword.as_str())
        });
        others.insert("type".to_owned(), json!(kinds));
        vec![Value::Object(others)]
    }

    fn is_numeric(&self) -> bool {
        self.has_type("number") || self.has_type("integer")
    }

    fn has_type(&self, kind: &str) -> bool {
        has_type(self.schema, kind)
    }

    /// A schema that is `text` alone.
    fn place(&mut self, text: &str) -> Value {
        let count = self.texts.len();
        let name =
            self.texts.entry(format!("{MARK}{text}")).or_insert_with(|| format!("number{MARK}{count}"));
        json!({ "$ref": format!("#/{PLACES}/{name}") })
    }
}

fn has_type(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => true,
    }
}

/// The values that are valid, if they are listed.
fn constants(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    let listed = schema.get("enum").and_then(Value::as_array);
    match (schema.get("const"), listed) {
        (Some(constant), None) => Some(vec![constant]),
        (Some(constant), Some(listed)) => Some(listed.iter().filter(|value| *value == constant).collect()),
        (None, Some(listed)) => Some(listed.iter().collect()),
        (None, None) => None,
    }
}

fn number<'a>(schema: &'a Map<String, Value>, keyword: &str) -> Option<&'a Number> {
    schema.get(keyword).and_then(Value::as_number)
}

fn is_far(number: &Decimal) -> bool {
    number.floor() >= DOUBLES_MAX || number.ceil() <= -DOUBLES_MAX
}

/// Whether there is a number in a constant that the compiler would not write as it is.
fn is_inexact(constant: &Value) -> bool {
    match constant {
        Value::Number(number) => {
            let number = Decimal::new(number);
            is_far(&number) || number.digits() > super::DIGITS_MAX
        }
        Value::Array(values) => values.iter().any(is_inexact),
        Value::Object(fields) => fields.values().any(is_inexact),
        _ => false,
    }
}

/// A constant as it came, and without an exponent if that is not too long.
fn text_of_constant(number: &Number) -> Result<String, String> {
    let decimal = Decimal::new(number);
    let written = decimal.written();
    let digits = written.trim_matches(['-', '0']);
    // What has more digits than anybody writes out was written with an exponent.
    let is_long = decimal.is_whole() && written.len() <= WRITTEN_MAX && digits.len() > KEPT_MAX;
    if number.is_f64() && is_long && is_far(&decimal) {
        return Err(format!(
            "whole numbers beyond 64 bits can't be told apart to the last digit, and {number} is one"
        ));
    }
    let mut texts = vec![literally(&number.to_string())];
    if written.len() <= WRITTEN_MAX && written != number.to_string() {
        texts.push(literally(&written));
    }
    Ok(either(&texts))
}

/// What numbers are within.
struct Range {
    low: Option<Bound>,
    high: Option<Bound>,
    integer: bool,
}

impl Range {
    /// That of a schema; `None` if nothing is in it.
    fn of(schema: &Map<String, Value>) -> Result<Option<Self>, String> {
        let bound = |keyword: &str, exclusive: &str| {
            let included = number(schema, keyword).map(|number| Bound {
                at: Decimal::new(number),
                // As draft 4 says it.
                included: schema.get(exclusive) != Some(&Value::Bool(true)),
            });
            let excluded =
                number(schema, exclusive).map(|number| Bound { at: Decimal::new(number), included: false });
            [included, excluded].into_iter().flatten()
        };
        let strictness = |bound: &Bound| !bound.included;
        let low = bound("minimum", "exclusiveMinimum")
            .max_by(|one, other| one.at.cmp(&other.at).then(strictness(one).cmp(&strictness(other))));
        let high = bound("maximum", "exclusiveMaximum")
            .min_by(|one, other| one.at.cmp(&other.at).then(strictness(other).cmp(&strictness(one))));
        let range = Self { low, high, integer: !has_type(schema, "number") };
        let (low, high) = range.ends();
        if low.at > Decimal::of(u64::MAX as i128) || high.at < Decimal::of(i64::MIN as i128) {
            return Err(
                "no number of 64 bits is within these bounds, and longer ones can't be counted".to_owned()
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

    fn holds(&self, number: &Decimal) -> bool {
        let above = |bound: &Bound| *number > bound.at || (*number == bound.at && bound.included);
        let below = |bound: &Bound| *number < bound.at || (*number == bound.at && bound.included);
        self.low.as_ref().is_none_or(above) && self.high.as_ref().is_none_or(below)
    }

    /// The first and the last, where an end that is open, or further than anybody counts, is that of 64 bits with a sign, or without
    /// one where the other end is beyond it.
    fn ends(&self) -> (Bound, Bound) {
        let end = |number: i128| Bound { at: Decimal::of(number), included: true };
        let (least, most) = (i64::MIN as i128, i64::MAX as i128);
        let lowest = self.low.clone().filter(|bound| bound.at >= Decimal::of(least));
        let highest = self.high.clone().filter(|bound| bound.at <= Decimal::of(u64::MAX as i128));
        let beyond = self.low.as_ref().is_some_and(|bound| bound.at >= Decimal::of(most));
        let most = if beyond { u64::MAX as i128 } else { most };
        (lowest.unwrap_or_else(|| end(least)), highest.unwrap_or_else(|| end(most)))
    }

    fn integers(&self) -> (i128, i128) {
        let (low, high) = self.ends();
        let first = if low.included { low.at.ceil() } else { low.at.floor() + 1 };
        let last = if high.included { high.at.floor() } else { high.at.ceil() - 1 };
        (first, last)
    }

    /// The expressions that match these numbers, and multiples of what `schema` says.
    fn text(&self, schema: &Map<String, Value>) -> Result<String, String> {
        let mut parts = if self.integer {
            let (low, high) = self.integers();
            vec![if low == high { either(&[literally(&low.to_string())]) } else { integers(low, high) }]
        } else {
            let (low, high) = self.ends();
            numbers(&low, &high).to_vec()
        };
        if let Some(multiple) = number(schema, "multipleOf") {
            let scaled = Decimal::new(multiple).scaled();
            let (coefficient, exponent) = scaled.ok_or_else(|| {
                format!("`multipleOf` must be above 0 and have fewer digits, but is {multiple}")
            })?;
            let (low, high) = self.integers();
            if exponent == 0
                && self.integer
                && low.div_euclid(coefficient.into()) == high.div_euclid(coefficient.into())
                && low.rem_euclid(coefficient.into()) != 0
            {
                return Err(format!("no multiple of {multiple} is within these bounds"));
            }
            parts.push(format!("{MULTIPLE}{coefficient},{exponent}"));
        }
        Ok(parts.join(&AND.to_string()))
    }

    /// Keywords for the same numbers, or fewer, whose values are doubles.
    fn within_doubles(&self) -> Result<Vec<(&'static str, Value)>, String> {
        let (low, high) = self.ends();
        let (mut least, mut most) = (low.at.clone(), high.at.clone());
        if self.integer {
            let (first, last) = self.integers();
            (least, most) = (Decimal::of(first), Decimal::of(last));
        }
        let (low_included, high_included) = (low.included || self.integer, high.included || self.integer);
        let up = nearest(&least, |exact| *exact < least, f64::next_up);
        let down = nearest(&most, |exact| *exact > most, f64::next_down);
        if up > COUNTED_MAX || down < -COUNTED_MAX {
            return Err(
                "bounds near the ends of 64 bits can't be held to where schemas are laid over each other"
                    .to_owned(),
            );
        }
        Ok(vec![
            (if low_included { "minimum" } else { "exclusiveMinimum" }, json!(up.max(-COUNTED_MAX))),
            (if high_included { "maximum" } else { "exclusiveMaximum" }, json!(down.min(COUNTED_MAX))),
        ])
    }
}

/// The double nearest to a number that is not outside.
fn nearest(number: &Decimal, is_outside: impl Fn(&Decimal) -> bool, next: impl Fn(f64) -> f64) -> f64 {
    let exact = |double: f64| match Number::from_f64(double) {
        // All its digits: its shortest text is another number.
        Some(_) if double.fract() == 0.0 => Decimal::of(double as i128),
        Some(number) => Decimal::new(&number),
        None => Decimal::of(0),
    };
    let mut double = number.written().parse().unwrap_or(COUNTED_MAX);
    while is_outside(&exact(double)) {
        double = next(double);
    }
    double
}
