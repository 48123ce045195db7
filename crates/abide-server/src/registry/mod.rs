//! The models that are in memory, and how to get others there: each is loaded once however many ask for it, idle ones
//! make room, and stay until their time is up. Must not know dialects, nor what the models are used for.

mod books;
mod content_log;
mod lease;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Weak, atomic::AtomicBool};
use std::time::{Duration, SystemTime};

use abide_companion::companion::{Companion, Companions, ModelNames};
use abide_generation::{Embedder, Generator, Sampling};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use self::books::{Books, Found, Outcome};
pub use self::content_log::CONTENT_LOG;
pub use self::lease::Lease;
use self::lease::Usage;
use crate::companions::{CompanionGenerator, Leased, MODEL_PREFIX};
use crate::metrics::Metrics;
use crate::{
    ApiError, ErrorKind, Library, LibraryError, Loaded, MemoryNeed, ModelDetails, ModelInfo, ModelKind,
    PullStep,
};

/// After so long, memory is looked at again that others than this server may have freed.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// How models are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryOptions {
    /// How long a model stays in memory after its last use where a request doesn't say; `Duration::MAX`: for ever.
    pub keep_alive: Duration,
    /// Models in memory at once at most, however much of it there is.
    pub models_max: usize,
    /// Whether prompts and answers are logged.
    pub log_content: bool,
}

impl Default for RegistryOptions {
    fn default() -> Self {
        Self { keep_alive: Duration::from_mins(5), models_max: 8, log_content: false }
    }
}

/// A model in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedModel {
    /// What the library knows of it.
    pub info: ModelInfo,
    /// Bytes of memory that it was reckoned to take.
    pub memory: u64,
    /// Tokens that it takes at once: of a prompt and its answer, or of a text to embed.
    pub context_length: usize,
    /// When it goes if nobody uses it; `None`: never.
    pub expires: Option<SystemTime>,
}

/// The models that are in memory. Cheap to clone: all clones are the same.
#[derive(Clone)]
pub struct Registry {
    shared: Arc<Shared>,
}

struct Shared {
    library: Arc<dyn Library>,
    /// Each is a model, too, that runs on another one.
    companions: Option<Companions>,
    options: RegistryOptions,
    metrics: Metrics,
    books: Arc<Books>,
    /// Held by the load whose turn it is, also while it waits for room. Who comes later waits behind it.
    turn: tokio::sync::Mutex<()>,
    /// Held while a model is loaded or removed: what one load finds free, another must not take.
    loading: tokio::sync::Mutex<()>,
    clock_runs: std::sync::Once,
}

