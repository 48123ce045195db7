//! Topics that the user wants left alone: whether a text is about one, so that it stays out of prompts. Must not know where texts come from.
//!
//! Somebody of the user's life has many names: "dad", "papa", 父亲, and the one that was told. A topic that is somebody is met by all of them.

mod fields;
mod lexicon;
mod veil;

use std::collections::{HashMap, HashSet};

use fields::{Field, Reach};
use lexicon::{
    ALSO_WORDS, AMBIGUOUS, BEFORE_ONE_CHARACTER, BY_ANOTHER, DESCRIBING, EMPTY, FINER, FURTHER, GROUPS,
    ORDINARY, OTHERS, OWN, VAGUE, VAGUE_CHARACTERS,
};
use unicode_normalization::UnicodeNormalization as _;

pub use veil::{Veil, Veiled};

use crate::facts::{self, plain};
use crate::language::{Language, is_han};
use crate::store::FactKind;
use crate::text::stem::{stem, words};

/// Words of a name for what somebody is, at most: "ex husband", "mother in law".
const NAME_WORDS_MAX: usize = 3;

/// Words of a name for a topic that has words of its own, at most.
const FIELD_WORDS_MAX: usize = 3;

/// Somebody whom facts name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// What they are to the user, as facts say it: `father`.
    pub relation: &'a str,
    /// Their name.
    pub name: &'a str,
}

/// A word as it stands, in small letters; several with blanks between them.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    /// The language of texts in which alone it means this.
    only_in: Option<Language>,
}

/// What a text must hold in one of these ways.
#[derive(Debug, Clone, Default)]
struct Concept {
    /// All that has to do with it, where it is one of the topics that have words of their own.
    field: Option<&'static Field>,
    words: Vec<Word>,
    /// The stem by each language of words; empty for somebody.
    stems: Vec<String>,
    /// Characters of an unspaced script.
    phrases: Vec<String>,
    names: Vec<String>,
    /// Whose a fact is that tells of it.
    subjects: Vec<String>,
}

/// A topic to be left alone: all its concepts together.
#[derive(Debug, Clone)]
struct Topic {
    said: String,
    concepts: Vec<Concept>,
}

/// All topics of a companion's user.
#[derive(Debug, Clone)]
pub struct Avoided {
    topics: Vec<Topic>,
    /// Whether what has to do with a topic is about it, or only what is called so.
    reach: Reach,
    /// Sentences that are about one of them in no word, with its number.
    said: HashMap<String, usize>,
}

impl Default for Avoided {
    fn default() -> Self {
        Self::new([], &[])
    }
}

