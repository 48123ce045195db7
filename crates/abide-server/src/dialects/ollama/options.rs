//! Ollama's `options`: how tokens are chosen, and how much is made. Must not know models: what depends on one is
//! left to those who hold it.

use abide_generation::{Mirostat, Sampling};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::{Number, Value};
use utoipa::ToSchema;

use crate::ApiError;

/// Surprise in bits and learning rate of mirostat where a request names none, as Ollama has them.
const MIROSTAT: Mirostat = Mirostat { tau: 5.0, eta: 0.1 };

/// What is set when the server starts.
const SERVER_SETS: &str = "it is decided when the server starts, not by a request";

/// How tokens are chosen, and how much is made. What is left out is as the model's authors advise.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::Options)]
pub(super) struct Options {
    /// Tokens of answer at most; -1 or -2: until the model ends or the context is full.
    #[schema(value_type = Option<i64>)]
    num_predict: Option<Whole>,
    /// Tokens of context wanted. The server's context is fixed: more than it has is refused.
    #[schema(value_type = Option<i64>)]
    num_ctx: Option<Whole>,
    /// Divides the logits; 0 always takes the best token.
    temperature: Option<f32>,
    /// Keeps the k best; 0: all.
    #[schema(value_type = Option<i64>)]
    top_k: Option<Whole>,
    /// Keeps the best whose probabilities reach this together.
    top_p: Option<f32>,
    /// Keeps those with at least this share of the best one's probability.
    min_p: Option<f32>,
    /// Keeps the locally typical up to this mass.
    typical_p: Option<f32>,
    /// Seed of the draws; -1: a fresh one.
    #[schema(value_type = Option<i64>)]
    seed: Option<Whole>,
    /// Texts that end the answer.
    stop: Option<Vec<String>>,
    /// Divides the logits of tokens seen lately.
    repeat_penalty: Option<f32>,
    /// How many of the last tokens the penalties look at; 0: none, -1: all.
    #[schema(value_type = Option<i64>)]
    repeat_last_n: Option<Whole>,
    /// Subtracted once from the logit of a token seen lately.
    presence_penalty: Option<f32>,
    /// Subtracted for each time a token was seen lately.
    frequency_penalty: Option<f32>,
    /// 0: off, 2: mirostat 2.
    #[schema(value_type = Option<i64>)]
    mirostat: Option<Whole>,
    /// Target surprise of mirostat in bits.
    mirostat_tau: Option<f32>,
    /// Learning rate of mirostat.
    mirostat_eta: Option<f32>,

    #[schema(ignore)]
    num_keep: Option<Value>,
    #[schema(ignore)]
    tfs_z: Option<Value>,
    #[schema(ignore)]
    penalize_newline: Option<Value>,
    #[schema(ignore)]
    numa: Option<Value>,
    #[schema(ignore)]
    num_batch: Option<Value>,
    #[schema(ignore)]
    num_gpu: Option<Value>,
    #[schema(ignore)]
    main_gpu: Option<Value>,
    #[schema(ignore)]
    low_vram: Option<Value>,
    #[schema(ignore)]
    f16_kv: Option<Value>,
    #[schema(ignore)]
    logits_all: Option<Value>,
    #[schema(ignore)]
    vocab_only: Option<Value>,
    #[schema(ignore)]
    use_mmap: Option<Value>,
    #[schema(ignore)]
    use_mlock: Option<Value>,
    #[schema(ignore)]
    embedding_only: Option<Value>,
    #[schema(ignore)]
    num_thread: Option<Value>,
    #[schema(ignore)]
    draft_num_predict: Option<Value>,
}

/// A whole number. `40.0` is one, too: there are clients without integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Whole(i128);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        let whole = number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
            .or_else(|| number.as_f64().filter(|value| value.fract() == 0.0).map(|value| value as i128));
        whole.map(Self).ok_or_else(|| D::Error::custom(format_args!("{number} is not a whole number")))
    }
}

impl Whole {
    /// The number as one that counts things.
    fn count(self, field: &'static str) -> Result<usize, ApiError> {
        usize::try_from(self.0).map_err(|_| match self.0 {
            ..0 => ApiError::invalid(field, format_args!("is {}, but must be 0 or more", self.0)),
            large => ApiError::invalid(field, format_args!("is too large a number: {:e}", large as f64)),
        })
    }
}

/// What the options say beside the sampling.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Limits {
    /// Most tokens of answer.
    pub(super) max_tokens: Option<usize>,
    /// Texts that end the answer.
    pub(super) stop: Vec<String>,
    /// The least context that the client counts on.
    pub(super) context_tokens: Option<usize>,
}

