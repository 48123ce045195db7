//! Chats with a scripted generator.

use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{Message, Role, ThoughtMarks};

use super::*;
use crate::commands::chat::input::{Input, PipedTurns};
use crate::output::test::console;

struct Outcome {
    exit: Exit,
    out: String,
    err: String,
    /// Messages of each request, as `role:content`.
    prompts: Vec<Vec<String>>,
    requests: Vec<GenerationRequest>,
}

fn options() -> Options {
    Options {
        sampling: Sampling { seed: Some(7), ..Sampling::default() },
        max_tokens: None,
        stop: vec![],
        interactive: false,
    }
}

fn chat(generator: &ScriptedGenerator, lines: &str) -> Outcome {
    chat_with(generator, lines, &Interrupt::default(), options())
}

fn chat_with(generator: &ScriptedGenerator, lines: &str, interrupt: &Interrupt, options: Options) -> Outcome {
    let (mut console, out, err) = console();
    let system = Some("be kind".to_owned());
    let mut session = Session::new(generator, &mut console, interrupt, system, options);
    let exit = session.run(&mut PipedTurns(lines.as_bytes())).unwrap();
    let requests = generator.requests();
    let show = |message: &Message| format!("{}:{}", message.role.as_str(), message.content);
    let prompts = requests.iter().map(|request| match &request.prompt {
        Prompt::Chat(chat) => chat.messages.iter().map(show).collect(),
        Prompt::Text(text) => vec![text.clone()],
        Prompt::Parts(_) | Prompt::Tokens(_) => panic!("a chat sends text"),
    });
    Outcome { exit, out: out.text(), err: err.text(), prompts: prompts.collect(), requests: requests.clone() }
}

#[test]
fn each_line_is_a_turn_and_stdout_has_the_answers_alone() {
    let generator =
        ScriptedGenerator::new(vec![Script::answer(&["He", "llo."]), Script::answer(&["Bye.\n"])]);
    let outcome = chat(&generator, "hi\n\n  \ngo\n");
    assert_eq!(outcome.out, "Hello.\nBye.\n");
    assert_eq!(outcome.err, "");
    assert_eq!(outcome.exit, Exit::Success);
    assert_eq!(outcome.prompts[1], ["system:be kind", "user:hi", "assistant:Hello.", "user:go"]);
    assert_eq!(outcome.requests[0].context_overflow, ContextOverflow::DropOldest);
}

#[test]
fn thoughts_are_no_part_of_the_conversation() {
    let scripts = || {
        vec![
            Script::answer(&["<thi", "nk>Hm.</think>", "\n\nHel", "lo."]),
            Script::thinks_first(&["So", "</think>Bye."]),
        ]
    };
    let marks = ThoughtMarks { open: "<think>".to_owned(), close: "</think>".to_owned() };
    let thinker = || {
        let marks = marks.clone();
        ScriptedGenerator::new(scripts()).describe(|description| description.thought_marks = Some(marks))
    };
    let outcome = chat(&thinker(), "hi\ngo\n");
    assert_eq!(outcome.out, "Hello.\nBye.\n");
    assert_eq!(outcome.prompts[1], ["system:be kind", "user:hi", "assistant:Hello.", "user:go"]);
    let interactive = Options { interactive: true, ..options() };
    let outcome = chat_with(&thinker(), "hi\ngo\n", &Interrupt::default(), interactive);
    assert_eq!(outcome.out, "Hm.\n\nHello.\n\nSo\n\nBye.\n\n");
}

#[test]
fn commands_change_the_conversation() {
    let scripts = ["1", "2", "3", "4"].map(|text| Script::answer(&[text]));
    let generator = ScriptedGenerator::new(scripts.into());
    let outcome =
        chat(&generator, "a\n/regenerate\n/system be brief\nb\n/reset\n/system -\nc\n/quit\nnever\n");
    assert_eq!(outcome.out, "1\n2\n3\n4\n");
    assert_eq!(outcome.prompts[1], outcome.prompts[0]);
    assert_ne!(outcome.requests[1].sampling.seed, outcome.requests[0].sampling.seed);
    assert_eq!(outcome.prompts[2], ["system:be brief", "user:a", "assistant:2", "user:b"]);
    assert_eq!(outcome.prompts[3], ["user:c"]);
}

#[test]
fn unknown_commands_are_said_and_not_sent() {
    let generator = ScriptedGenerator::new(vec![]);
    let outcome = chat(&generator, "/nonsense\n/regenerate\n/stats\n/help\n");
    assert!(outcome.err.contains("no command /nonsense"), "{}", outcome.err);
    assert!(outcome.err.contains("no answer yet to make anew"));
    assert!(outcome.err.contains("/save FILE"));
    assert_eq!(outcome.out, "");
}

#[test]
fn statistics_are_told() {
    let generator = ScriptedGenerator::new(vec![Script::answer(&["a", "b", "c"])]);
    let outcome = chat(&generator, "x\n/stats\n");
    let expected = "\
prompt:  10 tokens (4 from the cache), first token after 100 ms, 60.0 per second
answer:  3 tokens, 4.0 per second (3 guessed ahead, 1 of them right)
context: 13 of 128 tokens used (10 %)
";
    assert_eq!(outcome.err, expected);
}

