//! The same ids as llama.cpp, for every fixture, and for the real models where they are at hand.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use abide_generation::Special;
use serde::Deserialize;

use super::super::Tokenizer;
use crate::{gguf::GgufFile, text::Segment};

#[derive(Deserialize)]
struct Answers {
    tokenize: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    ids: Vec<u32>,
    ids_special: Vec<u32>,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

fn answers(path: &Path) -> Answers {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn load(path: &Path) -> Tokenizer {
    Tokenizer::from_metadata(GgufFile::open(path).unwrap().metadata()).unwrap()
}

fn compare(name: &str, tokenizer: &Tokenizer, answers: &Answers) {
    assert!(!answers.tokenize.is_empty(), "{name} has no cases");
    for Case { text, ids, ids_special } in &answers.tokenize {
        assert_eq!(&tokenizer.encode(text, Special::AsText), ids, "{name}: {text:?} as text");
        assert_eq!(&tokenizer.encode(text, Special::Parsed), ids_special, "{name}: {text:?} parsed");
        let mut markup = ids_special.clone();
        markup.dedup_by(|second, first| first == second && Some(*first) == tokenizer.bos());
        assert_eq!(tokenizer.encode_segments(&[Segment::Markup(text)]), markup, "{name}: {text:?} as markup");
        let space_mark_is_a_space = text.replace('\u{2581}', " ");
        assert_eq!(tokenizer.decode(ids), space_mark_is_a_space, "{name}: {text:?} decoded");
    }
}

#[test]
fn tiny_models() {
    let mut compared = 0;
    for folder in ["tiny", "tiny/quant"] {
        let Ok(entries) = std::fs::read_dir(fixture(folder)) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "gguf") {
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                compare(&name, &load(&path), &answers(&path.with_extension("json")));
                compared += 1;
            }
        }
    }
    assert!(compared >= 20, "only {compared} fixtures found");
}

/// The real model in `$ABIDE_TEST_MODELS`, or `None`, said on stderr.
fn real_model(file: &str) -> Option<Tokenizer> {
    let Some(folder) = std::env::var_os("ABIDE_TEST_MODELS") else {
        eprintln!("skipped: ABIDE_TEST_MODELS does not name a folder with {file}");
        return None;
    };
    let file = GgufFile::open(&Path::new(&folder).join(file)).unwrap();
    let start = Instant::now();
    let tokenizer = Tokenizer::from_metadata(file.metadata()).unwrap();
    eprintln!("{} tokens loaded in {:?}", tokenizer.vocabulary(), start.elapsed());
    Some(tokenizer)
}

#[test]
fn smollm2() {
    let Some(tokenizer) = real_model("SmolLM2-135M-Instruct.Q4_1.gguf") else { return };
    compare("smollm2", &tokenizer, &answers(&fixture("reference/smollm2.json")));
    let ends: Vec<_> =
        tokenizer.end_of_generation().iter().filter_map(|&id| tokenizer.token_text(id)).collect();
    assert_eq!(ends, ["<|endoftext|>", "<|im_end|>", "<reponame>"]);
}

#[test]
fn gemma() {
    let Some(tokenizer) = real_model("gemma-3-270m-q4_k_m.gguf") else { return };
    compare("gemma", &tokenizer, &answers(&fixture("reference/gemma.json")));
    let ends: Vec<_> =
        tokenizer.end_of_generation().iter().filter_map(|&id| tokenizer.token_text(id)).collect();
    // The last one is meant as an HTML tag, but llama.cpp ends there too.
    assert_eq!(ends, ["<eos>", "<end_of_turn>", "</s>"]);
}

#[test]
fn ends_of_the_tiny_models() {
    for (name, expected) in [
        ("llama-spm", &["</s>"][..]),
        ("gemma3", &["<eos>", "<end_of_turn>"]),
        ("phi3-long", &["</s>", "<|endoftext|>", "<|end|>"]),
        ("qwen2", &["<|endoftext|>", "<|im_end|>"]),
        ("gpt-oss", &["<|return|>", "<|end|>"]),
        ("cohere2", &["<|END_OF_TURN_TOKEN|>", "<PAD>"]),
    ] {
        let tokenizer = load(&fixture(&format!("tiny/{name}.gguf")));
        let ends: Vec<_> =
            tokenizer.end_of_generation().iter().filter_map(|&id| tokenizer.token_text(id)).collect();
        assert_eq!(ends, expected, "{name}");
        assert!(tokenizer.end_of_generation().iter().all(|&id| tokenizer.ends_generation(id)));
        assert!(!tokenizer.ends_generation(u32::MAX));
    }
}
