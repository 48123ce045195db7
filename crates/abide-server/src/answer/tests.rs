//! Answers from the order to the last piece, made by scripts.

use std::sync::Arc;
use std::time::Duration;

use abide_generation::schema::Unenforceable;
use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{
    Chat, Constraint, FinishReason, GenerationError, GenerationEvent, GenerationRequest, Message,
    ModelDescription, Prompt, PromptReport, Role, ThoughtMarks, Timings, TokenEvent, TokenLogprob, Tool,
    ToolSyntax, Usage,
};
use serde_json::json;

use super::*;
use crate::testing::{FakeLibrary, MODEL, server};
use crate::{ApiError, ErrorKind, Phase, Server, ServerOptions};

const CALL: &str = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";

fn chat() -> Chat {
    Chat::from(vec![Message::new(Role::User, "hi")])
}

fn order() -> Order {
    Order::new(MODEL, GenerationRequest::new(Prompt::Chat(chat())))
}

fn with_tools(choice: ToolChoice) -> Order {
    let parameters = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    let tool = Tool {
        name: "add".to_owned(),
        description: None,
        parameters: parameters.as_object().expect("an object").clone(),
    };
    let chat = Chat { tools: vec![tool], ..chat() };
    Order { tool_choice: choice, ..Order::new(MODEL, GenerationRequest::new(Prompt::Chat(chat))) }
}

fn thinking(description: &mut ModelDescription) {
    description.thought_marks =
        Some(ThoughtMarks { open: "<think>".to_owned(), close: "</think>".to_owned() });
    description.thought_control.switch = true;
}

/// A server whose model is `generator`, and the generator.
fn server_of(generator: ScriptedGenerator) -> (Arc<Server>, Arc<ScriptedGenerator>) {
    let generator = Arc::new(generator);
    let library = Arc::new(FakeLibrary::default());
    library.add(MODEL, Arc::clone(&generator), 1000);
    (Server::new(library, ServerOptions::default()), generator)
}

async fn answers(server: &Arc<Server>, order: Order) -> Result<Vec<Collected>, ApiError> {
    collect(begin(server, order).await?).await
}

#[tokio::test]
async fn an_answer_comes_piece_by_piece() {
    let server = server(vec![Script::answer(&["Hel", "", "lo"])]);
    let mut answering = begin(&server, order()).await.unwrap();
    assert_eq!((answering.model.id.as_str(), answering.choices(), answering.id.len()), (MODEL, 1, 32));
    let mut pieces = Vec::new();
    while let Some(choice) = answering.next().await {
        let choice = choice.unwrap();
        assert_eq!(choice.index, 0);
        pieces.push(choice.piece);
    }
    let text = |text: &str| Piece::Text { text: text.to_owned(), logprobs: Vec::new() };
    assert!(matches!(&pieces[0], Piece::Started(report) if report.prompt_tokens == 10));
    assert_eq!(pieces[1..3], [text("Hel"), text("lo")]);
    let Piece::Finished { ending, usage, thought_tokens, .. } = &pieces[3] else { panic!("{pieces:?}") };
    assert_eq!(*ending, Ending::Generator(FinishReason::EndOfTurn));
    assert_eq!((usage.completion_tokens, *thought_tokens, pieces.len()), (3, 0, 4));
    assert!(answering.next().await.is_none());
}

#[tokio::test]
async fn thoughts_are_counted_and_told_from_text() {
    let pieces = ["<thi", "nk>\n", "hm", "\n</", "think>", "\n\n", "Yes"];
    let generator = ScriptedGenerator::new(vec![Script::answer(&pieces), Script::thinks_first(&pieces[2..])]);
    let (server, _) = server_of(generator.describe(thinking));
    for thought_tokens in [4, 3] {
        let answer = answers(&server, order()).await.unwrap().remove(0);
        assert_eq!((answer.thought.as_str(), answer.text.as_str()), ("hm", "Yes"));
        assert_eq!(answer.thought_tokens, thought_tokens);
    }
}

#[tokio::test]
async fn calls_are_read_however_they_are_cut() {
    let bare = "{\"name\": \"add\", \"parameters\": {\"a\": 1}}";
    let listed = "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}]";
    for (syntax, written) in
        [(ToolSyntax::Tagged, CALL), (ToolSyntax::Bare, bare), (ToolSyntax::Listed, listed)]
    {
        for length in 1..written.len() {
            let pieces: Vec<&str> =
                written.as_bytes().chunks(length).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
            let generator = ScriptedGenerator::new(vec![Script::answer(&pieces)]);
            let (server, _) = server_of(generator.describe(|description| description.tool_syntax = syntax));
            let answer = answers(&server, with_tools(ToolChoice::Auto)).await.unwrap().remove(0);
            assert_eq!(answer.text, "");
            let [call] = &answer.tool_calls[..] else { panic!("{answer:?}") };
            assert_eq!((call.name.as_str(), call.arguments.as_str()), ("add", "{\"a\": 1}"));
            assert!(call.id.starts_with("call_") && call.id.len() == 29, "{}", call.id);
            assert_eq!(answer.ending, Ending::ToolCalls);
        }
    }
}

