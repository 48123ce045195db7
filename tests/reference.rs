//! The engine against llama.cpp's answers: log-probabilities and greedy runs of tiny random-weight
//! models, one per family and quantisation, and (with `ABIDE_TEST_MODELS`) of two real ones.
//!
//! Reference ops are held to the exact values; the default ops to what llama.cpp's own quantised run
//! shows against them.

use std::path::{Path, PathBuf};

use abide_engine::{CacheType, LoadOptions, LogitsWanted, OpsChoice};
use abide_kernels::ActivationPrecision;
use serde::Deserialize;

use crate::support::{self, fixture, load, log_softmax};

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    n_ctx: Option<usize>,
    prompts: Vec<Prompt>,
}

#[derive(Deserialize)]
struct Prompt {
    ids: Vec<u32>,
    #[serde(default)]
    logprobs: Vec<f32>,
    #[serde(default)]
    logprobs_exact_gelu: Option<Vec<f32>>,
    greedy: Vec<Step>,
    #[serde(default)]
    quantised_first_top: Vec<(u32, f32)>,
}

#[derive(Deserialize)]
struct Step {
    id: u32,
    top: Vec<(u32, f32)>,
}

impl Step {
    /// Whether the best token leads by more than rounding could change.
    fn is_safe(&self) -> bool {
        self.top[0].1 - self.top[1].1 >= 0.01
    }
}

fn reference(path: &Path) -> Reference {
    let text = std::fs::read_to_string(path).expect("the reference is there");
    serde_json::from_str(&text).expect("the reference is readable")
}

fn options(ops: OpsChoice, reference: &Reference) -> LoadOptions {
    LoadOptions {
        device: support::device(),
        ops,
        cache_type: CacheType::F32,
        context_length: reference.n_ctx,
        ..LoadOptions::default()
    }
}

fn tiny_models(folder: &str) -> Vec<PathBuf> {
    let mut models: Vec<PathBuf> = std::fs::read_dir(fixture(folder))
        .expect("the fixtures are there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gguf"))
        .collect();
    models.sort();
    assert!(models.len() > 15, "{} models in {folder}", models.len());
    models
}

