//! A companion, or what was said with it, as a file. Must not know chats.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use abide_companion::archive::{self, ArchiveError, ExportOptions, Names, Protection, Reach};
use abide_companion::companion::{Companion, Companions};
use abide_companion::keys::{Passphrase, PassphraseCost};
use anyhow::Context as _;
use jiff::tz::TimeZone;

use crate::companions::{archive_failed, failed};
use crate::failure::{Exit, Failure};

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

/// Writes `companion` to `path` in the form that its name says. An archive is sealed with `passphrase`, or open to everybody without one. A file
/// that is there already is not touched.
///
/// # Errors
/// When the name says no form, the file exists or can't be written, or the companion can't be read.
pub fn write(
    companions: &Companions,
    companion: &Companion,
    path: &Path,
    reach: Reach,
    passphrase: Option<Passphrase>,
) -> anyhow::Result<()> {
    let form = Form::of(path)?;
    if path.exists() {
        return Err(Failure::new(Exit::Usage, format!("{} exists already", path.display()))
            .with_cure("choose another name, or move it away")
            .into());
    }
    let (store, id) = (companions.store(), companion.id());
    if form == Form::Archive {
        let protection = match passphrase {
            Some(passphrase) => Protection::Passphrase(passphrase, PassphraseCost::default()),
            None => Protection::Plain,
        };
        let options = ExportOptions { protection, vectors: false };
        archive::export(store, id, path, &options).map_err(|error| archive_failed(&error))?;
        return Ok(());
    }
    let persona = companion.persona().map_err(failed)?;
    let settings = companion.settings().map_err(failed)?;
    let user = [settings.user_name.unwrap_or_default(), persona.calls_user.clone(), "You".to_owned()];
    let names = Names {
        user: user.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_default(),
        companion: persona.spoken_name().to_owned(),
    };
    write_beside(path, |writer| match form {
        Form::JsonLines => archive::write_jsonl(store, id, writer, reach),
        _ => archive::write_markdown(store, id, writer, reach, &names, &TimeZone::system()),
    })
}

/// Writes a file beside its place, readable for this user alone, and renames it when all is there.
fn write_beside(
    path: &Path,
    write: impl FnOnce(&mut dyn std::io::Write) -> Result<(), ArchiveError>,
) -> anyhow::Result<()> {
    let problem = || format!("can't write {}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).with_context(problem)?;
    let mut writer = BufWriter::new(beside.as_file_mut());
    write(&mut writer).map_err(|error| archive_failed(&error))?;
    writer.flush().with_context(problem)?;
    drop(writer);
    beside.as_file().sync_all().with_context(problem)?;
    beside.persist_noclobber(path).map_err(|error| error.error).with_context(problem)?;
    Ok(())
}
