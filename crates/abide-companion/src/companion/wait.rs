//! Waiting for a generator's next event on a thread without a runtime, and giving up when nobody reads any more. Must not know
//! what is read.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use abide_generation::{GenerationError, GenerationEvent, GenerationStream};
use tokio::sync::mpsc::UnboundedSender;

use crate::asking::Unpark;

/// What came first.
pub(super) enum Next {
    /// The stream's next event.
    Event(Result<GenerationEvent, GenerationError>),
    /// The stream's end.
    Ended,
    /// Nobody reads what `sender` sends.
    Abandoned,
}

/// Waits for the next event of `stream`, but no longer than somebody reads from `sender`: a model may read a prompt for a minute
/// before the first event, and must not do so for nobody.
pub(super) fn next_event<T>(stream: &mut GenerationStream, sender: &UnboundedSender<T>) -> Next {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut abandoned = pin!(sender.closed());
    loop {
        if abandoned.as_mut().poll(&mut context).is_ready() {
            return Next::Abandoned;
        }
        match stream.poll_next(&mut context) {
            Poll::Ready(Some(event)) => return Next::Event(event),
            Poll::Ready(None) => return Next::Ended,
            // What wakes up between the look and the nap leaves a token, with which the nap ends at once.
            Poll::Pending => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use abide_generation::scripted::{Script, ScriptedGenerator};
    use abide_generation::{GenerationRequest, Generator as _, Prompt};
    use tokio::sync::mpsc;

    use super::*;

    #[test]
    fn a_reader_who_leaves_ends_the_wait_for_a_silent_model() {
        let (script, hand) = Script::by_hand();
        let model = ScriptedGenerator::new(vec![script]);
        let request = GenerationRequest::new(Prompt::Text("x".to_owned()));
        let mut stream = model.generate(request).unwrap();
        let (sender, receiver) = mpsc::unbounded_channel::<()>();
        let waiting = std::thread::spawn(move || matches!(next_event(&mut stream, &sender), Next::Abandoned));
        drop(receiver);
        assert!(waiting.join().unwrap());
        assert!(hand.is_hung_up());
    }
}
