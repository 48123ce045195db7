//! Several chats of other programs with one companion: none takes away what was said in another.

use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{Message as ClientMessage, Role};

use super::*;
use crate::transcript::Speaker;

/// A companion without a greeting, and a model that counts its replies.
struct Talk {
    world: World,
    companion: Companion,
    model: Arc<dyn Generator>,
}

impl Talk {
    fn new() -> Self {
        let number = std::sync::atomic::AtomicUsize::new(1);
        let (_, model) = model_of(8_192, move |_| format!("r{}", number.fetch_add(1, Ordering::SeqCst)));
        Self::on(model)
    }

    fn on(model: Arc<dyn Generator>) -> Self {
        let world = World::new();
        let persona = Persona { greetings: Vec::new(), ..mara() };
        let companion = world.companions.create(&persona, None).unwrap();
        Self { world, companion, model }
    }

    /// A client sends a list of words, the user's first and last; what it answers.
    fn send(&self, texts: &[&str]) -> String {
        let message = |(at, text): (usize, &&str)| {
            ClientMessage::new(if at.is_multiple_of(2) { Role::User } else { Role::Assistant }, *text)
        };
        let system = ClientMessage::new(Role::System, "Be brief.");
        let list: Vec<_> = std::iter::once(system).chain(texts.iter().enumerate().map(message)).collect();
        let reply = self.companion.say_as_client(&self.model, &list, SayOptions::default()).unwrap();
        reply.blocking_finish().unwrap().message.content.text
    }

    fn path(&self) -> String {
        let messages = self.companion.recent(100).unwrap();
        messages.into_iter().map(|message| message.content.text).collect::<Vec<_>>().join(" ")
    }

    /// How many messages there are on all branches.
    fn count(&self) -> u64 {
        self.companion.shared.store.message_count(self.companion.id).unwrap()
    }
}

#[test]
fn an_older_chat_goes_on_at_the_end() {
    let talk = Talk::new();
    talk.send(&["a"]);
    talk.send(&["b"]);
    talk.send(&["b", "r2", "b2"]);
    talk.send(&["a", "r1", "a2"]);
    assert_eq!(talk.path(), "a r1 b r2 b2 r3 a2 r4");
    // And both in turn, each with its own words alone.
    talk.send(&["b", "r2", "b2", "r3", "b3"]);
    talk.send(&["a", "r1", "a2", "r4", "a3"]);
    assert_eq!(talk.path(), "a r1 b r2 b2 r3 a2 r4 b3 r5 a3 r6");
    assert_eq!(talk.count(), 12);
}

#[test]
fn a_chat_goes_on_behind_what_was_said_here_and_after_a_restart() {
    let talk = Talk::new();
    talk.send(&["a"]);
    say(&talk.companion, &talk.model, "here");
    let Talk { world, companion, model } = talk;
    drop(companion);
    let world = world.restart();
    let companion = world.companions.get("Mara").unwrap();
    let talk = Talk { world, companion, model };
    talk.send(&["a", "r1", "a2"]);
    assert_eq!(talk.path(), "a r1 here r2 a2 r3");
    talk.send(&["a", "r1", "a2 changed"]);
    assert_eq!(talk.path(), "a r1 here r2 a2 changed r4");
}

#[test]
fn a_changed_message_begins_a_branch_where_nothing_else_was_said_since() {
    let talk = Talk::new();
    talk.send(&["a"]);
    talk.send(&["a", "r1", "a2"]);
    talk.send(&["a", "r1", "a2", "r2", "a3"]);
    // The last turn, again and then changed; then an earlier one.
    talk.send(&["a", "r1", "a2", "r2", "a3"]);
    assert_eq!(talk.path(), "a r1 a2 r2 a3 r4");
    talk.send(&["a", "r1", "a2", "r2", "other"]);
    assert_eq!(talk.path(), "a r1 a2 r2 other r5");
    talk.send(&["a", "r1", "early"]);
    assert_eq!(talk.path(), "a r1 early r6");
    // A turn that came after another chat's is changed in its place.
    talk.send(&["b"]);
    talk.send(&["a", "r1", "early", "r6", "a3"]);
    talk.send(&["a", "r1", "early", "r6", "later"]);
    assert_eq!(talk.path(), "a r1 early r6 b r7 later r9");
}

#[test]
fn nothing_that_was_said_elsewhere_is_taken_away_by_a_change() {
    let talk = Talk::new();
    talk.send(&["a"]);
    talk.send(&["a", "r1", "a2"]);
    talk.send(&["b"]);
    talk.send(&["a", "r1", "changed"]);
    assert_eq!(talk.path(), "a r1 a2 r2 b r3 changed r4");
    // Nor by a changed reply, nor by asking again.
    talk.send(&["b", "r3", "b2"]);
    talk.send(&["a", "other", "a2", "r2", "a3"]);
    assert_eq!(talk.path(), "a r1 a2 r2 b r3 changed r4 b2 r5 a3 r6");
    talk.send(&["b", "r3", "b2"]);
    assert_eq!(talk.path(), "a r1 a2 r2 b r3 changed r4 b2 r5 a3 r6 b2 r7");
    assert_eq!(talk.count(), 14);
}

