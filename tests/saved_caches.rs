//! Saved caches on real kernels: an answer that begins with a loaded cache is the same, to the bit, as one that begins with
//! nothing, for every family, every type of cache, and wherever two conversations part.

use std::path::Path;
use std::sync::Arc;

use abide_engine::gguf::GgufFile;
use abide_engine::saved_cache::{CacheKey, SavedCacheOptions, clear, list};
use abide_engine::{
    CacheType, ChatTokens, Engine, EngineOptions, LoadOptions, Model, OpsChoice, Spelling, TextCodec,
    TextDecoder, TokenModel,
};
use abide_generation::{
    Chat, GenerationError, GenerationEvent, GenerationRequest, Generator, ModelDescription, Prompt,
    PromptPart, PromptReport, Sampling, Special, ThoughtControl, ToolSyntax,
};
use abide_kernels::ActivationPrecision;
use proptest::prelude::*;

use crate::support::{GEMMA, SMOLLM2, device, fixture, real_model};

/// Text is of no concern here.
struct NoText;

impl TextCodec for NoText {
    fn encode(&self, _text: &str, _special: Special) -> Result<Vec<u32>, GenerationError> {
        Err(GenerationError::EmptyPrompt)
    }

    fn encode_text(&self, _text: &str) -> Result<Vec<u32>, GenerationError> {
        Err(GenerationError::EmptyPrompt)
    }

    fn encode_parts(&self, _parts: &[PromptPart]) -> Result<Vec<u32>, GenerationError> {
        Err(GenerationError::EmptyPrompt)
    }

    fn encode_chat(&self, _chat: &Chat) -> Result<ChatTokens, GenerationError> {
        Err(GenerationError::EmptyPrompt)
    }

    fn render(&self, _chat: &Chat) -> Result<String, GenerationError> {
        Err(GenerationError::EmptyPrompt)
    }

    fn decode(&self, _tokens: &[u32]) -> Result<String, GenerationError> {
        Ok(String::new())
    }

    fn decoder(&self, _previous: Option<u32>) -> Box<dyn TextDecoder> {
        Box::new(Self)
    }

    fn tokens_holding(&self, _text: &str) -> Vec<u32> {
        Vec::new()
    }

    fn is_end_of_generation(&self, _token: u32) -> bool {
        false
    }

    fn encode_within(&self, _text: &str) -> Vec<u32> {
        Vec::new()
    }

    fn spelling(&self, _token: u32) -> Spelling<'_> {
        Spelling::Nothing
    }

    fn leaves_out_space(&self, _previous: Option<u32>) -> bool {
        false
    }
}

impl TextDecoder for NoText {
    fn push(&mut self, _token: u32) -> String {
        String::new()
    }

    fn finish(&mut self) -> String {
        String::new()
    }
}

/// A model, to be started again and again.
#[derive(Clone)]
struct Subject {
    file: Arc<GgufFile>,
    options: LoadOptions,
    folder: Arc<tempfile::TempDir>,
    key: u8,
    weights: u8,
}

/// An answer to the bit.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    tokens: Vec<u32>,
    /// Of the best candidates at each step.
    logprobs: Vec<Vec<(u32, f32)>>,
}

impl Subject {
    #[allow(clippy::needless_pass_by_value, reason = "each caller makes its own")]
    fn new(path: &Path, options: LoadOptions) -> Self {
        let file = Arc::new(GgufFile::open(path).expect("the file opens"));
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        Self { file, options: LoadOptions { sequences: 2, ..options }, folder, key: 1, weights: 1 }
    }

    fn saved_options(&self) -> SavedCacheOptions {
        let (folder, key) = (self.folder.path().to_owned(), CacheKey::new([self.key; 32]));
        let options = SavedCacheOptions::new(folder, key, "subject".to_owned(), [self.weights; 32]);
        SavedCacheOptions { tokens_min: 40, ..options }
    }

    /// A fresh start, with saved caches or without.
    fn start(&self, saves: bool) -> Engine {
        self.start_with(saves.then(|| self.saved_options()))
    }

    fn start_with(&self, saved_caches: Option<SavedCacheOptions>) -> Engine {
        let model = Model::load(Arc::clone(&self.file), &self.options).expect("the model loads");
        let description = ModelDescription {
            name: "subject".to_owned(),
            parameters: 0,
            context_length: model.context_length(),
            context_length_trained: model.context_length(),
            vocabulary: model.vocabulary(),
            has_chat_template: false,
            late_system_messages: false,
            chat_template: None,
            template_notice: None,
            tool_syntax: ToolSyntax::default(),
            thought_marks: None,
            thought_control: ThoughtControl::default(),
        };
        let options = EngineOptions { saved_caches, ..EngineOptions::default() };
        Engine::new(Box::new(model), Arc::new(NoText), description, options).expect("the engine starts")
    }

