//! A pattern for facts, and how its sentence is written. Must not know any language's patterns.

use std::ops::Range;

use regex::{Captures, Regex};

use super::lists::ListRules;
use super::others::Naming;
use super::spelling::{plain, widened};
use crate::language::Language;
use crate::store::FactKind;

/// What is done with a match beyond taking its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// Nothing.
    Plain,
    /// What fits says nothing, whatever pattern further down would fit: "I work for a living".
    Idiom,
    /// As [`Self::Plain`], at the beginning of a sentence or behind something else about the user.
    Opening,
    /// As [`Self::Plain`], in a message that introduces whoever wrote it.
    Introduction,
    /// Of others: the value is their name.
    Named,
    /// The value is a date of birth; with a group `relation`, somebody's.
    Birthday,
    /// The user's birthday is on the day that the sentence names, or today.
    BirthdayNow,
    /// The value is a number of years.
    Age,
    /// The group `relation` is the predicate.
    Relation,
    /// The group `thing` is part of the predicate: `favourite colour`.
    Favourite,
    /// It begins when the sentence says so.
    Begins,
    /// It is on a day that the sentence names.
    OnDay,
    /// As [`Self::OnDay`], and nothing without a day that is to come.
    OnDayOnly,
    /// It begins on a day that is to come, if the sentence names one.
    Starts,
    /// The value is an appointment that was moved to the day that the group `to` names; without the group it is on no day that is known.
    Moved,
    /// As [`Self::Moved`], of one that was called off and is on again: without the group `to` on the day that it was to be.
    Again,
    /// As [`Self::Plain`], of what one did day by day: on a day alone that the clause names it says nothing of the others.
    Habit,
    /// The value is whom the user married: what they are to them is told by what they were.
    Married,
    /// There are so many of the group `thing` (else children) as the group `nth` says: "our third child was born".
    Nth,
    /// It returns every year on the day that the group `day` (or `day2`, `day3`) names; the value is what it is.
    Yearly,
    /// The user and their partner went apart: whoever is told of, or the group `who`, a name that is known.
    Parted,
    /// Whoever is told of, or the group `who`, died. The predicate says of whom it can be said, see [`super::others::Person::can_be`].
    Lost,
    /// As [`Self::Plain`], behind something else about the user in the same sentence.
    Behind,
    /// As [`Self::Relation`], the value being names: "two brothers, Joe and Liam". The number is told by another pattern.
    Names,
    /// To be remembered; other patterns read it first.
    Note,
    /// To be forgotten.
    Forget,
}

/// A pattern, matched from the beginning of a clause to the end of its sentence. Its value is the group `value`; with the group `it` (a pronoun) or `bare` (a
/// name without "my") it is what was spoken of just before, see [`super::others::Mentions::meant`].
pub(crate) struct Pattern {
    pub(crate) regex: Regex,
    pub(crate) kind: FactKind,
    pub(crate) predicate: &'static str,
    /// The sentence, with `{who}`, `{value}`, `{relation}`, `{thing}`, `{date}`.
    pub(crate) text: &'static str,
    pub(crate) confidence: f64,
    pub(crate) holds: bool,
    pub(crate) special: Special,
    /// Whether it may speak of something by a pronoun or a bare name: it has a group `it` or `bare`.
    pub(crate) refers: bool,
}

