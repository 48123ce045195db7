//! The program on real weights, against figures of llama.cpp. Skipped unless `ABIDE_TEST_MODELS` names the
//! folder that holds them (`scripts/test` sets it).

use std::path::{Path, PathBuf};

use crate::{User, json, stdout};

const SMOLLM2: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";
const GEMMA: &str = "gemma-3-270m-q4_k_m.gguf";

/// A text that every Debian machine has.
const GPL: &str = "/usr/share/common-licenses/GPL-3";

fn weights(file: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("ABIDE_TEST_MODELS") else {
        eprintln!("skipped: ABIDE_TEST_MODELS is not set (./scripts/test sets it)");
        return None;
    };
    let path = PathBuf::from(folder).join(file);
    assert!(path.is_file(), "ABIDE_TEST_MODELS has no {file}");
    Some(path.display().to_string())
}

/// `known`: llama.cpp's perplexity with weights dequantised to f32, and of its ordinary run.
fn check_perplexity(file: &str, known: [f64; 2]) {
    let Some(model) = weights(file) else { return };
    if !Path::new(GPL).is_file() {
        eprintln!("skipped: there is no {GPL}");
        return;
    }
    let told = User::new().run(&format!("perplexity {model} {GPL} --context 512 --json")).success();
    let found = json(&told)["perplexity"].as_f64().unwrap();
    let near = |known: f64| (found / known - 1.0).abs() <= 0.005;
    assert!(known.into_iter().any(near), "{file}: {found}, llama.cpp's {known:?}");
}

#[test]
fn perplexity_of_smollm2_is_llama_cpps() {
    check_perplexity(SMOLLM2, [18.299, 18.391]);
}

#[test]
fn perplexity_of_gemma_is_llama_cpps() {
    check_perplexity(GEMMA, [13.830, 13.906]);
}

/// A seed decides the answer, whatever computes it.
#[test]
fn an_answer_is_the_same_for_any_threads_and_instructions() {
    let Some(model) = weights(SMOLLM2) else { return };
    let user = User::new();
    let answer = |threads: &str, cpu: Option<&str>| {
        let mut command =
            user.abide(["run", &model, "Name three birds.", "--seed", "7", "--max-tokens", "24"]);
        command.args(["--temperature", "0.9", "--threads", threads]);
        if let Some(cpu) = cpu {
            command.env("ABIDE_CPU", cpu);
        }
        stdout(&command.assert().success())
    };
    let expected = answer("1", None);
    assert!(expected.chars().any(char::is_alphabetic), "{expected:?}");
    assert_eq!(answer("2", None), expected);
    assert_eq!(answer("4", None), expected);
    assert_eq!(answer("2", Some("scalar")), expected);
}
