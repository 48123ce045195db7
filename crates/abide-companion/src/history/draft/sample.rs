//! A sample of what two said, of bounded size however long the history is. Must not know what is made of it.

use jiff::{SignedDuration, Timestamp};

use crate::{
    history::{HistoryError, ImportEvent, Observer},
    store::{CompanionId, Store, StoreResult},
    transcript::{SITTING_GAP_HOURS, Speaker},
};

/// Exchanges that are kept; beyond it every second one goes.
const EXCHANGES_MAX: usize = 4_000;
/// Of one message.
const CHARACTERS_MAX: usize = 2_000;

/// What the user said, and what the companion answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The user's words; empty if the companion spoke first.
    pub user: String,
    /// The companion's real words.
    pub reply: String,
    /// Whether it begins a sitting.
    pub begins: bool,
    /// Whether a sitting ends with it.
    pub ends: bool,
}

/// Exchanges from all of a history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample {
    /// The companion's name, where the history has it.
    pub companion_name: Option<String>,
    /// The user's name, where the history has it.
    pub user_name: Option<String>,
    /// The exchanges, in the order of time within each conversation.
    pub exchanges: Vec<Exchange>,
    /// Replies there were, sampled or not.
    pub replies: u64,
}

/// Takes a sample as messages pass; an [`Observer`], too.
#[derive(Debug, Default)]
pub struct Sampler {
    sample: Sample,
    stride: u64,
    user: String,
    last: Option<Timestamp>,
    begins: bool,
    /// Whether the last exchange is among those that are kept.
    kept: bool,
}

impl Sampler {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { stride: 1, begins: true, ..Self::default() }
    }

    /// Begins a conversation.
    pub fn conversation(&mut self) {
        self.pause();
        self.last = None;
    }

    fn pause(&mut self) {
        if let Some(exchange) = self.sample.exchanges.last_mut().filter(|_| self.kept) {
            exchange.ends = true;
        }
        self.begins = true;
        self.user.clear();
    }

    /// Takes the next message of the active path.
    pub fn message(&mut self, speaker: Speaker, name: Option<&str>, text: &str, time: Option<Timestamp>) {
        if let (Some(last), Some(time)) = (self.last, time)
            && time.duration_since(last) > SignedDuration::from_hours(SITTING_GAP_HOURS)
        {
            self.pause();
        }
        self.last = time.or(self.last);
        let known = match speaker {
            Speaker::User => &mut self.sample.user_name,
            Speaker::Companion => &mut self.sample.companion_name,
            Speaker::Narrator => return,
        };
        if known.is_none() {
            *known = name.map(str::to_owned);
        }
        let text = cut(text).to_owned();
        if speaker == Speaker::User {
            self.user = text;
            return;
        }
        self.sample.replies += 1;
        let exchange = Exchange {
            user: std::mem::take(&mut self.user),
            reply: text,
            begins: std::mem::take(&mut self.begins),
            ends: false,
        };
        self.kept = self.sample.replies.is_multiple_of(self.stride.max(1));
        if self.kept {
            self.sample.exchanges.push(exchange);
        }
        if self.sample.exchanges.len() > EXCHANGES_MAX {
            self.stride = self.stride.max(1) * 2;
            let mut index = 0;
            self.sample.exchanges.retain(|_| {
                index += 1;
                index % 2 == 0
            });
            // Of an odd number, the last one went.
            self.kept = false;
        }
    }

    /// The sample.
    pub fn finish(mut self) -> Sample {
        self.pause();
        self.sample
    }
}

/// What of a message is looked at.
pub(super) fn cut(text: &str) -> &str {
    text.char_indices().nth(CHARACTERS_MAX).map_or(text, |(end, _)| &text[..end])
}

impl Observer for Sampler {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        match event {
            ImportEvent::Conversation(conversation) => {
                self.conversation();
                let sample = &mut self.sample;
                sample.companion_name = sample.companion_name.take().or(conversation.companion_name);
                sample.user_name = sample.user_name.take().or(conversation.user_name);
            }
            ImportEvent::Message(message) if message.active => {
                self.message(message.speaker, message.name.as_deref(), &message.text, message.time);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Sample {
    /// A sample of a companion's active path.
    ///
    /// # Errors
    ///
    /// When the database can't be read.
    pub fn of_companion(store: &Store, companion: CompanionId) -> StoreResult<Self> {
        let mut sampler = Sampler::new();
        let mut position = 1;
        loop {
            let messages = store.path_range(companion, position, 500)?;
            if messages.is_empty() {
                return Ok(sampler.finish());
            }
            position += messages.len() as u64;
            for message in messages {
                let content = message.content;
                sampler.message(content.speaker, content.name.as_deref(), &content.text, Some(content.time));
            }
        }
    }
}
