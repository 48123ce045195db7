//! JSON with its numbers as they were written. Must not know cards.
//!
//! A [`Value`] holds a number as 64 bits do: 12345678901234567890123 loses digits, `1.2300` its zeros, `1e3` its form. How those were written is
//! kept beside it, by their places, and written again where the same number still stands. (serde_json's `arbitrary_precision` was the alternative:
//! cargo would switch it on for every crate of the program, and with it numbers are no numbers to serde any more.)

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::{Deref, DerefMut};

use serde_json::Value;

use crate::near_json;

/// A value, and the numbers in it that it does not hold as they were written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    value: Value,
    /// By JSON Pointer (RFC 6901): what is kept, and how it was written.
    numbers: BTreeMap<String, (Value, String)>,
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self { value, numbers: BTreeMap::new() }
    }
}

impl Deref for Document {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl DerefMut for Document {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.value
    }
}

impl Document {
    /// What [`Self::compact`] or [`Self::pretty`] wrote.
    ///
    /// # Errors
    ///
    /// If it is no JSON.
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let parsed = near_json::parse(text.as_bytes())?;
        Ok(Self::of_text(parsed.value, &parsed.text))
    }

    /// How the numbers below a place are written, by their paths from there.
    pub(super) fn numbers_within<'a>(&'a self, place: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let from = self.numbers.range(format!("{place}/")..);
        from.map_while(move |(path, (_, written))| {
            let rest = path.strip_prefix(place).filter(|rest| rest.starts_with('/'))?;
            Some((rest, written.as_str()))
        })
    }

    /// Has the number at a place written so, if it is that number, and nothing is said of it yet.
    pub(super) fn write_number(&mut self, place: &str, written: &str) {
        let Some(stands) = self.value.pointer(place) else { return };
        let is_said = self.numbers.get(place).is_some_and(|(kept, _)| kept == stands);
        if !is_said && is_written_so(stands, written) {
            let stands = stands.clone();
            self.numbers.insert(place.to_owned(), (stands, written.to_owned()));
        }
    }

    /// `value`, which was parsed of `text`.
    pub(super) fn of_text(value: Value, text: &[u8]) -> Self {
        let numbers = Scanner { text, at: 0, numbers: BTreeMap::new() }.scan(&value);
        Self { value, numbers }
    }

    /// Another value, with the numbers of this one where they still stand.
    #[must_use]
    pub(super) fn with(&self, value: Value) -> Self {
        Self { value, numbers: self.numbers.clone() }
    }

    /// `value`, in which what this one has at the first place stands at the second.
    #[must_use]
    pub(super) fn part(&self, from: &str, to: &str, value: Value) -> Self {
        let numbers = self.numbers.iter().filter_map(|(place, number)| {
            let rest = place.strip_prefix(from)?;
            Some((format!("{to}{rest}"), number.clone()))
        });
        Self { value, numbers: numbers.collect() }
    }

    /// In one line.
    pub(super) fn compact(&self) -> String {
        if self.numbers.is_empty() {
            return self.value.to_string();
        }
        self.written(None)
    }

    /// With two spaces for each level.
    pub(super) fn pretty(&self) -> String {
        if self.numbers.is_empty() {
            return format!("{:#}", self.value);
        }
        self.written(Some(0))
    }

    fn written(&self, indent: Option<usize>) -> String {
        let mut writer = Writer { numbers: &self.numbers, path: String::new(), text: String::new() };
        writer.value(&self.value, indent);
        writer.text
    }
}

/// Adds a step to a JSON Pointer; gives its length before.
fn step(path: &mut String, key: &str) -> usize {
    let before = path.len();
    path.push('/');
    path.push_str(&key.replace('~', "~0").replace('/', "~1"));
    before
}

/// Writes a value as serde_json does, but for the numbers.
struct Writer<'a> {
    numbers: &'a BTreeMap<String, (Value, String)>,
    path: String,
    text: String,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, indent: Option<usize>) {
        let inner = indent.map(|level| level + 1);
        match value {
            Value::Array(items) if !items.is_empty() => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.begin_item(index, inner);
                    let before = step(&mut self.path, &index.to_string());
                    self.value(item, inner);
                    self.path.truncate(before);
                }
                self.break_line(indent);
                self.text.push(']');
            }
            Value::Object(map) if !map.is_empty() => {
                self.text.push('{');
                for (index, (key, item)) in map.iter().enumerate() {
                    self.begin_item(index, inner);
                    self.text.push_str(&Value::from(key.as_str()).to_string());
                    self.text.push_str(if indent.is_some() { ": " } else { ":" });
                    let before = step(&mut self.path, key);
                    self.value(item, inner);
                    self.path.truncate(before);
                }
                self.break_line(indent);
                self.text.push('}');
            }
            // What no number holds is null to those who read it.
            Value::Number(_) | Value::Null => match self.numbers.get(&self.path) {
                Some((kept, written)) if kept == value => self.text.push_str(written),
                _ => self.text.push_str(&value.to_string()),
            },
            other => self.text.push_str(&other.to_string()),
        }
    }

    fn begin_item(&mut self, index: usize, indent: Option<usize>) {
        if index > 0 {
            self.text.push(',');
        }
        self.break_line(indent);
    }

    fn break_line(&mut self, indent: Option<usize>) {
        if let Some(level) = indent {
            let _ = write!(self.text, "\n{:width$}", "", width = 2 * level);
        }
    }
}

