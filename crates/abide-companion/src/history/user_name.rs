//! The user's own name, as a history tells it. Must not know formats, nor where it is kept.

use std::collections::HashMap;

use super::{HistoryError, ImportEvent, Observer, Progress};
use crate::transcript::Speaker;

/// Names that are told apart.
const NAMES_MAX: usize = 100;
/// Characters of the longest one.
const CHARACTERS_MAX: usize = 30;
/// What services write where a name would be.
const NO_NAMES: &str = "user you me human myself anon anonymous guest prompt moi vous toi utilisateur utilisatrice 我 你 用户 user1 player owner";

/// Passes on what is read, and counts under which names the user spoke.
pub struct NameHeard<'a> {
    observer: &'a mut dyn Observer,
    names: HashMap<String, u64>,
}

impl<'a> NameHeard<'a> {
    /// Before `observer`.
    pub fn new(observer: &'a mut dyn Observer) -> Self {
        Self { observer, names: HashMap::new() }
    }

    fn count(&mut self, name: Option<&str>, times: u64) {
        let Some(name) = name.map(str::trim).filter(|name| is_own_name(name)) else { return };
        if let Some(count) = self.names.get_mut(name) {
            *count += times;
        } else if self.names.len() < NAMES_MAX {
            self.names.insert(name.to_owned(), times);
        }
    }

    /// The name under which the user spoke most often, or that conversations give.
    pub fn most(self) -> Option<String> {
        let most = self.names.into_iter().max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)));
        most.map(|(name, _)| name)
    }
}

impl Observer for NameHeard<'_> {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        match &event {
            ImportEvent::Conversation(conversation) => self.count(conversation.user_name.as_deref(), 1),
            ImportEvent::Message(message) if message.active && message.speaker == Speaker::User => {
                self.count(message.name.as_deref(), 1);
            }
            _ => {}
        }
        self.observer.event(event)
    }

    fn progress(&mut self, progress: Progress) {
        self.observer.progress(progress);
    }
}

/// Whether it can be what somebody is called, and is no word in a name's place, address or number.
fn is_own_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_placeholder = NO_NAMES.split(' ').any(|known| known == lower);
    let count = |is: fn(char) -> bool| name.chars().filter(|character| is(*character)).count();
    let letters = count(char::is_alphabetic);
    !is_placeholder
        && letters > 0
        && letters >= count(char::is_numeric)
        && name.chars().count() <= CHARACTERS_MAX
        && !name.contains(['{', '}', '<', '>', '@', '/', ':', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_names_place_is_none() {
        for name in ["Bea", "Zoé", "阿梅", "Mary Ann", "jo_92"] {
            assert!(is_own_name(name), "{name}");
        }
        let none = [
            "You",
            "user",
            "{{user}}",
            "<USER>",
            "我",
            "a@b.example",
            "",
            "42",
            "+33 6 12 34",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        ];
        for other in none {
            assert!(!is_own_name(other), "{other}");
        }
    }
}
