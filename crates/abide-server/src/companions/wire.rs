//! What the companions' API says and takes. Must not know how anything is done.

use abide_companion::companion::{CompanionResult, ReplyEvent};
use abide_companion::store::{Fact, FactKind, FactOrigin, FactSource};
use abide_companion::transcript::{Completeness, Message, Speaker};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::ApiError;

/// A companion in the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Summary)]
pub struct Summary {
    /// What it is called; its model name in the other APIs is `companion/` and this.
    pub name: String,
    /// Which one, on every machine.
    pub uid: String,
    /// What it is to the user.
    pub relationship: String,
    /// Its language: a BCP 47 tag, or empty.
    pub language: String,
    /// The model that it runs on; null: the server's default.
    pub model: Option<String>,
    /// Messages of the present conversation.
    pub messages: u64,
    /// When it was made (RFC 3339).
    pub created: String,
    /// When something was said last (RFC 3339).
    pub last_talk: Option<String>,
}

/// All companions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Summaries)]
pub struct Summaries {
    /// By name.
    pub companions: Vec<Summary>,
}

/// Whom to make: a persona, or one of the starters.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = companions::New, example = json!({"persona": {"name": "Vera", "personality": "calm and dry"}}))]
pub struct New {
    /// The whole persona, with the fields that docs/companions.md describes.
    #[schema(value_type = Option<Object>)]
    pub persona: Option<Map<String, Value>>,
    /// One of the starters, from 1.
    pub starter: Option<usize>,
    /// The starters' language: `en`, `fr` or `zh`.
    pub language: Option<String>,
    /// What it is called; the persona's name if left out.
    pub name: Option<String>,
}

/// What to change about a companion.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = companions::Change)]
pub struct Change {
    /// Another name in lists and addresses.
    pub name: Option<String>,
    /// Fields of the persona that are replaced; the others stay. Every earlier version is kept.
    #[schema(value_type = Option<Object>)]
    pub persona: Option<Map<String, Value>>,
    /// A version of the persona to go back to.
    pub persona_version: Option<u64>,
    /// Settings that are replaced; the others stay.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Map<String, Value>>,
}

/// A message of the conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = companions::Message)]
pub struct MessageShown {
    /// Which one, within its companion.
    pub id: u64,
    /// The one that it follows.
    pub parent: Option<u64>,
    /// `user`, `companion` or `narrator`.
    #[schema(value_type = String)]
    pub speaker: Speaker,
    /// The words.
    #[schema(example = "Good evening!")]
    pub text: String,
    /// When they were said (RFC 3339).
    pub time: String,
    /// `complete` or `interrupted`.
    #[schema(value_type = String)]
    pub completeness: Completeness,
    /// The model that wrote it.
    pub model: Option<String>,
}

impl From<Message> for MessageShown {
    fn from(message: Message) -> Self {
        let content = message.content;
        Self {
            id: message.id.0,
            parent: content.parent.map(|id| id.0),
            speaker: content.speaker,
            text: content.text,
            time: content.time.to_string(),
            completeness: content.completeness,
            model: content.model,
        }
    }
}

/// A stretch of the conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Messages)]
#[expect(clippy::struct_field_names, reason = "it is the field's name in the API")]
pub struct Messages {
    /// Oldest first.
    pub messages: Vec<MessageShown>,
    /// Position of the first one, from 1.
    pub position: u64,
    /// Messages of the whole conversation.
    pub length: u64,
}

/// The messages in one place of the conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Siblings)]
pub struct Siblings {
    /// All of them, in the order in which they came.
    pub messages: Vec<MessageShown>,
    /// The one that the conversation leads through; null: through none of them.
    pub active: Option<u64>,
}

/// Which stretch.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// Position of the first message, from 1; the last ones if left out.
    pub position: Option<u64>,
    /// Messages at most: 50 if left out, 500 at most.
    pub limit: Option<usize>,
}