/// Goes through the text of a value that was parsed, and finds how its numbers are written.
struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    numbers: BTreeMap<String, (Value, String)>,
}

/// Where the scanner is in the value: how deep, and at which key or item.
struct Level {
    /// Length of the path to it.
    path: usize,
    /// The next item's number; `None` in an object.
    item: Option<usize>,
}

impl Scanner<'_> {
    fn scan(mut self, value: &Value) -> BTreeMap<String, (Value, String)> {
        let mut path = String::new();
        let mut levels: Vec<Level> = Vec::new();
        // Whether a text that comes now is a key.
        let mut key_comes = false;
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'{' | b'[' => {
                    levels.push(Level { path: path.len(), item: (byte == b'[').then_some(0) });
                    key_comes = byte == b'{';
                    if byte == b'[' {
                        step(&mut path, "0");
                    }
                }
                b'}' | b']' => {
                    let Some(level) = levels.pop() else { break };
                    path.truncate(level.path);
                    key_comes = false;
                }
                b',' => {
                    let Some(level) = levels.last_mut() else { break };
                    path.truncate(level.path);
                    key_comes = level.item.is_none();
                    if let Some(item) = &mut level.item {
                        *item += 1;
                        step(&mut path, &item.to_string());
                    }
                }
                b'"' => {
                    let text = self.string();
                    if std::mem::take(&mut key_comes) {
                        let Ok(key) = serde_json::from_slice::<String>(text) else { break };
                        step(&mut path, &key);
                    }
                    continue;
                }
                b'-' | b'0'..=b'9' => {
                    self.number(value, &path);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.numbers
    }

    /// A text with its quotation marks.
    fn string(&mut self) -> &[u8] {
        let start = self.at;
        self.at += 1;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        &self.text[start..self.at.min(self.text.len())]
    }

    fn number(&mut self, value: &Value, path: &str) {
        let start = self.at;
        let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        self.at += self.text[start..].iter().take_while(|byte| is_part(byte)).count();
        let Ok(written) = std::str::from_utf8(&self.text[start..self.at]) else { return };
        // Whoever names a key twice means the last.
        self.numbers.remove(path);
        let Some(kept) = value.pointer(path) else { return };
        let shortest = kept.to_string();
        if shortest != written && is_written_so(kept, written) {
            self.numbers.insert(path.to_owned(), (kept.clone(), written.to_owned()));
        }
    }
}

/// Whether a number may be written so: as null is one that 64 bits don't hold.
fn is_written_so(value: &Value, written: &str) -> bool {
    match value {
        Value::Number(_) => serde_json::from_str::<Value>(written).is_ok_and(|read| read == *value),
        Value::Null => near_json::is_too_large(written),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn document(text: &str) -> Document {
        Document::of_text(serde_json::from_str(text).unwrap(), text.as_bytes())
    }

    #[test]
    fn numbers_come_out_as_they_went_in() {
        for text in [
            r#"{"a":[12345678901234567890123,1.2300,1e3,-0,1E+05,0.10,7,2.5],"b/~\"é":{"c":-1.0e-7}}"#,
            r#"[[[1.50],{"":[0.0,1e0]}],[],{},"1.50",true,null,1.50]"#,
            r#"{"a\\":{"a":1.0,"[{,":1.00},"\\\"":100e-2}"#,
            "3.14159265358979323846264338327950288",
            r#"{"a":[1e400,-1E+999,null],"b":null}"#,
            "[]",
        ] {
            let document = Document::parse(text).unwrap();
            assert_eq!(document.compact(), text);
            let pretty = document.pretty();
            assert_eq!(Document::parse(&pretty).unwrap(), document, "{pretty}");
        }
    }

    #[test]
    fn a_number_that_was_changed_is_the_new_one() {
        let mut document = document(r#"{"a":1.50,"b":[1.50,2.50],"a":2.50}"#);
        assert_eq!(document.compact(), r#"{"a":2.50,"b":[1.50,2.50]}"#);
        document["b"][0] = json!(3);
        document["a"] = json!("1.50");
        assert_eq!(document.compact(), r#"{"a":"1.50","b":[3,2.50]}"#);
        let other = document.with(json!({"b": [1.5], "c": 2.5}));
        assert_eq!(other.compact(), r#"{"b":[1.50],"c":2.5}"#);
    }

    fn any_json() -> impl Strategy<Value = String> {
        let number = "-?(0|[1-9][0-9]{0,24})([.][0-9]{1,24})?([eE][+-]?[0-9]{1,2})?";
        let leaf = prop_oneof![4 => number, 1 => "\"[a-z\\\\u00e9,{}/~]{0,4}\"".prop_map(|text| text.replace('\\', "")), 1 => Just("null".to_owned())];
        leaf.prop_recursive(4, 24, 5, |inner| {
            let key = "[a-z/~]{0,3}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::btree_map(key, inner, 0..5).prop_map(|fields| {
                    let fields: Vec<String> =
                        fields.into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                    format!("{{{}}}", fields.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_document_comes_out_as_it_went_in(text in any_json()) {
            prop_assert_eq!(document(&text).compact(), text);
        }
    }
}
