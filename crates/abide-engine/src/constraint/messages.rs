//! The compiler's messages, without what only concerns its insides, and in words that fit what the caller wrote. Must not
//! know grammars.

/// The first line of a message, which says what is wrong; with the reason, where a regular expression is.
pub(super) fn gist(message: &str) -> String {
    let mut lines = message.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    match lines.find_map(|line| line.strip_prefix("error: ")).filter(|_| first.ends_with(':')) {
        Some(reason) => format!("{first} {reason}"),
        None => first.to_owned(),
    }
}

/// What is wrong with a regular expression: its place in the grammar that was made of it means nothing to the caller.
pub(super) fn of_regex(message: &str) -> String {
    let message = without_state(message);
    let message = message.split_once("(in regex): ").map_or(message, |(_, reason)| reason);
    message.split("\n   1 | start: ").next().unwrap_or_default().trim().to_owned()
}

/// What is wrong with a grammar, and where. The list of a model's control tokens can be long, and helps little.
pub(super) fn of_grammar(message: &str) -> String {
    let message = without_state(message);
    match message.split_once("; following special tokens are available: ") {
        Some((before, after)) => before.to_owned() + after.split_once('⟧').map_or("", |(_, rest)| rest),
        None => message.to_owned(),
    }
}

fn without_state(message: &str) -> &str {
    let end =
        ["\n<state>", "\n<backtrace>", "\n<non-verbose/>"].iter().filter_map(|mark| message.find(mark)).min();
    message[..end.unwrap_or(message.len())].trim()
}

/// What is wrong with a schema, where our words are clearer.
pub(super) fn of_schema(problem: &str) -> String {
    if let Some(keywords) = problem.strip_prefix("Unimplemented keys: ") {
        let keywords = keywords.trim_matches(['[', ']']).replace('"', "`");
        return format!("{keywords} can't be enforced; leave it out or say it otherwise");
    }
    if problem.starts_with("oneOf constraints are not supported") {
        return "`oneOf` can be enforced only where its options plainly exclude each other (other types or constants, of the value or \
                of a field that they require); `anyOf` always can"
            .to_owned();
    }
    if let Some((_, reference)) = problem.split_once("without 'referencing' feature; ref ") {
        return format!("`$ref` can refer to a place in the same schema alone (`#/…`), not to {reference}");
    }
    // Where bounds exclude each other to the last digit, too.
    problem.replace("schema is false", "no value is valid under it")
}
