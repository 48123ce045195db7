//! A tokenizer for models that have nothing to say: byte-level BPE of the right number of tokens, valid for every
//! engine, that knows single bytes and nothing else.

use crate::{
    gguf::{Array, Metadata, Value},
    text,
};

/// Tokens that steer; other engines look some of these up by name.
const CONTROLS: [&str; 4] = ["<s>", "</s>", "<unk>", "<|endoftext|>"];
/// The bytes, what the one merge makes, and [`CONTROLS`].
pub(super) const TOKENS_MIN: usize = 256 + 1 + CONTROLS.len();

/// GGUF's kinds of tokens.
const NORMAL: i64 = 1;
const CONTROL: i64 = 3;
const UNUSED: i64 = 5;

/// Adds the keys of a tokenizer of so many tokens, at least [`TOKENS_MIN`].
pub(super) fn describe(vocabulary: usize, metadata: &mut Metadata) {
    let mut tokens: Vec<String> = text::letters().map(String::from).collect();
    // Engines want to see a list of merges.
    tokens.push("th".to_owned());
    let mut kinds = vec![NORMAL; tokens.len()];
    let begin = tokens.len() as u64;
    tokens.extend(CONTROLS.map(str::to_owned));
    kinds.extend([CONTROL; CONTROLS.len()]);
    tokens.extend((tokens.len()..vocabulary).map(|id| format!("<|unused_{id}|>")));
    kinds.resize(vocabulary, UNUSED);
    let mut put = |key: &str, value: Value| metadata.insert(format!("tokenizer.ggml.{key}"), value);
    put("model", Value::Text("gpt2".to_owned()));
    put("pre", Value::Text("gpt-2".to_owned()));
    put("tokens", Value::Array(Array::Text(tokens)));
    put("token_type", Value::Array(Array::Signed(kinds)));
    put("merges", Value::Array(Array::Text(vec!["t h".to_owned()])));
    put("bos_token_id", Value::Unsigned(begin));
    put("eos_token_id", Value::Unsigned(begin + 1));
    put("add_bos_token", Value::Bool(false));
}
