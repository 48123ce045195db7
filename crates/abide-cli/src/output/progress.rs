//! Progress on stderr: spinners and bars, seen on a terminal only.
//!
//! Must not know what is progressing.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Console, one_line};

const TICK: Duration = Duration::from_millis(100);

/// A spinner with a text, for work of unknown length. It goes when dropped or finished.
pub fn spinner(console: &Console, text: impl Into<String>) -> Progress {
    let bar = new(console, None, "{spinner} {msg} {elapsed}");
    bar.set_message(one_line(&Into::<String>::into(text)));
    if console.shows_progress() {
        bar.enable_steady_tick(TICK);
    }
    Progress(bar)
}

/// A bar over `bytes` bytes (0: not known), with speed and remaining time.
pub fn byte_bar(console: &Console, text: impl Into<String>, bytes: u64) -> Progress {
    let template = if bytes == 0 {
        "{spinner} {msg} {decimal_bytes} ({decimal_bytes_per_sec})"
    } else {
        "{msg} {wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}"
    };
    let bar = new(console, Some(bytes), template);
    bar.set_message(one_line(&Into::<String>::into(text)));
    Progress(bar)
}

/// A bar over `steps` steps, with remaining time.
pub fn step_bar(console: &Console, text: impl Into<String>, steps: u64) -> Progress {
    let bar = new(console, Some(steps), "{msg} {wide_bar} {pos}/{len} {eta}");
    bar.set_message(one_line(&Into::<String>::into(text)));
    Progress(bar)
}

fn new(console: &Console, length: Option<u64>, template: &str) -> ProgressBar {
    if !console.shows_progress() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    bar.with_style(style.progress_chars("━╸─"))
}

/// Progress that is taken off the screen when dropped.
pub struct Progress(ProgressBar);

impl Progress {
    /// Sets how much is done.
    pub fn set_position(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Sets how much there is to do.
    pub fn set_length(&self, length: u64) {
        self.0.set_length(length);
    }

    /// A reader or writer that counts what is read or written.
    pub fn watch<T>(&self, stream: T) -> Watched<'_, T> {
        Watched { stream, bar: &self.0 }
    }

    /// Sets the text.
    pub fn set_message(&self, text: impl Into<String>) {
        self.0.set_message(one_line(&Into::<String>::into(text)));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A reader or writer whose bytes are counted. Going to another place counts nothing: archives are read from their end.
pub struct Watched<'a, T> {
    stream: T,
    bar: &'a ProgressBar,
}

impl<T> Watched<'_, T> {
    fn counted(&self, bytes: io::Result<usize>) -> io::Result<usize> {
        bytes.inspect(|bytes| self.bar.inc(*bytes as u64))
    }
}

impl<T: Read> Read for Watched<'_, T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(bytes);
        self.counted(read)
    }
}

impl<T: Write> Write for Watched<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.stream.write(bytes);
        self.counted(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl<T: Seek> Seek for Watched<'_, T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::test::console;

    #[test]
    fn templates_are_sound() {
        for template in [
            "{spinner} {msg} {elapsed}",
            "{spinner} {msg} {decimal_bytes} ({decimal_bytes_per_sec})",
            "{msg} {wide_bar} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}",
            "{msg} {wide_bar} {pos}/{len} {eta}",
        ] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn nothing_is_drawn_without_a_terminal() {
        let (console, _, err) = console();
        let bar = byte_bar(&console, "x", 10);
        bar.set_position(5);
        drop(bar);
        drop(spinner(&console, "y"));
        drop(step_bar(&console, "z", 3));
        assert_eq!(err.text(), "");
    }
}
