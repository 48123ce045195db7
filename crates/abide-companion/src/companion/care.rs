//! The three places where care looks at a turn. Must not know what care is about: that is [`crate::care`]'s.

use jiff::Zoned;

use super::reply::Notice;
use crate::store::CompanionId;
use crate::transcript::Message;

/// A turn as care sees it.
#[derive(Debug, Clone, Copy)]
pub struct TurnView<'a> {
    /// Whose.
    pub companion: CompanionId,
    /// The companion's name.
    pub char_name: &'a str,
    /// The language of the talk: a BCP 47 tag.
    pub language: &'a str,
    /// What the user said.
    pub said: &'a Message,
    /// The message before it, if there is one.
    pub before: Option<&'a Message>,
    /// Now, where the user is.
    pub now: &'a Zoned,
}

/// What care does before a prompt is planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeforeReply {
    /// What the user is told beside the conversation.
    pub notices: Vec<Notice>,
    /// What the model is asked to mind in this reply.
    pub instructions: Vec<String>,
    /// What is answered in the model's place.
    pub answer: Option<String>,
}

/// What becomes of a sentence of a reply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SentenceVerdict {
    /// It is said.
    #[default]
    Say,
    /// This is said in its place.
    Replace(String),
    /// The reply ends before it, with these words behind what was said.
    Stop(String),
}

/// Looks at turns. All methods may be called from any thread; by default they do nothing.
pub trait TurnCare: Send + Sync {
    /// Before the prompt is planned.
    fn before_reply(&self, _turn: &TurnView<'_>) -> BeforeReply {
        BeforeReply::default()
    }

    /// Whether sentences are to be shown to [`Self::on_sentence`] in this turn. Text is then streamed sentence by sentence.
    fn watches_sentences(&self, _turn: &TurnView<'_>) -> bool {
        false
    }

    /// At each sentence of the reply, before it is shown.
    fn on_sentence(&self, _turn: &TurnView<'_>, _sentence: &str) -> SentenceVerdict {
        SentenceVerdict::Say
    }

    /// After the reply was kept.
    fn after_reply(&self, _turn: &TurnView<'_>, _reply: &Message) -> Vec<Notice> {
        Vec::new()
    }
}
