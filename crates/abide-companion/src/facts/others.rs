//! What the user says of those around them: "my sister Clara lives in Lisbon", "she's a nurse". Must not know any language's words.
//!
//! Precision before coverage, as for facts about the user: who is meant must be certain. A relation without a name is somebody where there is one
//! of it at most; a pronoun means whom the words just before told of, in the same sentence or the one after it; a bare name means
//! somebody whose name was told.

use std::borrow::Cow;

use regex::{Captures, Regex};

use super::pattern::{Grammar, Pattern, Row, compile_all, fill};
use super::{Fact, KnownFact, USER, alike, appointments};
use crate::language::Language;
use crate::store::FactKind;

/// Relations of which one has several, so that "my friend" alone may be anybody.
pub(super) const MANY: &[&str] =
    &["friend", "colleague", "neighbour", "cousin", "aunt", "uncle", "niece", "nephew"];
const FEMALE: &[&str] = &[
    "mother",
    "sister",
    "daughter",
    "wife",
    "girlfriend",
    "grandmother",
    "aunt",
    "niece",
    "mother-in-law",
    "sister-in-law",
    "daughter-in-law",
];
const MALE: &[&str] = &[
    "father",
    "brother",
    "son",
    "husband",
    "boyfriend",
    "grandfather",
    "uncle",
    "nephew",
    "father-in-law",
    "brother-in-law",
    "son-in-law",
];

/// Those that one has.
pub(super) const ANIMALS: &[&str] =
    &["dog", "cat", "horse", "rabbit", "hamster", "parrot", "bird", "fish", "turtle", "guinea pig"];

/// What a language's patterns say of others, from behind the words that name them.
pub(crate) struct OthersTables {
    pub(crate) home: &'static [Row],
    pub(crate) work: &'static [Row],
    pub(crate) life: &'static [Row],
    pub(crate) health: &'static [Row],
    pub(crate) taste: &'static [Row],
}

impl OthersTables {
    pub(crate) fn patterns(&self, parts: &[(&str, &str)]) -> Vec<Pattern> {
        let tables = [
            (FactKind::Place, self.home),
            (FactKind::Work, self.work),
            (FactKind::Person, self.life),
            (FactKind::Health, self.health),
            (FactKind::Preference, self.taste),
        ];
        compile_all(&tables, &[], parts)
    }
}

/// How a language names who does what a clause says, at its beginning.
pub(crate) struct Naming {
    /// "My sister Clara", with the groups `relation` and, if it is there, `name`; in French `feminine` where "ma" says so.
    pub(crate) relation: Regex,
    /// "She", "it" and "he", the former two with groups of their names.
    pub(crate) pronoun: Regex,
    /// How a sentence names somebody: `{who}` the user, `{relation}` what they are to them, `{value}` their name.
    pub(crate) named: &'static str,
    /// The same without a name.
    pub(crate) unnamed: &'static str,
    /// What stands before the relation where there is no name, masculine and feminine: articles.
    pub(crate) possessives: [&'static str; 2],
    /// Whether blanks stand between words.
    pub(crate) spaced: bool,
    /// "I", with the group `am` where "am" follows.
    pub(crate) first: Regex,
    /// What to put before a clause that leaves "I" out.
    pub(crate) first_words: &'static [&'static str],
    /// The same for one that leaves "I am" out.
    pub(crate) am_words: &'static [&'static str],
    /// "I have a son", with the group `relation`; whoever has a name there is told of by other patterns. [`super::pattern::never`] where there is none.
    pub(crate) introduces: Regex,
    /// "Who", which leaves the one before it the subject.
    pub(crate) relative: Regex,
    /// What shows, behind a name, that somebody else is meant, or somebody besides.
    pub(crate) shared: Regex,
    /// What within a clause gives the next one another subject than its own: "cousins who", as in "I have cousins who smoke and live in Rome".
    pub(crate) relates: Regex,
    /// What of a clause makes that the next one may only be wished or denied, too: "I want to move to Rome and work as a cook".
    pub(crate) open: Regex,
}

/// Who does what a clause says that names nobody: "I live in Lyon and work as a nurse".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// The user.
    User {
        /// Whether "am" was said.
        am: bool,
    },
    Person(Person),
}

/// The people and animals of the user's life whose names are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(Vec<(String, String)>);

impl People {
    /// Those that the facts name: whose predicate is a relation.
    pub fn new(facts: &[KnownFact]) -> Self {
        let named = facts.iter().filter(|fact| fact.current && fact.subject == USER);
        let named = named.filter(|fact| super::is_relation(&fact.predicate) && !fact.value.is_empty());
        Self(named.map(|fact| (fact.predicate.clone(), fact.value.clone())).collect())
    }

