//! The companions of this home folder: opened with their key, and with the embedding model that their recall goes by.
//!
//! Must not know commands, or what is said.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use abide_companion::archive::ArchiveError;
use abide_companion::companion::{
    Companion, CompanionError, Companions, CompanionsOptions, EmbedderSource, KeepReason, Keeper, ModelNames,
    ModelUse,
};
use abide_companion::keys::{self, DatabaseKey, KeyError, KeyProtection, Passphrase};
use abide_companion::store::StoreError;
use jiff::Timestamp;

use crate::ask::{Ask, Terminal};
use crate::engine;
use crate::env;
use crate::failure::{self, Exit, Failure};
use crate::library::{self, Library, LocalModel};
use crate::output::Console;
use crate::saved_caches::{self, Guard};
use crate::settings::{SaveCache, Settings};

/// The database's name inside the home folder.
const DATABASE: &str = "companions.db";

/// Whether recall is to go by meaning, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recall {
    /// By words alone: nothing will be looked for, or nothing that matters.
    Words,
    /// By words and meaning, if the embedding model is here.
    MeaningIfHere,
    /// By words and meaning; the embedding model is fetched if it is not here and the network may be used.
    Meaning,
}

/// Where the companions are kept.
pub fn database(settings: &Settings) -> PathBuf {
    settings.home.join(DATABASE)
}

/// Opens the companions; asks for their passphrase if they have one.
///
/// # Errors
/// When the key can't be had, or the database not be opened.
pub fn open(settings: &Settings, recall: Recall, console: &mut Console) -> anyhow::Result<Companions> {
    open_guarding(settings, recall, console).map(|(opened, _)| opened)
}

/// The same, with what guards saved caches.
///
/// # Errors
/// As [`open`].
pub fn open_guarding(
    settings: &Settings,
    recall: Recall,
    console: &mut Console,
) -> anyhow::Result<(Companions, Guard)> {
    let (embedder, name) = embedder(settings, recall, console)?.unzip();
    let facts_by_models_from = match recall {
        Recall::Words => None,
        _ => Library::open(settings)?.catalogue.facts_parameters_min(),
    };
    let path = database(settings);
    let key = key(settings, console)?;
    let options = CompanionsOptions {
        embedder,
        facts_by_models_from,
        reads_ahead: true,
        ..CompanionsOptions::default()
    };
    let opened = Companions::open(&path, key.clone(), options).map_err(failed)?;
    keys::database_made(&path).map_err(|error| key_failed(&error))?;
    name.map_or(Ok(()), |name| note_read_anew(&opened, &name, console))?;
    let guard = match protection(settings)? {
        KeyProtection::Passphrase => Guard::Database(key),
        _ => Guard::Permissions,
    };
    // Whatever is done next: a key that a version before this one left bare does not lie there a day longer.
    saved_caches::drop_unguarded(&saved_caches::folder(settings), &guard)?;
    Ok((opened, guard))
}

fn protection(settings: &Settings) -> anyhow::Result<KeyProtection> {
    keys::key_protection(&database(settings)).map_err(|error| key_failed(&error))
}

/// What guards saved caches, where the companions are not opened. Nobody is asked for a passphrase.
///
/// # Errors
/// When the key file can't be read, or the passphrase that was given is not the right one.
pub fn guard_unasked(settings: &Settings) -> anyhow::Result<Guard> {
    match (protection(settings)?, &settings.passphrase) {
        (KeyProtection::Passphrase, Some(text)) => {
            let passphrase = Passphrase::new(text.as_str()).map_err(|error| key_failed(&error))?;
            keys::open_or_create_key(&database(settings), Some(&passphrase))
                .map(Guard::Database)
                .map_err(|error| key_failed(&error))
        }
        (KeyProtection::Passphrase, None) => Ok(Guard::Locked),
        _ => Ok(Guard::Permissions),
    }
}

/// `guard`, which was found when the program started, if it still is what guards this home; locked, if the companions got or lost a passphrase
/// since: nothing may lie bare then, and there is nobody to ask.
///
/// # Errors
/// When the key file can't be read.
pub fn still_guarding(settings: &Settings, guard: &Guard) -> anyhow::Result<Guard> {
    let has_passphrase = protection(settings)? == KeyProtection::Passphrase;
    let fits = match guard {
        Guard::Permissions => !has_passphrase,
        Guard::Database(_) => has_passphrase,
        Guard::Locked => true,
    };
    Ok(if fits { guard.clone() } else { Guard::Locked })
}

