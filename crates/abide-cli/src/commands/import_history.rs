//! `abide import-history`: what was said elsewhere comes home to a companion.
//!
//! Must not know formats.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use abide_companion::companion::{Companion, CompanionError, Companions};
use abide_companion::history::{
    self, BroughtHome, Choice, DateOrder, Format, HistoryError, ImportEvent, ImportOptions, ImportReport,
    LeftOut, Observer, PersonaDraft, Progress, Sampler, Source,
};
use abide_companion::persona::Persona;
use abide_companion::store::StoreError;
use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::chat::companion::write_beside;
use super::memory::word;
use crate::arguments::{EmbedderArguments, byte_count};
use crate::companions::{self, Recall, failed};
use crate::failure::{Exit, Failure};
use crate::output::{Console, progress, units};
use crate::settings::Settings;

/// Bring home what was said elsewhere
///
/// Reads exports and saved chats of ChatGPT, Claude, DeepSeek, Character.AI (CAI Tools), SillyTavern, Replika, Agnai, Risu,
/// KoboldCpp, text-generation-webui, Open WebUI, lists of messages, and plain text. Times and branches are kept. The same file twice
/// doubles nothing, and an import that was cut short goes on where it was. docs/coming-home.md tells how to get the export from each service.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide import-history conversations.json --into Mara
  abide import-history chat.jsonl --new               makes a companion of what is in it
  abide import-history export.zip --into Mara --title \"Evening talks\"
  abide import-history old.txt --into Mara --me Ada --them Clara
  abide import-history chat.json --into Mara --draft was.toml   also drafts a persona into a file
  abide import-history conversations.json --dry-run   shows what is in it")]
pub struct ImportHistoryArguments {
    /// An export: a file, an archive (ZIP), or a folder
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The companion that gets it [default: the one talked with last]
    #[arg(long, value_name = "NAME", conflicts_with = "new")]
    pub into: Option<String>,
    /// Make a new companion, with a persona drafted from what it said
    #[arg(long, conflicts_with = "dry_run")]
    pub new: bool,
    /// What the new companion is called [default: as in the file]
    #[arg(long, value_name = "NAME", requires = "new")]
    pub name: Option<String>,
    /// Only tell what is in it, and with --into what of it would be new
    #[arg(long)]
    pub dry_run: bool,
    /// What the file is [default: as its contents say]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Only conversations with this title (repeatable)
    #[arg(long, value_name = "TITLE", conflicts_with = "character")]
    pub title: Vec<String>,
    /// Only conversations with this character (repeatable)
    #[arg(long, value_name = "NAME")]
    pub character: Vec<String>,
    /// A name that you had there (repeatable)
    #[arg(long, value_name = "NAME")]
    pub me: Vec<String>,
    /// A name that the companion had there (repeatable)
    #[arg(long, value_name = "NAME")]
    pub them: Vec<String>,
    /// Which number of a date such as 5/12/2023 is the day
    #[arg(long, value_enum, default_value_t)]
    pub dates: Dates,
    /// Write a persona drafted from what the companion said there to this file, for you to take over what fits
    #[arg(long, value_name = "FILE.toml", conflicts_with = "new")]
    pub draft: Option<PathBuf>,
    /// Leave out conversations, or lines, that are larger; one is held in memory at a time [default: 256MB]
    #[arg(long, value_name = "SIZE", value_parser = byte_count)]
    pub record_bytes_max: Option<usize>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// What memories are found by.
    #[command(flatten)]
    pub embedder: EmbedderArguments,
}

/// Which number of a date is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Dates {
    /// As the dates themselves tell.
    #[default]
    Auto,
    /// 5/12/2023 is the fifth of December.
    DayFirst,
    /// 5/12/2023 is the twelfth of May.
    MonthFirst,
}

/// Doubts and conversations that are shown at most.
const SHOWN_MAX: usize = 20;

