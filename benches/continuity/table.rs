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
    /// How replies are made.
    pub say: SayOptions,
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
struct Told {
    /// What the user says, in turn 3 and, if there is more, after some other turns.
    said: &'static [&'static str],
    /// What the user asks.
    asked: &'static str,
    /// What the prompt must hold then.
    holds: &'static str,
}

/// Something that patterns find.
const FACT: Told =
    Told { said: &["My sister is called Ilse."], asked: "What is my sister called?", holds: "Ilse" };
/// Something that is found by its words alone.
const DETAIL: Told = Told {
    said: &["The parrot at the dentist's in Quimper whistled the Marseillaise at me."],
    asked: "What did the parrot at the dentist's whistle?",
    holds: "Marseillaise",
};
/// Something that was true, and then something else.
const CORRECTED: Told = Told {
    said: &["I live in Brest.", "I moved to Lyon last week. I live in Lyon now."],
    asked: "Where do I live?",
    holds: "Lyon",
};

/// An installation with one companion.
struct Home {
    folder: TempDir,
    key: DatabaseKey,
    companions: Option<Companions>,
}

impl Home {
    fn new() -> Self {
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

    fn companions(&self) -> &Companions {
        self.companions.as_ref().expect("it is open")
    }

    fn create(&self, name: &str) -> Companion {
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

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// A fact that was told in turn 3 is in the prompt when it is asked for.
    Fact,
    /// So is something that no pattern knows.
    Detail,
    /// What was corrected comes back corrected.
    Corrected,
    /// A fact that was deleted never comes back, from no store.
    DeletedFact,
    /// Nor does a detail.
    DeletedDetail,
    /// Another companion of the same user knows nothing of it.
    Apart,
}

/// One cell of the table.
///
/// # Errors
/// What is wrong, with the prompt that shows it.
pub fn cell(models: &Models, between: Between, column: Column) -> Result<(), String> {
    let told = match column {
        Column::Fact | Column::DeletedFact => FACT,
        Column::Detail | Column::DeletedDetail => DETAIL,
        Column::Corrected | Column::Apart => CORRECTED,
    };
    let deleted = matches!(column, Column::DeletedFact | Column::DeletedDetail);
    let mut home = Home::new();
    let companion = home.create("Mara");
    tell(&companion, models, &told, &home);
    if deleted {
        let what = companion.forgettable(told.holds).expect("it is looked for");
        let (facts, messages) = what.ids();
        if facts.is_empty() && messages.is_empty() {
            return Err("there is nothing to forget".to_owned());
        }
        let gone = companion.forget(&facts, &messages).expect("it is forgotten");
        if !gone.final_on_disk {
            return Err("the file was not rewritten".to_owned());
        }
    }
    let (companion, model) = happen(&mut home, companion, models, between);
    let companion = if column == Column::Apart { home.create("Teo") } else { companion };
    let prompt = ask(&companion, &model, models, told.asked);
    let wanted = |is_right: bool, what: &str| {
        if is_right { Ok(()) } else { Err(format!("{what} in the prompt:\n{prompt}")) }
    };
    let holds = prompt.contains(told.holds);
    match column {
        Column::Fact | Column::Detail => wanted(holds, "it is not"),
        Column::Corrected => {
            wanted(prompt.contains("Jo moved to Lyon."), "the correction is not")?;
            wanted(!prompt.contains("lives in Brest"), "what was corrected is")
        }
        Column::Apart => wanted(!holds, "another companion's memory is"),
        Column::DeletedFact | Column::DeletedDetail => {
            wanted(!holds, "what was deleted is")?;
            wanted(!is_known(&home, told.holds), "what was deleted is in the store, and maybe")?;
            wanted(!is_on_disk(&home, told.holds), "what was deleted is in a file, and maybe")
        }
    }
}

/// Makes each cell a test, by a function that runs one.
#[allow(unused_macros)]
macro_rules! tests_of_cells {
    ($run:ident) => {
        tests_of_cells! { $run:
            same_window, Turns; new_window, Window; restart, Restart; swap, Swap; moved, Move;
        }
    };
    ($run:ident: $($module:ident, $between:ident;)*) => {
        $(
            mod $module {
                use super::table::{Between, Column};

                #[test]
                fn a_fact_is_remembered() {
                    super::$run(Between::$between, Column::Fact);
                }

                #[test]
                fn a_detail_is_remembered() {
                    super::$run(Between::$between, Column::Detail);
                }

                #[test]
                fn a_correction_is_remembered() {
                    super::$run(Between::$between, Column::Corrected);
                }

                #[test]
                fn a_deleted_fact_is_gone() {
                    super::$run(Between::$between, Column::DeletedFact);
                }

                #[test]
                fn a_deleted_detail_is_gone() {
                    super::$run(Between::$between, Column::DeletedDetail);
                }

                #[test]
                fn another_companion_knows_nothing() {
                    super::$run(Between::$between, Column::Apart);
                }
            }
        )*
    };
}

fn tell(companion: &Companion, models: &Models, told: &Told, home: &Home) {
    for text in ["Hello.", "It is windy."] {
        say(companion, &models.first, models, text);
    }
    for said in told.said {
        say(companion, &models.first, models, said);
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
            let options =
                RehearsalOptions { sampling: models.say.sampling.clone(), ..RehearsalOptions::default() };
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

fn say(companion: &Companion, model: &Arc<dyn Generator>, models: &Models, text: &str) {
    let reply = companion.say(model, text, models.say.clone()).expect("it is kept");
    reply.blocking_finish().expect("an answer");
}

/// Asks, and gives the prompt that the answer was made from, as the model read it.
fn ask(companion: &Companion, model: &Arc<dyn Generator>, models: &Models, question: &str) -> String {
    let reply = companion.say(model, question, models.say.clone()).expect("it is kept");
    let finished = reply.blocking_finish().expect("an answer");
    let plan = companion.why(finished.message.id).expect("read").expect("a plan");
    match plan.prompt(&|id| companion.words(id)) {
        Prompt::Chat(chat) => model.render(&chat).expect("rendered"),
        Prompt::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

/// Whether a file of the installation holds `words` in clear.
fn is_on_disk(home: &Home, words: &str) -> bool {
    let holds = |path: &Path| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    };
    let files = fs::read_dir(home.folder.path()).expect("the folder is read");
    files.map(|file| file.expect("a file").path()).any(|path| holds(&path))
}

/// Whether anything that the store gives out holds `words`.
fn is_known(home: &Home, words: &str) -> bool {
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
