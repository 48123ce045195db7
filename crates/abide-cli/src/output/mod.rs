//! Where text goes: data to stdout, everything else to stderr.
//!
//! Must not know models or commands. Commands get a [`Console`] and never touch the process's own
//! streams, so that tests can hand them buffers, and a reader that goes away is an error value
//! instead of a panic.

use std::io::{self, IsTerminal as _, Write};

use console::Term;

pub mod progress;
pub mod table;
pub mod units;
mod visible;
mod wrap;

pub use visible::{one_line, visible};

use wrap::Wrap;

/// The two streams and how they may be decorated.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Console {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    color: bool,
    /// Whether a person reads stdout: then even exact data must not steer their terminal.
    terminal: bool,
    progress: bool,
    notes: bool,
    /// Whether a person reads stderr, whose lines are to break between words, too.
    wraps_notices: bool,
    /// Where the line of stdout is.
    line: Wrap,
}

impl Console {
    /// The process's streams. `color`: `None` means if stdout is a terminal; `progress`: whether
    /// progress and notes may be shown at all.
    pub fn of_process(color: Option<bool>, progress: bool) -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            color: color.unwrap_or_else(|| io::stdout().is_terminal()),
            terminal: io::stdout().is_terminal(),
            progress: progress && io::stderr().is_terminal(),
            notes: progress,
            wraps_notices: io::stderr().is_terminal(),
            line: Wrap::default(),
        }
    }

    /// For work that nobody looks at: no progress, no notes.
    pub fn silent() -> Self {
        Self::of_process(Some(false), false)
    }

    /// Any two streams, undecorated.
    #[cfg(test)]
    pub fn of_writers(out: Box<dyn Write>, err: Box<dyn Write>) -> Self {
        Self {
            out,
            err,
            color: false,
            terminal: false,
            progress: false,
            notes: true,
            wraps_notices: false,
            line: Wrap::default(),
        }
    }

    /// Writes text for a person: whatever is in it, cards and replies of models included, does not steer the terminal, where lines break between
    /// words.
    ///
    /// # Errors
    /// When the stream fails, among others because its reader has gone.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        let mut text = self.decorated(text);
        if let Some(width) = width_of(&Term::stdout()).filter(|_| self.terminal) {
            text = self.line.push(&text, width);
        }
        self.out.write_all(text.as_bytes())
    }

    /// Writes data for programs, to the byte; a terminal gets it as [`Self::write`] shows it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_exact(&mut self, text: &str) -> io::Result<()> {
        let text = if self.terminal { self.decorated(text) } else { text.to_owned() };
        self.out.write_all(text.as_bytes())
    }

    /// Writes data at once, for text that is watched while it is made.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_now(&mut self, text: &str) -> io::Result<()> {
        self.write(text)?;
        self.out.flush()
    }

    /// Sends out what is still held back.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes a line of data.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.write(text)?;
        self.write("\n")
    }

    /// Writes a value as indented JSON and a line end.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value).map_err(io::Error::other)?;
        self.write_exact(&(text + "\n"))
    }

    /// Tells the person something in passing, unless `--quiet` was asked for.
    pub fn note(&mut self, text: &str) {
        if self.notes {
            self.notice(text);
        }
    }

    /// Tells the person something that must be seen and is not data. That nobody may be listening is no error.
    pub fn notice(&mut self, text: &str) {
        let mut text = self.decorated(text);
        if let Some(width) = width_of(&Term::stderr()).filter(|_| self.wraps_notices) {
            text = Wrap::default().push(&text, width);
        }
        let _ = writeln!(self.err, "{text}");
    }

    /// `text` in a style, if colours are on: between marks that become colours where this console writes them.
    pub fn styled(&self, style: Style, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        format!("{}{text}{PLAIN}", style.mark())
    }

    /// A text as this console writes it: for those that write by themselves, as prompts do.
    pub fn decorated(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut open = false;
        for character in visible(text).chars() {
            let style = Style::ALL.into_iter().find(|style| style.mark() == character);
            match style {
                None if character != PLAIN => shown.push(character),
                _ if !self.color => {}
                _ => {
                    open = style.is_some();
                    shown.push_str(style.map_or("\u{1b}[0m", Style::code));
                }
            }
        }
        // Marks that are part of somebody's words colour nothing behind them.
        if open {
            shown.push_str("\u{1b}[0m");
        }
        shown
    }

    /// Whether notes are shown.
    pub fn shows_notes(&self) -> bool {
        self.notes
    }

    /// Whether progress is shown.
    pub fn shows_progress(&self) -> bool {
        self.progress
    }
}

