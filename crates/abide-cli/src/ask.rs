//! Questions to the person at the terminal.
//!
//! Must not know what is asked.

use anyhow::Context as _;
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

/// Somebody who can be asked.
pub trait Ask {
    /// The answer to a question, trimmed; `None`: the person would rather leave (Ctrl-C or Ctrl-D).
    ///
    /// # Errors
    /// When the terminal fails.
    fn ask(&mut self, question: &str) -> anyhow::Result<Option<String>>;
}

/// The terminal. Answers are kept nowhere.
pub struct Terminal(DefaultEditor);

impl Terminal {
    /// Opens it.
    ///
    /// # Errors
    /// When it can't be set up.
    pub fn open() -> anyhow::Result<Self> {
        DefaultEditor::new().map(Self).context("can't use this terminal")
    }
}

impl Ask for Terminal {
    fn ask(&mut self, question: &str) -> anyhow::Result<Option<String>> {
        match self.0.readline(question) {
            Ok(line) => Ok(Some(line.trim().to_owned())),
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(None),
            Err(error) => Err(error).context("can't read from this terminal"),
        }
    }
}

#[cfg(test)]
pub mod test {
    //! Answers that were thought of before.

    use std::collections::VecDeque;

    use super::Ask;

    /// Gives its answers in turn, then leaves; remembers what it was asked.
    #[derive(Default)]
    pub struct Scripted {
        /// Answers that are left.
        pub answers: VecDeque<&'static str>,
        /// Questions so far.
        pub asked: Vec<String>,
    }

    impl Scripted {
        /// One who gives these answers.
        pub fn new(answers: &[&'static str]) -> Self {
            Self { answers: answers.iter().copied().collect(), asked: Vec::new() }
        }
    }

    impl Ask for Scripted {
        fn ask(&mut self, question: &str) -> anyhow::Result<Option<String>> {
            self.asked.push(question.to_owned());
            Ok(self.answers.pop_front().map(str::to_owned))
        }
    }
}
