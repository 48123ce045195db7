//! Reads a message: what is the user's own assertion, and which patterns it fits. Must not know any language's patterns.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::{Captures, Regex};

use super::pattern::{Grammar, Pattern, Special};
use super::{Extraction, Fact, ForgetRequest, READ_BYTES_MAX, Told, USER, chinese, dates, english, french};
use crate::language::{Language, head};
use crate::store::FactKind;
use crate::text::sentence::sentences;
use crate::time::{self, Leaning, TimeKind, describe_date};

/// Sentences longer than this tell too much at once for a pattern.
const SENTENCE_BYTES_MAX: usize = 600;
/// Most clauses of a sentence that are tried.
const CLAUSES_MAX: usize = 12;
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

pub(super) fn extract(message: &str, told: Told<'_>) -> Extraction {
    let message = head(message, READ_BYTES_MAX);
    let own = own_words(message);
    let mut extraction = Extraction::default();
    for range in sentences(&own) {
        if range.len() <= SENTENCE_BYTES_MAX {
            read_sentence(message, &own, range, told, &mut extraction);
        }
    }
    let mut seen = Vec::new();
    extraction.facts.retain(|fact| {
        let key = (fact.subject.clone(), fact.predicate.clone(), fact.value.to_lowercase(), fact.holds);
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    extraction
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

fn grammar(language: Language) -> &'static Grammar {
    match language {
        Language::English => &english::GRAMMAR,
        Language::French => &french::GRAMMAR,
        Language::Chinese => &chinese::GRAMMAR,
    }
}

/// A sentence that is read, with all that its facts need.
struct Sentence<'a> {
    text: &'a str,
    /// As it stands in the message.
    quote: &'a str,
    grammar: &'static Grammar,
    told: Told<'a>,
}

fn read_sentence(message: &str, own: &str, range: Range<usize>, told: Told<'_>, extraction: &mut Extraction) {
    let text = &own[range.clone()];
    let grammar = grammar(Language::detect(text));
    let sentence = Sentence { text, quote: message[range].trim(), grammar, told };
    let asks = text.ends_with(['?', '？']) || grammar.asks.is_match(text);
    for start in clauses(text, grammar) {
        let supposed = grammar.supposes.is_match(&text[..start]) || sentence.supposes_at(start);
        let clause = &text[start..];
        for pattern in &grammar.patterns {
            let direct =
                matches!(pattern.special, Special::Note | Special::Forget) || pattern.kind == FactKind::Avoid;
            if (asks || supposed) && !direct || direct && grammar.supposes.is_match(&text[..start]) {
                continue;
            }
            if let Some(captures) = pattern.regex.captures(clause) {
                sentence.take(pattern, &captures, extraction);
                // The first pattern that fits is the one that was meant.
                break;
            }
        }
    }
}

/// Where clauses begin: at the start, and after each joint, past openers.
fn clauses(text: &str, grammar: &Grammar) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(grammar.joints.find_iter(text).map(|joint| joint.end()));
    for start in &mut starts {
        while let Some(opener) = grammar.openers.find(&text[*start..]).filter(|opener| !opener.is_empty()) {
            *start += opener.end();
        }
    }
    starts.dedup();
    starts.truncate(CLAUSES_MAX);
    starts
}