/// The same as [`guard_unasked`]; who sits at the terminal is asked.
///
/// # Errors
/// As [`guard_unasked`], and when nobody can be asked.
pub fn guard(settings: &Settings, console: &mut Console) -> anyhow::Result<Guard> {
    match protection(settings)? {
        KeyProtection::Passphrase => key(settings, console).map(Guard::Database),
        _ => Ok(Guard::Permissions),
    }
}

/// What guards the caches of a talk with a bare model. The person is told if nothing is saved.
///
/// # Errors
/// As [`guard_unasked`].
pub fn guard_of_plain(settings: &Settings, console: &mut Console) -> anyhow::Result<Guard> {
    let guard = if settings.save_cache == SaveCache::All {
        guard_unasked(settings)?
    } else {
        // Nothing is saved or read, so nothing needs to be opened.
        guard_unasked(&Settings { passphrase: None, ..settings.clone() })?
    };
    note_if_locked(settings, &guard, console);
    Ok(guard)
}

/// Tells the person that nothing is saved, where it was to be and may not.
pub fn note_if_locked(settings: &Settings, guard: &Guard, console: &mut Console) {
    if settings.save_cache == SaveCache::All && *guard == Guard::Locked {
        console.note(&format!(
            "note: nothing is saved: the companions of this home folder have a passphrase, and what is saved is to be behind it, too; \
             give it in {} to have it saved",
            env::PASSPHRASE
        ));
    }
}

/// The key of the database, made at the first start.
fn key(settings: &Settings, console: &mut Console) -> anyhow::Result<DatabaseKey> {
    let passphrase = current_passphrase(settings, console)?;
    keys::open_or_create_key(&database(settings), passphrase.as_ref()).map_err(|error| key_failed(&error))
}

/// The passphrase of `what`: from the environment, else from the person at the terminal.
///
/// # Errors
/// When nobody can be asked.
pub fn passphrase_of(what: &str, settings: &Settings, console: &mut Console) -> anyhow::Result<Passphrase> {
    let text = match &settings.passphrase {
        Some(text) => text.as_str().to_owned(),
        None if io::stdin().is_terminal() => {
            console.notice(&format!("{what} is locked"));
            hidden("Passphrase: ")?
        }
        None => {
            return Err(Failure::new(Exit::Usage, format!("{what} is locked with a passphrase"))
                .with_cure(format!(
                    "give it in {}, or start at a terminal, where you are asked",
                    env::PASSPHRASE
                ))
                .into());
        }
    };
    Passphrase::new(text).map_err(|error| key_failed(&error))
}

/// The embedding model, opened when it is needed, and its name; without it recall goes by words, and the person is told how to have it.
///
/// # Errors
/// When one was chosen, and can't be had.
fn embedder(
    settings: &Settings,
    recall: Recall,
    console: &mut Console,
) -> anyhow::Result<Option<(EmbedderSource, String)>> {
    let may_fetch = match recall {
        Recall::Words => return Ok(None),
        Recall::MeaningIfHere => false,
        Recall::Meaning => true,
    };
    let local = match locate_embedder(settings, may_fetch, console) {
        Ok(local) => local,
        Err(error) if settings.embedder.is_some() => return Err(error),
        Err(error) => {
            tracing::info!("recall goes by words alone: {error:#}");
            if may_fetch {
                console.note(
                    "note: memories are found by words alone until the embedding model is here: abide pull all-minilm-l6-v2",
                );
            }
            return Ok(None);
        }
    };
    let (name, engine) = (local.name.clone(), settings.engine.clone());
    let source = EmbedderSource::late(move || {
        let opened = engine::open_embedder(&local, &engine, &mut Console::silent());
        opened.inspect_err(|error| tracing::warn!("recall goes by words alone: {error:#}")).ok()
    });
    Ok(Some((source, name)))
}

