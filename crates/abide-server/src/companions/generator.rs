//! A companion that answers as a model does, so that every dialect can talk with it: the last message of a client is a turn of the
//! endless conversation. Must not know dialects.

use std::sync::Arc;

use abide_companion::care::{FORGET, FORGOTTEN, KEPT, SOFTWARE, before_text};
use abide_companion::companion::{
    Companion, CompanionError, Ending, ModelUse, Reply, ReplyEvent, SayOptions,
};
use abide_generation::schema::Unenforceable;
use abide_generation::{
    Chat, GenerationError, GenerationEvent, GenerationRequest, GenerationStream, Generator, ModelDescription,
    Prompt, PromptReport, Special, ThoughtMarks, TokenEvent, ToolSyntax,
};
use serde_json::Value;
use tokio::sync::mpsc::{self, Sender};

use super::errand::is_errand;
use crate::registry::Lease;

/// Events that wait for a slow reader; the reply itself goes on.
const EVENTS_WAITING_MAX: usize = 64;

/// A model that is held in memory as long as somebody talks through it.
pub struct Leased(pub Lease<dyn Generator>);

impl Generator for Leased {
    fn description(&self) -> &ModelDescription {
        self.0.description()
    }

    fn generate(&self, request: GenerationRequest) -> Result<GenerationStream, GenerationError> {
        self.0.generate(request)
    }

    fn check_schema(&self, schema: &Value, unenforceable: Unenforceable) -> Result<(), GenerationError> {
        self.0.check_schema(schema, unenforceable)
    }

