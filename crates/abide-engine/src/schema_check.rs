//! Whether JSON is what a schema asks for, for tests.

use boon::{Compiler, Schemas};
use serde_json::Value;

const LOCATION: &str = "schema.json";

/// Whether the schema (JSON Schema 2020-12, with formats) allows the value.
pub(crate) fn allows(schema: &Value, value: &Value) -> bool {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource(LOCATION, schema.clone()).expect("no other schema lies there");
    let index = compiler.compile(LOCATION, &mut schemas).unwrap_or_else(|error| panic!("{error}: {schema}"));
    schemas.validate(value, index).is_ok()
}
