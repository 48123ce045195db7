//! Damages a valid file at random; whatever comes of it, the reader must return, and what it accepts must
//! lie within the file.

use proptest::{collection::vec, prelude::*};

use super::sample_bytes;
use crate::gguf::shard;

#[derive(Debug, Clone)]
enum Damage {
    /// Replaces a byte.
    Byte(usize, u8),
    /// Replaces eight bytes by a number that likes to overflow.
    Number(usize, u64),
    /// Cuts the end off.
    Cut(usize),
    /// Takes bytes out of the middle.
    Remove(usize, usize),
    /// Puts a copy of some bytes elsewhere.
    Copy(usize, usize, usize),
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let numbers = prop_oneof![
        Just(0),
        Just(u64::MAX),
        Just(i64::MAX as u64),
        Just(1 << 32),
        Just(1 << 44),
        Just(u64::MAX - 31),
        any::<u64>(),
        0_u64..1024,
    ];
    let place = any::<usize>;
    let damage = prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(place, byte)| Damage::Byte(place, byte)),
        4 => (place(), numbers).prop_map(|(place, number)| Damage::Number(place, number)),
        1 => place().prop_map(Damage::Cut),
        1 => (place(), 1_usize..40).prop_map(|(place, count)| Damage::Remove(place, count)),
        1 => (place(), place(), 1_usize..40).prop_map(|(from, to, count)| Damage::Copy(from, to, count)),
    ];
    vec(damage, 1..4)
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match *damage {
        Damage::Byte(place, byte) => bytes[place % length] = byte,
        Damage::Number(place, number) => {
            let place = place % length;
            let end = (place + 8).min(length);
            bytes[place..end].copy_from_slice(&number.to_le_bytes()[..end - place]);
        }
        Damage::Cut(place) => bytes.truncate(place % length),
        Damage::Remove(place, count) => {
            let place = place % length;
            bytes.drain(place..(place + count).min(length));
        }
        Damage::Copy(from, to, count) => {
            let from = from % length;
            let piece = bytes[from..(from + count).min(length)].to_vec();
            let to = to % length;
            bytes.splice(to..to, piece);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_damaged_file_is_refused_or_read_within_its_bounds(damages in damages()) {
        let mut bytes = sample_bytes();
        for damage in &damages {
            apply(&mut bytes, damage);
        }
        if let Ok(shard) = shard::parse(&bytes, 0) {
            for tensor in &shard.tensors {
                prop_assert!(tensor.range.end <= bytes.len());
                prop_assert_eq!(tensor.kind.bytes_for(tensor.values()), Some(tensor.bytes()));
            }
        }
    }
}

#[test]
fn every_cut_is_refused_until_only_padding_is_missing() {
    let bytes = sample_bytes();
    let padding = 16;
    for length in 0..bytes.len() - padding {
        assert!(shard::parse(&bytes[..length], 0).is_err(), "accepted at {length} of {} bytes", bytes.len());
    }
}

#[test]
fn every_inflated_number_is_survived() {
    let bytes = sample_bytes();
    for place in 0..bytes.len() - 8 {
        for number in [u64::MAX, 1 << 62, 1 << 44, 1 << 31] {
            let mut damaged = bytes.clone();
            damaged[place..place + 8].copy_from_slice(&number.to_le_bytes());
            if let Ok(shard) = shard::parse(&damaged, 0) {
                assert!(shard.tensors.iter().all(|tensor| tensor.range.end <= damaged.len()));
            }
        }
    }
}
