//! The parameters that chat, completions and responses share: samplers, abide's extensions, labels that change
//! nothing, and what is refused. Must not know what is asked with them.

use std::collections::BTreeMap;

use abide_generation::{Constraint, ContextOverflow, Dry, DynamicTemperature, Mirostat, Sampling, Xtc};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::keep_alive::KeepAlive;
use super::fields::{Fields, Refused};
use crate::ApiError;
use crate::answer::{FieldNames, ThoughtWish, Wish};

/// Largest bias of a token, either way.
const BIAS_MAX: f32 = 100.0;

/// What the dialect offers in chats and responses, and abide doesn't.
pub const REFUSED_IN_TALKS: &[Refused] = &[
    Refused { field: "modalities", harmless: &[r#"["text"]"#], advice: "the models here write text alone" },
    Refused { field: "moderation", harmless: &[], advice: "nothing here moderates" },
    Refused {
        field: "service_tier",
        harmless: &[r#""auto""#, r#""default""#],
        advice: "there is one tier; leave it out",
    },
    Refused {
        field: "prompt_cache_retention",
        harmless: &[r#""in_memory""#],
        advice: "leave it out; the server decides what it keeps",
    },
    Refused {
        field: "prompt_cache_options",
        harmless: &[r#"{"mode":"implicit"}"#],
        advice: "leave it out; any common prefix is found",
    },
];

/// How tokens are chosen. What is left out is as the model's authors advise.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = openai::Sampling)]
pub struct SamplingFields {
    /// Divides the logits; 0 takes the best token.
    temperature: Option<f32>,
    /// Keeps the best tokens whose probabilities reach this together.
    top_p: Option<f32>,
    /// Subtracted for each time a token was seen lately, from -2 to 2.
    frequency_penalty: Option<f32>,
    /// Subtracted once if a token was seen lately, from -2 to 2.
    presence_penalty: Option<f32>,
    /// Added to the logits of these tokens, by id, from -100 to 100.
    logit_bias: Option<BTreeMap<String, f32>>,
    /// With a seed, the same request gets the same answer.
    #[schema(value_type = Option<i64>)]
    seed: Option<Seed>,
    /// Extension: keeps the k best; 0 is off.
    top_k: Option<usize>,
    /// Extension: keeps those with at least this share of the best one's probability; 0 is off.
    min_p: Option<f32>,
    /// Extension: keeps the locally typical up to this mass; 1 is off.
    typical_p: Option<f32>,
    /// Extension: keeps logits within n standard deviations of the best; 0 is off.
    top_n_sigma: Option<f32>,
    /// Extension: excludes top choices at random.
    #[schema(value_type = Option<shapes::Xtc>)]
    xtc: Option<Xtc>,
    /// Extension: penalises repeated sequences; `{}` takes the usual values.
    #[schema(value_type = Option<shapes::Dry>)]
    dry: Option<Dry>,
    /// Extension: divides positive and multiplies negative logits of tokens seen lately; 1 is off.
    repetition_penalty: Option<f32>,
    /// Extension: how many of the last tokens the three penalties look at.
    penalty_window: Option<usize>,
    /// Extension: mirostat 2 in place of the cuts.
    #[schema(value_type = Option<shapes::Mirostat>)]
    mirostat: Option<Mirostat>,
    /// Extension: temperature by entropy, in place of `temperature`.
    #[schema(value_type = Option<shapes::DynamicTemperature>)]
    dynamic_temperature: Option<DynamicTemperature>,
}

/// How the samplers that have fields of their own look in the description of the API. (What reads them stands where no HTTP is known.)
#[expect(dead_code, reason = "they are only described")]
mod shapes {
    use utoipa::ToSchema;

    /// With some probability, all candidates above the threshold but the least likely of them go.
    #[derive(ToSchema)]
    #[schema(as = openai::Xtc)]
    pub struct Xtc {
        /// Probability that a step acts at all, from 0 to 1.
        #[schema(example = 0.5)]
        probability: f32,
        /// Candidates at least this likely are top choices, from 0 to 1.
        #[schema(example = 0.1)]
        threshold: f32,
    }

    /// A penalty that grows with the length of the sequence that would repeat.
    #[derive(ToSchema)]
    #[schema(as = openai::Dry)]
    pub struct Dry {
        /// Strength, 0.8 if left out; 0 is off.
        #[schema(example = 0.8)]
        multiplier: Option<f32>,
        /// Growth per token of repeated length, 1.75 if left out.
        base: Option<f32>,
        /// Repeats up to this length are free: 2 if left out.
        allowed_length: Option<usize>,
        /// How many of the last tokens are looked at: all (0) if left out.
        window: Option<usize>,
        /// Texts across which no repeat is seen: line breaks, `:`, `"` and `*` if left out.
        sequence_breakers: Option<Vec<String>>,
    }

    /// Holds the surprise of the chosen tokens near a target.
    #[derive(ToSchema)]
    #[schema(as = openai::Mirostat)]
    pub struct Mirostat {
        /// Target surprise in bits.
        #[schema(example = 5.0)]
        tau: f32,
        /// Learning rate.
        #[schema(example = 0.1)]
        eta: f32,
    }

    /// A temperature between two bounds, by the entropy of the candidates.
    #[derive(ToSchema)]
    #[schema(as = openai::DynamicTemperature)]
    pub struct DynamicTemperature {
        /// At entropy 0.
        #[schema(example = 0.5)]
        minimum: f32,
        /// At the greatest entropy.
        #[schema(example = 1.5)]
        maximum: f32,
        /// Exponent on the entropy, scaled to 0 to 1.
        #[schema(example = 1.0)]
        exponent: f32,
    }
}

impl SamplingFields {
    /// These where they are given, `defaults` elsewhere.
    pub fn over(self, defaults: &Sampling) -> Result<Sampling, ApiError> {
        let logit_bias = match self.logit_bias {
            Some(biases) => biases.into_iter().map(bias_of).collect::<Result<_, _>>()?,
            None => defaults.logit_bias.clone(),
        };
        // A fixed temperature that the request names stands against a default one that changes.
        let dynamic = if self.temperature.is_some() { None } else { defaults.dynamic_temperature };
        let sampling = Sampling {
            temperature: self.temperature.unwrap_or(defaults.temperature),
            dynamic_temperature: self.dynamic_temperature.or(dynamic),
            top_k: self.top_k.unwrap_or(defaults.top_k),
            top_p: self.top_p.unwrap_or(defaults.top_p),
            min_p: self.min_p.unwrap_or(defaults.min_p),
            typical_p: self.typical_p.unwrap_or(defaults.typical_p),
            top_n_sigma: self.top_n_sigma.unwrap_or(defaults.top_n_sigma),
            xtc: self.xtc.or(defaults.xtc),
            dry: self.dry.or_else(|| defaults.dry.clone()),
            repetition_penalty: self.repetition_penalty.unwrap_or(defaults.repetition_penalty),
            frequency_penalty: self.frequency_penalty.unwrap_or(defaults.frequency_penalty),
            presence_penalty: self.presence_penalty.unwrap_or(defaults.presence_penalty),
            penalty_window: self.penalty_window.unwrap_or(defaults.penalty_window),
            mirostat: self.mirostat.or(defaults.mirostat),
            logit_bias,
            seed: self.seed.map(|Seed(seed)| seed).or(defaults.seed),
        };
        sampling
            .validate()
            .map_err(|error| ApiError::from(abide_generation::GenerationError::Sampling(error)))?;
        Ok(sampling)
    }
}

fn bias_of((token, bias): (String, f32)) -> Result<(u32, f32), ApiError> {
    let field = || format!("logit_bias.{token}");
    let id = token.parse().map_err(|_| ApiError::invalid(field(), "is not the id of a token"))?;
    if (-BIAS_MAX..=BIAS_MAX).contains(&bias) {
        Ok((id, bias))
    } else {
        Err(ApiError::invalid(field(), format!("is {bias}, but must be from -{BIAS_MAX} to {BIAS_MAX}")))
    }
}

/// A seed. Negative ones are allowed by the dialect, and are as good as any.
#[derive(Debug, Clone, Copy)]
pub struct Seed(pub u64);

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SeedVisitor;
        impl Visitor<'_> for SeedVisitor {
            type Value = Seed;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an integer of 64 bits")
            }
            fn visit_u64<E>(self, seed: u64) -> Result<Seed, E> {
                Ok(Seed(seed))
            }
            fn visit_i64<E>(self, seed: i64) -> Result<Seed, E> {
                Ok(Seed(seed.cast_unsigned()))
            }
        }
        deserializer.deserialize_any(SeedVisitor)
    }
}

/// What abide offers beyond the dialect.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = openai::Extensions)]
pub struct ExtensionFields {
    /// Extension: `error` (the default) refuses a prompt that does not fit; `drop_oldest` leaves the oldest messages out, and
    /// the reply says how many in `dropped_messages`.
    #[schema(value_type = Option<String>)]
    pub context_overflow: Option<ContextOverflow>,
    /// Extension: whether the reply tells the time taken, in `timings`.
    pub timings: Option<bool>,
    /// Extension: a Lark grammar (llguidance's dialect) that the answer belongs to.
    grammar: Option<String>,
    /// Extension: a regular expression that the whole answer matches.
    regex: Option<String>,
    /// Extension: how long the model stays in memory afterwards, as seconds or a text such as `5m`; 0: not at all; negative:
    /// for ever.
    #[schema(value_type = Option<Value>)]
    pub keep_alive: Option<KeepAlive>,
    /// Extension: further variables for the chat template; `enable_thinking` switches thoughts on and off.
    #[schema(value_type = Option<Object>)]
    pub chat_template_kwargs: Option<Map<String, Value>>,
    /// Extension: whether to go on after the model's end of turn, for measuring.
    pub ignore_eos: Option<bool>,
}

impl ExtensionFields {
    /// What the answer must look like: `format` (of the field `format_field`), or one of the extensions; and the field that says so.
    ///
    /// # Errors
    /// When several say so.
    pub fn constraint(
        &mut self,
        format: Option<Constraint>,
        format_field: &'static str,
    ) -> Result<(Option<Constraint>, FieldNames), ApiError> {
        let candidates = [
            (format_field, format),
            ("grammar", self.grammar.take().map(Constraint::Lark)),
            ("regex", self.regex.take().map(Constraint::Regex)),
        ];
        let mut given = candidates.into_iter().filter_map(|(field, found)| Some((field, found?)));
        let named = |constraint| FieldNames { constraint, ..FieldNames::default() };
        let Some((first, constraint)) = given.next() else { return Ok((None, named(format_field))) };
        match given.next() {
            Some((second, _)) => Err(ApiError::invalid(
                second,
                format!("can't be combined with `{first}`: an answer follows one of them"),
            )),
            None => Ok((Some(constraint), named(first))),
        }
    }

    /// What is asked of thoughts. `effort` comes from the field `effort_field`.
    pub fn thinking(
        &mut self,
        effort: Option<Effort>,
        effort_field: &'static str,
    ) -> Result<Thoughts, ApiError> {
        const SWITCH_FIELD: &str = "chat_template_kwargs.enable_thinking";
        let mut variables = self.chat_template_kwargs.take().unwrap_or_default();
        let switch = match variables.remove("enable_thinking") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(switch)) => Some(switch),
            Some(_) => {
                return Err(ApiError::invalid(SWITCH_FIELD, "must be true or false"));
            }
        };
        let Some(effort) = effort else {
            let wish = switch.map(|thinks| ThoughtWish::new(SWITCH_FIELD, thinks));
            return Ok(Thoughts { thinking: switch, variables, wish });
        };
        if switch.is_some_and(|switch| switch != effort.thinks()) {
            return Err(ApiError::invalid(
                effort_field,
                "contradicts `chat_template_kwargs.enable_thinking`; leave one of them out",
            ));
        }
        if effort.thinks() {
            // Templates that know levels know them by this name; to the others it is one variable more.
            variables.entry("reasoning_effort").or_insert_with(|| effort.as_str().into());
        }
        Ok(Thoughts { thinking: Some(effort.thinks()), variables, wish: Some(effort.asks(effort_field)) })
    }
}

