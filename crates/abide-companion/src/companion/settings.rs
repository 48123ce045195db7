//! What a companion's owner has chosen for it. Must not know how it is kept.

use abide_generation::{Generator, Sampling};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::error::{CompanionError, CompanionResult};
use crate::archive::hexadecimal;
use crate::language::Language;
use crate::persona::name_problem;
use crate::prompt::CONTEXT_TOKENS_MIN;

/// Tokens of a context or a reply at most that can be chosen.
const TOKENS_MAX: usize = 10_000_000;
/// Characters of a refused value that are shown.
const SHOWN_MAX: usize = 60;

/// A model that a companion runs on, exactly enough to find the same again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelUse {
    /// Its name, as people choose it.
    pub name: String,
    /// Where its file lies, of a model that is in no store: its name alone leads to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// SHA-256 of its weights, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// SHA-256 of its chat template, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// How tokens are chosen, as the companion began with it: a program's own settings go over it, and another version of a
    /// catalogue changes nothing about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// Since when the companion runs on it.
    pub since: Timestamp,
}

impl ModelUse {
    /// A model of which nothing but the name is known.
    pub fn named(name: impl Into<String>, since: Timestamp) -> Self {
        Self { name: name.into(), path: None, checksum: None, template: None, sampling: None, since }
    }

    /// The same with the chat template that `generator` renders prompts by.
    #[must_use]
    pub fn as_loaded(self, generator: &dyn Generator) -> Self {
        let digest = |text: &String| hexadecimal(&Sha256::digest(text));
        let template = generator.description().chat_template.as_ref().map(digest);
        Self { template: template.or(self.template), ..self }
    }

    /// Whether the weights are others than those of `other`, as far as both are known. Of a model in several files some programs know the first
    /// one's checksum alone.
    fn has_other_weights(&self, other: &Self) -> bool {
        let first = |checksum: &Option<String>| {
            checksum.as_ref().and_then(|all| all.split('+').next().map(str::to_owned))
        };
        first(&self.checksum).zip(first(&other.checksum)).is_some_and(|(one, other)| one != other)
    }

    /// What is known of a model that was used before, and is used again as `now` has it.
    fn seen_again(&self, now: &Self) -> (Self, ModelSeen) {
        let is_other = self.has_other_weights(now);
        let is_new_template =
            self.template.is_some() && now.template.is_some() && self.template != now.template;
        let seen = match (is_other, is_new_template) {
            (true, _) => ModelSeen::OtherWeights,
            (false, true) => ModelSeen::OtherTemplate,
            (false, false) => ModelSeen::Same,
        };
        let checksum = if is_other { &now.checksum } else { &self.checksum };
        // Whoever knows the weights knows where they lie: in a file that was moved, or in the store by now.
        let path = if now.checksum.is_some() { &now.path } else { &self.path };
        let merged = Self {
            name: self.name.clone(),
            path: path.clone(),
            checksum: checksum.as_ref().or(now.checksum.as_ref()).cloned(),
            template: now.template.as_ref().or(self.template.as_ref()).cloned(),
            sampling: self.sampling.as_ref().or(now.sampling.as_ref()).cloned(),
            since: if is_other { now.since } else { self.since },
        };
        (merged, seen)
    }
}

