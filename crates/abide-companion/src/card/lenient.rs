//! Reads JSON that is not as it should be as well as can be, and notes what was not. Must not know any format.

use serde_json::{Map, Value};

use super::{CardNotice, limits::NOTICES_MAX};

/// Collects [`CardNotice`]s while fields are read. A missing field is its default without a notice.
#[derive(Debug, Default)]
pub(super) struct Lenient {
    notices: Vec<CardNotice>,
}

/// A JSON object, and the path to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) map: &'a Map<String, Value>,
    pub(super) path: &'a str,
}

impl Object<'_> {
    /// The path of a field.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// What a value is, for people.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Lenient {
    pub(super) fn into_notices(self) -> Vec<CardNotice> {
        self.notices
    }

    /// Notes a problem.
    pub(super) fn note(&mut self, path: impl Into<String>, problem: impl Into<String>) {
        if self.notices.len() < NOTICES_MAX {
            self.notices.push(CardNotice { path: path.into(), problem: problem.into() });
        }
    }

    fn unread(&mut self, path: impl Into<String>, value: &Value, wanted: &str) {
        let made = if value.is_null() { "read as missing" } else { "not read" };
        self.note(path, format!("is {}, not {wanted}; {made}", kind(value)));
    }

    /// A text of at most `bytes_max` bytes. Numbers and truth values are read as texts, lists of texts are joined by line breaks.
    pub(super) fn text(&mut self, object: Object<'_>, key: &str, bytes_max: usize) -> Option<String> {
        let value = object.map.get(key)?;
        self.text_value(value, &object.path_of(key), bytes_max)
    }

    pub(super) fn text_value(&mut self, value: &Value, path: &str, bytes_max: usize) -> Option<String> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => {
                self.note(path, format!("is {}, not a text; read as \"{value}\"", kind(value)));
                value.to_string()
            }
            Value::Array(lines) if !lines.is_empty() && lines.iter().all(Value::is_string) => {
                self.note(path, "is a list of texts, not a text; read with line breaks between them");
                lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
            }
            _ => {
                self.unread(path, value, "a text");
                return None;
            }
        };
        Some(self.cut(text, path, bytes_max))
    }

    fn cut(&mut self, mut text: String, path: &str, bytes_max: usize) -> String {
        if text.len() > bytes_max {
            self.note(path, format!("has {} bytes; the first {bytes_max} are used", text.len()));
            text.truncate(text.floor_char_boundary(bytes_max));
        }
        text
    }

    /// A list of texts. A single text is a list of one, or of what stands between its commas if `split`.
    pub(super) fn texts(&mut self, object: Object<'_>, key: &str, limits: ListLimits) -> Vec<String> {
        let Some(value) = object.map.get(key) else { return Vec::new() };
        let path = object.path_of(key);
        match value {
            Value::Array(items) => {
                if items.len() > limits.items_max {
                    self.note(
                        &path,
                        format!("has {} items; the first {} are used", items.len(), limits.items_max),
                    );
                }
                let items = items.iter().take(limits.items_max).enumerate();
                items
                    .filter_map(|(index, item)| {
                        self.text_value(item, &format!("{path}[{index}]"), limits.bytes_max)
                    })
                    .collect()
            }
            Value::String(text) if text.trim().is_empty() => {
                self.note(&path, "is a text, not a list; read as empty");
                Vec::new()
            }
            Value::String(text) if limits.split => {
                self.note(&path, "is a text, not a list; read as what stands between its commas");
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts
                    .take(limits.items_max)
                    .map(|part| self.cut(part.to_owned(), &path, limits.bytes_max))
                    .collect()
            }
            Value::String(text) => {
                self.note(&path, "is a text, not a list; read as a list of one");
                vec![self.cut(text.clone(), &path, limits.bytes_max)]
            }
            _ => {
                self.unread(path, value, "a list of texts");
                Vec::new()
            }
        }
    }

    /// A finite number; texts that are numbers and truth values (0, 1) are read as such. `null` is missing.
    pub(super) fn number(&mut self, object: Object<'_>, key: &str) -> Option<f64> {
        let value = object.map.get(key)?;
        let path = object.path_of(key);
        match value {
            Value::Number(number) => number.as_f64().filter(|number| number.is_finite()),
            Value::String(text) => {
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                match number {
                    Some(number) => self.note(path, format!("is a text, not a number; read as {number}")),
                    None => self.unread(path, value, "a number"),
                }
                number
            }
            Value::Bool(flag) => {
                let number = f64::from(u8::from(*flag));
                self.note(path, format!("is {flag}, not a number; read as {number}"));
                Some(number)
            }
            Value::Null => None,
            _ => {
                self.unread(path, value, "a number");
                None
            }
        }
    }

    /// A whole number from 0; others are brought into that range.
    pub(super) fn count(&mut self, object: Object<'_>, key: &str) -> Option<u32> {
        // The cast saturates.
        self.number(object, key).map(|number| number.round() as u32)
    }

    /// True or false; 0 and 1, and the words for them, are read as such. `null` is missing.
    pub(super) fn flag(&mut self, object: Object<'_>, key: &str) -> Option<bool> {
        let value = object.map.get(key)?;
        let read = match value {
            Value::Bool(flag) => return Some(*flag),
            Value::Null => return None,
            Value::Number(number) => number.as_f64().map(|number| number != 0.0),
            Value::String(text) => match text.trim().to_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some(true),
                "false" | "no" | "off" | "0" | "" => Some(false),
                _ => None,
            },
            _ => None,
        };
        let path = object.path_of(key);
        match read {
            Some(flag) => {
                self.note(path, format!("is {}, not true or false; read as {flag}", kind(value)));
            }
            None => self.unread(path, value, "true or false"),
        }
        read
    }

    /// An object. `null` is noted, because some programs write it for "none" where the specification has no such thing.
    pub(super) fn object<'a>(&mut self, object: Object<'a>, key: &str) -> Option<&'a Map<String, Value>> {
        let value = object.map.get(key)?;
        if value.as_object().is_none() {
            self.unread(object.path_of(key), value, "an object");
        }
        value.as_object()
    }
}

/// How much of a list is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListLimits {
    /// Items.
    pub(super) items_max: usize,
    /// Bytes of each.
    pub(super) bytes_max: usize,
    /// Whether a text stands for a list, with commas between its items.
    pub(super) split: bool,
}
