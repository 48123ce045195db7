//! Completions: what requests mean, what is refused, how replies look.

use abide_generation::FinishReason;
use abide_generation::scripted::Script;
use proptest::prelude::*;
use serde_json::json;

use super::super::super::asking::gone_wrong;
use super::super::stream::Write as _;
use super::super::testing::{
    assert_read_or_refused, assert_refused, data_of, object, post, post_for_text, stamp, wire,
};
use super::*;
use crate::answer::{Choice, Collected, Piece, PieceLogprob, TokenText};
use crate::testing::{MODEL, server};

const PATH: &str = "/v1/completions";

fn read_body(body: Value) -> Result<Asked, ApiError> {
    read_completion(object(body), &Sampling::default())
}

fn whole_body() -> Value {
    json!({
        "model": "scripted",
        "prompt": ["Once", [1, 2, 3]],
        "stop": "END",
        "stream": true,
        "stream_options": {"include_usage": true},
        "n": 2,
        "logprobs": 3,
        "max_tokens": 50,
        "echo": false,
        "best_of": 1,
        "suffix": null,
        "temperature": 0.5,
        "seed": 5,
        "logit_bias": {"7": -100},
        "grammar": "start: \"a\"",
        "timings": true,
        "keep_alive": -1,
        "ignore_eos": true,
        "user": "ada"
    })
}

#[test]
fn each_prompt_becomes_an_order() {
    let Asked { orders, wishes } = read_body(whole_body()).unwrap();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0].request.prompt, Prompt::Text("Once".to_owned()));
    assert_eq!(orders[1].request.prompt, Prompt::Tokens(vec![1, 2, 3]));
    for order in &orders {
        assert_eq!((order.choices, order.request.max_tokens, order.request.logprobs), (2, Some(50), Some(3)));
        assert_eq!(
            (order.request.stop.as_slice(), order.request.ignore_eos),
            (&["END".to_owned()][..], true)
        );
        assert_eq!(order.keep_alive, Some(std::time::Duration::MAX));
    }
    assert!(wishes.timings && wishes.logprobs && wishes.echoes.is_none());
    let prompt = |prompt: Value| read_body(json!({"prompt": prompt})).unwrap().orders;
    assert_eq!(prompt(json!([1, 2]))[0].request.prompt, Prompt::Tokens(vec![1, 2]));
    assert_eq!(prompt(json!("a"))[0].request.max_tokens, Some(16));
    assert_eq!(prompt(json!([[1], [2]])).len(), 2);
}

#[test]
fn each_unsupported_field_is_refused_by_name() {
    for (field, value) in [
        ("suffix", json!("end")),
        ("best_of", json!(3)),
        ("chat_template_kwargs", json!({"a": 1})),
        ("context_overflow", json!("drop_oldest")),
        ("messages", json!([])),
        ("metadata", json!({"a": "b"})),
        ("logprobs", json!(21)),
        ("logprobs", json!(true)),
        ("max_tokens", json!(0)),
        ("n", json!(0)),
        ("stream_options", json!({})),
        ("prompt", json!([])),
        ("prompt", json!(5)),
        ("prompt", json!(null)),
        ("prompt[1]", json!([1, "a"])),
        ("prompt[1]", json!(["a", 5])),
        ("prompt[0][1]", json!([[1, -2]])),
        ("prompt[0]", json!([{"text": "a"}])),
    ] {
        let mut body = object(json!({"prompt": "Once"}));
        body.insert(field.split('[').next().unwrap().to_owned(), value);
        assert_refused(read_completion(body, &Sampling::default()), field);
    }
    assert_refused(read_body(json!({})), "prompt");
    assert_refused(read_body(json!({"prompt": "a", "echo": true, "logprobs": 1})), "echo");
    assert_refused(read_body(json!({"prompt": [1], "echo": true})), "echo");
    assert_refused(read_body(json!({"prompt": vec!["a"; 65], "n": 2})), "prompt");
}

#[tokio::test]
async fn answers_stand_in_the_order_of_their_prompts() {
    let scripts = ["a", "b", "c", "d"].map(|piece| Script::answer(&[piece]));
    let server = server(scripts.into());
    let body = json!({"model": MODEL, "prompt": ["One", "Two"], "n": 2, "echo": true});
    let (status, reply) = post(&server, PATH, &body).await;
    assert_eq!(status, 200);
    insta::assert_json_snapshot!(reply);
}

