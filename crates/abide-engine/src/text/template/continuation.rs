//! Continuing the assistant's last turn: the template renders the whole conversation, with a mark behind the last text,
//! and the prompt ends at that mark. Must not know minijinja.

use abide_generation::{Chat, Message, Role, ThoughtMarks};

use super::TemplateError;

/// The text that is continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continued {
    /// The answer's.
    Content,
    /// A thought before the answer.
    Thought,
}

/// What of `chat` is continued; `None`: the last message is somebody else's, or empty and so a turn to be opened, which it
/// then is no part of.
///
/// # Errors
/// When the last message can't be continued.
pub(super) fn find(
    chat: &mut Chat,
    marks: Option<&ThoughtMarks>,
) -> Result<Option<Continued>, TemplateError> {
    let Some(last) = chat.messages.last_mut().filter(|last| last.role == Role::Assistant) else {
        return Ok(None);
    };
    if !last.tool_calls.is_empty() {
        return Err(not_continuable("it calls tools; add a message with the result of each call"));
    }
    if let Some(marks) = marks {
        take_open_thought(last, marks);
    }
    let thinks = last.reasoning.as_ref().is_some_and(|thought| !thought.is_empty());
    match (last.content.is_empty(), thinks) {
        (false, _) => Ok(Some(Continued::Content)),
        (true, true) if marks.is_some() => Ok(Some(Continued::Thought)),
        (true, true) => Err(not_continuable("it has thoughts alone, and this model writes none")),
        (true, false) => {
            chat.messages.pop();
            Ok(None)
        }
    }
}

/// The error for a last message that `problem` keeps from being continued.
pub(super) fn not_continuable(problem: &str) -> TemplateError {
    TemplateError::NotContinuable { problem: problem.to_owned() }
}

/// Makes a content that is nothing but a thought left open that thought.
fn take_open_thought(message: &mut Message, marks: &ThoughtMarks) {
    let Some(thought) = message.content.trim_start().strip_prefix(marks.open.as_str()) else { return };
    if message.reasoning.is_none() && !thought.contains(&marks.close) {
        message.reasoning = Some(thought.strip_prefix('\n').unwrap_or(thought).to_owned());
        message.content.clear();
    }
}

/// Whether `prompt` ends with the beginning of a thought.
pub(super) fn opens_thought(prompt: &str, marks: &ThoughtMarks) -> bool {
    prompt.trim_end().ends_with(&marks.open)
}

/// Whether `prompt`, which ends with `content`, ends in a thought: begun in the content, or by the template before it.
pub(super) fn ends_in_thought(prompt: &str, content: &str, marks: &ThoughtMarks) -> bool {
    match (content.rfind(&marks.open), content.rfind(&marks.close)) {
        (Some(open), Some(close)) => close < open,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => {
            prompt.strip_suffix(content.trim_start()).is_some_and(|before| opens_thought(before, marks))
        }
    }
}

/// Ends the last message's text with `mark`. `as_content`: a thought is part of the content, for templates that leave
/// thoughts out.
pub(super) fn set_mark(chat: &mut Chat, continued: Continued, mark: char, as_content: Option<&ThoughtMarks>) {
    let Some(last) = chat.messages.last_mut() else { return };
    match (continued, as_content) {
        (Continued::Content, _) => last.content.push(mark),
        (Continued::Thought, None) => last.reasoning.get_or_insert_default().push(mark),
        (Continued::Thought, Some(marks)) => {
            let thought = last.reasoning.take().unwrap_or_default();
            last.content = format!("{}\n{thought}{mark}", marks.open);
        }
    }
}
