//! One answer's way through its grammar: which tokens may come next. Knows nothing of logits.

use std::sync::Arc;
use std::time::Instant;

use abide_generation::GenerationError;
use llguidance::Matcher;
use llguidance::api::StopReason;

use super::environment::Environment;
use super::messages;
use super::pace::Pace;
use super::scout::Scout;
use super::thoughts::Thoughts;
use crate::sampling::TokenSet;

/// The state of one constrained answer.
pub struct Guide {
    /// The grammar's kind, for errors.
    kind: &'static str,
    environment: Arc<Environment>,
    matcher: Matcher,
    place: Place,
    /// What may come next, once it is known, and then after each of the `guesses`.
    allowed: Vec<TokenSet>,
    /// Tokens that are only guessed.
    guesses: Vec<u32>,
    /// Goes ahead where tokens are guessed; `None` if nobody was sent yet, or there is no way back.
    scout: Option<Scout>,
    /// Whether one may be sent.
    has_scouts: bool,
    /// What all this takes.
    pace: Pace,
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
        let (allowed, guesses) = (Vec::new(), Vec::new());
        let pace = environment.paces().join();
        Self {
            kind,
            environment,
            matcher,
            place: Place::Within,
            allowed,
            guesses,
            scout: None,
            has_scouts: true,
            pace,
        }
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

    #[cfg(test)]
    pub(super) fn at_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
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
        if self.allowed.is_empty() {
            self.check_pace()?;
            let begun = Instant::now();
            let allowed = match &self.place {
                Place::Thoughts(thoughts) => {
                    // They are free: what they take is none of the grammar's time.
                    self.allowed.push(thoughts.allowed(&self.environment));
                    return Ok(&self.allowed[0]);
                }
                Place::Start => self.allowed_at_start()?,
                Place::Within => {
                    let mask =
                        self.matcher.compute_mask().map_err(|error| self.failed(&error.to_string()))?;
                    TokenSet::from_words(mask.into())
                }
            };
            self.pace.spend_since(begun);
            self.allowed.push(allowed);
        }
        Ok(&self.allowed[0])
    }

    /// Finds out which tokens may come next, and which after each of these guesses, as far as they fit and that can be told: see
    /// [`Self::known`].
    pub fn look_ahead(&mut self, guesses: &[u32]) {
        // If it fails, so does the choice of the next token, which tells why.
        if self.allowed().is_err() || !matches!(self.place, Place::Within) {
            return;
        }
        let same = self.guesses.iter().zip(guesses).take_while(|(one, other)| one == other).count();
        self.guesses.truncate(same);
        self.allowed.truncate(same + 1);
        if same == guesses.len() {
            return;
        }
        let begun = Instant::now();
        if self.scout.is_none() && self.has_scouts {
            self.scout = Some(Scout::new(&self.matcher));
        }
        for guess in &guesses[same..] {
            // The answer ends with an end: nothing follows it.
            let ahead = if self.environment.ends().contains(guess) {
                Some(TokenSet::none(0))
            } else {
                self.scout.as_mut().and_then(|scout| scout.look_behind(&self.guesses, *guess))
            };
            let Some(ahead) = ahead else { break };
            self.allowed.push(ahead);
            self.guesses.push(*guess);
        }
        self.dismiss_lost();
        self.pace.spend_since(begun);
    }

    /// Who lost the way is not sent again: it would be lost once more.
    fn dismiss_lost(&mut self) {
        if self.scout.as_ref().is_some_and(Scout::is_lost) {
            (self.scout, self.has_scouts) = (None, false);
        }
    }

    /// The tokens that may come next, if they were asked for already, and then those after each guess that was looked behind.
    pub fn known(&self) -> &[TokenSet] {
        &self.allowed
    }

    /// Takes the token that was chosen.
    ///
    /// # Errors
    /// When it was not allowed, or taking it takes more than the limits allow.
    pub fn accept(&mut self, token: u32) -> Result<(), GenerationError> {
        if self.guesses.first() == Some(&token) {
            self.guesses.remove(0);
            self.allowed.remove(0);
        } else {
            self.guesses.clear();
            self.allowed.clear();
        }
        if let Place::Thoughts(thoughts) = &mut self.place {
            if thoughts.push(self.environment.codec().spelling(token)) {
                self.place = self.start_after(Some(token));
            }
            return Ok(());
        }
        if self.environment.ends().contains(&token) {
            return Ok(());
        }
        let begun = Instant::now();
        let at_start = matches!(std::mem::replace(&mut self.place, Place::Within), Place::Start);
        let taken = match self.environment.text(token).and_then(|bytes| bytes.strip_prefix(b" ")) {
            Some([]) if at_start => return Ok(()),
            Some(bytes) if at_start => match self.environment.spell(bytes) {
                Some(tokens) => self.matcher.consume_tokens(&tokens),
                None => return Err(self.failed("")),
            },
            _ => {
                if let Some(scout) = &mut self.scout {
                    scout.follow(token);
                    self.dismiss_lost();
                }
                self.matcher.consume_token(token)
            }
        };
        self.pace.spend_since(begun);
        self.pace.grant_token();
        taken.map_err(|error| self.failed(&error.to_string()))
    }

    /// # Errors
    /// When all others have waited for this one long enough.
    fn check_pace(&self) -> Result<(), GenerationError> {
        if !self.pace.is_exceeded() {
            return Ok(());
        }
        let problem =
            "it takes too long to follow at this point of the answer; make it less ambiguous".to_owned();
        Err(GenerationError::Constraint { kind: self.kind, problem })
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