fn in_channels(description: &mut ModelDescription) {
    description.thought_marks = ThoughtMarks::in_template("<|channel|>analysis<|message|>");
    description.tool_syntax = ToolSyntax::Channeled;
}

/// Tokens of the harmony format: its marks are one each.
fn harmony_tokens(answer: &str) -> Vec<&str> {
    let mut ends: Vec<usize> = answer.match_indices("<|").map(|(place, _)| place).collect();
    ends.extend(answer.match_indices("|>").map(|(place, _)| place + 2));
    ends.extend(answer.match_indices(' ').map(|(place, _)| place));
    ends.extend([0, answer.len()]);
    ends.sort_unstable();
    ends.dedup();
    ends.windows(2).map(|ends| &answer[ends[0]..ends[1]]).collect()
}

#[tokio::test]
async fn calls_in_channels_are_read_however_they_are_cut() {
    const ARGUMENTS: &str = "{\"a\": 1, \"b\": \"<|\"}";
    let headers = [
        "<|channel|>commentary to=functions.add <|constrain|>json<|message|>",
        "<|channel|>commentary to=functions.add<|message|>",
        " to=functions.add<|channel|>commentary <|constrain|>json<|message|>",
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant to=functions.add<|channel|>commentary json<|message|>",
    ];
    for (header, end) in headers.into_iter().flat_map(|header| ["", "<|call|>"].map(|end| (header, end))) {
        let written = format!("{header}{ARGUMENTS}{end}");
        let by_length = (1..written.len()).map(|length| {
            let pieces = written.as_bytes().chunks(length);
            pieces.map(|piece| std::str::from_utf8(piece).unwrap()).collect()
        });
        for pieces in by_length.chain([harmony_tokens(&written)]) {
            let (server, _) =
                server_of(ScriptedGenerator::new(vec![Script::answer(&pieces)]).describe(in_channels));
            let answer = answers(&server, with_tools(ToolChoice::Auto)).await.unwrap().remove(0);
            assert_eq!(answer.text, "", "{pieces:?}");
            assert_eq!(answer.thought, if header.contains("Hm.") { "Hm." } else { "" });
            let [call] = &answer.tool_calls[..] else { panic!("{answer:?}") };
            assert_eq!((call.name.as_str(), call.arguments.as_str()), ("add", ARGUMENTS));
            assert_eq!(answer.ending, Ending::ToolCalls);
        }
    }
}

#[tokio::test]
async fn what_stands_around_calls_in_channels_is_text() {
    let preamble = "<|channel|>commentary<|message|>I add.<|end|><|start|>assistant";
    let header = "<|channel|>commentary to=functions.add <|constrain|>json<|message|>";
    let other = "<|channel|>commentary to=functions.sub <|constrain|>json<|message|>{}";
    let cases = [
        (format!("{preamble}{header}{{}}"), "I add.", 1, 2),
        (format!("{header}{{}}<|end|><|start|>assistant{header}{{}}"), "", 2, 0),
        (format!("{header}{{}}<|call|><|start|>assistant<|channel|>final<|message|>So, 1."), "So, 1.", 1, 2),
        (format!("{preamble}{other}"), "I add.{}", 0, 3),
        // What the model ends in the middle of a header.
        (format!("{preamble}<|channel|>commentary to=functions.a"), "I add.", 0, 2),
    ];
    for (written, text, calls, logprobs) in cases {
        let end = GenerationEvent::Finished {
            reason: FinishReason::EndOfTurn,
            usage: Usage::default(),
            timings: Timings::default(),
        };
        let tokens = harmony_tokens(&written).into_iter().map(token);
        let events =
            [GenerationEvent::Started(PromptReport::default())].into_iter().chain(tokens).chain([end]);
        let generator = ScriptedGenerator::new(vec![Script::events(events.map(Ok))]);
        let (server, _) = server_of(generator.describe(in_channels));
        let answer = answers(&server, with_tools(ToolChoice::Auto)).await.unwrap().remove(0);
        assert_eq!((answer.text.as_str(), answer.tool_calls.len()), (text, calls), "{written}");
        assert_eq!(answer.logprobs.len(), logprobs, "{written}");
    }
    // Where there are no tools, nothing is called, and no mark is shown.
    let written = format!("{preamble}{header}{{\"a\": 1}}");
    let (server, _) =
        server_of(ScriptedGenerator::new(vec![Script::answer(&[&written])]).describe(in_channels));
    assert_eq!(answers(&server, order()).await.unwrap().remove(0).text, "I add.{\"a\": 1}");
}

