//! Reads a conversation backwards, some messages at a time. Must not know what they are read for.

use crate::store::{CompanionId, Store, StoreResult};
use crate::transcript::{Message, MessageId};

/// Messages that are read at a time.
const CHUNK: usize = 32;

/// The messages before one, the nearest first, on whatever branch it is.
pub(super) struct Older<'a> {
    store: &'a Store,
    companion: CompanionId,
    next: Option<MessageId>,
    /// Those that were read, the nearest last.
    read: Vec<Message>,
}

impl<'a> Older<'a> {
    pub fn than(store: &'a Store, companion: CompanionId, message: &Message) -> Self {
        Self { store, companion, next: message.content.parent, read: Vec::new() }
    }

    pub fn next(&mut self) -> StoreResult<Option<Message>> {
        if self.read.is_empty() {
            let Some(id) = self.next else { return Ok(None) };
            self.read = self.store.path_to(self.companion, id, CHUNK)?;
            self.next = self.read.first().and_then(|first| first.content.parent);
        }
        Ok(self.read.pop())
    }
}
