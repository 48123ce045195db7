//! `abide companion`: who there is, and what becomes of them.
//!
//! Must not know how anything is kept.

mod edit;
mod import;
mod imports;
mod make;
mod rehearse;

use std::fs;
use std::io;
use std::path::PathBuf;

use abide_companion::archive::Reach;
use abide_companion::card::{BookForm, CardVersion};
use abide_companion::companion::{Companion, Companions};
use abide_companion::keys::{self, KeyProtection, PassphraseCost};
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::chat::companion::{Form, describe, describe_settings, form_of_new, windows_of, write_export};
use super::chat::typed_lines;
use crate::arguments::positive;
use crate::ask::may_delete;
use crate::companions::{self, Recall, failed, key_failed};
use crate::failure::Exit;
use crate::interrupt::Interrupt;
use crate::output::table::{Align, Table};
use crate::output::{Console, Style, units};
use crate::saved_caches;
use crate::settings::Settings;

/// Companions: make, show, change, take along, bring home
///
/// A companion is a persona with a memory. It belongs to you, not to a model: it can be exported whole, run on another model, and
/// goes for good when you delete it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion list
  abide companion new                             answer a few questions
  abide companion new Mara --from mara.toml
  abide companion import card.png                 a character card (V1 to V3; PNG, JSON, CHARX), or a .abide archive
  abide companion export Mara mara.abide          everything, sealed with a passphrase
  abide companion edit Mara --set moods=off       settings and fields of the persona, by name
  abide companion rehearse Mara --model qwen3-4b  the same talk on another model, side by side
  abide companion delete Mara")]
pub struct CompanionArguments {
    /// What to do.
    #[command(subcommand)]
    pub action: CompanionAction,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum CompanionAction {
    /// List who there is
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make one: from a file, or by answering a few questions
    New(make::NewArguments),
    /// Show who one is
    Show(ShowArguments),
    /// Change one; every earlier version is kept
    Edit(edit::EditArguments),
    /// Take one in: a character card, a lorebook, a persona in TOML, or a .abide archive
    Import(import::ImportArguments),
    /// Write one to a file: .abide (everything), .md or .jsonl (what was said), .json, .png, .charx (the card), .toml
    Export(ExportArguments),
    /// Show what was brought home, and what was not; note what is wrong, or forget one import
    Imports(imports::ImportsArguments),
    /// Replay some turns on another model, and compare, before changing to it
    Rehearse(rehearse::RehearseArguments),
    /// Change to the model that was rehearsed
    Commit(Named),
    /// Let the model go that was rehearsed; all stays as it is
    Drop(Named),
    /// Go back to the model before
    Revert(Named),
    /// Delete one for good, with all it remembers
    Delete {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Don't ask
        #[arg(short, long)]
        yes: bool,
    },
    /// Lock all of them with a passphrase, change it, or take it away
    Passphrase,
}

/// A companion by its name.
#[derive(Debug, Args)]
pub struct Named {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// Whom to show, and how.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion show Mara                       who she is, and what was chosen for her (`edit --set` changes it)
  abide companion show Mara --toml > mara.toml
  abide companion show Mara --versions
  abide companion show Mara --compare 2 5         what differs between two versions")]
pub struct ShowArguments {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Print as JSON
    #[arg(long, conflicts_with = "toml")]
    pub json: bool,
    /// Print the persona as TOML, as `companion new --from` takes it
    #[arg(long)]
    pub toml: bool,
    /// List the versions of the persona, with what changed in each
    #[arg(long, conflicts_with_all = ["json", "toml"])]
    pub versions: bool,
    /// Show what differs between two versions of the persona
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], value_parser = positive, conflicts_with_all = ["json", "toml", "versions"])]
    pub compare: Vec<usize>,
}

/// What to export, and where to.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion export Mara mara.abide
  abide companion export Mara diary.md --all-branches
  abide companion export Mara mara.png            a character card for other programs; nothing that was said is in it
  abide companion export Mara sea.json --as world-info    its lorebook, for SillyTavern")]
pub struct ExportArguments {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Where to; the ending says what is written
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What was said on all branches, not on the present one alone (.md, .jsonl)
    #[arg(long)]
    pub all_branches: bool,
    /// An archive that everybody can read who has the file
    #[arg(long)]
    pub no_passphrase: bool,
    /// What a .json file holds
    #[arg(long = "as", value_enum, value_name = "FORM", default_value_t, conflicts_with_all = ["all_branches", "no_passphrase"])]
    pub form: JsonForm,
    /// Version of the specification that a character card follows [default: that of the card it came from, else v3]
    #[arg(long, value_enum, value_name = "V")]
    pub card_version: Option<CardSpecification>,
    /// Persona in this version [default: the present one]
    #[arg(long, value_name = "N", value_parser = positive)]
    pub version: Option<usize>,
}

