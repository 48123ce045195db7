//! How long a recall takes with many memories, made up but shaped as talk is: sittings of 25 turns, words as frequent as words are, directions that gather
//! around topics; and how many of the best are the same where all vectors are compared. Must not know how memories are kept.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use abide_companion::recall::{MemoryDocument, MemoryId, QuantizedVector, Query, RecallIndex, Role};
use abide_generation::Embedder;
use abide_kernels::{Isa, Kernels};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::numbers::Numbers;

const TURN_WORDS: usize = 25;
const QUESTION_WORDS: usize = 8;
const SITTING_TURNS: u64 = 25;
const QUESTIONS: usize = 200;
const DIMENSIONS: usize = 384;
const TOPICS: usize = 2000;
/// How far a direction is from what it is about: two about the same have a cosine of about one half then, as the twenty nearest of 500,000 sentences have
/// with a question (all-MiniLM-L6-v2).
const APART: f64 = 0.9;
/// Of how many of the best is counted how many are the same.
const BEST: usize = 20;

/// What was measured.
pub struct Report {
    memories: usize,
    build_seconds: f64,
    p50_ms: f64,
    p95_ms: f64,
    meaning: Option<Meaning>,
}

/// Of questions that have a meaning but no words.
struct Meaning {
    /// Of the best [`BEST`], the share that is found where all vectors are compared, too.
    same: f64,
    p95_ms: f64,
    /// Where all vectors are compared.
    compared_p95_ms: f64,
}

/// Directions of sentences: each is about one topic, and a little about two others.
struct Topics(Vec<Vec<f32>>);

impl Topics {
    fn new(numbers: &mut Numbers) -> Self {
        Self((0..TOPICS).map(|_| numbers.direction(DIMENSIONS)).collect())
    }

    fn direction(&self, numbers: &mut Numbers) -> Vec<f32> {
        let mut direction = numbers.direction(DIMENSIONS);
        direction.iter_mut().for_each(|value| *value *= APART as f32);
        for most in [1.0, 0.5, 0.5] {
            let topic = &self.0[(numbers.share() * TOPICS as f64) as usize];
            let share = if most < 1.0 { most * numbers.share() } else { most } as f32;
            direction.iter_mut().zip(topic).for_each(|(value, topic)| *value += share * topic);
        }
        let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
        direction.iter_mut().for_each(|value| *value /= length);
        direction
    }
}

/// Fills an index with `count` memories and asks it questions, embedding each of them.
pub fn measure(count: usize, embedder: Option<&dyn Embedder>) -> Result<Report, String> {
    let mut numbers = Numbers::new();
    let topics = Topics::new(&mut numbers);
    let began = Instant::now();
    let mut index = filled(count, &mut numbers, embedder.is_some().then_some(&topics))?;
    let build_seconds = began.elapsed().as_secs_f64();
    let milliseconds = asked(&index, count, &mut numbers, embedder)?;
    let meaning = embedder.map(|_| Meaning::measure(&mut index, &mut numbers, &topics));
    Ok(Report {
        memories: count,
        build_seconds,
        p50_ms: of_share(&milliseconds, 0.5),
        p95_ms: of_share(&milliseconds, 0.95),
        meaning,
    })
}

