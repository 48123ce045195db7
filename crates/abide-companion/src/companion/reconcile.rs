//! Foreign clients send their whole list of messages each time; here it is told what of it is new. Must not know stores or dialects.
//!
//! A client's list is laid over the active path. What the client has and the path never had (another program's greeting, a
//! summary that stands for old turns) is not taken for something that was said here.
//!
//! No client says which of its chats a list is from. So each turn keeps the chat that it came from, and a list is from the chat of the last
//! turn that it agrees with. Where that chat has not gone on since, the list's last message is a new turn at the end of the path, whatever
//! was said elsewhere meanwhile. Where it has, and what was said since is all from that chat, the client changed something: the same
//! words are answered again, others begin a branch. But what was said elsewhere is never taken off the path: if there is such a
//! turn behind the change, the last message is a new turn at the end.
//!
//! A list that agrees with no turn begins a chat at the path's end, or asks again for an answer that the same message of a client got
//! moments ago.

mod place;

use jiff::{SignedDuration, Timestamp};

use abide_generation::{Message as ClientMessage, Role};
use thiserror::Error;

use self::place::{Line, Place, places};
use crate::care::without_notice;
use crate::transcript::{ClientChat, Completeness, MessageId, Speaker};

/// How long after the last words a lone message, sent again, asks for another answer. Later it is said again: many a day begins with the
/// same words.
const RETRY_TIME: SignedDuration = SignedDuration::from_mins(5);

/// A message of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub id: MessageId,
    pub speaker: Speaker,
    pub text: String,
    pub completeness: Completeness,
    pub time: Timestamp,
    pub chat: Option<ClientChat>,
}

/// A message that a client has and the transcript has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Whose.
    pub speaker: Speaker,
    /// Its words.
    pub text: String,
}

/// What a client's list asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The last message is a new turn. `after` is the message it follows; if that is not the end of the active path, a branch
    /// begins. `before` are messages to be kept between the two: what the client changed, and what stood behind it.
    Turn {
        /// What the first new message follows.
        after: Option<MessageId>,
        /// New messages before the turn.
        before: Vec<Added>,
        /// The turn's words.
        text: String,
        /// The chat that it comes from.
        chat: ClientChat,
    },
    /// This message of the user is to be answered again.
    Again(MessageId),
}

/// A client's list, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// What is asked for.
    pub wish: Wish,
    /// The client's system messages: instructions for this reply alone, never stored as a turn.
    pub instructions: String,
}

/// Why a list asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReconcileError {
    /// There is no message of the user's.
    #[error("the last message must be the user's and not empty; a companion answers what was said to it")]
    NothingSaid,
}

/// Lays `messages`, sent at `now`, over `path` (the end of the active path, oldest first). `children`: the messages that follow one
/// directly (`None`: the first ones), on all branches.
///
/// # Errors
/// When the last message is not the user's.
pub(crate) fn reconcile<E: From<ReconcileError>>(
    path: &[Known],
    messages: &[ClientMessage],
    now: Timestamp,
    children: impl Fn(Option<MessageId>) -> Result<Vec<Known>, E>,
) -> Result<Reconciled, E> {
    let systems = messages.iter().filter(|message| message.role == Role::System);
    let instructions = systems.map(|message| message.content.trim()).collect::<Vec<_>>().join("\n\n");
    let said = messages.iter().rfind(|message| matches!(message.role, Role::User | Role::Assistant));
    let said = said.filter(|said| said.role == Role::User && !said.content.trim().is_empty());
    let text = said.ok_or(ReconcileError::NothingSaid)?.content.clone();
    let mut list: Vec<Added> = messages.iter().filter_map(added).collect();
    list.pop();
    let path = Path::new(path);
    let wish = match path.find(&list) {
        Some(found) => found.wish(&path, list, text, &children)?,
        None => path.fresh(text, now),
    };
    Ok(Reconciled { wish, instructions })
}

fn added(message: &ClientMessage) -> Option<Added> {
    let content = message.content.as_str();
    let (speaker, text) = match message.role {
        Role::User => (Speaker::User, content),
        // What the program said before the companion spoke was never said by the companion.
        Role::Assistant => (Speaker::Companion, without_notice(content)),
        // Instructions are taken apart from this; a companion has no tools.
        Role::System | Role::Tool => return None,
    };
    // An answer without words is no message here.
    (!text.trim().is_empty()).then(|| Added { speaker, text: text.to_owned() })
}

/// The end of the active path.
struct Path<'a> {
    known: &'a [Known],
    lines: Vec<Line>,
    /// The chat of each message's turn; none before the first turn. A turn that no client sent stands for itself.
    chats: Vec<Option<MessageId>>,
}

