//! Reads the object of a request piece by piece, so that every error names its field and nothing in it is passed over.
//! Must not know what the fields mean.

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use crate::ApiError;
use crate::extract::explain_within;
pub use crate::extract::read;
use crate::objects::Objects;

/// An object of a request. What is read is taken out; what is left at [`Self::end`] was not understood.
pub struct Fields {
    path: String,
    map: Map<String, Value>,
}

/// A field that the dialect knows, and that abide accepts only where it changes nothing.
pub struct Refused {
    /// Its name.
    pub field: &'static str,
    /// The values, as JSON, that ask for what abide does anyway. `null` is always one.
    pub harmless: &'static [&'static str],
    /// Why other values are refused, and what to do.
    pub advice: &'static str,
}

/// What other servers call fields of all bodies, and what they are called here.
const CALLED_ELSEWHERE: [(&str, &str); 3] = [
    ("repeat_penalty", "repetition_penalty"),
    ("repeat_last_n", "penalty_window"),
    ("guided_regex", "regex"),
];

impl Fields {
    /// The body of a request.
    pub fn of_body(map: Map<String, Value>) -> Self {
        Self { path: String::new(), map }
    }

    /// The object that stands at `path`.
    pub fn of(value: Value, path: impl Into<String>) -> Result<Self, ApiError> {
        let path = path.into();
        match value {
            Value::Object(map) => Ok(Self { path, map }),
            other => Err(ApiError::invalid(path, format!("must be an object, not {}", kind_of(&other)))),
        }
    }

    /// Where the field `name` stands, for example `messages[2].content`.
    pub fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Takes one field out; `null` is the same as none.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text that must be there out.
    pub fn take_text(&mut self, name: &str) -> Result<String, ApiError> {
        match self.take(name) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(ApiError::invalid(
                self.path_of(name),
                format!("must be a string, not {}", kind_of(&other)),
            )),
            None => Err(ApiError::invalid(self.path_of(name), "is missing")),
        }
    }

    /// Takes the fields of the struct `T` out.
    pub fn read<T: DeserializeOwned>(&mut self) -> Result<T, ApiError> {
        let path = self.path.clone();
        serde_path_to_error::deserialize(Objects(Take(&mut self.map)))
            .map_err(|error| explain_within(&path, &error))
    }

    /// Refuses what the dialect offers and abide doesn't.
    pub fn refuse<'r>(&mut self, refused: impl IntoIterator<Item = &'r Refused>) -> Result<(), ApiError> {
        for Refused { field, harmless, advice } in refused {
            let Some(value) = self.take(field) else { continue };
            let is_harmless = harmless
                .iter()
                .any(|text| serde_json::from_str(text).is_ok_and(|known: Value| known == value));
            if !is_harmless {
                return Err(ApiError::unsupported(self.path_of(field), advice));
            }
        }
        Ok(())
    }

    /// Refuses what nobody has read.
    pub fn end(self) -> Result<(), ApiError> {
        let Some(name) = self.map.keys().next() else { return Ok(()) };
        let here = CALLED_ELSEWHERE.iter().find(|(other, _)| self.path.is_empty() && other == name);
        let advice = here.map_or_else(
            || "this field is unknown; correct its name or leave it out".to_owned(),
            |(_, here)| format!("this field is called `{here}` here"),
        );
        Err(ApiError::unsupported(self.path_of(name), advice))
    }
}

/// What a value is called in messages.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Gives a struct those of a map's fields that it knows, and leaves the others.
struct Take<'a>(&'a mut Map<String, Value>);

impl<'de> Deserializer<'de> for Take<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("only structs are read field by field"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let taken: Map<_, _> = fields.iter().filter_map(|field| self.0.remove_entry(*field)).collect();
        Value::Object(taken).deserialize_struct(name, fields, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Size {
        width: u32,
        height: Option<u32>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nested {
        #[expect(dead_code, reason = "it is read to see where errors are found")]
        sizes: Vec<Strict>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is read to see where errors are found")]
    struct Strict {
        width: u32,
    }

    fn body(value: Value) -> Fields {
        Fields::of(value, "").unwrap()
    }

    #[test]
    fn a_struct_takes_its_own_fields_and_leaves_the_others() {
        let mut fields = body(json!({"width": 3, "depth": 4, "height": null}));
        assert_eq!(fields.read::<Size>().unwrap(), Size { width: 3, height: None });
        let error = fields.end().unwrap_err();
        assert_eq!(error.field.as_deref(), Some("depth"));
    }

    #[test]
    fn errors_name_the_place() {
        let place = |value: Value| {
            let error = body(value).read::<Nested>().unwrap_err();
            (error.field.unwrap(), error.message)
        };
        assert_eq!(place(json!({})).0, "sizes");
        assert_eq!(place(json!({"sizes": [{"width": 1}, {}]})).0, "sizes[1].width");
        assert_eq!(place(json!({"sizes": [{"width": "x"}]})).0, "sizes[0].width");
        let (field, message) = place(json!({"sizes": [{"width": 1, "depth": 1}]}));
        assert_eq!(field, "sizes[0].depth");
        assert!(message.contains("unknown (expected `width`)"), "{message}");
    }

    #[test]
    fn what_is_refused_may_be_asked_for_where_it_changes_nothing() {
        const REFUSED: &[Refused] =
            &[Refused { field: "store", harmless: &["false"], advice: "nothing is kept" }];
        for harmless in [json!({}), json!({"store": null}), json!({"store": false})] {
            let mut fields = body(harmless);
            fields.refuse(REFUSED).unwrap();
            fields.end().unwrap();
        }
        let error = body(json!({"store": true})).refuse(REFUSED).unwrap_err();
        assert_eq!(error.to_string(), "`store` is not supported: nothing is kept");
    }

    #[test]
    fn what_other_servers_call_otherwise_is_told() {
        let told = body(json!({"repeat_penalty": 1.1})).end().unwrap_err().to_string();
        assert!(told.contains("`repetition_penalty` here"), "{told}");
        let told = body(json!({"nonsense": 1})).end().unwrap_err().to_string();
        assert!(told.contains("correct its name"), "{told}");
    }
}
