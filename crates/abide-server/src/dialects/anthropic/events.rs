//! From pieces of an answer to the events of a stream, and from those to a whole message. Must not know HTTP.

use abide_generation::FinishReason;
use serde_json::Map;

use super::reply::{Delta, Ended, Event, OutputDetails, Reply, ReplyBlock, StopReason, Usage};
use crate::answer::{Ending, Piece};

/// Stands where Anthropic proves that thoughts are its own.
const SIGNATURE: &str = "abide";

/// What is shown of thoughts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// All of them.
    Whole,
    /// Their blocks, which are empty.
    Blocks,
    /// Nothing, as nobody asked for them.
    Nothing,
}

/// Makes events of the pieces of one answer.
#[derive(Debug)]
pub(super) struct Events {
    id: String,
    model: String,
    thoughts: Shown,
    blocks: usize,
    open: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Thinking,
    ToolUse,
}

impl Events {
    /// For an answer of `model`; `id` is random letters and digits.
    pub(super) fn new(id: &str, model: String, thoughts: Shown) -> Self {
        Self { id: format!("msg_{id}"), model, thoughts, blocks: 0, open: None }
    }

    /// What happens with `piece`.
    pub(super) fn push(&mut self, piece: Piece) -> Vec<Event> {
        match piece {
            Piece::Started(report) => {
                let usage = Usage {
                    input_tokens: report.prompt_tokens.saturating_sub(report.cached_tokens),
                    cache_read_input_tokens: report.cached_tokens,
                    ..Usage::default()
                };
                vec![Event::MessageStart { message: self.message(usage) }]
            }
            Piece::Thought(_) if self.thoughts == Shown::Nothing => Vec::new(),
            Piece::Thought(thinking) => {
                let mut events = self.enter(Kind::Thinking, || ReplyBlock::Thinking {
                    thinking: String::new(),
                    signature: String::new(),
                });
                if self.thoughts == Shown::Whole {
                    events.push(self.delta(Delta::Thinking { thinking }));
                }
                events
            }
            Piece::Text { text, .. } if text.is_empty() => Vec::new(),
            Piece::Text { text, .. } => {
                let mut events = self.enter(Kind::Text, || ReplyBlock::Text { text: String::new() });
                events.push(self.delta(Delta::Text { text }));
                events
            }
            Piece::ToolCall { id, name, .. } => {
                let mut events = self.close();
                events.extend(self.enter(Kind::ToolUse, || ReplyBlock::ToolUse {
                    id,
                    name,
                    input: Map::new(),
                }));
                events
            }
            Piece::ToolArguments { text, .. } => match self.open {
                Some(Kind::ToolUse) => vec![self.delta(Delta::InputJson { partial_json: text })],
                _ => Vec::new(),
            },
            Piece::Finished { ending, usage, thought_tokens, .. } => {
                let mut events = self.close();
                let usage = Usage {
                    input_tokens: usage.prompt_tokens.saturating_sub(usage.cached_tokens),
                    cache_read_input_tokens: usage.cached_tokens,
                    output_tokens: usage.completion_tokens,
                    output_tokens_details: Some(OutputDetails { thinking_tokens: thought_tokens }),
                    ..Usage::default()
                };
                events.push(Event::MessageDelta { delta: ended(ending), usage });
                events.push(Event::MessageStop);
                events
            }
        }
    }

    fn message(&self, usage: Usage) -> Reply {
        Reply {
            id: self.id.clone(),
            role: "assistant",
            model: self.model.clone(),
            content: Vec::new(),
            stop_reason: None,
            stop_sequence: None,
            usage,
        }
    }

    /// Begins a block of `kind` unless one is open.
    fn enter(&mut self, kind: Kind, block: impl FnOnce() -> ReplyBlock) -> Vec<Event> {
        if self.open == Some(kind) {
            return Vec::new();
        }
        let mut events = self.close();
        self.open = Some(kind);
        events.push(Event::ContentBlockStart { index: self.blocks, content_block: block() });
        events
    }

