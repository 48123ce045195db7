//! What a client wants, in no dialect.

use std::time::Duration;

use abide_generation::{GenerationError, GenerationRequest, ModelDescription, Prompt};

use crate::ApiError;

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

/// What a client calls the fields that a generator may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldNames {
    /// What the answer must look like.
    pub constraint: &'static str,
    /// Texts that end the answer.
    pub stop: &'static str,
    /// The schema of a tool's arguments, within the tool.
    pub tool_schema: &'static str,
    /// What is to be continued; `None`: `messages` where it is a conversation, else `prompt`.
    pub prompt: Option<&'static str>,
    /// Which of several prompts it is.
    pub prompt_index: Option<usize>,
    /// What asks for thoughts or against them.
    pub thoughts: Option<ThoughtWish>,
}

/// A field that says something about the model's thoughts, which the model must be able to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThoughtWish {
    /// What the client calls it.
    pub field: &'static str,
    /// What it says.
    pub wish: Wish,
}

/// What is asked of thoughts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// That there are some.
    On,
    /// That there are none.
    Off,
    /// That they are of this level where there are levels; else that there are some or none.
    Level(&'static str, bool),
    /// That they are of this level, where there are levels.
    LevelAlone(&'static str),
}

/// The levels that templates know.
pub const LEVELS: [&str; 3] = ["low", "medium", "high"];

impl ThoughtWish {
    /// Thoughts, or none of them.
    pub fn new(field: &'static str, thinks: bool) -> Self {
        Self { field, wish: if thinks { Wish::On } else { Wish::Off } }
    }

    /// Whether the model can follow.
    ///
    /// # Errors
    /// Names the field if it can't.
    pub fn check(self, model: &ModelDescription) -> Result<(), ApiError> {
        let (thinks, control) = (model.thought_marks.is_some(), model.thought_control);
        let problem = match self.wish {
            Wish::Level(level, _) | Wish::LevelAlone(level) if control.levels && !LEVELS.contains(&level) => {
                "thinks at low, medium or high; give one of these"
            }
            Wish::LevelAlone(_) if !control.levels => "knows no levels of thinking; leave it out",
            Wish::On | Wish::Level(_, true) if !thinks => "was not trained to think; leave it out",
            Wish::Off | Wish::Level(_, false) if thinks && !control.switch => {
                "always thinks before it answers; leave it out"
            }
            _ => return Ok(()),
        };
        Err(ApiError::unsupported(self.field, format!("{} {problem}", model.name)))
    }
}

/// As generators call them.
const OWN: FieldNames = FieldNames {
    constraint: "response_format",
    stop: "stop",
    tool_schema: "function.parameters",
    prompt: None,
    prompt_index: None,
    thoughts: None,
};

impl Default for FieldNames {
    fn default() -> Self {
        OWN
    }
}

impl FieldNames {
    /// Whether a model can do what is asked.
    ///
    /// # Errors
    /// Names the field that asks for thoughts of a model that has none, or the like.
    pub(super) fn check(self, model: &ModelDescription) -> Result<(), ApiError> {
        self.thoughts.map_or(Ok(()), |wish| wish.check(model))
    }

    /// A generator's refusal in the client's words.
    pub(super) fn refused(self, error: GenerationError, prompt: &Prompt) -> ApiError {
        let is_chat = matches!(prompt, Prompt::Chat(_));
        let field = || {
            let name = self.prompt.unwrap_or(if is_chat { "messages" } else { "prompt" });
            self.prompt_index.map_or_else(|| name.to_owned(), |index| format!("{name}[{index}]"))
        };
        match error {
            GenerationError::EmptyPrompt => {
                let wanted = if is_chat { "message" } else { "token" };
                ApiError::invalid(field(), format!("is empty; give at least one {wanted}"))
            }
            GenerationError::ContextOverflow { .. } | GenerationError::Template(_) => {
                let error: ApiError = error.into();
                let message = match self.prompt_index {
                    Some(_) => format!("`{}`: {}", field(), error.message),
                    None => error.message,
                };
                ApiError { field: Some(field()), message, ..error }
            }
            GenerationError::Constraint { kind, problem } => {
                ApiError::invalid(self.constraint, format!("can't be used as a {kind}: {problem}"))
            }
            GenerationError::InvalidRequest { field: "prompt", problem } => {
                ApiError::invalid(field(), problem)
            }
            GenerationError::InvalidRequest { field, problem } if field == OWN.constraint => {
                ApiError::invalid(self.constraint, problem)
            }
            GenerationError::InvalidRequest { field, problem } if field == OWN.stop => {
                ApiError::invalid(self.stop, problem)
            }
            error => error.into(),
        }
    }
}

/// A request of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The model's name as the client gave it; empty: the default one.
    pub model: String,
    /// What is to be generated. The tools are in its [`Chat`](abide_generation::Chat). Its seed is that of the first choice; those
    /// of later ones come of it.
    pub request: GenerationRequest,
    /// What the client calls its fields.
    pub fields: FieldNames,
    /// How many answers are wanted, 1 or more.
    pub choices: usize,
    /// Which tools may be called.
    pub tool_choice: ToolChoice,
    /// The names of tools whose arguments are to follow all of their schema: what can't be enforced of it is refused.
    pub strict_tools: Vec<String>,
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
            fields: FieldNames::default(),
            choices: 1,
            tool_choice: ToolChoice::default(),
            strict_tools: Vec::new(),
            parallel_tool_calls: true,
            keep_alive: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use abide_generation::scripted::ScriptedGenerator;
    use abide_generation::{Generator as _, ThoughtControl, ThoughtMarks};

    use super::*;

    #[test]
    fn what_a_model_cannot_do_about_its_thoughts_is_refused() {
        let ok = |thinks: bool, switch, levels, wish| {
            let generator = ScriptedGenerator::new(Vec::new()).describe(|description| {
                let marks = ThoughtMarks { open: "<a>".to_owned(), close: "</a>".to_owned() };
                description.thought_marks = thinks.then_some(marks);
                description.thought_control = ThoughtControl { switch, levels };
            });
            ThoughtWish { field: "think", wish }.check(generator.description()).is_ok()
        };
        // No thoughts, thoughts always, a switch, levels.
        let models = [(false, false, false), (true, false, false), (true, true, false), (true, false, true)];
        for (wish, expected) in [
            (Wish::On, [false, true, true, true]),
            (Wish::Off, [true, false, true, false]),
            (Wish::Level("low", true), [false, true, true, true]),
            (Wish::Level("max", true), [false, true, true, false]),
            (Wish::Level("minimal", false), [true, false, true, false]),
            (Wish::LevelAlone("low"), [false, false, false, true]),
        ] {
            let found = models.map(|(thinks, switch, levels)| ok(thinks, switch, levels, wish));
            assert_eq!(found, expected, "{wish:?}");
        }
    }
}
