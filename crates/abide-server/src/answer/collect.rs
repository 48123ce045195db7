//! Whole answers, for clients that don't stream. Must not know any dialect.

use abide_generation::{FinishReason, PromptReport, Timings, Usage};

use super::{Answering, Ending, Piece, PieceLogprob};
use crate::ApiError;

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Collected {
    /// What became of the prompt.
    pub prompt: PromptReport,
    /// All thoughts.
    pub thought: String,
    /// All text.
    pub text: String,
    /// One for each token of the text, if asked for.
    pub logprobs: Vec<PieceLogprob>,
    /// The calls of tools, in their order.
    pub tool_calls: Vec<CollectedCall>,
    /// Why it ended.
    pub ending: Ending,
    /// Tokens counted.
    pub usage: Usage,
    /// Of the answer's tokens, those of thoughts.
    pub thought_tokens: usize,
    /// Time taken.
    pub timings: Timings,
}

/// A whole call of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CollectedCall {
    /// Its id, such as `call_…`.
    pub id: String,
    /// The tool.
    pub name: String,
    /// JSON text of its arguments; cut short where the answer was.
    pub arguments: String,
}

impl Default for Collected {
    fn default() -> Self {
        Self {
            prompt: PromptReport::default(),
            thought: String::new(),
            text: String::new(),
            logprobs: Vec::new(),
            tool_calls: Vec::new(),
            ending: Ending::Generator(FinishReason::EndOfTurn),
            usage: Usage::default(),
            thought_tokens: 0,
            timings: Timings::default(),
        }
    }
}

impl Collected {
    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Started(report) => self.prompt = report,
            Piece::Thought(text) => self.thought.push_str(&text),
            Piece::Text { text, logprobs } => {
                self.text.push_str(&text);
                self.logprobs.extend(logprobs);
            }
            Piece::ToolCall { id, name, .. } => {
                self.tool_calls.push(CollectedCall { id, name, arguments: String::new() });
            }
            Piece::ToolArguments { call, text } => {
                if let Some(call) = self.tool_calls.get_mut(call) {
                    call.arguments.push_str(&text);
                }
            }
            Piece::Finished { ending, usage, thought_tokens, timings } => {
                (self.ending, self.usage, self.timings) = (ending, usage, timings);
                self.thought_tokens = thought_tokens;
            }
        }
    }
}

/// Waits for all answers and gives them in the order of their indices.
///
/// # Errors
/// When one of them fails; the others are cancelled.
pub async fn collect(mut answering: Answering) -> Result<Vec<Collected>, ApiError> {
    let mut answers = vec![Collected::default(); answering.choices()];
    while let Some(choice) = answering.next().await {
        let choice = choice?;
        answers[choice.index].add(choice.piece);
    }
    Ok(answers)
}
