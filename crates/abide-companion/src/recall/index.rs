//! What recall holds of every memory, and how memories come and go. Must not know how they are found.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use abide_kernels::{Isa, Kernels};

use super::document::{MemoryDocument, MemoryId, Role};
use super::postings::{Postings, TermNumber};
use super::vectors::{QuantizedVector, VectorError, VectorTable};
use super::weights::Weights;
use crate::language::Language;
use crate::text;

/// The sitting of what was removed.
pub(super) const GONE: u32 = u32::MAX;

/// What is kept of one memory.
#[derive(Debug)]
pub(super) struct Slot {
    pub id: MemoryId,
    pub language: Language,
    pub tokens: u32,
    /// Terms in it, repetitions included.
    pub length: u32,
    pub terms: Box<[(TermNumber, u16)]>,
}

/// What of a memory counts whatever is asked: every recall reads those of all memories, so they are small and lie together.
#[derive(Debug, Clone)]
pub(super) struct Traits {
    /// Seconds since 1970.
    pub time: i64,
    /// Index of its speaker's name.
    pub speaker: u32,
    pub importance: f32,
    /// How much of it asks.
    pub asking: f32,
    pub role: Role,
    pub speaks_of_time: bool,
    pub looks_back: bool,
}

/// What is kept of a sitting.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// Terms in it, repetitions included.
    pub length: u64,
    /// Memories in it.
    pub memories: usize,
}

/// All memories of one companion, ready to be found. What was said in sittings has the first slots, in its order, and what stands alone those behind,
/// so that turns are beside each other whatever was learned in between.
#[derive(Debug)]
pub struct RecallIndex {
    pub(super) kernels: Arc<Kernels>,
    pub(super) weights: Weights,
    pub(super) slots: Vec<Slot>,
    /// Slots of what was said in sittings.
    said: usize,
    /// Of each slot.
    pub(super) traits: Vec<Traits>,
    /// For each slot its sitting, or [`GONE`].
    pub(super) session_of: Vec<u32>,
    /// For each slot whether it may be found: it is there, and not hidden.
    pub(super) findable: Vec<bool>,
    /// For each slot its terms with those of the turns beside it, weighted.
    pub(super) window_lengths: Vec<f32>,
    pub(super) by_id: HashMap<MemoryId, u32>,
    pub(super) postings: Postings,
    pub(super) vectors: VectorTable,
    pub(super) sessions: Vec<Session>,
    pub(super) sessions_by_number: HashMap<u64, u32>,
    /// Names of speakers, folded.
    pub(super) speakers: Vec<String>,
    /// How many memories are in each language.
    pub(super) languages: BTreeMap<Language, usize>,
    pub(super) window_length_total: f64,
    /// Terms in all memories, repetitions included.
    pub(super) length_total: u64,
    /// Sittings that have memories.
    pub(super) sessions_alive: usize,
}

impl Default for RecallIndex {
    fn default() -> Self {
        Self::new(Arc::new(Kernels::new(1, Isa::detect())))
    }
}

impl RecallIndex {
    /// An empty index that compares vectors by these kernels.
    pub fn new(kernels: Arc<Kernels>) -> Self {
        Self::with_weights(kernels, Weights::default())
    }

    /// An empty index tuned otherwise.
    pub fn with_weights(kernels: Arc<Kernels>, weights: Weights) -> Self {
        Self {
            kernels,
            weights,
            slots: Vec::new(),
            said: 0,
            traits: Vec::new(),
            session_of: Vec::new(),
            findable: Vec::new(),
            window_lengths: Vec::new(),
            by_id: HashMap::new(),
            postings: Postings::default(),
            vectors: VectorTable::default(),
            sessions: Vec::new(),
            sessions_by_number: HashMap::new(),
            speakers: Vec::new(),
            languages: BTreeMap::new(),
            window_length_total: 0.0,
            length_total: 0,
            sessions_alive: 0,
        }
    }

