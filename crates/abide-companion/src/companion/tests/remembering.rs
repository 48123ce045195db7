//! What is recalled into a prompt, and what is not: memories, vectors, lorebooks.

use std::sync::{Condvar, Mutex};

use abide_generation::{Embedder, EmbeddingError, Embeddings};

use super::*;
use crate::companion::Reminded;
use crate::lorebook::{Entry, Lorebook};
use crate::prompt::{Reason, SectionKind};
use crate::store::FactEdit;
use crate::transcript::{MessageId, NewMessage, Speaker};

/// Turns about other things, enough for what was said before to leave the window of [`model_of`] with 4,096 bytes.
fn fill(world: &World, companion: &Companion) {
    let store = world.companions.store();
    let time = Timestamp::from_second(BEGINNING_S).unwrap();
    store
        .batch(companion.id(), |batch| {
            let mut parent = store.head(companion.id())?;
            for turn in 0..60 {
                let said = format!("On day {turn} the ferry was late and the baker sold out of rye.");
                for (speaker, text) in [(Speaker::User, said.as_str()), (Speaker::Companion, "So it goes.")] {
                    parent = Some(batch.add(NewMessage::new(parent, speaker, text, time))?.id);
                }
            }
            batch.set_head(parent)
        })
        .unwrap();
}

fn plan_of(companion: &Companion, reply: &Finished) -> crate::prompt::Plan {
    companion.why(reply.message.id).unwrap().unwrap()
}

#[test]
fn what_left_the_window_comes_back_with_its_day_when_it_is_asked_for() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    say(&companion, &generator, "The parrot at the dentist's whistled the Marseillaise.");
    world.later(40);
    fill(&world, &companion);
    let reply = say(&companion, &generator, "What did the parrot at the dentist's whistle?");
    let plan = plan_of(&companion, &reply);
    let memories = plan.section(SectionKind::Memories).unwrap();
    let item = &memories.items[0];
    assert!(item.text.contains("March 1, 2024, Jo: “The parrot at the dentist's whistled"), "{}", item.text);
    assert!(item.scores["score"] > 0.0);
    assert!(plan.recall.as_ref().is_some_and(|recall| recall.known && recall.asks_about_past));
    let reminded = companion.memories("the parrot's tune at the dentist's", 500).unwrap();
    let found = reminded.memories.iter().any(|memory| memory.text.contains("Marseillaise"));
    assert!(reminded.known && found, "{reminded:?}");
    // Nothing of it is wanted with something else.
    let plan = plan_of(&companion, &say(&companion, &generator, "Good."));
    assert!(plan.section(SectionKind::Memories).is_none(), "{plan:?}");
}

#[test]
fn where_nothing_is_known_the_prompt_asks_to_say_so() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    fill(&world, &companion);
    let reply = say(&companion, &generator, "What was my grandmother's maiden name?");
    let plan = plan_of(&companion, &reply);
    let unknown = plan.section(SectionKind::Unknown).unwrap().text();
    assert!(unknown.contains("say honestly that you don't remember it"), "{unknown}");
    assert!(plan.section(SectionKind::Memories).is_none());
}

#[test]
fn a_reply_that_was_swiped_away_is_not_remembered() {
    let world = World::new();
    let companion = world.mara();
    let answers = Arc::new(Mutex::new(vec!["The walrus sings in Ouessant.", "The seal sleeps."]));
    let (_, generator) = model_of(4_096, move |_| {
        let mut answers = answers.lock().unwrap();
        if answers.is_empty() { "Aye.".to_owned() } else { answers.remove(0).to_owned() }
    });
    say(&companion, &generator, "Tell me about the beasts.");
    companion.regenerate(&generator, SayOptions::default()).unwrap().blocking_finish().unwrap();
    fill(&world, &companion);
    let reply = say(&companion, &generator, "Where does the walrus sing, did you say?");
    let shown = serde_json::to_string(&plan_of(&companion, &reply)).unwrap();
    assert!(!shown.contains("Ouessant"), "{shown}");
}

