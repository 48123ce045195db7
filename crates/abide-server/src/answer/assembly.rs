//! From the events of one generation to the pieces of one answer. Must not know where the events come from, or who
//! wants the pieces.

use std::collections::HashMap;

use abide_generation::{
    FinishReason, GenerationError, GenerationEvent, Generator, Part, StopFilter, ThoughtMarks, Thoughts,
    TokenEvent, TokenLogprob,
};
use uuid::Uuid;

use super::stops::Stops;
use super::tools::{self, Reader, Reading, Rest};
use super::{Ending, Piece, PieceLogprob, TokenText};
use crate::ApiError;

/// Texts of tokens that are kept; log-probabilities name the same ones again and again.
const TOKEN_TEXTS_MAX: usize = 4096;

/// Letters and digits in the id of a call.
const CALL_ID_LENGTH: usize = 24;

/// Makes pieces of events.
#[derive(Debug)]
pub(super) struct Assembly {
    marks: Option<ThoughtMarks>,
    thoughts: Thoughts,
    /// Of an answer that may have calls.
    reader: Option<Reader>,
    stops: Stops,
    thought_tokens: usize,
    /// Of tokens whose text has not come yet.
    logprobs: Vec<PieceLogprob>,
    /// Those of the last tokens, whose text is held back because it may be a stop text.
    withheld: Vec<PieceLogprob>,
    token_texts: HashMap<u32, TokenText>,
}

impl Assembly {
    /// For an answer of a model that writes its thoughts between `marks`, whose words end at `stops`. `reading`: it may have calls.
    pub(super) fn new(marks: Option<ThoughtMarks>, reading: Option<Reading>, stops: StopFilter) -> Self {
        Self {
            thoughts: Thoughts::new(marks.clone(), false),
            marks,
            reader: reading.map(|reading| Reader::new(reading.rules)),
            stops: Stops::new(stops),
            thought_tokens: 0,
            logprobs: Vec::new(),
            withheld: Vec::new(),
            token_texts: HashMap::new(),
        }
    }

    /// The stop text at which the answer ends, if one came up that its generator doesn't know of.
    pub(super) fn stop_found(&self) -> Option<&str> {
        self.stops.found()
    }

    /// What a client is told of a failure in the middle of the answer: the grammar of calls is none that anybody sent.
    pub(super) fn failed(&self, error: GenerationError) -> ApiError {
        match error {
            GenerationError::Constraint { problem, .. } if self.reader.is_some() => {
                ApiError::invalid("tools", format_args!("have a schema that can't be followed: {problem}"))
            }
            error => error.into(),
        }
    }

    /// Adds the pieces that became certain with `event` to `pieces`.
    pub(super) fn take(
        &mut self,
        event: GenerationEvent,
        generator: &dyn Generator,
        pieces: &mut Vec<Piece>,
    ) {
        match event {
            GenerationEvent::Started(report) => {
                self.thoughts = Thoughts::new(self.marks.take(), report.thought_open);
                pieces.push(Piece::Started(report));
            }
            GenerationEvent::Token(token) => self.token(token, generator, pieces),
            GenerationEvent::Finished { reason, usage, timings } => {
                self.finish(&reason, pieces);
                // It may have stood in what was held back until the end.
                let stop = self.stop_found().map(|stop| FinishReason::StopText(stop.to_owned()));
                let ending = self.ending(stop.unwrap_or(reason));
                let thought_tokens = self.thought_tokens;
                pieces.push(Piece::Finished { ending, usage, thought_tokens, timings });
            }
        }
    }

    fn token(&mut self, token: TokenEvent, generator: &dyn Generator, pieces: &mut Vec<Piece>) {
        self.logprobs.append(&mut self.withheld);
        let mut withheld = token.withheld;
        match token.logprob {
            Some(logprob) => {
                let logprob = self.with_texts(token.id, &logprob, generator);
                self.logprobs.push(logprob);
            }
            None => withheld = withheld.saturating_sub(1),
        }
        self.withheld = self.logprobs.split_off(self.logprobs.len().saturating_sub(withheld));
        let (was_open, marks_before) = (self.thoughts.is_open(), self.thoughts.marks_seen());
        let mut parts = Vec::new();
        self.thoughts.push(&token.text, &mut parts);
        let (is_open, is_mark) = (self.thoughts.is_open(), self.thoughts.marks_seen() > marks_before);
        self.thought_tokens += usize::from(was_open || is_open);
        let thought = was_open || is_open || parts.iter().any(|part| matches!(part, Part::Thought(_)));
        let before = pieces.len();
        let was_in_call = self.is_in_call();
        self.pieces(parts, pieces);
        let called = pieces[before..].iter().any(|piece| matches!(piece, Piece::ToolCall { .. }));
        // The last token of a call leads out of it.
        if thought || is_mark || was_in_call || self.is_in_call() || called {
            // They belong to no text.
            self.logprobs.clear();
            self.withheld.clear();
        }
    }

    fn is_in_call(&self) -> bool {
        self.reader.as_ref().is_some_and(Reader::is_in_call)
    }

