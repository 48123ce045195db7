//! Calls of tools: what an order allows, the grammar that holds the model to it, and the reading of what the model
//! writes. Must not know any dialect.
//!
//! | choice | the answer is |
//! |---|---|
//! | auto | text that names no mark of a call, or calls whose arguments follow the tools' schemas; before the calls there may be text |
//! | required, or one function | calls and nothing else |
//! | none | text that names no mark of a call |
//!
//! Where calls may come, stop texts are looked for in the words alone: a call's marks and arguments are not the model's to choose.
//!
//! Thoughts may come first, unless the conversation says that the model is not to think. An answer format that the order asks
//! for takes the place of text; where calls are required there is no text, and it has nothing to say.

mod channels;
mod check;
mod grammar;
#[cfg(test)]
mod grammar_tests;
mod header;
mod reader;
mod scanner;

use std::sync::Arc;

use abide_generation::schema::Unenforceable;
use abide_generation::{
    Constraint, GenerationError, GenerationRequest, Generator, ModelDescription, Prompt, ToolSyntax,
};
use serde_json::Value;

pub(super) use self::reader::{Part, Reader, Rest};
use super::{Order, ToolChoice};
use crate::ApiError;

/// How calls are to be read from an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallRules {
    /// How the model writes them.
    pub(super) syntax: ToolSyntax,
    /// The tools that may be called.
    pub(super) names: Vec<String>,
    /// Whether there may be several in one answer.
    pub(super) parallel: bool,
}

/// How answers with calls are read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// How the calls are.
    pub(super) rules: CallRules,
    /// The schemas that the answers' grammar is made of.
    parts: Arc<[SchemaPart]>,
}

/// A schema within the grammar of an order's answers.
#[derive(Debug)]
struct SchemaPart {
    /// The field that it came from.
    field: String,
    schema: Value,
    unenforceable: Unenforceable,
}

impl Reading {
    /// The error to tell where `generator` refused the grammar: which schema is to blame, and where in it. The grammar itself means
    /// nothing to clients.
    pub(super) fn blame(&self, generator: &dyn Generator) -> ApiError {
        let refused =
            |part: &SchemaPart| match generator.check_schema(&part.schema, part.unenforceable).err()? {
                GenerationError::Constraint { kind, problem } => Some(ApiError::invalid(
                    part.field.clone(),
                    format_args!("can't be used as a {kind}: {problem}"),
                )),
                error => Some(error.into()),
            };
        self.parts.iter().find_map(refused).unwrap_or_else(|| {
            ApiError::invalid(
                "tools",
                "have schemas that are too much together; leave some out, or make them simpler",
            )
        })
    }
}

/// What is asked of the model for the order, and how its answers are read if they may have calls.
///
/// # Errors
/// When the tools, or what may be chosen of them, make no sense.
pub(super) fn prepare(
    order: &Order,
    description: &ModelDescription,
) -> Result<(GenerationRequest, Option<Reading>), ApiError> {
    let mut request = order.request.clone();
    let Prompt::Chat(chat) = &request.prompt else {
        check::no_choice(order)?;
        return Ok((request, None));
    };
    if chat.tools.is_empty() {
        check::no_choice(order)?;
        return Ok((request, None));
    }
    check::tools(&chat.tools)?;
    let tools = check::chosen(&chat.tools, &order.tool_choice)?;
    let marks = description.thought_marks.clone().filter(|_| chat.thinking != Some(false));
    // Who names the one tool wants it called, and not again and again.
    let parallel = order.parallel_tool_calls && !matches!(order.tool_choice, ToolChoice::Function(_));
    let language = |format| grammar::Language {
        syntax: description.tool_syntax,
        parallel,
        thoughts: marks.as_ref(),
        format,
        strict: &order.strict_tools,
    };
    let mut parts: Vec<SchemaPart> = Vec::new();
    let grammar = match order.tool_choice {
        ToolChoice::Auto => {
            let format = check::format_beside_calls(
                request.constraint.as_ref(),
                order.fields.constraint,
                description.tool_syntax,
            )?;
            let grammar = language(format.as_ref()).calls_or_text(&tools);
            let (field, unenforceable) = (order.fields.constraint.to_owned(), Unenforceable::Refused);
            parts.extend(format.map(|schema| SchemaPart { field, schema, unenforceable }));
            grammar
        }
        ToolChoice::Required | ToolChoice::Function(_) => language(None).calls(&tools),
        ToolChoice::None => {
            // What must be JSON, or follow a grammar of its own, is no call anyway.
            let text = || Constraint::Lark(language(None).text());
            request.constraint = Some(request.constraint.take().unwrap_or_else(text));
            return Ok((request, None));
        }
    };
    let places =
        chat.tools.iter().enumerate().filter(|(_, tool)| tools.iter().any(|chosen| chosen.name == tool.name));
    parts.extend(places.map(|(index, tool)| SchemaPart {
        field: format!("tools[{index}].{}", order.fields.tool_schema),
        schema: grammar::arguments(&tool.parameters),
        unenforceable: grammar::unenforceable(&order.strict_tools, tool),
    }));
    let names = tools.iter().map(|tool| tool.name.clone()).collect();
    request.constraint = Some(Constraint::Lark(grammar));
    let rules = CallRules { syntax: description.tool_syntax, names, parallel };
    Ok((request, Some(Reading { rules, parts: parts.into() })))
}
