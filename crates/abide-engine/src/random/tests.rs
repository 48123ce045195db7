//! Random models of every family load and compute; types are those of real files.

use std::{collections::BTreeMap, sync::Arc};

use abide_kernels::BlockType;

use super::*;
use crate::{BatchItem, LoadOptions, LogitsWanted, Model, Needed, TokenModel, gguf::Array};

/// A shape from `key = value` lines: integers, fractions, lists of integers.
fn shape(architecture: &str, tied_embeddings: bool, lines: &str) -> Shape {
    let mut hyperparameters = Metadata::default();
    for line in lines.split(',').map(str::trim).filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once('=').unwrap();
        let value = match value.parse::<u64>() {
            Ok(number) => Value::Unsigned(number),
            Err(_) if value.contains('.') => Value::Float(value.parse().unwrap()),
            Err(_) => {
                let numbers = value.split('/').map(|number| number.parse().unwrap());
                Value::Array(Array::Signed(numbers.collect()))
            }
        };
        assert!(hyperparameters.insert(key, value), "{key}");
    }
    Shape { architecture: architecture.to_owned(), tied_embeddings, hyperparameters }
}

const COMMON: &str = "vocab_size=300,context_length=128,embedding_length=256,feed_forward_length=512,\
                      attention.head_count=4";
const RMS: &str = "attention.layer_norm_rms_epsilon=0.00001";
const LAYER: &str = "attention.layer_norm_epsilon=0.00001";
const EXPERTS: &str = "expert_count=8,expert_used_count=2,expert_feed_forward_length=256";

/// One small shape of each family.
fn shapes() -> Vec<Shape> {
    let rms = |architecture: &str, tied, more: &str| {
        let lines = format!("{COMMON},{RMS},block_count=3,attention.head_count_kv=2,{more}");
        shape(architecture, tied, &lines)
    };
    let layer = |architecture: &str, tied, more: &str| {
        let lines = format!("{COMMON},{LAYER},block_count=3,attention.head_count_kv=2,{more}");
        shape(architecture, tied, &lines)
    };
    let window = "attention.sliding_window=16";
    let lfm2 = format!(
        "{COMMON},{RMS},block_count=4,attention.head_count_kv=0/2/0/2,shortconv.l_cache=3,rope.freq_base=1000000.0"
    );
    vec![
        layer("cohere2", true, &format!("{window},logit_scale=0.25")),
        rms("gemma2", true, &format!("{window},attention.key_length=32,attention.value_length=32")),
        rms("gemma3", true, &format!("{window},attention.key_length=128,attention.value_length=128")),
        rms("glm4", false, "rope.dimension_count=32"),
        rms(
            "gpt-oss",
            false,
            &format!("{EXPERTS},{window},attention.key_length=64,attention.value_length=64"),
        ),
        rms(
            "granite",
            true,
            "embedding_scale=12.0,attention.scale=0.015625,residual_scale=0.22,logit_scale=8.0",
        ),
        shape("lfm2", true, &lfm2),
        rms("llama", true, ""),
        rms("llama", false, EXPERTS),
        rms("olmo2", false, window),
        rms("phi3", false, ""),
        rms("qwen2", true, ""),
        rms("qwen3", false, "attention.key_length=128,attention.value_length=128"),
        rms("qwen3moe", false, EXPERTS),
        rms("smollm3", true, ""),
        layer("stablelm", false, "rope.dimension_count=16"),
        layer("starcoder2", true, ""),
    ]
}

fn in_memory(model: &RandomModel) -> GgufFile {
    model.in_memory(tempfile::tempfile().unwrap()).unwrap()
}

#[test]
fn every_family_loads_and_computes_sound_numbers() {
    let families: Vec<&str> = crate::families::known().collect();
    let shapes = shapes();
    assert!(families.iter().all(|family| shapes.iter().any(|shape| shape.architecture == *family)));
    for shape in shapes {
        let name = shape.architecture.clone();
        let model = RandomModel::new(&name, shape, Mix::Q4_K_M).unwrap();
        let file = Arc::new(in_memory(&model));
        assert_eq!(file.architecture().unwrap(), name);
        assert_eq!(crate::parameters(&file), model.parameters(), "{name}");
        let mut loaded = Model::load(Arc::clone(&file), &LoadOptions::default()).unwrap();
        assert_eq!(loaded.bytes_read_per_token(0), model.weight_bytes_read(), "{name}");
        let tokens: Vec<u32> = (0..40).map(|index| index * 7).collect();
        let (sequence, _) = loaded.start(&tokens).unwrap();
        let item = BatchItem { sequence, tokens: &tokens, logits: LogitsWanted::All, needed: Needed::ALL };
        let logits = loaded.forward(&[item]).unwrap();
        for row in 0..logits.rows() {
            let row = logits.row(row);
            assert!(row.iter().all(|logit| logit.is_finite()), "{name}");
            let spread = row.iter().map(|logit| logit * logit).sum::<f32>() / row.len() as f32;
            assert!((1e-3..1e3).contains(&spread), "{name}: logits spread by {spread}");
        }
    }
}

