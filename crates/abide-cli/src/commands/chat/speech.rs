//! Shows an answer while it is made: what the model thinks dimmed, or not at all, and what it says as it is.
//!
//! Must not know sessions or generators.

use std::io;

use abide_generation::{Part, Thoughts};
use abide_generation::{PromptReport, ThoughtMarks};

use crate::output::{Console, Style};

/// One answer on its way to the console.
pub struct Speech<'a> {
    console: &'a mut Console,
    marks: Option<ThoughtMarks>,
    /// Made with the first piece, when it is known whether the prompt opened a thought.
    thoughts: Option<Thoughts>,
    shows_thoughts: bool,
    /// A thought was shown, and nothing was said after it.
    thought_is_last: bool,
    said: String,
}

impl<'a> Speech<'a> {
    /// For a model that thinks between these marks.
    pub fn new(console: &'a mut Console, marks: Option<ThoughtMarks>, shows_thoughts: bool) -> Self {
        Self { console, marks, thoughts: None, shows_thoughts, thought_is_last: false, said: String::new() }
    }

    /// Shows what is certain with the next piece.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn push(&mut self, text: &str, prompt: &PromptReport) -> io::Result<()> {
        let marks = &mut self.marks;
        let thoughts = self.thoughts.get_or_insert_with(|| Thoughts::new(marks.take(), prompt.thought_open));
        let mut parts = Vec::new();
        thoughts.push(text, &mut parts);
        self.show(parts)
    }

    /// Shows the rest, and tells all that was said, without the thoughts. `cut_off`: the model did not end it.
    ///
    /// # Errors
    /// When stdout fails.
    pub fn finish(mut self, cut_off: bool) -> io::Result<String> {
        let mut parts = Vec::new();
        if let Some(thoughts) = &mut self.thoughts {
            thoughts.finish(cut_off, &mut parts);
        }
        self.show(parts)?;
        Ok(self.said)
    }

    fn show(&mut self, parts: Vec<Part>) -> io::Result<()> {
        for part in parts {
            match part {
                Part::Thought(text) if self.shows_thoughts => {
                    self.console.write_now(&self.console.styled(Style::Faint, &text))?;
                    self.thought_is_last = true;
                }
                Part::Thought(_) | Part::Call(_) => {}
                Part::Text(text) => {
                    if std::mem::take(&mut self.thought_is_last) {
                        self.console.write("\n\n")?;
                    }
                    self.console.write_now(&text)?;
                    self.said.push_str(&text);
                }
            }
        }
        Ok(())
    }
}
