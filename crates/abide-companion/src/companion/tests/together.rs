//! Several programs with one companion, and programs that end.

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use abide_generation::{Embedder, EmbeddingError, Embeddings};

use super::*;
use crate::history::{HistoryError, ImportEvent, ImportOptions, Observer, Progress, Source};
use crate::lorebook::{Entry, Lorebook};
use crate::store::{CompanionChange, StoreResult};
use crate::transcript::{MessageId, NewMessage, Speaker};

fn texts(companion: &Companion) -> Vec<String> {
    companion.recent(100).unwrap().into_iter().map(|message| message.content.text).collect()
}

/// The same companions as another program sees them.
fn elsewhere(world: &World) -> Companions {
    open(&world.folder, &world.key, &world.clock, CompanionsOptions::default())
}

#[test]
fn a_reply_stays_below_what_it_answers_when_another_program_speaks_meanwhile() {
    let world = World::new();
    let here = world.mara();
    let others = elsewhere(&world);
    let there = others.get("Mara").unwrap();
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let (_, slow) = model_of(8_192, move |_| {
        held.lock().unwrap().recv().unwrap();
        "Slow.".to_owned()
    });
    let first = here.say(&slow, "From here", SayOptions::default()).unwrap();
    assert!(there.is_taken_elsewhere() && !here.is_taken_elsewhere());
    let second = std::thread::spawn(move || {
        let (_, quick) = model("Quick.");
        say(&there, &quick, "From there");
    });
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(texts(&here), ["The door is open, Jo.", "From here"]);
    release.send(()).unwrap();
    first.blocking_finish().unwrap();
    second.join().unwrap();
    assert_eq!(texts(&here), ["The door is open, Jo.", "From here", "Slow.", "From there", "Quick."]);
}

#[test]
fn no_change_is_lost_to_another_one_at_the_same_time() {
    let world = World::new();
    let here = world.mara();
    let others = elsewhere(&world);
    let there = others.get("Mara").unwrap();
    let (_, generator) = model("Aye.");
    let at_once = |work: [&(dyn Fn() + Sync); 3]| {
        let start = std::sync::Barrier::new(work.len());
        std::thread::scope(|scope| {
            for work in work {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    work();
                });
            }
        });
    };
    let set = |companion: &Companion, change: fn(&mut Settings)| {
        let changed = companion.change_settings(|settings| {
            change(settings);
            Ok(())
        });
        changed.unwrap();
    };
    let persona = |companion: &Companion, change: fn(&mut Persona)| {
        let changed = companion.change(|| {
            let mut persona = companion.persona()?;
            change(&mut persona);
            Ok((Changes { persona: Some(persona), ..Changes::default() }, ()))
        });
        changed.unwrap();
    };
    for _ in 0..10 {
        set(&here, |settings| *settings = Settings::default());
        persona(&here, |persona| *persona = mara());
        at_once([
            &|| set(&here, |settings| settings.moods = false),
            &|| set(&there, |settings| settings.recall = false),
            &|| {
                let used = ModelUse::named("small", Timestamp::UNIX_EPOCH);
                assert_eq!(here.talks_with(&*generator, used).unwrap(), ModelSeen::First);
            },
        ]);
        let now = here.settings().unwrap();
        assert_eq!((now.moods, now.recall, now.model.is_some()), (false, false, true));
        at_once([
            &|| persona(&here, |persona| persona.tags = vec!["sea".to_owned()]),
            &|| persona(&there, |persona| persona.personality = "calm".to_owned()),
            &|| {
                let (keys, content) = (vec!["tide".to_owned()], "High at six.".to_owned());
                let entry = Entry { keys, content, ..Entry::default() };
                let book = Lorebook { entries: vec![entry], ..Lorebook::default() };
                drop(here.take_in_lorebook(book).unwrap());
            },
        ]);
        let now = here.persona().unwrap();
        assert_eq!((now.tags.len(), now.personality.as_str(), now.lorebook.is_some()), (1, "calm", true));
    }
}

#[test]
fn what_an_earlier_program_kept_of_a_persona_is_read_as_far_as_it_can_be() {
    let world = World::new();
    let companion = world.mara();
    let mut stored = serde_json::to_value(mara()).unwrap();
    stored["avatar"] = serde_json::json!({"path": " ", "media_type": "image/png"});
    let kept = CompanionChange { persona: Some(stored), ..CompanionChange::default() };
    world.companions.store().change_companion(companion.id(), || StoreResult::Ok((kept, ()))).unwrap();
    assert_eq!(companion.persona().unwrap(), mara());
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "Hello.");
    edit(&companion, Persona { personality: "calm".to_owned(), ..companion.persona().unwrap() });
    assert_eq!(companion.persona_of(3).unwrap().personality, "calm");
}

#[test]
fn another_companion_waits_for_nobody() {
    let world = World::new();
    let mara = world.mara();
    let ana = world.companions.create(&Persona { name: "Ana".to_owned(), ..super::mara() }, None).unwrap();
    let others = elsewhere(&world);
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let (_, slow) = model_of(8_192, move |_| {
        held.lock().unwrap().recv().unwrap();
        "Slow.".to_owned()
    });
    let first = mara.say(&slow, "Hello", SayOptions::default()).unwrap();
    let (_, quick) = model("Quick.");
    say(&others.by_id(ana.id()).unwrap(), &quick, "Hello");
    release.send(()).unwrap();
    first.blocking_finish().unwrap();
    assert!(others.delete("Mara").is_ok());
}

