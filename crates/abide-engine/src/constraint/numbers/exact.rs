//! Numbers in schemas that the compiler would take for others, or can't count to: it has doubles for all of them, and from 2⁵³ on a double
//! is several whole numbers. Such a part of a schema is put as a text that no schema of anybody's can hold, at a place of its own, so that it
//! becomes a lexeme of its own; what that is to match stands in the text. Must not know lexers.
//!
//! Constants are known, so whether they are valid under all that is said beside them is found out here, however schemas are laid over each
//! other. Where schemas are so laid over the parts of a value, the compiler has to know what a number is: there bounds are those doubles
//! that are nearest within; a constant can't be had.

use std::collections::BTreeMap;

use abide_generation::schema::{
    Decimal, Reach, Unenforceable, is_annotation, is_layered, is_same, is_valid, reached,
};
use serde_json::{Deserializer, Map, Number, Value, json};

use super::ranges::{Bound, Size, either, integers, literally, numbers};

/// What begins such a text: a code point that stands for no character, and never will (Unicode 23.7).
pub(super) const MARK: char = '\u{fdd0}';
/// What stands between expressions that all must match.
pub(super) const AND: char = '&';
/// What begins a multiple instead: `%COEFFICIENT,EXPONENT`.
pub(super) const MULTIPLE: char = '%';

/// What begins a schema in a grammar.
pub(super) const KEYWORD: &str = "%json";

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

