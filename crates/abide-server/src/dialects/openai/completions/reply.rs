//! From answers to the reply of `/v1/completions`, whole or streamed. Must not know requests.

use std::fmt::Write as _;

use axum::response::sse::Event;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::reply::{Stamp, Tally, TimingsReply, UsageField, UsageReply, finish_reason, finite};
use super::super::stream::{StreamOptions, Write, data, done, error_events};
use crate::ApiError;
use crate::answer::{Choice, Collected, Piece, PieceLogprob, TokenText};

/// How the reply is to look.
#[derive(Debug, Clone, PartialEq)]
pub struct CompletionWishes {
    /// Answers to each prompt.
    pub choices_each: usize,
    /// Whether the answer comes as events, and how they end.
    pub stream: Option<StreamOptions>,
    /// Whether the time taken is told.
    pub timings: bool,
    /// Whether log-probabilities are told.
    pub logprobs: bool,
    /// What is put before the answers to each prompt.
    pub echoes: Option<Vec<String>>,
}

impl CompletionWishes {
    fn echo(&self, index: usize) -> &str {
        self.echoes.as_ref().map_or("", |echoes| &echoes[index / self.choices_each])
    }
}

/// The reply to a completion request; in a stream, a part of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::Completion)]
pub struct Completion {
    id: String,
    /// Always `text_completion`.
    object: &'static str,
    /// Seconds since 1970.
    created: u64,
    model: String,
    /// Changes when the model's weights do.
    system_fingerprint: String,
    /// The answers: all to the first prompt, then all to the second one, and so on.
    choices: Vec<CompletionChoice>,
    /// In a stream: with `stream_options.include_usage`, `null` in all parts but the last.
    #[serde(skip_serializing_if = "UsageField::is_absent")]
    #[schema(value_type = Option<UsageReply>)]
    usage: UsageField,
}

/// One of the answers, or a part of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openai::CompletionChoice)]
struct CompletionChoice {
    text: String,
    index: usize,
    logprobs: Option<CompletionLogprobs>,
    /// `stop` or `length`.
    finish_reason: Option<&'static str>,
    /// Extension: with `timings: true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<TimingsReply>,
}

/// Log-probabilities, one for each token.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = openai::CompletionLogprobs)]
struct CompletionLogprobs {
    /// The tokens' texts; `bytes:\xf0\x9f` where they are parts of characters.
    tokens: Vec<String>,
    token_logprobs: Vec<f32>,
    /// The best candidates by their texts, and the chosen one.
    #[schema(value_type = Vec<Object>)]
    top_logprobs: Vec<Map<String, Value>>,
    /// Where each token begins in the text, in characters.
    text_offset: Vec<usize>,
}

impl CompletionLogprobs {
    /// Of tokens that begin at the character number `offset`, which is moved behind them.
    fn new(pieces: &[PieceLogprob], offset: &mut usize) -> Self {
        let mut logprobs = Self::default();
        for piece in pieces {
            logprobs.tokens.push(written(&piece.text));
            logprobs.token_logprobs.push(finite(piece.logprob));
            let mut top = Map::new();
            // The chosen one is among them even where it is not among the best.
            let chosen = (piece.token, piece.text.clone(), piece.logprob);
            for (_, text, logprob) in piece.top.iter().chain([&chosen]) {
                // Of candidates with the same text the better one comes first.
                top.entry(written(text)).or_insert_with(|| finite(*logprob).into());
            }
            logprobs.top_logprobs.push(top);
            logprobs.text_offset.push(*offset);
            // Bytes that continue a character are none of their own.
            *offset += piece.text.bytes().iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        }
        logprobs
    }
}

/// A token as this route has it: parts of characters are written out byte by byte.
fn written(text: &TokenText) -> String {
    if let Ok(text) = std::str::from_utf8(text.bytes()) {
        return text.to_owned();
    }
    let mut written = "bytes:".to_owned();
    for byte in text.bytes() {
        let _ = write!(written, "\\x{byte:02x}");
    }
    written
}

