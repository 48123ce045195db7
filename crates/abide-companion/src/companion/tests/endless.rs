//! A conversation without end: what a turn costs, summaries, windows, what is avoided.

use abide_generation::Prompt as ModelPrompt;

use super::*;
use crate::prompt::{Reason, SectionKind};
use crate::transcript::{NewMessage, Speaker};

/// Turns without a model.
fn fill(world: &World, companion: &Companion, turns: usize) {
    let store = world.companions.store();
    let time = Timestamp::from_second(BEGINNING_S).unwrap();
    store
        .batch(companion.id(), |batch| {
            let mut parent = store.head(companion.id())?;
            for turn in 0..turns {
                let said = format!("On day {turn} the ferry was late and the baker sold out of rye.");
                for (speaker, text) in [(Speaker::User, said.as_str()), (Speaker::Companion, "So it goes.")] {
                    parent = Some(batch.add(NewMessage::new(parent, speaker, text, time))?.id);
                }
            }
            batch.set_head(parent)
        })
        .unwrap();
}

#[test]
fn a_turn_costs_the_same_however_long_the_conversation() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model_of(4_096, |_| "So it goes, and the tide with it.".to_owned());
    let mut costs = Vec::new();
    for turns in [100, 3_000] {
        fill(&world, &companion, turns);
        // The first turn behind so many unknown ones finds the window.
        say(&companion, &generator, "And?");
        world.companions.flush();
        model.take_counted();
        for turn in 0..20 {
            say(&companion, &generator, &format!("On day {turn} the ferry was late again."));
        }
        world.companions.flush();
        costs.push(model.take_counted());
    }
    let (early, late) = (costs[0] as f64, costs[1] as f64);
    assert!(late < early * 1.2, "{early} tokens were counted at first, {late} later");
    // At most the prompt twice, whatever is counted beside it.
    assert!(late / 20.0 < 2.0 * 4_096.0, "{late}");
}

#[test]
fn a_new_fact_leaves_the_beginning_of_the_prompt_as_it_is() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(8_192, |_| "So it goes.".to_owned());
    for fact in 0..60 {
        say(&companion, &generator, &format!("I like harbour {fact}."));
    }
    fill(&world, &companion, 40);
    say(&companion, &generator, "And now?");
    let known = |said: &str| {
        let plan = companion.why(say(&companion, &generator, said).message.id).unwrap().unwrap();
        assert!(!plan.window_moved, "the facts are chosen anew with the window");
        let text = |kind| plan.section(kind).map(crate::prompt::Section::text).unwrap_or_default();
        (text(SectionKind::Facts), text(SectionKind::NewFacts))
    };
    let (before, _) = known("And then?");
    let (after, new) = known("I like tin whistles.");
    assert!(before.matches("harbour").count() > 3, "{before}");
    assert!(before.matches("harbour").count() < 60, "there is room for all: {before}");
    assert!(new.contains("tin whistles"), "{new}");
    assert_eq!(after, before);
}

#[test]
fn what_left_the_window_is_summarised_by_the_model_and_if_it_cannot_by_picking() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model_of(4_096, |request| match &request.prompt {
        ModelPrompt::Chat(chat) if chat.messages[0].content.starts_with("You write the memory") => {
            "The ferry was late, and the baker sold out of rye.".to_owned()
        }
        _ => "So it goes.".to_owned(),
    });
    fill(&world, &companion, 40);
    let summary = |reply: Finished| {
        let plan = companion.why(reply.message.id).unwrap().unwrap();
        plan.section(SectionKind::Summary).unwrap().text()
    };
    let picked = summary(say(&companion, &generator, "And now?"));
    assert!(picked.contains("\nJo: On day 0 the ferry"), "{picked}");
    world.companions.flush();
    let written = summary(say(&companion, &generator, "And then?"));
    assert!(written.ends_with("in short:\nThe ferry was late, and the baker sold out of rye."), "{written}");
    // It stays until the window moves again.
    assert_eq!(summary(say(&companion, &generator, "Well?")), written);
}

