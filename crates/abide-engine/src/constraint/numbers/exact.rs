//! Numbers in schemas that the compiler would take for others, or can't count to: it has doubles for all of them, and from 2⁵³ on a double
//! is several whole numbers. Such a part of a schema is put as a text that no schema of anybody's can hold, at a place of its own, so that it
//! becomes a lexeme of its own; what that is to match stands in the text. Must not know lexers.
//!
//! Constants are known, so whether they are valid under all that is said beside them is found out here, however schemas are laid over each
//! other. Where schemas are so laid over the parts of a value, the compiler has to know what a number is: there bounds are those doubles
//! that are nearest within; a constant can't be had.

mod bounds;
mod constants;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use abide_generation::schema::{Decimal, Reach, Unenforceable, is_annotation, is_layered, is_valid, reached};
use serde_json::{Deserializer, Map, Number, Value, json};

use self::bounds::Range;
use self::constants::{SEARCHED_MAX, constants, constants_of, is_inexact, text_of_constant};
use super::super::layers::Layers;
use super::super::patterns::check_grammar;
use super::super::schema::check_parts;
use super::multiples;
use super::ranges::Size;

/// What begins such a text: a code point that stands for no character, and never will (Unicode 23.7).
pub(super) const MARK: char = '\u{fdd0}';
/// What stands between expressions that all must match.
pub(super) const AND: char = '&';
/// What begins [`Multiples`](super::multiples::Multiples) instead.
pub(super) const MULTIPLE: char = '%';

/// What begins a schema in a grammar.
pub(super) const KEYWORD: &str = "%json";

/// Where the texts are in a schema.
const PLACES: &str = "$defs";

/// Annotations that change what others mean, and the compiler's own options.
const KEPT: [&str; 6] = ["$schema", "$id", "id", "$defs", "definitions", "x-guidance"];

/// From here on doubles don't tell whole numbers apart.
const DOUBLES_MAX: i128 = 1 << 53;

/// The largest step that the compiler counts multiples in, its point left out: it keeps a state for each remainder, and never ends with millions.
const STEP_MAX: u64 = 400;

/// Most digits behind a step's point that the compiler has room for.
const STEP_PLACES_MAX: u32 = 4;

/// Most schemas that are looked at to find out which constants are valid.
const VISITS_MAX: usize = 2_000_000;

/// Bounds, by the keyword.
const BOUNDS: [&str; 4] = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];

/// Puts the numbers that need it into such texts. If what can't be had is passed over, such constants become the nearest doubles, and such bounds
/// go.
///
/// # Errors
/// Says where one stands that can't be had.
pub(in super::super) fn replace(schema: &mut Value, unenforceable: Unenforceable) -> Result<(), String> {
    let mut left = multiples::WORK_MAX;
    replace_within(schema, unenforceable, &mut left)
}