    fn finish(&mut self, reason: &FinishReason, pieces: &mut Vec<Piece>) {
        if self.stop_found().is_some() {
            return;
        }
        let cut_off = matches!(reason, FinishReason::MaxTokens | FinishReason::ContextFull);
        if !matches!(reason, FinishReason::StopText(_)) {
            self.logprobs.append(&mut self.withheld);
        }
        let mut parts = Vec::new();
        let marks_before = self.thoughts.marks_seen();
        self.thoughts.finish(cut_off, &mut parts);
        self.pieces(parts, pieces);
        if self.thoughts.marks_seen() > marks_before {
            self.logprobs.clear();
        }
        if let Some(reader) = &mut self.reader {
            let mut parts = Vec::new();
            if reader.finish(cut_off, &mut parts) == Rest::LeftOut {
                self.logprobs.clear();
            }
            self.call_pieces(parts, pieces);
        }
        // What came since, if anything, is white space, or the beginning of what ended the answer.
        if matches!(reason, FinishReason::StopText(_)) {
            self.logprobs.clear();
        }
        if self.reader.as_ref().is_some_and(Reader::is_after_call) {
            self.logprobs.clear();
        }
        self.stops.finish(pieces);
        if !self.logprobs.is_empty() {
            let logprobs = std::mem::take(&mut self.logprobs);
            pieces.push(Piece::Text { text: String::new(), logprobs });
        }
    }

    fn pieces(&mut self, parts: Vec<Part>, pieces: &mut Vec<Piece>) {
        for part in parts {
            match (part, &mut self.reader) {
                (Part::Thought(text), _) => self.stops.push(Piece::Thought(text), pieces),
                (Part::Text(text), None) => {
                    let logprobs = std::mem::take(&mut self.logprobs);
                    self.stops.push(Piece::Text { text, logprobs }, pieces);
                }
                (Part::Text(text), Some(reader)) => {
                    let mut parts = Vec::new();
                    reader.push(&text, &mut parts);
                    self.call_pieces(parts, pieces);
                }
                (Part::Call(header), Some(reader)) => {
                    let mut parts = Vec::new();
                    match header {
                        Some(header) => reader.announce(&header, &mut parts),
                        None => reader.end_call(&mut parts),
                    }
                    self.call_pieces(parts, pieces);
                }
                // Nobody has functions: what the model tells them, it says.
                (Part::Call(_), None) => {}
            }
        }
    }

    fn call_pieces(&mut self, parts: Vec<tools::Part>, pieces: &mut Vec<Piece>) {
        let Some(reader) = &mut self.reader else { return };
        // Parts of a call follow its beginning, maybe at once.
        let begun = parts.iter().filter(|part| matches!(part, tools::Part::Call(_))).count();
        let mut calls = reader.calls() - begun;
        for part in parts {
            let piece = match part {
                tools::Part::Text(text) => {
                    let logprobs = std::mem::take(&mut self.logprobs);
                    Piece::Text { text, logprobs }
                }
                tools::Part::Call(name) => {
                    calls += 1;
                    Piece::ToolCall { call: calls - 1, id: call_id(), name }
                }
                tools::Part::Arguments(text) => Piece::ToolArguments { call: calls.saturating_sub(1), text },
            };
            self.stops.push(piece, pieces);
        }
    }

    fn ending(&self, reason: FinishReason) -> Ending {
        let Some(reader) = self.reader.as_ref().filter(|_| self.stops.has_called()) else {
            return Ending::Generator(reason);
        };
        match reason {
            FinishReason::EndOfTurn => Ending::ToolCalls,
            FinishReason::StopText(_) if reader.is_complete() => Ending::ToolCalls,
            _ => Ending::Generator(reason),
        }
    }

    fn with_texts(&mut self, token: u32, logprob: &TokenLogprob, generator: &dyn Generator) -> PieceLogprob {
        let top = logprob.top.iter();
        let top = top.map(|&(token, logprob)| (token, self.text_of(token, generator), logprob)).collect();
        PieceLogprob { token, text: self.text_of(token, generator), logprob: logprob.chosen, top }
    }

    /// The text of a token in the midst of others.
    fn text_of(&mut self, token: u32, generator: &dyn Generator) -> TokenText {
        if let Some(text) = self.token_texts.get(&token) {
            return text.clone();
        }
        let text = TokenText::new(generator.token_bytes(token));
        if self.token_texts.len() >= TOKEN_TEXTS_MAX {
            self.token_texts.clear();
        }
        self.token_texts.insert(token, text.clone());
        text
    }
}

/// `call_` and random letters and digits.
fn call_id() -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    // Two bytes of each are not all random.
    let random = random.iter().enumerate().filter(|(index, _)| ![6, 8].contains(&(index % 16)));
    let letters = random.map(|(_, byte)| LETTERS[*byte as usize % LETTERS.len()] as char);
    std::iter::once("call_".to_owned()).chain(letters.take(CALL_ID_LENGTH).map(String::from)).collect()
}
