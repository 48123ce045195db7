//! From pieces to the chunks of a streamed `/v1/chat/completions`. Must not know requests.

use axum::response::sse::Event;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::reply::{
    Stamp, Tally, TimingsReply, TokenLogprobReply, UsageField, UsageReply, finish_reason,
};
use super::super::stream::{StreamOptions, Write, data, done, error_events};
use super::reply::ChatLogprobs;
use super::request::ChatWishes;
use crate::ApiError;
use crate::answer::{Choice, Piece};

/// A part of a streamed reply.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatChunk)]
pub struct ChatChunk {
    id: String,
    /// Always `chat.completion.chunk`.
    object: &'static str,
    /// Seconds since 1970.
    created: u64,
    model: String,
    /// Changes when the model's weights do.
    system_fingerprint: String,
    /// Of one answer; none in the last chunk, if that tells the usage.
    choices: Vec<ChunkChoice>,
    /// With `stream_options.include_usage`: `null` in all chunks but the last.
    #[serde(skip_serializing_if = "UsageField::is_absent")]
    #[schema(value_type = Option<UsageReply>)]
    usage: UsageField,
    /// Extension: how many of the oldest messages were left out, with `context_overflow: drop_oldest`; in the first chunk of an
    /// answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped_messages: Option<usize>,
}

/// A part of one of the answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatChunkChoice)]
struct ChunkChoice {
    index: usize,
    delta: Delta,
    logprobs: Option<ChatLogprobs>,
    /// In an answer's last chunk: `stop`, `length` or `tool_calls`.
    finish_reason: Option<&'static str>,
    /// Extension: with `timings: true`, in an answer's last chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<TimingsReply>,
}

/// What comes to a message.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = openai::ChatDelta)]
struct Delta {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// Extension: thoughts.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<DeltaCall>,
}

/// What comes to a call of a tool.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatDeltaCall)]
struct DeltaCall {
    /// Which call of the message.
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Always `function`.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    function: DeltaFunction,
}

/// What comes to a call's name and arguments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::ChatDeltaFunction)]
struct DeltaFunction {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The next part of their JSON text.
    arguments: String,
}

/// Writes the chunks of an answer.
pub struct ChatChunks {
    stamp: Stamp,
    wishes: ChatWishes,
    tally: Tally,
}

impl ChatChunks {
    /// Of an answer that has `stamp`.
    pub fn new(stamp: Stamp, wishes: ChatWishes) -> Self {
        Self { stamp, wishes, tally: Tally::default() }
    }

    fn tells_usage(&self) -> bool {
        self.wishes.stream.as_ref().is_some_and(StreamOptions::tells_usage)
    }

    fn chunk(&self, choices: Vec<ChunkChoice>) -> ChatChunk {
        let Stamp { id, created, model, fingerprint } = self.stamp.clone();
        ChatChunk {
            id: format!("chatcmpl-{id}"),
            object: "chat.completion.chunk",
            created,
            model,
            system_fingerprint: fingerprint,
            choices,
            usage: if self.tells_usage() { UsageField::Later } else { UsageField::Absent },
            dropped_messages: None,
        }
    }

    fn choice_chunk(&mut self, Choice { index, piece }: Choice) -> Option<ChatChunk> {
        let mut choice = ChunkChoice {
            index,
            delta: Delta::default(),
            logprobs: None,
            finish_reason: None,
            timings: None,
        };
        let mut dropped_messages = None;
        match piece {
            Piece::Started(report) => {
                choice.delta =
                    Delta { role: Some("assistant"), content: Some(String::new()), ..Delta::default() };
                dropped_messages = Some(report.dropped_messages).filter(|_| self.wishes.dropped_messages);
            }
            Piece::Thought(text) => choice.delta.reasoning_content = Some(text),
            Piece::Text { text, logprobs } => {
                if text.is_empty() && logprobs.is_empty() {
                    return None;
                }
                choice.delta.content = Some(text);
                choice.logprobs = self.wishes.logprobs.then(|| ChatLogprobs {
                    content: logprobs.iter().map(TokenLogprobReply::from).collect(),
                    refusal: (),
                });
            }
            Piece::ToolCall { call, id, name } => {
                let function = DeltaFunction { name: Some(name), arguments: String::new() };
                choice.delta.tool_calls =
                    vec![DeltaCall { index: call, id: Some(id), r#type: Some("function"), function }];
            }
            Piece::ToolArguments { call, text } => {
                let function = DeltaFunction { name: None, arguments: text };
                choice.delta.tool_calls = vec![DeltaCall { index: call, id: None, r#type: None, function }];
            }
            Piece::Finished { ending, usage, thought_tokens, timings } => {
                self.tally.add(0, &usage, thought_tokens);
                choice.finish_reason = Some(finish_reason(&ending));
                choice.timings = self.wishes.timings.then(|| timings.into());
            }
        }
        Some(ChatChunk { dropped_messages, ..self.chunk(vec![choice]) })
    }
}

impl Write for ChatChunks {
    fn piece(&mut self, choice: Choice) -> Vec<Event> {
        self.choice_chunk(choice).iter().map(data).collect()
    }

    fn end(&mut self) -> Vec<Event> {
        let usage = self
            .tells_usage()
            .then(|| ChatChunk { usage: UsageField::Told(self.tally.reply()), ..self.chunk(Vec::new()) });
        usage.iter().map(data).chain([done()]).collect()
    }

    fn error(&mut self, error: &ApiError) -> Vec<Event> {
        error_events(error)
    }
}
