//! What a new fact does to those before it: newest wins, in code. Must not know where facts are kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::alike::{is_done_as, is_eaten_against, is_had, same_predicate, same_taste, takes_the_place};
use super::appointments;
use super::others::ANIMALS;
use super::{Fact, USER};
use crate::language::Language;
use crate::store::FactKind;
use crate::text::stem::stem;
use crate::topics::is_same_topic;

/// A fact that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFact {
    /// Its number.
    pub id: u64,
    /// See [`Fact::subject`].
    pub subject: String,
    /// See [`Fact::predicate`].
    pub predicate: String,
    /// See [`Fact::value`].
    pub value: String,
    /// Whether it was neither superseded nor ended.
    pub current: bool,
    /// Whether the user pinned, edited or wrote it: patterns do not change it.
    pub protected: bool,
    /// When it was said.
    pub said: Timestamp,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The new fact is kept, and takes the place of these, which keep their dates and end where it begins.
    Add {
        /// Facts that are not current afterwards; may be none.
        supersedes: Vec<u64>,
    },
    /// The new fact is kept as one of the past: a newer one holds already.
    AddPast {
        /// The one that holds.
        superseded_by: u64,
    },
    /// It is known; its source is one more.
    Known {
        /// The one that says the same.
        id: u64,
    },
    /// A fact holds no more from then on.
    End {
        /// Which.
        id: u64,
        /// From when on.
        at: Timestamp,
    },
    /// What was called off is on again, on its own day.
    Again {
        /// Which.
        id: u64,
    },
    /// The user pinned or edited what the new fact would change: nothing is changed, the user is asked.
    Flag {
        /// Which.
        id: u64,
    },
}

/// Predicates of which only one value holds at a time.
const SINGLE: &[&str] = &[
    "name",
    "age",
    "birthday",
    "pronouns",
    "home",
    "origin",
    "grew up in",
    "nationality",
    "job",
    "employer",
    "studies",
    "school",
    "relationship status",
    "partner",
    "wife",
    "husband",
    "boyfriend",
    "girlfriend",
    "mother",
    "father",
    "diet",
    "religion",
    "died",
];

/// What somebody's partner is to them.
pub(super) const PARTNERS: &[&str] = &["partner", "wife", "husband", "boyfriend", "girlfriend"];

/// What they are once they parted.
const FORMER_PARTNER: &str = "former partner";

/// Predicates that end together: those on the right by an end of the one on the left.
const ENDS: &[(&str, &[&str])] = &[
    ("employment", &["job", "employer", "teaches"]),
    ("job", &["job", "teaches"]),
    ("partnership", PARTNERS),
    // Who is divorced may have somebody else already.
    ("marriage", &["wife", "husband", "partner"]),
    ("home", &["home"]),
    ("pregnancy", &["condition"]),
    ("topic", &["topic", "avoid"]),
];

/// Of conditions, those that a birth ends.
const PREGNANT: &[&str] = &["pregnan", "enceinte", "怀孕", "懷孕"];

/// What nobody has any more who died.
const OF_THE_LIVING: &[&str] =
    &["home", "job", "employer", "studies", "school", "condition", "allergy", "diet", "relationship status"];

/// Beginnings of statuses of those who are alone.
const ALONE: &[&str] = &[
    "separated",
    "single",
    "divorc",
    "séparé",
    "célibataire",
    "离婚",
    "離婚",
    "单身",
    "單身",
    "分居",
    "离异",
];
/// Those of the married.
const MARRIED: &[&str] = &["married", "marié", "mariée", "结婚", "結婚", "已婚"];
/// Those of the widowed.
const WIDOWED: &[&str] = &["widow", "veuf", "veuve", "丧偶"];

/// By what somebody is alone no more, each with the beginnings of statuses that end by it.
const TOGETHER: &[(&[&str], &[&str])] = &[
    (
        &["married since", "wife", "husband"],
        &[
            "single",
            "engaged",
            "divorc",
            "separated",
            "widow",
            "célib",
            "fianc",
            "sépar",
            "veu",
            "单身",
            "單身",
            "离",
            "離",
            "订婚",
            "訂婚",
            "分居",
        ],
    ),
    (&["partner", "boyfriend", "girlfriend"], &["single", "célib", "单身", "單身"]),
];

