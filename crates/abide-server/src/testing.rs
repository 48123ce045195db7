//! A library of models that a test makes up, for the tests of this crate. Must not know dialects.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{Embedder, EmbeddingError, Embeddings, Generator, Sampling};

use crate::{
    Library, LibraryError, Loaded, MemoryNeed, ModelDetails, ModelInfo, ModelKind, PullStep, Server,
    ServerOptions,
};

/// Models that are made up. Its methods take `&self`, so that a test can change it while it is used.
#[derive(Default)]
pub struct FakeLibrary {
    models: Mutex<BTreeMap<String, FakeModel>>,
    /// Bytes of memory that the machine has; 0: as much as is wanted.
    memory: AtomicUsize,
    loads: AtomicUsize,
    gate: Gate,
    /// Whether what was loaded before answers nothing any more: how many loads that were.
    stopped: Arc<AtomicUsize>,
}

struct FakeModel {
    info: ModelInfo,
    memory: u64,
    made: Made,
    /// What the models that were loaded hold: as long as it lives, their memory is taken.
    resident: Vec<std::sync::Weak<()>>,
    failure: Option<LibraryError>,
}

#[derive(Clone)]
enum Made {
    Generator(Arc<ScriptedGenerator>),
    Embedder,
}

/// Lets loads wait until a test lets them go on.
#[derive(Default)]
struct Gate {
    closed: Mutex<bool>,
    opened: Condvar,
}

/// The id of the model that [`server`] has.
pub const MODEL: &str = "scripted";

/// A server with one model, [`MODEL`], that plays `scripts`.
pub fn server(scripts: Vec<Script>) -> Arc<Server> {
    Server::new(FakeLibrary::with(ScriptedGenerator::new(scripts)), ServerOptions::default())
}

/// What the library knows of a made-up model.
pub fn info(id: &str, kind: ModelKind) -> ModelInfo {
    ModelInfo {
        id: id.to_owned(),
        name: format!("Scripted {id}"),
        kind,
        family: "llama".to_owned(),
        parameters: 1_000_000,
        quantisation: "Q8_0".to_owned(),
        context_length: Some(128),
        size_bytes: 1_000_000,
        path: None,
        sha256: "0123456789abcdef".repeat(4),
        installed: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
        licence: "Apache-2.0".to_owned(),
        sampling: Sampling::default(),
        sampling_advised: Sampling::default(),
    }
}

impl FakeLibrary {
    /// One with the model [`MODEL`], which is `generator`.
    pub fn with(generator: ScriptedGenerator) -> Arc<Self> {
        let library = Self::default();
        library.add(MODEL, Arc::new(generator), 1000);
        Arc::new(library)
    }

    /// Installs a model that takes so many bytes of memory.
    pub fn add(&self, id: &str, generator: Arc<ScriptedGenerator>, memory: u64) {
        self.install(info(id, ModelKind::Text), memory, Made::Generator(generator));
    }

    /// Installs a model that makes vectors of two numbers: the text's length in bytes and 1, scaled to length 1.
    pub fn add_embedder(&self, id: &str, memory: u64) {
        self.install(info(id, ModelKind::Embedding), memory, Made::Embedder);
    }

    fn install(&self, info: ModelInfo, memory: u64, made: Made) {
        let model = FakeModel { memory, made, resident: Vec::new(), failure: None, info };
        self.models().insert(model.info.id.clone(), model);
    }

    /// Gives the machine so many bytes of memory.
    pub fn has_memory(&self, bytes: usize) {
        self.memory.store(bytes, Ordering::SeqCst);
    }

    /// Lets loads of the model fail from now on; `None`: succeed again.
    pub fn fails(&self, id: &str, failure: Option<LibraryError>) {
        self.models().get_mut(id).expect("an installed model").failure = failure;
    }

    /// Holds loads, from now on, until [`Self::open`].
    pub fn close(&self) {
        *self.gate.closed.lock().unwrap() = true;
    }

    /// All that was loaded so far answers nothing any more.
    pub fn stop_loaded(&self) {
        self.stopped.store(self.loads(), Ordering::SeqCst);
    }

    /// Lets loads go on.
    pub fn open(&self) {
        *self.gate.closed.lock().unwrap() = false;
        self.gate.opened.notify_all();
    }

    /// How many loads were begun.
    pub fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    /// The models whose memory is taken.
    pub fn resident(&self) -> Vec<String> {
        let models = self.models();
        models.iter().filter(|(_, model)| model.copies() > 0).map(|(id, _)| id.clone()).collect()
    }

    fn models(&self) -> MutexGuard<'_, BTreeMap<String, FakeModel>> {
        self.models.lock().unwrap()
    }
}

impl FakeModel {
    fn copies(&self) -> u64 {
        self.resident.iter().filter(|token| token.strong_count() > 0).count() as u64
    }
}

impl Library for FakeLibrary {
    fn list(&self) -> Result<Vec<ModelInfo>, LibraryError> {
        Ok(self.models().values().map(|model| model.info.clone()).collect())
    }

    fn default_model(&self) -> String {
        MODEL.to_owned()
    }

    fn find(&self, name: &str) -> Result<ModelInfo, LibraryError> {
        let id = name.strip_suffix(":latest").unwrap_or(name);
        if id == "elsewhere" {
            return Err(LibraryError::NotInstalled { id: id.to_owned() });
        }
        let unknown = || LibraryError::Unknown { name: name.to_owned(), advice: String::new() };
        self.models().get(id).map(|model| model.info.clone()).ok_or_else(unknown)
    }

