//! The engine over a scripted model: no weights, no vocabulary, every step deterministic.

mod constraint;
mod lifecycle;
mod same_output;
mod saving;
pub(super) mod scripted;
mod speculation;
mod text;

use abide_generation::*;

use scripted::*;

/// One whole answer.
#[derive(Debug, Clone, PartialEq)]
struct Answered {
    report: PromptReport,
    tokens: Vec<u32>,
    pieces: Vec<String>,
    logprobs: Vec<Option<TokenLogprob>>,
    /// Of each token, how many of the last ones have text that was not given yet.
    withheld: Vec<usize>,
    reason: FinishReason,
    usage: Usage,
}

impl Answered {
    fn text(&self) -> String {
        self.pieces.concat()
    }
}

/// Reads an answer to its end, checking the order of its events.
fn read(mut stream: GenerationStream) -> Result<Answered, GenerationError> {
    let first = stream.blocking_next().expect("an answer has a first event")?;
    let GenerationEvent::Started(report) = first else { panic!("{first:?} came before the start") };
    let (mut tokens, mut pieces, mut logprobs, mut withheld) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    loop {
        match stream.blocking_next().expect("an answer has an end")? {
            GenerationEvent::Started(_) => panic!("a second start"),
            GenerationEvent::Token(token) => {
                tokens.push(token.id);
                pieces.push(token.text);
                logprobs.push(token.logprob);
                withheld.push(token.withheld);
            }
            GenerationEvent::Finished { reason, usage, .. } => {
                assert!(stream.blocking_next().is_none(), "nothing comes after the end");
                assert_eq!(usage.completion_tokens, tokens.len());
                assert_eq!(usage.prompt_tokens, report.prompt_tokens);
                return Ok(Answered { report, tokens, pieces, logprobs, withheld, reason, usage });
            }
        }
    }
}

/// A request for a text, best token first.
fn request(prompt: &str) -> GenerationRequest {
    GenerationRequest { sampling: Sampling::greedy(), ..GenerationRequest::new(Prompt::Text(prompt.into())) }
}
