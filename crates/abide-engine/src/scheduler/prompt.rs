//! From a request's prompt to tokens that fit the context. Knows text and lengths, not the model.

use abide_generation::{Chat, ContextOverflow, GenerationError, Message, Prompt, Role};

use super::TextCodec;

/// Tokens that fit, and what was left out for that.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FittedPrompt {
    pub(super) tokens: Vec<u32>,
    pub(super) dropped_messages: usize,
}

/// What a prompt has to fit into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Tokens that one sequence can hold, the answer's included.
    pub(super) context_tokens: usize,
    /// Most tokens of answer, if the request says so.
    pub(super) answer_tokens: Option<usize>,
    /// What to do with a prompt that does not fit.
    pub(super) overflow: ContextOverflow,
}

impl Room {
    /// A prompt must leave room for at least one token.
    fn holds(self, tokens: &[u32]) -> Result<(), GenerationError> {
        let Self { context_tokens, .. } = self;
        match tokens.len() {
            0 => Err(GenerationError::EmptyPrompt),
            prompt_tokens if prompt_tokens >= context_tokens => {
                Err(GenerationError::ContextOverflow { prompt_tokens, context_tokens })
            }
            _ => Ok(()),
        }
    }

    /// Tokens that are kept free for the answer when messages are dropped: what the request asks
    /// for, a quarter of the context if it does not say, and never more than half of it.
    fn reserve(self) -> usize {
        self.answer_tokens.unwrap_or(self.context_tokens / 4).clamp(1, (self.context_tokens / 2).max(1))
    }
}

/// Tokens of `prompt`. Only messages can be dropped: a text or tokens that do not fit are an error.
pub(super) fn fit(
    prompt: &Prompt,
    room: Room,
    vocabulary: usize,
    codec: &dyn TextCodec,
) -> Result<FittedPrompt, GenerationError> {
    let tokens = match prompt {
        Prompt::Chat(chat) if room.overflow == ContextOverflow::DropOldest && !chat.messages.is_empty() => {
            return fit_chat(chat, room, codec);
        }
        prompt => encode(prompt, codec)?,
    };
    if let Some(unknown) = tokens.iter().find(|token| **token as usize >= vocabulary) {
        return Err(GenerationError::InvalidRequest {
            field: "prompt",
            problem: format!("has the token {unknown}, but the vocabulary ends at {vocabulary}"),
        });
    }
    room.holds(&tokens)?;
    Ok(FittedPrompt { tokens, dropped_messages: 0 })
}

/// Tokens of `prompt`, whether or not they fit.
pub(super) fn encode(prompt: &Prompt, codec: &dyn TextCodec) -> Result<Vec<u32>, GenerationError> {
    match prompt {
        Prompt::Chat(chat) if chat.messages.is_empty() => Err(GenerationError::EmptyPrompt),
        Prompt::Chat(chat) => codec.encode_chat(chat),
        Prompt::Text(text) => codec.encode_text(text),
        Prompt::Parts(parts) => codec.encode_parts(parts),
        Prompt::Tokens(tokens) => Ok(tokens.clone()),
    }
}

/// Drops as few of the oldest messages as it takes.
fn fit_chat(chat: &Chat, room: Room, codec: &dyn TextCodec) -> Result<FittedPrompt, GenerationError> {
    let messages = &chat.messages;
    let whole = codec.encode_chat(chat)?;
    let fits = |tokens: &[u32]| tokens.len() + room.reserve() <= room.context_tokens;
    if fits(&whole) {
        return Ok(FittedPrompt { tokens: whole, dropped_messages: 0 });
    }
    // Longer cuts leave shorter prompts, so the shortest cut that is enough is found by bisection.
    let cuts = cuts(messages);
    let mut best = FittedPrompt { tokens: whole, dropped_messages: 0 };
    let (mut low, mut high) = (0, cuts.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let kept = Chat { messages: without_oldest(messages, cuts[middle]), ..chat.clone() };
        let tokens = codec.encode_chat(&kept)?;
        let enough = fits(&tokens);
        if enough || tokens.len() <= best.tokens.len() {
            best = FittedPrompt { tokens, dropped_messages: messages.len() - kept.messages.len() };
        }
        if enough {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    room.holds(&best.tokens)?;
    Ok(best)
}

/// Where the kept part of a conversation may begin, as indices: at what the person said, because
/// templates insist on that, and in any case at the last message.
fn cuts(messages: &[Message]) -> Vec<usize> {
    let first = messages.iter().position(|message| message.role != Role::System);
    let Some(first) = first else { return Vec::new() };
    let last = messages.len() - 1;
    (first + 1..=last).filter(|index| *index == last || messages[*index].role == Role::User).collect()
}

/// The messages from `cut` on, and all of the system's.
fn without_oldest(messages: &[Message], cut: usize) -> Vec<Message> {
    let kept = |(index, message): &(usize, &Message)| *index >= cut || message.role == Role::System;
    messages.iter().enumerate().filter(kept).map(|(_, message)| message.clone()).collect()
}