#[test]
fn a_memory_about_a_topic_to_avoid_is_held_back() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    let said = say(&companion, &generator, "The parrot at the dentist's whistled the Marseillaise.");
    let said = said.message.content.parent.unwrap();
    fill(&world, &companion);
    companion.avoid("parrot").unwrap();
    let reply = say(&companion, &generator, "What did that bird at the dentist's whistle?");
    let plan = plan_of(&companion, &reply);
    let held = plan.left_out.iter().find(|left| left.reason == Reason::Avoided("parrot".to_owned())).unwrap();
    assert!(held.messages.contains(&said), "{held:?}");
    assert!(!serde_json::to_string(&plan).unwrap().contains("Marseillaise"));
}

#[test]
fn nothing_is_known_where_all_that_answers_may_not_be_told() {
    for (topic, said, question) in [
        ("my divorce", "My lawyer Karl rang about the custody.", "Who is Karl?"),
        ("my divorce", "My lawyer Karl rang. We had soup.", "Who is Karl?"),
        ("work", "My boss Greta shouted at me.", "Who is Greta?"),
        ("mon divorce", "Mon avocat Karl a appelé.", "Qui est Karl ?"),
        ("离婚", "我的离婚律师老周来了。", "老周是谁？"),
    ] {
        let world = World::new();
        let companion = world.mara();
        let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
        say(&companion, &generator, said);
        say(&companion, &generator, "I bought a kettle.");
        fill(&world, &companion);
        world.companions.flush();
        let found = companion.memories(question, 500).unwrap();
        assert!(found.known && found.held_back.is_empty(), "{question}: {found:?}");
        companion.avoid(topic).unwrap();
        let found = companion.memories(question, 500).unwrap();
        assert!(!found.known, "{question}: {found:?}");
        assert_eq!(found.held_back, [topic]);
        let reply = say(&companion, &generator, &format!("Tell me: {question}"));
        let plan = plan_of(&companion, &reply);
        assert!(!plan.recall.as_ref().is_some_and(|recall| recall.known), "{question}: {plan:?}");
        let found = companion.memories("What did I buy?", 500).unwrap();
        assert!(found.known, "{found:?}");
    }
}

#[test]
fn a_fact_about_a_topic_to_avoid_is_not_found() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    say(&companion, &generator, "My dog is called Pepper.");
    let found = || companion.memories("What is my dog called?", 500).unwrap();
    let named = |found: &Reminded| found.facts.iter().any(|fact| fact.content.text.contains("Pepper"));
    assert!(named(&found()));
    companion.avoid("Pepper").unwrap();
    let found = found();
    assert!(!named(&found), "{found:?}");
    assert!(found.held_back.contains(&"Pepper".to_owned()), "{found:?}");
    assert_eq!(found.facts.len(), found.fact_scores.len());
}

#[test]
fn a_fact_whose_sentence_does_not_say_what_it_is_about_is_held_back_too() {
    for (said, topic, question) in [
        ("I work as a nurse.", "my job", "What do I do for a living?"),
        ("I was diagnosed with asthma.", "my illness", "What is wrong with my lungs?"),
        ("I'm allergic to peanuts.", "allergies", "What can't I eat?"),
        ("Je travaille comme infirmière.", "mon boulot", "Quel est mon métier ?"),
        ("我在医院当护士。", "工作", "我是做什么的？"),
    ] {
        let world = World::new();
        let companion = world.mara();
        let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
        say(&companion, &generator, said);
        world.companions.flush();
        let found = || companion.memories(question, 500).unwrap();
        assert_eq!(companion.facts(true).unwrap().len(), 1, "{said}");
        companion.avoid(topic).unwrap();
        let found = found();
        let words = ["nurse", "asthma", "peanut", "infirmière", "护士"];
        let tells = |memory: &Memory| words.iter().any(|word| memory.text.contains(word));
        assert!(found.facts.is_empty() && !found.memories.iter().any(tells), "{said}: {found:?}");
        let reply = say(&companion, &generator, question);
        let plan = serde_json::to_string(&plan_of(&companion, &reply)).unwrap();
        for word in words {
            assert!(!plan.contains(word), "{plan}");
        }
    }
}

