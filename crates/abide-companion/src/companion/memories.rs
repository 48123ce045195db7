//! The memories of companions, ready to be found: filled from the store as far as it is not yet, and told what was forgotten. Must not
//! know prompts, or how memories are found: that is [`crate::recall`]'s.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::num::NonZero;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use abide_kernels::{Isa, Kernels};

use super::active_path::ActivePath;
use super::error::CompanionResult;
use super::shared::Shared;
use crate::recall::{MemoryDocument, MemoryId, QuantizedVector, RecallIndex, Role};
use crate::store::{CompanionId, Deleted, Fact, FactKind, VectorOf};
use crate::text::fold;
use crate::transcript::{Message, MessageId, Speaker};

/// What one companion can be reminded of.
pub(super) struct Memories {
    pub index: RecallIndex,
    /// What is not on it is hidden in the index: it was swiped away, or said otherwise before.
    pub path: ActivePath,
    /// By which speakers are known in it.
    names: Names,
    /// Names that messages bring along, folded.
    other_names: HashSet<String>,
    /// The last message that is in it.
    last: MessageId,
    /// The facts that are in it, by hashes of what is kept of them.
    facts: HashMap<u64, u64>,
    /// The version of what is known that they are of.
    knowledge: Option<u64>,
    /// The embedder that its vectors are by.
    embedder: Option<String>,
}

/// Threads that compare vectors: more would not read memory faster.
const THREADS_MAX: usize = 2;

/// Those of all companions that were asked since the program began.
pub(super) struct AllMemories {
    of: Mutex<HashMap<CompanionId, Arc<Mutex<Memories>>>>,
    kernels: LazyLock<Arc<Kernels>>,
}

impl Default for AllMemories {
    fn default() -> Self {
        let kernels = || {
            let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
            Arc::new(Kernels::new(cores.min(THREADS_MAX), Isa::detect()))
        };
        Self { of: Mutex::default(), kernels: LazyLock::new(kernels) }
    }
}

impl AllMemories {
    /// Those of one companion.
    pub fn of(&self, companion: CompanionId) -> Arc<Mutex<Memories>> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Mutex::new(Memories::new(Arc::clone(&self.kernels))));
        Arc::clone(of.entry(companion).or_insert_with(new))
    }

    /// Those of one companion, if they were asked for.
    pub fn loaded(&self, companion: CompanionId) -> Option<Arc<Mutex<Memories>>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner).get(&companion).map(Arc::clone)
    }

    /// Drops those of one companion; they are filled again when they are asked for.
    pub fn drop_of(&self, companion: CompanionId) {
        self.of.lock().unwrap_or_else(PoisonError::into_inner).remove(&companion);
    }
}

impl Memories {
    fn new(kernels: Arc<Kernels>) -> Self {
        Self {
            index: RecallIndex::new(kernels),
            path: ActivePath::default(),
            names: Names::default(),
            other_names: HashSet::new(),
            last: MessageId(0),
            facts: HashMap::new(),
            knowledge: None,
            embedder: None,
        }
    }

    /// Takes in what was said and learned since the last time.
    pub fn catch_up(
        &mut self,
        shared: &Shared,
        companion: CompanionId,
        names: &Names,
    ) -> CompanionResult<()> {
        if self.names != *names && !self.rename(names) {
            self.begin_anew(shared, names);
        }
        let mut added = self.take_messages(shared, companion)?;
        if self.path.length() != shared.store.path_length(companion)? {
            // A history was put in among what was said here: what is known of the tree no longer holds.
            self.begin_anew(shared, names);
            added = self.take_messages(shared, companion)?;
        }
        let knowledge = shared.knowledge(companion)?;
        if self.knowledge != Some(knowledge.version) {
            added.extend(self.take_facts(&knowledge.facts));
            self.knowledge = Some(knowledge.version);
        }
        self.take_vectors_of(shared, companion, added)?;
        self.take_vectors(shared, companion)
    }

    /// One of the two is called otherwise now, in all that they ever said. False where that can't be done in place: a name is somebody else's, too.
    fn rename(&mut self, names: &Names) -> bool {
        let of_others = |name: &str| self.other_names.contains(&fold(name.trim()));
        let pairs = [(&self.names.companion, &names.companion), (&self.names.user, &names.user)];
        let changed: Vec<_> = pairs.into_iter().filter(|(from, to)| from != to).collect();
        let [(from, to)] = changed.as_slice() else { return false };
        let same = fold(self.names.companion.trim()) == fold(self.names.user.trim());
        if same || of_others(from) || of_others(to) {
            return false;
        }
        let renamed = self.index.rename_speaker(from, to);
        if renamed {
            self.names = names.clone();
        }
        renamed
    }

    fn begin_anew(&mut self, shared: &Shared, names: &Names) {
        *self = Self { names: names.clone(), ..Self::new(Arc::clone(&shared.memories.kernels)) };
    }