#[tokio::test]
async fn calls_are_numbered_and_have_ids_of_their_own() {
    let two = format!("I add.\n{CALL}\n{CALL}");
    let server = server(vec![Script::answer(&["<think>", &two])]);
    let answer = answers(&server, with_tools(ToolChoice::Required)).await.unwrap().remove(0);
    assert_eq!(answer.text, "<think>I add.");
    let [one, two] = &answer.tool_calls[..] else { panic!("{answer:?}") };
    assert_ne!(one.id, two.id);
    assert_eq!(one.arguments, two.arguments);
}

#[tokio::test]
async fn the_model_is_held_to_what_may_be_called() {
    let scripts = || vec![Script::answer(&[CALL])];
    for (choice, calls) in [
        (ToolChoice::Auto, 1),
        (ToolChoice::Required, 1),
        (ToolChoice::Function("add".to_owned()), 1),
        (ToolChoice::None, 0),
    ] {
        let (server, generator) = server_of(ScriptedGenerator::new(scripts()));
        let answer = answers(&server, with_tools(choice.clone())).await.unwrap().remove(0);
        assert_eq!(answer.tool_calls.len(), calls);
        let request = generator.requests().remove(0);
        let Some(Constraint::Lark(grammar)) = request.constraint else { panic!("{choice:?}: no grammar") };
        assert_eq!(grammar.contains(r#"\"add\""#), calls == 1, "{grammar}");
        assert!(matches!(request.prompt, Prompt::Chat(chat) if chat.tools.len() == 1));
    }
    let (server, generator) = server_of(ScriptedGenerator::new(vec![Script::answer(&["{}"])]));
    let mut json = with_tools(ToolChoice::None);
    json.request.constraint = Some(Constraint::JsonObject);
    answers(&server, json).await.unwrap();
    assert_eq!(generator.requests()[0].constraint, Some(Constraint::JsonObject));
}

#[tokio::test]
async fn tools_that_make_no_sense_are_refused() {
    let server = server(vec![]);
    let error = async |order| begin(&server, order).await.unwrap_err();
    let unknown = error(with_tools(ToolChoice::Function("sub".to_owned()))).await;
    assert_eq!((unknown.kind, unknown.field.as_deref()), (ErrorKind::Invalid, Some("tool_choice")));
    let none = error(Order { tool_choice: ToolChoice::Required, ..order() }).await;
    assert!(none.message.contains("there are no `tools`"), "{none}");
    let mut grammar = with_tools(ToolChoice::Auto);
    grammar.request.constraint = Some(Constraint::Regex("a".to_owned()));
    assert_eq!(error(grammar).await.kind, ErrorKind::Unsupported);
    let refusal = GenerationError::Constraint { kind: "Lark grammar", problem: "too large".to_owned() };
    let (server, _) = server_of(ScriptedGenerator::new(vec![Script::refused(refusal)]));
    let refused = begin(&server, with_tools(ToolChoice::Auto)).await.unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Invalid, Some("tools")));
    let refusal = GenerationError::Constraint { kind: "Lark grammar", problem: "too complex".to_owned() };
    let (server, _) = server_of(ScriptedGenerator::new(vec![Script::breaks_after(&["a"], refusal)]));
    let failed = answers(&server, with_tools(ToolChoice::Auto)).await.unwrap_err();
    assert_eq!(failed.field.as_deref(), Some("tools"));
    assert!(failed.message.ends_with("too complex") && !failed.message.contains("Lark"), "{failed}");
}

#[tokio::test]
async fn who_comes_while_grammars_are_compiled_may_come_again() {
    let busy =
        begin(&server(vec![Script::refused(GenerationError::CompilersBusy)]), order()).await.unwrap_err();
    assert_eq!((busy.kind, busy.field.as_deref()), (ErrorKind::Busy, None));
    assert!(busy.retry_after.is_some());
}