/// Most schemas that are searched for the constants of a value.
const SEARCHED_MAX: usize = 200;

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
    place_constants(schema, unenforceable, &mut texts)?;
    // What refers to them is followed.
    define(schema, &texts);
    // The innermost first: those around them are told with what has become of them.
    for (pointer, reach) in reached(schema).into_iter().rev() {
        let Some(Value::Object(part)) = schema.pointer(&pointer) else { continue };
        let told = match (Part { schema: part, reach, texts: &mut texts }.told(), unenforceable) {
            (Ok(told), _) => told,
            (Err(_), Unenforceable::PassedOver) => {
                constants_of(part).is_none().then(|| Told::Bounds(Vec::new()))
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
    define(schema, &texts);
    // Beside an annotation that it does not know, the compiler lays any value over what a reference says.
    for pointer in reached(schema).into_keys() {
        if let Some(Value::Object(part)) = schema.pointer_mut(&pointer) {
            part.retain(|keyword, _| !is_annotation(keyword) || KEPT.contains(&keyword.as_str()));
        }
    }
    Ok(())
}

/// Puts the texts at their places.
fn define(schema: &mut Value, texts: &BTreeMap<String, String>) {
    let (false, Value::Object(root)) = (texts.is_empty(), schema) else { return };
    let place = |(text, name): (&String, &String)| (name.clone(), json!({ "type": "string", "const": text }));
    let places = texts.iter().map(place);
    match root.entry(PLACES).or_insert_with(|| json!({})) {
        Value::Object(defined) => defined.extend(places),
        other => *other = places.collect(),
    }
}

/// Puts constants that need it into texts, the outermost first: what lists all values of a value says all of it.
fn place_constants(
    schema: &mut Value,
    unenforceable: Unenforceable,
    texts: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let root = schema.clone();
    for (pointer, reach) in reached(&root) {
        let part = root.pointer(&pointer).filter(|part| schema.pointer(&pointer) == Some(*part));
        let (Some(Value::Object(part)), Reach::Alone) = (part, reach) else { continue };
        let told = match (
            Part { schema: part, reach, texts: &mut *texts }.told_by_constants(&root),
            unenforceable,
        ) {
            (Ok(told), _) => told,
            (Err(_), Unenforceable::PassedOver) => None,
            (Err(problem), Unenforceable::Refused) => return Err(format!("at `#{pointer}`: {problem}")),
        };
        if let (Some(told), Some(part)) = (told, schema.pointer_mut(&pointer)) {
            told.put(part);
        }
    }
    Ok(())
}

/// Does so in the schemas within a grammar.
///
/// # Errors
/// As [`replace`].
pub(in super::super) fn replace_in_grammar(grammar: &str) -> Result<String, String> {
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
            if exact.get("allOf") == Some(&json!([false])) {
                return Err(format!("in a schema behind {KEYWORD}: no value is valid under it"));
            }
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
                map.retain(|keyword, value| {
                    let is_step = keyword == "multipleOf" && value.as_number().is_some_and(is_no_step);
                    !is_step && !BOUNDS.contains(&keyword.as_str())
                });
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
    /// What this part has to say instead, but for constants that were placed already; `None`: as it is.
    fn told(mut self) -> Result<Option<Told>, String> {
        let constants = constants_of(self.schema);
        if constants.as_ref().is_some_and(|constants| constants.iter().any(|value| is_inexact(value))) {
            return Err(format!(
                "`const` and `enum` can't hold numbers beyond ±{DOUBLES_MAX}, or of more than {} digits, where schemas are \
                 laid over each other",
                super::DIGITS_MAX
            ));
        }
        if !self.is_numeric() {
            return Ok(None);
        }
        if let Some(step) = number(self.schema, "multipleOf").filter(|step| is_no_step(step)) {
            return Err(no_step(step));
        }
        if constants.is_some() {
            return Ok(None);
        }
        let alone = self.reach == Reach::Alone && !is_layered(self.schema);
        let mut bounds = BOUNDS.iter().filter_map(|keyword| number(self.schema, keyword)).map(Decimal::exact);
        // The compiler counts in digits, of which the tiny ones have hundreds.
        let is_told = |bound: Decimal| {
            is_far(&bound) || (alone && self.has_type("number") && Size::of(&bound) == Size::Tiny)
        };
        if !bounds.any(is_told) {
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

    /// What this part, which stands alone in `root`, has to say instead if it lists its values, and doubles can't hold them: those of them
    /// that are valid under all that it says.
    fn told_by_constants(mut self, root: &Value) -> Result<Option<Told>, String> {
        let mut left = SEARCHED_MAX;
        let Some(constants) = constants(self.schema, root, &mut left) else { return Ok(None) };
        if !constants.is_empty() && !constants.iter().any(|constant| is_inexact(constant)) {
            return Ok(None);
        }
        let lists = constants_of(self.schema).is_some();
        let mut beside = self.schema.clone();
        beside.retain(|keyword, _| {
            !(is_annotation(keyword) || lists && ["const", "enum"].contains(&keyword.as_str()))
        });
        let beside = Value::Object(beside);
        let (mut valid, mut untold, mut options) = (Vec::new(), Vec::new(), Vec::new());
        for constant in constants {
            match (is_valid(constant, &beside, root), is_inexact(constant)) {
                (Ok(false), _) => {}
                (Ok(true), false) => valid.push(constant.clone()),
                (Ok(true), true) => options.push(self.constant(constant)?),
                (Err(_), false) => untold.push(constant.clone()),
                (Err(keyword), true) => {
                    return Err(format!(
                        "`const` and `enum` can't hold numbers beyond ±{DOUBLES_MAX}, or of more than {} digits, beside \
                         `{keyword}`",
                        super::DIGITS_MAX
                    ));
                }
            }
        }
        if !valid.is_empty() {
            options.push(json!({ "enum": valid }));
        }
        if let (false, Value::Object(mut others)) = (untold.is_empty(), beside) {
            others.insert("enum".to_owned(), Value::Array(untold));
            options.push(Value::Object(others));
        }
        Ok(Some(Told::Options(options)))
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

/// The values that a schema lists itself.
fn constants_of(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
    let listed = schema.get("enum").and_then(Value::as_array);
    match (schema.get("const"), listed) {
        (Some(constant), None) => Some(vec![constant]),
        (Some(constant), Some(listed)) => {
            Some(listed.iter().filter(|value| is_same(value, constant)).collect())
        }
        (None, Some(listed)) => Some(listed.iter().collect()),
        (None, None) => None,
    }
}

/// The values among which all valid ones are, if they are listed: by the schema itself, or by others that it lays over them. `left` is how
/// many of these may still be looked at.
fn constants<'a>(
    schema: &'a Map<String, Value>,
    root: &'a Value,
    left: &mut usize,
) -> Option<Vec<&'a Value>> {
    *left = left.checked_sub(1)?;
    if let Some(constants) = constants_of(schema) {
        return Some(constants);
    }
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    let layers = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let layers = target.and_then(|target| root.pointer(target)).into_iter().chain(layers);
    for layer in layers.filter_map(Value::as_object) {
        if let Some(constants) = constants(layer, root, left) {
            return Some(constants);
        }
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(options) = schema.get(keyword).and_then(Value::as_array) else { continue };
        let listed = |option: &'a Value| constants(option.as_object()?, root, left);
        if let Some(constants) = options.iter().map(listed).collect::<Option<Vec<_>>>() {
            return Some(constants.concat());
        }
    }
    None
}

fn number<'a>(schema: &'a Map<String, Value>, keyword: &str) -> Option<&'a Number> {
    schema.get(keyword).and_then(Value::as_number)
}

/// The largest step that multiples are counted in, its point left out: the compiler keeps a state for each remainder, and never ends with millions.
const STEP_MAX: u32 = 400;

/// Whether multiples can't be counted in these.
fn is_no_step(step: &Number) -> bool {
    Decimal::new(step).scaled().is_none_or(|(coefficient, _)| coefficient > STEP_MAX)
}

fn no_step(step: &Number) -> String {
    let number = Decimal::new(step);
    let problem = if number.is_negative() || number.is_zero() {
        "be above 0".to_owned()
    } else {
        format!("be at most {STEP_MAX}, its point left out")
    };
    format!("`multipleOf` must {problem}, but is {step}")
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
            "a whole number beyond 64 bits, or with a point or an exponent, can't be had to more than {KEPT_MAX} digits: {number} may \
             be another one than was meant"
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
            let scaled = Decimal::new(multiple).scaled().filter(|_| !is_no_step(multiple));
            let (coefficient, exponent) = scaled.ok_or_else(|| no_step(multiple))?;
            let (low, high) = self.ends();
            let uncounted = |bound: &Bound| Size::of(&bound.at) == Size::Large;
            if (uncounted(&low) && !low.at.is_negative()) || (uncounted(&high) && high.at.is_negative()) {
                return Err(format!("multiples of {multiple} that large can't be counted"));
            }
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
                "bounds near the ends of 64 bits, or beyond, can't be held to where schemas are laid over each other"
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
    // All its digits: its shortest text is another number.
    let exact =
        |double| Number::from_f64(double).map_or_else(|| Decimal::of(0), |number| Decimal::exact(&number));
    let mut double = number.written().parse().unwrap_or(COUNTED_MAX);
    while is_outside(&exact(double)) {
        double = next(double);
    }
    double
}
