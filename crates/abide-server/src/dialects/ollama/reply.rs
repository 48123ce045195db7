//! From pieces of an answer to what Ollama's replies hold: a delta for each line of a stream, or all of them in one. Must
//! not know HTTP.

use std::time::Duration;

use abide_generation::{FinishReason, Timings, Usage};
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

use super::message::{CalledFunction, FunctionKind, ToolCall};
use crate::answer::{Ending, Piece, PieceLogprob, TokenText};

/// What came since the last line.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Delta {
    pub(super) text: String,
    pub(super) thinking: String,
    pub(super) tool_calls: Vec<ToolCall>,
    pub(super) logprobs: Vec<Logprob>,
    pub(super) end: Option<End>,
}

impl Delta {
    /// Adds what came later.
    pub(super) fn absorb(&mut self, later: Self) {
        self.text.push_str(&later.text);
        self.thinking.push_str(&later.thinking);
        self.tool_calls.extend(later.tool_calls);
        self.logprobs.extend(later.logprobs);
        self.end = later.end.or(self.end.take());
    }
}

/// Why an answer ended, and what it took.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct End {
    pub(super) reason: DoneReason,
    pub(super) usage: Usage,
    pub(super) timings: Timings,
    pub(super) dropped_messages: usize,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ollama::DoneReason)]
pub(super) enum DoneReason {
    /// The model ended it, or a stop text came up.
    Stop,
    /// `num_predict` tokens were made, or the context is full.
    Length,
    /// Nothing was asked but to load the model.
    Load,
    /// Nothing was asked but to unload the model.
    Unload,
}

/// A token with the natural logarithm of its probability.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ollama::Logprob)]
pub(super) struct Logprob {
    #[serde(flatten)]
    chosen: TokenLogprob,
    /// The best candidates, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    top_logprobs: Vec<TokenLogprob>,
}

/// A token and the natural logarithm of its probability.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ollama::TokenLogprob)]
struct TokenLogprob {
    /// Its text.
    token: String,
    /// The logarithm.
    logprob: f32,
    /// The text's bytes, which the text doesn't show where they are part of a character.
    bytes: Vec<u8>,
}

impl TokenLogprob {
    fn new(text: &TokenText, logprob: f32) -> Self {
        Self { token: text.text().into_owned(), logprob, bytes: text.bytes().to_vec() }
    }
}

impl From<&PieceLogprob> for Logprob {
    fn from(piece: &PieceLogprob) -> Self {
        let top = piece.top.iter().map(|(_, text, logprob)| TokenLogprob::new(text, *logprob));
        Self { chosen: TokenLogprob::new(&piece.text, piece.logprob), top_logprobs: top.collect() }
    }
}

/// The end of a reply in nanoseconds and tokens; nothing but `done: false` before it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ollama::Metrics)]
pub(super) struct Metrics {
    /// Whether this is the end.
    pub(super) done: bool,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) done_reason: Option<DoneReason>,
    /// From the request's arrival.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total_duration: Option<u64>,
    /// Until the model was in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) load_duration: Option<u64>,
    /// Tokens of the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt_eval_count: Option<usize>,
    /// To read the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt_eval_duration: Option<u64>,
    /// Tokens of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) eval_count: Option<usize>,
    /// To make the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) eval_duration: Option<u64>,
    /// An extension: messages left out because the prompt did not fit (`truncate`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dropped_messages: Option<usize>,
}

impl Metrics {
    /// Those of `end`; `load` and `total` are counted from the request's arrival.
    pub(super) fn new(end: &End, load: Duration, total: Duration) -> Self {
        Self {
            done: true,
            done_reason: Some(end.reason),
            total_duration: Some(nanoseconds(total)),
            load_duration: Some(nanoseconds(load)),
            prompt_eval_count: Some(end.usage.prompt_tokens),
            prompt_eval_duration: Some(nanoseconds(end.timings.prefill)),
            eval_count: Some(end.usage.completion_tokens),
            eval_duration: Some(nanoseconds(end.timings.decode)),
            dropped_messages: (end.dropped_messages > 0).then_some(end.dropped_messages),
        }
    }

    /// The end of a reply that has no answer.
    pub(super) fn without_answer(reason: DoneReason) -> Self {
        Self { done: true, done_reason: Some(reason), ..Self::default() }
    }
}

/// A duration as Ollama writes it.
pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Makes deltas of the pieces of one answer. Calls of tools come whole, because their arguments are an object here.
#[derive(Debug, Default)]
pub(super) struct Deltas {
    call: Option<OpenCall>,
    calls: usize,
    dropped_messages: usize,
}

#[derive(Debug)]
struct OpenCall {
    id: String,
    name: String,
    arguments: String,
}