/// Brings a history home.
///
/// # Errors
/// When the file can't be read or is of no known kind, or the companion can't be opened.
pub fn execute(
    arguments: &ImportHistoryArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let cancel = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&cancel);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    })?;
    let options = options(arguments, Arc::clone(&cancel))?;
    check_files(arguments)?;
    let mut watcher = Watcher::new(console);
    watcher.sampler = arguments.draft.is_some().then(Sampler::new);
    if arguments.dry_run {
        let home = looked_at(arguments, settings, &options, &mut watcher)?;
        let drafted = watcher.done();
        some_message(&home.report)?;
        let exit = tell(arguments, &home, console)?;
        write_draft(arguments, drafted, "NAME", console)?;
        return Ok(exit);
    }
    let book = companions::open(settings, Recall::MeaningIfHere, watcher.console)?;
    let companion = companion(arguments, &book, &options, &mut watcher)?;
    let home = companion.bring_home(Source::path(&arguments.file), &options, &mut watcher);
    let drafted = watcher.done();
    let home = home.map_err(|error| history_failed(&error))?;
    let exit = tell(arguments, &home, console)?;
    some_message(&home.report)?;
    let name = companion.info().map_err(failed)?.name;
    if let Some(called) = &home.user_name {
        console.notice(&format!(
            "you are called {called} there, so {name} takes that for your name; `abide companion edit \"{name}\" --set user_name=…` changes it"
        ));
    }
    write_draft(arguments, drafted, &name, console)?;
    let bar = progress::step_bar(console, "looking for facts in it", 0);
    let told = companion.take_in(&cancel, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    drop(bar);
    told.map_err(failed)?;
    console.note(&format!(
        "the rest is sorted in while you talk; `abide companion imports \"{name}\"` shows what came of it, and how to correct it"
    ));
    if !arguments.new && arguments.draft.is_none() {
        console.note("the same with --draft FILE.toml writes a persona, drafted from what was said there");
    }
    Ok(exit)
}

/// What is in it, and what of it would be new to who was named.
fn looked_at(
    arguments: &ImportHistoryArguments,
    settings: &Settings,
    options: &ImportOptions,
    watcher: &mut Watcher<'_>,
) -> anyhow::Result<BroughtHome> {
    let source = Source::path(&arguments.file);
    let home = if let Some(name) = &arguments.into {
        let book = companions::open(settings, Recall::Words, watcher.console)?;
        companions::find(&book, name)?.would_bring_home(source, options, watcher)
    } else {
        let report = history::import(source, options, watcher);
        report.map(|report| BroughtHome { report, ..BroughtHome::default() })
    };
    home.map_err(|error| history_failed(&error))
}

/// Refuses files that can't be what they are meant to be, before anything is done.
fn check_files(arguments: &ImportHistoryArguments) -> anyhow::Result<()> {
    if !arguments.file.exists() {
        let problem = format!("{} does not exist", arguments.file.display());
        return Err(Failure::new(Exit::Usage, problem).with_cure("check the path").into());
    }
    match &arguments.draft {
        Some(path) if path.exists() => {
            Err(Failure::new(Exit::Usage, format!("{} exists already", path.display()))
                .with_cure("choose another name, or move it away")
                .into())
        }
        _ => Ok(()),
    }
}

/// Writes the persona that was drafted, where one was asked for. It changes nobody: taking it over is the user's.
fn write_draft(
    arguments: &ImportHistoryArguments,
    drafted: Option<PersonaDraft>,
    name: &str,
    console: &mut Console,
) -> anyhow::Result<()> {
    let Some((path, draft)) = arguments.draft.as_ref().zip(drafted) else { return Ok(()) };
    if draft.replies == 0 {
        console.notice("nothing that the companion said is in it, so no persona is drafted");
        return Ok(());
    }
    let text = draft.to_persona().to_toml().map_err(|error| failed(error.into()))?;
    write_beside(path, |writer| {
        writer.write_all(text.as_bytes()).with_context(|| format!("can't write {}", path.display()))
    })?;
    let path = path.display();
    console.notice(&format!(
        "written to {path}: a persona drafted from what was said there. Correct it; then `abide companion edit \"{name}\" --from {path}` \
         takes the whole of it over, --set single fields (earlier versions are kept)"
    ));
    Ok(())
}

