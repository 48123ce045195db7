//! Asking a model something beside the conversation, and letting go of it when it is wanted for something else. Must not know what is asked.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use abide_generation::{
    FinishReason, GenerationError, GenerationEvent, GenerationRequest, Generator, Part, Thoughts,
};

/// How long nobody asks whether to stop while the model says nothing: it may read a prompt for a minute.
const SILENCE: Duration = Duration::from_millis(50);

/// Wakes a thread that waits for a stream without a runtime.
pub(crate) struct Unpark(pub Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What a model answered.
pub(crate) struct Answer {
    /// Its words, without thoughts.
    pub text: String,
    /// Why it ended.
    pub reason: FinishReason,
}

/// The model's whole answer; `None`: `stop` said so. Blocks the thread.
///
/// # Errors
/// When the generator refuses or fails.
pub(crate) fn ask(
    generator: &dyn Generator,
    request: GenerationRequest,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Answer>, GenerationError> {
    let marks = generator.description().thought_marks.clone();
    let mut thoughts = Thoughts::new(marks.clone(), false);
    let mut parts = Vec::new();
    let mut stream = generator.generate(request)?;
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if stop() {
            return Ok(None);
        }
        match stream.poll_next(&mut context) {
            Poll::Pending => std::thread::park_timeout(SILENCE),
            Poll::Ready(None) => return Err(GenerationError::Stopped),
            Poll::Ready(Some(event)) => match event? {
                GenerationEvent::Started(report) => {
                    thoughts = Thoughts::new(marks.clone(), report.thought_open);
                }
                GenerationEvent::Token(token) => thoughts.push(&token.text, &mut parts),
                GenerationEvent::Finished { reason, .. } => {
                    thoughts.finish(false, &mut parts);
                    let text = parts.into_iter().filter_map(|part| match part {
                        Part::Text(text) => Some(text),
                        Part::Thought(_) | Part::Call(_) => None,
                    });
                    return Ok(Some(Answer { text: text.collect(), reason }));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use abide_generation::Prompt;
    use abide_generation::scripted::{Script, ScriptedGenerator};

    use super::*;

    fn request() -> GenerationRequest {
        GenerationRequest::new(Prompt::Text("x".to_owned()))
    }

    #[test]
    fn a_silent_model_is_let_go() {
        let (script, hand) = Script::by_hand();
        let model = ScriptedGenerator::new(vec![script]);
        let asked = std::cell::Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) == 2;
        assert!(ask(&model, request(), &stop).unwrap().is_none());
        assert!(hand.is_hung_up());
    }

    #[test]
    fn an_answer_is_taken_whole() {
        let model = ScriptedGenerator::new(vec![Script::answer(&["So it", " goes."])]);
        assert_eq!(ask(&model, request(), &|| false).unwrap().unwrap().text, "So it goes.");
    }
}
