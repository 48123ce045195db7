//! The head of a file, and the description behind it. Knows bytes, not files.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::PART_TOKENS;
use super::error::Mismatch;
use super::key::{Keys, Name};
use crate::cache_contents::{ContentsDescription, GroupContents};

/// The version that this program writes and reads.
pub(super) const VERSION: u32 = 1;
/// Bytes of the head.
pub(super) const HEAD_BYTES: usize = 44;
/// Bytes that sealing adds.
pub(super) const TAG_BYTES: usize = 16;
/// Random bytes at the start of a file's nonces; the number of the piece comes after them.
pub(super) const NONCE_BYTES: usize = 20;
/// Longest description.
const DESCRIPTION_BYTES_MAX: usize = 64 << 10;
/// Most cache groups of a model.
const GROUPS_MAX: usize = 64;
const MAGIC: &[u8; 8] = b"abide-kv";

/// What may be read without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) key: [u8; 8],
    pub(super) nonce: [u8; NONCE_BYTES],
    /// Bytes of the description, unsealed.
    pub(super) description: usize,
}

/// Why a head can't be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HeadProblem {
    Magic,
    Version(u32),
    Length,
}

impl Head {
    pub(super) fn to_bytes(self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.key);
        bytes[20..40].copy_from_slice(&self.nonce);
        bytes[40..].copy_from_slice(&(self.description as u32).to_le_bytes());
        bytes
    }

    pub(super) fn parse(bytes: &[u8; HEAD_BYTES]) -> Result<Self, HeadProblem> {
        let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        if &bytes[..8] != MAGIC {
            return Err(HeadProblem::Magic);
        }
        if number(8) != VERSION {
            return Err(HeadProblem::Version(number(8)));
        }
        let description = number(40) as usize;
        if description == 0 || description > DESCRIPTION_BYTES_MAX {
            return Err(HeadProblem::Length);
        }
        let mut head = Self { key: [0; 8], nonce: [0; NONCE_BYTES], description };
        head.key.copy_from_slice(&bytes[12..20]);
        head.nonce.copy_from_slice(&bytes[20..40]);
        Ok(head)
    }
}

/// What a cache was computed by: its contents are used where this is the same, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    /// The program's version: another may round in another way.
    program: String,
    weights: [u8; 32],
    /// SHA-256 of the decoder's description.
    spec: [u8; 32],
    kind: String,
    pub(crate) block_positions: usize,
    /// For each group: its window, and the bytes of a block.
    groups: Vec<(Option<usize>, usize)>,
}

impl Identity {
    /// `None` where a cache is too odd to be saved.
    pub(crate) fn new(weights: [u8; 32], contents: ContentsDescription) -> Option<Self> {
        let groups: Vec<_> = contents.groups.iter().map(|group| (group.window, group.block_bytes)).collect();
        let whole_blocks =
            contents.block_positions > 0 && PART_TOKENS.is_multiple_of(contents.block_positions);
        (whole_blocks && groups.len() <= GROUPS_MAX).then(|| Self {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            weights,
            spec: Sha256::digest(contents.spec).into(),
            kind: contents.kind,
            block_positions: contents.block_positions,
            groups,
        })
    }

    pub(crate) fn groups(&self) -> impl ExactSizeIterator<Item = GroupContents> + '_ {
        self.groups.iter().map(|&(window, block_bytes)| GroupContents { window, block_bytes })
    }

    /// Whether any group forgets.
    pub(crate) fn has_windows(&self) -> bool {
        self.groups.iter().any(|(window, _)| window.is_some())
    }

    /// The name of the empty conversation, from which all others' names follow.
    pub(super) fn root(&self, keys: &Keys) -> Name {
        keys.name("root", &self.to_bytes())
    }

    /// The name of the model's folder.
    pub(super) fn folder(&self, keys: &Keys) -> Name {
        keys.name("model", &self.to_bytes())
    }

    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain data")
    }

    fn check(&self, expected: &Self) -> Result<(), Mismatch> {
        let same = [
            (self.weights == expected.weights, Mismatch::Weights),
            (self.spec == expected.spec && self.program == expected.program, Mismatch::Spec),
            (self.kind == expected.kind, Mismatch::Kind),
            (self == expected, Mismatch::Layout),
        ];
        same.into_iter().find(|(same, _)| !same).map_or(Ok(()), |(_, mismatch)| Err(mismatch))
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    /// What the model is called.
    pub(super) model: String,
    pub(super) identity: Identity,
    /// What the tokens before are named.
    pub(super) before: Name,
    /// How many there are before.
    pub(super) position: usize,
    /// The tokens that blocks of groups without a window are of.
    pub(super) tokens: Vec<u32>,
    /// Whether a sequence ended here: what windows see is there too.
    pub(super) is_end: bool,
    /// For each group, the indices in the sequence of the blocks that follow, group by group.
    pub(super) blocks: Vec<Range<usize>>,
}

impl Description {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain data")
    }

    /// Reads what [`Self::to_bytes`] wrote. It was sealed with our key, so nobody else wrote it.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let description: Self =
            serde_json::from_slice(bytes).map_err(|_| "its description makes no sense")?;
        let blocks = &description.blocks;
        let plausible = description.tokens.len() <= PART_TOKENS
            && blocks.len() == description.identity.groups.len()
            && blocks.iter().all(|blocks| blocks.start <= blocks.end && u32::try_from(blocks.end).is_ok());
        if plausible { Ok(description) } else { Err("its description contradicts itself") }
    }

    /// The name that the file must have.
    pub(super) fn name(&self, keys: &Keys) -> Name {
        keys.continued(if self.is_end { "end" } else { "stretch" }, self.before, &self.tokens)
    }

    /// Whether it is what is wanted.
    pub(super) fn check(&self, expected: &Self) -> Result<(), Mismatch> {
        self.identity.check(&expected.identity)?;
        let same_tokens = self.before == expected.before
            && self.position == expected.position
            && self.tokens == expected.tokens
            && self.is_end == expected.is_end;
        if same_tokens { Ok(()) } else { Err(Mismatch::Tokens) }
    }

    /// The blocks in the order of the file: group, index in the sequence, and bytes.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        let groups = self.blocks.iter().zip(self.identity.groups()).enumerate();
        groups.flat_map(|(group, (blocks, contents))| {
            blocks.clone().map(move |index| (group, index, contents.block_bytes))
        })
    }

    pub(super) fn piece_count(&self) -> usize {
        self.blocks.iter().map(ExactSizeIterator::len).sum()
    }

    /// Bytes of the whole file.
    pub(super) fn file_bytes(&self, description: usize) -> u64 {
        let pieces: u64 = self
            .blocks
            .iter()
            .zip(self.identity.groups())
            .map(|(blocks, group)| {
                (blocks.len() as u64).saturating_mul((group.block_bytes + TAG_BYTES) as u64)
            })
            .fold(0, u64::saturating_add);
        pieces.saturating_add((HEAD_BYTES + description + TAG_BYTES) as u64)
    }
}
