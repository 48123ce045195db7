//! Queue, cancellation, fairness, failure and the end of the engine.

use super::*;
use crate::scheduler::{EngineOptions, EngineStartError};
use crate::token_model::ModelError;

/// An answer that only the context ends.
fn endless(prompt: &str) -> GenerationRequest {
    GenerationRequest { ignore_eos: true, ..request(prompt) }
}

#[test]
fn one_more_than_the_queue_holds_is_refused() {
    let (model, gate) = ScriptedModel::new(writes(b"ok")).gated();
    let options = EngineOptions { max_sequences: 1, max_queue: 2, ..EngineOptions::default() };
    let engine = engine(model, options);
    let streams: Vec<_> = (0..3).map(|_| engine.generate(request("q|")).unwrap()).collect();
    gate.wait();
    assert!(matches!(engine.generate(request("q|")), Err(GenerationError::QueueFull { waiting: 2 })));
    drop(gate);
    for stream in streams {
        assert_eq!(read(stream).unwrap().text(), "ok");
    }
    assert_eq!(read(engine.generate(request("q|")).unwrap()).unwrap().text(), "ok", "places came free");
}

#[test]
fn dropped_stream_leaves_before_the_next_step() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let log = model.log();
    let options = EngineOptions { max_sequences: 1, max_queue: 1, ..EngineOptions::default() };
    let engine = engine(model, options);
    let first = engine.generate(endless("first|")).unwrap();
    let second = engine.generate(GenerationRequest { max_tokens: Some(3), ..endless("second|") }).unwrap();
    for _ in 0..3 {
        gate.wait();
        gate.open();
    }
    gate.wait();
    drop(first);
    gate.open();
    gate.wait();
    {
        let log = log.lock().unwrap();
        assert_eq!((log.starts, log.releases), (2, 1));
        assert_ne!(log.batches[4][0].0, log.batches[3][0].0, "the second has its place");
    }
    drop(gate);
    assert_eq!(read(second).unwrap().tokens.len(), 3);
}

#[test]
fn cancelled_while_waiting_is_never_begun() {
    let (model, gate) = ScriptedModel::new(writes(b"ok")).gated();
    let log = model.log();
    let engine = engine(model, EngineOptions { max_sequences: 1, ..EngineOptions::default() });
    let first = engine.generate(request("q|")).unwrap();
    gate.wait();
    drop(engine.generate(request("q|")).unwrap());
    let third = engine.generate(request("q|")).unwrap();
    drop(gate);
    assert_eq!(read(first).unwrap().text(), "ok");
    assert_eq!(read(third).unwrap().text(), "ok");
    assert_eq!(log.lock().unwrap().starts, 2);
}

#[test]
fn slow_reader_holds_up_nobody() {
    let engine = engine(ScriptedModel::new(hashed()), EngineOptions::default());
    let unread = engine.generate(endless("unread|")).unwrap();
    let other = read(engine.generate(endless("other|")).unwrap()).unwrap();
    assert_eq!(other.reason, FinishReason::ContextFull);
    assert_eq!(read(unread).unwrap().reason, FinishReason::ContextFull, "and it loses nothing");
}

#[test]
fn answers_go_on_beside_long_prompts_which_share_fairly() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let log = model.log();
    let options = EngineOptions { prefill_chunk: 100, prefill_chunk_shared: 10, ..EngineOptions::default() };
    let engine = engine(model, options);
    let writing = engine.generate(endless("w|")).unwrap();
    gate.wait();
    let long =
        engine.generate(GenerationRequest { max_tokens: Some(1), ..endless(&"a".repeat(99)) }).unwrap();
    let short =
        engine.generate(GenerationRequest { max_tokens: Some(1), ..endless(&"b".repeat(29)) }).unwrap();
    gate.open();
    drop(gate);
    for stream in [short, long, writing] {
        read(stream).unwrap();
    }
    let log = log.lock().unwrap();
    let writer = log.batches[0][0].0;
    let beside = &log.batches[1..14];
    let writes = |batch: &Vec<(_, usize)>| batch[0] == (writer, 1);
    for steps in beside.windows(2) {
        assert!(
            steps.iter().any(writes),
            "one token of the answer in every step but those that end a prompt"
        );
    }
    assert_eq!(beside.iter().filter(|batch| !writes(batch)).count(), 2, "of which there are two");
    for batch in beside {
        let prompts = batch.iter().filter(|(sequence, _)| *sequence != writer);
        assert!(prompts.map(|(_, tokens)| tokens).sum::<usize>() <= 11);
    }
    let order: Vec<_> = beside[..6].iter().map(|batch| batch.last().unwrap().0).collect();
    assert!(order[0] == order[2] && order[1] == order[3] && order[0] != order[1], "they take turns");
    let ends = |sequence| log.batches.iter().rposition(|batch| batch.iter().any(|(id, _)| *id == sequence));
    assert!(ends(order[1]) < ends(order[0]), "the short prompt is not behind the long one");
}