impl Avoided {
    /// The topics in the user's own words, as facts of the kind `Avoid` hold them, with their language where it is known; and those whose
    /// names are known. Topics without any word are left out.
    pub fn new<'a>(
        topics: impl IntoIterator<Item = (&'a str, Option<Language>)>,
        known: &[Named<'_>],
    ) -> Self {
        let topics = topics.into_iter().filter_map(|(said, language)| topic(said, language, known));
        Self { topics: topics.collect(), reach: Reach::Wide, said: HashMap::new() }
    }

    /// The same for what is to be found by its name: "work" is a job, and not the salary.
    pub fn named<'a>(
        topics: impl IntoIterator<Item = (&'a str, Option<Language>)>,
        known: &[Named<'_>],
    ) -> Self {
        Self { reach: Reach::Near, ..Self::new(topics, known) }
    }

    /// Takes in the sentences that a fact is known from, where the fact is about a topic and they don't say so: "I'm a nurse" is about somebody's work.
    pub fn learn<'a>(
        &mut self,
        kind: FactKind,
        subject: &str,
        text: &str,
        said: impl Iterator<Item = &'a str>,
    ) {
        let mut concepts = self.topics.iter().flat_map(|topic| &topic.concepts);
        if !concepts.any(|concept| concept.has_kind(kind)) {
            return;
        }
        if let Some(number) = self.number_of(subject, text, Some(kind)) {
            self.said.extend(said.map(|sentence| (sentence.trim().to_owned(), number)));
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// The first topic that `text` is about, in the user's words; `None` if it is about none. A text is about a topic that has all its words,
    /// in any form; of "my father's death" that is father, by whatever name, and death.
    pub fn topic_of(&self, text: &str) -> Option<&str> {
        let number = self.said.get(text.trim()).copied().or_else(|| self.number_of("", text, None))?;
        Some(self.topics[number].said.as_str())
    }

    /// The same of a fact's sentence, which may leave out whose it is, and does not say what it is about: that somebody is a nurse is about their work.
    pub fn topic_of_fact(&self, kind: FactKind, subject: &str, text: &str) -> Option<&str> {
        let number = self.number_of(subject, text, Some(kind))?;
        Some(self.topics[number].said.as_str())
    }

    /// The number of the first topic that a text is about, or a fact of this kind.
    fn number_of(&self, subject: &str, text: &str, kind: Option<FactKind>) -> Option<usize> {
        if self.topics.is_empty() {
            return None;
        }
        let text: String = text.nfkc().filter(|character| !is_invisible(*character)).collect();
        let language = Language::detect(&text);
        let whole = Text::new(&text, words(&text).collect(), subject, language);
        // Of "cancer-ward" each half is looked at, too.
        let apart = text.contains('-').then(|| words(&text).flat_map(halves).collect());
        let apart = apart.map(|words| Text::new(&text, words, subject, language));
        let is_in = |concept: &Concept, language| {
            let is_in = |text| concept.is_in(text, language, self.reach);
            kind.is_some_and(|kind| concept.has_kind(kind))
                || is_in(&whole)
                || apart.as_ref().is_some_and(is_in)
        };
        let about = |topic: &Topic| {
            [0, 1].iter().any(|language| topic.concepts.iter().all(|concept| is_in(concept, *language)))
        };
        self.topics.iter().position(about)
    }
}

/// Characters that nobody sees: soft hyphens, joiners, marks of direction and of order.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The words that a compound is made of, but for very short ones ("no-alcohol"). Who is somebody by another or was it once is somebody else
/// ("step-mother", "mother-in-law", "ex-husband").
fn halves(word: &str) -> Vec<&str> {
    let lower = word.to_lowercase();
    let is_short = |half: &&str| half.chars().nth(2).is_none();
    let is_somebody = |half: &str| somebody(half, None).is_some();
    let is_kin = lower.split('-').next().is_some_and(|first| BY_ANOTHER.contains(&first))
        || lower.contains("in-law")
        || lower.strip_prefix("ex-").is_some_and(|rest| rest.split('-').any(is_somebody));
    if is_kin { vec![word] } else { word.split('-').filter(|half| !is_short(half)).collect() }
}

/// Whether two topics are the same, in whichever words.
pub fn is_same_topic(one: &str, other: &str) -> bool {
    let meets = |topic, text| Avoided::named([(topic, None)], &[]).topic_of(text).is_some();
    meets(one, other) && meets(other, one)
}

/// A text, taken apart.
struct Text<'a> {
    lower: String,
    /// Its words as they stand, in small letters, and in the one way of writing that others become.
    words: Vec<&'a str>,
    spoken: Vec<String>,
    plain: Vec<String>,
    /// All of it in that way.
    characters: String,
    stems: [HashSet<String>; 2],
    language: Language,
    subject: &'a str,
}

impl<'a> Text<'a> {
    fn new(text: &str, words: Vec<&'a str>, subject: &'a str, language: Language) -> Self {
        let spoken: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let stems_in = |language| spoken.iter().map(|word| stem(word, language)).collect();
        Self {
            lower: text.to_lowercase(),
            plain: spoken.iter().map(|word| fields::spelled(word)).collect(),
            characters: plain(text),
            stems: [stems_in(Language::English), stems_in(Language::French)],
            words,
            spoken,
            language,
            subject,
        }
    }
}

impl Concept {
    fn has_kind(&self, kind: FactKind) -> bool {
        self.field.is_some_and(|field| field.has_kind(kind))
    }

    fn is_in(&self, text: &Text<'_>, language: usize, reach: Reach) -> bool {
        if self.field.is_some_and(|field| field.is_in(text, reach)) {
            return true;
        }
        self.stems.get(language).is_some_and(|stem| text.stems[language].contains(stem))
            || self.words.iter().any(|word| word.is_in(text))
            || self.phrases.iter().any(|phrase| holds(text, phrase))
            || self.names.iter().any(|name| text.words.iter().any(|word| is_called(word, name)))
            || self.subjects.iter().any(|subject| subject == text.subject)
    }

    /// A word that is no name, with all that has to do with it where it has words of its own.
    fn of_word(word: &str) -> Self {
        let mut concept = Self { field: fields::called(word), ..Self::default() };
        if concept.field.is_some() {
            return concept;
        }
        if word.chars().any(is_han) {
            concept.phrases.push(word.to_owned());
        } else {
            concept.stems = [Language::English, Language::French].map(|language| stem(word, language)).into();
        }
        concept
    }

    /// Somebody, by all words for what they are, and by their names. `named`: the one who was named beside it.
    fn of_somebody(said: &Said, whose_own: bool, named: Option<&str>, known: &[Named<'_>]) -> Self {
        let mut concept = Self::default();
        let names = known.iter().filter(|known| said.relations.contains(&known.relation));
        let names: Vec<&str> = names.map(|known| known.name).collect();
        let first = named.and_then(|named| named.split_whitespace().next());
        let others = names.iter().any(|name| first.is_some_and(|first| !is_called(first, name)));
        let many = said.relations.iter().any(|relation| facts::is_of_several(relation));
        // "My friend Tom" and "my best friend" are one among others.
        let one = many && (named.is_some() || said.word.contains(' '));
        if named.is_none() || !(others || many) {
            concept.add(&said.word, said.language);
            // "My family" are "my parents", too.
            let is_part = |of: &[&'static str]| of.iter().all(|relation| said.relations.contains(relation));
            for (word, _) in GROUPS.iter().filter(|group| is_part(group.1)) {
                concept.add(word, None);
            }
            if !one {
                concept.add_words(said);
            }
            let relations = said.relations.iter().filter(|_| whose_own && !one && said.finer().is_none());
            concept.subjects.extend(relations.map(|relation| (*relation).to_owned()));
        }
        if whose_own {
            match named {
                Some(name) => concept.add_name(name),
                None if one && names.len() > 1 => {}
                None => names.iter().for_each(|name| concept.add_name(name)),
            }
        }
        concept
    }

    /// All words for those of these relations.
    fn add_words(&mut self, said: &Said) {
        let finer = said.finer();
        for relation in &said.relations {
            for (language, word) in relation_words(relation) {
                let other =
                    finer.is_some_and(|finer| language == Language::Chinese && !finer.contains(&word));
                if !other && !ORDINARY.contains(&word) {
                    self.add(word, Some(language));
                }
            }
        }
    }

    fn add(&mut self, word: &str, language: Option<Language>) {
        if word.chars().any(is_han) {
            self.phrases.push(word.to_owned());
            return;
        }
        self.words.push(Word {
            text: words(word).collect::<Vec<_>>().join(" "),
            only_in: language.filter(|_| AMBIGUOUS.contains(&word)),
        });
        // French is often written without its accents.
        let bare = without_accents(word);
        if bare != word {
            self.words.push(Word { text: bare, only_in: Some(Language::French) });
        }
    }

    fn add_name(&mut self, name: &str) {
        self.subjects.push(name.to_owned());
        if name.chars().any(is_han) {
            self.phrases.push(name.to_lowercase());
        } else {
            self.names.extend(name.split_whitespace().next().map(str::to_owned));
        }
    }
}

impl Word {
    fn is_in(&self, text: &Text<'_>) -> bool {
        if self.only_in.is_some_and(|language| language != text.language) {
            return false;
        }
        let parts: Vec<&str> = self.text.split(' ').collect();
        let Some((last, before)) = parts.split_last() else { return false };
        let is_last =
            |word: &str| word == *last || word.strip_suffix(['s', 'x']).is_some_and(|one| one == *last);
        text.spoken.windows(parts.len()).any(|spoken| {
            let (end, start) = (&spoken[before.len()], &spoken[..before.len()]);
            is_last(end) && start.iter().zip(before).all(|(spoken, word)| spoken == word)
        })
    }
}

/// Whether a text holds characters, in either way of writing them; a single one only where it is a word by itself.
fn holds(text: &Text<'_>, phrase: &str) -> bool {
    let alone = phrase.chars().nth(1).is_none() && somebody(phrase, None).is_some();
    let is_in = |text: &str, phrase: &str| {
        text.match_indices(phrase).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            !alone || before.is_none_or(|before| BEFORE_ONE_CHARACTER.contains(before) || !is_han(before))
        })
    };
    is_in(&text.lower, phrase) || is_in(&text.characters, &plain(phrase))
}

/// Whether a word of a text is a name. Small letters are no matter, unless they make another word of it.
fn is_called(word: &str, name: &str) -> bool {
    let first = name.split_whitespace().next().unwrap_or(name);
    let small = || word.chars().next().is_some_and(char::is_lowercase);
    word == first
        || word.to_lowercase() == first.to_lowercase()
            && !(small() && ALSO_WORDS.contains(&word.to_lowercase().as_str()))
}

fn without_accents(word: &str) -> String {
    let plain = |character| match character {
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'â' | 'à' => 'a',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'û' | 'ù' => 'u',
        'ç' => 'c',
        other => other,
    };
    word.chars().map(plain).collect()
}

/// A word for somebody, and what it says they are.
struct Said {
    word: String,
    /// The word's language; none for those that several have.
    language: Option<Language>,
    relations: Vec<&'static str>,
}

impl Said {
    /// The Chinese words that mean the same and not a sister of theirs.
    fn finer(&self) -> Option<&'static [&'static str]> {
        FINER.iter().find(|finer| finer.contains(&self.word.as_str())).copied()
    }
}

/// All words for somebody.
fn relation_words(relation: &str) -> impl Iterator<Item = (Language, &'static str)> {
    let further = FURTHER.iter().filter(move |(_, _, of)| *of == relation);
    let known = facts::relations().filter(move |(_, _, of)| *of == relation);
    known
        .map(|(language, word, _)| (language, word))
        .chain(further.map(|(language, word, _)| (*language, *word)))
}

/// A word (in small letters) for somebody; `language`: the one in which it was said, if that is known.
fn somebody(word: &str, language: Option<Language>) -> Option<Said> {
    if let Some((_, relations)) = GROUPS.iter().find(|(group, _)| *group == word) {
        return Some(Said { word: word.to_owned(), language: None, relations: relations.to_vec() });
    }
    let further = FURTHER.iter().map(|(language, word, relation)| (*language, *word, *relation));
    let mut all = facts::relations().chain(further);
    let is_it = |known: &str, of: Language| {
        let one = word == known || word.strip_suffix(['s', 'x']) == Some(known);
        one || of == Language::French && without_accents(known) == word
    };
    // Other languages' words are met in a text, too, but for those that are ordinary words in it.
    let fits = |of: Language, known: &str| {
        language.is_none_or(|language| language == of || !AMBIGUOUS.contains(&known)) && is_it(known, of)
    };
    let (language, _, relation) = all.find(|(of, known, _)| fits(*of, known))?;
    Some(Said { word: word.to_owned(), language: Some(language), relations: vec![relation] })
}

fn topic(said: &str, language: Option<Language>, known: &[Named<'_>]) -> Option<Topic> {
    let said = said.trim();
    let lower = said.to_lowercase();
    let plain = without_small_characters(&lower);
    let mut concepts = if plain.chars().any(is_han) {
        concepts_in_characters(plain, known)
    } else {
        let said = if lower.chars().any(is_han) { plain } else { said };
        concepts_in_words(said, Some(language.unwrap_or_else(|| Language::detect(said))), known)
    };
    if concepts.is_empty() && !lower.is_empty() {
        // Nothing but small words: as it stands.
        concepts.push(Concept { phrases: vec![lower], ..Concept::default() });
    }
    (!concepts.is_empty()).then(|| Topic { said: said.to_owned(), concepts })
}

/// A topic without "my", "the matter of" and the like in Chinese; as it is where nothing else is left.
fn without_small_characters(lower: &str) -> &str {
    let plain = lower
        .trim_start_matches("关于")
        .trim_start_matches("我们的")
        .trim_start_matches("我的")
        .trim_start_matches(['我', '那', '这', '场', '件', '个', '次'])
        .trim_end_matches("的事情")
        .trim_end_matches("的事")
        .trim();
    if plain.is_empty() { lower } else { plain }
}

/// Of "爸爸的病": father, illness.
fn concepts_in_characters(plain: &str, known: &[Named<'_>]) -> Vec<Concept> {
    let own = !plain.starts_with(['他', '她', '你']);
    let parts = plain.split('的').map(|part| part.trim_start_matches('我').trim());
    let concept = |part: &str| {
        let known_name = |name: &str| known.iter().find(|known| known.name.to_lowercase() == name);
        // A name may follow what somebody is.
        let ends = part.char_indices().map(|(at, _)| at).skip(1).chain([part.len()]);
        let persons = ends.filter_map(|end| {
            let (word, rest) = part.split_at(end);
            let said = somebody(word, Some(Language::Chinese))?;
            let named = if rest.is_empty() { None } else { Some(known_name(rest)?.name) };
            Some((said, named))
        });
        if let Some((said, named)) = persons.last() {
            return Concept::of_somebody(&said, own, named, known);
        }
        match known_name(part) {
            Some(name) => by_name(name, known),
            None => Concept::of_word(without_vague_end(part)),
        }
    };
    parts.filter(|part| !part.is_empty()).map(concept).collect()
}

/// Of "工作压力": work, which has words of its own.
fn without_vague_end(part: &str) -> &str {
    let bare = VAGUE_CHARACTERS.iter().find_map(|end| part.strip_suffix(end));
    bare.filter(|bare| fields::called(bare).is_some()).unwrap_or(part)
}

/// The longest name of a topic that has words of its own, and of how many of these words it is.
fn field_at(words: &[String]) -> Option<(Concept, usize)> {
    (1..=FIELD_WORDS_MAX.min(words.len())).rev().find_map(|count| {
        let concept = Concept { field: fields::called(&words[..count].join(" ")), ..Concept::default() };
        concept.field.is_some().then_some((concept, count))
    })
}

/// Of "my late father's death": father, death.
fn concepts_in_words(said: &str, language: Option<Language>, known: &[Named<'_>]) -> Vec<Concept> {
    let raw: Vec<&str> = words(said).collect();
    let lower: Vec<String> = raw.iter().map(|word| word.to_lowercase()).collect();
    let mut concepts: Vec<Concept> = Vec::new();
    let has_field = (0..raw.len()).any(|at| field_at(&lower[at..]).is_some());
    // How many concepts there were when "my" was said.
    let mut mine: Option<usize> = None;
    let mut at = 0;
    while at < raw.len() {
        let person = (1..=NAME_WORDS_MAX.min(raw.len() - at)).rev().find_map(|count| {
            let said = somebody(&lower[at..at + count].join(" "), language)?;
            Some((said, count))
        });
        let before = at.checked_sub(1).map(|before| lower[before].as_str());
        if let Some((person, count)) = person {
            // "My late father": what describes him does not tell him from others.
            concepts.truncate(mine.take().unwrap_or(concepts.len()));
            at += count;
            at += lower[at..].iter().take_while(|word| DESCRIBING.contains(&word.as_str())).count();
            let own = !is_anothers(said, before.unwrap_or_default(), &person.word);
            let named = raw.get(at).filter(|word| own && is_named(word, &person, known)).copied();
            at += usize::from(named.is_some());
            concepts.push(Concept::of_somebody(&person, own, named, known));
            continue;
        }
        if let Some((field, count)) = field_at(&lower[at..]) {
            concepts.push(field);
            mine = None;
            at += count;
            continue;
        }
        let word = lower[at].as_str();
        if let Some(named) = known.iter().find(|known| is_called(raw[at], known.name)) {
            concepts.push(by_name(named, known));
            let parts = named.name.split_whitespace().zip(&raw[at..]);
            at += parts.take_while(|(part, word)| part.eq_ignore_ascii_case(word)).count().max(1);
            continue;
        }
        if OWN.contains(&word) {
            mine = Some(concepts.len());
        } else if EMPTY.contains(&word) || has_field && VAGUE.contains(&word) {
            mine = None;
        } else {
            concepts.push(Concept::of_word(word));
        }
        at += 1;
    }
    concepts
}

/// Whether the words around say that somebody is another's: "her mother", "Tom's mother", "la mère d'Anne".
fn is_anothers(said: &str, before: &str, word: &str) -> bool {
    let lower = said.to_lowercase().replace('’', "'");
    let of = || [" de ", " du ", " d'", " of "].iter().any(|of| lower.contains(&format!("{word}{of}")));
    !OWN.contains(&before)
        && (OTHERS.contains(&before) || lower.contains(&format!("{before}'s {word}")) || of())
}

/// Whether the word behind what somebody is names them.
fn is_named(word: &str, person: &Said, known: &[Named<'_>]) -> bool {
    let written_large = word.len() > 1 && word.chars().next().is_some_and(char::is_uppercase);
    let known_so =
        |known: &Named<'_>| person.relations.contains(&known.relation) && is_called(word, known.name);
    written_large || known.iter().any(known_so)
}

/// Somebody who was called by their name: also what they are, where nobody else is that.
fn by_name(named: &Named<'_>, known: &[Named<'_>]) -> Concept {
    let said = facts::relations().find(|(_, _, relation)| *relation == named.relation);
    let Some((language, word, relation)) = said else {
        let mut concept = Concept::default();
        concept.add_name(named.name);
        return concept;
    };
    let said = Said { word: word.to_owned(), language: Some(language), relations: vec![relation] };
    Concept::of_somebody(&said, true, Some(named.name), known)
}

#[cfg(test)]
mod tests;