#[test]
fn what_has_to_do_with_a_topic_to_avoid_is_held_back_and_the_topic_named_once() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    for said in [
        "My colleague Bob snores in meetings.",
        "My boss shouted at me about the deadline.",
        "I was sacked in April.",
        "I worked on my garden all day with Bob the tortoise.",
    ] {
        say(&companion, &generator, said);
    }
    fill(&world, &companion);
    companion.avoid("work").unwrap();
    let found =
        companion.memories("What do you know about Bob, my boss, my garden and April?", 2_000).unwrap();
    let shown = format!("{:?}{:?}", found.memories, found.facts);
    for hidden in ["snores", "deadline", "sacked", "colleague"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
    assert!(shown.contains("worked on my garden"), "{shown}");
    assert_eq!(found.held_back, ["work"]);
}

#[test]
fn somebody_to_avoid_is_left_out_by_every_name_until_they_may_be_talked_of() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    say(&companion, &generator, "My dad lives in Hull. My ex is called Marcus.");
    say(&companion, &generator, "Marcus sold our house, and father collects old stamps.");
    fill(&world, &companion);
    say(&companion, &generator, "Never mention my father again.");
    say(&companion, &generator, "Please don't talk about my ex.");
    let plan = plan_of(&companion, &say(&companion, &generator, "Who sold our house, and where is Hull?"));
    let shown = serde_json::to_string(&plan.sections).unwrap();
    assert!(!shown.contains("Marcus") && !shown.contains("lives in Hull"), "{shown}");
    let held = |topic: &str| {
        let reason = Reason::Avoided(topic.to_owned());
        plan.left_out.iter().any(|left| left.reason == reason)
    };
    assert!(held("my father") && held("my ex"), "{:?}", plan.left_out);
    say(&companion, &generator, "You can talk about my dad again.");
    let plan = plan_of(&companion, &say(&companion, &generator, "Good."));
    let shown = serde_json::to_string(&plan.sections).unwrap();
    assert!(shown.contains("lives in Hull") && !shown.contains("Marcus"), "{shown}");
}

/// The texts of the memories in a reply's prompt.
fn remembered(companion: &Companion, reply: &Finished) -> String {
    plan_of(companion, reply)
        .section(SectionKind::Memories)
        .map(crate::prompt::Section::text)
        .unwrap_or_default()
}

#[test]
fn a_question_that_leans_on_the_one_before_is_searched_with_it() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    say(&companion, &generator, "I meet Freya every week at the climbing wall.");
    say(&companion, &generator, "我的猫叫年糕。");
    fill(&world, &companion);
    say(&companion, &generator, "Freya is a joiner from Hebden.");
    say(&companion, &generator, "年糕昨晚走了，十二岁。");
    fill(&world, &companion);
    let asked = |text: &str| {
        let reply = say(&companion, &generator, text);
        let plan = plan_of(&companion, &reply);
        assert!(plan.section(SectionKind::Unknown).is_none(), "{text}: {:?}", plan.recall);
        (plan.recall.unwrap().query, remembered(&companion, &reply))
    };
    assert_eq!(asked("Where do I meet Freya?").0, "Where do I meet Freya?");
    let (query, memories) = asked("and what does she do for a living?");
    assert_eq!(query, "Where do I meet Freya? and what does she do for a living?");
    assert!(memories.contains("joiner from Hebden"), "{memories}");
    // A chain goes back to the question that stands alone.
    assert!(asked("and where is she from?").0.starts_with("Where do I meet Freya?"));
    asked("我的猫叫什么？");
    let (_, memories) = asked("它是哪天走的？");
    assert!(memories.contains("年糕昨晚走了"), "{memories}");
    assert_eq!(asked("Where do I meet Freya?").0, "Where do I meet Freya?");
}

