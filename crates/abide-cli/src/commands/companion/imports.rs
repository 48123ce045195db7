//! `abide companion imports`: what was brought home, what was not, and what came of it.
//!
//! Must not know formats, or how anything is kept.

use abide_companion::companion::{Companion, Companions, ImportShown};
use clap::Args;

use crate::ask::may_delete;
use crate::commands::import_history::{show_report, show_sums};
use crate::companions::{self, failed};
use crate::failure::{Exit, Failure};
use crate::output::{Console, Style, units};
use crate::saved_caches;
use crate::settings::Settings;

/// Whose imports, and what to do with one.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion imports Mara            what was brought home, and what was left out
  abide companion imports Mara 2          one import, with its conversations and doubts
  abide companion imports Mara 2 --note \"the talks of May are missing: another account\"
  abide companion imports Mara 2 --forget

What came of an import is corrected where it is: facts by `abide memory edit` and `rm`, a drafted persona by
`abide companion edit`, single messages by `/forget` in the chat.")]
pub struct ImportsArguments {
    /// The companion's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// One import, by its number
    #[arg(value_name = "ID")]
    pub id: Option<u64>,
    /// Keep this beside its report; an empty text removes what was kept
    #[arg(long, value_name = "TEXT", requires = "id")]
    pub note: Option<String>,
    /// Forget all that it brought, and all that was made from it, for good
    #[arg(long, requires = "id", conflicts_with = "note")]
    pub forget: bool,
    /// Don't ask
    #[arg(short, long, requires = "forget")]
    pub yes: bool,
    /// Print as JSON
    #[arg(long, conflicts_with_all = ["note", "forget"])]
    pub json: bool,
}

/// Shows imports, or changes one.
///
/// # Errors
/// When there is no such companion or import, or the companions can't be read.
pub fn execute(
    arguments: &ImportsArguments,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let companion = companions::find(book, &arguments.name)?;
    let imports = companion.imports().map_err(failed)?;
    let Some(id) = arguments.id else {
        return list(&imports, arguments.json, console);
    };
    let Some(import) = imports.iter().find(|import| import.id == id) else {
        let there = imports.iter().map(|import| import.id.to_string()).collect::<Vec<_>>().join(", ");
        let cure = if there.is_empty() { "there are none".to_owned() } else { format!("there are {there}") };
        return Err(Failure::new(Exit::Usage, format!("there is no import {id}")).with_cure(cure).into());
    };
    if let Some(note) = &arguments.note {
        companion.note_import(id, note).map_err(failed)?;
        console.notice("kept beside the report");
        return Ok(Exit::Success);
    }
    if arguments.forget {
        return forget(&companion, import, arguments.yes, settings, console);
    }
    if arguments.json {
        console.json(import)?;
    } else {
        show(import, console)?;
    }
    Ok(Exit::Success)
}

fn list(imports: &[ImportShown], json: bool, console: &mut Console) -> anyhow::Result<Exit> {
    if json {
        console.json(&imports)?;
        return Ok(Exit::Success);
    }
    if imports.is_empty() {
        console.notice("Nothing was brought home yet: `abide import-history FILE --into NAME`.");
    }
    for import in imports {
        head(import, console)?;
        show_sums(&import.home, console)?;
        let left_out = import.home.report.left_out_total();
        let doubts = import.home.report.doubts_total;
        if left_out + doubts > 0 {
            console.line(&format!("{left_out} left out, {doubts} doubtful"))?;
        }
        tail(import, console)?;
    }
    Ok(Exit::Success)
}

fn show(import: &ImportShown, console: &mut Console) -> anyhow::Result<()> {
    head(import, console)?;
    show_report(&import.home.report, console)?;
    for part in &import.home.report.parts_left_out {
        console.line(&format!("no history in {part}"))?;
    }
    show_sums(&import.home, console)?;
    tail(import, console)
}

fn head(import: &ImportShown, console: &mut Console) -> anyhow::Result<()> {
    let parts = import.home.report.parts.iter().map(|part| format!("{} ({})", part.name, part.format));
    let time = import.time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let line = format!("{}  {time}  {}", import.id, parts.collect::<Vec<_>>().join(", "));
    let line = console.styled(Style::Strong, &line);
    console.line(&line)?;
    Ok(())
}

/// What came of it.
fn tail(import: &ImportShown, console: &mut Console) -> anyhow::Result<()> {
    let facts = units::plural(import.facts, "fact");
    let so_far = if import.searched { "" } else { " so far; it is looked for more while you talk" };
    console.line(&format!("{facts} known from it{so_far} (`abide memory list`)"))?;
    if import.home.unfinished {
        console.line(
            "it has not come to its end: the same file again brings the rest, as an import of its own",
        )?;
    }
    if import.forgotten {
        console.line("what it brought was forgotten")?;
    }
    if !import.note.is_empty() {
        console.line(&format!("your note: {}", import.note))?;
    }
    Ok(())
}

fn forget(
    companion: &Companion,
    import: &ImportShown,
    yes: bool,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let messages = units::plural(import.home.added as usize, "message");
    if !may_delete(yes, &format!("Forget {messages} and all that came of them, for good?"), console)? {
        return Ok(Exit::Failure);
    }
    let gone = companion.forget_import(import.id).map_err(failed)?;
    // What was computed of it goes, too.
    saved_caches::clear(settings)?;
    console.notice(&format!(
        "forgotten: the words of {}, {}, and all that came of them",
        units::plural(gone.messages.len(), "message"),
        units::plural(gone.facts.len(), "fact")
    ));
    Ok(Exit::Success)
}
