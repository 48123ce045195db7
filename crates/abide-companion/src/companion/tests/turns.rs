//! A turn from what is said to what is kept, and what happens when something goes wrong in between.

use abide_generation::scripted::Script;
use abide_generation::{
    FinishReason, GenerationError, Generator as _, Message as ClientMessage, Role, Sampling,
};

use super::*;
use crate::store;
use crate::transcript::{Completeness, Speaker};

fn texts(companion: &Companion) -> Vec<String> {
    companion.recent(100).unwrap().into_iter().map(|message| message.content.text).collect()
}

fn scripted(scripts: Vec<Script>) -> Arc<dyn Generator> {
    Arc::new(ScriptedGenerator::new(scripts).describe(|description| description.context_length = 8_192))
}

#[test]
fn a_first_talk() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Tea?");
    let finished = say(&companion, &generator, "I walked. {{char}} would not.");
    assert_eq!(finished.message.content.model.as_deref(), Some("Scripted"));
    assert_eq!(texts(&companion), ["The door is open, Jo.", "I walked. {{char}} would not.", "Tea?"]);
    say(&companion, &generator, "Please.");
    insta::assert_snapshot!(last_prompt(&model));
}

/// The texts that end a reply have the names in them, and a generator takes no text without end.
#[test]
fn names_of_any_length_that_an_earlier_version_took_leave_nobody_mute() {
    let world = World::new();
    let companion = world.mara();
    let long = format!("Jo {}", "é".repeat(5_000));
    let persona = Persona { name: long.clone(), calls_user: format!("{long}\nJo"), ..mara() };
    let changed =
        companion.change(|| Ok((Changes { persona: Some(persona.clone()), ..Changes::default() }, ())));
    assert!(changed.unwrap_err().to_string().contains("at most 1000"));
    let settings = Settings { user_name: Some(long.clone()), ..Settings::default() };
    for calls_user in [persona.calls_user.as_str(), ""] {
        let persona = serde_json::to_value(Persona { calls_user: calls_user.to_owned(), ..persona.clone() });
        let setting = ("settings", serde_json::to_value(&settings).unwrap());
        let change = || {
            let change = store::CompanionChange {
                persona: Some(persona.unwrap()),
                setting: Some(setting),
                ..Default::default()
            };
            Ok::<_, CompanionError>((change, ()))
        };
        companion.shared.store.change_companion(companion.id(), change).unwrap();
        let (_, generator) = model("Tea?");
        assert_eq!(say(&companion, &generator, "Hello").message.content.text, "Tea?");
    }
}

#[test]
fn what_is_said_is_kept_before_the_model_is_asked() {
    let world = World::new();
    let companion = world.mara();
    let generator = scripted(vec![Script::refused(GenerationError::Stopped), Script::answer(&["Aye", "."])]);
    let reply = companion.say(&generator, "Hello", SayOptions::default()).unwrap();
    assert_eq!(reply.said().unwrap().content.text, "Hello");
    let error = reply.blocking_finish().unwrap_err();
    assert!(error.to_string().contains("can be answered again"), "{error}");
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Hello"]);
    companion.retry(&generator, SayOptions::default()).unwrap().blocking_finish().unwrap();
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Hello", "Aye."]);
}

/// So that whoever lets go of it after the last turn is the last one, and its caches are saved then.
#[test]
fn the_model_is_given_back_before_the_turn_is_over() {
    let world = World::new();
    let companion = world.mara();
    let generator = scripted((0..40).map(|_| Script::answer(&["Aye."])).collect());
    for _ in 0..40 {
        say(&companion, &generator, "Hello");
        assert_eq!(Arc::strong_count(&generator), 1);
    }
    let ahead = World::with(CompanionsOptions { reads_ahead: true, ..CompanionsOptions::default() });
    let generator = scripted(vec![Script::answer(&["Aye."])]);
    say(&ahead.mara(), &generator, "Hello");
    ahead.companions.finish();
    assert_eq!(Arc::strong_count(&generator), 1);
}

#[test]
fn a_model_that_fails_in_the_middle_leaves_what_it_said() {
    let world = World::new();
    let companion = world.mara();
    let generator = scripted(vec![Script::breaks_after(&["The sea", " is"], GenerationError::Stopped)]);
    companion.say(&generator, "Hello", SayOptions::default()).unwrap().blocking_finish().unwrap_err();
    let last = companion.recent(1).unwrap().remove(0);
    assert_eq!(last.content.text, "The sea is");
    assert_eq!(last.content.completeness, Completeness::Interrupted);
}