#[test]
fn a_topic_to_avoid_leaves_the_window_and_comes_back_when_it_may() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Poor you.");
    say(&companion, &generator, "My girlfriend Priya left me for a dentist in Toronto.");
    say(&companion, &generator, "She flew on a Sunday. The ferry was late today.");
    let before = last_prompt(&model);
    assert!(before.contains("dentist") && !before.contains("does not want to talk"), "{before}");
    say(&companion, &generator, "Please don't talk about Priya any more.");
    let reply = say(&companion, &generator, "Good morning.");
    let prompt = last_prompt(&model);
    for hidden in ["Priya", "dentist", "Sunday"] {
        assert!(!prompt.contains(hidden), "{hidden}: {prompt}");
    }
    assert!(prompt.contains("The ferry was late today."), "{prompt}");
    assert_eq!(prompt.matches("There are things that Jo does not want to talk about").count(), 1, "{prompt}");
    // With what was said the replies to it are left out, and the plan says why.
    assert_eq!(prompt.matches("Poor you.").count(), 1, "{prompt}");
    let plan = plan_of(&companion, &reply);
    let left = plan.left_out.iter().filter(|left| left.kind == SectionKind::Turns);
    assert_eq!(left.filter(|left| left.reason == Reason::Avoided("Priya".to_owned())).count(), 4);
    // What is asked now is not.
    say(&companion, &generator, "Where did Priya go?");
    assert!(last_prompt(&model).ends_with("Where did Priya go?"), "{}", last_prompt(&model));
    say(&companion, &generator, "You can talk about Priya again.");
    say(&companion, &generator, "Good.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("dentist") && !prompt.contains("does not want to talk"), "{prompt}");
}

#[test]
fn what_else_a_message_said_is_remembered_beside_a_topic_to_avoid() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |_| "Aye.".to_owned());
    say(
        &companion,
        &generator,
        "I'm Rowan, i live here with my girlfriend Priya and our greyhound Biscuit. Priya sings.",
    );
    say(&companion, &generator, "She never could stand the greyhound.");
    fill(&world, &companion);
    companion.avoid("priya").unwrap();
    let reply = say(&companion, &generator, "What is my greyhound called?");
    let memories = remembered(&companion, &reply);
    assert!(memories.contains("our greyhound Biscuit"), "{memories}");
    assert!(!memories.contains("Priya") && !memories.contains("stand the greyhound"), "{memories}");
}

#[test]
fn what_is_to_be_forgotten_is_found_by_what_it_says() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "I love jazz. My brother Max lives in Rome. I work as a nurse.");
    let texts = |query: &str| {
        let facts = companion.forgettable(query).unwrap().facts;
        facts.into_iter().map(|fact| fact.content.text).collect::<Vec<_>>()
    };
    assert_eq!(texts("I love jazz"), ["Jo likes jazz."]);
    assert_eq!(texts("my brother"), ["Jo's brother is called Max.", "Jo's brother Max lives in Rome."]);
    assert_eq!(texts("nurse"), ["Jo works as: nurse."]);
    assert!(texts("my aunt").is_empty());
}

/// Counts letters.
struct Letters(&'static str);

impl Embedder for Letters {
    fn id(&self) -> &str {
        self.0
    }

    fn dimensions(&self) -> usize {
        26
    }

    fn tokens_max(&self) -> usize {
        256
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        let vector = |text: &&str| {
            let mut counts = vec![0.0_f32; 26];
            for letter in text.bytes().filter(u8::is_ascii_lowercase) {
                counts[usize::from(letter - b'a')] += 1.0;
            }
            let length = counts.iter().map(|count| count * count).sum::<f32>().sqrt().max(1.0);
            counts.into_iter().map(|count| count / length).collect()
        };
        Ok(Embeddings { vectors: texts.iter().map(vector).collect(), ..Embeddings::default() })
    }
}

pub(super) fn letters(name: &'static str) -> EmbedderSource {
    EmbedderSource::late(move || Some(Arc::new(Letters(name))))
}

#[test]
fn vectors_are_made_in_the_background_and_anew_by_another_embedder() {
    let world = World::new();
    world.companions.set_embedder(Some(letters("one")));
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "My sister is called Ilse.");
    world.companions.flush();
    let store = world.companions.store();
    let missing = |model| store.messages_without_vector(companion.id(), model, MessageId(0), 100).unwrap();
    assert!(missing("one").is_empty());
    assert!(store.facts_without_vector(companion.id(), "one", 100).unwrap().is_empty());
    world.companions.set_embedder(Some(letters("two")));
    say(&companion, &generator, "What is my sister called?");
    world.companions.flush();
    assert!(missing("two").is_empty());
    assert_eq!(store.vector_models(companion.id()).unwrap(), ["two"]);
}

