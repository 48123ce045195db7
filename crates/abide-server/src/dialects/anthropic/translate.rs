//! From a request of Anthropic's API to an order. Must not know HTTP.

use abide_generation::{Chat, Constraint, GenerationRequest, ModelDescription, Prompt, Role, Sampling};
use serde_json::Value;

use super::error::THREAD;
use super::events::Shown;
use super::request::{
    Block, Content, CountTokensRequest, Display, Effort, Message, MessagesRequest, OutputConfig,
    OutputFormat, Speaker, TextBlock, Thinking, Tool, ToolChoice, ToolResultBlock,
};
use crate::ApiError;
use crate::answer::{self, FieldNames, Order, ThoughtWish, Wish};
use crate::dialects::tool_names;

/// What stands between two texts that become one message.
const BETWEEN_TEXTS: &str = "\n";
/// Longest name of a tool, in bytes.
const NAME_BYTES_MAX: usize = 128;

/// The conversation part of a request.
pub(super) struct Conversation {
    /// For the template.
    pub(super) chat: Chat,
    tool_choice: answer::ToolChoice,
    strict_tools: Vec<String>,
    parallel_tool_calls: bool,
    constraint: Option<Constraint>,
    /// What is asked of thoughts.
    thoughts: Vec<ThoughtWish>,
    /// What is shown of thoughts.
    pub(super) thoughts_shown: Shown,
}

/// The order of a request, but for what depends on the model.
pub(super) struct Draft {
    conversation: Conversation,
    model: String,
    max_tokens: usize,
    thought_tokens_max: Option<usize>,
    stop: Vec<String>,
    temperature: Option<f32>,
    top_k: Option<usize>,
    top_p: Option<f32>,
}

impl Draft {
    /// Reads a request.
    ///
    /// # Errors
    /// Names the field that makes no sense or is not supported.
    pub(super) fn new(request: MessagesRequest) -> Result<Self, ApiError> {
        refuse(&[
            ("container", &request.container, "no code is run here"),
            ("diagnostics", &request.diagnostics, "`usage` tells what was found in the cache"),
            ("inference_geo", &request.inference_geo, "everything happens on this machine"),
            ("mcp_servers", &request.mcp_servers, "call tools yourself and send their results"),
            ("context_management", &request.context_management, "leave messages out yourself"),
            ("user_profile_id", &request.user_profile_id, "there are no profiles"),
            (THREAD, &request.thread, "no conversations are held here; send all messages each time"),
        ])?;
        refuse_speed(request.speed.as_deref())?;
        if request.max_tokens == 0 {
            return Err(ApiError::invalid(
                "max_tokens",
                "is 0, but must be 1 or more; prompts need no warming up here",
            ));
        }
        if let Some(temperature) =
            request.temperature.filter(|temperature| !(0.0..=1.0).contains(temperature))
        {
            return Err(ApiError::invalid(
                "temperature",
                format_args!("is {temperature}, but must be from 0 to 1"),
            ));
        }
        let thought_tokens_max = match request.thinking {
            Some(Thinking::Enabled { budget_tokens, .. }) => Some(budget_tokens),
            _ => None,
        };
        if let Some(budget_tokens) =
            thought_tokens_max.filter(|budget| !(1..request.max_tokens).contains(budget))
        {
            let problem = format!(
                "is {budget_tokens}, but must be from 1 to less than `max_tokens`, which is {}",
                request.max_tokens
            );
            return Err(ApiError::invalid("thinking.budget_tokens", problem));
        }
        let conversation = Conversation::new(
            request.messages,
            request.system,
            request.tools,
            request.tool_choice,
            request.thinking,
            request.output_config,
        )?;
        Ok(Self {
            conversation,
            model: request.model,
            max_tokens: request.max_tokens,
            thought_tokens_max,
            stop: request.stop_sequences.unwrap_or_default(),
            temperature: request.temperature,
            top_k: request.top_k,
            top_p: request.top_p,
        })
    }

    /// The model's name.
    pub(super) fn model(&self) -> &str {
        &self.model
    }

    /// What is shown of thoughts.
    pub(super) fn thoughts_shown(&self) -> Shown {
        self.conversation.thoughts_shown
    }

