//! What `/api/chat` and `/api/generate` have in common beside the prompt: format, options, thinking, log-probabilities.
//! Must not know HTTP.

use abide_generation::{Constraint, ContextOverflow, GenerationRequest, ModelDescription, Prompt, Sampling};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::keep_alive::KeepAlive;
use super::options::{Limits, Options};
use crate::ApiError;
use crate::answer::{FieldNames, LEVELS, Order, ThoughtWish};

/// Most candidates whose log-probabilities can be asked for.
const TOP_LOGPROBS_MAX: usize = 20;

/// Whether the model thinks first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = ollama::Think)]
#[serde(untagged, expecting = "expected true, false, \"low\", \"medium\" or \"high\"")]
pub(super) enum Think {
    /// Yes or no.
    Whether(bool),
    /// How much; it thinks at each of them, and templates that know levels are told which.
    Level(String),
}

/// What a request says beside its prompt.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) model: String,
    pub(super) format: Option<Value>,
    pub(super) options: Option<Options>,
    pub(super) keep_alive: Option<KeepAlive>,
    pub(super) think: Option<Think>,
    pub(super) logprobs: Option<bool>,
    pub(super) top_logprobs: Option<usize>,
    pub(super) truncate: Option<bool>,
    pub(super) shift: Option<bool>,
}

impl Terms {
    /// Whether the model is to think; `None`: as it does by itself.
    ///
    /// # Errors
    /// For levels that there are not.
    pub(super) fn thinking(&self) -> Result<Option<bool>, ApiError> {
        match &self.think {
            None => Ok(None),
            Some(Think::Whether(think)) => Ok(Some(*think)),
            Some(Think::Level(level)) if LEVELS.contains(&level.as_str()) => Ok(Some(true)),
            Some(Think::Level(_)) => {
                Err(ApiError::invalid("think", "must be true, false, \"low\", \"medium\" or \"high\""))
            }
        }
    }