/// How a reply is made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = companions::Say)]
pub struct Say {
    /// The words. Left out: the last message is answered again.
    #[schema(example = "Good morning!")]
    pub text: Option<String>,
    /// Whether the reply comes as events while it is made, or whole (false).
    pub stream: Option<bool>,
    /// Most tokens of the reply.
    pub max_tokens: Option<usize>,
    /// The seed of the draws.
    pub seed: Option<u64>,
    /// How varied the words are; 0: always the likeliest.
    pub temperature: Option<f32>,
    /// Instructions for this reply alone.
    pub instructions: Option<String>,
}

/// A whole reply.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Reply)]
pub struct WholeReply {
    /// The user's message, where one was said.
    pub said: Option<MessageShown>,
    /// The companion's.
    pub reply: Option<MessageShown>,
    /// What the program says beside the conversation.
    #[schema(value_type = Vec<NoticeShown>)]
    pub notices: Vec<Value>,
    /// Why it ended.
    pub finish_reason: Option<String>,
    /// Tokens of prompt and reply.
    #[schema(value_type = UsageShown)]
    pub usage: Value,
}

/// Something that the program says beside the conversation.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Notice)]
pub struct NoticeShown {
    /// What it is about, such as `software`.
    kind: String,
    /// Its words.
    text: String,
}

/// Tokens of a reply.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = companions::Usage)]
#[expect(clippy::struct_field_names, reason = "units stand last in a name")]
pub struct UsageShown {
    /// Of its prompt.
    prompt_tokens: u64,
    /// Of these, those that had been computed before.
    cached_tokens: u64,
    /// Of the reply.
    completion_tokens: u64,
}

/// A direction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::SwipeRequest)]
pub struct SwipeRequest {
    /// `next` or `previous`.
    #[schema(example = "previous")]
    pub direction: String,
}

/// Turns to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::BackRequest)]
pub struct BackRequest {
    /// How many; or use `message`.
    #[schema(example = 1)]
    pub turns: Option<usize>,
    /// The message that the conversation shall end with.
    pub message: Option<u64>,
}

/// A branch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::BranchRequest)]
pub struct BranchRequest {
    /// Its name. One that is there is gone to; a new one begins behind `message`, or behind the last one.
    #[schema(example = "what if")]
    pub name: String,
    /// The message that it begins behind.
    pub message: Option<u64>,
}

/// A fresh window.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = companions::WindowRequest)]
pub struct WindowRequest {
    /// What to call it: 1 to 100 characters, none of them a control character.
    #[schema(example = "The trip")]
    pub title: Option<String>,
}

/// Another wording.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::TextRequest)]
pub struct TextRequest {
    /// The words.
    #[schema(example = "Good evening!")]
    pub text: String,
}

/// What is known of the user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Fact)]
pub struct FactShown {
    /// Which one.
    pub id: u64,
    /// What it is about, such as `identity` or `preference`.
    #[schema(value_type = String)]
    pub kind: FactKind,
    /// The whole as a sentence.
    pub text: String,
    /// Who it is about: `user`, `companion`, or a name.
    pub subject: String,
    /// What it says of them, such as `lives_in`.
    pub predicate: String,
    /// What that is, such as `Lyon`.
    pub value: String,
    /// Since when it holds (RFC 3339).
    pub valid_from: Option<String>,
    /// Until when it holds (RFC 3339).
    pub valid_to: Option<String>,
    /// The newer fact that holds instead.
    pub superseded_by: Option<u64>,
    /// Whether it is known from messages beside the conversation's present path alone: it does not hold here.
    pub aside: bool,
    /// The messages that it is known from, with the words that say it.
    pub sources: Vec<FactSourceShown>,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// Whether it is in every prompt.
    pub pinned: bool,
    /// Who found it: `pattern`, `model`, `user` or `import`.
    #[schema(value_type = String)]
    pub origin: FactOrigin,
}

