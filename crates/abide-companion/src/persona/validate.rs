//! What a persona must be like to be kept. Must not know where it comes from.

use super::{Avatar, Persona, PersonaError, Relationship};
use crate::{
    card::{ENTRIES_MAX, KEYS_MAX, LIST_MAX, NAME_BYTES_MAX, TEXT_BYTES_MAX},
    lorebook::Entry,
};

/// Bytes of a persona as JSON or TOML: a card's files and picture are in it as base64.
pub const PERSONA_BYTES_MAX: usize = 128 << 20;
/// Bytes of an avatar.
pub const AVATAR_BYTES_MAX: usize = 16 << 20;

/// Bytes of a name that is spoken: the texts that end a reply have it in them.
const SPOKEN_BYTES_MAX: usize = 1_000;

/// What is wrong with a name that somebody is called by.
pub(crate) fn name_problem(name: &str) -> Option<String> {
    if name.len() > SPOKEN_BYTES_MAX {
        return Some(format!("has {} bytes, at most {SPOKEN_BYTES_MAX} are kept", name.len()));
    }
    let is_broken = name.trim().chars().any(char::is_control);
    is_broken.then(|| "has a line end or another control character in it".to_owned())
}

/// As much of a name as can be spoken, also of one that an earlier version took.
pub(crate) fn spoken(name: &str) -> &str {
    let line = name.trim().lines().next().unwrap_or_default();
    line[..line.floor_char_boundary(SPOKEN_BYTES_MAX)].trim_end()
}

pub(super) fn problem(
    field: impl Into<String>,
    problem: impl Into<String>,
    cure: impl Into<String>,
) -> PersonaError {
    PersonaError::Field { field: field.into(), problem: problem.into(), cure: cure.into() }
}

/// Refuses what is longer than `max` bytes.
pub(super) fn check_size(field: &str, bytes: usize, max: usize) -> Result<(), PersonaError> {
    if bytes > max {
        return Err(problem(field, format!("has {bytes} bytes, at most {max} are kept"), "shorten it"));
    }
    Ok(())
}

fn check_list(field: &str, items: &[String], items_max: usize, bytes_max: usize) -> Result<(), PersonaError> {
    if items.len() > items_max {
        let found = items.len();
        return Err(problem(
            field,
            format!("has {found} items, at most {items_max} are kept"),
            "take some out",
        ));
    }
    for (index, item) in items.iter().enumerate() {
        check_size(&format!("{field}[{index}]"), item.len(), bytes_max)?;
    }
    Ok(())
}

/// Whether a text has the form of a language tag of BCP 47: a language of 2 to 8 letters, then subtags of up to 8 letters and digits.
pub(super) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let letters = language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let subtags = parts
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    letters && (2..=8).contains(&language.len()) && subtags && tag.len() <= 64
}

impl Persona {
    /// Whether it can be kept and used. Personas read by [`Persona::from_toml`] and the like are.
    ///
    /// # Errors
    ///
    /// The first field that is missing, too long or not of its form, and what to do about it.
    pub fn validate(&self) -> Result<(), PersonaError> {
        if self.name.trim().is_empty() {
            return Err(problem("name", "is missing or empty", "give the companion a name"));
        }
        let spoken = [("name", &self.name), ("nickname", &self.nickname), ("calls_user", &self.calls_user)];
        for (field, name) in spoken {
            if let Some(found) = name_problem(name) {
                return Err(problem(field, found, "write a name as it is spoken, in one line"));
            }
        }
        for (field, text) in [("creator", &self.creator), ("character_version", &self.character_version)] {
            check_size(field, text.len(), NAME_BYTES_MAX)?;
        }
        let texts = [
            ("description", &self.description),
            ("personality", &self.personality),
            ("scenario", &self.scenario),
            ("way_of_speaking", &self.way_of_speaking),
            ("system_prompt", &self.system_prompt),
            ("post_history_instructions", &self.post_history_instructions),
            ("creator_notes", &self.creator_notes),
        ];
        for (field, text) in texts {
            check_size(field, text.len(), TEXT_BYTES_MAX)?;
        }
        if !self.language.is_empty() && !is_language(&self.language) {
            let found = format!("is \"{}\", which is no language tag", self.language.escape_default());
            return Err(problem("language", found, "write it like en, fr or zh-Hans (BCP 47)"));
        }
        if let Relationship::Own(text) = &self.relationship {
            check_size("relationship", text.len(), NAME_BYTES_MAX)?;
        }
        check_list("tags", &self.tags, LIST_MAX, NAME_BYTES_MAX)?;
        check_list("greetings", &self.greetings, LIST_MAX + 1, TEXT_BYTES_MAX)?;
        check_list("examples", &self.examples, usize::MAX, TEXT_BYTES_MAX)?;
        check_size("examples", self.examples.iter().map(String::len).sum(), TEXT_BYTES_MAX)?;
        self.validate_avatar()?;
        self.validate_lorebook()
    }

