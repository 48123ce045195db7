//! What was said, and how much of it the model still sees.
//!
//! Must not know terminals or generators.

use abide_generation::{Message, Role};
use serde::{Deserialize, Serialize};

/// A conversation. Turns alternate: the user's, then the model's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Standing instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    /// Everything said, oldest first.
    turns: Vec<Message>,
    /// Turns before this one have left the context.
    #[serde(default)]
    visible_from: usize,
}

impl Conversation {
    /// An empty one with standing instructions.
    pub fn new(system: Option<String>) -> Self {
        Self { system, turns: Vec::new(), visible_from: 0 }
    }

    /// The standing instructions.
    pub fn system(&self) -> Option<&str> {
        self.system.as_deref()
    }

    /// Replaces the standing instructions, from the next answer on.
    pub fn set_system(&mut self, system: Option<String>) {
        self.system = system;
    }

    /// Everything said, oldest first.
    pub fn turns(&self) -> &[Message] {
        &self.turns
    }

    /// Forgets what was said; the standing instructions stay.
    pub fn reset(&mut self) {
        self.turns.clear();
        self.visible_from = 0;
    }

    /// Adds what the user says.
    pub fn ask(&mut self, text: impl Into<String>) {
        self.turns.push(Message::new(Role::User, text));
    }

    /// Adds what the model answers.
    pub fn answer(&mut self, text: impl Into<String>) {
        self.turns.push(Message::new(Role::Assistant, text));
    }

    /// Takes back the user's last turn, which got no answer.
    pub fn take_back(&mut self) {
        if self.turns.last().is_some_and(|turn| turn.role == Role::User) {
            self.turns.pop();
            self.visible_from = self.visible_from.min(self.turns.len());
        }
    }

    /// Drops the model's last answer, so that the question before it stands open. Says whether
    /// there was one.
    pub fn reopen(&mut self) -> bool {
        let answered = self.turns.last().is_some_and(|turn| turn.role == Role::Assistant);
        if answered {
            self.turns.pop();
            // The question must be seen, whatever has left the context since.
            self.visible_from = self.visible_from.min(self.turns.len().saturating_sub(1));
        }
        answered
    }

    /// What the model is shown: the standing instructions and the turns still in the context.
    pub fn prompt(&self) -> Vec<Message> {
        let system = self.system.iter().map(|text| Message::new(Role::System, text));
        system.chain(self.turns[self.visible_from..].iter().cloned()).collect()
    }

    /// Lets the older half of the turns in the context leave it, at least `at_least`, so that the
    /// next prompts fit without reading everything anew each time. Returns how many left.
    pub fn forget_older_half(&mut self, at_least: usize) -> usize {
        let visible = self.turns.len() - self.visible_from;
        let wanted = at_least.max(visible / 2).min(visible);
        let cut = self.visible_from + wanted;
        // What stays begins with a question.
        let next = self.turns[cut..].iter().position(|turn| turn.role == Role::User);
        let cut = next.map_or(self.turns.len(), |offset| cut + offset);
        let forgotten = cut - self.visible_from;
        self.visible_from = cut;
        forgotten
    }

    /// Checks what was read from a file.
    ///
    /// # Errors
    /// Says what is odd about it, continuing "the conversation …".
    pub fn validate(&self) -> Result<(), String> {
        if self.visible_from > self.turns.len() {
            return Err(format!("has {} turns but hides {}", self.turns.len(), self.visible_from));
        }
        for (index, turn) in self.turns.iter().enumerate() {
            let expected = if index % 2 == 0 { Role::User } else { Role::Assistant };
            if turn.role != expected {
                let (found, expected) = (turn.role.as_str(), expected.as_str());
                return Err(format!("has a turn of `{found}` as number {}, not of `{expected}`", index + 1));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(pairs: usize) -> Conversation {
        let mut conversation = Conversation::new(Some("be kind".to_owned()));
        for index in 0..pairs {
            conversation.ask(format!("q{index}"));
            conversation.answer(format!("a{index}"));
        }
        conversation
    }

    fn shown(conversation: &Conversation) -> String {
        conversation.prompt().iter().map(|message| message.content.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_prompt_is_all_until_something_leaves() {
        let mut conversation = conversation(4);
        conversation.ask("q4");
        assert_eq!(shown(&conversation), "be kind q0 a0 q1 a1 q2 a2 q3 a3 q4");
        assert_eq!(conversation.forget_older_half(1), 4);
        assert_eq!(shown(&conversation), "be kind q2 a2 q3 a3 q4");
        assert_eq!(conversation.turns().len(), 9);
        conversation.reset();
        assert_eq!(shown(&conversation), "be kind");
    }

    #[test]
    fn what_stays_begins_with_a_question() {
        let mut conversation = conversation(3);
        assert_eq!(conversation.forget_older_half(1), 4);
        assert_eq!(shown(&conversation), "be kind q2 a2");
        assert_eq!(conversation.forget_older_half(2), 2);
        assert_eq!(conversation.forget_older_half(2), 0);
    }

    #[test]
    fn answers_can_be_reopened_and_questions_taken_back() {
        let mut conversation = conversation(2);
        conversation.forget_older_half(4);
        assert!(conversation.reopen());
        assert_eq!(shown(&conversation), "be kind q1");
        assert!(!conversation.reopen());
        conversation.take_back();
        assert_eq!(conversation.turns().len(), 2);
        conversation.take_back();
        assert_eq!(conversation.turns().len(), 2);
    }

    #[test]
    fn odd_files_are_noticed() {
        assert!(conversation(2).validate().is_ok());
        let mut odd = conversation(1);
        odd.answer("again");
        assert!(odd.validate().is_err());
        let hidden = Conversation { visible_from: 9, ..conversation(1) };
        assert!(hidden.validate().is_err());
    }
}
