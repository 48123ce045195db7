//! The server's port to models, filled in with the program's catalogue, store and engine.
//!
//! What clients are told names models, never files; what happened in full goes to the log.

mod facts;
mod pull;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use abide_generation::{Embedder, Generator, Sampling};
use abide_models::{Entry, InstalledModel, ModelId, StoreError};
use abide_server::{
    Library as Port, LibraryError, Loaded, MemoryNeed, ModelDetails, ModelInfo, ModelKind, PullStep,
};

use crate::companions;
use crate::engine::{self, Places};
use crate::failure::{self, Exit};
use crate::library::{Library, LocalModel};
use crate::metadata::value_json;
use crate::output::Console;
use crate::saved_caches::{self, Guard};
use crate::settings::{EngineSettings, Settings};

/// Values of an array of metadata that clients are shown; longer ones (vocabularies) are left out.
const ARRAY_SHOWN_MAX: usize = 64;

/// The models of this machine, and files that were named on the command line.
pub struct ServerLibrary {
    library: Library,
    settings: Settings,
    guard: Guard,
    /// Whether there are companions here that the server does not know.
    unseen_companions: bool,
    /// By the names that they go by.
    files: BTreeMap<String, FileModel>,
    default_model: String,
}

/// A model in a file that is not the store's.
struct FileModel {
    local: LocalModel,
    info: ModelInfo,
}

/// A model that is here.
struct Found {
    local: LocalModel,
    info: ModelInfo,
}

impl ServerLibrary {
    /// The models of `library`, and those in `files`. The default model is the first of `preferred`, else the one in
    /// `settings`, else the catalogue's.
    ///
    /// # Errors
    /// When one of the files can't be read or run.
    pub fn new(
        library: Library,
        settings: &Settings,
        guard: Guard,
        unseen_companions: bool,
        files: Vec<PathBuf>,
        preferred: Option<String>,
    ) -> anyhow::Result<Self> {
        let default_model = preferred
            .or_else(|| settings.model.clone())
            .unwrap_or_else(|| library.catalogue.default_entry().id.to_string());
        let mut made = Self {
            library,
            settings: settings.clone(),
            guard,
            unseen_companions,
            files: BTreeMap::new(),
            default_model,
        };
        files.into_iter().try_for_each(|path| made.add_file(path))?;
        Ok(made)
    }

    /// Has it know the model in `path`, unless there is another file of its name.
    ///
    /// # Errors
    /// When the file can't be read or run.
    pub fn add_file(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let local = LocalModel::from_file(path);
        if self.files.contains_key(&local.name) {
            return Ok(());
        }
        let mut info = facts::of_file(&local, &self.settings.engine)?;
        info.sampling = self.settings.sampling(info.sampling)?;
        self.files.insert(local.name.clone(), FileModel { local, info });
        Ok(())
    }

    fn look_up(&self, name: &str) -> Result<Found, LibraryError> {
        let id = name.strip_suffix(":latest").unwrap_or(name);
        if let Some(file) = self.files.get(id) {
            return Ok(Found { local: file.local.clone(), info: file.info.clone() });
        }
        let Ok(model_id) = ModelId::new(id) else { return Err(self.unknown(name)) };
        let entry = self.library.catalogue.get(id);
        match self.library.store.resolve(&model_id) {
            Ok(Some(installed)) => self.found(&installed, entry),
            Ok(None) if entry.is_some() => Err(LibraryError::NotInstalled { id: id.to_owned() }),
            Ok(None) => Err(self.unknown(name)),
            Err(error) => Err(store_error(id, &error)),
        }
    }

    fn found(&self, installed: &InstalledModel, entry: Option<&Entry>) -> Result<Found, LibraryError> {
        let id = installed.id.to_string();
        let local = LocalModel::installed(installed, entry);
        let mut info = match entry {
            Some(entry) => facts::of_entry(entry, &local, installed),
            None => facts::of_orphan(&local, installed, &self.settings.engine)
                .map_err(|error| engine_error(&id, &error))?,
        };
        info.sampling = self.settings.sampling(info.sampling).map_err(|error| internal(&error.into()))?;
        Ok(Found { local, info })
    }

    fn unknown(&self, name: &str) -> LibraryError {
        let advice = match self.library.nearest(name).as_str() {
            "" => "; GET /v1/models lists those that are here".to_owned(),
            near => format!("; did you mean {near}?"),
        };
        LibraryError::Unknown { name: name.to_owned(), advice }
    }