    fn constraint(format: Option<Value>) -> Result<Option<Constraint>, ApiError> {
        match format {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(name)) if name.is_empty() => Ok(None),
            Some(Value::String(name)) if name == "json" => Ok(Some(Constraint::JsonObject)),
            Some(schema @ Value::Object(_)) => Ok(Some(Constraint::JsonSchema(schema))),
            Some(_) => Err(ApiError::invalid("format", "must be \"json\" or a JSON Schema (an object)")),
        }
    }

    fn logprobs(&self) -> Result<Option<usize>, ApiError> {
        let top = self.top_logprobs.unwrap_or(0);
        if top > TOP_LOGPROBS_MAX {
            return Err(ApiError::invalid(
                "top_logprobs",
                format_args!("is {top}, but must be from 0 to {TOP_LOGPROBS_MAX}"),
            ));
        }
        match self.logprobs {
            Some(true) => Ok(Some(top)),
            _ if top > 0 => Err(ApiError::invalid("top_logprobs", "needs `logprobs` to be true")),
            _ => Ok(None),
        }
    }

    /// The order for the model that was found: `prompt` under these terms, over the sampling that is `advised` for it.
    ///
    /// # Errors
    /// Names the field that makes no sense, is not supported, or asks for more than the model has.
    pub(super) fn order(
        self,
        mut prompt: Prompt,
        advised: &Sampling,
        model: &ModelDescription,
    ) -> Result<Order, ApiError> {
        if let Some(thinks) = self.thinking()? {
            ThoughtWish::new("think", thinks).check(model)?;
        }
        if let (Some(Think::Level(level)), Prompt::Chat(chat)) = (&self.think, &mut prompt) {
            // Templates that know levels know them by this name; to the others it is one variable more.
            chat.variables.insert("reasoning_effort".to_owned(), level.as_str().into());
        }
        if self.shift == Some(true) {
            return Err(ApiError::unsupported(
                "shift",
                "an answer ends where the context is full; give false",
            ));
        }
        let logprobs = self.logprobs()?;
        let constraint = Self::constraint(self.format)?;
        let (sampling, Limits { max_tokens, stop, context_tokens }) =
            self.options.unwrap_or_default().settle(advised)?;
        if let Some(wanted) = context_tokens.filter(|&wanted| wanted > model.context_length) {
            let problem = format!(
                "is {wanted}, but {} runs with {} tokens of context; leave it out, or start the server with a \
                 larger context",
                model.name, model.context_length
            );
            return Err(ApiError::invalid("options.num_ctx", problem));
        }
        // What the dialect does where a request says nothing: its clients send conversations of any length.
        let truncate = self.truncate.unwrap_or(true);
        let context_overflow = if truncate { ContextOverflow::DropOldest } else { ContextOverflow::Error };
        let request = GenerationRequest {
            sampling,
            max_tokens,
            stop,
            constraint,
            logprobs,
            context_overflow,
            ..GenerationRequest::new(prompt)
        };
        Ok(Order {
            fields: FieldNames { constraint: "format", stop: "options.stop", ..FieldNames::default() },
            keep_alive: self.keep_alive.map(|KeepAlive(time)| time),
            ..Order::new(self.model, request)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use abide_generation::{Chat, ThoughtControl, ThoughtMarks, ToolSyntax};
    use serde_json::json;

    fn model(thinks: bool) -> ModelDescription {
        ModelDescription {
            name: "Tiny".to_owned(),
            parameters: 1,
            context_length: 4096,
            context_length_trained: 8192,
            vocabulary: 100,
            has_chat_template: true,
            late_system_messages: false,
            chat_template: None,
            template_notice: None,
            tool_syntax: ToolSyntax::Tagged,
            thought_marks: thinks
                .then(|| ThoughtMarks { open: "<think>".to_owned(), close: "</think>".to_owned() }),
            thought_control: ThoughtControl { switch: true, levels: false },
        }
    }

    fn order(terms: Terms) -> Result<Order, ApiError> {
        terms.order(Prompt::Text("hi".to_owned()), &Sampling::default(), &model(false))
    }

    fn options(options: Value) -> Option<Options> {
        serde_json::from_value(options).unwrap()
    }

    #[test]
    fn formats_are_constraints() {
        let constraint = |format: Value| {
            order(Terms { format: Some(format), ..Terms::default() }).map(|order| order.request.constraint)
        };
        assert_eq!(constraint(json!("json")).unwrap(), Some(Constraint::JsonObject));
        assert_eq!(constraint(json!("")).unwrap(), None);
        assert_eq!(constraint(Value::Null).unwrap(), None);
        let schema = json!({"type": "object"});
        assert_eq!(constraint(schema.clone()).unwrap(), Some(Constraint::JsonSchema(schema)));
        for format in [json!("yaml"), json!(1), json!([]), json!(true)] {
            assert_eq!(constraint(format).unwrap_err().field.as_deref(), Some("format"));
        }
    }

    #[test]
    fn a_context_is_wanted_not_made() {
        let wanted =
            |tokens: usize| order(Terms { options: options(json!({"num_ctx": tokens})), ..Terms::default() });
        assert!(wanted(4096).is_ok());
        let error = wanted(4097).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("options.num_ctx"));
        assert!(error.message.contains("4097") && error.message.contains("4096"), "{error}");
    }

    #[test]
    fn thinking_is_for_models_that_think() {
        let ask = |think: Value, thinks: bool| {
            let terms = Terms { think: serde_json::from_value(think).unwrap(), ..Terms::default() };
            terms.order(Prompt::Text("hi".to_owned()), &Sampling::default(), &model(thinks))
        };
        assert!(ask(json!(true), true).is_ok());
        assert!(ask(json!(false), false).is_ok());
        assert_eq!(ask(json!(true), false).unwrap_err().field.as_deref(), Some("think"));
        assert_eq!(ask(json!("high"), false).unwrap_err().field.as_deref(), Some("think"));
        assert_eq!(ask(json!("much"), true).unwrap_err().field.as_deref(), Some("think"));
        let terms = Terms { think: Some(Think::Level("high".to_owned())), ..Terms::default() };
        let order = terms.order(Prompt::Chat(Chat::default()), &Sampling::default(), &model(true)).unwrap();
        let Prompt::Chat(chat) = order.request.prompt else { panic!("it was a chat") };
        assert_eq!(chat.variables["reasoning_effort"], "high");
    }

    #[test]
    fn log_probabilities_are_counted() {
        let ask = |logprobs, top_logprobs| {
            order(Terms { logprobs, top_logprobs, ..Terms::default() }).map(|order| order.request.logprobs)
        };
        assert_eq!(ask(None, None).unwrap(), None);
        assert_eq!(ask(Some(true), None).unwrap(), Some(0));
        assert_eq!(ask(Some(true), Some(20)).unwrap(), Some(20));
        assert_eq!(ask(Some(false), Some(0)).unwrap(), None);
        assert_eq!(ask(Some(true), Some(21)).unwrap_err().field.as_deref(), Some("top_logprobs"));
        assert_eq!(ask(None, Some(1)).unwrap_err().field.as_deref(), Some("top_logprobs"));
    }

    #[test]
    fn a_prompt_is_shortened_unless_the_client_says_otherwise() {
        let ask = |truncate, shift| order(Terms { truncate, shift, ..Terms::default() });
        assert_eq!(ask(None, None).unwrap().request.context_overflow, ContextOverflow::DropOldest);
        assert_eq!(ask(Some(false), Some(false)).unwrap().request.context_overflow, ContextOverflow::Error);
        assert_eq!(ask(Some(true), None).unwrap().request.context_overflow, ContextOverflow::DropOldest);
        assert_eq!(ask(None, Some(true)).unwrap_err().field.as_deref(), Some("shift"));
    }
}