#[tokio::test]
async fn what_a_generator_refuses_is_named_as_the_client_names_it() {
    let invalid = |field| GenerationError::InvalidRequest { field, problem: "is wrong".to_owned() };
    let schema = GenerationError::Constraint { kind: "JSON Schema", problem: "it is empty".to_owned() };
    let overflow = || GenerationError::ContextOverflow { prompt_tokens: 9, context_tokens: 8 };
    for (refusal, prompt, field) in [
        (GenerationError::EmptyPrompt, None, "messages"),
        (overflow(), None, "messages"),
        (overflow(), Some("input"), "input"),
    ] {
        let fields = FieldNames { prompt, ..FieldNames::default() };
        let refused =
            begin(&server(vec![Script::refused(refusal)]), Order { fields, ..order() }).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let text = || Order::new(MODEL, GenerationRequest::new(Prompt::Text(String::new())));
    let fields = FieldNames { prompt_index: Some(1), ..FieldNames::default() };
    for (refusal, order, field, said) in [
        (GenerationError::EmptyPrompt, text(), "prompt", "`prompt` is empty; give at least one token"),
        (GenerationError::EmptyPrompt, Order { fields, ..text() }, "prompt[1]", "`prompt[1]` is empty"),
        (overflow(), Order { fields, ..text() }, "prompt[1]", "`prompt[1]`: the prompt has"),
        (invalid("prompt"), Order { fields, ..text() }, "prompt[1]", "`prompt[1]` is wrong"),
    ] {
        let refused = begin(&server(vec![Script::refused(refusal)]), order).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field));
        assert!(refused.message.contains(said), "{refused}");
    }
    // Thoughts are asked of models that have some.
    let thoughts = Some(ThoughtWish::new("reasoning_effort", true));
    let fields = FieldNames { thoughts, ..FieldNames::default() };
    let refused = begin(&server(vec![]), Order { fields, ..order() }).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("reasoning_effort"));
    for (refusal, field, said) in [
        (schema, "format", "`format` can't be used as a JSON Schema: it is empty"),
        (invalid("response_format"), "format", "`format` is wrong"),
        (invalid("stop"), "options.stop", "`options.stop` is wrong"),
        (invalid("logprobs"), "logprobs", "`logprobs` is wrong"),
    ] {
        let fields = FieldNames { constraint: "format", stop: "options.stop", ..FieldNames::default() };
        let refused = server(vec![Script::refused(refusal)]);
        let refused = begin(&refused, Order { fields, ..order() }).await.unwrap_err();
        assert_eq!((refused.field.as_deref(), refused.message.as_str()), (Some(field), said));
    }
}

#[tokio::test]
async fn a_wrong_schema_among_tools_is_named() {
    let tool = |name: &str, field: &str| Tool {
        name: name.to_owned(),
        description: None,
        parameters: json!({"properties": {field: {}}}).as_object().unwrap().clone(),
    };
    let order = |choice, strict: &[&str]| {
        let chat = Chat { tools: vec![tool("fine", "a"), tool("odd", "not"), tool("bad", "b")], ..chat() };
        let fields = FieldNames { tool_schema: "input_schema", ..FieldNames::default() };
        let strict_tools = strict.iter().map(ToString::to_string).collect();
        let request = GenerationRequest::new(Prompt::Chat(chat));
        Order { fields, tool_choice: choice, strict_tools, ..Order::new(MODEL, request) }
    };
    let checked = |bad: &'static str| {
        let refusal = GenerationError::Constraint { kind: "Lark grammar", problem: "call_0: secret".into() };
        let generator = ScriptedGenerator::new(vec![Script::refused(refusal)]);
        let (server, _) = server_of(generator.checking_schemas(move |schema, unenforceable| {
            let has = |name: &str| schema.pointer(&format!("/properties/{name}")).is_some();
            let wrong = has(bad) || (has("not") && unenforceable == Unenforceable::Refused);
            wrong.then(|| "at `#/properties`: no".to_owned())
        }));
        server
    };
    for (server, order, field) in [
        (checked("b"), order(ToolChoice::Auto, &[]), "tools[2].input_schema"),
        (checked("b"), order(ToolChoice::Function("bad".into()), &[]), "tools[2].input_schema"),
        (checked("b"), order(ToolChoice::Required, &["odd"]), "tools[1].input_schema"),
    ] {
        let error = begin(&server, order).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field), "{error}");
        assert!(error.message.ends_with("can't be used as a JSON Schema: at `#/properties`: no"), "{error}");
    }
    // All of them are fine by themselves.
    let error = begin(&checked("none"), order(ToolChoice::Auto, &[])).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("tools"));
    assert!(!error.message.contains("call_0"), "{error}");
    // The format beside them is wrong.
    let mut with_format = order(ToolChoice::Auto, &[]);
    with_format.request.constraint = Some(Constraint::JsonSchema(json!({"properties": {"z": {}}})));
    let error = begin(&checked("z"), with_format).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("response_format"), "{error}");
}

