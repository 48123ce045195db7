//! From the shape of a catalogue's entry to a model of random weights.
//!
//! The wiring of `abide-models` to `abide-engine` for models that are not there. Must not know what they are for.

use abide_engine::gguf::{Array, Metadata, Value};
use abide_engine::random::{Mix, RandomModel, Shape};
use abide_models::{Catalogue, Entry, Hyperparameter, Kind, ModelId};

use crate::failure::{Exit, Failure};

/// A model of random weights in the shape of the one that `wanted` names: `ID`, or `ID:TYPE` for another quantisation
/// than the catalogue's file has.
///
/// # Errors
/// When there is no such model, its shape is not known or can't be, or there is no such quantisation.
pub fn of_name(
    wanted: &str,
    catalogue: &Catalogue,
    unknown: impl Fn(&ModelId) -> Failure,
) -> Result<RandomModel, Failure> {
    let (id, mix) = match wanted.split_once(':') {
        None => (wanted, None),
        Some((id, word)) => {
            let mix: Result<Mix, _> = word.parse();
            (id, Some(mix.map_err(|error| Failure::new(Exit::Usage, error.to_string()))?))
        }
    };
    let id = ModelId::new(id).map_err(|error| {
        Failure::new(Exit::ModelMissing, format!("there is no such model: {error}"))
            .with_cure("`abide models` lists the ids; random weights take the shape of one of these")
    })?;
    let entry = catalogue.get(id.as_str()).ok_or_else(|| unknown(&id))?;
    of_entry(entry, mix)?.ok_or_else(|| {
        let known: Vec<&str> =
            catalogue.iter().filter(|entry| entry.shape.is_some()).map(|entry| entry.id.as_str()).collect();
        Failure::new(Exit::Usage, format!("the catalogue does not tell the shape of {id}"))
            .with_cure(format!("choose one of {}", known.join(", ")))
    })
}

/// A model of random weights in the shape of an entry; `None` if its shape is not known. `mix`: as the entry's file if
/// absent.
///
/// # Errors
/// When the shape can't be, or the entry's quantisation is none that can be made.
pub fn of_entry(entry: &Entry, mix: Option<Mix>) -> Result<Option<RandomModel>, Failure> {
    let Some(shape) = &entry.shape else { return Ok(None) };
    let mix = match mix {
        Some(mix) => mix,
        None => entry.quantisation.parse().map_err(|error| {
            Failure::new(Exit::Usage, format!("random weights like {} can't be made: {error}", entry.id))
                .with_cure(format!("name the type of the weights: {}:Q4_K_M", entry.id))
        })?,
    };
    let shape = engine_shape(entry, shape);
    let model = RandomModel::new(&format!("{}:{mix}", entry.id), shape, mix).map_err(|error| {
        let problem = format!("the catalogue's shape of {} makes no sense: {error}", entry.id);
        Failure::new(Exit::Usage, problem).with_cure("mend the entry's `shape` in your models.toml")
    })?;
    Ok(Some(model))
}

/// Bytes of weights that decoding one token of an entry's file reads. `None` for what makes no tokens, or is of unknown
/// size.
pub fn bytes_per_token(entry: &Entry) -> Option<u64> {
    if entry.kind == Kind::Embedding {
        return None;
    }
    let model = of_entry(entry, None).ok().flatten();
    // Without a shape, as if all weights were read.
    model.map(|model| model.weight_bytes_read()).or_else(|| entry.size_bytes())
}

fn engine_shape(entry: &Entry, shape: &abide_models::Shape) -> Shape {
    let mut hyperparameters = Metadata::default();
    for (key, value) in &shape.hyperparameters {
        let value = match value {
            Hyperparameter::Whole(number) => Value::Unsigned(*number),
            Hyperparameter::Fraction(number) => Value::Float(*number),
            Hyperparameter::Text(text) => Value::Text(text.clone()),
            Hyperparameter::PerLayer(numbers) => {
                Value::Array(Array::Signed(numbers.iter().map(|&number| number as i64).collect()))
            }
        };
        hyperparameters.insert(key.clone(), value);
    }
    hyperparameters.insert("context_length", Value::Unsigned(entry.context.into()));
    let (architecture, tied_embeddings) = (entry.family.clone(), shape.tied_embeddings);
    Shape { architecture, tied_embeddings, hyperparameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(wanted: &str) -> Result<RandomModel, Failure> {
        let missing = |id: &ModelId| Failure::new(Exit::ModelMissing, format!("no {id}"));
        of_name(wanted, &Catalogue::builtin(), missing)
    }

    /// The catalogue's own figures were taken from published files, the shapes from published configurations.
    #[test]
    fn shapes_fit_the_figures_of_their_entries() {
        for entry in Catalogue::builtin().iter() {
            let Some(model) = of_entry(entry, None).unwrap() else {
                assert_eq!(entry.family, "bert", "{}", entry.id);
                continue;
            };
            // These files hold the embedding a second time, as output, though the model has it once.
            let twice = ["qwen2.5-0.5b-instruct", "qwen2.5-1.5b-instruct", "qwen2.5-3b-instruct"];
            if twice.contains(&entry.id.as_str()) {
                assert!(model.parameters() > entry.parameters, "{}", entry.id);
            } else {
                assert_eq!(model.parameters(), entry.parameters, "{}", entry.id);
            }
            // What is missing is the tokenizer.
            let ratio = model.weight_bytes() as f64 / entry.size_bytes().unwrap() as f64;
            assert!((0.97..1.001).contains(&ratio), "{}: {ratio} of the published file", entry.id);
            assert!(model.weight_bytes_read() <= model.weight_bytes());
        }
    }

    #[test]
    fn experts_that_are_not_used_are_not_read() {
        let model = of("qwen3-30b-a3b").unwrap();
        assert!(model.weight_bytes_read() < model.weight_bytes() / 6);
    }

    #[test]
    fn another_quantisation_is_named_after_a_colon() {
        let (fine, coarse) =
            (of("llama-3.2-1b-instruct:q8_0").unwrap(), of("llama-3.2-1b-instruct").unwrap());
        assert!(fine.weight_bytes() > coarse.weight_bytes() * 3 / 2);
        assert_eq!(of("llama-3.2-1b-instruct:Q9").unwrap_err().exit(), Exit::Usage);
        assert_eq!(of("llama").unwrap_err().exit(), Exit::ModelMissing);
        assert_eq!(of("Not An Id").unwrap_err().exit(), Exit::ModelMissing);
        let failure = of("all-minilm-l6-v2").unwrap_err();
        assert!(failure.cure().unwrap().contains("llama-3.2-1b-instruct, "), "{failure:?}");
    }
}