fn options(arguments: &ImportHistoryArguments, cancel: Arc<AtomicBool>) -> anyhow::Result<ImportOptions> {
    let format = arguments.format.as_deref().map(str::parse::<Format>).transpose();
    let choice = match (arguments.title.as_slice(), arguments.character.as_slice()) {
        ([], []) => Choice::All,
        ([], characters) => Choice::Characters(characters.to_vec()),
        (titles, _) => Choice::Titles(titles.to_vec()),
    };
    let base = ImportOptions::default();
    Ok(ImportOptions {
        format: format.map_err(|error| history_failed(&error))?,
        choice,
        date_order: match arguments.dates {
            Dates::Auto => DateOrder::Auto,
            Dates::DayFirst => DateOrder::DayFirst,
            Dates::MonthFirst => DateOrder::MonthFirst,
        },
        user_names: arguments.me.clone(),
        companion_names: arguments.them.clone(),
        record_bytes_max: arguments.record_bytes_max.unwrap_or(base.record_bytes_max),
        cancel: Some(cancel),
        ..base
    })
}

/// Whom it is for: somebody who is here, or somebody new, drafted from what they said.
fn companion(
    arguments: &ImportHistoryArguments,
    book: &Companions,
    options: &ImportOptions,
    watcher: &mut Watcher<'_>,
) -> anyhow::Result<Companion> {
    if let Some(name) = &arguments.into {
        return companions::find(book, name);
    }
    if !arguments.new {
        return companions::latest(book)?.ok_or_else(|| {
            Failure::new(Exit::Usage, "there is no companion yet that could get it")
                .with_cure("say --new to have one drafted from what is in the file, or make one: `abide companion new`")
                .into()
        });
    }
    watcher.sampler = Some(Sampler::new());
    let report = history::import(Source::path(&arguments.file), options, watcher)
        .map_err(|error| history_failed(&error))?;
    some_message(&report)?;
    let draft = watcher.done().unwrap_or_default();
    if draft.replies == 0 && arguments.name.is_none() {
        let problem = "nothing that a companion said is in it, so nobody can be drafted from it";
        return Err(Failure::new(Exit::BadFile, problem)
            .with_cure("say who was who with --me and --them, --into NAME for somebody who is here, or --name NAME for somebody new")
            .into());
    }
    let persona: Persona = draft.to_persona();
    let name = arguments.name.as_deref().unwrap_or(&persona.name);
    // Not greeted: the history is what it begins with.
    let companion = book.create_silent(&persona, Some(name)).map_err(|error| match error {
        CompanionError::Store(StoreError::NameTaken(_)) => Failure::new(
            Exit::Usage,
            format!("there is a companion called {name} already"),
        )
        .with_cure(format!(
            "say --into \"{name}\" if the history is that one's, or --name NAME to call the new one otherwise"
        ))
        .into(),
        error => failed(error),
    })?;
    watcher.console.notice(&format!(
        "{name} is drafted from what it said; look at it and correct it: `abide companion edit \"{name}\"`"
    ));
    Ok(companion)
}

/// Refuses a history in which no message was found, or none that was asked for.
fn some_message(report: &ImportReport) -> anyhow::Result<()> {
    if report.total.messages > 0 {
        return Ok(());
    }
    let not_chosen = report.conversations.iter().any(|conversation| !conversation.chosen);
    let (problem, cure) = if not_chosen {
        (
            "no conversation in it is one that was asked for",
            "leave --title and --character out, with --dry-run, to see what is in it",
        )
    } else if report.total.left_out.contains_key(&LeftOut::TooLarge) {
        ("what is in it is too large", "say how large it may be, such as --record-bytes-max 1GB")
    } else {
        ("no message was found in it", "if it is a history, name what it is with --format")
    };
    let taken = report.parts.first().map(|part| format!(" (taken for {})", part.format)).unwrap_or_default();
    let doubts = report.doubts.iter().take(3).map(|doubt| format!("; line {}: {}", doubt.line, doubt.what));
    let problem = format!("{problem}{taken}{}", doubts.collect::<String>());
    Err(Failure::new(Exit::BadFile, problem).with_cure(cure).into())
}