fn greatest_difference(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Runs a model file against its reference; `allowed` is the greatest difference of a
/// log-probability.
fn check_tiny(path: &Path, ops: OpsChoice, activations: ActivationPrecision, allowed: f32) {
    let reference = reference(&path.with_extension("json"));
    let mut model = load(path, &LoadOptions { activations, ..options(ops, &reference) });
    for prompt in &reference.prompts {
        let logprobs = model.last_logprobs(&prompt.ids);
        let expected = prompt.logprobs_exact_gelu.as_ref().unwrap_or(&prompt.logprobs);
        let difference = greatest_difference(&logprobs, expected);
        let name = path.file_name().expect("a name").display();
        let length = prompt.ids.len();
        assert!(difference <= allowed, "{name}, prompt of {length}: {difference} > {allowed}");
        if ops == OpsChoice::Reference {
            check_greedy(&mut model, prompt, &format!("{name}, prompt of {length}"));
        }
    }
}

fn check_greedy(model: &mut support::Loaded, prompt: &Prompt, name: &str) {
    let mut tokens = prompt.ids.clone();
    for (index, step) in prompt.greedy.iter().enumerate() {
        if step.is_safe() {
            let logprobs = model.last_logprobs(&tokens);
            assert_eq!(support::best(&logprobs), step.id, "{name}, greedy step {index}");
        }
        tokens.push(step.id);
    }
}

#[test]
fn reference_ops_agree_with_llama_cpp_for_every_family() {
    for path in tiny_models("tiny") {
        check_tiny(&path, OpsChoice::Reference, ActivationPrecision::Int16, 1e-3);
    }
}

#[test]
fn reference_ops_agree_with_llama_cpp_for_every_quantisation() {
    for path in tiny_models("tiny/quant") {
        check_tiny(&path, OpsChoice::Reference, ActivationPrecision::Int16, 1e-3);
    }
}

/// Inputs quantised to 15 bits may move a log-probability by this much.
const INT16_ALLOWED: f32 = 2e-2;
/// Inputs quantised to 8 bits may move it by this much, which is what llama.cpp's own run moves.
const INT8_ALLOWED: f32 = 0.39;

#[test]
fn default_ops_are_near_for_every_family() {
    for path in tiny_models("tiny") {
        check_tiny(&path, OpsChoice::Default, ActivationPrecision::Int16, INT16_ALLOWED);
        check_tiny(&path, OpsChoice::Default, ActivationPrecision::Int8, INT8_ALLOWED);
    }
}

#[test]
fn default_ops_are_near_for_every_quantisation() {
    for path in tiny_models("tiny/quant") {
        check_tiny(&path, OpsChoice::Default, ActivationPrecision::Int16, INT16_ALLOWED);
        check_tiny(&path, OpsChoice::Default, ActivationPrecision::Int8, INT8_ALLOWED);
    }
}

/// The same prompt alone, in a batch of others, in chunks, and continued from a cached prefix.
#[test]
fn an_answer_does_not_depend_on_batch_chunks_or_cache() {
    for path in tiny_models("tiny").into_iter().chain(tiny_models("tiny/quant")) {
        let reference = reference(&path.with_extension("json"));
        let mut options = options(OpsChoice::Default, &reference);
        options.cache_type = CacheType::F16;
        options.sequences = 4;
        let prompts: Vec<&[u32]> = reference.prompts.iter().map(|prompt| prompt.ids.as_slice()).collect();
        let name = path.display();
        let alone: Vec<Vec<f32>> = prompts
            .iter()
            .map(|prompt| load(&path, &options).logits(&[(prompt, LogitsWanted::Last)]).remove(0))
            .collect();
        let together: Vec<_> = prompts.iter().map(|prompt| (*prompt, LogitsWanted::Last)).collect();
        let mut model = load(&path, &options);
        assert!(model.logits(&together) == alone, "{name}: together");
        for (prompt, expected) in prompts.iter().zip(&alone) {
            assert!(model.last_logits(prompt) == *expected, "{name}: from the cache");
            for chunk in [1, 7, 64] {
                let mut model = load(&path, &options);
                assert!(model.chunked(prompt, chunk) == *expected, "{name}: in chunks of {chunk}");
            }
            options.threads = Some(1);
            assert!(load(&path, &options).last_logits(prompt) == *expected, "{name}: one thread");
            options.threads = None;
        }
    }
}

/// A real model's log-probabilities; skipped where the weights are not there.
fn check_real(file: &str, reference_name: &str, allowed: f32) {
    let Some(path) = support::real_model(file) else { return };
    let reference = reference(&fixture(&format!("reference/{reference_name}.json")));
    let mut model = load(&path, &options(OpsChoice::Reference, &reference));
    for prompt in &reference.prompts {
        let mut tokens = prompt.ids.clone();
        for (index, step) in prompt.greedy.iter().enumerate() {
            let logprobs = model.last_logprobs(&tokens);
            for &(id, expected) in &step.top {
                let difference = (logprobs[id as usize] - expected).abs();
                assert!(difference <= allowed, "{file}, step {index}, token {id}: {difference}");
            }
            if step.is_safe() {
                assert_eq!(support::best(&logprobs), step.id, "{file}, step {index}");
            }
            tokens.push(step.id);
        }
    }
}

#[test]
fn reference_ops_agree_with_llama_cpp_on_smollm2() {
    check_real(support::SMOLLM2, "smollm2", 2e-3);
}

#[test]
fn reference_ops_agree_with_llama_cpp_on_gemma() {
    check_real(support::GEMMA, "gemma", 2e-2);
}

/// Mean difference over the top ten of every prompt, ours and llama.cpp's quantised run's, both
/// against the exact values.
fn check_default(file: &str, reference_name: &str) {
    let Some(path) = support::real_model(file) else { return };
    let reference = reference(&fixture(&format!("reference/{reference_name}.json")));
    let mut options = options(OpsChoice::Default, &reference);
    options.cache_type = CacheType::F16;
    let mut model = load(&path, &options);
    let (mut ours, mut theirs, mut count) = (0.0f64, 0.0f64, 0.0f64);
    for prompt in &reference.prompts {
        let logprobs = model.last_logprobs(&prompt.ids);
        for &(id, exact) in &prompt.greedy[0].top {
            let Some(&(_, quantised)) = prompt.quantised_first_top.iter().find(|(other, _)| *other == id)
            else {
                continue;
            };
            ours += f64::from((logprobs[id as usize] - exact).abs());
            theirs += f64::from((quantised - exact).abs());
            count += 1.0;
        }
    }
    eprintln!("{file}: mean difference {:.5}, llama.cpp's {:.5}", ours / count, theirs / count);
    assert!(ours <= theirs, "{file}: {} against llama.cpp's {}", ours / count, theirs / count);
}

#[test]
fn default_ops_are_as_near_as_llama_cpps_own_on_smollm2() {
    check_default(support::SMOLLM2, "smollm2");
}

#[test]
fn default_ops_are_as_near_as_llama_cpps_own_on_gemma() {
    check_default(support::GEMMA, "gemma");
}

#[test]
fn log_softmax_sums_to_one() {
    let logprobs = log_softmax(&[1.0, 2.0, -3.0, 1000.0]);
    let sum: f32 = logprobs.iter().map(|logprob| logprob.exp()).sum();
    assert!((sum - 1.0).abs() < 1e-6);
}