    fn add(&mut self, relation: &str, name: &str) {
        if !self.0.iter().any(|(known, called)| known == relation && called == name) {
            self.0.push((relation.to_owned(), name.to_owned()));
        }
    }

    fn named(&self, relation: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == relation).map(|(_, name)| name.as_str())
    }

    /// The name of the only one in this relation.
    fn only(&self, relation: &str) -> Option<&str> {
        let mut named = self.named(relation);
        named.next().filter(|_| named.next().is_none())
    }

    /// Somebody, with what tells them from another of the same name who was told of before.
    fn told_apart(&self, person: Person) -> Person {
        let name = person.name.clone().unwrap_or_default();
        let same = |(_, called): &&(String, String)| called.eq_ignore_ascii_case(&name);
        let first = self.0.iter().find(same).filter(|(relation, _)| !may_be_one(relation, person.relation));
        let apart = first.map(|_| format!("{name} ({})", person.relation));
        Person { apart, ..person }
    }

    /// Whose a fact is that was told of a relation before its name was known: the name, once it is.
    pub fn subject<'a>(&'a self, subject: &'a str) -> &'a str {
        if subject == USER || MANY.contains(&subject) {
            subject
        } else {
            self.only(subject).unwrap_or(subject)
        }
    }
}

/// What partners become by a wedding.
const SPOUSES: &[(&str, &str)] =
    &[("girlfriend", "wife"), ("wife", "wife"), ("boyfriend", "husband"), ("husband", "husband")];

/// Relations in which two of one name may be the same: a friend becomes a partner. Brothers and cousins do not.
const CHOSEN: &[&str] = &[
    "friend",
    "colleague",
    "boss",
    "roommate",
    "neighbour",
    "therapist",
    "former partner",
    "partner",
    "wife",
    "husband",
    "boyfriend",
    "girlfriend",
];

/// Whose deaths are told in words that say other things of others: "dad passed".
const ELDERS: &[&str] = &["mother", "father", "grandmother", "grandfather"];

fn may_be_one(relation: &str, other: &str) -> bool {
    relation == other || CHOSEN.contains(&relation) && CHOSEN.contains(&other)
}

/// Somebody whom a clause tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// What they are to the user, as a predicate.
    relation: &'static str,
    /// The same in the user's word.
    word: String,
    name: Option<String>,
    /// Whether the name stands where they are told of.
    by_name: bool,
    /// Name and relation, where somebody else had the name first.
    apart: Option<String>,
}

impl Person {
    /// The subject of facts about them.
    pub(super) fn subject(&self) -> &str {
        self.apart.as_deref().or(self.name.as_deref()).unwrap_or(self.relation)
    }

    /// Whether what a pattern's predicate says of a death can be said of them: animals are put to sleep for good, and others only for the night.
    pub(super) fn can_be(&self, predicate: &str) -> bool {
        let is_animal = ANIMALS.contains(&self.relation);
        match predicate {
            "put down" => is_animal,
            "passed" => is_animal || ELDERS.contains(&self.relation),
            // One loses dogs in the park, and friends by a quarrel.
            "lost" => {
                !is_animal
                    && (!CHOSEN.contains(&self.relation) || ["wife", "husband"].contains(&self.relation))
            }
            _ => true,
        }
    }

    /// What they are called.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What they are to the user, as a predicate.
    pub(super) fn relation(&self) -> &'static str {
        self.relation
    }

    /// The same, once they have a name.
    pub(super) fn called(&self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), by_name: true, apart: None, ..self.clone() }
    }

    /// Whether they were named, and not only told of by what they are to the user.
    pub(super) fn is_by_name(&self) -> bool {
        self.by_name
    }

    /// How a sentence names them.
    pub(super) fn described(&self, who: &str, naming: &Naming) -> String {
        let template = if self.name.is_some() { naming.named } else { naming.unnamed };
        fill(template, who, self.name.as_deref().unwrap_or_default(), &self.word, "", "")
    }

    /// Whether the pronoun that was found can be them.
    fn is(&self, pronoun: &Captures<'_>) -> bool {
        if pronoun.name("it").is_some() {
            ANIMALS.contains(&self.relation)
        } else if pronoun.name("she").is_some() {
            !MALE.contains(&self.relation)
        } else {
            !FEMALE.contains(&self.relation)
        }
    }
}

/// Whom a message tells of, as it is read.
pub(super) struct Mentions {
    people: People,
    /// Who was told of last, and in which sentence.
    last: Option<(Person, usize)>,
    /// Whom the message named.
    named: Vec<Person>,
    sentence: usize,
    /// Who did what the clause before said, in the same sentence.
    pub(super) subject: Option<Subject>,
    /// What the user has or has to go to by the last clause that told of such, as predicates and values, and in which clause.
    things: Vec<(String, String)>,
    told_in: usize,
    clause: usize,
}

