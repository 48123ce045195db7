//! What the integration tests share: fixtures, real weights, a loaded model.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use abide_engine::{
    BatchItem, DeviceChoice, LoadOptions, LogitsWanted, Model, Needed, TokenModel, gguf::GgufFile,
};

/// File of the default model.
pub const SMOLLM2: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";
/// File of the small base model.
pub const GEMMA: &str = "gemma-3-270m-q4_k_m.gguf";

/// Weights of the embedding model, its tokenizer beside them.
pub const MINILM: &str = "all-minilm-l6-v2/model.safetensors";

/// A path below `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    // The environment goes first: `scripts/gpu-check` runs these tests in another place than they were built in.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR");
    let crate_folder = crate_folder.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    crate_folder.join("../../tests/fixtures").join(name)
}

/// Where to compute: the device that `ABIDE_TEST_DEVICE` names (`scripts/gpu-check` sets it), else the best.
pub fn device() -> DeviceChoice {
    let name = std::env::var("ABIDE_TEST_DEVICE").unwrap_or_else(|_| "auto".to_owned());
    name.parse().unwrap_or_else(|error| panic!("ABIDE_TEST_DEVICE: {error}"))
}

/// A real model's file in the folder that `ABIDE_TEST_MODELS` names (`scripts/test` sets it).
pub fn real_model(file: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("ABIDE_TEST_MODELS") else {
        eprintln!("skipped: ABIDE_TEST_MODELS is not set (./scripts/test sets it)");
        return None;
    };
    let path = PathBuf::from(folder).join(file);
    assert!(path.is_file(), "ABIDE_TEST_MODELS has no {file}");
    Some(path)
}

/// A model that answers questions about prompts.
pub struct Loaded {
    model: Model,
}

/// Loads a model file.
pub fn load(path: &Path, options: &LoadOptions) -> Loaded {
    let file = GgufFile::open(path).expect("the file opens");
    let model = Model::load(Arc::new(file), options);
    Loaded { model: model.unwrap_or_else(|error| panic!("{}: {error}", path.display())) }
}

impl Loaded {
    /// Logits after each prompt, all in one batch, from whatever the cache holds.
    pub fn logits(&mut self, prompts: &[(&[u32], LogitsWanted)]) -> Vec<Vec<f32>> {
        let started: Vec<_> =
            prompts.iter().map(|(tokens, _)| self.model.start(tokens).expect("starts")).collect();
        let batch: Vec<BatchItem<'_>> = prompts
            .iter()
            .zip(&started)
            .map(|((tokens, logits), (sequence, cached))| BatchItem {
                sequence: *sequence,
                tokens: &tokens[*cached..],
                logits: *logits,
                needed: Needed::ALL,
            })
            .collect();
        let logits = self.model.forward(&batch).expect("computes");
        for (sequence, _) in started {
            self.model.release(sequence);
        }
        (0..logits.rows()).map(|row| logits.row(row).to_vec()).collect()
    }

    /// Logits after `tokens`.
    pub fn last_logits(&mut self, tokens: &[u32]) -> Vec<f32> {
        self.logits(&[(tokens, LogitsWanted::Last)]).remove(0)
    }

    /// Log-probabilities after `tokens`.
    pub fn last_logprobs(&mut self, tokens: &[u32]) -> Vec<f32> {
        log_softmax(&self.last_logits(tokens))
    }

    /// Logits after `tokens`, given `chunk` at a time.
    pub fn chunked(&mut self, tokens: &[u32], chunk: usize) -> Vec<f32> {
        let (sequence, cached) = self.model.start(tokens).expect("starts");
        assert_eq!(cached, 0);
        let (before, last) = tokens.split_at((tokens.len() - 1) / chunk * chunk);
        for tokens in before.chunks(chunk) {
            let item = BatchItem { sequence, tokens, logits: LogitsWanted::None, needed: Needed::ALL };
            assert_eq!(self.model.forward(&[item]).expect("computes").rows(), 0);
        }
        let item = BatchItem { sequence, tokens: last, logits: LogitsWanted::Last, needed: Needed::ALL };
        self.model.forward(&[item]).expect("computes").row(0).to_vec()
    }
}

/// Natural logarithms of the softmax.
pub fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - greatest).exp()).sum();
    logits.iter().map(|logit| (f64::from(logit - greatest) - sum.ln()) as f32).collect()
}

/// Index of the greatest value, the lowest of equals.
pub fn best(values: &[f32]) -> u32 {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best as u32
}