    /// Tokens that a conversation of this model may have.
    fn tokens(&self, count: usize, seed: u64) -> Vec<u32> {
        let model = Model::load(Arc::clone(&self.file), &self.options).expect("the model loads");
        let (vocabulary, most) = (model.vocabulary() as u64, model.context_length() - 24);
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % vocabulary) as u32
        };
        std::iter::repeat_with(draw).take(count.min(most)).collect()
    }
}

/// Four tokens of answer, and how many of the prompt's were known.
fn answer(engine: &Engine, prompt: &[u32]) -> (Answer, usize) {
    let request = GenerationRequest {
        sampling: Sampling::greedy(),
        max_tokens: Some(4),
        logprobs: Some(8),
        ..GenerationRequest::new(Prompt::Tokens(prompt.to_vec()))
    };
    let mut stream = engine.generate(request).expect("accepted");
    let mut answer = Answer { tokens: Vec::new(), logprobs: Vec::new() };
    let mut report = PromptReport::default();
    while let Some(event) = stream.blocking_next() {
        match event.expect("answered") {
            GenerationEvent::Started(started) => report = started,
            GenerationEvent::Token(token) => {
                answer.tokens.push(token.id);
                answer.logprobs.push(token.logprob.expect("asked for").top);
            }
            GenerationEvent::Finished { usage, .. } => {
                assert_eq!(usage.cached_tokens, report.cached_tokens);
            }
        }
    }
    (answer, report.cached_tokens)
}

fn options(cache_type: CacheType) -> LoadOptions {
    LoadOptions { device: device(), cache_type, ..LoadOptions::default() }
}

/// Two answers of a conversation, a start between them; then others that part from it here and there.
fn check(subject: &Subject, length: usize) {
    let first = subject.tokens(length, 7);
    let (told, known) = answer(&subject.start(true), &first);
    assert_eq!((known, &told), (0, &answer(&subject.start(false), &first).0));

    // The last token of an answer is not computed any more.
    let computed = first.len() + told.tokens.len() - 1;
    let next: Vec<u32> = first.iter().chain(&told.tokens).copied().chain(subject.tokens(9, 8)).collect();
    let (found, known) = answer(&subject.start(true), &next);
    assert_eq!(known, computed, "everything was found again");
    assert_eq!(found, answer(&subject.start(false), &next).0);

    let (again, known) = answer(&subject.start(true), &first);
    assert_eq!(again, told, "the same question again");
    assert_eq!(known, first.len() - 1);
    for part in [1, 31, 32, 33, 100, 255, 256, 257, first.len() - 30, first.len() - 1] {
        let part = part.min(first.len() - 1);
        let other: Vec<u32> = first[..part].iter().copied().chain(subject.tokens(12, 9)).collect();
        let (found, known) = answer(&subject.start(true), &other);
        assert!(known <= part + 12, "parted at {part}, but {known} were known");
        assert_eq!(found, answer(&subject.start(false), &other).0, "parted at {part} of {}", first.len());
    }
}

fn tiny_models() -> Vec<std::path::PathBuf> {
    let folder = std::fs::read_dir(fixture("tiny")).expect("the fixtures are there");
    let files = folder.map(|entry| entry.expect("readable").path());
    let models: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "gguf")).collect();
    assert!(models.len() > 15);
    models
}

#[test]
fn answers_of_every_family_are_the_same_with_a_loaded_cache() {
    for path in tiny_models() {
        eprintln!("{}", path.display());
        check(&Subject::new(&path, options(CacheType::F16)), 420);
    }
}

#[test]
fn answers_are_the_same_with_every_type_of_cache() {
    for name in ["gemma3", "lfm2", "qwen3", "gpt-oss"] {
        for cache_type in [CacheType::F32, CacheType::Q8_0] {
            let options = LoadOptions { device: "cpu".parse().expect("a device"), ..options(cache_type) };
            check(&Subject::new(&fixture(&format!("tiny/{name}.gguf")), options), 300);
        }
    }
}

