//! What happens while a response is made, in the dialect's order of events. Whole responses are what is left at their end.
//! Must not know requests.

use abide_generation::Timings;
use axum::response::sse::Event;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::reply::{Stamp, TokenLogprobReply};
use super::super::stream::{Write, to_json};
use super::reply::{OutputItem, Part, ResponseReply, ResponseUsage, Status, Told, status_of};
use super::request::ResponseWishes;
use crate::ApiError;
use crate::answer::{Choice, Ending, Piece};

/// Something that happened to a response. In the stream each has a `sequence_number`, too.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type")]
#[schema(as = openai::ResponseEvent)]
pub enum ResponseEvent {
    #[serde(rename = "response.created")]
    Created { response: Box<ResponseReply> },
    #[serde(rename = "response.in_progress")]
    InProgress { response: Box<ResponseReply> },
    #[serde(rename = "response.output_item.added")]
    ItemAdded { output_index: usize, item: OutputItem },
    #[serde(rename = "response.output_item.done")]
    ItemDone { output_index: usize, item: OutputItem },
    #[serde(rename = "response.content_part.added")]
    PartAdded { item_id: String, output_index: usize, content_index: usize, part: Part },
    #[serde(rename = "response.content_part.done")]
    PartDone { item_id: String, output_index: usize, content_index: usize, part: Part },
    #[serde(rename = "response.reasoning_text.delta")]
    ThoughtDelta { item_id: String, output_index: usize, content_index: usize, delta: String },
    #[serde(rename = "response.reasoning_text.done")]
    ThoughtDone { item_id: String, output_index: usize, content_index: usize, text: String },
    #[serde(rename = "response.output_text.delta")]
    TextDelta {
        item_id: String,
        output_index: usize,
        content_index: usize,
        delta: String,
        logprobs: Vec<TokenLogprobReply>,
    },
    #[serde(rename = "response.output_text.done")]
    TextDone {
        item_id: String,
        output_index: usize,
        content_index: usize,
        text: String,
        logprobs: Vec<TokenLogprobReply>,
    },
    #[serde(rename = "response.function_call_arguments.delta")]
    ArgumentsDelta { item_id: String, output_index: usize, delta: String },
    #[serde(rename = "response.function_call_arguments.done")]
    ArgumentsDone { item_id: String, output_index: usize, name: String, arguments: String },
    #[serde(rename = "response.completed")]
    Completed { response: Box<ResponseReply> },
    #[serde(rename = "response.incomplete")]
    Incomplete { response: Box<ResponseReply> },
    #[serde(rename = "response.failed")]
    Failed { response: Box<ResponseReply> },
}

/// The item that is being made.
enum Open {
    Thought(String),
    Text { text: String, logprobs: Vec<TokenLogprobReply> },
    Call { call_id: String, name: String, arguments: String },
}

/// A response that is being made.
pub struct Making {
    /// As it was last complete in itself.
    response: ResponseReply,
    stamp: Stamp,
    told: Told,
    done: Vec<OutputItem>,
    open: Option<Open>,
    dropped_messages: usize,
    sequence_number: u64,
}

impl Making {
    /// One that nothing has happened to.
    pub fn new(stamp: Stamp, wishes: ResponseWishes) -> Self {
        let told = Told::from(&wishes);
        Self {
            response: ResponseReply::new(&stamp, wishes.echo),
            stamp,
            told,
            done: Vec::new(),
            open: None,
            dropped_messages: 0,
            sequence_number: 0,
        }
    }

    /// What is there of it.
    pub fn into_response(self) -> ResponseReply {
        self.response
    }

