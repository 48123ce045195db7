//! A persona that was drafted from an import, when that is forgotten.

use super::*;
use crate::history::{self, ImportOptions, Sampler, Source};
use crate::transcript::MessageId;

/// Twelve days of two who say much the same each time, as a chat of SillyTavern's.
fn days() -> String {
    let mut lines = vec![r#"{"user_name":"Jo","character_name":"Pen"}"#.to_owned()];
    for day in 1..=12 {
        let said = [
            (true, format!("Hello again, day {day}. The sourdough rose.")),
            (false, "Good morning, sunshine! The kettle is on.".to_owned()),
            (true, format!("My throat hurts, lemon number {day}.")),
            (false, format!("Tea, honey, and {day} lemons from the kettle help, sunshine.")),
            (true, "Good night.".to_owned()),
            (false, "Sleep well, sunshine.".to_owned()),
        ];
        for (minute, (is_user, text)) in said.into_iter().enumerate() {
            let name = if is_user { "Jo" } else { "Pen" };
            lines.push(format!(
                r#"{{"name":"{name}","is_user":{is_user},"send_date":"2021-05-{day:02}T10:{minute:02}:00Z","mes":"{text}"}}"#
            ));
        }
    }
    lines.join("\n")
}

fn source() -> Source {
    Source::bytes("chat.jsonl", days().into_bytes())
}

fn drafted() -> Persona {
    let mut sampler = Sampler::new();
    history::import(source(), &ImportOptions::default(), &mut sampler).unwrap();
    history::draft_persona(&sampler.finish()).to_persona()
}

fn bring(companion: &Companion) {
    companion.bring_home(source(), &ImportOptions::default(), &mut Sampler::new()).unwrap();
}

#[test]
fn what_was_drafted_from_an_import_is_forgotten_with_it() {
    let world = World::new();
    let draft = drafted();
    assert!(!draft.greetings.is_empty() && !draft.examples.is_empty(), "{draft:?}");
    assert_eq!(draft.calls_user, "sunshine", "{draft:?}");
    for words in ["Favourite words: ", "Says goodbye like this: Sleep well, sunshine."] {
        assert!(draft.way_of_speaking.contains(words), "{draft:?}");
    }
    assert!(draft.description.contains("sourdough"), "{draft:?}");
    let companion = world.companions.create_silent(&draft, None).unwrap();
    bring(&companion);
    // What the user wrote and edited since.
    let own = "{{user}}: Good night.\n{{char}}: Dream of the harbour.";
    let edited = "Good morning, dear! The kettle is on.";
    let mut persona = draft.clone();
    persona.greetings.push(edited.to_owned());
    persona.examples.push(own.to_owned());
    persona.way_of_speaking += "\nNever shouts.";
    persona.personality = "warm".to_owned();
    edit(&companion, persona);
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "I am here.");
    let gone = companion.forget_import(1).unwrap();
    assert_eq!((gone.messages.len(), gone.plans), (72, 1));
    let left = companion.persona().unwrap();
    assert_eq!((left.greetings, left.examples), (vec![edited.to_owned()], vec![own.to_owned()]));
    assert_eq!((left.calls_user.as_str(), left.personality.as_str()), ("", "warm"));
    assert_eq!(left.description, "{{char}} and {{user}} have known each other for a long time.");
    let lines: Vec<&str> = left.way_of_speaking.lines().collect();
    assert!(lines.contains(&"Never shouts.") && lines[0].starts_with("Replies are about"), "{lines:?}");
    let store = &world.companions.shared().store;
    for words in ["sunshine", "lemon", "sourdough", "Sleep well", "honey"] {
        assert_eq!(store.probe(words).unwrap(), [], "{words}");
    }
    say(&companion, &generator, "Still here.");
    assert!(!last_prompt(&model).contains("honey"), "{}", last_prompt(&model));
}

#[test]
fn a_message_that_is_forgotten_is_no_example_any_more() {
    let draft = drafted();
    let picked = draft.examples[0].clone();
    let reply = picked.split_once("\n{{char}}: ").unwrap().1.to_owned();
    for delete in [false, true] {
        let world = World::new();
        let companion = world.companions.create_silent(&draft, None).unwrap();
        bring(&companion);
        let found = companion.search(&format!("\"{reply}\""), 100).unwrap();
        let ids: Vec<MessageId> = found.iter().map(|hit| hit.message.id).collect();
        if delete {
            companion.delete_from(*ids.iter().min().unwrap()).unwrap();
        } else {
            companion.forget(&[], &ids).unwrap();
        }
        let left = companion.persona().unwrap();
        assert!(!left.examples.contains(&picked), "{left:?}");
        assert!(delete || left.examples.len() == draft.examples.len() - 1, "{left:?}");
        assert_eq!(left.calls_user, "sunshine");
    }
}

#[test]
fn a_persona_that_was_there_before_an_import_stays_as_it_was() {
    let world = World::new();
    let greeting = "Good morning, sunshine! The kettle is on.".to_owned();
    let example = "{{user}}: Good night.\n{{char}}: Night, sunshine.".to_owned();
    let pen = Persona {
        name: "Pen".to_owned(),
        calls_user: "sunshine".to_owned(),
        description: "Pen bakes sourdough.".to_owned(),
        greetings: vec![greeting],
        examples: vec![example],
        ..Persona::default()
    };
    let companion = world.companions.create(&pen, None).unwrap();
    bring(&companion);
    companion.forget_import(1).unwrap();
    assert_eq!(companion.persona().unwrap(), pen);
}