impl Registry {
    /// An empty one over `library` and `companions`.
    pub fn new(
        library: Arc<dyn Library>,
        companions: Option<Companions>,
        options: RegistryOptions,
        metrics: Metrics,
    ) -> Self {
        let shared = Shared {
            library,
            companions,
            options,
            metrics,
            books: Arc::default(),
            turn: tokio::sync::Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            clock_runs: std::sync::Once::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The model of that name (empty: the default one) to make text with, loaded if it is not in memory. Whoever hangs
    /// up while it is loaded doesn't stop that. Where it has no room beside the models in use, this waits until one of them is
    /// free, and whoever asks for those later waits behind it. `keep_alive` says how long it stays afterwards; `None`: as the last
    /// request that said so, or as the server is set.
    ///
    /// # Errors
    /// When there is no such model, it makes no text, can't be loaded, or has no room at all.
    pub async fn generator(
        &self,
        name: &str,
        keep_alive: Option<Duration>,
    ) -> Result<Lease<dyn Generator>, ApiError> {
        let Some(name_of_companion) = name.strip_prefix(MODEL_PREFIX) else {
            return self.bare_generator(name, keep_alive).await;
        };
        let (companion, info, model) = self.companion(name_of_companion).await?;
        let lease = self.bare_generator(&model, keep_alive).await?;
        let used = lease.info().as_used();
        let speaker = CompanionGenerator::new(companion, info.name.clone(), Arc::new(Leased(lease)), used);
        Ok(Lease::over(Arc::new(speaker), info))
    }

    async fn bare_generator(
        &self,
        name: &str,
        keep_alive: Option<Duration>,
    ) -> Result<Lease<dyn Generator>, ApiError> {
        let (loaded, info, usage) = self.acquire(name, ModelKind::Text, keep_alive).await?;
        match loaded {
            Loaded::Generator(model) if self.shared.options.log_content => {
                let logged = content_log::Logged::new(model, info.id.clone());
                Ok(Lease::new(Arc::new(logged), info, usage))
            }
            Loaded::Generator(model) => Ok(Lease::new(model, info, usage)),
            Loaded::Embedder(_) => Err(wrong_kind(&info.id, ModelKind::Text)),
        }
    }

    /// The model of that name to make vectors with; see [`Self::generator`].
    ///
    /// # Errors
    /// As there.
    pub async fn embedder(
        &self,
        name: &str,
        keep_alive: Option<Duration>,
    ) -> Result<Lease<dyn Embedder>, ApiError> {
        let (loaded, info, usage) = self.acquire(name, ModelKind::Embedding, keep_alive).await?;
        match loaded {
            Loaded::Embedder(model) => Ok(Lease::new(model, info, usage)),
            Loaded::Generator(_) => Err(wrong_kind(&info.id, ModelKind::Embedding)),
        }
    }

    /// The id of the model that is used where a request names none.
    pub fn default_model(&self) -> String {
        self.shared.library.default_model()
    }

    /// The installed model of that name; empty: the default one.
    ///
    /// # Errors
    /// When there is none, or it is not installed.
    pub async fn find(&self, name: &str) -> Result<ModelInfo, ApiError> {
        if let Some(name) = name.strip_prefix(MODEL_PREFIX) {
            return Ok(self.companion(name).await?.1);
        }
        let name = name.to_owned();
        self.blocking(move |library| {
            if name.is_empty() { library.find(&library.default_model()) } else { library.find(&name) }
        })
        .await
    }

    /// A companion, what it looks like as a model, and the name of the model that it runs on (empty: the default one).
    async fn companion(&self, name: &str) -> Result<(Companion, ModelInfo, String), ApiError> {
        let none =
            || ApiError::new(ErrorKind::ModelNotFound, format!("there is no companion called `{name}`"));
        let companions = self.shared.companions.clone().ok_or_else(none)?;
        let name = name.strip_suffix(":latest").unwrap_or(name).to_owned();
        let found = spawn_blocking(move || {
            let companion = companions.get(&name)?;
            let (info, settings) = (companion.info()?, companion.settings()?);
            Ok::<_, abide_companion::companion::CompanionError>((companion, info, settings))
        });
        let broke = |_| ApiError::broken_off("looking for companions");
        let (companion, known, settings) =
            found.await.map_err(broke)?.map_err(|error| match error.into() {
                ApiError { kind: ErrorKind::NotFound, message, .. } => {
                    ApiError::new(ErrorKind::ModelNotFound, message)
                }
                other => other,
            })?;
        let (model, own) = settings.model.map(|model| (model.name, model.sampling)).unwrap_or_default();
        let under = Box::pin(self.find(&model)).await?;
        let sampling = self.sampling_of(own, &under);
        let installed = SystemTime::from(known.created);
        let id = format!("{MODEL_PREFIX}{}", known.name);
        Ok((companion, ModelInfo { id, name: known.name, installed, sampling, ..under }, model))
    }

    /// How a companion's tokens are chosen on the model `under` it: as it began (`own`), with the program's own settings over that.
    pub fn sampling_of(&self, own: Option<Sampling>, under: &ModelInfo) -> Sampling {
        own.map_or_else(|| under.sampling.clone(), |own| self.shared.library.sampling(own))
    }

    /// Installed models, sorted by id.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn list(&self) -> Result<Vec<ModelInfo>, ApiError> {
        let mut models = self.blocking(Library::list).await?;
        let Some(companions) = self.shared.companions.clone() else { return Ok(models) };
        let known = spawn_blocking(move || companions.list()).await;
        let broke = |_| ApiError::broken_off("looking for companions");
        for known in known.map_err(broke)?? {
            // One whose model is not here can't be talked with now.
            if let Ok((_, info, _)) = self.companion(&known.name).await {
                models.push(info);
            }
        }
        models.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(models)
    }

    /// Deletes what is saved of conversations on the disk, also if nobody waits for it.
    pub async fn forget_saved(&self) {
        let library = Arc::clone(&self.shared.library);
        // A panic was reported by its own thread.
        let _ = spawn_blocking(move || library.forget_saved()).await;
    }

    /// Looks into the file of the installed model of that name.
    ///
    /// # Errors
    /// When there is none, or its file can't be used.
    pub async fn details(&self, name: &str) -> Result<ModelDetails, ApiError> {
        let name = name.to_owned();
        if let Some(of_companion) = name.strip_prefix(MODEL_PREFIX) {
            // Its own template is nobody's: it makes its prompts itself.
            let (_, info, _) = self.companion(of_companion).await?;
            return Ok(ModelDetails { info, template: None, metadata: serde_json::Map::new() });
        }
        self.blocking(move |library| library.details(&library.find(&name)?.id)).await
    }

    /// Fetches a model. `progress` is called on a thread of its own; dropping what this gives sets `cancel` and so ends
    /// the fetching.
    ///
    /// # Errors
    /// When there is no such model, or it can't be fetched.
    pub async fn pull(
        &self,
        name: &str,
        mut progress: impl FnMut(PullStep) + Send + 'static,
    ) -> Result<ModelInfo, ApiError> {
        let name = name.to_owned();
        let cancel = Arc::new(AtomicBool::new(false));
        let _cancelled_when_dropped = CancelOnDrop(Arc::clone(&cancel));
        self.blocking(move |library| library.pull(&name, &cancel, &mut progress)).await
    }

    /// Removes an installed model from memory and from the disk.
    ///
    /// # Errors
    /// When there is none, it is in use, a companion needs it, or the disk refuses.
    pub async fn remove(&self, name: &str) -> Result<(), ApiError> {
        refuse_companion(name, "DELETE /v1/companions/… deletes companions")?;
        let found = self.find(name).await?;
        self.refuse_kept(&found).await?;
        let id = found.id;
        let _no_load_meanwhile = self.shared.loading.lock().await;
        match self.shared.books.remove_idle(&id) {
            Ok(None) => {}
            Ok(Some(loaded)) => self.shared.free(&id, loaded).await,
            Err(books::InUse) => return Err(LibraryError::InUse { id }.into()),
        }
        self.blocking(move |library| library.remove(&id)).await
    }

    /// A companion's model is a part of it.
    async fn refuse_kept(&self, model: &ModelInfo) -> Result<(), ApiError> {
        let Some(companions) = self.shared.companions.clone() else { return Ok(()) };
        let is_default = self.find("").await.is_ok_and(|default| default.id == model.id);
        let (id, name) = (model.id.clone(), model.name.clone());
        let keepers =
            spawn_blocking(move || companions.keepers_of(ModelNames { id: &id, name: &name, is_default }));
        let broke = |_| ApiError::broken_off("looking for companions");
        let keepers = keepers.await.map_err(broke)??;
        if keepers.is_empty() {
            return Ok(());
        }
        let who: Vec<String> = keepers.iter().map(ToString::to_string).collect();
        let message = format!(
            "the model `{}` stays: {}; have them rehearse and commit another one (POST /v1/companions/…/rehearsal), or remove it from \
             their settings (PATCH /v1/companions/…)",
            model.id,
            who.join("; ")
        );
        Err(ApiError::new(ErrorKind::Conflict, message))
    }

    /// Frees the model now, or once its last user is done; tells whether it was in memory.
    ///
    /// # Errors
    /// When there is no such model.
    pub async fn unload(&self, name: &str) -> Result<bool, ApiError> {
        let id = match name.strip_prefix(MODEL_PREFIX) {
            Some(name) => {
                let model = self.companion(name).await?.2;
                self.find(&model).await?.id
            }
            None => self.find(name).await?.id,
        };
        match self.shared.books.remove_idle(&id) {
            Ok(None) => Ok(false),
            Ok(Some(loaded)) => {
                self.shared.free(&id, loaded).await;
                Ok(true)
            }
            Err(books::InUse) => Ok(self.shared.books.retire(&id)),
        }
    }

    /// Frees all models that nobody uses, all at once: each may have something to save. Waits until they are gone.
    pub fn clear(&self) {
        let idle = |model: LoadedModel| self.shared.books.remove_idle(&model.info.id).ok().flatten();
        let freed: Vec<_> = self.loaded().into_iter().filter_map(idle).collect();
        let threads: Vec<_> =
            freed.into_iter().map(|loaded| std::thread::spawn(move || drop(loaded))).collect();
        for thread in threads {
            // A panic was reported by its own thread.
            let _ = thread.join();
        }
    }

    /// What is in memory, sorted by id.
    pub fn loaded(&self) -> Vec<LoadedModel> {
        self.shared.books.list()
    }

    async fn acquire(
        &self,
        name: &str,
        kind: ModelKind,
        keep_alive: Option<Duration>,
    ) -> Result<(Loaded, ModelInfo, Usage), ApiError> {
        let info = self.find(name).await?;
        if info.kind != kind {
            return Err(wrong_kind(&info.id, kind));
        }
        let books = &self.shared.books;
        // Who goes on using a model that somebody waits to take the place of would have them wait for ever.
        let turn = if books.is_wanted_away(&info.id) { Some(self.shared.turn.lock().await) } else { None };
        if let Some(stopped) = books.remove_stopped(&info.id) {
            tracing::warn!(model = info.id, "it has stopped; it is loaded anew");
            self.shared.free(&info.id, stopped).await;
        }
        let (serial, found) = books.take(&info, keep_alive, self.shared.options.keep_alive);
        drop(turn);
        let usage = Usage::new(Arc::clone(books), info.id.clone(), serial);
        let mut outcome = match found {
            Found::Ready(loaded) => return Ok((loaded, info, usage)),
            Found::Loading(outcome) => outcome,
            Found::Absent(sender) => {
                let outcome = sender.subscribe();
                self.watch_the_clock();
                // A task of its own: whoever asked first may hang up, and others wait for the same.
                tokio::spawn(Arc::clone(&self.shared).load(info.clone(), sender));
                outcome
            }
        };
        let told = outcome.wait_for(Option::is_some).await.map(|told| told.clone());
        match told {
            Ok(Some(told)) => Ok((told?, info, usage)),
            // The task that was to tell is gone: the runtime is being shut down.
            Ok(None) | Err(_) => Err(ApiError::new(ErrorKind::Unavailable, "the server is stopping")),
        }
    }

    /// Starts, once, the task that frees models whose time is up. It ends with the registry.
    fn watch_the_clock(&self) {
        self.shared.clock_runs.call_once(|| {
            let (shared, books) = (Arc::downgrade(&self.shared), Arc::clone(&self.shared.books));
            tokio::spawn(free_the_expired(shared, books));
        });
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Library) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.shared.blocking(work).await
    }
}