/// Columns of a terminal; `None`: it is none, or does not say.
fn width_of(term: &Term) -> Option<usize> {
    term.size_checked().map(|(_, columns)| usize::from(columns)).filter(|columns| *columns > 0)
}

/// What a piece of text is, to be coloured so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A heading or a name.
    Strong,
    /// Beside the point.
    Faint,
    /// All is well.
    Good,
    /// Something is wrong.
    Bad,
    /// Something may be wrong.
    Doubtful,
}

/// Ends what a style's mark begins. Marks are characters that Unicode keeps for use within programs, so that an escape sequence
/// is never taken from somebody's words.
const PLAIN: char = '\u{fdd5}';

impl Style {
    const ALL: [Self; 5] = [Self::Strong, Self::Faint, Self::Good, Self::Bad, Self::Doubtful];

    fn mark(self) -> char {
        match self {
            Self::Strong => '\u{fdd0}',
            Self::Faint => '\u{fdd1}',
            Self::Good => '\u{fdd2}',
            Self::Bad => '\u{fdd3}',
            Self::Doubtful => '\u{fdd4}',
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Strong => "\u{1b}[1m",
            Self::Faint => "\u{1b}[2m",
            Self::Good => "\u{1b}[32m",
            Self::Bad => "\u{1b}[31m",
            Self::Doubtful => "\u{1b}[33m",
        }
    }
}

#[cfg(test)]
pub mod test {
    //! Streams that tests can read back.

    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::Console;

    /// A stream whose clones share what was written.
    #[derive(Clone, Default)]
    pub struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Buffer {
        /// What was written so far.
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A console with its two buffers: stdout and stderr.
    pub fn console() -> (Console, Buffer, Buffer) {
        let (out, err) = (Buffer::default(), Buffer::default());
        (Console::of_writers(Box::new(out.clone()), Box::new(err.clone())), out, err)
    }
}

#[cfg(test)]
mod tests {
    use super::test::{Buffer, console};
    use super::*;

    const EVIL: &str = "Hi \u{1b}]52;c;cm0=\u{7}\u{1b}[2J \u{9b}31m \u{202e}txt.exe\r\n";

    #[test]
    fn nobodys_words_steer_the_terminal() {
        let (mut console, out, err) = console();
        console.write(EVIL).unwrap();
        console.write_now(EVIL).unwrap();
        console.line(EVIL).unwrap();
        console.notice(EVIL);
        for text in [out.text(), err.text()] {
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\r']), "{text:?}");
            assert!(
                text.contains("Hi \\u001b]52;c;cm0=\\u0007\\u001b[2J \\u009b31m \\u202etxt.exe\n"),
                "{text}"
            );
        }
    }

    #[test]
    fn data_for_programs_stays_as_it_is() {
        let (mut console, out, _) = console();
        console.write_exact(EVIL).unwrap();
        console.json(&EVIL).unwrap();
        let written = out.text();
        let (exact, json) = written.split_at(EVIL.len());
        assert_eq!(exact, EVIL);
        assert_eq!(serde_json::from_str::<String>(json).unwrap(), EVIL);
        // At a terminal, JSON is escaped further and says the same.
        let seen = Buffer::default();
        let mut console = Console { out: Box::new(seen.clone()), terminal: true, ..console };
        console.json(&EVIL).unwrap();
        assert!(!seen.text().contains(['\u{9b}', '\u{202e}']), "{}", seen.text());
        assert_eq!(serde_json::from_str::<String>(&seen.text()).unwrap(), EVIL);
    }

    #[test]
    fn styles_are_this_program_s_alone() {
        let (console, ..) = console();
        assert_eq!(console.decorated(&console.styled(Style::Bad, "no")), "no");
        let console = Console { color: true, ..console };
        let styled = console.styled(Style::Bad, "n\u{1b}[32mo");
        assert_eq!(console.decorated(&styled), "\u{1b}[31mn\\u001b[32mo\u{1b}[0m");
        assert_eq!(console.decorated("a\u{fdd0}b"), "a\u{1b}[1mb\u{1b}[0m");
    }
}