/// An error of the history with the status that it ends the program with.
fn history_failed(error: &HistoryError) -> anyhow::Error {
    let exit = match error {
        HistoryError::Cancelled { .. } => Exit::Interrupted,
        HistoryError::NoSuchFormat { .. } => Exit::Usage,
        HistoryError::Observer(_) => Exit::Failure,
        _ => Exit::BadFile,
    };
    Failure::new(exit, error.to_string()).into()
}

/// Shows how far it is, and samples what the companion said where that is wanted.
struct Watcher<'a> {
    console: &'a mut Console,
    bar: Option<progress::Progress>,
    sampler: Option<Sampler>,
}

impl<'a> Watcher<'a> {
    fn new(console: &'a mut Console) -> Self {
        Self { console, bar: None, sampler: None }
    }

    /// Shows no more; what was sampled becomes a draft.
    fn done(&mut self) -> Option<PersonaDraft> {
        self.bar = None;
        self.sampler.take().map(|sampler| history::draft_persona(&sampler.finish()))
    }
}

impl Observer for Watcher<'_> {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        self.sampler.as_mut().map_or(Ok(()), |sampler| sampler.event(event))
    }

    fn progress(&mut self, progress: Progress) {
        let console = &*self.console;
        let bar = self
            .bar
            .get_or_insert_with(|| progress::byte_bar(console, "reading".to_owned(), progress.bytes_total));
        bar.set_length(progress.bytes_total.max(progress.bytes_read));
        bar.set_position(progress.bytes_read);
    }
}

/// What was and wasn't brought over.
fn tell(
    arguments: &ImportHistoryArguments,
    home: &BroughtHome,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    if arguments.json {
        console.json(home)?;
        return Ok(Exit::Success);
    }
    show_report(&home.report, console)?;
    if arguments.dry_run {
        let all = units::plural(home.report.total.messages as usize, "message");
        let new = match &arguments.into {
            Some(name) => format!(", of which {} would be new to {name}", home.added),
            None => String::new(),
        };
        console.line(&format!("in all: {all}{new}; nothing was changed"))?;
        return Ok(Exit::Success);
    }
    show_sums(home, console)?;
    Ok(Exit::Success)
}

/// Conversations, what was left out, and what was doubtful.
///
/// # Errors
/// When the streams fail.
pub fn show_report(report: &ImportReport, console: &mut Console) -> anyhow::Result<()> {
    let chosen: Vec<_> = report.conversations.iter().filter(|conversation| conversation.chosen).collect();
    for conversation in chosen.iter().take(SHOWN_MAX) {
        let title = if conversation.title.is_empty() { "(no title)" } else { &conversation.title };
        let started =
            conversation.first.map(|time| time.strftime("%Y-%m-%d ").to_string()).unwrap_or_default();
        let messages = units::plural(conversation.counts.messages as usize, "message");
        console.line(&format!("{started}{title}: {messages}"))?;
    }
    let more = chosen.len().saturating_sub(SHOWN_MAX) + report.conversations_unlisted as usize;
    if more > 0 {
        console.line(&format!("and {} more", units::plural(more, "conversation")))?;
    }
    for (reason, count) in &report.total.left_out {
        console.line(&format!("left out: {count} ({})", word(reason).replace('_', " ")))?;
    }
    for doubt in report.doubts.iter().take(SHOWN_MAX) {
        let within = if doubt.path.is_empty() { String::new() } else { format!(", {}", doubt.path) };
        console.notice(&format!(
            "note: {}:{}, record {}{within}: {}; {}",
            doubt.part, doubt.line, doubt.record, doubt.what, doubt.done
        ));
    }
    let shown = report.doubts.len().min(SHOWN_MAX) as u64;
    if report.doubts_total > shown {
        let more = report.doubts_total - shown;
        console.notice(&format!("note: and {more} more of the kind (--json has them)"));
    }
    Ok(())
}

/// How many messages came, and how many did not.
///
/// # Errors
/// When the streams fail.
pub fn show_sums(home: &BroughtHome, console: &mut Console) -> anyhow::Result<()> {
    let mut parts = vec![format!("{} brought home", units::plural(home.added as usize, "message"))];
    for (count, what) in [
        (home.already_there, "there already"),
        (home.deleted_before, "deleted here before, and left so"),
        (home.too_long, "too long to be kept"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    console.line(&parts.join(", "))?;
    Ok(())
}
