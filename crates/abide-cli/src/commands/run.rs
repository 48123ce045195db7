//! `abide run`: one prompt, one answer.

use std::io::{self, IsTerminal as _, Read};

use abide_generation::{
    Constraint, FinishReason, GenerationRequest, Generator, Message, Prompt, Role, Sampling,
};
use clap::Args;
use serde::Serialize;

use crate::answer::{self, Answer};
use crate::arguments::{GeneratorArguments, SamplingOptions, positive};
use crate::companions;
use crate::constraint::ConstraintArguments;
use crate::engine::{self, Places};
use crate::failure::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::library;
use crate::output::{Console, units};
use crate::reading;
use crate::settings::Settings;

/// Answer one prompt
///
/// Stdout gets the answer and nothing else. The prompt is read from stdin if it is absent or `-`; a prompt and a
/// pipe together are joined, the prompt first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  abide run smollm2-135m-instruct \"What is the capital of France?\"
  git diff | abide run qwen3-4b \"Write a commit message for this\"
  abide run qwen3-4b --json --seed 1 < question.txt
  abide run gemma-3-270m --raw -n 40 \"Once upon a time\"
  abide run qwen3-4b --json-schema person.json \"Who wrote Faust?\"
  abide run qwen3-4b --regex 'yes|no' \"Is 97 a prime number?\"")]
pub struct RunArguments {
    /// Id or GGUF file of the model
    pub model: String,
    /// The prompt; `-` or nothing: read from stdin
    pub prompt: Option<String>,
    /// Standing instructions for the model
    #[arg(long, value_name = "TEXT", conflicts_with = "raw")]
    pub system: Option<String>,
    /// Continue the prompt as it is, without the chat template
    #[arg(long)]
    pub raw: bool,
    /// Print answer, token counts and times as one JSON object
    #[arg(long)]
    pub json: bool,
    /// Most tokens of the answer [default: until the model ends it]
    #[arg(short = 'n', long, value_name = "N", value_parser = positive, allow_negative_numbers = true)]
    pub max_tokens: Option<usize>,
    /// Text that ends the answer; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// What the answer must look like.
    #[command(flatten)]
    pub constraint: ConstraintArguments,
    /// How tokens are chosen.
    #[command(flatten)]
    pub sampling: SamplingOptions,
    /// How the model is loaded.
    #[command(flatten)]
    pub generator: GeneratorArguments,
}

/// Answers the prompt.
///
/// # Errors
/// When there is no prompt, the model can't be had or loaded, or the answer fails.
pub fn execute(arguments: &RunArguments, settings: &Settings, console: &mut Console) -> anyhow::Result<Exit> {
    let stdin = io::stdin();
    let piped = !stdin.is_terminal();
    let prompt = compose_prompt(arguments.prompt.as_deref(), piped, &mut stdin.lock())?;
    let constraint = arguments.constraint.resolve()?;
    let local = library::locate(Some(&arguments.model), settings, console)?;
    let sampling = settings.sampling(local.sampling())?;
    let guard = companions::guard_of_plain(settings, console)?;
    let loaded = engine::open_generator(&local, settings, &guard, Places::ONE, console)?;
    let interrupt = Interrupt::install()?;
    let system = arguments.system.clone().or_else(|| settings.system.clone());
    let question = Question { prompt, system, sampling, constraint };
    answer(arguments, &*loaded.generator, question, &interrupt, console)
}

/// What is asked.
struct Question {
    prompt: String,
    system: Option<String>,
    sampling: Sampling,
    constraint: Option<Constraint>,
}

/// The prompt from argument and stdin.
fn compose_prompt(argument: Option<&str>, piped: bool, stdin: &mut dyn Read) -> anyhow::Result<String> {
    let read = |stdin: &mut dyn Read| -> anyhow::Result<String> {
        let mut text = reading::stdin_text(stdin)?;
        let end = text.trim_end_matches(['\n', '\r']).len();
        text.truncate(end);
        Ok(text)
    };
    let prompt = match argument {
        None | Some("-") => read(stdin)?,
        Some(prompt) if piped => match read(stdin)? {
            text if text.is_empty() => prompt.to_owned(),
            text => format!("{prompt}\n\n{text}"),
        },
        Some(prompt) => prompt.to_owned(),
    };
    if prompt.trim().is_empty() {
        let failure = Failure::new(Exit::Usage, "the prompt is empty");
        return Err(failure.with_cure("give it as an argument or on stdin").into());
    }
    Ok(prompt)
}

