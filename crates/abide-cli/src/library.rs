//! From what a user calls a model to a file on disk, fetching it if need be.
//!
//! The wiring of `abide-models` to terminal and settings. Must not know what is inside a model.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use abide_companion::private;
use abide_engine::WEIGHTS_FILE;
use abide_generation::Sampling;
use abide_models::{
    Catalogue, Digest, Entry, InstalledModel, Kind, ModelId, PullError, PullEvent, PullOptions, Store,
    StoreError,
};

use crate::failure::{Exit, Failure};
use crate::output::progress::{self, Progress};
use crate::output::{Console, units};
use crate::settings::Settings;

/// The user's own catalogue, beside the built-in one.
const OWN_CATALOGUE: &str = "models.toml";

/// The catalogue, and the store on disk.
pub struct Library {
    /// What there is to be had.
    pub catalogue: Catalogue,
    /// What is here.
    pub store: Store,
    /// Whether the network is forbidden.
    pub offline: bool,
}

/// A model that can be opened.
#[derive(Debug, Clone)]
pub struct LocalModel {
    /// Its id, or its file's name.
    pub name: String,
    /// Its (first) file.
    pub path: PathBuf,
    /// Its entry in the catalogue, if it has one.
    pub entry: Option<Entry>,
    /// The checksums of its files, if it lies in the store.
    pub checksums: Option<Vec<Digest>>,
}

/// What a model is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To make text.
    Text,
    /// To make vectors of texts.
    Vectors,
}

/// How a user names a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// By its id.
    Id(ModelId),
    /// By its file.
    File(PathBuf),
}

impl LocalModel {
    /// The model in a file that no catalogue knows.
    pub fn from_file(path: PathBuf) -> Self {
        // Weights of embedding models are all called alike; their folders are not.
        let folder = path.parent().and_then(Path::file_name).filter(|_| path.ends_with(WEIGHTS_FILE));
        let name = folder.or(path.file_stem()).unwrap_or_default().to_string_lossy().into_owned();
        Self { name, path, entry: None, checksums: None }
    }

    /// What it can be used for.
    pub fn purpose(&self) -> Purpose {
        match &self.entry {
            Some(entry) => Purpose::of(entry.kind),
            None if has_extension(&self.path, "safetensors") => Purpose::Vectors,
            None => Purpose::Text,
        }
    }

    /// A model of the store; `entry` is that of the catalogue, if it has one.
    pub fn installed(model: &InstalledModel, entry: Option<&Entry>) -> Self {
        Self {
            name: model.id.to_string(),
            path: model.main_file().path.clone(),
            entry: entry.cloned(),
            checksums: Some(model.files.iter().map(|file| file.sha256).collect()),
        }
    }

    /// Sampling that its authors advise, over the mild default.
    pub fn sampling(&self) -> Sampling {
        let base = Sampling::default();
        let Some(suggested) = self.entry.as_ref().map(|entry| entry.sampling) else { return base };
        Sampling {
            temperature: suggested.temperature.unwrap_or(base.temperature),
            top_k: suggested.top_k.unwrap_or(base.top_k),
            top_p: suggested.top_p.unwrap_or(base.top_p),
            min_p: suggested.min_p.unwrap_or(base.min_p),
            repetition_penalty: suggested.repetition_penalty.unwrap_or(base.repetition_penalty),
            ..base
        }
    }

    /// Chat template in place of the file's own.
    pub fn template(&self) -> Option<&str> {
        self.entry.as_ref().and_then(|entry| entry.template.as_deref())
    }

    /// What measurements of it are kept under: its id, or its file's name if no catalogue knows it.
    pub fn measured_as(&self) -> String {
        if self.entry.is_some() { self.name.clone() } else { self.file_name() }
    }

    /// Where its file lies, wherever the program is started.
    pub fn absolute_path(&self) -> Option<String> {
        std::path::absolute(&self.path).ok()?.into_os_string().into_string().ok()
    }

    /// What it is found by: its id, or the place of a file that is not in the store.
    pub fn place(&self) -> String {
        let is_file = self.checksums.is_none();
        self.absolute_path().filter(|_| is_file).unwrap_or_else(|| self.name.clone())
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

impl Purpose {
    /// What models of that kind are for.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Chat | Kind::Base => Self::Text,
            Kind::Embedding => Self::Vectors,
        }
    }

    /// Whether a model that is for `found` serves.
    fn check(self, name: &str, found: Self) -> Result<(), Failure> {
        let (problem, cure) = match (self, found) {
            (Self::Text, Self::Vectors) => (
                format!("{name} makes vectors of texts, not answers"),
                "use it with `abide embed`, or choose a model of kind `chat` or `base` from `abide models`",
            ),
            (Self::Vectors, Self::Text) => (
                format!("{name} makes text, not vectors"),
                "choose a model of kind `embedding` from `abide models`, or name none",
            ),
            _ => return Ok(()),
        };
        Err(Failure::new(Exit::Usage, problem).with_cure(cure))
    }
}