/// How a model that a companion talks with compares with the one that it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelSeen {
    /// It had none of its own, and runs on this one from now on.
    First,
    /// It is the one that it runs on.
    Same,
    /// It is, with another chat template than before.
    OtherTemplate,
    /// It goes by the same name and has other weights. Those of before stay named.
    OtherWeights,
    /// It is another one, for this talk alone.
    Guest,
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
    /// The same where the companion talks with `model`, and how that compares with the one that it runs on.
    pub(super) fn talking_with(&self, model: ModelUse) -> (Self, ModelSeen) {
        let mut settings = self.clone();
        let Some(own) = &self.model else {
            settings.run_on(model);
            return (settings, ModelSeen::First);
        };
        if own.name != model.name {
            return (settings, ModelSeen::Guest);
        }
        let (merged, seen) = own.seen_again(&model);
        settings.run_on(merged);
        (settings, seen)
    }

    /// Says which model the companion runs on. The one before stays named.
    pub(super) fn run_on(&mut self, model: ModelUse) {
        let same =
            |one: &ModelUse, other: &ModelUse| one.name == other.name && one.checksum == other.checksum;
        self.former_models.retain(|former| !same(former, &model));
        let filled = |before: &ModelUse| before.name == model.name && !before.has_other_weights(&model);
        let before = self.model.take().filter(|before| !filled(before));
        self.former_models.extend(before);
        self.model = Some(model);
    }

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
            (Takes::Switch, "on" | "true" | "yes" | "1") => Some(Value::from(true)),
            (Takes::Switch, "off" | "false" | "no" | "0") => Some(Value::from(false)),
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
        settings.validate_beside(self)?;
        Ok(settings)
    }

    /// Checks that what is chosen otherwise than `before` makes sense. What an earlier version took holds nothing up.
    ///
    /// # Errors
    /// Names the first value that doesn't.
    pub fn validate_beside(&self, before: &Self) -> CompanionResult<()> {
        let known: Vec<String> = before.problems().iter().map(ToString::to_string).collect();
        self.problems().into_iter().find(|problem| !known.contains(&problem.to_string())).map_or(Ok(()), Err)
    }

    /// What makes no sense in it.
    fn problems(&self) -> Vec<CompanionError> {
        let mut problems = Vec::new();
        let mut problem = |setting: &'static str, value: String, problem: String| {
            problems.push(CompanionError::Setting { setting, value, problem });
        };
        if let Some(tokens) = self.context_tokens.filter(|&tokens| tokens < CONTEXT_TOKENS_MIN) {
            let needed = format!("a companion needs at least {CONTEXT_TOKENS_MIN} tokens of context");
            problem("context_tokens", tokens.to_string(), needed);
        }
        if let Some(sampling) = self.model.as_ref().and_then(|model| model.sampling.as_ref())
            && let Err(error) = sampling.validate()
        {
            problem("model.sampling", error.value.to_string(), error.to_string());
        }
        if self.reply_tokens == Some(0) {
            problem("reply_tokens", "0".to_owned(), "a reply needs at least one token".to_owned());
        }
        for (setting, tokens) in
            [("context_tokens", self.context_tokens), ("reply_tokens", self.reply_tokens)]
        {
            if let Some(tokens) = tokens.filter(|&tokens| tokens > TOKENS_MAX) {
                let limit = format!(
                    "no model reads or says so much; at most {TOKENS_MAX}, or none for what the model suggests"
                );
                problem(setting, tokens.to_string(), limit);
            }
        }
        if let Some(name) = self.user_name.as_deref()
            && let Some(found) = name_problem(name)
        {
            problem("user_name", name.chars().take(SHOWN_MAX).collect(), found);
        }
        if let Some(language) = self.language.as_deref().filter(|tag| Language::from_tag(tag).is_none()) {
            let known = "a prompt's fixed words are there in en, fr and zh; what the companion itself speaks is its persona's language, which counts where this is empty";
            problem("language", language.to_owned(), known.to_owned());
        }
        if let Some(name) = self.time_zone.as_deref()
            && let Err(error) = jiff::tz::TimeZone::get(name)
        {
            problem("time_zone", name.to_owned(), format!("{error}; write it like Europe/Paris"));
        }
        problems
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

    fn used(checksum: Option<&str>, template: Option<&str>) -> ModelUse {
        ModelUse {
            checksum: checksum.map(str::to_owned),
            template: template.map(str::to_owned),
            ..ModelUse::named("small", Timestamp::UNIX_EPOCH)
        }
    }

    #[test]
    fn what_is_learned_of_the_same_model_is_kept_beside_what_was_known() {
        let (first, seen) = Settings::default().talking_with(used(None, Some("t")));
        assert_eq!((first.model.clone().unwrap(), seen), (used(None, Some("t")), ModelSeen::First));
        for (known, now, merged, seen) in [
            (used(None, None), used(Some("a"), Some("t")), used(Some("a"), Some("t")), ModelSeen::Same),
            (used(Some("a"), Some("t")), used(None, None), used(Some("a"), Some("t")), ModelSeen::Same),
            (used(Some("a+b"), None), used(Some("a"), None), used(Some("a+b"), None), ModelSeen::Same),
            (
                used(Some("a"), Some("t")),
                used(Some("a"), Some("u")),
                used(Some("a"), Some("u")),
                ModelSeen::OtherTemplate,
            ),
        ] {
            let before = Settings { model: Some(known), ..Settings::default() };
            let (after, found) = before.talking_with(now);
            assert_eq!((after.model, after.former_models, found), (Some(merged), Vec::new(), seen));
        }
    }

    #[test]
    fn a_file_is_known_where_it_was_seen_last() {
        let at = |path: &str, checksum| ModelUse { path: Some(path.to_owned()), ..used(checksum, None) };
        for (known, now, merged) in [
            (used(None, None), at("/a/small.gguf", Some("a")), at("/a/small.gguf", Some("a"))),
            (at("/a/small.gguf", Some("a")), at("/b/small.gguf", Some("a")), at("/b/small.gguf", Some("a"))),
            (at("/a/small.gguf", Some("a")), used(Some("a"), None), used(Some("a"), None)),
            (at("/a/small.gguf", Some("a")), used(None, None), at("/a/small.gguf", Some("a"))),
        ] {
            let before = Settings { model: Some(known), ..Settings::default() };
            assert_eq!(before.talking_with(now).0.model, Some(merged));
        }
    }

    #[test]
    fn weights_of_before_stay_named_and_guests_change_nothing() {
        let own = Settings { model: Some(used(Some("a"), Some("t"))), ..Settings::default() };
        let (after, seen) = own.talking_with(used(Some("b"), Some("t")));
        assert_eq!(seen, ModelSeen::OtherWeights);
        assert_eq!(
            (after.model, after.former_models),
            (Some(used(Some("b"), Some("t"))), vec![used(Some("a"), Some("t"))])
        );
        let guest = ModelUse { name: "large".to_owned(), ..used(Some("c"), None) };
        assert_eq!(own.talking_with(guest), (own, ModelSeen::Guest));
    }

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
        for (text, on) in [
            ("off", false),
            ("FALSE", false),
            ("no", false),
            ("0", false),
            ("on", true),
            ("true", true),
            ("1", true),
        ] {
            assert_eq!(Settings::default().with("moods", text).unwrap().moods, on, "{text}");
        }
    }

    #[test]
    fn what_an_earlier_version_took_holds_no_other_setting_up() {
        let old = Settings {
            language: Some("de".to_owned()),
            reply_tokens: Some(99_999_999),
            ..Settings::default()
        };
        let off = old.with("moods", "off").unwrap();
        assert_eq!((off.moods, off.language.as_deref()), (false, Some("de")));
        assert_eq!(off.with("language", "-").unwrap().language, None);
        for (name, text) in [("language", "tlh"), ("reply_tokens", "99999998"), ("context_tokens", "1")] {
            assert!(off.with(name, text).unwrap_err().to_string().contains(name));
        }
    }

    #[test]
    fn what_a_setting_can_not_be_is_said_by_its_name() {
        for (name, text, part) in [
            ("moods", "maybe", "on or off"),
            ("context_tokens", "many", "number of tokens"),
            ("context_tokens", "3", "at least"),
            ("reply_tokens", "0", "at least one"),
            ("reply_tokens", "99999999", "at most"),
            ("context_tokens", "99999999999", "at most"),
            ("language", "tlh", "en, fr and zh"),
            ("language", "speak French", "en, fr and zh"),
            ("reply_tokens", "-5", "number of tokens"),
            ("time_zone", "Mars/Olympus", "Europe/Paris"),
            ("user_name", "", "write what"),
            ("user_name", "Ada\nLovelace", "control character"),
            ("user_name", &"Ada".repeat(1_000), "at most 1000"),
        ] {
            let problem = Settings::default().with(name, text).unwrap_err().to_string();
            assert!(problem.contains(name) && problem.contains(part), "{problem}");
        }
        let problem = Settings::default().with("mood", "off").unwrap_err().to_string();
        assert!(problem.contains("\"mood\"") && problem.contains("moods, find_facts"), "{problem}");
    }
}
