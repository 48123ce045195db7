//! The catalogue: the built-in list of models, and what the user's own file adds or overrides.
//!
//! Text in, checked entries out. Knows nothing of the network, nor of what is on disk.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::entry::Entry;
use crate::error::CatalogueError;
use crate::name::ModelId;

/// The catalogue that comes with the program.
pub const BUILTIN: &str = include_str!("../../../models.toml");

/// Longest catalogue that is read, in bytes.
const FILE_LENGTH_MAX: u64 = 1 << 20;

/// Models by id, in the order of the file.
#[derive(Debug, Clone)]
pub struct Catalogue {
    default: ModelId,
    facts_parameters_min: Option<u64>,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCatalogue {
    default: Option<ModelId>,
    facts_parameters_min: Option<u64>,
    #[serde(default, rename = "model")]
    models: Vec<Entry>,
}

impl Catalogue {
    /// The built-in catalogue alone.
    ///
    /// # Panics
    /// Never in a build that passed its tests, which parse this text.
    pub fn builtin() -> Self {
        Self::parse(BUILTIN, "the built-in catalogue").expect("models.toml is tested")
    }

    /// The built-in catalogue with the user's own file over it, if there is one: an entry with a
    /// known id replaces that entry whole, others are added.
    ///
    /// # Errors
    /// [`CatalogueError`] if the file can't be read, is not TOML, or has an entry that can't be right.
    /// A file that does not exist is no error.
    pub fn load(own_file: Option<&Path>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self::builtin();
        if let Some(path) = own_file
            && let Some(text) = read_limited(path)?
        {
            catalogue.merge(&text, &path.display().to_string())?;
        }
        Ok(catalogue)
    }

    /// Parses a whole catalogue, which must name its default model.
    ///
    /// # Errors
    /// As for [`Catalogue::load`]; `origin` names the text in messages.
    pub fn parse(text: &str, origin: &str) -> Result<Self, CatalogueError> {
        let RawCatalogue { default, facts_parameters_min, models } = parse_raw(text, origin)?;
        let default = default.ok_or_else(|| CatalogueError::Syntax {
            origin: origin.to_owned(),
            message: "`default` is missing: write default = \"ID\"".to_owned(),
        })?;
        let catalogue = Self { default, facts_parameters_min, entries: models };
        catalogue.check_default(origin)?;
        Ok(catalogue)
    }

    /// Lays another catalogue's entries over this one.
    ///
    /// # Errors
    /// As for [`Catalogue::load`].
    pub fn merge(&mut self, text: &str, origin: &str) -> Result<(), CatalogueError> {
        let RawCatalogue { default, facts_parameters_min, models } = parse_raw(text, origin)?;
        self.facts_parameters_min = facts_parameters_min.or(self.facts_parameters_min);
        for entry in models {
            match self.entries.iter_mut().find(|known| known.id == entry.id) {
                Some(known) => *known = entry,
                None => self.entries.push(entry),
            }
        }
        if let Some(default) = default {
            self.default = default;
        }
        self.check_default(origin)
    }

    fn check_default(&self, origin: &str) -> Result<(), CatalogueError> {
        if self.get(self.default.as_str()).is_some() {
            return Ok(());
        }
        Err(CatalogueError::Entry {
            origin: origin.to_owned(),
            id: self.default.to_string(),
            reason: "is named as default, but there is no such entry".to_owned(),
        })
    }

    /// The model used where none is named.
    pub fn default_entry(&self) -> &Entry {
        self.get(self.default.as_str()).expect("checked when the catalogue was read")
    }

    /// Parameters from which on a model is good enough to find facts in what people say; `None`: no model is.
    pub fn facts_parameters_min(&self) -> Option<u64> {
        self.facts_parameters_min
    }

    /// The entry of that id.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id.as_str() == id)
    }

    /// All entries, in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Up to three entries that may have been meant, the likeliest first: ids that hold the text, or
    /// differ from it in few letters.
    pub fn nearest(&self, id: &str) -> Vec<&Entry> {
        let wanted: String = id.chars().take(100).flat_map(char::to_lowercase).collect();
        let limit = (wanted.chars().count() / 3).max(2);
        let mut ranked: Vec<(usize, &Entry)> = self
            .entries
            .iter()
            .filter_map(|entry| {
                let distance = edit_distance(&wanted, entry.id.as_str());
                let holds = wanted.len() >= 3 && entry.id.as_str().contains(&wanted);
                (holds || distance <= limit)
                    .then_some((if holds { distance.min(limit) } else { distance }, entry))
            })
            .collect();
        ranked.sort_by_key(|(distance, _)| *distance);
        ranked.into_iter().take(3).map(|(_, entry)| entry).collect()
    }
}

fn parse_raw(text: &str, origin: &str) -> Result<RawCatalogue, CatalogueError> {
    let raw: RawCatalogue = toml::from_str(text)
        .map_err(|error| CatalogueError::Syntax { origin: origin.to_owned(), message: error.to_string() })?;
    for (index, entry) in raw.models.iter().enumerate() {
        let twice = raw.models[..index].iter().any(|other| other.id == entry.id);
        let checked = if twice { Err("is listed twice".to_owned()) } else { entry.check() };
        checked.map_err(|reason| CatalogueError::Entry {
            origin: origin.to_owned(),
            id: entry.id.to_string(),
            reason,
        })?;
    }
    Ok(raw)
}

fn read_limited(path: &Path) -> Result<Option<String>, CatalogueError> {
    let failed = |source| CatalogueError::Read { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    file.take(FILE_LENGTH_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > FILE_LENGTH_MAX {
        return Err(failed(std::io::Error::other(format!("it is longer than {FILE_LENGTH_MAX} bytes"))));
    }
    Ok(Some(text))
}

/// Levenshtein distance, in characters; time and memory grow with the product of the lengths,
/// which callers bound.
#[must_use]
pub fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}