impl Deltas {
    /// What `piece` adds, if it adds anything to be shown.
    pub(super) fn push(&mut self, piece: Piece) -> Option<Delta> {
        match piece {
            Piece::Started(report) => {
                self.dropped_messages = report.dropped_messages;
                None
            }
            Piece::Thought(thinking) => Some(Delta { thinking, ..self.close() }),
            Piece::Text { text, logprobs } => {
                let logprobs: Vec<_> = logprobs.iter().map(Logprob::from).collect();
                let delta = Delta { text, logprobs, ..self.close() };
                (delta != Delta::default()).then_some(delta)
            }
            Piece::ToolCall { id, name, .. } => {
                let before = self.close();
                self.call = Some(OpenCall { id, name, arguments: String::new() });
                (!before.tool_calls.is_empty()).then_some(before)
            }
            Piece::ToolArguments { text, .. } => {
                if let Some(call) = &mut self.call {
                    call.arguments.push_str(&text);
                }
                None
            }
            Piece::Finished { ending, usage, timings, .. } => {
                let reason = match ending {
                    Ending::Generator(FinishReason::MaxTokens | FinishReason::ContextFull) => {
                        DoneReason::Length
                    }
                    Ending::Generator(FinishReason::EndOfTurn | FinishReason::StopText(_))
                    | Ending::ToolCalls => DoneReason::Stop,
                };
                let end = End { reason, usage, timings, dropped_messages: self.dropped_messages };
                Some(Delta { end: Some(end), ..self.close() })
            }
        }
    }

    /// The call that is complete now. One that was cut short has no arguments that could be shown; the reason `length` says so.
    fn close(&mut self) -> Delta {
        let Some(call) = self.call.take() else { return Delta::default() };
        let arguments = if call.arguments.trim().is_empty() {
            Some(Map::new())
        } else {
            serde_json::from_str(&call.arguments).ok()
        };
        let Some(arguments) = arguments else { return Delta::default() };
        let function = CalledFunction { index: Some(self.calls), name: call.name, arguments };
        self.calls += 1;
        let call = ToolCall { id: Some(call.id), kind: Some(FunctionKind::Function), function };
        Delta { tool_calls: vec![call], ..Delta::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abide_generation::PromptReport;
    use serde_json::json;

    fn finished(ending: Ending) -> Piece {
        let usage = Usage { prompt_tokens: 7, completion_tokens: 3, ..Usage::default() };
        Piece::Finished { ending, usage, thought_tokens: 0, timings: Timings::default() }
    }

    fn text(text: &str) -> Piece {
        Piece::Text { text: text.to_owned(), logprobs: Vec::new() }
    }

    fn call(call: usize, name: &str) -> Piece {
        Piece::ToolCall { call, id: format!("call_{call}"), name: name.to_owned() }
    }

    fn arguments(call: usize, text: &str) -> Piece {
        Piece::ToolArguments { call, text: text.to_owned() }
    }

    fn deltas(pieces: impl IntoIterator<Item = Piece>) -> Vec<Delta> {
        let mut deltas = Deltas::default();
        pieces.into_iter().filter_map(|piece| deltas.push(piece)).collect()
    }

    fn merged(pieces: impl IntoIterator<Item = Piece>) -> Delta {
        let mut whole = Delta::default();
        deltas(pieces).into_iter().for_each(|delta| whole.absorb(delta));
        whole
    }

    #[test]
    fn calls_come_whole_and_in_order() {
        let whole = merged([
            Piece::Started(PromptReport { dropped_messages: 2, ..PromptReport::default() }),
            Piece::Thought("two ".to_owned()),
            Piece::Thought("calls".to_owned()),
            text("Let me see."),
            call(0, "weather"),
            arguments(0, "{\"city\":"),
            arguments(0, " \"Paris\"}"),
            call(1, "now"),
            arguments(1, ""),
            finished(Ending::ToolCalls),
        ]);
        assert_eq!((whole.thinking.as_str(), whole.text.as_str()), ("two calls", "Let me see."));
        let calls = serde_json::to_value(&whole.tool_calls).unwrap();
        let expected = json!([
            {"id": "call_0", "type": "function", "function": {"index": 0, "name": "weather", "arguments": {"city": "Paris"}}},
            {"id": "call_1", "type": "function", "function": {"index": 1, "name": "now", "arguments": {}}},
        ]);
        assert_eq!(calls, expected);
        let end = whole.end.unwrap();
        assert_eq!((end.reason, end.dropped_messages), (DoneReason::Stop, 2));
    }

    #[test]
    fn a_call_that_was_cut_short_is_not_shown() {
        let cut = Ending::Generator(FinishReason::MaxTokens);
        let whole = merged([call(0, "weather"), arguments(0, "{\"city\": \"Pa"), finished(cut)]);
        assert!(whole.tool_calls.is_empty());
        assert_eq!(whole.end.unwrap().reason, DoneReason::Length);
    }

    #[test]
    fn each_piece_that_shows_something_is_one_delta() {
        let deltas =
            deltas([text("a"), text(""), text("b"), finished(Ending::Generator(FinishReason::EndOfTurn))]);
        let texts: Vec<_> = deltas.iter().map(|delta| delta.text.as_str()).collect();
        assert_eq!(texts, ["a", "b", ""]);
    }

    #[test]
    fn endings_have_ollamas_names() {
        let reason = |ending| merged([finished(Ending::Generator(ending))]).end.unwrap().reason;
        assert_eq!(reason(FinishReason::EndOfTurn), DoneReason::Stop);
        assert_eq!(reason(FinishReason::StopText("x".to_owned())), DoneReason::Stop);
        assert_eq!(reason(FinishReason::MaxTokens), DoneReason::Length);
        assert_eq!(reason(FinishReason::ContextFull), DoneReason::Length);
    }
}
