//! Constrained answers through the engine: valid whatever the model computes, and the same whatever happens beside them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::scheduler::{DRAFT_TOKENS_MAX, Engine, EngineOptions, Speculation};
use crate::schema_check;

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 5},
            "tags": {"type": "array", "items": {"enum": ["abba", "baab", "abab"]}, "minItems": 2, "maxItems": 4},
            "size": {"type": "integer", "minimum": -20, "maximum": 300},
            "more": {"anyOf": [{"type": "null"}, {"type": "boolean"}]}
        },
        "required": ["name", "tags", "size"],
        "additionalProperties": false
    })
}

fn constrained(prompt: &str, constraint: Constraint) -> GenerationRequest {
    GenerationRequest { constraint: Some(constraint), ..request(prompt) }
}

fn asked(index: usize, seed: u64) -> GenerationRequest {
    GenerationRequest {
        sampling: Sampling { seed: Some(seed + index as u64), ..Sampling::default() },
        logprobs: Some(2),
        ..constrained(&format!("abba baab abab, number {index}|"), Constraint::JsonSchema(schema()))
    }
}

fn assert_valid(answered: &Answered) {
    let value =
        serde_json::from_str(&answered.text()).unwrap_or_else(|error| panic!("{error}: {answered:?}"));
    assert!(schema_check::allows(&schema(), &value), "{value}");
    assert_eq!(answered.reason, FinishReason::EndOfTurn);
}

fn essence(answered: Answered) -> (Vec<u32>, Vec<String>, Vec<Option<TokenLogprob>>, FinishReason) {
    (answered.tokens, answered.pieces, answered.logprobs, answered.reason)
}

