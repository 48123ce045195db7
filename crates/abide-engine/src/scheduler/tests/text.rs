//! What an answer says and how it ends; which prompts fit.

use super::*;
use crate::scheduler::EngineOptions;

fn scripted(answer: &'static [u8]) -> crate::scheduler::Engine {
    engine(ScriptedModel::new(writes(answer)), EngineOptions::default())
}

fn answer(engine: &impl Generator, request: GenerationRequest) -> Answered {
    read(engine.generate(request).unwrap()).unwrap()
}

#[test]
fn model_ends_its_turn() {
    let answered = answer(&scripted(b"hi"), request("say hi|"));
    assert_eq!(answered.pieces, ["h", "i", ""]);
    assert_eq!(answered.tokens, [u32::from(b'h'), u32::from(b'i'), END]);
    assert_eq!(answered.reason, FinishReason::EndOfTurn);
    assert_eq!(answered.report, PromptReport { prompt_tokens: 8, ..PromptReport::default() });
    let go_on = GenerationRequest { ignore_eos: true, max_tokens: Some(6), ..request("say hi|") };
    let answered = answer(&scripted(b"hi"), go_on);
    assert_eq!((answered.tokens.len(), answered.reason), (6, FinishReason::MaxTokens));
}

#[test]
fn stop_text_across_tokens_never_leaks() {
    let stops = vec!["never".to_owned(), "\nuser:".to_owned()];
    let stopping = |answer_text| {
        answer(&scripted(answer_text), GenerationRequest { stop: stops.clone(), ..request("q|") })
    };
    let answered = stopping(b"a\nuse\nuser:b");
    assert_eq!(answered.text(), "a\nuse");
    assert_eq!(answered.reason, FinishReason::StopText("\nuser:".into()));
    assert_eq!(answered.pieces[..6], ["a", "", "", "", "", "\nuse"]);
    let answered = stopping(b"the end\nuser");
    assert_eq!(answered.text(), "the end\nuser", "what was held back comes with the end");
    assert_eq!(answered.reason, FinishReason::EndOfTurn);
    let capped = GenerationRequest { stop: stops.clone(), max_tokens: Some(4), ..request("q|") };
    let answered = answer(&scripted(b"ab\nuser"), capped);
    assert_eq!((answered.text().as_str(), answered.reason), ("ab\nu", FinishReason::MaxTokens));
}

#[test]
fn characters_come_whole() {
    let answered = answer(&scripted("a→é🦀".as_bytes()), request("q|"));
    assert_eq!(answered.text(), "a→é🦀");
    assert_eq!(answered.pieces, ["a", "", "", "→", "", "é", "", "", "", "🦀", ""]);
    let answered = answer(&scripted(b"a\xf0\x9f"), request("q|"));
    assert_eq!(answered.text(), "a\u{fffd}", "a broken end is shown, not lost");
    let stop = GenerationRequest { stop: vec!["→".into()], ..request("q|") };
    assert_eq!(answer(&scripted("a→é".as_bytes()), stop).text(), "a");
}

#[test]
fn logprobs_are_the_models_own() {
    let wanted = GenerationRequest { logprobs: Some(2), ..request("q|") };
    let answered = answer(&scripted(b"x"), wanted);
    let logprob = answered.logprobs[0].as_ref().unwrap();
    let expected = 20.0 - (20_f64.exp() + 257.0).ln();
    assert!((f64::from(logprob.chosen) - expected).abs() < 1e-6);
    assert_eq!(logprob.top[0], (u32::from(b'x'), logprob.chosen));
    assert_eq!(logprob.top.len(), 2);
    assert!(answer(&scripted(b"x"), request("q|")).logprobs.iter().all(Option::is_none));
}

#[test]
fn what_ends_an_answer_has_no_logprobs() {
    let wanted = |stop: &[&str]| GenerationRequest {
        logprobs: Some(1),
        stop: stop.iter().map(ToString::to_string).collect(),
        ..request("q|")
    };
    let told = |answer_text, stop: &[&str]| -> Vec<bool> {
        answer(&scripted(answer_text), wanted(stop)).logprobs.iter().map(Option::is_some).collect()
    };
    assert_eq!(told(b"ab", &[]), [true, true, false], "the end of the turn");
    assert_eq!(told(b"abc", &["b"]), [true, false]);
    // Who wants pieces sees the others of a stop text as tokens without text, and leaves them out.
    assert_eq!(told(b"abc", &["bc"]), [true, true, false]);
}