#[test]
fn a_full_context_loses_the_oldest_turns_and_says_so() {
    let generator = ScriptedGenerator::new(vec![
        Script::answer(&["1"]),
        Script::answer(&["2"]),
        Script::ends_with(&["3"], FinishReason::EndOfTurn, 2),
        Script::answer(&["4"]),
    ]);
    let outcome = chat(&generator, "a\nb\nc\nd\n");
    assert!(outcome.err.contains("without the oldest 2 messages"), "{}", outcome.err);
    assert!(outcome.err.contains("no longer sees the oldest 4 messages"), "{}", outcome.err);
    assert_eq!(outcome.prompts[3], ["system:be kind", "user:c", "assistant:3", "user:d"]);
}

#[test]
fn an_answer_cut_by_the_context_makes_room() {
    let generator = ScriptedGenerator::new(vec![
        Script::ends_with(&["1"], FinishReason::ContextFull, 0),
        Script::answer(&["2"]),
    ]);
    let outcome = chat(&generator, "a\nb\n");
    assert!(outcome.err.contains("the context of 128 tokens is full"), "{}", outcome.err);
    assert_eq!(outcome.prompts[1], ["system:be kind", "user:b"]);
}

#[test]
fn ctrl_c_stops_the_answer_and_not_the_chat() {
    let interrupt = Interrupt::default();
    let generator = ScriptedGenerator::new(vec![
        Script::hangs_after(&["half an"], interrupt.raising()),
        Script::answer(&["whole"]),
    ]);
    let outcome = chat_with(&generator, "a\nb\n", &interrupt, options());
    assert_eq!(outcome.out, "half an\nwhole\n");
    assert_eq!(outcome.err, "(stopped)\n");
    assert_eq!(outcome.prompts[1], ["system:be kind", "user:a", "assistant:half an", "user:b"]);
}

#[test]
fn a_refused_turn_is_taken_back_and_counts_at_the_end() {
    let refusal = || GenerationError::ContextOverflow { prompt_tokens: 200, context_tokens: 128 };
    let scripts = || vec![Script::refused(refusal()), Script::answer(&["ok"])];
    let generator = ScriptedGenerator::new(scripts());
    let outcome = chat(&generator, "long\nshort\n");
    assert!(outcome.err.contains("200 tokens") && outcome.err.contains("to do: shorten"), "{}", outcome.err);
    assert_eq!(outcome.prompts[1], ["system:be kind", "user:short"]);
    assert_eq!(outcome.exit, Exit::Failure);
    let generator = ScriptedGenerator::new(scripts());
    let interactive = Options { interactive: true, ..options() };
    let outcome = chat_with(&generator, "long\nshort\n", &Interrupt::default(), interactive);
    assert_eq!(outcome.exit, Exit::Success);
}

#[test]
fn an_engine_that_stopped_ends_the_chat() {
    let generator = ScriptedGenerator::new(vec![Script::breaks_after(&["a"], GenerationError::Stopped)]);
    let (mut console, _, _) = console();
    let interrupt = Interrupt::default();
    let mut session = Session::new(&generator, &mut console, &interrupt, None, options());
    assert!(session.run(&mut PipedTurns(&b"x\ny\n"[..])).is_err());
}

#[test]
fn a_base_model_continues_each_text_and_the_user_is_told() {
    let generator = ScriptedGenerator::base_model(vec![
        Script::ends_with(&[" on"], FinishReason::MaxTokens, 0),
        Script::answer(&[" in"]),
    ]);
    let outcome = chat(&generator, "go\n/regenerate\n");
    assert!(outcome.err.contains("base model"), "{}", outcome.err);
    assert!(outcome.err.contains("standing instructions; they are not used"));
    assert!(outcome.err.contains("cut after 1 token;"));
    assert_eq!(outcome.prompts, [["go"], ["go"]]);
    assert_eq!(outcome.requests[0].max_tokens, Some(BASE_MODEL_TOKENS));
}

#[test]
fn conversations_are_saved_and_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.json");
    let generator = ScriptedGenerator::new(vec![Script::answer(&["1"])]);
    chat(&generator, &format!("a\n/save {}\n", path.display()));
    let generator = ScriptedGenerator::new(vec![Script::answer(&["2"])]);
    let outcome = chat(&generator, &format!("/load {}\nb\n/load nothing.json\n", path.display()));
    assert_eq!(outcome.prompts[0], ["system:be kind", "user:a", "assistant:1", "user:b"]);
    assert_eq!(outcome.exit, Exit::Failure);
    assert_eq!(transcript::load(&path).unwrap().turns()[0].role, Role::User);
}

/// Turns that end after Ctrl-C was pressed at the prompt.
struct Keys(Vec<Input>);

impl Turns for Keys {
    fn next(&mut self) -> anyhow::Result<Input> {
        Ok(self.0.pop().expect("the chat ends before the keys do"))
    }
}

#[test]
fn ctrl_c_twice_at_the_prompt_leaves() {
    let generator = ScriptedGenerator::new(vec![]);
    let (mut console, _, err) = console();
    let interrupt = Interrupt::default();
    let mut session = Session::new(&generator, &mut console, &interrupt, None, options());
    let blank = || Input::Turn(String::new());
    let mut keys = Keys(vec![Input::Interrupted, Input::Interrupted, blank(), Input::Interrupted]);
    assert_eq!(session.run(&mut keys).unwrap(), Exit::Success);
    assert_eq!(err.text().matches("Ctrl-D").count(), 2);
}
