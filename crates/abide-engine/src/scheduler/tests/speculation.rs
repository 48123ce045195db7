//! Guessed tokens: they save steps where the text repeats itself, and change nothing of what is answered.

use proptest::prelude::*;

use super::*;
use crate::scheduler::{DRAFT_TOKENS_MAX, EngineOptions, EngineStartError, Speculation};
use crate::token_model::ModelError;

fn guessing(speculation: Speculation) -> EngineOptions {
    EngineOptions { speculation, ..EngineOptions::default() }
}

/// Answers of a model to requests that are sent together.
fn answers(
    model: ScriptedModel,
    options: EngineOptions,
    requests: &[GenerationRequest],
) -> Vec<Result<Answered, String>> {
    let (model, gate) = model.gated();
    let engine = engine(model, options);
    let streams: Vec<_> = requests.iter().map(|request| engine.generate(request.clone())).collect();
    drop(gate);
    let answered =
        |stream: Result<_, GenerationError>| stream.and_then(read).map_err(|error| error.to_string());
    streams.into_iter().map(answered).collect()
}

/// What must not depend on speculation.
fn assert_same(one: &Result<Answered, String>, other: &Result<Answered, String>) {
    let essence = |answered: &Answered| {
        let Answered { tokens, pieces, logprobs, reason, .. } = answered.clone();
        (tokens, pieces, logprobs, reason)
    };
    assert_eq!(one.as_ref().map(essence), other.as_ref().map(essence));
}

fn samplings() -> impl Strategy<Value = Sampling> {
    let base = prop_oneof![
        Just(Sampling::greedy()),
        Just(Sampling::default()),
        Just(Sampling { repetition_penalty: 1.3, frequency_penalty: 0.4, ..Sampling::default() }),
        Just(Sampling { dry: Some(Dry::default()), presence_penalty: 0.5, ..Sampling::neutral() }),
        Just(Sampling { mirostat: Some(Mirostat { tau: 1.0, eta: 0.3 }), ..Sampling::default() }),
        Just(Sampling { xtc: Some(Xtc { probability: 0.5, threshold: 0.2 }), ..Sampling::default() }),
        Just(Sampling {
            dynamic_temperature: Some(DynamicTemperature { minimum: 0.1, maximum: 1.5, exponent: 1.0 }),
            ..Sampling::default()
        }),
    ];
    (base, any::<u64>()).prop_map(|(base, seed)| Sampling { seed: Some(seed), ..base })
}

fn requests(most: usize) -> impl Strategy<Value = Vec<GenerationRequest>> {
    let parts = (
        "[a-f]{0,30}",
        samplings(),
        prop::option::of(0..60_usize),
        prop::collection::vec("[a-f]{1,4}", 0..2),
        any::<bool>(),
    );
    let requests = parts.prop_map(|(prompt, sampling, max_tokens, stop, ignore_eos)| GenerationRequest {
        sampling,
        max_tokens,
        stop,
        ignore_eos,
        logprobs: Some(2),
        ..request(&prompt)
    });
    prop::collection::vec(requests, 1..=most)
}