    fn details(&self, id: &str) -> Result<ModelDetails, LibraryError> {
        let metadata = [("general.architecture".to_owned(), "llama".into())].into_iter().collect();
        let template = Some("{{ messages }}".to_owned());
        Ok(ModelDetails { info: self.find(id)?, template, metadata })
    }

    fn memory(&self, id: &str) -> Result<MemoryNeed, LibraryError> {
        self.find(id)?;
        let models = self.models();
        let needed = models[id].memory;
        let total = match self.memory.load(Ordering::SeqCst) {
            0 => return Ok(MemoryNeed { needed, available: u64::MAX }),
            total => total as u64,
        };
        let taken: u64 = models.values().map(|model| model.memory * model.copies()).sum();
        Ok(MemoryNeed { needed, available: total.saturating_sub(taken) })
    }

    fn load(&self, id: &str) -> Result<Loaded, LibraryError> {
        let load = self.loads.fetch_add(1, Ordering::SeqCst);
        let closed = self.gate.closed.lock().unwrap();
        drop(self.gate.opened.wait_while(closed, |closed| *closed).unwrap());
        self.find(id)?;
        let mut models = self.models();
        let model = models.get_mut(id).expect("it was found");
        if let Some(failure) = &model.failure {
            return Err(failure.clone());
        }
        let token = Arc::new(());
        model.resident.push(Arc::downgrade(&token));
        Ok(match &model.made {
            Made::Generator(generator) => {
                let (generator, stopped) = (Arc::clone(generator), Arc::clone(&self.stopped));
                Loaded::Generator(Arc::new(Resident { generator, load, stopped, _token: token }))
            }
            Made::Embedder => Loaded::Embedder(Arc::new(FakeEmbedder { _token: token })),
        })
    }

    fn pull(
        &self,
        name: &str,
        cancel: &AtomicBool,
        progress: &mut dyn FnMut(PullStep),
    ) -> Result<ModelInfo, LibraryError> {
        progress(PullStep::Status("looking for it".to_owned()));
        for done in [400, 1000] {
            if cancel.load(Ordering::SeqCst) {
                return Err(LibraryError::Cancelled);
            }
            let sha256 = Some("0123456789abcdef".repeat(4));
            progress(PullStep::Bytes { file: "model.gguf".to_owned(), sha256, done, total: 1000 });
        }
        if name == "broken" {
            return Err(LibraryError::Pull {
                id: name.to_owned(),
                problem: "the network is down".to_owned(),
            });
        }
        self.find(name)
    }

    fn remove(&self, id: &str) -> Result<(), LibraryError> {
        self.find(id)?;
        self.models().remove(id);
        Ok(())
    }
}

/// A scripted generator that takes memory.
struct Resident {
    generator: Arc<ScriptedGenerator>,
    /// Which load made it.
    load: usize,
    stopped: Arc<AtomicUsize>,
    _token: Arc<()>,
}

impl Generator for Resident {
    fn description(&self) -> &abide_generation::ModelDescription {
        self.generator.description()
    }

    fn generate(
        &self,
        request: abide_generation::GenerationRequest,
    ) -> Result<abide_generation::GenerationStream, abide_generation::GenerationError> {
        self.generator.generate(request)
    }

    fn has_stopped(&self) -> bool {
        self.load < self.stopped.load(Ordering::SeqCst)
    }

    fn check_schema(
        &self,
        schema: &serde_json::Value,
        unenforceable: abide_generation::schema::Unenforceable,
    ) -> Result<(), abide_generation::GenerationError> {
        self.generator.check_schema(schema, unenforceable)
    }

    fn tokenize(
        &self,
        text: &str,
        special: abide_generation::Special,
    ) -> Result<Vec<u32>, abide_generation::GenerationError> {
        self.generator.tokenize(text, special)
    }

    fn prompt_tokens(
        &self,
        prompt: &abide_generation::Prompt,
    ) -> Result<Vec<u32>, abide_generation::GenerationError> {
        self.generator.prompt_tokens(prompt)
    }

    fn detokenize(&self, tokens: &[u32]) -> Result<String, abide_generation::GenerationError> {
        self.generator.detokenize(tokens)
    }

    fn token_bytes(&self, token: u32) -> Vec<u8> {
        self.generator.token_bytes(token)
    }

    fn render(&self, chat: &abide_generation::Chat) -> Result<String, abide_generation::GenerationError> {
        self.generator.render(chat)
    }
}

struct FakeEmbedder {
    _token: Arc<()>,
}

impl Embedder for FakeEmbedder {
    fn id(&self) -> &'static str {
        "scripted-embedder"
    }

    fn dimensions(&self) -> usize {
        2
    }

    fn tokens_max(&self) -> usize {
        16
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        let vector = |text: &&str| {
            let (x, y) = (text.len() as f32, 1.0_f32);
            let length = x.hypot(y);
            vec![x / length, y / length]
        };
        Ok(Embeddings {
            vectors: texts.iter().map(vector).collect(),
            tokens: texts.iter().map(|text| text.len().min(self.tokens_max())).sum(),
            truncated: (0..texts.len()).filter(|place| texts[*place].len() > self.tokens_max()).collect(),
        })
    }
}
