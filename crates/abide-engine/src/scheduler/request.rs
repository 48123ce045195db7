//! One request from its arrival to its end: choosing tokens, turning them into text, ending. Knows
//! neither the model nor the other requests.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use abide_generation::{
    FinishReason, GenerationError, GenerationEvent, PromptReport, StopFilter, Timings, TokenEvent, Usage,
};
use tracing::Span;

use super::answer::Answer;
use super::speculation::{Chance, Drafter};
use super::thinking::ThinkingLimit;
use super::{TextCodec, TextDecoder};
use crate::batch::Needed;
use crate::constraint::Guide;
use crate::sampling::{SampleError, Sampler, token_logprob};
use crate::token_model::Logits;

/// A request that the engine accepted.
pub(super) struct Request {
    /// The prompt, and the answer as far as it is made.
    pub(super) tokens: Vec<u32>,
    pub(super) answer: Answer,
    pub(super) limits: Limits,
    pub(super) sampler: Sampler,
    /// The way through the grammar that the answer has to follow, if it has to.
    pub(super) guide: Option<Guide>,
    /// How long its thoughts may get, if that is limited.
    pub(super) thinking: Option<ThinkingLimit>,
    pub(super) writer: Writer,
    pub(super) codec: Arc<dyn TextCodec>,
    pub(super) drafter: Drafter,
    /// Tokens guessed, and those of them that were chosen.
    pub(super) drafted: usize,
    pub(super) accepted: usize,
    /// How often its sequence was to be filled from saved caches.
    pub(super) loads: usize,
    /// Whether its sequence is to be saved also where only such are.
    pub(super) save_cache: bool,
    pub(super) logprobs: Option<usize>,
    pub(super) report: PromptReport,
    pub(super) clock: Clock,
    /// Whether something panicked: see [`Self::guarded`].
    pub(super) broken: bool,
    /// The caller's span: what is logged about the request belongs to it.
    pub(super) span: Span,
}

/// What ends an answer besides the model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) max_tokens: Option<usize>,
    pub(super) context_length: usize,
}

/// When the phases of a request began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) arrived: Instant,
    pub(super) prefill: Option<Instant>,
    pub(super) first_token: Option<Instant>,
}

/// From the answer's tokens to its text.
pub(super) struct Writer {
    pub(super) decoder: Box<dyn TextDecoder>,
    pub(super) filter: StopFilter,
    /// Tells the tokens with which the model ends its turn; `None` to go on after them.
    pub(super) ends: Option<Arc<dyn TextCodec>>,
    /// Bytes that each of the last tokens added, those whose text is held and maybe more.
    pub(super) lengths: VecDeque<usize>,
}

/// Whether a request wants another token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Done,
}