#[tokio::test]
async fn a_call_that_is_cut_off_is_no_ending() {
    let cut = &CALL[..CALL.len() - 20];
    let script = Script::ends_with(&[cut], FinishReason::MaxTokens, 0);
    let answer = answers(&server(vec![script]), with_tools(ToolChoice::Auto)).await.unwrap().remove(0);
    assert_eq!(answer.tool_calls.len(), 1);
    assert_eq!(answer.ending, Ending::Generator(FinishReason::MaxTokens));
    let stopped = Script::ends_with(&[CALL], FinishReason::StopText("x".to_owned()), 0);
    let answer = answers(&server(vec![stopped]), with_tools(ToolChoice::Auto)).await.unwrap().remove(0);
    assert_eq!(answer.ending, Ending::ToolCalls);
}

#[tokio::test]
async fn the_beginning_of_a_call_that_is_cut_off_is_not_shown() {
    let second = format!("{CALL}\n<tool_call>\n{{\"name\": \"add\",");
    for (written, calls) in [("<tool_call>\n", 0), ("<tool_call>\n{\"name\"", 0), (second.as_str(), 1)] {
        let script = Script::ends_with(&[written], FinishReason::MaxTokens, 0);
        let order = with_tools(ToolChoice::Required);
        let answer = answers(&server(vec![script]), order).await.unwrap().remove(0);
        assert_eq!((answer.text.as_str(), answer.tool_calls.len()), ("", calls), "{written}");
        assert_eq!(answer.ending, Ending::Generator(FinishReason::MaxTokens));
    }
    // Nor are its tokens.
    let script = Script::events(
        [
            GenerationEvent::Started(PromptReport::default()),
            token("<tool_call>\n{"),
            GenerationEvent::Finished {
                reason: FinishReason::MaxTokens,
                usage: Usage::default(),
                timings: Timings::default(),
            },
        ]
        .map(Ok),
    );
    let answer = answers(&server(vec![script]), with_tools(ToolChoice::Required)).await.unwrap().remove(0);
    assert_eq!(answer.logprobs, []);
}

#[tokio::test]
async fn the_marks_of_calls_have_no_logprobs() {
    let bare = "{\"name\": \"add\", \"parameters\": {\"a\": 1}}";
    let listed = "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}]";
    let twice = format!("{CALL}\n{CALL}\n");
    for (syntax, written) in [
        (ToolSyntax::Tagged, CALL),
        (ToolSyntax::Tagged, &*twice),
        (ToolSyntax::Bare, bare),
        (ToolSyntax::Listed, listed),
    ] {
        for (before, length) in
            ["", "So: "].into_iter().flat_map(|before| (1..20).map(move |length| (before, length)))
        {
            if syntax == ToolSyntax::Bare && !before.is_empty() {
                continue;
            }
            let pieces = written.as_bytes().chunks(length).map(|piece| std::str::from_utf8(piece).unwrap());
            // The end of the turn is a token, too.
            let tokens = before.split_inclusive(' ').chain(pieces).chain([""]).map(token);
            let end = GenerationEvent::Finished {
                reason: FinishReason::EndOfTurn,
                usage: Usage::default(),
                timings: Timings::default(),
            };
            let events =
                [GenerationEvent::Started(PromptReport::default())].into_iter().chain(tokens).chain([end]);
            let generator = ScriptedGenerator::new(vec![Script::events(events.map(Ok))]);
            let (server, _) = server_of(generator.describe(|description| description.tool_syntax = syntax));
            let answer = answers(&server, with_tools(ToolChoice::Auto)).await.unwrap().remove(0);
            assert!(!answer.tool_calls.is_empty(), "{answer:?}");
            assert_eq!(
                answer.logprobs.len(),
                before.split_inclusive(' ').count(),
                "{before}{written} by {length}"
            );
        }
    }
}

#[tokio::test]
async fn tokens_in_which_a_stop_text_begins_have_no_logprobs() {
    let token = |text: &str, withheld| match token(text) {
        GenerationEvent::Token(token) => GenerationEvent::Token(TokenEvent { withheld, ..token }),
        other => other,
    };
    let run = async |tokens: Vec<GenerationEvent>, reason| {
        let end = GenerationEvent::Finished { reason, usage: Usage::default(), timings: Timings::default() };
        let events =
            [GenerationEvent::Started(PromptReport::default())].into_iter().chain(tokens).chain([end]);
        let server = server(vec![Script::events(events.map(Ok))]);
        let answer = answers(&server, order()).await.unwrap().remove(0);
        (answer.text, answer.logprobs.len())
    };
    let stop = || FinishReason::StopText("in".to_owned());
    assert_eq!(run(vec![token("fruit", 0), token(" ", 1)], stop()).await, ("fruit ".to_owned(), 1));
    let across = vec![token("fruit", 0), token(" ", 1), token("", 2)];
    assert_eq!(run(across, stop()).await, ("fruit ".to_owned(), 1));
    let later = vec![token("a", 1), token("i b", 1), token("it", 0)];
    assert_eq!(run(later, FinishReason::EndOfTurn).await, ("ai bit".to_owned(), 3));
    let end = vec![token("a", 0), token("", 1)];
    assert_eq!(run(end, FinishReason::MaxTokens).await, ("a".to_owned(), 2));
}