impl Reference {
    /// Understands a name: a path if it looks like one or is one, else an id. The folder of an embedding model stands for
    /// its weights.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(name: &str) -> Result<Self, Failure> {
        let path = Path::new(name);
        let is_weights = has_extension(path, "gguf") || has_extension(path, "safetensors");
        if is_weights || name.contains(['/', '\\']) {
            if path.is_file() {
                return Ok(Self::File(path.to_owned()));
            }
            let weights = path.join(WEIGHTS_FILE);
            if weights.is_file() {
                return Ok(Self::File(weights));
            }
            let problem = match path.metadata() {
                Ok(_) => "is no file".to_owned(),
                Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
                    "is a link to what does not exist".to_owned()
                }
                Err(error) if error.kind() == ErrorKind::NotFound => "does not exist".to_owned(),
                Err(error) => format!("can't be looked at: {error}"),
            };
            return Err(Failure::new(Exit::ModelMissing, format!("{name} {problem}"))
                .with_cure("check the path; `abide models` lists the models that go by an id"));
        }
        match ModelId::new(name) {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) if path.is_file() => Ok(Self::File(path.to_owned())),
            Err(error) => Err(Failure::new(Exit::ModelMissing, format!("there is no such model: {error}"))
                .with_cure("`abide models` lists the ids; a file is named by its path")),
        }
    }
}

/// The model of that name (`None`: the default one) that makes text, fetched if it is not here. A file needs neither
/// catalogue nor store, so these are not opened for it.
///
/// # Errors
/// As [`Library::open`] and [`Library::find`], and when it makes vectors.
pub fn locate(name: Option<&str>, settings: &Settings, console: &mut Console) -> anyhow::Result<LocalModel> {
    locate_for(Purpose::Text, name, settings, console)
}