    /// What a piece of the answer does to it.
    pub fn take(&mut self, piece: Piece) -> Vec<ResponseEvent> {
        let mut events = Vec::new();
        match piece {
            Piece::Started(report) => self.dropped_messages = report.dropped_messages,
            Piece::Thought(text) => self.think(text, &mut events),
            Piece::Text { text, logprobs } => {
                if !text.is_empty() || !logprobs.is_empty() {
                    self.say(text, logprobs.iter().map(Into::into).collect(), &mut events);
                }
            }
            Piece::ToolCall { id, name, .. } => {
                self.open(Open::Call { call_id: id, name, arguments: String::new() }, &mut events);
            }
            Piece::ToolArguments { text, .. } => self.argue(text, &mut events),
            Piece::Finished { ending, usage, thought_tokens, timings } => {
                self.finish(&ending, ResponseUsage::new(&usage, thought_tokens), timings, &mut events);
            }
        }
        events
    }

    fn think(&mut self, delta: String, events: &mut Vec<ResponseEvent>) {
        if !matches!(self.open, Some(Open::Thought(_))) {
            self.open(Open::Thought(String::new()), events);
        }
        if let Some(Open::Thought(text)) = &mut self.open {
            text.push_str(&delta);
        }
        let (item_id, output_index) = self.place();
        events.push(ResponseEvent::ThoughtDelta { item_id, output_index, content_index: 0, delta });
    }

    fn say(&mut self, delta: String, logprobs: Vec<TokenLogprobReply>, events: &mut Vec<ResponseEvent>) {
        if !matches!(self.open, Some(Open::Text { .. })) {
            self.open(Open::Text { text: String::new(), logprobs: Vec::new() }, events);
        }
        if let Some(Open::Text { text, logprobs: all }) = &mut self.open {
            text.push_str(&delta);
            all.extend(logprobs.iter().cloned());
        }
        let (item_id, output_index) = self.place();
        events.push(ResponseEvent::TextDelta { item_id, output_index, content_index: 0, delta, logprobs });
    }

    fn argue(&mut self, delta: String, events: &mut Vec<ResponseEvent>) {
        // Arguments belong to the call that began last.
        let Some(Open::Call { arguments, .. }) = &mut self.open else { return };
        arguments.push_str(&delta);
        let (item_id, output_index) = self.place();
        events.push(ResponseEvent::ArgumentsDelta { item_id, output_index, delta });
    }

    fn finish(
        &mut self,
        ending: &Ending,
        usage: ResponseUsage,
        timings: Timings,
        events: &mut Vec<ResponseEvent>,
    ) {
        if self.open.is_none() && self.done.is_empty() {
            // The dialect has no response without output.
            self.open(Open::Text { text: String::new(), logprobs: Vec::new() }, events);
        }
        let status = status_of(ending);
        self.close(status, events);
        self.response.finish(std::mem::take(&mut self.done), ending, usage);
        self.response.tell(&self.told, self.dropped_messages, timings);
        let response = Box::new(self.response.clone());
        events.push(match status {
            Status::Incomplete => ResponseEvent::Incomplete { response },
            _ => ResponseEvent::Completed { response },
        });
    }

    /// Ends it where it is.
    fn fail(&mut self, error: &ApiError) -> ResponseEvent {
        let mut output = std::mem::take(&mut self.done);
        if let Some(open) = self.open.take() {
            output.push(self.item(&open, output.len(), Status::Incomplete));
        }
        self.response.fail(output, error);
        ResponseEvent::Failed { response: Box::new(self.response.clone()) }
    }

    /// Begins an item, after the one before it is done.
    fn open(&mut self, open: Open, events: &mut Vec<ResponseEvent>) {
        self.close(Status::Completed, events);
        let output_index = self.done.len();
        let mut item = self.item(&open, output_index, Status::InProgress);
        let part = first_part(&mut item);
        let item_id = self.id(&open, output_index);
        events.push(ResponseEvent::ItemAdded { output_index, item });
        if let Some(part) = part {
            events.push(ResponseEvent::PartAdded { item_id, output_index, content_index: 0, part });
        }
        self.open = Some(open);
    }

