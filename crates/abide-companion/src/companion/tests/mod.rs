//! Tests of companions with a scripted model, through what other layers call.

mod any_words;
mod begun_anew;
mod changes;
mod chats;
mod clients;
mod corrections;
mod days;
mod drafts;
mod endless;
mod forgetting;
mod imports;
mod lore;
mod models;
mod paths;
mod rehearsals;
mod remembering;
mod together;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use abide_generation::scripted::ScriptedGenerator;
use abide_generation::{GenerationRequest, Generator, Prompt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use super::*;
use crate::keys::DatabaseKey;
use crate::persona::Persona;

/// A companion in a folder of its own, with a clock that goes when it is told to.
pub(super) struct World {
    pub folder: TempDir,
    pub key: DatabaseKey,
    pub clock: Arc<AtomicI64>,
    pub companions: Companions,
}

/// When a world's clock begins: Friday, 1 March 2024, 10:00 UTC.
const BEGINNING_S: i64 = 1_709_287_200;

impl World {
    pub fn new() -> Self {
        Self::with(CompanionsOptions::default())
    }

    pub fn with(options: CompanionsOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::random().unwrap();
        let clock = Arc::new(AtomicI64::new(BEGINNING_S));
        let companions = open(&folder, &key, &clock, options);
        Self { folder, key, clock, companions }
    }

    /// The same after the program ended and began again.
    pub fn restart(self) -> Self {
        self.restart_with(CompanionsOptions::default())
    }

    pub fn restart_with(self, options: CompanionsOptions) -> Self {
        let Self { folder, key, clock, companions } = self;
        drop(companions);
        let companions = open(&folder, &key, &clock, options);
        Self { folder, key, clock, companions }
    }

    pub fn mara(&self) -> Companion {
        self.companions.create(&mara(), None).unwrap()
    }

    pub fn later(&self, days: i64) {
        self.clock.fetch_add(days * 86_400, Ordering::SeqCst);
    }
}

pub(super) fn open(
    folder: &TempDir,
    key: &DatabaseKey,
    clock: &Arc<AtomicI64>,
    options: CompanionsOptions,
) -> Companions {
    let clock = Arc::clone(clock);
    let now = move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap();
    let options = CompanionsOptions { clock: Arc::new(now), time_zone: Some(TimeZone::UTC), ..options };
    Companions::open(&folder.path().join("companions.db"), key.clone(), options).unwrap()
}

pub(super) fn mara() -> Persona {
    Persona {
        name: "Mara".to_owned(),
        calls_user: "Jo".to_owned(),
        language: "en".to_owned(),
        description: "Mara keeps a lighthouse and likes {{user}}.".to_owned(),
        personality: "dry and patient".to_owned(),
        greetings: vec!["The door is open, {{user}}.".to_owned(), "You are wet.".to_owned()],
        ..Persona::default()
    }
}

/// A model that says the same each time, and remembers what it read.
pub(super) fn model(answer: &'static str) -> (Arc<ScriptedGenerator>, Arc<dyn Generator>) {
    model_of(8_192, move |_| answer.to_owned())
}

pub(super) fn model_of(
    context: usize,
    answer: impl Fn(&GenerationRequest) -> String + Send + Sync + 'static,
) -> (Arc<ScriptedGenerator>, Arc<dyn Generator>) {
    let model = ScriptedGenerator::answering(move |request| vec![answer(request)])
        .describe(|description| description.context_length = context);
    let model = Arc::new(model);
    (Arc::clone(&model), model)
}

/// The last prompt that a model read.
pub(super) fn last_prompt(model: &ScriptedGenerator) -> String {
    shown(model, &model.requests().last().unwrap().prompt)
}

pub(super) fn shown(model: &ScriptedGenerator, prompt: &Prompt) -> String {
    match prompt {
        Prompt::Chat(chat) => model.render(chat).unwrap(),
        Prompt::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

/// Makes it somebody else.
pub(super) fn edit(companion: &Companion, persona: Persona) {
    companion.change(|| Ok((Changes { persona: Some(persona), ..Changes::default() }, ()))).unwrap();
}

/// Says something and waits for the reply.
pub(super) fn say(companion: &Companion, model: &Arc<dyn Generator>, text: &str) -> Finished {
    companion.say(model, text, SayOptions::default()).unwrap().blocking_finish().unwrap()
}
