//! JSON that is not quite JSON, a value at a time in memory. Must not know formats, or what becomes of a value.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

/// A value, the text that it is of, and how that was mended if it had to be. A number that 64 bits don't hold is null in the value and as it was
/// in the text.
pub(crate) struct Parsed<'a> {
    pub(crate) value: Value,
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) mended: Option<&'static str>,
}

/// Parses one value. What is nearly JSON is mended: characters that are cut in half, raw line ends in strings, numbers that are none
/// (`NaN`) or too large, a comma behind the last item.
///
/// # Errors
///
/// What `serde_json` says.
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed<'_>, serde_json::Error> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(Parsed { value, text: bytes.into(), mended: None }),
        Err(error) if error.is_eof() => Err(error),
        Err(error) => {
            let (text, readable) = mend(bytes);
            match serde_json::from_str(readable.as_ref().unwrap_or(&text)) {
                Ok(value) => Ok(Parsed {
                    value,
                    mended: (text.as_bytes() != bytes).then_some(
                        "what JSON can't hold (broken characters, control characters inside words, numbers \
                         like NaN) was replaced",
                    ),
                    text: text.into_bytes().into(),
                }),
                Err(_) => Err(error),
            }
        }
    }
}

/// Rewrites what people's exporters write and JSON does not allow. The second is the same with null for numbers that 64 bits don't hold, if there are any.
fn mend(bytes: &[u8]) -> (String, Option<String>) {
    let text = String::from_utf8_lossy(bytes);
    let mut mended = String::with_capacity(text.len() + 16);
    let mut too_large: Vec<Range<usize>> = Vec::new();
    let mut rest = text.as_ref();
    let mut in_string = false;
    while let Some(character) = rest.chars().next() {
        let used = match character {
            '"' => {
                in_string = !in_string;
                mended.push('"');
                1
            }
            '\\' if in_string => mend_escape(rest, &mut mended),
            _ if !in_string => {
                let start = mended.len();
                let used = mend_bare(rest, character, &mut mended);
                if is_too_large(&mended[start..]) {
                    too_large.push(start..mended.len());
                }
                used
            }
            _ => {
                match character {
                    '\n' => mended.push_str("\\n"),
                    '\t' => mended.push_str("\\t"),
                    control if control < ' ' => {}
                    other => mended.push(other),
                }
                character.len_utf8()
            }
        };
        rest = &rest[used..];
    }
    if too_large.is_empty() {
        return (mended, None);
    }
    let (mut readable, mut from) = (String::with_capacity(mended.len()), 0);
    for number in too_large {
        readable.push_str(&mended[from..number.start]);
        readable.push_str("null");
        from = number.end;
    }
    readable.push_str(&mended[from..]);
    (mended, Some(readable))
}

/// Whether this is a number as JSON writes them, which 64 bits don't hold.
pub(crate) fn is_too_large(written: &str) -> bool {
    let (mantissa, exponent) = written.split_once(['e', 'E']).unwrap_or((written, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    is_plain_number(mantissa)
        && !exponent.is_empty()
        && exponent.bytes().all(|byte| byte.is_ascii_digit())
        && written.parse::<f64>().is_ok_and(f64::is_infinite)
}

/// Whether a number without an exponent is written as JSON does: no zero before other digits, a digit on both sides of the point.
fn is_plain_number(written: &str) -> bool {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// Writes what `rest` begins with outside of strings, mended; gives its length.
fn mend_bare(rest: &str, first: char, mended: &mut String) -> usize {
    for none in ["NaN", "Infinity", "-Infinity", "+Infinity"] {
        if rest.starts_with(none) {
            mended.push_str("null");
            return none.len();
        }
    }
    if first == ',' && rest[1..].trim_ascii_start().starts_with(['}', ']']) {
        return 1;
    }
    let number = number_at(rest.as_bytes());
    if number.is_empty() {
        mended.push(first);
        return first.len_utf8();
    }
    mended.push_str(&rest[..number.len()]);
    number.len()
}

/// The number that `bytes` begins with, by its characters.
fn number_at(bytes: &[u8]) -> &[u8] {
    if !bytes.first().is_some_and(|first| *first == b'-' || first.is_ascii_digit()) {
        return &[];
    }
    let part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    &bytes[..bytes.iter().take_while(|byte| part(byte)).count()]
}

/// Writes the escape that `rest` begins with, mended; gives its length.
fn mend_escape(rest: &str, mended: &mut String) -> usize {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    match rest.as_bytes().get(1) {
        Some(b'u') => match unit(rest) {
            Some(0xD800..=0xDBFF)
                if rest.get(6..).and_then(unit).is_some_and(|low| (0xDC00..0xE000).contains(&low)) =>
            {
                mended.push_str(&rest[..12]);
                12
            }
            Some(0xD800..=0xDFFF) => {
                mended.push('\u{FFFD}');
                6
            }
            Some(_) => {
                mended.push_str(&rest[..6]);
                6
            }
            None => {
                mended.push_str("\\\\u");
                2
            }
        },
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
            mended.push_str(&rest[..2]);
            2
        }
        // An escape that JSON doesn't know: the character itself.
        _ => 1,
    }
}

/// At least as many as there are values in a document, counted without parsing it.
pub(crate) fn count_values(bytes: &[u8]) -> usize {
    let mut values = 1;
    let (mut at, mut inside) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' if inside => at += 1,
            b'"' => inside = !inside,
            _ if inside => {}
            b',' | b'[' | b'{' => values += 1,
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn near_json_is_mended() {
        let broken = b"{\"a\": \"half \\ud83d of \\ud83d\\ude00\", \"b\": NaN, \"c\": \"line\nend \\'q\\'\", \"d\": \"\xff\"}";
        let parsed = parse(broken).unwrap();
        assert!(parsed.mended.is_some());
        let expected = json!({"a": "half \u{FFFD} of 😀", "b": null, "c": "line\nend 'q'", "d": "\u{FFFD}"});
        assert_eq!(parsed.value, expected);
        assert!(parse(b"{\"a\": 1}").unwrap().mended.is_none());
        assert!(parse(&[b"[".repeat(5_000), b"]".repeat(5_000)].concat()).is_err());
        let numbers = parse(b"[-Infinity, Infinity, 1e999, -2.5e3, \"NaN,]\", {\"a\": 1,}, ]").unwrap();
        assert_eq!(numbers.value, json!([null, null, null, -2500.0, "NaN,]", {"a": 1}]));
        let large = parse(b"{\"a\":[1e400,-1E+999],\"b\":\"1e400\"}").unwrap();
        assert_eq!(large.value, json!({"a": [null, null], "b": "1e400"}));
        assert!(large.mended.is_none(), "it is JSON");
        for (number, is) in [
            ("1e400", true),
            ("-2.5E+310", true),
            ("1e4", false),
            ("01e400", false),
            ("1.e400", false),
            ("1e400.5", false),
        ] {
            assert_eq!(is_too_large(number), is, "{number}");
        }
    }

    #[test]
    fn values_are_counted() {
        assert_eq!(count_values(b"{\"a\": [1, 2, \",,[\"]}"), 5);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
            count_values(&bytes);
        }
    }
}
