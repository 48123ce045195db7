//! How the user's words sound: a number and a word for each message, by local lexicons, and a line over days. Must not know stores or prompts.
//!
//! It is a reading of words, not of a person: never shown as a diagnosis, never told to the user as what they feel, and not computed at all where the user
//! turned it off (the caller decides). The rules are those of VADER (Hutto and Gilbert, 2014): strengths of words are
//! shifted by what stands before them, added up, and pressed into -1 to 1. The crates for it are bindings of the English lexicon without
//! releases for years, so lexicons and code are our own.

mod lexicon;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::language::{Language, head, is_han};
use crate::text::stem::stem;

/// Bytes of a message that are read.
pub const READ_BYTES_MAX: usize = 16 * 1024;
/// Below this, in either direction, a message sounds like nothing in particular.
const NEUTRAL: f64 = 0.2;
/// VADER's normalisation: a sum `s` becomes `s / sqrt(s² + 15)`.
const NORMALISATION: f64 = 15.0;
/// What a negation leaves of a feeling, turned around.
const NEGATED: f64 = -0.74;
/// Words before a feeling that shift it.
const SHIFTING_WORDS: usize = 3;

/// What words sound like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emotion {
    /// Glad, excited, amused.
    Joy,
    /// Fond, grateful.
    Love,
    /// At ease, hopeful.
    Calm,
    /// Nothing in particular.
    Neutral,
    /// Sad, hurt, sorry.
    Sadness,
    /// Afraid, worried, tense.
    Fear,
    /// Angry, annoyed.
    Anger,
    /// Tired, worn out.
    Tired,
    /// Alone.
    Lonely,
}

impl Emotion {
    /// The word that it is kept by, such as `joy`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Joy => "joy",
            Self::Love => "love",
            Self::Calm => "calm",
            Self::Neutral => "neutral",
            Self::Sadness => "sadness",
            Self::Fear => "fear",
            Self::Anger => "anger",
            Self::Tired => "tired",
            Self::Lonely => "lonely",
        }
    }
}

/// How a message sounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// From -1 (bad) to 1 (good).
    pub valence: f64,
    /// What weighs most in it.
    pub emotion: Emotion,
}

/// A feeling found in a text: where, how strong, what.
struct Hit {
    at: usize,
    strength: f64,
    emotion: Emotion,
}

/// How a message of the user's sounds; `None` where no word or sign of feeling is in it.
pub fn read(message: &str) -> Option<Reading> {
    let message = head(message, READ_BYTES_MAX);
    let language = Language::detect(message);
    let mut turn = None;
    let mut hits = match language {
        Language::Chinese => in_characters(message, &mut turn),
        _ => in_words(message, language, &mut turn),
    };
    for (sign, strength, emotion) in lexicon::SIGN_TABLE.iter() {
        hits.extend(message.match_indices(sign).take(3).map(|(at, _)| Hit {
            at,
            strength: *strength,
            emotion: *emotion,
        }));
    }
    if hits.is_empty() {
        return None;
    }
    if let Some(turn) = turn {
        for hit in &mut hits {
            hit.strength *= if hit.at < turn { 0.5 } else { 1.5 };
        }
    }
    let mut sum: f64 = hits.iter().map(|hit| hit.strength).sum();
    let exclamations = message.matches(['!', '！']).count().min(3) as f64;
    sum += sum.signum() * 0.3 * exclamations * f64::from(sum != 0.0);
    let valence = (sum / (sum * sum + NORMALISATION).sqrt()).clamp(-1.0, 1.0);
    Some(Reading { valence, emotion: strongest(&hits, valence) })
}

fn strongest(hits: &[Hit], valence: f64) -> Emotion {
    if valence.abs() < NEUTRAL {
        return Emotion::Neutral;
    }
    let mut sums: BTreeMap<Emotion, f64> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| hit.strength.signum() == valence.signum()) {
        // A feeling that was turned around is no longer the one that was named.
        let turned = hit.strength > 0.0 && hit.emotion > Emotion::Neutral
            || hit.strength < 0.0 && hit.emotion < Emotion::Neutral;
        let emotion = match (turned, hit.strength > 0.0) {
            (false, _) => hit.emotion,
            (true, true) => Emotion::Calm,
            (true, false) => Emotion::Sadness,
        };
        *sums.entry(emotion).or_default() += hit.strength.abs();
    }
    sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(Emotion::Neutral, |(emotion, _)| emotion)
}

