//! From a request's prompt to tokens that fit the context. Knows text and lengths, not the model.

use abide_generation::{Chat, ContextOverflow, GenerationError, Message, Prompt, Role};

use super::{ChatTokens, TextCodec};

/// Tokens that fit, and what was left out for that.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FittedPrompt {
    pub(super) tokens: Vec<u32>,
    pub(super) dropped_messages: usize,
    /// Whether they end inside a thought.
    pub(super) thought_open: bool,
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
    let ChatTokens { tokens, thought_open } = match prompt {
        Prompt::Chat(chat) if room.overflow == ContextOverflow::DropOldest && !chat.messages.is_empty() => {
            return fit_chat(chat, room, codec);
        }
        prompt => encode(prompt, codec)?,
    };
    if let Some(unknown) = tokens.iter().find(|token| **token as usize >= vocabulary) {
        return Err(GenerationError::InvalidRequest {
            field: "prompt",
            problem: format!(
                "has the token {unknown}, but those of the model are 0 to {}",
                vocabulary.saturating_sub(1)
            ),
        });
    }
    room.holds(&tokens)?;
    Ok(FittedPrompt { tokens, dropped_messages: 0, thought_open })
}

/// Tokens of `prompt`, whether or not they fit.
pub(super) fn encode(prompt: &Prompt, codec: &dyn TextCodec) -> Result<ChatTokens, GenerationError> {
    let plain = |tokens| ChatTokens { tokens, thought_open: false };
    match prompt {
        Prompt::Chat(chat) if chat.messages.is_empty() => Err(GenerationError::EmptyPrompt),
        Prompt::Chat(chat) => codec.encode_chat(chat),
        Prompt::Text(text) => codec.encode_text(text).map(plain),
        Prompt::Parts(parts) => codec.encode_parts(parts).map(plain),
        Prompt::Tokens(tokens) => Ok(plain(tokens.clone())),
    }
}

/// Drops as few of the oldest messages as it takes.
fn fit_chat(chat: &Chat, room: Room, codec: &dyn TextCodec) -> Result<FittedPrompt, GenerationError> {
    let messages = &chat.messages;
    let ChatTokens { tokens: whole, thought_open } = codec.encode_chat(chat)?;
    let fits = |tokens: &[u32]| tokens.len() + room.reserve() <= room.context_tokens;
    if fits(&whole) {
        return Ok(FittedPrompt { tokens: whole, dropped_messages: 0, thought_open });
    }
    // Longer cuts leave shorter prompts, so the shortest cut that is enough is found by bisection.
    let cuts = cuts(messages);
    let mut best = FittedPrompt { tokens: whole, dropped_messages: 0, thought_open };
    let (mut low, mut high) = (0, cuts.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let kept = Chat { messages: without_oldest(messages, cuts[middle]), ..chat.clone() };
        let ChatTokens { tokens, thought_open } = codec.encode_chat(&kept)?;
        let enough = fits(&tokens);
        if enough || tokens.len() <= best.tokens.len() {
            let dropped_messages = messages.len() - kept.messages.len();
            best = FittedPrompt { tokens, dropped_messages, thought_open };
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

/// Where the kept part of a conversation may begin, as indices: at what a person said, because templates insist on that; and
/// not between a call of a tool and its result.
fn cuts(messages: &[Message]) -> Vec<usize> {
    let first = messages.iter().position(|message| message.role != Role::System);
    let begins = |index: &usize| {
        let mut before_answer =
            messages[*index..].iter().take_while(|message| message.role != Role::Assistant);
        messages[*index].role == Role::User && before_answer.all(|message| message.role != Role::Tool)
    };
    first.map_or(0..0, |first| first + 1..messages.len()).filter(begins).collect()
}

/// The messages from `cut` on, and all of the system's.
fn without_oldest(messages: &[Message], cut: usize) -> Vec<Message> {
    let kept = |(index, message): &(usize, &Message)| *index >= cut || message.role == Role::System;
    messages.iter().enumerate().filter(kept).map(|(_, message)| message.clone()).collect()
}