fn answer(
    arguments: &RunArguments,
    generator: &dyn Generator,
    question: Question,
    interrupt: &Interrupt,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let description = generator.description();
    let raw = arguments.raw || !description.has_chat_template;
    if raw && !arguments.raw {
        console.note(&format!("note: {} is a base model: it continues the text", description.name));
    } else if let (false, Some(notice)) = (raw, &description.template_notice) {
        console.note(&format!("note: {notice}"));
    }
    let prompt = if raw {
        Prompt::Text(question.prompt)
    } else {
        let system = question.system.map(|text| Message::new(Role::System, text));
        let messages: Vec<_> =
            system.into_iter().chain([Message::new(Role::User, question.prompt)]).collect();
        Prompt::Chat(messages.into())
    };
    let constrained = question.constraint.is_some();
    let request = GenerationRequest {
        constraint: question.constraint,
        sampling: question.sampling,
        max_tokens: arguments.max_tokens,
        stop: arguments.stop.clone(),
        ..GenerationRequest::new(prompt)
    };
    let streamed = !arguments.json;
    let answer = answer::stream(generator, request, interrupt, &mut |text, _| {
        if streamed { console.write_exact(text).and_then(|()| console.flush()) } else { Ok(()) }
    })?;
    if streamed && !answer.text.ends_with('\n') {
        console.write_now("\n")?;
    }
    let Some(reason) = &answer.reason else { return Ok(Exit::Interrupted) };
    if arguments.json {
        console.json(&Output::new(&description.name, &answer, reason))?;
    } else if *reason == FinishReason::ContextFull {
        let context = description.context_length;
        console.note(&format!(
            "note: cut, since the context of {context} tokens is full; --context sets its size"
        ));
    } else if constrained && *reason == FinishReason::MaxTokens {
        console.note("note: cut by --max-tokens, so the answer does not have its form to the end");
    }
    Ok(Exit::Success)
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Output<'a> {
    model: &'a str,
    text: &'a str,
    finish_reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_text: Option<&'a str>,
    usage: abide_generation::Usage,
    timings: OutputTimings,
}

#[derive(Debug, Serialize)]
struct OutputTimings {
    queued_ms: f64,
    prefill_ms: f64,
    decode_ms: f64,
    prompt_tokens_per_second: Option<f64>,
    tokens_per_second: Option<f64>,
}

