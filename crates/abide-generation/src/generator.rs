//! The trait that an engine implements and everyone else depends on.

use serde_json::Value;

use crate::schema::Unenforceable;
use crate::{Chat, GenerationError, GenerationRequest, GenerationStream, Prompt, PromptPart, channels};

/// What becomes of special tokens when a text is tokenised: of those that are written in it, and of the BOS and EOS that the
/// model wants around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// They are text like any other, and none are put around it.
    AsText,
    /// They are text like any other, and BOS / EOS are added as the model wants them.
    AsTextWithin,
    /// They are parsed, and none are put around it.
    ParsedAlone,
    /// They are parsed, and BOS / EOS are added as the model wants them.
    Parsed,
}

impl Special {
    /// Whether those that are written in the text are parsed.
    pub fn is_parsed(self) -> bool {
        matches!(self, Self::ParsedAlone | Self::Parsed)
    }

    /// Whether BOS / EOS are added as the model wants them.
    pub fn is_added(self) -> bool {
        matches!(self, Self::AsTextWithin | Self::Parsed)
    }
}

/// What a generator says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelDescription {
    /// Name for people, from the catalogue or the file.
    pub name: String,
    /// Number of parameters.
    pub parameters: u64,
    /// Tokens that one sequence can hold as loaded.
    pub context_length: usize,
    /// Tokens that the model was trained for.
    pub context_length_trained: usize,
    /// Number of tokens in the vocabulary.
    pub vocabulary: usize,
    /// Whether it has a chat template; a base model is only continued.
    pub has_chat_template: bool,
    /// The chat template that prompts are rendered by: the file's own, or what replaces it.
    pub chat_template: Option<String>,
    /// Whether the chat template takes system messages also after the first message, and shows them where they stand.
    pub late_system_messages: bool,
    /// Something to tell the user about the template (missing, replaced, wrong), if anything.
    pub template_notice: Option<String>,
    /// How the model writes calls of tools.
    pub tool_syntax: ToolSyntax,
    /// What the model writes its thoughts between, if it was trained to.
    pub thought_marks: Option<ThoughtMarks>,
    /// What its chat template lets one choose about them.
    pub thought_control: ThoughtControl,
}

/// What a chat template lets one choose about thoughts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThoughtControl {
    /// Whether there are to be any ([`Chat::thinking`](crate::Chat::thinking)).
    pub switch: bool,
    /// How many: the variable `reasoning_effort`, which is low, medium or high.
    pub levels: bool,
}

/// How a model writes calls of tools in its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ToolSyntax {
    /// `<tool_call>{"name": …, "arguments": {…}}</tool_call>`, once for each call, with line ends inside: Hermes, Qwen 2.5 and 3,
    /// and every model whose template knows no tools, which are then described in this way.
    #[default]
    Tagged,
    /// An answer that is nothing but `{"name": …, "parameters": {…}}`: Llama 3.1 and later.
    Bare,
    /// `[TOOL_CALLS][{"name": …, "arguments": {…}}, …]`: Mistral.
    Listed,
    /// A message in a channel, `<|channel|>commentary to=functions.NAME <|constrain|>json<|message|>{…}`, which ends the answer: gpt-oss. The
    /// thoughts are in a channel, too.
    Channeled,
}

/// The texts around a model's thoughts. Where they are headers of channels, others than these lead out of thoughts, too, and [`Thoughts`]
/// leaves out those of all channels.
///
/// [`Thoughts`]: crate::Thoughts
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThoughtMarks {
    /// Begins them, such as `<think>`.
    pub open: String,
    /// Ends them, such as `</think>`.
    pub close: String,
}

impl ThoughtMarks {
    /// What models write thoughts between: beginning and end.
    pub const KNOWN: &[(&str, &str)] = &[
        ("<think>", "</think>"),
        ("[THINK]", "[/THINK]"),
        ("<|START_THINKING|>", "<|END_THINKING|>"),
        ("<seed:think>", "</seed:think>"),
        ("<thinking>", "</thinking>"),
        ("<thought>", "</thought>"),
        ("<reasoning>", "</reasoning>"),
        ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ];

    /// The first of those that `template` writes or reads. A model whose template writes any headers of channels thinks in one.
    pub fn in_template(template: &str) -> Option<Self> {
        let has_channels = ["<|channel|>", "<|message|>"].iter().all(|mark| template.contains(mark));
        let known = Self::KNOWN.iter();
        let mut known = known.filter(|(open, close)| {
            template.contains(open)
                || template.contains(close)
                || (has_channels && channels::is_channel(open))
        });
        known.next().map(|&(open, close)| Self { open: open.to_owned(), close: close.to_owned() })
    }
}

/// Something that continues prompts. All methods may be called from any thread.
pub trait Generator: Send + Sync {
    /// What it runs.
    fn description(&self) -> &ModelDescription;

    /// Accepts a request and answers as a stream. Returns at once; dropping the stream cancels.
    ///
    /// # Errors
    /// When the request is refused before any work: bad parameters, a full queue, or a prompt
    /// that does not fit.
    fn generate(&self, request: GenerationRequest) -> Result<GenerationStream, GenerationError>;

    /// Whether it has failed for good: what is asked of it ends with [`GenerationError::Stopped`], and only another one, made of the
    /// same model, would answer.
    fn has_stopped(&self) -> bool {
        false
    }

    /// Whether answers can be held to `schema`, which a request may ask for as part of a larger grammar.
    ///
    /// # Errors
    /// [`GenerationError::Constraint`] when they can't, saying where in the schema.
    fn check_schema(&self, schema: &Value, unenforceable: Unenforceable) -> Result<(), GenerationError>;

    /// Token ids of `text`.
    ///
    /// # Errors
    /// When the text can't be tokenised.
    fn tokenize(&self, text: &str, special: Special) -> Result<Vec<u32>, GenerationError>;

    /// Token ids of `prompt`, exactly those that [`Self::generate`] would continue if they fit.
    ///
    /// # Errors
    /// When the prompt can't be tokenised, or its template fails.
    fn prompt_tokens(&self, prompt: &Prompt) -> Result<Vec<u32>, GenerationError>;

    /// Text of token ids. Bytes that form no character become U+FFFD.
    ///
    /// # Errors
    /// When an id is not in the vocabulary.
    fn detokenize(&self, tokens: &[u32]) -> Result<String, GenerationError>;

    /// The bytes that a token adds in the midst of a text: maybe a part of a character. None for tokens that are no text, or that
    /// are not in the vocabulary.
    fn token_bytes(&self, token: u32) -> Vec<u8>;

    /// The prompt text that the chat template makes of `chat`, the assistant's turn opened.
    ///
    /// # Errors
    /// When the template fails or there is none.
    fn render(&self, chat: &Chat) -> Result<String, GenerationError>;

    /// The text of `prompt` as the model gets it, with the special tokens of its chat template spelled out.
    ///
    /// # Errors
    /// As [`Self::render`] and [`Self::detokenize`].
    fn prompt_text(&self, prompt: &Prompt) -> Result<String, GenerationError> {
        Ok(match prompt {
            Prompt::Chat(chat) => self.render(chat)?,
            Prompt::Text(text) => text.clone(),
            Prompt::Parts(parts) => {
                let text = |part: &PromptPart| match part {
                    PromptPart::Markup(text) | PromptPart::Text(text) => text.clone(),
                };
                parts.iter().map(text).collect()
            }
            Prompt::Tokens(tokens) => self.detokenize(tokens)?,
        })
    }
}