/// Predicates of which a new value ends the same value of the other.
const OPPOSITES: &[(&str, &str)] = &[("likes", "dislikes"), ("dislikes", "likes")];

/// Whether only one value of a predicate holds at a time.
pub fn is_single(predicate: &str) -> bool {
    SINGLE.contains(&predicate) || predicate.starts_with("favourite ")
}

/// Whether two values are the same but for case, blanks and an article.
pub fn same_value(a: &str, b: &str) -> bool {
    let plain = |text: &str| {
        let lower = text.to_lowercase();
        let lower =
            ["the ", "a ", "an ", "le ", "la ", "les ", "l'", "l’", "du ", "des ", "my ", "mon ", "ma "]
                .iter()
                .find_map(|article| lower.strip_prefix(article))
                .unwrap_or(&lower)
                .to_owned();
        lower.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    plain(a) == plain(b)
}

/// Whether two values of a predicate are the same; of what one must not eat, one and several are.
fn is_same(predicate: &str, a: &str, b: &str) -> bool {
    let one = |text: &str| {
        let words = text.split_whitespace().map(|word| {
            [Language::English, Language::French].iter().fold(word.to_owned(), |word, of| stem(&word, *of))
        });
        words.collect::<Vec<_>>().join(" ")
    };
    same_value(a, b) || matches!(predicate, "allergy" | "cannot eat") && one(a) == one(b)
}

/// What a new fact does to `existing`. Of one subject and predicate the newest holds where only one can; a dislike ends the like of the
/// same thing; an end ends what it names. Nothing is removed, and nothing that the user pinned or edited is changed.
pub fn supersede(existing: &[KnownFact], new: &Fact) -> Vec<Change> {
    let current = || existing.iter().filter(|fact| fact.current && fact.subject == new.subject);
    if !new.holds {
        return ends(current().collect(), new);
    }
    if appointments::is_again(new) {
        return again(existing, new);
    }
    let newest = newest(new);
    if let Some(known) = current().find(|fact| says_the_same(fact, new)) {
        let mut changes = vec![Change::Known { id: known.id }];
        // It may stand beside the one that it takes the place of.
        let older = replaced(existing, new).filter(|older| older.id != known.id && older.said <= newest);
        changes.extend(older.map(|older| end_or_flag(older, new)));
        return changes;
    }
    let mut alike: Vec<&KnownFact> = current().filter(|fact| is_alike(fact, new)).collect();
    alike.extend(replaced(existing, new));
    let mut changes = Vec::new();
    if new.predicate == "died" {
        changes.extend(ended_by_death(existing, new));
    }
    if is_single(&new.predicate) || !alike.is_empty() {
        if let Some(fact) = alike.iter().find(|fact| fact.protected) {
            return vec![Change::Flag { id: fact.id }];
        }
        if let Some(newer) = alike.iter().find(|fact| fact.said > newest) {
            return vec![Change::AddPast { superseded_by: newer.id }];
        }
        changes.push(Change::Add { supersedes: alike.iter().map(|fact| fact.id).collect() });
    } else {
        let opposite = OPPOSITES.iter().find(|(predicate, _)| *predicate == new.predicate);
        let against = opposite.and_then(|(_, opposite)| {
            current().find(|fact| fact.predicate == *opposite && same_taste(&fact.value, &new.value))
        });
        match against {
            Some(fact) if fact.protected => return vec![Change::Flag { id: fact.id }],
            Some(fact) if fact.said > new.said => return vec![Change::AddPast { superseded_by: fact.id }],
            Some(fact) => changes.push(Change::Add { supersedes: vec![fact.id] }),
            None => changes.push(Change::Add { supersedes: Vec::new() }),
        }
    }
    let besides = current().filter(|fact| fact.said <= newest && ends_besides(fact, new));
    changes.extend(besides.map(|fact| match (new.predicate.as_str(), new.valid_from) {
        // Where one works until then.
        ("job", Some(from)) if !fact.protected => Change::End { id: fact.id, at: from.max(new.said) },
        _ => end_or_flag(fact, new),
    }));
    changes
}

/// Whether a fact is known that says the same, or the same more exactly: who has a wife of that name has a partner.
fn says_the_same(fact: &KnownFact, new: &Fact) -> bool {
    let more = new.predicate == "partner" && ["wife", "husband"].contains(&fact.predicate.as_str());
    (fact.predicate == new.predicate || more && !new.value.is_empty())
        && is_same(&new.predicate, &fact.value, &new.value)
}

/// The appointment that was moved to where a new one is.
fn replaced<'f>(existing: &'f [KnownFact], new: &Fact) -> Option<&'f KnownFact> {
    let current = existing.iter().filter(|fact| fact.current && fact.subject == new.subject);
    if new.replaces { appointments::meant(current, &new.value) } else { None }
}

