//! How wide patterns are that are laid over each other. To find out whether a text can be valid under several of them, the compiler goes through all
//! combinations of what each may go on with, and stops at no limit there. Must not know tokens.

use std::collections::BTreeSet;

use abide_generation::schema::reached;
use serde_json::{Map, Value};

use super::layers::Layers;

/// Most such combinations.
const COMBINATIONS_MAX: usize = 1_000_000;

/// Most pairs of patterns for the names of one object: of each the compiler finds out whether a name matches both, which it gives up after
/// some milliseconds.
const PAIRS_MAX: usize = 500;

/// What any character or class of the language counts for: it is many sequences of bytes.
const CLASS_WIDTH: usize = 10;

/// What a format counts for, which is an expression of the compiler's.
const FORMAT_WIDTH: usize = 40;

/// Checks the patterns of a schema that may be laid over each other: those of texts, and those of the names of properties.
///
/// # Errors
/// When they are too many and too wide.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    for pointer in reached(schema).into_keys() {
        if let Some(said) = schema.pointer(&pointer).and_then(Value::as_object).and_then(Said::of) {
            check_names([(pointer.as_str(), &said)].into_iter())?;
        }
    }
    let layers = Layers::of(schema, Said::of)?;
    for parts in layers.values() {
        let parts: Vec<_> = parts.collect();
        check_texts(parts.iter().copied())?;
        check_names(parts.into_iter())?;
    }
    Ok(())
}

/// What a part of a schema holds texts and names to.
struct Said {
    /// Combinations that texts may go on with, and the keyword for them.
    texts: usize,
    keyword: &'static str,
    /// Patterns of names, and their width together; `None` if it has none.
    names: Option<(usize, usize)>,
}

impl Said {
    /// None if it is nothing.
    fn of(part: &Map<String, Value>) -> Option<Self> {
        let text = |keyword| part.get(keyword).and_then(Value::as_str);
        let keyword = if text("pattern").is_some() { "pattern" } else { "format" };
        let texts = text("pattern").map_or(1, width) * text("format").map_or(1, |_| FORMAT_WIDTH);
        let names = part.get("patternProperties").and_then(Value::as_object);
        let names =
            names.map(|named| (named.len(), named.keys().map(|pattern| CLASS_WIDTH + width(pattern)).sum()));
        (texts > 1 || names.is_some()).then_some(Self { texts, keyword, names })
    }
}

/// Checks what texts are held to by parts that may be laid over the same value.
fn check_texts<'a>(parts: impl Iterator<Item = (&'a str, &'a Said)>) -> Result<(), String> {
    let mut combinations = 1_usize;
    for (pointer, Said { texts, keyword, .. }) in parts {
        combinations = combinations.saturating_mul(*texts);
        if combinations > COMBINATIONS_MAX {
            return Err(format!(
                "at `#{pointer}`: with the other patterns laid over it, `{keyword}` is too complex; say them in one"
            ));
        }
    }
    Ok(())
}

/// Checks the patterns of names of parts that may be laid over the same object. Each is laid over each, again with every part.
fn check_names<'a>(parts: impl Iterator<Item = (&'a str, &'a Said)>) -> Result<(), String> {
    let (mut count, mut wide, mut laid) = (0, 0_usize, 0);
    for (pointer, said) in parts {
        let Some((names, width)) = said.names else { continue };
        laid += 1;
        count += names;
        wide += width;
        let pairs = laid * count * count.saturating_sub(1) / 2;
        if pairs > PAIRS_MAX || (count > 1 && wide.saturating_mul(wide) > COMBINATIONS_MAX) {
            return Err(format!(
                "at `#{pointer}`: `patternProperties` are too many, or too complex; say them in fewer"
            ));
        }
    }
    Ok(())
}

/// Checks what is joined by `&` in a grammar without its schemas. Which expressions are joined is not looked at, so much is let through.
///
/// # Errors
/// When it is too much.
pub(super) fn check_grammar(grammar: &str) -> Result<(), String> {
    let unquoted: String = grammar.split('"').step_by(2).collect();
    let joined = unquoted.matches('&').count() as u32;
    if joined > 0 && width(&unquoted).saturating_pow(joined + 1) > 1000 * COMBINATIONS_MAX {
        return Err("it joins too much by `&`; say it in one expression".to_owned());
    }
    Ok(())
}

