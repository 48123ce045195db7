//! A first persona from what a companion really said, for its user to correct. Counts in code, without any model; must not know the files it came from.

pub(crate) mod drafted;
mod examples;
mod habits;
mod names;
mod phrases;
mod sample;
mod words;
mod written;

use serde::{Deserialize, Serialize};

pub use examples::Example;
pub use habits::SpeechHabits;
pub use sample::{Exchange, Sample, Sampler};

use crate::{language::Language, persona::Persona};

/// A persona as it can be told from a history. Every part of it is a guess.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PersonaDraft {
    /// The name that it spoke under.
    pub name: String,
    /// The user's name, where the history has it.
    pub user_name: Option<String>,
    /// What it called the user, with how often; the most frequent first.
    pub calls_user: Vec<(String, u64)>,
    /// The language of most replies, as BCP 47 writes it.
    pub language: String,
    /// How it spoke.
    pub habits: SpeechHabits,
    /// What it said first when the two met.
    pub greetings: Vec<String>,
    /// What it said last.
    pub farewells: Vec<String>,
    /// What the two talked about.
    pub topics: Vec<String>,
    /// Exchanges that show how it was.
    pub examples: Vec<Example>,
    /// A first description, to be rewritten by its user.
    pub description: String,
    /// The habits in words.
    pub way_of_speaking: String,
    /// Replies that there were.
    pub replies: u64,
}

/// Makes a first persona from a sample.
pub fn draft_persona(sample: &Sample) -> PersonaDraft {
    let replies: Vec<&str> = sample.exchanges.iter().map(|exchange| exchange.reply.as_str()).collect();
    let language = habits::language(&replies);
    let calls_user = names::for_user(sample);
    let called = calls_user.iter().map(|(name, _)| name);
    let known = sample.companion_name.iter().chain(&sample.user_name);
    let names: Vec<String> = called.chain(known).cloned().collect();
    let habits = habits::of(sample, &names);
    let mut draft = PersonaDraft {
        name: sample.companion_name.clone().unwrap_or_default(),
        user_name: sample.user_name.clone(),
        calls_user,
        language: language.tag().to_owned(),
        greetings: phrases::openings(sample),
        farewells: phrases::endings(sample),
        topics: habits::topics(sample, &names),
        examples: examples::pick(sample, &habits),
        habits,
        replies: sample.replies,
        ..PersonaDraft::default()
    };
    draft.way_of_speaking = written::way_of_speaking(&draft, language);
    draft.description = written::description(&draft, language);
    draft
}

impl PersonaDraft {
    /// The persona, to be edited.
    pub fn to_persona(&self) -> Persona {
        let is_name = |called: &str| {
            self.user_name.as_ref().is_some_and(|name| name.to_lowercase() == called.to_lowercase())
        };
        let own = self.calls_user.iter().find(|(name, _)| is_name(name)).map_or(0, |(_, times)| *times);
        // Whom it mostly calls by their own name, it calls so.
        let called = self.calls_user.iter().find(|(name, times)| !is_name(name) && times * 2 >= own);
        let called = called.map(|(name, _)| name.clone());
        Persona {
            name: if self.name.is_empty() { "Companion".to_owned() } else { self.name.clone() },
            calls_user: called.unwrap_or_default(),
            language: self.language.clone(),
            description: self.description.clone(),
            way_of_speaking: self.way_of_speaking.clone(),
            greetings: self.greetings.iter().take(3).cloned().collect(),
            examples: self.examples.iter().map(Example::dialogue).collect(),
            ..Persona::default()
        }
    }

    /// The language, for what is written in it.
    pub fn language(&self) -> Language {
        Language::from_tag(&self.language).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