#[test]
fn a_reader_who_leaves_ends_the_model_and_keeps_what_it_said() {
    let world = World::new();
    let companion = world.mara();
    let (script, mut hand) = Script::by_hand();
    let generator = scripted(vec![script, Script::answer(&["Yes."])]);
    let mut reply = companion.say(&generator, "Hello", SayOptions::default()).unwrap();
    hand.start();
    hand.token("Half a ");
    hand.token("word");
    let mut heard = String::new();
    while heard != "Half a word" {
        if let ReplyEvent::Text(text) = reply.blocking_next().unwrap().unwrap() {
            heard += &text;
        }
    }
    drop(reply);
    // The next turn waits until the one before it is over.
    say(&companion, &generator, "Still there?");
    assert!(hand.is_hung_up());
    let messages = companion.recent(4).unwrap();
    assert_eq!(messages[1].content.text, "Half a word");
    assert_eq!(messages[1].content.completeness, Completeness::Interrupted);
    assert_eq!(messages[3].content.text, "Yes.");
}

#[test]
fn a_silent_model_is_an_error_and_can_be_asked_again() {
    let world = World::new();
    let companion = world.mara();
    let generator = scripted(vec![Script::answer(&[" "]), Script::answer(&["Here."])]);
    let error =
        companion.say(&generator, "Hello", SayOptions::default()).unwrap().blocking_finish().unwrap_err();
    assert!(matches!(error, CompanionError::EmptyReply(Some(_))), "{error}");
    assert_eq!(companion.recent(1).unwrap()[0].content.speaker, Speaker::User);
    companion.retry(&generator, SayOptions::default()).unwrap().blocking_finish().unwrap();
    assert_eq!(companion.recent(1).unwrap()[0].content.text, "Here.");
}

#[test]
fn another_reply_stands_beside_the_first_and_can_be_swiped_to() {
    let world = World::new();
    let companion = world.mara();
    let generator =
        scripted(vec![Script::answer(&["One."]), Script::answer(&["Two."]), Script::answer(&["Three."])]);
    say(&companion, &generator, "Count.");
    companion.regenerate(&generator, SayOptions::default()).unwrap().blocking_finish().unwrap();
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Count.", "Two."]);
    assert_eq!(companion.swipe(Swipe::Previous).unwrap().unwrap().content.text, "One.");
    assert!(companion.swipe(Swipe::Previous).unwrap().is_none());
    say(&companion, &generator, "On.");
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Count.", "One.", "On.", "Three."]);
}

#[test]
fn greetings_are_swiped_through_before_anything_is_said() {
    let world = World::new();
    let companion = world.mara();
    assert_eq!(companion.greeting().unwrap().unwrap().content.text, "The door is open, Jo.");
    assert_eq!(companion.swipe(Swipe::Next).unwrap().unwrap().content.text, "You are wet.");
}

#[test]
fn what_was_left_by_going_back_is_listed_and_gone_to() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "First");
    let second = say(&companion, &generator, "Second");
    let whole = texts(&companion);
    companion.back(2).unwrap();
    let ends: Vec<_> = companion.ends_aside(10).unwrap().into_iter().map(|end| end.id).collect();
    // The other greeting is an end, too.
    assert_eq!((ends.len(), ends[0], companion.count_aside().unwrap()), (2, second.message.id, 5));
    assert_eq!(companion.ends_aside(1).unwrap().len(), 1);
    companion.go_to(ends[0]).unwrap();
    assert_eq!(texts(&companion), whole);
    assert!(companion.is_on_path(second.message.id).unwrap());
    assert_eq!(companion.count_aside().unwrap(), 1);
    // Also from before the first message.
    companion.back_to(None).unwrap();
    assert_eq!((companion.length().unwrap(), companion.count_aside().unwrap()), (0, 6));
    companion.go_to(second.message.id).unwrap();
    assert_eq!(texts(&companion), whole);
}

#[test]
fn wordings_are_swiped_through_like_replies() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let first = say(&companion, &generator, "I like tee.");
    let said = first.message.content.parent.unwrap();
    companion.edit(said, "I like tea.").unwrap();
    assert_eq!(companion.ends_aside(1).unwrap()[0].id, first.message.id);
    assert!(companion.swipe(Swipe::Next).unwrap().is_none());
    // The old wording was answered: the conversation goes on there.
    assert_eq!(companion.swipe(Swipe::Previous).unwrap().unwrap().id, said);
    assert_eq!(texts(&companion), ["The door is open, Jo.", "I like tee.", "Aye."]);
}

