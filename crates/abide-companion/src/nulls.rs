//! JSON without what is null in it: TOML has no null, so what went through it has none. Must not know what the JSON means.

use serde_json::{Map, Value};

/// Takes out keys and items that are null, at every level.
pub(crate) fn strip_nulls(map: &mut Map<String, Value>) {
    map.retain(|_, value| !value.is_null());
    map.values_mut().for_each(strip_nulls_within);
}

fn strip_nulls_within(value: &mut Value) {
    match value {
        Value::Object(map) => strip_nulls(map),
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(strip_nulls_within);
        }
        _ => {}
    }
}

/// The value without what is null in it.
pub(crate) fn without_nulls(value: &Value) -> Value {
    let mut value = value.clone();
    strip_nulls_within(&mut value);
    value
}