    fn validate_avatar(&self) -> Result<(), PersonaError> {
        let Some(avatar) = &self.avatar else { return Ok(()) };
        if !avatar.media_type().starts_with("image/") || avatar.media_type().len() > 100 {
            let found = format!("is \"{}\"", avatar.media_type().escape_default());
            return Err(problem("avatar.media_type", found, "name the picture's type, such as image/png"));
        }
        match avatar {
            Avatar::Data { data, .. } => check_size("avatar.data", data.len(), AVATAR_BYTES_MAX),
            Avatar::Path { path, .. } if path.is_empty() => {
                Err(problem("avatar.path", "is empty", "name the picture's file"))
            }
            Avatar::Path { path, .. } => check_size("avatar.path", path.len(), NAME_BYTES_MAX),
        }
    }

    fn validate_lorebook(&self) -> Result<(), PersonaError> {
        let Some(book) = &self.lorebook else { return Ok(()) };
        check_size("lorebook.name", book.name.len(), NAME_BYTES_MAX)?;
        check_size("lorebook.description", book.description.len(), TEXT_BYTES_MAX)?;
        if book.entries.len() > ENTRIES_MAX {
            let found = format!("has {} entries, at most {ENTRIES_MAX} are kept", book.entries.len());
            return Err(problem("lorebook.entries", found, "take some out"));
        }
        let entries = book.entries.iter().enumerate();
        for (index, entry) in entries {
            validate_entry(entry, &format!("lorebook.entries[{index}]"))?;
        }
        Ok(())
    }
}

fn validate_entry(entry: &Entry, path: &str) -> Result<(), PersonaError> {
    check_list(&format!("{path}.keys"), &entry.keys, KEYS_MAX, NAME_BYTES_MAX)?;
    check_list(&format!("{path}.secondary_keys"), &entry.secondary_keys, KEYS_MAX, NAME_BYTES_MAX)?;
    check_size(&format!("{path}.content"), entry.content.len(), TEXT_BYTES_MAX)?;
    check_size(&format!("{path}.comment"), entry.comment.len(), TEXT_BYTES_MAX)?;
    check_size(&format!("{path}.name"), entry.name.len(), NAME_BYTES_MAX)?;
    check_size(&format!("{path}.group"), entry.group.len(), NAME_BYTES_MAX)?;
    let numbers = [
        ("insertion_order", Some(entry.insertion_order)),
        ("priority", entry.priority),
        ("group_weight", entry.group_weight),
    ];
    for (field, number) in numbers {
        if number.is_some_and(|number| !number.is_finite()) {
            return Err(problem(
                format!("{path}.{field}"),
                "is no finite number",
                "write a number such as 100",
            ));
        }
    }
    if entry.probability.is_some_and(|percent| !(0.0..=100.0).contains(&percent)) {
        let cure = "write percent from 0 to 100, or leave it out for always";
        return Err(problem(format!("{path}.probability"), "is not between 0 and 100", cure));
    }
    Ok(())
}
