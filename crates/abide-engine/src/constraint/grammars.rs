//! From what a request asks for to a compiled grammar: within limits, on a thread of its own, kept for the next time. Must
//! not know how a grammar is followed.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use abide_generation::schema::Unenforceable;
use abide_generation::{Constraint, GenerationError};
use llguidance::api::{GrammarWithLexer, StopReason};
use llguidance::toktrie::{InferenceCapabilities, TokEnv};
use llguidance::{Matcher, ParserFactory, TokenParser};
use serde_json::{Value, json};

use super::cache::Cache;
use super::environment::Environment;
use super::guide::Guide;
use super::limits::{self, BRACKETS_DEPTH_MAX, COMPILE_TIME_MAX, COMPILING_MAX, STACK_BYTES, TEXT_BYTES_MAX};
use super::{locate, messages, numbers, schema};
use crate::scheduler::TextCodec;

/// What errors call a schema.
const SCHEMA: &str = "JSON Schema";

/// The grammars of one model.
pub struct Grammars {
    codec: Arc<dyn TextCodec>,
    vocabulary: usize,
    /// Made when the first grammar is asked for: it takes time and memory that most never need.
    compiler: OnceLock<Result<Arc<Compiler>, String>>,
    kept: Mutex<Cache<Arc<Compiled>>>,
    workshop: Arc<Workshop>,
}

/// The model's tokens, and what compiles grammars for them.
struct Compiler {
    environment: Arc<Environment>,
    factory: ParserFactory,
}

/// A grammar at its beginning. Nobody goes on from here but by a copy.
struct Compiled(Mutex<TokenParser>);

/// How many are compiling.
#[derive(Default)]
struct Workshop {
    busy: Mutex<usize>,
    freed: Condvar,
}

/// A place in the workshop.
struct Bench(Arc<Workshop>);

/// Why there is no grammar.
enum Failure {
    /// It can't be had.
    Refused(String),
    /// Others are being compiled.
    Busy,
}

impl From<String> for Failure {
    fn from(problem: String) -> Self {
        Self::Refused(problem)
    }
}

impl Failure {
    fn of(self, kind: &'static str) -> GenerationError {
        match self {
            Self::Refused(problem) => GenerationError::Constraint { kind, problem },
            Self::Busy => GenerationError::CompilersBusy,
        }
    }
}

/// What is compiled.
struct Source {
    /// Tells it from others.
    key: String,
    language: Language,
}

enum Language {
    Schema(Value, Unenforceable),
    Regex(String),
    Lark(String),
}

impl Grammars {
    /// Those of a model that has `vocabulary` logits.
    pub fn new(codec: Arc<dyn TextCodec>, vocabulary: usize) -> Self {
        let (compiler, kept, workshop) = (OnceLock::new(), Mutex::new(Cache::new()), Arc::default());
        Self { codec, vocabulary, compiler, kept, workshop }
    }

    /// A guide for one answer. Compiles the grammar if it was not asked for lately.
    ///
    /// # Errors
    /// [`GenerationError::Constraint`] when the grammar is wrong, too large or too slow to compile, and [`GenerationError::CompilersBusy`] when too
    /// many others are being compiled.
    pub fn guide(&self, constraint: &Constraint) -> Result<Guide, GenerationError> {
        let kind = match constraint {
            Constraint::JsonObject | Constraint::JsonSchema(_) => SCHEMA,
            Constraint::Regex(_) => "regular expression",
            Constraint::Lark(_) => "Lark grammar",
        };
        let refused = |problem| Failure::Refused(problem).of(kind);
        let source = Source::new(constraint).map_err(refused)?;
        let compiler = self.compiler().map_err(refused)?;
        let compiled = self.compiled(compiler, source).map_err(|failure| failure.of(kind))?;
        let parser = lock(&compiled.0).deep_clone();
        Ok(Guide::new(kind, Arc::clone(&compiler.environment), Matcher::new(Ok(parser))))
    }