impl Shared {
    /// Loads the model and tells all who wait.
    async fn load(self: Arc<Self>, info: ModelInfo, tell: watch::Sender<Outcome>) {
        let result = {
            let _turn = self.turn.lock().await;
            self.load_once_there_is_room(&info.id).await
        };
        if let Ok((_, memory)) = &result {
            tracing::info!(model = info.id, memory, "loaded");
            self.metrics.model_loaded();
        }
        tell.send_replace(Some(result.map(|(loaded, _)| loaded)));
    }

    async fn load_once_there_is_room(&self, id: &str) -> Result<(Loaded, u64), ApiError> {
        let mut waiting = None;
        loop {
            {
                let _one_at_a_time = self.loading.lock().await;
                if let Some(result) = self.make_room_and_load(id).await.transpose() {
                    match &result {
                        Ok((loaded, memory)) => self.books.loaded(id, loaded.clone(), *memory),
                        Err(_) => self.books.failed(id),
                    }
                    return result;
                }
            }
            if self.books.abandon(id) {
                return Err(ApiError::new(ErrorKind::Busy, "nobody waits for the model any more"));
            }
            if waiting.is_none() {
                tracing::info!(model = id, "waits until a model in use is free");
                waiting = Some(self.books.wait_for_room());
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, self.books.freed.notified()).await;
        }
    }

