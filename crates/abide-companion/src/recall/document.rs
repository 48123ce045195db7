//! What goes into recall and what comes out. Knows no way of finding anything.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::time::AskedTime;

/// Which memory. Numbers are the store's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryId {
    /// A message of the transcript.
    Message(u64),
    /// A fact.
    Fact(u64),
}

/// Whose words a memory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The companion.
    Companion,
    /// Neither.
    Other,
}

/// Something that can be remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryDocument<'a> {
    /// Which.
    pub id: MemoryId,
    /// The name of who said it.
    pub speaker: &'a str,
    /// Who that is.
    pub role: Role,
    /// The words.
    pub text: &'a str,
    /// When it was said.
    pub time: Timestamp,
    /// The sitting it belongs to; `None` for what stands alone, as facts do. Documents of one sitting are neighbours in the order in which they are
    /// inserted.
    pub session: Option<u64>,
    /// From 0 to 1: how much more than others it matters (pinned ones). Breaks ties.
    pub importance: f32,
}

/// What is to be remembered about.
#[derive(Debug, Clone, Default)]
pub struct Query<'a> {
    /// The question, or whatever was just said.
    pub text: &'a str,
    /// Now; without it nothing is more recent than anything else.
    pub now: Option<Timestamp>,
    /// Times that the text names, as [`crate::time`] finds them.
    pub times: Vec<AskedTime>,
    /// The text without the words that name [`Self::times`], where it names nothing but such. A question that asks nothing beside is answered by what was said
    /// then.
    pub beside_times: Option<String>,
    /// The text without the words of times that say nothing of what was then; where something was said then, this is what is searched.
    pub matter: Option<String>,
    /// Whether only what was within [`Self::times`] is an answer, as [`crate::time::AskedAbout::only_then`] has it.
    pub only_then: bool,
    /// Of [`RecallIndex::telling_of_times`](crate::recall::RecallIndex::telling_of_times), those whose words, read when they were said, are about one of
    /// [`Self::times`]: "two weeks ago", "this summer".
    pub told_of: HashSet<MemoryId>,
    /// What the user does not want to hear of: a memory that has all words of one of these is not found.
    pub excluded_topics: Vec<&'a str>,
    /// Memories that are not wanted, as those that the prompt has anyway.
    pub skip: HashSet<MemoryId>,
    /// Memories that may not be told: as if they had not been said, nothing of them speaks for the turns beside them either.
    pub silent: HashSet<MemoryId>,
    /// Most memories.
    pub limit: usize,
    /// Most tokens of all memories together, as [`crate::text::estimate_tokens`] counts them; a memory that does not fit is passed over.
    pub token_budget: Option<usize>,
}

impl<'a> Query<'a> {
    /// A query for at most `limit` memories.
    pub fn new(text: &'a str, limit: usize) -> Self {
        Self { text, limit, ..Self::default() }
    }
}

/// What a memory's score is made of, weights included; the score is their sum.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Parts {
    /// Words, in it and beside it.
    pub words: f32,
    /// Words of its sitting; less for each better memory of that sitting where the question asks for several things.
    pub session: f32,
    /// Meaning.
    pub meaning: f32,
    /// Meaning of the turns beside it.
    pub neighbours: f32,
    /// Who said it.
    pub person: f32,
    /// Negative as far as it asks something.
    pub statement: f32,
    /// Times.
    pub time: f32,
    /// How lately it was said, and how much it matters.
    pub standing: f32,
}

impl Parts {
    /// Their sum.
    pub fn total(&self) -> f32 {
        self.words
            + self.session
            + self.meaning
            + self.neighbours
            + self.person
            + self.statement
            + self.time
            + self.standing
    }
}

/// A memory that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recalled {
    /// Which.
    pub id: MemoryId,
    /// The greater, the better; comparable within one answer.
    pub score: f32,
    /// What that is made of.
    pub parts: Parts,
    /// Tokens that it will take, about.
    pub tokens: usize,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Recollection {
    /// The nearest memories, best first. They are there even if `known` is false: nearest is not near.
    pub memories: Vec<Recalled>,
    /// Whether anything relevant is remembered. Where not, the right answer is "I don't remember".
    pub known: bool,
    /// From 0 to 1, and 0.5 or more where `known`.
    pub confidence: f32,
    /// From 0 to 1: how much of the question's words (rare ones count more, and names) one place of the memory has.
    pub coverage: f32,
    /// The cosine of the nearest memory with the question; `None` without vectors.
    pub nearest: Option<f32>,
}