#[test]
fn what_was_said_so_many_turns_back_is_found_and_deleted_from_there() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    for text in ["First", "Second", "Third"] {
        say(&companion, &generator, text);
    }
    let second = companion.said_back(2).unwrap().unwrap();
    assert_eq!(second.content.text, "Second");
    assert!(companion.said_back(4).is_err() && companion.said_back(0).unwrap().is_none());
    assert_eq!(companion.delete_from(second.id).unwrap().messages.len(), 4);
    assert_eq!(texts(&companion), ["The door is open, Jo.", "First", "Aye."]);
}

#[test]
fn going_back_and_editing_keep_what_was() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    say(&companion, &generator, "First");
    let second = say(&companion, &generator, "Second");
    companion.back(1).unwrap();
    assert_eq!(texts(&companion), ["The door is open, Jo.", "First", "Aye."]);
    companion.go_to(second.message.id).unwrap();
    let edited = companion.edit(second.message.content.parent.unwrap(), "Other").unwrap();
    companion.answer_again(&generator, edited.id, SayOptions::default()).unwrap().blocking_finish().unwrap();
    assert_eq!(texts(&companion), ["The door is open, Jo.", "First", "Aye.", "Other", "Aye."]);
    assert_eq!(companion.siblings(edited.id).unwrap().ids.len(), 2);
    let error = companion.back(9).unwrap_err();
    assert_eq!(error.to_string(), "the conversation has no 9 turns to go back, only 2");
}

#[test]
fn the_exact_prompt_comes_back_from_the_kept_plan() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    for text in ["It rains.", "Still.", "And again."] {
        say(&companion, &generator, text);
    }
    let reply = companion.recent(1).unwrap()[0].id;
    let plan = companion.why(reply).unwrap().unwrap();
    let prompt = plan.prompt(&|id| companion.words(id));
    let asked = model.requests().pop().unwrap().prompt;
    assert_eq!(prompt, asked);
    assert_eq!(model.prompt_tokens(&asked).unwrap().len(), plan.prompt_tokens);
}

#[test]
fn thoughts_are_shown_and_not_kept() {
    let world = World::new();
    let companion = world.mara();
    let model = ScriptedGenerator::new(vec![Script::thinks_first(&["hm", "</think>", "\n\nYes", "."])])
        .describe(|described| {
            described.context_length = 8_192;
            described.thought_marks = Some(abide_generation::ThoughtMarks {
                open: "<think>".to_owned(),
                close: "</think>".to_owned(),
            });
        });
    let generator: Arc<dyn Generator> = Arc::new(model);
    assert_eq!(say(&companion, &generator, "Think.").message.content.text, "Yes.");
}

#[test]
fn a_reply_is_one_turn_and_begins_without_a_name() {
    let world = World::new();
    let companion = world.mara();
    let next_turn = || FinishReason::StopText("\nJo:".to_owned());
    let model = ScriptedGenerator::new(vec![
        Script::ends_with(&["Ma", "ra:", " Aye", "."], next_turn(), 0),
        Script::ends_with(&["Mara"], next_turn(), 0),
    ]);
    let model = Arc::new(model.describe(|described| described.context_length = 8_192));
    let generator: Arc<dyn Generator> = Arc::clone(&model) as _;
    let finished = say(&companion, &generator, "Well?");
    assert_eq!(finished.message.content.text, "Aye.");
    assert_eq!(finished.reason, FinishReason::EndOfTurn, "nobody asked for that text");
    assert!(model.requests()[0].stop.contains(&"\nJo:".to_owned()));
    assert_eq!(say(&companion, &generator, "Who are you?").message.content.text, "Mara");
}

#[test]
fn the_prefix_stays_the_same_from_turn_to_turn() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    for turn in 0..12 {
        say(&companion, &generator, &format!("Turn {turn}."));
    }
    let prompts: Vec<String> =
        model.requests().iter().map(|request| shown(&model, &request.prompt)).collect();
    for pair in prompts.windows(2) {
        // All but the note in the last turn and what came after it.
        let until_note = pair[0].rfind("user: <memory>").unwrap();
        assert_eq!(pair[0][..until_note], pair[1][..until_note]);
    }
}

/// The notices of a reply.
fn notices(reply: Reply) -> Vec<Notice> {
    let mut reply = reply;
    let mut notices = Vec::new();
    while let Some(event) = reply.blocking_next() {
        if let ReplyEvent::Notice(notice) = event.unwrap() {
            notices.push(notice);
        }
    }
    notices
}

