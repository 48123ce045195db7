//! What the user's own words say about them: facts by patterns, and what a new fact does to those before it. Must not know databases; and must never be
//! given words that are not the user's, memories put into a prompt above all.
//!
//! Precision before coverage: a fact that is missed can be told again; one that is wrong stands in every prompt. So patterns are anchored
//! at the beginning of a clause in the first person, or with the words that name somebody of the user's ([`People`]), and sentences that ask, suppose or quote are passed over. A model adds to
//! this only where it is good enough ([`model`]), and what it says must be quoted.

mod alike;
mod appointments;
mod changes;
mod chinese;
mod corrections;
mod dates;
mod english;
mod extract;
mod french;
mod lists;
pub mod model;
mod others;
mod pattern;
mod spelling;
mod supersede;
#[cfg(test)]
mod tests;
mod unreal;
mod wording;

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

pub use appointments::by_known_name;
pub use corrections::{Correction, correction, may_correct};
pub use dates::{anchors, known_date};
pub use others::People;
pub(crate) use spelling::plain;
pub use supersede::{Change, KnownFact, is_single, same_value, supersede};
pub use wording::with_name;

use crate::language::Language;
use crate::store::FactKind;
use crate::time::Anchors;

/// The subject of facts about the user.
pub const USER: &str = "user";

/// Something that a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub kind: FactKind,
    /// Whose it is: [`USER`], or a name.
    pub subject: String,
    /// What it says of the subject, in English whatever the language: `home`, `likes`, `sister`.
    pub predicate: String,
    /// What that is, in the user's words. Of dates: `1990-03-14`, `--03-14` without a year, `2023-05-20 dentist`. Empty where an end
    /// has no value ("I quit my job").
    pub value: String,
    /// `false`: it holds no more ("I don't live in Lyon anymore").
    pub holds: bool,
    /// A sentence for the prompt, in the third person and the user's language.
    pub text: String,
    /// The words of the message that say it; verbatim.
    pub quote: String,
    /// Since when it holds, if that was said.
    pub valid_from: Option<Timestamp>,
    /// Until when it holds, if that was said.
    pub valid_to: Option<Timestamp>,
    /// Where a time long past was named at which it began or ended ("I moved there in 2010"): the latest moment of that. What was told since then is newer.
    #[serde(default)]
    pub began_by: Option<Timestamp>,
    /// Whether it takes the place of what was told of the same before: an appointment that was moved.
    #[serde(default)]
    pub replaces: bool,
    /// When it was said.
    pub said: Timestamp,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// The language of the sentence.
    pub language: Language,
}

/// A wish that something be forgotten: "forget what I said about my ex". Nothing is deleted by a pattern: the user is shown what it would be, and
/// says yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgetRequest {
    /// What, in the user's words; empty for "forget that", what was said last.
    pub what: String,
    /// The words of the message that say it; verbatim.
    pub quote: String,
}

/// What a message of the user's says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Extraction {
    /// In the order of the text.
    pub facts: Vec<Fact>,
    /// In the order of the text.
    pub forget: Vec<ForgetRequest>,
}

/// What is known when a message is read.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// When and where it was said.
    pub at: &'a Zoned,
    /// The user's name for the sentences; without it they say "The user".
    pub user_name: Option<&'a str>,
    /// Dates that the message may name.
    pub anchors: &'a Anchors,
    /// Those whom the message may name.
    pub people: &'a People,
}

/// Bytes of a message that are read; who writes on has pasted a document.
pub const READ_BYTES_MAX: usize = 16 * 1024;

/// Whether a predicate is what somebody or an animal is to the user: `sister`, `dog`.
pub fn is_relation(predicate: &str) -> bool {
    english::RELATIONS.iter().any(|(_, relation)| *relation == predicate)
}

/// All words for what somebody or an animal is to the user, each with its language and the predicate.
pub fn relations() -> impl Iterator<Item = (Language, &'static str, &'static str)> {
    let tables = [
        (Language::English, english::RELATIONS),
        (Language::French, french::RELATIONS),
        (Language::Chinese, chinese::RELATIONS),
    ];
    let rows = |(language, rows): (Language, &'static [(&'static str, &'static str)])| {
        rows.iter().map(move |(word, relation)| (language, *word, *relation))
    };
    tables.into_iter().flat_map(rows)
}

/// Whether somebody in this relation is the user's partner.
pub fn is_partner(relation: &str) -> bool {
    supersede::PARTNERS.contains(&relation)
}

/// Whether one has several of these, so that "my friend" alone may be anybody.
pub fn is_of_several(relation: &str) -> bool {
    others::MANY.contains(&relation)
}

/// The facts in the user's own message. Code, quotes, questions and suppositions are passed over.
pub fn extract(message: &str, told: Told<'_>) -> Extraction {
    extract::extract(message, None, told)
}

/// The same, where "it" may be what the user's message `before` told of last: "I sold it". Not where other things were spoken of meanwhile
/// ([`changes_the_subject`]).
pub fn extract_after(message: &str, before: &str, told: Told<'_>) -> Extraction {
    extract::extract(message, Some(before), told)
}

/// Whether a message may go on from the one before it, so that [`extract_after`] is worth its while.
pub fn may_go_on(message: &str) -> bool {
    extract::may_go_on(message)
}

/// Whether a reply to `message` speaks of things, people or appointments of other kinds.
pub fn changes_the_subject(reply: &str, message: &str) -> bool {
    alike::names_another(reply, message) || appointments::names_another(reply, message)
}