    /// The engine's settings with as many contexts in the cache as fit, and what the model takes then.
    fn plan(&self, found: &Found) -> anyhow::Result<(EngineSettings, MemoryNeed)> {
        let settings = &self.settings.engine;
        let available = engine::memory_available(settings);
        let file = engine::open_file(&found.local)?;
        // Few answers fill a context. Those that find no room wait for it.
        let wanted = self.settings.server.parallel.div_ceil(2);
        let (sequences, needed) =
            engine::sequences_that_fit(&found.local, &file, settings, wanted, available)?;
        let available = if settings.ignore_memory { u64::MAX } else { available };
        Ok((EngineSettings { sequences, ..settings.clone() }, MemoryNeed { needed, available }))
    }

    /// What a model that makes vectors takes.
    fn embedder_need(&self, found: &Found) -> anyhow::Result<MemoryNeed> {
        let settings = &self.settings.engine;
        let needed = engine::look_at_embedder(&found.local)?.memory.total();
        // It computes on the CPU, whatever device is asked for.
        let cpu = EngineSettings { device: engine::DeviceChoice::Cpu, ..settings.clone() };
        let available = if settings.ignore_memory { u64::MAX } else { engine::memory_available(&cpu) };
        Ok(MemoryNeed { needed, available })
    }

    fn load_embedder(&self, found: &Found) -> Result<Arc<dyn Embedder>, LibraryError> {
        let id = &found.info.id;
        let failed = |error: anyhow::Error| engine_error(id, &error);
        too_large(id, self.embedder_need(found).map_err(failed)?)?;
        engine::open_embedder(&found.local, &self.settings.engine, &mut Console::silent()).map_err(failed)
    }

    fn load_generator(&self, found: &Found) -> Result<Arc<dyn Generator>, LibraryError> {
        let id = &found.info.id;
        let failed = |error: anyhow::Error| engine_error(id, &error);
        let (settings, need) = self.plan(found).map_err(failed)?;
        too_large(id, need)?;
        let places = Places { answers: self.settings.server.parallel, queue: self.settings.server.queue };
        let contexts = settings.sequences;
        let settings = Settings { engine: settings, ..self.settings.clone() };
        let guard = companions::still_guarding(&settings, &self.guard).map_err(failed)?;
        let loaded = engine::open_generator(&found.local, &settings, &guard, places, &mut Console::silent())
            .map_err(failed)?;
        tracing::info!(model = id, device = loaded.device, contexts, "loaded");
        Ok(loaded.generator)
    }
}

impl Port for ServerLibrary {
    fn list(&self) -> Result<Vec<ModelInfo>, LibraryError> {
        let listed = self.library.store.list().map_err(|error| internal(&error.into()))?;
        let mut models: BTreeMap<String, ModelInfo> = BTreeMap::new();
        for model in listed {
            let entry = self.library.catalogue.get(model.id.as_str());
            match model.model.map_err(|error| store_error(model.id.as_str(), &error)) {
                Ok(installed) => {
                    if let Ok(found) = self.found(&installed, entry) {
                        models.insert(found.info.id.clone(), found.info);
                    }
                }
                Err(error) => tracing::warn!(%error, "left out of the list"),
            }
        }
        let files = self.files.iter().map(|(id, file)| (id.clone(), file.info.clone()));
        models.extend(files);
        Ok(models.into_values().collect())
    }

    fn default_model(&self) -> String {
        self.default_model.clone()
    }

    fn find(&self, name: &str) -> Result<ModelInfo, LibraryError> {
        self.look_up(name).map(|found| found.info)
    }

    fn details(&self, id: &str) -> Result<ModelDetails, LibraryError> {
        let found = self.look_up(id)?;
        if found.info.kind == ModelKind::Embedding {
            let spec = engine::look_at_embedder(&found.local).map_err(|error| engine_error(id, &error))?;
            let metadata = facts::of_encoder(&spec);
            return Ok(ModelDetails { info: found.info, template: None, metadata });
        }
        let file = engine::open_file(&found.local).map_err(|error| engine_error(id, &error))?;
        let own = file.metadata().text("tokenizer.chat_template").ok().flatten();
        let template = found.local.template().or(own).map(str::to_owned);
        let shown =
            |value: &serde_json::Value| value.as_array().is_none_or(|values| values.len() <= ARRAY_SHOWN_MAX);
        let metadata = file.metadata().iter().map(|(key, value)| (key.to_owned(), value_json(value)));
        let metadata = metadata.filter(|(_, value)| shown(value)).collect();
        Ok(ModelDetails { info: found.info, template, metadata })
    }

