//! What a client wants, in no dialect.

use std::time::Duration;

use abide_generation::GenerationRequest;

/// Which tools may, or must, be called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ToolChoice {
    /// As the model likes.
    #[default]
    Auto,
    /// None: the model knows of them, but can't call any.
    None,
    /// At least one.
    Required,
    /// This one.
    Function(String),
}

/// A request of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The model's name as the client gave it; empty: the default one.
    pub model: String,
    /// What is to be generated. The tools are in its [`Chat`](abide_generation::Chat). Its seed is that of the first choice; later
    /// ones count up from it.
    pub request: GenerationRequest,
    /// How many answers are wanted, 1 or more.
    pub choices: usize,
    /// Which tools may be called.
    pub tool_choice: ToolChoice,
    /// Whether several tools may be called in one answer; never where one is named.
    pub parallel_tool_calls: bool,
    /// How long the model stays in memory afterwards; `None`: as the last request that said so, or as the server is set; zero:
    /// not at all; `Duration::MAX`: for ever.
    pub keep_alive: Option<Duration>,
}

impl Order {
    /// One answer to `request` by `model`.
    pub fn new(model: impl Into<String>, request: GenerationRequest) -> Self {
        Self {
            model: model.into(),
            request,
            choices: 1,
            tool_choice: ToolChoice::default(),
            parallel_tool_calls: true,
            keep_alive: None,
        }
    }
}
