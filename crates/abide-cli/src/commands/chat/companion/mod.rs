//! A chat with a companion. Must not know how anything is kept, or how a prompt is made.

mod commands;
mod export;
mod first_start;
mod persona;
mod session;
mod why;

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use abide_companion::companion::{Companion, Companions, ModelSeen, ModelUse, SayOptions};
use abide_companion::language::Language;
use abide_companion::persona::Persona;
use abide_companion::time;
use abide_companion::transcript::{Message, Speaker};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

pub use export::{Form, form_of_new, write as write_export, write_beside};
pub use first_start::{make, presented};
pub use persona::{Chosen, describe, describe_settings, edited_since};
pub use session::{line_of, lines_of, said_meanwhile, unread, windows_of};
pub use why::shortened;

use self::session::{Options, Session};
use super::input::{PipedTurns, TerminalTurns};
use super::{ChatArguments, Ready, ready, remember, tell_template};
use crate::ask::Terminal;
use crate::companions::{self, Recall, failed};
use crate::failure::Exit;
use crate::interrupt::Interrupt;
use crate::library;
use crate::output::{Console, Style};
use crate::saved_caches;
use crate::settings::Settings;

/// Messages that a person sees again when they come back.
const SHOWN_AGAIN: usize = 2;

/// Talks until the user leaves.
///
/// # Errors
/// As the command.
pub fn execute(
    arguments: &ChatArguments,
    settings: &Settings,
    interactive: bool,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let is_first = !companions::database(settings).exists();
    if is_first || arguments.model.is_some() {
        // Before anybody is made: without a model there is nobody to talk with.
        library::locate(arguments.model.as_deref().or(settings.model.as_deref()), settings, console)?;
    }
    let (companions, guard) = companions::open_guarding(settings, Recall::Meaning, console)?;
    let Some(companion) = choose(arguments, &companions, settings, interactive, console)? else {
        return Ok(Exit::Success);
    };
    let own = companion.settings().map_err(failed)?.model;
    let name = match (&arguments.model, &own) {
        (Some(chosen), _) => Some(chosen.clone()),
        (None, Some(own)) => {
            let name = companion.info().map_err(failed)?.name;
            Some(companions::place_of(own, &name, settings)?)
        }
        (None, None) => settings.model.clone(),
    };
    let ready = ready(name.as_deref(), settings, &guard, interactive, console)?;
    settle_model(&companion, own.as_ref(), &ready, settings, console)?;
    let own = own.filter(|own| own.name == ready.local.name).and_then(|own| own.sampling);
    let sampling = own.map_or(Ok(ready.sampling.clone()), |own| settings.sampling(own))?;
    let say = SayOptions {
        sampling: Some(sampling),
        reply_tokens: arguments.max_tokens,
        stop: arguments.stop.clone(),
        ..SayOptions::default()
    };
    let asked = settings.clone();
    let passphrase = Rc::new(move |console: &mut Console| companions::archive_passphrase(&asked, console));
    let home = settings.clone();
    let clear_caches = Rc::new(move || saved_caches::clear(&home).map(drop));
    let options = Options { say, interactive, passphrase, clear_caches };
    let (exit, decoded) = talk(&companion, &ready, options, settings, console)?;
    // Nobody else holds the model then, so that it saves its caches when it is dropped here, not after the program's end.
    companions.finish();
    remember(&ready.local, &ready.loaded, decoded, settings);
    Ok(exit)
}

