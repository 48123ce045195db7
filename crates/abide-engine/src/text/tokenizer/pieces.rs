//! Byte strings by id, side by side in one allocation, and the way back from a byte string to its id.
//!
//! A vocabulary has up to a quarter of a million pieces of a few bytes; an allocation for each, and
//! another for each key of a map, would make loading slow and memory scattered.

use super::{TokenizerError, hashing::Seed};

/// Byte strings by id.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    bytes: Vec<u8>,
    /// Where each piece ends in `bytes`; it begins where the one before ends.
    ends: Vec<u32>,
}

impl Pieces {
    /// Room for `count` pieces.
    pub(super) fn with_capacity(count: usize, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(count) }
    }

    /// Appends the piece that `write` appends to the bytes it is given.
    ///
    /// # Errors
    /// When offsets or ids no longer fit in 32 bits.
    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), TokenizerError> {
        write(&mut self.bytes);
        let end = u32::try_from(self.bytes.len()).map_err(|_| TokenizerError::VocabularyTooLarge)?;
        if self.ends.len() >= i32::MAX as usize {
            return Err(TokenizerError::VocabularyTooLarge);
        }
        self.ends.push(end);
        Ok(())
    }

    /// Number of pieces.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The piece of `id`, or `None` when there is no such id.
    pub(super) fn get(&self, id: u32) -> Option<&[u8]> {
        let id = id as usize;
        let end = *self.ends.get(id)? as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        Some(&self.bytes[start..end])
    }
}

/// From a byte string to its id: an open-addressed table over [`Pieces`].
#[derive(Debug)]
pub(super) struct PieceIndex {
    seed: Seed,
    /// `(upper half of the hash, id)`; the number of slots is a power of two.
    slots: Vec<(u32, u32)>,
    longest: usize,
}

const EMPTY: u32 = u32::MAX;

impl PieceIndex {
    /// An index of those pieces for which `is_member` holds. Of equal pieces the first one is found;
    /// empty ones never are.
    pub(super) fn new(pieces: &Pieces, is_member: impl Fn(u32) -> bool) -> Self {
        let slots = (pieces.len() * 2).next_power_of_two();
        let mut index = Self { seed: Seed::random(), slots: vec![(0, EMPTY); slots], longest: 0 };
        for id in 0..pieces.len() as u32 {
            if let Some(piece) = pieces.get(id).filter(|piece| !piece.is_empty() && is_member(id)) {
                index.insert(pieces, piece, id);
            }
        }
        index
    }

    fn insert(&mut self, pieces: &Pieces, piece: &[u8], id: u32) {
        let hash = self.seed.hash(piece);
        if let Err(slot) = self.look_up(pieces, piece, hash) {
            self.slots[slot] = ((hash >> 32) as u32, id);
            self.longest = self.longest.max(piece.len());
        }
    }

    /// The id of `piece`. Quick for long ones too: those above the longest member aren't even hashed.
    pub(super) fn find(&self, pieces: &Pieces, piece: &[u8]) -> Option<u32> {
        if piece.len() > self.longest {
            return None;
        }
        self.look_up(pieces, piece, self.seed.hash(piece)).ok()
    }

    /// The id found, or the free slot where it would be. At most half of the slots are taken, so one is
    /// always free.
    fn look_up(&self, pieces: &Pieces, piece: &[u8], hash: u64) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let (tag, id) = self.slots[slot];
            if id == EMPTY {
                return Err(slot);
            }
            if tag == (hash >> 32) as u32 && pieces.get(id) == Some(piece) {
                return Ok(id);
            }
            slot = (slot + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &[&str]) -> Pieces {
        let mut pieces = Pieces::default();
        for text in texts {
            pieces.push_with(|bytes| bytes.extend_from_slice(text.as_bytes())).unwrap();
        }
        pieces
    }

    #[test]
    fn finds_members_and_nothing_else() {
        let pieces = pieces(&["a", "", "bc", "a", "control", "longest one"]);
        let index = PieceIndex::new(&pieces, |id| id != 4);
        assert_eq!(index.find(&pieces, b"a"), Some(0), "the first of equals");
        assert_eq!(index.find(&pieces, b"bc"), Some(2));
        assert_eq!(index.find(&pieces, b""), None);
        assert_eq!(index.find(&pieces, b"control"), None);
        assert_eq!(index.find(&pieces, b"longest one"), Some(5));
        assert_eq!(index.find(&pieces, b"longest one and more"), None);
        assert_eq!(pieces.get(6), None);
    }

    #[test]
    fn many_pieces_are_all_found() {
        let texts: Vec<String> = (0..5_000).map(|number| format!("piece {number}")).collect();
        let pieces = pieces(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let index = PieceIndex::new(&pieces, |_| true);
        for (id, text) in texts.iter().enumerate() {
            assert_eq!(index.find(&pieces, text.as_bytes()), Some(id as u32));
        }
        assert_eq!(index.find(&pieces, b"piece 5000"), None);
    }
}