impl<'a> Output<'a> {
    fn new(model: &'a str, answer: &'a Answer, reason: &'a FinishReason) -> Self {
        let (finish_reason, stop_text) = match reason {
            FinishReason::EndOfTurn => ("end_of_turn", None),
            FinishReason::StopText(text) => ("stop_text", Some(text.as_str())),
            FinishReason::MaxTokens => ("max_tokens", None),
            FinishReason::ContextFull => ("context_full", None),
        };
        let (usage, timings) = (answer.usage, &answer.timings);
        let read = usage.prompt_tokens.saturating_sub(usage.cached_tokens);
        Self {
            model,
            text: &answer.text,
            finish_reason,
            stop_text,
            usage,
            timings: OutputTimings {
                queued_ms: units::milliseconds(timings.queued),
                prefill_ms: units::milliseconds(timings.prefill),
                decode_ms: units::milliseconds(timings.decode),
                prompt_tokens_per_second: units::rate(read, timings.prefill),
                // The first token comes with the prefill.
                tokens_per_second: units::rate(usage.completion_tokens.saturating_sub(1), timings.decode),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use abide_generation::scripted::{Script, ScriptedGenerator};
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command};
    use crate::output::test::console;

    fn run(generator: &ScriptedGenerator, line: &str, interrupt: &Interrupt) -> (Exit, String, String) {
        let arguments = Arguments::try_parse_from(line.split_whitespace()).unwrap();
        let Command::Run(arguments) = arguments.command else { panic!("`{line}` is no run") };
        let (mut console, out, err) = console();
        let question = Question {
            prompt: "why".to_owned(),
            system: arguments.system.clone(),
            sampling: Sampling::greedy(),
            constraint: arguments.constraint.resolve().unwrap(),
        };
        let exit = answer(&arguments, generator, question, interrupt, &mut console).unwrap();
        (exit, out.text(), err.text())
    }

    #[test]
    fn stdout_has_the_answer_alone() {
        let generator = ScriptedGenerator::new(vec![Script::answer(&["Be", "cause."])]);
        let outcome = run(&generator, "abide run m why --system kind -n 9 --stop x", &Interrupt::default());
        assert_eq!(outcome, (Exit::Success, "Because.\n".to_owned(), String::new()));
        let request = &generator.requests()[0];
        let messages = vec![Message::new(Role::System, "kind"), Message::new(Role::User, "why")];
        assert_eq!(request.prompt, Prompt::Chat(messages.into()));
        assert_eq!((request.max_tokens, request.stop.as_slice()), (Some(9), &["x".to_owned()][..]));
    }

    #[test]
    fn json_has_it_all() {
        let script = Script::ends_with(&["a", "b", "c"], FinishReason::StopText("END".to_owned()), 0);
        let (_, out, _) =
            run(&ScriptedGenerator::new(vec![script]), "abide run m --json", &Interrupt::default());
        insta::assert_snapshot!("run_json", out);
    }

    #[test]
    fn the_form_of_the_answer_is_asked_for() {
        for (option, expected) in [
            ("--json-object", Constraint::JsonObject),
            ("--json-schema {}", Constraint::JsonSchema(serde_json::json!({}))),
            ("--regex a|b", Constraint::Regex("a|b".to_owned())),
        ] {
            let generator =
                ScriptedGenerator::new(vec![Script::ends_with(&["{"], FinishReason::MaxTokens, 0)]);
            let (_, _, err) = run(&generator, &format!("abide run m {option}"), &Interrupt::default());
            assert_eq!(generator.requests()[0].constraint, Some(expected));
            assert!(err.contains("cut by --max-tokens"), "{err}");
        }
        let both = "abide run m why --regex a --json-object".split_whitespace();
        assert!(Arguments::try_parse_from(both).is_err(), "an answer has one form");
    }

    #[test]
    fn raw_prompts_and_base_models_are_continued() {
        let generator = ScriptedGenerator::new(vec![Script::answer(&["x"])]);
        let (_, _, err) = run(&generator, "abide run m --raw", &Interrupt::default());
        assert_eq!(
            (generator.requests()[0].prompt.clone(), err.as_str()),
            (Prompt::Text("why".to_owned()), "")
        );
        let generator = ScriptedGenerator::base_model(vec![Script::answer(&["x"])]);
        let (_, _, err) = run(&generator, "abide run m", &Interrupt::default());
        assert_eq!(generator.requests()[0].prompt, Prompt::Text("why".to_owned()));
        assert!(err.contains("base model"));
    }

    #[test]
    fn ctrl_c_ends_with_its_status() {
        let interrupt = Interrupt::default();
        let generator = ScriptedGenerator::new(vec![Script::hangs_after(&["half"], interrupt.raising())]);
        let (exit, out, _) = run(&generator, "abide run m", &interrupt);
        assert_eq!((exit, out.as_str()), (Exit::Interrupted, "half\n"));
    }

    #[test]
    fn prompts_come_from_argument_and_stdin() {
        let compose = |argument, piped, mut stdin: &[u8]| compose_prompt(argument, piped, &mut stdin);
        assert_eq!(compose(Some("p"), false, b"never read").unwrap(), "p");
        assert_eq!(compose(Some("p"), true, b"text\nmore\n").unwrap(), "p\n\ntext\nmore");
        assert_eq!(compose(Some("p"), true, b"").unwrap(), "p");
        assert_eq!(compose(Some("-"), false, b"typed\n").unwrap(), "typed");
        assert_eq!(compose(None, true, b"  piped").unwrap(), "  piped");
        for (argument, stdin) in [(None, &b" \n"[..]), (Some(""), b""), (None, b"\xff")] {
            assert!(compose(argument, true, stdin).is_err());
        }
    }
}