    /// Whether answers can be held to a schema.
    ///
    /// # Errors
    /// [`GenerationError::Constraint`] when they can't, saying where in the schema, and [`GenerationError::CompilersBusy`].
    pub fn check_schema(&self, schema: &Value, unenforceable: Unenforceable) -> Result<(), GenerationError> {
        let refused = |problem| Failure::Refused(problem).of(SCHEMA);
        let source = Source::of_schema(schema, unenforceable).map_err(refused)?;
        let compiled = self.compiled(self.compiler().map_err(refused)?, source);
        compiled.map(drop).map_err(|failure| failure.of(SCHEMA))
    }

    fn compiler(&self) -> Result<&Arc<Compiler>, String> {
        let compiler =
            self.compiler.get_or_init(|| Compiler::new(&self.codec, self.vocabulary).map(Arc::new));
        compiler.as_ref().map_err(Clone::clone)
    }

    fn compiled(&self, compiler: &Arc<Compiler>, source: Source) -> Result<Arc<Compiled>, Failure> {
        let kept = || lock(&self.kept).get(&source.key).cloned();
        if let Some(compiled) = kept() {
            return Ok(compiled);
        }
        let start = Instant::now();
        let bench = Workshop::enter(&self.workshop).ok_or(Failure::Busy)?;
        // Whoever was here before may have made the same.
        if let Some(compiled) = kept() {
            return Ok(compiled);
        }
        let key = source.key.clone();
        let compiled = Arc::new(Compiled(Mutex::new(compile_aside(compiler, source, bench)?)));
        let bytes = lock(&compiled.0).parser.lexer_stats().num_bytes;
        tracing::debug!(bytes, time = ?start.elapsed(), "compiled a grammar");
        lock(&self.kept).insert(key, Arc::clone(&compiled), bytes);
        Ok(compiled)
    }
}

impl Compiler {
    fn new(codec: &Arc<dyn TextCodec>, vocabulary: usize) -> Result<Self, String> {
        let start = Instant::now();
        let environment = Arc::new(Environment::new(Arc::clone(codec), vocabulary)?);
        let tokens: TokEnv = environment.clone();
        let slices = llguidance::earley::SlicedBiasComputer::general_slices();
        let factory = ParserFactory::new(&tokens, InferenceCapabilities::default(), &slices);
        let mut factory = factory.map_err(|error| messages::gist(&error.to_string()))?;
        *factory.limits_mut() = limits::parser();
        factory.quiet();
        tracing::debug!(vocabulary, time = ?start.elapsed(), "prepared the vocabulary for grammars");
        Ok(Self { environment, factory })
    }

    /// Compiles, unless `until` is over before the next of its steps.
    fn compile(&self, source: &Source, until: Instant) -> Result<TokenParser, String> {
        let in_time = || if Instant::now() < until { Ok(()) } else { Err(too_slow()) };
        let grammar = match &source.language {
            Language::Schema(schema, unenforceable) => {
                GrammarWithLexer::from_json_schema(schema::prepare(schema, *unenforceable)?)
            }
            Language::Regex(regex) => GrammarWithLexer::from_regex(regex),
            Language::Lark(text) => GrammarWithLexer::from_lark(numbers::replace_in_grammar(text)?),
        };
        in_time()?;
        let parser = numbers::create_parser(&self.factory, grammar);
        in_time()?;
        let parser = parser.map_err(|problem| match &source.language {
            Language::Schema(schema, unenforceable) => {
                locate::explain(schema, *unenforceable, &messages::gist(&problem))
            }
            Language::Regex(_) => messages::of_regex(&problem),
            Language::Lark(_) => messages::of_grammar(&problem),
        })?;
        // What has no answer at all, or takes too much to begin with, is better refused now than later.
        let mut probe = parser.clone();
        probe.start_without_prompt();
        match probe.compute_mask() {
            Ok(_) => Ok(parser),
            Err(_) if probe.stop_reason() == StopReason::NoExtensionBias => {
                Err("no text follows it".to_owned())
            }
            Err(error) => Err(format!("it is too complex ({})", messages::gist(&error.to_string()))),
        }
    }
}

