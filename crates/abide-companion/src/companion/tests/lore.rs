//! What of a persona's lorebook and examples stands in a prompt: topics to avoid, whose words entries are, what they have left out.

use abide_generation::{Message, Role};

use super::*;
use crate::lorebook::{Entry, Lorebook, Position};
use crate::prompt::{LeftOut, Plan, Reason, SectionKind};

fn entry(keys: &[&str], content: &str) -> Entry {
    Entry {
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        constant: keys.is_empty(),
        content: content.to_owned(),
        ..Entry::default()
    }
}

fn with(world: &World, entries: Vec<Entry>) -> Companion {
    let lorebook = Some(Lorebook { entries, ..Lorebook::default() });
    let persona = Persona { lorebook, ..mara() };
    world.companions.create(&persona, None).unwrap()
}

fn plan_of(companion: &Companion, reply: &Finished) -> Plan {
    companion.why(reply.message.id).unwrap().unwrap()
}

fn left_out(plan: &Plan, kind: SectionKind) -> Vec<&LeftOut> {
    plan.left_out.iter().filter(|left| left.kind == kind).collect()
}

/// The roles and words that the model read last.
fn messages(model: &ScriptedGenerator) -> Vec<(Role, String)> {
    let Prompt::Chat(chat) = model.requests().pop().unwrap().prompt else { panic!("no chat") };
    let message = |message: &Message| (message.role, message.content.clone());
    chat.messages.iter().map(message).collect()
}

#[test]
fn topics_to_avoid_are_kept_out_of_lorebook_and_examples() {
    for (language, topic, constant, keyed, example, other, asks) in [
        (
            "en",
            "whales",
            "The whales sing at night.",
            "Whales rub against the pier.",
            "{{user}}: What was that?\n{{char}}: A whale, I think.",
            "{{user}}: Tea?\n{{char}}: Black.",
            "Tell me of the pier.",
        ),
        (
            "fr",
            "les baleines",
            "Les baleines chantent la nuit.",
            "Une baleine frôle le ponton (pier).",
            "{{user}}: Qu'est-ce que c'est ?\n{{char}}: Une baleine, je crois.",
            "{{user}}: Du thé ?\n{{char}}: Noir.",
            "Parle-moi du pier.",
        ),
        (
            "zh",
            "鲸鱼",
            "鲸鱼在夜里唱歌。",
            "pier旁边常有鲸鱼。",
            "{{user}}: 那是什么？\n{{char}}: 我想是鲸鱼。",
            "{{user}}: 茶？\n{{char}}: 红茶。",
            "说说 pier 吧。",
        ),
    ] {
        let world = World::new();
        let lorebook = Lorebook {
            entries: vec![entry(&[], constant), entry(&["pier"], keyed), entry(&[], "The lamp is old.")],
            ..Lorebook::default()
        };
        let persona = Persona {
            language: language.to_owned(),
            examples: vec![example.to_owned(), other.to_owned()],
            lorebook: Some(lorebook),
            ..mara()
        };
        let companion = world.companions.create(&persona, None).unwrap();
        let (model, generator) = model("Aye.");
        let held = |text: &str| [constant, keyed].iter().filter(|held| text.contains(**held)).count();
        let (first, last) = (example.rsplit(": ").next().unwrap(), other.rsplit(": ").next().unwrap());
        say(&companion, &generator, asks);
        let prompt = last_prompt(&model);
        assert!(held(&prompt) == 2 && prompt.contains(first), "{prompt}");
        companion.avoid(topic).unwrap();
        let plan = plan_of(&companion, &say(&companion, &generator, asks));
        let prompt = last_prompt(&model);
        assert!(held(&prompt) == 0 && !prompt.contains(first), "{prompt}");
        assert!(prompt.contains("The lamp is old.") && prompt.contains(last), "{prompt}");
        for (kind, count) in [(SectionKind::Lorebook, 2), (SectionKind::Examples, 1)] {
            let left = left_out(&plan, kind);
            assert_eq!(left.len(), count, "{left:?}");
            assert!(left.iter().all(|left| left.reason == Reason::Avoided(topic.to_owned())), "{left:?}");
        }
    }
}

#[test]
fn what_else_an_entry_says_stays_beside_a_topic_to_avoid() {
    let world = World::new();
    let companion = with(&world, vec![entry(&[], "The lamp is old. The whales sing. The stairs are steep.")]);
    companion.avoid("whales").unwrap();
    let (model, generator) = model("Aye.");
    let plan = plan_of(&companion, &say(&companion, &generator, "Hello."));
    let prompt = last_prompt(&model);
    assert!(prompt.contains("The lamp is old. … The stairs are steep."), "{prompt}");
    assert!(plan.section(SectionKind::Lorebook).unwrap().items[0].shortened);
    assert_eq!(left_out(&plan, SectionKind::Lorebook).len(), 1);
}

