//! The log of what is asked and answered, for owners who want one: each prompt as the model gets it, and what the model makes of it,
//! whichever dialect or companion asks. Must not know who asks.

use std::mem;
use std::sync::Arc;

use abide_generation::schema::Unenforceable;
use abide_generation::{
    Chat, GenerationError, GenerationEvent, GenerationRequest, GenerationStream, Generator, ModelDescription,
    Prompt, Special,
};
use serde_json::Value;
use uuid::Uuid;

/// The target that prompts and answers are logged under.
pub const CONTENT_LOG: &str = "abide_server::content";

/// A model whose prompts and answers are logged.
pub(super) struct Logged {
    model: Arc<dyn Generator>,
    id: String,
}

impl Logged {
    /// The model `id`.
    pub(super) fn new(model: Arc<dyn Generator>, id: String) -> Self {
        Self { model, id }
    }

    /// The prompt's text. One that the model does not take is logged as it came.
    fn text(&self, prompt: &Prompt) -> String {
        self.model.prompt_text(prompt).unwrap_or_else(|_| match prompt {
            Prompt::Chat(chat) => {
                let texts: Vec<&str> = chat.messages.iter().map(|message| message.content.as_str()).collect();
                texts.join("\n")
            }
            Prompt::Tokens(tokens) => format!("{} tokens", tokens.len()),
            // These are texts already.
            Prompt::Text(_) | Prompt::Parts(_) => String::new(),
        })
    }
}

impl Generator for Logged {
    fn description(&self) -> &ModelDescription {
        self.model.description()
    }

    fn generate(&self, request: GenerationRequest) -> Result<GenerationStream, GenerationError> {
        // Answers that are made at once are told apart by it.
        let id = Uuid::new_v4().simple().to_string();
        tracing::info!(target: CONTENT_LOG, id, model = self.id, prompt = self.text(&request.prompt), "asked");
        let stream = self.model.generate(request)?;
        let mut answer = Answer { id, model: self.id.clone(), text: String::new() };
        Ok(stream.watched(move |event| {
            if let Ok(GenerationEvent::Token(token)) = event {
                answer.text.push_str(&token.text);
            }
        }))
    }

    fn check_schema(&self, schema: &Value, unenforceable: Unenforceable) -> Result<(), GenerationError> {
        self.model.check_schema(schema, unenforceable)
    }

    fn tokenize(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError> {
        self.model.tokenize(text, special)
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Result<Vec<u32>, GenerationError> {
        self.model.prompt_tokens(prompt)
    }

    fn detokenize(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        self.model.detokenize(tokens)
    }

    fn token_bytes(&self, token: u32) -> Vec<u8> {
        self.model.token_bytes(token)
    }

    fn render(&self, chat: &Chat) -> Result<String, GenerationError> {
        self.model.render(chat)
    }
}

/// An answer so far; logged when it is over, or nobody wants it any more.
struct Answer {
    id: String,
    model: String,
    text: String,
}

impl Drop for Answer {
    fn drop(&mut self) {
        let answer = mem::take(&mut self.text);
        tracing::info!(target: CONTENT_LOG, id = self.id, model = self.model, answer, "answered");
    }
}