    fn delta(&self, delta: Delta) -> Event {
        Event::ContentBlockDelta { index: self.blocks, delta }
    }

    /// Ends the block that is open.
    fn close(&mut self) -> Vec<Event> {
        let Some(kind) = self.open.take() else { return Vec::new() };
        let signature = || Delta::Signature { signature: SIGNATURE.to_owned() };
        let signed = (kind == Kind::Thinking).then(|| self.delta(signature()));
        let index = self.blocks;
        self.blocks += 1;
        signed.into_iter().chain([Event::ContentBlockStop { index }]).collect()
    }
}

fn ended(ending: Ending) -> Ended {
    let (stop_reason, stop_sequence) = match ending {
        Ending::ToolCalls => (StopReason::ToolUse, None),
        Ending::Generator(FinishReason::EndOfTurn) => (StopReason::EndTurn, None),
        Ending::Generator(FinishReason::StopText(text)) => (StopReason::StopSequence, Some(text)),
        Ending::Generator(FinishReason::MaxTokens) => (StopReason::MaxTokens, None),
        Ending::Generator(FinishReason::ContextFull) => (StopReason::ModelContextWindowExceeded, None),
    };
    Ended { stop_reason, stop_sequence }
}

/// Puts a message together from its events, as clients do.
#[derive(Debug, Default)]
pub(super) struct Whole {
    message: Option<Reply>,
    arguments: String,
    complete: bool,
}

impl Whole {
    /// Adds what happened.
    pub(super) fn add(&mut self, event: Event) {
        let Some(message) = &mut self.message else {
            if let Event::MessageStart { message } = event {
                self.message = Some(message);
            }
            return;
        };
        match event {
            Event::MessageStart { .. } => {}
            Event::ContentBlockStart { content_block, .. } => message.content.push(content_block),
            Event::ContentBlockDelta { delta, .. } => match (message.content.last_mut(), delta) {
                (Some(ReplyBlock::Text { text }), Delta::Text { text: more }) => text.push_str(&more),
                (Some(ReplyBlock::Thinking { thinking, .. }), Delta::Thinking { thinking: more }) => {
                    thinking.push_str(&more);
                }
                (Some(ReplyBlock::Thinking { signature, .. }), Delta::Signature { signature: whole }) => {
                    *signature = whole;
                }
                (Some(ReplyBlock::ToolUse { .. }), Delta::InputJson { partial_json }) => {
                    self.arguments.push_str(&partial_json);
                }
                _ => {}
            },
            Event::ContentBlockStop { .. } => {
                let arguments = std::mem::take(&mut self.arguments);
                if let Some(ReplyBlock::ToolUse { input, .. }) = message.content.last_mut()
                    && !arguments.trim().is_empty()
                {
                    match serde_json::from_str(&arguments) {
                        Ok(read) => *input = read,
                        // A call that was cut short can't be made; the reason `max_tokens` says so.
                        Err(_) => drop(message.content.pop()),
                    }
                }
            }
            Event::MessageDelta { delta, usage } => {
                message.stop_reason = Some(delta.stop_reason);
                message.stop_sequence = delta.stop_sequence;
                message.usage = usage;
            }
            Event::MessageStop => self.complete = true,
        }
    }