    fn memory(&self, id: &str) -> Result<MemoryNeed, LibraryError> {
        let found = self.look_up(id)?;
        let need = match found.info.kind {
            ModelKind::Text => self.plan(&found).map(|(_, need)| need),
            ModelKind::Embedding => self.embedder_need(&found),
        };
        need.map_err(|error| engine_error(id, &error))
    }

    fn load(&self, id: &str) -> Result<Loaded, LibraryError> {
        let found = self.look_up(id)?;
        match found.info.kind {
            ModelKind::Text => self.load_generator(&found).map(Loaded::Generator),
            ModelKind::Embedding => self.load_embedder(&found).map(Loaded::Embedder),
        }
    }

    fn pull(
        &self,
        name: &str,
        cancel: &AtomicBool,
        progress: &mut dyn FnMut(PullStep),
    ) -> Result<ModelInfo, LibraryError> {
        let id = name.strip_suffix(":latest").unwrap_or(name);
        if self.files.contains_key(id) {
            return self.find(id);
        }
        let entry = self.library.catalogue.get(id).ok_or_else(|| self.unknown(name))?;
        let installed = pull::pull(&self.library, entry, cancel, progress)?;
        self.found(&installed, Some(entry)).map(|found| found.info)
    }

    fn sampling(&self, base: Sampling) -> Sampling {
        // What makes no sense together was refused at the start.
        self.settings.sampling(base.clone()).unwrap_or(base)
    }

    fn forget_saved(&self) {
        if let Err(error) = saved_caches::clear(&self.settings) {
            tracing::error!("saved caches could not be deleted: {error:#}");
        }
    }

    fn remove(&self, id: &str) -> Result<(), LibraryError> {
        let found = self.look_up(id)?;
        if self.files.contains_key(&found.info.id) {
            let problem = "is a file that abide does not own; delete it yourself".to_owned();
            return Err(LibraryError::Refused { id: id.to_owned(), problem });
        }
        if self.unseen_companions {
            let problem = "may be one that a companion here runs on, and this server was started without them; `abide rm` looks";
            return Err(LibraryError::Refused { id: id.to_owned(), problem: problem.to_owned() });
        }
        let model_id = ModelId::new(found.info.id.as_str()).map_err(|error| internal(&error.into()))?;
        self.library.store.remove(&model_id).map(|_| ()).map_err(|error| store_error(id, &error))
    }
}

fn too_large(id: &str, need: MemoryNeed) -> Result<(), LibraryError> {
    let MemoryNeed { needed, available } = need;
    if needed <= available {
        return Ok(());
    }
    Err(LibraryError::TooLarge { id: id.to_owned(), needed, available })
}

/// An error of the store, fit for clients.
fn store_error(id: &str, error: &StoreError) -> LibraryError {
    match error {
        StoreError::NotInstalled(_) => LibraryError::NotInstalled { id: id.to_owned() },
        StoreError::Damaged { .. } | StoreError::Manifest { .. } => {
            tracing::error!(model = id, %error, "the model is damaged");
            let problem = format!("its files are damaged; `abide rm {id}` and `abide pull {id}` mend it");
            LibraryError::Unusable { id: id.to_owned(), problem }
        }
        error => LibraryError::Internal { details: error.to_string() },
    }
}

/// An error of the engine, fit for clients.
fn engine_error(id: &str, error: &anyhow::Error) -> LibraryError {
    let details = failure::messages(error).join(": ");
    let problem = match failure::exit_of(error) {
        Exit::BadFile | Exit::ModelMissing => {
            "its file is damaged, gone, or of a kind that abide can't run; the server's log says more"
        }
        Exit::NotEnoughMemory => {
            tracing::error!(model = id, details, "there is no room for the model");
            return LibraryError::NoRoom { id: id.to_owned() };
        }
        Exit::Usage => "the server's settings don't suit it; its log says more",
        _ => return LibraryError::Internal { details },
    };
    tracing::error!(model = id, details, "the model can't be used");
    LibraryError::Unusable { id: id.to_owned(), problem: problem.to_owned() }
}

fn internal(error: &anyhow::Error) -> LibraryError {
    LibraryError::Internal { details: failure::messages(error).join(": ") }
}
