//! JSON as Python's `json.dumps` writes it, which is what models were trained on. Must not know chat
//! formats.

use std::fmt::Write as _;

use minijinja::{
    Error, ErrorKind, State, Value,
    value::{Kwargs, ValueKind},
};

use super::literal::is_sentinel;

/// Deepest nesting that is written.
const DEPTH_LIMIT: usize = 64;

/// A template's value for one of JSON; keys stay in their order. serde_json itself limits the nesting of
/// what it reads.
pub(super) fn to_value(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(truth) => Value::from(*truth),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::from(number),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::from(items.iter().map(to_value).collect::<Vec<_>>()),
        Json::Object(map) => {
            Value::from_pairs(map.iter().map(|(key, value)| (key.as_str(), to_value(value))))
        }
    }
}

/// The `tojson` filter as transformers defines it: non-ASCII as it is, keys in their order, and
/// Python's separators.
#[allow(clippy::needless_pass_by_value, reason = "minijinja's signature of a filter")]
pub(super) fn tojson(state: &State, value: &Value, kwargs: Kwargs) -> Result<Value, Error> {
    let indent = match kwargs.get::<Option<Value>>("indent")?.filter(|value| !value.is_none()) {
        None => None,
        Some(value) => match value.as_usize() {
            Some(width) if width <= 16 => Some(width),
            _ => return Err(invalid("tojson: indent must be from 0 to 16")),
        },
    };
    let (item, key) = match kwargs.get::<Option<Value>>("separators")?.filter(|value| !value.is_none()) {
        None if indent.is_some() => (",".to_owned(), ": ".to_owned()),
        None => (", ".to_owned(), ": ".to_owned()),
        Some(pair) => (pair.get_item_by_index(0)?.to_string(), pair.get_item_by_index(1)?.to_string()),
    };
    let mut writer = Writer {
        text: String::new(),
        indent,
        item_separator: item,
        key_separator: key,
        ascii_only: kwargs.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false),
        sorted: kwargs.get::<Option<bool>>("sort_keys")?.unwrap_or(false),
    };
    kwargs.assert_all_used()?;
    writer.write(value, 0, &mut |work| state.consume_fuel(work))?;
    Ok(Value::from(writer.text))
}

/// A value of JSON as `json.dumps` writes it. What is nested deeper than any template could write it is left out.
pub(super) fn to_text(json: &serde_json::Value) -> String {
    let mut writer = Writer {
        text: String::new(),
        indent: None,
        item_separator: ", ".to_owned(),
        key_separator: ": ".to_owned(),
        ascii_only: false,
        sorted: false,
    };
    let written = writer.write(&to_value(json), 0, &mut |_| Ok(()));
    if written.is_ok() { writer.text } else { "null".to_owned() }
}

fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}

/// Pays for work, or fails.
type Charge<'a> = &'a mut dyn FnMut(u64) -> Result<(), Error>;

struct Writer {
    text: String,
    indent: Option<usize>,
    item_separator: String,
    key_separator: String,
    ascii_only: bool,
    sorted: bool,
}

impl Writer {
    /// Writes `value`; every value costs fuel, so that a small template can't ask for endless JSON.
    fn write(&mut self, value: &Value, depth: usize, charge: Charge<'_>) -> Result<(), Error> {
        charge(1 + value.as_str().map_or(0, str::len) as u64 / 64)?;
        if depth > DEPTH_LIMIT {
            return Err(invalid(format!("tojson: nested more than {DEPTH_LIMIT} deep")));
        }
        match value.kind() {
            ValueKind::None => self.text.push_str("null"),
            ValueKind::Bool => self.text.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => self.write_number(value),
            ValueKind::String => self.write_text(value.as_str().unwrap_or_default()),
            ValueKind::Seq | ValueKind::Iterable => self.write_sequence(value, depth, charge)?,
            ValueKind::Map => self.write_map(value, depth, charge)?,
            other => return Err(invalid(format!("tojson: {other} is not JSON"))),
        }
        Ok(())
    }

    fn write_number(&mut self, value: &Value) {
        match f64::try_from(value.clone()) {
            Ok(number) if !value.is_integer() => self.text.push_str(&python_float(number)),
            _ => self.text.push_str(&value.to_string()),
        }
    }

    fn write_sequence(&mut self, value: &Value, depth: usize, charge: Charge<'_>) -> Result<(), Error> {
        self.text.push('[');
        let mut empty = true;
        for item in value.try_iter()?.checked() {
            self.begin_item(empty, depth + 1);
            empty = false;
            self.write(&item?, depth + 1, charge)?;
        }
        self.end(empty, depth, ']');
        Ok(())
    }

    fn write_map(&mut self, value: &Value, depth: usize, charge: Charge<'_>) -> Result<(), Error> {
        let mut keys = value.try_iter()?.checked().collect::<Result<Vec<_>, _>>()?;
        if self.sorted {
            keys.sort();
        }
        self.text.push('{');
        for (index, key) in keys.iter().enumerate() {
            self.begin_item(index == 0, depth + 1);
            match key.as_str() {
                Some(text) => self.write_text(text),
                None if matches!(key.kind(), ValueKind::Number | ValueKind::Bool | ValueKind::None) => {
                    self.text.push('"');
                    self.write(key, depth + 1, charge)?;
                    self.text.push('"');
                }
                None => return Err(invalid("tojson: a key must be a text or a number")),
            }
            self.text.push_str(&self.key_separator);
            self.write(&value.get_item(key)?, depth + 1, charge)?;
        }
        self.end(keys.is_empty(), depth, '}');
        Ok(())
    }

    fn begin_item(&mut self, first: bool, depth: usize) {
        if !first {
            self.text.push_str(&self.item_separator);
        }
        self.begin_line(depth);
    }

    fn end(&mut self, empty: bool, depth: usize, bracket: char) {
        if !empty {
            self.begin_line(depth);
        }
        self.text.push(bracket);
    }

    fn begin_line(&mut self, depth: usize) {
        if let Some(width) = self.indent {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', width * depth));
        }
    }

    fn write_text(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\u{8}' => self.text.push_str("\\b"),
                '\u{c}' => self.text.push_str("\\f"),
                // A sentinel must come through, whatever it stands for.
                _ if character < ' ' || (self.ascii_only && character > '~' && !is_sentinel(character)) => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        let _ = write!(self.text, "\\u{unit:04x}");
                    }
                }
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }
}

/// A float as Python's `repr` writes it: the shortest digits that read back the same, with an exponent
/// below 1e-4 and from 1e16 on.
fn python_float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 || (1e-4..1e16).contains(&number.abs()) {
        return format!("{number:?}");
    }
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_pythons() {
        // Python: [repr(x) for x in (1.0, 0.1, 1e16, 1.5e-05, 1e-4, 123456789.125, -0.0, 1e300)]
        let cases = [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1.5e-5, "1.5e-05"),
            (1e-4, "0.0001"),
            (123_456_789.125, "123456789.125"),
            (-0.0, "-0.0"),
            (1e300, "1e+300"),
        ];
        for (number, expected) in cases {
            assert_eq!(python_float(number), expected);
        }
    }
}
