//! `abide companion edit`: fields by name, a file, an editor, or an earlier version; and cards out of personas.
//!
//! Must not know how versions are kept.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use abide_companion::card::{BookFile, BookForm, Card, CardError, CardForm, CardVersion};
use abide_companion::companion::{Companion, Companions, read_persona};
use abide_companion::persona::Persona;
use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;

use super::{import, make};
use crate::ask::{Ask as _, Terminal};
use crate::commands::chat::companion::{Chosen, edited_since, write_beside};
use crate::companions::{self, failed};
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::{Console, Style, visible};
use crate::settings::Settings;

/// What to change.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion edit Mara                       in your editor ($VISUAL, $EDITOR, else nano or vi)
  abide companion edit Mara --set \"personality=calm and dry\" --set calls_user=Ada
  abide companion edit Mara --set tags=sea,slow --set \"greetings+=Back again?\"
                                                  lists: tags, greetings, examples (+= adds one)
  abide companion edit Mara --set moods=off       a setting: moods, find_facts, recall, summaries_by_model,
                                                  software_notice: on or off; context_tokens, reply_tokens;
                                                  user_name, time_zone; settings.language
  abide companion edit Mara --from mara.toml
  abide companion edit Mara --rename Clara
  abide companion show Mara --versions
  abide companion edit Mara --version 2           back to an earlier version")]
pub struct EditArguments {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A field of the persona and its text, or a setting and what it shall be; `-` empties it, `FIELD+=` adds to a list (repeatable)
    #[arg(long, value_name = "FIELD=TEXT")]
    pub set: Vec<String>,
    /// Take the whole persona from this TOML file
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    pub from: Option<PathBuf>,
    /// Go back to this version
    #[arg(long, value_name = "N", conflicts_with_all = ["set", "from"])]
    pub version: Option<u64>,
    /// No longer keep the files of models that it ran on before; going back to them is over then
    #[arg(long)]
    pub let_models_go: bool,
    /// Call it so in lists and commands; the persona keeps its own name
    #[arg(long, value_name = "NAME")]
    pub rename: Option<String>,
}

/// Changes a companion.
///
/// # Errors
/// When there is none of this name, or the new persona makes no sense.
pub fn execute(
    arguments: &EditArguments,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let companion = companions::find(book, &arguments.name)?;
    if let Some(name) = &arguments.rename {
        companion.rename(name).map_err(failed)?;
        console.notice(&format!("{} is called {name} from now on", arguments.name));
        if arguments.set.is_empty() && arguments.from.is_none() && arguments.version.is_none() {
            return Ok(Exit::Success);
        }
    }
    if arguments.let_models_go {
        return let_models_go(&companion, &arguments.name, console);
    }
    if let Some(version) = arguments.version {
        let new = companion.revert_persona(version).map_err(failed)?;
        console.notice(&format!("as in version {version} again, which is version {} now", new.version));
        return Ok(Exit::Success);
    }
    let (before, after) = change(&companion, arguments, settings)?;
    if after == before {
        console.notice("nothing was changed");
        return Ok(Exit::Success);
    }
    for (name, value) in after.new_settings(&before) {
        console.notice(&format!("{name}: {value}"));
    }
    if after.persona != before.persona {
        for change in before.persona.changes(&after.persona) {
            console.notice(&format!("  {}", change.field));
        }
        let version = companion.persona_versions().map_err(failed)?.last().map_or(1, |last| last.version);
        console.notice(&format!("changed: version {version}; the earlier ones are kept"));
    }
    Ok(Exit::Success)
}

/// Changes what the person wants changed: fields by name, all from a file, or in their editor. Answers the companion before and after.
fn change(
    companion: &Companion,
    arguments: &EditArguments,
    settings: &Settings,
) -> anyhow::Result<(Chosen, Chosen)> {
    let changed = if let Some(path) = &arguments.from {
        let persona = make::read(path)?;
        Chosen::change(companion, |now| Ok(Chosen { persona, ..now }))
    } else if arguments.set.is_empty() {
        let opened = companion.persona().map_err(failed)?;
        let edited = in_editor(&opened, settings)?;
        Chosen::change(companion, |now| {
            Ok(Chosen { persona: edited_since(&opened, edited, &now.persona)?, ..now })
        })
    } else {
        let fields: Vec<(&str, &str)> =
            arguments.set.iter().map(|given| field_and_text(given)).collect::<Result<_, _>>()?;
        Chosen::change(companion, |now| {
            fields.iter().try_fold(now, |chosen, (field, text)| chosen.with(field.trim(), text.trim()))
        })
    };
    Ok(changed.map_err(failed)?.map_err(|problem| Failure::new(Exit::Usage, problem))?)
}

