//! A tiny BERT of random weights against the formulas written out, texts alone and among others, and damaged files.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use abide_generation::Embedder;
use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

const HIDDEN: usize = 32;
const WIDE: usize = 48;
const LAYERS: usize = 2;
const POSITIONS: usize = 24;
const WORDS: [&str; 12] =
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "##s", "sat", "dog", "ran", "far", "."];

/// A tensor: how it is stored, its shape, its bytes.
type Tensor = (&'static str, Vec<usize>, Vec<u8>);

/// Files of a model in a folder of their own.
struct Files {
    folder: TempDir,
    tensors: BTreeMap<String, Tensor>,
}

fn stored(kind: &str, values: &[f32]) -> Vec<u8> {
    match kind {
        "F16" => values.iter().flat_map(|value| half::f16::from_f32(*value).to_le_bytes()).collect(),
        "BF16" => values.iter().flat_map(|value| half::bf16::from_f32(*value).to_le_bytes()).collect(),
        _ => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    }
}

/// Names and shapes of all tensors.
fn shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![WORDS.len(), HIDDEN]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![POSITIONS, HIDDEN]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, HIDDEN]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![HIDDEN]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![HIDDEN]),
    ];
    for layer in 0..LAYERS {
        let maps = [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", WIDE, HIDDEN),
            ("output.dense", HIDDEN, WIDE),
        ];
        for (name, rows, columns) in maps {
            shapes.push((format!("encoder.layer.{layer}.{name}.weight"), vec![rows, columns]));
            shapes.push((format!("encoder.layer.{layer}.{name}.bias"), vec![rows]));
        }
        for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
            shapes.push((format!("encoder.layer.{layer}.{name}.weight"), vec![HIDDEN]));
            shapes.push((format!("encoder.layer.{layer}.{name}.bias"), vec![HIDDEN]));
        }
    }
    shapes
}

fn tokenizer() -> Value {
    let vocabulary: BTreeMap<&str, usize> = WORDS.iter().enumerate().map(|(id, word)| (*word, id)).collect();
    let special = |name: &str, id: usize| json!({"id": name, "ids": [id], "tokens": [name]});
    json!({
        "version": "1.0",
        "truncation": {"max_length": 5, "strategy": "LongestFirst", "stride": 0},
        "padding": {
            "strategy": {"Fixed": 128}, "direction": "Right", "pad_to_multiple_of": null,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]",
        },
        "added_tokens": [],
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
            "lowercase": true,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"[CLS]": special("[CLS]", 2), "[SEP]": special("[SEP]", 3)},
        },
        "decoder": null,
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": vocabulary,
        },
    })
}