/// Whether a new fact ends another that is about something else: who is married is no longer single, who begins elsewhere leaves where they were.
fn ends_besides(fact: &KnownFact, new: &Fact) -> bool {
    let begins = |value: &str, beginnings: &[&str]| {
        let value = value.to_lowercase();
        beginnings.iter().any(|beginning| value.starts_with(beginning))
    };
    let predicate = fact.predicate.as_str();
    match new.predicate.as_str() {
        "relationship status" => PARTNERS.contains(&predicate) && begins(&new.value, ALONE),
        // A job that begins on a day to come is a new one.
        "job" => {
            predicate == "employer" && new.valid_from.is_some_and(|from| from > new.said)
                || predicate == "teaches" && !is_done_as("teach", &new.value)
        }
        other if predicate == "relationship status" => {
            let mut over = TOGETHER.iter().filter(|(predicates, _)| predicates.contains(&other));
            over.any(|(_, statuses)| begins(&fact.value, statuses))
        }
        _ => false,
    }
}

/// Whether a fact is about what a new one is about, so that only one of them holds: of counts the same things, of days of every year the same day, of
/// partners the same one.
fn is_alike(fact: &KnownFact, new: &Fact) -> bool {
    let couple = |predicate: &str| PARTNERS.contains(&predicate) || predicate == FORMER_PARTNER;
    if fact.predicate != new.predicate && couple(&fact.predicate) && couple(&new.predicate) {
        return !new.value.is_empty() && same_value(&fact.value, &new.value);
    }
    if !same_predicate(&fact.predicate, &new.predicate) {
        return false;
    }
    match new.predicate.as_str() {
        "has" => takes_the_place(&fact.value, &new.value),
        "anniversary" | "yearly" => {
            let label =
                |value: &str| value.split_once(' ').map_or(String::new(), |(_, label)| label.to_lowercase());
            label(&fact.value) == label(&new.value)
        }
        predicate => is_single(predicate),
    }
}

/// The end of a fact by another, or the question whether it ends.
fn end_or_flag(fact: &KnownFact, new: &Fact) -> Change {
    if fact.protected {
        Change::Flag { id: fact.id }
    } else {
        // Until when the new one holds is something else.
        let at = new.valid_to.filter(|_| !new.holds);
        Change::End { id: fact.id, at: at.unwrap_or(new.said) }
    }
}

/// What a death ends: where somebody lives and what they do; and that the user has an animal.
fn ended_by_death(existing: &[KnownFact], new: &Fact) -> Vec<Change> {
    let theirs = |fact: &&KnownFact| {
        let present = fact.subject == new.subject && OF_THE_LIVING.contains(&fact.predicate.as_str());
        let animal = fact.subject == USER
            && ANIMALS.contains(&fact.predicate.as_str())
            && (same_value(&fact.value, &new.subject)
                || fact.predicate == new.subject && fact.value.is_empty());
        fact.current && fact.said <= new.said && (present || animal)
    };
    let end = |fact: &KnownFact| {
        if fact.protected {
            Change::Flag { id: fact.id }
        } else {
            Change::End { id: fact.id, at: newest(new).max(fact.said) }
        }
    };
    existing.iter().filter(theirs).map(end).collect()
}