    /// The order for the model that was found, over the sampling that is `advised` for it.
    ///
    /// # Errors
    /// Names the field that asks for more than the model has.
    pub(super) fn order(self, advised: &Sampling, model: &ModelDescription) -> Result<Order, ApiError> {
        self.conversation.check(model)?;
        let sampling = Sampling {
            temperature: self.temperature.unwrap_or(advised.temperature),
            top_k: self.top_k.unwrap_or(advised.top_k),
            top_p: self.top_p.unwrap_or(advised.top_p),
            ..advised.clone()
        };
        let Conversation { chat, tool_choice, strict_tools, parallel_tool_calls, constraint, .. } =
            self.conversation;
        let request = GenerationRequest {
            sampling,
            max_tokens: Some(self.max_tokens),
            thought_tokens_max: self.thought_tokens_max,
            stop: self.stop,
            constraint,
            ..GenerationRequest::new(Prompt::Chat(chat))
        };
        let fields = FieldNames {
            constraint: "output_config.format",
            stop: "stop_sequences",
            tool_schema: "input_schema",
            ..FieldNames::default()
        };
        Ok(Order {
            fields,
            tool_choice,
            strict_tools,
            parallel_tool_calls,
            ..Order::new(self.model, request)
        })
    }
}

impl Conversation {
    /// Reads a request whose tokens are to be counted.
    ///
    /// # Errors
    /// As [`Draft::new`].
    pub(super) fn counted(request: CountTokensRequest) -> Result<Self, ApiError> {
        refuse(&[
            ("mcp_servers", &request.mcp_servers, "call tools yourself and send their results"),
            ("context_management", &request.context_management, "leave messages out yourself"),
        ])?;
        refuse_speed(request.speed.as_deref())?;
        Self::new(
            request.messages,
            request.system,
            request.tools,
            request.tool_choice,
            request.thinking,
            request.output_config,
        )
    }

    fn new(
        messages: Vec<Message>,
        system: Option<Content>,
        tools: Option<Vec<Tool>>,
        choice: Option<ToolChoice>,
        thinking: Option<Thinking>,
        output: Option<OutputConfig>,
    ) -> Result<Self, ApiError> {
        let tools = tools.unwrap_or_default();
        let strict = tools.iter().filter(|tool| tool.rest.get("strict") == Some(&Value::Bool(true)));
        let strict_tools = strict.filter_map(|tool| tool.name.clone()).collect();
        let tools = tools.into_iter().enumerate();
        let tools = tools.map(|(index, tool)| translate_tool(index, tool)).collect::<Result<Vec<_>, _>>()?;
        let (tool_choice, parallel_tool_calls) = translate_choice(choice, &tools)?;
        let OutputConfig { format, effort } = output.unwrap_or_default();
        let asked = match thinking {
            Some(Thinking::Enabled { .. }) => Some(ThoughtWish::new("thinking", true)),
            Some(Thinking::Disabled {}) => Some(ThoughtWish::new("thinking", false)),
            _ => None,
        };
        let effort = effort.map(Effort::as_str);
        let level =
            effort.map(|level| ThoughtWish { field: "output_config.effort", wish: Wish::LevelAlone(level) });
        let variables = effort.map(|level| ("reasoning_effort".to_owned(), level.into()));
        let shown = |display| if display == Some(Display::Omitted) { Shown::Blocks } else { Shown::Whole };
        let (thinking, thoughts_shown) = match thinking {
            // Clients that don't ask for thoughts don't expect blocks of them, also of models that always think.
            None | Some(Thinking::Disabled {}) => (Some(false), Shown::Nothing),
            Some(Thinking::Enabled { display, .. }) => (Some(true), shown(display)),
            Some(Thinking::Adaptive { display }) => (None, shown(display)),
            Some(Thinking::BetweenTools {}) => {
                return Err(ApiError::unsupported(
                    "thinking.type",
                    "`between_tools` is not known; use `enabled`",
                ));
            }
        };
        Ok(Self {
            chat: Chat {
                messages: translate_messages(messages, system)?,
                tools,
                thinking,
                variables: variables.into_iter().collect(),
            },
            tool_choice,
            strict_tools,
            parallel_tool_calls,
            constraint: format
                .map(|OutputFormat::JsonSchema { schema }| Constraint::JsonSchema(Value::Object(schema))),
            thoughts: asked.into_iter().chain(level).collect(),
            thoughts_shown,
        })
    }

    /// Whether `model` can do what is asked.
    ///
    /// # Errors
    /// Names the field that asks for more.
    pub(super) fn check(&self, model: &ModelDescription) -> Result<(), ApiError> {
        self.thoughts.iter().try_for_each(|wish| wish.check(model))
    }
}

/// Refuses what is not null, by name.
fn refuse(fields: &[(&str, &Option<Value>, &str)]) -> Result<(), ApiError> {
    match fields.iter().find(|(_, value, _)| value.is_some()) {
        Some((field, _, advice)) => Err(ApiError::unsupported(*field, advice)),
        None => Ok(()),
    }
}

