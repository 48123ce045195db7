//! One diary in three languages: what words alone find in French and Chinese against English.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{MemoryDocument, MemoryId, Query, RecallIndex, Role};

/// `tests/fixtures/diary/*.json`; the user and the companion take turns, the user first.
#[derive(Deserialize)]
struct Diary {
    user: String,
    companion: String,
    sittings: Vec<Sitting>,
    questions: Vec<Question>,
}

#[derive(Deserialize)]
struct Sitting {
    time: Timestamp,
    turns: Vec<String>,
}

#[derive(Deserialize)]
struct Question {
    question: String,
    /// Turns by number, from 1.
    evidence: Vec<u64>,
}

/// Mean recall@10 over the questions, from 0 to 1.
fn recall_at_10(language: &str) -> f64 {
    let path = format!("{}/../../tests/fixtures/diary/{language}.json", env!("CARGO_MANIFEST_DIR"));
    let diary: Diary = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut index = RecallIndex::default();
    let mut number = 0;
    for (sitting, session) in diary.sittings.iter().zip(0..) {
        for (place, text) in sitting.turns.iter().enumerate() {
            number += 1;
            let (speaker, role) = match place % 2 {
                0 => (&diary.user, Role::User),
                _ => (&diary.companion, Role::Companion),
            };
            index.insert(&MemoryDocument {
                id: MemoryId::Message(number),
                speaker,
                role,
                text,
                time: sitting.time + SignedDuration::from_mins(place as i64),
                session: Some(session),
                importance: 0.0,
            });
        }
    }
    assert_eq!((number, diary.questions.len()), (300, 60));
    let share = |question: &Question| {
        let found = index.recall(&Query::new(&question.question, 10), None).memories;
        let hits = question
            .evidence
            .iter()
            .filter(|number| found.iter().any(|memory| memory.id == MemoryId::Message(**number)));
        hits.count() as f64 / question.evidence.len() as f64
    };
    diary.questions.iter().map(share).sum::<f64>() / 60.0
}

#[test]
fn french_and_chinese_are_found_nearly_as_well_as_english() {
    let [english, french, chinese] = ["en", "fr", "zh"].map(recall_at_10);
    println!("recall@10: English {english:.3}, French {french:.3}, Chinese {chinese:.3}");
    assert!(english > 0.8, "{english}");
    assert!(french >= 0.85 * english, "{french} of {english}");
    assert!(chinese >= 0.85 * english, "{chinese} of {english}");
}
