//! What all replies have in common: who answered and when, tokens counted, log-probabilities, time taken. Must not know
//! requests.

use std::time::UNIX_EPOCH;

use abide_generation::{FinishReason, Timings};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Answering, Ending, PieceLogprob, TokenText};

/// Digits of the model's checksum that name what answered.
const FINGERPRINT_DIGITS: usize = 12;

/// Who answered and when.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Random letters and digits.
    pub id: String,
    /// Seconds since 1970.
    pub created: u64,
    /// The model's id.
    pub model: String,
    /// Changes when the model's weights do.
    pub fingerprint: String,
}

impl Stamp {
    /// That of an answer.
    pub fn of(answering: &Answering) -> Self {
        let created = answering.created.duration_since(UNIX_EPOCH).unwrap_or_default();
        let digits = answering.model.sha256.get(..FINGERPRINT_DIGITS).unwrap_or(&answering.model.sha256);
        Self {
            id: answering.id.clone(),
            created: created.as_secs(),
            model: answering.model.id.clone(),
            fingerprint: format!("fp_{digits}"),
        }
    }
}

/// Tokens counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = openai::Usage)]
pub struct UsageReply {
    /// Tokens of the prompt, once for all answers to it.
    pub prompt_tokens: usize,
    /// Tokens of the answers.
    pub completion_tokens: usize,
    /// Both.
    pub total_tokens: usize,
    /// Of the prompt.
    pub prompt_tokens_details: PromptTokens,
    /// Of the answers.
    pub completion_tokens_details: CompletionTokens,
}

/// Of the prompt's tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = openai::PromptTokens)]
pub struct PromptTokens {
    /// Those found in the cache and not computed again.
    pub cached_tokens: usize,
}

/// Of the answer's tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = openai::CompletionTokens)]
pub struct CompletionTokens {
    /// Those of thoughts.
    pub reasoning_tokens: usize,
}

/// What a part of a stream says of the tokens counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum UsageField {
    /// Nothing: it wasn't asked for.
    Absent,
    /// That it comes later, as `null`.
    Later,
    /// The tokens.
    Told(UsageReply),
}

impl UsageField {
    /// Whether there is no such field.
    pub fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

/// Adds up the tokens of all answers to a request.
#[derive(Debug, Default)]
pub struct Tally {
    prompts: Vec<Option<(usize, usize)>>,
    completion_tokens: usize,
    reasoning_tokens: usize,
}

impl Tally {
    /// Adds an answer to the prompt number `prompt`.
    pub fn add(&mut self, prompt: usize, usage: &abide_generation::Usage, thought_tokens: usize) {
        if self.prompts.len() <= prompt {
            self.prompts.resize(prompt + 1, None);
        }
        // All answers read the same prompt. The first of them found the least in the cache; the others found its work.
        let earlier = self.prompts[prompt].map_or(usize::MAX, |(_, cached)| cached);
        self.prompts[prompt] = Some((usage.prompt_tokens, usage.cached_tokens.min(earlier)));
        self.completion_tokens += usage.completion_tokens;
        self.reasoning_tokens += thought_tokens;
    }

    /// What it comes to.
    pub fn reply(&self) -> UsageReply {
        let sum = |part: fn(&(usize, usize)) -> usize| self.prompts.iter().flatten().map(part).sum::<usize>();
        let prompt_tokens = sum(|(tokens, _)| *tokens);
        UsageReply {
            prompt_tokens,
            completion_tokens: self.completion_tokens,
            total_tokens: prompt_tokens + self.completion_tokens,
            prompt_tokens_details: PromptTokens { cached_tokens: sum(|(_, cached)| *cached) },
            completion_tokens_details: CompletionTokens { reasoning_tokens: self.reasoning_tokens },
        }
    }
}

/// Extension: the time that an answer took, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "units stand last in a name")]
#[schema(as = openai::Timings)]
pub struct TimingsReply {
    /// From the request's arrival to the start of its prompt.
    pub queued_ms: f64,
    /// From there to the first token.
    pub prefill_ms: f64,
    /// From the first token to the last.
    pub decode_ms: f64,
}

impl From<Timings> for TimingsReply {
    fn from(timings: Timings) -> Self {
        let milliseconds = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
        Self {
            queued_ms: milliseconds(timings.queued),
            prefill_ms: milliseconds(timings.prefill),
            decode_ms: milliseconds(timings.decode),
        }
    }
}

/// Log-probabilities of a token and of the best candidates in its place.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = openai::TokenLogprob)]
pub struct TokenLogprobReply {
    #[serde(flatten)]
    chosen: CandidateReply,
    /// The best candidates, best first.
    top_logprobs: Vec<CandidateReply>,
}

/// A token and its log-probability.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = openai::Candidate)]
pub struct CandidateReply {
    /// Its text.
    token: String,
    /// Natural logarithm of its probability.
    logprob: f32,
    /// The text's bytes, which the text doesn't show where they are part of a character: those of several tokens make it up.
    bytes: Vec<u8>,
}

impl CandidateReply {
    fn new(text: &TokenText, logprob: f32) -> Self {
        Self { token: text.text().into_owned(), logprob: finite(logprob), bytes: text.bytes().to_vec() }
    }
}

impl From<&PieceLogprob> for TokenLogprobReply {
    fn from(piece: &PieceLogprob) -> Self {
        Self {
            chosen: CandidateReply::new(&piece.text, piece.logprob),
            top_logprobs: piece
                .top
                .iter()
                .map(|(_, text, logprob)| CandidateReply::new(text, *logprob))
                .collect(),
        }
    }
}

/// JSON has no infinity; the dialect writes −9999 for what can't be.
pub fn finite(logprob: f32) -> f32 {
    if logprob.is_finite() { logprob } else { -9999.0 }
}

/// Why an answer ended, in the dialect's words.
pub fn finish_reason(ending: &Ending) -> &'static str {
    match ending {
        Ending::ToolCalls => "tool_calls",
        Ending::Generator(FinishReason::EndOfTurn | FinishReason::StopText(_)) => "stop",
        Ending::Generator(FinishReason::MaxTokens | FinishReason::ContextFull) => "length",
    }
}