/// The model of that name (`None`: the catalogue's first) that makes vectors of texts; else as [`locate`].
///
/// # Errors
/// As [`Library::open`] and [`Library::find`], and when it makes text.
pub fn locate_embedder(
    name: Option<&str>,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<LocalModel> {
    locate_for(Purpose::Vectors, name, settings, console)
}

fn locate_for(
    purpose: Purpose,
    name: Option<&str>,
    settings: &Settings,
    console: &mut Console,
) -> anyhow::Result<LocalModel> {
    let local = if let Some(Reference::File(path)) = name.map(Reference::parse).transpose()? {
        LocalModel::from_file(path)
    } else {
        let library = Library::open(settings)?;
        let entry = library.entry_for(purpose, name)?;
        // Before it is fetched.
        if let Some(entry) = entry {
            purpose.check(entry.id.as_str(), Purpose::of(entry.kind))?;
        }
        library.find(entry.map(|entry| entry.id.as_str()).or(name), console)?
    };
    purpose.check(&local.name, local.purpose())?;
    Ok(local)
}

impl Library {
    /// Opens catalogue and store.
    ///
    /// # Errors
    /// When the user's own catalogue makes no sense, or the store's folders can't be made.
    pub fn open(settings: &Settings) -> anyhow::Result<Self> {
        if let Some(failure) = not_a_folder(&settings.home) {
            return Err(failure.into());
        }
        let own = settings.home.join(OWN_CATALOGUE);
        let catalogue = Catalogue::load(Some(&own)).map_err(|error| {
            let cure = format!("mend {OWN_CATALOGUE}, or remove it to have the built-in models alone");
            anyhow::Error::from(error)
                .context(Failure::new(Exit::Usage, "the catalogue of models can't be used").with_cure(cure))
        })?;
        let unusable = |error: anyhow::Error| {
            let problem = format!("can't use the folder {}", settings.home.display());
            let cure = "name a folder you may write to by --home or ABIDE_HOME";
            error.context(Failure::new(Exit::Failure, problem).with_cure(cure))
        };
        // Models are no secret; what else will lie in this folder is.
        private::make_folder(&settings.home).map_err(|error| unusable(error.into()))?;
        let store = Store::open(&settings.home).map_err(|error| unusable(error.into()))?;
        Ok(Self { catalogue, store, offline: settings.offline })
    }

    /// Of these parts, without the network.
    #[cfg(test)]
    pub fn of(catalogue: Catalogue, store: Store) -> Self {
        Self { catalogue, store, offline: true }
    }

    /// The catalogue's entry of that name; `None`: of the default model for that purpose.
    fn entry_for(&self, purpose: Purpose, name: Option<&str>) -> Result<Option<&Entry>, Failure> {
        match (name, purpose) {
            (Some(name), _) => Ok(self.catalogue.get(name)),
            (None, Purpose::Text) => Ok(Some(self.catalogue.default_entry())),
            (None, Purpose::Vectors) => {
                let first = self.catalogue.iter().find(|entry| entry.kind == Kind::Embedding);
                let none = || Failure::new(Exit::ModelMissing, "the catalogue has no embedding model");
                first.map(Some).ok_or_else(|| none().with_cure("name a folder of one by --model"))
            }
        }
    }

    /// The model of that name (`None`: the default one), fetched if it is not here.
    ///
    /// # Errors
    /// When there is no such model, or it can't be fetched.
    pub fn find(&self, name: Option<&str>, console: &mut Console) -> anyhow::Result<LocalModel> {
        let id = match name.map(Reference::parse).transpose()? {
            None => self.catalogue.default_entry().id.clone(),
            Some(Reference::Id(id)) => id,
            Some(Reference::File(path)) => return Ok(LocalModel::from_file(path)),
        };
        let entry = self.catalogue.get(id.as_str());
        let model = match self.store.resolve(&id).map_err(|error| store_failure(&error))? {
            Some(model) => model,
            None => self.pull(&id, console)?,
        };
        Ok(LocalModel::installed(&model, entry))
    }

    /// Fetches the model of that id, unless it is here.
    ///
    /// # Errors
    /// When there is no such model, or no source delivers it.
    pub fn pull(&self, id: &ModelId, console: &mut Console) -> anyhow::Result<InstalledModel> {
        let entry = self.catalogue.get(id.as_str()).ok_or_else(|| self.unknown(id))?;
        let cancel = AtomicBool::new(false);
        let watcher = RefCell::new(PullWatcher {
            console,
            bar: None,
            label: entry.name.clone(),
            offline: self.offline,
        });
        let hear = |event: PullEvent<'_>| watcher.borrow_mut().hear(&event);
        let options = PullOptions { offline: self.offline, ..PullOptions::new(&cancel, &hear) };
        self.store.pull(entry, &options).map_err(pull_failure)
    }

    /// Whether an id means a model that is here, or can be had.
    pub fn knows(&self, id: &str) -> bool {
        let is_here = |id: ModelId| self.store.resolve(&id).is_ok_and(|model| model.is_some());
        self.catalogue.get(id).is_some() || ModelId::new(id).is_ok_and(is_here)
    }

    /// Ids that are written nearly like this one, as alternatives of a sentence; empty: there are none.
    pub fn nearest(&self, id: &str) -> String {
        let near: Vec<&str> = self.catalogue.nearest(id).iter().map(|entry| entry.id.as_str()).collect();
        near.join(" or ")
    }

    /// The failure that names what may have been meant.
    pub fn unknown(&self, id: &ModelId) -> Failure {
        let cure = match self.nearest(id.as_str()).as_str() {
            "" => "`abide models` lists what there is".to_owned(),
            near => format!("did you mean {near}? `abide models` lists what there is"),
        };
        Failure::new(Exit::ModelMissing, format!("there is no model `{id}`")).with_cure(cure)
    }
}

/// What is wrong with a home that is something else than a folder, or lies below something else.
pub fn not_a_folder(home: &Path) -> Option<Failure> {
    let there = home.ancestors().find(|path| path.exists())?;
    (!there.is_dir()).then(|| {
        Failure::new(Exit::Usage, format!("{} is not a folder", there.display()))
            .with_cure("name a folder by --home or ABIDE_HOME")
    })
}

/// A store's error with the status it ends with.
pub fn store_failure(error: &StoreError) -> anyhow::Error {
    let exit = match error {
        StoreError::NotInstalled(_) => Exit::ModelMissing,
        StoreError::Damaged { .. } | StoreError::Manifest { .. } => Exit::BadFile,
        StoreError::Name(_) => Exit::Usage,
        StoreError::Cancelled => Exit::Interrupted,
        _ => Exit::Failure,
    };
    Failure::new(exit, error.to_string()).into()
}

fn pull_failure(error: PullError) -> anyhow::Error {
    let (exit, cure) = match error {
        PullError::Store(error) => return store_failure(&error),
        PullError::Cancelled => (Exit::Interrupted, None),
        PullError::NoSpace(_) => (Exit::Failure, None),
        PullError::Offline { id, missing } => {
            let problem = format!(
                "{id} is not on disk (missing: {}), and the network is forbidden",
                missing.join(", ")
            );
            let cure = "allow the network once: leave out --offline, and unset ABIDE_OFFLINE or `offline` in config.toml";
            return Failure::new(Exit::ModelMissing, problem).with_cure(cure).into();
        }
        PullError::AllSourcesFailed { .. } => (
            Exit::ModelMissing,
            Some(
                "check the connection, or name a GGUF file on this machine by its path; `abide doctor` looks further",
            ),
        ),
    };
    let failure = Failure::new(exit, error.to_string());
    match cure {
        Some(cure) => failure.with_cure(cure).into(),
        None => failure.into(),
    }
}

/// Shows a pull: sentences for what changes, a bar for bytes.
struct PullWatcher<'a> {
    console: &'a mut Console,
    bar: Option<Progress>,
    label: String,
    /// Then what each source lacks is no news: all lack the network.
    offline: bool,
}

