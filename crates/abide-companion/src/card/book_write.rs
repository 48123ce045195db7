//! Lorebooks as JSON, written: edits go over what was there. Must not know what activates an entry.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value, json};

use super::book::{
    BookFile, BookForm, ENTRY_FIELDS, Field, LOGICS, Names, POSITIONS, ROLES, SILLYTAVERN_FIELDS, is_known,
    read_book,
};
use super::lenient::Lenient;
use super::{BOOK_PLACE, Card, Document, as_written};
use crate::lorebook::{DEPTH_DEFAULT, Entry, Lorebook, Position, SecondaryLogic};
use crate::nulls::without_nulls;

impl BookFile {
    /// A file for a book that never was one.
    pub fn new(book: &Lorebook, form: BookForm) -> Self {
        let value = match form {
            BookForm::V3 => json!({ "spec": "lorebook_v3", "data": write_book(None, book) }),
            BookForm::Bare => write_book(None, book),
            BookForm::WorldInfo => {
                let mut map = Map::new();
                map.insert("entries".to_owned(), json!({}));
                // World Info that says nothing of it lets entries call up others.
                let unsaid = as_written::is_unsaid_recursion(book).then_some(true);
                let base = Lorebook { recursive_scanning: unsaid, ..Lorebook::default() };
                write_over(&mut map, book, &base, Names::WorldInfo);
                if book.recursive_scanning.is_none() {
                    // A book that says nothing of it does not.
                    map.insert("recursive_scanning".to_owned(), Value::Null);
                }
                Value::Object(map)
            }
        };
        let mut value = Document::from(value);
        let (place, names) = form.place();
        as_written::put_digits(&mut value, place, book, names);
        Self { value, form }
    }

    /// The same file with the edits that `book` has over it; without edits it is equal.
    #[must_use]
    pub fn with(&self, book: &Lorebook) -> Self {
        let mut file = self.clone();
        let base = self.lorebook().0;
        match (self.form, &mut *file.value) {
            (BookForm::V3, Value::Object(root)) => {
                if let Some(Value::Object(data)) = root.get_mut("data") {
                    write_over(data, book, &base, Names::Book);
                }
            }
            (BookForm::Bare, Value::Object(root)) => write_over(root, book, &base, Names::Book),
            (BookForm::WorldInfo, Value::Object(root)) => write_over(root, book, &base, Names::WorldInfo),
            _ => {}
        }
        file
    }

    /// As a JSON document.
    pub fn to_json(&self) -> String {
        self.value.pretty()
    }
}

impl Card {
    /// The card's book alone, key for key as the card has it. `None` where it has none, or another program's names are asked for.
    pub fn book_file(&self, form: BookForm) -> Option<BookFile> {
        let data = self.value().get("data")?;
        let book = data.get("character_book").filter(|book| book.is_object())?;
        let (value, place) = match form {
            BookForm::V3 => (json!({ "spec": "lorebook_v3", "data": book }), "/data"),
            BookForm::Bare => (book.clone(), ""),
            BookForm::WorldInfo => return None,
        };
        Some(BookFile { value: self.value.part(BOOK_PLACE, place, value), form })
    }
}

/// A card's book: `original` with the edits over it, or a new one.
pub(super) fn write_book(original: Option<&Map<String, Value>>, book: &Lorebook) -> Value {
    let mut map = original.cloned().unwrap_or_default();
    let base = if let Some(map) = original {
        read_book(&mut Lenient::default(), map, "")
    } else {
        map.insert("extensions".to_owned(), json!({}));
        map.insert("entries".to_owned(), json!([]));
        Lorebook::default()
    };
    write_over(&mut map, book, &base, Names::Book);
    Value::Object(map)
}

fn write_over(map: &mut Map<String, Value>, book: &Lorebook, base: &Lorebook, names: Names) {
    let texts = [("name", &book.name, &base.name), ("description", &book.description, &base.description)];
    for (key, new, old) in texts {
        if new != old {
            map.insert(key.to_owned(), json!(new));
        }
    }
    as_written::restore_empty_texts(map, book);
    let settings = [
        ("scan_depth", json!(book.scan_depth), json!(base.scan_depth)),
        ("token_budget", json!(book.token_budget), json!(base.token_budget)),
        ("recursive_scanning", json!(book.recursive_scanning), json!(base.recursive_scanning)),
    ];
    for (key, new, old) in settings {
        set_or_remove(map, key, new, &old);
    }
    write_extensions(map, &book.extensions, &base.extensions);
    write_keys(map, &book.other, &base.other);
    if book.entries != base.entries {
        write_entries(map, book, base, names);
    }
}

