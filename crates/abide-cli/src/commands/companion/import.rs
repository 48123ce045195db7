//! `abide companion import`: cards, lorebooks, personas and archives, told apart by what is in them.
//!
//! Must not know their formats.

use std::fs::File;
use std::path::PathBuf;

use abide_companion::archive::{ArchiveError, ImportOptions};
use abide_companion::card::{CardFile, CardNotice, FILE_BYTES_MAX};
use abide_companion::companion::{CompanionError, Companions, FileChoice, FileKind};
use abide_companion::persona::Persona;
use abide_companion::store::StoreError;
use anyhow::Context as _;
use clap::Args;

use super::make;
use crate::companions::{self, failed};
use crate::failure::{Exit, Failure};
use crate::output::{Console, progress};
use crate::reading;
use crate::settings::Settings;

/// What is taken in.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion import card.png
  abide companion import world.json --into Mara   a lorebook, for a companion that is here
  abide companion import mara.abide
  abide companion import mara.abide --copy --name \"Mara 2\"

Histories of other services come in by `abide import-history`.")]
pub struct ImportArguments {
    /// A character card (JSON, PNG, CHARX), a lorebook (JSON), a persona (TOML), or an archive (.abide)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Its name here [default: its own]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The companion that gets the lorebook
    #[arg(long, value_name = "NAME")]
    pub into: Option<String>,
    /// Make another companion that began the same, where the archive's is here already
    #[arg(long)]
    pub copy: bool,
}

/// Notices that are shown at most.
const NOTICES_SHOWN: usize = 20;

/// Takes a file in.
///
/// # Errors
/// When it can't be read, is of no known kind, or the name is taken.
pub fn execute(
    arguments: &ImportArguments,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<()> {
    let path = &arguments.file;
    let has = |ending: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending));
    if has("abide") {
        check_choices(FileKind::Archive, arguments)?;
        return import_archive(arguments, book, settings, console);
    }
    if has("toml") {
        check_choices(FileKind::Persona, arguments)?;
        return add(book, &make::read(path)?, arguments.name.as_deref(), console);
    }
    let bytes = File::open(path)
        .and_then(|file| reading::bytes(file, FILE_BYTES_MAX as u64))
        .with_context(|| reading::unreadable(&path.display().to_string()))?;
    let file = CardFile::read(&bytes).map_err(|error| {
        let failure = Failure::new(Exit::BadFile, format!("{}: {error}", path.display()));
        failure.with_cure("`abide companion import --help` lists what can be taken in")
    })?;
    match file {
        CardFile::Card(read) => {
            check_choices(FileKind::Card, arguments)?;
            tell(&read.notices, console);
            add(book, &Persona::from_card(&read.card), arguments.name.as_deref(), console)
        }
        CardFile::Book(read) => {
            check_choices(FileKind::Lorebook, arguments)?;
            tell(&read.notices, console);
            let Some(name) = &arguments.into else {
                return Err(Failure::new(Exit::Usage, format!("{} is a lorebook alone", path.display()))
                    .with_cure("say whom it is for: --into NAME")
                    .into());
            };
            let companion = companions::find(book, name)?;
            let merged = companion.take_in_lorebook(read.lorebook).map_err(failed)?;
            for note in &merged.notes {
                console.notice(&format!("note: {note}"));
            }
            let (new, known) = (merged.added, merged.known);
            console.notice(&format!("entries for the lorebook of {name}: {new} new, {known} there already"));
            Ok(())
        }
    }
}

/// Refuses what was chosen and has no effect on such a file.
fn check_choices(kind: FileKind, arguments: &ImportArguments) -> Result<(), Failure> {
    for (is_chosen, choice, option) in [
        (arguments.name.is_some(), FileChoice::Name, "--name"),
        (arguments.copy, FileChoice::Copy, "--copy"),
        (arguments.into.is_some(), FileChoice::Into, "--into"),
    ] {
        if let Some(problem) = kind.refuses(choice).filter(|_| is_chosen) {
            let problem = format!("{}: {option} {problem}", arguments.file.display());
            return Err(Failure::new(Exit::Usage, problem).with_cure(format!("leave {option} out")));
        }
    }
    Ok(())
}

fn add(
    book: &Companions,
    persona: &Persona,
    name: Option<&str>,
    console: &mut Console,
) -> anyhow::Result<()> {
    let companion = book.create(persona, name).map_err(named)?;
    let name = companion.info().map_err(failed)?.name;
    console.notice(&format!("{name} is here: abide chat \"{name}\""));
    Ok(())
}

/// What went wrong with a companion that comes in; where its name is the trouble, how to give it another.
fn named(error: CompanionError) -> anyhow::Error {
    match error {
        CompanionError::Store(StoreError::NameTaken(_) | StoreError::BadName(_))
        | CompanionError::Archive(ArchiveError::Store(StoreError::NameTaken(_) | StoreError::BadName(_))) => {
            Failure::new(Exit::Usage, error.to_string())
                .with_cure("give it another name here: --name NAME")
                .into()
        }
        error => failed(error),
    }
}

/// Tells what in a file was not as it should be.
pub fn tell(notices: &[CardNotice], console: &mut Console) {
    for notice in notices.iter().take(NOTICES_SHOWN) {
        console.notice(&format!("note: {notice}"));
    }
    if notices.len() > NOTICES_SHOWN {
        console.notice(&format!("note: and {} more of the kind", notices.len() - NOTICES_SHOWN));
    }
}

fn import_archive(
    arguments: &ImportArguments,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<()> {
    let options = ImportOptions { name: arguments.name.clone(), copy: arguments.copy };
    let problem = || format!("can't read {}", arguments.file.display());
    let file = File::open(&arguments.file).with_context(problem)?;
    let bytes = file.metadata().with_context(problem)?.len();
    let import = |passphrase, console: &Console| {
        let bar = progress::byte_bar(console, "taking in", bytes);
        book.import(bar.watch(&file), passphrase, &options)
    };
    let imported = match import(None, console) {
        Err(CompanionError::Archive(ArchiveError::PassphraseNeeded)) => {
            let passphrase = companions::passphrase_of("the archive", settings, console)?;
            import(Some(&passphrase), console)
        }
        other => other,
    };
    let companion = imported.and_then(|companion| companion.info()).map_err(named)?;
    console.notice(&format!("{0} is here, with all it remembers: abide chat \"{0}\"", companion.name));
    Ok(())
}
