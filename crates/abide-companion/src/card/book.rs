//! Lorebooks as JSON, read: a card's book, a book alone, SillyTavern's World Info. Must not know what activates an entry.

use serde_json::{Map, Value};

use super::{
    CardError, CardNotice, Document, as_written,
    lenient::{Lenient, ListLimits, Object},
    limits::{self, ENTRIES_MAX, KEYS_MAX, NAME_BYTES_MAX, TEXT_BYTES_MAX},
};
use crate::lorebook::{Entry, Lorebook, Position, Role, SecondaryLogic};

/// How a lorebook is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookForm {
    /// `{"spec": "lorebook_v3", "data": {…}}`.
    V3,
    /// The book of a card, without a card.
    Bare,
    /// SillyTavern's World Info: `entries` is an object.
    WorldInfo,
}

impl BookForm {
    /// Where the book is in its file, and who named its fields.
    pub(super) fn place(self) -> (&'static str, Names) {
        match self {
            Self::V3 => ("/data", Names::Book),
            Self::Bare => ("", Names::Book),
            Self::WorldInfo => ("", Names::WorldInfo),
        }
    }
}

/// A lorebook alone, with the JSON it came as.
#[derive(Debug, Clone, PartialEq)]
pub struct BookFile {
    /// The JSON, key for key as it came.
    pub(super) value: Document,
    /// How it is written down.
    pub(super) form: BookForm,
}

/// A lorebook's file, what it says, and what was not as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadBook {
    /// The file.
    pub file: BookFile,
    /// What it says.
    pub lorebook: Lorebook,
    /// What was read otherwise than it stood, or not at all.
    pub notices: Vec<CardNotice>,
}

/// Which form of lorebook the JSON is, if it is one.
pub(super) fn form(value: &Value) -> Option<BookForm> {
    let map = value.as_object()?;
    let spec = map.get("spec").and_then(Value::as_str).unwrap_or_default();
    if spec.starts_with("lorebook_v") && map.get("data").is_some_and(Value::is_object) {
        return Some(BookForm::V3);
    }
    match map.get("entries")? {
        Value::Object(_) => Some(BookForm::WorldInfo),
        Value::Array(_) => Some(BookForm::Bare),
        _ => None,
    }
}

impl BookFile {
    /// Reads a lorebook from the bytes of a JSON file.
    ///
    /// # Errors
    ///
    /// If it is no JSON, no lorebook, or larger than the limits.
    pub fn read(bytes: &[u8]) -> Result<ReadBook, CardError> {
        limits::check_file(bytes)?;
        let (value, notices) = super::parse_one(bytes)?;
        Self::assemble(value, notices)
    }

    /// Takes JSON that was parsed already.
    ///
    /// # Errors
    ///
    /// If it is no lorebook.
    pub fn from_value(value: Value) -> Result<ReadBook, CardError> {
        Self::assemble(value.into(), Vec::new())
    }

    pub(super) fn assemble(value: Document, mut notices: Vec<CardNotice>) -> Result<ReadBook, CardError> {
        let Some(form) = form(&value) else {
            let problem = "it is no lorebook either: those have `entries`".to_owned();
            return Err(CardError::NotACard { problem });
        };
        let file = Self { value, form };
        let (lorebook, found) = file.lorebook();
        notices.extend(found);
        Ok(ReadBook { file, lorebook, notices })
    }

    /// The JSON, key for key as it came.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// How it is written down.
    pub fn form(&self) -> BookForm {
        self.form
    }

    /// What it says, and what was not as it should be.
    pub fn lorebook(&self) -> (Lorebook, Vec<CardNotice>) {
        let mut lenient = Lenient::default();
        let empty = Map::new();
        let root = self.value.as_object().unwrap_or(&empty);
        let mut lorebook = match self.form {
            BookForm::V3 => {
                let data = root.get("data").and_then(Value::as_object).unwrap_or(&empty);
                read_book(&mut lenient, data, "data")
            }
            BookForm::Bare => read_book(&mut lenient, root, ""),
            BookForm::WorldInfo => read_world_info(&mut lenient, root),
        };
        let (place, names) = self.form.place();
        as_written::take_digits(&mut lorebook, &self.value, place, names);
        (lorebook, lenient.into_notices())
    }
}

