//! Text from tokens as they come, without half characters.
//!
//! Must not know stop texts or chat formats.

use std::sync::Arc;

use super::tokenizer::{TokenKind, Tokenizer};

/// Turns tokens into text, one by one. What it gives out in all is what [`Tokenizer::decode`] gives, up
/// to the space in front of a continued text.
#[derive(Debug, Clone)]
pub struct TextStream {
    tokenizer: Arc<Tokenizer>,
    assembler: TextAssembler,
}

impl TextStream {
    /// A stream of the text that follows the token `previous`, or that begins with nothing before it.
    ///
    /// `SentencePiece` writes a space in front of a text, and after special tokens; it is left out there,
    /// and only there: after an ordinary token a space is a space.
    pub fn new(tokenizer: Arc<Tokenizer>, previous: Option<u32>) -> Self {
        let assembler = TextAssembler::new(&tokenizer, previous);
        Self { tokenizer, assembler }
    }

    /// Takes a token; gives the characters that it completes, often none. Ids that don't exist add
    /// nothing.
    pub fn push(&mut self, id: u32) -> String {
        self.assembler.push(&self.tokenizer, id)
    }

    /// Ends the text: bytes that wait for more become U+FFFD. The stream then begins anew, as a
    /// continuation.
    pub fn finish(&mut self) -> String {
        self.assembler.finish()
    }
}

/// The state of a stream, without the tokenizer.
#[derive(Debug, Clone)]
pub(super) struct TextAssembler {
    /// Whether the next space of ordinary text is the one that encoding put there.
    skips_space: bool,
    /// The beginning of a character: at most three bytes.
    waiting: Vec<u8>,
}

impl TextAssembler {
    pub(super) fn new(tokenizer: &Tokenizer, previous: Option<u32>) -> Self {
        Self { skips_space: tokenizer.space_follows(previous), waiting: Vec::new() }
    }

    pub(super) fn push(&mut self, tokenizer: &Tokenizer, id: u32) -> String {
        let (Some(mut bytes), Some(kind)) = (tokenizer.bytes(id), tokenizer.kind(id)) else {
            return String::new();
        };
        if matches!(kind, TokenKind::Normal | TokenKind::Byte) && !bytes.is_empty() {
            if self.skips_space {
                bytes = bytes.strip_prefix(b" ").unwrap_or(bytes);
            }
            self.skips_space = false;
        } else if tokenizer.space_follows(Some(id)) {
            self.skips_space = true;
        }
        self.waiting.extend_from_slice(bytes);
        self.take_characters()
    }

    /// Takes all complete characters; U+FFFD for what can't begin or continue one.
    fn take_characters(&mut self) -> String {
        let mut text = String::new();
        let mut taken = 0;
        loop {
            let rest = &self.waiting[taken..];
            let error = match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    taken = self.waiting.len();
                    break;
                }
                Err(error) => error,
            };
            let (valid, after) = rest.split_at(error.valid_up_to());
            text.push_str(&String::from_utf8_lossy(valid));
            taken += valid.len();
            match error.error_len() {
                Some(length) => {
                    text.push(char::REPLACEMENT_CHARACTER);
                    taken += length.min(after.len());
                }
                None => break,
            }
        }
        self.waiting.drain(..taken);
        text
    }

    pub(super) fn finish(&mut self) -> String {
        let text = String::from_utf8_lossy(&self.waiting).into_owned();
        self.waiting.clear();
        self.skips_space = false;
        text
    }
}
