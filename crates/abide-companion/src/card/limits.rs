//! How much of a file nobody vouches for is read. Must not know what the file means.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{CardError, CardNotice, Document};
use crate::encoding::{self, Guessed};
use crate::near_json;

/// Bytes of a file.
pub const FILE_BYTES_MAX: usize = 64 << 20;
/// Bytes of a card's JSON.
pub const JSON_BYTES_MAX: usize = 16 << 20;
/// Values in a card's JSON (each takes some 70 bytes of memory).
pub const JSON_NODES_MAX: usize = 1_000_000;
/// Bytes of all files that come with a card, unpacked.
pub const ASSETS_BYTES_MAX: usize = 64 << 20;
/// Files that come with a card.
pub const ASSETS_MAX: usize = 2_000;
/// Entries of a lorebook.
pub const ENTRIES_MAX: usize = 20_000;
/// Keys of an entry.
pub const KEYS_MAX: usize = 1_000;
/// Items of other lists (tags, greetings).
pub const LIST_MAX: usize = 1_000;
/// Bytes of a name, tag or key.
pub const NAME_BYTES_MAX: usize = 2_000;
/// Bytes of a text.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// Notices about one file.
pub const NOTICES_MAX: usize = 200;

/// Refuses files that are too large.
pub(super) fn check_file(bytes: &[u8]) -> Result<(), CardError> {
    check_size("the file", bytes.len() as u64, FILE_BYTES_MAX)
}

/// Refuses what is larger than `allowed` bytes.
pub(super) fn check_size(what: &str, found: u64, allowed: usize) -> Result<(), CardError> {
    if found > allowed as u64 {
        return Err(CardError::TooLarge { what: what.to_owned(), found, allowed: allowed as u64 });
    }
    Ok(())
}

/// JSON within the limits, and what it had to be mended for. serde_json itself refuses more than 128 levels. Other encodings and byte order
/// marks are read.
pub(super) fn parse_json(bytes: &[u8], what: &str) -> Result<(Document, Vec<CardNotice>), CardError> {
    check_size(what, bytes.len() as u64, JSON_BYTES_MAX)?;
    let error = |problem: String| CardError::Json { what: what.to_owned(), problem };
    let decoded = encoding::decoded_bytes(bytes);
    let bytes = &*decoded.content;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let values = near_json::count_values(bytes);
    if values > JSON_NODES_MAX {
        let problem = format!("it holds {values} values, and at most {JSON_NODES_MAX} are read");
        return Err(error(problem));
    }
    let parsed = near_json::parse(bytes).map_err(|problem| error(problem.to_string()))?;
    let mut notices = Vec::new();
    let mut note = |problem: String| notices.push(CardNotice { path: what.to_owned(), problem });
    match decoded.guessed.get() {
        Guessed::Nothing => {}
        Guessed::Like(name) => note(format!("it is no UTF-8, and read as {name}, which it looks like")),
        Guessed::Unknown => note(
            "it is no UTF-8, and its encoding is not known: letters that are not ASCII were replaced; save it as UTF-8 first"
                .to_owned(),
        ),
    }
    if let Some(mended) = parsed.mended {
        note(format!("{mended}; read as far as it goes"));
    }
    Ok((Document::of_text(parsed.value, &parsed.text), notices))
}

/// Base64 with or without padding and line breaks, in the usual or the URL-safe alphabet.
pub(super) fn decode_base64(bytes: &[u8]) -> Result<Vec<u8>, base64::DecodeError> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let clean: Vec<u8> = bytes
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && **byte != 0)
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    GeneralPurpose::new(&alphabet::STANDARD, config).decode(clean)
}