#[test]
fn an_entry_for_a_topic_to_avoid_by_its_name_or_keys_is_kept_out_whatever_it_says() {
    let world = World::new();
    let named = |name: &str, comment: &str, keys: &[&str], content: &str| Entry {
        name: name.to_owned(),
        comment: comment.to_owned(),
        ..entry(keys, content)
    };
    let entries = vec![
        named("Whales", "", &[], "Momo sings at night."),
        named("", "whale song", &["pier"], "It carries far."),
        named("", "", &["whale", "killer-whale"], "Forty tons pass beneath the pier."),
        named("", "", &["whale", "lamp"], "It burns oil."),
    ];
    let companion = with(&world, entries);
    companion.avoid("whales").unwrap();
    let (model, generator) = model("Aye.");
    let plan =
        plan_of(&companion, &say(&companion, &generator, "Is there a whale at the pier, by the lamp?"));
    let prompt = last_prompt(&model);
    assert!(prompt.contains("It burns oil."), "{prompt}");
    assert!(!["Momo", "carries far", "Forty"].iter().any(|held| prompt.contains(held)), "{prompt}");
    assert_eq!(left_out(&plan, SectionKind::Lorebook).len(), 3);
}

#[test]
fn an_entry_has_abides_own_sentences_left_out_while_it_is_there() {
    let world = World::new();
    let companion = with(
        &world,
        vec![
            entry(&["fog"], "@@disable_ui_prompt system_prompt\nYou are a voice in the fog."),
            entry(&["night"], "@@disable_ui_prompt post_history_instructions\nWhisper."),
        ],
    );
    let (model, generator) = model("Aye.");
    let shown = || {
        let prompt = last_prompt(&model);
        [prompt.contains("You are Mara"), prompt.contains("Answer as Mara"), prompt.contains("Stay Mara")]
    };
    say(&companion, &generator, "Hello.");
    assert_eq!(shown(), [true, true, true]);
    let plan = plan_of(&companion, &say(&companion, &generator, "The fog is thick."));
    assert_eq!(shown(), [false, true, true], "{}", last_prompt(&model));
    assert!(last_prompt(&model).contains("Mara keeps a lighthouse"), "{}", last_prompt(&model));
    let left = left_out(&plan, SectionKind::Persona);
    assert!(
        matches!(&left[..], [one] if one.reason == Reason::Disabled { by: "fog".to_owned() }),
        "{left:?}"
    );
    say(&companion, &generator, "And the night is long.");
    assert_eq!(shown(), [false, false, false], "{}", last_prompt(&model));
    // The persona's own words are nobody else's to leave out.
    let persona = Persona {
        system_prompt: "Speak low. {{original}}".to_owned(),
        description: String::new(),
        personality: String::new(),
        ..companion.persona().unwrap()
    };
    edit(&companion, persona.clone());
    say(&companion, &generator, "Fog again.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("Speak low.") && !prompt.contains("You are Mara"), "{prompt}");
    edit(&companion, Persona { system_prompt: String::new(), ..persona });
    say(&companion, &generator, "Fog, fog.");
    assert!(!shown()[0], "{}", last_prompt(&model));
}

#[test]
fn an_entry_may_say_nothing_but_what_is_left_out() {
    let world = World::new();
    let both = "@@disable_ui_prompt system_prompt\n@@disable_ui_prompt post_history_instructions";
    let companion = with(
        &world,
        vec![
            entry(&["fog"], both),
            entry(&["night"], "@@disable_ui_prompt jailbreak"),
            entry(&["day"], "@@depth 2"),
        ],
    );
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "Hello.");
    assert!(last_prompt(&model).contains("You are Mara") && last_prompt(&model).contains("Stay Mara"));
    let plan = plan_of(&companion, &say(&companion, &generator, "The fog is thick."));
    let prompt = last_prompt(&model);
    assert!(!prompt.contains("You are Mara") && !prompt.contains("Stay Mara"), "{prompt}");
    assert!(!prompt.contains("@@"), "{prompt}");
    let left = left_out(&plan, SectionKind::Lorebook);
    let unknown = Reason::UnknownDecorator("disable_ui_prompt jailbreak".to_owned());
    assert!(matches!(&left[..], [one] if one.reason == unknown), "{left:?}");
}

#[test]
fn an_entry_that_is_held_back_has_nothing_left_out() {
    let world = World::new();
    let companion = with(&world, vec![entry(&[], "@@disable_ui_prompt system_prompt\nThe whales sing.")]);
    let (model, generator) = model("Aye.");
    companion.avoid("whales").unwrap();
    say(&companion, &generator, "Hello.");
    assert!(last_prompt(&model).contains("You are Mara"), "{}", last_prompt(&model));
}