#[test]
fn it_is_told_which_tokens_have_text_that_is_held_back() {
    let withheld = |answer_text, stop: &str| {
        answer(&scripted(answer_text), GenerationRequest { stop: vec![stop.to_owned()], ..request("q|") })
            .withheld
    };
    assert_eq!(withheld(b"abxcd", "bc"), [0, 1, 0, 0, 0, 0], "it was none, and the turn ends");
    assert_eq!(withheld(b"abcd", "bc"), [0, 1, 2]);
    assert_eq!(withheld(b"ababac", "abac"), [1, 2, 3, 2, 3, 4], "begun twice");
    assert_eq!(withheld("a→b".as_bytes(), "→"), [0, 1, 2, 3], "a character of several tokens");
    assert_eq!(withheld(b"ab", "bc"), [0, 1, 0]);
}

#[test]
fn nothing_but_the_prompt_is_computed_for_zero_tokens() {
    let engine = scripted(b"long answer");
    let warm = answer(&engine, GenerationRequest { max_tokens: Some(0), ..request("a prompt|") });
    assert_eq!((warm.tokens.len(), warm.reason), (0, FinishReason::MaxTokens));
    assert_eq!(answer(&engine, request("a prompt|")).report.cached_tokens, 9);
}

#[test]
fn context_ends_the_answer_and_says_so() {
    let model = ScriptedModel::new(writes(b"0123456789abcdef")).context(12);
    let engine = engine(model, EngineOptions::default());
    let answered = answer(&engine, request("12345|"));
    assert_eq!((answered.text().as_str(), answered.reason), ("01234", FinishReason::ContextFull));
    for (prompt, tokens) in [("1234567890|", 12), ("12345678901234567890|", 22)] {
        match engine.generate(request(prompt)) {
            Err(GenerationError::ContextOverflow { prompt_tokens, context_tokens: 12 }) => {
                assert_eq!(prompt_tokens, tokens);
            }
            other => panic!("{other:?}"),
        }
    }
    let drop_text =
        GenerationRequest { context_overflow: ContextOverflow::DropOldest, ..request("1234567890|") };
    assert!(matches!(engine.generate(drop_text), Err(GenerationError::ContextOverflow { .. })));
}

fn conversation(turns: usize) -> Vec<Message> {
    let system = Message::new(Role::System, "be kind");
    let turns = (0..turns).map(|turn| {
        let role = if turn % 2 == 0 { Role::User } else { Role::Assistant };
        Message::new(role, format!("message {turn}"))
    });
    std::iter::once(system).chain(turns).collect()
}

#[test]
fn oldest_messages_go_where_the_caller_chose_so() {
    let model = ScriptedModel::new(writes(b"ok")).context(128);
    let engine = engine(model, EngineOptions::default());
    let chat = |turns, context_overflow| GenerationRequest {
        context_overflow,
        max_tokens: Some(20),
        prompt: Prompt::Chat(conversation(turns).into()),
        ..request("")
    };
    assert!(matches!(
        engine.generate(chat(9, ContextOverflow::Error)),
        Err(GenerationError::ContextOverflow { context_tokens: 128, .. })
    ));
    let answered = answer(&engine, chat(9, ContextOverflow::DropOldest));
    // 17 for the beginning and the system's line, 1 for the bar; 15 and 20 for a turn. Within 108
    // there is room for the last five turns; what is kept begins with the user.
    assert_eq!(answered.report.dropped_messages, 4);
    let kept: Vec<_> =
        conversation(9).into_iter().filter(|message| !"0123".contains(last(message))).collect();
    let rendered = engine.render(&kept.into()).unwrap();
    assert_eq!(answered.report.prompt_tokens, rendered.len() + 1);
    assert_eq!(answer(&engine, chat(3, ContextOverflow::DropOldest)).report.dropped_messages, 0);
    let huge = vec![Message::new(Role::System, "x".repeat(200)), Message::new(Role::User, "hello")];
    let huge = GenerationRequest {
        context_overflow: ContextOverflow::DropOldest,
        prompt: Prompt::Chat(huge.into()),
        ..request("")
    };
    assert!(matches!(engine.generate(huge), Err(GenerationError::ContextOverflow { .. })));
}

