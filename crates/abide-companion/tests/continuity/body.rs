//! The table of continuity, cell by cell: what was told, corrected or deleted, and what came in between. Knows the companion's public
//! API alone, so that the same body runs with a scripted model and with a real one.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use abide_companion::archive::{ExportOptions, ImportOptions, Protection};
use abide_companion::companion::{
    Companion, Companions, CompanionsOptions, ModelUse, RehearsalOptions, SayOptions,
};
use abide_companion::keys::DatabaseKey;
use abide_companion::persona::Persona;
use abide_companion::transcript::{NewMessage, Speaker};
use abide_generation::{Generator, Prompt};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// The models that a table is run with.
pub struct Models {
    /// The one that talks.
    pub first: Arc<dyn Generator>,
    /// The one that takes over.
    pub second: Arc<dyn Generator>,
}

/// What happens between telling and asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Some four hundred turns about other things.
    Turns,
    /// A new window.
    Window,
    /// The program ends and begins again.
    Restart,
    /// Another model takes over.
    Swap,
    /// Export, and import into another installation.
    Move,
}

/// What is told, and how it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// What the user says, in turn 3 and, if there is more, after some other turns.
    pub said: &'static [&'static str],
    /// What the user asks.
    pub asked: &'static str,
    /// What the prompt must hold then.
    pub holds: &'static str,
}

/// Something that patterns find.
pub const FACT: Told =
    Told { said: &["My sister is called Ilse."], asked: "What is my sister called?", holds: "Ilse" };
/// Something that is found by its words alone.
pub const DETAIL: Told = Told {
    said: &["The parrot at the dentist's in Quimper whistled the Marseillaise at me."],
    asked: "What did the parrot at the dentist's whistle?",
    holds: "Marseillaise",
};
/// Something that was true, and then something else.
pub const CORRECTED: Told = Told {
    said: &["I live in Brest.", "I moved to Lyon last week. I live in Lyon now."],
    asked: "Where do I live?",
    holds: "Lyon",
};

/// An installation with one companion.
pub struct Home {
    folder: TempDir,
    key: DatabaseKey,
    companions: Option<Companions>,
}

impl Home {
    pub fn new() -> Self {
        let key = DatabaseKey::random().expect("random bytes");
        let mut home = Self { folder: tempfile::tempdir().expect("a folder"), key, companions: None };
        home.open();
        home
    }

    fn open(&mut self) {
        let path = self.folder.path().join("companions.db");
        self.companions = None;
        let companions = Companions::open(&path, self.key.clone(), CompanionsOptions::default());
        self.companions = Some(companions.expect("the database opens"));
    }

    pub fn companions(&self) -> &Companions {
        self.companions.as_ref().expect("it is open")
    }

    pub fn create(&self, name: &str) -> Companion {
        let persona = Persona {
            name: name.to_owned(),
            calls_user: "Jo".to_owned(),
            language: "en".to_owned(),
            description: format!("{name} keeps a lighthouse."),
            ..Persona::default()
        };
        self.companions().create(&persona, None).expect("a companion")
    }
}

/// Tells `told`, lets `between` happen and asks. The prompt for the answer.
pub fn prompt_after(models: &Models, told: &Told, between: Between) -> String {
    let mut home = Home::new();
    let companion = home.create("Mara");
    tell(&companion, &models.first, told, &home);
    let (companion, model) = happen(&mut home, companion, models, between);
    ask(&companion, &model, told.asked)
}

/// The same, with what was told deleted before; the prompt, and the folder that must not hold it.
pub fn prompt_after_forgetting(models: &Models, told: &Told, between: Between) -> (String, Home) {
    let mut home = Home::new();
    let companion = home.create("Mara");
    tell(&companion, &models.first, told, &home);
    let what = companion.forgettable(told.holds).expect("it is looked for");
    assert!(!what.messages.is_empty() || !what.facts.is_empty(), "there is something to forget");
    let deleted = companion.forget(&what).expect("it is forgotten");
    assert!(deleted.final_on_disk);
    let (companion, model) = happen(&mut home, companion, models, between);
    (ask(&companion, &model, told.asked), home)
}

/// Asks another companion of the same user.
pub fn prompt_of_another(models: &Models, told: &Told) -> String {
    let home = Home::new();
    let companion = home.create("Mara");
    tell(&companion, &models.first, told, &home);
    ask(&home.create("Teo"), &models.first, told.asked)
}