fn refuse_speed(speed: Option<&str>) -> Result<(), ApiError> {
    match speed {
        None | Some("standard") => Ok(()),
        Some(_) => {
            Err(ApiError::unsupported("speed", "there is one speed; leave it out, or give \"standard\""))
        }
    }
}

fn translate_tool(index: usize, tool: Tool) -> Result<abide_generation::Tool, ApiError> {
    let field = |name: &str| format!("tools[{index}].{name}");
    if let Some(kind) = tool.kind.filter(|kind| kind != "custom") {
        let advice =
            format!("`{kind}` is one that Anthropic defines; define your own with `name` and `input_schema`");
        return Err(ApiError::unsupported(field("type"), advice));
    }
    for (name, value) in &tool.rest {
        let harmless = match (name.as_str(), value) {
            // Null says nothing; arguments always come as they are made.
            (_, Value::Null) | ("cache_control", Value::Object(_)) | ("strict", Value::Bool(_)) => true,
            ("eager_input_streaming", value) => *value == Value::Bool(true),
            ("defer_loading", value) => *value == Value::Bool(false),
            ("input_examples", Value::Array(examples)) => examples.is_empty(),
            ("allowed_callers", Value::Array(callers)) => callers.iter().all(|caller| caller == "direct"),
            _ => false,
        };
        if !harmless {
            return Err(ApiError::unsupported(
                field(name),
                "tools here have a name, a description and an input_schema",
            ));
        }
    }
    let missing = |name: &str| ApiError::invalid(field(name), "is missing");
    let name = tool.name.ok_or_else(|| missing("name"))?;
    tool_names::check(&name, NAME_BYTES_MAX, &field("name"))?;
    let parameters = tool.input_schema.ok_or_else(|| missing("input_schema"))?;
    Ok(abide_generation::Tool { name, description: tool.description, parameters })
}

fn translate_choice(
    choice: Option<ToolChoice>,
    tools: &[abide_generation::Tool],
) -> Result<(answer::ToolChoice, bool), ApiError> {
    let none_given = || ApiError::invalid("tool_choice", "asks for a call, but `tools` names none");
    let (choice, single) = match choice {
        None => return Ok((answer::ToolChoice::Auto, true)),
        Some(ToolChoice::Auto { disable_parallel_tool_use }) => {
            (answer::ToolChoice::Auto, disable_parallel_tool_use)
        }
        Some(ToolChoice::None {}) => (answer::ToolChoice::None, None),
        Some(ToolChoice::Any { .. }) if tools.is_empty() => return Err(none_given()),
        Some(ToolChoice::Any { disable_parallel_tool_use }) => {
            (answer::ToolChoice::Required, disable_parallel_tool_use)
        }
        Some(ToolChoice::Tool { name, .. }) if tools.iter().all(|tool| tool.name != name) => {
            return Err(ApiError::invalid(
                "tool_choice.name",
                format_args!("is `{name}`, which `tools` does not name"),
            ));
        }
        Some(ToolChoice::Tool { name, disable_parallel_tool_use }) => {
            (answer::ToolChoice::Function(name), disable_parallel_tool_use)
        }
    };
    Ok((choice, single != Some(true)))
}

fn translate_messages(
    messages: Vec<Message>,
    system: Option<Content>,
) -> Result<Vec<abide_generation::Message>, ApiError> {
    if messages.is_empty() {
        return Err(ApiError::invalid("messages", "is empty; give at least one message"));
    }
    let mut turns = Turns::default();
    if let Some(system) = system {
        let text = text_of(system, "system")?;
        if !text.is_empty() {
            turns.say(Role::System, text);
        }
    }
    for (index, message) in messages.into_iter().enumerate() {
        turns.add(message, &format!("messages[{index}]"))?;
    }
    match turns.messages.last() {
        Some(last) if !last.tool_calls.is_empty() => Err(ApiError::invalid(
            "messages",
            "ends with calls of tools; send their results (`tool_result`) after it",
        )),
        _ => Ok(turns.messages),
    }
}

/// Blocks of text as one text.
fn text_of(content: Content, path: &str) -> Result<String, ApiError> {
    let plain = content.plain;
    let texts = content.blocks.into_iter().enumerate().map(|(index, block)| {
        let path = if plain { path.to_owned() } else { format!("{path}[{index}]") };
        match block {
            Block::Text(text) => plain_text(text, &path),
            other => Err(refused(&other, &path)),
        }
    });
    Ok(texts.collect::<Result<Vec<_>, _>>()?.join(BETWEEN_TEXTS))
}

