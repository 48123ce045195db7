//! What is counted, for Prometheus. Must not know dialects, nor count anything by what requests say in their own words:
//! every label has few values.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use abide_generation::{PromptReport, Usage};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tokio::time::Instant;

use crate::registry::LoadedModel;

/// Seconds that a first token may take: from a cached prompt on a fast machine to a long one on a slow one.
const FIRST_TOKEN_SECONDS: [f64; 14] =
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0];
/// Seconds that may lie between two tokens.
const BETWEEN_TOKENS_SECONDS: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What is counted. Cheap to clone: all clones are the same.
#[derive(Clone)]
pub struct Metrics {
    counted: Arc<Counted>,
    registry: Arc<Registry>,
}

#[derive(Debug, Clone)]
struct Counted {
    requests: Family<RequestLabels, Counter>,
    requests_in_flight: Gauge,
    answers_waiting: Gauge,
    answers_running: Gauge,
    prompt_tokens: Counter,
    cached_tokens: Counter,
    completion_tokens: Counter,
    embedding_tokens: Counter,
    embedding_time: Histogram,
    time_to_first_token: Histogram,
    time_between_tokens: Histogram,
    model_loads: Counter,
    model_unloads: Counter,
    model_memory: Family<ModelLabels, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    dialect: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ModelLabels {
    model: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let counted = Counted {
            requests: Family::default(),
            requests_in_flight: Gauge::default(),
            answers_waiting: Gauge::default(),
            answers_running: Gauge::default(),
            prompt_tokens: Counter::default(),
            cached_tokens: Counter::default(),
            completion_tokens: Counter::default(),
            embedding_tokens: Counter::default(),
            embedding_time: Histogram::new(FIRST_TOKEN_SECONDS),
            time_to_first_token: Histogram::new(FIRST_TOKEN_SECONDS),
            time_between_tokens: Histogram::new(BETWEEN_TOKENS_SECONDS),
            model_loads: Counter::default(),
            model_unloads: Counter::default(),
            model_memory: Family::default(),
        };
        Self { registry: Arc::new(counted.registered()), counted: Arc::new(counted) }
    }
}

impl Counted {
    fn registered(&self) -> Registry {
        let mut registry = Registry::with_prefix("abide");
        let own = self.clone();
        registry.register("requests", "Requests answered, by dialect, route and status", own.requests);
        registry.register("requests_in_flight", "Requests that are worked on", own.requests_in_flight);
        registry.register("answers_waiting", "Answers whose prompt is not read yet", own.answers_waiting);
        registry.register("answers_running", "Answers that are being made", own.answers_running);
        registry.register("prompt_tokens", "Tokens of prompts", own.prompt_tokens);
        registry.register(
            "prompt_tokens_cached",
            "Tokens of prompts that were found in the cache",
            own.cached_tokens,
        );
        registry.register("completion_tokens", "Tokens of answers", own.completion_tokens);
        registry.register(
            "embedding_tokens",
            "Tokens of texts whose vectors were asked for",
            own.embedding_tokens,
        );
        registry.register_with_unit(
            "embedding_time",
            "Time that the vectors of a request took, once the model was loaded",
            Unit::Seconds,
            own.embedding_time,
        );
        registry.register_with_unit(
            "time_to_first_token",
            "From the order to the first token of an answer",
            Unit::Seconds,
            own.time_to_first_token,
        );
        registry.register_with_unit(
            "time_between_tokens",
            "From one token of an answer to the next",
            Unit::Seconds,
            own.time_between_tokens,
        );
        registry.register("model_loads", "Models loaded into memory", own.model_loads);
        registry.register("model_unloads", "Models freed", own.model_unloads);
        registry.register_with_unit(
            "model_memory",
            "Memory that each loaded model takes",
            Unit::Bytes,
            own.model_memory,
        );
        registry
    }
}

impl Metrics {
    /// All numbers in Prometheus' text format (OpenMetrics), with the memory of the models that are `loaded`.
    pub fn encode(&self, loaded: &[LoadedModel]) -> String {
        let memory = &self.counted.model_memory;
        memory.clear();
        for model in loaded {
            let labels = ModelLabels { model: model.info.id.clone() };
            memory.get_or_create(&labels).set(i64::try_from(model.memory).unwrap_or(i64::MAX));
        }
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry).expect("a String takes all");
        encoded
    }

    /// A request has come; it is in flight until what this gives is dropped.
    pub fn request_begins(&self) -> InFlight {
        InFlight::new(&self.counted.requests_in_flight)
    }

    /// A request was answered. `route` is the route's pattern, not the path that was asked for.
    pub fn request_ends(&self, dialect: &'static str, route: &str, status: u16) {
        let labels = RequestLabels { dialect, route: route.to_owned(), status };
        self.counted.requests.get_or_create(&labels).inc();
    }

    pub(crate) fn answer_waits(&self) -> InFlight {
        InFlight::new(&self.counted.answers_waiting)
    }

    fn answer_runs(&self) -> InFlight {
        InFlight::new(&self.counted.answers_running)
    }

    fn first_token(&self, after: Duration) {
        self.counted.time_to_first_token.observe(after.as_secs_f64());
    }

    fn next_token(&self, after: Duration) {
        self.counted.time_between_tokens.observe(after.as_secs_f64());
    }

    /// Tokens of an answer that ended, or was cut off.
    fn tokens(&self, usage: &Usage) {
        self.counted.prompt_tokens.inc_by(usage.prompt_tokens as u64);
        self.counted.cached_tokens.inc_by(usage.cached_tokens as u64);
        self.counted.completion_tokens.inc_by(usage.completion_tokens as u64);
    }

    /// The vectors of a request were made of so many tokens.
    pub(crate) fn embedded(&self, tokens: usize, time: Duration) {
        self.counted.embedding_tokens.inc_by(tokens as u64);
        self.counted.embedding_time.observe(time.as_secs_f64());
    }

    pub(crate) fn model_loaded(&self) {
        self.counted.model_loads.inc();
    }

    pub(crate) fn model_unloaded(&self) {
        self.counted.model_unloads.inc();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// Counts one answer while it is made: as waiting, then as running; its tokens when it is dropped, however it ended.
#[derive(Debug)]
pub(crate) struct AnswerMeter {
    metrics: Metrics,
    counted: InFlight,
    /// When its last token came; until then, when it was ordered.
    last: Instant,
    usage: Usage,
}

impl AnswerMeter {
    /// Of an answer that was ordered at this time, and is counted as waiting already.
    pub(crate) fn new(metrics: &Metrics, waiting: InFlight, ordered: Instant) -> Self {
        Self { metrics: metrics.clone(), counted: waiting, last: ordered, usage: Usage::default() }
    }

    pub(crate) fn started(&mut self, report: &PromptReport) {
        self.usage.prompt_tokens = report.prompt_tokens;
        self.usage.cached_tokens = report.cached_tokens;
        self.counted = self.metrics.answer_runs();
    }

    pub(crate) fn token(&mut self) {
        let now = Instant::now();
        match self.usage.completion_tokens {
            0 => self.metrics.first_token(now - self.last),
            _ => self.metrics.next_token(now - self.last),
        }
        self.last = now;
        self.usage.completion_tokens += 1;
    }

    /// Takes its maker's own count.
    pub(crate) fn ended(&mut self, usage: Usage) {
        self.usage = usage;
    }

    pub(crate) fn last(&self) -> Instant {
        self.last
    }

    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }
}

impl Drop for AnswerMeter {
    fn drop(&mut self) {
        self.metrics.tokens(&self.usage);
    }
}

/// Something that is counted as long as it lives.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl InFlight {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
