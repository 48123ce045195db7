//! Chat templates: from messages to the text that a model was trained on.
//!
//! The template is the GGUF file's own, or one given in its place. Must not know tensors, how text is
//! tokenised, or where models come from.
//!
//! A template is a program from a stranger, and a message is data from another: the first is confined
//! ([`environment`], [`render`]), the second can't forge markup ([`literal`]).

mod clock;
mod environment;
mod json;
mod literal;
mod probe;
mod render;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, ops::Range};

use abide_generation::{Message, Role};
use minijinja::Value;
use serde_json::Map;
use thiserror::Error;

use self::{
    environment::{CLOCK, Moment},
    literal::{Sentinels, SpecialTexts},
    probe::Findings,
    render::Renderer,
};
use super::Segment;
use crate::gguf::{self, Metadata, MetadataError};

pub use clock::WallClock;

/// Metadata key of the template; named ones follow it after a dot.
const TEMPLATE_KEY: &str = "tokenizer.chat_template";

/// Why a template can't be used, or not for these messages.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TemplateError {
    /// The file has no template and none was given.
    #[error("the model has no chat template: it is a base model and only continues text")]
    Missing,
    /// The metadata holds something else where a text should be.
    #[error("the chat template can't be read: {0}")]
    Metadata(#[from] MetadataError),
    /// No template has this length.
    #[error("the chat template has {bytes} bytes, more than the {limit} allowed; give another one")]
    SourceTooLong {
        /// Its length.
        bytes: usize,
        /// The most allowed.
        limit: usize,
    },
    /// It is not Jinja.
    #[error("the chat template has a syntax error in line {line}: {problem}; give another one")]
    Syntax {
        /// Line of the template, from 1; 0 if unknown.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// The template itself refuses these messages.
    #[error("the chat template refuses the conversation: {message}")]
    Refused {
        /// The template's words.
        message: String,
    },
    /// The template failed.
    #[error("the chat template failed in line {line}: {problem}")]
    Render {
        /// Line of the template, from 1; 0 if unknown.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// The template ran out of fuel.
    #[error("the chat template does more work, or makes more data, than a conversation can need")]
    TooMuchWork,
    /// The text is too long.
    #[error("the chat template writes more than {limit} bytes")]
    OutputTooLong {
        /// The most allowed, in bytes.
        limit: usize,
    },
    /// The template did not end in time.
    #[error("the chat template did not end within {seconds} s; it is not used again")]
    TooSlow {
        /// The time allowed.
        seconds: f32,
    },
    /// The template did not end in time before.
    #[error("the chat template did not end in time before, and is not used again; give another one")]
    Disabled,
    /// The thread for it failed.
    #[error("the thread that renders the chat template failed: {0}")]
    Thread(String),
}

/// What a rendering depends on besides the messages.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderOptions {
    /// Opens the assistant's turn at the end.
    pub add_generation_prompt: bool,
    /// Variables for the template (`enable_thinking`, …). They are the application's own: special tokens
    /// in them count. Names that every rendering sets (`messages`, `bos_token`, …) can't be replaced.
    pub variables: Map<String, serde_json::Value>,
    /// The time that `strftime_now` tells; `None`: now, in UTC.
    pub clock: Option<WallClock>,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { add_generation_prompt: true, variables: Map::new(), clock: None }
    }
}

/// A prompt, and which of its characters are not markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    text: String,
    literals: Vec<Range<usize>>,
}

impl Rendered {
    /// The whole prompt.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The prompt in order, without empty parts. A special token counts only where it lies within a single
    /// [`Segment::Markup`]; ordinary text may be joined across segments before it is tokenised.
    ///
    /// The template's own text is always markup. Of the messages' contents, only characters that could
    /// make a special token are [`Segment::Text`]; the others can't make one, wherever they are.
    pub fn segments(&self) -> Vec<Segment<'_>> {
        let mut segments = Vec::with_capacity(2 * self.literals.len() + 1);
        let mut done = 0;
        for literal in &self.literals {
            segments.push(Segment::Markup(&self.text[done..literal.start]));
            segments.push(Segment::Text(&self.text[literal.clone()]));
            done = literal.end;
        }
        segments.push(Segment::Markup(&self.text[done..]));
        segments.retain(|segment| !matches!(segment, Segment::Markup("")));
        segments
    }
}

