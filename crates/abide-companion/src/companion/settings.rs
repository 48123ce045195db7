//! What a companion's owner has chosen for it. Must not know how it is kept.

use abide_generation::Sampling;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{CompanionError, CompanionResult};

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

/// What a setting takes.
#[derive(Clone, Copy)]
enum Takes {
    /// On or off.
    Switch,
    /// A number of tokens. Beside it: what holds where none is chosen.
    Tokens(&'static str),
    /// Words. Beside it: what holds where none are chosen.
    Text(&'static str),
}

/// The settings that are chosen by name, in the order in which they are shown: all but models, to which a rehearsal leads.
const CHOICES: [(&str, Takes); 10] = [
    ("moods", Takes::Switch),
    ("find_facts", Takes::Switch),
    ("recall", Takes::Switch),
    ("summaries_by_model", Takes::Switch),
    ("software_notice", Takes::Switch),
    ("user_name", Takes::Text("as the persona or you yourself said")),
    ("language", Takes::Text("the persona's")),
    ("time_zone", Takes::Text("this machine's")),
    ("context_tokens", Takes::Tokens("what the model holds, at most 8192")),
    ("reply_tokens", Takes::Tokens("a quarter of the context, at most 1024")),
];

impl Settings {
    /// The names of the settings that can be chosen by name.
    pub fn names() -> [&'static str; CHOICES.len()] {
        CHOICES.map(|(name, _)| name)
    }

    /// The same with one setting chosen otherwise, as people write it: `off`, `4096`, `Europe/Paris`; `-` is as if nothing had been chosen.
    ///
    /// # Errors
    /// When there is no such setting, or it can't be that.
    pub fn with(&self, name: &str, text: &str) -> CompanionResult<Self> {
        let choice = CHOICES.iter().find(|(known, _)| *known == name);
        let &(setting, takes) = choice.ok_or_else(|| CompanionError::NoSuchSetting(name.to_owned()))?;
        let wrong = |problem: &str| CompanionError::Setting {
            setting,
            value: text.to_owned(),
            problem: problem.to_owned(),
        };
        let value = match (takes, text.to_lowercase().as_str()) {
            (_, "-") => None,
            (Takes::Switch, "on" | "true" | "yes") => Some(Value::from(true)),
            (Takes::Switch, "off" | "false" | "no") => Some(Value::from(false)),
            (Takes::Switch, _) => return Err(wrong("it is on or off")),
            (Takes::Tokens(_), number) => {
                let tokens: Option<usize> = number.parse().ok();
                let problem =
                    "it is a number of tokens, such as 2048, or - for as many as the model suggests";
                Some(Value::from(tokens.ok_or_else(|| wrong(problem))?))
            }
            (Takes::Text(_), "") => return Err(wrong("write what it shall be, or - for nothing")),
            (Takes::Text(_), _) => Some(Value::from(text)),
        };
        let mut fields = serde_json::to_value(self).map_err(|error| wrong(&error.to_string()))?;
        if let Some(fields) = fields.as_object_mut() {
            match value {
                Some(value) => drop(fields.insert(setting.to_owned(), value)),
                None => drop(fields.remove(setting)),
            }
        }
        let settings: Self = serde_json::from_value(fields).map_err(|error| wrong(&error.to_string()))?;
        settings.validate()?;
        Ok(settings)
    }

    /// Name and value of the settings that can be chosen by name, as people read them; what holds where nothing was chosen in brackets.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        let fields = serde_json::to_value(self).unwrap_or_default();
        let value = |(name, takes): (&'static str, Takes)| match (&fields[name], takes) {
            (Value::Bool(true), _) => "on".to_owned(),
            (Value::Bool(false), _) => "off".to_owned(),
            (Value::String(text), _) => text.clone(),
            (Value::Null, Takes::Tokens(default) | Takes::Text(default)) => format!("({default})"),
            (other, _) => other.to_string(),
        };
        CHOICES.iter().map(|&choice| (choice.0, value(choice))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_but_models_is_chosen_by_its_name() {
        let all = Settings {
            context_tokens: Some(4096),
            reply_tokens: Some(200),
            user_name: Some("Ada".to_owned()),
            language: Some("fr".to_owned()),
            time_zone: Some("Europe/Paris".to_owned()),
            ..Settings::default()
        };
        let fields = serde_json::to_value(&all).unwrap();
        let mut written: Vec<&str> = fields.as_object().unwrap().keys().map(String::as_str).collect();
        let mut chosen = Settings::names();
        written.sort_unstable();
        chosen.sort_unstable();
        assert_eq!(written, chosen);
        let mut made = Settings::default();
        for (name, text) in all.shown() {
            made = made.with(name, &text).unwrap();
        }
        assert_eq!(made, all);
        for name in Settings::names() {
            made = made.with(name, "-").unwrap();
        }
        assert_eq!(made, Settings::default());
    }

    #[test]
    fn switches_are_turned_in_plain_words() {
        for (text, on) in [("off", false), ("FALSE", false), ("no", false), ("on", true), ("true", true)] {
            assert_eq!(Settings::default().with("moods", text).unwrap().moods, on, "{text}");
        }
    }

    #[test]
    fn what_a_setting_can_not_be_is_said_by_its_name() {
        for (name, text, part) in [
            ("moods", "maybe", "on or off"),
            ("context_tokens", "many", "number of tokens"),
            ("context_tokens", "3", "at least"),
            ("reply_tokens", "0", "at least one"),
            ("reply_tokens", "-5", "number of tokens"),
            ("time_zone", "Mars/Olympus", "Europe/Paris"),
            ("user_name", "", "write what"),
        ] {
            let problem = Settings::default().with(name, text).unwrap_err().to_string();
            assert!(problem.contains(name) && problem.contains(part), "{problem}");
        }
        let problem = Settings::default().with("mood", "off").unwrap_err().to_string();
        assert!(problem.contains("\"mood\"") && problem.contains("moods, find_facts"), "{problem}");
    }
}
