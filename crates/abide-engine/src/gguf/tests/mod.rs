//! Tests of the GGUF reader and writer: what is written is read back, what is hostile is refused, what is
//! damaged never harms. Parsing is tested on bytes in memory, opening on files.

mod files;
mod fuzz;
mod hostile;
mod round_trip;

use abide_kernels::BlockType;

use super::{Array, Metadata, Value, Writer};

/// Metadata with one value of each type, such as a small model has.
fn sample_metadata() -> Metadata {
    let mut metadata = Metadata::default();
    for (key, value) in [
        ("general.architecture", Value::Text("llama".to_owned())),
        ("llama.block_count", Value::Unsigned(2)),
        ("llama.attention.layer_norm_rms_epsilon", Value::Float(f64::from(1e-5_f32))),
        ("sample.bool", Value::Bool(true)),
        ("sample.signed", Value::Signed(-3)),
        ("tokenizer.ggml.tokens", Value::Array(Array::Text(vec!["a".to_owned(), "é".to_owned()]))),
        ("tokenizer.ggml.scores", Value::Array(Array::Float(vec![-1.0, 0.5]))),
        ("tokenizer.ggml.token_type", Value::Array(Array::Signed(vec![1, -1]))),
    ] {
        assert!(metadata.insert(key, value));
    }
    metadata
}

/// A small valid file with three tensors of different types.
fn sample_bytes() -> Vec<u8> {
    let mut writer = Writer::new(sample_metadata());
    writer.tensor("output_norm.weight", &[3], BlockType::F32, vec![1; 12]).unwrap();
    writer.tensor("token_embd.weight", &[32, 2], BlockType::Q8_0, vec![2; 68]).unwrap();
    writer.tensor("blk.0.ffn_up.weight", &[2, 2, 2], BlockType::F16, vec![3; 16]).unwrap();
    writer.to_bytes().unwrap()
}