impl Files {
    /// Random weights stored as `kind`, and a tokenizer.
    fn new(kind: &'static str) -> Self {
        let mut random = StdRng::seed_from_u64(7);
        let tensor = |(name, shape): (String, Vec<usize>)| {
            let count: usize = shape.iter().product();
            let centre = if name.ends_with("LayerNorm.weight") { 1.0 } else { 0.0 };
            let values: Vec<f32> = (0..count).map(|_| centre + random.random_range(-0.3_f32..0.3)).collect();
            (name, (kind, shape, stored(kind, &values)))
        };
        let tensors = shapes().into_iter().map(tensor).collect();
        let files = Self { folder: tempfile::tempdir().unwrap(), tensors };
        files.write("tokenizer.json", tokenizer().to_string());
        files
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn weights(&self) -> PathBuf {
        self.folder.path().join(WEIGHTS_FILE)
    }

    /// The bytes of the weights' file.
    fn bytes(&self) -> Vec<u8> {
        let mut header = json!({"__metadata__": {"format": "pt"}});
        let mut data = Vec::new();
        for (name, (kind, shape, bytes)) in &self.tensors {
            let offsets = [data.len(), data.len() + bytes.len()];
            header[name] = json!({"dtype": kind, "shape": shape, "data_offsets": offsets});
            data.extend_from_slice(bytes);
        }
        file_of(&header.to_string(), &data)
    }

    fn open_with(&self, options: &EmbedderOptions) -> Result<BertEmbedder, EmbedderError> {
        self.write(WEIGHTS_FILE, self.bytes());
        BertEmbedder::open(&self.weights(), options)
    }

    fn open(&self) -> Result<BertEmbedder, EmbedderError> {
        self.open_with(&options())
    }

    /// A tensor's values.
    fn values(&self, name: &str) -> Vec<f64> {
        let (kind, _, bytes) = &self.tensors[name];
        let value = |bytes: &[u8]| match *kind {
            "F16" => half::f16::from_le_bytes(bytes.try_into().unwrap()).to_f64(),
            "BF16" => half::bf16::from_le_bytes(bytes.try_into().unwrap()).to_f64(),
            _ => f64::from(f32::from_le_bytes(bytes.try_into().unwrap())),
        };
        bytes.chunks_exact(if *kind == "F32" { 4 } else { 2 }).map(value).collect()
    }
}

fn options() -> EmbedderOptions {
    EmbedderOptions { name: "tiny".to_owned(), threads: Some(2), ..EmbedderOptions::default() }
}

fn file_of(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

/// BERT by its formulas, value by value in `f64`.
struct Naive<'a> {
    files: &'a Files,
    heads: usize,
}

impl Naive<'_> {
    fn linear(&self, x: &[Vec<f64>], name: &str) -> Vec<Vec<f64>> {
        let (weight, bias) =
            (self.files.values(&format!("{name}.weight")), self.files.values(&format!("{name}.bias")));
        let columns = weight.len() / bias.len();
        let product = |row: &Vec<f64>, out: usize| {
            let weights = &weight[out * columns..][..columns];
            bias[out] + row.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>()
        };
        x.iter().map(|row| (0..bias.len()).map(|out| product(row, out)).collect()).collect()
    }

    fn norm(&self, x: &[Vec<f64>], y: &[Vec<f64>], name: &str) -> Vec<Vec<f64>> {
        let (weight, bias) =
            (self.files.values(&format!("{name}.weight")), self.files.values(&format!("{name}.bias")));
        let norm = |(x, y): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
            let sum: Vec<f64> = x.iter().zip(y).map(|(x, y)| x + y).collect();
            let mean = sum.iter().sum::<f64>() / sum.len() as f64;
            let variance = sum.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / sum.len() as f64;
            let value = |(index, value): (usize, &f64)| {
                (value - mean) / (variance + 1e-12).sqrt() * weight[index] + bias[index]
            };
            sum.iter().enumerate().map(value).collect()
        };
        x.iter().zip(y).map(norm).collect()
    }

    fn attention(&self, x: &[Vec<f64>], name: &str) -> Vec<Vec<f64>> {
        let [query, key, value] =
            ["query", "key", "value"].map(|part| self.linear(x, &format!("{name}.self.{part}")));
        let width = HIDDEN / self.heads;
        let mut mixed = vec![vec![0.0; HIDDEN]; x.len()];
        for head in 0..self.heads {
            let dims = head * width..(head + 1) * width;
            for (row, query) in query.iter().enumerate() {
                let score = |key: &Vec<f64>| {
                    let product: f64 = dims.clone().map(|dim| query[dim] * key[dim]).sum();
                    (product / (width as f64).sqrt()).exp()
                };
                let powers: Vec<f64> = key.iter().map(score).collect();
                let sum: f64 = powers.iter().sum();
                for dim in dims.clone() {
                    let weighted = powers.iter().zip(&value).map(|(power, value)| power * value[dim]);
                    mixed[row][dim] = weighted.sum::<f64>() / sum;
                }
            }
        }
        self.linear(&mixed, &format!("{name}.output.dense"))
    }

    fn vector(&self, ids: &[usize], pooling: Pooling) -> Vec<f64> {
        let table = |name: &str| self.files.values(&format!("embeddings.{name}_embeddings.weight"));
        let (words, positions, types) = (table("word"), table("position"), table("token_type"));
        let sum = |(position, &id): (usize, &usize)| {
            let value =
                |dim: usize| words[id * HIDDEN + dim] + positions[position * HIDDEN + dim] + types[dim];
            (0..HIDDEN).map(value).collect()
        };
        let zeros = vec![vec![0.0; HIDDEN]; ids.len()];
        let sums: Vec<Vec<f64>> = ids.iter().enumerate().map(sum).collect();
        let mut x = self.norm(&sums, &zeros, "embeddings.LayerNorm");
        for layer in 0..LAYERS {
            let name = |part: &str| format!("encoder.layer.{layer}.{part}");
            let attended = self.attention(&x, &name("attention"));
            x = self.norm(&x, &attended, &name("attention.output.LayerNorm"));
            let mut wide = self.linear(&x, &name("intermediate.dense"));
            wide.iter_mut().flatten().for_each(|value| *value = gelu(*value));
            x = self.norm(&x, &self.linear(&wide, &name("output.dense")), &name("output.LayerNorm"));
        }
        let pooled: Vec<f64> = match pooling {
            Pooling::FirstToken => x[0].clone(),
            Pooling::Mean => (0..HIDDEN).map(|dim| x.iter().map(|row| row[dim]).sum()).collect(),
        };
        let length = pooled.iter().map(|value| value * value).sum::<f64>().sqrt();
        pooled.into_iter().map(|value| value / length).collect()
    }
}