impl Mentions {
    pub(super) fn new(people: &People) -> Self {
        Self {
            people: people.clone(),
            last: None,
            named: Vec::new(),
            sentence: 0,
            subject: None,
            things: Vec::new(),
            told_in: 0,
            clause: 0,
        }
    }

    /// Of a message that goes on from another one, whose mentions are `before`: things of its last clause may be meant.
    pub(super) fn going_on(people: &People, before: Option<Self>) -> Self {
        let before = before.filter(|before| before.told_in == before.clause);
        Self { things: before.map(|before| before.things).unwrap_or_default(), ..Self::new(people) }
    }

    /// A new clause begins.
    pub(super) fn next_clause(&mut self) {
        self.clause += 1;
    }

    /// Keeps what a fact tells that the user has or has to go to; or had to, where it was called off.
    pub(super) fn told_of(&mut self, fact: &Fact) {
        if fact.subject == USER
            && (fact.holds || fact.predicate == "appointment")
            && matches!(fact.predicate.as_str(), "has" | "appointment" | "plan")
        {
            if self.told_in != self.clause {
                self.things.clear();
            }
            self.told_in = self.clause;
            let thing = (fact.predicate.clone(), fact.value.clone());
            if !self.things.contains(&thing) {
                self.things.push(thing);
            }
        }
    }

    /// What is meant in a clause about something that one has (`has`) or has to go to: by a pronoun, or by its `bare` name alone ("class was cancelled"). Only
    /// what the clause just before told of, and that alone, is meant for certain.
    pub(super) fn meant(&self, predicate: &str, bare: Option<&str>) -> Option<String> {
        let is_had = predicate == "has";
        let [(of, value)] = self.things.as_slice() else { return None };
        if self.clause.saturating_sub(self.told_in) != 1 || is_had != (of == "has") {
            return None;
        }
        let fits = |name: &str| {
            if is_had {
                alike::is_had(value, name, Language::detect(name))
            } else {
                appointments::may_be(value, name)
            }
        };
        let name = if is_had { alike::without_article(value) } else { appointments::label(value) };
        bare.is_none_or(fits).then(|| name.to_owned())
    }