/// Writes a value that differs from the old; `null` removes the key.
fn set_or_remove(map: &mut Map<String, Value>, key: &str, new: Value, old: &Value) {
    if new == *old {
        return;
    }
    if new.is_null() {
        map.shift_remove(key);
    } else {
        map.insert(key.to_owned(), new);
    }
}

/// Writes the keys of `extensions` that differ.
pub(super) fn write_extensions(
    map: &mut Map<String, Value>,
    new: &Map<String, Value>,
    old: &Map<String, Value>,
) {
    if !differs(new, old) {
        return;
    }
    write_keys(extensions_of(map), new, old);
}

/// What there is to write, and what to take out. Keys whose value is null are kept even if the new ones lack them, because a persona
/// that went through TOML can't have them.
fn changes<'a>(
    new: &'a Map<String, Value>,
    old: &'a Map<String, Value>,
) -> (impl Iterator<Item = (&'a String, &'a Value)>, impl Iterator<Item = &'a String>) {
    let changed =
        new.iter().filter(move |(key, value)| old.get(*key).map(without_nulls) != Some(without_nulls(value)));
    let removed = old.iter().filter(move |(key, value)| !value.is_null() && !new.contains_key(*key));
    (changed, removed.map(|(key, _)| key))
}

fn differs(new: &Map<String, Value>, old: &Map<String, Value>) -> bool {
    let (mut changed, mut removed) = changes(new, old);
    changed.next().is_some() || removed.next().is_some()
}

/// Writes the keys that differ.
fn write_keys(map: &mut Map<String, Value>, new: &Map<String, Value>, old: &Map<String, Value>) {
    let (changed, removed) = changes(new, old);
    for key in removed {
        map.shift_remove(key);
    }
    for (key, value) in changed {
        map.insert(key.clone(), value.clone());
    }
}

fn write_entries(map: &mut Map<String, Value>, book: &Lorebook, base: &Lorebook, names: Names) {
    let originals: Vec<(String, Value)> = match map.get("entries") {
        Some(Value::Array(entries)) => entries.iter().map(|entry| (String::new(), entry.clone())).collect(),
        Some(Value::Object(entries)) => {
            entries.iter().map(|(key, entry)| (key.clone(), entry.clone())).collect()
        }
        _ => Vec::new(),
    };
    let as_object = matches!(map.get("entries"), Some(Value::Object(_)));
    let mut used = vec![false; originals.len()];
    let mut written: Vec<(String, Value)> = Vec::new();
    let mut next_key = originals
        .iter()
        .filter_map(|(key, _)| key.parse::<u64>().ok())
        .max()
        .map_or(0, |key| key.saturating_add(1));
    let mut taken: BTreeSet<u64> = originals.iter().filter_map(|(key, _)| key.parse().ok()).collect();
    for entry in &book.entries {
        let origin = entry.origin.filter(|&index| index < originals.len() && !used[index]);
        let old = origin.and_then(|index| base.entries.iter().find(|entry| entry.origin == Some(index)));
        if let (Some(index), Some(old)) = (origin, old) {
            used[index] = true;
            let (key, original) = &originals[index];
            written.push((key.clone(), write_entry(original.as_object(), entry, old, names)));
        } else {
            let mut value = write_entry(None, entry, &Entry::default(), names);
            let mut key = next_key;
            if names == Names::WorldInfo {
                // The number that it had elsewhere, unless another has it here.
                let own = entry.id.as_ref().and_then(|id| id.parse().ok());
                key = own.filter(|own| !taken.contains(own)).unwrap_or_else(|| first_free(next_key, &taken));
                taken.insert(key);
                value["uid"] = json!(key);
            }
            written.push((key.to_string(), value));
            next_key = next_key.max(key).saturating_add(1);
        }
    }
    let entries = if as_object {
        Value::Object(written.into_iter().collect())
    } else {
        Value::Array(written.into_iter().map(|(_, value)| value).collect())
    };
    map.insert("entries".to_owned(), entries);
}

