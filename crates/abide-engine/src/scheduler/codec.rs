//! What the scheduler needs of text: the seam between it and tokenizer and chat template,
//! so that it is tested without a vocabulary. Knows nothing of how they work.

use abide_generation::{Chat, GenerationError, PromptPart, Special};

/// A conversation in tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatTokens {
    /// The prompt.
    pub tokens: Vec<u32>,
    /// Whether it ends inside a thought.
    pub thought_open: bool,
}

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

    /// Token ids of markup and texts to be continued: BOS as the model wants it, special tokens in the markup alone.
    ///
    /// # Errors
    /// When the text can't be tokenised.
    fn encode_parts(&self, parts: &[PromptPart]) -> Result<Vec<u32>, GenerationError>;

    /// Token ids of a conversation with the assistant's turn opened, or its last message continued: the template's own
    /// special tokens are parsed, those written in messages and about tools are data.
    ///
    /// # Errors
    /// When there is no template, or it fails.
    fn encode_chat(&self, chat: &Chat) -> Result<ChatTokens, GenerationError>;

    /// The text that [`Self::encode_chat`] encodes.
    ///
    /// # Errors
    /// When there is no template, or it fails.
    fn render(&self, chat: &Chat) -> Result<String, GenerationError>;

    /// Text of token ids. Bytes that form no character become U+FFFD.
    ///
    /// # Errors
    /// When an id is not in the vocabulary.
    fn decode(&self, tokens: &[u32]) -> Result<String, GenerationError>;

    /// A decoder for an answer that arrives token by token after a prompt that ended with
    /// `previous`.
    fn decoder(&self, previous: Option<u32>) -> Box<dyn TextDecoder>;

    /// All tokens whose text holds `text`, for parameters that name texts (the breakers of
    /// [`Dry`](abide_generation::Dry)).
    fn tokens_holding(&self, text: &str) -> Vec<u32>;

    /// Whether the model ends its turn with this token.
    fn is_end_of_generation(&self, token: u32) -> bool;

    /// Token ids of a text in the midst of an answer: nothing is put in front, special tokens are data.
    fn encode_within(&self, text: &str) -> Vec<u32>;

    /// What a token is to a text.
    fn spelling(&self, token: u32) -> Spelling<'_>;

    /// Whether a [`TextDecoder`] leaves out a space at the start of the text that follows `previous` (`None`: of the text
    /// itself).
    fn leaves_out_space(&self, previous: Option<u32>) -> bool;
}

/// What a token is to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling<'a> {
    /// It adds these bytes.
    Text(&'a [u8]),
    /// It adds nothing; this is its name.
    Control(&'a str),
    /// It means nothing, or there is no such token.
    Nothing,
}

/// Decodes one answer. Never emits part of a character.
pub trait TextDecoder: Send {
    /// The text that became certain with `token`.
    fn push(&mut self, token: u32) -> String;

    /// The end: what is left of bytes that form no character, as U+FFFD.
    fn finish(&mut self) -> String;
}