#[test]
fn a_summary_that_is_none_leaves_the_picked_one() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model_of(4_096, |request| match &request.prompt {
        ModelPrompt::Chat(chat) if chat.messages[0].content.starts_with("You write the memory") => {
            String::new()
        }
        _ => "So it goes.".to_owned(),
    });
    fill(&world, &companion, 40);
    say(&companion, &generator, "And now?");
    let picked = companion.why(companion.recent(1).unwrap()[0].id).unwrap().unwrap();
    world.companions.flush();
    say(&companion, &generator, "And then?");
    let after = companion.why(companion.recent(1).unwrap()[0].id).unwrap().unwrap();
    let summary = |plan: &crate::prompt::Plan| plan.section(SectionKind::Summary).unwrap().text();
    assert_eq!(summary(&picked), summary(&after));
    assert!(model.requests().len() >= 3);
}

#[test]
fn a_new_window_begins_without_turns_and_knows_the_rest() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "The harbour froze over.");
    let window = companion.new_window(None).unwrap();
    assert_eq!(companion.new_window(None).unwrap(), window, "nothing was said in it yet");
    let long = "x".repeat(2_000_000);
    for title in ["", "  ", "a\u{1b}[2J", long.as_str()] {
        assert!(companion.new_window(Some(title)).is_err(), "{title:.20}");
    }
    companion.new_window(Some("the ice")).unwrap();
    let window = companion.new_window(Some(" the thaw ")).unwrap();
    assert_eq!(window.title.as_deref(), Some("the thaw"));
    say(&companion, &generator, "Good morning.");
    assert_eq!(companion.windows().unwrap(), [window]);
    let prompt = last_prompt(&model);
    assert!(!prompt.contains("user: The harbour froze over."), "{prompt}");
    say(&companion, &generator, "Tea?");
    assert!(last_prompt(&model).contains("Good morning."));
}

#[test]
fn after_a_silence_the_prompt_says_how_long_it_was() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "Good night.");
    world.later(3);
    say(&companion, &generator, "I am back.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("Today is Monday, March 4, 2024"), "{prompt}");
    assert!(prompt.contains("The last talk was three days ago."), "{prompt}");
}

#[test]
fn dates_that_were_told_are_known_when_they_are_near() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "My birthday is March 20.");
    assert!(!last_prompt(&model).contains("Near:"), "{}", last_prompt(&model));
    world.later(15);
    say(&companion, &generator, "Hello.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("Near: Jo's birthday is in 4 days, on March 20, 2024."), "{prompt}");
    companion.avoid("birthday").unwrap();
    say(&companion, &generator, "And now?");
    assert!(!last_prompt(&model).contains("Near:"), "{}", last_prompt(&model));
}

#[test]
fn what_is_avoided_is_not_put_in_and_the_plan_says_so() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    companion.remember("Jo was fired from the shipyard.", true).unwrap();
    say(&companion, &generator, "Hello.");
    assert!(last_prompt(&model).contains("shipyard"));
    companion.avoid("the shipyard").unwrap();
    let reply = say(&companion, &generator, "And now?").message.id;
    assert!(!last_prompt(&model).contains("shipyard"), "{}", last_prompt(&model));
    let plan = companion.why(reply).unwrap().unwrap();
    let avoided = |left: &&crate::prompt::LeftOut| left.reason == Reason::Avoided("the shipyard".to_owned());
    assert_eq!(plan.left_out.iter().filter(avoided).count(), 1);
}

#[test]
fn tiny_contexts_hold_a_talk() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model_of(640, |_| "So it goes.".to_owned());
    for turn in 0..30 {
        let text = format!("Turn {turn}: {}", "and the ferry was late ".repeat(turn));
        say(&companion, &generator, &text);
        let request = model.requests().pop().unwrap();
        let tokens = model.prompt_tokens(&request.prompt).unwrap().len();
        assert!(tokens + request.max_tokens.unwrap() <= 640, "{tokens}");
    }
}