/// Feelings among words that stand apart. `turn` becomes the place of the last "but".
fn in_words(message: &str, language: Language, turn: &mut Option<usize>) -> Vec<Hit> {
    let lexicon = lexicon::of(language);
    let plain = message.replace('’', "'");
    // Both apostrophes are told apart by nothing that follows, so places in `plain` serve for order alone.
    let mut hits = Vec::new();
    let mut before: Vec<f64> = Vec::new();
    let mut since_french_negation = usize::MAX;
    let pieces = plain.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|piece| !piece.is_empty());
    for piece in pieces {
        let at = piece.as_ptr() as usize - plain.as_ptr() as usize;
        let lower = piece.trim_matches('\'').to_lowercase();
        since_french_negation = since_french_negation.saturating_add(1);
        let elided = lower.split_once('\'').filter(|_| language == Language::French);
        if lower == "ne" || elided.is_some_and(|(start, _)| start == "n") {
            since_french_negation = 0;
        }
        if lexicon::TURNS[language as usize].contains(&lower.as_str()) {
            *turn = Some(at);
        }
        // What French elides is taken off, then the word itself or its stem is looked up.
        let word = elided.map_or(lower.as_str(), |(_, rest)| rest);
        let mut shift = lexicon.shifters.get(word).copied();
        // "Plus" is more, and no more only after "ne".
        if word == "plus" && language == Language::French {
            shift = Some(if since_french_negation <= 4 { -1.0 } else { 1.2 });
        }
        let feeling = || lexicon.feelings.get(word).or_else(|| lexicon.feelings.get(&stem(word, language)));
        // "Terribly" strengthens what follows and is nothing by itself; "super" alone is good.
        let weighs = shift.is_none() || language == Language::French && word == "super";
        if let Some((strength, emotion)) = feeling().filter(|_| weighs) {
            let loud = word.len() > 2 && piece.chars().all(|c| !c.is_lowercase());
            let strength = shifted(*strength, &before) * if loud { 1.25 } else { 1.0 };
            hits.push(Hit { at, strength, emotion: *emotion });
        }
        before.push(shift.unwrap_or(1.0));
        if before.len() > SHIFTING_WORDS {
            before.remove(0);
        }
        if plain[at + piece.len()..].starts_with(['.', '!', '?', ';']) {
            before.clear();
            since_french_negation = usize::MAX;
        }
    }
    hits
}

/// Feelings among characters: the longest entry at each place.
fn in_characters(message: &str, turn: &mut Option<usize>) -> Vec<Hit> {
    let lexicon = lexicon::of(Language::Chinese);
    let places: Vec<(usize, char)> = message.char_indices().collect();
    let mut hits = Vec::new();
    let mut before: Vec<f64> = Vec::new();
    let mut index = 0;
    while index < places.len() {
        let (at, character) = places[index];
        let mut step = 1;
        let mut shift = 1.0;
        for length in (1..=lexicon.longest.min(places.len() - index)).rev() {
            let end = places.get(index + length).map_or(message.len(), |(end, _)| *end);
            let word = &message[at..end];
            if lexicon::TURNS[Language::Chinese as usize].contains(&word) {
                *turn = Some(at);
                step = length;
                break;
            }
            if let Some((strength, emotion)) = lexicon.feelings.get(word) {
                hits.push(Hit { at, strength: shifted(*strength, &before), emotion: *emotion });
                step = length;
                break;
            }
            if let Some(factor) = lexicon.shifters.get(word) {
                (shift, step) = (*factor, length);
                break;
            }
        }
        if is_han(character) {
            before.push(shift);
            if before.len() > SHIFTING_WORDS {
                before.remove(0);
            }
        } else {
            before.clear();
        }
        index += step;
    }
    hits
}

fn shifted(strength: f64, before: &[f64]) -> f64 {
    let negated = before.iter().filter(|shift| **shift < 0.0).count() % 2 == 1;
    let factor: f64 = before.iter().filter(|shift| **shift > 0.0).product();
    strength * factor * if negated { NEGATED } else { 1.0 }
}

/// A day of the line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayMood {
    /// Which day.
    pub day: Date,
    /// Mean valence of its messages.
    pub mean: f64,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
    /// How many messages were read; few say little.
    pub count: usize,
}