/// The answers of `count` requests that are sent together.
fn together(model: ScriptedModel, options: EngineOptions, count: usize, seed: u64) -> Vec<Answered> {
    let (model, gate) = model.gated();
    let engine = engine(model, options);
    let streams: Vec<_> = (0..count).map(|index| engine.generate(asked(index, seed)).unwrap()).collect();
    drop(gate);
    streams.into_iter().map(|stream| read(stream).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn valid_and_the_same_with_guesses_neighbours_and_a_full_cache(
        seed in any::<u32>(),
        tokens in 1..=DRAFT_TOKENS_MAX,
        blocks in 130..220_usize,
        sure in any::<bool>(),
    ) {
        let script = || if sure { babbling() } else { hashed() };
        let off = || EngineOptions { speculation: Speculation::Off, ..EngineOptions::default() };
        let alone: Vec<_> = (0..4).map(|index| {
            let engine = engine(ScriptedModel::new(script()), off());
            read(engine.generate(asked(index, seed.into())).unwrap()).unwrap()
        }).collect();
        alone.iter().for_each(assert_valid);
        let guessing = EngineOptions { speculation: Speculation::Tokens(tokens), ..EngineOptions::default() };
        let crowded = together(ScriptedModel::with_cache(script(), blocks), guessing, 4, seed.into());
        for (found, expected) in crowded.into_iter().zip(alone) {
            prop_assert_eq!(essence(found), essence(expected));
        }
    }
}

#[test]
fn in_a_batch_of_eight_and_with_preemption() {
    let alone: Vec<_> = (0..8)
        .map(|index| {
            let engine = engine(ScriptedModel::new(hashed()), EngineOptions::default());
            essence(read(engine.generate(asked(index, 3)).unwrap()).unwrap())
        })
        .collect();
    for blocks in [4_096, 100] {
        let model = ScriptedModel::with_cache(hashed(), blocks);
        let log = model.log();
        let found: Vec<_> =
            together(model, EngineOptions::default(), 8, 3).into_iter().map(essence).collect();
        assert_eq!(found, alone);
        let log = log.lock().unwrap();
        assert_eq!(log.refusals > 0, blocks == 100, "the small cache was too small for all of them");
        assert_eq!(log.starts, log.releases);
    }
}

#[test]
fn the_logits_that_are_asked_for_suffice() {
    for (script, speculation) in [
        (hashed as fn() -> Script, Speculation::Off),
        (babbling, Speculation::Off),
        (babbling, Speculation::Tokens(3)),
        (babbling, Speculation::Tokens(15)),
    ] {
        for sampling in
            [Sampling::default(), Sampling { temperature: 0.0, ..Sampling::default() }, Sampling::neutral()]
        {
            let model = ScriptedModel::new(script());
            let log = model.log();
            let options = EngineOptions { speculation, ..EngineOptions::default() };
            let engine = engine(model, options);
            // Beside log-probabilities all logits are there.
            let asked = |index, logprobs| GenerationRequest {
                sampling: Sampling { seed: Some(index as u64), ..sampling.clone() },
                logprobs,
                ..asked(index, 0)
            };
            let all: Vec<_> =
                (0..4).map(|index| read(engine.generate(asked(index, Some(2))).unwrap()).unwrap()).collect();
            let whole = log.lock().unwrap().whole;
            assert_eq!(log.lock().unwrap().masked, 0);
            let streams: Vec<_> = (0..4).map(|index| engine.generate(asked(index, None)).unwrap()).collect();
            for (stream, all) in streams.into_iter().zip(all) {
                let few = read(stream).unwrap();
                assert_eq!((few.tokens, few.reason), (all.tokens, all.reason));
            }
            assert!(log.lock().unwrap().masked > 20);
            assert_eq!(log.lock().unwrap().whole, whole, "no row needs all, behind guesses neither");
        }
    }
}

#[test]
fn guesses_are_cut_where_the_grammar_forbids_them() {
    // The prompt says `"abba"` is followed by `!`; the grammar does not.
    let script = || writes(br#"["abba","abba","abba"]"#);
    let schema = json!({"type": "array", "items": {"const": "abba"}, "minItems": 3, "maxItems": 3});
    let ask = || constrained("\"abba\"! \"abba\"! |", Constraint::JsonSchema(schema.clone()));
    let options = |speculation| EngineOptions { speculation, ..EngineOptions::default() };
    let plain = engine(ScriptedModel::new(script()), options(Speculation::Off));
    let plain = read(plain.generate(ask()).unwrap()).unwrap();
    let model = ScriptedModel::new(script());
    let log = model.log();
    let guessing = engine(model, options(Speculation::Tokens(15)));
    let guessed = read(guessing.generate(ask()).unwrap()).unwrap();
    assert_eq!(guessed.text(), r#"["abba","abba","abba"]"#);
    let Usage { drafted_tokens, accepted_tokens, .. } = guessed.usage;
    assert!(accepted_tokens > 5 && drafted_tokens < 60, "{:?}", guessed.usage);
    assert!(log.lock().unwrap().batches.len() < plain.tokens.len());
    assert_eq!(essence(guessed), essence(plain));
}

fn answers(answer: &'static [u8], request: GenerationRequest) -> Result<Answered, GenerationError> {
    read(engine(ScriptedModel::new(writes(answer)), EngineOptions::default()).generate(request)?)
}

#[test]
fn greedy_takes_the_best_of_what_is_allowed() {
    let answered = answers(b"no", constrained("q|", Constraint::Regex("yes|no".into()))).unwrap();
    assert_eq!((answered.text().as_str(), answered.tokens.len()), ("no", 2), "no token is spent on the end");
    assert_eq!(answered.reason, FinishReason::EndOfTurn);
    let answered = answers(b"xx", constrained("q|", Constraint::Regex("yes|no".into()))).unwrap();
    assert_eq!(answered.text(), "no", "what the model wants is not allowed");
    let answered = answers(b"aa", constrained("q|", Constraint::Regex("a+b?".into()))).unwrap();
    assert_eq!((answered.text().as_str(), answered.tokens.last()), ("aa", Some(&END)), "the model ends it");
}

#[test]
fn limits_and_stop_texts_end_it_before() {
    let regex = || Constraint::Regex("[a-z]{20}".into());
    let cut = GenerationRequest { max_tokens: Some(3), ..constrained("q|", regex()) };
    let answered = answers(b"abcdefghij", cut).unwrap();
    assert_eq!((answered.text().as_str(), answered.reason), ("abc", FinishReason::MaxTokens));
    let stopped = GenerationRequest { stop: vec!["de".into()], ..constrained("q|", regex()) };
    let answered = answers(b"abcdefghij", stopped).unwrap();
    assert_eq!((answered.text().as_str(), answered.reason), ("abc", FinishReason::StopText("de".into())));
    let exact =
        GenerationRequest { max_tokens: Some(2), ..constrained("q|", Constraint::Regex("ab".into())) };
    assert_eq!(answers(b"ab", exact).unwrap().reason, FinishReason::EndOfTurn, "it is whole");
}

#[test]
fn wrong_constraints_are_refused_before_they_wait() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let log = model.log();
    let engine: Engine =
        engine(model, EngineOptions { max_queue: 0, max_sequences: 1, ..EngineOptions::default() });
    let refuse = |request: GenerationRequest| engine.generate(request).map(drop).unwrap_err();
    for _ in 0..3 {
        let error =
            refuse(constrained("q|", Constraint::JsonSchema(json!({"type": "array", "uniqueItems": true}))));
        assert!(matches!(error, GenerationError::Constraint { kind: "JSON Schema", .. }), "{error}");
    }
    let error = refuse(GenerationRequest { ignore_eos: true, ..constrained("q|", Constraint::JsonObject) });
    assert!(matches!(error, GenerationError::InvalidRequest { field: "ignore_eos", .. }), "{error}");
    drop(gate);
    drop(engine);
    assert_eq!(log.lock().unwrap().starts, 0);
}

#[test]
fn a_token_that_is_needed_and_forbidden_is_said_so() {
    let needs = |bias| GenerationRequest {
        sampling: Sampling { logit_bias: vec![(u32::from(b'b'), bias)], ..Sampling::greedy() },
        ..constrained("q|", Constraint::Regex("ab".into()))
    };
    assert!(answers(b"ab", needs(-5.0)).is_ok());
    let error = answers(b"ab", needs(f32::NEG_INFINITY)).unwrap_err();
    assert!(matches!(error, GenerationError::InvalidRequest { field: "logit_bias", .. }), "{error}");
}
