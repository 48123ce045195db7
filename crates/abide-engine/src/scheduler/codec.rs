//! What the scheduler needs beside the model: the seam between it and tokenizer, chat template and
//! sampler, so that it is tested without a vocabulary. Knows nothing of how any of them works.

use abide_generation::{GenerationError, Message, Sampling, Special};

/// Texts to tokens and back, for one model.
pub trait TextCodec: Send + Sync {
    /// Token ids of `text`.
    ///
    /// # Errors
    /// When the text can't be tokenised.
    fn encode(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError>;

    /// Token ids of a text to be continued: BOS as the model wants it, special tokens as data.
    ///
    /// # Errors
    /// When the text can't be tokenised.
    fn encode_text(&self, text: &str) -> Result<Vec<u32>, GenerationError>;

    /// Token ids of a conversation with the assistant's turn opened: the template's own special
    /// tokens are parsed, those written in the messages are data.
    ///
    /// # Errors
    /// When there is no template, or it fails.
    fn encode_messages(&self, messages: &[Message]) -> Result<Vec<u32>, GenerationError>;

    /// The text that [`Self::encode_messages`] encodes.
    ///
    /// # Errors
    /// When there is no template, or it fails.
    fn render(&self, messages: &[Message]) -> Result<String, GenerationError>;

    /// Text of token ids. Bytes that form no character become U+FFFD.
    ///
    /// # Errors
    /// When an id is not in the vocabulary.
    fn decode(&self, tokens: &[u32]) -> Result<String, GenerationError>;

    /// A decoder for an answer that arrives token by token after a prompt that ended with
    /// `previous`.
    fn decoder(&self, previous: Option<u32>) -> Box<dyn TextDecoder>;

    /// A sampler for an answer to `prompt`. It is made here because some parameters are texts (the
    /// breakers of [`Dry`](abide_generation::Dry)).
    ///
    /// # Errors
    /// When a parameter makes no sense for this vocabulary.
    fn sampler(&self, sampling: &Sampling, prompt: &[u32]) -> Result<Box<dyn TokenSampler>, GenerationError>;

    /// Whether the model ends its turn with this token.
    fn is_end_of_generation(&self, token: u32) -> bool;
}

/// Chooses the tokens of one answer, and remembers them.
pub trait TokenSampler: Send {
    /// The next token, given a logit for each one of the vocabulary (none is NaN). What it chooses
    /// depends on nothing but the parameters, the seed, and what it was given before.
    fn sample(&mut self, logits: &[f32]) -> u32;
}

/// Decodes one answer. Never emits part of a character.
pub trait TextDecoder: Send {
    /// The text that became certain with `token`.
    fn push(&mut self, token: u32) -> String;

    /// The end: what is left of bytes that form no character, as U+FFFD.
    fn finish(&mut self) -> String;
}