fn locate_embedder(
    settings: &Settings,
    may_fetch: bool,
    console: &mut Console,
) -> anyhow::Result<LocalModel> {
    let here = Settings { offline: settings.offline || !may_fetch, ..settings.clone() };
    let chosen = settings.embedder.as_deref();
    library::locate_embedder(chosen, &here, console).map_err(|error| {
        let Some(name) = chosen else { return error };
        let place = settings.origins.place("embedder", "embedder");
        let cure = "name a model that `abide models` lists with the kind `embedding`, and have it here (`abide pull ID`)";
        let problem = format!("{place} is {name}, by which no memories can be found");
        let exit = failure::exit_of(&error);
        error.context(Failure::new(exit, problem).with_cure(cure))
    })
}

/// Looks whether the embedding model that was chosen, if one was, is here.
///
/// # Errors
/// When it is not, or is none.
pub fn check_embedder(settings: &Settings, console: &mut Console) -> anyhow::Result<()> {
    if settings.embedder.is_some() {
        locate_embedder(settings, false, console)?;
    }
    Ok(())
}

/// Says whose memories the embedding model of that name reads anew, because another one did before.
fn note_read_anew(book: &Companions, name: &str, console: &mut Console) -> anyhow::Result<()> {
    let mut names = Vec::new();
    for known in book.list().map_err(failed)? {
        let embedders = book.by_id(known.id).and_then(|companion| companion.embedders()).map_err(failed)?;
        let is_this = |id: &String| id.split('@').next() == Some(name);
        if !embedders.iter().all(is_this) {
            names.push(known.name);
        }
    }
    if !names.is_empty() {
        console.note(&format!(
            "note: {name} reads the memories of {} anew, in the background; until then they are found by words (`abide memory embed` \
             does it now)",
            names.join(", ")
        ));
    }
    Ok(())
}

/// The companion that was talked with last.
///
/// # Errors
/// When the database can't be read.
pub fn latest(companions: &Companions) -> anyhow::Result<Option<Companion>> {
    let mut latest: Option<(Timestamp, Companion)> = None;
    for known in companions.list().map_err(failed)? {
        let companion = companions.by_id(known.id).map_err(failed)?;
        let last = companion.recent(1).map_err(failed)?;
        let time = last.first().map_or(known.created, |message| message.content.time);
        if latest.as_ref().is_none_or(|(latest, _)| time > *latest) {
            latest = Some((time, companion));
        }
    }
    Ok(latest.map(|(_, companion)| companion))
}

/// The companion of that name.
///
/// # Errors
/// When there is none; the cure names those that are here.
pub fn find(companions: &Companions, name: &str) -> anyhow::Result<Companion> {
    let listed = companions.list().map_err(failed)?;
    if listed.iter().any(|known| known.name.to_lowercase() == name.to_lowercase()) {
        return companions.get(name).map_err(failed);
    }
    let names: Vec<&str> = listed.iter().map(|known| known.name.as_str()).collect();
    let cure = match names.as_slice() {
        [] => {
            "make one: `abide chat` offers six to start from, `abide companion new` makes your own".to_owned()
        }
        names => format!("those here are {}; `abide companion new` makes another", names.join(", ")),
    };
    Err(Failure::new(Exit::Usage, format!("there is no companion called {name}")).with_cure(cure).into())
}

/// An error of the companions with the status that it ends the program with. It says itself what to do.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
pub fn failed(error: CompanionError) -> anyhow::Error {
    let exit = match &error {
        CompanionError::Store(StoreError::Damaged { .. } | StoreError::NotEncrypted { .. }) => Exit::BadFile,
        CompanionError::Store(StoreError::NameTaken(_) | StoreError::BadName(_))
        | CompanionError::NoSuchCompanion(_)
        | CompanionError::Persona(_)
        | CompanionError::Setting { .. } => Exit::Usage,
        CompanionError::Archive(error) => archive_exit(error),
        _ => Exit::Failure,
    };
    Failure::new(exit, error.to_string()).into()
}

fn archive_exit(error: &ArchiveError) -> Exit {
    match error {
        ArchiveError::File(_) | ArchiveError::Store(_) | ArchiveError::Key(_) => Exit::Failure,
        ArchiveError::PassphraseNeeded | ArchiveError::AlreadyHere { .. } => Exit::Usage,
        _ => Exit::BadFile,
    }
}