    /// Ends the item that is open, if one is.
    fn close(&mut self, status: Status, events: &mut Vec<ResponseEvent>) {
        let Some(open) = self.open.take() else { return };
        let output_index = self.done.len();
        let item = self.item(&open, output_index, status);
        let item_id = self.id(&open, output_index);
        let content_index = 0;
        events.push(match open {
            Open::Thought(text) => {
                ResponseEvent::ThoughtDone { item_id: item_id.clone(), output_index, content_index, text }
            }
            Open::Text { text, logprobs } => ResponseEvent::TextDone {
                item_id: item_id.clone(),
                output_index,
                content_index,
                text,
                logprobs,
            },
            Open::Call { name, arguments, .. } => {
                ResponseEvent::ArgumentsDone { item_id: item_id.clone(), output_index, name, arguments }
            }
        });
        if let Some(part) = first_part(&mut item.clone()) {
            events.push(ResponseEvent::PartDone { item_id, output_index, content_index, part });
        }
        events.push(ResponseEvent::ItemDone { output_index, item: item.clone() });
        self.done.push(item);
    }

    /// Id and index of the item that is open.
    fn place(&self) -> (String, usize) {
        let index = self.done.len();
        (self.open.as_ref().map(|open| self.id(open, index)).unwrap_or_default(), index)
    }

    fn id(&self, open: &Open, index: usize) -> String {
        let kind = match open {
            Open::Thought(_) => "rs",
            Open::Text { .. } => "msg",
            Open::Call { .. } => "fc",
        };
        format!("{kind}_{}{index:04x}", self.stamp.id)
    }

    fn item(&self, open: &Open, index: usize, status: Status) -> OutputItem {
        let id = self.id(open, index);
        match open {
            Open::Thought(text) => OutputItem::Reasoning {
                id,
                summary: [],
                content: vec![Part::ReasoningText { text: text.clone() }],
                status,
            },
            Open::Text { text, logprobs } => OutputItem::Message {
                id,
                role: "assistant",
                content: vec![Part::OutputText {
                    text: text.clone(),
                    annotations: [],
                    logprobs: logprobs.clone(),
                }],
                status,
            },
            Open::Call { call_id, name, arguments } => OutputItem::FunctionCall {
                id,
                call_id: call_id.clone(),
                name: name.clone(),
                arguments: arguments.clone(),
                status,
            },
        }
    }

    /// The events with their numbers, as they are sent.
    fn numbered(&mut self, events: Vec<ResponseEvent>) -> Vec<Event> {
        let number = |event| {
            let numbered = Numbered { event, sequence_number: self.sequence_number };
            self.sequence_number += 1;
            let text = to_json(&numbered);
            Event::default().event(name_in(&text)).data(&text)
        };
        events.into_iter().map(number).collect()
    }
}

#[derive(Serialize)]
struct Numbered {
    #[serde(flatten)]
    event: ResponseEvent,
    sequence_number: u64,
}

/// The name of an event, which is the type that its JSON text begins with.
fn name_in(text: &str) -> &str {
    text.strip_prefix(r#"{"type":""#).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// Takes the only part of an item out, if the item is of those that have parts.
fn first_part(item: &mut OutputItem) -> Option<Part> {
    match item {
        OutputItem::Reasoning { content, .. } | OutputItem::Message { content, .. } => content.pop(),
        OutputItem::FunctionCall { .. } => None,
    }
}

impl Write for Making {
    fn begin(&mut self) -> Vec<Event> {
        let response = Box::new(self.response.clone());
        let events = vec![
            ResponseEvent::Created { response: response.clone() },
            ResponseEvent::InProgress { response },
        ];
        self.numbered(events)
    }

    fn piece(&mut self, choice: Choice) -> Vec<Event> {
        let events = self.take(choice.piece);
        self.numbered(events)
    }

    fn end(&mut self) -> Vec<Event> {
        // The last piece has brought the last event.
        Vec::new()
    }

    fn error(&mut self, error: &ApiError) -> Vec<Event> {
        let event = self.fail(error);
        self.numbered(vec![event])
    }
}
