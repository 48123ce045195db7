//! `abide companion rehearse`, `commit` and `revert`: another model under the same companion.
//!
//! Must not know how answers are scored.

use abide_companion::companion::{CompanionError, Companions, RehearsalOptions};
use abide_companion::rehearsal::{MeanScores, Rehearsal, RehearsedTurn};
use abide_companion::transcript::MessageId;
use clap::Args;

use crate::arguments::EngineArguments;
use crate::companions::{self, failed, model_use};
use crate::engine::{self, Places};
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::library;
use crate::output::{Console, Style, progress};
use crate::saved_caches::Guard;
use crate::settings::Settings;

/// What is rehearsed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide companion rehearse Mara --model qwen3-4b
  abide companion rehearse Mara --model qwen3-4b --reply 12 --reply 80
  abide companion commit Mara                     change to it
  abide companion revert Mara                     back to the model before

Nothing of a rehearsal enters the conversation. The file of a model that a companion runs or ran on is kept: `abide rm` refuses.")]
pub struct RehearseArguments {
    /// Its name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Id or GGUF file of the other model
    #[arg(short, long, value_name = "MODEL")]
    pub model: String,
    /// A reply to be made anew, by the number of its message (repeatable) [default: ten typical ones]
    #[arg(long, value_name = "NUMBER")]
    pub reply: Vec<u64>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
    /// How the model is loaded.
    #[command(flatten)]
    pub engine: EngineArguments,
}

/// Replays turns on another model.
///
/// # Errors
/// When there is no such companion or model, or nothing was answered yet.
pub fn execute(
    arguments: &RehearseArguments,
    book: &Companions,
    guard: &Guard,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let companion = companions::find(book, &arguments.name)?;
    let local = library::locate(Some(&arguments.model), settings, console)?;
    let model = model_use(&local, settings)?;
    let sampling = settings.sampling(local.sampling())?;
    let loaded = engine::open_generator(&local, settings, guard, Places::ONE, console)?;
    let options = RehearsalOptions {
        replies: arguments.reply.iter().copied().map(MessageId).collect(),
        sampling: Some(sampling),
    };
    let interrupt = Interrupt::install()?;
    let armed = interrupt.arm();
    let bar = progress::step_bar(console, format!("rehearsing on {}", local.name), 0);
    let rehearsal = companion.rehearse(&loaded.generator, model, &options, &mut |step| {
        bar.set_length(step.all as u64);
        bar.set_position(step.done as u64);
        !armed.requested()
    });
    drop(bar);
    let rehearsal = rehearsal.map_err(rehearsal_failed)?;
    if arguments.json {
        console.json(&rehearsal)?;
    } else {
        show(&rehearsal, console)?;
        console.notice(&format!(
            "`abide companion commit {0}` changes to {1}; until then {0} stays on the model it runs on",
            arguments.name, rehearsal.model
        ));
    }
    Ok(if armed.requested() { Exit::Interrupted } else { Exit::Success })
}

fn rehearsal_failed(error: CompanionError) -> anyhow::Error {
    let cure = "`abide companion export NAME FILE.jsonl` shows their numbers, --reply NUMBER takes one";
    match error {
        CompanionError::NothingWhole { .. } => {
            Failure::new(Exit::Failure, error.to_string()).with_cure(cure).into()
        }
        error => failed(error),
    }
}

fn show(rehearsal: &Rehearsal, console: &mut Console) -> anyhow::Result<()> {
    for turn in &rehearsal.turns {
        show_turn(turn, &rehearsal.model, console)?;
    }
    if let Some(mean) = &rehearsal.mean {
        let heading = console.styled(Style::Strong, &format!("on the whole, {} turns:", mean.answered));
        console.line(&heading)?;
        console.line(&scores(mean))?;
    }
    Ok(())
}

fn show_turn(turn: &RehearsedTurn, model: &str, console: &mut Console) -> anyhow::Result<()> {
    let said = console.styled(Style::Strong, &format!("> {}", turn.said.trim()));
    console.line(&said)?;
    let old_model = turn.old_model.as_deref().unwrap_or("before");
    let old = console.styled(Style::Faint, &format!("{old_model} ({}):", turn.reply.0));
    console.line(&format!("{old} {}", turn.old.trim()))?;
    let new = console.styled(Style::Faint, &format!("{model}:"));
    let answer =
        turn.failure.as_ref().map_or_else(|| turn.new.trim().to_owned(), |why| format!("(failed: {why})"));
    console.line(&format!("{new} {answer}"))?;
    if let Some(one) = &turn.scores {
        let mean = MeanScores {
            answered: 1,
            persona: one.persona,
            recall: one.recall,
            length_ratio: one.length_ratio,
            same_language: f32::from(u8::from(one.same_language)),
            similarity: one.similarity,
        };
        let line = console.styled(Style::Faint, &scores(&mean));
        console.line(&line)?;
    }
    console.line("")?;
    Ok(())
}

/// Scores in a line.
fn scores(mean: &MeanScores) -> String {
    let percent = |share: f32| format!("{:.0} %", share * 100.0);
    let recall = mean.recall.map(|share| format!(", facts kept {}", percent(share))).unwrap_or_default();
    format!(
        "persona kept {}{recall}, length × {:.2}, same language {}, alike {}",
        mean.persona.map_or_else(|| "–".to_owned(), percent),
        mean.length_ratio,
        percent(mean.same_language),
        percent(mean.similarity)
    )
}

/// Changes to the model that was rehearsed.
///
/// # Errors
/// When nothing was rehearsed, or the model is not here any more.
pub fn commit(
    name: &str,
    book: &Companions,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<()> {
    let companion = companions::find(book, name)?;
    // An earlier version kept neither checksum nor place of a file that is in no store.
    let known = companion.open_rehearsal().map_err(failed)?.filter(|open| open.model.checksum.is_some());
    if let Some(open) = known {
        companions::check_here(&open.model, name, settings, console)?;
    }
    let model = companion.commit_rehearsal().map_err(failed)?;
    console.notice(&format!(
        "{name} runs on {} from now on; `abide companion revert {name}` goes back",
        model.name
    ));
    Ok(())
}

/// Goes back to the model before.
///
/// # Errors
/// When there was none.
pub fn revert(name: &str, book: &Companions, console: &mut Console) -> anyhow::Result<()> {
    let model = companions::find(book, name)?.revert_model().map_err(failed)?;
    console.notice(&format!("{name} runs on {} again", model.name));
    Ok(())
}

/// Lets the model go that was rehearsed.
///
/// # Errors
/// When no rehearsal is open.
pub fn let_go(name: &str, book: &Companions, console: &mut Console) -> anyhow::Result<()> {
    let companion = companions::find(book, name)?;
    let open = companion.open_rehearsal().map_err(failed)?;
    companion.drop_rehearsal().map_err(failed)?;
    let model = open.map(|open| open.model.name).unwrap_or_default();
    console.notice(&format!("the rehearsal on {model} is over; {name} goes on as before"));
    Ok(())
}
