//! What was learnt about this machine: how fast it reads memory and decoded which model, and whether a better model was
//! proposed already. A small file in the home folder; who loses it loses nothing but that.
//!
//! Must not know how anything is measured or shown.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use abide_companion::private;
use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use crate::reading;

/// The file's name inside the home folder.
pub const FILE_NAME: &str = "measurements.json";
/// What [`Measurements::version`] says in files that this program understands.
const VERSION: u32 = 1;
/// Longest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Most setups that are kept, and most models of each; the oldest of the first go.
const SETUPS_MAX: usize = 32;
const MODELS_MAX: usize = 256;

/// Share of the memory bandwidth that decoding is taken to reach where nothing was measured yet.
const BANDWIDTH_SHARE: f64 = 0.65;

/// All that was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurements {
    version: u32,
    /// Whether `abide chat` proposed a better model than the default.
    pub proposed: bool,
    setups: Vec<Measured>,
}

/// What speed depends on besides the model. The home folder may be shared by several machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The processor.
    pub cpu: String,
    /// Threads that compute.
    pub threads: usize,
    /// Kernels in use.
    pub kernels: String,
}

/// What was measured in one setup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    setup: Setup,
    /// Bytes per second read from memory.
    read_bandwidth: Option<f64>,
    /// By a model's name.
    decoded: BTreeMap<String, Decoding>,
}

/// How fast a model made tokens, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decoding {
    /// Tokens per second.
    pub tokens_per_second: f64,
    /// Bytes of memory read for each.
    pub bytes_per_token: u64,
    /// What measured it.
    pub by: Source,
}

/// What measured a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A conversation, with whatever else the machine did meanwhile.
    Chat,
    /// `abide bench`.
    Bench,
}

/// How fast a model makes tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// That very model was measured, in tokens per second.
    Measured(f64),
    /// Worked out from what others reached.
    Estimated(f64),
}

impl Speed {
    /// Tokens per second.
    pub fn tokens_per_second(self) -> f64 {
        match self {
            Self::Measured(rate) | Self::Estimated(rate) => rate,
        }
    }
}

impl Default for Measurements {
    fn default() -> Self {
        Self { version: VERSION, proposed: false, setups: Vec::new() }
    }
}

impl Measurements {
    /// Reads the file in `home`. One that is missing is an empty one; so is one that makes no sense, with a warning.
    pub fn read(home: &Path) -> Self {
        let path = home.join(FILE_NAME);
        parse_file(&path).unwrap_or_else(|error| {
            tracing::warn!("{} is not used: {error:#}; the next measurement replaces it", path.display());
            Self::default()
        })
    }

    /// Reads the file in `home`, lets `change` change it, and writes it again, beside and renamed. That it can't be
    /// written is said in the log: nobody's work depends on it.
    pub fn update(home: &Path, change: impl FnOnce(&mut Self)) {
        let before = Self::read(home);
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return;
        }
        if let Err(error) = after.write(home) {
            tracing::info!("what was measured is not kept: {error:#}");
        }
    }

    fn write(&self, home: &Path) -> anyhow::Result<()> {
        private::make_folder(home)?;
        let mut file = tempfile::NamedTempFile::new_in(home)?;
        file.write_all((serde_json::to_string_pretty(self)? + "\n").as_bytes())?;
        file.persist(home.join(FILE_NAME))?;
        Ok(())
    }

    /// What was measured in a setup.
    pub fn of(&self, setup: &Setup) -> Option<&Measured> {
        self.setups.iter().find(|measured| measured.setup == *setup)
    }

    /// The same, to add to it.
    pub fn entry(&mut self, setup: &Setup) -> &mut Measured {
        let index = self.setups.iter().position(|measured| measured.setup == *setup).unwrap_or_else(|| {
            if self.setups.len() >= SETUPS_MAX {
                self.setups.remove(0);
            }
            self.setups.push(Measured::new(setup));
            self.setups.len() - 1
        });
        &mut self.setups[index]
    }
}

