//! What an answer must look like, from the command line. Must not know how it is enforced.

use std::path::{Path, PathBuf};

use abide_generation::Constraint;
use anyhow::Context as _;
use clap::Args;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::reading;

/// Most bytes of a schema or grammar; what the engine takes is less.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What an answer must look like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Form of the answer")]
pub struct ConstraintArguments {
    /// The answer is a JSON object
    #[arg(long, group = "constraint")]
    pub json_object: bool,
    /// The answer is JSON that is valid under this JSON Schema, given as a file or as it is
    #[arg(long, group = "constraint", value_name = "FILE|JSON")]
    pub json_schema: Option<String>,
    /// The answer matches this regular expression from start to end
    #[arg(long, group = "constraint", value_name = "REGEX")]
    pub regex: Option<String>,
    /// The answer follows this grammar (Lark, as llguidance writes it; its first rule is `start`)
    #[arg(long, group = "constraint", value_name = "FILE")]
    pub grammar: Option<PathBuf>,
}

impl ConstraintArguments {
    /// The constraint that was asked for, if one was.
    ///
    /// # Errors
    /// When a file can't be read, or a schema is not JSON.
    pub fn resolve(&self) -> anyhow::Result<Option<Constraint>> {
        if self.json_object {
            return Ok(Some(Constraint::JsonObject));
        }
        if let Some(schema) = &self.json_schema {
            return Ok(Some(Constraint::JsonSchema(read_schema(schema)?)));
        }
        if let Some(regex) = &self.regex {
            return Ok(Some(Constraint::Regex(regex.clone())));
        }
        self.grammar.as_deref().map(|path| Ok(Constraint::Lark(read("grammar", path)?))).transpose()
    }
}

/// The schema that an argument is, or names. Only one that begins like an object is taken as it is.
fn read_schema(argument: &str) -> anyhow::Result<Value> {
    let inline = argument.trim_start().starts_with('{');
    let text = if inline { argument.to_owned() } else { read("JSON Schema", Path::new(argument))? };
    serde_json::from_str(&text).map_err(|error| {
        let place = if inline { String::new() } else { format!(" in {argument}") };
        Failure::new(Exit::Usage, format!("the JSON Schema{place} is not JSON: {error}")).into()
    })
}

fn read(what: &str, path: &Path) -> anyhow::Result<String> {
    reading::file_text(path, FILE_BYTES_MAX)
        .with_context(|| Failure::new(Exit::Usage, format!("can't read the {what} in {}", path.display())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolve(arguments: &ConstraintArguments) -> Result<Option<Constraint>, String> {
        arguments.resolve().map_err(|error| error.to_string())
    }

    #[test]
    fn schemas_are_files_or_stand_there() {
        let schema = |text: &str| {
            resolve(&ConstraintArguments { json_schema: Some(text.to_owned()), ..Default::default() })
        };
        let number = Some(Constraint::JsonSchema(json!({"type": "number"})));
        assert_eq!(schema(r#" {"type": "number"}"#), Ok(number.clone()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("number.json");
        std::fs::write(&path, r#"{"type": "number"}"#).unwrap();
        assert_eq!(schema(&path.display().to_string()), Ok(number));
        std::fs::write(&path, "{").unwrap();
        let error = schema(&path.display().to_string()).unwrap_err();
        assert!(error.contains("number.json is not JSON: EOF") && error.contains("line 1"), "{error}");
        assert!(schema("{\"type\"}").unwrap_err().starts_with("the JSON Schema is not JSON"));
        assert!(
            schema("nowhere.json").unwrap_err().starts_with("can't read the JSON Schema in nowhere.json")
        );
    }

    #[test]
    fn grammars_are_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lark");
        let grammar = || resolve(&ConstraintArguments { grammar: Some(path.clone()), ..Default::default() });
        assert!(grammar().unwrap_err().contains("a.lark"));
        std::fs::write(&path, "start: \"a\"").unwrap();
        assert_eq!(grammar(), Ok(Some(Constraint::Lark("start: \"a\"".to_owned()))));
        std::fs::write(&path, vec![b'x'; (FILE_BYTES_MAX + 1) as usize]).unwrap();
        assert!(grammar().unwrap_err().contains("a.lark"));
    }
}
