//! JSON that is not quite JSON, a value at a time in memory. Must not know formats, or what becomes of a value.

use serde_json::Value;

/// A value, and how it was mended if it had to be.
pub(crate) struct Parsed {
    pub(crate) value: Value,
    pub(crate) mended: Option<&'static str>,
}

/// Parses one value. What is nearly JSON is mended: characters that are cut in half, raw line ends in strings, numbers that are none
/// (`NaN`) or too large, a comma behind the last item.
///
/// # Errors
///
/// What `serde_json` says.
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, serde_json::Error> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(Parsed { value, mended: None }),
        Err(error) if error.is_eof() => Err(error),
        Err(error) => {
            let mended = mend(bytes);
            match serde_json::from_str(&mended) {
                Ok(value) => Ok(Parsed {
                    value,
                    mended: Some(
                        "what JSON can't hold (broken characters, control characters inside words, numbers \
                         like NaN) was replaced",
                    ),
                }),
                Err(_) => Err(error),
            }
        }
    }
}

/// Rewrites what people's exporters write and JSON does not allow.
fn mend(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut mended = String::with_capacity(text.len() + 16);
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
            _ if !in_string => mend_bare(rest, character, &mut mended),
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
    mended
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
    let number = &rest[..number.len()];
    let too_large = number.parse::<f64>().is_ok_and(f64::is_infinite);
    mended.push_str(if too_large { "null" } else { number });
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

/// What a document is made of, without parsing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Census {
    /// At least as many as there are values.
    pub(crate) values: usize,
    /// Numbers with more digits than a value of [`serde_json`] holds.
    pub(crate) rounded: usize,
}

/// Counts, in time and memory that the document's length bounds.
pub(crate) fn census(bytes: &[u8]) -> Census {
    let mut census = Census { values: 1, rounded: 0 };
    let (mut at, mut inside) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' if inside => at += 1,
            b'"' => inside = !inside,
            _ if inside => {}
            b',' | b'[' | b'{' => census.values += 1,
            b'-' | b'0'..=b'9' => {
                let number = number_at(&bytes[at - 1..]);
                census.rounded += usize::from(!is_exact(number));
                at += number.len() - 1;
            }
            _ => {}
        }
    }
    census
}

/// Whether a number comes out as it went in.
fn is_exact(number: &[u8]) -> bool {
    // Any number of so few digits does.
    if number.len() <= 15 {
        return true;
    }
    let Ok(number) = std::str::from_utf8(number) else { return true };
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return true;
    }
    let Ok(kept) = number.parse::<f64>() else { return true };
    // As it will be written: of two shortest forms another writer may choose the other one.
    digits(number) == digits(&Value::from(kept).to_string())
}

/// The significant digits.
fn digits(number: &str) -> String {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
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
    }

    #[test]
    fn numbers_that_lose_digits_are_counted() {
        let rounded = |text: &str| census(text.as_bytes()).rounded;
        for exact in [
            "[1, -2.50, 1e5, 0.000000000000000000012]",
            "[1732912345.1234567, 1859062658947177.0, 0.1234567890123456, 1492973986721818.2]",
            "[18446744073709551615, -9223372036854775808, 1000000000000000000000]",
            r#"["123456789012345678901234567890", "a\"12345678901234567890123.5"]"#,
        ] {
            assert_eq!(rounded(exact), 0, "{exact}");
        }
        assert_eq!(rounded("[12345678901234567890123, 3.14159265358979323846, 1.0]"), 2);
        assert_eq!(census(b"{\"a\": [1, 2, \",,[\"]}").values, 5);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
            census(&bytes);
        }

        #[test]
        fn what_is_exact_comes_out_as_it_went_in(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
            let text = json!(number).to_string();
            prop_assert_eq!(census(text.as_bytes()).rounded, 0);
            prop_assert_eq!(parse(text.as_bytes()).unwrap().value.to_string(), text);
        }
    }
}
