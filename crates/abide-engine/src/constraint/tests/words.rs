//! A vocabulary of a few words and all bytes, with every kind of token that a file can hold.

use std::sync::Arc;

use abide_generation::{Chat, Constraint, GenerationError, PromptPart, Special};

use crate::constraint::{Grammars, Guide};
use crate::scheduler::{ChatTokens, Spelling, TextCodec, TextDecoder};

/// After the 256 bytes: tokens of several bytes, overlapping, some of them twice.
const WORDS: &[&str] = &[
    "{\"",
    "\":",
    "\",",
    "\", \"",
    "\"}",
    "true",
    "false",
    "null",
    " {",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n  ",
    "a",
    "na",
    "name",
    "me\":",
    "age",
    "12",
    "2024",
    "-",
    "é",
    "日本",
    "\\\"",
    "\\u",
    " yes",
    "yes",
    " no",
    "no",
    "</",
    "th",
    "ink",
    ">",
    ">\n\n",
    ">{",
    "</think>",
    "</think>{",
    "x",
    "}}",
    "]}",
    "[]",
    "{}",
];

/// Control tokens, each an end of the answer but the last.
const CONTROL: &[&str] = &["<end>", "<stop>", "<call>"];

pub(super) struct Words {
    /// Whether a leading space is left out at the start of a text.
    pub(super) adds_space: bool,
}

pub(super) const END: u32 = 256 + WORDS.len() as u32;
pub(super) const STOP: u32 = END + 1;
pub(super) const CALL: u32 = END + 2;
/// Two logits more than there are tokens.
pub(super) const VOCABULARY: usize = CALL as usize + 3;

const BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = byte as u8;
        byte += 1;
    }
    bytes
};

impl TextCodec for Words {
    fn encode(&self, _text: &str, _special: Special) -> Result<Vec<u32>, GenerationError> {
        unreachable!("a grammar encodes texts within others alone")
    }

    fn encode_text(&self, text: &str) -> Result<Vec<u32>, GenerationError> {
        Ok(self.encode_within(text))
    }

    fn encode_parts(&self, _parts: &[PromptPart]) -> Result<Vec<u32>, GenerationError> {
        unreachable!("a grammar knows no prompts")
    }

    fn encode_chat(&self, _chat: &Chat) -> Result<ChatTokens, GenerationError> {
        unreachable!("a grammar knows no chats")
    }

    fn render(&self, _chat: &Chat) -> Result<String, GenerationError> {
        unreachable!("a grammar knows no chats")
    }

    fn decode(&self, _tokens: &[u32]) -> Result<String, GenerationError> {
        unreachable!("a grammar decodes nothing")
    }

    fn decoder(&self, _previous: Option<u32>) -> Box<dyn TextDecoder> {
        unreachable!("a grammar decodes nothing")
    }

    fn tokens_holding(&self, _text: &str) -> Vec<u32> {
        unreachable!("a grammar looks for no tokens")
    }

    fn is_end_of_generation(&self, token: u32) -> bool {
        [END, STOP].contains(&token)
    }

    /// The longest token first.
    fn encode_within(&self, text: &str) -> Vec<u32> {
        let mut rest = text.as_bytes();
        let mut tokens = Vec::new();
        while !rest.is_empty() {
            let fits = |(_, word): &(u32, &&str)| rest.starts_with(word.as_bytes());
            let longest = (256..).zip(WORDS).filter(fits).max_by_key(|(_, word)| word.len());
            let (token, length) =
                longest.map_or((u32::from(rest[0]), 1), |(token, word)| (token, word.len()));
            tokens.push(token);
            rest = &rest[length..];
        }
        tokens
    }

    fn spelling(&self, token: u32) -> Spelling<'_> {
        let token = token as usize;
        let byte = BYTES.get(token).map(|byte| Spelling::Text(std::slice::from_ref(byte)));
        let word = token.checked_sub(256).and_then(|index| WORDS.get(index));
        let word = word.map(|word| Spelling::Text(word.as_bytes()));
        let control = token.checked_sub(END as usize).and_then(|index| CONTROL.get(index));
        byte.or(word).or(control.map(|name| Spelling::Control(name))).unwrap_or(Spelling::Nothing)
    }

    fn leaves_out_space(&self, previous: Option<u32>) -> bool {
        self.adds_space && previous.is_none_or(|previous| previous >= END)
    }
}

/// What writes along a guide: any token that is allowed.
pub(super) struct Walk {
    /// The text, as a reader gets it.
    pub(super) text: Vec<u8>,
    pub(super) tokens: Vec<u32>,
    /// Whether the answer came to its end.
    pub(super) ended: bool,
}

pub(super) fn grammars(adds_space: bool) -> Grammars {
    Grammars::new(Arc::new(Words { adds_space }), VOCABULARY)
}

/// Follows `guide` for up to `steps` tokens, choosing by `choose` among what is allowed.
pub(super) fn walk(
    guide: &mut Guide,
    adds_space: bool,
    steps: usize,
    mut choose: impl FnMut(&[u32]) -> u32,
) -> Result<Walk, GenerationError> {
    let codec = Words { adds_space };
    let mut walk = Walk { text: Vec::new(), tokens: Vec::new(), ended: false };
    let mut skips = codec.leaves_out_space(None);
    for _ in 0..steps {
        let allowed = guide.allowed()?;
        let allowed: Vec<u32> = (0..VOCABULARY as u32).filter(|token| allowed.contains(*token)).collect();
        let token = choose(&allowed);
        walk.tokens.push(token);
        guide.accept(token)?;
        match codec.spelling(token) {
            Spelling::Text(bytes) => {
                walk.text.extend(if skips { bytes.strip_prefix(b" ").unwrap_or(bytes) } else { bytes });
                skips = false;
            }
            _ if codec.is_end_of_generation(token) => walk.ended = true,
            _ => skips = codec.leaves_out_space(Some(token)),
        }
        walk.ended |= guide.is_complete();
        if walk.ended {
            break;
        }
    }
    Ok(walk)
}

/// A guide for an answer with nothing before it.
pub(super) fn guide(grammars: &Grammars, constraint: &Constraint) -> Guide {
    grammars.guide(constraint).unwrap_or_else(|error| panic!("{constraint:?}: {error}")).after(None, None)
}

/// Why a constraint is refused.
pub(super) fn refused(constraint: &Constraint) -> String {
    match grammars(false).guide(constraint) {
        Ok(_) => panic!("{constraint:?} was taken"),
        Err(GenerationError::Constraint { kind, problem }) => format!("{kind}: {problem}"),
        Err(other) => panic!("{other}"),
    }
}
