//! The answer to a request is the same whatever happens beside it.

use proptest::prelude::{Just, ProptestConfig, Strategy, proptest};

use super::*;
use crate::scheduler::EngineOptions;

/// A drawn answer of 40 tokens; each index has another prompt and seed.
fn drawn(index: usize) -> GenerationRequest {
    GenerationRequest {
        sampling: Sampling { seed: Some(index as u64 * 77), ..Sampling::default() },
        max_tokens: Some(40),
        logprobs: Some(3),
        ignore_eos: true,
        ..request(&format!("{}prompt number {index}|", "shared beginning ".repeat(index % 3)))
    }
}

/// The answer that each request gets when it is alone and nothing is cached.
fn alone(index: usize) -> Answered {
    let engine = engine(ScriptedModel::new(hashed()), EngineOptions::default());
    read(engine.generate(drawn(index)).unwrap()).unwrap()
}

fn assert_same(answered: &Answered, index: usize) {
    let expected = alone(index);
    assert_eq!(answered.tokens, expected.tokens, "request {index}");
    assert_eq!((&answered.pieces, &answered.logprobs), (&expected.pieces, &expected.logprobs));
    assert_eq!(answered.reason, FinishReason::MaxTokens);
}

/// Sends requests together, so that they share steps, and compares each with its lonely answer.
fn together(model: ScriptedModel, options: EngineOptions, count: usize) {
    let (model, gate) = model.gated();
    let engine = engine(model, options);
    let mut streams = vec![engine.generate(drawn(0)).unwrap()];
    gate.wait();
    streams.extend((1..count).map(|index| engine.generate(drawn(index)).unwrap()));
    gate.open();
    drop(gate);
    for (index, stream) in streams.into_iter().enumerate() {
        assert_same(&read(stream).unwrap(), index);
    }
}

#[test]
fn in_a_batch_of_eight() {
    let model = ScriptedModel::new(hashed());
    let log = model.log();
    together(model, EngineOptions::default(), 8);
    let widest = log.lock().unwrap().batches.iter().map(Vec::len).max();
    assert_eq!(widest, Some(8), "they did run in one batch");
}

#[test]
fn with_any_chunk_size() {
    for (prefill_chunk, prefill_chunk_shared) in [(1, 1), (3, 2), (7, 64), (64, 5)] {
        let options = EngineOptions { prefill_chunk, prefill_chunk_shared, ..EngineOptions::default() };
        together(ScriptedModel::new(hashed()), options, 5);
    }
}

#[test]
fn with_preemption() {
    // Each needs 15 to 24 blocks at its end; 40 do not hold eight of them.
    let model = ScriptedModel::with_cache(hashed(), 40);
    let log = model.log();
    together(model, EngineOptions::default(), 8);
    let log = log.lock().unwrap();
    assert!(log.refusals > 0 && log.starts > 8, "the cache was too small for all of them");
    assert_eq!(log.starts, log.releases);
}

#[test]
fn beside_cancelled_neighbours() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let log = model.log();
    let engine = engine(model, EngineOptions::default());
    let mut streams: Vec<_> = (0..6).map(|index| Some(engine.generate(drawn(index)).unwrap())).collect();
    for step in 0..12 {
        gate.wait();
        if step % 3 == 1 {
            streams[step / 2] = None; // 0, 2, 3 and 5 leave at steps 1, 4, 7 and 10
        }
        gate.open();
    }
    drop(gate);
    for index in [1, 4] {
        assert_same(&read(streams[index].take().unwrap()).unwrap(), index);
    }
    drop(engine);
    let log = log.lock().unwrap();
    assert_eq!(log.starts, log.releases, "cancelled ones gave their blocks back");
}

#[test]
fn from_a_cached_prefix() {
    let engine = engine(ScriptedModel::new(hashed()), EngineOptions::default());
    let first = read(engine.generate(drawn(2)).unwrap()).unwrap();
    assert_eq!(first.report.cached_tokens, 0);
    let again = read(engine.generate(drawn(2)).unwrap()).unwrap();
    assert_eq!(again.report.cached_tokens, again.report.prompt_tokens - 1);
    assert_eq!(again.usage.cached_tokens, again.report.cached_tokens);
    assert_same(&first, 2);
    assert_same(&again, 2);
    let mut longer = first.tokens.clone();
    longer.truncate(39); // the last token of an answer was never computed
    let prompt = [engine.tokenize("", Special::Parsed).unwrap(), prompt_tokens(2), longer, vec![1]].concat();
    let known = prompt.len() - 1;
    let next = GenerationRequest { prompt: Prompt::Tokens(prompt), max_tokens: Some(1), ..drawn(2) };
    assert_eq!(read(engine.generate(next).unwrap()).unwrap().report.cached_tokens, known);
}

fn prompt_tokens(index: usize) -> Vec<u32> {
    let Prompt::Text(text) = drawn(index).prompt else { unreachable!() };
    text.bytes().map(u32::from).collect()
}

#[test]
fn whoever_is_there_when_it_arrives() {
    // Requests join at different steps of those before them.
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let engine = engine(model, EngineOptions { max_sequences: 3, ..EngineOptions::default() });
    let mut streams = Vec::new();
    for index in 0..7 {
        streams.push(engine.generate(drawn(index)).unwrap());
        for _ in 0..5 {
            gate.wait();
            gate.open();
        }
    }
    drop(gate);
    for (index, stream) in streams.into_iter().enumerate() {
        assert_same(&read(stream).unwrap(), index);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn with_any_options_and_any_cache_that_holds_one(
        blocks in 26..200_usize,
        (prefill_chunk, prefill_chunk_shared) in (1..100_usize, 1..40_usize),
        (max_sequences, count) in (1..9_usize).prop_flat_map(|most| (Just(most), 1..most + 3)),
    ) {
        let options =
            EngineOptions { prefill_chunk, prefill_chunk_shared, max_sequences, ..EngineOptions::default() };
        together(ScriptedModel::with_cache(hashed(), blocks), options, count);
    }
}
