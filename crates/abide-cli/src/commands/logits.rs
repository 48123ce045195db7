//! `abide logits`: log-probabilities after given tokens, to compare engines by.

use abide_engine::{BatchItem, LogitsWanted, Needed, TokenModel};
use clap::Args;
use serde::Serialize;

use crate::arguments::EngineArguments;
use crate::engine;
use crate::failure::{Exit, Failure};
use crate::library;
use crate::output::Console;
use crate::settings::{EngineSettings, Settings};

/// Tokens read at once.
const READ_BATCH: usize = 512;

/// Print log-probabilities after given tokens as JSON
///
/// Tokens are taken exactly as given. Each step names the likeliest token, which then goes on, and the likeliest
/// ones with their natural log-probabilities under the model's own distribution:
/// {"steps": [{"id": chosen, "top": [[id, logprob], ...]}, ...]}
#[derive(Debug, Args)]
#[command(mut_arg("context", |context| context.help("Tokens that the context holds [default: those of --ids and --greedy]")))]
#[command(after_help = "\
Examples:
  abide logits smollm2-135m-instruct --ids 504,3575,282 --top 10 --greedy 24
  abide logits model.gguf --ids 1,2,3 --ops reference --cache f32
  abide logits model.gguf --ids $(echo -n Hello | abide tokenize model.gguf | tr -d '[] ')")]
pub struct LogitsArguments {
    /// Id or GGUF file of the model
    pub model: String,
    /// Token ids, as numbers with commas between
    #[arg(long, value_name = "IDS", value_delimiter = ',', required = true)]
    pub ids: Vec<u32>,
    /// How many of the likeliest tokens to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,
    /// How many steps to go on, each with the likeliest token
    #[arg(long, value_name = "STEPS", default_value_t = 1, value_parser = crate::arguments::positive)]
    pub greedy: usize,
    /// How the model is loaded
    #[command(flatten)]
    pub engine: EngineArguments,
}

/// What is printed.
#[derive(Debug, PartialEq, Serialize)]
struct Output {
    steps: Vec<Step>,
}

/// The token chosen after those before, and the likeliest ones, best first.
#[derive(Debug, PartialEq, Serialize)]
struct Step {
    id: u32,
    top: Vec<(u32, f32)>,
}

/// Computes and prints.
///
/// # Errors
/// When the model can't be read or a token does not exist.
pub fn execute(
    arguments: &LogitsArguments,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let local = library::locate(Some(&arguments.model), settings, console)?;
    let positions = arguments.ids.len() + arguments.greedy;
    let options = EngineSettings {
        context_length: Some(settings.engine.context_length.unwrap_or(positions)),
        ..settings.engine.clone()
    };
    let mut loaded = engine::load_tokens(&local, &options, console)?;
    let steps = walk(&mut loaded.model, &arguments.ids, arguments.top, arguments.greedy)?;
    console.write_exact(&(serde_json::to_string(&Output { steps })? + "\n"))?;
    Ok(Exit::Success)
}

/// Goes `count` steps on from `ids`.
fn walk(model: &mut dyn TokenModel, ids: &[u32], top: usize, count: usize) -> anyhow::Result<Vec<Step>> {
    let vocabulary = model.vocabulary();
    if let Some(id) = ids.iter().find(|&&id| id as usize >= vocabulary) {
        let problem = format!("token {id} does not exist: the vocabulary has {vocabulary}");
        return Err(Failure::new(Exit::Usage, problem)
            .with_cure("`abide tokenize` makes ids of a text")
            .into());
    }
    let (sequence, cached) = model.start(ids)?;
    let mut pending = ids[cached..].to_vec();
    let mut steps = Vec::with_capacity(count);
    while steps.len() < count {
        let mut logits = None;
        let mut batches = pending.chunks(READ_BATCH).peekable();
        while let Some(tokens) = batches.next() {
            let wanted = if batches.peek().is_none() { LogitsWanted::Last } else { LogitsWanted::None };
            logits = Some(model.forward(&[BatchItem {
                sequence,
                tokens,
                logits: wanted,
                needed: Needed::ALL,
            }])?);
        }
        let logits = logits.filter(|logits| logits.rows() == 1);
        let step = rank(logits.as_ref().map_or(&[], |logits| logits.row(0)), top)?;
        pending = vec![step.id];
        steps.push(step);
    }
    model.release(sequence);
    Ok(steps)
}

