//! How long a recall takes with many memories, made up but shaped as talk is: sittings of 25 turns, words as frequent as words are. Must not know
//! how memories are kept.

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

/// What was measured.
pub struct Report {
    memories: usize,
    build_seconds: f64,
    p50_ms: f64,
    p95_ms: f64,
}

/// Fills an index with `count` memories and asks it questions, embedding each of them.
pub fn measure(count: usize, embedder: Option<&dyn Embedder>) -> Result<Report, String> {
    let mut numbers = Numbers::new();
    let began = Instant::now();
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
        if embedder.is_some() {
            index
                .set_vector(id, &QuantizedVector::new(&numbers.direction(DIMENSIONS)))
                .map_err(|error| error.to_string())?;
        }
    }
    let build_seconds = began.elapsed().as_secs_f64();
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
    let at = |share: f64| milliseconds[(QUESTIONS as f64 * share) as usize];
    Ok(Report { memories: count, build_seconds, p50_ms: at(0.5), p95_ms: at(0.95) })
}

impl Report {
    /// As one JSON object.
    pub fn json(&self) -> Value {
        json!({
            "memories": self.memories,
            "build_seconds": self.build_seconds,
            "p50_ms": self.p50_ms,
            "p95_ms": self.p95_ms,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} memories: built in {:.1} s; a recall takes {:.1} ms (p50), {:.1} ms (p95)",
            self.memories, self.build_seconds, self.p50_ms, self.p95_ms
        )
    }
}
