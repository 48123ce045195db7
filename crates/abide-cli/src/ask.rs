//! Questions to the person at the terminal.
//!
//! Must not know what is asked.

use std::io::{self, BufRead, IsTerminal as _};

use anyhow::Context as _;
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use crate::failure::{Exit, Failure};
use crate::output::Console;

/// Somebody who can be asked.
pub trait Ask {
    /// The answer to a question, trimmed; `None`: the person would rather leave (Ctrl-D).
    ///
    /// # Errors
    /// When the terminal fails, and [`Exit::Interrupted`] at Ctrl-C.
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
        answer(self.0.readline(question))
    }
}

fn answer(read: Result<String, ReadlineError>) -> anyhow::Result<Option<String>> {
    match read {
        Ok(line) => Ok(Some(line.trim().to_owned())),
        Err(ReadlineError::Eof) => Ok(None),
        Err(ReadlineError::Interrupted) => {
            Err(Failure::new(Exit::Interrupted, "stopped at the question").into())
        }
        Err(error) => Err(error).context("can't read from this terminal"),
    }
}

/// Whether something is to be deleted: `yes` was given, or the person says so.
///
/// # Errors
/// Without a terminal to ask at, and when it fails.
pub fn may_delete(yes: bool, question: &str, console: &mut Console) -> anyhow::Result<bool> {
    let stdin = io::stdin();
    let is_terminal = stdin.is_terminal();
    let mut input = stdin.lock();
    may_delete_by(yes, question, is_terminal.then_some(&mut input as &mut dyn BufRead), console)
}

fn may_delete_by(
    yes: bool,
    question: &str,
    person: Option<&mut dyn BufRead>,
    console: &mut Console,
) -> anyhow::Result<bool> {
    if yes {
        return Ok(true);
    }
    let Some(person) = person else {
        let failure = Failure::new(
            Exit::Usage,
            "nothing was deleted: there is no terminal to ask at whether it may be",
        );
        return Err(failure.with_cure("--yes (-y) deletes without asking").into());
    };
    console.notice(&format!("{question} [y/N]"));
    let mut answer = String::new();
    person.read_line(&mut answer)?;
    let agreed = ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str());
    if !agreed {
        console.notice("nothing was deleted");
    }
    Ok(agreed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::exit_of;
    use crate::output::test::console;

    #[test]
    fn only_a_yes_is_a_yes() {
        for (typed, expected) in
            [("y\n", true), ("YES\n", true), ("\n", false), ("", false), ("yess\n", false)]
        {
            let (mut console, _, err) = console();
            let asked = may_delete_by(false, "Delete it?", Some(&mut typed.as_bytes()), &mut console);
            assert_eq!(asked.unwrap(), expected, "{typed:?}");
            assert!(err.text().starts_with("Delete it? [y/N]\n"), "{}", err.text());
            assert_eq!(err.text().contains("nothing was deleted"), !expected, "{typed:?}");
        }
    }

    #[test]
    fn nothing_is_deleted_where_nobody_can_be_asked() {
        let (mut console, ..) = console();
        let refused = may_delete_by(false, "Delete it?", None, &mut console).unwrap_err();
        assert_eq!(exit_of(&refused), Exit::Usage);
        assert!(crate::failure::cure_of(&refused).unwrap().contains("--yes"), "{refused}");
        assert!(may_delete_by(true, "Delete it?", None, &mut console).unwrap());
    }

    #[test]
    fn leaving_is_told_from_stopping() {
        assert_eq!(answer(Ok(" two \n".to_owned())).unwrap().as_deref(), Some("two"));
        assert_eq!(answer(Err(ReadlineError::Eof)).unwrap(), None);
        let stopped = answer(Err(ReadlineError::Interrupted)).unwrap_err();
        assert_eq!(exit_of(&stopped), Exit::Interrupted);
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