/// What began since then is newer than a fact: what it tells of may be long past ("in 2010 I moved to Spain").
fn newest(new: &Fact) -> Timestamp {
    new.began_by.map_or(new.said, |by| by.min(new.said))
}

/// What brings an appointment back that was called off, if its day is still to come and nothing stands for it now.
fn again(existing: &[KnownFact], new: &Fact) -> Vec<Change> {
    let own = |current: bool| {
        existing.iter().filter(move |fact| fact.current == current && fact.subject == new.subject)
    };
    if appointments::meant(own(true), &new.value).is_some() {
        return Vec::new();
    }
    let off: Vec<&KnownFact> =
        own(false).filter(|fact| fact.said <= new.said && appointments::is_to_come(fact, new.said)).collect();
    // What was called off twice is one.
    let last = off
        .iter()
        .enumerate()
        .filter(|(at, fact)| off[at + 1..].iter().all(|other| other.value != fact.value));
    let meant = appointments::meant(last.map(|(_, fact)| *fact), &new.value);
    meant.map(|fact| Change::Again { id: fact.id }).into_iter().collect()
}

fn ends(current: Vec<&KnownFact>, new: &Fact) -> Vec<Change> {
    if new.predicate == "appointment" {
        let meant =
            appointments::meant(current.into_iter(), &new.value).filter(|fact| fact.said <= newest(new));
        return meant.map(|fact| end_or_flag(fact, new)).into_iter().collect();
    }
    let alone =
        |fact: &KnownFact| current.iter().filter(|other| other.predicate == fact.predicate).count() == 1;
    current
        .iter()
        .filter(|fact| fact.said <= newest(new) && (is_ended(fact, new) || is_animal(fact, new, alone(fact))))
        .map(|fact| end_or_flag(fact, new))
        .collect()
}

/// Whether an end of what was had is that of an animal: by its name, or by what it is where there is one such `alone`.
fn is_animal(fact: &KnownFact, end: &Fact, alone: bool) -> bool {
    let named = || {
        super::relations()
            .filter(|(language, word, _)| *language == end.language && same_value(word, &end.value))
    };
    end.predicate == "has"
        && ANIMALS.contains(&fact.predicate.as_str())
        && !end.value.is_empty()
        && (same_value(&fact.value, &end.value)
            || alone && named().any(|(_, _, relation)| relation == fact.predicate))
}

/// Whether an end is that of a fact.
fn is_ended(fact: &KnownFact, end: &Fact) -> bool {
    let begins = |beginnings: &[&str]| {
        let value = fact.value.to_lowercase();
        beginnings.iter().any(|beginning| value.starts_with(beginning))
    };
    // Nobody is in a relationship that is over.
    if fact.predicate == "relationship status" && end.predicate == "partnership" {
        return !begins(ALONE) && !begins(WIDOWED);
    }
    if fact.predicate == "relationship status" && end.predicate == "marriage" {
        return begins(MARRIED);
    }
    let named = [end.predicate.as_str()];
    let predicates =
        ENDS.iter().find(|(name, _)| *name == end.predicate).map_or(&named[..], |(_, ends)| ends);
    if !predicates.iter().any(|predicate| same_predicate(predicate, &fact.predicate))
        || end.predicate == "pregnancy"
            && !PREGNANT.iter().any(|word| fact.value.to_lowercase().contains(word))
    {
        return false;
    }
    // Whoever must not be talked of may be named in another word then.
    end.value.is_empty()
        || is_same(&end.predicate, &fact.value, &end.value)
        || match end.predicate.as_str() {
            "likes" | "dislikes" | "fears" => same_taste(&fact.value, &end.value),
            "has" => is_had(&fact.value, &end.value, end.language),
            "diet" => is_eaten_against(&fact.value, &end.value),
            "job" => {
                is_done_as(&end.value, if fact.predicate == "teaches" { "teacher" } else { &fact.value })
            }
            _ => end.kind == FactKind::Avoid && is_same_topic(&fact.value, &end.value),
        }
}
