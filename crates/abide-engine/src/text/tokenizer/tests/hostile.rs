//! Metadata that lies, is damaged or merely strange: an error or defined behaviour, never a panic.

use std::time::{Duration, Instant};

use abide_generation::Special;

use super::{super::TokenizerError, *};
use crate::{gguf::MetadataError, text::TokenKind};

fn without(metadata: &Metadata, key: &str) -> Metadata {
    with(metadata, key, None)
}

fn with(metadata: &Metadata, key: &str, value: Option<Value>) -> Metadata {
    let mut changed = Metadata::default();
    for (name, value) in metadata.iter().filter(|&(name, _)| name != key) {
        changed.insert(name, value.clone());
    }
    if let Some(value) = value {
        changed.insert(key, value);
    }
    changed
}

fn error(metadata: &Metadata) -> TokenizerError {
    Tokenizer::from_metadata(metadata).unwrap_err()
}

#[test]
fn missing_keys_are_named() {
    let byte_level = byte_level("gpt-2", &[], &[]);
    let missing = |key: &str| TokenizerError::Metadata(MetadataError::Missing { key: key.to_owned() });
    for key in ["tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.merges"] {
        assert_eq!(error(&without(&byte_level, key)), missing(key));
    }
    let key = "tokenizer.ggml.scores";
    assert_eq!(error(&without(&sentence_piece(&[]), key)), missing(key));
    assert!(Tokenizer::from_metadata(&without(&byte_level, "tokenizer.ggml.token_type")).is_ok());
    assert!(Tokenizer::from_metadata(&without(&byte_level, "tokenizer.ggml.pre")).is_ok());
}

#[test]
fn unsupported_kinds_say_what_is_supported() {
    for model in ["t5", "bert", "rwkv", "plamo2", ""] {
        let problem = error(&with(
            &byte_level("gpt-2", &[], &[]),
            "tokenizer.ggml.model",
            Some(Value::Text(model.to_owned())),
        ));
        assert_eq!(problem, TokenizerError::UnsupportedModel { model: model.to_owned() });
        assert!(problem.to_string().contains("byte-level BPE"));
    }
    assert!(matches!(error(&byte_level("no such", &[], &[])), TokenizerError::UnknownPreTokenizer { .. }));
}

#[test]
fn arrays_of_the_wrong_length_or_type() {
    let good = sentence_piece(&[]);
    for (key, value) in [
        ("tokenizer.ggml.scores", Value::Array(Array::Float(vec![0.0; 3]))),
        ("tokenizer.ggml.token_type", Value::Array(Array::Signed(vec![1; 1000]))),
    ] {
        assert!(matches!(
            error(&with(&good, key, Some(value))),
            TokenizerError::LengthMismatch { key: found, tokens: 259, .. } if found == key
        ));
    }
    let empty = with(&good, "tokenizer.ggml.tokens", Some(Value::Array(Array::Text(Vec::new()))));
    assert_eq!(error(&empty), TokenizerError::EmptyVocabulary);
    for (key, _) in good.iter() {
        let wrong = with(&good, key, Some(Value::Bool(true)));
        assert!(matches!(error(&wrong), TokenizerError::Metadata(MetadataError::WrongType { .. })), "{key}");
    }
}

#[test]
fn merges_that_do_not_fit() {
    let malformed = |merge: &str| error(&byte_level("gpt-2", &[merge], &[]));
    for merge in ["ab", "", " b", "a "] {
        assert!(matches!(malformed(merge), TokenizerError::MalformedMerge { index: 0, .. }), "{merge:?}");
    }
    // Pieces that aren't there, characters outside the alphabet, the same merge twice: left out.
    let good = byte_level("gpt-2", &["a b", "a b"], &[]);
    let merges = ["a zz", "zz a", "你 好", "a b c", "a b", "b a", "a b"].map(str::to_owned).to_vec();
    let odd = with(&good, "tokenizer.ggml.merges", Some(Value::Array(Array::Text(merges))));
    assert_eq!(tokenizer(&odd).encode("abba", Special::AsText), [256, 98, 97]);
}

