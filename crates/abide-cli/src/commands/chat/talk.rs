//! The loop of every chat: lines in, until they end.
//!
//! Must not know what is done with a line.

use super::input::{Input, Turns};
use crate::output::{Console, Style};

/// Somebody who takes lines.
pub trait Talk {
    /// Does what a line asks for; says whether to go on.
    ///
    /// # Errors
    /// When the chat can't go on.
    fn handle(&mut self, line: &str) -> anyhow::Result<bool>;

    /// Tells the person something.
    fn notice(&mut self, text: &str);
}

/// Hands over lines until there are no more, or the person leaves: two Ctrl-C in a row do, too.
///
/// # Errors
/// When lines can't be read, or the chat can't go on.
pub fn run(talk: &mut dyn Talk, turns: &mut dyn Turns) -> anyhow::Result<()> {
    let mut interrupted = false;
    loop {
        let again = std::mem::take(&mut interrupted);
        match turns.next()? {
            Input::Turn(line) => {
                if !talk.handle(&line)? {
                    return Ok(());
                }
            }
            Input::Interrupted if again => return Ok(()),
            Input::Interrupted => {
                interrupted = true;
                talk.notice("(Ctrl-C again, or Ctrl-D, leaves)");
            }
            Input::End => return Ok(()),
        }
    }
}

/// What a person at a terminal needs to know.
pub fn hint(console: &mut Console) {
    let hint = console.styled(Style::Faint, "/help lists commands, Ctrl-C stops an answer, Ctrl-D leaves");
    console.note(&hint);
}
