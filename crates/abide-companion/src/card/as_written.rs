//! What a book's file says in another way than abide keeps it: digits of numbers, levels where abide knows yes and no. Goes out again as it came, as long as it
//! means the same. Must not know what activates an entry.

use serde_json::{Map, Value, json};

use super::Document;
use super::book::{ENTRY_FIELDS, Field, Names, SILLYTAVERN_FIELDS};
use super::book_write::{encode, extensions_of};
use crate::lorebook::{Entry, Lorebook};

/// Fields whose value abide may read as another one.
const READ_OTHERWISE: [Field; 23] = [
    Field::Name,
    Field::Comment,
    Field::Group,
    Field::Selective,
    Field::SecondaryLogic,
    Field::Constant,
    Field::InsertionOrder,
    Field::Priority,
    Field::CaseSensitive,
    Field::WholeWords,
    Field::Depth,
    Field::Role,
    Field::ScanDepth,
    Field::Probability,
    Field::GroupWeight,
    Field::GroupOverride,
    Field::Sticky,
    Field::Cooldown,
    Field::Delay,
    Field::ExcludeRecursion,
    Field::PreventRecursion,
    Field::DelayUntilRecursion,
    Field::IgnoreBudget,
];

/// Whether the probability counts; beside it, in files of either kind.
const USE_PROBABILITY: &str = "useProbability";
/// A text that is longer stands for nothing that abide reads.
const TEXT_BYTES_MAX: usize = 64;

/// What stands there of the fields that are read otherwise: by the name that cards have for a field, what it `is`, and what it was read `as`.
pub(super) fn read_otherwise<'a>(
    entry: &Entry,
    names: Names,
    stands: impl Fn(Field) -> Option<&'a Value>,
    use_probability: Option<&Value>,
) -> Map<String, Value> {
    let is_plain = |value: &Value| match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => text.len() <= TEXT_BYTES_MAX,
        _ => false,
    };
    let mut written = Map::new();
    for field in READ_OTHERWISE {
        let Some(stands) = stands(field).filter(|value| is_plain(value)) else { continue };
        let read = encode(entry, field, names);
        if *stands != read {
            written.insert(field.place(Names::Book).1.to_owned(), kept(stands, &read));
        }
    }
    if let Some(stands) = use_probability.filter(|value| is_plain(value) && **value != json!(true)) {
        written.insert(USE_PROBABILITY.to_owned(), kept(stands, &encode(entry, Field::Probability, names)));
    }
    written
}

/// Without nulls, which don't come through TOML.
fn kept(stands: &Value, read: &Value) -> Value {
    if read.is_null() { json!({ "is": stands }) } else { json!({ "is": stands, "as": read }) }
}

/// Writes into a new entry what stood in the file that it came from, where it still means what the entry says.
pub(super) fn restore(map: &mut Map<String, Value>, entry: &Entry, names: Names) {
    for (key, kept) in &entry.written {
        let known = ENTRY_FIELDS.iter().map(|row| row.0);
        let field = match key.as_str() {
            USE_PROBABILITY => Some(Field::Probability),
            key => known.into_iter().find(|field| field.place(Names::Book).1 == key),
        };
        let (Some(field), Some(stands)) = (field, kept.get("is")) else { continue };
        if encode(entry, field, names) != kept.get("as").cloned().unwrap_or_default() {
            continue;
        }
        let (extension, name) = field.place(names);
        let name = if key == USE_PROBABILITY { key } else { name };
        let target = if extension { extensions_of(map) } else { &mut *map };
        target.insert(name.to_owned(), stands.clone());
    }
}

/// Texts of a book that may be there and empty.
const BOOK_TEXTS: [&str; 2] = ["name", "description"];

/// Says of a book which of its texts its file has, and has empty.
pub(super) fn note_empty_texts(book: &mut Lorebook, file: &Map<String, Value>) {
    for key in BOOK_TEXTS.into_iter().filter(|key| file.get(*key) == Some(&json!(""))) {
        book.written.insert(key.to_owned(), json!({ "is": "" }));
    }
}

/// Writes them into a new book, where they still are.
pub(super) fn restore_empty_texts(map: &mut Map<String, Value>, book: &Lorebook) {
    for key in BOOK_TEXTS.into_iter().filter(|key| book.written.contains_key(*key)) {
        map.entry(key).or_insert_with(|| json!(""));
    }
}

/// Says of a book that its file lets entries call up others without saying so, as World Info does.
pub(super) fn note_unsaid_recursion(book: &mut Lorebook) {
    book.written.insert("recursive_scanning".to_owned(), json!({ "as": true }));
}

/// Whether that still is so.
pub(super) fn is_unsaid_recursion(book: &Lorebook) -> bool {
    let kept = book.written.get("recursive_scanning");
    kept.is_some_and(|kept| kept.get("as") == Some(&json!(book.recursive_scanning)))
}

/// Takes how the numbers of a book are written, which stands at `place` of a file.
pub(super) fn take_digits(book: &mut Lorebook, file: &Document, place: &str, names: Names) {
    let prefixes: Vec<String> = places_of_entries(file, place);
    for entry in &mut book.entries {
        let prefix = entry.origin.and_then(|origin| prefixes.get(origin));
        let numbers = prefix.into_iter().flat_map(|prefix| file.numbers_within(prefix));
        entry.digits = numbers.map(|(path, digits)| (canonical(path, names), digits.to_owned())).collect();
    }
    let own = file.numbers_within(place).filter(|(path, _)| !path.starts_with("/entries/"));
    book.digits = own.map(|(path, digits)| (path.to_owned(), digits.to_owned())).collect();
}