impl Options {
    /// Whether anything is set.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Refuses what Ollama has and abide doesn't, by name.
    fn refuse(&self) -> Result<(), ApiError> {
        let refused: [(&str, &Option<Value>, &str); 16] = [
            ("options.num_keep", &self.num_keep, "a full context is never shifted; see `truncate`"),
            ("options.tfs_z", &self.tfs_z, "use `top_p`, `min_p` or `typical_p`"),
            ("options.penalize_newline", &self.penalize_newline, "penalties treat all tokens alike"),
            ("options.numa", &self.numa, SERVER_SETS),
            ("options.num_batch", &self.num_batch, SERVER_SETS),
            ("options.num_gpu", &self.num_gpu, SERVER_SETS),
            ("options.main_gpu", &self.main_gpu, SERVER_SETS),
            ("options.low_vram", &self.low_vram, SERVER_SETS),
            ("options.f16_kv", &self.f16_kv, SERVER_SETS),
            ("options.logits_all", &self.logits_all, "ask for `logprobs`"),
            ("options.vocab_only", &self.vocab_only, "POST /tokenize needs no such option"),
            ("options.use_mmap", &self.use_mmap, SERVER_SETS),
            ("options.use_mlock", &self.use_mlock, SERVER_SETS),
            ("options.embedding_only", &self.embedding_only, "POST to /api/embed"),
            ("options.num_thread", &self.num_thread, SERVER_SETS),
            ("options.draft_num_predict", &self.draft_num_predict, SERVER_SETS),
        ];
        match refused.into_iter().find(|(_, value, _)| value.is_some()) {
            Some((field, _, advice)) => Err(ApiError::unsupported(field, advice)),
            None => Ok(()),
        }
    }

    /// The sampling, over `advised` by the model's authors, and the rest.
    ///
    /// # Errors
    /// Names the first option that makes no sense or is not supported.
    pub(super) fn settle(self, advised: &Sampling) -> Result<(Sampling, Limits), ApiError> {
        self.refuse()?;
        let mut sampling = advised.clone();
        let floats = [
            (self.temperature, &mut sampling.temperature),
            (self.top_p, &mut sampling.top_p),
            (self.min_p, &mut sampling.min_p),
            (self.typical_p, &mut sampling.typical_p),
            (self.repeat_penalty, &mut sampling.repetition_penalty),
            (self.presence_penalty, &mut sampling.presence_penalty),
            (self.frequency_penalty, &mut sampling.frequency_penalty),
        ];
        for (given, place) in floats {
            *place = given.unwrap_or(*place);
        }
        if let Some(top_k) = self.top_k {
            sampling.top_k = top_k.count("options.top_k")?;
        }
        if let Some(window) = self.repeat_last_n {
            sampling.penalty_window =
                if window.0 == -1 { usize::MAX } else { window.count("options.repeat_last_n")? };
        }
        if let Some(seed) = self.seed {
            sampling.seed = seed_of(seed)?;
        }
        self.set_mirostat(&mut sampling)?;
        sampling.validate().map_err(|error| {
            let name = ollama_name(error.parameter);
            let problem = format!("is {}, but must be {}", error.value, error.range);
            ApiError::invalid(format!("options.{name}"), problem)
        })?;
        let max_tokens = match self.num_predict {
            None | Some(Whole(-1 | -2)) => None,
            Some(Whole(few @ ..=0)) => {
                let problem = format!("is {few}, but must be 1 or more, or -1 for no limit");
                return Err(ApiError::invalid("options.num_predict", problem));
            }
            Some(whole) => Some(whole.count("options.num_predict")?),
        };
        let context_tokens = self.num_ctx.map(|whole| whole.count("options.num_ctx")).transpose()?;
        Ok((sampling, Limits { max_tokens, stop: self.stop.unwrap_or_default(), context_tokens }))
    }

    fn set_mirostat(&self, sampling: &mut Sampling) -> Result<(), ApiError> {
        match self.mirostat {
            Some(Whole(0)) => sampling.mirostat = None,
            Some(Whole(2)) => sampling.mirostat = sampling.mirostat.or(Some(MIROSTAT)),
            Some(Whole(1)) => {
                return Err(ApiError::unsupported("options.mirostat", "1 is not made here; use 2"));
            }
            Some(Whole(other)) => {
                return Err(ApiError::invalid(
                    "options.mirostat",
                    format_args!("is {other}, but must be 0 or 2"),
                ));
            }
            None => {}
        }
        // Without mirostat, its target and rate say nothing, as in Ollama.
        if let Some(mirostat) = &mut sampling.mirostat {
            mirostat.tau = self.mirostat_tau.unwrap_or(mirostat.tau);
            mirostat.eta = self.mirostat_eta.unwrap_or(mirostat.eta);
        }
        Ok(())
    }
}

fn seed_of(seed: Whole) -> Result<Option<u64>, ApiError> {
    if seed.0 == -1 {
        return Ok(None);
    }
    let problem = || {
        ApiError::invalid(
            "options.seed",
            format_args!("is {}, but must be from 0 to 2^64 - 1, or -1", seed.0),
        )
    };
    u64::try_from(seed.0).map(Some).map_err(|_| problem())
}