fn speculations() -> impl Strategy<Value = Speculation> {
    prop_oneof![Just(Speculation::Auto), (1..=DRAFT_TOKENS_MAX).prop_map(Speculation::Tokens)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn same_answer_with_any_guesses(
        requests in requests(5),
        speculation in speculations(),
        context in 34..150_usize,
        blocks in 38..200_usize,
        max_sequences in 1..6_usize,
    ) {
        let model = || ScriptedModel::with_cache(babbling(), blocks).context(context);
        let options = |speculation| EngineOptions { max_sequences, ..guessing(speculation) };
        let expected = answers(model(), options(Speculation::Off), &requests);
        let found = answers(model(), options(speculation), &requests);
        for (found, expected) in found.iter().zip(&expected) {
            assert_same(found, expected);
        }
    }
}

#[test]
fn repetitions_are_written_several_tokens_at_a_time() {
    for (tokens, steps_max) in [(1, 36), (4, 20), (15, 10)] {
        let model =
            ScriptedModel::new(writes(b"the same again, the same again, the same again, the same again"));
        let log = model.log();
        let engine = engine(model, guessing(Speculation::Tokens(tokens)));
        let answered = read(engine.generate(request("the same again, |")).unwrap()).unwrap();
        assert_eq!(answered.text(), "the same again, ".repeat(4)[..62]);
        let steps = log.lock().unwrap().batches.len();
        assert!(steps <= steps_max, "{steps} steps with {tokens} guesses");
        let Usage { completion_tokens, drafted_tokens, accepted_tokens, .. } = answered.usage;
        assert_eq!(steps + accepted_tokens, completion_tokens);
        assert!(drafted_tokens >= accepted_tokens);
    }
}

#[test]
fn hopeless_text_soon_is_guessed_no_more() {
    // `abc` comes again and again, and never the same after it.
    let script = |tokens: &[u32]| {
        let (round, place) = ((tokens.len() - 2) / 4, (tokens.len() - 2) % 4);
        Ok(favour(if place == 3 { 128 + round as u32 } else { u32::from(b"abc"[place]) }))
    };
    let model = ScriptedModel::new(Box::new(script));
    let log = model.log();
    let engine = engine(model, guessing(Speculation::Auto));
    let endless = GenerationRequest { max_tokens: Some(400), ..request("|") };
    let answered = read(engine.generate(endless).unwrap()).unwrap();
    assert_eq!(answered.usage.accepted_tokens, 0);
    let log = log.lock().unwrap();
    assert_eq!(log.batches.len(), 400);
    let with_guesses = log.batches[1..].iter().filter(|batch| batch[0].1 > 1).count();
    assert!(with_guesses <= 10, "{with_guesses} of 100 chances were taken");
}

#[test]
fn steps_have_room_for_so_many_guesses_only() {
    let model = ScriptedModel::new(Box::new(|_| Ok(favour(u32::from(b'a')))));
    let log = model.log();
    let endless = GenerationRequest { max_tokens: Some(50), ..request("a") };
    let found = answers(model, guessing(Speculation::Tokens(15)), &vec![endless; 8]);
    assert!(found.iter().all(|answered| answered.as_ref().unwrap().tokens == [u32::from(b'a'); 50]));
    let log = log.lock().unwrap();
    let widest = log.batches.iter().map(|batch| batch.iter().map(|(_, tokens)| tokens).sum::<usize>()).max();
    assert_eq!(widest, Some(8 + DRAFT_TOKENS_MAX));
}

#[test]
fn guesses_stay_within_context_and_limit() {
    let model = || ScriptedModel::new(Box::new(|_| Ok(favour(u32::from(b'a'))))).context(64);
    let options = || guessing(Speculation::Tokens(15));
    for max_tokens in [None, Some(1), Some(2), Some(19), Some(40)] {
        // The model itself refuses to go beyond its context.
        let wanted = GenerationRequest { max_tokens, ..request("aaaaaaaaaaaa") };
        let answered = answers(model(), options(), &[wanted]).remove(0).unwrap();
        assert_eq!(answered.tokens.len(), max_tokens.unwrap_or(64 - 13));
        assert_eq!(answered.usage.drafted_tokens, answered.usage.accepted_tokens, "none was in vain");
    }
}

#[test]
fn nothing_fails_for_the_sake_of_a_guess() {
    let script = |tokens: &[u32]| {
        let bar = tokens.iter().position(|token| *token == u32::from(b'|')).unwrap();
        if tokens[bar..].contains(&u32::from(b'!')) {
            return Err(ModelError::Failed("out of order".into()));
        }
        writes(b"abcdabcd")(tokens)
    };
    let model = ScriptedModel::new(Box::new(script));
    let answered =
        answers(model, guessing(Speculation::Tokens(4)), &[request("abc!abc!|")]).remove(0).unwrap();
    assert_eq!(answered.text(), "abcdabcd");
    // 32 positions: the answer fits, and guesses at its end do not.
    let model = ScriptedModel::with_cache(Box::new(|_| Ok(favour(u32::from(b'a')))), 8);
    let log = model.log();
    let wanted = GenerationRequest { max_tokens: Some(50), ..request("aaaaaaaa|aaa") };
    let full = answers(model, guessing(Speculation::Tokens(15)), &[wanted]).remove(0).unwrap_err();
    assert!(full.contains("cache is full"), "{full}");
    let log = log.lock().unwrap();
    assert_eq!(log.batches.last().unwrap()[0].1, 1, "the last step did without");
    assert!(log.refusals >= 2);
}

#[test]
fn neighbours_that_leave_take_nothing_along() {
    let wanted = |index: usize| GenerationRequest {
        sampling: Sampling { seed: Some(index as u64), ..Sampling::default() },
        max_tokens: Some(60),
        ignore_eos: true,
        ..request("abcabcabc|")
    };
    let expected = |index| {
        answers(ScriptedModel::new(babbling()), guessing(Speculation::Off), &[wanted(index)]).remove(0)
    };
    let (model, gate) = ScriptedModel::new(babbling()).gated();
    let log = model.log();
    let engine = engine(model, guessing(Speculation::Tokens(6)));
    let mut streams: Vec<_> = (0..6).map(|index| Some(engine.generate(wanted(index)).unwrap())).collect();
    for step in 0..12 {
        gate.wait();
        if step % 3 == 1 {
            streams[step / 2] = None; // 0, 2, 3 and 5 leave at steps 1, 4, 7 and 10
        }
        gate.open();
    }
    drop(gate);
    for index in [1, 4] {
        let answered = read(streams[index].take().unwrap()).map_err(|error| error.to_string());
        assert!(answered.as_ref().unwrap().usage.accepted_tokens > 0);
        assert_same(&answered, &expected(index));
    }
    drop(engine);
    let log = log.lock().unwrap();
    assert_eq!(log.starts, log.releases);
}

#[test]
fn what_was_answered_is_known_beside_wrong_guesses() {
    let engine = engine(ScriptedModel::new(writes(b"abcabcab")), guessing(Speculation::Tokens(8)));
    let first = read(engine.generate(request("abcabc|")).unwrap()).unwrap();
    assert!(first.usage.drafted_tokens > first.usage.accepted_tokens);
    let longer = GenerationRequest { max_tokens: Some(0), ..request("abcabc|abcabcabX") };
    let next = read(engine.generate(longer).unwrap()).unwrap();
    assert_eq!(next.report.cached_tokens, 1 + "abcabc|abcabcab".len());
}

#[test]
fn no_guesses_where_they_could_change_the_answer() {
    let model = || ScriptedModel::new(Box::new(|_| Ok(favour(u32::from(b'a'))))).differing_in_batches();
    let wanted = GenerationRequest { max_tokens: Some(200), ..request("aaaa|aaaa") };
    let answered = answers(model(), guessing(Speculation::Auto), &[wanted]).remove(0).unwrap();
    assert_eq!((answered.tokens.len(), answered.usage.drafted_tokens), (200, 0));
    let refused = try_engine(model(), guessing(Speculation::Tokens(3)));
    assert!(matches!(refused, Err(EngineStartError::SpeculationUnsound)));
    for tokens in [0, DRAFT_TOKENS_MAX + 1] {
        let refused = try_engine(model(), guessing(Speculation::Tokens(tokens)));
        assert!(matches!(refused, Err(EngineStartError::DraftTokens { .. })));
    }
}

#[test]
fn words_for_it_are_understood() {
    for (word, meaning) in [
        ("auto", Some(Speculation::Auto)),
        ("off", Some(Speculation::Off)),
        ("15", Some(Speculation::Tokens(15))),
        ("0", None),
        ("16", None),
        ("on", None),
    ] {
        let parsed = word.parse::<Speculation>();
        assert_eq!(parsed.clone().ok(), meaning, "{word}");
        match parsed {
            Ok(parsed) => assert_eq!(parsed.to_string(), word),
            Err(error) => assert!(error.to_string().contains("1 to 15"), "{error}"),
        }
    }
}
