//! What is saved of one model, in memory: which files help a prompt, and which a sequence still lacks. Knows names and
//! tokens; touches no file after it was made.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::PART_TOKENS;
use super::error::SavedCacheError;
use super::file::PartReader;
use super::folder;
use super::format::{Description, Identity};
use super::key::{Keys, Name};
use crate::cache_contents::GroupContents;

/// The files of one model.
pub(crate) struct Index {
    keys: Arc<Keys>,
    identity: Identity,
    model: String,
    root: Name,
    folder: PathBuf,
    /// By what they come after.
    parts: HashMap<Name, Vec<Arc<Description>>>,
    names: HashSet<Name>,
}

/// Files that hold a prompt's start.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// How many of its tokens.
    pub(crate) positions: usize,
    /// The files, first to last.
    pub(super) parts: Vec<Arc<Description>>,
}

/// A file to be written.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(super) description: Arc<Description>,
}

impl Plan {
    /// The blocks that it wants, in this order: group and index in the sequence.
    pub(crate) fn blocks(&self) -> Vec<(usize, usize)> {
        self.description.pieces().map(|(group, index, _)| (group, index)).collect()
    }
}

/// What is to be done about a sequence.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    /// All its files, first to last.
    pub(crate) names: Vec<Name>,
    /// Those that are to be written.
    pub(crate) missing: Vec<Plan>,
    /// Ends of shorter versions of it, which are of no use once the plans are carried out.
    pub(crate) superseded: Vec<Name>,
}

impl Index {
    /// Reads the descriptions of all files of a model. What can't be used is left aside; what never will be, deleted.
    pub(crate) fn open(
        folder: &Path,
        keys: Arc<Keys>,
        identity: Identity,
        model: String,
    ) -> Result<Self, SavedCacheError> {
        let root = identity.root(&keys);
        let own = folder::model_folder(folder, identity.folder(&keys));
        folder::create(folder)?;
        folder::create(&own)?;
        let (parts, names) = (HashMap::new(), HashSet::new());
        let mut index = Self { keys, identity, model, root, folder: own, parts, names };
        for file in folder::files_of(&index.folder)? {
            let opened = PartReader::open(&file.path, &index.keys);
            match opened.and_then(|reader| index.accept(&file.path, reader.description())) {
                Ok(description) => index.add(description),
                Err(error) => {
                    tracing::debug!(%error, "a saved cache is not used");
                    if error.is_useless() && file.path.extension().is_some() {
                        folder::delete(&file.path)?;
                    }
                }
            }
        }
        Ok(index)
    }

    /// Checks that a file in our folder is what its name says.
    fn accept(&self, path: &Path, found: &Description) -> Result<Arc<Description>, SavedCacheError> {
        let expected = Description { identity: self.identity.clone(), ..found.clone() };
        let mismatch = found.check(&expected).err().or_else(|| {
            let misnamed = self.path(found.name(&self.keys)) != path;
            misnamed.then_some(super::Mismatch::Tokens)
        });
        match mismatch {
            Some(mismatch) => Err(SavedCacheError::Mismatch { path: path.to_owned(), mismatch }),
            None => Ok(Arc::new(found.clone())),
        }
    }

    /// Where a file lies.
    pub(super) fn path(&self, name: Name) -> PathBuf {
        folder::part_path(&self.folder, name)
    }

    pub(super) fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    pub(super) fn contains(&self, name: Name) -> bool {
        self.names.contains(&name)
    }

    /// A file is there.
    pub(super) fn add(&mut self, description: Arc<Description>) {
        if self.names.insert(description.name(&self.keys)) {
            self.parts.entry(description.before).or_default().push(description);
        }
    }

    /// A file is gone, or not to be used.
    pub(super) fn remove(&mut self, name: Name) {
        if self.names.remove(&name) {
            let keys = &self.keys;
            self.parts.retain(|_, parts| {
                parts.retain(|part| part.name(keys) != name);
                !parts.is_empty()
            });
        }
    }

    /// A file that was found earlier can't be used. Says whether it still counted: a new one may have its name by now.
    pub(super) fn discard(&mut self, part: &Arc<Description>) -> bool {
        let Some(parts) = self.parts.get_mut(&part.before) else { return false };
        let count = parts.len();
        parts.retain(|other| !Arc::ptr_eq(other, part));
        let discarded = parts.len() < count;
        if discarded {
            self.names.remove(&part.name(&self.keys));
        }
        discarded
    }

    /// Files are gone.
    pub(super) fn remove_paths(&mut self, paths: &[PathBuf]) {
        let gone: Vec<Name> =
            self.names.iter().copied().filter(|name| paths.contains(&self.path(*name))).collect();
        gone.into_iter().for_each(|name| self.remove(name));
    }

