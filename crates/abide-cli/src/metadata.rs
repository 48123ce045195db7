//! A GGUF file's metadata as JSON. Must not know what any key means.

use abide_engine::gguf::{Array, Value};
use serde_json::json;

/// A value as JSON, whole.
pub fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Unsigned(value) => json!(value),
        Value::Signed(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::Bool(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Array(Array::Unsigned(values)) => json!(values),
        Value::Array(Array::Signed(values)) => json!(values),
        Value::Array(Array::Float(values)) => json!(values),
        Value::Array(Array::Bool(values)) => json!(values),
        Value::Array(Array::Text(values)) => json!(values),
    }
}