    /// The message, if it is complete.
    pub(super) fn finish(self) -> Option<Reply> {
        self.message.filter(|_| self.complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abide_generation::{PromptReport, Timings, Usage as Tokens};
    use serde_json::{Value, json};

    fn text(text: &str) -> Piece {
        Piece::Text { text: text.to_owned(), logprobs: Vec::new() }
    }

    fn call(call: usize, name: &str) -> Piece {
        Piece::ToolCall { call, id: format!("call_{call}"), name: name.to_owned() }
    }

    fn arguments(call: usize, text: &str) -> Piece {
        Piece::ToolArguments { call, text: text.to_owned() }
    }

    fn finished(ending: Ending) -> Piece {
        let usage = Tokens { prompt_tokens: 10, cached_tokens: 4, completion_tokens: 7, ..Tokens::default() };
        Piece::Finished { ending, usage, thought_tokens: 2, timings: Timings::default() }
    }

    fn events(thoughts: Shown, pieces: impl IntoIterator<Item = Piece>) -> Vec<Event> {
        let mut events = Events::new("1", "tiny".to_owned(), thoughts);
        let report = PromptReport { prompt_tokens: 10, cached_tokens: 4, ..PromptReport::default() };
        let pieces = [Piece::Started(report)].into_iter().chain(pieces);
        pieces.flat_map(|piece| events.push(piece)).collect()
    }

    fn whole(pieces: impl IntoIterator<Item = Piece>) -> Value {
        let mut whole = Whole::default();
        events(Shown::Whole, pieces).into_iter().for_each(|event| whole.add(event));
        serde_json::to_value(whole.finish().unwrap()).unwrap()
    }

    #[test]
    fn blocks_open_and_close_around_what_they_hold() {
        let events = events(
            Shown::Whole,
            [
                Piece::Thought("Hm".to_owned()),
                Piece::Thought(".".to_owned()),
                text("I'll "),
                text(""),
                text("look."),
                call(0, "weather"),
                arguments(0, "{\"city\":"),
                arguments(0, "\"Paris\"}"),
                call(1, "now"),
                finished(Ending::ToolCalls),
            ],
        );
        insta::assert_json_snapshot!(events);
    }

    #[test]
    fn a_message_is_what_its_events_make() {
        let message = whole([
            Piece::Thought("Hm.".to_owned()),
            text("I'll look."),
            call(0, "weather"),
            arguments(0, "{\"city\":\"Paris\"}"),
            call(1, "now"),
            finished(Ending::ToolCalls),
        ]);
        insta::assert_json_snapshot!(message);
    }

    #[test]
    fn thoughts_that_are_not_shown_leave_a_signed_block() {
        let written = |thoughts| {
            let events = events(thoughts, [Piece::Thought("secret".to_owned()), text("Hi")]);
            serde_json::to_string(&events).unwrap()
        };
        let blocks = written(Shown::Blocks);
        assert!(!blocks.contains("secret") && blocks.contains("signature_delta"), "{blocks}");
        let nothing = written(Shown::Nothing);
        assert!(!nothing.contains("secret") && !nothing.contains("thinking"), "{nothing}");
    }

    #[test]
    fn endings_have_anthropics_names() {
        let end = |ending| {
            let message = whole([finished(Ending::Generator(ending))]);
            (message["stop_reason"].clone(), message["stop_sequence"].clone())
        };
        assert_eq!(end(FinishReason::EndOfTurn), (json!("end_turn"), Value::Null));
        assert_eq!(end(FinishReason::MaxTokens), (json!("max_tokens"), Value::Null));
        assert_eq!(end(FinishReason::StopText("END".to_owned())), (json!("stop_sequence"), json!("END")));
        assert_eq!(end(FinishReason::ContextFull), (json!("model_context_window_exceeded"), Value::Null));
    }

    #[test]
    fn a_call_that_was_cut_short_is_left_out() {
        let cut = Ending::Generator(FinishReason::MaxTokens);
        let message = whole([text("Let me"), call(0, "weather"), arguments(0, "{\"ci"), finished(cut)]);
        assert_eq!(message["content"], json!([{"type": "text", "text": "Let me"}]));
        assert_eq!(message["stop_reason"], "max_tokens");
    }

    #[test]
    fn an_answer_without_an_end_is_none() {
        let mut whole = Whole::default();
        events(Shown::Whole, [text("Hi")]).into_iter().for_each(|event| whole.add(event));
        assert!(whole.finish().is_none());
    }
}