/// The `top` likeliest tokens; of equal ones, those of lower id first.
fn rank(logits: &[f32], top: usize) -> anyhow::Result<Step> {
    anyhow::ensure!(!logits.is_empty(), "the model gave no logits");
    anyhow::ensure!(
        logits.iter().all(|&logit| logit < f32::INFINITY),
        "the model gave logits that are no numbers"
    );
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&logit| f64::from(logit - highest).exp()).sum();
    let mut ids: Vec<u32> = (0..logits.len() as u32).collect();
    let better = |a: &u32, b: &u32| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b));
    let kept = top.max(1).min(ids.len());
    if kept < ids.len() {
        ids.select_nth_unstable_by(kept - 1, better);
        ids.truncate(kept);
    }
    ids.sort_unstable_by(better);
    let logprob = |id: &u32| (f64::from(logits[*id as usize] - highest) - sum.ln()) as f32;
    Ok(Step { id: ids[0], top: ids.iter().take(top).map(|id| (*id, logprob(id))).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::ScriptedModel;

    #[test]
    fn steps_go_on_with_the_likeliest() {
        let mut model = ScriptedModel::new(8, 100);
        let steps = walk(&mut model, &[3, 5], 2, 3).unwrap();
        let ids: Vec<u32> = steps.iter().map(|step| step.id).collect();
        assert_eq!(ids, [6, 7, 0]);
        assert_eq!(model.calls(), [(0, 2), (2, 1), (3, 1)]);
        let peak = ScriptedModel::PEAK.exp();
        let expected = (peak / (peak + 7.0)).ln();
        assert!((steps[0].top[0].1 - expected).abs() < 1e-6);
        assert_eq!((steps[0].top[1].0, model.living()), (0, 0));
    }

    #[test]
    fn cached_tokens_are_not_read_again() {
        let mut model = ScriptedModel::new(8, 2000);
        model.finds_in_cache(100);
        walk(&mut model, &[1; 1000], 1, 1).unwrap();
        assert_eq!(model.calls(), [(100, 512), (612, 388)]);
    }

    #[test]
    fn ties_go_to_the_lower_id() {
        let step = rank(&[0.0, 5.0, 5.0, -1.0], 3).unwrap();
        let ids: Vec<u32> = step.top.iter().map(|(id, _)| *id).collect();
        assert_eq!((step.id, ids), (1, vec![1, 2, 0]));
        assert!(rank(&[0.0, 5.0], 0).unwrap().top.is_empty());
        assert_eq!(rank(&[0.0, 5.0], 9).unwrap().top.len(), 2);
        assert!(rank(&[f32::NAN, 1.0], 1).is_err());
        assert!(rank(&[], 1).is_err());
    }

    #[test]
    fn the_form_is_fixed() {
        let output = Output { steps: vec![Step { id: 7, top: vec![(7, -0.5), (1, -2.0)] }] };
        let text = serde_json::to_string(&output).unwrap();
        assert_eq!(text, r#"{"steps":[{"id":7,"top":[[7,-0.5],[1,-2.0]]}]}"#);
    }

    #[test]
    fn tokens_that_do_not_exist_are_refused() {
        let mut model = ScriptedModel::new(8, 100);
        let error = walk(&mut model, &[8], 1, 1).unwrap_err();
        assert_eq!(crate::failure::exit_of(&error), Exit::Usage);
    }
}