/// Reads a book as cards have it.
pub(super) fn read_book(lenient: &mut Lenient, map: &Map<String, Value>, path: &str) -> Lorebook {
    let object = Object { map, path };
    let mut book = read_book_head(lenient, object);
    book.other = rest_of(map, |key| BOOK_KEYS.contains(&key));
    let entries = match map.get("entries") {
        Some(Value::Array(entries)) => entries.iter().collect(),
        Some(Value::Object(entries)) => {
            lenient.note(object.path_of("entries"), "is an object, not a list; read in its order");
            entries.values().collect()
        }
        Some(_) => {
            lenient.note(object.path_of("entries"), "is not a list; not read");
            Vec::new()
        }
        None => Vec::new(),
    };
    read_entries(lenient, &mut book, &entries, &object.path_of("entries"), Names::Book);
    book
}

/// The keys of a book that are read into fields of its own.
const BOOK_KEYS: [&str; 7] =
    ["name", "description", "scan_depth", "token_budget", "recursive_scanning", "extensions", "entries"];

/// What a file has beside what is known.
fn rest_of(map: &Map<String, Value>, is_known: impl Fn(&str) -> bool) -> Map<String, Value> {
    map.iter().filter(|(key, _)| !is_known(key)).map(clone_pair).collect()
}

fn read_book_head(lenient: &mut Lenient, object: Object<'_>) -> Lorebook {
    let mut book = Lorebook {
        name: lenient.text(object, "name", NAME_BYTES_MAX).unwrap_or_default(),
        description: lenient.text(object, "description", TEXT_BYTES_MAX).unwrap_or_default(),
        scan_depth: lenient.count(object, "scan_depth"),
        token_budget: lenient.count(object, "token_budget"),
        recursive_scanning: lenient.flag(object, "recursive_scanning"),
        extensions: lenient.object(object, "extensions").cloned().unwrap_or_default(),
        ..Lorebook::default()
    };
    as_written::note_empty_texts(&mut book, object.map);
    book
}

/// World Info has no settings of its own; SillyTavern lets entries call up others unless they forbid it. What was a book that said nothing of it says null.
fn read_world_info(lenient: &mut Lenient, map: &Map<String, Value>) -> Lorebook {
    let object = Object { map, path: "" };
    let mut book = read_book_head(lenient, object);
    if !map.contains_key("recursive_scanning") {
        book.recursive_scanning = Some(true);
        as_written::note_unsaid_recursion(&mut book);
    }
    book.other = rest_of(map, |key| BOOK_KEYS.contains(&key));
    let entries: Vec<&Value> =
        map.get("entries").and_then(Value::as_object).into_iter().flat_map(Map::values).collect();
    read_entries(lenient, &mut book, &entries, "entries", Names::WorldInfo);
    book
}

fn read_entries(lenient: &mut Lenient, book: &mut Lorebook, entries: &[&Value], path: &str, names: Names) {
    if entries.len() > ENTRIES_MAX {
        lenient.note(path, format!("has {} entries; the first {ENTRIES_MAX} are used", entries.len()));
    }
    for (index, value) in entries.iter().take(ENTRIES_MAX).enumerate() {
        let path = format!("{path}[{index}]");
        match value.as_object() {
            Some(map) => {
                let mut entry = read_entry(lenient, map, &path, names);
                entry.origin = Some(index);
                book.entries.push(entry);
            }
            None => lenient.note(path, "is not an object; not read"),
        }
    }
}

/// Who named the fields of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// The specification of cards, and SillyTavern under `extensions`.
    Book,
    /// SillyTavern's World Info.
    WorldInfo,
}

/// A field of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Comment,
    Id,
    Keys,
    SecondaryKeys,
    Selective,
    SecondaryLogic,
    Content,
    Enabled,
    Constant,
    InsertionOrder,
    Priority,
    CaseSensitive,
    WholeWords,
    UseRegex,
    Depth,
    Role,
    ScanDepth,
    Probability,
    Group,
    GroupWeight,
    GroupOverride,
    Sticky,
    Cooldown,
    Delay,
    ExcludeRecursion,
    PreventRecursion,
    DelayUntilRecursion,
    IgnoreBudget,
}