impl Request {
    /// Does something for this request alone. If that panics, the request is broken and those beside it are not: `None` then, and ever
    /// after.
    pub(super) fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.broken {
            return None;
        }
        // Nobody looks at what it left half done.
        let done = catch_unwind(AssertUnwindSafe(|| work(self)));
        self.broken = done.is_err();
        done.ok()
    }

    /// The model began with it at `since`, `cached` positions being known already. After a preemption it
    /// begins again, which the request's report does not show: its figures are of the first time.
    pub(super) fn begin(&mut self, cached: usize, since: Instant) {
        if self.clock.prefill.is_none() {
            self.clock.prefill = Some(since);
            self.report.cached_tokens = cached;
        }
    }

    /// What could be guessed of the tokens after the next one.
    pub(super) fn chance(&mut self) -> Option<Chance> {
        let left = self.tokens_left().saturating_sub(1);
        self.drafter.look_up(&self.tokens, left)
    }

    /// The last token and up to `count` guesses of those after it: those that may come.
    pub(super) fn draft(&mut self, count: usize) -> Vec<u32> {
        let last = self.tokens.last().copied();
        let mut guesses = self.drafter.draft(&self.tokens, count);
        if let (Some(guide), false) = (&mut self.guide, guesses.is_empty()) {
            guesses.truncate(guide.fitting(&guesses));
        }
        last.into_iter().chain(guesses).collect()
    }

    /// Lets the guide find out what may come next, and after each of these guesses, before [`Self::needed`] is asked.
    pub(super) fn look_ahead(&mut self, guesses: &[u32]) {
        if let (Some(guide), None) = (&mut self.guide, self.logprobs) {
            guide.look_ahead(guesses);
        }
    }

    /// Which of the model's logits suffice to choose the next token, and one after each of the guesses that were looked at.
    pub(super) fn needed(&self) -> Needed<'_> {
        if self.logprobs.is_some() || self.broken {
            // Probabilities are told among all tokens.
            return Needed::ALL;
        }
        Needed { best: self.sampler.best_needed(), allowed: self.guide.as_ref().map(Guide::known) }
    }

    /// Chooses tokens from rows of logits: the first row's, and those of the rows after it as long as what was
    /// chosen is what was guessed. Returns how many guesses were right.
    pub(super) fn advance(
        &mut self,
        logits: &mut Logits,
        first_row: usize,
        guesses: &[u32],
    ) -> Result<(Progress, usize), GenerationError> {
        self.drafted += guesses.len();
        let mut right = 0;
        let progress = loop {
            let guess = guesses.get(right).copied();
            let (progress, hit) = self.choose(logits.row_mut(first_row + right), guess)?;
            right += usize::from(hit);
            if !hit || progress == Progress::Done {
                break progress;
            }
        };
        if !guesses.is_empty() {
            self.drafter.learn(guesses.len(), right);
        }
        Ok((progress, right))
    }

    /// Chooses the next token from the model's logits and sends what it brings. Says whether it was guessed.
    fn choose(
        &mut self,
        logits: &mut [f32],
        guess: Option<u32>,
    ) -> Result<(Progress, bool), GenerationError> {
        if self.clock.first_token.is_none() {
            self.clock.first_token = Some(Instant::now());
            self.answer.send(GenerationEvent::Started(self.report));
            if self.limits.max_tokens == Some(0) {
                return Ok((self.finish(FinishReason::MaxTokens), false));
            }
        }
        let token = self.next_token(logits)?;
        self.sampler.accept(token);
        if let Some(thinking) = &mut self.thinking {
            thinking.push(self.codec.spelling(token));
        }
        if let Some(guide) = &mut self.guide {
            guide.accept(token)?;
        }
        let hit = guess == Some(token);
        self.accepted += usize::from(hit);
        let logprob = self.logprobs.map(|count| token_logprob(logits, token, count)).transpose();
        let logprob = logprob.map_err(sampling_failed)?;
        self.tokens.push(token);
        let Written { text, reason, is_content, withheld } = self.write(token);
        // What ends an answer is no part of it.
        let logprob = logprob.filter(|_| is_content);
        self.answer.send(GenerationEvent::Token(TokenEvent { id: token, text, logprob, withheld }));
        Ok((reason.map_or(Progress::More, |reason| self.finish(reason)), hit))
    }

    fn next_token(&mut self, logits: &mut [f32]) -> Result<u32, GenerationError> {
        if let Some(token) = self.thinking.as_mut().and_then(ThinkingLimit::forced) {
            return Ok(token);
        }
        let allowed = self.guide.as_mut().map(Guide::allowed).transpose()?;
        Ok(self.sampler.sample_among(logits, allowed).map_err(sampling_failed)?.id)
    }

    /// The text that became certain with `token`, and whether the answer ends with it.
    fn write(&mut self, token: u32) -> Written {
        let limit = if self.guide.as_ref().is_some_and(Guide::is_complete) {
            Some(FinishReason::EndOfTurn)
        } else if self.limits.max_tokens.is_some_and(|limit| self.completion_tokens() >= limit) {
            Some(FinishReason::MaxTokens)
        } else if self.tokens.len() >= self.limits.context_length {
            Some(FinishReason::ContextFull)
        } else {
            None
        };
        self.writer.write(token, limit)
    }

    /// Tokens that the answer may still get.
    fn tokens_left(&self) -> usize {
        let limit = self.limits.max_tokens.unwrap_or(usize::MAX);
        let room = self.limits.context_length.saturating_sub(self.tokens.len());
        limit.saturating_sub(self.completion_tokens()).min(room)
    }

    fn completion_tokens(&self) -> usize {
        self.tokens.len() - self.report.prompt_tokens
    }

    fn finish(&mut self, reason: FinishReason) -> Progress {
        let now = Instant::now();
        let usage = Usage {
            prompt_tokens: self.report.prompt_tokens,
            cached_tokens: self.report.cached_tokens,
            completion_tokens: self.completion_tokens(),
            drafted_tokens: self.drafted,
            accepted_tokens: self.accepted,
        };
        let prefill = self.clock.prefill.unwrap_or(now);
        let first_token = self.clock.first_token.unwrap_or(now);
        let timings = Timings {
            queued: prefill - self.clock.arrived,
            prefill: first_token - prefill,
            decode: now - first_token,
        };
        tracing::debug!(parent: &self.span, ?reason, ?usage, ?timings, "answered");
        self.answer.send(GenerationEvent::Finished { reason, usage, timings });
        Progress::Done
    }
}

/// What a token brings.
struct Written {
    /// The text that became certain with it.
    text: String,
    /// Why the answer ends with it, if it does.
    reason: Option<FinishReason>,
    /// Whether it is a part of the answer, not its end.
    is_content: bool,
    /// How many of the last tokens have text behind that.
    withheld: usize,
}

impl Writer {
    /// The text that became certain with `token`, and why the answer ends, if it does. `limit` says
    /// that it ends here for an outer reason. Whatever ends it, all held text comes out.
    fn write(&mut self, token: u32, limit: Option<FinishReason>) -> Written {
        let ends_turn = self.ends.as_ref().is_some_and(|codec| codec.is_end_of_generation(token));
        let mut piece = if ends_turn { String::new() } else { self.decoder.push(token) };
        let reason = if ends_turn { Some(FinishReason::EndOfTurn) } else { limit };
        if reason.is_some() {
            piece.push_str(&self.decoder.finish());
        }
        let filtered = self.filter.push(&piece);
        self.lengths.push_back(piece.len());
        let behind = filtered.tokens_behind(self.lengths.iter().rev().copied());
        self.lengths.drain(..self.lengths.len() - behind);
        let is_content = !ends_turn && filtered.stop.is_none();
        let mut text = filtered.text;
        let withheld = if reason.is_some() && filtered.stop.is_none() {
            text.push_str(&self.filter.finish());
            0
        } else {
            behind
        };
        let reason = filtered.stop.map(FinishReason::StopText).or(reason);
        Written { text, reason, is_content, withheld }
    }
}

/// Whose fault it is that no token could be chosen.
pub(super) fn sampling_failed(error: SampleError) -> GenerationError {
    let problem = error.to_string();
    match error {
        SampleError::Parameter(error) => GenerationError::Sampling(error),
        SampleError::UnknownToken { id, vocabulary } => GenerationError::InvalidRequest {
            field: "logit_bias",
            problem: format!(
                "names the token {id}, but those of the model are 0 to {}",
                vocabulary.saturating_sub(1)
            ),
        },
        SampleError::NothingLeft => GenerationError::InvalidRequest {
            field: "logit_bias",
            problem: "leaves no token to choose; forbid fewer".to_owned(),
        },
        SampleError::WrongLength { .. } | SampleError::NotFinite { .. } => GenerationError::Engine(problem),
    }
}