impl Completion {
    /// The reply of `answers`.
    pub fn new(stamp: Stamp, answers: Vec<Collected>, wishes: &CompletionWishes) -> Self {
        let mut tally = Tally::default();
        let choices = answers.into_iter().enumerate().map(|(index, answer)| {
            tally.add(index / wishes.choices_each, &answer.usage, answer.thought_tokens);
            CompletionChoice {
                text: format!("{}{}", wishes.echo(index), answer.text),
                index,
                logprobs: wishes.logprobs.then(|| CompletionLogprobs::new(&answer.logprobs, &mut 0)),
                finish_reason: Some(finish_reason(&answer.ending)),
                timings: wishes.timings.then(|| answer.timings.into()),
            }
        });
        let choices = choices.collect();
        Self::part(stamp, choices, UsageField::Told(tally.reply()))
    }

    fn part(stamp: Stamp, choices: Vec<CompletionChoice>, usage: UsageField) -> Self {
        Self {
            id: format!("cmpl-{}", stamp.id),
            object: "text_completion",
            created: stamp.created,
            model: stamp.model,
            system_fingerprint: stamp.fingerprint,
            choices,
            usage,
        }
    }
}

/// Writes the parts of a streamed reply.
pub struct CompletionStream {
    stamp: Stamp,
    wishes: CompletionWishes,
    tally: Tally,
    /// Characters of each answer so far.
    offsets: Vec<usize>,
}

impl CompletionStream {
    /// Of an answer that has `stamp`.
    pub fn new(stamp: Stamp, wishes: CompletionWishes) -> Self {
        Self { stamp, wishes, tally: Tally::default(), offsets: Vec::new() }
    }

    fn tells_usage(&self) -> bool {
        self.wishes.stream.as_ref().is_some_and(StreamOptions::tells_usage)
    }

    fn choice(&mut self, Choice { index, piece }: Choice) -> Option<CompletionChoice> {
        let mut choice = CompletionChoice {
            text: String::new(),
            index,
            logprobs: None,
            finish_reason: None,
            timings: None,
        };
        match piece {
            Piece::Started(_) => {
                self.wishes.echo(index).clone_into(&mut choice.text);
                if choice.text.is_empty() {
                    return None;
                }
            }
            Piece::Text { text, logprobs } => {
                if text.is_empty() && logprobs.is_empty() {
                    return None;
                }
                choice.text = text;
                if self.offsets.len() <= index {
                    self.offsets.resize(index + 1, 0);
                }
                choice.logprobs = (self.wishes.logprobs)
                    .then(|| CompletionLogprobs::new(&logprobs, &mut self.offsets[index]));
            }
            Piece::Finished { ending, usage, thought_tokens, timings } => {
                self.tally.add(index / self.wishes.choices_each, &usage, thought_tokens);
                choice.finish_reason = Some(finish_reason(&ending));
                choice.timings = self.wishes.timings.then(|| timings.into());
            }
            // A text has neither: it is continued as it is.
            Piece::Thought(_) | Piece::ToolCall { .. } | Piece::ToolArguments { .. } => return None,
        }
        Some(choice)
    }
}

impl Write for CompletionStream {
    fn piece(&mut self, choice: Choice) -> Vec<Event> {
        let Some(choice) = self.choice(choice) else { return Vec::new() };
        let usage = if self.tells_usage() { UsageField::Later } else { UsageField::Absent };
        vec![data(&Completion::part(self.stamp.clone(), vec![choice], usage))]
    }

    fn end(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if self.tells_usage() {
            let usage = UsageField::Told(self.tally.reply());
            events.push(data(&Completion::part(self.stamp.clone(), Vec::new(), usage)));
        }
        events.push(done());
        events
    }

    fn error(&mut self, error: &ApiError) -> Vec<Event> {
        error_events(error)
    }
}
