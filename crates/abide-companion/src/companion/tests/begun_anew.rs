//! Memories that a session gathered, against those that a new start reads from the database: the same is found with the same scores.

use proptest::prelude::*;

use super::remembering::letters;
use super::*;
use crate::recall::Recollection;
use crate::store::FactEdit;

/// What is said, remembered, or put in another's place.
const TEXTS: [&str; 12] = [
    "My sister is called Ilse.",
    "She paints the harbour.",
    "I live in Lyon.",
    "I moved, I live in Bergen now.",
    "My dog is called Rex.",
    "What a storm!",
    "My name is Theo.",
    "Forget that I live in Lyon.",
    "just kidding",
    "J'ai une chatte qui s'appelle Réglisse.",
    "我的狗叫豆豆。",
    "When does the ferry leave?",
];
const QUESTIONS: [&str; 5] =
    ["Who paints?", "Where does Jo live?", "The dog and the storm?", "What did Theo say?", "Ma chatte ?"];

/// A step of a session; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Step {
    Say(usize),
    Regenerate,
    /// A message on the path is worded otherwise.
    Edit(usize, usize),
    Back,
    /// A branch begins behind a message on the path.
    Branch(usize),
    Main,
    Remember(usize),
    EditFact(usize, usize),
    DeleteFact(usize),
    /// A message on the path loses its words.
    Erase(usize),
    /// A message on the path is deleted with all that follow it.
    DeleteFrom(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (text, any) = (|| 0..TEXTS.len(), || 0_usize..40);
    prop_oneof![
        9 => text().prop_map(Step::Say),
        1 => Just(Step::Regenerate),
        1 => (any(), text()).prop_map(|(at, text)| Step::Edit(at, text)),
        1 => Just(Step::Back),
        1 => any().prop_map(Step::Branch),
        1 => Just(Step::Main),
        2 => text().prop_map(Step::Remember),
        2 => (any(), text()).prop_map(|(at, text)| Step::EditFact(at, text)),
        2 => any().prop_map(Step::DeleteFact),
        1 => any().prop_map(Step::Erase),
        1 => any().prop_map(Step::DeleteFrom),
    ]
}

/// What can't be done where the session is (to go back at its beginning) is left out.
fn take(companion: &Companion, generator: &Arc<dyn Generator>, number: usize, step: &Step) {
    let messages = companion.messages(0, 1000).unwrap();
    let facts = companion.facts(true).unwrap();
    let message = |at: usize| messages.get(at % messages.len().max(1)).map(|message| message.id);
    let fact = |at: usize| facts.get(at % facts.len().max(1)).map(|fact| fact.id);
    match step {
        Step::Say(text) => drop(say(companion, generator, TEXTS[*text])),
        Step::Regenerate => {
            drop(companion.regenerate(generator, SayOptions::default()).map(Reply::blocking_finish));
        }
        Step::Edit(at, text) => drop(message(*at).map(|id| companion.edit(id, TEXTS[*text]))),
        Step::Back => drop(companion.back(1)),
        Step::Branch(at) => drop(message(*at).map(|id| companion.branch(&format!("b{number}"), Some(id)))),
        Step::Main => drop(companion.switch_branch("main")),
        Step::Remember(text) => drop(companion.remember(TEXTS[*text], number.is_multiple_of(2))),
        Step::EditFact(at, text) => {
            let edit = FactEdit { text: Some(TEXTS[*text].to_owned()), ..FactEdit::default() };
            drop(fact(*at).map(|id| companion.edit_fact(id, edit)));
        }
        Step::DeleteFact(at) => drop(fact(*at).map(|id| companion.delete_fact(id))),
        Step::Erase(at) => drop(message(*at).map(|id| companion.forget(&[], &[id]))),
        Step::DeleteFrom(at) => drop(message(*at).map(|id| companion.delete_from(id))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn a_session_finds_what_a_new_start_finds(steps in prop::collection::vec((step(), any::<bool>()), 1..24)) {
        let world = World::new();
        world.companions.set_embedder(Some(letters("one")));
        let companion = world.mara();
        let (_, generator) = model("Aye, the lamp is lit.");
        let ranked = || -> Vec<Recollection> {
            QUESTIONS.iter().map(|question| companion.ranked(question, 100, None).unwrap()).collect()
        };
        ranked();
        for (number, (step, looks)) in steps.iter().enumerate() {
            take(&companion, &generator, number, step);
            if *looks {
                ranked();
            }
            world.companions.flush();
        }
        let reminded = || companion.memories(QUESTIONS[2], 400).unwrap();
        let live = (ranked(), reminded());
        companion.shared.memories.drop_of(companion.id());
        prop_assert_eq!(live, (ranked(), reminded()));
    }
}
