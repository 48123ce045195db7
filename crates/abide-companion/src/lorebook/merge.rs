//! A lorebook that comes into another. Must not know files, or whose the books are.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{Entry, Lorebook, SCAN_DEPTH_DEFAULT};
use crate::nulls::strip_nulls;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Entries that are new.
    pub added: usize,
    /// Entries that were there already.
    pub known: usize,
    /// Settings of the other book that this one can't have beside its own, and what becomes of them, a sentence each.
    pub notes: Vec<String>,
}

impl Lorebook {
    /// Takes in another book: each entry that is not there yet, and the settings that this book has none of. Where the two look for keys in
    /// different ways, the entries that come in go on as in their own book, as far as entries can say so.
    pub fn take_in(&mut self, mut book: Self) -> Merged {
        for entry in &mut book.entries {
            // The place that it had in its own file says nothing here.
            entry.origin = None;
        }
        if *self == Self::default() {
            let added = book.entries.len();
            *self = book;
            return Merged { added, ..Merged::default() };
        }
        let mut merged = Merged { notes: self.take_settings(&book), ..Merged::default() };
        let adapted: Vec<Entry> = book.entries.iter().map(|entry| self.adapted(entry, &book)).collect();
        let known = Known::new(&self.entries);
        let is_new: Vec<bool> = book
            .entries
            .iter()
            .zip(&adapted)
            .map(|(entry, adapted)| !known.has(entry) && !known.has(adapted))
            .collect();
        let new = adapted.into_iter().zip(is_new).filter_map(|(entry, is_new)| is_new.then_some(entry));
        let before = self.entries.len();
        self.entries.extend(new);
        merged.added = self.entries.len() - before;
        merged.known = book.entries.len() - merged.added;
        merged
    }

    fn take_settings(&mut self, book: &Self) -> Vec<String> {
        let mut notes = Vec::new();
        let texts =
            [("name", &mut self.name, &book.name), ("description", &mut self.description, &book.description)];
        for (what, own, other) in texts {
            if own.trim().is_empty() {
                own.clone_from(other);
            } else if own != other && !other.trim().is_empty() {
                let shown: String = other.chars().take(80).collect();
                notes.push(format!(
                    "the book's {what} (\"{shown}\") is not taken, because the companion's book has one"
                ));
            }
        }
        if let Some(tokens) = book.token_budget.filter(|_| book.token_budget != self.token_budget) {
            let own = self.token_budget.map_or_else(|| "none".to_owned(), |tokens| tokens.to_string());
            notes.push(format!(
                "the book's token_budget ({tokens}) is not taken; that of the companion's book ({own}) holds"
            ));
        }
        if book.recursive_scanning == Some(true) && self.recursive_scanning != Some(true) {
            notes.push(
                "the book's recursive_scanning is not taken: in the companion's book, entries don't call up others"
                    .to_owned(),
            );
        }
        take_keys("extensions.", &mut self.extensions, &book.extensions, &mut notes);
        take_keys("", &mut self.other, &book.other, &mut notes);
        for (path, digits) in &book.digits {
            self.digits.entry(path.clone()).or_insert_with(|| digits.clone());
        }
        notes
    }

    /// An entry of `book` that is to do here what it did there.
    fn adapted(&self, entry: &Entry, book: &Self) -> Entry {
        let mut entry = entry.clone();
        if book.scan_depth != self.scan_depth {
            entry.scan_depth = entry.scan_depth.or(book.scan_depth).or(Some(SCAN_DEPTH_DEFAULT));
        }
        if self.recursive_scanning == Some(true) && book.recursive_scanning != Some(true) {
            entry.exclude_recursion = true;
        }
        entry
    }
}

/// Takes keys that are not there yet.
fn take_keys(path: &str, own: &mut Map<String, Value>, other: &Map<String, Value>, notes: &mut Vec<String>) {
    for (key, value) in other {
        match own.get(key) {
            None => {
                own.insert(key.clone(), value.clone());
            }
            Some(known) if known == value => {}
            Some(_) => {
                notes.push(format!(
                    "the book's {path}{key} is not taken, because the companion's book has one"
                ));
            }
        }
    }
}

/// Entries to compare others with.
struct Known(HashMap<String, Vec<Entry>>);

impl Known {
    fn new(entries: &[Entry]) -> Self {
        let mut known: HashMap<String, Vec<Entry>> = HashMap::new();
        for entry in entries {
            known.entry(Self::index(entry)).or_default().push(comparable(entry));
        }
        Self(known)
    }

    fn index(entry: &Entry) -> String {
        format!("{}\0{}\0{}", entry.content, entry.keys.join("\0"), entry.comment)
    }

    fn has(&self, entry: &Entry) -> bool {
        let alike = self.0.get(&Self::index(entry));
        alike.is_some_and(|alike| alike.contains(&comparable(entry)))
    }
}

/// The entry without where it came from and how that was written, and without nulls, which don't come through TOML.
fn comparable(entry: &Entry) -> Entry {
    let mut entry = Entry { origin: None, written: Map::new(), digits: BTreeMap::new(), ..entry.clone() };
    strip_nulls(&mut entry.extensions);
    strip_nulls(&mut entry.other);
    entry
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn book(json: Value) -> Lorebook {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn entries_come_once() {
        let other = book(json!({"name": "Sea", "scan_depth": 9, "entries": [
            {"keys": ["tide"], "content": "High at six.", "origin": 3, "extensions": {"a": null, "b": [1]}},
            {"keys": ["tide"], "content": "Low at noon."},
        ]}));
        let mut own = Lorebook::default();
        assert_eq!(own.take_in(other.clone()), Merged { added: 2, known: 0, notes: vec![] });
        assert_eq!((own.scan_depth, own.entries[0].origin), (Some(9), None));
        strip_nulls(&mut own.entries[0].extensions);
        let whole = own.clone();
        assert_eq!(own.take_in(other.clone()), Merged { added: 0, known: 2, notes: vec![] });
        assert_eq!(own, whole);
        // Also into a book with settings of its own.
        let mut own =
            book(json!({"name": "Mine", "recursive_scanning": true, "entries": [{"content": "x"}]}));
        let first = own.take_in(other.clone());
        assert_eq!((first.added, first.known), (2, 0));
        let second = own.take_in(other);
        assert_eq!((second.added, second.known, own.entries.len()), (0, 2, 3));
    }

    #[test]
    fn what_comes_in_does_what_it_did_and_the_rest_is_said() {
        let mut own =
            book(json!({"name": "Mine", "scan_depth": 2, "recursive_scanning": true, "token_budget": 50,
            "extensions": {"a": 1}, "entries": [{"content": "x"}]}));
        let merged = own.take_in(book(
            json!({"name": "LB", "description": "dd", "scan_depth": 9, "token_budget": 77,
            "recursive_scanning": false, "extensions": {"a": 2, "u": 1}, "other": {"z": 1},
            "entries": [{"keys": ["k"], "content": "c"}, {"keys": ["l"], "content": "d", "scan_depth": 1}]}),
        ));
        assert_eq!((own.name.as_str(), own.description.as_str(), own.scan_depth), ("Mine", "dd", Some(2)));
        assert_eq!((own.entries[1].scan_depth, own.entries[2].scan_depth), (Some(9), Some(1)));
        assert!(own.entries[1].exclude_recursion && !own.entries[0].exclude_recursion);
        assert_eq!((&own.extensions["u"], &own.other["z"]), (&json!(1), &json!(1)));
        let told = merged.notes.join("\n");
        for part in ["name (\"LB\")", "token_budget (77)", "(50) holds", "extensions.a"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