#[test]
fn short_prompts_go_ahead_of_answers_but_never_twice_in_a_row() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let log = model.log();
    let engine = engine(model, EngineOptions { prefill_chunk_shared: 24, ..EngineOptions::default() });
    let mut streams = vec![engine.generate(endless("w|")).unwrap()];
    gate.wait();
    for prompt in ["a first|", "the second|", &"long".repeat(20), "a third|", "another|"] {
        let short = GenerationRequest { max_tokens: Some(1), ..endless(prompt) };
        streams.push(engine.generate(short).unwrap());
    }
    drop(gate);
    for stream in streams {
        read(stream).unwrap();
    }
    let log = log.lock().unwrap();
    let writer = log.batches[0][0].0;
    assert_eq!(log.batches[1].len(), 2, "two prompts that a chunk holds, and nobody else: {:?}", log.batches);
    assert!(log.batches[1].iter().all(|(sequence, tokens)| *sequence != writer && *tokens > 1));
    assert!(log.batches[2].contains(&(writer, 1)) && log.batches[2].len() > 1, "then everybody");
    for steps in log.batches[1..].windows(2) {
        assert!(
            steps.iter().any(|batch| batch.contains(&(writer, 1))),
            "the answer never waits for two steps"
        );
    }
}

#[test]
fn prompt_that_is_being_read_is_not_read_again_for_others() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let log = model.log();
    let options = EngineOptions { prefill_chunk: 100, prefill_chunk_shared: 100, ..EngineOptions::default() };
    let engine = engine(model, options);
    let ask =
        |prompt: &str| engine.generate(GenerationRequest { max_tokens: Some(2), ..endless(prompt) }).unwrap();
    let same = "a".repeat(300);
    let first = ask(&same);
    gate.wait();
    let others: Vec<_> = (0..3).map(|_| ask(&same)).collect();
    let stranger = ask(&"b".repeat(50));
    drop(gate);
    let first = read(first).unwrap();
    assert_eq!(first.usage.cached_tokens, 0);
    for other in others {
        let other = read(other).unwrap();
        assert_eq!(other.tokens, first.tokens);
        // Beside the blocks that the first filled, what is left of its last chunk may be read twice.
        assert!(other.usage.cached_tokens > 300 - 32 - 4, "{:?}", other.usage);
    }
    read(stranger).unwrap();
    let log = log.lock().unwrap();
    assert_eq!(log.batches[1].len(), 2, "who has nothing in common does not wait");
    assert!(log.batches[..3].iter().all(|batch| batch.len() <= 2), "the others wait for the first");
}

#[test]
fn whoever_waits_for_a_prompt_begins_when_its_reader_leaves() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let options = EngineOptions { prefill_chunk: 100, ..EngineOptions::default() };
    let engine = engine(model, options);
    let ask =
        || engine.generate(GenerationRequest { max_tokens: Some(2), ..endless(&"a".repeat(300)) }).unwrap();
    let first = ask();
    gate.wait();
    let second = ask();
    drop(first);
    drop(gate);
    assert!(read(second).unwrap().usage.cached_tokens >= 100);
}

#[test]
fn failed_batch_ends_its_requests_and_nothing_else() {
    let fails = |tokens: &[u32]| {
        if tokens.contains(&u32::from(b'!')) {
            Err(ModelError::Failed("out of order".into()))
        } else {
            writes(b"ok")(tokens)
        }
    };
    let engine = engine(ScriptedModel::new(Box::new(fails)), EngineOptions::default());
    let error = read(engine.generate(request("!|")).unwrap()).unwrap_err();
    assert!(
        matches!(&error, GenerationError::Engine(message) if message.contains("out of order")),
        "{error}"
    );
    assert_eq!(read(engine.generate(request("fine|")).unwrap()).unwrap().text(), "ok");
}

