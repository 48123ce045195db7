//! One answer's way through its grammar: which tokens may come next. Knows nothing of logits.

use std::sync::Arc;

use abide_generation::GenerationError;
use llguidance::Matcher;
use llguidance::api::StopReason;

use super::environment::Environment;
use super::messages;
use super::thoughts::Thoughts;
use crate::sampling::TokenSet;

/// The state of one constrained answer.
pub struct Guide {
    /// The grammar's kind, for errors.
    kind: &'static str,
    environment: Arc<Environment>,
    matcher: Matcher,
    place: Place,
    /// What may come next, once it is known.
    allowed: Option<TokenSet>,
}

/// Where the answer is.
enum Place {
    /// In its thoughts, before the grammar's first byte.
    Thoughts(Thoughts),
    /// Before the grammar's first byte, where a space at the start of a token is not part of the text.
    Start,
    /// In the grammar.
    Within,
}

impl Guide {
    pub(super) fn new(kind: &'static str, environment: Arc<Environment>, matcher: Matcher) -> Self {
        Self { kind, environment, matcher, place: Place::Within, allowed: None }
    }

    /// The answer follows a prompt that ends with `previous`, and begins with thoughts if a mark is named that closes them.
    #[must_use]
    pub fn after(mut self, previous: Option<u32>, close: Option<&str>) -> Self {
        self.place = match close.filter(|close| !close.is_empty()) {
            Some(close) => Place::Thoughts(Thoughts::new(close, &self.environment)),
            None => self.start_after(previous),
        };
        self
    }

    fn start_after(&self, previous: Option<u32>) -> Place {
        if self.environment.codec().leaves_out_space(previous) { Place::Start } else { Place::Within }
    }

    /// The tokens that may come next.
    ///
    /// # Errors
    /// When no token of the vocabulary goes on with what is written, or finding out takes more than the limits allow.
    pub fn allowed(&mut self) -> Result<&TokenSet, GenerationError> {
        let allowed = match self.allowed.take() {
            Some(allowed) => allowed,
            None => match &self.place {
                Place::Thoughts(thoughts) => thoughts.allowed(&self.environment),
                Place::Start => self.allowed_at_start()?,
                Place::Within => {
                    let mask =
                        self.matcher.compute_mask().map_err(|error| self.failed(&error.to_string()))?;
                    TokenSet::from_words(mask.into())
                }
            },
        };
        Ok(self.allowed.insert(allowed))
    }

    /// The tokens that may come next, if they were asked for already.
    pub fn known(&self) -> Option<&TokenSet> {
        self.allowed.as_ref()
    }

    /// Takes the token that was chosen.
    ///
    /// # Errors
    /// When it was not allowed, or taking it takes more than the limits allow.
    pub fn accept(&mut self, token: u32) -> Result<(), GenerationError> {
        self.allowed = None;
        if let Place::Thoughts(thoughts) = &mut self.place {
            if thoughts.push(self.environment.codec().spelling(token)) {
                self.place = self.start_after(Some(token));
            }
            return Ok(());
        }
        if self.environment.ends().contains(&token) {
            return Ok(());
        }
        let at_start = matches!(std::mem::replace(&mut self.place, Place::Within), Place::Start);
        let taken = match self.environment.text(token).and_then(|bytes| bytes.strip_prefix(b" ")) {
            Some([]) if at_start => return Ok(()),
            Some(bytes) if at_start => match self.environment.spell(bytes) {
                Some(tokens) => self.matcher.consume_tokens(&tokens),
                None => return Err(self.failed("")),
            },
            _ => self.matcher.consume_token(token),
        };
        taken.map_err(|error| self.failed(&error.to_string()))
    }

    /// Whether nothing can follow but the end.
    pub fn is_complete(&self) -> bool {
        matches!(self.place, Place::Within) && self.matcher.stop_reason() == StopReason::NoExtension
    }

    /// How many of these tokens, which are only guessed, could come next.
    pub fn fitting(&mut self, guesses: &[u32]) -> usize {
        match self.place {
            // Where the thoughts end is for the sampler to say, and a space of no account is too rare to guess beyond.
            Place::Thoughts(_) => {
                let ends = self.environment.ends();
                guesses.iter().position(|guess| ends.contains(guess)).unwrap_or(guesses.len())
            }
            Place::Start => 0,
            // If it fails, so does the choice of the next token, which tells why.
            Place::Within => self.matcher.validate_tokens(guesses).unwrap_or(0),
        }
    }

    /// What may come first where a token's leading space is no part of the text. Found by trying each: the parser's own way
    /// along the prefix tree would take that space for text.
    fn allowed_at_start(&mut self) -> Result<TokenSet, GenerationError> {
        let environment = Arc::clone(&self.environment);
        let mut allowed = TokenSet::none(environment.vocabulary());
        let mut first_bytes = [None; 256];
        let mut any = false;
        for token in 0..environment.vocabulary() as u32 {
            let Some(bytes) = environment.text(token) else { continue };
            let fits = match bytes.strip_prefix(b" ") {
                Some([]) => true,
                rest => {
                    let bytes = rest.unwrap_or(bytes);
                    let known = first_bytes[bytes[0] as usize];
                    let may_begin = match known {
                        Some(known) => known,
                        None => self.begins_with(&bytes[..1])?,
                    };
                    first_bytes[bytes[0] as usize] = Some(may_begin);
                    may_begin && self.begins_with(bytes)?
                }
            };
            if fits {
                allowed.insert(token);
                any = true;
            }
        }
        for &end in environment.ends() {
            if self.validate(&[end])? {
                allowed.insert(end);
                any = true;
            }
        }
        if any { Ok(allowed) } else { Err(self.failed("")) }
    }

    fn begins_with(&mut self, bytes: &[u8]) -> Result<bool, GenerationError> {
        match self.environment.spell(bytes) {
            Some(tokens) => self.validate(&tokens),
            // No token is this byte alone, so others that begin with it have to be looked at.
            None => Ok(bytes.len() == 1),
        }
    }

    fn validate(&mut self, tokens: &[u32]) -> Result<bool, GenerationError> {
        let valid = self.matcher.validate_tokens(tokens);
        valid.map(|valid| valid == tokens.len()).map_err(|error| self.failed(&error.to_string()))
    }

    fn failed(&self, message: &str) -> GenerationError {
        let problem = match self.matcher.stop_reason() {
            StopReason::NotStopped | StopReason::NoExtension | StopReason::NoExtensionBias => {
                "no token of the model goes on with what is written so far".to_owned()
            }
            _ => format!("it is too complex at this point of the answer ({})", messages::gist(message)),
        };
        GenerationError::Constraint { kind: self.kind, problem }
    }
}