/// Candle's caches, as they are on a GPU. Its numbers depend on what is computed together, so they are near, not the same.
#[test]
fn caches_of_the_reference_come_back() {
    for name in ["gemma3", "lfm2", "qwen3"] {
        let options = LoadOptions { ops: OpsChoice::Reference, ..options(CacheType::F32) };
        let subject = Subject::new(&fixture(&format!("tiny/{name}.gguf")), options);
        let prompt = subject.tokens(300, 3);
        let (cold, _) = answer(&subject.start(true), &prompt);
        let (loaded, known) = answer(&subject.start(true), &prompt);
        assert_eq!(known, prompt.len() - 1, "{name}");
        for (one, other) in cold.logprobs[0].iter().zip(&loaded.logprobs[0]) {
            assert!((one.1 - other.1).abs() < 1e-3, "{name}: {one:?} and {other:?}");
        }
    }
}

#[test]
fn real_models_answer_the_same_with_a_loaded_cache() {
    for file in [SMOLLM2, GEMMA] {
        let Some(path) = real_model(file) else { return };
        let options = LoadOptions { context_length: Some(1024), ..options(CacheType::F16) };
        let subject = Subject::new(&path, options);
        let prompt = subject.tokens(600, 5);
        let (cold, _) = answer(&subject.start(true), &prompt);
        let (loaded, known) = answer(&subject.start(true), &prompt);
        assert_eq!((known, loaded), (prompt.len() - 1, cold), "{file}");
    }
}

#[test]
fn what_was_computed_otherwise_is_not_used() {
    let base = Subject::new(&fixture("tiny/qwen3.gguf"), options(CacheType::F16));
    let prompt = base.tokens(300, 1);
    answer(&base.start(true), &prompt);
    assert!(answer(&base.start(true), &prompt).1 > 0);
    let others = [
        Subject { weights: 2, ..base.clone() },
        Subject { key: 2, ..base.clone() },
        Subject {
            options: LoadOptions { cache_type: CacheType::F32, ..base.options.clone() },
            ..base.clone()
        },
        Subject {
            options: LoadOptions { activations: ActivationPrecision::Int16, ..base.options.clone() },
            ..base.clone()
        },
        Subject {
            file: Subject::new(&fixture("tiny/qwen2.gguf"), base.options.clone()).file,
            ..base.clone()
        },
    ];
    for other in others {
        let (found, known) = answer(&other.start_with(Some(other.saved_options())), &prompt);
        assert_eq!(known, 0);
        assert_eq!(found, answer(&other.start(false), &prompt).0);
    }
    assert!(answer(&base.start(true), &prompt).1 > 0, "and what was there stays");
}

/// Every file of the folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path());
    let mut files: Vec<_> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

#[test]
fn forgetting_leaves_no_file_and_nothing_in_memory() {
    let subject = Subject::new(&fixture("tiny/gemma3.gguf"), options(CacheType::F16));
    let prompt = subject.tokens(300, 1);
    let engine = subject.start(true);
    answer(&engine, &prompt);
    answer(&subject.start(true), &prompt);
    engine.forget_caches().expect("forgotten");
    assert_eq!(files(subject.folder.path()), Vec::<std::path::PathBuf>::new());
    assert_eq!(answer(&engine, &prompt).1, 0);
    drop(engine);
    let key = CacheKey::new([subject.key; 32]);
    let listed = list(subject.folder.path(), Some(&key)).expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].model.as_deref(), listed[0].conversations), (Some("subject"), 1));
    assert_eq!(listed[0].tokens, prompt.len() + 3);
    assert_eq!(clear(subject.folder.path(), Some(("other", &key))).expect("cleared").files, 0);
    assert_eq!(clear(subject.folder.path(), Some(("subject", &key))).expect("cleared").files, 2);
    assert_eq!(answer(&subject.start(true), &prompt).1, 0);
}

#[test]
fn the_folder_never_outgrows_its_limit() {
    let subject = Subject::new(&fixture("tiny/qwen3.gguf"), options(CacheType::F16));
    answer(&subject.start(true), &subject.tokens(300, 1));
    let bytes = |subject: &Subject| -> u64 {
        files(subject.folder.path()).iter().map(|path| path.metadata().expect("there").len()).sum()
    };
    let bytes_max = 3 * bytes(&subject);
    for seed in 2..8 {
        let options = SavedCacheOptions { bytes_max, ..subject.saved_options() };
        answer(&subject.start_with(Some(options)), &subject.tokens(300, seed));
        assert!(bytes(&subject) <= bytes_max, "{} of {bytes_max}", bytes(&subject));
    }
    assert_eq!(answer(&subject.start(true), &subject.tokens(300, 1)).1, 0, "the oldest are gone");
    assert!(answer(&subject.start(true), &subject.tokens(300, 7)).1 > 290, "the youngest is not");
}

