//! Text and bytes from files and stdin, never more than a limit: a device, or another file than was meant, must not fill the
//! memory. Must not know what they are for.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use anyhow::Context as _;

use crate::failure::{Exit, Failure};
use crate::output::units;

/// The most of a text that is given to a model, or of a conversation.
pub const TEXT_BYTES_MAX: u64 = 64 << 20;

/// All of `source`.
///
/// # Errors
/// When it can't be read, or holds more than `bytes_max`.
pub fn bytes(source: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let problem = format!("it is longer than {}", units::bytes(bytes_max));
        return Err(io::Error::new(ErrorKind::InvalidData, problem));
    }
    Ok(bytes)
}

/// All of `source` as text.
///
/// # Errors
/// As [`bytes`]; also when it is not UTF-8.
pub fn text(source: impl Read, bytes_max: u64) -> io::Result<String> {
    String::from_utf8(bytes(source, bytes_max)?).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = sound.split(|byte| *byte == b'\n').count();
        io::Error::new(ErrorKind::InvalidData, format!("line {line} is not UTF-8"))
    })
}

/// A whole file of text.
///
/// # Errors
/// As [`text`], naming the file.
pub fn file_text(path: &Path, bytes_max: u64) -> anyhow::Result<String> {
    File::open(path)
        .and_then(|file| text(file, bytes_max))
        .with_context(|| unreadable(&path.display().to_string()))
}

/// All of stdin as text.
///
/// # Errors
/// As [`text`], naming it.
pub fn stdin_text(stdin: impl Read) -> anyhow::Result<String> {
    text(stdin, TEXT_BYTES_MAX).with_context(|| unreadable("stdin"))
}

/// What is said of something that can't be read.
pub fn unreadable(name: &str) -> Failure {
    Failure::new(Exit::Usage, format!("can't read {name}"))
        .with_cure("check that it is what you mean; texts are UTF-8 (`iconv -t utf-8` converts others)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_than_it_may_be_or_no_text_is_said() {
        assert_eq!(text(&b"one\ntwo"[..], 7).unwrap(), "one\ntwo");
        let error = text(io::repeat(b'x'), 1000).unwrap_err().to_string();
        assert_eq!(error, "it is longer than 1.00 kB");
        assert_eq!(text(&b"one\ntw\xff"[..], 100).unwrap_err().to_string(), "line 2 is not UTF-8");
        let error = file_text(Path::new("/nowhere/at/all"), 1).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all") && error.chain().count() == 2, "{error:?}");
    }
}