    /// `None` where there is no room now.
    async fn make_room_and_load(&self, id: &str) -> Result<Option<(Loaded, u64)>, ApiError> {
        let Some(need) = self.make_room(id).await? else { return Ok(None) };
        let id = id.to_owned();
        let loaded = self.blocking(move |library| library.load(&id)).await?;
        Ok(Some((loaded, need.needed)))
    }

    /// Frees idle models, those first that were used longest ago, until the model has room; `None` if those in use leave it none.
    async fn make_room(&self, id: &str) -> Result<Option<MemoryNeed>, ApiError> {
        loop {
            let asked = id.to_owned();
            let need = self.blocking(move |library| library.memory(&asked)).await?;
            let others = self.books.others(id);
            let too_many = others.count >= self.options.models_max;
            if need.needed <= need.available && !too_many {
                return Ok(Some(need));
            }
            match self.books.evict() {
                Some((idle, loaded)) => self.free(&idle, loaded).await,
                None => match self.books.others(id).in_use {
                    // One was given back in this moment: it was not idle then, but is now.
                    0 if others.count > 0 => {}
                    0 => {
                        let (id, MemoryNeed { needed, available }) = (id.to_owned(), need);
                        return Err(LibraryError::TooLarge { id, needed, available }.into());
                    }
                    _ => return Ok(None),
                },
            }
        }
    }