#[test]
fn strange_tokens() {
    let strange = [
        token("", NORMAL),
        token("", CONTROL),
        token("twice", USER_DEFINED),
        token("twice", USER_DEFINED),
        token("<0xZZ>", BYTE),
        token("odd", 77),
        token("\u{0}", USER_DEFINED),
    ];
    for metadata in [byte_level("default", &[], &strange), sentence_piece(&strange)] {
        let tokenizer = tokenizer(&metadata);
        let first = tokenizer.id_of("twice").unwrap();
        assert_eq!(tokenizer.encode("twice", Special::AsText), [first]);
        assert_eq!(tokenizer.kind(first + 3), Some(TokenKind::Unused));
        assert_eq!(tokenizer.bytes(u32::MAX), None);
        assert_eq!(tokenizer.token_text(u32::MAX), None);
        let all: Vec<u32> = (0..tokenizer.vocabulary() as u32 + 5).collect();
        assert!(!tokenizer.decode(&all).is_empty());
        assert_eq!(tokenizer.decode(&tokenizer.encode("a\u{0}b", Special::AsText)), "a\u{0}b");
    }
}

#[test]
fn ids_out_of_range_are_absent() {
    for value in [Value::Unsigned(u64::MAX), Value::Unsigned(100_000), Value::Signed(-1), Value::Bool(true)] {
        let mut metadata = byte_level("gpt-2", &[], &[]);
        metadata.insert("tokenizer.ggml.bos_token_id", value.clone());
        metadata.insert("tokenizer.ggml.eos_token_id", value);
        metadata.insert("tokenizer.ggml.add_bos_token", Value::Bool(true));
        metadata.insert("tokenizer.ggml.add_eos_token", Value::Bool(true));
        let tokenizer = tokenizer(&metadata);
        assert_eq!((tokenizer.bos(), tokenizer.eos()), (None, None));
        assert_eq!(tokenizer.encode("a", Special::Parsed), [97]);
    }
}

#[test]
fn what_cannot_be_expressed() {
    // No bytes at all: SentencePiece falls back on the unknown token, byte-level BPE without one on nothing.
    let pieces = metadata("llama", &[token("<unk>", UNKNOWN), token("▁", NORMAL), token("a", NORMAL)]);
    assert_eq!(tokenizer(&pieces).encode("aé", Special::AsText), [1, 2, 0]);
    let mut bytes = metadata("gpt2", &[token("a", NORMAL)]);
    bytes.insert("tokenizer.ggml.merges", Value::Array(Array::Text(Vec::new())));
    assert_eq!(tokenizer(&bytes).encode("abé", Special::AsText), [0]);
    bytes.insert("tokenizer.ggml.unknown_token_id", Value::Unsigned(0));
    assert_eq!(tokenizer(&bytes).encode("ab", Special::AsText), [0, 0]);
}

#[test]
fn scores_that_are_no_numbers() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.0];
    let texts = ["aa", "aaa", "aaaa", "a", "▁a"];
    let more: Vec<Token<'_>> =
        texts.iter().zip(odd).map(|(&text, score)| Token { text, kind: NORMAL, score }).collect();
    let tokenizer = tokenizer(&sentence_piece(&more));
    assert_eq!(tokenizer.decode(&tokenizer.encode("aaaaaaa aaa", Special::AsText)), "aaaaaaa aaa");
}

/// A megabyte of one letter, without a space, merges in the time that a megabyte should take; a method that
/// is quadratic would need hours.
#[test]
fn a_megabyte_without_spaces() {
    let merges = ["a a", "aa aa", "aaaa aaaa"];
    let texts = ["aa", "aaaa", "aaaaaaaa", "a"];
    let more: Vec<Token<'_>> =
        texts.iter().map(|&text| Token { text, kind: NORMAL, score: text.len() as f32 }).collect();
    for metadata in [byte_level("llama-bpe", &merges, &[]), sentence_piece(&more)] {
        let tokenizer = tokenizer(&metadata);
        let text = "a".repeat(1 << 20);
        let start = Instant::now();
        let ids = tokenizer.encode(&text, Special::AsText);
        assert!(ids.len() <= (1 << 17) + 2, "{}", ids.len());
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        assert_eq!(tokenizer.decode(&ids), text);
    }
}

/// Thousands of special tokens, all of whose beginnings are in the text.
#[test]
fn many_special_tokens_in_a_long_text() {
    let texts: Vec<String> = (0..5_000).map(|number| format!("<unused{number}>")).collect();
    let special: Vec<Token<'_>> = texts.iter().map(|text| token(text, CONTROL)).collect();
    let tokenizer = tokenizer(&byte_level("gpt-2", &[], &special));
    let text = "<unused".repeat(50_000) + "<unused4999>";
    let start = Instant::now();
    let ids = tokenizer.encode(&text, Special::Parsed);
    assert_eq!(ids.last().copied(), tokenizer.id_of("<unused4999>"));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