    /// How many memories there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether this one is there.
    pub fn contains(&self, id: MemoryId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// How many memories have no vector yet.
    pub fn without_vector(&self) -> usize {
        self.len() - self.vectors.present()
    }

    /// Whether this memory has a vector.
    pub fn has_vector(&self, id: MemoryId) -> bool {
        self.by_id.get(&id).is_some_and(|slot| self.vectors.has(*slot as usize))
    }

    /// Adds a memory behind all others of sittings, or that stand alone, instead of an earlier one with its id. It can be found by its words from now
    /// on, and by its meaning once [`Self::set_vector`] was called.
    pub fn insert(&mut self, document: &MemoryDocument<'_>) {
        self.remove(document.id);
        let slot = self.free_slot(document.session.is_some());
        let folded = text::fold(document.text);
        let language = Language::detect(document.text);
        *self.languages.entry(language).or_default() += 1;
        let terms = text::terms(document.text);
        let length = terms.len() as u32;
        let session = self.session(document.session);
        self.count_in(session, length);
        let speaker = self.speaker(document.speaker);
        let terms = self.postings.add(slot as u32, terms);
        let tokens = text::estimate_tokens(document.text) as u32;
        let importance = document.importance;
        let traits = Traits {
            time: document.time.as_second(),
            speaker,
            importance: if importance.is_finite() { importance.clamp(0.0, 1.0) } else { 0.0 },
            asking: text::asking_share(&folded),
            role: document.role,
            speaks_of_time: text::speaks_of_time(&folded),
            looks_back: text::looks_back(&folded),
        };
        self.put(slot, Slot { id: document.id, language, tokens, length, terms }, traits, session);
        self.spread_length(slot, 1.0);
    }

    /// The slot of what is added: the last one for what stands alone. What is of a sitting has the first one of those that stand alone, which
    /// moves to their end, so that however many they are no more than one moves.
    fn free_slot(&mut self, of_sitting: bool) -> usize {
        let end = self.slots.len();
        if !of_sitting {
            return end;
        }
        let slot = self.said;
        self.said += 1;
        if slot < end && self.session_of[slot] != GONE {
            self.relocate(slot, end);
        }
        slot
    }

    /// Puts a memory into a slot that is free, or behind the last one.
    fn put(&mut self, at: usize, slot: Slot, traits: Traits, session: u32) {
        self.by_id.insert(slot.id, at as u32);
        if at == self.slots.len() {
            self.slots.push(slot);
            self.traits.push(traits);
            self.session_of.push(session);
            self.findable.push(true);
            self.window_lengths.push(0.0);
        } else {
            self.slots[at] = slot;
            self.traits[at] = traits;
            self.session_of[at] = session;
            self.findable[at] = true;
            self.window_lengths[at] = 0.0;
        }
    }

    /// Moves a memory that stands alone to the end; its slot is free then.
    fn relocate(&mut self, from: usize, to: usize) {
        let Slot { id, language, tokens, length, .. } = self.slots[from];
        let terms = std::mem::take(&mut self.slots[from].terms);
        self.postings.relocate(from as u32, to as u32, &terms);
        self.vectors.relocate(from, to);
        let session = std::mem::replace(&mut self.session_of[from], GONE);
        let findable = std::mem::replace(&mut self.findable[from], false);
        self.put(to, Slot { id, language, tokens, length, terms }, self.traits[from].clone(), session);
        self.findable[to] = findable;
        self.window_lengths[to] = self.window_lengths[from];
    }

    /// Forgets a memory: its words, its vector, and every term that was in no other. Whether it was there. Turns that it stood between are not beside
    /// each other.
    pub fn remove(&mut self, id: MemoryId) -> bool {
        let Some(slot) = self.by_id.remove(&id) else {
            return false;
        };
        self.spread_length(slot as usize, -1.0);
        self.vectors.clear(slot as usize);
        self.findable[slot as usize] = false;
        let session = std::mem::replace(&mut self.session_of[slot as usize], GONE);
        let memory = &mut self.slots[slot as usize];
        let terms = std::mem::take(&mut memory.terms);
        let length = std::mem::take(&mut memory.length);
        let language = memory.language;
        self.count_out(session, length);
        if let Some(count) = self.languages.get_mut(&language) {
            *count -= 1;
        }
        self.languages.retain(|_, count| *count > 0);
        self.postings.remove(slot, &terms);
        true
    }

    /// Forgets memories as if they had never been there: turns that they stood between are beside each other then. Costs one pass through what comes
    /// behind the first of them.
    pub fn forget(&mut self, ids: &[MemoryId]) {
        let said = |id| self.by_id.get(id).map(|slot| *slot as usize).filter(|slot| *slot < self.said);
        let mut gone: Vec<usize> = ids.iter().filter_map(said).collect();
        gone.sort_unstable();
        gone.dedup();
        for id in ids {
            self.remove(*id);
        }
        if !gone.is_empty() {
            self.close_gaps(&gone);
        }
        self.drop_speakers();
    }

    /// Has turns take the places of those before them that are gone (`gone`: their slots, ascending).
    fn close_gaps(&mut self, gone: &[usize]) {
        let (first, end) = (gone[0], self.said);
        let reach = self.weights.reach();
        let beside = gone.iter().flat_map(|slot| slot.saturating_sub(reach)..(slot + reach + 1).min(end));
        let mut beside: Vec<usize> = beside.filter(|slot| gone.binary_search(slot).is_err()).collect();
        beside.sort_unstable();
        beside.dedup();
        for slot in &beside {
            self.window_length_total -= self.shares(*slot).map(f64::from).sum::<f64>();
        }
        let mut places: Vec<u32> = (0..end as u32).collect();
        let mut next = first;
        for (slot, place) in places.iter_mut().enumerate().skip(first) {
            if gone.binary_search(&slot).is_ok() {
                *place = GONE;
                continue;
            }
            *place = next as u32;
            self.slots.swap(next, slot);
            self.traits.swap(next, slot);
            self.session_of.swap(next, slot);
            self.findable.swap(next, slot);
            self.window_lengths.swap(next, slot);
            self.vectors.swap_into(slot, next);
            next += 1;
        }
        self.said = next;
        self.postings.renumber(first as u32, &places);
        for slot in self.by_id.values_mut() {
            if let Some(place) = places.get(*slot as usize) {
                *slot = *place;
            }
        }
        for slot in beside.into_iter().map(|slot| places[slot] as usize) {
            self.window_length_total += self.shares(slot).map(f64::from).sum::<f64>();
            // In the order in which the turns came, for the same sum to the bit.
            self.window_lengths[slot] = self.shares(slot).fold(0.0, |sum, share| sum + share);
        }
    }

    /// What a turn's own length and those of the turns beside it are to its window, in the order in which [`Self::insert`] adds them.
    fn shares(&self, slot: usize) -> impl Iterator<Item = f32> + '_ {
        let window = self.weights.window;
        let reach = self.weights.reach() as isize;
        let of = move |offset: isize, weight: f32| {
            self.at_offset(slot, offset).map(|giver| weight * self.slots[giver].length as f32)
        };
        let at_first = window.into_iter().filter(|(offset, _)| *offset <= 0);
        let later =
            (1..=reach).flat_map(move |place| window.into_iter().filter(move |(offset, _)| *offset == place));
        at_first.chain(later).filter_map(move |(offset, weight)| of(offset, weight))
    }

