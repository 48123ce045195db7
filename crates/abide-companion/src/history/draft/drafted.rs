//! What of a persona may be a draft's, told by its form, and in what form words that were said would stand there. Must not know what was said.

use super::written::{FAREWELL, FAVOURITES, TOPICS};
use super::{examples, phrases as said, sample};

/// What of a reply a draft may have as a greeting or a farewell.
pub(crate) fn phrases(reply: &str) -> impl Iterator<Item = &str> {
    let reply = sample::cut(reply).trim();
    [false, true].into_iter().filter_map(|last| said::shortened(reply, last))
}

/// The words of a message as one turn of an example dialogue.
pub(crate) fn one_turn(text: &str) -> String {
    examples::one_turn(text.trim())
}

/// What may be the farewell in a way of speaking, each with the sentence that it stands in: it may have several lines, and be followed by others.
pub(crate) fn farewells(way_of_speaking: &str) -> impl Iterator<Item = (&str, &str)> {
    FAREWELL.iter().flat_map(move |label| {
        let begins = |at: usize| at == 0 || way_of_speaking[..at].ends_with('\n');
        let found = way_of_speaking.match_indices(label).filter(move |(at, _)| begins(*at));
        found.flat_map(move |(at, _)| {
            let sentence = &way_of_speaking[at..];
            let line = sentence.lines().next().unwrap_or_default();
            [sentence, line].map(|sentence| (sentence, &sentence[label.len()..]))
        })
    })
}

/// The words in a line of a way of speaking that were counted.
pub(crate) fn counted(line: &str) -> impl Iterator<Item = &str> {
    FAVOURITES.iter().filter_map(|label| line.strip_prefix(label)).flat_map(listed)
}

/// What the two talked about, by a description.
pub(crate) fn topics(description: &str) -> impl Iterator<Item = &str> {
    place_of_topics(description).into_iter().flat_map(|(_, list, _)| listed(list))
}

/// The description without the sentence that says so.
pub(crate) fn without_topics(description: &str) -> String {
    let parts = place_of_topics(description);
    parts.map_or_else(|| description.to_owned(), |(before, _, after)| format!("{before}{after}"))
}

/// What stands before the sentence, the list in it, and what stands behind it.
fn place_of_topics(description: &str) -> Option<(&str, &str, &str)> {
    TOPICS.iter().find_map(|label| {
        let (before, rest) = description.split_once(label)?;
        let (list, after) = rest.split_once(['.', '。'])?;
        Some((before, list, after))
    })
}

fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '、']).map(str::trim).filter(|item| !item.is_empty())
}