/// The line over days, oldest first, from the times and valences of messages; days without messages are left out. Days are those of `zone`.
pub fn days(moods: impl IntoIterator<Item = (Timestamp, f64)>, zone: &TimeZone) -> Vec<DayMood> {
    let mut by_day: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
    for (time, valence) in moods {
        by_day.entry(zone.to_datetime(time).date()).or_default().push(valence);
    }
    by_day
        .into_iter()
        .map(|(day, values)| DayMood {
            day,
            mean: values.iter().sum::<f64>() / values.len() as f64,
            lowest: values.iter().copied().fold(f64::INFINITY, f64::min),
            highest: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            count: values.len(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(table: &[(&str, char, Emotion)]) {
        let wrong: Vec<String> = table
            .iter()
            .filter_map(|(text, sign, emotion)| {
                let found = read(text).unwrap_or(Reading { valence: 0.0, emotion: Emotion::Neutral });
                let got = match found.valence {
                    valence if valence >= NEUTRAL => '+',
                    valence if valence <= -NEUTRAL => '-',
                    _ => '0',
                };
                (got != *sign || found.emotion != *emotion).then(|| format!("{text}: {found:?}"))
            })
            .collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn english_moods() {
        check(&[
            ("I'm so happy today!", '+', Emotion::Joy),
            ("I love you", '+', Emotion::Love),
            ("Thank you, that was kind of you.", '+', Emotion::Love),
            ("I'm not happy about this.", '-', Emotion::Sadness),
            ("I feel terribly lonely.", '-', Emotion::Lonely),
            ("I can't stop crying, everything is hopeless", '-', Emotion::Sadness),
            ("I'm scared of tomorrow and so anxious", '-', Emotion::Fear),
            ("I HATE this, I'm furious!!!", '-', Emotion::Anger),
            ("I'm exhausted.", '-', Emotion::Tired),
            ("The day was awful but the evening was wonderful.", '+', Emotion::Joy),
            ("It was lovely, but now I'm devastated.", '-', Emotion::Sadness),
            ("I'm not sad.", '+', Emotion::Calm),
            ("😭", '-', Emotion::Sadness),
            ("see you :)", '+', Emotion::Joy),
            ("The table has four legs.", '0', Emotion::Neutral),
            ("", '0', Emotion::Neutral),
        ]);
    }

    #[test]
    fn french_moods() {
        check(&[
            ("Je suis tellement heureuse aujourd'hui !", '+', Emotion::Joy),
            ("Je t'aime", '+', Emotion::Love),
            ("Je ne suis pas contente.", '-', Emotion::Sadness),
            ("Je me sens seule.", '-', Emotion::Lonely),
            ("J'ai peur et je suis angoissée", '-', Emotion::Fear),
            ("Je suis en colère, c'est injuste", '-', Emotion::Anger),
            ("Je suis épuisé.", '-', Emotion::Tired),
            ("La journée était affreuse mais la soirée était merveilleuse.", '+', Emotion::Joy),
            ("Je ne suis plus triste.", '+', Emotion::Calm),
            ("La table a quatre pieds.", '0', Emotion::Neutral),
        ]);
    }

    #[test]
    fn chinese_moods() {
        check(&[
            ("我今天特别开心！", '+', Emotion::Joy),
            ("谢谢你，我好喜欢", '+', Emotion::Love),
            ("我不开心", '-', Emotion::Sadness),
            ("我很孤独", '-', Emotion::Lonely),
            ("我好害怕，压力很大", '-', Emotion::Fear),
            ("气死我了，太过分了", '-', Emotion::Anger),
            ("累死了", '-', Emotion::Tired),
            ("白天很糟糕，但是晚上太棒了", '+', Emotion::Joy),
            ("我不难过", '+', Emotion::Calm),
            ("桌子有四条腿", '0', Emotion::Neutral),
        ]);
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let moods =
            [(at("2023-05-08T23:30Z"), -0.5), (at("2023-05-09T10:00Z"), 0.1), (at("2023-05-07T10:00Z"), 1.0)];
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let days = days(moods, &zone);
        let got: Vec<_> = days.iter().map(|day| (day.day.day(), day.count)).collect();
        assert_eq!(got, [(7, 1), (9, 2)]);
        assert!((days[1].mean + 0.2).abs() < 1e-9);
        assert_eq!((days[1].lowest, days[1].highest), (-0.5, 0.1));
    }

    #[test]
    fn a_megabyte_is_read_in_bounded_time() {
        read(&"不开心很".repeat(80_000));
        read(&"not happy ".repeat(100_000));
    }

    proptest! {
        #[test]
        fn valences_stay_within_bounds(text in prop_oneof![".{0,80}", "(not |happy |sad |! |很|不|开心|ne |pas |triste |but |mais |但是|😭|:\\)| ){0,30}"]) {
            if let Some(reading) = read(&text) {
                prop_assert!((-1.0..=1.0).contains(&reading.valence));
            }
        }
    }
}
