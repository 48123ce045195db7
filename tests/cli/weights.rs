//! The program on real weights, against figures of llama.cpp. Skipped unless `ABIDE_TEST_MODELS` names the
//! folder that holds them (`scripts/test` sets it).

use std::path::Path;

use super::{User, json, stdout};
use crate::support::{GEMMA, SMOLLM2, real_model};

/// A text that every Debian machine has.
const GPL: &str = "/usr/share/common-licenses/GPL-3";

/// `known`: llama.cpp's perplexity with weights dequantised to f32, and of its ordinary run.
fn check_perplexity(file: &str, known: [f64; 2]) {
    let Some(model) = real_model(file) else { return };
    if !Path::new(GPL).is_file() {
        eprintln!("skipped: there is no {GPL}");
        return;
    }
    let told =
        User::new().run(&format!("perplexity {} {GPL} --context 512 --json", model.display())).success();
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
    let Some(model) = real_model(SMOLLM2) else { return };
    let model = model.display().to_string();
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