    /// Those that were not in it.
    fn take_messages(&mut self, shared: &Shared, companion: CompanionId) -> CompanionResult<Vec<VectorOf>> {
        let mut added = Vec::new();
        // Asked for first, so that the messages before it are among those that are taken in.
        let head = shared.store.head(companion)?;
        for message in shared.store.messages(companion).after(self.last) {
            let message = message?;
            self.last = message.id;
            self.path.add(message.id, message.content.parent);
            self.insert(&message);
            added.push(VectorOf::Message(message.id));
        }
        let index = &mut self.index;
        self.path.lead_to(head, |id, on_path| index.set_hidden(MemoryId::Message(id.0), !on_path));
        Ok(added)
    }

    fn insert(&mut self, message: &Message) {
        let content = &message.content;
        if content.text.trim().is_empty() {
            return;
        }
        let (role, speaker) = match content.speaker {
            Speaker::User => (Role::User, self.names.user.as_str()),
            Speaker::Companion => (Role::Companion, self.names.companion.as_str()),
            Speaker::Narrator => (Role::Other, ""),
        };
        if let Some(name) = &content.name {
            self.other_names.insert(fold(name.trim()));
        }
        self.index.insert(&MemoryDocument {
            id: MemoryId::Message(message.id.0),
            speaker: content.name.as_deref().unwrap_or(speaker),
            role,
            text: &content.text,
            time: content.time,
            session: Some(message.sitting),
            importance: 0.0,
        });
        self.index.set_hidden(MemoryId::Message(message.id.0), true);
    }

    /// Those that were not in it so before.
    fn take_facts(&mut self, facts: &[Fact]) -> Vec<VectorOf> {
        let mut current = HashMap::new();
        let mut added = Vec::new();
        for fact in facts.iter().filter(|fact| fact.content.kind != FactKind::Avoid) {
            let time = fact.content.valid_from.unwrap_or(fact.created);
            let mut hasher = DefaultHasher::new();
            (&fact.content.text, fact.content.pinned, time).hash(&mut hasher);
            let hash = hasher.finish();
            current.insert(fact.id.0, hash);
            if self.facts.get(&fact.id.0) == Some(&hash) {
                continue;
            }
            added.push(VectorOf::Fact(fact.id));
            self.index.insert(&MemoryDocument {
                id: MemoryId::Fact(fact.id.0),
                speaker: "",
                role: Role::Other,
                text: &fact.content.text,
                time,
                session: None,
                importance: if fact.content.pinned { 1.0 } else { 0.5 },
            });
        }
        for gone in self.facts.keys().filter(|id| !current.contains_key(id)) {
            self.index.remove(MemoryId::Fact(*gone));
        }
        self.facts = current;
        added
    }

    /// What came back with its path has a vector already, and so may what was said since the last time.
    fn take_vectors_of(
        &mut self,
        shared: &Shared,
        companion: CompanionId,
        added: Vec<VectorOf>,
    ) -> CompanionResult<()> {
        let Some(model) = self.embedder.clone() else { return Ok(()) };
        for of in added {
            let bytes = shared.store.vector(companion, &model, of)?;
            if let Some(Ok(vector)) = bytes.map(|bytes| QuantizedVector::from_bytes(&bytes)) {
                self.put(of, &vector);
            }
        }
        Ok(())
    }

    /// Vectors by the present embedder. Those that come later are given by [`Self::set_vector`].
    fn take_vectors(&mut self, shared: &Shared, companion: CompanionId) -> CompanionResult<()> {
        let embedder = shared.embedder().map(|embedder| embedder.id().to_owned());
        if self.embedder == embedder {
            return Ok(());
        }
        self.index.clear_vectors();
        if let Some(model) = &embedder {
            shared.store.for_each_vector(companion, model, |of, bytes| match QuantizedVector::from_bytes(
                bytes,
            ) {
                Ok(vector) => self.put(of, &vector),
                Err(error) => tracing::warn!(%error, %companion, "a stored vector is passed over"),
            })?;
        }
        self.embedder = embedder;
        Ok(())
    }

    /// A vector that was just made by `embedder`.
    pub fn set_vector(&mut self, embedder: &str, of: VectorOf, vector: &QuantizedVector) {
        if self.embedder.as_deref() == Some(embedder) {
            self.put(of, vector);
        }
    }

    fn put(&mut self, of: VectorOf, vector: &QuantizedVector) {
        let id = match of {
            VectorOf::Message(id) => MemoryId::Message(id.0),
            VectorOf::Fact(id) => MemoryId::Fact(id.0),
        };
        if let Err(error) = self.index.set_vector(id, vector) {
            tracing::warn!(%error, "a vector is passed over");
        }
    }

    /// Takes out what was deleted. What stood around it is beside each other then, as it would be at a new start.
    pub fn forget(&mut self, deleted: &Deleted) {
        for id in &deleted.facts {
            self.facts.remove(&id.0);
        }
        let facts = deleted.facts.iter().map(|id| MemoryId::Fact(id.0));
        let messages = deleted.messages.iter().map(|id| MemoryId::Message(id.0));
        self.index.forget(&facts.chain(messages).collect::<Vec<_>>());
    }
}

/// What the two are called.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Names {
    pub companion: String,
    pub user: String,
}
