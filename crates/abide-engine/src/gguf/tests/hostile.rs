//! A corpus of hostile and damaged files made by hand, one per attack; each must be refused for the right
//! reason. Counts are so large that allocating for them would end the test.

use super::sample_bytes;
use crate::gguf::{
    Problem,
    shard::{self, Shard},
};

const U8: u32 = 0;
const U32: u32 = 4;
const BOOL: u32 = 7;
const TEXT: u32 = 8;
const ARRAY: u32 = 9;
const F32: u32 = 0;
const HUGE: u64 = 1 << 60;

/// Builds files byte by byte, without the writer's checks.
#[derive(Default)]
struct Raw(Vec<u8>);

impl Raw {
    fn header(version: u32, tensors: u64, pairs: u64) -> Self {
        Self(b"GGUF".to_vec()).u32(version).u64(tensors).u64(pairs)
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u32(self, number: u32) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    fn u64(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    fn text(self, text: impl AsRef<[u8]>) -> Self {
        self.u64(text.as_ref().len() as u64).bytes(text.as_ref())
    }

    fn tensor(self, name: &str, dimensions: &[u64], kind: u32, offset: u64) -> Self {
        let raw = self.text(name).u32(dimensions.len() as u32);
        dimensions.iter().fold(raw, |raw, &size| raw.u64(size)).u32(kind).u64(offset)
    }

    /// Pads to the data and appends `count` bytes of it (plus room that no check may rely on).
    fn data(mut self, count: usize) -> Self {
        self.0.resize(self.0.len().next_multiple_of(32) + count, 0);
        self
    }

    fn parse(&self) -> Result<Shard, Problem> {
        shard::parse(&self.0, 0)
    }

    fn refusal(&self) -> Problem {
        self.parse().expect_err("a hostile file was accepted")
    }
}

macro_rules! refused {
    ($raw:expr, $pattern:pat $(if $guard:expr)?) => {
        let problem = $raw.refusal();
        assert!(matches!(&problem, $pattern $(if $guard)?), "refused, but for this: {problem:?}");
    };
}

#[test]
fn what_is_no_gguf_is_named() {
    refused!(Raw(b"<!DOCTYPE html>".to_vec()), Problem::NotGguf { looks_like } if looks_like.contains("web page"));
    refused!(Raw::default(), Problem::NotGguf { looks_like } if looks_like.contains("empty"));
    refused!(Raw(b"GGU".to_vec()), Problem::Truncated { missing: 1, length: 3, .. });
    refused!(Raw(b"GGUF".to_vec()), Problem::Truncated { missing: 4, .. });
}

#[test]
fn other_versions_and_byte_orders_are_named() {
    refused!(Raw::header(1, 0, 0), Problem::Version { version: 1 });
    refused!(Raw::header(4, 0, 0), Problem::Version { version: 4 });
    refused!(Raw::header(0, 0, 0), Problem::Version { version: 0 });
    refused!(Raw::header(3_u32.swap_bytes(), 0, 0), Problem::BigEndian);
    assert_eq!(Raw::header(2, 0, 0).parse().unwrap().version, 2);
}

#[test]
fn counts_are_held_against_the_file() {
    refused!(Raw::header(3, HUGE, 0), Problem::TooMany { what: "tensors", count: HUGE, .. });
    refused!(Raw::header(3, u64::MAX, 0), Problem::TooMany { .. });
    refused!(Raw::header(3, 0, HUGE), Problem::TooMany { what: "metadata entries", .. });
    refused!(Raw::header(3, 0, 5).data(40), Problem::Truncated { .. });
}

#[test]
fn counts_are_limited_even_in_a_large_file() {
    let large = Raw::header(3, 1 << 18, 0).data(10 << 20);
    refused!(large, Problem::TooMany { what: "tensors", .. });
    let elements = (1_u64 << 24) + 1;
    let large = Raw::header(3, 0, 1).text("k").u32(ARRAY).u32(U8).u64(elements).data(elements as usize);
    refused!(large, Problem::TooMany { what: "array elements", .. });
}

#[test]
fn arrays_share_one_limit() {
    let half = (1_u64 << 23) + 1;
    let mut raw = Raw::header(3, 0, 2).text("a").u32(ARRAY).u32(U8).u64(half);
    raw.0.resize(raw.0.len() + half as usize, 0);
    let raw = raw.text("b").u32(ARRAY).u32(U8).u64(half).data(half as usize);
    refused!(raw, Problem::TooMany { what: "array elements", limit, .. } if *limit < half);
}

#[test]
fn strings_are_held_against_the_file() {
    let start = || Raw::header(3, 0, 1);
    refused!(start().u64(u64::MAX).data(64), Problem::TooLong { what: "metadata key", .. });
    refused!(start().u64(60_000).data(64), Problem::Truncated { .. });
    refused!(start().text("").u32(BOOL).data(64), Problem::EmptyName { .. });
    refused!(start().text([0xff, b'k']).u32(BOOL).data(64), Problem::NotUtf8 { .. });
    refused!(start().text("k").u32(TEXT).u64(HUGE).data(64), Problem::TooLong { .. });
    refused!(start().text("k").u32(TEXT).u64(1 << 20).data(64), Problem::Truncated { .. });
    refused!(start().text("k").u32(TEXT).text([0xc3, 0x28]), Problem::NotUtf8 { what, .. } if what.contains("`k`"));
}

#[test]
fn values_of_unknown_types_are_refused() {
    refused!(Raw::header(3, 0, 1).text("k").u32(13).u64(0), Problem::UnknownValueType { number: 13, .. });
    refused!(
        Raw::header(3, 0, 1).text("k").u32(ARRAY).u32(99).u64(0),
        Problem::UnknownValueType { number: 99, .. }
    );
    refused!(Raw::header(3, 0, 1).text("k").u32(BOOL).bytes(&[2]), Problem::NotABool { byte: 2, .. });
}

#[test]
fn arrays_are_flat_and_as_long_as_the_file_allows() {
    let array =
        |kind: u32, count: u64| Raw::header(3, 0, 1).text("k").u32(ARRAY).u32(kind).u64(count).data(64);
    refused!(array(ARRAY, 1), Problem::NestedArray { key, .. } if key == "k");
    refused!(array(ARRAY, HUGE), Problem::NestedArray { .. });
    refused!(array(U32, HUGE), Problem::TooMany { what: "array elements", .. });
    refused!(array(TEXT, HUGE), Problem::TooMany { what: "array elements", .. });
    refused!(array(U32, u64::MAX / 4 + 2), Problem::TooMany { .. });
}

#[test]
fn keys_and_tensors_have_one_name_each() {
    let twice = Raw::header(3, 0, 2).text("k").u32(BOOL).bytes(&[0]).text("k").u32(BOOL).bytes(&[1]);
    refused!(twice, Problem::Duplicate { what: "metadata key", name } if name == "k");
    let twice = Raw::header(3, 2, 0).tensor("t", &[1], F32, 0).tensor("t", &[1], F32, 32).data(64);
    refused!(twice, Problem::Duplicate { what: "tensor", name } if name == "t");
    refused!(Raw::header(3, 1, 0).tensor("", &[1], F32, 0).data(64), Problem::EmptyName { .. });
    refused!(
        Raw::header(3, 1, 0).tensor(&"n".repeat(65), &[1], F32, 0).data(64),
        Problem::TooLong { what: "tensor name", bytes: 65, .. }
    );
}

#[test]
fn alignment_is_a_sane_power_of_two() {
    for alignment in [0, 1, 4, 24, 33, 1 << 21, u32::MAX] {
        let raw = Raw::header(3, 0, 1).text("general.alignment").u32(U32).u32(alignment);
        refused!(raw, Problem::Alignment { .. });
    }
    let text = Raw::header(3, 0, 1).text("general.alignment").u32(TEXT).text("32");
    refused!(text, Problem::Alignment { .. });
    let fine =
        Raw::header(3, 1, 1).text("general.alignment").u32(U32).u32(8).tensor("t", &[1], F32, 8).data(16);
    assert_eq!(fine.parse().unwrap().tensors[0].offset() % 8, 0);
}

#[test]
fn dimensions_neither_vanish_nor_overflow() {
    let shape = |dimensions: &[u64], kind| Raw::header(3, 1, 0).tensor("t", dimensions, kind, 0).data(256);
    refused!(shape(&[], F32), Problem::DimensionCount { count: 0, .. });
    refused!(shape(&[1; 5], F32), Problem::DimensionCount { count: 5, .. });
    refused!(Raw::header(3, 1, 0).text("t").u32(u32::MAX).data(256), Problem::DimensionCount { .. });
    refused!(shape(&[0], F32), Problem::Dimensions { .. });
    refused!(shape(&[4, 0], F32), Problem::Dimensions { .. });
    refused!(shape(&[1 << 32, 1 << 32], F32), Problem::Dimensions { .. });
    refused!(shape(&[1 << 62], F32), Problem::Dimensions { .. });
    refused!(shape(&[1 << 61], F32), Problem::Dimensions { .. });
    // The product wraps round to 4.
    refused!(shape(&[(1 << 63) + 2, 2], F32), Problem::Dimensions { .. });
    refused!(shape(&[33], 8), Problem::Dimensions { why, .. } if why.contains("block"));
    refused!(shape(&[16, 2], 8), Problem::Dimensions { why, .. } if why.contains("block"));
}

#[test]
fn tensor_types_that_we_lack_are_named() {
    let shape = |kind| Raw::header(3, 1, 0).tensor("t", &[256], kind, 0).data(4096);
    refused!(shape(17), Problem::UnsupportedTensorType { name: "IQ2_XS", number: 17, .. });
    refused!(shape(1234), Problem::UnsupportedTensorType { number: 1234, .. });
}

#[test]
fn tensors_lie_aligned_and_apart_in_the_file() {
    let at = |offset| Raw::header(3, 1, 0).tensor("t", &[16], F32, offset).data(128);
    assert!(at(64).parse().is_ok());
    refused!(at(16), Problem::TensorOffset { offset: 16, .. });
    refused!(at(96), Problem::Truncated { missing: 32, .. });
    refused!(at(u64::MAX - 31), Problem::TensorOffset { .. });
    refused!(at(HUGE), Problem::Truncated { .. });
    let two =
        |offset| Raw::header(3, 2, 0).tensor("a", &[16], F32, 0).tensor("b", &[8], F32, offset).data(128);
    refused!(two(0), Problem::Overlap { .. });
    refused!(two(32), Problem::Overlap { first, second } if first == "a" && second == "b");
    assert!(two(64).parse().is_ok());
}

#[test]
fn a_half_finished_download_says_how_much_is_missing() {
    let whole = sample_bytes();
    let Problem::Truncated { missing, length, what, .. } = Raw(whole[..whole.len() - 50].to_vec()).refusal()
    else {
        panic!("not recognised as truncated");
    };
    // The last tensor has 16 bytes and 16 of padding, which need not be there.
    assert_eq!((missing, length), (34, whole.len() as u64 - 50));
    assert_eq!(what, "tensor `blk.0.ffn_up.weight`");
    // A piece of padding may be missing, as some writers leave it out.
    assert!(Raw(whole[..whole.len() - 16].to_vec()).parse().is_ok());
}

#[test]
fn pieces_of_a_vocabulary_may_hold_any_bytes() {
    let pieces =
        |key: &str| Raw::header(3, 0, 1).text(key).u32(ARRAY).u32(TEXT).u64(2).text([0xe2, 0x82]).text("b");
    let read = pieces("tokenizer.ggml.tokens").parse().unwrap();
    assert_eq!(read.metadata.texts("tokenizer.ggml.tokens").unwrap().unwrap(), ["\u{fffd}", "b"]);
    refused!(pieces("general.languages"), Problem::NotUtf8 { .. });
}
