//! Where text goes: data to stdout, everything else to stderr.
//!
//! Must not know models or commands. Commands get a [`Console`] and never touch the process's own
//! streams, so that tests can hand them buffers, and a reader that goes away is an error value
//! instead of a panic.

use std::io::{self, IsTerminal as _, Write};

pub mod progress;
pub mod table;
pub mod units;

/// The two streams and how they may be decorated.
pub struct Console {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    color: bool,
    progress: bool,
    notes: bool,
}

impl Console {
    /// The process's streams. `color`: `None` means if stdout is a terminal; `progress`: whether
    /// progress and notes may be shown at all.
    pub fn of_process(color: Option<bool>, progress: bool) -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            color: color.unwrap_or_else(|| io::stdout().is_terminal()),
            progress: progress && io::stderr().is_terminal(),
            notes: progress,
        }
    }

    /// For work that nobody looks at: no progress, no notes.
    pub fn silent() -> Self {
        Self::of_process(Some(false), false)
    }

    /// Any two streams, undecorated.
    #[cfg(test)]
    pub fn of_writers(out: Box<dyn Write>, err: Box<dyn Write>) -> Self {
        Self { out, err, color: false, progress: false, notes: true }
    }

    /// Writes data.
    ///
    /// # Errors
    /// When the stream fails, among others because its reader has gone.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
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
        self.line(&text)
    }

    /// Tells the person something in passing, unless `--quiet` was asked for.
    pub fn note(&mut self, text: &str) {
        if self.notes {
            self.notice(text);
        }
    }

    /// Tells the person something that must be seen and is not data. That nobody may be listening is no error.
    pub fn notice(&mut self, text: &str) {
        let _ = writeln!(self.err, "{text}");
    }

    /// `text` in a style, if colours are on.
    pub fn styled(&self, style: Style, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match style {
            Style::Strong => "1",
            Style::Faint => "2",
            Style::Good => "32",
            Style::Bad => "31",
            Style::Doubtful => "33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
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
