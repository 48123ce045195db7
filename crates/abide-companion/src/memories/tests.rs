//! Memories over a real store, with an embedder that counts letters.

use std::sync::Arc;

use abide_generation::{Embedder, EmbeddingError, Embeddings};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::keys::DatabaseKey;
use crate::transcript::NewMessage;

/// A vector of how often each letter stands in a text.
struct Letters(&'static str);

impl Embedder for Letters {
    fn id(&self) -> &str {
        self.0
    }

    fn dimensions(&self) -> usize {
        26
    }

    fn tokens_max(&self) -> usize {
        100
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        let vector = |text: &&str| {
            let mut counts = vec![0.0_f32; 26];
            for letter in text.to_lowercase().bytes().filter(u8::is_ascii_lowercase) {
                counts[usize::from(letter - b'a')] += 1.0;
            }
            let length = counts.iter().map(|count| count * count).sum::<f32>().sqrt().max(1.0);
            counts.iter().map(|count| count / length).collect()
        };
        Ok(Embeddings { vectors: texts.iter().map(vector).collect(), ..Embeddings::default() })
    }
}

fn now() -> Zoned {
    Timestamp::from_second(1_700_000_000).unwrap().to_zoned(TimeZone::UTC)
}

fn open(folder: &tempfile::TempDir) -> (Arc<Store>, CompanionId) {
    let store = Store::open(&folder.path().join("companions.db"), DatabaseKey::random().unwrap()).unwrap();
    let companion = store.create_companion("Ada", &json!({})).unwrap().id;
    (Arc::new(store), companion)
}

fn say(store: &Store, companion: CompanionId, parent: Option<MessageId>, text: &str) -> MessageId {
    let speaker =
        if parent.is_none_or(|parent| parent.0 % 2 == 0) { Speaker::User } else { Speaker::Companion };
    let time =
        now().timestamp() + jiff::SignedDuration::from_secs(parent.map_or(0, |parent| parent.0 as i64));
    store.append(companion, NewMessage::new(parent, speaker, text, time)).unwrap().id
}

fn best(memories: &Memories, question: &str, embedder: Option<&dyn Embedder>) -> Option<MemoryId> {
    let found = memories.recall(Query::new(question, 1), &now(), embedder).unwrap();
    found.memories.first().map(|memory| memory.id)
}

#[test]
fn what_is_said_is_remembered_at_once_and_on_the_active_path_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (store, companion) = open(&folder);
    let memories = Memories::new(Arc::clone(&store), companion, "Sam", "Ada");
    assert_eq!(best(&memories, "Where is the key?", None), None);
    let first = say(&store, companion, None, "The key is under the blue pot.");
    let second = say(&store, companion, Some(first), "I will remember that.");
    assert_eq!(best(&memories, "Where is Sam's key?", None), Some(MemoryId::Message(first.0)));
    let third = say(&store, companion, Some(second), "The gate is locked at nine.");
    assert_eq!(best(&memories, "When is the gate locked?", None), Some(MemoryId::Message(third.0)));
    let other = say(&store, companion, Some(second), "The gate is never locked, the key broke.");
    assert_eq!(best(&memories, "When is the gate locked?", None), Some(MemoryId::Message(other.0)));
    assert_eq!(memories.count().unwrap().0, 4);
}

#[test]
fn vectors_are_made_kept_and_exchanged_with_the_embedder() {
    let folder = tempfile::tempdir().unwrap();
    let (store, companion) = open(&folder);
    let mut parent = None;
    for text in ["zzz zz z", "A walk by the sea", "Bread and butter", "quiz jazz"] {
        parent = Some(say(&store, companion, parent, text));
    }
    let memories = Memories::new(Arc::clone(&store), companion, "Sam", "Ada");
    let letters = Letters("letters");
    assert_eq!(memories.embed(&letters, 3).unwrap(), 3);
    assert_eq!(memories.embed(&letters, 100).unwrap(), 1);
    assert_eq!(memories.embed(&letters, 100).unwrap(), 0);
    assert_eq!(memories.count().unwrap(), (4, 0));
    assert_eq!(best(&memories, "zzzz", Some(&letters)), Some(MemoryId::Message(1)));
    let again = Memories::new(Arc::clone(&store), companion, "Sam", "Ada");
    assert_eq!(best(&again, "zzzz", Some(&letters)), Some(MemoryId::Message(1)));
    assert_eq!(again.count().unwrap(), (4, 0));
    let other = Letters("other letters");
    assert!(again.recall(Query::new("zzzz", 1), &now(), Some(&other)).unwrap().nearest.is_none());
    assert_eq!(again.embed(&other, 100).unwrap(), 4);
    assert_eq!(store.vector_models(companion).unwrap(), ["letters", "other letters"]);
}