/// As [`replace`], with so much work `left` for multiples.
fn replace_within(schema: &mut Value, unenforceable: Unenforceable, left: &mut usize) -> Result<(), String> {
    if schema.to_string().contains(MARK) {
        return Err(format!("it holds U+{:04X}, which is no character", MARK as u32));
    }
    let mut texts = BTreeMap::new();
    place_constants(schema, unenforceable, &mut texts)?;
    // What refers to them is followed.
    define(schema, &texts);
    check_layered_steps(schema, unenforceable)?;
    // The innermost first: those around them are told with what has become of them.
    for (pointer, reach) in reached(schema).into_iter().rev() {
        let Some(Value::Object(part)) = schema.pointer(&pointer) else { continue };
        let told = match (Part { schema: part, reach, texts: &mut texts }.told(left), unenforceable) {
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

/// Checks whether the compiler can count in all steps together that are laid over the same value; what is passed over goes.
fn check_layered_steps(schema: &mut Value, unenforceable: Unenforceable) -> Result<(), String> {
    let mut passed_over = BTreeSet::new();
    // In units of the last place that there may be.
    let units = |part: &Map<String, Value>| {
        let step = number(part, "multipleOf").filter(|step| !is_no_step(step))?;
        let (coefficient, places) = Decimal::new(step).scaled()?;
        Some(u128::from(coefficient) * 10_u128.pow(STEP_PLACES_MAX - places))
    };
    let layers = Layers::of(schema, units)?;
    for parts in layers.values() {
        let mut together: u128 = 1;
        for (pointer, &units) in parts {
            let common = together / greatest_divisor(together, units) * units;
            let counted = (0..STEP_PLACES_MAX)
                .fold(common, |step, _| if step.is_multiple_of(10) { step / 10 } else { step });
            if counted <= STEP_MAX.into() {
                together = common;
            } else if unenforceable == Unenforceable::Refused {
                return Err(format!(
                    "at `#{pointer}`: with the others laid over it, `multipleOf` is {counted}, its point left out; at most {STEP_MAX} can be counted"
                ));
            } else {
                passed_over.insert(pointer.to_owned());
            }
        }
    }
    for pointer in passed_over {
        if let Some(Value::Object(part)) = schema.pointer_mut(&pointer) {
            part.shift_remove("multipleOf");
        }
    }
    Ok(())
}

fn greatest_divisor(one: u128, other: u128) -> u128 {
    if other == 0 { one } else { greatest_divisor(other, one % other) }
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
    let left = Cell::new(VISITS_MAX);
    for (pointer, reach) in reached(&root) {
        let part = root.pointer(&pointer).filter(|part| schema.pointer(&pointer) == Some(*part));
        let (Some(Value::Object(part)), Reach::Alone) = (part, reach) else { continue };
        let told = match (
            Part { schema: part, reach, texts: &mut *texts }.told_by_constants(&root, &left),
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
    let (mut replaced, mut outside) = (String::with_capacity(grammar.len()), String::new());
    let mut rest = grammar;
    let mut left = multiples::WORK_MAX;
    while let Some(place) = rest.find(KEYWORD) {
        let (before, behind) = rest.split_at(place + KEYWORD.len());
        replaced.push_str(before);
        outside.push_str(before);
        rest = behind;
        let mut values = Deserializer::from_str(behind).into_iter::<Value>();
        let Some(Ok(schema)) = values.next() else { continue };
        let mut exact = schema.clone();
        // So the compiler is told by who puts schemas into grammars.
        let lenient = schema.pointer("/x-guidance/lenient") == Some(&Value::Bool(true));
        let unenforceable = if lenient { Unenforceable::PassedOver } else { Unenforceable::Refused };
        check_parts(&schema)
            .and_then(|()| replace_within(&mut exact, unenforceable, &mut left))
            .map_err(|problem| format!("in a schema behind {KEYWORD}: {problem}"))?;
        let (text, after) = behind.split_at(values.byte_offset());
        rest = after;
        if exact == schema {
            replaced.push_str(text);
        } else {
            if exact.get("allOf") == Some(&json!([false])) {
                return Err(format!("in a schema behind {KEYWORD}: no value is valid under it"));
            }
            replaced.push_str(&format!(" {exact}"));
        }
    }
    replaced.push_str(rest);
    outside.push_str(rest);
    check_grammar(&outside)?;
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
    /// What this part has to say instead, but for constants that were placed already; `None`: as it is. `left` is the work that is left for
    /// multiples.
    fn told(mut self, left: &mut usize) -> Result<Option<Told>, String> {
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
        let alone = self.reach == Reach::Alone && !is_layered(self.schema);
        let step = number(self.schema, "multipleOf");
        if let Some(step) = step.filter(|step| is_no_step(step) && !(alone && constants.is_none())) {
            return Err(no_step(step));
        }
        let mut bounds = BOUNDS.iter().filter_map(|keyword| number(self.schema, keyword)).map(Decimal::exact);
        // The compiler counts in digits, of which the tiny ones have hundreds.
        let is_told = |bound: Decimal| is_far(&bound) || Size::of(&bound) == Size::Tiny;
        if constants.is_some() || !(bounds.any(is_told) || (alone && step.is_some())) {
            return Ok(None);
        }
        let Some(range) = Range::of(self.schema)? else {
            return Ok(alone.then(|| Told::Options(self.others())));
        };
        let ends = [&range.low, &range.high];
        let is_near = ends.into_iter().flatten().all(|bound| !is_far(&bound.at));
        if !alone || (range.integer && is_near && step.is_none()) {
            return range.within_doubles().map(|bounds| Some(Told::Bounds(bounds)));
        }
        let text = match step {
            Some(step) => format!("{MULTIPLE}{}", range.multiples(step, left)?),
            None => range.text(),
        };
        let mut options = self.others();
        options.push(self.place(&text));
        Ok(Some(Told::Options(options)))
    }

    /// What this part, which stands alone in `root`, has to say instead if it lists its values, and doubles can't hold them: those of them
    /// that are valid under all that it says. `left` are the schemas that may be looked at for that.
    fn told_by_constants(mut self, root: &Value, left: &Cell<usize>) -> Result<Option<Told>, String> {
        let mut searched = SEARCHED_MAX;
        let Some(constants) = constants(self.schema, root, &mut searched) else { return Ok(None) };
        let is_told = number(self.schema, "multipleOf").is_some_and(is_no_step)
            || constants.iter().any(|constant| is_inexact(constant));
        if !constants.is_empty() && !is_told {
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
            match (is_valid(constant, &beside, root, left), is_inexact(constant)) {
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

fn number<'a>(schema: &'a Map<String, Value>, keyword: &str) -> Option<&'a Number> {
    schema.get(keyword).and_then(Value::as_number)
}

/// Whether the compiler can't count multiples in these. It has a double, and takes that times ten until nothing is behind its point.
fn is_no_step(step: &Number) -> bool {
    let Some((coefficient, places)) = Decimal::new(step).scaled() else { return true };
    let counted = (0..places).fold(step.as_f64().unwrap_or(0.0), |double, _| double * 10.0);
    coefficient > STEP_MAX || places > STEP_PLACES_MAX || counted != coefficient as f64
}

fn no_step(step: &Number) -> String {
    let number = Decimal::new(step);
    if number.is_negative() || number.is_zero() {
        return format!("`multipleOf` must be above 0, but is {step}");
    }
    format!(
        "`multipleOf` can be at most {STEP_MAX}, its point left out, with {STEP_PLACES_MAX} digits behind the point, where schemas are laid over each \
         other or constants are listed; it is {step}"
    )
}

fn is_far(number: &Decimal) -> bool {
    number.floor() >= DOUBLES_MAX || number.ceil() <= -DOUBLES_MAX
}