fn write_entry(original: Option<&Map<String, Value>>, entry: &Entry, old: &Entry, names: Names) -> Value {
    let fresh = original.is_none();
    let mut map = match (original, names) {
        (Some(original), _) => original.clone(),
        (None, Names::WorldInfo) => world_info_template(),
        (None, Names::Book) => Map::from_iter([("extensions".to_owned(), json!({}))]),
    };
    write_foreign(&mut map, entry, old, names);
    for &(field, ..) in ENTRY_FIELDS {
        let (new, before) = (encode(entry, field, names), encode(old, field, names));
        let wanted = fresh && is_written_anew(field, names);
        // What a new entry says of its secondary keys must be said: files mean "no" where abide's own entries mean "yes".
        let selective = fresh && field == Field::Selective && !entry.secondary_keys.is_empty();
        if new == before && !wanted && !selective {
            continue;
        }
        let (extension, name) = field.place(names);
        let target = if extension { extensions_of(&mut map) } else { &mut map };
        set(target, name, new);
        if field == Field::Probability {
            target.insert("useProbability".to_owned(), json!(entry.probability.is_some()));
        }
    }
    if fresh {
        as_written::restore(&mut map, entry, names);
    }
    write_keys(&mut map, &entry.other, &old.other);
    if fresh || entry.position != old.position {
        write_position(&mut map, entry.position, names);
    }
    Value::Object(map)
}

/// Whether a new entry says it whatever it is.
fn is_written_anew(field: Field, names: Names) -> bool {
    let required = [Field::Keys, Field::Content, Field::Enabled, Field::InsertionOrder];
    let own: &[Field] = match names {
        Names::Book => &[Field::UseRegex, Field::Constant, Field::Selective, Field::SecondaryKeys],
        Names::WorldInfo => &[Field::Selective],
    };
    required.contains(&field) || own.contains(&field)
}

/// What abide does not know, or leaves to other programs: where `names` has it.
fn write_foreign(map: &mut Map<String, Value>, entry: &Entry, old: &Entry, names: Names) {
    let world_name = |key: &str| {
        let known = SILLYTAVERN_FIELDS.iter().find(|(_, card)| names == Names::WorldInfo && *card == key);
        known.map(|(world, _)| *world)
    };
    let nested = |extensions: &Map<String, Value>| -> Map<String, Value> {
        let kept = extensions.iter().filter(|(key, _)| !is_known(key, names) && world_name(key).is_none());
        kept.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let beside = |extensions: &Map<String, Value>| -> Map<String, Value> {
        let named = extensions.iter().filter_map(|(key, value)| Some((world_name(key)?, value)));
        named.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    };
    write_extensions(map, &nested(&entry.extensions), &nested(&old.extensions));
    write_keys(map, &beside(&entry.extensions), &beside(&old.extensions));
}

/// An entry as SillyTavern begins a new one, with all that its own files say.
fn world_info_template() -> Map<String, Value> {
    let template = json!({
        "uid": 0, "key": [], "keysecondary": [], "comment": "", "content": "", "constant": false, "vectorized": false,
        "selective": true, "selectiveLogic": 0, "addMemo": true, "order": 100, "position": 0, "disable": false,
        "ignoreBudget": false, "excludeRecursion": false, "preventRecursion": false, "matchPersonaDescription": false,
        "matchCharacterDescription": false, "matchCharacterPersonality": false, "matchCharacterDepthPrompt": false,
        "matchScenario": false, "matchCreatorNotes": false, "delayUntilRecursion": false, "probability": 100,
        "useProbability": true, "depth": DEPTH_DEFAULT, "outletName": "", "group": "", "groupOverride": false,
        "groupWeight": 100, "scanDepth": null, "caseSensitive": null, "matchWholeWords": null, "useGroupScoring": null,
        "automationId": "", "role": 0, "sticky": null, "cooldown": null, "delay": null, "triggers": [],
    });
    template.as_object().cloned().unwrap_or_default()
}

/// The first number from `from` on that no entry has.
fn first_free(from: u64, taken: &BTreeSet<u64>) -> u64 {
    (from..=u64::MAX).find(|number| !taken.contains(number)).unwrap_or(from)
}

fn set(map: &mut Map<String, Value>, key: &str, value: Value) {
    if value.is_null() {
        map.shift_remove(key);
    } else {
        map.insert(key.to_owned(), value);
    }
}

pub(super) fn extensions_of(map: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let slot = map.entry("extensions").or_insert_with(|| json!({}));
    if !slot.is_object() {
        *slot = json!({});
    }
    slot.as_object_mut().expect("it was made an object")
}

fn write_position(map: &mut Map<String, Value>, position: Position, names: Names) {
    let number = POSITIONS.iter().position(|known| *known == position).unwrap_or(0);
    match names {
        Names::WorldInfo => {
            map.insert("position".to_owned(), json!(number));
        }
        Names::Book => {
            // What the specification has no word for, SillyTavern's number says.
            let word = if position == Position::BeforeChar { "before_char" } else { "after_char" };
            map.insert("position".to_owned(), json!(word));
            let numbered =
                map.get("extensions").is_some_and(|extensions| extensions.get("position").is_some());
            if numbered || number > 1 {
                extensions_of(map).insert("position".to_owned(), json!(number));
            }
        }
    }
}

/// A number as JSON, whole if it is.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        json!(number as i64)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    }
}