    /// What somebody of this name is to the user once they married: a wife, if she was a girlfriend. `None` for a sister.
    pub(super) fn married(&self, name: &str) -> Option<&'static str> {
        let of = || self.people.0.iter().filter(|(_, called)| called.eq_ignore_ascii_case(name));
        if of().any(|(relation, _)| !CHOSEN.contains(&relation.as_str())) {
            return None;
        }
        let spouse = of().find_map(|(relation, _)| SPOUSES.iter().find(|(was, _)| was == relation));
        Some(spouse.map_or("partner", |(_, is)| *is))
    }

    /// A new sentence begins.
    pub(super) fn next_sentence(&mut self) {
        self.sentence += 1;
        self.subject = None;
    }

    /// Keeps whom a fact about the user named, and the `word` by which it did.
    pub(super) fn learn(&mut self, fact: &Fact, word: Option<&str>, grammar: &Grammar) {
        let relation = grammar.relations.iter().find(|(_, predicate)| *predicate == fact.predicate);
        if let Some(&(any_word, relation)) = relation.filter(|_| fact.subject == USER && fact.holds) {
            self.people.add(relation, &fact.value);
            let (name, word) = (Some(fact.value.clone()), word.unwrap_or(any_word).to_lowercase());
            let person = self.people.told_apart(Person { relation, word, name, by_name: true, apart: None });
            self.named.push(person.clone());
            self.told(person);
        }
    }

    /// The user's word for somebody, if this message has it; else one that fits whoever it is.
    fn word<'g>(&self, relation: &str, name: &str, grammar: &'g Grammar) -> Option<Cow<'g, str>> {
        let is_it = |person: &&Person| person.relation == relation && person.name.as_deref() == Some(name);
        let own = self.named.iter().rev().find(is_it).map(|person| Cow::Owned(person.word.clone()));
        let any = || grammar.relations.iter().find(|(_, predicate)| *predicate == relation);
        own.or_else(|| any().map(|(word, _)| Cow::Borrowed(*word)))
    }

    /// Keeps whom a clause told of, for the pronoun that may follow.
    pub(super) fn told(&mut self, person: Person) {
        self.last = Some((person, self.sentence));
    }

    /// Whom a clause tells of, and the rest of it.
    pub(super) fn read<'c>(&self, clause: &'c str, grammar: &Grammar) -> Option<(Person, &'c str)> {
        let naming = &grammar.naming;
        if let Some(found) = naming.relation.captures(clause) {
            return self.of_relation(clause, &found, grammar);
        }
        if let Some(found) = naming.pronoun.captures(clause) {
            let (person, sentence) = self.last.as_ref()?;
            let near = self.sentence - sentence <= 1 && person.is(&found);
            return near.then(|| (person.clone(), &clause[found.get(0).map_or(0, |all| all.end())..]));
        }
        let known = |(_, name): &&(String, String)| {
            let ends = |rest: &str| !naming.spaced || !rest.starts_with(char::is_alphanumeric);
            // Names are often typed without capitals.
            let begins = clause.get(..name.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(name));
            begins && ends(&clause[name.len()..])
        };
        let (relation, name) = self.people.0.iter().filter(known).max_by_key(|(_, name)| name.len())?;
        let person = self.called(relation, name, grammar)?;
        Some((person, clause[name.len()..].trim_start_matches(',')))
    }

    /// Whoever has a name, if it can be one alone.
    fn called(&self, relation: &str, name: &str, grammar: &Grammar) -> Option<Person> {
        let others = |(other, called): &(String, String)| {
            called.eq_ignore_ascii_case(name) && !may_be_one(relation, other)
        };
        if self.people.0.iter().any(others) {
            return None;
        }
        let word = self.word(relation, name, grammar)?.into_owned();
        let relation = grammar.relation(&word)?;
        Some(Person { relation, word, name: Some(name.to_owned()), by_name: true, apart: None })
    }

    /// Whom words within a clause mean: a known name, a relation, or both ("my dog Rex").
    pub(super) fn find(&self, words: &str, grammar: &Grammar) -> Option<Person> {
        if let Some((person, rest)) = self.read(words, grammar) {
            return rest.trim().is_empty().then_some(person);
        }
        let relation = grammar.relation(words)?;
        if MANY.contains(&relation) || self.people.named(relation).count() > 1 {
            return None;
        }
        let name = self.people.only(relation).map(str::to_owned);
        let mut word = words.to_lowercase();
        if name.is_none() {
            word.insert_str(0, grammar.naming.possessives[usize::from(FEMALE.contains(&relation))]);
        }
        Some(Person { relation, word, name, by_name: false, apart: None })
    }

    /// Somebody whom a clause tells of for the first time, without a name: "I got a new puppy".
    pub(super) fn introduced(clause: &str, grammar: &Grammar) -> Option<Person> {
        let word = grammar.naming.introduces.captures(clause)?.name("relation")?.as_str();
        let word = word.to_lowercase();
        Some(Person { relation: grammar.relation(&word)?, word, name: None, by_name: true, apart: None })
    }

    /// The name that this sentence told of somebody in a relation.
    fn named_just_now(&self, relation: &str) -> Option<&str> {
        let (person, sentence) = self.last.as_ref()?;
        let name = person.name.as_deref().filter(|_| person.by_name && person.relation == relation);
        name.filter(|_| *sentence == self.sentence)
    }

    fn of_relation<'c>(
        &self,
        clause: &'c str,
        found: &Captures<'c>,
        grammar: &Grammar,
    ) -> Option<(Person, &'c str)> {
        let word = found.name("relation")?.as_str();
        let relation = grammar.relation(word)?;
        let mut rest = &clause[found.get(0)?.end()..];
        let name_behind = found.name("name").filter(|name| !grammar.not_names.is_match(name.as_str()));
        let mut name = name_behind.map(|name| name.as_str());
        if name.is_none() {
            // Where no blank parts them, a name is one that is known.
            let known = self.people.named(relation).filter(|known| rest.starts_with(known));
            if let Some(known) = known.max_by_key(|known| known.len()) {
                (name, rest) = (Some(known), &rest[known.len()..]);
            }
        }
        let by_name = name.is_some();
        if name.is_none() {
            name = self.named_just_now(relation);
        }
        if name.is_none() {
            let several = MANY.contains(&relation) || self.people.named(relation).count() > 1;
            name = if several { return None } else { self.people.only(relation) };
        }
        let mut word = word.to_lowercase();
        if name.is_none() {
            let article = grammar.naming.possessives[usize::from(found.name("feminine").is_some())];
            let elides = word.starts_with(|first| "aeiouéèê".contains(first)) && !article.is_empty();
            word.insert_str(0, if elides { "l'" } else { article });
        }
        let person = Person { relation, word, name: name.map(str::to_owned), by_name, apart: None };
        Some((self.people.told_apart(person), rest))
    }
}
