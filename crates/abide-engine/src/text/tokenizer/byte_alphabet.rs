//! The printable alphabet in which byte-level BPE vocabularies write bytes.
//!
//! GPT-2's encoder gives each of the 256 bytes a printable character: printable Latin-1 stands for
//! itself, the other 68 bytes, in order, become U+0100 and up. Source: `bytes_to_unicode` of
//! <https://github.com/openai/gpt-2/blob/master/src/encoder.py>. Knows nothing of vocabularies.

/// Characters above Latin-1 that the alphabet uses.
const SHIFTED: usize = 68;

const fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

const SHIFTED_BYTES: [u8; SHIFTED] = {
    let mut bytes = [0; SHIFTED];
    let (mut byte, mut place) = (0_u8, 0);
    while place < SHIFTED {
        if !stands_for_itself(byte) {
            bytes[place] = byte;
            place += 1;
        }
        byte = byte.wrapping_add(1);
    }
    bytes
};

/// The byte that `character` stands for, if it is of the alphabet.
fn byte_of(character: char) -> Option<u8> {
    let code = u32::from(character);
    match u8::try_from(code) {
        Ok(byte) => stands_for_itself(byte).then_some(byte),
        Err(_) => SHIFTED_BYTES.get((code - 256) as usize).copied(),
    }
}

/// Its 256 characters.
pub(crate) fn letters() -> impl Iterator<Item = char> {
    ('\0'..='\u{143}').filter(|&character| byte_of(character).is_some())
}

/// Appends to `bytes` what `text` stands for; `false`, and nothing appended, if a character is not
/// of the alphabet.
pub(super) fn decode(text: &str, bytes: &mut Vec<u8>) -> bool {
    let before = bytes.len();
    for character in text.chars() {
        let Some(byte) = byte_of(character) else {
            bytes.truncate(before);
            return false;
        };
        bytes.push(byte);
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_byte_has_one_character() {
        let bytes: BTreeSet<u8> = letters().filter_map(byte_of).collect();
        assert_eq!(bytes.len(), 256);
        assert_eq!(letters().count(), 256);
    }

    #[test]
    fn known_characters() {
        let decoded = |text| {
            let mut bytes = Vec::new();
            decode(text, &mut bytes).then_some(bytes)
        };
        assert_eq!(decoded("Ġthe").as_deref(), Some(b" the".as_slice()));
        assert_eq!(decoded("Ċ").as_deref(), Some(b"\n".as_slice()));
        assert_eq!(decoded("Ãł").as_deref(), Some("à".as_bytes()));
        assert_eq!(decoded("Ń").as_deref(), Some(&[0xAD][..]));
        assert_eq!(decoded("a b"), None, "a plain space is not of the alphabet");
        assert_eq!(decoded("▁a"), None);
    }
}
