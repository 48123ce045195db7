//! Each format, whole and broken; big files; archives and folders.

mod broken;
mod large;
mod shapes;
mod stored;

use super::*;
use crate::transcript::Speaker;

/// What an import of a text says.
pub(super) struct Read {
    pub(super) conversations: Vec<Conversation>,
    pub(super) messages: Vec<ImportedMessage>,
    pub(super) report: ImportReport,
}

impl Read {
    pub(super) fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(|message| message.text.as_str()).collect()
    }

    /// The words on the way that the service showed last.
    pub(super) fn active(&self) -> Vec<&str> {
        let active = self.messages.iter().filter(|message| message.active);
        active.map(|message| message.text.as_str()).collect()
    }

    pub(super) fn find(&self, text: &str) -> &ImportedMessage {
        self.messages.iter().find(|message| message.text == text).expect("it was said")
    }

    /// The words that a message follows.
    pub(super) fn before(&self, text: &str) -> Option<&str> {
        let parent = self.find(text).parent_key.as_ref()?;
        self.messages.iter().find(|message| message.key == *parent).map(|message| message.text.as_str())
    }

    pub(super) fn left_out(&self, reason: LeftOut) -> u64 {
        self.report.total.left_out.get(&reason).copied().unwrap_or(0)
    }
}

pub(super) fn options() -> ImportOptions {
    ImportOptions {
        zone: Some(TimeZone::UTC),
        written: Some("2024-05-15T18:00:00Z".parse().unwrap()),
        ..ImportOptions::default()
    }
}

pub(super) fn read_with(name: &str, bytes: &[u8], options: &ImportOptions) -> Result<Read, HistoryError> {
    let (mut conversations, mut messages) = (Vec::new(), Vec::new());
    let mut observer = |event: ImportEvent| {
        match event {
            ImportEvent::Conversation(conversation) => conversations.push(conversation),
            ImportEvent::Message(message) => messages.push(*message),
            ImportEvent::Doubt(_) => {}
        }
        Ok(())
    };
    let report = import(Source::bytes(name, bytes.to_vec()), options, &mut observer)?;
    assert_eq!(report.total.messages, messages.len() as u64);
    let mut keys = std::collections::HashSet::new();
    for message in &messages {
        assert!(
            message.parent_key.as_ref().is_none_or(|key| keys.contains(key)),
            "a parent comes first: {message:?}"
        );
        keys.insert(&message.key);
    }
    Ok(Read { conversations, messages, report })
}

pub(super) fn read(name: &str, text: &str) -> Read {
    read_with(name, text.as_bytes(), &options()).unwrap()
}
