//! Where the user's lines come from: a terminal with editing and history, or a pipe.
//!
//! Must not know what is done with them.

use std::fs;
use std::io::BufRead;
use std::path::PathBuf;

use anyhow::Context as _;
use rustyline::completion::Completer;
use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{FileHistory, History as _};
use rustyline::validate::Validator;
use rustyline::{Editor, Helper};

use super::slash::Described;

/// Lines remembered from one chat to the next.
const HISTORY_LINES: usize = 1000;
/// What encloses several lines.
const FENCE: &str = "\"\"\"";
/// Most bytes of one turn from a pipe; far beyond any context.
const TURN_BYTES_MAX: u64 = 64 << 20;

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// One turn; several lines if the user marked them so.
    Turn(String),
    /// Ctrl-C at the prompt.
    Interrupted,
    /// No more.
    End,
}

/// A source of turns.
pub trait Turns {
    /// The next one, waiting for it.
    ///
    /// # Errors
    /// When the source fails.
    fn next(&mut self) -> anyhow::Result<Input>;
}

/// A pipe or a file: each line is a turn.
pub struct PipedTurns<R>(pub R);

impl<R: BufRead> Turns for PipedTurns<R> {
    fn next(&mut self) -> anyhow::Result<Input> {
        let mut bytes = Vec::new();
        let mut limited = std::io::Read::take(&mut self.0, TURN_BYTES_MAX);
        let read = limited.read_until(b'\n', &mut bytes).context("can't read from stdin")?;
        if read == 0 {
            return Ok(Input::End);
        }
        anyhow::ensure!(
            (read as u64) < TURN_BYTES_MAX,
            "a line on stdin is longer than {TURN_BYTES_MAX} bytes"
        );
        let line = String::from_utf8(bytes).context("a line on stdin is not valid UTF-8")?;
        Ok(Input::Turn(line.trim_end_matches(['\n', '\r']).to_owned()))
    }
}

/// A terminal.
pub struct TerminalTurns {
    editor: Editor<CommandCompleter, FileHistory>,
    history: Option<PathBuf>,
    prompt: (String, String),
}

/// Completes the names of slash commands.
struct CommandCompleter(&'static [Described]);

impl Helper for CommandCompleter {}
impl Highlighter for CommandCompleter {}
impl Validator for CommandCompleter {}

impl Hinter for CommandCompleter {
    type Hint = String;
}

impl Completer for CommandCompleter {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let written = &line[..position];
        let names = self.0.iter().map(|(name, _, _)| *name);
        let fitting = names.filter(|name| written.starts_with('/') && name.starts_with(written));
        Ok((0, fitting.map(str::to_owned).collect()))
    }
}

impl TerminalTurns {
    /// Opens the terminal. `history`: the file that remembers lines, if any; `prompt`: plain and
    /// decorated; `commands`: those whose names are completed.
    ///
    /// # Errors
    /// When the terminal can't be set up.
    pub fn open(
        history: Option<PathBuf>,
        prompt: (String, String),
        commands: &'static [Described],
    ) -> anyhow::Result<Self> {
        let mut editor = Editor::new().context("can't use this terminal")?;
        editor.set_max_history_size(HISTORY_LINES).context("can't use this terminal")?;
        editor.set_history_ignore_space(false);
        editor.set_auto_add_history(false);
        editor.set_helper(Some(CommandCompleter(commands)));
        if let Some(path) = &history {
            // The first chat has none.
            if let Err(error) = editor.load_history(path)
                && path.exists()
            {
                tracing::warn!("can't read the history {}: {error}", path.display());
            }
        }
        Ok(Self { editor, history, prompt })
    }

    fn line(&mut self, first: bool) -> anyhow::Result<Input> {
        let prompt = if first { (&*self.prompt.0, &*self.prompt.1) } else { (". ", ". ") };
        match self.editor.readline(&prompt) {
            Ok(line) => Ok(Input::Turn(line)),
            Err(ReadlineError::Interrupted) => Ok(Input::Interrupted),
            Err(ReadlineError::Eof) => Ok(Input::End),
            Err(error) => Err(error).context("can't read from this terminal"),
        }
    }