/// What models read while the user reads is what the next prompt begins with, so that nobody waits for it.
#[test]
fn the_next_prompt_is_read_ahead_when_it_begins_anew() {
    let world = World::with(CompanionsOptions { reads_ahead: true, ..CompanionsOptions::default() });
    let companion = world.mara();
    let (model, generator) = model_of(4_096, |request| match &request.prompt {
        ModelPrompt::Chat(chat) if chat.messages[0].content.starts_with("You write the memory") => {
            "The ferry was late, and the baker sold out of rye.".to_owned()
        }
        _ => "So it goes.".to_owned(),
    });
    // The newest prompts that were answered and that were read ahead.
    let newest = |ahead: bool| {
        let of_kind = |request: &&GenerationRequest| (request.max_tokens == Some(0)) == ahead;
        let requests = model.requests();
        requests.iter().rfind(of_kind).map(|request| shown(&model, &request.prompt)).unwrap()
    };
    let (mut moved, mut start) = (0, None);
    for turn in 0..120 {
        world.companions.flush();
        model.take_counted();
        let plan = companion
            .why(say(&companion, &generator, &format!("On day {turn} the ferry was late.")).message.id);
        let plan = plan.unwrap().unwrap();
        assert!(!plan.window_moved, "it moved before the question");
        moved += usize::from(start.replace(plan.window_start) != Some(plan.window_start));
        world.companions.flush();
        let (prompt, read) = (newest(false).len(), newest(true));
        let counted = model.take_counted();
        // As long as what was said last, which stands for it until it is said.
        let finished = say(&companion, &generator, &format!("On day {turn} the baker was away."));
        let after = companion.why(finished.message.id).unwrap().unwrap();
        let next = newest(false);
        if plan.window_start == after.window_start {
            // Where the window stays, no prompt is planned to find that out.
            assert!(counted < 2 * prompt || prompt < 2_000, "{counted} tokens for a prompt of {prompt}");
        }
        let same = next.bytes().zip(read.bytes()).take_while(|(one, other)| one == other).count();
        let reply = next.rfind("So it goes.").unwrap();
        assert!(same > reply, "{same} of {reply} bytes were read:\n{read}\n---\n{next}");
    }
    assert!(moved > 2, "{moved}");
}

/// What is read ahead is a guess: it takes nothing out of the prompt that comes, however long the last words were.
#[test]
fn reading_ahead_leaves_a_long_letter_and_its_reply_in_the_prompt() {
    let letter =
        |line: usize| format!("Line {line} of my letter to Osric speaks of the harbour and of rain. ");
    let letter: String = (0..36).map(letter).collect();
    let world = World::with(CompanionsOptions { reads_ahead: true, ..CompanionsOptions::default() });
    let companion = world.mara();
    let (model, generator) = model_of(8_192, |_| "It moved me, Osric will be glad of it.".to_owned());
    let send = |text: &str| {
        say(&companion, &generator, text);
        world.companions.flush();
    };
    send("I am writing to my brother Osric tonight.");
    send(&letter);
    send("Is it any good?");
    let asked = |request: &&GenerationRequest| {
        request.max_tokens != Some(0) && shown(&model, &request.prompt).contains("Is it any good?")
    };
    let prompt = model.requests().iter().rfind(asked).map(|request| shown(&model, &request.prompt));
    let prompt = prompt.unwrap();
    assert_eq!(prompt.matches("of my letter to Osric").count(), 36, "{prompt}");
    assert!(prompt.contains("It moved me") && prompt.contains("Is it any good?"), "{prompt}");
}

/// The window is as long as the reply that clients ask for leaves it, also where it is looked at ahead.
#[test]
fn reading_ahead_grants_the_reply_what_the_turn_granted_it() {
    let first_move = |reads_ahead| {
        let world = World::with(CompanionsOptions { reads_ahead, ..CompanionsOptions::default() });
        let companion = world.mara();
        let (_, generator) = model_of(2_048, |_| "So it goes.".to_owned());
        let mut before = 0;
        (0_u32..80).find(|turn| {
            let text = format!("On day {turn} the ferry was late, and I walked home by the canal.");
            let options = SayOptions { reply_tokens: Some(16), ..SayOptions::default() };
            let finished = companion.say(&generator, &text, options).unwrap().blocking_finish().unwrap();
            world.companions.flush();
            let plan = companion.why(finished.message.id).unwrap().unwrap();
            let turns = plan.section(SectionKind::Turns).map_or(0, |turns| turns.items.len());
            std::mem::replace(&mut before, turns) > turns
        })
    };
    let (ahead, alone) = (first_move(true).unwrap(), first_move(false).unwrap());
    assert!(ahead.abs_diff(alone) <= 1, "{ahead} and {alone}");
}