fn token(text: &str) -> GenerationEvent {
    let logprob = Some(TokenLogprob { chosen: -0.5, top: Vec::new() });
    GenerationEvent::Token(TokenEvent { id: 60, text: text.to_owned(), logprob, withheld: 0 })
}

#[tokio::test]
async fn stop_texts_are_looked_for_in_words_and_not_in_calls() {
    let stopping_at = |stops: &[&str], choice| {
        let mut order = with_tools(choice);
        order.request.stop = stops.iter().map(ToString::to_string).collect();
        order
    };
    let (server, generator) = server_of(ScriptedGenerator::new(vec![Script::answer(&["I add.\n", CALL])]));
    let order = stopping_at(&["\n", "add\"", "1"], ToolChoice::Auto);
    let answer = answers(&server, order).await.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.tool_calls.len()), ("I add.", 1));
    assert_eq!((answer.tool_calls[0].arguments.as_str(), answer.ending), ("{\"a\": 1}", Ending::ToolCalls));
    assert_eq!(generator.requests()[0].stop, [] as [&str; 0]);

    // In words they end the answer at once, and what was counted until then is told.
    let (script, mut hand) = Script::by_hand();
    let server = self::server(vec![script]);
    hand.start();
    for text in ["one", "\n", "two ", CALL] {
        hand.token(text);
    }
    let answer = answers(&server, stopping_at(&["\n"], ToolChoice::Auto)).await.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.tool_calls.len()), ("one", 0));
    assert_eq!(answer.ending, Ending::Generator(FinishReason::StopText("\n".to_owned())));
    assert_eq!((answer.usage.prompt_tokens, answer.usage.completion_tokens), (10, 3));
    assert!(hand.is_hung_up());

    // Also where the end alone shows that it is one, and where no call may come.
    let scripts = vec![Script::answer(&["one\n"]), Script::answer(&["one"])];
    let (server, generator) = server_of(ScriptedGenerator::new(scripts));
    let answer = answers(&server, stopping_at(&["\n"], ToolChoice::Auto)).await.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.usage.completion_tokens), ("one", 1));
    assert_eq!(answer.ending, Ending::Generator(FinishReason::StopText("\n".to_owned())));
    answers(&server, stopping_at(&["\n"], ToolChoice::None)).await.unwrap();
    assert_eq!(generator.requests()[1].stop, ["\n"]);
    let empty = begin(&server, stopping_at(&[""], ToolChoice::Auto)).await.unwrap_err();
    assert_eq!(empty.field.as_deref(), Some("stop"));
}

/// The marks of thoughts, the headers of channels, and what is thought are none of an answer's words.
#[tokio::test]
async fn stop_texts_are_looked_for_in_words_and_not_in_marks() {
    type Describe = fn(&mut ModelDescription);
    let answers_of: [(&str, Describe); 2] = [
        ("<think>\nI think done\n\nso\n</think>\n\nHello there, done.", thinking),
        (
            "<|channel|>analysis<|message|>I think done\n\nso<|end|><|start|>assistant<|channel|>final<|message|>Hello there, done.",
            in_channels,
        ),
    ];
    let none =
        ["analysis", "assistant", "final", "<|end|>", "<|message|>", "<|", "think", "</think>", "\n\n", "so"];
    let cases = none.map(|stop| (stop, "Hello there, done.")).into_iter();
    for (stop, text) in cases.chain([("done", "Hello there, "), ("Hello", ""), ("re, d", "Hello the")]) {
        for (answer, describe) in answers_of {
            let whole = vec![answer];
            let letters: Vec<_> = answer.split_inclusive(|_| true).collect();
            for pieces in [whole, letters] {
                let generator = ScriptedGenerator::new(vec![Script::answer(&pieces)]);
                let (server, generator) = server_of(generator.describe(describe));
                let mut order = order();
                order.request.stop = vec![stop.to_owned()];
                let answer = answers(&server, order).await.unwrap().remove(0);
                assert_eq!(
                    (answer.thought.as_str(), answer.text.as_str()),
                    ("I think done\n\nso", text),
                    "{stop}"
                );
                let is_stopped = matches!(answer.ending, Ending::Generator(FinishReason::StopText(_)));
                assert_eq!(is_stopped, text != "Hello there, done.", "{stop}");
                assert_eq!(generator.requests()[0].stop, [] as [&str; 0]);
            }
        }
    }
}