#[test]
fn what_a_program_that_died_had_heard_comes_before_what_is_said_next() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let others = elsewhere(&world);
    let (store, id) = (others.store(), companion.id());
    let now = Timestamp::from_second(world.clock.load(Ordering::SeqCst)).unwrap();
    let head = store.head(id).unwrap();
    let said = store.append(id, NewMessage::new(head, Speaker::User, "Wait", now)).unwrap();
    let reply = NewMessage::new(Some(said.id), Speaker::Companion, "", now);
    let reply = store.begin_reply(id, reply).unwrap();
    store.grow_reply(reply, "Half a").unwrap();
    drop(others);
    say(&companion, &generator, "On");
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Wait", "Half a", "On", "Aye."]);
}

/// Takes its time with each text.
struct Slow(Arc<AtomicUsize>);

impl Embedder for Slow {
    fn id(&self) -> &'static str {
        "slow"
    }

    fn dimensions(&self) -> usize {
        2
    }

    fn tokens_max(&self) -> usize {
        256
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        std::thread::sleep(Duration::from_millis(20) * texts.len() as u32);
        self.0.fetch_add(texts.len(), Ordering::SeqCst);
        Ok(Embeddings { vectors: vec![vec![0.6, 0.8]; texts.len()], ..Embeddings::default() })
    }
}

struct Nobody;

impl Observer for Nobody {
    fn event(&mut self, _event: ImportEvent) -> Result<(), HistoryError> {
        Ok(())
    }

    fn progress(&mut self, _progress: Progress) {}
}

fn slow(embedded: &Arc<AtomicUsize>) -> CompanionsOptions {
    let embedder = Slow(Arc::clone(embedded));
    let embedder: Arc<dyn Embedder> = Arc::new(embedder);
    let embedder = Some(EmbedderSource::late(move || Some(Arc::clone(&embedder))));
    CompanionsOptions { embedder, ..CompanionsOptions::default() }
}

#[test]
fn a_program_that_ends_leaves_the_vectors_of_a_long_history_for_the_next_time() {
    let embedded = Arc::new(AtomicUsize::new(0));
    let world = World::with(slow(&embedded));
    let companion = world.mara();
    let mut history = String::from("{\"user_name\":\"Jo\",\"character_name\":\"Mara\"}\n");
    for number in 0..400 {
        history.push_str(&format!(
            "{{\"name\":\"Jo\",\"is_user\":{},\"send_date\":\"2021-05-01T10:{:02}:{:02}Z\",\"mes\":\"Wave {number}.\"}}\n",
            number % 2 == 0,
            number / 60,
            number % 60
        ));
    }
    let source = Source::bytes("chat.jsonl", history.into_bytes());
    companion.bring_home(source, &ImportOptions::default(), &mut Nobody).unwrap();
    while embedded.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    world.companions.finish();
    let id = companion.id();
    drop(companion);
    let missing = |world: &World| {
        let store = world.companions.store();
        store.messages_without_vector(id, "slow", MessageId(0), 1_000).unwrap().len()
    };
    let left = missing(&world);
    assert!(left > 300, "{left}");
    let made = embedded.load(Ordering::SeqCst);
    let world = world.restart_with(slow(&embedded));
    world.companions.flush();
    assert_eq!(missing(&world), 0);
    // What was made is kept.
    assert_eq!(embedded.load(Ordering::SeqCst) - made, left);
}

#[test]
fn who_forgets_while_a_reply_is_made_hears_of_the_reply() {
    let world = World::new();
    let companion = world.mara();
    let (_, quick) = model("Aye.");
    let first = say(&companion, &quick, "The pearl is under the stairs.");
    let said = first.message.content.parent.unwrap();
    let (begun, waits) = mpsc::channel();
    let begun = Mutex::new(begun);
    let (_, slow) = model_of(8_192, move |_| {
        begun.lock().unwrap().send(()).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        "The pearl, you said.".to_owned()
    });
    let reply = companion.say(&slow, "What was that?", SayOptions::default()).unwrap();
    waits.recv().unwrap();
    let forgotten = companion.forget(&[], &[said]).unwrap();
    let reply = reply.blocking_finish().unwrap().message.id;
    assert_eq!(forgotten.said_meanwhile, Some(reply));
    // Afterwards there is nothing to tell, nor where the reply itself is forgotten.
    assert_eq!(companion.forget(&[], &[reply]).unwrap().said_meanwhile, None);
    // So with a fact that is deleted; and a reply that goes with the message before it is not told of.
    let fact = companion.remember("The pearl is blue.", false).unwrap().id;
    let reply = companion.say(&slow, "And now?", SayOptions::default()).unwrap();
    waits.recv().unwrap();
    let deleted = companion.delete_fact(fact).unwrap();
    assert_eq!(deleted.said_meanwhile, Some(reply.blocking_finish().unwrap().message.id));
    let reply = companion.say(&slow, "And then?", SayOptions::default()).unwrap();
    waits.recv().unwrap();
    let deleted = companion.delete_from(said).unwrap();
    assert_eq!(deleted.said_meanwhile, None);
    assert!(deleted.messages.contains(&reply.blocking_finish().unwrap().message.id));
}

#[test]
fn a_program_that_ends_keeps_the_vectors_of_its_last_turn() {
    let embedded = Arc::new(AtomicUsize::new(0));
    let world = World::with(slow(&embedded));
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "The sea is calm.");
    world.companions.finish();
    let store = world.companions.store();
    assert!(store.messages_without_vector(companion.id(), "slow", MessageId(0), 10).unwrap().is_empty());
}