/// The fields with their names: whether a card's book has it under `extensions`, its name there, its name in World Info.
pub(super) const ENTRY_FIELDS: &[(Field, bool, &str, &str)] = &[
    (Field::Keys, false, "keys", "key"),
    (Field::Content, false, "content", "content"),
    (Field::Enabled, false, "enabled", "disable"),
    (Field::InsertionOrder, false, "insertion_order", "order"),
    (Field::UseRegex, false, "use_regex", "useRegex"),
    (Field::Name, false, "name", "name"),
    (Field::Comment, false, "comment", "comment"),
    (Field::Id, false, "id", "uid"),
    (Field::SecondaryKeys, false, "secondary_keys", "keysecondary"),
    (Field::Selective, false, "selective", "selective"),
    (Field::Constant, false, "constant", "constant"),
    (Field::Priority, false, "priority", "priority"),
    (Field::CaseSensitive, false, "case_sensitive", "caseSensitive"),
    (Field::SecondaryLogic, true, "selectiveLogic", "selectiveLogic"),
    (Field::WholeWords, true, "match_whole_words", "matchWholeWords"),
    (Field::Depth, true, "depth", "depth"),
    (Field::Role, true, "role", "role"),
    (Field::ScanDepth, true, "scan_depth", "scanDepth"),
    (Field::Probability, true, "probability", "probability"),
    (Field::Group, true, "group", "group"),
    (Field::GroupWeight, true, "group_weight", "groupWeight"),
    (Field::GroupOverride, true, "group_override", "groupOverride"),
    (Field::Sticky, true, "sticky", "sticky"),
    (Field::Cooldown, true, "cooldown", "cooldown"),
    (Field::Delay, true, "delay", "delay"),
    (Field::ExcludeRecursion, true, "exclude_recursion", "excludeRecursion"),
    (Field::PreventRecursion, true, "prevent_recursion", "preventRecursion"),
    (Field::DelayUntilRecursion, true, "delay_until_recursion", "delayUntilRecursion"),
    (Field::IgnoreBudget, true, "ignore_budget", "ignoreBudget"),
];

impl Field {
    /// Whether it lies under `extensions`, and its name.
    pub(super) fn place(self, names: Names) -> (bool, &'static str) {
        let row = ENTRY_FIELDS.iter().find(|row| row.0 == self);
        let (_, extension, book, world) = row.expect("the table has all fields");
        match names {
            Names::Book => (*extension, book),
            Names::WorldInfo => (false, world),
        }
    }
}

/// An entry's object, and its `extensions`.
struct EntryObject<'a> {
    main: Object<'a>,
    extensions: Object<'a>,
    names: Names,
}

impl<'a> EntryObject<'a> {
    fn at(&self, field: Field) -> (Object<'a>, &'static str) {
        let (extension, name) = field.place(self.names);
        (if extension { self.extensions } else { self.main }, name)
    }
}

/// Whether SillyTavern wrote the entry. It says `use_regex` of all its entries, and means that keys between slashes are
/// regular expressions; it is also alone in obeying `constant` beside it.
fn is_sillytavern(extensions: &Map<String, Value>) -> bool {
    ["selectiveLogic", "display_index", "useProbability"].iter().any(|key| extensions.contains_key(*key))
}