/// Many at a time, with more asked of the cache than it holds: nothing is mixed up, and nothing hangs.
#[test]
fn conversations_are_saved_and_loaded_beside_each_other() {
    let subject = Subject::new(&fixture("tiny/gemma3.gguf"), options(CacheType::F16));
    let cold = subject.start(false);
    let prompts: Vec<_> = (0..6).map(|seed| subject.tokens(280 + 7 * seed as usize, seed)).collect();
    let expected: Vec<_> = prompts.iter().map(|prompt| answer(&cold, prompt).0).collect();
    let mut known = 0;
    for _ in 0..3 {
        let engine = subject.start(true);
        std::thread::scope(|scope| {
            let answers: Vec<_> =
                prompts.iter().map(|prompt| scope.spawn(|| answer(&engine, prompt))).collect();
            for (answered, expected) in answers.into_iter().zip(&expected) {
                let (found, cached) = answered.join().expect("no panic");
                assert_eq!(&found, expected);
                known += cached;
            }
        });
    }
    assert!(known > 2000, "only {known} tokens were ever found again");
}

/// Damages every file in turn in one way.
fn damage(subject: &Subject, how: impl Fn(&mut Vec<u8>)) {
    for path in files(subject.folder.path()) {
        let mut bytes = std::fs::read(&path).expect("readable");
        how(&mut bytes);
        std::fs::write(&path, bytes).expect("writable");
    }
}

#[test]
fn damaged_files_are_thrown_away_and_the_answer_is_right() {
    let subject = Subject::new(&fixture("tiny/gemma3.gguf"), options(CacheType::F16));
    let prompt = subject.tokens(300, 1);
    let expected = answer(&subject.start(false), &prompt).0;
    let places = [0.0, 0.0003, 0.0008, 0.002, 0.01, 0.1, 0.5, 0.9, 0.99999];
    for place in places {
        answer(&subject.start(true), &prompt);
        // The damage is there when the engine starts, or comes while it runs.
        for early in [true, false] {
            let late = (!early).then(|| subject.start(true));
            damage(&subject, |bytes| {
                let index = (bytes.len() as f64 * place) as usize;
                bytes[index] ^= 0x10;
            });
            let engine = late.unwrap_or_else(|| subject.start(true));
            assert_eq!(answer(&engine, &prompt).0, expected, "changed at {place}, early: {early}");
            drop(engine);
            // Damage that nobody read, behind the first, is found at the next start.
            assert_eq!(answer(&subject.start(true), &prompt).0, expected);
            let again = answer(&subject.start(true), &prompt);
            assert_eq!(again, (expected.clone(), prompt.len() - 1), "saved again, {place}, early: {early}");
        }
    }
    for kept in [0, 1, 43, 44, 100, 2000] {
        damage(&subject, |bytes| bytes.truncate(kept));
        assert_eq!(answer(&subject.start(true), &prompt).0, expected, "cut to {kept} bytes");
    }
    damage(&subject, |bytes| bytes.extend_from_slice(b"more"));
    assert_eq!(answer(&subject.start(true), &prompt).0, expected);
    // Each other's names.
    let names = files(subject.folder.path());
    std::fs::rename(&names[0], names[0].with_extension("kept")).expect("renamed");
    std::fs::rename(&names[1], &names[0]).expect("renamed");
    std::fs::rename(names[0].with_extension("kept"), &names[1]).expect("renamed");
    assert_eq!(answer(&subject.start(true), &prompt).0, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Conversations that share beginnings, saved and found in any order.
    #[test]
    fn any_prompts_in_any_order_are_answered_the_same(
        lengths in prop::collection::vec((40..420_usize, 0..420_usize, 0..3_u64), 2..6),
    ) {
        let subject = Subject::new(&fixture("tiny/lfm2.gguf"), options(CacheType::F16));
        let cold = subject.start(false);
        for (length, shared, seed) in lengths {
            let (mut prompt, base) = (subject.tokens(length, seed + 10), subject.tokens(420, 1));
            let shared = shared.min(length).min(base.len());
            let length = prompt.len().min(shared);
            prompt[..length].copy_from_slice(&base[..length]);
            prop_assert_eq!(answer(&subject.start(true), &prompt).0, answer(&cold, &prompt).0);
        }
    }
}