/// x Φ(x), with the error function by its series.
fn gelu(x: f64) -> f64 {
    let z = x / std::f64::consts::SQRT_2;
    let (mut term, mut sum) = (z, z);
    for n in 1..200 {
        term *= -z * z / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    x * (0.5 + sum / std::f64::consts::PI.sqrt())
}

fn assert_near(found: &[f32], exact: &[f64]) {
    assert_eq!(found.len(), exact.len());
    for (found, exact) in found.iter().zip(exact) {
        assert!((f64::from(*found) - exact).abs() < 2e-6, "{found} {exact}");
    }
}

#[test]
fn vectors_are_those_of_the_formulas() {
    for kind in ["F32", "F16", "BF16"] {
        let files = Files::new(kind);
        for (heads, pooling) in [(1, Pooling::Mean), (4, Pooling::FirstToken)] {
            if heads > 1 {
                let config =
                    json!({"model_type": "bert", "num_attention_heads": heads, "hidden_act": "gelu"});
                files.write("config.json", config.to_string());
                files.write("1_Pooling/config.json", r#"{"pooling_mode_cls_token": true}"#);
            }
            let embedder = files.open().unwrap();
            let found = embedder.embed(&["The cats sat.", "", "a dog ran"]).unwrap();
            let naive = Naive { files: &files, heads };
            assert_near(&found.vectors[0], &naive.vector(&[2, 4, 5, 6, 7, 11, 3], pooling));
            assert_near(&found.vectors[1], &naive.vector(&[2, 3], pooling));
            assert_near(&found.vectors[2], &naive.vector(&[2, 1, 8, 9, 3], pooling));
            assert_eq!((found.tokens, found.truncated.len()), (14, 0));
            assert_eq!((embedder.dimensions(), embedder.tokens_max()), (HIDDEN, POSITIONS));
        }
    }
}

#[test]
fn names_may_have_berts_prefix() {
    let mut files = Files::new("F32");
    let expected = files.open().unwrap().embed(&["the cat"]).unwrap();
    files.tensors = std::mem::take(&mut files.tensors)
        .into_iter()
        .map(|(n, tensor)| (format!("bert.{n}"), tensor))
        .collect();
    let embedder = files.open().unwrap();
    assert_eq!(embedder.embed(&["the cat"]).unwrap(), expected);
    assert!(embedder.id().starts_with("tiny@sha256:"), "{}", embedder.id());
    assert_eq!(embedder.id().len(), "tiny@sha256:".len() + 64);
}

#[test]
fn a_vector_does_not_depend_on_texts_beside_it_nor_on_threads() {
    let files = Files::new("F32");
    let text =
        |words: usize| (0..words).map(|word| WORDS[4 + word % 8].replace('#', "") + " ").collect::<String>();
    // More than one pass, of texts of all lengths.
    let texts: Vec<String> = (0..120).map(|index| text(index * 7 % 31)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let expected: Vec<Vec<f32>> = {
        let alone = files.open().unwrap();
        texts.iter().flat_map(|text| alone.embed(&[text]).unwrap().vectors).collect()
    };
    for threads in [1, 3] {
        let embedder = files.open_with(&EmbedderOptions { threads: Some(threads), ..options() }).unwrap();
        let together = embedder.embed(&texts).unwrap();
        assert!(together.vectors == expected, "{threads} threads");
        assert!(!together.truncated.is_empty());
    }
    let embedder = files.open().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert!(embedder.embed(&texts).unwrap().vectors == expected));
        }
    });
    assert_eq!(embedder.embed(&[]).unwrap(), Embeddings::default());
    // More texts than a pass takes, of the fewest tokens.
    let empty = embedder.embed(&[""; 300]).unwrap();
    assert!(empty.vectors.len() == 300 && empty.vectors.iter().all(|vector| *vector == expected[0]));
}

