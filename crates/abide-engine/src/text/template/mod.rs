//! Chat templates: from messages to the text that a model was trained on.
//!
//! The template is the GGUF file's own, or one given in its place. Must not know tensors, how text is
//! tokenised, or where models come from.
//!
//! A template is a program from a stranger, and a message is data from another: the first is confined
//! ([`environment`], [`render`]), the second can't forge markup ([`literal`]).

mod clock;
mod continuation;
mod environment;
mod json;
mod literal;
mod probe;
mod probe_tools;
mod render;
mod shape;
mod style;
mod tagged;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tool_tests;

use std::{collections::BTreeMap, ops::Range};

use abide_generation::{Chat, ThoughtControl, ThoughtMarks, ToolSyntax};
use minijinja::Value;
use thiserror::Error;

use self::{
    continuation::Continued,
    environment::{CLOCK, Moment},
    literal::{Sentinels, SpecialTexts},
    probe::Findings,
    render::Renderer,
    style::{MessageStyle, SystemPlace},
};
use super::Segment;
use crate::gguf::{self, Metadata, MetadataError};

pub use clock::WallClock;

/// Variables by which templates let one choose whether the model thinks.
const THINKING_VARIABLES: [&str; 2] = ["enable_thinking", "thinking"];
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
    /// The last message is the assistant's, and can't be continued.
    #[error("the assistant's last message can't be continued: {problem}")]
    NotContinuable {
        /// Why not, and what to do.
        problem: String,
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

/// A prompt, and which of its characters are not markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    text: String,
    literals: Vec<Range<usize>>,
    thought_open: bool,
}

impl Rendered {
    /// The whole prompt.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the prompt ends inside a thought, so that the answer begins with thoughts.
    pub fn thought_open(&self) -> bool {
        self.thought_open
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

/// How a prompt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the assistant's last message continued, or else its turn opened.
    Answer,
    /// With the assistant's turn opened, whatever came last.
    Opened,
    /// As the last message ends.
    Closed,
}

/// A model's chat template, or the knowledge that there is none.
#[derive(Debug)]
pub struct ChatTemplate {
    renderer: Option<Renderer>,
    special: SpecialTexts,
    /// `bos_token` and the like, by the names that templates use.
    token_variables: BTreeMap<&'static str, String>,
    names: Vec<String>,
    thought_marks: Option<ThoughtMarks>,
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
            thought_marks: source.map(|source| thought_marks(metadata, source)).transpose()?.flatten(),
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