/// Reads nothing until it is let.
struct Waiting {
    gate: Arc<(Mutex<bool>, Condvar)>,
}

impl Embedder for Waiting {
    fn id(&self) -> &'static str {
        "waiting@1"
    }

    fn dimensions(&self) -> usize {
        26
    }

    fn tokens_max(&self) -> usize {
        256
    }

    fn embed(&self, texts: &[&str]) -> Result<Embeddings, EmbeddingError> {
        // A question's vector is there at once; what was said waits.
        if texts.len() > 1 {
            let (open, changed) = &*self.gate;
            drop(changed.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
        }
        Letters("waiting@1").embed(texts)
    }
}

#[test]
fn while_another_embedder_reads_all_anew_it_is_seen_and_words_find_what_was_said() {
    let world = World::new();
    world.companions.set_embedder(Some(letters("one")));
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    for said in ["My sister is called Ilse.", "The harbour froze over.", "I sold the red boat."] {
        say(&companion, &generator, said);
    }
    world.companions.flush();
    let before = companion.embedded().unwrap();
    assert!(
        before.is_complete() && before.all > 6 && before.embedder.as_deref() == Some("one"),
        "{before:?}"
    );
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let waiting: Arc<dyn Embedder> = Arc::new(Waiting { gate: Arc::clone(&gate) });
    world.companions.set_embedder(Some(waiting.into()));
    let embedded = companion.embedded().unwrap();
    assert_eq!((embedded.done, embedded.all), (0, before.all));
    assert_eq!(companion.embedders().unwrap(), ["one"]);
    let reminded = companion.memories("Who bought the red boat?", 500).unwrap();
    assert!(reminded.memories.iter().any(|memory| memory.text.contains("red boat")), "{reminded:?}");
    // Whoever waits for it hears how far it is, and may leave.
    let left = companion.embed_all(&|| true, &mut |embedded| assert_eq!(embedded.done, 0)).unwrap();
    assert!(!left.is_complete());
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let mut told = Vec::new();
    let read = companion.embed_all(&|| false, &mut |embedded| told.push(embedded.done)).unwrap();
    assert!(read.is_complete() && told.is_sorted(), "{read:?} {told:?}");
    world.companions.flush();
    assert_eq!(companion.embedders().unwrap(), ["waiting@1"]);
}

/// What was told between turns leaves them beside each other, and vectors that came before their messages are not lost.
#[test]
fn a_live_session_ranks_as_one_that_was_started_anew() {
    let world = World::new();
    world.companions.set_embedder(Some(letters("one")));
    let companion = world.mara();
    let (_, generator) = model("Aye, the lamp is lit.");
    for said in [
        "My sister is called Ilse.",
        "She paints the harbour.",
        "I live in Lyon.",
        "I moved, I live in Bergen now.",
        "My dog is called Rex.",
        "What a storm!",
    ] {
        say(&companion, &generator, said);
        world.companions.flush();
    }
    companion.regenerate(&generator, SayOptions::default()).unwrap().blocking_finish().unwrap();
    world.companions.flush();
    let fact = companion.remember("The boat is green.", false).unwrap();
    let rank = |question: &str| companion.ranked(question, 50, None).unwrap();
    let questions = ["Who paints?", "Where do I live?", "The dog and the storm?"];
    let same = || {
        let live = questions.map(rank);
        companion.shared.memories.drop_of(companion.id());
        assert_eq!(live, questions.map(rank));
        assert!(live.iter().all(|found| found.memories.len() > 12));
    };
    world.companions.flush();
    same();
    let edit = FactEdit { text: Some("The boat is blue.".to_owned()), ..FactEdit::default() };
    companion.edit_fact(fact.id, edit).unwrap();
    say(&companion, &generator, "It leaks.");
    world.companions.flush();
    same();
    say(&companion, &generator, "It sank.");
    companion.delete_fact(fact.id).unwrap();
    world.companions.flush();
    same();
}

