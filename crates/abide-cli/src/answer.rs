//! From a request to an answer that is shown while it is made.
//!
//! Must not know conversations, terminals or files.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use abide_generation::{
    FinishReason, GenerationError, GenerationEvent, GenerationRequest, Generator, ModelDescription,
    PromptReport, Timings, Usage,
};
use anyhow::{Context as _, bail};

use crate::failure::{Exit, Failure};
use crate::interrupt::{Armed, Interrupt};
use crate::output::units;

/// How long a Ctrl-C may go unnoticed while no token comes.
const INTERRUPT_POLL: Duration = Duration::from_millis(50);

/// An answer, whole or up to where it was stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// What became of the prompt; nothing if stopped before that was known.
    pub prompt: PromptReport,
    /// Why it ended; `None` if it was stopped.
    pub reason: Option<FinishReason>,
    /// Tokens counted: by the generator, or here if it was stopped.
    pub usage: Usage,
    /// Time taken: as the generator tells, or as seen from here if it was stopped.
    pub timings: Timings,
}

/// Sends `request` and hands each piece of text to `listener` as it comes, with what became of the prompt, until the end or a
/// Ctrl-C. No piece is empty.
///
/// # Errors
/// When the generator or the listener fails.
pub fn stream(
    generator: &dyn Generator,
    request: GenerationRequest,
    interrupt: &Interrupt,
    listener: &mut dyn FnMut(&str, &PromptReport) -> io::Result<()>,
) -> anyhow::Result<Answer> {
    let armed = interrupt.arm();
    let mut watch = Watch::start();
    let refused = |error| refusal(error, generator.description());
    let mut events = generator.generate(request).map_err(refused)?;
    let (mut text, mut prompt) = (String::new(), PromptReport::default());
    loop {
        let event = match next(&mut |context| events.poll_next(context), &armed) {
            Next::Event(event) => event.context("the answer broke off")?,
            Next::Closed => bail!(GenerationError::Stopped),
            // Dropping `events` tells the generator.
            Next::Interrupted => {
                let (usage, timings) = watch.stop(&prompt);
                return Ok(Answer { text, prompt, reason: None, usage, timings });
            }
        };
        match event {
            GenerationEvent::Started(report) => prompt = report,
            GenerationEvent::Token(token) => {
                watch.token();
                if !token.text.is_empty() {
                    text.push_str(&token.text);
                    listener(&token.text, &prompt)?;
                }
            }
            GenerationEvent::Finished { reason, usage, timings } => {
                return Ok(Answer { text, prompt, reason: Some(reason), usage, timings });
            }
        }
    }
}

/// Tokens made one at a time: the first comes with the prefill.
pub fn tokens_decoded(usage: &Usage) -> usize {
    usage.completion_tokens.saturating_sub(1)
}

/// Tokens and speed of an answer in three lines.
pub fn statistics(usage: &Usage, timings: &Timings, context_length: usize) -> String {
    let per_second = |count, duration| {
        units::rate(count, duration).map_or_else(String::new, |rate| format!(", {rate:.1} per second"))
    };
    let read = usage.prompt_tokens.saturating_sub(usage.cached_tokens);
    let used = usage.prompt_tokens + usage.completion_tokens;
    let guessed = match usage.drafted_tokens {
        0 => String::new(),
        drafted => format!(" ({drafted} guessed ahead, {} of them right)", usage.accepted_tokens),
    };
    format!(
        "prompt:  {} ({} from the cache), first token after {}{}\nanswer:  {}{}{guessed}\ncontext: {used} of {context_length} \
         tokens used ({:.0} %)",
        units::plural(usage.prompt_tokens, "token"),
        usage.cached_tokens,
        units::duration(timings.queued + timings.prefill),
        per_second(read, timings.prefill),
        units::plural(usage.completion_tokens, "token"),
        per_second(tokens_decoded(usage), timings.decode),
        100.0 * used as f64 / context_length.max(1) as f64,
    )
}

/// Why there is no answer, with what the user can do about it here.
fn refusal(error: GenerationError, description: &ModelDescription) -> anyhow::Error {
    match error {
        GenerationError::ContextOverflow { .. } => {}
        GenerationError::Constraint { .. } => {
            let failure = Failure::new(Exit::Usage, error.to_string());
            return anyhow::Error::from(error).context(failure);
        }
        _ => return error.into(),
    }
    let (context, trained) = (description.context_length, description.context_length_trained);
    let cure = if context < trained {
        format!("shorten the prompt, or raise --context (now {context}; this model goes up to {trained})")
    } else {
        format!("shorten the prompt; {context} tokens are the most that this model takes")
    };
    let failure = Failure::new(Exit::Usage, error.to_string()).with_cure(cure);
    anyhow::Error::from(error).context(failure)
}

