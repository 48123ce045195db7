//! What differs between two versions of a persona. Must not know how versions are kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Persona;

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which, such as `greetings[1]` or `lorebook.entries[3].content`.
    pub field: String,
    /// What it was; `None` if it was not there. Texts as they are, anything else as JSON, pictures and files as their size.
    pub before: Option<String>,
    /// What it is; `None` if it is not there.
    pub after: Option<String>,
}

/// Fields that are no texts (pictures, imported cards) are shown by their size.
const OPAQUE: [&str; 2] = ["avatar.data", "original"];

impl Persona {
    /// What would have to change in this version to get `other`, in the order of the fields. Items of lists are compared
    /// behind what the lists begin with in common and before what they end with in common.
    pub fn changes(&self, other: &Self) -> Vec<Change> {
        let as_json = |persona| serde_json::to_value(persona).unwrap_or_default();
        let mut changes = Vec::new();
        compare(String::new(), Some(&as_json(self)), Some(&as_json(other)), &mut changes);
        changes
    }
}

fn compare(path: String, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) if !OPAQUE.contains(&path.as_str()) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(path, old.get(key), new.get(key), changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => compare_lists(&path, old, new, changes),
        _ => {
            let shown = |value: Option<&Value>| value.map(|value| show(&path, value));
            changes.push(Change { before: shown(before), after: shown(after), field: path });
        }
    }
}

fn compare_lists(path: &str, old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    let same_head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[same_head..], &new[same_head..]);
    let same_tail =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) =
        (&old_rest[..old_rest.len() - same_tail], &new_rest[..new_rest.len() - same_tail]);
    for index in 0..old_rest.len().max(new_rest.len()) {
        let path = format!("{path}[{}]", same_head + index);
        compare(path, old_rest.get(index), new_rest.get(index), changes);
    }
}

fn show(path: &str, value: &Value) -> String {
    if OPAQUE.contains(&path) {
        return size(value);
    }
    let mut value = value.clone();
    for within in OPAQUE.iter().filter_map(|opaque| opaque.strip_prefix(path)?.strip_prefix('.')) {
        if let Some(part) = value.get_mut(within) {
            *part = size(part).into();
        }
    }
    text_of(&value)
}

fn size(value: &Value) -> String {
    let text = text_of(value);
    format!("{} bytes, checksum {:08x}", text.len(), crc32fast::hash(text.as_bytes()))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