/// Compiles on another thread, whose stack is deep enough, and waits for it as long as is right.
fn compile_aside(compiler: &Arc<Compiler>, source: Source, bench: Bench) -> Result<TokenParser, String> {
    let (sender, receiver) = sync_channel(1);
    let compiler = Arc::clone(compiler);
    let until = Instant::now() + COMPILE_TIME_MAX;
    let work = move || {
        // If nobody waits any more, it is dropped.
        let _ = sender.send(compiler.compile(&source, until));
        drop(bench);
    };
    let thread = std::thread::Builder::new().name("abide-grammar".into()).stack_size(STACK_BYTES).spawn(work);
    thread.map_err(|error| format!("the system gave no thread to compile it: {error}"))?;
    receiver.recv_timeout(COMPILE_TIME_MAX).unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => Err(too_slow()),
        RecvTimeoutError::Disconnected => Err("compiling it failed".to_owned()),
    })
}

fn too_slow() -> String {
    format!("compiling it takes more than {} seconds; make it simpler", COMPILE_TIME_MAX.as_secs())
}

impl Workshop {
    /// Takes a place, waiting for one as long as compiling itself may take; `None` if there was none.
    fn enter(workshop: &Arc<Self>) -> Option<Bench> {
        let full = |busy: &mut usize| *busy >= COMPILING_MAX;
        let waited = workshop.freed.wait_timeout_while(lock(&workshop.busy), COMPILE_TIME_MAX, full);
        let (mut busy, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return None;
        }
        *busy += 1;
        Some(Bench(Arc::clone(workshop)))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        *lock(&self.0.busy) -= 1;
        self.0.freed.notify_one();
    }
}

impl Source {
    fn new(constraint: &Constraint) -> Result<Self, String> {
        let (key, language) = match constraint {
            Constraint::JsonObject => {
                return Self::of_schema(&json!({"type": "object"}), Unenforceable::Refused);
            }
            Constraint::JsonSchema(schema) => return Self::of_schema(schema, Unenforceable::Refused),
            Constraint::Regex(regex) => {
                check_text(regex)?;
                let regex = unanchored(regex);
                (format!("regex {regex}"), Language::Regex(regex.to_owned()))
            }
            Constraint::Lark(grammar) => {
                check_text(grammar)?;
                (format!("lark {grammar}"), Language::Lark(grammar.clone()))
            }
        };
        Ok(Self { key, language })
    }

    fn of_schema(schema: &Value, unenforceable: Unenforceable) -> Result<Self, String> {
        schema::check_size(schema)?;
        let text = schema.to_string();
        check_length(&text)?;
        let key = format!("{unenforceable:?} {text}");
        Ok(Self { key, language: Language::Schema(schema.clone(), unenforceable) })
    }
}

/// The whole text is matched, so anchors around the expression change nothing, and the parser knows none.
fn unanchored(regex: &str) -> &str {
    let regex = regex.strip_prefix('^').unwrap_or(regex);
    match regex.strip_suffix('$') {
        Some(rest) if rest.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0 => rest,
        _ => regex,
    }
}

fn check_length(text: &str) -> Result<(), String> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!("it has {} bytes; {TEXT_BYTES_MAX} are allowed", text.len()));
    }
    Ok(())
}

/// Checks a regular expression or a grammar before anything looks into it. Brackets in literals count as well: where a
/// literal ends is for the parser to say.
fn check_text(text: &str) -> Result<(), String> {
    check_length(text)?;
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > BRACKETS_DEPTH_MAX {
            return Err(format!("its brackets are nested more than {BRACKETS_DEPTH_MAX} deep"));
        }
    }
    Ok(())
}

/// Locks; what a panic left behind is as good as before, since it is replaced as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_place_comes_too_early() {
        let workshop: Arc<Workshop> = Arc::default();
        let benches: Vec<_> = (0..COMPILING_MAX).map(|_| Workshop::enter(&workshop).unwrap()).collect();
        assert!(Workshop::enter(&workshop).is_none());
        drop(benches);
        assert!(Workshop::enter(&workshop).is_some());
        assert!(matches!(Failure::Busy.of(SCHEMA), GenerationError::CompilersBusy));
    }
}