#[tokio::test]
async fn several_answers_come_side_by_side() {
    let (scripts, mut hands): (Vec<_>, Vec<_>) = (0..3).map(|_| Script::by_hand()).unzip();
    let (server, generator) = server_of(ScriptedGenerator::new(scripts));
    let mut order = Order { choices: 3, ..order() };
    order.request.sampling.seed = Some(u64::MAX);
    let mut answering = begin(&server, order).await.unwrap();
    for (index, hand) in hands.iter_mut().enumerate() {
        hand.start();
        assert_eq!(answering.next().await.unwrap().unwrap().index, index);
    }
    let seeds: Vec<_> = generator.requests().iter().map(|request| request.sampling.seed.unwrap()).collect();
    // Who counts seeds up gets other answers, too.
    assert!(seeds[0] == u64::MAX && seeds[1] != 0 && seeds[2] != 1 && seeds[1] != seeds[2], "{seeds:?}");
    // The last one answers first.
    for index in [2, 0, 1] {
        hands[index].token("x");
        assert_eq!(answering.next().await.unwrap().unwrap().index, index);
    }
    hands.iter_mut().for_each(abide_generation::scripted::Hand::finish);
    let answers = collect(answering).await.unwrap();
    assert_eq!(answers.len(), 3);
    assert!(answers.iter().all(|answer| answer.usage.completion_tokens == 1));
    let too_many = begin(&server, Order { choices: 129, ..self::order() }).await.unwrap_err();
    assert_eq!(too_many.field.as_deref(), Some("n"));
}