/// What Ollama calls a parameter of [`Sampling`].
fn ollama_name(parameter: &str) -> &str {
    match parameter {
        "repetition_penalty" => "repeat_penalty",
        "mirostat.tau" => "mirostat_tau",
        "mirostat.eta" => "mirostat_eta",
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settle(options: Value) -> Result<(Sampling, Limits), ApiError> {
        serde_json::from_value::<Options>(options).unwrap().settle(&Sampling::default())
    }

    #[test]
    fn every_option_finds_its_place() {
        let (sampling, limits) = settle(json!({
            "num_predict": 100, "num_ctx": 2048, "temperature": 0.5, "top_k": 20.0, "top_p": 0.9, "min_p": 0.1,
            "typical_p": 0.7, "seed": u64::MAX, "stop": ["\n", "user:"], "repeat_penalty": 1.2,
            "repeat_last_n": 33, "presence_penalty": 1.5, "frequency_penalty": 1.0, "mirostat": 2,
            "mirostat_tau": 0.8, "mirostat_eta": 0.6,
        }))
        .unwrap();
        let expected = Sampling {
            temperature: 0.5,
            top_k: 20,
            top_p: 0.9,
            min_p: 0.1,
            typical_p: 0.7,
            seed: Some(u64::MAX),
            repetition_penalty: 1.2,
            penalty_window: 33,
            presence_penalty: 1.5,
            frequency_penalty: 1.0,
            mirostat: Some(Mirostat { tau: 0.8, eta: 0.6 }),
            ..Sampling::default()
        };
        assert_eq!(sampling, expected);
        let stop = vec!["\n".to_owned(), "user:".to_owned()];
        assert_eq!(limits, Limits { max_tokens: Some(100), stop, context_tokens: Some(2048) });
    }

    #[test]
    fn what_is_left_out_or_null_is_as_advised() {
        let advised = Sampling { temperature: 0.3, top_k: 7, seed: Some(5), ..Sampling::default() };
        let options: Options =
            serde_json::from_value(json!({"top_p": null, "num_gpu": null, "seed": -1})).unwrap();
        let (sampling, limits) = options.settle(&advised).unwrap();
        assert_eq!(sampling, Sampling { seed: None, ..advised });
        assert_eq!(limits, Limits { max_tokens: None, stop: Vec::new(), context_tokens: None });
    }

    #[test]
    fn special_values_mean_what_they_mean_in_ollama() {
        assert_eq!(settle(json!({"repeat_last_n": -1})).unwrap().0.penalty_window, usize::MAX);
        assert_eq!(settle(json!({"repeat_last_n": 0})).unwrap().0.penalty_window, 0);
        assert_eq!(settle(json!({"num_predict": -1})).unwrap().1.max_tokens, None);
        assert_eq!(settle(json!({"num_predict": -2})).unwrap().1.max_tokens, None);
        assert_eq!(settle(json!({"mirostat": 0, "mirostat_tau": 3})).unwrap().0.mirostat, None);
        assert_eq!(settle(json!({"mirostat": 2})).unwrap().0.mirostat, Some(MIROSTAT));
    }

    #[test]
    fn refusals_name_the_option() {
        let cases = [
            (json!({"num_thread": 8}), "options.num_thread"),
            (json!({"num_gpu": 0}), "options.num_gpu"),
            (json!({"tfs_z": 1.0}), "options.tfs_z"),
            (json!({"mirostat": 1}), "options.mirostat"),
            (json!({"mirostat": 3}), "options.mirostat"),
            (json!({"mirostat": 2, "mirostat_eta": 2}), "options.mirostat_eta"),
            (json!({"temperature": -1}), "options.temperature"),
            (json!({"temperature": 1e60}), "options.temperature"),
            (json!({"repeat_penalty": 0}), "options.repeat_penalty"),
            (json!({"top_k": -1}), "options.top_k"),
            (json!({"top_p": 1.5}), "options.top_p"),
            (json!({"seed": -2}), "options.seed"),
            (json!({"num_predict": 0}), "options.num_predict"),
            (json!({"num_predict": -3}), "options.num_predict"),
            (json!({"num_predict": 1e30}), "`options.num_predict` is too large a number: 1e30"),
            (json!({"num_ctx": -1}), "options.num_ctx"),
            (json!({"repeat_last_n": -2}), "options.repeat_last_n"),
        ];
        for (options, field) in cases {
            let error = settle(options.clone()).expect_err(&options.to_string());
            assert!(error.field.is_some_and(|named| field.contains(&named)), "{}", error.message);
            assert!(error.message.contains(field), "{}", error.message);
        }
        for options in
            [json!({"nonsense": 1}), json!({"top_k": 1.5}), json!({"top_p": "high"}), json!({"stop": "x"})]
        {
            assert!(serde_json::from_value::<Options>(options.clone()).is_err(), "{options}");
        }
    }
}