#[test]
fn a_lorebook_comes_when_it_is_called_and_macros_are_the_authors_alone() {
    let world = World::new();
    let entry = |name: &str, key: &str, content: &str, constant| Entry {
        name: name.to_owned(),
        keys: vec![key.to_owned()],
        content: content.to_owned(),
        constant,
        ..Entry::default()
    };
    let book = Lorebook {
        entries: vec![
            entry("island", "island", "The island of {{char}} has one path.", true),
            entry("rain", "rain", "Rain here means three days of it, {{user}}.", false),
        ],
        ..Lorebook::default()
    };
    let persona = Persona { lorebook: Some(book), ..mara() };
    let companion = world.companions.create(&persona, None).unwrap();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "Hello {{char}}.");
    let prompt = last_prompt(&model);
    assert!(prompt.starts_with("system: The island of Mara has one path."), "{prompt}");
    assert!(!prompt.contains("Rain here") && prompt.ends_with("Hello {{char}}."), "{prompt}");
    say(&companion, &generator, "Is that rain?");
    let prompt = last_prompt(&model);
    let (before, note) = prompt.rsplit_once("<memory>").unwrap();
    assert!(note.contains("Rain here means three days of it, Jo."), "{prompt}");
    assert!(before.starts_with("system: The island of Mara has one path."));
}

/// A companion whose lorebook has these entries, called up by "lamp".
fn with_entries(world: &World, contents: &[&str]) -> Companion {
    let entry = |content: &&str| Entry {
        keys: vec!["lamp".to_owned()],
        content: (*content).to_owned(),
        ..Entry::default()
    };
    let book = Lorebook { entries: contents.iter().map(entry).collect(), ..Lorebook::default() };
    let persona = Persona {
        description: "Keeps a lighthouse.".to_owned(),
        personality: "Dry and patient.".to_owned(),
        scenario: String::new(),
        greetings: vec!["Good evening.".to_owned(), " ".to_owned(), "Sit down.".to_owned()],
        lorebook: Some(book),
        ..mara()
    };
    world.companions.create(&persona, None).unwrap()
}

#[test]
fn an_entry_stands_in_the_section_that_it_names() {
    let world = World::new();
    let companion = with_entries(
        &world,
        &[
            "@@position personality\nHums to the lamp.",
            "@@position before_desc\nThe lamp is old.",
            "@@position scenario\nThe lamp is out.",
        ],
    );
    let (model, generator) = model("Aye.");
    let reply = say(&companion, &generator, "The lamp?");
    let prompt = last_prompt(&model);
    let at = |text: &str| prompt.find(text).unwrap_or_else(|| panic!("{text}: {prompt}"));
    assert!(at("The lamp is old.") < at("Keeps a lighthouse."), "{prompt}");
    assert!(at("Dry and patient.") < at("Hums to the lamp."), "{prompt}");
    let note = at("<memory>");
    assert!(at("Hums to the lamp.") < note, "{prompt}");
    // There is no scenario to stand in.
    assert!(at("The lamp is out.") > note, "{prompt}");
    let persona = plan_of(&companion, &reply).section(SectionKind::Persona).unwrap().clone();
    assert_eq!(persona.items.len(), 5, "{persona:?}");
    say(&companion, &generator, "Good.");
    for _ in 0..4 {
        say(&companion, &generator, "And else?");
    }
    assert!(!last_prompt(&model).contains("Hums to"), "{}", last_prompt(&model));
}

#[test]
fn an_entry_of_a_greeting_comes_with_that_one() {
    let world = World::new();
    let companion = with_entries(&world, &["@@is_greeting 0\nFirst.", "@@is_greeting 2\nThird."]);
    let (model, generator) = model("Aye.");
    let came = || {
        let prompt = last_prompt(&model);
        (prompt.contains("First."), prompt.contains("Third."))
    };
    say(&companion, &generator, "The lamp?");
    assert_eq!(came(), (true, false));
    companion.back_to(None).unwrap();
    let first = world.companions.store().children(companion.id(), None).unwrap();
    companion.go_to(*first.last().unwrap()).unwrap();
    say(&companion, &generator, "The lamp?");
    assert_eq!(came(), (false, true));
}

