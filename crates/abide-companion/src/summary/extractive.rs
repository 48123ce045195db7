//! Sentences that stand for a conversation, picked without a model: the rare words, names, numbers and days in them, where they stand, and that they
//! don't say the same. Must not know what the summary is for.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::language::{Language, is_han};
use crate::text::sentence::sentences;
use crate::text::stem::{stem, words};
use crate::time::describe_date;

/// Longest name that is written before a sentence.
pub const NAME_CHARACTERS_MAX: usize = 60;
/// Sentences that are weighed at most; of more, the latest.
const SENTENCES_MAX: usize = 2_000;
/// Longest sentence that is picked, in bytes.
const SENTENCE_BYTES_MAX: usize = 600;
/// What is left of a word's weight once it was picked.
const REPEATED: f64 = 0.2;

/// Words that say nothing by themselves.
const EMPTY: &[&str] = &[
    "the", "and", "but", "for", "with", "that", "this", "these", "those", "are", "was", "were", "been",
    "being", "have", "has", "had", "does", "did", "not", "you", "your", "yours", "she", "her", "his", "him",
    "they", "them", "their", "our", "its", "how", "what", "when", "where", "who", "why", "which", "there",
    "here", "well", "yes", "very", "just", "really", "also", "too", "some", "any", "all", "can", "will",
    "would", "could", "should", "about", "okay", "hello", "thanks", "thank", "sure", "i'm", "it's", "don't",
    "les", "des", "une", "que", "qui", "pas", "est", "sont", "suis", "avec", "pour", "dans", "sur", "mais",
    "vous", "nous", "elle", "ils", "mon", "mes", "ton", "tes", "son", "ses", "cette", "ces", "comment",
    "quoi", "quand", "oui", "non", "très", "aussi", "bien", "bonjour", "salut", "merci", "alors", "être",
    "avoir", "fait",
];

/// What somebody said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn<'a> {
    /// Who; empty for the narrator.
    pub name: &'a str,
    /// The words.
    pub text: &'a str,
    /// On which day, where that is to be told.
    pub day: Option<Date>,
}

/// A sentence that was picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked<'a> {
    /// The turn that it is from.
    pub turn: usize,
    /// Its words as they were said.
    pub text: &'a str,
}

struct Candidate<'a> {
    picked: Picked<'a>,
    terms: Vec<String>,
    /// What it is worth whatever else is picked.
    bonus: f64,
    factor: f64,
    cost: usize,
}

/// The sentences of `turns` that say most within `budget`, in their order. `cost` is what a line costs, with the name before it, in the budget's
/// unit: characters, or a model's tokens.
pub fn select<'a>(
    turns: &[Turn<'a>],
    language: Language,
    budget: usize,
    cost: &dyn Fn(&str) -> usize,
) -> Vec<Picked<'a>> {
    let mut candidates = candidates(turns, language, cost);
    let weights = weights(&candidates);
    let mut covered: HashSet<&str> = HashSet::new();
    let mut taken = vec![false; candidates.len()];
    let mut left = budget;
    let worth = |candidate: &Candidate, covered: &HashSet<&str>| {
        let terms: f64 = candidate
            .terms
            .iter()
            .map(|term| {
                let weight = weights.get(term.as_str()).copied().unwrap_or_default();
                weight * if covered.contains(term.as_str()) { REPEATED } else { 1.0 }
            })
            .sum();
        (terms / (candidate.terms.len() as f64 + 2.0).sqrt() + candidate.bonus) * candidate.factor
    };
    loop {
        let best = (0..candidates.len())
            .filter(|&index| !taken[index] && candidates[index].cost <= left)
            .map(|index| (index, worth(&candidates[index], &covered)))
            .filter(|(_, worth)| *worth > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((index, _)) = best else { break };
        taken[index] = true;
        left -= candidates[index].cost;
        covered.extend(candidates[index].terms.iter().map(String::as_str));
    }
    let mut index = 0;
    candidates.retain(|_| {
        index += 1;
        taken[index - 1]
    });
    candidates.into_iter().map(|candidate| candidate.picked).collect()
}

fn candidates<'a>(
    turns: &[Turn<'a>],
    language: Language,
    cost: &dyn Fn(&str) -> usize,
) -> Vec<Candidate<'a>> {
    let mut found: Vec<Candidate<'a>> = Vec::new();
    // From the end, so that of too many the latest are weighed.
    for (turn, said) in turns.iter().enumerate().rev() {
        let of_turn = sentences(said.text);
        for range in of_turn.into_iter().rev().filter(|range| range.len() <= SENTENCE_BYTES_MAX) {
            let text = &said.text[range];
            let terms = terms(text, language);
            if terms.len() < 2 {
                continue;
            }
            let place = turn as f64 / turns.len().max(2) as f64;
            let (bonus, factor) = bonus(text, place);
            let picked = Picked { turn, text };
            found.push(Candidate { picked, terms, bonus, factor, cost: cost(&line(said, text, language)) });
        }
        if found.len() >= SENTENCES_MAX {
            break;
        }
    }
    found.reverse();
    found
}