/// How contents are handed to a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ContentForm {
    /// As a text.
    #[default]
    Text,
    /// As a list of parts, `[{"type": "text", "text": …}]`.
    Parts,
}

/// What becomes of a system message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum SystemPlace {
    /// It is a message of its own.
    #[default]
    Own,
    /// It is put in front of the first user message: the template has no place for it.
    FirstUserMessage,
}

/// How a template wants its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct MessageStyle {
    content: ContentForm,
    system: SystemPlace,
}

/// A model's chat template, or the knowledge that there is none.
#[derive(Debug)]
pub struct ChatTemplate {
    renderer: Option<Renderer>,
    special: SpecialTexts,
    /// `bos_token` and the like, by the names that templates use.
    token_variables: BTreeMap<&'static str, String>,
    names: Vec<String>,
    findings: Findings,
    notice: Option<String>,
}

impl ChatTemplate {
    /// The template of a file (`tokenizer.chat_template`), or `override_text` in its place. It is tried on small
    /// conversations at once, to learn what it can't do; see [`Self::notice`] and [`Self::check`].
    /// Without a template this succeeds, and [`Self::render`] says [`TemplateError::Missing`].
    ///
    /// # Errors
    /// When the template is not Jinja, is too long, or the metadata is of the wrong type.
    pub fn from_metadata(metadata: &Metadata, override_text: Option<&str>) -> Result<Self, TemplateError> {
        let own = metadata.text(TEMPLATE_KEY)?;
        let source = override_text.or(own).filter(|source| !source.trim().is_empty());
        let prefix = format!("{TEMPLATE_KEY}.");
        let names = metadata.iter().filter_map(|(key, _)| key.strip_prefix(&prefix));
        let mut template = Self {
            renderer: source.map(Renderer::new).transpose()?,
            special: SpecialTexts::from_metadata(metadata, source.unwrap_or_default())?,
            token_variables: token_variables(metadata)?,
            names: names.map(str::to_owned).collect(),
            findings: Findings::default(),
            notice: None,
        };
        template.findings = probe::probe(&template);
        template.notice = template.compose_notice(override_text.is_some() && own.is_some());
        Ok(template)
    }

    /// Whether there is a template.
    pub fn exists(&self) -> bool {
        self.renderer.is_some()
    }

    /// Names of the file's further templates (`tool_use`, `rag`, …), which are not used.
    pub fn unused_names(&self) -> &[String] {
        &self.names
    }

    /// Something to tell the user: that there is no template, that it was replaced, or what is wrong with
    /// it or done in its place.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// The special token that the template writes after an answer, if it does: the model may be expected
    /// to end its turn with it.
    pub fn end_of_turn(&self) -> Option<&str> {
        self.findings.end_of_turn.as_deref()
    }

    /// The prompt for `messages`.
    ///
    /// A template without a place for a system message gets it in front of the first user message.
    ///
    /// # Errors
    /// When there is no template, it refuses the messages (roles that don't alternate, …), it fails, or
    /// it exceeds a limit.
    pub fn render(&self, messages: &[Message], options: &RenderOptions) -> Result<Rendered, TemplateError> {
        self.render_as(messages, options, self.findings.style)
    }

    fn render_as(
        &self,
        messages: &[Message],
        options: &RenderOptions,
        style: MessageStyle,
    ) -> Result<Rendered, TemplateError> {
        let renderer = self.renderer.as_ref().ok_or(TemplateError::Missing)?;
        let placed = place_system_message(messages, style.system);
        let variables = serde_json::to_string(&options.variables).unwrap_or_default();
        let contents = placed.iter().map(|message| message.content.as_str());
        let mut sentinels = Sentinels::avoiding(contents.chain([renderer.source(), &variables]));
        let as_value = |message: &Message| {
            let content = sentinels.mask(&message.content, message.role, &self.special);
            message_value(message.role, content, style.content)
        };
        let values: Vec<Value> = placed.iter().map(as_value).collect();
        let rendered = renderer.render(self.context(values, options))?;
        let (text, literals) = sentinels.unmask(&rendered);
        Ok(Rendered { text, literals })
    }

