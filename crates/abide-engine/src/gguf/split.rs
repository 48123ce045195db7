//! Models split over several files, as llama.cpp's `gguf-split` names and marks them: which files belong
//! together, and whether they are all there.

use std::path::{Path, PathBuf};

use super::{GgufError, Metadata, Problem};

/// How many files the model was split into.
const COUNT_KEY: &str = "split.count";
/// Which of them this is, from 0.
const NUMBER_KEY: &str = "split.no";
/// Tensors in all of them.
const TENSORS_KEY: &str = "split.tensors.count";

/// The name that the shards of a model share: `folder/NAME-00001-of-00003.gguf`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShardName {
    folder: PathBuf,
    stem: String,
    number: usize,
    count: usize,
}

impl ShardName {
    /// Takes the name of a shard apart; `None` if `path` is not called like one.
    fn parse(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(".gguf")?;
        let (rest, count) = name.rsplit_once("-of-")?;
        let (stem, number) = rest.rsplit_once('-')?;
        let (number, count) = (five_digits(number)?, five_digits(count)?);
        if number == 0 || number > count {
            return None;
        }
        Some(Self { folder: path.parent()?.to_owned(), stem: stem.to_owned(), number, count })
    }

    /// How many shards there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The file of shard `number`, from 1.
    pub(super) fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{}-{number:05}-of-{:05}.gguf", self.stem, self.count))
    }

    /// Checks that no shard is missing before any more of them are opened.
    pub(super) fn check_all_there(&self) -> Result<(), GgufError> {
        let mut missing = (1..=self.count).map(|number| self.path(number)).filter(|path| !path.exists());
        let Some(first) = missing.next() else {
            return Ok(());
        };
        let problem = Problem::ShardMissing { count: self.count, missing: 1 + missing.count() };
        Err(GgufError::new(&first, problem))
    }
}

fn five_digits(text: &str) -> Option<usize> {
    (text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The shards that belong to the file at `path` by its metadata; `None` if it is a whole model.
pub(super) fn expected_name(path: &Path, metadata: &Metadata) -> Result<Option<ShardName>, GgufError> {
    let (found_number, found_count) = marks(path, metadata)?;
    if found_count <= 1 {
        return Ok(None);
    }
    let name = ShardName::parse(path)
        .ok_or_else(|| GgufError::new(path, Problem::ShardName { count: found_count }))?;
    check(path, (name.number, name.count), (found_number, found_count))?;
    Ok(Some(name))
}

/// Checks that the file at `path` says itself that it is shard `number` (from 1) of `count`.
pub(super) fn check_member(
    path: &Path,
    metadata: &Metadata,
    number: usize,
    count: usize,
) -> Result<(), GgufError> {
    check(path, (number, count), marks(path, metadata)?)
}

/// Checks that the shards hold as many tensors as the first of them promises.
pub(super) fn check_tensor_count(path: &Path, metadata: &Metadata, found: usize) -> Result<(), GgufError> {
    match metadata.unsigned(TENSORS_KEY).map_err(|error| GgufError::new(path, error))? {
        Some(promised) if promised != found => {
            Err(GgufError::new(path, Problem::ShardTensors { promised, found }))
        }
        _ => Ok(()),
    }
}

/// Number (from 1) and count of the shard, as its metadata have them. A file without marks is the only one.
fn marks(path: &Path, metadata: &Metadata) -> Result<(usize, usize), GgufError> {
    let read = |key| metadata.unsigned(key).map_err(|error| GgufError::new(path, error));
    Ok((read(NUMBER_KEY)?.unwrap_or(0).saturating_add(1), read(COUNT_KEY)?.unwrap_or(1)))
}

fn check(path: &Path, by_name: (usize, usize), by_metadata: (usize, usize)) -> Result<(), GgufError> {
    if by_name == by_metadata {
        return Ok(());
    }
    let ((number, count), (found_number, found_count)) = (by_name, by_metadata);
    Err(GgufError::new(path, Problem::ShardMismatch { number, count, found_number, found_count }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_shards_are_taken_apart() {
        let name = ShardName::parse(Path::new("m/a-of-b-00002-of-00003.gguf")).unwrap();
        assert_eq!((name.stem.as_str(), name.number, name.count), ("a-of-b", 2, 3));
        assert_eq!(name.path(3), Path::new("m/a-of-b-00003-of-00003.gguf"));
        for other in [
            "a.gguf",
            "a-00000-of-00003.gguf",
            "a-00004-of-00003.gguf",
            "a-2-of-3.gguf",
            "a-00001-of-00003.bin",
            "a-+0001-of-00003.gguf",
        ] {
            assert_eq!(ShardName::parse(Path::new(other)), None, "{other}");
        }
    }
}