#[test]
fn a_client_that_forgets_what_is_long_ago_goes_on() {
    let talk = Talk::new();
    talk.send(&["a"]);
    talk.send(&["a", "r1", "a2"]);
    talk.send(&["b"]);
    talk.send(&["a2", "r2", "a3"]);
    assert_eq!(talk.path(), "a r1 a2 r2 b r3 a3 r4");
    talk.send(&["a3", "r4", "a4"]);
    talk.send(&["a3", "r4", "changed"]);
    assert_eq!(talk.path(), "a r1 a2 r2 b r3 a3 r4 changed r6");
    // One that sends no more than the last message says a new turn each time.
    talk.send(&["c"]);
    talk.send(&["d"]);
    assert_eq!(talk.path(), "a r1 a2 r2 b r3 a3 r4 changed r6 c r7 d r8");
}

#[test]
fn going_back_to_another_reply_finds_it() {
    let talk = Talk::new();
    talk.send(&["a"]);
    talk.send(&["a", "r1", "a2"]);
    talk.send(&["a", "r1", "a2"]);
    assert_eq!((talk.path(), talk.count()), ("a r1 a2 r3".to_owned(), 5));
    talk.send(&["a", "r1", "a2", "r2", "a3"]);
    assert_eq!((talk.path(), talk.count()), ("a r1 a2 r2 a3 r4".to_owned(), 7));
    let kept = talk.companion.recent(3).unwrap();
    assert!(talk.companion.why(kept[0].id).unwrap().is_some(), "it is the reply itself, with its plan");
    // Over there a message is asked again, and back again.
    talk.send(&["a", "r1", "a2", "r3", "a4"]);
    talk.send(&["a", "r1", "a2", "r2", "a3"]);
    assert_eq!((talk.path(), talk.count()), ("a r1 a2 r2 a3 r6".to_owned(), 10));
    // What the program never said is kept as the client has it.
    talk.send(&["a", "r1", "a2", "never said", "a5"]);
    assert_eq!(talk.path(), "a r1 a2 never said a5 r7");
}

#[test]
fn the_same_words_each_morning_are_said_each_morning() {
    let (_, model) = model("Good morning.");
    let talk = Talk::on(model);
    let hello = "Good morning dear";
    talk.send(&[hello]);
    talk.send(&[hello]);
    assert_eq!(talk.path(), "Good morning dear Good morning.", "a moment later it is a retry");
    talk.world.later(1);
    talk.send(&[hello]);
    assert_eq!(talk.count(), 5);
    let twice = format!("{hello} Good morning. {hello} Good morning.");
    assert_eq!(talk.path(), twice);
    // Yesterday's chat and today's are alike; whichever goes on, nothing is lost.
    talk.send(&[hello, "Good morning.", "One."]);
    talk.send(&[hello, "Good morning.", "Two."]);
    assert_eq!(talk.path(), format!("{twice} One. Good morning. Two. Good morning."));
}

#[test]
fn the_same_words_in_a_chat_after_they_were_said_here_are_said_again() {
    let talk = Talk::new();
    say(&talk.companion, &talk.model, "a");
    talk.send(&["a"]);
    assert_eq!(talk.path(), "a r1 a r2");
}

#[test]
fn a_greeting_begins_any_chat() {
    let world = World::new();
    let companion = world.mara();
    let (_, model) = model("Aye.");
    let send = |text: &str| {
        let greeting = ClientMessage::new(Role::Assistant, "The door is open, Jo.");
        let list = [greeting, ClientMessage::new(Role::User, text)];
        let reply = companion.say_as_client(&model, &list, SayOptions::default()).unwrap();
        reply.blocking_finish().unwrap();
    };
    send("a");
    send("b");
    assert_eq!(companion.recent(9).unwrap().len(), 5);
}

#[test]
fn a_client_that_got_no_words_goes_on_behind_its_own() {
    let model = ScriptedGenerator::new(vec![Script::answer(&[" "]), Script::answer(&["Here."])]);
    let talk = Talk::on(Arc::new(model.describe(|description| description.context_length = 8_192)));
    let list = [ClientMessage::new(Role::User, "a")];
    let reply = talk.companion.say_as_client(&talk.model, &list, SayOptions::default()).unwrap();
    assert!(reply.blocking_finish().is_err());
    talk.send(&["a", "", "a2"]);
    assert_eq!(talk.path(), "a a2 Here.");
    assert_eq!(talk.companion.recent(2).unwrap()[0].content.speaker, Speaker::User);
}
