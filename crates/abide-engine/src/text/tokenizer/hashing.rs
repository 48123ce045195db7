//! A quick hash for short keys, seeded at random so that no file can be made to collide.
//!
//! Folded multiplication as in wyhash (<https://github.com/wangyi-fudan/wyhash>): 64 × 64 → 128
//! bits, both halves xored. Loading a vocabulary hashes a quarter of a million pieces, and merging looks
//! up every pair of neighbours. Not for anything secret.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Odd constants with evenly spread bits: the fractions of √2 and √3.
const FIRST: u64 = 0x6A09_E667_F3BC_C909;
const SECOND: u64 = 0xBB67_AE85_84CA_A73B;

/// A seed of this process; makes hashers and hashes bytes directly.
#[derive(Debug, Clone)]
pub(super) struct Seed(u64);

impl Seed {
    /// A new seed from the standard library's source of randomness.
    pub(super) fn random() -> Self {
        Self(RandomState::new().hash_one(FIRST))
    }

    /// The hash of a byte string.
    pub(super) fn hash(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.build_hasher();
        hasher.write(bytes);
        hasher.finish()
    }
}

impl BuildHasher for Seed {
    type Hasher = FoldHasher;

    fn build_hasher(&self) -> FoldHasher {
        FoldHasher { state: self.0 }
    }
}

/// The hash as it is computed.
#[derive(Debug)]
pub(super) struct FoldHasher {
    state: u64,
}

impl FoldHasher {
    fn fold(a: u64, b: u64) -> u64 {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    }
}

impl Hasher for FoldHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for &word in words {
            self.write_u64(u64::from_le_bytes(word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.write_u64(u64::from_le_bytes(last));
        self.write_u64(bytes.len() as u64);
    }

    fn write_u64(&mut self, word: u64) {
        self.state = Self::fold(self.state ^ word ^ FIRST, SECOND ^ self.state.rotate_left(32));
    }

    fn finish(&self) -> u64 {
        Self::fold(self.state ^ SECOND, FIRST)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn different_keys_differ_and_equal_keys_agree() {
        let seed = Seed::random();
        let keys: Vec<Vec<u8>> = (0..20_000_u32)
            .map(|number| number.to_string().into_bytes())
            .chain((0..300).map(|length| vec![0; length]))
            .collect();
        let hashes: HashSet<u64> = keys.iter().map(|key| seed.hash(key)).collect();
        assert_eq!(hashes.len(), keys.len());
        assert_eq!(seed.hash(b"the"), seed.hash(b"the"));
        let low_bits: HashSet<u64> = keys.iter().map(|key| seed.hash(key) & 0xFFF).collect();
        assert!(low_bits.len() > 3_900, "low bits are spread: {}", low_bits.len());
    }
}