fn parse_file(path: &Path) -> anyhow::Result<Measurements> {
    let file = match File::open(path) {
        Ok(file) => file,
        // A home that is no folder is named where it matters.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Measurements::default());
        }
        Err(error) => return Err(error.into()),
    };
    let text = reading::text(file, FILE_BYTES_MAX)?;
    let found: Measurements = serde_json::from_str(&text).context("it holds no measurements")?;
    ensure!(found.version == VERSION, "it is of version {}, not {VERSION}", found.version);
    let sound = |number: f64| number.is_finite() && number > 0.0;
    for measured in &found.setups {
        ensure!(measured.read_bandwidth.is_none_or(sound), "a bandwidth in it can't be");
        let speeds = measured.decoded.values();
        let all = speeds.into_iter().all(|speed| sound(speed.tokens_per_second) && speed.bytes_per_token > 0);
        ensure!(all, "a speed in it can't be");
    }
    Ok(found)
}

impl Measured {
    /// Nothing, yet.
    pub fn new(setup: &Setup) -> Self {
        Self { setup: setup.clone(), read_bandwidth: None, decoded: BTreeMap::new() }
    }

    /// Whether nothing was measured yet.
    pub fn is_empty(&self) -> bool {
        self.read_bandwidth.is_none() && self.decoded.is_empty()
    }

    /// Bytes per second read from memory, where that was measured.
    pub fn read_bandwidth(&self) -> Option<f64> {
        self.read_bandwidth
    }

    /// Keeps the memory bandwidth.
    pub fn set_read_bandwidth(&mut self, bandwidth: f64) {
        if bandwidth.is_finite() && bandwidth > 0.0 {
            self.read_bandwidth = Some(bandwidth);
        }
    }

    /// Keeps how fast a model was. A conversation does not replace what a benchmark measured.
    pub fn set_decoding(&mut self, model: &str, decoding: Decoding) {
        let sound = decoding.tokens_per_second.is_finite() && decoding.tokens_per_second > 0.0;
        let better = self.decoded.get(model).is_none_or(|known| known.by <= decoding.by);
        if !sound || decoding.bytes_per_token == 0 || !better {
            return;
        }
        if self.decoded.len() >= MODELS_MAX && !self.decoded.contains_key(model) {
            self.decoded.pop_first();
        }
        self.decoded.insert(model.to_owned(), decoding);
    }

    /// How fast a model is that reads so many bytes per token: as measured, or else by the bandwidth that the measured
    /// model nearest to it in size reached. `None` where no model was measured.
    pub fn speed(&self, model: &str, bytes_per_token: u64) -> Option<Speed> {
        if let Some(known) = self.decoded.get(model) {
            return Some(Speed::Measured(known.tokens_per_second));
        }
        let bytes = bytes_per_token.max(1) as f64;
        let distance = |known: &Decoding| (known.bytes_per_token as f64 / bytes).ln().abs();
        let near = self.decoded.values().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        let bandwidth = near.tokens_per_second * near.bytes_per_token as f64;
        Some(Speed::Estimated(bandwidth / bytes))
    }

    /// As [`Self::speed`]; where no model was measured, by a share of the memory bandwidth.
    pub fn speed_or_guess(&self, model: &str, bytes_per_token: u64) -> Option<Speed> {
        let guess =
            |bandwidth: f64| Speed::Estimated(bandwidth * BANDWIDTH_SHARE / bytes_per_token.max(1) as f64);
        self.speed(model, bytes_per_token).or_else(|| self.read_bandwidth.map(guess))
    }
}

#[cfg(test)]
pub mod tests {
    use std::fs;

    use super::*;

    /// A setup with so many threads.
    pub fn setup(threads: usize) -> Setup {
        Setup { cpu: "Some CPU".to_owned(), threads, kernels: "avx2".to_owned() }
    }

    /// So many tokens per second at so many bytes each.
    pub fn decoding(tokens_per_second: f64, bytes_per_token: u64, by: Source) -> Decoding {
        Decoding { tokens_per_second, bytes_per_token, by }
    }

