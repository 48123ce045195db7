//! Where each setting came from: chooses among the sources, and remembers which one it was.
//!
//! Must not know what settings there are.

use serde::Serialize;
use serde_json::Value;

use crate::env;

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Source {
    /// The command line.
    #[serde(rename = "argument")]
    Argument,
    /// An environment variable.
    #[serde(rename = "environment")]
    Environment,
    /// `config.toml`.
    #[serde(rename = "config.toml")]
    File,
    /// Nobody said anything.
    #[serde(rename = "default")]
    Default,
}

impl Source {
    /// What it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Environment => "environment",
            Self::File => "config.toml",
            Self::Default => "default",
        }
    }
}

/// A settled value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Origin {
    /// The setting's name, as in `config.toml`.
    pub name: String,
    /// The value; `null` where a default is worked out later.
    pub value: Value,
    /// Where it came from.
    pub source: Source,
    /// What holds where the value is `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<&'static str>,
}

/// The settled values in the order in which they were settled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origins(Vec<Origin>);

/// What the sources say of one setting, the nearest to the command first.
pub struct Offers<T> {
    /// The command line.
    pub argument: Option<T>,
    /// The environment.
    pub environment: Option<T>,
    /// `config.toml`.
    pub file: Option<T>,
}

impl<T> Offers<T> {
    fn choose(self) -> (Option<T>, Source) {
        match (self.argument, self.environment, self.file) {
            (Some(value), _, _) => (Some(value), Source::Argument),
            (None, Some(value), _) => (Some(value), Source::Environment),
            (None, None, Some(value)) => (Some(value), Source::File),
            (None, None, None) => (None, Source::Default),
        }
    }
}

impl Origins {
    /// Chooses the nearest value; `meaning` says what holds without any.
    pub fn choose<T: Serialize>(
        &mut self,
        name: &'static str,
        offers: Offers<T>,
        meaning: &'static str,
    ) -> Option<T> {
        let (value, source) = offers.choose();
        let meaning = value.is_none().then_some(meaning);
        self.0.push(Origin { name: name.to_owned(), value: json(&value), source, meaning });
        value
    }

    /// Chooses the nearest value, or the default.
    pub fn choose_or<T: Serialize>(&mut self, name: &'static str, offers: Offers<T>, default: T) -> T {
        let (value, source) = offers.choose();
        let value = value.unwrap_or(default);
        self.note(name, &value, source);
        value
    }

    /// Where the value of a setting stands, for errors about it: the option, the variable, or the field of `config.toml`.
    pub fn place(&self, name: &str, option: &str) -> String {
        match self.0.iter().find(|origin| origin.name == name).map(|origin| origin.source) {
            Some(Source::File) => format!("`{name}` in config.toml"),
            Some(Source::Environment) => format!("the environment variable {}", env::variable(option)),
            _ => format!("--{option}"),
        }
    }

    /// Notes a value that was settled elsewhere.
    pub fn note(&mut self, name: impl Into<String>, value: &impl Serialize, source: Source) {
        self.0.push(Origin { name: name.into(), value: json(value), source, meaning: None });
    }

    /// Notes that nobody said anything; `meaning` says what holds then.
    pub fn note_unset(&mut self, name: impl Into<String>, meaning: &'static str) {
        let (value, meaning) = (Value::Null, Some(meaning));
        self.0.push(Origin { name: name.into(), value, source: Source::Default, meaning });
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter()
    }
}

/// A value as its text says it: 0.7 is 0.7, however many bits it has.
pub fn json(value: &impl Serialize) -> Value {
    let text = serde_json::to_string(value).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_source_wins_and_is_remembered() {
        let mut origins = Origins::default();
        let offers = |argument, environment, file| Offers { argument, environment, file };
        assert_eq!(origins.choose_or("a", offers(Some(1), Some(2), Some(3)), 4), 1);
        assert_eq!(origins.choose_or("b", offers(None, Some(2), Some(3)), 4), 2);
        assert_eq!(origins.choose_or("c", offers(None, None, Some(3)), 4), 3);
        assert_eq!(origins.choose_or("d", offers(None, None, None), 4), 4);
        assert_eq!(origins.choose::<u8>("e", offers(None, None, None), "as many as fit"), None);
        let sources: Vec<&str> = origins.iter().map(|origin| origin.source.name()).collect();
        assert_eq!(sources, ["argument", "environment", "config.toml", "default", "default"]);
        assert_eq!(origins.iter().last().unwrap().meaning, Some("as many as fit"));
    }

    #[test]
    fn numbers_are_told_by_their_shortest_text() {
        for number in [0.7_f32, 0.1, 1.1, -0.05, 1e-7, 40.0] {
            assert_eq!(json(&number).to_string(), serde_json::to_string(&number).unwrap());
        }
        assert_eq!(json(&[Some(0.7_f32), None]).to_string(), "[0.7,null]");
    }
}
