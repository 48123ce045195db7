//! Runs a template on a thread of its own, so that whatever it does ends for the caller. Must not know
//! messages or tokens.

use std::{
    error::Error as StdError,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use minijinja::{Environment, Error, ErrorKind, Value};

use super::{
    TemplateError,
    environment::{self, Refusal, TEMPLATE_NAME},
};

/// Longest rendering in bytes: a million tokens are some 4 MiB.
pub(super) const OUTPUT_BYTES_MAX: usize = 32 << 20;
/// Longest template source in bytes; the longest known ones have some 30 KB.
pub(super) const SOURCE_BYTES_MAX: usize = 1 << 20;
/// Longest time of a rendering. Real templates take milliseconds; only operators on values that share
/// their parts thousandfold run into it.
const TIME_MAX: Duration = Duration::from_secs(5);
/// Stack of the thread (address space; touched pages alone are memory). Within its fuel a template can nest values some
/// 400,000 deep, and minijinja drops, prints and compares them recursively.
const STACK_BYTES: usize = 256 << 20;

/// A compiled template that can be rendered safely.
#[derive(Debug)]
pub(super) struct Renderer {
    environment: Arc<Environment<'static>>,
    source: String,
    time_max: Duration,
    /// Set once a rendering ran out of time: its thread can't be stopped, and one is enough.
    is_stuck: AtomicBool,
}

impl Renderer {
    pub fn new(source: &str) -> Result<Self, TemplateError> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(TemplateError::SourceTooLong { bytes: source.len(), limit: SOURCE_BYTES_MAX });
        }
        let environment = environment::environment(source).map_err(|error| TemplateError::Syntax {
            line: error.line().unwrap_or(0),
            problem: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
        })?;
        Ok(Self {
            environment: Arc::new(environment),
            source: source.to_owned(),
            time_max: TIME_MAX,
            is_stuck: AtomicBool::new(false),
        })
    }

    /// The template as it was given.
    pub fn source(&self) -> &str {
        &self.source
    }

    #[cfg(test)]
    pub fn with_time_max(mut self, time_max: Duration) -> Self {
        self.time_max = time_max;
        self
    }

    /// The template's text for `context`, or why there is none, within the time limit.
    pub fn render(&self, context: Value) -> Result<String, TemplateError> {
        if self.is_stuck.load(Ordering::Relaxed) {
            return Err(TemplateError::Disabled);
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        let environment = Arc::clone(&self.environment);
        let work = move || {
            let result = render(&environment, context);
            // The receiver is gone if this took too long.
            let _ = sender.send(result);
        };
        thread::Builder::new()
            .name("chat-template".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(work)
            .map_err(|error| TemplateError::Thread(error.to_string()))?;
        match receiver.recv_timeout(self.time_max) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                self.is_stuck.store(true, Ordering::Relaxed);
                Err(TemplateError::TooSlow { seconds: self.time_max.as_secs_f32() })
            }
            Err(RecvTimeoutError::Disconnected) => Err(TemplateError::Thread("it panicked".to_owned())),
        }
    }
}

fn render(environment: &Environment<'static>, context: Value) -> Result<String, TemplateError> {
    let mut output = LimitedOutput { bytes: Vec::new(), is_full: false };
    let template = environment.get_template(TEMPLATE_NAME).map_err(|error| explain(&error))?;
    let result = template.render_captured_to(context, &mut output).map(drop);
    match result {
        Err(_) if output.is_full => Err(TemplateError::OutputTooLong { limit: OUTPUT_BYTES_MAX }),
        Err(error) => Err(explain(&error)),
        Ok(()) => String::from_utf8(output.bytes)
            .map_err(|error| TemplateError::Render { line: 0, problem: error.to_string() }),
    }
}

/// Our error for one of minijinja's.
fn explain(error: &Error) -> TemplateError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(Refusal(message)) = current.downcast_ref() {
            return TemplateError::Refused { message: message.clone() };
        }
        if current.downcast_ref::<Error>().is_some_and(|error| error.kind() == ErrorKind::OutOfFuel) {
            return TemplateError::TooMuchWork;
        }
        cause = current.source();
    }
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    TemplateError::Render { line: error.line().unwrap_or(0), problem: format!("{}{detail}", error.kind()) }
}

struct LimitedOutput {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for LimitedOutput {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if part.len() > OUTPUT_BYTES_MAX - self.bytes.len() {
            self.is_full = true;
            return Err(io::Error::other("the rendering is too long"));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
