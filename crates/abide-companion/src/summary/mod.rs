//! Summaries of what was said. Must not know stores or prompts.

/// A line of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Who says it; empty for the narrator.
    pub name: &'a str,
    /// The words.
    pub text: &'a str,
}

/// A summary of sentences that were picked out of `before`, the summary so far, and `lines`.
pub fn pick(before: Option<&str>, lines: &[Line<'_>], _language: &str, characters: usize) -> String {
    let mut text = before.unwrap_or_default().to_owned();
    for line in lines {
        text.push_str(line.text);
        text.push('\n');
    }
    text[text.ceil_char_boundary(text.len().saturating_sub(characters))..].trim().to_owned()
}