/// A row of a table: pattern, predicate, sentence, confidence in percent, special.
pub(crate) type Row = (&'static str, &'static str, &'static str, u8, Special);

/// Makes patterns of rows. A `~` before the predicate means that it holds no more. `{name}` and the like in a pattern stand for `parts`.
fn compile(kind: FactKind, rows: &[Row], parts: &[(&str, &str)]) -> Vec<Pattern> {
    rows.iter()
        .map(|&(pattern, predicate, text, percent, special)| {
            (at_beginning(pattern, parts), predicate, text, percent, special)
        })
        .map(|(regex, predicate, text, percent, special)| Pattern {
            refers: regex.capture_names().flatten().any(|name| ["it", "bare"].contains(&name)),
            regex,
            kind,
            predicate: predicate.trim_start_matches('~'),
            text,
            confidence: f64::from(percent) / 100.0,
            holds: !predicate.starts_with('~'),
            special,
        })
        .collect()
}

/// [`compile`] of several tables, with parts of their `own` before those that others share.
pub(crate) fn compile_all(
    tables: &[(FactKind, &[Row])],
    own: &[(&str, &str)],
    shared: &[(&str, &str)],
) -> Vec<Pattern> {
    let parts: Vec<(&str, &str)> = own.iter().chain(shared).copied().collect();
    tables.iter().flat_map(|(kind, rows)| compile(*kind, rows, &parts)).collect()
}

/// A pattern that is matched from the beginning on, whatever the case. `{name}` and the like in it stand for `parts`.
pub(crate) fn at_beginning(pattern: &str, parts: &[(&str, &str)]) -> Regex {
    let mut pattern = pattern.to_owned();
    // Parts may hold parts.
    for (name, part) in parts.iter().chain(parts) {
        pattern = pattern.replace(name, part);
    }
    anywhere(&format!("^(?:{pattern})"))
}

/// A pattern that ignores case and the ways of writing of [`widened`]. Its `\\b` knows letters with accents, unlike that of
/// [`crate::time::compiled`]: searches with it are slow in texts with accents, which a sentence at a time does not feel.
pub(crate) fn anywhere(pattern: &str) -> Regex {
    let pattern = format!("(?i){}", widened(pattern));
    Regex::new(&pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

/// A pattern that nothing fits.
pub(crate) fn never() -> Regex {
    Regex::new(r"[^\s\S]").expect("the pattern is valid")
}

/// A sentence of a template: see [`Pattern::text`].
pub(crate) fn fill(
    template: &str,
    who: &str,
    value: &str,
    relation: &str,
    thing: &str,
    date: &str,
) -> String {
    // The user's words come last, so that nothing in them is taken for a place to fill.
    let mut parts = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        parts.push_str(&rest[..open]);
        let close = rest[open..].find('}').map_or(rest.len(), |close| open + close + 1);
        parts.push_str(match &rest[open..close] {
            "{who}" => who,
            "{value}" => value,
            "{relation}" => relation,
            "{thing}" => thing,
            "{date}" => date,
            other => other,
        });
        rest = &rest[close..];
    }
    parts + rest
}

/// The patterns of one language, and the words by which its sentences are passed over.
pub(crate) struct Grammar {
    pub(crate) patterns: Vec<Pattern>,
    /// What is said of others: matched from behind the words that name them, which stand as `{who}` in the sentence.
    pub(crate) others: Vec<Pattern>,
    pub(crate) naming: Naming,
    pub(crate) lists: ListRules,
    /// What may stand before a clause without changing it: "well", "by the way".
    pub(crate) openers: Regex,
    /// Where clauses begin: behind what fits, or where its group `on` is; see [`Self::joined`].
    pub(crate) joints: Regex,
    /// By which a sentence supposes, dreams, quotes or jokes, wherever it stands.
    pub(crate) supposes: Regex,
    /// Where in a clause somebody else speaks or thinks, so that what follows in the sentence is theirs: "my brother wrote:", "Tom said,". Matches with
    /// the group `own` count for nothing: "that said," and whatever the user says. [`never`] where there is none.
    pub(crate) speech: Regex,
    /// What stands before a clause that speaks against the one before it: "but". The user speaks again there, if they say "I".
    pub(crate) contrasts: Regex,
    /// What asks the same of the companion behind what the user says of themselves: "and you?"
    pub(crate) asks_back: Regex,
    /// Laughter. It says nothing but that deaths and illnesses are none.
    pub(crate) laughs: Regex,
    /// Words that are written in other ways, too, each alone; and what is read for them.
    pub(crate) respelled: Regex,
    pub(crate) spellings: &'static [(&'static str, &'static str)],
    /// By which something is put right in the same breath, with the group `value`: "no wait, Porto"; with the group
    /// `doubtful` where it may also say what was meant.
    pub(crate) corrects: Regex,
    /// By which a message introduces whoever wrote it: "Hi,", "nice to meet you".
    pub(crate) introduces: Regex,
    /// What stands where a name would and is none: weekdays, "God", "unusual".
    pub(crate) not_names: Regex,
    /// What somebody may be said to be where a name might stand: "my wife is Vegan". Where it's told that they are called so, it is their name.
    pub(crate) described: Regex,
    /// What one lives in or moves to that is no place: "fear", "Linux".
    pub(crate) not_places: Regex,
    /// By which a sentence asks, beside a question mark.
    pub(crate) asks: Regex,
    /// What stands behind a statement and asks nothing about it: "…, remember?"
    pub(crate) tags: Regex,
    /// Values that are none: pronouns and fillers.
    pub(crate) empty_values: Regex,
    /// Likes and dislikes that react to what was just said: "I love the freedom".
    pub(crate) reactions: Regex,
    /// Those that last all the same: "I love the sea".
    pub(crate) lasting: Regex,
    /// Words of the first person.
    pub(crate) own: Regex,
    /// Those that have another word in a sentence about the user, each alone.
    pub(crate) first_person: Regex,
    /// And that other word.
    pub(crate) third_person: &'static [(&'static str, &'static str)],
    /// What stands around a name among several: "Ella (4)".
    pub(crate) around_names: Regex,
    /// A sentence that the next one completes: "I've moved. Bristol now." [`never`] where there is none.
    pub(crate) unfinished: Regex,
    /// What stands before and behind a firm with its preposition in a clause of its own: "I work at Acme".
    pub(crate) employed: [&'static str; 2],
    /// A clause that says whom (`{}`) the user married.
    pub(crate) married: &'static str,
    /// What stands before something that the user has besides: "a cat called Miso and a dog called Tofu".
    pub(crate) having: &'static str,
    /// Relations by their words, as predicates.
    pub(crate) relations: &'static [(&'static str, &'static str)],
    pub(crate) language: Language,
    pub(crate) user: &'static str,
    /// The value of a death that was told in other words.
    pub(crate) died: &'static str,
}

impl Grammar {
    /// Where the clauses of a sentence are joined. "Tom and Ida's wedding", in the group `pair`, is joined to nothing.
    pub(crate) fn joined<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let joints = self.joints.captures_iter(text).filter(|joint| joint.name("pair").is_none());
        joints.filter_map(|joint| joint.name("on").or_else(|| joint.get(0)).map(|joint| joint.range()))
    }

    /// A sentence without what stands behind its statement and asks nothing about it, unless that doubts the statement.
    pub(crate) fn untagged(&self, text: &str) -> String {
        let end = |tag: &Captures<'_>| {
            if tag.name("doubts").is_some() { tag[0].to_owned() } else { ".".to_owned() }
        };
        self.tags.replace(text, end).into_owned()
    }

    /// A text in the spelling that the patterns know, without laughter and what asks back.
    pub(crate) fn spelled(&self, text: &str) -> String {
        let spelling = |words: &Captures<'_>| {
            let found = words[0].to_lowercase();
            let spelling = self.spellings.iter().find(|(other, _)| *other == found);
            spelling.map_or_else(|| words[0].to_owned(), |(_, known)| (*known).to_owned())
        };
        let text = self.asks_back.replace(text, "");
        self.respelled.replace_all(&self.laughs.replace_all(&text, " "), spelling).trim_end().to_owned()
    }

    /// The predicate of a word for several of a relation: "brothers", "frères".
    pub(crate) fn relation_of_several(&self, word: &str) -> Option<&'static str> {
        let one = word.strip_suffix(['s', 'x']).unwrap_or(word);
        self.relation(word).or_else(|| self.relation(one))
    }

    /// The predicate of a relation's word.
    pub(crate) fn relation(&self, word: &str) -> Option<&'static str> {
        let word = plain(word).replace('’', "'").split_whitespace().collect::<Vec<_>>().join(" ");
        self.relations.iter().find(|(known, _)| plain(known) == word).map(|(_, predicate)| *predicate)
    }
}