#[tokio::test]
async fn log_probabilities_have_their_offsets() {
    let logprob = |text: &str| PieceLogprob {
        token: 1,
        text: text.into(),
        logprob: -0.5,
        top: vec![(1, text.into(), -0.5), (2, "!".into(), -1.5), (3, "!".into(), -2.5)],
    };
    let tokens = || vec![logprob("Hé"), logprob("llo")];
    let wishes = || read_body(json!({"prompt": "One", "logprobs": 3, "stream": true})).unwrap().wishes;
    let answer = Collected { text: "Héllo".to_owned(), logprobs: tokens(), ..Collected::default() };
    insta::assert_json_snapshot!(Completion::new(stamp(), vec![answer], &wishes()));
    let mut stream = CompletionStream::new(stamp(), wishes());
    let mut events = Vec::new();
    for token in tokens() {
        let piece = Piece::Text { text: token.text.text().into_owned(), logprobs: vec![token] };
        events.extend(stream.piece(Choice { index: 0, piece }));
    }
    insta::assert_snapshot!("a_stream_with_log_probabilities", wire(events).await);
}

#[test]
fn parts_of_characters_have_their_bytes_and_offsets() {
    let part = |bytes: &[u8]| PieceLogprob {
        token: 1,
        text: TokenText::new(bytes.to_vec()),
        logprob: -0.5,
        top: vec![(1, TokenText::new(bytes.to_vec()), -0.5), (2, TokenText::new(vec![0x9f]), -1.5)],
    };
    let logprobs = vec![part(b"a\xf0"), part(b"\x9f\xa6"), part(b"\x80b"), part(b"c")];
    let answer = Collected { text: "a🦀bc".to_owned(), logprobs, ..Collected::default() };
    let wishes = read_body(json!({"prompt": "One", "logprobs": 2})).unwrap().wishes;
    let reply = serde_json::to_value(Completion::new(stamp(), vec![answer], &wishes)).unwrap();
    let logprobs = &reply["choices"][0]["logprobs"];
    assert_eq!(logprobs["tokens"], json!(["bytes:\\x61\\xf0", "bytes:\\x9f\\xa6", "bytes:\\x80\\x62", "c"]));
    assert_eq!(logprobs["text_offset"], json!([0, 2, 2, 3]));
    assert_eq!(logprobs["top_logprobs"][0].as_object().unwrap().len(), 2);
}

#[test]
fn the_chosen_token_is_among_the_candidates() {
    for top in [vec![(2, "!".into(), -0.1), (3, "?".into(), -0.2)], vec![]] {
        let count = top.len();
        let token = PieceLogprob { token: 1, text: "a".into(), logprob: -5.0, top };
        let answer = Collected { text: "a".to_owned(), logprobs: vec![token], ..Collected::default() };
        let wishes = read_body(json!({"prompt": "One", "logprobs": count})).unwrap().wishes;
        let reply = serde_json::to_value(Completion::new(stamp(), vec![answer], &wishes)).unwrap();
        let top = reply["choices"][0]["logprobs"]["top_logprobs"][0].as_object().unwrap();
        assert_eq!((top["a"].as_f64(), top.len()), (Some(-5.0), count + 1));
    }
}

#[tokio::test]
async fn a_stream_brings_all_answers_and_the_usage() {
    let server =
        server(vec![Script::answer(&["a", "b"]), Script::ends_with(&["c"], FinishReason::MaxTokens, 0)]);
    let body = json!({
        "prompt": ["One", "Two"], "stream": true, "echo": true, "stream_options": {"include_usage": true}
    });
    let (status, text) = post_for_text(&server, PATH, &body).await;
    assert_eq!(status, 200);
    let chunks = data_of(&text);
    let text_of = |index: u64| -> String {
        let of = chunks.iter().filter(|chunk| chunk["choices"][0]["index"] == index);
        of.filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect()
    };
    assert_eq!((text_of(0).as_str(), text_of(1).as_str()), ("Oneab", "Twoc"));
    let reasons: Vec<_> =
        chunks.iter().filter_map(|chunk| chunk["choices"][0]["finish_reason"].as_str()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.contains(&"stop") && reasons.contains(&"length"));
    let usage = &chunks.last().unwrap()["usage"];
    assert_eq!((&usage["prompt_tokens"], &usage["completion_tokens"]), (&json!(20), &json!(3)));
    assert!(chunks[..chunks.len() - 1].iter().all(|chunk| chunk["usage"].is_null()));
    assert!(text.ends_with("data: [DONE]\n\n"));
}

proptest! {
    #[test]
    fn no_body_panics(bytes in gone_wrong(whole_body())) {
        assert_read_or_refused(&bytes, |body| read_completion(body, &Sampling::default()));
    }
}