#[test]
fn logits_that_are_no_numbers_are_an_error() {
    let engine =
        engine(ScriptedModel::new(Box::new(|_| Ok(vec![f32::NAN; VOCABULARY]))), EngineOptions::default());
    let error = read(engine.generate(request("q|")).unwrap()).unwrap_err();
    assert!(error.to_string().contains("NaN"), "{error}");
}

#[test]
fn request_that_the_cache_can_not_hold_alone_is_an_error() {
    let engine = engine(ScriptedModel::with_cache(hashed(), 4), EngineOptions::default());
    let error = read(engine.generate(endless(&"a".repeat(40))).unwrap()).unwrap_err();
    assert!(error.to_string().contains("cache is full"), "{error}");
    let short = GenerationRequest { max_tokens: Some(2), ..endless("a") };
    assert_eq!(read(engine.generate(short).unwrap()).unwrap().tokens.len(), 2, "the engine goes on");
}

#[test]
fn panic_in_one_request_ends_that_one_alone() {
    let script = |tokens: &[u32]| {
        let breaks = tokens.contains(&u32::from(b'!'));
        writes(if breaks { b"ab#cd" } else { b"abcdef" })(tokens)
    };
    let codec = ByteCodec { fragile: true };
    let options = EngineOptions { max_sequences: 3, ..EngineOptions::default() };
    let engine = engine_over(ScriptedModel::new(Box::new(script)), codec, options).unwrap();
    let prompts = ["q|", "q!|", "r|"];
    let streams = prompts.map(|prompt| engine.generate(request(prompt)).unwrap());
    let [first, broken, last] = streams.map(read);
    assert_eq!((first.unwrap().text(), last.unwrap().text()), ("abcdef".into(), "abcdef".into()));
    let Err(GenerationError::Engine(message)) = broken else { panic!("{broken:?}") };
    assert!(!message.contains("the text is broken"), "a panic may quote what somebody said: {message}");
    assert!(!engine.has_stopped());
    assert_eq!(read(engine.generate(request("q|")).unwrap()).unwrap().text(), "abcdef", "it goes on");
}

#[test]
fn panic_in_the_model_fails_all_and_hangs_nobody() {
    let script = |tokens: &[u32]| {
        assert!(tokens.len() < 10, "the model is broken");
        hashed()(tokens)
    };
    let (model, gate) = ScriptedModel::new(Box::new(script)).gated();
    let engine = engine(model, EngineOptions { max_sequences: 2, ..EngineOptions::default() });
    let streams: Vec<_> = (0..4).map(|_| engine.generate(endless("q|")).unwrap()).collect();
    gate.wait();
    drop(gate);
    for mut stream in streams {
        let mut last = None;
        while let Some(event) = stream.blocking_next() {
            last = Some(event);
        }
        let Some(Err(GenerationError::Engine(message))) = last else { panic!("{last:?}") };
        assert!(!message.contains("the model is broken"), "a panic may quote what somebody said");
    }
    // Once the thread is gone, which the end of the channel shows, nothing is accepted.
    let stopped = loop {
        match engine.generate(request("q|")) {
            Ok(stream) => {
                assert!(matches!(read(stream), Err(GenerationError::Stopped | GenerationError::Engine(_))));
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(stopped, GenerationError::Stopped));
    while !engine.has_stopped() {
        std::thread::yield_now();
    }
}

#[test]
fn dropping_the_engine_stops_everything() {
    let (model, gate) = ScriptedModel::new(hashed()).gated();
    let engine = engine(model, EngineOptions { max_sequences: 1, ..EngineOptions::default() });
    let running = engine.generate(endless("running|")).unwrap();
    let waiting = engine.generate(endless("waiting|")).unwrap();
    gate.wait();
    engine.request_stop();
    drop(gate);
    drop(engine);
    let last = |mut stream: GenerationStream| {
        let mut last = None;
        while let Some(event) = stream.blocking_next() {
            last = Some(event);
        }
        last
    };
    assert!(matches!(last(running), Some(Err(GenerationError::Stopped))));
    assert!(matches!(last(waiting), Some(Err(GenerationError::Stopped))));
}

#[test]
fn senseless_options_are_refused() {
    for options in [
        EngineOptions { prefill_chunk: 0, ..EngineOptions::default() },
        EngineOptions { prefill_chunk_shared: 0, ..EngineOptions::default() },
        EngineOptions { max_sequences: 0, ..EngineOptions::default() },
    ] {
        let refused = try_engine(ScriptedModel::new(hashed()), options);
        assert!(matches!(refused, Err(EngineStartError::ZeroOption { .. })));
    }
}
