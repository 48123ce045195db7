//! The scheduler's [`TextCodec`] for a real model: its tokenizer and its chat template. The one place
//! where the two meet; must not know how they work.

use std::sync::Arc;

use abide_generation::{GenerationError, Message, Special};

use super::{ChatTemplate, RenderOptions, Rendered, Segment, TextStream, Tokenizer};
use crate::scheduler::{TextCodec, TextDecoder};

/// Tokenizer and template of one model.
#[derive(Debug)]
pub struct ModelText {
    tokenizer: Arc<Tokenizer>,
    template: ChatTemplate,
    /// What the template writes after an answer, if that is a token: the model ends with it, too.
    end_of_turn: Option<u32>,
}

impl ModelText {
    /// Joins them; both come from the same file.
    pub fn new(tokenizer: Arc<Tokenizer>, template: ChatTemplate) -> Self {
        let end_of_turn = template.end_of_turn().and_then(|text| tokenizer.id_of(text));
        Self { tokenizer, template, end_of_turn }
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> &Arc<Tokenizer> {
        &self.tokenizer
    }

    /// The chat template.
    pub fn template(&self) -> &ChatTemplate {
        &self.template
    }

    fn rendered(&self, messages: &[Message]) -> Result<Rendered, GenerationError> {
        let rendered = self.template.render(messages, &RenderOptions::default());
        rendered.map_err(|error| GenerationError::Template(error.to_string()))
    }
}

impl TextCodec for ModelText {
    fn encode(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError> {
        Ok(self.tokenizer.encode(text, special))
    }

    fn encode_text(&self, text: &str) -> Result<Vec<u32>, GenerationError> {
        Ok(self.tokenizer.encode_segments(&[Segment::Text(text)]))
    }

    fn encode_messages(&self, messages: &[Message]) -> Result<Vec<u32>, GenerationError> {
        Ok(self.tokenizer.encode_segments(&self.rendered(messages)?.segments()))
    }

    fn render(&self, messages: &[Message]) -> Result<String, GenerationError> {
        Ok(self.rendered(messages)?.text().to_owned())
    }

    fn decode(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        let vocabulary = self.tokenizer.vocabulary();
        if let Some(unknown) = tokens.iter().find(|token| **token as usize >= vocabulary) {
            return Err(GenerationError::InvalidRequest {
                field: "tokens",
                problem: format!("has the token {unknown}, but the vocabulary ends at {vocabulary}"),
            });
        }
        Ok(self.tokenizer.decode(tokens))
    }

    fn decoder(&self, previous: Option<u32>) -> Box<dyn TextDecoder> {
        Box::new(TextStream::new(Arc::clone(&self.tokenizer), previous))
    }

    fn tokens_holding(&self, text: &str) -> Vec<u32> {
        let holds = |token: &u32| {
            let bytes = self.tokenizer.bytes(*token).unwrap_or_default();
            !text.is_empty() && bytes.windows(text.len()).any(|window| window == text.as_bytes())
        };
        (0..self.tokenizer.vocabulary() as u32).filter(holds).collect()
    }

    fn is_end_of_generation(&self, token: u32) -> bool {
        self.end_of_turn == Some(token) || self.tokenizer.ends_generation(token)
    }
}

impl TextDecoder for TextStream {
    fn push(&mut self, token: u32) -> String {
        Self::push(self, token)
    }

    fn finish(&mut self) -> String {
        Self::finish(self)
    }
}
