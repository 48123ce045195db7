//! Conversations in the format of LoCoMo (Maharana et al., ACL 2024): one conversation in a file, or a list of them. Must not know recall.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use serde_json::Value;

/// A turn.
pub struct Turn {
    pub speaker: String,
    /// Its words, and what its picture shows.
    pub text: String,
    pub time: Timestamp,
}

/// A question that names its evidence.
pub struct Question {
    pub text: String,
    /// 1 several turns, 2 time, 3 open domain, 4 one turn, 5 adversarial.
    pub category: u64,
    /// Indices of turns.
    pub evidence: Vec<usize>,
}

/// A conversation of two.
pub struct Conversation {
    pub name: String,
    /// Who is taken for the user, and for the companion.
    pub speakers: [String; 2],
    pub turns: Vec<Turn>,
    pub questions: Vec<Question>,
}

/// All conversations of the folder's JSON files, by name.
pub fn read_folder(folder: &Path) -> Result<Vec<Conversation>, String> {
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(|error| at(&error))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut conversations = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let value: Value =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let samples = match value {
            Value::Array(samples) => samples,
            one => vec![one],
        };
        for (index, sample) in samples.iter().enumerate() {
            let name = sample["sample_id"].as_str().map_or_else(|| format!("{name}-{index}"), str::to_owned);
            let name = if samples.len() == 1 {
                path.file_stem().unwrap_or_default().to_string_lossy().into()
            } else {
                name
            };
            conversations.extend(read(name, sample));
        }
    }
    if conversations.is_empty() { Err(at(&"no conversation in LoCoMo's format")) } else { Ok(conversations) }
}

/// `None` for what is no conversation.
fn read(name: String, sample: &Value) -> Option<Conversation> {
    let talk = sample.get("conversation").unwrap_or(sample);
    let speaker = |key: &str| talk.get(key).or_else(|| sample.get(key)).and_then(Value::as_str);
    let speakers = [speaker("speaker_a")?.to_owned(), speaker("speaker_b")?.to_owned()];
    let mut sessions: Vec<u64> =
        talk.as_object()?.keys().filter_map(|key| key.strip_prefix("session_")?.parse().ok()).collect();
    sessions.sort_unstable();
    let (mut turns, mut places) = (Vec::new(), HashMap::new());
    for session in sessions {
        let Some(list) = talk[format!("session_{session}")].as_array() else { continue };
        let began = talk[format!("session_{session}_date_time")].as_str().and_then(session_time)?;
        for (turn, minutes) in list.iter().zip(0..) {
            if let Some(id) = turn["dia_id"].as_str().and_then(|id| ids(id).next()) {
                places.insert(id, turns.len());
            }
            let time = began.checked_add(jiff::SignedDuration::from_mins(minutes)).ok()?;
            turns.push(Turn { speaker: turn["speaker"].as_str()?.to_owned(), text: words(turn)?, time });
        }
    }
    let question = |question: &Value| {
        let named = question["evidence"].as_array()?.iter().filter_map(Value::as_str);
        let mut evidence: Vec<usize> =
            named.flat_map(ids).filter_map(|id| places.get(&id).copied()).collect();
        evidence.sort_unstable();
        evidence.dedup();
        let text = question["question"].as_str()?.to_owned();
        let category = question["category"].as_u64()?;
        (!evidence.is_empty()).then_some(Question { text, category, evidence })
    };
    let questions = sample["qa"].as_array()?.iter().filter_map(question).collect();
    Some(Conversation { name, speakers, turns, questions })
}

fn words(turn: &Value) -> Option<String> {
    let text = turn["text"].as_str()?;
    Some(match turn["blip_caption"].as_str() {
        Some(caption) => format!("{text} [shares {caption}]"),
        None => text.to_owned(),
    })
}

/// The ids in a text, such as `D8:6; D9:17`, `D:11:26` or `D30:05`.
fn ids(text: &str) -> impl Iterator<Item = (u32, u32)> {
    text.split('D').skip(1).filter_map(|part| {
        let (session, turn) = part.trim_start_matches(':').split_once(':')?;
        let digits = turn.find(|character: char| !character.is_ascii_digit()).unwrap_or(turn.len());
        Some((session.trim().parse().ok()?, turn[..digits].parse().ok()?))
    })
}

/// `1:56 pm on 8 May, 2023`, taken as UTC.
fn session_time(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let text = text.to_lowercase().replace(',', " ");
    let (clock, day) = text.split_once(" on ")?;
    let (clock, half) = clock.trim().split_once(' ')?;
    let (hour, minute) = clock.split_once(':')?;
    let hour = hour.parse::<i8>().ok()? % 12 + if half.trim() == "pm" { 12 } else { 0 };
    let mut parts = day.split_whitespace();
    let day: i8 = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as i8 + 1;
    let year: i16 = parts.next()?.parse().ok()?;
    let at =
        DateTime::from_parts(date(year, month, day), jiff::civil::time(hour, minute.parse().ok()?, 0, 0));
    TimeZone::UTC.to_timestamp(at).ok()
}
