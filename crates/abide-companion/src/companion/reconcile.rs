//! Foreign clients send their whole list of messages each time; here it is told what of it is new. Must not know stores or dialects.
//!
//! A client's list is laid over the active path. Where all but its last message lie there, the last one is a new turn; where
//! the last one is there, too, it is to be answered again; where the list leaves the path earlier, a branch begins there. What
//! the client has and the path never had (another program's greeting, a summary that stands for old turns) is not taken
//! for something that was said here.

use abide_generation::{Message as ClientMessage, Role};
use thiserror::Error;

use crate::care::without_notice;
use crate::transcript::{Completeness, MessageId, Speaker};

/// A message of the active path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub id: MessageId,
    pub speaker: Speaker,
    pub text: String,
    pub completeness: Completeness,
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

/// Messages that must agree in a row before a list that does not agree as a whole is laid over the path.
const RUN_MIN: usize = 2;

/// Lays `messages` over `path` (the end of the active path, oldest first). `answered`: the user's messages that follow a message of
/// the path (`None`: the first ones) on any branch, with their words.
///
/// # Errors
/// When the last message is not the user's.
pub(crate) fn reconcile<E: From<ReconcileError>>(
    path: &[Known],
    messages: &[ClientMessage],
    answered: impl Fn(Option<MessageId>) -> Result<Vec<(MessageId, String)>, E>,
) -> Result<Reconciled, E> {
    let systems = messages.iter().filter(|message| message.role == Role::System);
    let instructions = systems.map(|message| message.content.trim()).collect::<Vec<_>>().join("\n\n");
    let mut list: Vec<Added> = messages.iter().filter_map(added).collect();
    let last = list.pop().filter(|last| last.speaker == Speaker::User && !last.text.trim().is_empty());
    let text = last.ok_or(ReconcileError::NothingSaid)?.text;
    let wish = match lay(path, &list) {
        Some((index, used)) => {
            let after = Some(path[index].id);
            let before = list.split_off(used);
            let again = before.is_empty() && index + 1 < path.len();
            let again = if again { same_words(&answered(after)?, &text) } else { None };
            again.map_or(Wish::Turn { after, before, text }, Wish::Again)
        }
        None => fresh(path, list.is_empty(), text, &answered)?,
    };
    Ok(Reconciled { wish, instructions })
}

/// A list that has nothing in common with the path but perhaps its last message.
fn fresh<E>(
    path: &[Known],
    alone: bool,
    text: String,
    answered: &impl Fn(Option<MessageId>) -> Result<Vec<(MessageId, String)>, E>,
) -> Result<Wish, E> {
    let said = path.iter().rev().find(|known| known.speaker == Speaker::User);
    if let Some(said) = said.filter(|said| words(&said.text) == words(&text)) {
        return Ok(Wish::Again(said.id));
    }
    // The very first message, changed and sent again, has an empty list before it.
    let first = path.iter().position(|known| known.speaker == Speaker::User);
    if alone
        && first == Some(0)
        && let Some(again) = same_words(&answered(None)?, &text)
    {
        return Ok(Wish::Again(again));
    }
    Ok(Wish::Turn { after: path.last().map(|known| known.id), before: Vec::new(), text })
}

fn same_words(said: &[(MessageId, String)], text: &str) -> Option<MessageId> {
    said.iter().rev().find(|(_, said)| words(said) == words(text)).map(|&(id, _)| id)
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
    Some(Added { speaker, text: text.to_owned() })
}

/// Where the list lies on the path: the index of the last message of the path that it agrees with, and how many of the list's
/// messages are used up then. It is where most messages agree: people say the same twice, but seldom much of it.
fn lay(path: &[Known], list: &[Added]) -> Option<(usize, usize)> {
    let mut best: Option<Agreement> = None;
    for used in (1..=list.len()).rev() {
        // Of fewer messages, no more can agree.
        if best.as_ref().is_some_and(|best| best.agreeing >= used) {
            break;
        }
        // From the end, because of several places the latest is the likeliest.
        for index in (0..path.len()).rev() {
            let found = Agreement::at(path, index, list, used);
            if let Some(found) =
                found.filter(|found| best.as_ref().is_none_or(|best| found.agreeing > best.agreeing))
            {
                best = Some(found);
            }
        }
    }
    best.map(|best| best.last)
}

/// How well a list lies at one place of the path.
struct Agreement {
    /// The path's last message that agrees, and how many of the list's messages come before what is new.
    last: (usize, usize),
    /// Messages that agree.
    agreeing: usize,
}

impl Agreement {
    /// With the list's first `used` messages ending at `path[index]`; `None` where too few agree.
    fn at(path: &[Known], index: usize, list: &[Added], used: usize) -> Option<Self> {
        let agreeing = run(path, index, list, used);
        if agreeing != used && agreeing < RUN_MIN {
            return None;
        }
        let plain = Self { last: (index, used), agreeing };
        // Perhaps the client changed one message, and what stands before it agrees as well.
        let differs = used.saturating_sub(agreeing + 1);
        let Some(before) = index.checked_sub(agreeing + 1).filter(|_| differs > 0) else {
            return Some(plain);
        };
        let earlier = run(path, before, list, differs);
        if earlier != differs && earlier < RUN_MIN {
            return Some(plain);
        }
        Some(Self { last: (before, differs), agreeing: agreeing + earlier })
    }
}

/// How many messages in a row agree, going back from `path[index]` and `list[used - 1]`.
fn run(path: &[Known], index: usize, list: &[Added], used: usize) -> usize {
    let known = path[..=index].iter().rev();
    known.zip(list[..used].iter().rev()).take_while(|(known, sent)| agree(known, sent)).count()
}

fn agree(known: &Known, sent: &Added) -> bool {
    if known.speaker != sent.speaker {
        return false;
    }
    let (ours, theirs) = (words(&known.text), words(&sent.text));
    // Of a reply that was stopped, the client may have read a little more or less than was kept.
    let cut = || {
        known.completeness == Completeness::Interrupted
            && !theirs.is_empty()
            && (ours.starts_with(&theirs) || theirs.starts_with(&ours))
    };
    ours == theirs || cut()
}

/// Words without the blanks that clients add and take away.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
