//! Programs that send their whole list each time: whatever they do, no turn is doubled and the path is what they show.

use abide_generation::{Message as ClientMessage, Role};
use proptest::prelude::*;

use super::*;
use crate::companion::reconcile::{Known, reconcile};
use crate::transcript::{ClientChat, Completeness, MessageId, Speaker};

/// A tree without a store.
#[derive(Default)]
struct Tree {
    messages: Vec<Known>,
    parents: Vec<Option<MessageId>>,
    head: Option<MessageId>,
}

impl Tree {
    fn add(
        &mut self,
        parent: Option<MessageId>,
        speaker: Speaker,
        text: &str,
        chat: Option<ClientChat>,
    ) -> MessageId {
        let id = MessageId(self.messages.len() as u64 + 1);
        let chat = chat.filter(|_| speaker == Speaker::User);
        self.messages.push(Known { chat, ..line(id.0, speaker, text) });
        self.parents.push(parent);
        self.head = Some(id);
        id
    }

    fn path(&self) -> Vec<Known> {
        let mut path = Vec::new();
        let mut next = self.head;
        while let Some(id) = next {
            let index = id.0 as usize - 1;
            path.push(self.messages[index].clone());
            next = self.parents[index];
        }
        path.reverse();
        path
    }

    /// What a companion does with a list; the reply.
    fn answer(&mut self, list: &[ClientMessage]) -> String {
        let (messages, parents) = (&self.messages, &self.parents);
        let children = |after: Option<MessageId>| {
            let children = messages.iter().zip(parents).filter(|(_, parent)| **parent == after);
            Ok::<_, ReconcileError>(children.map(|(child, _)| child.clone()).collect())
        };
        let question = match reconcile(&self.path(), list, Timestamp::UNIX_EPOCH, children).unwrap().wish {
            Wish::Again(id) => id,
            Wish::Turn { mut after, before, text, chat } => {
                for added in before {
                    after = Some(self.add(after, added.speaker, &added.text, Some(chat)));
                }
                self.add(after, Speaker::User, &text, Some(chat))
            }
        };
        let reply = format!("Reply number {}.", self.messages.len());
        self.add(Some(question), Speaker::Companion, &reply, None);
        reply
    }
}

fn line(id: u64, speaker: Speaker, text: &str) -> Known {
    Known {
        id: MessageId(id),
        speaker,
        text: text.to_owned(),
        completeness: Completeness::Complete,
        time: Timestamp::UNIX_EPOCH,
        chat: None,
    }
}

#[derive(Debug, Clone)]
enum Step {
    Send(String),
    Regenerate,
    EditLast(String),
    EditEarlier(usize, String),
    ChangeReply(usize, String),
    /// The answer is lost on its way, and the client asks again.
    Lost(String),
    NewChat(String),
    /// The client shows its last messages alone from now on.
    Shorten(usize),
}

fn said() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-z]{6} [a-z]{6}", 1 => "ok|yes|你好"]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => said().prop_map(Step::Send),
        2 => Just(Step::Regenerate),
        1 => said().prop_map(Step::EditLast),
        1 => (any::<usize>(), said()).prop_map(|(at, text)| Step::EditEarlier(at, text)),
        // A reply that is changed to another one's words could be that one.
        1 => (any::<usize>(), "[a-z]{6} [a-z]{6}").prop_map(|(at, text)| Step::ChangeReply(at, text)),
        1 => said().prop_map(Step::Lost),
        1 => said().prop_map(Step::NewChat),
        1 => (1_usize..4).prop_map(Step::Shorten),
    ]
}

/// A client's own list.
#[derive(Default)]
struct Client {
    list: Vec<ClientMessage>,
}

impl Client {
    fn request(&mut self, tree: &mut Tree) {
        let system = ClientMessage::new(Role::System, "Answer briefly.");
        let sent: Vec<ClientMessage> = std::iter::once(system).chain(self.list.iter().cloned()).collect();
        // Clients like to take blanks away, or add some.
        let reply = tree.answer(&sent) + "\n";
        self.list.push(ClientMessage::new(Role::Assistant, reply));
    }

