//! Exchanges that show how somebody was: short, typical, and different from each other. Must not change a word of them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{SpeechHabits, sample::Exchange, sample::Sample, words};

const EXAMPLES: usize = 5;
const CANDIDATES_MAX: usize = 300;
const USER_CHARACTERS_MAX: usize = 240;
const REPLY_CHARACTERS_MAX: usize = 480;

/// An exchange, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// What the user said.
    pub user: String,
    /// What the companion answered.
    pub reply: String,
}

impl Example {
    /// As an example dialogue of a persona.
    pub fn dialogue(&self) -> String {
        format!("{{{{user}}}}: {}\n{{{{char}}}}: {}", one_turn(&self.user), one_turn(&self.reply))
    }
}

/// Lines of one turn stay one turn: an empty line would end it.
pub(super) fn one_turn(text: &str) -> String {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

struct Candidate<'e> {
    exchange: &'e Exchange,
    words: HashSet<String>,
    typical: f64,
}

pub(super) fn pick(sample: &Sample, habits: &SpeechHabits) -> Vec<Example> {
    let favourites: HashSet<&str> = habits.favourite_words.iter().map(String::as_str).collect();
    let fits = |exchange: &&Exchange| {
        let user = exchange.user.chars().count();
        let reply = exchange.reply.chars().count();
        (2..=USER_CHARACTERS_MAX).contains(&user)
            && (8..=REPLY_CHARACTERS_MAX).contains(&reply)
            && !exchange.reply.starts_with('[')
            && !exchange.user.starts_with('[')
    };
    let mut candidates: Vec<Candidate<'_>> = sample
        .exchanges
        .iter()
        .filter(fits)
        .map(|exchange| {
            let words: HashSet<String> = words::of(&exchange.reply).into_iter().collect();
            let telling = words.iter().filter(|word| favourites.contains(word.as_str())).count() as f64;
            let length = exchange.reply.chars().count() as f64;
            let median = habits.characters_median.max(1) as f64;
            // Of a usual length, with words of its own; a mood shown counts like a word.
            let usual = 1.0 - (length / median).ln().abs().min(2.0) / 2.0;
            let shows = f64::from(u8::from(
                !words::emoji(&exchange.reply).is_empty() || exchange.reply.contains('*'),
            ));
            let typical = usual + (telling + shows).min(4.0) / 4.0;
            Candidate { exchange, words, typical }
        })
        .collect();
    candidates.sort_by(|one, other| other.typical.total_cmp(&one.typical));
    candidates.truncate(CANDIDATES_MAX);
    let mut picked: Vec<Candidate<'_>> = Vec::new();
    while picked.len() < EXAMPLES && !candidates.is_empty() {
        let score = |candidate: &Candidate<'_>| {
            let nearest =
                picked.iter().map(|other| likeness(&candidate.words, &other.words)).fold(0.0, f64::max);
            candidate.typical - 2.0 * nearest
        };
        let best = (0..candidates.len()).max_by(|&one, &other| {
            score(&candidates[one]).total_cmp(&score(&candidates[other])).then(other.cmp(&one))
        });
        let Some(best) = best else { break };
        let candidate = candidates.remove(best);
        // The same words again show nothing new.
        if picked.iter().all(|other| likeness(&candidate.words, &other.words) < 0.8) {
            picked.push(candidate);
        }
    }
    let example = |candidate: Candidate<'_>| Example {
        user: candidate.exchange.user.trim().to_owned(),
        reply: candidate.exchange.reply.trim().to_owned(),
    };
    picked.into_iter().map(example).collect()
}

/// Words in both, of the words in either (Jaccard).
fn likeness(one: &HashSet<String>, other: &HashSet<String>) -> f64 {
    let both = one.intersection(other).count() as f64;
    let either = (one.len() + other.len()) as f64 - both;
    if either > 0.0 { both / either } else { 1.0 }
}
