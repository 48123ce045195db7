//! Reads a message: what is the user's own assertion, and which patterns it fits. Must not know any language's patterns.

mod spoken;
mod when;

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

pub(super) use self::spoken::may_go_on;
use self::spoken::reference;
use super::lists;
use super::others::{Mentions, Person, Subject};
use super::pattern::{Grammar, Pattern, Special, fill};
use super::unreal::{self, Unreal};
use super::{Extraction, Fact, ForgetRequest, READ_BYTES_MAX, Told, USER};
use super::{alike, chinese, dates, english, french, wording};
use crate::language::{Language, head, stands_alone};
use crate::store::FactKind;
use crate::text::sentence::sentences;
use crate::time::{self, describe_date};

/// Sentences longer than this tell too much at once for a pattern.
const SENTENCE_BYTES_MAX: usize = 600;
/// Most clauses of a sentence that are tried.
const CLAUSES_MAX: usize = 12;
/// What is not told with a laugh.
const SERIOUS: &[&str] = &["died", "condition", "put down", "passed", "lost"];
/// How sure patterns are that say outright that somebody is called so.
const CALLED: f64 = 0.9;
/// Longest value.
const VALUE_CHARACTERS_MAX: usize = 120;

/// What is not the user's assertion: code, quoted lines, what stands in quotation marks, actions of three words and more between
/// asterisks, links.
static FOREIGN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?ms)```.*?(?:```|\z)|~~~.*?(?:~~~|\z)|`[^`\n]*`|^[ \t]*>[^\n]*$|"[^"\n]*"|“[^”]*”|«[^»]*»|「[^」]*」|『[^』]*』|‘[^’\n]{0,80}’|\*[^*\s]+(?:\s+[^*\s]+){2,}\*|https?://\S+"#,
    )
    .expect("the pattern is valid")
});

/// What makes "remember that …" a request of the companion.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    time::compiled(
        r"please|can you|could you|will you|want you to|keep in mind|make a note|remember\s*:|don['’]t forget that|s['’]il te pla|stp|tu peux|peux-tu|pourrais-tu|note\b|retiens|n['’]oublie|请|帮我|麻烦|你要|你得|一定|别忘|不要忘",
    )
});

/// What makes the clause after it a rule or somebody else's words, and no wish of the user's: "the first rule is: don't talk about it".
static REPORTED: LazyLock<Regex> = LazyLock::new(|| {
    time::compiled(concat!(
        r"(?:",
        r"\b(?:rules?|advice|tips?|motto|proverb|saying|sign|poster|policy|lesson|commandment)\b[^.!?]{0,30}\b(?:is|was|says?|said|reads?|goes)\s*[:,]",
        r"|\b(?:my|our|his|her|their|the|an?)\s+\p{L}+(?:\s+\p{L}+)?\s+(?:(?:always|once|often|just)\s+)?(?:told|tells|keeps\s+(?:telling|saying)|said|says|warned|warns|advised|advises|wrote|writes|texted|replied|taught|used\s+to\s+say)\b[^.!?,:]{0,20}[:,]",
        r"|\bi\s+(?:told|asked|said\s+to)\s+(?:my|our|the|him|her|them|everyone|people)\b[^.!?,:]{0,20}[:,]",
        r"|\b(?:règle|conseil|devise|proverbe|panneau|affiche|leçon)\b[^.!?]{0,30}(?:est|était|dit|disait)\s*[:,]",
        r"|\b(?:mon|ma|mes|notre|son|sa|le|la|un|une)\s+\p{L}+\s+(?:m['’]a\s+|nous\s+a\s+|me\s+|a\s+)?(?:toujours\s+)?(?:dit|disait|répète|répétait|écrit|écrivait|conseillé|prévenue?)(?:\s[^.!?,:]{0,20})?[:,]",
        r"|(?:规则|规矩|原则|忠告|口号|标语)[^。！？]{0,10}(?:是|说|写着)\s*[：:，,]",
        r"|[\p{Han}]{1,6}(?:跟我说|对我说|告诉我|教我|常说|总说|写道)\s*[：:，,]",
        r")\s*$"
    ))
});

/// Work that is no job.
static UNPAID: LazyLock<Regex> =
    LazyLock::new(|| time::compiled(r"\b(?:volunteers?|unpaid|b[ée]n[ée]voles?)\b|志愿|义工|義工|义务"));

/// What has a name of its own and is none of the things that one has.
static NOT_HAD: LazyLock<Regex> = LazyLock::new(|| {
    time::compiled(
        r"\b(?:ph\.?d|mba|m\.?sc|b\.?sc|masters?|bachelors?|zoom|teams|skype|slack|twitter|instagram|facebook|tiktok|linkedin|netflix|spotify|gmail|discord|reddit|hinge|tinder|covid|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|christmas|easter|noël|uber|airbnb|god|dieu)\b",
    )
});

pub(super) fn extract(message: &str, before: Option<&str>, told: Told<'_>) -> Extraction {
    // Only the first words of a message go on from the one before it.
    let spoken_of = before.map(|before| read(before, Mentions::new(told.people), told).1);
    let mentions = Mentions::going_on(told.people, spoken_of);
    read(message, mentions, told).0
}

/// What a message says, and whom and what it told of.
fn read(message: &str, mut mentions: Mentions, told: Told<'_>) -> (Extraction, Mentions) {
    let message = head(message, READ_BYTES_MAX);
    let own = own_words(message);
    let mut extraction = Extraction::default();
    let mut unreal = Unreal::default();
    // Where the sentence before ends, how many facts there were before it, and how many line ends end what it quotes.
    let (mut end, mut recent, mut quoted) = (0, 0, 0);
    for range in whole_sentences(&own) {
        let between = own.get(end..range.start).unwrap_or_default();
        let is_unreal = unreal.hears(between, &own[range.clone()]);
        if between.matches('\n').count() >= quoted {
            quoted = 0;
        }
        end = range.end;
        let before = extraction.facts.len();
        if range.len() <= SENTENCE_BYTES_MAX && quoted == 0 {
            let sentence = Sentence { unreal: is_unreal, ..Sentence::new(message, &own, range, told) };
            sentence.take_back(recent, &mut extraction.facts);
            quoted = sentence.read(&mut mentions, &mut extraction);
            sentence.correct(extraction.facts.get_mut(recent..).unwrap_or_default());
        }
        recent = before.min(extraction.facts.len());
        mentions.next_sentence();
    }
    let mut seen = Vec::new();
    extraction.facts.retain(|fact| {
        let key = (fact.subject.clone(), fact.predicate.clone(), fact.value.to_lowercase(), fact.holds);
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    (extraction, mentions)
}

/// The sentences, each that says nothing without the next one together with it: "I've moved. Bristol now."
fn whole_sentences(own: &str) -> Vec<Range<usize>> {
    let mut whole: Vec<Range<usize>> = Vec::new();
    let mut unfinished = false;
    for range in sentences(own) {
        let text = &own[range.clone()];
        let begins = grammar(Language::detect(text)).unfinished.is_match(text);
        if let Some(last) = whole.last_mut().filter(|_| unfinished) {
            last.end = range.end;
        }
        // The next one may say something else by itself.
        whole.push(range);
        unfinished = begins;
    }
    whole
}

/// The message with everything foreign blanked out, byte for byte, so that places stay the same.
fn own_words(message: &str) -> String {
    let mut own = String::with_capacity(message.len());
    let mut end = 0;
    for foreign in FOREIGN.find_iter(message) {
        own.push_str(&message[end..foreign.start()]);
        // A mark that no pattern's value goes over.
        let length = foreign.len();
        own.push('|');
        own.extend(std::iter::repeat_n(' ', length - 1));
        end = foreign.end();
    }
    own.push_str(&message[end..]);
    own
}

/// What stands there in the message. A sentence may end within what was blanked out, and so within a letter of the message; its words end
/// before that.
fn quoted<'m>(message: &'m str, range: &Range<usize>) -> &'m str {
    let start = message.floor_char_boundary(range.start);
    message[start..message.floor_char_boundary(range.end).max(start)].trim()
}

fn grammar(language: Language) -> &'static Grammar {
    match language {
        Language::English => &english::GRAMMAR,
        Language::French => &french::GRAMMAR,
        Language::Chinese => &chinese::GRAMMAR,
    }
}

/// A sentence that is read, with all that its facts need.
#[expect(clippy::struct_excessive_bools, reason = "each is seen by itself")]
struct Sentence<'a> {
    /// In the spelling of the patterns, without laughter.
    text: String,
    /// As it stands in the message.
    quote: &'a str,
    grammar: &'static Grammar,
    told: Told<'a>,
    /// Whether it laughs.
    laughs: bool,
    /// Whether it has no capital letters, so that names have none.
    small: bool,
    /// Whether the message introduces whoever wrote it.
    introduces: bool,
    /// Whether it goes on with a dream or a story.
    unreal: bool,
}

/// A clause, and the sentence from its beginning on: patterns see for themselves where it ends.
#[derive(Clone, Copy)]
struct Clause<'a> {
    alone: &'a str,
    on: &'a str,
}

/// Where clauses begin: at the start, and after each joint, past openers.
fn clauses(text: &str, grammar: &Grammar) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(grammar.joined(text).map(|joint| joint.end));
    for start in &mut starts {
        while let Some(opener) = grammar.openers.find(&text[*start..]).filter(|opener| !opener.is_empty()) {
            *start += opener.end();
        }
    }
    starts.dedup();
    starts.truncate(CLAUSES_MAX);
    starts
}

impl<'a> Sentence<'a> {
    fn new(message: &'a str, own: &str, range: Range<usize>, told: Told<'a>) -> Self {
        let written = &own[range.clone()];
        let grammar = grammar(Language::detect(written));
        // Telephones write the first letter of a sentence large; in English it may be "I", which those who write no others may, too.
        let skips = grammar.language == Language::French;
        Self {
            text: grammar.untagged(&grammar.spelled(written)),
            quote: quoted(message, &range),
            grammar,
            told,
            laughs: grammar.laughs.is_match(written),
            small: !written.trim_start().chars().skip(usize::from(skips)).any(char::is_uppercase),
            introduces: grammar.introduces.is_match(own),
            unreal: false,
        }
    }

    /// Takes what the sentence says; the number of line ends up to which what follows are another's words, who speaks last in it.
    fn read(&self, mentions: &mut Mentions, extraction: &mut Extraction) -> usize {
        let (text, grammar) = (self.text.as_str(), self.grammar);
        let asks = text.ends_with(['?', '？']) || grammar.asks.is_match(text);
        let starts = clauses(text, grammar);
        let before = extraction.facts.len();
        // "…, my brother wrote."
        let said_behind = last_speech(text, grammar).filter(|speech| !has_letters(&text[speech.end..]));
        let (mut theirs, mut quotes, mut quoted) = (false, false, 0);
        for (index, &start) in starts.iter().enumerate() {
            mentions.next_clause();
            let own_again =
                grammar.contrasts.is_match(&text[..start]) && grammar.naming.first.is_match(&text[start..]);
            theirs &= quotes || !own_again;
            let supposed_before = theirs || grammar.supposes.is_match(&text[..start]);
            let said = said_behind.as_ref().is_some_and(|speech| speech.start > start);
            let asserted = !asks && !self.unreal && !supposed_before && !said && !self.supposes_at(start);
            let follows = extraction.facts[before..].iter().any(|fact| fact.subject == USER);
            let opens = index == 0 || follows;
            let end = starts.get(index + 1).map_or(text.len(), |next| start.max(*next));
            let is_reported = REPORTED.is_match(&text[..start]);
            let clause = Clause { alone: &text[start..end], on: &text[start..] };
            self.read_clause(clause, mentions, extraction, |pattern| {
                let direct = matches!(pattern.special, Special::Note | Special::Forget)
                    || pattern.kind == FactKind::Avoid;
                let fits = match pattern.special {
                    Special::Opening => opens,
                    Special::Behind => follows,
                    Special::Introduction => self.introduces,
                    _ => true,
                };
                fits && if direct { !supposed_before && !is_reported } else { asserted }
            });
            if let Some(speech) = last_speech(clause.alone, grammar) {
                theirs = true;
                // "Tom said, …": word for word. "Tom says I'm lazy, but I …" is the user again.
                quotes = !has_letters(&clause.alone[speech.end..]);
                // What stands on lines of its own goes on to an empty one.
                let lines = if has_letters(&text[end..]) { 1 } else { 2 };
                quoted = if clause.alone.trim_end().ends_with([':', '：']) { lines } else { 0 };
            }
        }
        quoted
    }

    /// Takes back the facts from `recent` on if the sentence does: "just kidding"; of "I'm pregnant… with ideas, haha" what is not told with a laugh.
    fn take_back(&self, recent: usize, facts: &mut Vec<Fact>) {
        let said = &self.text;
        if unreal::is_joke(said) {
            facts.truncate(recent);
        } else if self.laughs && unreal::is_punchline(said) {
            let serious = |fact: &Fact| SERIOUS.contains(&fact.predicate.as_str());
            let kept = facts.split_off(recent.min(facts.len())).into_iter().filter(|fact| !serious(fact));
            facts.extend(kept.collect::<Vec<_>>());
        }
    }

    /// Puts the last of the facts right that were just told, if the sentence does so: "no wait, Porto".
    fn correct(&self, facts: &mut [Fact]) {
        let Some(last) = facts.last().filter(|last| last.holds && !last.value.is_empty()) else { return };
        let Some(captures) = self.grammar.corrects.captures(&self.text) else { return };
        let value = captures.name("value").map_or("", |value| clean(value.as_str()));
        let is_name = value.starts_with(char::is_uppercase);
        let alike = is_name == last.value.starts_with(char::is_uppercase) && self.can_be(last, value);
        // "I mean" and "no wait" say other things, too.
        let names =
            matches!(last.kind, FactKind::Identity | FactKind::Place | FactKind::Work | FactKind::Person);
        let clear = is_name || value.starts_with(|first: char| first.is_ascii_digit()) || names && self.small;
        let doubtful = captures.name("doubtful").is_some() && !clear;
        if !alike || doubtful || self.grammar.lists.refused.is_match(value) {
            return;
        }
        // In the one place that a value has in a sentence; the name before it may be the same word.
        let said = third_person(&last.value, self.grammar);
        let Some(place) = last.text.rfind(&said) else { return };
        let mut text = last.text.clone();
        text.replace_range(place..place + said.len(), &third_person(value, self.grammar));
        let right = Fact { value: value.to_owned(), text, quote: self.quote.to_owned(), ..last.clone() };
        let wrong = last.clone();
        let same = |fact: &&mut Fact| {
            fact.subject == wrong.subject && fact.predicate == wrong.predicate && fact.value == wrong.value
        };
        facts.iter_mut().filter(same).for_each(|fact| fact.clone_from(&right));
    }

    /// Whether a value is what the predicate of a fact asks for: a name, a place.
    fn can_be(&self, fact: &Fact, value: &str) -> bool {
        let grammar = self.grammar;
        if value.is_empty() || grammar.empty_values.is_match(value) {
            return false;
        }
        // Who writes capitals writes them in names of places and firms.
        let small = value.contains(char::is_lowercase) && !value.contains(char::is_uppercase) && !self.small;
        match fact.predicate.as_str() {
            "name" => !grammar.not_names.is_match(value),
            "home" | "lived in" | "origin" => !small && !grammar.not_places.is_match(value),
            "employer" => !small || value.contains(' '),
            // "Un Allemand" is somebody.
            "has" => {
                let last = value.rsplit(' ').next().filter(|last| last.starts_with(char::is_uppercase));
                !NOT_HAD.is_match(value) && last.is_none_or(|last| !grammar.not_names.is_match(last))
            }
            // Who helps somewhere may have another job.
            "job" => !UNPAID.is_match(value),
            relation if fact.kind == FactKind::Person && super::is_relation(relation) => {
                let is_called = fact.confidence >= CALLED;
                !grammar.not_names.is_match(value) && (is_called || !grammar.described.is_match(value))
            }
            _ => true,
        }
    }

    /// Whether the rest of the sentence, up to the next clause, supposes.
    fn supposes_at(&self, start: usize) -> bool {
        self.grammar.supposes.is_match(&self.text[start..])
    }

    /// What a clause says by the patterns that are `allowed`, of the user and of others.
    fn read_clause(
        &self,
        clause: Clause<'_>,
        mentions: &mut Mentions,
        extraction: &mut Extraction,
        allowed: impl Fn(&Pattern) -> bool,
    ) {
        let naming = &self.grammar.naming;
        let before = extraction.facts.len();
        if let Some(person) = Mentions::introduced(clause.on, self.grammar) {
            mentions.told(person);
        }
        let told = self.read_of_user(clause.on, mentions, extraction, &allowed);
        // What fits and says nothing ("I love the theme") is no clause to go on from.
        let empty = told && extraction.facts.len() == before;
        let mut about = 0;
        // What was told may be the name.
        if let Some((person, rest)) = mentions.read(clause.on, self.grammar) {
            about = clause.on.len() - rest.len();
            let known = self.read_of(&person, rest, mentions, extraction, &allowed);
            let alone = known || !naming.shared.is_match(rest);
            mentions.subject = alone.then_some(Subject::Person(person));
        } else if let Some(first) = naming.first.captures(clause.on) {
            mentions.subject = Some(Subject::User { am: first.name("am").is_some() });
        } else if told {
            mentions.subject = None;
        } else {
            self.read_without_subject(clause.on, mentions, extraction, &allowed);
        }
        // Behind the one whom the clause is about: "my brother who smokes and …" goes on about him.
        let relates = naming.relates.find_iter(clause.alone).any(|relates| relates.start() > about);
        if empty || relates || naming.open.is_match(clause.alone) {
            mentions.subject = None;
        }
    }

    /// What a clause says that names nobody, if the one before it did.
    fn read_without_subject(
        &self,
        clause: &str,
        mentions: &mut Mentions,
        extraction: &mut Extraction,
        allowed: &impl Fn(&Pattern) -> bool,
    ) {
        let naming = &self.grammar.naming;
        let goes_on = match mentions.subject.clone() {
            None => return,
            Some(Subject::Person(person)) => {
                let known = self.read_of(&person, clause, mentions, extraction, allowed);
                known || naming.relative.is_match(clause)
            }
            Some(Subject::User { am }) => {
                let words = naming.am_words.iter().filter(|_| am).chain(naming.first_words);
                // Whoever "is called" without being named is the one told of last.
                let allowed = |pattern: &Pattern| pattern.predicate != "name" && allowed(pattern);
                words
                    .map(|words| format!("{words}{clause}"))
                    .any(|whole| self.read_of_user(&whole, mentions, extraction, &allowed))
            }
        };
        if !goes_on {
            mentions.subject = None;
        }
    }

    /// What a clause says of the user; whether a pattern fits.
    fn read_of_user(
        &self,
        clause: &str,
        mentions: &mut Mentions,
        extraction: &mut Extraction,
        allowed: &dyn Fn(&Pattern) -> bool,
    ) -> bool {
        let before = extraction.facts.len();
        let fits = |pattern: &Pattern| {
            allowed(pattern)
                && self.means_somebody(pattern, clause, mentions)
                && reference(pattern, clause)
                    .is_none_or(|by| mentions.meant(pattern.predicate, by.bare).is_some())
        };
        let Some(pattern) = first_fitting(&self.grammar.patterns, clause, &fits) else { return false };
        self.take(pattern, clause, None, mentions, extraction);
        let captures = pattern.regex.captures(clause);
        let group = |name: &str| captures.as_ref().and_then(|captures| captures.name(name));
        // "Brothers" is the word for none of them.
        let named = pattern.special == Special::Names;
        let word = group("relation").filter(|_| !named).map(|word| word.as_str());
        for fact in &extraction.facts[before..] {
            mentions.learn(fact, word, self.grammar);
        }
        let [work, at_work] = self.grammar.employed;
        let further = [
            (group("also").map(|also| also.as_str().to_owned()), FactKind::Person),
            (
                group("having").map(|thing| format!("{}{}", self.grammar.having, thing.as_str())),
                FactKind::Person,
            ),
            (group("firm").map(|firm| format!("{work}{}{at_work}", firm.as_str())), FactKind::Work),
            (group("count").map(|_| clause.to_owned()), FactKind::Person),
            (group("spouse").map(|name| self.grammar.married.replace("{}", name.as_str())), FactKind::Person),
        ];
        for (clause, kind) in further {
            let Some(clause) = clause else { continue };
            let further = |inner: &Pattern| {
                inner.kind == kind && allowed(inner) && !(named && inner.special == Special::Names)
            };
            self.read_of_user(&clause, mentions, extraction, &further);
        }
        true
    }

    /// Whether whom a pattern must mean is known.
    fn means_somebody(&self, pattern: &Pattern, clause: &str, mentions: &Mentions) -> bool {
        let must = matches!(pattern.special, Special::Parted | Special::Lost);
        let who = || pattern.regex.captures(clause)?.name("who").map(|who| clean(who.as_str()).to_owned());
        !must || who().is_none_or(|who| mentions.find(&who, self.grammar).is_some())
    }

    /// What is said of somebody behind the words that name them; whether a pattern fits.
    fn read_of(
        &self,
        person: &Person,
        rest: &str,
        mentions: &mut Mentions,
        extraction: &mut Extraction,
        allowed: &impl Fn(&Pattern) -> bool,
    ) -> bool {
        let rest = rest.trim_start();
        let rest = &rest[self.grammar.naming.relative.find(rest).map_or(0, |found| found.end())..];
        let Some(pattern) = first_fitting(&self.grammar.others, rest, allowed) else { return false };
        let before = extraction.facts.len();
        self.take(pattern, rest, Some(person), mentions, extraction);
        let name = extraction.facts[before..].last().filter(|_| pattern.special == Special::Named);
        mentions.told(name.map_or_else(|| person.clone(), |name| person.called(&name.value)));
        true
    }

    /// Takes what a pattern finds in a clause, about `of` or the user.
    fn take(
        &self,
        pattern: &Pattern,
        clause: &str,
        of: Option<&Person>,
        mentions: &mut Mentions,
        extraction: &mut Extraction,
    ) {
        let before = extraction.facts.len();
        let Some(captures) = pattern.regex.captures(clause) else { return };
        let group = |name: &str| captures.name(name).map(|group| group.as_str().trim());
        let thing = reference(pattern, clause).and_then(|by| mentions.meant(pattern.predicate, by.bare));
        let value = thing
            .as_deref()
            .unwrap_or_else(|| clean(group("value").or_else(|| group("others")).unwrap_or_default()));
        match pattern.special {
            Special::Forget => {
                let what = if self.grammar.empty_values.is_match(value) { "" } else { value };
                extraction.forget.push(ForgetRequest { what: what.to_owned(), quote: self.quote.to_owned() });
            }
            Special::Note => self.note(pattern, value, mentions, extraction),
            Special::Idiom => {}
            Special::Parted | Special::Lost => {
                let found = group("who").and_then(|who| mentions.find(clean(who), self.grammar));
                let person = of.cloned().or(found);
                let within = self.part_of(clause);
                extraction.facts.extend(person.and_then(|who| self.gone(pattern, value, &who, &within)));
            }
            _ => {
                let mut values = Vec::new();
                let first = captures.name("value").map(|first| &clause[first.start()..]);
                if let Some(first) = first.filter(|_| lists::is_listed(pattern)) {
                    values = lists::values(first, pattern, &self.grammar.lists);
                } else if pattern.special == Special::Names {
                    values = lists::names(value, &self.grammar.lists, &self.grammar.around_names);
                }
                if values.is_empty() && pattern.special != Special::Names {
                    values.push(value);
                }
                let within = self.part_of(clause);
                let read =
                    |value| self.fact(pattern, self.without_day(pattern, clean(value)), &group, of, &within);
                extraction.facts.extend(values.into_iter().filter_map(read));
                // "Her name isn't Clara, it's Klara."
                if let Some(wrong) = group("wrong").and_then(read) {
                    extraction.facts.push(Fact { holds: false, ..wrong });
                }
            }
        }
        let new = extraction.facts.split_off(before);
        extraction.facts.extend(new.into_iter().filter_map(|fact| Self::known_as(pattern, fact, mentions)));
        let new = extraction.facts.get(before..).unwrap_or_default();
        let days: Vec<Fact> = new.iter().filter_map(|fact| self.day_of_death(fact, clause)).collect();
        extraction.facts.extend(days);
    }

    /// A fact in the words of what else is known: what whom the user married is to them. `None` where that can't be.
    fn known_as(pattern: &Pattern, mut fact: Fact, mentions: &mut Mentions) -> Option<Fact> {
        if pattern.special == Special::Married {
            mentions.married(&fact.value)?.clone_into(&mut fact.predicate);
        }
        mentions.told_of(&fact);
        Some(fact)
    }

    /// "Remember that …": what other patterns make of the rest, and surer; else the words themselves.
    fn note(&self, pattern: &Pattern, value: &str, mentions: &mut Mentions, extraction: &mut Extraction) {
        // "Remember that time when …" asks.
        let first = value.split_whitespace().next().unwrap_or_default().to_lowercase();
        let asks = ["time", "day", "night", "moment", "one", "song", "movie"].contains(&first.as_str());
        if value.is_empty() || asks || self.grammar.empty_values.is_match(value) {
            return;
        }
        // "Remember that life is short" is advice, unless it was asked for.
        let asked = ASKED.is_match(&self.text);
        if !asked && !self.grammar.own.is_match(value) {
            return;
        }
        let before = extraction.facts.len();
        self.read_clause(Clause { alone: value, on: value }, mentions, extraction, |inner| {
            !matches!(inner.special, Special::Note | Special::Forget)
        });
        if extraction.facts.len() == before {
            extraction.facts.extend(self.fact(pattern, value, &|_| None, None, &(0..self.text.len())));
        }
        for fact in &mut extraction.facts[before..] {
            fact.confidence = fact.confidence.max(0.95);
        }
    }

    /// That somebody left the user, or died.
    fn gone(&self, pattern: &Pattern, value: &str, who: &Person, within: &Range<usize>) -> Option<Fact> {
        let none = |_: &str| None;
        if pattern.special == Special::Lost {
            let value = if value.is_empty() { self.grammar.died } else { value };
            let fact = self.fact(pattern, value, &none, Some(who), within)?;
            return Some(Fact { predicate: "died".to_owned(), ..fact })
                .filter(|_| who.can_be(pattern.predicate));
        }
        let fact = self.fact(pattern, "", &none, None, within)?;
        let value = who.name().unwrap_or_default().to_owned();
        Some(Fact { value, ..fact }).filter(|_| super::is_partner(who.relation()))
    }

    fn fact<'c>(
        &self,
        pattern: &Pattern,
        value: &'c str,
        group: &dyn Fn(&str) -> Option<&'c str>,
        of: Option<&Person>,
        within: &Range<usize>,
    ) -> Option<Fact> {
        // "Not today" says nothing of other days.
        let day_off = pattern.special == Special::Habit && self.is_of_a_day(within);
        let lent = group("heir").is_some() && when::is_lent(&self.text);
        if day_off || lent || self.says_nothing(pattern, value) {
            return None;
        }
        let mut fact = self.plain(pattern, value, of);
        let relation = group("relation");
        let mut date = String::new();
        match pattern.special {
            Special::Plain
            | Special::Note
            | Special::Forget
            | Special::Idiom
            | Special::Opening
            | Special::Parted
            | Special::Married
            | Special::Habit
            | Special::Introduction => {}
            Special::Behind | Special::Names if !pattern.predicate.is_empty() => {}
            Special::Named => {
                USER.clone_into(&mut fact.subject);
                of?.relation().clone_into(&mut fact.predicate);
            }
            Special::Relation | Special::Behind | Special::Names => {
                self.grammar.relation_of_several(relation?)?.clone_into(&mut fact.predicate);
            }
            Special::Favourite => fact.predicate = format!("favourite {}", group("thing")?.to_lowercase()),
            Special::Age => date = self.age(value, &mut fact)?,
            Special::Birthday => date = self.birthday(value, [relation, group("named")], of, &mut fact)?,
            Special::BirthdayNow => {
                (fact.value, date) =
                    dates::birthday_now(&self.text, self.leaning(), self.told.at, self.grammar.language)?;
            }
            Special::Begins | Special::Lost => self.begins(within, &mut fact)?,
            Special::OnDay | Special::OnDayOnly => date = self.on_day(pattern, within, &mut fact)?,
            Special::Starts => date = self.starts(within, &mut fact),
            Special::Moved => date = self.moved(group("to"), &mut fact)?,
            Special::Again => date = self.again(group("to"), &mut fact),
            Special::Nth => {
                let nth = ["nth", "nth2", "nth3"].iter().find_map(|name| group(name))?;
                fact.value = alike::so_many(nth, group("thing"), self.grammar.language)?;
            }
            Special::Yearly => {
                let day = ["day", "day2", "day3"].iter().find_map(|name| group(name)).unwrap_or_default();
                date = self.yearly(clean(day), &mut fact)?;
            }
        }
        if !fact.holds {
            fact.began_by = self.happened(within);
            fact.valid_to = self.ended(within);
        }
        if fact.holds && !self.can_be(&fact, &fact.value) {
            return None;
        }
        fact.text = self.written(self.worded(pattern, &fact), value, &fact.value, group, &date, of);
        Some(fact)
    }

    /// A fact as its pattern has it.
    fn plain(&self, pattern: &Pattern, value: &str, of: Option<&Person>) -> Fact {
        Fact {
            kind: pattern.kind,
            subject: of.map_or(USER, Person::subject).to_owned(),
            predicate: pattern.predicate.to_owned(),
            value: value.to_owned(),
            holds: pattern.holds,
            text: String::new(),
            quote: self.quote.to_owned(),
            valid_from: None,
            valid_to: None,
            began_by: None,
            replaces: false,
            said: self.told.at.timestamp(),
            confidence: pattern.confidence,
            language: self.grammar.language,
        }
    }

    /// The pattern whose words a fact has: what turned out to be over has others.
    fn worded<'p>(&'p self, pattern: &'p Pattern, fact: &Fact) -> &'p Pattern {
        let is_past = fact.predicate == when::PAST_HOME && pattern.predicate != when::PAST_HOME;
        let mut past = self.grammar.patterns.iter().filter(|_| is_past);
        past.find(|past| past.predicate == fact.predicate).unwrap_or(pattern)
    }

    /// Whether a value shows that no fact was meant.
    fn says_nothing(&self, pattern: &Pattern, value: &str) -> bool {
        let grammar = self.grammar;
        // "It's my birthday" says when.
        let may_be_empty =
            !pattern.holds || matches!(pattern.special, Special::Birthday | Special::Nth | Special::Yearly);
        let empty = if value.is_empty() {
            !may_be_empty
        } else {
            pattern.holds && grammar.empty_values.is_match(value)
        };
        let reacts = pattern.kind == FactKind::Preference
            && ["likes", "dislikes", "prefers"].contains(&pattern.predicate)
            && grammar.reactions.is_match(value)
            && !grammar.lasting.is_match(value);
        let unfit = value.chars().count() > VALUE_CHARACTERS_MAX || value.contains('|');
        empty || unfit || reacts || self.laughs && SERIOUS.contains(&pattern.predicate)
    }

    /// The sentence of a fact.
    fn written<'c>(
        &self,
        pattern: &Pattern,
        said: &str,
        value: &str,
        group: &dyn Fn(&str) -> Option<&'c str>,
        date: &str,
        of: Option<&Person>,
    ) -> String {
        let on_day = matches!(
            pattern.special,
            Special::OnDay | Special::OnDayOnly | Special::Moved | Special::Again | Special::Yearly
        );
        let shown = if on_day { said } else { value };
        let shown = match pattern.special {
            // In the user's own words.
            Special::Note => shown.to_owned(),
            _ => third_person(shown, self.grammar),
        };
        let name = self.told.user_name.map(str::trim).filter(|name| !name.is_empty());
        let user = name.unwrap_or(self.grammar.user);
        let who = of.map_or_else(|| user.to_owned(), |person| person.described(user, &self.grammar.naming));
        let named = |name: &str| group(name).unwrap_or_default();
        // What stands before a place: "à", "en".
        let at = group("at").map(|at| format!("{at} ")).unwrap_or_default();
        let template = wording::template(pattern.text, &shown, self.grammar.language).replace("{at}", &at);
        // An anniversary may have no name of its own.
        let template = if shown.is_empty() { template.replace(" {value}", "") } else { template };
        let text = fill(&template, &who, &shown, named("relation"), named("thing"), date);
        wording::agreed(text, user, name.is_some(), self.grammar.language)
    }

    /// Puts an age in years into the fact, with the day on which it was true; that day in words.
    fn age(&self, value: &str, fact: &mut Fact) -> Option<String> {
        let language = self.grammar.language;
        let years = value.parse::<u8>().ok().or_else(|| dates::number(value, language))?;
        // Who writes is no small child; children and animals may be.
        let least = if fact.subject == USER { 5 } else { 1 };
        if !(least..=120).contains(&years) {
            return None;
        }
        fact.value = years.to_string();
        fact.valid_from = Some(self.told.at.timestamp());
        Some(describe_date(self.told.at.date(), language))
    }
}

/// Where in a text somebody else speaks last; see [`Grammar::speech`].
fn last_speech(text: &str, grammar: &Grammar) -> Option<Range<usize>> {
    let theirs = grammar.speech.captures_iter(text).filter(|found| found.name("own").is_none());
    theirs.last().and_then(|found| found.get(0)).map(|found| found.range())
}

fn has_letters(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// The first pattern that fits is the one that was meant.
fn first_fitting<'p>(
    patterns: &'p [Pattern],
    clause: &str,
    allowed: &dyn Fn(&Pattern) -> bool,
) -> Option<&'p Pattern> {
    patterns.iter().find(|pattern| allowed(pattern) && pattern.regex.is_match(clause))
}

/// The user's words in a sentence of the third person, in a language.
pub(super) fn in_third_person(value: &str, language: Language) -> String {
    third_person(value, grammar(language))
}

/// The user's words in a sentence of the third person: "my sister" is theirs.
fn third_person(value: &str, grammar: &Grammar) -> String {
    let other = |words: &Captures<'_>| {
        let found = words[0].to_lowercase();
        // "Ma" is no word within "cinéma", whatever a pattern takes for the end of one.
        let alone = words.get(0).is_some_and(|word| stands_alone(value, &word.range()));
        let other = grammar.third_person.iter().find(|(first, _)| alone && *first == found);
        // "我妈": somebody of one's own, not oneself.
        let behind = words.get(0).map_or("", |word| &value[word.end()..]);
        let unmarked = !grammar.naming.spaced && found.chars().count() == 1;
        let somebody = unmarked && grammar.relations.iter().any(|(word, _)| behind.starts_with(word));
        let mark = if somebody { "的" } else { "" };
        other.map_or_else(|| words[0].to_owned(), |(_, third)| format!("{third}{mark}"))
    };
    grammar.first_person.replace_all(value, other).into_owned()
}

/// A value without marks and white space around it.
fn clean(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || ".,;:!?。，；：！？、…~()（）*_-–—".contains(c))
}