    fn remember(&mut self, turn: &str) {
        if turn.trim().is_empty() || !matches!(self.editor.add_history_entry(turn), Ok(true)) {
            return;
        }
        let Some(path) = &self.history else { return };
        let saved = if path.exists() {
            self.editor.history_mut().append(path)
        } else {
            // A home that nothing needed so far may not be there; if it can't be made, saving says so.
            let _ = path.parent().map(fs::create_dir_all);
            self.editor.history_mut().save(path)
        };
        if let Err(error) = saved {
            tracing::warn!("can't write the history {}: {error}; it ends with this chat", path.display());
            self.history = None;
        }
    }
}

impl Turns for TerminalTurns {
    fn next(&mut self) -> anyhow::Result<Input> {
        let mut parts = Parts::default();
        loop {
            match self.line(parts.is_empty())? {
                Input::Turn(line) => {
                    if let Some(turn) = parts.add(&line) {
                        self.remember(&turn);
                        return Ok(Input::Turn(turn));
                    }
                }
                // Ctrl-C within several lines drops them and nothing more.
                Input::Interrupted if !parts.is_empty() => parts = Parts::default(),
                other => return Ok(other),
            }
        }
    }
}

/// Joins lines that belong together: after a trailing backslash, and between fences.
#[derive(Default)]
struct Parts {
    lines: Vec<String>,
    fenced: bool,
}

impl Parts {
    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds a line; returns the turn if it is complete with it.
    fn add(&mut self, line: &str) -> Option<String> {
        if self.fenced {
            let Some(last) = line.trim_end().strip_suffix(FENCE) else {
                self.lines.push(line.to_owned());
                return None;
            };
            self.lines.push(last.to_owned());
            return Some(self.finish());
        }
        if self.is_empty()
            && let Some(rest) = line.trim_start().strip_prefix(FENCE)
        {
            if let Some(whole) = rest.trim_end().strip_suffix(FENCE) {
                return Some(whole.trim().to_owned());
            }
            self.fenced = true;
            self.lines.push(rest.to_owned());
            return None;
        }
        if let Some(start) = line.strip_suffix('\\') {
            self.lines.push(start.to_owned());
            return None;
        }
        self.lines.push(line.to_owned());
        Some(self.finish())
    }

    fn finish(&mut self) -> String {
        let fenced = std::mem::take(&mut self.fenced);
        let turn = std::mem::take(&mut self.lines).join("\n");
        if fenced { turn.trim_matches('\n').to_owned() } else { turn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(lines: &[&str]) -> Vec<String> {
        let mut parts = Parts::default();
        lines.iter().filter_map(|line| parts.add(line)).collect()
    }

    #[test]
    fn lines_are_joined_where_marked() {
        assert_eq!(join(&["a", "b"]), ["a", "b"]);
        assert_eq!(join(&["a\\", "b\\", "c", "d"]), ["a\nb\nc", "d"]);
        assert_eq!(join(&["\"\"\"", "a\\", "", "b", "\"\"\"", "c"]), ["a\\\n\nb", "c"]);
        assert_eq!(join(&["\"\"\"a", "b\"\"\""]), ["a\nb"]);
        assert_eq!(join(&["\"\"\"one line\"\"\"", "x"]), ["one line", "x"]);
        assert_eq!(join(&["\"\"\"", "never closed"]), Vec::<String>::new());
    }

    #[test]
    fn a_pipe_gives_a_turn_per_line() {
        let mut turns = PipedTurns("one\\\r\n\n\"\"\"\nlast".as_bytes());
        let expected = ["one\\", "", "\"\"\"", "last"].map(|line| Input::Turn(line.to_owned()));
        for input in expected {
            assert_eq!(turns.next().unwrap(), input);
        }
        assert_eq!(turns.next().unwrap(), Input::End);
        assert!(PipedTurns(&b"\xff\n"[..]).next().is_err());
    }
}