/// The same for an error about a key.
pub fn key_failed(error: &KeyError) -> anyhow::Error {
    let exit = match error {
        KeyError::BadFile { .. } => Exit::BadFile,
        KeyError::PassphraseNeeded { .. } | KeyError::WrongPassphrase { .. } | KeyError::BadPassphrase => {
            Exit::Usage
        }
        _ => Exit::Failure,
    };
    Failure::new(exit, error.to_string()).into()
}

/// The passphrase that an archive is to be sealed with, from the environment or asked for twice; `None`: the person said in words that it shall be
/// open.
///
/// # Errors
/// As [`asked_passphrase`], and when there is neither a passphrase nor that word.
pub fn archive_passphrase(settings: &Settings, console: &mut Console) -> anyhow::Result<Option<Passphrase>> {
    if let Some(text) = &settings.passphrase {
        return Passphrase::new(text.as_str()).map(Some).map_err(|error| key_failed(&error));
    }
    let passphrase = asked_passphrase(console)?;
    if passphrase.is_none() {
        console.notice("Without one, whoever has the file can read all of it.");
        check_open(&mut Terminal::open()?)?;
    }
    Ok(passphrase)
}

/// Asks whether an archive shall really be open to everybody.
fn check_open(person: &mut dyn Ask) -> anyhow::Result<()> {
    let answer = person.ask("To write it so, type plain: ")?.unwrap_or_default();
    if answer.eq_ignore_ascii_case("plain") {
        return Ok(());
    }
    let failure = Failure::new(Exit::Usage, "nothing was written: there is no passphrase to seal it with");
    Err(failure.with_cure("give one, or type plain where that is asked").into())
}

/// An answer that is not shown while it is typed.
fn hidden(question: &str) -> anyhow::Result<String> {
    rpassword::prompt_password(question).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => Failure::new(Exit::Interrupted, "stopped at the question").into(),
        _ => anyhow::Error::new(error).context("can't read the passphrase"),
    })
}

/// A new passphrase, asked for twice; `None`: the person wants none.
///
/// # Errors
/// When the terminal fails, nobody can be asked, or the two are not the same.
pub fn asked_passphrase(console: &mut Console) -> anyhow::Result<Option<Passphrase>> {
    if !io::stdin().is_terminal() {
        let failure = Failure::new(Exit::Usage, "there is no terminal to ask for a new passphrase at");
        return Err(failure
            .with_cure("start this at a terminal; exports take it from ABIDE_PASSPHRASE, too")
            .into());
    }
    console
        .notice("With a passphrase that is forgotten, nobody can open it again. Enter alone: no passphrase.");
    let first = hidden("New passphrase: ")?;
    if first.is_empty() {
        return Ok(None);
    }
    let again = hidden("Once more: ")?;
    if first != again {
        return Err(Failure::new(Exit::Usage, "the two passphrases differ; nothing was changed").into());
    }
    Passphrase::new(first).map(Some).map_err(|error| key_failed(&error))
}

/// The passphrase that the companions have now, if they have one.
///
/// # Errors
/// When the key file can't be read, or the passphrase not be had.
pub fn current_passphrase(settings: &Settings, console: &mut Console) -> anyhow::Result<Option<Passphrase>> {
    match protection(settings)? {
        KeyProtection::Passphrase => passphrase_of("the companions' database", settings, console).map(Some),
        _ => Ok(None),
    }
}

/// The model of `local` as a companion names it that begins to run on it. A file that is not in the store is read for its checksum, once.
///
/// # Errors
/// When such a file can't be read.
pub fn model_use(local: &LocalModel, settings: &Settings) -> anyhow::Result<ModelUse> {
    let mut model = ModelUse::named(local.name.clone(), Timestamp::now());
    model.sampling = Some(local.sampling());
    let checksums = if let Some(checksums) = &local.checksums {
        checksums.clone()
    } else {
        model.path = local.absolute_path();
        saved_caches::checksums_of_file(&*engine::open_file(local)?, settings)?
    };
    model.checksum = Some(checksums.iter().map(ToString::to_string).collect::<Vec<_>>().join("+"));
    Ok(model)
}

