//! What holds for every text: encoding loses nothing, and streams say what decoding says.

use std::sync::{Arc, LazyLock};

use abide_generation::Special;
use proptest::prelude::*;

use super::*;
use crate::text::{Segment, TextStream};

static BYTE_LEVEL: LazyLock<Arc<Tokenizer>> = LazyLock::new(|| {
    let merges = ["a b", "ab c", "Ġ a", "Ã ©", "Ċ Ċ", "Ġ Ġ", "1 2"];
    let special = [token("<|end|>", CONTROL), token("   ", USER_DEFINED), token("<tool>", USER_DEFINED)];
    Arc::new(tokenizer(&byte_level("llama-bpe", &merges, &special)))
});

fn pieces(add_space: bool) -> Arc<Tokenizer> {
    let pieces = ["▁", "▁a", "a", "b", "ab", "abc", "▁▁", "é", "你", "<", "<|"];
    let mut more: Vec<Token<'_>> =
        pieces.iter().map(|&text| Token { text, kind: NORMAL, score: text.chars().count() as f32 }).collect();
    more.push(token("<|end|>", CONTROL));
    more.push(token("\n\n", USER_DEFINED));
    more.push(token("   ", USER_DEFINED));
    let mut metadata = sentence_piece(&more);
    metadata.insert("tokenizer.ggml.add_space_prefix", Value::Bool(add_space));
    Arc::new(tokenizer(&metadata))
}

static WITH_SPACE: LazyLock<Arc<Tokenizer>> = LazyLock::new(|| pieces(true));
static WITHOUT_SPACE: LazyLock<Arc<Tokenizer>> = LazyLock::new(|| pieces(false));

fn all() -> [Arc<Tokenizer>; 3] {
    [&*BYTE_LEVEL, &*WITH_SPACE, &*WITHOUT_SPACE].map(Arc::clone)
}

/// Texts made of what the vocabularies have, and of anything else.
fn text() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        4 => "[abc 12é你\n]{1,6}",
        1 => Just("<|end|>".to_owned()),
        1 => Just("<tool>".to_owned()),
        1 => Just("    ".to_owned()),
        1 => Just("\u{2581}".to_owned()),
    ];
    prop::collection::vec(parts, 0..20).prop_map(|parts| parts.concat())
}

fn streamed(tokenizer: &Arc<Tokenizer>, ids: &[u32]) -> String {
    let mut stream = TextStream::new(Arc::clone(tokenizer), None);
    let mut text: String = ids.iter().map(|&id| stream.push(id)).collect();
    text.push_str(&stream.finish());
    text
}

proptest! {
    #[test]
    fn byte_level_round_trip_is_exact(text in text()) {
        let ids = BYTE_LEVEL.encode(&text, Special::AsText);
        prop_assert_eq!(BYTE_LEVEL.decode(&ids), text);
    }

    /// `SentencePiece` can't tell U+2581 from a space; all else comes back.
    #[test]
    fn sentence_piece_round_trip(text in text()) {
        let expected = text.replace('\u{2581}', " ");
        for tokenizer in [&*WITH_SPACE, &*WITHOUT_SPACE] {
            prop_assert_eq!(&tokenizer.decode(&tokenizer.encode(&text, Special::AsText)), &expected);
        }
    }

    #[test]
    fn parsed_text_comes_back_without_its_control_tokens(text in text()) {
        for tokenizer in all() {
            let ids = tokenizer.encode(&text, Special::Parsed);
            let expected = text.replace("<|end|>", "").replace('\u{2581}', " ");
            let expected = if tokenizer.id_of("▁").is_some() { expected } else { text.replace("<|end|>", "") };
            // Taking a token out may join what makes one: `<|e<|end|>nd|>`. Only texts without are compared.
            if !expected.contains("<|end|>") && !text.contains("<s>") && !text.contains("</s>") {
                prop_assert_eq!(tokenizer.decode(&ids), expected);
            }
        }
    }

    #[test]
    fn a_stream_says_what_decoding_says(ids in prop::collection::vec(0_u32..300, 0..40)) {
        for tokenizer in all() {
            let text = tokenizer.decode(&ids);
            prop_assert_eq!(streamed(&tokenizer, &ids), text);
        }
    }

    /// Any bytes: what a stream gives out is what a lossy conversion of all of them is.
    #[test]
    fn broken_characters_are_replaced_as_in_one_go(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let ids: Vec<u32> = bytes.iter().map(|&byte| u32::from(byte)).collect();
        prop_assert_eq!(streamed(&BYTE_LEVEL, &ids), String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn segments_of_text_never_hold_control_tokens(texts in prop::collection::vec(text(), 0..4)) {
        for tokenizer in all() {
            let segments: Vec<Segment<'_>> = texts.iter().map(|text| Segment::Text(text)).collect();
            let ids = tokenizer.encode_segments(&segments);
            let end = tokenizer.id_of("<|end|>").unwrap();
            prop_assert!(!ids.contains(&end));
            let own: Vec<u32> = ids.iter().copied().filter(|&id| Some(id) != tokenizer.bos()).collect();
            let whole = tokenizer.encode(&texts.concat(), Special::AsText);
            prop_assert_eq!(own, whole, "borders between texts don't show");
        }
    }
}

#[test]
fn a_character_waits_for_its_bytes() {
    let mut stream = TextStream::new(Arc::clone(&BYTE_LEVEL), None);
    let bytes = "é🙂".as_bytes();
    let pieces: Vec<String> = bytes.iter().map(|&byte| stream.push(u32::from(byte))).collect();
    assert_eq!(pieces, ["", "é", "", "", "", "🙂"]);
    assert_eq!(stream.push(0xF0), "");
    assert_eq!(stream.finish(), "\u{FFFD}");
    assert_eq!(stream.finish(), "");
}

#[test]
fn the_space_in_front_goes_only_where_encoding_put_it() {
    let tokenizer = &*WITH_SPACE;
    let id = |text| tokenizer.id_of(text).unwrap();
    let said = |previous, ids: &[u32]| {
        let mut stream = TextStream::new(Arc::clone(tokenizer), previous);
        ids.iter().map(|&id| stream.push(id)).collect::<String>()
    };
    let word = id("▁a");
    assert_eq!(said(None, &[word, word]), "a a");
    assert_eq!(said(Some(id("<|end|>")), &[word]), "a");
    assert_eq!(said(Some(id("b")), &[word]), " a", "a continued text keeps its space");
    assert_eq!(said(None, &[word, id("<|end|>"), word]), "aa");
}