    /// The template itself, as it is written.
    pub fn source(&self) -> Option<&str> {
        self.renderer.as_ref().map(Renderer::source)
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

    /// How the model writes calls of tools: as its template does, or as we describe it where the template knows no tools,
    /// or a form of calls that nobody here can read.
    pub fn tool_syntax(&self) -> ToolSyntax {
        self.findings.style.tools.syntax
    }

    /// Whether system messages may also stand after the first message, and are shown where they stand.
    pub fn takes_late_system_messages(&self) -> bool {
        self.findings.late_system
    }

    /// What the model writes its thoughts between, if template or vocabulary know such marks.
    pub fn thought_marks(&self) -> Option<&ThoughtMarks> {
        self.thought_marks.as_ref()
    }

    /// What it lets one choose about thoughts.
    pub fn thought_control(&self) -> ThoughtControl {
        self.findings.thought_control
    }

    /// The prompt for `chat`, with the assistant's turn opened, or its last message continued if that is the assistant's.
    /// `clock`: the time that `strftime_now` tells; `None`: now, in UTC.
    ///
    /// A template without a place for a system message gets it in front of the first user message; one that knows no tools
    /// gets them described in the system message.
    ///
    /// # Errors
    /// When there is no template, it refuses the messages (roles that don't alternate, …), it fails, or
    /// it exceeds a limit; and when the last message is the assistant's and can't be continued.
    pub fn render(&self, chat: &Chat, clock: Option<WallClock>) -> Result<Rendered, TemplateError> {
        self.render_as(chat, End::Answer, clock, self.findings.style)
    }

    fn render_as(
        &self,
        chat: &Chat,
        end: End,
        clock: Option<WallClock>,
        style: MessageStyle,
    ) -> Result<Rendered, TemplateError> {
        let renderer = self.renderer.as_ref().ok_or(TemplateError::Missing)?;
        let marks = self.thought_marks();
        let texts = (&chat.messages, &chat.tools, &chat.variables);
        let texts = serde_json::to_string(&texts).unwrap_or_default();
        let mut sentinels = Sentinels::avoiding([texts.as_str(), renderer.source()]);
        let mut chat = chat.clone();
        let continued = if end == End::Answer { continuation::find(&mut chat, marks)? } else { None };
        let masked = sentinels.mask_chat(&chat, &self.special);
        let Some(continued) = continued else {
            let rendered = renderer.render(self.context(masked, end != End::Closed, clock, style))?;
            let (text, literals) = sentinels.unmask(&rendered);
            let thought_open = marks.is_some_and(|marks| continuation::opens_thought(&text, marks));
            return Ok(Rendered { text, literals, thought_open });
        };
        let no_mark = "its text uses up all characters that could mark its end; shorten it";
        let mark = sentinels.unused().ok_or_else(|| continuation::not_continuable(no_mark))?;
        let render_to_mark = |as_content: Option<&ThoughtMarks>| -> Result<Option<String>, TemplateError> {
            let mut marked = masked.clone();
            continuation::set_mark(&mut marked, continued, mark, as_content);
            let rendered = renderer.render(self.context(marked, false, clock, style))?;
            Ok(rendered.rsplit_once(mark).map(|(before, _)| before.replace(mark, "")))
        };
        let mut prompt = render_to_mark(None)?;
        if prompt.is_none() && continued == Continued::Thought {
            prompt = render_to_mark(marks)?;
        }
        let left_out = "the chat template leaves it out; end the conversation with a user's message";
        let prompt = prompt.ok_or_else(|| continuation::not_continuable(left_out))?;
        let (text, literals) = sentinels.unmask(&prompt);
        let content = chat.messages.last().map_or("", |last| last.content.as_str());
        let in_thought = |marks| continuation::ends_in_thought(&text, content, marks);
        let thought_open = continued == Continued::Thought || marks.is_some_and(in_thought);
        Ok(Rendered { text, literals, thought_open })
    }

    /// All variables of a rendering; as in transformers, `tools` and `documents` are there and none if not given.
    fn context(&self, chat: Chat, opened: bool, clock: Option<WallClock>, style: MessageStyle) -> Value {
        let chat = shape::shape(chat, style);
        let mut context: BTreeMap<&str, Value> =
            BTreeMap::from([("tools", Value::from(())), ("documents", Value::from(()))]);
        for (name, value) in &chat.variables {
            context.insert(name, json::to_value(value));
        }
        for (name, text) in &self.token_variables {
            context.insert(name, Value::from(text.as_str()));
        }
        if let Some(thinking) = chat.thinking {
            context.extend(THINKING_VARIABLES.map(|name| (name, Value::from(thinking))));
        }
        if !chat.tools.is_empty() {
            let tools = chat.tools.iter().map(|tool| json::to_value(&tagged::tool_object(tool)));
            context.insert("tools", Value::from(tools.collect::<Vec<_>>()));
        }
        let messages = chat.messages.iter().map(|message| shape::message_value(message, style));
        context.insert("messages", Value::from(messages.collect::<Vec<_>>()));
        context.insert("add_generation_prompt", Value::from(opened));
        let clock = clock.unwrap_or_else(WallClock::now_utc);
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

/// The first marks that the template knows; else the first that are tokens of their own, with which a model may have been
/// trained, whatever its template says.
fn thought_marks(metadata: &Metadata, source: &str) -> Result<Option<ThoughtMarks>, MetadataError> {
    let tokens = metadata.texts("tokenizer.ggml.tokens")?.unwrap_or_default();
    let is_token = |mark: &str| tokens.iter().any(|token| token == mark);
    let in_vocabulary = |(open, close): &&(&str, &str)| is_token(open) && is_token(close);
    Ok(ThoughtMarks::in_template(source).or_else(|| {
        let (open, close) = ThoughtMarks::KNOWN.iter().find(in_vocabulary)?;
        Some(ThoughtMarks { open: (*open).to_owned(), close: (*close).to_owned() })
    }))
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