/// What a JSON file holds of a companion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum JsonForm {
    /// The persona, as a character card
    #[default]
    Card,
    /// Its lorebook alone, as the specification of cards has it
    Lorebook,
    /// Its lorebook alone, as SillyTavern has it
    WorldInfo,
}

/// A version of the specification of character cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CardSpecification {
    /// Six texts, and no more
    V1,
    /// For programs that don't know v3
    V2,
    /// The newest
    V3,
}

impl From<CardSpecification> for CardVersion {
    fn from(version: CardSpecification) -> Self {
        match version {
            CardSpecification::V1 => Self::V1,
            CardSpecification::V2 => Self::V2,
            CardSpecification::V3 => Self::V3,
        }
    }
}

/// Carries it out.
///
/// # Errors
/// When the companions can't be opened, or as the action tells.
pub fn execute(
    arguments: &CompanionArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    if matches!(arguments.action, CompanionAction::Passphrase) {
        return passphrase(settings, console);
    }
    let recall = match arguments.action {
        CompanionAction::Rehearse(_) => Recall::MeaningIfHere,
        _ => Recall::Words,
    };
    let (book, guard) = companions::open_guarding(settings, recall, console)?;
    match &arguments.action {
        CompanionAction::List { json } => list(&book, *json, console)?,
        CompanionAction::New(arguments) => return make::execute(arguments, &book, settings, console),
        CompanionAction::Show(arguments) => show(arguments, &book, console)?,
        CompanionAction::Edit(arguments) => return edit::execute(arguments, &book, settings, console),
        CompanionAction::Import(arguments) => import::execute(arguments, &book, settings, console)?,
        CompanionAction::Export(arguments) => export(arguments, &book, settings, console)?,
        CompanionAction::Imports(arguments) => {
            return imports::execute(arguments, &book, settings, console);
        }
        CompanionAction::Rehearse(arguments) => {
            return rehearse::execute(arguments, &book, &guard, settings, console);
        }
        CompanionAction::Commit(named) => rehearse::commit(&named.name, &book, settings, console)?,
        CompanionAction::Drop(named) => rehearse::let_go(&named.name, &book, console)?,
        CompanionAction::Revert(named) => rehearse::revert(&named.name, &book, console)?,
        CompanionAction::Delete { name, yes } => return delete(name, *yes, &book, settings, console),
        CompanionAction::Passphrase => {}
    }
    Ok(Exit::Success)
}

/// A companion in the list.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    relationship: String,
    language: String,
    model: Option<String>,
    messages: u64,
    facts: usize,
    last_talk: Option<jiff::Timestamp>,
    created: jiff::Timestamp,
}

fn rows(book: &Companions) -> anyhow::Result<Vec<Row>> {
    let row = |known: abide_companion::store::Companion| -> anyhow::Result<Row> {
        let companion = book.by_id(known.id).map_err(failed)?;
        let persona = companion.persona().map_err(failed)?;
        Ok(Row {
            relationship: persona.relationship.as_str().to_owned(),
            language: persona.language,
            model: companion.settings().map_err(failed)?.model.map(|model| model.name),
            messages: companion.length().map_err(failed)?,
            facts: companion.facts(true).map_err(failed)?.len(),
            last_talk: companion.last_talk().map_err(failed)?,
            name: known.name,
            created: known.created,
        })
    };
    book.list().map_err(failed)?.into_iter().map(row).collect()
}

