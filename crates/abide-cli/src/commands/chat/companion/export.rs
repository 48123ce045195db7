//! A companion, or what was said with it, as a file. Must not know chats.

use std::io::{BufWriter, Write};
use std::path::Path;

use abide_companion::archive::{ExportOptions, Protection, Reach};
use abide_companion::companion::Companion;
use abide_companion::keys::{Passphrase, PassphraseCost};
use anyhow::Context as _;

use crate::companions::failed;
use crate::failure::{Exit, Failure};
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
/// that is there already is not touched.
///
/// # Errors
/// When the name says no form, the file exists or can't be written, or the companion can't be read.
pub fn write(
    companion: &Companion,
    path: &Path,
    reach: Reach,
    passphrase: Option<Passphrase>,
    console: &Console,
) -> anyhow::Result<()> {
    let form = Form::of(path)?;
    // How much it will be is known at the end.
    let bar = progress::byte_bar(console, "writing", 0);
    write_beside(path, |writer| {
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
