//! The answers to several orders of one request, as if they were one. Must not know what they say.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_core::Stream as _;

use crate::ApiError;
use crate::answer::{Answering, Choice};

/// Answers that are made at the same time. Dropping it cancels them.
pub struct Merged {
    orders: Vec<Option<Answering>>,
    choices_each: usize,
    /// Whose turn it is to be looked at first, so that none waits for another.
    turn: usize,
}

impl Merged {
    /// The answers to `orders`, `choices_each` to each. The choices of an order come after those of the orders before it.
    pub fn new(orders: Vec<Answering>, choices_each: usize) -> Self {
        Self { orders: orders.into_iter().map(Some).collect(), choices_each, turn: 0 }
    }

    /// The next piece of any of them; `None` when all are complete.
    pub async fn next(&mut self) -> Option<Result<Choice, ApiError>> {
        poll_fn(|context| {
            let count = self.orders.len();
            let mut all_done = true;
            for step in 0..count {
                let order = (self.turn + step) % count;
                let Some(answering) = &mut self.orders[order] else { continue };
                match Pin::new(answering).poll_next(context) {
                    Poll::Pending => all_done = false,
                    Poll::Ready(None) => self.orders[order] = None,
                    Poll::Ready(Some(next)) => {
                        self.turn = order + 1;
                        let shift = order * self.choices_each;
                        return Poll::Ready(Some(
                            next.map(|choice| Choice { index: choice.index + shift, ..choice }),
                        ));
                    }
                }
            }
            if all_done { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}
