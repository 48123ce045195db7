//! Recall over a store, as a companion has it: the index follows what the store has, and vectors are kept there. `Companion::memories` puts
//! what is found into lines with the turns beside it, at most twelve; here it is looked at memory by memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use abide_generation::Embedder;
use abide_kernels::{Isa, Kernels};
use jiff::Zoned;

use abide_companion::recall::{
    MemoryDocument, MemoryId, QuantizedVector, Query, RecallIndex, Recollection, Role,
};
use abide_companion::store::{CompanionId, Store, VectorOf};
use abide_companion::time::{self, Anchors, TimeKind};
use abide_companion::transcript::{Message, MessageId, Speaker};

/// Messages that are read at a time.
const CHUNK_MESSAGES: usize = 512;
/// Texts that are embedded at a time.
const EMBED_AT_ONCE: usize = 32;

/// What all memories of one companion are asked through. Can be shared between threads.
pub struct Memories {
    store: Arc<Store>,
    companion: CompanionId,
    user_name: String,
    companion_name: String,
    state: Mutex<State>,
}

struct State {
    index: RecallIndex,
    /// The last message in the index.
    last: MessageId,
    /// The embedder whose vectors are in the index.
    model: Option<String>,
}

impl Memories {
    /// The memories of `companion`, who calls itself `companion_name` and the user `user_name`; questions name them so. Reads nothing yet.
    pub fn new(store: Arc<Store>, companion: CompanionId, user_name: &str, companion_name: &str) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get().min(2));
        let index = RecallIndex::new(Arc::new(Kernels::new(threads, Isa::detect())));
        Self {
            store,
            companion,
            user_name: user_name.to_owned(),
            companion_name: companion_name.to_owned(),
            state: Mutex::new(State { index, last: MessageId(0), model: None }),
        }
    }

    /// Reads what was added since the last time; [`Self::recall`] does so by itself.
    pub fn refresh(&self) -> Result<(), Box<dyn std::error::Error>> {
        self.refreshed().map(drop)
    }

    /// What is remembered about the query. The times that its text names are added to it, as `now` understands them. Messages that are
    /// not on the active path are not found. Without an embedder, words alone decide.
    pub fn recall(
        &self,
        mut query: Query<'_>,
        now: &Zoned,
        embedder: Option<&dyn Embedder>,
    ) -> Result<Recollection, Box<dyn std::error::Error>> {
        query.now = query.now.or(Some(now.timestamp()));
        let named = time::parse(query.text, now, &Anchors::new(Vec::new()));
        query.times.extend(named.iter().filter_map(|named| match named.kind {
            // What is open to one side or returns tells too little.
            TimeKind::At | TimeKind::Recurring => named.stretch(now.time_zone()),
            _ => None,
        }));
        let mut state = self.refreshed()?;
        let vector = match embedder {
            Some(embedder) => {
                self.use_vectors_of(&mut state, embedder.id())?;
                let text = state.index.text_to_embed(query.text);
                drop(state);
                let vector = embedder.embed(&[&text])?.vectors.pop();
                state = self.lock();
                vector
            }
            None => None,
        };
        loop {
            let mut found = state.index.recall(&query, vector.as_deref());
            let off_path = self.off_path(&found)?;
            if off_path.is_empty() {
                found.memories.truncate(query.limit);
                return Ok(found);
            }
            query.skip.extend(off_path);
        }
    }

    /// Makes vectors for at most `limit` memories that have none, and keeps them. How many it made; 0 when all have one.
    pub fn embed(&self, embedder: &dyn Embedder, limit: usize) -> Result<usize, Box<dyn std::error::Error>> {
        let mut state = self.refreshed()?;
        self.use_vectors_of(&mut state, embedder.id())?;
        drop(state);
        let mut made = 0;
        while made < limit {
            let count = EMBED_AT_ONCE.min(limit - made);
            let without =
                self.store.messages_without_vector(self.companion, embedder.id(), MessageId(0), count)?;
            if without.is_empty() {
                break;
            }
            let texts: Vec<&str> = without.iter().map(|message| message.content.text.as_str()).collect();
            let vectors = embedder.embed(&texts)?.vectors;
            let vectors: Vec<(MessageId, QuantizedVector)> = without
                .iter()
                .zip(&vectors)
                .map(|(message, vector)| (message.id, QuantizedVector::new(vector)))
                .collect();
            let bytes: Vec<(VectorOf, Vec<u8>)> =
                vectors.iter().map(|(id, vector)| (VectorOf::Message(*id), vector.to_bytes())).collect();
            self.store.put_vectors(self.companion, embedder.id(), &bytes)?;
            let mut state = self.lock();
            if state.model.as_deref() == Some(embedder.id()) {
                for (id, vector) in &vectors {
                    state.index.set_vector(MemoryId::Message(id.0), vector)?;
                }
            }
            made += without.len();
        }
        Ok(made)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refreshed(&self) -> Result<MutexGuard<'_, State>, Box<dyn std::error::Error>> {
        let mut state = self.lock();
        loop {
            let messages = self.store.messages_after(self.companion, state.last, CHUNK_MESSAGES)?;
            for message in &messages {
                self.insert(&mut state.index, message);
                state.last = message.id;
            }
            if messages.len() < CHUNK_MESSAGES {
                return Ok(state);
            }
        }
    }

    fn insert(&self, index: &mut RecallIndex, message: &Message) {
        let content = &message.content;
        let (role, name) = match content.speaker {
            Speaker::User => (Role::User, self.user_name.as_str()),
            Speaker::Companion => (Role::Companion, self.companion_name.as_str()),
            Speaker::Narrator => (Role::Other, ""),
        };
        index.insert(&MemoryDocument {
            id: MemoryId::Message(message.id.0),
            speaker: content.name.as_deref().unwrap_or(name),
            role,
            text: &content.text,
            time: content.time,
            session: Some(message.sitting),
            importance: 0.0,
        });
    }

    /// Takes this embedder's vectors into the index, if another's are there.
    fn use_vectors_of(&self, state: &mut State, model: &str) -> Result<(), Box<dyn std::error::Error>> {
        if state.model.as_deref() == Some(model) {
            return Ok(());
        }
        state.index.clear_vectors();
        state.model = Some(model.to_owned());
        let index = &mut state.index;
        self.store.for_each_vector(self.companion, model, |of, bytes| {
            let VectorOf::Message(id) = of else { return };
            let set = QuantizedVector::from_bytes(bytes)
                .and_then(|vector| index.set_vector(MemoryId::Message(id.0), &vector));
            if let Err(error) = set {
                eprintln!("the vector of message {} is passed over: {error}", id.0);
            }
        })?;
        Ok(())
    }

    /// Which of these are on no branch that is active.
    fn off_path(&self, found: &Recollection) -> Result<Vec<MemoryId>, Box<dyn std::error::Error>> {
        let mut off = Vec::new();
        for memory in &found.memories {
            if let MemoryId::Message(id) = memory.id
                && self.store.path_position(self.companion, MessageId(id))?.is_none()
            {
                off.push(memory.id);
            }
        }
        Ok(off)
    }
}