impl PullWatcher<'_> {
    fn hear(&mut self, event: &PullEvent<'_>) {
        match event {
            PullEvent::Advanced { done, total } => {
                if let Some(bar) = &self.bar {
                    if let Some(total) = total {
                        bar.set_length(*total);
                    }
                    bar.set_position(*done);
                }
                return;
            }
            PullEvent::Started { total, resumed, .. } => {
                self.say_start(*total, *resumed);
                let bar = progress::byte_bar(self.console, self.label.clone(), total.unwrap_or(0));
                bar.set_position(*resumed);
                self.bar = Some(bar);
                return;
            }
            PullEvent::Verifying { total, .. } => {
                // The old bar goes before the new one is drawn: two on one line leave one of them standing.
                self.bar = None;
                self.bar = Some(progress::byte_bar(self.console, format!("checking {}", self.label), *total));
                return;
            }
            PullEvent::Unpacking { .. } => {
                self.bar = None;
                self.bar = Some(progress::spinner(self.console, format!("unpacking {}", self.label)));
                return;
            }
            _ => self.bar = None,
        }
        // A bar must be gone before a line is written.
        match event {
            PullEvent::SourceFailed { source, reason } if self.offline => {
                tracing::info!("{source}: {reason}");
            }
            PullEvent::Trying { source } => tracing::info!("trying {source}"),
            PullEvent::Installed => self.console.note(&format!("{} is here and verified", self.label)),
            other => self.console.note(&other.to_string()),
        }
    }

    /// Without a bar, one line must do.
    fn say_start(&mut self, total: Option<u64>, resumed: u64) {
        self.bar = None;
        let size = total.map(|bytes| format!(" ({})", units::bytes(bytes))).unwrap_or_default();
        let resumed = match resumed {
            0 => String::new(),
            bytes => format!(", going on after {}", units::bytes(bytes)),
        };
        if !self.console.shows_progress() {
            self.console.note(&format!("fetching {}{size}{resumed}", self.label));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::test::console;

    fn library(home: &Path) -> Library {
        Library::of(Catalogue::builtin(), Store::open(home).unwrap())
    }

    #[test]
    fn names_are_ids_or_paths() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Some Model.gguf");
        std::fs::write(&file, "x").unwrap();
        assert_eq!(Reference::parse(file.to_str().unwrap()).unwrap(), Reference::File(file.clone()));
        assert!(matches!(Reference::parse("qwen3-0.6b"), Ok(Reference::Id(_))));
        for name in ["nothing.gguf", "./nothing", "Not An Id", "", folder.path().to_str().unwrap()] {
            assert_eq!(Reference::parse(name).unwrap_err().exit(), Exit::ModelMissing, "{name}");
        }
        assert_eq!(LocalModel::from_file(file).name, "Some Model");
    }

    #[test]
    fn an_unknown_id_is_answered_with_the_nearest() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let (mut console, _, _) = console();
        let error = library.find(Some("smollm2-135m-instrukt"), &mut console).unwrap_err();
        let report = crate::failure::report(&error);
        assert!(report.contains("did you mean smollm2-135m-instruct"), "{report}");
        assert_eq!(crate::failure::exit_of(&error), Exit::ModelMissing);
    }

    #[test]
    fn offline_says_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let (mut console, _, _) = console();
        let error = library(folder.path()).find(None, &mut console).unwrap_err();
        assert_eq!(crate::failure::exit_of(&error), Exit::ModelMissing);
        assert!(error.to_string().contains(".gguf"), "{error}");
    }

    #[test]
    fn pulls_are_told_without_a_bar_too() {
        let (mut console, out, err) = console();
        let mut watcher =
            PullWatcher { console: &mut console, bar: None, label: "Model".to_owned(), offline: false };
        watcher.hear(&PullEvent::Trying { source: "somewhere" });
        watcher.hear(&PullEvent::SourceFailed { source: "somewhere", reason: "it is gone" });
        watcher.hear(&PullEvent::Started { file: "m.gguf", total: Some(2_000_000), resumed: 1_000_000 });
        watcher.hear(&PullEvent::Advanced { done: 1_500_000, total: Some(2_000_000) });
        watcher.hear(&PullEvent::Installed);
        let told = err.text();
        assert!(told.contains("it is gone"), "{told}");
        assert!(told.contains("fetching Model (2.00 MB), going on after 1.00 MB"), "{told}");
        assert_eq!(out.text(), "");
    }
}