    /// Where all files lie.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.names.iter().map(|name| self.path(*name)).collect()
    }

    /// All files are gone.
    pub(super) fn clear(&mut self) {
        self.parts.clear();
        self.names.clear();
    }

    /// Files that hold the longest start of `tokens`; never all of them, because the last is to be computed.
    pub(crate) fn find(&self, tokens: &[u32]) -> Option<Found> {
        let limit = tokens.len().saturating_sub(1);
        let mut best: Option<Found> = None;
        let (mut before, mut path) = (self.root, Vec::new());
        while let Some(rest) = tokens.get(path.len() * PART_TOKENS..limit)
            && let Some(parts) = self.parts.get(&before)
        {
            let mut whole = None;
            for part in parts {
                let common = part.tokens.iter().zip(rest).take_while(|(own, other)| own == other).count();
                let positions = part.position + common;
                let better = positions > best.as_ref().map_or(0, |best| best.positions);
                if better && self.serves(part, positions) {
                    let parts = path.iter().chain([part]).cloned().collect();
                    best = Some(Found { positions, parts });
                }
                if !part.is_end && common == PART_TOKENS {
                    whole = Some(part);
                }
            }
            let Some(whole) = whole else { break };
            before = whole.name(&self.keys);
            path.push(Arc::clone(whole));
        }
        best
    }

    /// Whether a query after `positions` finds in `part` what the stretches before it don't hold.
    fn serves(&self, part: &Description, positions: usize) -> bool {
        let size = self.identity.block_positions;
        part.blocks.iter().zip(self.identity.groups()).all(|(blocks, group)| {
            let first = match group.window {
                Some(_) => group.first_block_needed(positions, size),
                None => part.position / size,
            };
            let end = positions.div_ceil(size);
            first >= end || (blocks.start <= first && end <= blocks.end)
        })
    }

    /// What there is to be written of a sequence of `tokens`. `known(group, index)` says whether the sequence's block is.
    pub(crate) fn plan(&self, tokens: &[u32], bytes_max: u64, known: impl Fn(usize, usize) -> bool) -> Plans {
        let mut plans = Plans::default();
        let (mut before, mut bytes) = (self.root, 0_u64);
        let wholes = tokens.len() / PART_TOKENS;
        let stretches = (0..wholes).map(|index| (index * PART_TOKENS, PART_TOKENS, false));
        let end = (wholes * PART_TOKENS, tokens.len() % PART_TOKENS, true);
        let wants_end = end.1 > 0 || self.identity.has_windows();
        for (position, count, is_end) in stretches.chain(wants_end.then_some(end)) {
            let own = &tokens[position..position + count];
            let blocks = self.identity.groups().enumerate().map(|(group, contents)| {
                self.blocks(contents, position..position + count, is_end, &|index| known(group, index))
            });
            let description = Description {
                model: self.model.clone(),
                identity: self.identity.clone(),
                before,
                position,
                tokens: own.to_vec(),
                is_end,
                blocks: blocks.collect(),
            };
            let name = description.name(&self.keys);
            bytes = bytes.saturating_add(description.file_bytes(description.to_bytes().len()));
            if bytes > bytes_max {
                tracing::debug!(
                    position,
                    "the rest of a conversation is not saved: it is larger than the limit"
                );
                return plans;
            }
            self.supersede(&description, tokens, &mut plans.superseded);
            plans.names.push(name);
            if !self.contains(name) {
                plans.missing.push(Plan { description: Arc::new(description) });
            }
            before = name;
        }
        // Where something forgets, the next shorter end still serves those who go on from there.
        if self.identity.has_windows() {
            plans.superseded.pop();
        }
        plans
    }

    /// The blocks of one group that go into a file: those of its tokens, or what is known of a window at a sequence's end
    /// (as far back as another conversation is likely to part from this one).
    fn blocks(
        &self,
        group: GroupContents,
        positions: Range<usize>,
        is_end: bool,
        known: &dyn Fn(usize) -> bool,
    ) -> Range<usize> {
        let size = self.identity.block_positions;
        let end = positions.end.div_ceil(size);
        match (group.window, is_end) {
            (None, _) => positions.start / size..end,
            (Some(_), false) => 0..0,
            (Some(_), true) => {
                let furthest = group.first_block_needed(positions.end.saturating_sub(PART_TOKENS), size);
                let mut first = end;
                while first > furthest && known(first - 1) {
                    first -= 1;
                }
                first..end
            }
        }
    }

    /// Adds the ends that are starts of `tokens`, among the files beside `description`.
    fn supersede(&self, description: &Description, tokens: &[u32], superseded: &mut Vec<Name>) {
        let beside = self.parts.get(&description.before).into_iter().flatten();
        let mut ends: Vec<_> = beside
            .filter(|part| part.is_end && part.position + part.tokens.len() < tokens.len())
            .filter(|part| tokens[part.position..].starts_with(&part.tokens))
            .collect();
        ends.sort_by_key(|part| part.tokens.len());
        superseded.extend(ends.into_iter().map(|part| part.name(&self.keys)));
    }
}