/// A message that a fact is known from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::FactSource)]
pub struct FactSourceShown {
    /// Which one.
    message: u64,
    /// Its words that say it.
    quote: Option<String>,
}

impl From<FactSource> for FactSourceShown {
    fn from(source: FactSource) -> Self {
        Self { message: source.message.0, quote: source.quote }
    }
}

impl From<Fact> for FactShown {
    fn from(fact: Fact) -> Self {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let content = fact.content;
        Self {
            id: fact.id.0,
            kind: content.kind,
            text: content.text,
            subject: content.subject,
            predicate: content.predicate,
            value: content.value,
            valid_from: time(content.valid_from),
            valid_to: time(content.valid_to),
            superseded_by: fact.superseded_by.map(|id| id.0),
            aside: fact.aside,
            sources: content.sources.into_iter().map(FactSourceShown::from).collect(),
            confidence: content.confidence,
            pinned: content.pinned,
            origin: content.origin,
        }
    }
}

/// Facts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = companions::Facts)]
pub struct Facts {
    /// In the order in which they were found.
    pub facts: Vec<FactShown>,
}

/// Which facts.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FactQuery {
    /// Also what was true earlier.
    pub all: bool,
}

/// Something to be remembered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::NewFact)]
pub struct NewFactRequest {
    /// In the user's own words.
    #[schema(example = "I am allergic to peanuts")]
    pub text: String,
    /// Whether it is in every prompt.
    #[serde(default)]
    pub pinned: bool,
    /// Whether it is a topic that must not be brought up.
    #[serde(default)]
    pub avoid: bool,
}

/// A correction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::FactChange)]
pub struct FactChange {
    /// What it says instead.
    pub text: Option<String>,
    /// Whether it is in every prompt.
    pub pinned: Option<bool>,
}

/// Words to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::RecallRequest)]
pub struct RecallRequest {
    /// Words, or a question.
    #[schema(example = "When is my sister's wedding?")]
    pub query: String,
    /// Tokens of all memories together, about: 1,000 if left out.
    pub tokens: Option<usize>,
}

/// What is to be forgotten. With `query` alone it is only shown.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = companions::ForgetRequest)]
pub struct ForgetRequest {
    /// Words: what has to do with them is shown, nothing is deleted.
    #[schema(example = "peanuts")]
    pub query: Option<String>,
    /// Facts to delete.
    pub facts: Vec<u64>,
    /// Messages whose words to delete.
    pub messages: Vec<u64>,
}

/// The event that a step of a reply becomes: its name, and what it says.
pub fn reply_event(event: CompanionResult<ReplyEvent>) -> (&'static str, Value) {
    match event {
        Ok(ReplyEvent::Notice(notice)) => ("notice", json!({ "kind": notice.kind, "text": notice.text })),
        Ok(ReplyEvent::Planned(plan)) => ("planned", json!({ "prompt_tokens": plan.prompt_tokens })),
        Ok(ReplyEvent::Started(report)) => (
            "started",
            json!({ "prompt_tokens": report.prompt_tokens, "cached_tokens": report.cached_tokens }),
        ),
        Ok(ReplyEvent::Thought(text)) => ("thought", json!({ "text": text })),
        Ok(ReplyEvent::Text(text)) => ("text", json!({ "text": text })),
        Ok(ReplyEvent::Finished(finished)) => {
            let usage = finished.usage;
            let message = serde_json::to_value(MessageShown::from(finished.message)).unwrap_or_default();
            let reason = serde_json::to_value(&finished.reason).unwrap_or_default();
            let reason = if reason.is_string() { reason } else { "stop_text".into() };
            let usage = json!({
                "prompt_tokens": usage.prompt_tokens,
                "cached_tokens": usage.cached_tokens,
                "completion_tokens": usage.completion_tokens,
            });
            ("finished", json!({ "message": message, "finish_reason": reason, "usage": usage }))
        }
        Err(error) => ("error", super::problem::body(&ApiError::from(error))),
    }
}
