//! How a new answer compares with the old one. Must not know where either comes from.

use std::collections::{BTreeMap, BTreeSet};

use abide_generation::EmbeddingError;
use serde::{Deserialize, Serialize};

use super::Similarity;
use crate::language::{Language, is_han};

/// How a new answer compares with the old one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Share of what marks the persona in the old answer (gestures in asterisks, emoji, how the user is called, favourite words of the
    /// persona's own) that is in the new one, too; none where there are none. 0 where the new answer steps out of the role.
    pub persona: Option<f32>,
    /// Share of the facts in the old answer that are in the new one; none where there are none.
    pub recall: Option<f32>,
    /// Characters of the new answer for each of the old one's.
    pub length_ratio: f32,
    /// Whether both are in the same language.
    pub same_language: bool,
    /// How near they are in meaning, by the embedding model or by their words: 0 to 1.
    pub similarity: f32,
}

/// Words with which models step out of a role.
const OUT_OF_ROLE: [&str; 14] = [
    "as an ai",
    "i am an ai",
    "i'm an ai",
    "language model",
    "as a virtual assistant",
    "i cannot fulfill",
    "i can't fulfill",
    "en tant qu'ia",
    "modèle de langage",
    "en tant qu'intelligence artificielle",
    "作为一个ai",
    "作为ai",
    "语言模型",
    "作为人工智能",
];

/// What answers of one companion are measured by.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    user_name: String,
    favourites: BTreeSet<String>,
    facts: Vec<String>,
}

impl Judge {
    /// `own_words`: texts of the persona's own (greetings, the companion's lines in examples), whose less common words are its favourites.
    /// `facts`: the values of what is known, such as `Lyon`.
    pub fn new<'t>(
        user_name: &str,
        own_words: impl IntoIterator<Item = &'t str>,
        facts: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for text in own_words {
            for word in words(text).into_iter().filter(|word| word.chars().count() >= 5) {
                *counts.entry(word).or_default() += 1;
            }
        }
        let favourites = counts.into_keys().take(500).collect();
        let facts =
            facts.into_iter().map(|fact| fact.to_lowercase()).filter(|fact| fact.chars().count() >= 2);
        Self { user_name: user_name.to_lowercase(), favourites, facts: facts.collect() }
    }

    /// Compares `new` with `old`. `similarity`: by an embedding model; without one, words are compared.
    ///
    /// # Errors
    /// When the embedding model fails.
    pub fn compare(
        &self,
        old: &str,
        new: &str,
        similarity: Option<&Similarity<'_>>,
    ) -> Result<Scores, EmbeddingError> {
        let (old_lower, new_lower) = (old.to_lowercase(), new.to_lowercase());
        let steps_out = |text: &str| OUT_OF_ROLE.iter().any(|words| text.contains(words));
        let persona = if steps_out(&new_lower) && !steps_out(&old_lower) {
            Some(0.0)
        } else {
            share(&self.marks(old), &self.marks(new))
        };
        let known =
            |text: &str| self.facts.iter().filter(|fact| text.contains(fact.as_str())).cloned().collect();
        let similarity = match similarity {
            Some(similarity) => similarity(old, new)?.clamp(0.0, 1.0),
            None => overlap(old, new),
        };
        Ok(Scores {
            persona,
            recall: share(&known(&old_lower), &known(&new_lower)),
            length_ratio: new.chars().count() as f32 / old.chars().count().max(1) as f32,
            same_language: Language::detect(old) == Language::detect(new),
            similarity,
        })
    }

    fn marks(&self, text: &str) -> BTreeSet<String> {
        let mut marks: BTreeSet<String> =
            words(text).into_iter().filter(|word| self.favourites.contains(word)).collect();
        let lower = text.to_lowercase();
        let habits = [
            ("*gestures*", text.matches('*').count() >= 2),
            (
                "emoji",
                text.chars().any(
                    |character| matches!(character, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}'),
                ),
            ),
            ("!", text.contains(['!', '！'])),
            ("…", text.contains('…') || text.contains("...")),
            ("?", text.contains(['?', '？'])),
            ("the user's name", !self.user_name.is_empty() && lower.contains(&self.user_name)),
        ];
        marks.extend(habits.into_iter().filter(|(_, has)| *has).map(|(name, _)| name.to_owned()));
        marks
    }
}

/// The share of `wanted` that is in `there`; none where nothing is wanted.
fn share(wanted: &BTreeSet<String>, there: &BTreeSet<String>) -> Option<f32> {
    let kept = wanted.intersection(there).count();
    (!wanted.is_empty()).then(|| kept as f32 / wanted.len() as f32)
}

/// Words in lower case, and ideographs in pairs.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    for word in lower.split(|character: char| !character.is_alphanumeric()) {
        if word.chars().any(is_han) {
            let characters: Vec<char> = word.chars().collect();
            found.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else if !word.is_empty() {
            found.push(word.to_owned());
        }
    }
    found
}

/// The cosine of two texts' counts of words.
fn overlap(one: &str, other: &str) -> f32 {
    let counts = |text: &str| {
        let mut counts: BTreeMap<String, f32> = BTreeMap::new();
        for word in words(text) {
            *counts.entry(word).or_default() += 1.0;
        }
        counts
    };
    let (one, other) = (counts(one), counts(other));
    let length =
        |counts: &BTreeMap<String, f32>| counts.values().map(|count| count * count).sum::<f32>().sqrt();
    let product: f32 = one.iter().filter_map(|(word, count)| Some(count * other.get(word)?)).sum();
    product / (length(&one) * length(&other)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge() -> Judge {
        Judge::new(
            "Jo",
            ["Barnacles and thunder, the lantern is lit!"],
            ["Brest".to_owned(), "Pilot".to_owned()],
        )
    }

    #[test]
    fn the_same_answer_keeps_everything() {
        let answer = "*lights the lantern* Pilot barks in Brest, Jo!";
        let scores = judge().compare(answer, answer, None).unwrap();
        assert!((scores.similarity - 1.0).abs() < 1e-6);
        assert_eq!(
            (scores.persona, scores.recall, scores.length_ratio, scores.same_language),
            (Some(1.0), Some(1.0), 1.0, true)
        );
    }

    #[test]
    fn what_is_lost_is_counted() {
        let old = "*lights the lantern* Pilot barks in Brest, Jo!";
        let scores = judge().compare(old, "Pilot est à la maison.", None).unwrap();
        assert_eq!((scores.persona, scores.recall, scores.same_language), (Some(0.0), Some(0.5), false));
        let scores = judge().compare("Aye.", "As an AI language model, I can't.", None).unwrap();
        assert_eq!((scores.persona, scores.recall), (Some(0.0), None));
        let scores = judge().compare("Aye.", "<div class=\"row\">", None).unwrap();
        assert_eq!((scores.persona, scores.recall), (None, None));
    }
}