    /// Forgets the names of speakers who have no memory any more.
    fn drop_speakers(&mut self) {
        let mut speaks = vec![false; self.speakers.len()];
        for (traits, session) in self.traits.iter().zip(&self.session_of) {
            if *session != GONE {
                speaks[traits.speaker as usize] = true;
            }
        }
        for (name, speaks) in self.speakers.iter_mut().zip(speaks) {
            if !speaks {
                name.clear();
            }
        }
    }

    /// Calls a speaker otherwise in all that they ever said. False where that can't be told from what others said: somebody else is called so
    /// already, or nobody `from`.
    pub fn rename_speaker(&mut self, from: &str, to: &str) -> bool {
        let (from, to) = (text::fold(from.trim()), text::fold(to.trim()));
        if from == to {
            return true;
        }
        if from.is_empty() || to.is_empty() || self.speakers.contains(&to) {
            return false;
        }
        let Some(speaker) = self.speakers.iter_mut().find(|speaker| **speaker == from) else { return false };
        *speaker = to;
        true
    }

    /// Hides a memory from being found, or shows it again; a hidden one is still beside its neighbours.
    pub fn set_hidden(&mut self, id: MemoryId, hidden: bool) {
        if let Some(slot) = self.by_id.get(&id) {
            self.findable[*slot as usize] = !hidden;
        }
    }

