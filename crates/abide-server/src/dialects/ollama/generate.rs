//! `/api/generate`. Must not know how answers are made.

use std::sync::Arc;

use abide_generation::{Chat, Message, ModelDescription, Prompt, PromptPart, Role};
use axum::extract::{Extension, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::keep_alive::KeepAlive;
use super::lines::{self, Clock, Head};
use super::options::Options;
use super::reply::{Delta, Logprob, Metrics};
use super::template::{self, Values};
use super::terms::{Terms, Think};
use super::{hold, load_or_unload};
use crate::extract::Json;
use crate::keys::Scope;
use crate::{ApiError, Server};

/// A prompt to be answered.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ollama::GenerateRequest)]
pub(super) struct GenerateRequest {
    /// The model's name.
    #[schema(example = "smollm2-135m-instruct")]
    model: String,
    /// What the person says; with `raw` the whole prompt. Empty: the model is loaded, or with `keep_alive` 0 unloaded.
    #[schema(example = "Once upon a time")]
    prompt: Option<String>,
    /// Standing instructions.
    system: Option<String>,
    /// A template in place of the model's own, in Go's language, with .System, .Prompt, .Response and if.
    template: Option<String>,
    /// Whether `prompt` is the whole prompt, special tokens and all.
    raw: Option<bool>,
    /// Whether the answer comes line by line; true if left out.
    stream: Option<bool>,
    /// `json`, or a JSON Schema that the answer follows.
    format: Option<Value>,
    /// How tokens are chosen, and how many are made.
    options: Option<Options>,
    /// How long the model stays in memory afterwards: seconds or a text such as `5m`; -1: for ever.
    #[schema(value_type = Option<Value>)]
    keep_alive: Option<KeepAlive>,
    /// Whether the model thinks first, or how much: `low`, `medium` or `high`, where its template knows such levels.
    think: Option<Think>,
    /// Whether log-probabilities are told.
    logprobs: Option<bool>,
    /// For how many candidates of each token they are told, 0 to 20.
    top_logprobs: Option<usize>,
    /// Must be false or left out: a prompt has no earlier messages that could be left out, and is never cut.
    truncate: Option<bool>,
    /// Must be false or left out: an answer ends where the context is full.
    shift: Option<bool>,
    #[schema(ignore)]
    suffix: Option<String>,
    #[schema(ignore)]
    images: Option<Vec<Value>>,
    #[schema(ignore)]
    context: Option<Vec<Value>>,
    #[schema(ignore)]
    width: Option<Value>,
    #[schema(ignore)]
    height: Option<Value>,
    #[schema(ignore)]
    steps: Option<Value>,
}

/// What the prompt is made of.
#[derive(Debug, PartialEq)]
enum Source {
    /// What the client wrote, as it is.
    Parts(Vec<PromptPart>),
    /// A turn for the model's own template.
    Turn { system: String, prompt: String, thinking: Option<bool> },
}

impl GenerateRequest {
    /// Refuses what Ollama has and abide doesn't, by name. Empty values say nothing.
    fn refuse(&self) -> Result<(), ApiError> {
        let refused = [
            (
                "suffix",
                self.suffix.as_ref().is_some_and(|suffix| !suffix.is_empty()),
                "write the prompt for \
              filling in yourself, with the model's own marks, and set `raw`",
            ),
            (
                "images",
                self.images.as_ref().is_some_and(|images| !images.is_empty()),
                "the models here read text alone",
            ),
            (
                "context",
                self.context.as_ref().is_some_and(|context| !context.is_empty()),
                "send the messages to \
              /api/chat; what was read before is found in the cache",
            ),
            (
                "truncate",
                self.truncate == Some(true),
                "there are no earlier messages that could be left out; give false",
            ),
            ("width", self.width.is_some(), "no images are made here"),
            ("height", self.height.is_some(), "no images are made here"),
            ("steps", self.steps.is_some(), "no images are made here"),
        ];
        match refused.into_iter().find(|(_, given, _)| *given) {
            Some((field, _, advice)) => Err(ApiError::unsupported(field, advice)),
            None => Ok(()),
        }
    }

    /// The source of the prompt, `None` if there is nothing to answer, the rest, and whether the answer is streamed.
    fn split(self) -> Result<(Option<Source>, Terms, bool), ApiError> {
        self.refuse()?;
        let streamed = self.stream.unwrap_or(true);
        let terms = Terms {
            model: self.model,
            format: self.format,
            options: self.options,
            keep_alive: self.keep_alive,
            think: self.think,
            logprobs: self.logprobs,
            top_logprobs: self.top_logprobs,
            truncate: Some(false),
            shift: self.shift,
        };
        let (system, prompt) = (self.system.unwrap_or_default(), self.prompt.unwrap_or_default());
        let template = self.template.filter(|template| !template.is_empty());
        let thinking = terms.thinking()?;
        let own = |field: &str| {
            Err(ApiError::invalid(field, "can't be given with `raw`: the prompt is taken as it is"))
        };
        let source = match template {
            Some(_) if self.raw == Some(true) => return own("template"),
            _ if self.raw == Some(true) && !system.is_empty() => return own("system"),
            _ if self.raw == Some(true) && thinking == Some(true) => return own("think"),
            Some(_) if thinking == Some(true) => {
                return Err(ApiError::invalid(
                    "think",
                    "can't be true with `template`: write it into the template",
                ));
            }
            _ if self.raw == Some(true) => Source::Parts(vec![PromptPart::Markup(prompt.clone())]),
            Some(template) => {
                Source::Parts(template::render(&template, Values { system: &system, prompt: &prompt })?)
            }
            None => Source::Turn { system, prompt: prompt.clone(), thinking },
        };
        Ok(((!prompt.is_empty()).then_some(source), terms, streamed))
    }
}

impl Source {
    /// The prompt for `model`.
    fn prompt(self, model: &ModelDescription) -> Result<Prompt, ApiError> {
        match self {
            Self::Parts(parts) => Ok(Prompt::Parts(parts)),
            Self::Turn { system, prompt, .. } if !model.has_chat_template => {
                // A base model continues, as it does in Ollama.
                if system.is_empty() {
                    Ok(Prompt::Text(prompt))
                } else {
                    let advice = format!("{} has no template for it; write it into `prompt`", model.name);
                    Err(ApiError::unsupported("system", advice))
                }
            }
            Self::Turn { system, prompt, thinking } => {
                let system = (!system.is_empty()).then(|| Message::new(Role::System, system));
                let messages = system.into_iter().chain([Message::new(Role::User, prompt)]).collect();
                Ok(Prompt::Chat(Chat { messages, tools: Vec::new(), thinking, variables: Map::new() }))
            }
        }
    }
}

#[cfg(test)]
impl GenerateRequest {
    /// All that happens to a request before a model is asked.
    pub(super) fn try_everything(self) {
        let model = abide_generation::scripted::ScriptedGenerator::new(Vec::new());
        let description = abide_generation::Generator::description(&model);
        if let Ok((Some(source), terms, _)) = self.split()
            && let Ok(prompt) = source.prompt(description)
        {
            let _ = terms.order(prompt, &abide_generation::Sampling::default(), description);
        }
    }
}

/// An answer, or a line of one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ollama::GenerateReply)]
pub(super) struct GenerateReply {
    /// The model's name as the request gave it.
    model: String,
    /// When this was made (RFC 3339).
    created_at: String,
    /// What was said since the last line.
    response: String,
    /// What was thought since the last line.
    #[serde(skip_serializing_if = "String::is_empty")]
    thinking: String,
    /// For each token since the last line, if asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logprobs: Vec<Logprob>,
    #[serde(flatten)]
    metrics: Metrics,
}

impl lines::Reply for GenerateReply {
    fn new(head: Head, delta: Delta, metrics: Metrics) -> Self {
        let Delta { text, thinking, logprobs, .. } = delta;
        Self { model: head.model, created_at: head.created_at, response: text, thinking, logprobs, metrics }
    }
}

/// Answers a prompt.
#[utoipa::path(
    post,
    path = "/api/generate",
    tag = "Ollama",
    request_body = GenerateRequest,
    responses(
        (status = OK, description = "The answer: lines of JSON, or one object with `stream` false.",
         content((GenerateReply = "application/x-ndjson"), (GenerateReply = "application/json"))),
        (status = "4XX", description = "The request was refused; `error` says why."),
    )
)]
pub(super) async fn generate(
    State(server): State<Arc<Server>>,
    Extension(scope): Extension<Scope>,
    Json(request): Json<GenerateRequest>,
) -> Result<Response, ApiError> {
    let mut clock = Clock::start();
    let (source, terms, streamed) = request.split()?;
    let Some(source) = source else {
        let (model, reason) = load_or_unload(&server, scope, terms).await?;
        return Ok(lines::without_answer::<GenerateReply>(model, reason));
    };
    let lease = hold(&server, scope, &terms).await?;
    clock.loaded();
    let prompt = source.prompt(lease.description())?;
    let mut order = terms.order(prompt, &lease.info().sampling, lease.description())?;
    order.fields.prompt = Some("prompt");
    lines::answer::<GenerateReply>(&server, lease, order, clock, streamed).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn source(request: Value) -> Result<Option<Source>, ApiError> {
        serde_json::from_value::<GenerateRequest>(request).unwrap().split().map(|(source, _, _)| source)
    }

    #[test]
    fn a_raw_prompt_is_markup_as_it_stands() {
        let raw =
            source(json!({"model": "m", "prompt": "[INST] hi [/INST]", "raw": true, "system": ""})).unwrap();
        assert_eq!(raw, Some(Source::Parts(vec![PromptPart::Markup("[INST] hi [/INST]".to_owned())])));
        for field in ["system", "template"] {
            let error = source(json!({"model": "m", "prompt": "p", "raw": true, field: "x"})).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field));
        }
    }

    #[test]
    fn a_template_keeps_words_apart_from_markup() {
        let templated =
            source(json!({"model": "m", "prompt": "hi", "template": "<user>{{ .Prompt }}<end>"})).unwrap();
        let expected = [
            PromptPart::Markup("<user>".to_owned()),
            PromptPart::Text("hi".to_owned()),
            PromptPart::Markup("<end>".to_owned()),
        ];
        assert_eq!(templated, Some(Source::Parts(expected.to_vec())));
    }

    #[test]
    fn an_empty_prompt_asks_for_nothing() {
        assert_eq!(source(json!({"model": "m"})).unwrap(), None);
        assert_eq!(source(json!({"model": "m", "prompt": "", "system": "s"})).unwrap(), None);
    }

    #[test]
    fn what_is_not_made_here_is_refused_by_name() {
        for (field, value) in [
            ("suffix", json!("}")),
            ("images", json!(["aGk="])),
            ("context", json!([1, 2])),
            ("truncate", json!(true)),
            ("width", json!(64)),
            ("height", json!(64)),
            ("steps", json!(4)),
            ("think", json!("much")),
        ] {
            let error = source(json!({"model": "m", "prompt": "p", field: value})).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{error}");
        }
        // The clients written in Go always send these.
        let empty = json!({"model": "m", "prompt": "p", "suffix": "", "system": "", "template": "", "images": [],
            "context": [], "format": null, "options": null, "raw": false});
        assert!(source(empty).unwrap().is_some());
    }
}