/// A field as files have it; null for what is not said.
pub(super) fn encode(entry: &Entry, field: Field, names: Names) -> Value {
    let text = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    match field {
        Field::Name => text(&entry.name),
        Field::Comment => text(&entry.comment),
        Field::Id => match entry.id.as_deref() {
            Some(id) => id.parse::<i64>().map_or_else(|_| json!(id), |id| json!(id)),
            None => Value::Null,
        },
        Field::Keys => json!(entry.keys),
        Field::SecondaryKeys => json!(entry.secondary_keys),
        Field::Selective => json!(entry.selective),
        Field::SecondaryLogic => logic_number(entry.secondary_logic),
        Field::Content => json!(entry.content),
        Field::Enabled => json!(entry.enabled == (names == Names::Book)),
        Field::Constant => json!(entry.constant),
        Field::InsertionOrder => number(entry.insertion_order),
        Field::Priority => entry.priority.map_or(Value::Null, number),
        Field::CaseSensitive => json!(entry.case_sensitive),
        Field::WholeWords => json!(entry.whole_words),
        Field::UseRegex => json!(entry.use_regex),
        Field::Depth => json!(entry.depth),
        Field::Role => json!(ROLES.iter().position(|role| *role == entry.role)),
        Field::ScanDepth => json!(entry.scan_depth),
        Field::Probability => entry.probability.map_or_else(|| json!(100), number),
        Field::Group => text(&entry.group),
        Field::GroupWeight => entry.group_weight.map_or(Value::Null, number),
        Field::GroupOverride => json!(entry.group_override),
        Field::Sticky => json!(entry.sticky),
        Field::Cooldown => json!(entry.cooldown),
        Field::Delay => json!(entry.delay),
        Field::ExcludeRecursion => json!(entry.exclude_recursion),
        Field::PreventRecursion => json!(entry.prevent_recursion),
        Field::DelayUntilRecursion => json!(entry.delay_until_recursion),
        Field::IgnoreBudget => json!(entry.ignore_budget),
    }
}

fn logic_number(logic: SecondaryLogic) -> Value {
    json!(LOGICS.iter().position(|known| *known == logic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_that_says_nothing_of_recursion_says_nothing_of_it_behind_world_info() {
        for said in [None, Some(false), Some(true)] {
            let book = Lorebook { recursive_scanning: said, ..Lorebook::default() };
            let world = BookFile::new(&book, BookForm::WorldInfo).to_json();
            let read = BookFile::read(world.as_bytes()).unwrap().lorebook;
            let again = BookFile::new(&read, BookForm::V3);
            let (file, value) = (again.value()["data"].get("recursive_scanning"), said.map(Value::from));
            assert_eq!((read.recursive_scanning, file), (said, value.as_ref()), "{world}");
        }
    }
}
