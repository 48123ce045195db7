//! What parsers of values complain about, in the words of people who write them. Must not know requests.

/// What the parser's messages begin with, and what they then say.
const NOT_EXPECTED: [&str; 2] = ["invalid type: ", "invalid value: "];

/// What parsers of single texts say, and what that means.
const OF_TEXTS: [(&str, &str); 6] = [
    ("invalid digit found in string", "must be a whole number"),
    ("cannot parse integer from empty string", "must be a whole number, and is empty"),
    ("number too large to fit in target type", "is too large a number"),
    ("number too small to fit in target type", "is too small a number"),
    ("invalid float literal", "must be a number"),
    ("provided string was not `true` or `false`", "must be true or false"),
];

/// A parser's complaint, continuing a sentence that begins with what it is about.
pub fn plain(text: &str) -> String {
    for intro in NOT_EXPECTED {
        if let Some((found, expected)) = text.strip_prefix(intro).and_then(split_expected) {
            if let Some(problem) = whole_number(found, expected) {
                return problem;
            }
            return format!("must be {}, not {}", expected_in_words(expected), found_in_words(found));
        }
    }
    if let Some((length, expected)) = text.strip_prefix("invalid length ").and_then(split_expected) {
        return format!("must be {}, but has {length} values", expected_in_words(expected));
    }
    if let Some((found, expected)) = text.strip_prefix("unknown variant ").and_then(split_expected) {
        return format!("must be {}, not {found}", expected.replace('`', "\""));
    }
    if text.starts_with("data did not match any variant of") {
        return "is of a kind that is not expected here".to_owned();
    }
    if let Some(field) = text.strip_prefix("duplicate field ") {
        return format!("has {field} twice");
    }
    for (problem, said) in OF_TEXTS {
        if text == problem {
            return said.to_owned();
        }
    }
    if let Some(number) = text.strip_prefix("number out of range") {
        return format!("has a number that is too large{number}");
    }
    match text.strip_prefix("expected ") {
        Some(expected) => format!("must be {}", expected_in_words(expected)),
        None => format!("makes no sense: {text}"),
    }
}

/// What is wrong with a number that is whole where a whole one is expected.
fn whole_number(found: &str, expected: &str) -> Option<String> {
    let least = match expected {
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => Some(0.0),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => None,
        _ => return None,
    };
    let (kind, number) = found.split_once(" `").map(|(kind, number)| (kind, number.trim_matches('`')))?;
    let value: f64 = number.parse().ok().filter(|value: &f64| value.fract() == 0.0)?;
    let is_float = kind == "floating point";
    if !(is_float || kind == "integer") || least.is_some_and(|least| value < least) {
        return None;
    }
    Some(if is_float && value.abs() < 1e15 {
        format!("must be written as a whole number, not as {number}")
    } else {
        format!("is too {} a number: {number}", if value < 0.0 { "small" } else { "large" })
    })
}

fn split_expected(text: &str) -> Option<(&str, &str)> {
    // What was found may hold any words; what is expected never does.
    text.rsplit_once(", expected ")
}

fn found_in_words(found: &str) -> String {
    let words = |word: &str| match word {
        "sequence" => Some("a list"),
        "null" | "unit value" | "Option value" => Some("null"),
        "map" | "newtype struct" | "enum" | "newtype variant" | "struct variant" => Some("an object"),
        _ => None,
    };
    if let Some(words) = words(found) {
        return words.to_owned();
    }
    for (kind, word) in [
        ("string ", "the text "),
        ("character ", "the text "),
        ("integer ", "the number "),
        ("floating point ", "the number "),
        ("boolean ", ""),
    ] {
        if let Some(value) = found.strip_prefix(kind) {
            return format!("{word}{}", value.trim_matches('`'));
        }
    }
    found.to_owned()
}