impl Sentence<'_> {
    /// Whether the rest of the sentence, up to the next clause, supposes.
    fn supposes_at(&self, start: usize) -> bool {
        self.grammar.supposes.is_match(&self.text[start..])
    }

    fn take(&self, pattern: &Pattern, captures: &Captures, extraction: &mut Extraction) {
        let group = |name: &str| captures.name(name).map(|group| group.as_str().trim());
        let value = clean(group("value").unwrap_or_default());
        match pattern.special {
            Special::Forget => {
                let what = if self.grammar.empty_values.is_match(value) { "" } else { value };
                extraction.forget.push(ForgetRequest { what: what.to_owned(), quote: self.quote.to_owned() });
            }
            Special::Note => self.note(pattern, value, extraction),
            _ => {
                if let Some(fact) = self.fact(pattern, value, &group) {
                    extraction.facts.push(fact);
                }
            }
        }
    }

    /// "Remember that …": what other patterns make of the rest, and surer; else the words themselves.
    fn note(&self, pattern: &Pattern, value: &str, extraction: &mut Extraction) {
        // "Remember that time when …" asks.
        let first = value.split_whitespace().next().unwrap_or_default().to_lowercase();
        let asks = ["time", "day", "night", "moment", "one", "song", "movie"].contains(&first.as_str());
        if value.is_empty() || asks || self.grammar.empty_values.is_match(value) {
            return;
        }
        // "Remember that life is short" is advice, unless it was asked for.
        let asked = ASKED.is_match(self.text);
        if !asked && !self.grammar.own.is_match(value) {
            return;
        }
        let before = extraction.facts.len();
        for inner in &self.grammar.patterns {
            if inner.special == Special::Note || inner.special == Special::Forget {
                continue;
            }
            if let Some(captures) = inner.regex.captures(value) {
                self.take(inner, &captures, extraction);
                break;
            }
        }
        if extraction.facts.len() == before {
            extraction.facts.extend(self.fact(pattern, value, &|_| None));
        }
        for fact in &mut extraction.facts[before..] {
            fact.confidence = fact.confidence.max(0.95);
        }
    }

    fn fact<'c>(
        &self,
        pattern: &Pattern,
        value: &'c str,
        group: &dyn Fn(&str) -> Option<&'c str>,
    ) -> Option<Fact> {
        if pattern.holds && (value.is_empty() || self.grammar.empty_values.is_match(value)) {
            return None;
        }
        if value.chars().count() > VALUE_CHARACTERS_MAX || value.contains('|') {
            return None;
        }
        let reacts = self.grammar.reactions.is_match(value) && !self.grammar.lasting.is_match(value);
        if pattern.kind == FactKind::Preference && reacts {
            return None;
        }
        let at = self.told.at;
        let mut fact = Fact {
            kind: pattern.kind,
            subject: USER.to_owned(),
            predicate: pattern.predicate.to_owned(),
            value: value.to_owned(),
            holds: pattern.holds,
            text: String::new(),
            quote: self.quote.to_owned(),
            valid_from: None,
            valid_to: None,
            said: at.timestamp(),
            confidence: pattern.confidence,
            language: self.grammar.language,
        };
        let relation = group("relation");
        let mut date = String::new();
        match pattern.special {
            Special::Plain | Special::Note | Special::Forget => {}
            Special::Relation => self.grammar.relation(relation?)?.clone_into(&mut fact.predicate),
            Special::Favourite => fact.predicate = format!("favourite {}", group("thing")?.to_lowercase()),
            Special::Age => date = self.age(value, &mut fact)?,
            Special::Birthday => {
                if let Some(relation) = relation {
                    fact.subject = relation.to_lowercase();
                }
                let (value, words) = dates::birthday(value, at, self.grammar.language)?;
                (fact.value, date) = (value, words);
            }
            Special::Begins => fact.valid_from = self.begins(),
            Special::OnDay | Special::OnDayOnly => date = self.on_day(pattern, &mut fact)?,
        }
        let shown = if pattern.special == Special::OnDay || pattern.special == Special::OnDayOnly {
            value
        } else {
            &fact.value
        };
        fact.text = self.fill(
            pattern.text,
            shown,
            relation.unwrap_or_default(),
            group("thing").unwrap_or_default(),
            &date,
        );
        Some(fact)
    }

    /// Puts an age in years into the fact, with the day on which it was true; that day in words.
    fn age(&self, value: &str, fact: &mut Fact) -> Option<String> {
        let language = self.grammar.language;
        let years = value.parse::<u8>().ok().or_else(|| dates::number(value, language))?;
        if !(5..=120).contains(&years) {
            return None;
        }
        fact.value = years.to_string();
        fact.valid_from = Some(self.told.at.timestamp());
        Some(describe_date(self.told.at.date(), language))
    }

    /// Since when, if the sentence says so: the beginning of "since 2019", the stretch of "two years ago".
    fn begins(&self) -> Option<Timestamp> {
        let zone = self.told.at.time_zone();
        let found = time::parse_leaning(self.text, self.told.at, self.told.anchors, Some(Leaning::Past));
        let first = found.first().filter(|found| matches!(found.kind, TimeKind::At | TimeKind::Since))?;
        first.stretch(zone).map(|stretch| stretch.start)
    }

    /// Puts the day that the sentence names into the fact; the day in words, empty without one.
    fn on_day(&self, pattern: &Pattern, fact: &mut Fact) -> Option<String> {
        let told = self.told;
        let found = time::parse_leaning(self.text, told.at, told.anchors, Some(Leaning::Future));
        let day = found
            .iter()
            .find(|found| found.kind != TimeKind::Recurring && found.start >= told.at.date().at(0, 0, 0, 0));
        let Some(day) = day else {
            return (pattern.special == Special::OnDay).then(String::new);
        };
        let zone = told.at.time_zone();
        fact.valid_to = day.stretch(zone).map(|stretch| stretch.end);
        let language = self.grammar.language;
        if day.is_day() {
            fact.value = format!("{} {}", day.first_day().strftime("%F"), fact.value);
            return Some(dates::on(&describe_date(day.first_day(), language), language));
        }
        let words = &self.text[day.range.clone()];
        Some(format!(" ({words}, {})", describe_date(told.at.date(), language)))
    }

    fn fill(&self, template: &str, value: &str, relation: &str, thing: &str, date: &str) -> String {
        let who = self.told.user_name.filter(|name| !name.trim().is_empty()).unwrap_or(self.grammar.user);
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
}

/// A value without marks and white space around it.
fn clean(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || ".,;:!?。，；：！？、…~()（）*_-–—".contains(c))
}