    /// All variables of a rendering; as in transformers, `tools` and `documents` are there and none.
    fn context(&self, messages: Vec<Value>, options: &RenderOptions) -> Value {
        let mut context: BTreeMap<&str, Value> =
            BTreeMap::from([("tools", Value::from(())), ("documents", Value::from(()))]);
        for (name, value) in &options.variables {
            context.insert(name, json::to_value(value));
        }
        for (name, text) in &self.token_variables {
            context.insert(name, Value::from(text.as_str()));
        }
        context.insert("messages", Value::from(messages));
        context.insert("add_generation_prompt", Value::from(options.add_generation_prompt));
        let clock = options.clock.unwrap_or_else(WallClock::now_utc);
        context.insert(CLOCK, Value::from_object(Moment(clock)));
        Value::from_pairs(context)
    }

    /// Everything wrong with the template as far as trying it shows, for people; empty if nothing is.
    /// `is_special` tells whether the vocabulary has a token of this text: markup that it does not know
    /// is a sign that template and model don't belong together.
    pub fn check(&self, is_special: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut problems = self.findings.problems.clone();
        let unknown = self.findings.markup.iter().filter(|text| !is_special(text));
        problems.extend(unknown.map(|text| {
            format!(
                "the chat template writes `{text}`, which is no token of this model's vocabulary; \
                 it may belong to another model"
            )
        }));
        problems
    }

    fn compose_notice(&self, is_replaced: bool) -> Option<String> {
        let mut notices = Vec::new();
        if self.renderer.is_none() {
            notices.push("no chat template: the model is a base model and only continues text".to_owned());
        }
        if is_replaced {
            notices.push("the file's chat template is replaced by the one given".to_owned());
        }
        if self.findings.style.system == SystemPlace::FirstUserMessage {
            notices.push(
                "the chat template has no place for a system message; it is put into the first user \
                 message"
                    .to_owned(),
            );
        }
        notices.extend(self.findings.problems.iter().cloned());
        (!notices.is_empty()).then(|| notices.join("; "))
    }
}

/// The special tokens that transformers hands to templates.
fn token_variables(metadata: &Metadata) -> Result<BTreeMap<&'static str, String>, MetadataError> {
    let tokens = metadata.texts("tokenizer.ggml.tokens")?.unwrap_or_default();
    let keys = [
        ("bos_token", "tokenizer.ggml.bos_token_id"),
        ("eos_token", "tokenizer.ggml.eos_token_id"),
        ("unk_token", "tokenizer.ggml.unknown_token_id"),
        ("pad_token", "tokenizer.ggml.padding_token_id"),
    ];
    let mut variables = BTreeMap::new();
    for (name, key) in keys {
        // A file may write -1 for a token that it does not have.
        let id = match metadata.get(key) {
            Some(gguf::Value::Signed(id)) if *id < 0 => None,
            _ => metadata.unsigned(key)?,
        };
        if let Some(text) = id.and_then(|id| tokens.get(id)) {
            variables.insert(name, text.clone());
        }
    }
    Ok(variables)
}

/// `messages` with their system message where the template can see it.
fn place_system_message(messages: &[Message], place: SystemPlace) -> Vec<Message> {
    let mut placed = messages.to_vec();
    if place == SystemPlace::Own {
        return placed;
    }
    let systems: Vec<Message> = placed.extract_if(.., |message| message.role == Role::System).collect();
    if systems.is_empty() {
        return placed;
    }
    let mut text: Vec<String> = systems.into_iter().map(|message| message.content).collect();
    match placed.iter_mut().find(|message| message.role == Role::User) {
        Some(first) => {
            text.push(std::mem::take(&mut first.content));
            first.content = text.join("\n\n");
        }
        None => placed.insert(0, Message::new(Role::User, text.join("\n\n"))),
    }
    placed
}

fn message_value(role: Role, content: String, form: ContentForm) -> Value {
    let content = match form {
        ContentForm::Text => Value::from(content),
        ContentForm::Parts => {
            let part = Value::from_pairs([("type", Value::from("text")), ("text", Value::from(content))]);
            Value::from(vec![part])
        }
    };
    Value::from_pairs([("role", Value::from(role.as_str())), ("content", content)])
}
