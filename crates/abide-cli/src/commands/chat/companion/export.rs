//! A companion, or what was said with it, as a file. Must not know chats.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use abide_companion::archive::{ExportOptions, Protection, Reach};
use abide_companion::companion::Companion;
use abide_companion::keys::{Passphrase, PassphraseCost};
use anyhow::Context as _;

use crate::companions::failed;
use crate::failure::{Exit, Failure};
use crate::interrupt::{Armed, Interrupt};
use crate::output::{Console, progress};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Everything, to be imported again.
    Archive,
    /// What was said, a line of JSON for each message.
    JsonLines,
    /// What was said, to be read.
    Markdown,
}

impl Form {
    /// By the file's name.
    ///
    /// # Errors
    /// When it says nothing that is known.
    pub fn of(path: &Path) -> Result<Self, Failure> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("abide") => Ok(Self::Archive),
            Some("jsonl") => Ok(Self::JsonLines),
            Some("md" | "markdown") => Ok(Self::Markdown),
            _ => Err(Failure::new(Exit::Usage, format!("{} says not what to write", path.display()))
                .with_cure("end the name in .abide (everything), .md (to be read) or .jsonl (for programs)")),
        }
    }
}

/// The form that the name of a file says which is not there yet: asked before anything else is.
///
/// # Errors
/// When it says none, the file exists, or its folder does not.
pub fn form_of_new(path: &Path) -> anyhow::Result<Form> {
    let form = Form::of(path)?;
    check_new(path)?;
    Ok(form)
}

/// Refuses a file that is there already, or can't be there.
fn check_new(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::new(Exit::Usage, format!("{} exists already", path.display()))
            .with_cure("choose another name, or move it away"));
    }
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, format!("there is no folder {}", folder.display()))
        .with_cure("make it, or name another one"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes `companion` to `path` in the form that its name says. An archive is sealed with `passphrase`, or open to everybody without one. A file
/// that is there already is not touched. At Ctrl-C nothing of it stays.
///
/// # Errors
/// When the name says no form, the file exists or can't be written, or the companion can't be read; [`Exit::Interrupted`] at Ctrl-C.
pub fn write(
    companion: &Companion,
    path: &Path,
    reach: Reach,
    passphrase: Option<Passphrase>,
    interrupt: &Interrupt,
    console: &Console,
) -> anyhow::Result<()> {
    let form = Form::of(path)?;
    // How much it will be is known at the end.
    let bar = progress::byte_bar(console, "writing", 0);
    unless_stopped(path, interrupt, |writer| {
        let writer = bar.watch(writer);
        let written = match form {
            Form::Archive => {
                let protection = match passphrase {
                    Some(passphrase) => Protection::Passphrase(passphrase, PassphraseCost::default()),
                    None => Protection::Plain,
                };
                companion.export(writer, &ExportOptions { protection, vectors: false }).map(drop)
            }
            Form::JsonLines => companion.write_jsonl(writer, reach),
            Form::Markdown => companion.write_markdown(writer, reach),
        };
        written.map_err(failed)
    })
}

/// As [`write_beside`], and Ctrl-C gives it up.
fn unless_stopped(
    path: &Path,
    interrupt: &Interrupt,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let armed = interrupt.arm();
    let written = write_beside(path, |writer| write(&mut Stoppable { writer, armed: &armed }));
    if written.is_err() && armed.requested() {
        return Err(Failure::new(Exit::Interrupted, "stopped; nothing was written").into());
    }
    written
}

/// A writer that takes no more after a Ctrl-C.
struct Stoppable<'a> {
    writer: &'a mut dyn Write,
    armed: &'a Armed<'a>,
}

impl Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.armed.requested() {
            return Err(io::Error::other("stopped"));
        }
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes a file beside its place, readable for this user alone, and renames it when all is there. One that is there already is not
/// touched.
///
/// # Errors
/// When the file exists or can't be written, and what `write` gives.
pub fn write_beside(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    check_new(path)?;
    let problem = || format!("can't write {}", path.display());
    let mut beside = tempfile::NamedTempFile::new_in(folder_of(path)).with_context(problem)?;
    let mut writer = BufWriter::new(beside.as_file_mut());
    write(&mut writer)?;
    writer.flush().with_context(problem)?;
    drop(writer);
    beside.as_file().sync_all().with_context(problem)?;
    beside.persist_noclobber(path).map_err(|error| error.error).with_context(problem)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::exit_of;

    #[test]
    fn what_is_stopped_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("said.md");
        let interrupt = Interrupt::default();
        let stopped = unless_stopped(&path, &interrupt, |writer| {
            writer.write_all(b"what was said")?;
            interrupt.raise();
            Ok(writer.write_all(b"and more")?)
        });
        assert_eq!(exit_of(&stopped.unwrap_err()), Exit::Interrupted);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        unless_stopped(&path, &interrupt, |writer| Ok(writer.write_all(b"all")?)).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"all");
    }
}