#[test]
fn the_written_file_is_the_one_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("random.gguf");
    for mix in [Mix::Q4_K_M, Mix::Q8_0, Mix::F16, Mix::Q3_K_L] {
        let model = RandomModel::new("random", shapes().remove(0), mix).unwrap();
        let (mut heard, mut most) = (0, 0);
        model
            .write(&path, &mut |done, all| {
                (heard, most) = (done, all);
                true
            })
            .unwrap();
        assert_eq!(heard, most);
        let (written, memory) = (GgufFile::open(&path).unwrap(), in_memory(&model));
        assert_eq!(written.metadata(), memory.metadata());
        assert_eq!(written.tensors().len(), memory.tensors().len());
        for tensor in written.tensors() {
            let twin = memory.tensor(&tensor.name).unwrap();
            assert_eq!((&tensor.dimensions, tensor.kind), (&twin.dimensions, twin.kind));
            assert!(written.data(tensor) == memory.data(twin), "{mix}: {}", tensor.name);
        }
    }
    let model = RandomModel::new("random", shapes().remove(0), Mix::Q4_0).unwrap();
    let path = folder.path().join("stopped.gguf");
    let stopped = model.write(&path, &mut |done, _| done < 100_000).unwrap_err();
    assert!(matches!(stopped, RandomModelError::Write(WriteError::Interrupted { .. })), "{stopped}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left");
}

#[test]
fn its_tokenizer_takes_any_text() {
    let model = RandomModel::new("random", shapes().remove(0), Mix::Q8_0).unwrap();
    let tokenizer = crate::text::Tokenizer::from_metadata(in_memory(&model).metadata()).unwrap();
    let ids = tokenizer.encode("thé\n", abide_generation::Special::AsText);
    assert_eq!(tokenizer.decode(&ids), "thé\n");
}

/// Tensors of each type but those kept in F32.
fn counts(model: &RandomModel) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for tensor in model.tensors.iter().filter(|tensor| tensor.kind != BlockType::F32) {
        *counts.entry(tensor.kind.name()).or_default() += 1;
    }
    counts
}

fn model(architecture: &str, tied: bool, lines: &str, mix: Mix) -> RandomModel {
    RandomModel::new("m", shape(architecture, tied, lines), mix).unwrap()
}

fn kind(model: &RandomModel, name: &str) -> BlockType {
    model.tensors.iter().find(|tensor| tensor.name == name).unwrap().kind
}

/// What `abide show` tells of the file that people run.
#[test]
fn gemma_3_270m_has_the_types_of_the_published_file() {
    let lines = "vocab_size=262144,embedding_length=640,feed_forward_length=2048,block_count=18,\
                 attention.head_count=4,attention.head_count_kv=1,attention.key_length=256,attention.value_length=256";
    let model = model("gemma3", true, lines, Mix::Q4_K_M);
    let expected = BTreeMap::from([("Q8_0", 10), ("Q5_0", 81), ("Q4_K", 27), ("Q6_K", 9)]);
    assert_eq!(counts(&model), expected);
    assert_eq!(model.tensors.len(), 236);
    assert_eq!(model.weight_bytes(), 246_587_904);
    assert_eq!(kind(&model, "blk.0.attn_v.weight"), BlockType::Q8_0);
    assert_eq!(kind(&model, "blk.0.ffn_down.weight"), BlockType::Q6_K);
    assert_eq!(kind(&model, "blk.2.ffn_down.weight"), BlockType::Q4_K);
}

#[test]
fn smollm2_135m_has_the_types_of_the_published_file() {
    let lines = "vocab_size=49152,embedding_length=576,feed_forward_length=1536,block_count=30,\
                 attention.head_count=9,attention.head_count_kv=3";
    let model = model("llama", true, lines, Mix::Q4_1);
    assert_eq!(counts(&model), BTreeMap::from([("Q4_1", 210), ("Q8_0", 1)]));
    assert_eq!(model.parameters(), 134_515_008);
}
