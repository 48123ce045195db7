//! What an answer must look like, as clients ask for it. Must not know grammars.

use abide_generation::Constraint;
use serde_json::{Value, json};

use super::fields::Fields;
use crate::ApiError;

/// What the object `value` at `path` asks for, with the object as it comes back in replies. In chat the schema stands in an object `json_schema` of its
/// own, in responses beside the type.
pub fn read_format(value: Value, path: &str, nested: bool) -> Result<Option<Constraint>, ApiError> {
    let mut format = Fields::of(value, path)?;
    let kind = format.take_text("type")?;
    let constraint = match kind.as_str() {
        "text" => None,
        "json_object" => Some(Constraint::JsonObject),
        "json_schema" if nested => {
            let inner = format.take("json_schema").unwrap_or_else(|| json!({}));
            let mut inner = Fields::of(inner, format.path_of("json_schema"))?;
            let constraint = read_schema(&mut inner)?;
            inner.end()?;
            Some(constraint)
        }
        "json_schema" => Some(read_schema(&mut format)?),
        _ => {
            return Err(ApiError::unsupported(
                format.path_of("type"),
                format!(
                    "`{kind}` is none of `text`, `json_object` and `json_schema`; grammars have the fields `grammar` and `regex`"
                ),
            ));
        }
    };
    format.end()?;
    Ok(constraint)
}

/// Name and description are for models that are told of the schema. Answers follow it whether `strict` or not.
fn read_schema(fields: &mut Fields) -> Result<Constraint, ApiError> {
    let name = fields.take_text("name")?;
    if name.is_empty() {
        return Err(ApiError::invalid(fields.path_of("name"), "is empty"));
    }
    for (field, is_kind, kind) in [
        ("description", Value::is_string as fn(&Value) -> bool, "a string"),
        ("strict", Value::is_boolean, "true or false"),
    ] {
        if fields.take(field).is_some_and(|value| !is_kind(&value)) {
            return Err(ApiError::invalid(fields.path_of(field), format!("must be {kind}")));
        }
    }
    match fields.take("schema") {
        Some(schema @ (Value::Object(_) | Value::Bool(_))) => Ok(Constraint::JsonSchema(schema)),
        // The dialect lets it be left out, and then promises JSON alone.
        None => Ok(Constraint::JsonObject),
        Some(_) => Err(ApiError::invalid(fields.path_of("schema"), "must be an object")),
    }
}