/// An index of `count` memories, with vectors if there are topics.
fn filled(count: usize, numbers: &mut Numbers, topics: Option<&Topics>) -> Result<RecallIndex, String> {
    let mut index = RecallIndex::new(Arc::new(Kernels::new(2, Isa::detect())));
    for number in 0..count as u64 {
        let text = numbers.words(TURN_WORDS);
        let id = MemoryId::Message(number);
        index.insert(&MemoryDocument {
            id,
            speaker: if number % 2 == 0 { "Ann" } else { "Bob" },
            role: if number % 2 == 0 { Role::User } else { Role::Companion },
            text: &text,
            time: Timestamp::from_second(1_500_000_000 + number as i64 * 600)
                .map_err(|error| error.to_string())?,
            session: Some(number / SITTING_TURNS),
            importance: 0.0,
        });
        if let Some(topics) = topics {
            index
                .set_vector(id, &QuantizedVector::new(&topics.direction(numbers)))
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(index)
}

/// How many milliseconds each question took, in order.
fn asked(
    index: &RecallIndex,
    count: usize,
    numbers: &mut Numbers,
    embedder: Option<&dyn Embedder>,
) -> Result<Vec<f64>, String> {
    let mut milliseconds = Vec::new();
    for _ in 0..QUESTIONS {
        let question = format!("What did Ann say about {}?", numbers.words(QUESTION_WORDS));
        let began = Instant::now();
        let vector = match embedder {
            Some(embedder) => {
                let made = embedder.embed(&[&index.text_to_embed(&question)]);
                made.map_err(|error| error.to_string())?.vectors.pop()
            }
            None => None,
        };
        let found = index.recall(&Query::new(&question, 10), vector.as_deref());
        milliseconds.push(began.elapsed().as_secs_f64() * 1e3);
        if found.memories.len() != count.min(10) {
            return Err(format!("{} memories of {count} were found", found.memories.len()));
        }
    }
    milliseconds.sort_by(f64::total_cmp);
    Ok(milliseconds)
}

fn of_share(ascending: &[f64], share: f64) -> f64 {
    ascending[(ascending.len() as f64 * share) as usize]
}

impl Meaning {
    fn measure(index: &mut RecallIndex, numbers: &mut Numbers, topics: &Topics) -> Self {
        let directions: Vec<Vec<f32>> = (0..QUESTIONS).map(|_| topics.direction(numbers)).collect();
        let (found, p95_ms) = best(index, &directions);
        index.set_compared_max(usize::MAX);
        let (compared, compared_p95_ms) = best(index, &directions);
        let same = |(one, other): (&Vec<MemoryId>, &Vec<MemoryId>)| {
            one.iter().filter(|id| other.contains(id)).count()
        };
        let all: usize = compared.iter().map(Vec::len).sum();
        let same: usize = found.iter().zip(&compared).map(same).sum();
        Self { same: same as f64 / all.max(1) as f64, p95_ms, compared_p95_ms }
    }
}

/// The best memories for each direction, and how many milliseconds 95 % took at most.
fn best(index: &RecallIndex, directions: &[Vec<f32>]) -> (Vec<Vec<MemoryId>>, f64) {
    let mut milliseconds = Vec::new();
    let mut best = Vec::new();
    for direction in directions {
        let began = Instant::now();
        let found = index.recall(&Query::new("", BEST), Some(direction));
        milliseconds.push(began.elapsed().as_secs_f64() * 1e3);
        best.push(found.memories.iter().map(|memory| memory.id).collect());
    }
    milliseconds.sort_by(f64::total_cmp);
    (best, of_share(&milliseconds, 0.95))
}

impl Report {
    /// As one JSON object.
    pub fn json(&self) -> Value {
        json!({
            "memories": self.memories,
            "build_seconds": self.build_seconds,
            "p50_ms": self.p50_ms,
            "p95_ms": self.p95_ms,
            "by_meaning": self.meaning.as_ref().map(|meaning| json!({
                "same": meaning.same,
                "p95_ms": meaning.p95_ms,
                "compared_p95_ms": meaning.compared_p95_ms,
            })),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} memories: built in {:.1} s; a recall takes {:.1} ms (p50), {:.1} ms (p95)",
            self.memories, self.build_seconds, self.p50_ms, self.p95_ms
        )?;
        self.meaning.as_ref().map_or(Ok(()), |meaning| {
            write!(
                formatter,
                "\n  by meaning alone {:.1} ms (p95), {:.1} where all vectors are compared; {:.1} % of the best {BEST} are the same",
                meaning.p95_ms,
                meaning.compared_p95_ms,
                100.0 * meaning.same
            )
        })
    }
}
