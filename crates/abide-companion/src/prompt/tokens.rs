//! Counts tokens, each text once. Must not know what texts are for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use abide_generation::{Chat, GenerationError, Generator, Message, Prompt, Role, Special};
use sha2::{Digest as _, Sha256};

/// Counts that are remembered, at most. Some 40 bytes each.
const COUNTS_MAX: usize = 16_384;

type Key = [u8; 16];

/// Token counts of texts under models, remembered for all companions. When it is full, it begins anew: counting again costs a
/// window once, and an order of use would cost memory always.
#[derive(Debug, Default)]
pub struct TokenCounts {
    counts: Mutex<HashMap<Key, usize>>,
}

impl TokenCounts {
    fn get(&self, key: &Key) -> Option<usize> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }

    fn put(&self, key: Key, count: usize) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= COUNTS_MAX {
            counts.clear();
        }
        counts.insert(key, count);
    }
}

/// What a chat template adds to texts, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateOverhead {
    /// To a prompt of a system message and one turn.
    pub prompt: usize,
    /// To each further message.
    pub message: usize,
}

/// Counts for one model.
pub struct TokenCounter<'a> {
    generator: &'a dyn Generator,
    counts: &'a TokenCounts,
}

impl<'a> TokenCounter<'a> {
    /// A counter for `generator` that remembers in `counts`.
    pub fn new(generator: &'a dyn Generator, counts: &'a TokenCounts) -> Self {
        Self { generator, counts }
    }

    /// The model that it counts for.
    pub fn generator(&self) -> &'a dyn Generator {
        self.generator
    }

    /// Tokens of `text` alone.
    ///
    /// # Errors
    /// When the model can't tokenise it.
    pub fn count(&self, text: &str) -> Result<usize, GenerationError> {
        if text.is_empty() {
            return Ok(0);
        }
        self.remembered("text", text, || Ok(self.generator.tokenize(text, Special::AsText)?.len()))
    }

    /// What the template adds. A base model's turns are written as lines, `Name: words`, which add some tokens too.
    ///
    /// # Errors
    /// When the template fails.
    pub fn overhead(&self) -> Result<TemplateOverhead, GenerationError> {
        if !self.generator.description().has_chat_template {
            return Ok(TemplateOverhead { prompt: 8, message: 6 });
        }
        let turns = |pairs: usize| {
            let mut messages = vec![Message::new(Role::System, "a"), Message::new(Role::User, "a")];
            for _ in 0..pairs {
                messages.push(Message::new(Role::Assistant, "a"));
                messages.push(Message::new(Role::User, "a"));
            }
            Prompt::Chat(Chat { thinking: Some(false), ..Chat::from(messages) })
        };
        let one = self.count("a")?;
        let measure = |pairs| Ok(self.generator.prompt_tokens(&turns(pairs))?.len());
        let short = self.remembered("template", "0", || measure(0))?;
        let long = self.remembered("template", "1", || measure(1))?;
        Ok(TemplateOverhead {
            prompt: short.saturating_sub(2 * one),
            message: long.saturating_sub(short + 2 * one).div_ceil(2),
        })
    }

    /// Tokens of the whole prompt, as the model will read it. Not remembered.
    ///
    /// # Errors
    /// When the template fails.
    pub fn prompt(&self, prompt: &Prompt) -> Result<usize, GenerationError> {
        Ok(self.generator.prompt_tokens(prompt)?.len())
    }

    fn remembered(
        &self,
        kind: &str,
        text: &str,
        count: impl FnOnce() -> Result<usize, GenerationError>,
    ) -> Result<usize, GenerationError> {
        let description = self.generator.description();
        let mut digest = Sha256::new();
        for part in [description.name.as_str(), kind] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.update((description.vocabulary as u64).to_le_bytes());
        digest.update((description.parameters).to_le_bytes());
        digest.update(text);
        let mut key = Key::default();
        key.copy_from_slice(&digest.finalize()[..16]);
        if let Some(count) = self.counts.get(&key) {
            return Ok(count);
        }
        let count = count()?;
        self.counts.put(key, count);
        Ok(count)
    }

    /// The longest beginning of `text` of at most `tokens` tokens, cut behind a sentence or a word where there is one near
    /// the end.
    ///
    /// # Errors
    /// When the model can't tokenise it.
    pub fn beginning<'t>(&self, text: &'t str, tokens: usize) -> Result<&'t str, GenerationError> {
        if self.count(text)? <= tokens {
            return Ok(text);
        }
        // The same texts are shortened in turn after turn.
        let end = self.remembered(&format!("beginning of {tokens}"), text, || {
            let end = longest(text, |end| self.fits(&text[..end], tokens))?;
            Ok(good_end(&text[..end]))
        })?;
        Ok(text[..end].trim_end())
    }

    /// `text` with its middle left out, so that it has about `tokens` tokens with `mark` in the gap.
    ///
    /// # Errors
    /// When the model can't tokenise it.
    pub fn without_middle(&self, text: &str, mark: &str, tokens: usize) -> Result<String, GenerationError> {
        if self.count(text)? <= tokens {
            return Ok(text.to_owned());
        }
        let room = tokens.saturating_sub(self.count(mark)? + 2);
        let head_end = longest(text, |end| self.fits(&text[..end], room / 2))?;
        let rest = &text[head_end..];
        // Two thirds of the rest's share at the end: a question usually stands there.
        let tail_start = rest.len()
            - longest(rest, |length| {
                self.fits(&rest[rest.ceil_char_boundary(rest.len() - length)..], room - room / 2)
            })?;
        let tail = &rest[rest.ceil_char_boundary(tail_start)..];
        Ok(format!("{}\n{mark}\n{}", text[..head_end].trim_end(), tail.trim_start()))
    }

    fn fits(&self, text: &str, tokens: usize) -> Result<bool, GenerationError> {
        // Not remembered: these are texts that nobody asks for again.
        Ok(text.is_empty() || self.generator.tokenize(text, Special::AsText)?.len() <= tokens)
    }
}

/// The greatest length in bytes, at a character's boundary, that `fits`; by halving.
fn longest(
    text: &str,
    fits: impl Fn(usize) -> Result<bool, GenerationError>,
) -> Result<usize, GenerationError> {
    let (mut good, mut bad) = (0, text.len() + 1);
    while bad - good > 1 {
        let middle = text.floor_char_boundary(usize::midpoint(good, bad));
        if middle <= good {
            let next = text.ceil_char_boundary(good + 1);
            if next >= bad || !fits(next)? {
                break;
            }
            good = next;
        } else if fits(middle)? {
            good = middle;
        } else {
            bad = middle;
        }
    }
    Ok(good)
}

/// Where `head` is best cut: behind a sentence, or else a word, of its last third.
fn good_end(head: &str) -> usize {
    let near = head.floor_char_boundary(head.len() - head.len() / 3);
    let sentence = head[near..].rfind(['.', '!', '?', '。', '！', '？', '\n']);
    let word = || head[near..].rfind(char::is_whitespace);
    let stop = sentence.or_else(word).map(|at| near + at);
    stop.map_or(head.len(), |at| at + head[at..].chars().next().map_or(0, char::len_utf8))
}