/// Has the numbers of a book, which stands at `place` of a file, written as they were.
pub(super) fn put_digits(file: &mut Document, place: &str, book: &Lorebook, names: Names) {
    let has_some = |entry: &Entry| !entry.digits.is_empty();
    if book.digits.is_empty() && !book.entries.iter().any(has_some) {
        return;
    }
    for (entry, prefix) in book.entries.iter().zip(places_of_entries(file, place)) {
        for (path, digits) in &entry.digits {
            file.write_number(&format!("{prefix}{}", placed(path, names)), digits);
        }
    }
    for (path, digits) in &book.digits {
        file.write_number(&format!("{place}{path}"), digits);
    }
}

/// JSON Pointers to the entries of the book at `place`, in their order.
fn places_of_entries(file: &Document, place: &str) -> Vec<String> {
    let path = format!("{place}/entries");
    match file.pointer(&path) {
        Some(Value::Array(entries)) => (0..entries.len()).map(|index| format!("{path}/{index}")).collect(),
        Some(Value::Object(entries)) => entries
            .keys()
            .map(|key| format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")))
            .collect(),
        _ => Vec::new(),
    }
}

/// A path within an entry by the names that cards have.
fn canonical(path: &str, names: Names) -> String {
    let (first, rest) = first_of(path);
    if names == Names::Book {
        return path.to_owned();
    }
    let field = ENTRY_FIELDS.iter().find(|(.., world)| *world == first);
    let other = || SILLYTAVERN_FIELDS.iter().find(|(world, _)| *world == first);
    match (field, field.is_none().then(other).flatten()) {
        (Some((_, true, book, _)), _) => format!("/extensions/{book}{rest}"),
        (Some((_, false, book, _)), _) => format!("/{book}{rest}"),
        (None, Some((_, card))) => format!("/extensions/{card}{rest}"),
        (None, None) => path.to_owned(),
    }
}

/// Where that is with the names of a file.
fn placed(path: &str, names: Names) -> String {
    if names == Names::Book {
        return path.to_owned();
    }
    let (extension, (first, rest)) = match path.strip_prefix("/extensions") {
        Some(within) if within.starts_with('/') => (true, first_of(within)),
        _ => (false, first_of(path)),
    };
    let field = ENTRY_FIELDS.iter().find(|row| row.1 == extension && row.2 == first).map(|row| row.3);
    let other =
        || SILLYTAVERN_FIELDS.iter().find(|(_, card)| extension && *card == first).map(|(world, _)| *world);
    match field.or_else(other) {
        Some(world) => format!("/{world}{rest}"),
        None => path.to_owned(),
    }
}

/// The first step of a path, and what follows it.
fn first_of(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_at(path.find('/').unwrap_or(path.len()))
}

#[cfg(test)]
mod tests {
    use crate::card::{BookFile, BookForm};
    use crate::persona::Persona;

    use super::*;

    /// Whether `out` has all fields of `came`.
    fn has_all(out: &Value, came: &Value) -> bool {
        match (out, came) {
            (Value::Object(out), Value::Object(came)) => {
                came.iter().all(|(key, value)| out.get(key).is_some_and(|out| has_all(out, value)))
            }
            (Value::Array(out), Value::Array(came)) => {
                out.len() == came.len() && out.iter().zip(came).all(|(out, came)| has_all(out, came))
            }
            _ => out == came,
        }
    }

    #[test]
    fn texts_that_are_there_and_empty_go_out_so() {
        let entry = json!({
            "keys": ["tide"], "content": "High.", "extensions": {"group": ""}, "enabled": true, "insertion_order": 1,
            "use_regex": false, "name": "", "comment": "",
        });
        let bare = json!({"name": "", "description": "", "extensions": {}, "entries": [entry]});
        let world = json!({"entries": {"0": {
            "uid": 0, "key": ["tide"], "keysecondary": [], "comment": "", "content": "High.", "order": 100, "group": "",
        }}});
        let v3 = json!({"spec": "lorebook_v3", "data": bare});
        for (came, form) in [(bare, BookForm::Bare), (v3, BookForm::V3), (world, BookForm::WorldInfo)] {
            let read = BookFile::from_value(came.clone()).unwrap().lorebook;
            let mut persona = Persona { name: "Bo".to_owned(), ..Persona::default() };
            persona.lorebook.get_or_insert_default().take_in(read);
            let persona = Persona::from_toml(&persona.to_toml().unwrap()).unwrap();
            let out = BookFile::from_persona(&persona, form).unwrap();
            assert!(has_all(out.value(), &came), "{:#}", out.value());
            // By way of another form, too.
            for between in [BookForm::V3, BookForm::WorldInfo] {
                let between = BookFile::from_persona(&persona, between).unwrap();
                let comment = |file: &BookFile| match &file.value()["entries"] {
                    Value::Object(entries) => entries["0"]["comment"].clone(),
                    _ => file.value()["data"]["entries"][0]["comment"].clone(),
                };
                assert_eq!(comment(&between), "", "{:#}", between.value());
            }
            let mut changed = persona.clone();
            changed.lorebook.as_mut().unwrap().entries[0].comment = "Tides".to_owned();
            assert!(
                BookFile::from_persona(&changed, form).unwrap().to_json().contains("\"comment\": \"Tides\"")
            );
        }
    }
}