/// Counts and times an answer from outside, for one that is stopped.
struct Watch {
    start: Instant,
    first_token: Option<Instant>,
    last_token: Option<Instant>,
    tokens: usize,
}

impl Watch {
    fn start() -> Self {
        Self { start: Instant::now(), first_token: None, last_token: None, tokens: 0 }
    }

    fn token(&mut self) {
        let now = Instant::now();
        self.first_token.get_or_insert(now);
        self.last_token = Some(now);
        self.tokens += 1;
    }

    fn stop(&self, prompt: &PromptReport) -> (Usage, Timings) {
        let usage = Usage {
            prompt_tokens: prompt.prompt_tokens,
            cached_tokens: prompt.cached_tokens,
            completion_tokens: self.tokens,
            ..Usage::default()
        };
        let first = self.first_token.unwrap_or_else(Instant::now);
        let timings = Timings {
            queued: Duration::ZERO,
            prefill: first - self.start,
            decode: self.last_token.map_or(Duration::ZERO, |last| last - first),
        };
        (usage, timings)
    }
}

/// What waiting for an event came to.
pub enum Next<T> {
    /// One came.
    Event(T),
    /// There are no more.
    Closed,
    /// Ctrl-C came first.
    Interrupted,
}

/// Waits on this thread for what `poll` gives, looking up for a Ctrl-C. (A stream's `blocking_next` would not notice
/// one before the next token, which a long prompt keeps waiting for minutes.)
pub fn next<T>(poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<Option<T>>, armed: &Armed<'_>) -> Next<T> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if armed.requested() {
            return Next::Interrupted;
        }
        match poll(&mut context) {
            Poll::Ready(Some(event)) => return Next::Event(event),
            Poll::Ready(None) => return Next::Closed,
            Poll::Pending => thread::park_timeout(INTERRUPT_POLL),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use abide_generation::Prompt;
    use abide_generation::scripted::{Script, ScriptedGenerator};

    use super::*;

    fn collect(scripts: Vec<Script>, interrupt: &Interrupt) -> (anyhow::Result<Answer>, Vec<String>) {
        let generator = ScriptedGenerator::new(scripts);
        let mut seen = Vec::new();
        let request = GenerationRequest::new(Prompt::Text("x".to_owned()));
        let answer = stream(&generator, request, interrupt, &mut |text, _| {
            seen.push(text.to_owned());
            Ok(())
        });
        (answer, seen)
    }

    #[test]
    fn text_comes_as_it_is_made() {
        let (answer, seen) = collect(vec![Script::answer(&["a", "", "b"])], &Interrupt::default());
        let answer = answer.unwrap();
        assert_eq!((answer.text.as_str(), answer.prompt.prompt_tokens), ("ab", 10));
        assert_eq!(answer.reason, Some(FinishReason::EndOfTurn));
        assert_eq!(seen, ["a", "b"]);
    }

    #[test]
    fn a_stopped_answer_keeps_what_there_is() {
        let interrupt = Interrupt::default();
        let script = Script::hangs_after(&["a"], interrupt.raising());
        let (answer, _) = collect(vec![script], &interrupt);
        let answer = answer.unwrap();
        assert_eq!((answer.text.as_str(), answer.reason), ("a", None));
        let counted = Usage { prompt_tokens: 10, cached_tokens: 4, completion_tokens: 1, ..Usage::default() };
        assert_eq!((answer.usage, answer.timings.decode), (counted, Duration::ZERO));
    }

    #[test]
    fn failures_are_passed_on() {
        let refused = Script::refused(GenerationError::EmptyPrompt);
        assert!(collect(vec![refused], &Interrupt::default()).0.is_err());
        let broken = Script::breaks_after(&["a"], GenerationError::Stopped);
        let (answer, seen) = collect(vec![broken], &Interrupt::default());
        assert!(format!("{:#}", answer.unwrap_err()).contains("stopped"));
        assert_eq!(seen, ["a"]);
        let closed = Script::closes_after(&["a"]);
        assert!(collect(vec![closed], &Interrupt::default()).0.is_err());
    }
}