fn list(book: &Companions, json: bool, console: &mut Console) -> anyhow::Result<()> {
    let rows = rows(book)?;
    if json {
        console.json(&rows)?;
        return Ok(());
    }
    if rows.is_empty() {
        console.notice("There is nobody yet. `abide chat` offers six to start from, `abide companion new` makes your own.");
        return Ok(());
    }
    let mut table = Table::new(&[
        ("name", Align::Left),
        ("relationship", Align::Left),
        ("model", Align::Left),
        ("messages", Align::Right),
        ("facts", Align::Right),
        ("last talk", Align::Left),
    ]);
    for row in rows {
        let last = row
            .last_talk
            .map(|time| time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string());
        table.row([
            row.name,
            row.relationship,
            row.model.unwrap_or_else(|| "-".to_owned()),
            row.messages.to_string(),
            row.facts.to_string(),
            last.unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    let text = table.plain();
    for (number, line) in text.lines().enumerate() {
        let line = if number == 0 { console.styled(Style::Strong, line) } else { line.to_owned() };
        console.line(&line)?;
    }
    Ok(())
}

fn show(arguments: &ShowArguments, book: &Companions, console: &mut Console) -> anyhow::Result<()> {
    let companion = companions::find(book, &arguments.name)?;
    if arguments.versions {
        return edit::show_versions(&companion, console);
    }
    if let &[from, to] = arguments.compare.as_slice() {
        return edit::compare_versions(&companion, from, to, console);
    }
    let persona = companion.persona().map_err(failed)?;
    if arguments.json {
        console.json(&persona)?;
    } else if arguments.toml {
        let text = persona.to_toml().map_err(|error| failed(error.into()))?;
        console.write_exact(&text)?;
    } else {
        console.line(&describe(&persona))?;
        console.line(&describe_settings(&companion.settings().map_err(failed)?))?;
        let known = companion.facts(true).map_err(failed)?.len();
        let messages = companion.length().map_err(failed)?;
        let aside = match companion.count_aside().map_err(failed)? {
            0 => String::new(),
            aside => format!(", {aside} more kept aside (`/branch` in a chat leads there)"),
        };
        console.line(&format!(
            "\n{} in the conversation{aside}, {} known of you (`abide memory list`)",
            units::plural(messages as usize, "message"),
            units::plural(known, "fact")
        ))?;
        if let Some(windows) = windows_of(&companion.windows().map_err(failed)?) {
            console.line(&windows)?;
        }
    }
    Ok(())
}

/// How a file's name says what is written to it.
const EXPORT_ENDINGS: &str = "end the name in .abide (everything), .md or .jsonl (what was said), .json, .png or .charx (a character \
                              card), or .toml (the persona)";

fn export(
    arguments: &ExportArguments,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<()> {
    let companion = companions::find(book, &arguments.name)?;
    let path = &arguments.file;
    let book = match arguments.form {
        JsonForm::Card => None,
        JsonForm::Lorebook => Some(BookForm::V3),
        JsonForm::WorldInfo => Some(BookForm::WorldInfo),
    };
    if let Some(form) = book {
        let what = edit::export_lorebook(&companion, path, form, arguments.version)?;
        console.notice(&format!("written to {}: {what}", path.display()));
    } else if edit::is_card_file(path) {
        let version = arguments.card_version.map(CardVersion::from);
        let what = edit::export_card(&companion, path, version, arguments.version, console)?;
        console.notice(&format!("written to {}: {what}", path.display()));
    } else {
        Form::of(path).map_err(|failure| failure.with_cure(EXPORT_ENDINGS))?;
        let form = form_of_new(path)?;
        let wants_passphrase = form == Form::Archive && !arguments.no_passphrase;
        let passphrase =
            if wants_passphrase { companions::archive_passphrase(settings, console)? } else { None };
        let reach = if arguments.all_branches { Reach::AllBranches } else { Reach::ActivePath };
        write_export(&companion, path, reach, passphrase, &Interrupt::install()?, console)?;
        console.notice(&format!("written to {}", path.display()));
    }
    Ok(())
}

fn delete(
    name: &str,
    yes: bool,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let companion: Companion = companions::find(book, name)?;
    let messages = companion.length().map_err(failed)? + companion.count_aside().map_err(failed)?;
    let messages = units::plural(messages as usize, "message");
    if !may_delete(
        yes,
        &format!("Delete {name} with {messages} and all that came of them, for good?"),
        console,
    )? {
        return Ok(Exit::Failure);
    }
    let nothing_left = book.delete(name).map_err(failed)?;
    // What was computed of the conversation goes, too.
    saved_caches::clear(settings)?;
    console.notice(&format!("{name} is deleted, with {messages} and all that came of them"));
    if !nothing_left {
        console.notice(
            "another abide is reading the file just now; what is left in it goes when it is opened next",
        );
    }
    Ok(Exit::Success)
}

fn passphrase(settings: &Settings, console: &mut Console) -> anyhow::Result<Exit> {
    let path = companions::database(settings);
    if keys::key_protection(&path).map_err(|error| key_failed(&error))? == KeyProtection::Missing {
        // Made first, so that there is something to lock.
        companions::open(settings, Recall::Words, console)?;
    }
    let old = companions::current_passphrase(settings, console)?;
    let new = companions::asked_passphrase(console)?;
    keys::change_passphrase(&path, old.as_ref(), new.as_ref(), PassphraseCost::default())
        .map_err(|error| key_failed(&error))?;
    // Their key was guarded as the companions were before.
    saved_caches::clear(settings)?;
    if new.is_some() {
        forget_typed_lines(settings, console)?;
    }
    console.notice(match new {
        Some(_) => "locked: from now on, the companions open with this passphrase alone",
        None => "not locked any more: the key lies in a file that only you can read",
    });
    Ok(Exit::Success)
}

/// Lines that were typed to the bare model are kept in clear, which is not what somebody wants who takes a passphrase.
fn forget_typed_lines(settings: &Settings, console: &mut Console) -> anyhow::Result<()> {
    let path = typed_lines(settings);
    match fs::remove_file(&path) {
        Ok(()) => {
            console.notice("the lines that you typed to the bare model (chat_history) are deleted: they were not encrypted");
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("can't delete {}", path.display())),
    }
}
