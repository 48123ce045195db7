//! Whether tools, and the choice among them, make sense. Must not know grammars or dialects.

use std::collections::HashSet;

use abide_generation::{Constraint, Tool, ToolSyntax};
use serde_json::{Value, json};

use crate::ApiError;
use crate::answer::{Order, ToolChoice};

/// Tools of one order at most.
const TOOLS_MAX: usize = 128;
/// Bytes of a tool's name at most. Which names are allowed beyond that is for the dialects to say.
const NAME_BYTES_MAX: usize = 128;
/// Bytes of the schema of one tool's arguments at most.
const SCHEMA_BYTES_MAX: usize = 64 << 10;

/// Without tools nothing can be chosen among them.
pub(super) fn no_choice(order: &Order) -> Result<(), ApiError> {
    match &order.tool_choice {
        ToolChoice::Auto | ToolChoice::None => Ok(()),
        ToolChoice::Required | ToolChoice::Function(_) => {
            Err(ApiError::invalid("tool_choice", "asks for a call, but there are no `tools`"))
        }
    }
}

/// Checks number, names and sizes.
pub(super) fn tools(tools: &[Tool]) -> Result<(), ApiError> {
    if tools.len() > TOOLS_MAX {
        let problem = format!("has {} tools; at most {TOOLS_MAX} are allowed", tools.len());
        return Err(ApiError::invalid("tools", problem));
    }
    let mut names = HashSet::new();
    for (index, tool) in tools.iter().enumerate() {
        let field = || format!("tools[{index}]");
        // What would have to be escaped in a call is written in several ways.
        let allowed = |character: char| !character.is_control() && character != '"' && character != '\\';
        if tool.name.trim().is_empty() || tool.name.len() > NAME_BYTES_MAX || !tool.name.chars().all(allowed)
        {
            let problem = format!(
                "must have a name of 1 to {NAME_BYTES_MAX} bytes without quotation marks, backslashes and line ends, but it is {:?}",
                shortened(&tool.name)
            );
            return Err(ApiError::invalid(field(), problem));
        }
        if !names.insert(tool.name.as_str()) {
            return Err(ApiError::invalid(
                field(),
                format!("has the name of an earlier tool: `{}`", tool.name),
            ));
        }
        let bytes = serde_json::to_string(&tool.parameters).map_or(0, |text| text.len());
        if bytes > SCHEMA_BYTES_MAX {
            let problem = format!(
                "describes its arguments with a schema of {bytes} bytes; at most {SCHEMA_BYTES_MAX} are allowed"
            );
            return Err(ApiError::invalid(field(), problem));
        }
        match tool.parameters.get("type") {
            None => {}
            Some(kind) if kind == "object" => {}
            Some(kind) => {
                let problem = format!("must take an object of arguments, but its schema says `type`: {kind}");
                return Err(ApiError::invalid(field(), problem));
            }
        }
    }
    Ok(())
}

/// The tools that may be called.
pub(super) fn chosen<'a>(tools: &'a [Tool], choice: &ToolChoice) -> Result<Vec<&'a Tool>, ApiError> {
    let ToolChoice::Function(name) = choice else {
        return Ok(tools.iter().collect());
    };
    let Some(tool) = tools.iter().find(|tool| tool.name == *name) else {
        let problem = format!("names the function {:?}, which is not among the `tools`", shortened(name));
        return Err(ApiError::invalid("tool_choice", problem));
    };
    Ok(vec![tool])
}

/// The schema of answers that are not calls, which stands in `field`. An answer that is either in a format or calls of tools has to show at its
/// first bytes which of them it is.
pub(super) fn format_beside_calls(
    format: Option<&Constraint>,
    field: &str,
    syntax: ToolSyntax,
) -> Result<Option<Value>, ApiError> {
    let schema = match format {
        None => return Ok(None),
        Some(Constraint::JsonObject) => Some(json!({"type": "object"})),
        Some(Constraint::JsonSchema(schema)) => Some(schema.clone()),
        Some(Constraint::Regex(_) | Constraint::Lark(_)) => None,
    };
    let problem = match schema {
        Some(schema) if syntax != ToolSyntax::Bare => return Ok(Some(schema)),
        Some(_) => {
            "this model writes calls of tools as plain JSON, so a format can't be asked for beside `tools` that it may \
             call or not; let `tool_choice` be `required` or `none`"
        }
        None => {
            "only JSON can be asked for beside `tools` that the model may call or not; let `tool_choice` be `required` or \
             `none`"
        }
    };
    Err(ApiError::unsupported(field, problem))
}

/// A text of a request as far as an error needs to repeat it.
fn shortened(text: &str) -> String {
    text.chars().take(2 * NAME_BYTES_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn tool(name: &str) -> Tool {
        Tool { name: name.to_owned(), description: None, parameters: Map::new() }
    }

    fn problem(tools: &[Tool]) -> String {
        super::tools(tools).unwrap_err().message
    }

    #[test]
    fn names_are_checked() {
        assert!(tools(&["get_weather-2", "B", "fs.read", "a:b", "wéather", "天气", "a b"].map(tool)).is_ok());
        for name in ["", " ", "a\nb", "a\\b", "a\"b", &"x".repeat(129)] {
            assert!(problem(&[tool("ok"), tool(name)]).starts_with("`tools[1]` must have a name"), "{name}");
        }
        assert!(
            problem(&[tool("a"), tool("b"), tool("a")]).contains("`tools[2]` has the name of an earlier")
        );
    }

    #[test]
    fn sizes_are_limited() {
        let many: Vec<_> = (0..129).map(|index| tool(&format!("t{index}"))).collect();
        assert!(tools(&many[..128]).is_ok());
        assert!(problem(&many).contains("129 tools"));
        let mut large = tool("large");
        large.parameters.insert("description".to_owned(), json!("x".repeat(70_000)));
        assert!(problem(&[large]).contains("at most 65536"));
        let mut list = tool("list");
        list.parameters.insert("type".to_owned(), json!("array"));
        assert!(problem(&[list]).contains("must take an object"));
    }

    #[test]
    fn a_function_is_chosen_among_the_tools() {
        let tools = [tool("a"), tool("b")];
        assert_eq!(chosen(&tools, &ToolChoice::Required).unwrap().len(), 2);
        assert_eq!(chosen(&tools, &ToolChoice::Function("b".to_owned())).unwrap(), [&tools[1]]);
        let error = chosen(&tools, &ToolChoice::Function("c".to_owned())).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("tool_choice"));
        assert!(error.message.contains("\"c\""));
    }
}
