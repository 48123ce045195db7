//! Tools as clients describe them, and which may be called. Must not know how models write calls.

use abide_generation::Tool;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::fields::{Fields, kind_of, read};
use crate::ApiError;
use crate::answer::ToolChoice;
use crate::dialects::tool_names;

/// Most tools of a request.
const TOOLS_MAX: usize = 128;
/// Longest name of a tool, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// A function that the model may call.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = openai::Function)]
pub struct Function {
    /// What it is called by.
    pub name: String,
    /// What it does, for the model.
    #[serde(default)]
    pub description: Option<String>,
    /// JSON Schema of its arguments; left out: it has none.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub parameters: Option<Map<String, Value>>,
    /// Whether a schema with keywords that can't be enforced is refused. Otherwise those are passed over, and arguments follow the rest.
    #[serde(default)]
    pub strict: Option<bool>,
}

/// A tool of the chat dialect: `{"type": "function", "function": {…}}`.
#[derive(Debug, ToSchema)]
#[schema(as = openai::ChatTool)]
#[expect(
    dead_code,
    reason = "it stands for the shape in the description of the API; tools are read in steps"
)]
pub struct ChatTool {
    /// Always `function`.
    r#type: String,
    /// The function.
    function: Function,
}

/// Where a dialect writes a function's fields: chat in an object of its own, responses beside the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{"type": "function", "function": {"name": …}}`
    Nested,
    /// `{"type": "function", "name": …}`
    Flat,
}

/// The tools of a request, with the functions as they were described.
pub fn take_tools(fields: &mut Fields, shape: Shape) -> Result<Vec<Function>, ApiError> {
    let path = fields.path_of("tools");
    let values = match fields.take("tools") {
        None => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(other) => {
            return Err(ApiError::invalid(path, format!("must be a list, not {}", kind_of(&other))));
        }
    };
    if values.len() > TOOLS_MAX {
        return Err(ApiError::invalid(
            path,
            format!("has {} tools; {TOOLS_MAX} at most are allowed", values.len()),
        ));
    }
    let mut functions: Vec<Function> = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        let (function, name_path) = function_of(value, &format!("{path}[{index}]"), shape)?;
        tool_names::check(&function.name, NAME_BYTES_MAX, &name_path)?;
        if functions.iter().any(|earlier| earlier.name == function.name) {
            return Err(ApiError::invalid(name_path, "is the name of an earlier tool, too"));
        }
        functions.push(function);
    }
    Ok(functions)
}

/// The names of those whose arguments are to follow all of their schema.
pub fn strict_names(functions: &[Function]) -> Vec<String> {
    let strict = functions.iter().filter(|function| function.strict == Some(true));
    strict.map(|function| function.name.clone()).collect()
}

fn function_of(value: Value, path: &str, shape: Shape) -> Result<(Function, String), ApiError> {
    let mut tool = Fields::of(value, path)?;
    let kind = tool.take_text("type")?;
    if kind != "function" {
        return Err(ApiError::unsupported(
            tool.path_of("type"),
            format!(
                "`{kind}` is no kind of tool that runs here; describe it as a `function`, which your program runs"
            ),
        ));
    }
    let function = match shape {
        Shape::Nested => {
            let function_path = tool.path_of("function");
            let function = tool
                .take("function")
                .ok_or_else(|| ApiError::invalid(function_path.clone(), "is missing"))?;
            (read::<Function>(function, &function_path)?, format!("{function_path}.name"))
        }
        Shape::Flat => (tool.read::<Function>()?, tool.path_of("name")),
    };
    tool.end()?;
    Ok(function)
}

impl From<Function> for Tool {
    fn from(function: Function) -> Self {
        let none = || Map::from_iter([("type".into(), json!("object")), ("properties".into(), json!({}))]);
        Self {
            name: function.name,
            description: function.description,
            parameters: function.parameters.unwrap_or_else(none),
        }
    }
}

/// Which of `functions` may be called.
pub fn take_tool_choice(
    fields: &mut Fields,
    functions: &[Function],
    shape: Shape,
) -> Result<ToolChoice, ApiError> {
    let path = fields.path_of("tool_choice");
    let choice = match fields.take("tool_choice") {
        None => return Ok(ToolChoice::Auto),
        Some(Value::String(word)) => match word.as_str() {
            "auto" => ToolChoice::Auto,
            "none" => ToolChoice::None,
            "required" => ToolChoice::Required,
            _ => {
                return Err(ApiError::invalid(
                    path,
                    format!("is `{word}`, but must be `auto`, `none`, `required` or name one function"),
                ));
            }
        },
        Some(value) => return named_choice(value, &path, functions, shape).map(ToolChoice::Function),
    };
    if choice == ToolChoice::Required && functions.is_empty() {
        return Err(ApiError::invalid(path, "requires a call, but `tools` has none to call"));
    }
    Ok(choice)
}

fn named_choice(value: Value, path: &str, functions: &[Function], shape: Shape) -> Result<String, ApiError> {
    let mut choice = Fields::of(value, path)?;
    let kind = choice.take_text("type")?;
    if kind != "function" {
        let advice = match kind.as_str() {
            "allowed_tools" => "give only those tools in `tools`".to_owned(),
            _ => format!("`{kind}` is no kind of tool that runs here; name a function"),
        };
        return Err(ApiError::unsupported(choice.path_of("type"), advice));
    }
    let (name, name_path) = match shape {
        Shape::Flat => (choice.take_text("name")?, choice.path_of("name")),
        Shape::Nested => {
            let inner = choice.take("function").unwrap_or_else(|| json!({}));
            let mut inner = Fields::of(inner, choice.path_of("function"))?;
            let name = inner.take_text("name")?;
            let name_path = inner.path_of("name");
            inner.end()?;
            (name, name_path)
        }
    };
    choice.end()?;
    if !functions.iter().any(|function| function.name == name) {
        return Err(ApiError::invalid(name_path, format!("is `{name}`, which `tools` does not describe")));
    }
    Ok(name)
}

/// The arguments of a call, which the dialect writes as a text.
pub fn arguments_of(text: &str, path: impl FnOnce() -> String) -> Result<Map<String, Value>, ApiError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(other) => Err(ApiError::invalid(
            path(),
            format!("must be the JSON text of an object, not of {}", kind_of(&other)),
        )),
        Err(error) => Err(ApiError::invalid(path(), format!("is not JSON: {error}"))),
    }
}