    fn send(&mut self, tree: &mut Tree, text: &str) {
        self.list.push(ClientMessage::new(Role::User, text));
        self.request(tree);
    }

    fn step(&mut self, tree: &mut Tree, step: &Step) {
        let users: Vec<usize> = (0..self.list.len()).filter(|&at| self.list[at].role == Role::User).collect();
        match step {
            Step::Send(text) => self.send(tree, text),
            Step::NewChat(text) => {
                self.list.clear();
                self.send(tree, text);
            }
            Step::Lost(text) => {
                self.send(tree, text);
                self.list.pop();
                self.request(tree);
            }
            Step::Shorten(turns) => {
                let from = users.len().checked_sub(*turns).map_or(0, |at| users[at]);
                self.list.drain(..from);
            }
            _ if users.is_empty() => self.send(tree, "hello there"),
            Step::Regenerate => {
                self.list.pop();
                self.request(tree);
            }
            Step::EditLast(text) => {
                self.list.truncate(*users.last().unwrap());
                self.send(tree, text);
            }
            Step::EditEarlier(at, text) => {
                self.list.truncate(users[at % users.len()]);
                self.send(tree, text);
            }
            Step::ChangeReply(at, text) => {
                self.list[users[at % users.len()] + 1].content = format!("changed: {text}");
                self.send(tree, &format!("go on: {text}"));
            }
        }
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the path ends as the client's list does after each of the steps.
fn check_steps(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut tree = Tree::default();
    tree.add(None, Speaker::Companion, "The door is open.", None);
    let mut client = Client::default();
    for step in steps {
        client.step(&mut tree, step);
        let path = tree.path();
        prop_assert!(path.len() >= client.list.len(), "{:?}", step);
        let end = &path[path.len() - client.list.len()..];
        for (known, shown) in end.iter().zip(&client.list) {
            prop_assert_eq!(plain(&known.text), plain(&shown.content), "after {:?}", step);
        }
        // Long texts are said once alone.
        let mut said: Vec<&str> = path.iter().map(|known| known.text.as_str()).collect();
        said.retain(|text| text.len() == 13 && text.contains(' '));
        let count = said.len();
        said.sort_unstable();
        said.dedup();
        prop_assert_eq!(said.len(), count, "a turn is doubled after {:?}", step);
        for pair in path.windows(2) {
            prop_assert!(pair[0].speaker != pair[1].speaker, "two in a row after {:?}: {:?}", step, path);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn whatever_a_client_does_the_path_ends_as_it_shows(steps in prop::collection::vec(step(), 1..25)) {
        check_steps(&steps)?;
    }

    #[test]
    fn no_client_takes_away_what_another_one_said(
        steps in prop::collection::vec((0_usize..3, step()), 1..25)
    ) {
        check_clients(&steps)?;
    }
}

/// Whether a client's step takes nothing off the path that another one shows. All words are said once alone.
fn check_clients(steps: &[(usize, Step)]) -> Result<(), TestCaseError> {
    let mut tree = Tree::default();
    let mut clients = [Client::default(), Client::default(), Client::default()];
    for (at, client) in clients.iter_mut().enumerate() {
        client.send(&mut tree, &format!("client {at} begins"));
    }
    for (number, (who, step)) in steps.iter().enumerate() {
        let mut step = step.clone();
        match &mut step {
            Step::Send(text) | Step::EditLast(text) | Step::Lost(text) | Step::NewChat(text) => {
                *text = format!("words {number}");
            }
            Step::EditEarlier(_, text) | Step::ChangeReply(_, text) => *text = format!("words {number}"),
            Step::Regenerate | Step::Shorten(_) => {}
        }
        let before = tree.path();
        clients[*who].step(&mut tree, &step);
        let after = tree.path();
        let others = clients.iter().enumerate().filter(|(at, _)| at != who);
        let shown: Vec<&str> =
            others.flat_map(|(_, client)| &client.list).map(|message| message.content.as_str()).collect();
        for known in before.iter().filter(|known| shown.contains(&known.text.as_str())) {
            let kept = after.iter().any(|kept| kept.id == known.id);
            prop_assert!(kept, "{:?} of client {} took {:?} away", step, who, known.text);
        }
    }
    Ok(())
}

/// What the test above met once: short turns and changed replies that are the same in two places.
#[test]
fn the_same_said_twice_is_not_taken_for_where_it_was_said_first() {
    let ok = || "ok".to_owned();
    let beginning = [Step::NewChat(ok()), Step::ChangeReply(0, ok())];
    for ending in [
        vec![Step::Send(ok()), Step::ChangeReply(2, ok())],
        vec![
            Step::Send("aaaaaa aaaaaa".to_owned()),
            Step::Lost(ok()),
            Step::ChangeReply(3, "aaaaaa aaaaaa".to_owned()),
            Step::Shorten(3),
            Step::ChangeReply(1, ok()),
        ],
    ] {
        let steps: Vec<Step> = beginning.iter().cloned().chain(ending).collect();
        check_steps(&steps).unwrap();
    }
}

fn list(texts: &[(Role, &str)]) -> Vec<ClientMessage> {
    texts.iter().map(|&(role, text)| ClientMessage::new(role, text)).collect()
}

fn texts(companion: &Companion) -> Vec<String> {
    companion.recent(100).unwrap().into_iter().map(|message| message.content.text).collect()
}

#[test]
fn a_client_talks_and_its_system_prompt_is_a_note_for_that_reply() {
    let world = World::new();
    let companion = world.mara();
    let (model, generator) = model("Aye.");
    let messages = list(&[(Role::System, "Speak like a pirate."), (Role::User, "Hello")]);
    let reply = companion.say_as_client(&generator, &messages, SayOptions::default()).unwrap();
    reply.blocking_finish().unwrap();
    assert!(last_prompt(&model).contains("Asked for with this message:\nSpeak like a pirate."));
    say(&companion, &generator, "And now?");
    assert!(!last_prompt(&model).contains("pirate"));
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Hello", "Aye.", "And now?", "Aye."]);
    // The client asks again for its answer.
    companion.say_as_client(&generator, &messages, SayOptions::default()).unwrap().blocking_finish().unwrap();
}

#[test]
fn a_reply_that_was_stopped_agrees_with_what_the_client_read_of_it() {
    let cut = Completeness::Interrupted;
    let path = [
        line(1, Speaker::User, "Hi"),
        Known { completeness: cut, ..line(2, Speaker::Companion, "The sea is wi") },
    ];
    let none = |_| Ok::<_, ReconcileError>(Vec::new());
    for read in ["The sea", "The sea is wide"] {
        let sent = list(&[(Role::User, "Hi"), (Role::Assistant, read), (Role::User, "Go on")]);
        let wish = reconcile(&path, &sent, Timestamp::UNIX_EPOCH, none).unwrap().wish;
        let chat = ClientChat::Of(MessageId(1));
        let text = "Go on".to_owned();
        assert_eq!(wish, Wish::Turn { after: Some(MessageId(2)), before: vec![], text, chat });
    }
}

#[test]
fn a_list_that_ends_with_the_companion_asks_for_nothing() {
    let world = World::new();
    let companion = world.mara();
    let error = companion.reconcile(&list(&[(Role::User, "Hi"), (Role::Assistant, "Ho")])).unwrap_err();
    assert!(error.to_string().contains("the last message must be the user's"), "{error}");
}

#[test]
fn another_programs_greeting_is_not_taken_for_something_said_here() {
    let world = World::new();
    let companion = world.mara();
    let (_, generator) = model("Aye.");
    let sent = list(&[(Role::Assistant, "Welcome to the app!"), (Role::User, "Hello")]);
    companion.say_as_client(&generator, &sent, SayOptions::default()).unwrap().blocking_finish().unwrap();
    assert_eq!(texts(&companion), ["The door is open, Jo.", "Hello", "Aye."]);
}