fn field_and_text(given: &str) -> Result<(&str, &str), Failure> {
    given.split_once('=').ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{given}` is not FIELD=TEXT"))
            .with_cure("write for example --set personality=calm")
    })
}

/// Keeps no model's file any more but that of the present one.
fn let_models_go(companion: &Companion, name: &str, console: &mut Console) -> anyhow::Result<Exit> {
    for model in companion.let_models_go().map_err(failed)? {
        console.notice(&format!("{} is not kept for {name} any more", model.name));
    }
    if let Some(open) = companion.open_rehearsal().map_err(failed)? {
        companion.drop_rehearsal().map_err(failed)?;
        console.notice(&format!("the rehearsal on {} is over", open.model.name));
    }
    Ok(Exit::Success)
}

/// Lets the person change the persona's TOML in their editor.
fn in_editor(persona: &Persona, settings: &Settings) -> anyhow::Result<Persona> {
    let editor = settings.editor.clone().or_else(|| usual_editor(&std::env::var_os("PATH")?));
    let Some(editor) = editor.filter(|_| io::stdin().is_terminal()) else {
        let failure = Failure::new(Exit::Usage, "there is no editor to change it in");
        return Err(failure
            .with_cure("set EDITOR, or use --set FIELD=TEXT or --from FILE.toml (`show --toml` prints the present one)")
            .into());
    };
    let text = persona.to_toml().map_err(|error| failed(error.into()))?;
    let mut file =
        tempfile::Builder::new().suffix(".toml").tempfile().context("can't make a file to edit")?;
    file.write_all(text.as_bytes()).context("can't write the file to edit")?;
    let path = file.path().to_owned();
    // A Ctrl-C is the editor's, or the question's: the file goes in any case.
    let interrupt = Interrupt::install()?;
    loop {
        let mut words = editor.split_whitespace().map(OsString::from);
        let program = words.next().unwrap_or_default();
        let armed = interrupt.arm();
        let status = Command::new(&program).args(words).arg(&path).status();
        drop(armed);
        let status = status.with_context(|| format!("can't start the editor {}", program.display()))?;
        if !status.success() {
            return Err(
                Failure::new(Exit::Failure, "the editor ended with an error; nothing was changed").into()
            );
        }
        // Pictures are named from where the person is, for the file is one of abide's own.
        match make::read_with_pictures(&path, Path::new("")) {
            Ok(persona) => return Ok(persona),
            Err(error) => {
                eprint!("{}", visible(&crate::failure::report(&error)));
                eprintln!("Enter: go on editing; Ctrl-C: leave all as it was");
                if Terminal::open()?.ask("")?.is_none() {
                    return Err(Failure::new(Exit::Interrupted, "nothing was changed").into());
                }
            }
        }
    }
}

/// An editor that most systems have, where nobody named another one.
fn usual_editor(path: &OsStr) -> Option<String> {
    let folders: Vec<PathBuf> = std::env::split_paths(path).collect();
    let is_there = |name: &&str| folders.iter().any(|folder| folder.join(name).is_file());
    ["nano", "vi"].into_iter().find(is_there).map(str::to_owned)
}

/// Lists the versions of a persona, each with what changed in it.
///
/// # Errors
/// When they can't be read, or stdout fails.
pub fn show_versions(companion: &Companion, console: &mut Console) -> anyhow::Result<()> {
    let mut before: Option<Persona> = None;
    for version in companion.persona_versions().map_err(failed)? {
        let persona = read_persona(version.clone()).map_err(failed)?;
        let time = version.created.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string();
        let changed = match (&before, version.reverted_to) {
            (_, Some(earlier)) => format!("as in version {earlier} again"),
            (None, None) => "as it began".to_owned(),
            (Some(before), None) => {
                let fields: Vec<String> =
                    before.changes(&persona).into_iter().map(|change| change.field).collect();
                fields.join(", ")
            }
        };
        let note = version.note.map(|note| format!(" ({note})")).unwrap_or_default();
        console.line(&format!("{:>4}  {time}  {changed}{note}", version.version))?;
        before = Some(persona);
    }
    Ok(())
}

/// What differs between two versions of a persona, with its texts.
///
/// # Errors
/// When there is no such version, or stdout fails.
pub fn compare_versions(
    companion: &Companion,
    from: usize,
    to: usize,
    console: &mut Console,
) -> anyhow::Result<()> {
    let changes = persona_of(companion, Some(from))?.changes(&persona_of(companion, Some(to))?);
    if changes.is_empty() {
        console.notice("they are the same");
    }
    for change in changes {
        let field = console.styled(Style::Strong, &change.field);
        console.line(&field)?;
        for (sign, text) in [('-', &change.before), ('+', &change.after)] {
            for line in text.iter().flat_map(|text| text.lines()) {
                console.line(&format!("  {sign} {line}"))?;
            }
        }
    }
    Ok(())
}

/// Writes a persona as a character card or as TOML, by the file's name. Answers what was written, for the person.
///
/// # Errors
/// When there is no such version, the file exists, or can't be written.
pub fn export_card(
    companion: &Companion,
    path: &Path,
    card_version: Option<CardVersion>,
    version: Option<usize>,
    console: &mut Console,
) -> anyhow::Result<String> {
    let persona = persona_of(companion, version)?;
    let Some(form) = card_form(path) else {
        let text = persona.to_toml().map_err(|error| failed(error.into()))?;
        write_new(path, text.as_bytes())?;
        return Ok("the persona".to_owned());
    };
    let written = Card::from_persona(&persona).write(form, card_version).map_err(|error| {
        let exit = if matches!(error, CardError::OnlyV3) { Exit::Usage } else { Exit::Failure };
        Failure::new(exit, error.to_string())
    })?;
    write_new(path, &written.bytes)?;
    import::tell(&written.notices, console);
    Ok(format!("a character card {}", written.version))
}

/// Writes the companion's lorebook alone.
///
/// # Errors
/// When it has none, the file's name does not say JSON, or it can't be written.
pub fn export_lorebook(
    companion: &Companion,
    path: &Path,
    form: BookForm,
    version: Option<usize>,
) -> anyhow::Result<String> {
    if card_form(path) != Some(CardForm::Json) {
        return Err(Failure::new(Exit::Usage, format!("{} is no name for a lorebook", path.display()))
            .with_cure("end the name in .json")
            .into());
    }
    let persona = persona_of(companion, version)?;
    let file = BookFile::from_persona(&persona, form).ok_or_else(|| {
        Failure::new(Exit::Usage, "there is no lorebook")
            .with_cure("`abide companion import FILE --into NAME` takes one in")
    })?;
    write_new(path, file.to_json().as_bytes())?;
    let entries = match persona.lorebook.map_or(0, |book| book.entries.len()) {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    Ok(match form {
        BookForm::WorldInfo => format!("the lorebook as World Info of SillyTavern, {entries}"),
        _ => format!("the lorebook, {entries}"),
    })
}

/// The persona in a version; `None`: the present one.
fn persona_of(companion: &Companion, version: Option<usize>) -> anyhow::Result<Persona> {
    let Some(number) = version else { return companion.persona().map_err(failed) };
    let versions = companion.persona_versions().map_err(failed)?;
    let found = versions.iter().find(|known| known.version == number as u64).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("there is no version {number}"))
            .with_cure("`abide companion show NAME --versions` lists them")
    })?;
    read_persona(found.clone()).map_err(failed)
}

/// Whether the file's name asks for a card or a persona.
pub fn is_card_file(path: &Path) -> bool {
    let is_persona = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    is_persona || card_form(path).is_some()
}

/// What card the file's name asks for; `None`: none.
fn card_form(path: &Path) -> Option<CardForm> {
    let extension = path.extension()?.to_string_lossy().to_lowercase();
    match &*extension {
        "json" => Some(CardForm::Json),
        "png" | "apng" => Some(CardForm::Png),
        "charx" => Some(CardForm::Charx),
        _ => None,
    }
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_beside(path, |writer| {
        writer.write_all(bytes).with_context(|| format!("can't write {}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_that_is_there_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::env::join_paths([folder.path().join("nowhere"), folder.path().to_owned()]).unwrap();
        assert_eq!(usual_editor(&path), None);
        std::fs::write(folder.path().join("vi"), "").unwrap();
        assert_eq!(usual_editor(&path).as_deref(), Some("vi"));
        std::fs::write(folder.path().join("nano"), "").unwrap();
        assert_eq!(usual_editor(&path).as_deref(), Some("nano"));
    }
}