    /// Sets the vector of a memory. Whether that memory is there.
    ///
    /// # Errors
    /// [`VectorError::Dimensions`] where other memories have longer or shorter ones.
    pub fn set_vector(&mut self, id: MemoryId, vector: &QuantizedVector) -> Result<bool, VectorError> {
        let Some(slot) = self.by_id.get(&id) else {
            return Ok(false);
        };
        self.vectors.set(*slot as usize, vector)?;
        Ok(true)
    }

    /// Forgets all vectors: for another embedder.
    pub fn clear_vectors(&mut self) {
        self.vectors.clear_all();
    }

    /// Sets up to how many vectors all are compared with a question's, instead of 100,000; of more, their signs tell which ones are. The greatest number
    /// shows what the signs miss.
    pub fn set_compared_max(&mut self, count: usize) {
        self.vectors.set_compared_max(count);
    }

    /// The memories of the same sitting that stand up to `before` places before and `after` places behind one, in their order and without it.
    pub fn neighbours(&self, id: MemoryId, before: usize, after: usize) -> Vec<MemoryId> {
        let Some(slot) = self.by_id.get(&id).map(|slot| *slot as usize) else {
            return Vec::new();
        };
        let places = slot.saturating_sub(before)..self.slots.len().min(slot + after + 1);
        let beside = |at: &usize| *at != slot && self.session_of[*at] == self.session_of[slot];
        places.filter(beside).map(|at| self.slots[at].id).collect()
    }

    /// The slot `offset` places on, if it is beside this one.
    pub(super) fn at_offset(&self, slot: usize, offset: isize) -> Option<usize> {
        let other = slot.wrapping_add_signed(offset);
        let session = self.session_of[slot];
        (self.session_of.get(other) == Some(&session) && session != GONE).then_some(other)
    }

    /// Adds a memory's length to its own window's and to those of the turns beside it (`sign` 1), or takes it away (−1).
    fn spread_length(&mut self, slot: usize, sign: f32) {
        let window = self.weights.window;
        let length = self.slots[slot].length as f32;
        for (offset, weight) in window {
            if let Some(receiver) = self.at_offset(slot, -offset) {
                self.window_lengths[receiver] += sign * weight * length;
                self.window_length_total += f64::from(sign * weight * length);
            }
            // What the others' lengths are to this one.
            if offset != 0
                && let Some(giver) = self.at_offset(slot, offset)
            {
                let share = weight * self.slots[giver].length as f32;
                self.window_lengths[slot] += sign * share;
                self.window_length_total += f64::from(sign * share);
            }
        }
    }

    fn count_in(&mut self, session: u32, length: u32) {
        let session = &mut self.sessions[session as usize];
        self.sessions_alive += usize::from(session.memories == 0);
        session.memories += 1;
        session.length += u64::from(length);
        self.length_total += u64::from(length);
    }

    fn count_out(&mut self, session: u32, length: u32) {
        let session = &mut self.sessions[session as usize];
        session.memories -= 1;
        session.length -= u64::from(length);
        self.sessions_alive -= usize::from(session.memories == 0);
        self.length_total -= u64::from(length);
    }

    fn session(&mut self, number: Option<u64>) -> u32 {
        let next = self.sessions.len() as u32;
        let index = number.map_or(next, |number| *self.sessions_by_number.entry(number).or_insert(next));
        if index == next {
            self.sessions.push(Session::default());
        }
        index
    }

    fn speaker(&mut self, name: &str) -> u32 {
        let name = text::fold(name.trim());
        let known = self.speakers.iter().position(|speaker| *speaker == name);
        known.unwrap_or_else(|| {
            self.speakers.push(name);
            self.speakers.len() - 1
        }) as u32
    }
}