#[test]
fn the_first_talk_of_a_day_says_that_this_is_software() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let talk = || notices(companion.say(&generator, "Hello.", SayOptions::default()).unwrap());
    let first = talk();
    assert_eq!(first[0].kind, "software");
    assert!(first[0].text.starts_with("Mara is software"), "{first:?}");
    assert!(talk().is_empty());
    world.later(1);
    assert_eq!(talk().len(), 1);
    let quiet = |settings: &mut Settings| {
        settings.software_notice = false;
        Ok(())
    };
    companion.change_settings(quiet).unwrap();
    world.later(1);
    assert!(talk().is_empty());
}

#[test]
fn what_is_said_is_understood() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("My sister is called Berta.");
    say(&companion, &generator, "I live in Brest. I am so happy and grateful today!");
    say(&companion, &generator, "I live in Lyon now.");
    let facts = companion.facts(true).unwrap();
    let texts: Vec<_> = facts.iter().map(|fact| fact.content.text.as_str()).collect();
    assert_eq!(texts, ["Jo lives in Lyon."], "the companion's own words are no facts");
    assert_eq!(companion.facts(false).unwrap().len(), 2);
    let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
    let moods = companion.mood_timeline(from, to).unwrap();
    assert!(moods[0].1.valence > 0.3, "{moods:?}");
    companion.clear_moods().unwrap();
    assert!(companion.mood_timeline(from, to).unwrap().is_empty());
    let reply = companion.say(&generator, "Forget what I said about Brest.", SayOptions::default()).unwrap();
    let wish = notices(reply).into_iter().find(|notice| notice.kind == "forget").unwrap();
    assert!(wish.text.contains("Brest"), "{wish:?}");
}

#[test]
fn everything_is_there_after_a_restart() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let reply = say(&companion, &generator, "It rains.");
    let before = (texts(&companion), companion.why(reply.message.id).unwrap());
    drop(companion);
    let world = world.restart();
    let companion = world.companions.get("MARA").unwrap();
    assert_eq!((texts(&companion), companion.why(reply.message.id).unwrap()), before);
    assert!(world.companions.delete("mara").unwrap());
    assert!(world.companions.get("mara").is_err());
}

#[test]
fn what_can_not_be_answered_as_it_is_asked_is_not_kept() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let cold = Sampling { temperature: -1.0, ..Sampling::default() };
    let hello = [ClientMessage::new(Role::User, "Hello")];
    for options in [
        SayOptions { sampling: Some(cold), ..SayOptions::default() },
        SayOptions { reply_tokens: Some(0), ..SayOptions::default() },
    ] {
        let error = companion.say(&generator, "Hello", options.clone()).unwrap_err();
        assert!(matches!(error, CompanionError::Options(_)), "{error}");
        companion.say_as_client(&generator, &hello, options).unwrap_err();
        assert_eq!(companion.length().unwrap(), 1);
    }
}

#[test]
fn the_same_words_after_a_failure_are_not_said_twice() {
    let world = World::new();
    let companion = world.mara();
    let full = || Script::refused(GenerationError::QueueFull { waiting: 1 });
    let generator = scripted(vec![full(), full(), Script::answer(&["Here."]), Script::answer(&["Yes."])]);
    for _ in 0..2 {
        let reply = companion.say(&generator, "Hello", SayOptions::default()).unwrap();
        reply.blocking_finish().unwrap_err();
    }
    let reply = companion.say(&generator, "Hello ", SayOptions::default()).unwrap();
    assert_eq!(reply.said().unwrap().content.text, "Hello");
    reply.blocking_finish().unwrap();
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Hello", "Here."]);
    // With an answer between, they are said again.
    say(&companion, &generator, "Hello");
    assert_eq!(companion.length().unwrap(), 5);
}

#[test]
fn a_prompt_calls_the_user_by_one_name() {
    let world = World::new();
    let unnamed = Persona { calls_user: String::new(), ..mara() };
    let companion = world.companions.create(&unnamed, None).unwrap();
    let (model, generator) = model("Aye.");
    say(&companion, &generator, "I live in Lyon.");
    say(&companion, &generator, "Good morning.");
    assert!(last_prompt(&model).contains("The user lives in Lyon."), "{}", last_prompt(&model));
    say(&companion, &generator, "My name is Rowan.");
    say(&companion, &generator, "Good evening.");
    let prompt = last_prompt(&model);
    assert!(prompt.contains("Rowan lives in Lyon."), "{prompt}");
    assert!(!prompt.to_lowercase().contains("the user"), "{prompt}");
}