fn tell(companion: &Companion, model: &Arc<dyn Generator>, told: &Told, home: &Home) {
    for text in ["Hello.", "It is windy."] {
        say(companion, model, text);
    }
    for said in told.said {
        say(companion, model, said);
        fill(companion, home, 4);
    }
    // Enough for what was told to leave the window, whatever the model.
    fill(companion, home, 390);
    home.companions().flush();
}

/// Turns about other things, without a model.
fn fill(companion: &Companion, home: &Home, turns: usize) {
    let store = home.companions().store();
    let mut time = Timestamp::now() - SignedDuration::from_hours(1);
    let done = store.batch(companion.id(), |batch| {
        let mut parent = store.head(companion.id())?;
        for turn in 0..turns {
            let said =
                format!("On day {turn} the ferry was late again and the baker sold out of rye, as it goes.");
            let answered = "So it goes; the tide does not wait for bread either, and neither do I.";
            for (speaker, text) in [(Speaker::User, said.as_str()), (Speaker::Companion, answered)] {
                time += SignedDuration::from_secs(1);
                parent = Some(batch.add(NewMessage::new(parent, speaker, text, time))?.id);
            }
        }
        batch.set_head(parent)
    });
    done.expect("turns are kept");
}

fn happen(
    home: &mut Home,
    companion: Companion,
    models: &Models,
    between: Between,
) -> (Companion, Arc<dyn Generator>) {
    let first = Arc::clone(&models.first);
    match between {
        Between::Turns => {
            fill(&companion, home, 400);
            (companion, first)
        }
        Between::Window => {
            companion.new_window(None).expect("a window");
            (companion, first)
        }
        Between::Restart => {
            drop(companion);
            home.open();
            (home.companions().get("mara").expect("she is there"), first)
        }
        Between::Swap => {
            companion.use_model(ModelUse::named("first", Timestamp::now())).expect("kept");
            let model = ModelUse::named("second", Timestamp::now());
            let options = RehearsalOptions::default();
            companion.rehearse(&models.second, model, &options, &mut |_| false).expect("a rehearsal");
            companion.commit_rehearsal().expect("committed");
            (companion, Arc::clone(&models.second))
        }
        Between::Move => {
            let mut archive = Vec::new();
            let options = ExportOptions { protection: Protection::Plain, vectors: false };
            companion.export(&mut archive, &options).expect("exported");
            drop(companion);
            *home = Home::new();
            let options = ImportOptions::default();
            let companion = home.companions().import(Cursor::new(archive), None, &options).expect("imported");
            home.companions().flush();
            (companion, first)
        }
    }
}

fn say(companion: &Companion, model: &Arc<dyn Generator>, text: &str) {
    let reply = companion.say(model, text, SayOptions::default()).expect("it is kept");
    reply.blocking_finish().expect("an answer");
}

/// Asks, and gives the prompt that the answer was made from, as the model read it.
fn ask(companion: &Companion, model: &Arc<dyn Generator>, question: &str) -> String {
    let reply = companion.say(model, question, SayOptions::default()).expect("it is kept");
    let finished = reply.blocking_finish().expect("an answer");
    let plan = companion.why(finished.message.id).expect("read").expect("a plan");
    match plan.prompt(&|id| companion.words(id)) {
        Prompt::Chat(chat) => model.render(&chat).expect("rendered"),
        Prompt::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

/// Whether a file of the installation holds `words` in clear.
pub fn is_on_disk(home: &Home, words: &str) -> bool {
    let holds = |path: &Path| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    };
    let files = fs::read_dir(home.folder.path()).expect("the folder is read");
    files.map(|file| file.expect("a file").path()).any(|path| holds(&path))
}

/// Whether anything that the store gives out holds `words`.
pub fn is_known(home: &Home, words: &str) -> bool {
    let companion = home.companions().get("Mara").expect("she is there");
    let mut archive = Vec::new();
    let options = ExportOptions { protection: Protection::Plain, vectors: true };
    companion.export(&mut archive, &options).expect("exported");
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    (0..zip.len()).any(|index| {
        let mut text = Vec::new();
        std::io::copy(&mut zip.by_index(index).expect("an entry"), &mut text).expect("read");
        String::from_utf8_lossy(&text).contains(words)
    })
}