fn plain_text(block: TextBlock, path: &str) -> Result<String, ApiError> {
    match block.citations {
        Some(citations) if !citations.is_empty() => Err(ApiError::unsupported(
            format!("{path}.citations"),
            "there are no documents that could be cited",
        )),
        _ => Ok(block.text),
    }
}

/// Why a block can't stand where it stands.
fn refused(block: &Block, path: &str) -> ApiError {
    match block {
        Block::Image {} => ApiError::unsupported(path, "it is an image, and the models here read text alone"),
        Block::Document {} => ApiError::unsupported(path, "it is a document; send its text"),
        Block::RedactedThinking {} => {
            ApiError::unsupported(path, "only Anthropic can read these thoughts; leave them out")
        }
        Block::Other => ApiError::unsupported(
            format!("{path}.type"),
            "known are text, thinking, tool_use and tool_result",
        ),
        Block::Text(_) | Block::Thinking(_) | Block::ToolUse(_) | Block::ToolResult(_) => {
            ApiError::invalid(path, "is of a type that can't stand here")
        }
    }
}

/// A conversation while it is read. Messages of one role that follow each other become one, as the API has it.
#[derive(Default)]
struct Turns {
    messages: Vec<abide_generation::Message>,
    /// Ids and names of the calls so far.
    calls: Vec<(String, String)>,
}

impl Turns {
    fn add(&mut self, message: Message, path: &str) -> Result<(), ApiError> {
        let plain = message.content.plain;
        let content = format!("{path}.content");
        let assistant = message.role == Speaker::Assistant;
        if message.role == Speaker::System {
            let text = text_of(message.content, &content)?;
            self.say(Role::System, text);
            return Ok(());
        }
        if message.content.blocks.is_empty() {
            self.say(if assistant { Role::Assistant } else { Role::User }, String::new());
        }
        for (index, block) in message.content.blocks.into_iter().enumerate() {
            let path = if plain { content.clone() } else { format!("{content}[{index}]") };
            match block {
                Block::Text(text) if assistant => {
                    self.assistant().content.push_str(&plain_text(text, &path)?);
                }
                Block::Text(text) => self.say(Role::User, plain_text(text, &path)?),
                Block::Thinking(block) if assistant => {
                    self.assistant().reasoning.get_or_insert_default().push_str(&block.thinking);
                }
                Block::ToolUse(call) if assistant => {
                    refuse(&[(
                        &format!("{path}.toolset_name"),
                        &call.toolset_name,
                        "there are no sets of tools",
                    )])?;
                    self.calls.push((call.id.clone(), call.name.clone()));
                    let call =
                        abide_generation::ToolCall { id: call.id, name: call.name, arguments: call.input };
                    self.assistant().tool_calls.push(call);
                }
                Block::ToolResult(result) if !assistant => self.answer(result, &path)?,
                other => return Err(refused(&other, &path)),
            }
        }
        Ok(())
    }

    /// The assistant's turn, begun if it is not under way.
    fn assistant(&mut self) -> &mut abide_generation::Message {
        if self.messages.last().is_none_or(|last| last.role != Role::Assistant) {
            self.messages.push(abide_generation::Message::new(Role::Assistant, ""));
        }
        self.messages.last_mut().expect("there is one now")
    }

    fn say(&mut self, role: Role, text: String) {
        match self.messages.last_mut() {
            Some(last) if last.role == role => {
                if !last.content.is_empty() && !text.is_empty() && role != Role::Assistant {
                    last.content.push_str(BETWEEN_TEXTS);
                }
                last.content.push_str(&text);
            }
            _ => self.messages.push(abide_generation::Message::new(role, text)),
        }
    }

    fn answer(&mut self, result: ToolResultBlock, path: &str) -> Result<(), ApiError> {
        refuse(&[(&format!("{path}.toolset_name"), &result.toolset_name, "there are no sets of tools")])?;
        let call = self.calls.iter().rfind(|(id, _)| *id == result.tool_use_id);
        let Some((id, name)) = call.cloned() else {
            let problem = format!("is `{}`, but no earlier `tool_use` has that id", result.tool_use_id);
            return Err(ApiError::invalid(format!("{path}.tool_use_id"), problem));
        };
        let mut text = text_of(result.content.unwrap_or_default(), &format!("{path}.content"))?;
        if result.is_error == Some(true) {
            text = if text.is_empty() { "Error".to_owned() } else { format!("Error: {text}") };
        }
        let message = abide_generation::Message::new(Role::Tool, text);
        self.messages.push(abide_generation::Message { tool_call_id: Some(id), name: Some(name), ..message });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