/// Talks; says how that ended, and how many tokens were made one at a time in what time.
fn talk(
    companion: &Companion,
    ready: &Ready,
    options: Options,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<(Exit, (usize, Duration))> {
    let generator = Arc::clone(&ready.loaded.generator);
    let without = "it goes on with the conversation as with a story";
    tell_template(generator.description(), without, console);
    let interrupt = if options.interactive { Interrupt::install()? } else { Interrupt::default() };
    let interactive = options.interactive;
    let mut turns: Box<dyn super::input::Turns> = if interactive {
        ready.introduce(settings, console);
        welcome(companion, console)?;
        let prompt = ("> ".to_owned(), console.decorated(&console.styled(Style::Strong, "> ")));
        // Lines that were typed are in the transcript, encrypted; a file beside it would not be.
        Box::new(TerminalTurns::open(None, prompt, commands::COMMANDS)?)
    } else {
        Box::new(PipedTurns(io::stdin().lock()))
    };
    let mut session = Session::new(companion, generator, console, &interrupt, options);
    let exit = session.run(&mut *turns)?;
    Ok((exit, session.decoded()))
}

/// The companion that was named, else the one talked with last, else one that is chosen now. `None`: the person left.
fn choose(
    arguments: &ChatArguments,
    companions: &Companions,
    settings: &Settings,
    interactive: bool,
    console: &mut Console,
) -> anyhow::Result<Option<Companion>> {
    if let Some(name) = &arguments.companion {
        return companions::find(companions, name).map(Some);
    }
    if let Some(companion) = companions::latest(companions)? {
        return Ok(Some(companion));
    }
    if interactive {
        return first_start::choose(companions, &settings.language, &mut Terminal::open()?, console);
    }
    let first = Persona::starters(&settings.language).into_iter().next().unwrap_or_default();
    console.note(&format!(
        "note: {} answers, the first of the companions that `abide chat` offers; --plain talks with the bare model",
        first.name
    ));
    companions.create(&first, None).map(Some).map_err(failed)
}

/// Says which model the companion runs on: its own from now on if it had none, else a guest for this talk.
fn settle_model(
    companion: &Companion,
    own: Option<&ModelUse>,
    ready: &Ready,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<()> {
    let model = match own {
        // Of a guest nothing is kept.
        Some(own) if own.name != ready.local.name => ModelUse::named(&ready.local.name, Timestamp::now()),
        _ => companions::model_use(&ready.local, settings)?,
    };
    let seen = companion.talks_with(&*ready.loaded.generator, model).map_err(failed)?;
    let model = &ready.local.name;
    match (seen, own) {
        (ModelSeen::Guest, Some(own)) => {
            let name = companion.info().map_err(failed)?.name;
            console.note(&format!(
                "note: {name} runs on {}; this talk is with {model}. `abide companion rehearse {name} --model {}` compares the \
                 two before you change for good",
                own.name,
                ready.local.place()
            ));
        }
        (ModelSeen::OtherWeights, _) => console.notice(&format!(
            "warning: the file of {model} is another than the one that this companion ran on so far"
        )),
        (ModelSeen::OtherTemplate, _) => console.note(&format!(
            "note: the chat template of {model} is another than the one that this companion ran with so far"
        )),
        _ => {}
    }
    Ok(())
}

/// What a person sees who comes back: how long ago the last talk was, and how it ended.
fn welcome(companion: &Companion, console: &mut Console) -> anyhow::Result<()> {
    let persona = companion.persona().map_err(failed)?;
    let recent: Vec<Message> = companion.recent(SHOWN_AGAIN).map_err(failed)?;
    let name = console.styled(Style::Strong, persona.spoken_name());
    let last = companion.last_talk().map_err(failed)?;
    let ago = last.filter(|_| recent.len() > 1).map(|last| {
        let language = Language::from_tag(&persona.language).unwrap_or_default();
        let then = last.to_zoned(TimeZone::system());
        let gap = time::describe_gap(&then, &Zoned::now(), language);
        format!(", last talk {gap}")
    });
    console.note(&format!("{name}{}\n", ago.unwrap_or_default()));
    for message in recent {
        let text = message.content.text.trim_end();
        let shown = match message.content.speaker {
            Speaker::User => console.styled(Style::Faint, &format!("> {text}\n")),
            _ => format!("{text}\n"),
        };
        console.notice(&shown);
    }
    Ok(())
}