#[test]
fn a_key_that_can_not_be_used_is_in_the_plan() {
    let world = World::new();
    let companion = with_entries(&world, &["x"]);
    let mut persona = companion.persona().unwrap();
    let entry = &mut persona.lorebook.as_mut().unwrap().entries[0];
    entry.use_regex = true;
    entry.keys = vec!["[".to_owned(), "lamp".to_owned()];
    edit(&companion, persona);
    let (_, generator) = model("Aye.");
    let plan = plan_of(&companion, &say(&companion, &generator, "The lamp?"));
    let left = plan.left_out.iter().find(|left| left.kind == SectionKind::Lorebook).unwrap();
    assert!(matches!(&left.reason, Reason::InvalidKey { key, .. } if key == "["), "{left:?}");
    assert!(plan.section(SectionKind::Lorebook).is_none());
}

#[test]
fn a_lorebook_comes_in_once() {
    let world = World::new();
    let companion = with_entries(&world, &["x"]);
    let book = companion.persona().unwrap().lorebook.unwrap();
    let more =
        Lorebook { entries: vec![Entry { content: "y".to_owned(), ..Entry::default() }], ..book.clone() };
    let merged = companion.take_in_lorebook(book).unwrap();
    assert_eq!((merged.added, merged.known, companion.persona_versions().unwrap().len()), (0, 1, 1));
    let merged = companion.take_in_lorebook(more).unwrap();
    assert_eq!((merged.added, merged.known, companion.persona_versions().unwrap().len()), (1, 0, 2));
}

#[test]
fn what_took_another_s_place_is_pinned_in_its_stead() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "I live in Berlin.");
    say(&companion, &generator, "I moved to Lyon.");
    world.companions.flush();
    let facts = companion.facts(false).unwrap();
    let old = facts.iter().find(|fact| fact.content.value == "Berlin").unwrap();
    let newer = old.superseded_by.unwrap();
    let pinned = FactEdit { pinned: Some(true), ..FactEdit::default() };
    for error in
        [companion.pin_fact(old.id, true).unwrap_err(), companion.edit_fact(old.id, pinned).unwrap_err()]
    {
        assert!(error.to_string().contains(&format!("fact {} took its place", newer.0)), "{error}");
    }
    assert!(!companion.fact(old.id).unwrap().content.pinned);
    companion.pin_fact(newer, true).unwrap();
    // One that was pinned before it was superseded can be let go.
    companion.pin_fact(old.id, false).unwrap();
}

#[test]
fn the_facts_of_a_search_come_best_first() {
    let world = World::new();
    let companion = world.mara();
    for text in ["Ada likes plums", "The ferry sails at nine", "The zanzibarite stone lies in the attic"] {
        companion.remember(text, false).unwrap();
    }
    world.companions.flush();
    let reminded = companion.memories("zanzibarite", 500).unwrap();
    assert!(reminded.facts[0].content.text.contains("zanzibarite"), "{reminded:?}");
    assert_eq!(reminded.facts.len(), reminded.fact_scores.len());
    assert!(reminded.fact_scores.is_sorted_by(|one, other| one >= other), "{reminded:?}");
}

#[test]
fn what_the_user_wrote_of_themselves_stands_as_their_words() {
    let world = World::new();
    let companion = world.mara();
    let (asked, generator) = model("Aye.");
    companion.remember("I hate quinces", true).unwrap();
    companion.remember("My dog is called Biscuit", false).unwrap();
    companion.remember("Kim comes on Sundays", false).unwrap();
    say(&companion, &generator, "Good evening.");
    let prompt = last_prompt(&asked);
    for part in ["- Jo: “I hate quinces”", "- Jo: “My dog is called Biscuit”", "- Kim comes on Sundays"]
    {
        assert!(prompt.contains(part), "{part}: {prompt}");
    }
    assert_eq!(companion.facts(true).unwrap()[0].content.text, "I hate quinces");
}
