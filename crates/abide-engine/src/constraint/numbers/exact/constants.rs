//! The constants of schemas: which a schema lists, and how those are written that the compiler would write otherwise. Must not know what
//! becomes of them.

use abide_generation::schema::{Decimal, is_same};
use serde_json::{Map, Number, Value};

use super::super::DIGITS_MAX;
use super::super::ranges::{either, literally};
use super::is_far;

/// Digits that any double keeps. What has more may be another number than the one that was sent.
const KEPT_MAX: usize = 15;

/// Most digits of a constant that is written without an exponent, too.
const WRITTEN_MAX: usize = 40;

/// Most schemas that are searched for the constants of a value.
pub(super) const SEARCHED_MAX: usize = 200;

/// The values that a schema lists itself.
pub(super) fn constants_of(schema: &Map<String, Value>) -> Option<Vec<&Value>> {
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
pub(super) fn constants<'a>(
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

/// Whether there is a number in a constant that the compiler would not write as it is.
pub(super) fn is_inexact(constant: &Value) -> bool {
    match constant {
        Value::Number(number) => {
            let number = Decimal::new(number);
            is_far(&number) || number.digits() > DIGITS_MAX
        }
        Value::Array(values) => values.iter().any(is_inexact),
        Value::Object(fields) => fields.values().any(is_inexact),
        _ => false,
    }
}

/// A constant as it came, and without an exponent if that is not too long.
pub(super) fn text_of_constant(number: &Number) -> Result<String, String> {
    let decimal = Decimal::new(number);
    let written = decimal.written();
    let digits = written.trim_matches(['-', '0']);
    // What has more digits than anybody writes out was written with an exponent.
    let is_long = decimal.is_whole() && written.len() <= WRITTEN_MAX && digits.len() > KEPT_MAX;
    let exact = Decimal::exact(number);
    if number.is_f64() && is_long && is_far(&decimal) {
        return Err(format!(
            "a whole number beyond 64 bits, or with a point or an exponent, can't be had to more than {KEPT_MAX} digits: one is read as {}",
            exact.written()
        ));
    }
    let mut texts = vec![literally(&number.to_string())];
    // Who reads whole numbers to the last digit takes them for others than the double.
    if written.len() <= WRITTEN_MAX && written != number.to_string() && exact == decimal {
        texts.push(literally(&written));
    }
    Ok(either(&texts))
}