/// What a sentence is worth by its looks (names, numbers), and what its words are multiplied with: less for questions, a little more at both ends.
fn bonus(text: &str, place: f64) -> (f64, f64) {
    let name = |word: &str| word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() > 2;
    let names = words(text).skip(1).filter(|word| name(word)).count().min(3) as f64;
    let numbers = words(text).filter(|word| word.chars().any(|c| c.is_ascii_digit())).count().min(2) as f64;
    let lower = format!(" {} ", text.to_lowercase());
    let own = [" i ", " i'm ", " i’m ", " my ", " je ", " j'", " j’", " mon ", " ma ", " mes ", "我"];
    let own = if own.iter().any(|word| lower.contains(word)) { 0.6 } else { 0.0 };
    let asks = if text.trim_end_matches(['"', '”', '»']).ends_with(['?', '？']) { 0.4 } else { 1.0 };
    let ends = 1.0 + 0.2 * (2.0 * place - 1.0).abs();
    (0.5 * names + 0.5 * numbers + own, asks * ends)
}

/// Content words by stem, or pairs of Chinese characters; each once.
fn terms(text: &str, language: Language) -> Vec<String> {
    let mut found = Vec::new();
    for word in words(text) {
        if word.chars().all(is_han) {
            let characters: Vec<char> = word.chars().collect();
            found.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
            continue;
        }
        let long = word.chars().count() > 2 || word.chars().all(char::is_numeric);
        if long && !EMPTY.contains(&word.to_lowercase().as_str()) {
            found.push(stem(word, language));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The weight of each term: the rarer among the sentences, the more, but what comes once alone is often noise.
fn weights<'c>(candidates: &'c [Candidate<'_>]) -> HashMap<&'c str, f64> {
    let mut frequency: HashMap<&str, usize> = HashMap::new();
    for candidate in candidates {
        for term in &candidate.terms {
            *frequency.entry(term).or_default() += 1;
        }
    }
    let all = candidates.len() as f64;
    frequency
        .into_iter()
        .map(|(term, count)| {
            let count = count as f64;
            let rare = (1.0 + all / count).ln();
            (term, rare * (1.0 + count.min(4.0).ln()))
        })
        .collect()
}

/// One line of a summary.
fn line(turn: &Turn<'_>, text: &str, language: Language) -> String {
    let name: String = turn.name.chars().take(NAME_CHARACTERS_MAX).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let day = turn.day.map(|day| describe_date(day, language));
    match (name.is_empty(), day, language) {
        (true, None, _) => text,
        (true, Some(day), _) => format!("({day}) {text}"),
        (false, None, _) => format!("{name}: {text}"),
        (false, Some(day), Language::Chinese) => format!("{name}（{day}）: {text}"),
        (false, Some(day), _) => format!("{name} ({day}): {text}"),
    }
}

/// The sentences as lines, each with who said it and when.
pub fn render(turns: &[Turn<'_>], picked: &[Picked<'_>], language: Language) -> String {
    let lines = picked.iter().filter_map(|picked| Some(line(turns.get(picked.turn)?, picked.text, language)));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn turn<'a>(name: &'a str, text: &'a str) -> Turn<'a> {
        Turn { name, text, day: Some(jiff::civil::date(2023, 5, 8)) }
    }

    fn summary(turns: &[Turn<'_>], language: Language, budget: usize) -> String {
        let picked = select(turns, language, budget, &|text| text.chars().count() + 1);
        let text = render(turns, &picked, language);
        assert!(text.chars().count() <= budget);
        text
    }

    #[test]
    fn what_matters_is_picked_with_name_and_day() {
        let turns = [
            turn("Sam", "Hello there. How was your day?"),
            turn("Mira", "It was good, thank you. And yours?"),
            turn("Sam", "My sister Clara had her baby on May 3 in Bordeaux! Well, yes."),
            turn("Mira", "Oh wow. That is lovely."),
        ];
        assert_eq!(
            summary(&turns, Language::English, 90),
            "Sam (May 8, 2023): My sister Clara had her baby on May 3 in Bordeaux!"
        );
        let turns = [
            turn("小明", "你好。"),
            turn("小明", "我下个月要搬到杭州，在阿里巴巴工作。好的。"),
            turn("米拉", "真的吗？"),
        ];
        assert_eq!(
            summary(&turns, Language::Chinese, 50),
            "小明（2023年5月8日）: 我下个月要搬到杭州，在阿里巴巴工作。"
        );
        let turns =
            [turn("Léa", "Salut. J'ai adopté un chat qui s'appelle Moustache."), turn("Mira", "Ah oui ?")];
        assert!(summary(&turns, Language::French, 90).contains("Moustache"));
    }

    #[test]
    fn the_same_is_not_said_twice() {
        let same = "Clara moved to Bordeaux with her family.";
        let turns = [turn("", same), turn("", same), turn("", "Tom repairs bicycles near the old harbour.")];
        let text = summary(&turns, Language::English, 150);
        assert!(text.contains("Clara") && text.contains("Tom"), "{text}");
    }

    #[test]
    fn many_turns_take_bounded_time() {
        let texts: Vec<String> =
            (0..20_000).map(|n| format!("I saw number {n} on the road to Paris.")).collect();
        let turns: Vec<Turn<'_>> = texts.iter().map(|text| turn("Sam", text)).collect();
        assert!(!summary(&turns, Language::English, 1_000).is_empty());
        let long = "long ".repeat(200_000);
        assert_eq!(summary(&[turn("Sam", &long)], Language::English, 1_000), "");
    }

    proptest! {
        #[test]
        fn words_are_the_original_ones(texts in proptest::collection::vec("[a-zA-Z.?!。我们 ]{0,60}", 0..8), budget in 0_usize..200) {
            let turns: Vec<Turn<'_>> = texts.iter().map(|text| turn("A", text)).collect();
            let mut last = 0;
            for picked in select(&turns, Language::English, budget, &|text| text.len()) {
                prop_assert!(texts[picked.turn].contains(picked.text));
                prop_assert!(picked.turn >= last);
                last = picked.turn;
            }
        }
    }
}
