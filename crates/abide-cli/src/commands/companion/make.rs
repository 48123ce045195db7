//! `abide companion new`. Must not know how companions are kept.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use abide_companion::companion::Companions;
use abide_companion::persona::{PERSONA_BYTES_MAX, Persona};
use clap::Args;

use crate::ask::Terminal;
use crate::commands::chat::companion::{make, presented};
use crate::companions::failed;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::reading;
use crate::settings::Settings;

/// Whom to make.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion new
  abide companion new --from mara.toml
  abide companion new Mara --from starter:1
  abide companion new --from starter              lists the starters

`abide companion show NAME --toml` prints a persona to begin with; docs/companions.md explains each field.")]
pub struct NewArguments {
    /// Its name [default: the persona's]
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// A persona in TOML, or one of the starters by number
    #[arg(long, value_name = "FILE|starter:N")]
    pub from: Option<String>,
    /// What it shall call you
    #[arg(long, value_name = "NAME")]
    pub calls_me: Option<String>,
    /// Language of the starters: en, fr or zh [default: that of this system]
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
}

/// Makes a companion.
///
/// # Errors
/// When the persona can't be read, makes no sense, or the name is taken.
pub fn execute(
    arguments: &NewArguments,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let language = arguments.language.as_deref().unwrap_or(&settings.language);
    let mut persona = match arguments.from.as_deref() {
        Some("starter" | "starters") => return list_starters(language, console),
        Some(from) => match from.strip_prefix("starter:") {
            Some(number) => starter(number, language)?,
            None => read(Path::new(from))?,
        },
        None => match asked(arguments, language, console)? {
            Some(persona) => persona,
            None => return Ok(Exit::Interrupted),
        },
    };
    if let Some(name) = &arguments.calls_me {
        persona.calls_user.clone_from(name);
    }
    if let Some(name) = &arguments.name {
        persona.name.clone_from(name);
    }
    let companion = book.create(&persona, None).map_err(failed)?;
    let name = companion.info().map_err(failed)?.name;
    console.notice(&format!("{name} is here: abide chat \"{name}\""));
    Ok(Exit::Success)
}

fn asked(arguments: &NewArguments, language: &str, console: &mut Console) -> anyhow::Result<Option<Persona>> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new(Exit::Usage, "there is no terminal to ask at")
            .with_cure("name a persona: --from FILE.toml, or --from starter:1")
            .into());
    }
    make(&mut Terminal::open()?, arguments.name.as_deref(), language, console)
}

fn list_starters(language: &str, console: &mut Console) -> anyhow::Result<Exit> {
    for (index, persona) in Persona::starters(language).iter().enumerate() {
        console.line(&format!("starter:{}  {}, {}", index + 1, persona.name, presented(persona)))?;
    }
    Ok(Exit::Success)
}

fn starter(number: &str, language: &str) -> Result<Persona, Failure> {
    let starters = Persona::starters(language);
    let count = starters.len();
    let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    index.and_then(|index| starters.into_iter().nth(index)).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("there is no starter `{number}`"))
            .with_cure(format!("they go from starter:1 to starter:{count}; --from starter lists them"))
    })
}

/// Reads a persona that somebody wrote, and the picture beside it that it names.
///
/// # Errors
/// When the file can't be read, or is no persona, or the picture is none.
pub fn read(path: &Path) -> anyhow::Result<Persona> {
    read_with_pictures(path, path.parent().unwrap_or(Path::new("")))
}

/// The same with pictures of another folder.
///
/// # Errors
/// As [`read`].
pub fn read_with_pictures(path: &Path, folder: &Path) -> anyhow::Result<Persona> {
    let text = reading::file_text(path, PERSONA_BYTES_MAX as u64)?;
    let persona = Persona::from_toml(&text).and_then(|mut persona| {
        persona.read_avatar(folder)?;
        Ok(persona)
    });
    persona.map_err(|error| {
        let failure = Failure::new(Exit::BadFile, format!("{}: {error}", path.display()));
        failure.with_cure("`abide companion show NAME --toml` prints one that is right").into()
    })
}
