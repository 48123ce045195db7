//! Several values named at once: "I love jazz, tea and hiking". Must not know any language's words.

use regex::Regex;

use super::pattern::{Pattern, Special};
use crate::language::is_han;

/// Predicates whose values are named in lists.
const LISTED: &[&str] = &["likes", "dislikes", "fears", "allergy", "cannot eat", "topic"];
/// Those whose values are things, so that a word that may be part of another one joins them all the same.
const THINGS: &[&str] = &["allergy", "cannot eat"];
/// Longest name in characters of an unspaced script.
const NAME_CHARACTERS_MAX: usize = 4;
/// Most values of one list.
const VALUES_MAX: usize = 12;

/// How a language names several things at once.
pub(crate) struct ListRules {
    /// What ends a list, wherever it stands.
    pub(crate) stop: Regex,
    /// What stands between two values; the group `last` is a word that joins ("and"), and unset for a mere mark.
    pub(crate) joint: Regex,
    /// Whether marks alone make a list; else its end must be joined by a word, as "I love jazz, honestly" names one thing.
    pub(crate) by_marks: bool,
    /// What must follow the first joint if it is a word: it may be part of another one, as 和 of 温和.
    pub(crate) after_word: Regex,
    /// What each value after the first must look like.
    pub(crate) item: Regex,
    /// What none of them may hold: words of another clause.
    pub(crate) refused: Regex,
    /// What stands around a value and is no part of it: "about", "again".
    pub(crate) around: Regex,
}

/// Whether a pattern's value may be the first of a list.
pub(super) fn is_listed(pattern: &Pattern) -> bool {
    pattern.special == Special::Plain && LISTED.contains(&pattern.predicate)
}

/// The names at the beginning of `text`, each without what stands around it.
pub(super) fn names<'t>(text: &'t str, rules: &ListRules, around: &Regex) -> Vec<&'t str> {
    let parts = rules.joint.split(text).flat_map(|part| part.split([',', '，']));
    let names = parts.filter(|part| !part.trim().is_empty()).map(|part| {
        let part = part.trim();
        let start = around.find(part).filter(|found| found.start() == 0).map_or(0, |found| found.end());
        let rest = &part[start..];
        let end = around.find_iter(rest).find(|found| !found.is_empty());
        rest[..end.map_or(rest.len(), |found| found.start())].trim()
    });
    names.take_while(|name| is_name(name)).take(VALUES_MAX).collect()
}

/// Whether a word is written as names are.
fn is_name(word: &str) -> bool {
    let han = word.chars().all(is_han) && word.chars().count() <= NAME_CHARACTERS_MAX;
    let letters = |letter: char| letter.is_alphabetic() || "'’-".contains(letter);
    let large = word.starts_with(char::is_uppercase) && word.chars().all(letters) && word.len() > 1;
    !word.is_empty() && (han || large)
}

/// The values of the list with which `text` begins, those of `pattern`; empty if it is none, and names one thing at most.
pub(super) fn values<'t>(text: &'t str, pattern: &Pattern, rules: &ListRules) -> Vec<&'t str> {
    let things = THINGS.contains(&pattern.predicate);
    let text = rules.stop.find(text).map_or(text, |stop| &text[..stop.start()]);
    let mut values = Vec::new();
    let (mut start, mut joined) = (0, false);
    let mut joints = rules.joint.captures_iter(text);
    loop {
        let joint = joints.next();
        let place = joint.as_ref().and_then(|joint| joint.get(0));
        let end = place.map_or(text.len(), |place| place.start());
        let value = rules.around.replace_all(text[start..end].trim(), "");
        // `around` takes away from the ends alone, so that what is left stands in the text.
        let value = text[start..end].find(value.as_ref()).map_or("", |at| &text[start + at..][..value.len()]);
        let shaped = values.is_empty() && !value.is_empty() || rules.item.is_match(value);
        let fits = shaped && !rules.refused.is_match(value);
        let word = joint.as_ref().is_some_and(|joint| joint.name("last").is_some());
        if word
            && values.is_empty()
            && !things
            && place.is_some_and(|joint| !rules.after_word.is_match(&text[joint.end()..]))
        {
            return Vec::new();
        }
        match (fits, joined) {
            (true, _) => values.push(value.trim()),
            // A joined clause of its own: what was joined before it is a list all the same.
            (false, true) if values.len() > 1 => break,
            (false, _) => return Vec::new(),
        }
        let Some(place) = place.filter(|_| values.len() < VALUES_MAX) else { break };
        // After what was joined by a word a mark ends the list.
        if joined && !word && !rules.by_marks {
            break;
        }
        joined |= word;
        start = place.end();
    }
    if values.len() > 1 && (joined || rules.by_marks) { values } else { Vec::new() }
}
