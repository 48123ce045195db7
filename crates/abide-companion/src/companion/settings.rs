//! What a companion's owner has chosen for it. Must not know how it is kept.

use abide_generation::Sampling;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A model that a companion runs on, exactly enough to find the same again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelUse {
    /// Its name, as people choose it.
    pub name: String,
    /// SHA-256 of its weights, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// SHA-256 of its chat template, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// How it chooses tokens, where that is not the model's own default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// Since when the companion runs on it.
    pub since: Timestamp,
}

impl ModelUse {
    /// A model of which nothing but the name is known.
    pub fn named(name: impl Into<String>, since: Timestamp) -> Self {
        Self { name: name.into(), checksum: None, template: None, sampling: None, since }
    }
}

/// What a companion's owner has chosen for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
// Each is a switch of its own, by its name in files and requests.
#[allow(clippy::struct_excessive_bools)]
pub struct Settings {
    /// The model it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelUse>,
    /// Those it ran on before, the last one last. They stay named, so that their files stay, until they are let go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former_models: Vec<ModelUse>,
    /// Tokens of context to use; `None`: what the model holds, at most
    /// [`CONTEXT_TOKENS_DEFAULT`](crate::prompt::CONTEXT_TOKENS_DEFAULT).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<usize>,
    /// Most tokens of a reply; `None`: a quarter of the context, at most 1,024.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_tokens: Option<usize>,
    /// Whether facts are found in what the user says.
    pub find_facts: bool,
    /// Whether the user's mood is kept.
    pub moods: bool,
    /// Whether the first talk of a day begins with the notice that this is software.
    pub software_notice: bool,
    /// Whether earlier talk is searched for what a message may be about.
    pub recall: bool,
    /// Whether the model summarises what leaves the window; else sentences are picked from it.
    pub summaries_by_model: bool,
    /// What the user is called where the persona does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The language of the prompt's fixed words (a BCP 47 tag); `None`: the persona's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The time zone by its IANA name; `None`: the machine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: None,
            former_models: Vec::new(),
            context_tokens: None,
            reply_tokens: None,
            find_facts: true,
            moods: true,
            software_notice: true,
            recall: true,
            summaries_by_model: true,
            user_name: None,
            language: None,
            time_zone: None,
        }
    }
}
