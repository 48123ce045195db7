//! Memories by another embedding model: chosen as other settings are, read anew with progress, and found by words until then.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{TINY, User, fixture, json as parsed, stderr, stdout};

const HIDDEN: usize = 32;
const WIDE: usize = 48;
const WORDS: [&str; 12] =
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "boat", "##s", "is", "red", "sister", "harbour", "."];

/// Writes a tiny BERT of random weights; its folder, as an argument.
fn tiny(user: &User, name: &str, seed: u64) -> String {
    let mut shapes: BTreeMap<String, Vec<usize>> = [
        ("embeddings.word_embeddings.weight", vec![WORDS.len(), HIDDEN]),
        ("embeddings.position_embeddings.weight", vec![64, HIDDEN]),
        ("embeddings.token_type_embeddings.weight", vec![2, HIDDEN]),
        ("embeddings.LayerNorm.weight", vec![HIDDEN]),
        ("embeddings.LayerNorm.bias", vec![HIDDEN]),
        ("encoder.layer.0.attention.output.LayerNorm.weight", vec![HIDDEN]),
        ("encoder.layer.0.attention.output.LayerNorm.bias", vec![HIDDEN]),
        ("encoder.layer.0.output.LayerNorm.weight", vec![HIDDEN]),
        ("encoder.layer.0.output.LayerNorm.bias", vec![HIDDEN]),
    ]
    .map(|(name, shape)| (name.to_owned(), shape))
    .into();
    for (map, rows, columns) in [
        ("attention.self.query", HIDDEN, HIDDEN),
        ("attention.self.key", HIDDEN, HIDDEN),
        ("attention.self.value", HIDDEN, HIDDEN),
        ("attention.output.dense", HIDDEN, HIDDEN),
        ("intermediate.dense", WIDE, HIDDEN),
        ("output.dense", HIDDEN, WIDE),
    ] {
        shapes.insert(format!("encoder.layer.0.{map}.weight"), vec![rows, columns]);
        shapes.insert(format!("encoder.layer.0.{map}.bias"), vec![rows]);
    }
    let (mut header, mut data, mut state) = (Map::new(), Vec::new(), seed);
    for (tensor, shape) in shapes {
        let begin = data.len();
        for _ in 0..shape.iter().product() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
            let value = if tensor.ends_with("LayerNorm.weight") { 1.0 } else { random };
            data.extend_from_slice(&f32::to_le_bytes(value));
        }
        header.insert(tensor, json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]}));
    }
    let header = Value::from(header).to_string();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend_from_slice(&data);
    user.write(&format!("{name}/tokenizer.json"), tokenizer().to_string());
    user.write(&format!("{name}/model.safetensors"), file).parent().unwrap().display().to_string()
}

fn tokenizer() -> Value {
    let vocabulary: BTreeMap<&str, usize> = WORDS.iter().enumerate().map(|(id, word)| (*word, id)).collect();
    let special = |name: &str, id: usize| json!({"id": name, "ids": [id], "tokens": [name]});
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "decoder": null,
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
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": vocabulary,
        },
    })
}

fn with_mara() -> User {
    let user = User::new();
    user.write("mara.toml", "name = \"Mara\"\ngreetings = [\"Hello, you.\"]\n");
    let file = user.path("mara.toml").display().to_string();
    user.abide(["companion", "new", "--from", &file]).assert().success();
    user
}

#[test]
fn another_embedding_model_reads_all_anew_and_words_find_what_was_said_until_then() {
    let user = with_mara();
    let (one, two) = (tiny(&user, "one", 1), tiny(&user, "two", 2));
    user.write("config.toml", format!("embedder = \"{one}\"\n"));
    let lines = "My sister sold the red boat.\nThe harbour froze over.\nI like tea.\n";
    let chat = ["chat", "--model", &fixture(TINY), "-n", "4", "--temperature", "0"];
    user.abide(chat).write_stdin(lines).assert().success();
    let read = stdout(&user.run("memory embed").success());
    let (done, rest) = read.trim().split_once(" of ").unwrap();
    assert!(rest.starts_with(&format!("{done} messages and facts are read by one")), "{read}");
    assert!(done.parse::<u32>().unwrap() >= 7, "{read}");

    user.write("config.toml", format!("embedder = \"{two}\"\n"));
    let told = parsed(&user.run("config --json").success());
    let told = told.as_array().unwrap().iter().find(|setting| setting["name"] == "embedder").unwrap();
    assert_eq!((&told["value"], &told["source"]), (&json!(two), &json!("config.toml")));
    let found = user.abide(["memory", "search", "who sold the red boat"]).assert().success();
    assert!(stdout(&found).contains("red boat"), "{}", stdout(&found));
    assert!(stderr(&found).contains("two reads the memories of Mara anew"), "{}", stderr(&found));
    // An argument is nearer than the file, and an environment variable between the two.
    let mut command = user.abide(["memory", "search", "boat", "--embedder", &one]);
    assert!(!stderr(&command.assert().success()).contains("two reads"));
    let read = stdout(&user.run("memory embed").success());
    assert!(read.contains(&format!("{done} of {done} messages and facts are read by two")), "{read}");
    let found = user.abide(["memory", "search", "who sold the red boat"]).assert().success();
    assert!(!stderr(&found).contains("anew") && stdout(&found).contains("red boat"), "{}", stderr(&found));
}

#[test]
fn a_model_that_can_not_read_memories_is_a_mistake_that_names_where_it_stands() {
    let user = with_mara();
    let refused = |command: &mut assert_cmd::Command, code: i32, parts: &[&str]| {
        let told = stderr(&command.assert().code(code));
        assert!(parts.iter().all(|part| told.contains(part)), "{parts:?}: {told}");
    };
    let search = ["memory", "search", "boat"];
    user.write("config.toml", "embedder = \"smollm2-135m-instruct\"\n");
    refused(
        &mut user.abide(search),
        2,
        &["`embedder` in config.toml", "makes text, not vectors", "abide models"],
    );
    let chat = ["chat", "--model", &fixture(TINY)];
    refused(user.abide(chat).write_stdin("Hello.\n"), 2, &["`embedder` in config.toml", "makes text"]);
    refused(&mut user.abide(["serve", "--port", "0"]), 2, &["`embedder` in config.toml", "makes text"]);
    let mut command = user.abide(search);
    refused(command.env("ABIDE_EMBEDDER", "no-such-model"), 3, &["ABIDE_EMBEDDER", "no-such-model"]);
    let mut command = user.abide([&search[..], &["--embedder", "all-minilm-l6-v2"]].concat());
    refused(&mut command, 3, &["--embedder is all-minilm-l6-v2", "not on disk", "abide pull ID"]);
}
