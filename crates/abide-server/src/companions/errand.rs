//! What programs ask a model for themselves, beside the conversation: a title for a chat, tags, what might be asked next. Must not know what
//! becomes of it.
//!
//! Such a request is a lone message that carries the chat it is about, between marks (Open WebUI's `<chat_history>`). Nobody said it to the
//! companion.

use abide_generation::{Message, Role};

/// The marks around a chat.
const MARKS: (&str, &str) = ("<chat_history>", "</chat_history>");

/// Whether these messages are a program's own errand.
pub fn is_errand(messages: &[Message]) -> bool {
    let mut said = messages.iter().filter(|message| message.role != Role::System);
    let (Some(only), None) = (said.next(), said.next()) else { return false };
    let behind = only.content.split_once(MARKS.0).map(|(_, behind)| behind);
    only.role == Role::User && behind.is_some_and(|behind| behind.contains(MARKS.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_message_that_carries_a_chat_is_an_errand() {
        let user = |text: &str| Message::new(Role::User, text);
        let system = Message::new(Role::System, "You are a helper.");
        let task = "### Task:\nGenerate a title.\n<chat_history>\nUSER: Hi\n</chat_history>";
        assert!(is_errand(&[user(task)]));
        assert!(is_errand(&[system.clone(), user(task)]));
        for said in [
            vec![],
            vec![system],
            vec![user("### Task:\nRemind me to buy bread")],
            vec![user("What is <chat_history> for?")],
            vec![Message::new(Role::Assistant, task)],
            vec![user("Hi"), Message::new(Role::Assistant, "Hello."), user(task)],
        ] {
            assert!(!is_errand(&said), "{said:?}");
        }
    }
}