/// What [`library::locate`] finds the model by that a companion runs on.
///
/// # Errors
/// When it is a file that is gone, or a model that is unknown here.
pub fn place_of(model: &ModelUse, companion: &str, settings: &Settings) -> anyhow::Result<String> {
    let (problem, cure) = match &model.path {
        Some(path) if Path::new(path).is_file() => return Ok(path.clone()),
        Some(path) => (format!("the file {path} is gone, on which {companion} runs"), "put it back, or"),
        None if Library::open(settings)?.knows(&model.name) => return Ok(model.name.clone()),
        None => (
            format!("{companion} runs on {}, which is neither in the store nor in the catalogue", model.name),
            "if it is a GGUF file,",
        ),
    };
    let cure = format!(
        "{cure} name it by `abide chat {companion} --model FILE`; `abide companion rehearse {companion} --model …` and \
         `abide companion commit {companion}` change to another model"
    );
    Err(Failure::new(Exit::ModelMissing, problem).with_cure(cure).into())
}

/// Refuses to let models go that companions run on, answer on, ran on before, or may go back to.
///
/// # Errors
/// When a companion needs one of them, or the companions can't be asked.
pub fn check_unused(
    models: &[&str],
    library: &Library,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<()> {
    if !database(settings).exists() {
        return Ok(());
    }
    let book = open(settings, Recall::Words, console)?;
    let default = settings.model.clone().unwrap_or_else(|| library.catalogue.default_entry().id.to_string());
    for id in models {
        let name = library.catalogue.get(id).map_or(*id, |entry| entry.name.as_str());
        let model = ModelNames { id, name, is_default: *id == default };
        let keepers = book.keepers_of(model).map_err(failed)?;
        if !keepers.is_empty() {
            let who: Vec<String> = keepers.iter().map(ToString::to_string).collect();
            let failure = Failure::new(Exit::Usage, format!("{id} stays: {}", who.join("; ")));
            return Err(failure.with_cure(how_to_let_go(&keepers)).into());
        }
    }
    Ok(())
}

/// What the user can do about it, told for the first companion of each kind.
fn how_to_let_go(keepers: &[Keeper]) -> String {
    let mut cures: Vec<String> = Vec::new();
    let mut told = None;
    for keeper in keepers.iter().filter(|keeper| told.replace(keeper.reason) != Some(keeper.reason)) {
        let name = &keeper.companion;
        cures.push(match keeper.reason {
            KeepReason::RunsOn | KeepReason::AnswersOn => format!(
                "move {name} to another model first (`abide companion rehearse {name} --model …`, then `abide companion commit {name}`)"
            ),
            KeepReason::RanOn => format!("let the old one go: `abide companion edit {name} --let-models-go`"),
            KeepReason::Rehearsed => format!(
                "`abide companion commit {name}` changes {name} to it, `abide companion edit {name} --let-models-go` lets it go"
            ),
        });
    }
    cures.join("; ")
}

/// Whether the model that a companion would change to is still here.
///
/// # Errors
/// When it is not, with how to have it again.
pub fn check_here(
    model: &ModelUse,
    companion: &str,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<()> {
    let offline = Settings { offline: true, ..settings.clone() };
    let (place, how) = match &model.path {
        Some(path) => (path, format!("the file {path}")),
        None => (&model.name, format!("`abide pull {}`", model.name)),
    };
    library::locate(Some(place), &offline, console).map(drop).map_err(|error| {
        let problem = format!("{} is not here any more; {companion} stays as it is", model.name);
        let cure = format!("bring it back ({how}), or rehearse {companion} on another model");
        error.context(Failure::new(Exit::ModelMissing, problem).with_cure(cure))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::test::Scripted;
    use crate::failure::exit_of;

    #[test]
    fn an_archive_is_open_only_where_somebody_says_so_in_words() {
        for (answers, is_open) in [
            (&["plain"][..], true),
            (&["Plain"], true),
            (&[""], false),
            (&["y"], false),
            (&["no"], false),
            (&[], false),
        ] {
            let mut person = Scripted::new(answers);
            match check_open(&mut person) {
                Ok(()) => assert!(is_open, "{answers:?}"),
                Err(error) => assert_eq!((is_open, exit_of(&error)), (false, Exit::Usage), "{answers:?}"),
            }
            assert_eq!(person.asked.len(), 1);
        }
    }
}
