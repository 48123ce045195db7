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