#[tokio::test(start_paused = true)]
async fn few_of_many_answers_wait_for_the_model_at_a_time() {
    let (scripts, mut hands): (Vec<_>, Vec<_>) = (0..5).map(|_| Script::by_hand()).unzip();
    let (server, generator) = server_of(ScriptedGenerator::new(scripts));
    let mut answering = begin(&server, Order { choices: 5, ..order() }).await.unwrap();
    for (started, hand) in hands.iter_mut().enumerate() {
        let nothing = tokio::time::timeout(Duration::from_millis(10), answering.next()).await;
        assert!(nothing.is_err());
        assert_eq!(generator.requests().len(), (started + 2).min(5));
        hand.start();
        assert_eq!(answering.next().await.unwrap().unwrap().index, started);
    }
    hands.iter_mut().for_each(abide_generation::scripted::Hand::finish);
    assert_eq!(collect(answering).await.unwrap().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn answers_that_find_the_queue_full_are_begun_later() {
    let full = || Script::refused(GenerationError::QueueFull { waiting: 64 });
    let scripts = vec![Script::answer(&["a"]), full(), full(), Script::answer(&["b"])];
    let answers = answers(&server(scripts), Order { choices: 2, ..order() }).await.unwrap();
    assert_eq!((answers[0].text.as_str(), answers[1].text.as_str()), ("a", "b"));
    // A request none of whose answers was begun may as well come again.
    let refused = begin(&server(vec![full()]), Order { choices: 2, ..order() }).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Busy);
    let failing = Script::refused(GenerationError::EmptyPrompt);
    let scripts = vec![Script::answer(&["a"]), failing];
    let failed = self::answers(&server(scripts), Order { choices: 2, ..order() }).await.unwrap_err();
    assert_eq!(failed.kind, ErrorKind::Invalid);
}

#[tokio::test]
async fn without_a_seed_each_answer_draws_its_own() {
    let (server, generator) =
        server_of(ScriptedGenerator::new(vec![Script::answer(&["a"]), Script::answer(&["b"])]));
    let answers = answers(&server, Order { choices: 2, ..order() }).await.unwrap();
    assert_eq!((answers[0].text.as_str(), answers[1].text.as_str()), ("a", "b"));
    assert!(generator.requests().iter().all(|request| request.sampling.seed.is_none()));
}

#[tokio::test]
async fn hanging_up_cancels_all_answers() {
    let (scripts, mut hands): (Vec<_>, Vec<_>) = (0..2).map(|_| Script::by_hand()).unzip();
    let server = server(scripts);
    let mut answering = begin(&server, Order { choices: 2, ..order() }).await.unwrap();
    hands[0].start();
    answering.next().await.unwrap().unwrap();
    assert!(!hands[0].is_hung_up());
    drop(answering);
    for hand in hands {
        hand.hung_up().await;
    }
    assert!(server.metrics.encode(&[]).contains("abide_prompt_tokens_total 10"));
}

#[tokio::test]
async fn one_failure_ends_all_answers() {
    let (hanging, hand) = Script::by_hand();
    let failing = Script::breaks_after(&["a"], GenerationError::Stopped);
    let error = answers(&server(vec![failing, hanging]), Order { choices: 2, ..order() }).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    hand.hung_up().await;
    let closed = answers(&server(vec![Script::closes_after(&["a"])]), order()).await.unwrap_err();
    assert_eq!(closed.kind, ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn answers_end_at_their_deadline() {
    let (script, mut hand) = Script::by_hand();
    let library = FakeLibrary::with(ScriptedGenerator::new(vec![script]));
    let options = ServerOptions { deadline: Some(Duration::from_secs(30)), ..ServerOptions::default() };
    let server = Server::new(library, options);
    let mut answering = begin(&server, order()).await.unwrap();
    hand.start();
    assert!(answering.next().await.unwrap().is_ok());
    let error = answering.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::DeadlineExceeded);
    assert!(error.message.contains("30 seconds"), "{error}");
    assert!(hand.is_hung_up());
    assert!(answering.next().await.is_none());
}

#[tokio::test]
async fn answers_end_when_the_server_stops() {
    let (script, hand) = Script::by_hand();
    let server = server(vec![script]);
    let mut answering = begin(&server, order()).await.unwrap();
    server.enter(Phase::Stopping);
    assert_eq!(answering.next().await.unwrap().unwrap_err().kind, ErrorKind::Unavailable);
    assert!(hand.is_hung_up());
    assert_eq!(begin(&server, order()).await.unwrap_err().kind, ErrorKind::Unavailable);
}

#[tokio::test]
async fn log_probabilities_come_with_the_text_they_belong_to() {
    let script = Script::with_logprobs(&[
        ("<think>", -0.1),
        ("a", -0.2),
        ("</think>", -0.3),
        ("b", -0.5),
        ("c", -1.5),
    ]);
    let (server, _) = server_of(ScriptedGenerator::new(vec![script]).describe(thinking));
    let answer = answers(&server, order()).await.unwrap().remove(0);
    assert_eq!((answer.thought.as_str(), answer.text.as_str()), ("a", "bc"));
    let logprob = |text: &str, logprob: f32| {
        let token = u32::from(text.as_bytes()[0]);
        let top = vec![(token, text.into(), logprob), (33, "!".into(), logprob - 1.0)];
        PieceLogprob { token, text: text.into(), logprob, top }
    };
    assert_eq!(answer.logprobs, [logprob("b", -0.5), logprob("c", -1.5)]);
    // Those of text that waits for more come with it, or at the end.
    let script = Script::with_logprobs(&[("<", -0.1), ("t", -0.2), ("x", -0.3), ("<", -0.4)]);
    let (server, _) = server_of(ScriptedGenerator::new(vec![script]).describe(thinking));
    let answer = answers(&server, order()).await.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.logprobs.len()), ("<tx<", 4));
    // Those of a stop text's tokens belong to nothing.
    let events = [("a", Some(-0.1)), ("", Some(-0.2)), ("", None)].map(|(text, chosen)| {
        let logprob = chosen.map(|chosen| TokenLogprob { chosen, top: Vec::new() });
        GenerationEvent::Token(TokenEvent { id: 60, text: text.to_owned(), logprob, withheld: 0 })
    });
    let end = GenerationEvent::Finished {
        reason: FinishReason::StopText("bc".to_owned()),
        usage: Usage::default(),
        timings: Timings::default(),
    };
    let begun = GenerationEvent::Started(PromptReport::default());
    let script = Script::events([begun].into_iter().chain(events).chain([end]).map(Ok));
    let (server, _) = server_of(ScriptedGenerator::new(vec![script]));
    let answer = answers(&server, order()).await.unwrap().remove(0);
    assert_eq!((answer.text.as_str(), answer.logprobs.len()), ("a", 1));
}

#[tokio::test]
async fn answers_are_counted() {
    let server = server(vec![Script::answer(&["a", "b", "c"])]);
    let answering = begin(&server, order()).await.unwrap();
    assert!(server.metrics.encode(&[]).contains("abide_answers_waiting 1"));
    collect(answering).await.unwrap();
    let counted = server.metrics.encode(&server.registry.loaded());
    for line in [
        "abide_answers_waiting 0",
        "abide_answers_running 0",
        "abide_prompt_tokens_total 10",
        "abide_prompt_tokens_cached_total 4",
        "abide_completion_tokens_total 3",
        "abide_time_to_first_token_seconds_count 1",
        "abide_time_between_tokens_seconds_count 2",
        "abide_model_loads_total 1",
        "abide_model_memory_bytes{model=\"scripted\"} 1000",
    ] {
        assert!(counted.lines().any(|counted| counted == line), "{line} is not in\n{counted}");
    }
}
