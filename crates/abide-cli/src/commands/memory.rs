//! `abide memory`: what a companion knows of its user, to be seen and changed by them.
//!
//! Must not know how anything is kept.

use abide_companion::companion::{Companion, Companions, Forgetting};
use abide_companion::store::{Fact, FactEdit, FactId, FactOrigin};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::chat::companion::{line_of, lines_of, said_meanwhile, shortened, unread};
use crate::arguments::positive;
use crate::ask::may_delete;
use crate::companions::{self, Recall, failed};
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::table::{Align, Table};
use crate::output::{Console, Style, one_line, progress, units};
use crate::saved_caches;
use crate::settings::Settings;

/// What a companion knows of you: see, search, add, correct, pin, delete
///
/// Facts are found in what you say, each with the words that it comes from. What you correct or pin is never changed by what is
/// found later. What you delete is gone from every place where it was kept, and does not come back.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide memory list
  abide memory search \"my sister's wedding\" --companion Mara
  abide memory add \"I am allergic to peanuts\" --pin
  abide memory edit 12 \"I live in Lyon\"
  abide memory rm 12 --words            also the words that it comes from
  abide memory moods                    how your words sounded, message by message")]
pub struct MemoryArguments {
    /// The companion [default: the one you talked with last]
    #[arg(short, long, global = true, value_name = "NAME")]
    pub companion: Option<String>,
    /// Embedding model that memories are found by, beside words [default: `embedder` in config.toml, else all-minilm-l6-v2]
    #[arg(long, global = true, value_name = "MODEL")]
    pub embedder: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub action: MemoryAction,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum MemoryAction {
    /// List what is known now
    List {
        /// Also what was true earlier
        #[arg(long)]
        all: bool,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// What comes to mind at these words, best first
    Search {
        /// Words, or a question
        #[arg(value_name = "WORDS")]
        words: String,
        /// Tokens of all memories together, about
        #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
        tokens: usize,
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep something in your own words
    Add {
        /// The words
        #[arg(value_name = "TEXT")]
        text: String,
        /// Have it in mind at every reply
        #[arg(long)]
        pin: bool,
        /// A topic that must not be brought up
        #[arg(long, conflicts_with = "pin")]
        avoid: bool,
    },
    /// Correct one
    Edit {
        /// Its number in the list
        #[arg(value_name = "NUMBER")]
        number: u64,
        /// What it says instead
        #[arg(value_name = "TEXT")]
        text: String,
    },
    /// Have one in mind at every reply
    Pin {
        /// Its number in the list
        #[arg(value_name = "NUMBER")]
        number: u64,
        /// No longer
        #[arg(long)]
        off: bool,
    },
    /// Have the embedding model read what it has not read yet, and wait for it
    ///
    /// It does so anyway, in the background, while you talk. What it has not read yet is found by words.
    Embed,
    /// How your words sounded, message by message: a guess from a list of words, and no diagnosis
    ///
    /// `abide companion edit NAME --set moods=off` ends it.
    Moods {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete some for good
    Rm {
        /// Their numbers in the list
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<u64>,
        /// Also the words in the conversation that they come from
        #[arg(long)]
        words: bool,
        /// Don't ask
        #[arg(short, long)]
        yes: bool,
    },
}

/// Carries it out.
///
/// # Errors
/// When the companions can't be opened, or there is no such companion or fact.
pub fn execute(
    arguments: &MemoryArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let recall = match arguments.action {
        MemoryAction::Search { .. } => Recall::MeaningIfHere,
        MemoryAction::Embed => Recall::Meaning,
        _ => Recall::Words,
    };
    let book = companions::open(settings, recall, console)?;
    let companion = companion(arguments, &book)?;
    match &arguments.action {
        MemoryAction::List { all, json } => list(&companion, *all, *json, console)?,
        MemoryAction::Search { words, tokens, json } => search(&companion, words, *tokens, *json, console)?,
        MemoryAction::Embed => return embed(&companion, console),
        MemoryAction::Moods { json } => moods(&companion, *json, console)?,
        MemoryAction::Add { text, pin, avoid } => {
            let fact = if *avoid { companion.avoid(text) } else { companion.remember(text, *pin) };
            console.notice(&format!("kept, as number {}", fact.map_err(failed)?.id.0));
        }
        MemoryAction::Edit { number, text } => {
            let edit = FactEdit { text: Some(text.clone()), ..FactEdit::default() };
            companion.edit_fact(FactId(*number), edit).map_err(failed)?;
            console.notice("corrected; what is found later does not change it");
        }
        MemoryAction::Pin { number, off } => {
            companion.pin_fact(FactId(*number), !off).map_err(failed)?;
            console.notice(if *off {
                "no longer in every prompt"
            } else {
                "in mind at every reply from now on"
            });
        }
        MemoryAction::Rm { numbers, words, yes } => {
            return remove(&companion, numbers, *words, *yes, settings, console);
        }
    }
    Ok(Exit::Success)
}

fn companion(arguments: &MemoryArguments, book: &Companions) -> anyhow::Result<Companion> {
    match &arguments.companion {
        Some(name) => companions::find(book, name),
        None => companions::latest(book)?.ok_or_else(|| {
            Failure::new(Exit::Usage, "there is no companion yet")
                .with_cure("`abide chat` offers six to start from, `abide companion new` makes your own")
                .into()
        }),
    }
}

fn list(companion: &Companion, all: bool, json: bool, console: &mut Console) -> anyhow::Result<()> {
    let facts = companion.facts(!all).map_err(failed)?;
    if json {
        console.json(&facts)?;
        return Ok(());
    }
    if facts.is_empty() {
        let name = companion.info().map_err(failed)?.name;
        console.notice(&format!("{name} knows nothing of you yet. `abide memory add TEXT` tells something."));
        return Ok(());
    }
    let mut table = Table::new(&[
        ("no.", Align::Right),
        ("kind", Align::Left),
        ("what", Align::Left),
        ("since", Align::Left),
        ("from", Align::Left),
        ("", Align::Left),
    ]);
    for fact in &facts {
        table.row([
            fact.id.0.to_string(),
            word(&fact.content.kind),
            fact.content.text.clone(),
            fact.content.valid_from.map(day).unwrap_or_default(),
            origin(fact),
            state(fact),
        ]);
    }
    let text = table.plain();
    for (number, line) in text.lines().enumerate() {
        let line = if number == 0 { console.styled(Style::Strong, line) } else { line.to_owned() };
        console.line(&line)?;
    }
    Ok(())
}

/// The word that a value is written with in JSON.
pub fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string()
}

fn origin(fact: &Fact) -> String {
    match fact.content.origin {
        FactOrigin::User => "you".to_owned(),
        _ => fact
            .content
            .sources
            .first()
            .and_then(|source| source.quote.as_ref())
            .map(|quote| format!("“{quote}”"))
            .unwrap_or_default(),
    }
}

fn state(fact: &Fact) -> String {
    let mut words = Vec::new();
    if fact.content.pinned {
        words.push("pinned".to_owned());
    }
    if fact.edited.is_some() {
        words.push("corrected".to_owned());
    }
    if let Some(newer) = fact.superseded_by {
        words.push(format!("now {}", newer.0));
    } else if let Some(until) = fact.content.valid_to {
        words.push(format!("until {}", day(until)));
    }
    if fact.aside {
        words.push("said on another branch".to_owned());
    }
    words.join(", ")
}

fn search(
    companion: &Companion,
    words: &str,
    tokens: usize,
    json: bool,
    console: &mut Console,
) -> anyhow::Result<()> {
    let reminded = companion.memories(words, tokens).map_err(failed)?;
    if json {
        console.json(&reminded)?;
        return Ok(());
    }
    for line in lines_of(&reminded) {
        console.line(&line)?;
    }
    if let Some(unread) = unread(&companion.embedded().map_err(failed)?) {
        console.note(&unread);
    }
    Ok(())
}

/// Waits until the embedding model has read all memories.
fn embed(companion: &Companion, console: &mut Console) -> anyhow::Result<Exit> {
    let interrupt = Interrupt::install()?;
    let armed = interrupt.arm();
    let bar = progress::step_bar(console, "reading memories", 0);
    let embedded = companion.embed_all(&|| armed.requested(), &mut |embedded| {
        bar.set_length(embedded.all);
        bar.set_position(embedded.done);
    });
    drop(bar);
    let embedded = embedded.map_err(failed)?;
    let Some(embedder) = &embedded.embedder else {
        return Err(Failure::new(Exit::ModelMissing, "there is no embedding model to read memories with")
            .with_cure("fetch one: `abide pull all-minilm-l6-v2`")
            .into());
    };
    let name = embedder.split('@').next().unwrap_or_default();
    console.line(&format!("{} of {} messages and facts are read by {name}", embedded.done, embedded.all))?;
    Ok(match (armed.requested(), embedded.is_complete()) {
        (true, false) => Exit::Interrupted,
        (false, false) => Exit::Failure,
        (_, true) => Exit::Success,
    })
}

/// The time line of moods, oldest first.
fn moods(companion: &Companion, json: bool, console: &mut Console) -> anyhow::Result<()> {
    let moods = companion.mood_timeline(Timestamp::MIN, Timestamp::MAX).map_err(failed)?;
    if json {
        let shown = moods.iter().map(|(time, mood)| {
            serde_json::json!({ "time": time, "message": mood.message, "valence": mood.valence, "label": mood.label })
        });
        console.json(&shown.collect::<Vec<_>>())?;
        return Ok(());
    }
    if !companion.settings().map_err(failed)?.moods {
        console.notice("moods are off; those from before are kept");
    }
    if moods.is_empty() {
        console.notice("none are kept so far");
    }
    for (time, mood) in moods {
        let time = time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        let text = companion.message(mood.message).map_err(failed)?.content.text;
        let label = mood.label.unwrap_or_default();
        console.line(&format!("{time}  {:>+5.2}  {label:<8} “{}”", mood.valence, shortened(&text)))?;
    }
    Ok(())
}

fn remove(
    companion: &Companion,
    numbers: &[u64],
    words: bool,
    yes: bool,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let mut what = Forgetting::default();
    for &number in numbers {
        let id = FactId(number);
        let found = companion.forgettable_fact(id).map_err(failed)?;
        for fact in &found.facts {
            console.notice(&format!("{:>5}  {}", fact.id.0, one_line(&fact.content.text)));
        }
        what.facts.extend(found.facts);
        for hit in found.messages.into_iter().filter(|_| words) {
            console.notice(&format!("       {}", line_of(&hit.message)));
            what.messages.push(hit);
        }
    }
    if !may_delete(yes, "Delete this for good?", console)? {
        return Ok(Exit::Failure);
    }
    let (facts, messages) = what.ids();
    let forgotten = companion.forget(&facts, &messages).map_err(failed)?;
    // What was computed of it goes, too.
    saved_caches::clear(settings)?;
    console.notice(&format!(
        "deleted: {}, the words of {}, and all that came of them",
        units::plural(what.facts.len(), "fact"),
        units::plural(what.messages.len(), "message")
    ));
    if let Some(reply) = forgotten.said_meanwhile {
        console.notice(&said_meanwhile(reply));
    }
    Ok(Exit::Success)
}