    /// Frees a model that the books don't hold any more, and waits for that.
    async fn free(&self, id: &str, loaded: Loaded) {
        // Freeing gigabytes takes a while.
        let freed = spawn_blocking(move || drop(loaded)).await;
        self.metrics.model_unloaded();
        if freed.is_ok() {
            tracing::info!(model = id, "unloaded");
        } else {
            // What a panic said is for the panic hook.
            tracing::error!(model = id, "unloading failed");
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Library) -> Result<T, LibraryError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let library = Arc::clone(&self.library);
        let done = spawn_blocking(move || work(&*library)).await;
        Ok(done.map_err(|_| ApiError::broken_off("working on the models"))??)
    }
}

async fn free_the_expired(shared: Weak<Shared>, books: Arc<Books>) {
    loop {
        let (gone, next) = books.expired();
        let Some(registry) = shared.upgrade() else {
            return;
        };
        for (id, loaded) in gone {
            registry.free(&id, loaded).await;
        }
        drop(registry);
        match next {
            Some(next) => {
                tokio::select! {
                    () = tokio::time::sleep_until(next) => {}
                    () = books.changed.notified() => {}
                }
            }
            None => books.changed.notified().await,
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // So that the task that watches the clock finds that it has nothing to do any more.
        self.books.changed.notify_one();
    }
}

struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

fn wrong_kind(id: &str, wanted: ModelKind) -> ApiError {
    let message = match wanted {
        ModelKind::Text => format!("the model `{id}` makes vectors, not text"),
        ModelKind::Embedding => format!("the model `{id}` makes text, not vectors; name an embedding model"),
    };
    ApiError { field: Some("model".to_owned()), ..ApiError::new(ErrorKind::Invalid, message) }
}

/// A companion is no file that could be removed.
fn refuse_companion(name: &str, advice: &str) -> Result<(), ApiError> {
    if name.starts_with(MODEL_PREFIX) {
        return Err(ApiError::new(ErrorKind::Unsupported, format!("`{name}` is a companion: {advice}")));
    }
    Ok(())
}