/// What a request asks of thoughts.
#[derive(Debug)]
pub struct Thoughts {
    /// Whether there are to be any.
    pub thinking: Option<bool>,
    /// All other variables of the template.
    pub variables: Map<String, Value>,
    /// What the model must be able to follow.
    pub wish: Option<ThoughtWish>,
}

/// How much the model is to think before it answers. Models know at most whether to; those whose template reads
/// `reasoning_effort` know `low`, `medium` and `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = openai::ReasoningEffort)]
pub enum Effort {
    None,
    Minimal,
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

impl Effort {
    /// What the field of this name asks for.
    fn asks(self, field: &'static str) -> ThoughtWish {
        let wish = if self == Self::None { Wish::Off } else { Wish::Level(self.as_str(), self.thinks()) };
        ThoughtWish { field, wish }
    }

    fn thinks(self) -> bool {
        !matches!(self, Self::None | Self::Minimal)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }
}

/// What a client may attach to a request for itself. It changes no answer.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = openai::Labels)]
pub struct LabelFields {
    /// Who the request is made for. Changes nothing: nobody else is served from here.
    pub user: Option<String>,
    /// As `user`.
    pub safety_identifier: Option<String>,
    /// A hint for caches. Changes nothing: any common prefix is found.
    pub prompt_cache_key: Option<String>,
    /// Comes back in the reply.
    pub metadata: Option<BTreeMap<String, String>>,
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl From<OneOrMany> for Vec<String> {
    fn from(texts: OneOrMany) -> Self {
        match texts {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

/// Takes the stop texts out.
pub fn take_stop(fields: &mut Fields) -> Result<Vec<String>, ApiError> {
    let Some(value) = fields.take("stop") else { return Ok(Vec::new()) };
    let texts: Result<OneOrMany, _> = serde_json::from_value(value);
    texts
        .map(Into::into)
        .map_err(|_| ApiError::invalid(fields.path_of("stop"), "must be a string or a list of strings"))
}

/// A limit of the field `name`, which must be 1 or more.
pub fn limit(name: &str, value: Option<usize>) -> Result<Option<usize>, ApiError> {
    match value {
        Some(0) => Err(ApiError::invalid(name, "is 0, but must be 1 or more")),
        other => Ok(other),
    }
}