impl<'a> Path<'a> {
    fn new(known: &'a [Known]) -> Self {
        let chats: Vec<Option<MessageId>> = known
            .iter()
            .scan(None, |chat, message| {
                if message.speaker == Speaker::User {
                    *chat = Some(match message.chat {
                        Some(ClientChat::Of(first)) => first,
                        Some(ClientChat::Begins) | None => message.id,
                    });
                }
                Some(*chat)
            })
            .collect();
        let mut lines: Vec<Line> = known.iter().map(Line::of_known).collect();
        for at in 1..known.len() {
            let before = chats[at - 1];
            lines[at].is_apart = matches!(known[at].chat, Some(ClientChat::Of(chat)) if before != Some(chat));
        }
        Self { known, lines, chats }
    }

    /// Where the list comes from. Of places that are as good, one whose chat has not gone on: nothing is changed by it then.
    fn find(&self, list: &[Added]) -> Option<Found> {
        let lines: Vec<Line> = list.iter().map(Line::of_added).collect();
        let mut found = places(&self.lines, &lines).into_iter().filter_map(|place| Found::new(self, place));
        let first = found.next()?;
        if first.changed.is_none() {
            return Some(first);
        }
        Some(found.find(|found| found.next.is_none()).unwrap_or(first))
    }

    /// Whether all turns from `index` on are from `chat`.
    fn is_all_from(&self, index: usize, chat: MessageId) -> bool {
        let mut turns = (index..self.known.len()).filter(|&at| self.known[at].speaker == Speaker::User);
        turns.all(|at| self.chats[at] == Some(chat))
    }

    fn end(&self) -> Option<MessageId> {
        self.known.last().map(|last| last.id)
    }

    /// A list that agrees with no turn.
    fn fresh(&self, text: String, now: Timestamp) -> Wish {
        let said = self.known.iter().rfind(|known| known.speaker == Speaker::User);
        let is_recent = |last: &Known| now.duration_since(last.time) < RETRY_TIME;
        let again = said.filter(|said| {
            said.chat.is_some()
                && Line::of_known(said).says(&text)
                && self.known.last().is_some_and(is_recent)
        });
        match again {
            Some(said) => Wish::Again(said.id),
            None => Wish::Turn { after: self.end(), before: Vec::new(), text, chat: ClientChat::Begins },
        }
    }
}

/// Where a list lies, and what became of its chat.
struct Found {
    place: Place,
    /// The chat of the last message that agrees.
    chat: MessageId,
    /// The first message behind it that is from the same chat.
    next: Option<usize>,
    /// What the list changes: its chat, and the first message of the path that is to be replaced.
    changed: Option<(MessageId, usize)>,
}

impl Found {
    /// `None` where the list agrees with nothing but what stood there before the first turn.
    fn new(path: &Path<'_>, place: Place) -> Option<Self> {
        let chat = path.chats[place.end.index]?;
        let following =
            |index: usize, chat| (index + 1..path.known.len()).find(|&at| path.chats[at] == Some(chat));
        let next = following(place.end.index, chat);
        let from = place.changed.unwrap_or(place.end);
        let changed = path.chats[from.index].and_then(|chat| Some((chat, following(from.index, chat)?)));
        let changed = changed.filter(|&(chat, first)| path.is_all_from(first, chat));
        Some(Self { place, chat, next, changed })
    }

    fn wish<E>(
        self,
        path: &Path<'_>,
        mut list: Vec<Added>,
        text: String,
        children: &impl Fn(Option<MessageId>) -> Result<Vec<Known>, E>,
    ) -> Result<Wish, E> {
        let (chat, mut after, mut before) = if let Some((chat, first)) = self.changed {
            let after = first.checked_sub(1).map(|at| path.known[at].id);
            (chat, after, list.split_off(self.place.changed.unwrap_or(self.place.end).used))
        } else {
            let mut before = list.split_off(self.place.end.used);
            // Behind what was said elsewhere, the companion's words would answer that.
            if path.known.len() > self.place.end.index + 1 {
                let user = before.iter().position(|added| added.speaker == Speaker::User);
                before.drain(..user.unwrap_or(before.len()));
            }
            (self.chat, path.end(), before)
        };
        // The client may have gone back to what is there already, beside the path.
        let mut there = 0;
        while let Some(added) = before.get(there) {
            let Some(child) = same(&children(after)?, &Line::of_added(added)) else { break };
            after = Some(child);
            there += 1;
        }
        before.drain(..there);
        if before.is_empty() && (self.changed.is_some() || there > 0) {
            let line = Line::new(Speaker::User, &text);
            if let Some(said) = same(&children(after)?, &line) {
                return Ok(Wish::Again(said));
            }
        }
        Ok(Wish::Turn { after, before, text, chat: ClientChat::Of(chat) })
    }
}

/// The last one of `children` with these words, or else the last one that a client may have read so.
fn same(children: &[Known], line: &Line) -> Option<MessageId> {
    let lines: Vec<Line> = children.iter().map(Line::of_known).collect();
    let exact = lines.iter().rposition(|child| child.speaker == line.speaker && child.words == line.words);
    exact.or_else(|| lines.iter().rposition(|child| child.agrees(line))).map(|at| children[at].id)
}