    fn tokenize(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError> {
        self.0.tokenize(text, special)
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Result<Vec<u32>, GenerationError> {
        self.0.prompt_tokens(prompt)
    }

    fn detokenize(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        self.0.detokenize(tokens)
    }

    fn token_bytes(&self, token: u32) -> Vec<u8> {
        self.0.token_bytes(token)
    }

    fn render(&self, chat: &Chat) -> Result<String, GenerationError> {
        self.0.render(chat)
    }
}

/// A companion on its model.
pub struct CompanionGenerator {
    companion: Companion,
    model: Arc<dyn Generator>,
    /// That model, as the companion names it.
    used: ModelUse,
    description: ModelDescription,
}

impl CompanionGenerator {
    /// `companion`, who goes by `name`, on `model`, which it names as `used`.
    pub fn new(companion: Companion, name: String, model: Arc<dyn Generator>, used: ModelUse) -> Self {
        let description = ModelDescription {
            name,
            has_chat_template: true,
            chat_template: None,
            template_notice: None,
            tool_syntax: ToolSyntax::default(),
            ..model.description().clone()
        };
        Self { companion, model, used, description }
    }
}

impl Generator for CompanionGenerator {
    fn description(&self) -> &ModelDescription {
        &self.description
    }

    fn generate(&self, request: GenerationRequest) -> Result<GenerationStream, GenerationError> {
        if matches!(&request.prompt, Prompt::Chat(chat) if is_errand(&chat.messages)) {
            return self.model.generate(request);
        }
        let (chat, options) = understand(request)?;
        self.companion.talks_with(&*self.model, self.used.clone()).map_err(generation_error)?;
        let reply =
            self.companion.say_as_client(&self.model, &chat.messages, options).map_err(generation_error)?;
        let (sender, receiver) = mpsc::channel(EVENTS_WAITING_MAX);
        let marks = self.description.thought_marks.clone();
        tokio::spawn(async move {
            let mut telling = Telling { sender: &sender, marks, thinks: false, notice: None };
            tokio::select! {
                // The client has gone; dropping the reply stops it and keeps what was said.
                () = sender.closed() => {}
                () = telling.tell(reply) => {}
            }
        });
        Ok(GenerationStream::new(receiver))
    }

    fn check_schema(&self, schema: &Value, unenforceable: Unenforceable) -> Result<(), GenerationError> {
        self.model.check_schema(schema, unenforceable)
    }

    fn tokenize(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError> {
        self.model.tokenize(text, special)
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Result<Vec<u32>, GenerationError> {
        match prompt {
            Prompt::Chat(chat) if !is_errand(&chat.messages) => {
                let planned = self.companion.prompt_for_client(&*self.model, &chat.messages);
                self.model.prompt_tokens(&planned.map_err(generation_error)?)
            }
            prompt => self.model.prompt_tokens(prompt),
        }
    }

    fn detokenize(&self, tokens: &[u32]) -> Result<String, GenerationError> {
        self.model.detokenize(tokens)
    }

    fn token_bytes(&self, token: u32) -> Vec<u8> {
        self.model.token_bytes(token)
    }

    fn render(&self, _chat: &Chat) -> Result<String, GenerationError> {
        let problem = "is a companion, who makes its own prompts: /v1/companions/…/messages/…/why shows them";
        Err(invalid("model", problem))
    }
}

/// What a request asks of a companion. What only a bare model can do is refused by name.
fn understand(request: GenerationRequest) -> Result<(Chat, SayOptions), GenerationError> {
    let GenerationRequest { prompt, sampling, max_tokens, stop, constraint, logprobs, ignore_eos, .. } =
        request;
    let Prompt::Chat(chat) = prompt else {
        return Err(invalid("prompt", "is not for a companion: send messages, the last one the user's"));
    };
    let refused = [
        (!chat.tools.is_empty(), "tools", "are not for a companion, who has none"),
        (constraint.is_some(), "response_format", "is not for a companion, who answers in its own words"),
        (logprobs.is_some(), "logprobs", "are not for a companion; ask its model for them"),
        (ignore_eos, "ignore_eos", "is not for a companion"),
    ];
    if let Some((_, field, problem)) = refused.into_iter().find(|(is_asked, _, _)| *is_asked) {
        return Err(invalid(field, problem));
    }
    let options =
        SayOptions { sampling: Some(sampling), reply_tokens: max_tokens, stop, ..SayOptions::default() };
    Ok((chat, options))
}

fn invalid(field: &'static str, problem: &str) -> GenerationError {
    GenerationError::InvalidRequest { field, problem: problem.to_owned() }
}

/// A companion's error as a model's.
fn generation_error(error: CompanionError) -> GenerationError {
    match error {
        CompanionError::Generation(error) | CompanionError::Options(error) => error,
        CompanionError::Reconcile(problem) => GenerationError::InvalidRequest {
            field: "messages",
            problem: format!("can't be answered: {problem}"),
        },
        CompanionError::NothingSaid => invalid("messages", "end with an empty message; say something"),
        other => GenerationError::Engine(other.to_string()),
    }
}

/// Tells a reply as a model's events.
struct Telling<'a> {
    sender: &'a Sender<Result<GenerationEvent, GenerationError>>,
    marks: Option<ThoughtMarks>,
    /// Whether a thought was begun and not ended.
    thinks: bool,
    /// What stands before the reply's first words.
    notice: Option<String>,
}

impl Telling<'_> {
    async fn tell(&mut self, mut reply: Reply) {
        while let Some(event) = reply.next().await {
            let told = match event {
                Ok(event) => self.event(event),
                // As a model that ends its turn at once.
                Err(CompanionError::EmptyReply(Some(end))) => {
                    let Ending { reason, usage, timings } = *end;
                    Some(Ok(GenerationEvent::Finished { reason, usage, timings }))
                }
                Err(error) => Some(Err(generation_error(error))),
            };
            if let Some(told) = told
                && self.sender.send(told).await.is_err()
            {
                return;
            }
        }
    }

    fn event(&mut self, event: ReplyEvent) -> Option<Result<GenerationEvent, GenerationError>> {
        let token =
            |text: String| GenerationEvent::Token(TokenEvent { id: 0, text, logprob: None, withheld: 0 });
        Some(Ok(match event {
            // Thoughts come with their marks here.
            ReplyEvent::Started(report) => {
                GenerationEvent::Started(PromptReport { thought_open: false, ..report })
            }
            ReplyEvent::Thought(text) => {
                let marks = self.marks.as_ref()?;
                let begins = !std::mem::replace(&mut self.thinks, true);
                token(if begins { format!("{}{text}", marks.open) } else { text })
            }
            ReplyEvent::Text(text) => {
                let text = self.notice.take().unwrap_or_default() + &text;
                match self.marks.as_ref().filter(|_| std::mem::take(&mut self.thinks)) {
                    Some(marks) => token(format!("{}{text}", marks.close)),
                    None => token(text),
                }
            }
            ReplyEvent::Finished(finished) => GenerationEvent::Finished {
                reason: finished.reason,
                usage: finished.usage,
                timings: finished.timings,
            },
            // A client of a foreign dialect has no other place for it.
            ReplyEvent::Notice(notice)
                if [SOFTWARE, FORGOTTEN, FORGET, KEPT].contains(&notice.kind.as_str()) =>
            {
                self.notice.get_or_insert_default().push_str(&before_text(&notice.text));
                return None;
            }
            // And none at all for what else the program says beside the conversation.
            ReplyEvent::Notice(_) | ReplyEvent::Planned(_) => return None,
        }))
    }
}