/// Calls and their results leave together, and what stays begins with a question.
#[test]
fn no_result_stays_without_its_call() {
    let model = ScriptedModel::new(writes(b"ok")).context(100);
    let engine = engine(model, EngineOptions::default());
    let said = |role, content: &str| Message::new(role, content);
    let calls = |content: &str| {
        let call =
            ToolCall { id: "1".to_owned(), name: "look".to_owned(), arguments: serde_json::Map::new() };
        Message { tool_calls: vec![call], ..said(Role::Assistant, content) }
    };
    let dropped = |messages: Vec<Message>| {
        let request = GenerationRequest {
            context_overflow: ContextOverflow::DropOldest,
            max_tokens: Some(20),
            prompt: Prompt::Chat(messages.into()),
            ..request("")
        };
        engine.generate(request).map(|stream| read(stream).unwrap().report.dropped_messages)
    };
    let padding = "x".repeat(60);
    let long = |role| said(role, &padding);
    let mut messages = vec![
        long(Role::User),
        calls("a"),
        said(Role::Tool, "b"),
        said(Role::User, "c"),
        calls("d"),
        said(Role::Tool, "e"),
    ];
    assert_eq!(dropped(messages.clone()).unwrap(), 3);
    // The assistant's last turn, to be continued, keeps its question.
    messages.push(said(Role::Assistant, "so"));
    assert_eq!(dropped(messages.clone()).unwrap(), 3);
    // Something said between a call and its result is no beginning.
    let between = vec![
        long(Role::User),
        calls("a"),
        said(Role::User, "b"),
        said(Role::Tool, "c"),
        said(Role::User, "d"),
    ];
    assert_eq!(dropped(between).unwrap(), 4);
    let alone = vec![said(Role::User, "a"), calls("b"), long(Role::Tool), long(Role::Tool)];
    assert!(matches!(dropped(alone), Err(GenerationError::ContextOverflow { .. })));
}

#[test]
fn a_thought_that_the_prompt_opens_is_told() {
    let engine = scripted(b"ok");
    let opened = |content: &str, overflow| {
        let prompt = Prompt::Chat(vec![Message::new(Role::User, content)].into());
        let request = GenerationRequest { prompt, context_overflow: overflow, ..request("") };
        answer(&engine, request).report.thought_open
    };
    for overflow in [ContextOverflow::Error, ContextOverflow::DropOldest] {
        assert!(opened("hm (", overflow));
        assert!(!opened("hm", overflow));
    }
}

fn last(message: &Message) -> char {
    message.content.chars().last().unwrap()
}

#[test]
fn senseless_requests_are_refused_at_once() {
    let engine = scripted(b"ok");
    let refused =
        |request: GenerationRequest| engine.generate(request).expect_err("it is refused").to_string();
    let with = |change: fn(&mut GenerationRequest)| {
        let mut request = request("q|");
        change(&mut request);
        refused(request)
    };
    assert!(with(|request| request.prompt = Prompt::Tokens(vec![])).contains("empty"));
    assert!(with(|request| request.prompt = Prompt::Chat(Chat::default())).contains("empty"));
    assert!(with(|request| request.prompt = Prompt::Tokens(vec![1, 258])).contains("258"));
    assert!(with(|request| request.sampling.top_p = 2.0).contains("top_p"));
    assert!(with(|request| request.sampling.logit_bias = vec![(258, 1.0)]).contains("logit_bias"));
    assert!(with(|request| request.stop = vec![String::new()]).contains("stop"));
    assert!(with(|request| request.stop = vec!["x".into(); 100]).contains("stop"));
    assert!(with(|request| request.stop = vec!["x".repeat(2000)]).contains("stop"));
    assert!(with(|request| request.logprobs = Some(usize::MAX)).contains("logprobs"));
    assert_eq!(
        answer(&engine, GenerationRequest { max_tokens: Some(usize::MAX), ..request("q|") }).text(),
        "ok"
    );
}
