//! Summaries of what was said: by a model ([`by_model`]) whose words are checked ([`check`]), or of sentences that are picked out ([`pick`]). Must not know stores or prompts.

mod by_model;
mod check;
pub mod extractive;

pub use by_model::{SummaryError, by_model};
pub use check::{Rejected, check};

use crate::language::Language;
use extractive::{Turn, render, select};

/// A line of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Who says it; empty for the narrator.
    pub name: &'a str,
    /// The words.
    pub text: &'a str,
}

/// A summary of sentences that were picked out of `before`, the summary so far, and `lines`, in the original words and order, in at most
/// `characters`. The summary so far gets up to half of them, what is new the rest. `language` is a BCP 47 tag; one that is not known is guessed.
pub fn pick(before: Option<&str>, lines: &[Line<'_>], language: &str, characters: usize) -> String {
    let known = Language::from_tag(language);
    let guessed = || Language::detect(lines.last().map_or(before.unwrap_or_default(), |line| line.text));
    let language = known.unwrap_or_else(guessed);
    let cost = |text: &str| text.chars().count() + 1;
    let turns: Vec<Turn<'_>> =
        lines.iter().map(|line| Turn { name: line.name, text: line.text, day: None }).collect();
    let mut summary = String::new();
    if let Some(before) = before.map(str::trim).filter(|before| !before.is_empty()) {
        let share = if turns.is_empty() { characters } else { characters / 2 };
        let older: Vec<Turn<'_>> = before
            .lines()
            .map(|line| match line.split_once(": ") {
                Some((name, text)) if name.chars().count() <= extractive::NAME_CHARACTERS_MAX => {
                    Turn { name, text, day: None }
                }
                _ => Turn { name: "", text: line, day: None },
            })
            .collect();
        summary = render(&older, &select(&older, language, share, &cost), language);
    }
    let left = characters.saturating_sub(cost(&summary));
    let newer = render(&turns, &select(&turns, language, left, &cost), language);
    if !summary.is_empty() && !newer.is_empty() {
        summary.push('\n');
    }
    summary + &newer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_grows_out_of_the_one_before() {
        let lines = [
            Line { name: "Sam", text: "Hi! I moved to Lyon on May 8 with my sister Clara. How are you?" },
            Line { name: "Mira", text: "I'm fine. That sounds exciting!" },
        ];
        let first = pick(None, &lines, "en", 80);
        assert_eq!(first, "Sam: I moved to Lyon on May 8 with my sister Clara.");
        let more = [Line { name: "Sam", text: "My new job at the bakery starts on Monday." }];
        let second = pick(Some(&first), &more, "en", 140);
        assert_eq!(second, format!("{first}\nSam: My new job at the bakery starts on Monday."));
        assert_eq!(pick(None, &[], "en", 100), "");
        assert!(pick(Some(&second), &more, "en", 60).chars().count() <= 60);
    }
}
