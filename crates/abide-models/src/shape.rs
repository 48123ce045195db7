//! The shape of a model: its hyperparameters, by the names that GGUF files give them. What they mean is none of this
//! crate's business.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

/// Most hyperparameters, and most numbers in a list of them.
const COUNT_MAX: usize = 1024;

/// Hyperparameters of a model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Table")]
pub struct Shape {
    /// Whether the embedding is the output matrix, too.
    pub tied_embeddings: bool,
    /// By GGUF's keys without the architecture before them, such as `attention.head_count`.
    pub hyperparameters: BTreeMap<String, Hyperparameter>,
}

/// The value of a hyperparameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Hyperparameter {
    /// A whole number.
    Whole(u64),
    /// A number that may have a fraction.
    Fraction(f64),
    /// A word.
    Text(String),
    /// A whole number for each layer.
    PerLayer(Vec<u64>),
}

impl TryFrom<Table> for Shape {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        let key = "tied_embeddings";
        let tied = table.remove(key).as_ref().and_then(Value::as_bool);
        let tied_embeddings = tied.ok_or_else(|| format!("a shape needs {key} = true or false"))?;
        let mut hyperparameters = BTreeMap::new();
        flatten("", table, &mut hyperparameters)?;
        if hyperparameters.len() > COUNT_MAX {
            return Err(format!("a shape has at most {COUNT_MAX} hyperparameters"));
        }
        Ok(Self { tied_embeddings, hyperparameters })
    }
}

/// Tables within tables are keys with dots.
fn flatten(prefix: &str, table: Table, into: &mut BTreeMap<String, Hyperparameter>) -> Result<(), String> {
    for (key, value) in table {
        let key = format!("{prefix}{key}");
        let value = match value {
            Value::Table(inner) => {
                flatten(&format!("{key}."), inner, into)?;
                continue;
            }
            Value::Integer(number) => Hyperparameter::Whole(whole(&key, number)?),
            Value::Float(number) if number.is_finite() => Hyperparameter::Fraction(number),
            Value::String(text) => Hyperparameter::Text(text),
            Value::Array(values) if values.len() <= COUNT_MAX => {
                let numbers = values.iter().map(|value| {
                    let number = value.as_integer();
                    whole(&key, number.ok_or_else(|| format!("{key} is no list of whole numbers"))?)
                });
                Hyperparameter::PerLayer(numbers.collect::<Result<_, String>>()?)
            }
            _ => return Err(format!("{key} is no number, no word and no list of whole numbers")),
        };
        into.insert(key, value);
    }
    Ok(())
}

fn whole(key: &str, number: i64) -> Result<u64, String> {
    u64::try_from(number).map_err(|_| format!("{key} is {number}, but can't be negative"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Shape, String> {
        Shape::try_from(text.parse::<Table>().unwrap())
    }

    #[test]
    fn tables_become_keys_with_dots() {
        let text = "tied_embeddings = true\nblock_count = 2\nrope.freq_base = 1e6\n[attention]\nhead_count_kv = [0, 2]\n";
        let shape = parse(text).unwrap();
        assert!(shape.tied_embeddings);
        let expected = [
            ("attention.head_count_kv", Hyperparameter::PerLayer(vec![0, 2])),
            ("block_count", Hyperparameter::Whole(2)),
            ("rope.freq_base", Hyperparameter::Fraction(1e6)),
        ];
        assert_eq!(shape.hyperparameters, expected.map(|(key, value)| (key.to_owned(), value)).into());
    }

    #[test]
    fn what_is_no_hyperparameter_is_refused() {
        for text in [
            "block_count = 2",
            "tied_embeddings = 1",
            "tied_embeddings = true\nblock_count = -2",
            "tied_embeddings = true\nx = nan",
            "tied_embeddings = true\nx = [1, 2.5]",
            "tied_embeddings = true\nx = true",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