    #[test]
    fn what_is_kept_is_read_again_by_setup() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("below");
        Measurements::update(&home, |measurements| {
            measurements.entry(&setup(2)).set_decoding("a", decoding(20.0, 1000, Source::Bench));
            measurements.entry(&setup(2)).set_read_bandwidth(30_000.0);
        });
        Measurements::update(&home, |measurements| measurements.proposed = true);
        let read = Measurements::read(&home);
        assert!(read.proposed);
        let measured = read.of(&setup(2)).unwrap();
        assert_eq!(measured.read_bandwidth(), Some(30_000.0));
        assert_eq!(measured.speed("a", 9), Some(Speed::Measured(20.0)));
        assert_eq!(read.of(&setup(4)), None, "another number of threads was not measured");
        let names: Vec<_> = fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [FILE_NAME], "nothing else is left");
    }

    #[test]
    fn files_that_make_no_sense_are_empty_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let mut sound = Measurements::default();
        sound.entry(&setup(1)).set_decoding("a", decoding(1.0, 1, Source::Chat));
        let text = serde_json::to_string(&sound).unwrap();
        for damaged in [
            String::new(),
            "nonsense".to_owned(),
            text[..text.len() / 2].to_owned(),
            text.replace("\"version\":1", "\"version\":2"),
            text.replace("\"bytes_per_token\":1", "\"bytes_per_token\":0"),
            text.replace("\"tokens_per_second\":1.0", "\"tokens_per_second\":-1.0"),
            format!("{text}{}", " ".repeat(FILE_BYTES_MAX as usize)),
        ] {
            fs::write(&path, &damaged).unwrap();
            assert_eq!(Measurements::read(folder.path()), Measurements::default(), "{damaged:.80}");
        }
        fs::write(&path, &text).unwrap();
        assert_eq!(Measurements::read(folder.path()), sound);
        fs::write(&path, "nonsense").unwrap();
        Measurements::update(folder.path(), |measurements| measurements.proposed = true);
        assert!(Measurements::read(folder.path()).proposed, "the next measurement replaces it");
        Measurements::update(&path, |measurements| measurements.proposed = true);
    }

    #[test]
    fn estimates_follow_the_nearest_size() {
        let mut measurements = Measurements::default();
        let measured = measurements.entry(&setup(2));
        assert_eq!(measured.speed("x", 500), None);
        assert_eq!(measured.speed_or_guess("x", 500), None);
        measured.set_read_bandwidth(1000.0);
        assert_eq!(measured.speed_or_guess("x", 500), Some(Speed::Estimated(1.3)));
        measured.set_decoding("small", decoding(5.0, 100, Source::Bench));
        measured.set_decoding("large", decoding(0.8, 1000, Source::Bench));
        assert_eq!(measured.speed("x", 400), Some(Speed::Estimated(2.0)));
        assert_eq!(measured.speed("y", 50), Some(Speed::Estimated(10.0)));
        assert_eq!(measured.speed_or_guess("y", 50), measured.speed("y", 50));
    }

    #[test]
    fn a_chat_does_not_replace_a_benchmark() {
        let mut measurements = Measurements::default();
        let measured = measurements.entry(&setup(2));
        for (rate, by, known) in [
            (3.0, Source::Chat, 3.0),
            (4.0, Source::Chat, 4.0),
            (5.0, Source::Bench, 5.0),
            (2.0, Source::Chat, 5.0),
            (6.0, Source::Bench, 6.0),
            (f64::NAN, Source::Bench, 6.0),
        ] {
            measured.set_decoding("a", decoding(rate, 10, by));
            assert_eq!(measured.speed("a", 10), Some(Speed::Measured(known)));
        }
        measured.set_read_bandwidth(2.0);
        measured.set_read_bandwidth(0.0);
        assert_eq!(measured.read_bandwidth(), Some(2.0));
    }

    #[test]
    fn what_is_kept_stays_small() {
        let mut measurements = Measurements::default();
        for number in 0..1000 {
            let measured = measurements.entry(&setup(number % 100));
            measured.set_decoding(&number.to_string(), decoding(1.0, 1, Source::Bench));
            measurements.entry(&setup(99)).set_decoding(&number.to_string(), decoding(1.0, 1, Source::Bench));
        }
        assert_eq!(measurements.setups.len(), SETUPS_MAX);
        assert!(measurements.setups.iter().all(|measured| measured.decoded.len() <= MODELS_MAX));
    }
}
