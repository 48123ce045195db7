//! Tests of whole tokenizers, and small vocabularies to test with.

mod hostile;
mod properties;
mod reference;
mod segments;

use super::Tokenizer;
use crate::gguf::{Array, Metadata, Value};

/// A token of a made-up vocabulary.
struct Token<'text> {
    text: &'text str,
    kind: i64,
    score: f32,
}

const NORMAL: i64 = 1;
const UNKNOWN: i64 = 2;
const CONTROL: i64 = 3;
const USER_DEFINED: i64 = 4;
const BYTE: i64 = 6;

fn token(text: &str, kind: i64) -> Token<'_> {
    Token { text, kind, score: 0.0 }
}

/// Metadata of a tokenizer of the kind `model` with `tokens`, and nothing else.
fn metadata(model: &str, tokens: &[Token<'_>]) -> Metadata {
    let mut metadata = Metadata::default();
    let texts = tokens.iter().map(|token| token.text.to_owned()).collect();
    let kinds = tokens.iter().map(|token| token.kind).collect();
    let scores = tokens.iter().map(|token| token.score).collect();
    metadata.insert("tokenizer.ggml.model", Value::Text(model.to_owned()));
    metadata.insert("tokenizer.ggml.tokens", Value::Array(Array::Text(texts)));
    metadata.insert("tokenizer.ggml.token_type", Value::Array(Array::Signed(kinds)));
    metadata.insert("tokenizer.ggml.scores", Value::Array(Array::Float(scores)));
    metadata
}

/// GPT-2's characters for all bytes, in the order of the bytes.
fn alphabet() -> Vec<String> {
    let mut shifted = 0x100..;
    (0..=0xFF_u32)
        .map(|byte| {
            let itself = matches!(byte, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF);
            let code = if itself { byte } else { shifted.next().unwrap() };
            char::from_u32(code).unwrap().to_string()
        })
        .collect()
}

/// Metadata of a byte-level tokenizer: all bytes (ids 0 to 255), what `merges` make, then `special`.
fn byte_level(pre: &str, merges: &[&str], special: &[Token<'_>]) -> Metadata {
    let alphabet = alphabet();
    let merged: Vec<String> = merges.iter().map(|merge| merge.replacen(' ', "", 1)).collect();
    let mut tokens: Vec<Token<'_>> = alphabet.iter().chain(&merged).map(|text| token(text, NORMAL)).collect();
    tokens.extend(special.iter().map(|&Token { text, kind, score }| Token { text, kind, score }));
    let mut metadata = metadata("gpt2", &tokens);
    let merges = merges.iter().map(|&merge| merge.to_owned()).collect();
    metadata.insert("tokenizer.ggml.merges", Value::Array(Array::Text(merges)));
    metadata.insert("tokenizer.ggml.pre", Value::Text(pre.to_owned()));
    metadata
}

/// Metadata of a `SentencePiece` tokenizer: `<unk>`, `<s>`, `</s>`, all bytes (ids 3 to 258), then `more`.
fn sentence_piece(more: &[Token<'_>]) -> Metadata {
    let bytes: Vec<String> = (0..=0xFF_u8).map(|byte| format!("<0x{byte:02X}>")).collect();
    let mut tokens = vec![token("<unk>", UNKNOWN), token("<s>", CONTROL), token("</s>", CONTROL)];
    tokens.extend(bytes.iter().map(|text| token(text, BYTE)));
    tokens.extend(more.iter().map(|&Token { text, kind, score }| Token { text, kind, score }));
    metadata("llama", &tokens)
}

fn tokenizer(metadata: &Metadata) -> Tokenizer {
    Tokenizer::from_metadata(metadata).unwrap()
}

#[test]
fn threads_can_share_it() {
    fn shareable<T: Send + Sync + 'static>() {}
    shareable::<Tokenizer>();
    shareable::<crate::text::TextStream>();
}
