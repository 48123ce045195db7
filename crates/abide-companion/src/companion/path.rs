//! Reads a conversation backwards, some messages at a time. Must not know what they are read for.

use super::error::CompanionResult;
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

/// The messages before one, the nearest first, back to where the user began anew. What was forgotten has no words any more, and is passed over.
pub(super) struct SinceBegun<'a> {
    older: Older<'a>,
    /// What the windows that the user began are behind.
    anew: Vec<Option<MessageId>>,
    is_over: bool,
}

impl<'a> SinceBegun<'a> {
    pub fn than(store: &'a Store, companion: CompanionId, message: &Message) -> CompanionResult<Self> {
        let anew: Vec<_> = store.windows(companion)?.into_iter().map(|window| window.after).collect();
        let is_over = anew.contains(&message.content.parent);
        Ok(Self { older: Older::than(store, companion, message), anew, is_over })
    }

    pub fn next(&mut self) -> CompanionResult<Option<Message>> {
        while !self.is_over {
            let Some(message) = self.older.next()? else { break };
            self.is_over = message.content.parent.is_some() && self.anew.contains(&message.content.parent);
            if !message.content.text.is_empty() {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }
}