#[test]
fn an_entry_is_the_words_of_its_role() {
    let world = World::new();
    let at_depth = |role: crate::lorebook::Role, depth, content: &str| Entry {
        position: Position::AtDepth,
        depth: Some(depth),
        role,
        ..entry(&[], content)
    };
    let companion = with(
        &world,
        vec![
            entry(&["lamp"], "@@role user\nI polished the lamp."),
            entry(&["lamp"], "@@role assistant\nI heard the bell."),
            entry(&["lamp"], "@@role system\nThe lamp is old."),
            at_depth(crate::lorebook::Role::Assistant, 2, "The door creaks, I said."),
            at_depth(crate::lorebook::Role::User, 40, "I came by boat."),
            entry(&[], "@@role assistant\nI have waited."),
        ],
    );
    let (model, generator) = model("Aye.");
    for said in ["First.", "Second.", "The lamp?"] {
        say(&companion, &generator, said);
        let read = messages(&model);
        let roles: Vec<Role> =
            read.iter().map(|(role, _)| *role).filter(|role| *role != Role::System).collect();
        assert!(roles.windows(2).all(|pair| pair[0] != pair[1]), "{roles:?}");
        assert_eq!((roles.first(), roles.last()), (Some(&Role::User), Some(&Role::User)), "{read:?}");
    }
    let read = messages(&model);
    let role_of = |text: &str| {
        let found: Vec<Role> =
            read.iter().filter(|(_, said)| said.contains(text)).map(|(role, _)| *role).collect();
        assert_eq!(found.len(), 1, "{text}: {read:?}");
        found[0]
    };
    assert_eq!(role_of("I polished the lamp."), Role::User);
    assert_eq!(role_of("I heard the bell."), Role::Assistant);
    assert_eq!(role_of("The door creaks, I said."), Role::Assistant);
    assert_eq!(role_of("I came by boat."), Role::User);
    assert_eq!(role_of("I have waited."), Role::Assistant);
    // A note is the system's where the template takes one there, else in the user's turn.
    assert_ne!(role_of("The lamp is old."), Role::Assistant);
    let prompt = last_prompt(&model);
    let at = |text: &str| prompt.find(text).unwrap();
    assert!(at("I came by boat.") < at("I have waited."), "{prompt}");
    assert!(at("Second.") < at("The door creaks, I said."), "{prompt}");
    assert!(at("The door creaks, I said.") < at("I polished the lamp."), "{prompt}");
    assert!(at("I polished the lamp.") < at("I heard the bell."), "{prompt}");
    assert!(at("<memory>") < at("The lamp is old."), "{prompt}");
}

#[test]
fn a_decorator_that_is_not_known_is_in_the_plan() {
    let world = World::new();
    let companion = with(
        &world,
        vec![
            entry(&[], "@@sing_it loudly\nThe lamp is old."),
            entry(&[], "@@hum\n@@@depth 2\nThe door is open."),
            entry(&["harbour"], "@@dance\nBoats."),
        ],
    );
    let (model, generator) = model("Aye.");
    let plan = plan_of(&companion, &say(&companion, &generator, "Hello."));
    assert!(last_prompt(&model).contains("The lamp is old."));
    let left = left_out(&plan, SectionKind::Lorebook);
    assert!(
        matches!(&left[..], [one] if one.reason == Reason::UnknownDecorator("sing_it".to_owned())),
        "{left:?}"
    );
}

#[test]
fn keys_are_looked_for_as_far_back_as_an_entry_says() {
    let world = World::new();
    let deep = |keys: &[&str], content: &str, depth| Entry { scan_depth: depth, ..entry(keys, content) };
    let entries = vec![
        deep(&["lighthouse"], "The lamp is old.", Some(200)),
        entry(&["harbour"], "@@scan_depth 200\nThe harbour has ice."),
        deep(&["ferry"], "The ferry is blue.", Some(3)),
    ];
    let companion = with(&world, entries);
    let (model, generator) = model_of(4_096, |_| "Aye.".to_owned());
    say(&companion, &generator, "We saw the lighthouse, the harbour and the ferry.");
    for turn in 0..15 {
        say(&companion, &generator, &format!("{turn}: {}", "So it went on and on that day. ".repeat(12)));
    }
    let reply = say(&companion, &generator, "And now?");
    let plan = plan_of(&companion, &reply);
    let turns = plan.section(SectionKind::Turns).unwrap().items.len();
    assert!(turns < 20, "the window moved: {turns}");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("The lamp is old.") && prompt.contains("The harbour has ice."), "{prompt}");
    assert!(!prompt.contains("The ferry is blue."), "{prompt}");
    // A window that the user began anew has nothing of it before it.
    companion.new_window(None).unwrap();
    say(&companion, &generator, "Good morning.");
    assert!(!last_prompt(&model).contains("The lamp is old."));
}