#[test]
fn long_texts_are_cut_and_it_is_told() {
    let files = Files::new("F32");
    files.write("sentence_bert_config.json", r#"{"max_seq_length": 8, "do_lower_case": false}"#);
    let embedder = files.open().unwrap();
    assert_eq!(embedder.tokens_max(), 8);
    let long = "the cat sat far ".repeat(30_000);
    let cut = embedder.embed(&[&long, "the cat sat far the cat dog", "the cat sat far the cat"]).unwrap();
    assert_eq!((cut.tokens, cut.truncated.len()), (24, 2));
    assert_eq!(cut.vectors[0], cut.vectors[1]);
    assert_eq!(cut.vectors[0], cut.vectors[2]);
    // White space alone, and one word without any: nothing to cut off before the tokenizer has seen it all.
    let spaces = embedder.embed(&[&" ".repeat(100_000), &"z".repeat(100_000), "", "z"]).unwrap();
    assert_eq!((spaces.tokens, spaces.truncated.len()), (2 + 3 + 2 + 3, 0));
    assert_eq!(spaces.vectors[0], spaces.vectors[2]);
    assert_eq!(spaces.vectors[1], spaces.vectors[3]);
    let more = files.open_with(&EmbedderOptions { tokens_max: Some(1000), ..options() }).unwrap();
    assert_eq!(more.tokens_max(), POSITIONS);
}

#[test]
fn what_a_folder_holds_is_told_without_loading_it() {
    let files = Files::new("F16");
    files.write(WEIGHTS_FILE, files.bytes());
    let spec = inspect_embedder(&files.weights(), Some(10)).unwrap();
    assert_eq!((spec.layers, spec.intermediate, spec.vocabulary), (LAYERS, WIDE, WORDS.len()));
    assert_eq!((spec.tokens_max, spec.heads, spec.pooling), (10, 1, Pooling::Mean));
    let values: usize = shapes().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    assert_eq!(spec.parameters, values as u64);
    assert!(spec.memory.weights >= 4 * values as u64 && spec.memory.working > 0);
}

/// Opening must fail with a message that holds all of these.
fn refused(files: &Files, parts: &[&str]) {
    let Err(error) = files.open() else { panic!("it was taken, though {parts:?}") };
    let message = error.to_string();
    assert!(parts.iter().all(|part| message.contains(part)), "{message} lacks one of {parts:?}");
}

#[test]
fn tensors_that_are_missing_or_wrong_are_named() {
    let good = Files::new("F32");
    for (name, shape) in shapes() {
        let mut files = Files { folder: tempfile::tempdir().unwrap(), tensors: good.tensors.clone() };
        files.write("tokenizer.json", tokenizer().to_string());
        let (kind, shape, bytes) = files.tensors.insert(name.clone(), ("I64", shape, Vec::new())).unwrap();
        refused(&files, &["model.safetensors", &name, "I64"]);
        files.tensors.remove(&name);
        refused(&files, &[&name, "no tensor"]);
        // As many bytes in a shape that is too flat.
        let flat = vec![1, 1, shape.iter().product()];
        files.tensors.insert(name.clone(), (kind, flat.clone(), bytes));
        refused(&files, &[&name, &format!("{flat:?}")]);
    }
    let mut files = good;
    let (rows, columns) = (HIDDEN + 1, HIDDEN);
    let name = "encoder.layer.1.attention.self.key.weight";
    files.tensors.insert(name.to_owned(), ("F32", vec![rows, columns], vec![0; rows * columns * 4]));
    refused(&files, &[name, "[33, 32]", "[32, 32]"]);
}

#[test]
fn configurations_that_do_not_fit_are_refused() {
    for (name, text, expected) in [
        ("config.json", "{", "config.json"),
        ("config.json", r#"{"model_type": "roberta"}"#, "roberta"),
        ("config.json", r#"{"num_attention_heads": 5}"#, "5 heads"),
        ("config.json", r#"{"num_attention_heads": 0}"#, "0 heads"),
        ("config.json", r#"{"hidden_act": "mish"}"#, "mish"),
        ("config.json", r#"{"layer_norm_eps": -1}"#, "layer_norm_eps"),
        ("config.json", r#"{"position_embedding_type": "relative_key"}"#, "relative_key"),
        ("1_Pooling/config.json", r#"{"pooling_mode_max_tokens": true}"#, "pooling"),
        ("sentence_bert_config.json", r#"{"max_seq_length": 2}"#, "2 are read"),
        ("tokenizer.json", "{}", "tokenizer.json"),
        ("tokenizer.json", "", "tokenizer.json"),
    ] {
        let files = Files::new("F32");
        files.write(name, text);
        refused(&files, &[expected]);
    }
    let mut many = tokenizer();
    many["model"]["vocab"]["zebra"] = 99.into();
    let files = Files::new("F32");
    files.write("tokenizer.json", many.to_string());
    refused(&files, &["zebra", "99"]);
    let mut foreign = tokenizer();
    foreign["post_processor"]["special_tokens"]["[SEP]"]["ids"][0] = 77.into();
    files.write("tokenizer.json", foreign.to_string());
    refused(&files, &["tokenizer.json", "token 77"]);
    foreign["post_processor"] = json!({"type": "ByteLevel"});
    files.write("tokenizer.json", foreign.to_string());
    refused(&files, &["tokenizer.json", "ByteLevel"]);
    let mut files = Files::new("F32");
    files
        .tensors
        .insert("embeddings.token_type_embeddings.weight".to_owned(), ("F32", vec![1, HIDDEN], vec![0; 128]));
    refused(&files, &["types of tokens", "config.json"]);
    let files = Files::new("F32");
    fs::remove_file(files.folder.path().join("tokenizer.json")).unwrap();
    refused(&files, &["tokenizer.json"]);
}

#[test]
fn weights_that_are_no_numbers_are_errors_of_the_text_alone() {
    let mut files = Files::new("F32");
    let table = files.tensors.get_mut("embeddings.word_embeddings.weight").unwrap();
    table.2[5 * HIDDEN * 4..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
    let embedder = files.open().unwrap();
    assert!(embedder.embed(&["cat"]).unwrap_err().to_string().contains("no numbers"));
    // The next text does not suffer.
    assert!(embedder.embed(&["dog"]).unwrap().vectors[0].iter().all(|value| value.is_finite()));
}

#[test]
fn files_that_are_something_else_are_refused() {
    let files = Files::new("F32");
    let (good, path) = (files.bytes(), files.weights());
    let huge = |claim: &str| {
        let tensor = format!(r#"{{"embeddings.word_embeddings.weight":{claim}}}"#);
        file_of(&tensor, &[0; 64])
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "0 bytes"),
        (b"GGUF".to_vec(), "4 bytes"),
        (u64::MAX.to_le_bytes().to_vec(), "header"),
        ((1_u64 << 22).to_le_bytes().to_vec(), "within the header"),
        (file_of("[]", &[]), "JSON"),
        (file_of("{}", &[]), "no tensor"),
        (file_of(&"[".repeat(100_000), &[]), "JSON"),
        (good[..good.len() - 1].to_vec(), "bytes of data"),
        (
            huge(r#"{"dtype":"F32","shape":[4294967295,4294967295,4294967295],"data_offsets":[0,64]}"#),
            "shape",
        ),
        (huge(r#"{"dtype":"F32","shape":[1000000000,1000],"data_offsets":[0,64]}"#), "shape"),
        (huge(r#"{"dtype":"F32","shape":[4,4],"data_offsets":[0,18446744073709551615]}"#), "lies at"),
        (huge(r#"{"dtype":"F32","shape":[4,4],"data_offsets":[32,16]}"#), "lies at"),
        (huge(r#"{"dtype":"F32","shape":[-1],"data_offsets":[0,64]}"#), "described"),
        (huge(r#"{"dtype":"F32","shape":[0,4],"data_offsets":[0,0]}"#), "matrix"),
        (huge(r#"{"dtype":"Q4","shape":[4,4],"data_offsets":[0,64]}"#), "Q4"),
    ];
    for (bytes, expected) in cases {
        fs::write(&path, &bytes).unwrap();
        let error = BertEmbedder::open(&path, &options()).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains(WEIGHTS_FILE), "{error} lacks {expected}");
    }
    let folder = BertEmbedder::open(files.folder.path(), &options()).unwrap_err();
    assert!(matches!(folder.problem, EmbedderProblem::NotAFile), "{folder}");
    let nothing = BertEmbedder::open(&path.with_file_name("nothing"), &options()).unwrap_err();
    assert!(matches!(nothing.problem, EmbedderProblem::Io(_)), "{nothing}");
}

#[test]
fn sizes_beyond_any_encoder_s_are_refused() {
    let mut files = Files::new("F32");
    let name = "encoder.layer.300.output.dense.bias";
    files.tensors.insert(name.to_owned(), ("F32", vec![1], vec![0; 4]));
    refused(&files, &["301 layers", "256"]);
    files.tensors.remove(name);
    let name = "encoder.layer.0.intermediate.dense.weight";
    files.tensors.insert(name.to_owned(), ("F32", vec![100_000, 1], vec![0; 400_000]));
    refused(&files, &["100000", "feed-forward"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_headers_are_errors_or_harmless(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        thread_local!(static FILES: (Files, Vec<u8>) = {
            let files = Files::new("F32");
            let bytes = files.bytes();
            (files, bytes)
        });
        FILES.with(|(files, good)| {
            let mut bytes = good.clone();
            let header = 8 + u64::from_le_bytes(good[..8].try_into().unwrap()) as usize;
            if cut {
                bytes.truncate(at.index(bytes.len()));
            } else {
                bytes[at.index(header)] = byte;
            }
            fs::write(files.weights(), &bytes).unwrap();
            if let Ok(embedder) = BertEmbedder::open(&files.weights(), &options()) {
                let _ = embedder.embed(&["the cat"]);
            }
        });
    }

    #[test]
    fn damaged_tokenizers_are_errors_or_harmless(at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let files = Files::new("F32");
        let mut text = tokenizer().to_string().into_bytes();
        let index = at.index(text.len());
        text[index] = byte;
        files.write("tokenizer.json", &text);
        if let Ok(embedder) = files.open() {
            let mut message = String::new();
            match embedder.embed(&["The cats sat far. Zebra", ""]) {
                Ok(found) => write!(message, "{}", found.tokens).unwrap(),
                Err(error) => write!(message, "{error}").unwrap(),
            }
            prop_assert!(!message.is_empty());
        }
    }
}
