//! How wide patterns are that are laid over each other. To find out whether a text can be valid under several of them, the compiler goes through all
//! combinations of what each may go on with, and stops at no limit there. Must not know tokens.

use std::collections::{BTreeMap, BTreeSet};

use abide_generation::schema::{Reach, is_layered, reached};
use serde_json::{Map, Value};

/// Most such combinations.
const COMBINATIONS_MAX: usize = 1_000_000;

/// What any character or class of the language counts for: it is many sequences of bytes.
const CLASS_WIDTH: usize = 10;

/// Checks the patterns of a schema that may be laid over each other.
///
/// # Errors
/// When they are too many and too wide.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let mut combinations: BTreeMap<String, usize> = BTreeMap::new();
    for (pointer, part) in layered(schema) {
        let Some(pattern) = part.get("pattern").and_then(Value::as_str) else { continue };
        let all = combinations.entry(value_of(&pointer)).or_insert(1);
        *all = all.saturating_mul(width(pattern));
        if *all > COMBINATIONS_MAX {
            return Err(format!(
                "at `#{pointer}`: with the other patterns laid over it, `pattern` is too complex; say them in one"
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

/// The parts of a schema beside which others may be laid over the same value.
pub(super) fn layered(schema: &Value) -> impl Iterator<Item = (String, &Map<String, Value>)> {
    let parts = reached(schema).into_iter().filter_map(|(pointer, reach)| {
        let part = schema.pointer(&pointer)?.as_object()?;
        (reach == Reach::Shared || is_layered(part)).then_some((pointer, part))
    });
    parts.collect::<Vec<_>>().into_iter()
}

/// The value that a part of a schema is about, as far as its place tells: what is laid over the same value has the same.
pub(super) fn value_of(pointer: &str) -> String {
    let within = pointer.rsplit_once("/properties/").map_or(pointer, |(_, within)| within);
    let name = if within == pointer { "" } else { within.split('/').next().unwrap_or_default() };
    format!("{name}/{}", within.matches("tems").count())
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
}
