//! From whole answers to the reply of `/v1/chat/completions`. Must not know requests.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::super::reply::{Stamp, Tally, TimingsReply, TokenLogprobReply, UsageReply, finish_reason};
use super::request::ChatWishes;
use crate::answer::{Collected, CollectedCall};

/// The reply to a chat request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatCompletion)]
pub struct ChatCompletion {
    id: String,
    /// Always `chat.completion`.
    object: &'static str,
    /// Seconds since 1970.
    created: u64,
    model: String,
    /// Changes when the model's weights do.
    system_fingerprint: String,
    /// The answers.
    choices: Vec<ChatChoice>,
    usage: UsageReply,
    /// As in the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<String, String>>,
    /// Extension: how many of the oldest messages were left out, with `context_overflow: drop_oldest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped_messages: Option<usize>,
}

/// One of the answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatChoice)]
struct ChatChoice {
    index: usize,
    message: ChatReplyMessage,
    /// Those of the content.
    logprobs: Option<ChatLogprobs>,
    /// `stop`, `length` or `tool_calls`.
    finish_reason: &'static str,
    /// Extension: with `timings: true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<TimingsReply>,
}

/// What the assistant said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatReplyMessage)]
struct ChatReplyMessage {
    /// Always `assistant`.
    role: &'static str,
    /// `null` where there are calls of tools and nothing else.
    content: Option<String>,
    /// Always `null`.
    #[schema(value_type = Option<String>)]
    refusal: (),
    /// Extension: what it thought before it said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ChatReplyCall>,
}

/// A call of a tool.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatReplyCall)]
struct ChatReplyCall {
    id: String,
    /// Always `function`.
    r#type: &'static str,
    function: ChatReplyFunction,
}

/// A tool's name and arguments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatReplyFunction)]
struct ChatReplyFunction {
    name: String,
    /// JSON text of an object; cut short where `finish_reason` is `length`.
    arguments: String,
}

/// Log-probabilities of an answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatLogprobs)]
pub(super) struct ChatLogprobs {
    /// One for each token of the content.
    pub content: Vec<TokenLogprobReply>,
    /// Always `null`.
    #[schema(value_type = Option<Vec<TokenLogprobReply>>)]
    pub refusal: (),
}

impl ChatCompletion {
    /// The reply of `answers`.
    pub fn new(stamp: Stamp, answers: Vec<Collected>, wishes: ChatWishes) -> Self {
        let mut tally = Tally::default();
        for answer in &answers {
            tally.add(0, &answer.usage, answer.thought_tokens);
        }
        let dropped = answers.first().map(|answer| answer.prompt.dropped_messages);
        Self {
            id: format!("chatcmpl-{}", stamp.id),
            object: "chat.completion",
            created: stamp.created,
            model: stamp.model,
            system_fingerprint: stamp.fingerprint,
            usage: tally.reply(),
            dropped_messages: dropped.filter(|_| wishes.dropped_messages),
            choices: answers
                .into_iter()
                .enumerate()
                .map(|(index, answer)| ChatChoice::new(index, answer, &wishes))
                .collect(),
            metadata: wishes.metadata,
        }
    }
}

impl ChatChoice {
    fn new(index: usize, answer: Collected, wishes: &ChatWishes) -> Self {
        let logprobs = wishes.logprobs.then(|| ChatLogprobs {
            content: answer.logprobs.iter().map(TokenLogprobReply::from).collect(),
            refusal: (),
        });
        let is_call_alone = answer.text.is_empty() && !answer.tool_calls.is_empty();
        let message = ChatReplyMessage {
            role: "assistant",
            content: (!is_call_alone).then_some(answer.text),
            refusal: (),
            reasoning_content: Some(answer.thought).filter(|thought| !thought.is_empty()),
            tool_calls: answer.tool_calls.into_iter().map(ChatReplyCall::from).collect(),
        };
        Self {
            index,
            message,
            logprobs,
            finish_reason: finish_reason(&answer.ending),
            timings: wishes.timings.then(|| answer.timings.into()),
        }
    }
}

impl From<CollectedCall> for ChatReplyCall {
    fn from(call: CollectedCall) -> Self {
        let function = ChatReplyFunction { name: call.name, arguments: call.arguments };
        Self { id: call.id, r#type: "function", function }
    }
}