/// How many different characters and classes an expression goes on with at most.
fn width(expression: &str) -> usize {
    let mut atoms = BTreeSet::new();
    let mut rest = expression;
    let mut classes = 0;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => rest[1..].find(']').map_or(rest.len(), |end| end + 2),
            _ => first.len_utf8(),
        };
        let (atom, behind) = rest.split_at(length);
        rest = behind;
        if !"(){}|?*+^$".contains(first) && atoms.insert(atom) {
            let is_class = first == '.'
                || !atom.is_ascii()
                || atom.starts_with("[^")
                || (first == '\\' && atom[1..].starts_with(char::is_alphabetic));
            classes += usize::from(is_class);
        }
    }
    1 + atoms.len() + classes * (CLASS_WIDTH - 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_over_each_other_are_limited() {
        let wide = |of: char| {
            let option = |number: u8| format!("[{}{of}]{number}.*", (b'a' + number % 26) as char);
            format!("^({})$", (0..60).map(option).collect::<Vec<_>>().join("|"))
        };
        let layers = |count: u8| {
            (0..count).map(|of| json!({"pattern": wide((b'A' + of) as char)})).collect::<Vec<_>>()
        };
        assert!(check(&json!({"type": "string", "allOf": layers(2)})).is_ok());
        let refused =
            check(&json!({"properties": {"a": {"type": "string", "allOf": layers(5)}}})).unwrap_err();
        assert!(refused.contains("#/properties/a/allOf/"), "{refused}");
        // Those of several fields are not over each other.
        let field = |of: char| json!({"type": "string", "pattern": wide(of)});
        let object =
            json!({"properties": {"a": field('a'), "b": field('b'), "c": field('c'), "d": field('d')}});
        assert!(check(&json!({"allOf": [object, {"required": ["a"]}]})).is_ok());
        // Those of any field, and of formats, are over each named one.
        let open = |keyword: &str, of: char| match keyword {
            "patternProperties" => json!({keyword: {"^.": field(of)}}),
            keyword => json!({keyword: field(of)}),
        };
        let named = json!({"properties": {"a": field('a')}});
        for keyword in ["additionalProperties", "patternProperties"] {
            let all = json!({"allOf": [named, open(keyword, 'b'), open(keyword, 'c'), open(keyword, 'd')]});
            let refused = check(&all).unwrap_err();
            assert!(refused.contains(&format!("/{keyword}")), "{refused}");
        }
        let formats = ["email", "uri", "ipv6", "hostname"].map(|format| json!({"format": format}));
        assert!(check(&json!({"allOf": formats[..2]})).is_ok());
        assert!(check(&json!({"allOf": formats})).is_err());
        let usual = ["^[0-9]{4}-[0-9]{2}$", "^\\d+$", "^.{1,20}$", "^(alpha|beta|gamma)$"]
            .map(|pattern| json!({ "pattern": pattern }));
        assert!(check(&json!({ "allOf": usual })).is_ok());
        assert!(check_grammar("start: A & B\nA: /[a-z]+/\nB: /.*x.*/").is_ok());
        assert!(
            check_grammar(&format!(
                "start: A\nA: {}",
                ["/[ab]0|[ac]1|[ad]2|[ae]3|[af]4|[ag]5|[ah]6/"; 9].join(" & ")
            ))
            .is_err()
        );
    }
    #[test]
    fn patterns_of_names_are_limited() {
        let names = |count: usize, of: &str| -> Map<String, Value> {
            (0..count).map(|number| (format!("^{number}{of}-"), json!({}))).collect()
        };
        let object =
            |count: usize, of: &str| json!({"type": "object", "patternProperties": names(count, of)});
        assert!(check(&object(20, "x")).is_ok());
        let refused = check(&json!({"properties": {"a": object(40, "x")}})).unwrap_err();
        assert!(refused.starts_with("at `#/properties/a`: `patternProperties`"), "{refused}");
        let wide = |of: char| {
            (0..900_u32)
                .map(|number| format!("{of}{}x", char::from_u32(0x4e00 + number).unwrap()))
                .collect::<Vec<_>>()
                .join("|")
        };
        assert!(check(&json!({"patternProperties": {wide('a'): {}}})).is_ok(), "it is alone");
        assert!(check(&json!({"patternProperties": {wide('a'): {}, wide('b'): {}}})).is_err());
        let layers: Vec<_> = ["x", "y", "z"].map(|of| object(8, of)).into();
        assert!(check(&json!({"allOf": layers[..2]})).is_ok());
        assert!(check(&json!({"allOf": layers})).is_err());
    }
}