fn expected_in_words(expected: &str) -> String {
    let words = match expected {
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "a nonzero u32" | "a nonzero u64"
        | "a nonzero usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" | "a JSON number" => "a number",
        "a boolean" | "bool" => "true or false",
        "a string" | "str" | "string" | "a borrowed string" | "a char" | "a character" => "a text",
        "a sequence" | "a set" => "a list",
        "a map" | "map" => "an object",
        "unit" | "null" => "null",
        "string or map" | "variant identifier" | "field identifier" => "one of the words that are known here",
        "any valid JSON value" => "a value",
        _ => "",
    };
    if !words.is_empty() {
        return words.to_owned();
    }
    for of_objects in ["struct ", "internally tagged enum ", "adjacently tagged enum ", "enum ", "variant "] {
        if expected.starts_with(of_objects) {
            let with_type = if of_objects.contains("tagged") { " with a `type`" } else { "" };
            return match expected.split_once(" with ").and_then(|(_, count)| count.strip_suffix(" elements"))
            {
                Some(count) => format!("a list of {count} values"),
                None => format!("an object{with_type}"),
            };
        }
    }
    for of_lists in ["a tuple of size ", "an array of length "] {
        if let Some(count) = expected.strip_prefix(of_lists) {
            return format!("a list of {count} values");
        }
    }
    if expected.starts_with("tuple ") {
        return "a list".to_owned();
    }
    expected.to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::objects::Objects;

    #[derive(Debug, Deserialize)]
    #[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    enum Tagged {
        Large { size: u32 },
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Yes,
        No,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Either {
        Text(String),
        List(Vec<String>),
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Part {
        count: u32,
    }

    fn complaint<T: DeserializeOwned>(json: &str) -> String {
        let error = T::deserialize(Objects(&mut serde_json::Deserializer::from_str(json))).err().expect(json);
        let text = error.to_string();
        plain(text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text))
    }

    #[test]
    fn complaints_are_in_plain_words() {
        for (said, expected) in [
            (complaint::<usize>("\"5\""), "must be a whole number that is not negative, not the text \"5\""),
            (complaint::<usize>("-1"), "must be a whole number that is not negative, not the number -1"),
            (complaint::<u32>("1.5"), "must be a whole number that is not negative, not the number 1.5"),
            (complaint::<i64>("true"), "must be a whole number, not true"),
            (complaint::<usize>("1e30"), "is too large a number: 1e+30"),
            (complaint::<u16>("70000"), "is too large a number: 70000"),
            (complaint::<i32>("-1e30"), "is too small a number: -1e+30"),
            (complaint::<usize>("5.0"), "must be written as a whole number, not as 5.0"),
            (complaint::<f32>("[]"), "must be a number, not a list"),
            (complaint::<bool>("null"), "must be true or false, not null"),
            (complaint::<String>("{}"), "must be a text, not an object"),
            (complaint::<Vec<u8>>("{}"), "must be a list, not an object"),
            (complaint::<BTreeMap<String, u8>>("[1]"), "must be an object, not a list"),
            (complaint::<Part>("5"), "must be an object, not the number 5"),
            (complaint::<Part>("[5]"), "must be an object, not a list"),
            (complaint::<Tagged>("\"large\""), "must be an object with a `type`, not the text \"large\""),
            (complaint::<Tagged>("[]"), "must be an object, not a list"),
            (complaint::<Tagged>(r#"{"type":"small"}"#), "must be \"large\", not `small`"),
            (complaint::<Word>("\"maybe\""), "must be \"yes\" or \"no\", not `maybe`"),
            (complaint::<Either>("5"), "is of a kind that is not expected here"),
            (complaint::<(u8, u8)>("[1]"), "must be a list of 2 values, but has 1 values"),
        ] {
            assert_eq!(said, expected);
        }
        let tricky = "invalid type: string \"x, expected y\", expected usize";
        assert_eq!(
            plain(tricky),
            "must be a whole number that is not negative, not the text \"x, expected y\""
        );
    }
}