fn read_entry(lenient: &mut Lenient, map: &Map<String, Value>, path: &str, names: Names) -> Entry {
    let main = Object { map, path };
    let empty = Map::new();
    let extensions_map = lenient.object(main, "extensions").unwrap_or(&empty);
    let extensions_path = main.path_of("extensions");
    let extensions = Object { map: extensions_map, path: &extensions_path };
    let object = EntryObject { main, extensions, names };
    let keys = ListLimits { items_max: KEYS_MAX, bytes_max: NAME_BYTES_MAX, split: true };
    let text = |lenient: &mut Lenient, field, max| {
        let (object, name) = object.at(field);
        lenient.text(object, name, max).unwrap_or_default()
    };
    let flag = |lenient: &mut Lenient, field| {
        let (object, name) = object.at(field);
        lenient.flag(object, name)
    };
    let (ordered, order_name) = object.at(Field::InsertionOrder);
    let (id, id_name) = object.at(Field::Id);
    let mut entry = Entry {
        name: text(lenient, Field::Name, NAME_BYTES_MAX),
        comment: text(lenient, Field::Comment, TEXT_BYTES_MAX),
        id: id.map.get(id_name).and_then(|value| match value {
            Value::String(text) => Some(text.chars().take(NAME_BYTES_MAX / 4).collect()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }),
        keys: lenient.texts(main, object.at(Field::Keys).1, keys),
        secondary_keys: lenient.texts(main, object.at(Field::SecondaryKeys).1, keys),
        content: text(lenient, Field::Content, TEXT_BYTES_MAX),
        insertion_order: lenient.number(ordered, order_name).unwrap_or(0.0),
        selective: flag(lenient, Field::Selective).unwrap_or(false),
        constant: flag(lenient, Field::Constant).unwrap_or(false),
        case_sensitive: flag(lenient, Field::CaseSensitive),
        whole_words: flag(lenient, Field::WholeWords),
        use_regex: flag(lenient, Field::UseRegex).unwrap_or(false) && !is_sillytavern(extensions_map),
        exclude_recursion: flag(lenient, Field::ExcludeRecursion).unwrap_or(false),
        prevent_recursion: flag(lenient, Field::PreventRecursion).unwrap_or(false),
        ignore_budget: flag(lenient, Field::IgnoreBudget).unwrap_or(false),
        group: text(lenient, Field::Group, NAME_BYTES_MAX),
        group_override: flag(lenient, Field::GroupOverride).unwrap_or(false),
        ..Entry::default()
    };
    let enabled = flag(lenient, Field::Enabled);
    entry.enabled = match names {
        Names::Book => enabled.unwrap_or(true),
        Names::WorldInfo => !enabled.unwrap_or(false),
    };
    if names == Names::Book && entry.case_sensitive.is_none() {
        entry.case_sensitive = lenient.flag(extensions, "case_sensitive");
    }
    read_numbers(lenient, &object, &mut entry);
    read_position(lenient, &object, &mut entry);
    let stands = |field: Field| {
        let (object, name) = object.at(field);
        object.map.get(name)
    };
    let use_probability = object.at(Field::Probability).0.map.get("useProbability");
    entry.written = as_written::read_otherwise(&entry, names, stands, use_probability);
    keep_rest(&mut entry, map, extensions_map, names);
    note_unheeded(lenient, &entry, path);
    entry
}

/// Keeps what an entry has beside what is read.
fn keep_rest(entry: &mut Entry, map: &Map<String, Value>, extensions_map: &Map<String, Value>, names: Names) {
    entry.extensions = rest_of(extensions_map, |key| is_known(key, names));
    let rest = rest_of(map, |key| is_field(key, names));
    match names {
        Names::Book => entry.other = rest,
        // Cards have what SillyTavern adds under `extensions`, where it looks for it itself. What it does not know stays as it is.
        Names::WorldInfo => {
            for (key, value) in rest {
                match SILLYTAVERN_FIELDS.iter().find(|(world, _)| *world == key) {
                    Some((_, card)) => drop(entry.extensions.entry(*card).or_insert(value)),
                    None => drop(entry.other.insert(key, value)),
                }
            }
        }
    }
}

/// Settings of SillyTavern's that abide does not heed, as they are called under `extensions`.
const UNHEEDED: [&str; 11] = [
    "automation_id",
    "match_character_depth_prompt",
    "match_character_description",
    "match_character_personality",
    "match_creator_notes",
    "match_persona_description",
    "match_scenario",
    "outlet_name",
    "triggers",
    "use_group_scoring",
    "vectorized",
];

fn note_unheeded(lenient: &mut Lenient, entry: &Entry, path: &str) {
    let is_set = |value: &Value| match value {
        Value::Bool(flag) => *flag,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    let tags = entry.extensions.get("character_filter").and_then(|filter| filter.get("tags"));
    let set = |key: &&str| entry.extensions.get(*key).is_some_and(is_set);
    let mut unheeded: Vec<&str> = UNHEEDED.into_iter().filter(set).collect();
    if tags.is_some_and(is_set) {
        unheeded.push("character_filter.tags");
    }
    if !unheeded.is_empty() {
        lenient.note(path, format!("says {}, which abide keeps and does not heed", unheeded.join(", ")));
    }
}

/// Fields of SillyTavern's that are none of [`ENTRY_FIELDS`]: their names in World Info, and under `extensions` in a card's book.
pub(super) const SILLYTAVERN_FIELDS: [(&str, &str); 14] = [
    ("addMemo", "add_memo"),
    ("automationId", "automation_id"),
    ("characterFilter", "character_filter"),
    ("displayIndex", "display_index"),
    ("matchCharacterDepthPrompt", "match_character_depth_prompt"),
    ("matchCharacterDescription", "match_character_description"),
    ("matchCharacterPersonality", "match_character_personality"),
    ("matchCreatorNotes", "match_creator_notes"),
    ("matchPersonaDescription", "match_persona_description"),
    ("matchScenario", "match_scenario"),
    ("outletName", "outlet_name"),
    ("triggers", "triggers"),
    ("useGroupScoring", "use_group_scoring"),
    ("vectorized", "vectorized"),
];

/// Whether an entry's own key is read into a field of its own.
fn is_field(key: &str, names: Names) -> bool {
    ["extensions", "position"].contains(&key)
        || (names == Names::WorldInfo && key == "useProbability")
        || ENTRY_FIELDS.iter().any(|(_, extension, book, world)| match names {
            Names::Book => !extension && *book == key,
            Names::WorldInfo => *world == key,
        })
}

fn clone_pair((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

/// Whether a key under `extensions` is read into a field of its own.
pub(super) fn is_known(key: &str, names: Names) -> bool {
    names == Names::Book
        && (["position", "useProbability", "case_sensitive"].contains(&key)
            || ENTRY_FIELDS.iter().any(|row| row.1 && row.2 == key))
}

fn read_numbers(lenient: &mut Lenient, object: &EntryObject<'_>, entry: &mut Entry) {
    let count = |lenient: &mut Lenient, field| {
        let (object, name) = object.at(field);
        lenient.count(object, name)
    };
    let number = |lenient: &mut Lenient, field| {
        let (object, name) = object.at(field);
        lenient.number(object, name)
    };
    entry.priority = number(lenient, Field::Priority);
    entry.depth = count(lenient, Field::Depth);
    entry.scan_depth = count(lenient, Field::ScanDepth);
    entry.sticky = count(lenient, Field::Sticky).filter(|&messages| messages > 0);
    entry.cooldown = count(lenient, Field::Cooldown).filter(|&messages| messages > 0);
    entry.delay = count(lenient, Field::Delay).filter(|&messages| messages > 0);
    entry.group_weight = number(lenient, Field::GroupWeight);
    // SillyTavern writes a number here for levels of recursion, or a truth value.
    let (object_at, name) = object.at(Field::DelayUntilRecursion);
    entry.delay_until_recursion = match object_at.map.get(name) {
        Some(Value::Number(level)) => level.as_f64().is_some_and(|level| level > 0.0),
        _ => lenient.flag(object_at, name).unwrap_or(false),
    };
    let (object_at, name) = object.at(Field::Probability);
    let used = lenient.flag(object_at, "useProbability").unwrap_or(true);
    let probability = lenient.number(object_at, name).map(|percent| percent.clamp(0.0, 100.0));
    entry.probability = probability.filter(|&percent| used && percent < 100.0);
}

/// SillyTavern's numbers of positions.
pub(super) const POSITIONS: [Position; 8] = [
    Position::BeforeChar,
    Position::AfterChar,
    Position::BeforeNote,
    Position::AfterNote,
    Position::AtDepth,
    Position::BeforeExamples,
    Position::AfterExamples,
    Position::Outlet,
];

/// SillyTavern's numbers of roles.
pub(super) const ROLES: [Role; 3] = [Role::System, Role::User, Role::Assistant];

/// SillyTavern's numbers of [`SecondaryLogic`].
pub(super) const LOGICS: [SecondaryLogic; 4] =
    [SecondaryLogic::AndAny, SecondaryLogic::NotAll, SecondaryLogic::NotAny, SecondaryLogic::AndAll];

fn read_position(lenient: &mut Lenient, object: &EntryObject<'_>, entry: &mut Entry) {
    let mut numbered = |object: Object<'_>, name: &str, count: usize| {
        let number = lenient.count(object, name)? as usize;
        if number >= count {
            lenient.note(object.path_of(name), format!("is {number}, which is not known here; not read"));
        }
        Some(number).filter(|&number| number < count)
    };
    let (logic, logic_name) = object.at(Field::SecondaryLogic);
    let logic = numbered(logic, logic_name, LOGICS.len());
    let (role, role_name) = object.at(Field::Role);
    let role = numbered(role, role_name, ROLES.len());
    let (main, extensions) = (object.main, object.extensions);
    let number = match object.names {
        Names::WorldInfo => numbered(main, "position", POSITIONS.len()),
        Names::Book if extensions.map.contains_key("position") => {
            numbered(extensions, "position", POSITIONS.len())
        }
        Names::Book if main.map.get("position").is_some_and(|value| !value.is_string()) => {
            numbered(main, "position", POSITIONS.len())
        }
        Names::Book => None,
    };
    entry.secondary_logic = logic.map(|number| LOGICS[number]).unwrap_or_default();
    entry.role = role.map(|number| ROLES[number]).unwrap_or_default();
    entry.position = match (number, main.map.get("position").and_then(Value::as_str)) {
        (Some(number), _) => POSITIONS[number],
        (None, Some("after_char")) => Position::AfterChar,
        (None, Some("before_char") | None) => Position::BeforeChar,
        (None, Some(other)) => {
            lenient.note(
                main.path_of("position"),
                format!("is \"{other}\", which is not known here; before_char"),
            );
            Position::BeforeChar
        }
    };
}
