//! Which entries of lorebooks belong into the next prompt. Must not know prompts or models: what it needs to know it is given.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use super::{
    ActivatedEntry, Activation, Decision, Entry, Lorebook, LorebookState, Outcome, Role, SCAN_DEPTH_DEFAULT,
    Trigger,
    budget::{self, Ranked},
    decorators::{Decorators, split_decorators},
    keys::{KeyRules, Matcher, ScanText},
    rules::{self, Standing},
};
use crate::macros::{Audience, MacroContext, expand, hash};

/// Rounds in which entries call up others.
const RECURSION_MAX: usize = 10;
/// Bytes of messages, and of entries, that keys are looked for in.
const SCAN_BYTES_MAX: usize = 1 << 20;
/// Regular expressions that are compiled for one reply.
const PATTERNS_MAX: usize = 5_000;

/// A message that keys are looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScannedMessage<'a> {
    /// Whose it is.
    pub role: Role,
    /// Its words.
    pub text: &'a str,
}

/// What there is of a persona that an entry can stand beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonaSections {
    /// Whether the persona has a personality.
    pub personality: bool,
    /// Whether it has a scenario.
    pub scenario: bool,
}

/// What a lorebook must know of the conversation.
#[derive(Clone, Copy)]
pub struct LorebookInput<'a> {
    /// The last messages, the newest last; as many as the deepest scan asks for, or all.
    pub messages: &'a [ScannedMessage<'a>],
    /// How many messages the active path of the chat has, those not given included.
    pub message_count: u64,
    /// How many of them are the companion's.
    pub reply_count: u64,
    /// Tokens that all entries may take together.
    pub token_budget: usize,
    /// Counts tokens.
    pub count_tokens: &'a dyn Fn(&str) -> usize,
    /// What macros in contents and keys stand for. Its seed is also that of probabilities and groups.
    pub macros: MacroContext<'a>,
    /// What [`Activation::state`] was after the reply before.
    pub state: &'a LorebookState,
    /// What the companion is called, for entries that are for some characters alone.
    pub characters: &'a [&'a str],
    /// What there is of its persona.
    pub sections: PersonaSections,
    /// Which greeting the chat began with, from 0, if that is known.
    pub greeting: Option<usize>,
    /// The name of the user's picture, if there are several to choose from.
    pub user_icon: Option<&'a str>,
    /// Whether the context is so full that something is left out already.
    pub context_full: bool,
}

/// An entry on its way.
struct Candidate<'a> {
    book: usize,
    index: usize,
    entry: &'a Entry,
    decorators: Decorators,
    body: &'a str,
    identity: String,
    matchers: Option<Matchers>,
    invalid_keys: Vec<(String, String)>,
    /// What became of it; `None` while keys may still be found.
    outcome: Option<Outcome>,
}

impl Candidate<'_> {
    /// Whether its decorators say that it comes in any case, which the specification puts above all else.
    fn comes_in_any_case(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Included(Trigger::Decorator | Trigger::Kept)))
    }

    /// Whether chance has no say any more.
    fn is_settled(&self) -> bool {
        self.comes_in_any_case() || self.outcome == Some(Outcome::Included(Trigger::Sticky))
    }
}

/// The keys of an entry, ready to be looked for.
struct Matchers {
    primary: Vec<(String, Matcher)>,
    secondary: Vec<(String, Matcher)>,
    additional: Vec<(String, Matcher)>,
    exclude: Vec<(String, Matcher)>,
    /// A key that can't be used, where all are regular expressions.
    invalid: Option<String>,
}

/// Finds the entries that belong into the next prompt. Books that come first in the list have the budget first: a card's own
/// comes before the user's others.
///
/// Entries are looked at in the order of the specification: what is switched off never comes; decorators that say "in any case" are next; then
/// conditions (greeting, number of replies, rest), constants and keys in the last messages, keys in entries that came (where the book
/// allows it), chance, and groups. What is left is cut to the budgets of book and input: what is named `@@ignore_on_max_context` goes
/// first, then low priorities, then what is no constant, then what other entries called up, then low insertion orders.
pub fn activate(books: &[&Lorebook], input: &LorebookInput<'_>) -> Activation {
    let mut candidates = prepare(books, input);
    let mut session =
        Session { books, input, texts: HashMap::new(), patterns_left: PATTERNS_MAX, groups: BTreeMap::new() };
    let mut found = session.first_round(&mut candidates);
    session.settle(&mut candidates, &found);
    let mut called = String::new();
    for _ in 0..RECURSION_MAX {
        for &at in &found {
            let candidate = &candidates[at];
            let came = matches!(candidate.outcome, Some(Outcome::Included(_)));
            if came && !candidate.entry.prevent_recursion && called.len() < SCAN_BYTES_MAX {
                let context = input.macros.at(&candidate.identity).for_audience(Audience::Scan);
                called.push_str(&expand(candidate.body, &context));
                called.push('\n');
            }
        }
        if called.is_empty() {
            break;
        }
        found = session.recursive_round(&mut candidates, &ScanText::new(called.clone()));
        if found.is_empty() {
            break;
        }
        session.settle(&mut candidates, &found);
    }
    finish(books, input, candidates)
}

/// How many of the last messages the entry of a book looks at that looks at most.
pub fn scan_depth_max(book: &Lorebook, sections: PersonaSections) -> u32 {
    let used = book.entries.iter().filter(|entry| entry.enabled);
    let depths = used.map(|entry| {
        let (decorators, _) = split_decorators(&entry.content);
        scan_depth(book, entry, &Decorators::resolve(&decorators, sections))
    });
    depths.max().unwrap_or_default()
}

fn scan_depth(book: &Lorebook, entry: &Entry, decorators: &Decorators) -> u32 {
    decorators.scan_depth.or(entry.scan_depth).or(book.scan_depth).unwrap_or(SCAN_DEPTH_DEFAULT)
}

fn prepare<'a>(books: &[&'a Lorebook], input: &LorebookInput<'_>) -> Vec<Candidate<'a>> {
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut candidates = Vec::new();
    for (book, lorebook) in books.iter().enumerate() {
        for (index, entry) in lorebook.entries.iter().enumerate() {
            let (decorators, body) = split_decorators(&entry.content);
            let decorators = Decorators::resolve(&decorators, input.sections);
            let number = identity_of(lorebook, entry);
            let same = seen.entry(number).or_default();
            *same += 1;
            let identity =
                if *same == 1 { format!("{number:016x}") } else { format!("{number:016x}#{same}") };
            candidates.push(Candidate {
                book,
                index,
                entry,
                decorators,
                body,
                identity,
                matchers: None,
                invalid_keys: Vec::new(),
                outcome: None,
            });
        }
    }
    for candidate in &mut candidates {
        let state = input.state.entries.get(&candidate.identity);
        let standing = rules::standing(candidate.entry, &candidate.decorators, candidate.body, state, input);
        candidate.outcome = match standing {
            Standing::Out(outcome) => Some(outcome),
            Standing::In(trigger) => Some(Outcome::Included(trigger)),
            Standing::Constant | Standing::Keys => None,
        };
    }
    candidates
}

/// What an entry is remembered by: it stays when its content is edited.
fn identity_of(book: &Lorebook, entry: &Entry) -> u64 {
    let keys = entry.keys.join("\n");
    let id = entry.id.as_deref().unwrap_or_default();
    let parts = [&book.name, id, &entry.name, &entry.comment, &keys];
    hash(&parts.map(str::as_bytes))
}

impl Matchers {
    /// Keys that can't be used, and why.
    fn invalid_keys(&self) -> Vec<(String, String)> {
        let all = [&self.primary, &self.secondary, &self.additional, &self.exclude];
        let invalid = all.into_iter().flatten().filter_map(|(key, matcher)| match matcher {
            Matcher::Invalid(problem) => Some((key.clone(), problem.clone())),
            _ => None,
        });
        invalid.collect()
    }
}

/// What is found out on the way.
struct Session<'a> {
    books: &'a [&'a Lorebook],
    input: &'a LorebookInput<'a>,
    /// The last messages, by how many.
    texts: HashMap<u32, Rc<ScanText>>,
    patterns_left: usize,
    /// Who is there of each group: its label.
    groups: BTreeMap<String, String>,
}

impl Session<'_> {
    /// Constants, and keys in the last messages. Returns who came, those decided before included.
    fn first_round(&mut self, candidates: &mut [Candidate<'_>]) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, candidate) in candidates.iter_mut().enumerate() {
            if matches!(candidate.outcome, Some(Outcome::Included(_))) {
                found.push(at);
                continue;
            }
            if candidate.outcome.is_some() || candidate.entry.delay_until_recursion {
                continue;
            }
            let text = self.messages(candidate);
            match self.search(candidate, &[&text]) {
                Ok(key) => {
                    let constant = candidate.entry.constant && !candidate.entry.use_regex;
                    let trigger = if constant { Trigger::Constant } else { Trigger::Key(key) };
                    candidate.outcome = Some(Outcome::Included(trigger));
                    found.push(at);
                }
                // What other entries say may still change it.
                Err(Outcome::NoKey | Outcome::SecondaryKeys(_)) => {}
                Err(outcome) => candidate.outcome = Some(outcome),
            }
        }
        found
    }

    /// Keys in what came, together with the last messages.
    fn recursive_round(&mut self, candidates: &mut [Candidate<'_>], called: &ScanText) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, candidate) in candidates.iter_mut().enumerate() {
            let allowed = self.books[candidate.book].recursive_scanning == Some(true);
            if candidate.outcome.is_some() || !allowed || candidate.entry.exclude_recursion {
                continue;
            }
            let text = self.messages(candidate);
            match self.search(candidate, &[&text, called]) {
                Ok(key) => {
                    candidate.outcome = Some(Outcome::Included(Trigger::Recursion(key)));
                    found.push(at);
                }
                Err(Outcome::NoKey | Outcome::SecondaryKeys(_)) => {}
                Err(outcome) => candidate.outcome = Some(outcome),
            }
        }
        found
    }

    /// The last messages that an entry's keys are looked for in.
    fn messages(&mut self, candidate: &Candidate<'_>) -> Rc<ScanText> {
        let depth = scan_depth(self.books[candidate.book], candidate.entry, &candidate.decorators);
        let messages = self.input.messages;
        let text = self.texts.entry(depth).or_insert_with(|| {
            let mut room = SCAN_BYTES_MAX;
            let mut taken = Vec::new();
            for message in messages.iter().rev().take(depth as usize) {
                let start = message.text.len().saturating_sub(room);
                let text = &message.text[message.text.ceil_char_boundary(start)..];
                room -= text.len();
                taken.push(text);
            }
            taken.reverse();
            Rc::new(ScanText::new(taken.join("\n")))
        });
        Rc::clone(text)
    }

    /// The key that calls an entry up, or what is against it.
    fn search(&mut self, candidate: &mut Candidate<'_>, texts: &[&ScanText]) -> Result<String, Outcome> {
        let entry = candidate.entry;
        if candidate.matchers.is_none() {
            let matchers = self.matchers(entry, &candidate.decorators);
            candidate.invalid_keys = matchers.invalid_keys();
            candidate.matchers = Some(matchers);
        }
        let matchers = candidate.matchers.as_ref().expect("they were just made");
        let invalid = &mut candidate.invalid_keys;
        let mut occurs = |(key, matcher): &(String, Matcher)| match matcher.occurs(texts) {
            Ok(occurs) => occurs,
            Err(problem) => {
                if !invalid.iter().any(|(known, _)| known == key) {
                    invalid.push((key.clone(), problem));
                }
                false
            }
        };
        // The specification has such an entry match nothing, whatever its other keys are.
        if let Some(key) = &matchers.invalid {
            return Err(Outcome::InvalidKey(key.clone()));
        }
        let constant = entry.constant && !entry.use_regex;
        let key = match matchers.primary.iter().find(|key| occurs(key)) {
            _ if constant => String::new(),
            Some((key, _)) => key.clone(),
            None => return Err(Outcome::NoKey),
        };
        if let Some((excluded, _)) = matchers.exclude.iter().find(|key| occurs(key)) {
            return Err(Outcome::ExcludedKey(excluded.clone()));
        }
        if !matchers.additional.is_empty() && !matchers.additional.iter().any(&mut occurs) {
            return Err(Outcome::SecondaryKeys(key));
        }
        if !constant && !matchers.secondary.is_empty() {
            let count = matchers.secondary.iter().filter(|key| occurs(key)).count();
            if !entry.secondary_logic.holds(count, matchers.secondary.len()) {
                return Err(Outcome::SecondaryKeys(key));
            }
        }
        Ok(key)
    }

    fn matchers(&mut self, entry: &Entry, decorators: &Decorators) -> Matchers {
        let rules = KeyRules {
            case_sensitive: entry.case_sensitive,
            whole_words: entry.whole_words.unwrap_or(true),
            use_regex: entry.use_regex,
        };
        let context = self.input.macros.at("lorebook.keys");
        let mut ready = |keys: &[String]| -> Vec<(String, Matcher)> {
            let matcher = |key: &String| {
                let expanded =
                    if rules.use_regex || key.starts_with('/') { key.clone() } else { expand(key, &context) };
                let matcher = Matcher::new(&expanded, rules);
                if matches!(matcher, Matcher::Plain { .. }) {
                    return (key.clone(), matcher);
                }
                if self.patterns_left == 0 {
                    let problem = format!("at most {PATTERNS_MAX} regular expressions are tried for a reply");
                    return (key.clone(), Matcher::Invalid(problem));
                }
                self.patterns_left -= 1;
                (key.clone(), matcher)
            };
            keys.iter().map(matcher).collect()
        };
        let mut primary = ready(&entry.keys);
        let mut additional = ready(&decorators.additional_keys);
        if entry.use_regex {
            // With regular expressions, the specification has secondary and excluded keys ignored, and additional ones are keys like
            // the others.
            primary.append(&mut additional);
            let mut invalid = primary.iter().filter(|(_, matcher)| matches!(matcher, Matcher::Invalid(_)));
            let invalid = invalid.next().map(|(key, _)| key.clone());
            return Matchers { primary, secondary: Vec::new(), additional, exclude: Vec::new(), invalid };
        }
        Matchers {
            primary,
            secondary: if entry.selective { ready(&entry.secondary_keys) } else { Vec::new() },
            additional,
            exclude: ready(&decorators.exclude_keys),
            invalid: None,
        }
    }

    /// Lets chance and groups decide about those that just came.
    fn settle(&mut self, candidates: &mut [Candidate<'_>], found: &[usize]) {
        let seed = self.input.macros.seed;
        let count = self.input.message_count;
        let number = |what: &str, identity: &str| {
            let parts: [&[u8]; 4] =
                [what.as_bytes(), &seed.to_le_bytes(), &count.to_le_bytes(), identity.as_bytes()];
            // 53 bits, as a fraction.
            (hash(&parts) >> 11) as f64 / (1_u64 << 53) as f64
        };
        for &at in found {
            let candidate = &mut candidates[at];
            let percent = candidate.entry.probability.unwrap_or(100.0);
            if !candidate.is_settled() && number("probability", &candidate.identity) * 100.0 >= percent {
                candidate.outcome = Some(Outcome::Chance);
            }
        }
        let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for &at in found {
            let candidate = &candidates[at];
            if matches!(candidate.outcome, Some(Outcome::Included(_))) {
                for group in groups_of(candidate.entry) {
                    members.entry(group.to_owned()).or_default().push(at);
                }
            }
        }
        for (group, members) in members {
            let alive = |&at: &usize| matches!(candidates[at].outcome, Some(Outcome::Included(_)));
            let members: Vec<usize> = members.into_iter().filter(alive).collect();
            let winner = match self.groups.get(&group) {
                Some(_) => None,
                None => choose(candidates, &members, number("group", &group)),
            };
            if let Some(winner) = winner {
                let label = candidates[winner].entry.label(candidates[winner].index);
                self.groups.insert(group.clone(), label);
            }
            let there = self.groups.get(&group).cloned().unwrap_or_default();
            let loses = |at: &usize| Some(*at) != winner && !candidates[*at].comes_in_any_case();
            for at in members.into_iter().filter(loses).collect::<Vec<_>>() {
                candidates[at].outcome = Some(Outcome::Group(there.clone()));
            }
        }
    }
}

fn groups_of(entry: &Entry) -> impl Iterator<Item = &str> {
    entry.group.split(',').map(str::trim).filter(|group| !group.is_empty())
}

/// Who of a group comes: one that comes in any case or is sticky, else the overriding one with the highest insertion order, else by
/// weight and `chance` (0 to 1).
fn choose(candidates: &[Candidate<'_>], members: &[usize], chance: f64) -> Option<usize> {
    if let Some(at) = members.iter().find(|at| candidates[**at].is_settled()) {
        return Some(*at);
    }
    let order = |at: &usize| candidates[*at].entry.insertion_order;
    let overriding = members.iter().copied().filter(|at| candidates[*at].entry.group_override);
    if let Some(at) = overriding.max_by(|a, b| order(a).total_cmp(&order(b))) {
        return Some(at);
    }
    let weight = |at: &usize| candidates[*at].entry.group_weight.unwrap_or(100.0).max(0.0);
    let mut left = chance * members.iter().map(weight).sum::<f64>();
    for at in members {
        left -= weight(at);
        if left < 0.0 {
            return Some(*at);
        }
    }
    members.last().copied()
}

/// Cuts what came to the budget, and tells what became of all.
fn finish(books: &[&Lorebook], input: &LorebookInput<'_>, mut candidates: Vec<Candidate<'_>>) -> Activation {
    let mut ranked: Vec<Ranked> = Vec::new();
    let mut contents: HashMap<usize, String> = HashMap::new();
    for (at, candidate) in candidates.iter_mut().enumerate() {
        let Some(Outcome::Included(trigger)) = &candidate.outcome else { continue };
        let content = expand(candidate.body, &input.macros.at(&candidate.identity));
        if content.trim().is_empty() && candidate.decorators.disable_ui_prompt.is_empty() {
            candidate.outcome = Some(Outcome::Empty);
            continue;
        }
        let entry = candidate.entry;
        ranked.push(Ranked {
            at,
            book: candidate.book,
            tokens: (input.count_tokens)(&content),
            first_to_go: candidate.decorators.ignore_on_max_context,
            ignores_book_budget: entry.ignore_budget,
            priority: entry.priority.unwrap_or(0.0),
            constant: entry.constant,
            direct: !matches!(trigger, Trigger::Recursion(_)),
            insertion_order: entry.insertion_order,
        });
        contents.insert(at, content);
    }
    let budgets: Vec<Option<u32>> = books.iter().map(|book| book.token_budget).collect();
    let tokens_of: HashMap<usize, usize> = ranked.iter().map(|ranked| (ranked.at, ranked.tokens)).collect();
    for at in budget::left_out(ranked, &budgets, input.token_budget) {
        candidates[at].outcome = Some(Outcome::Budget { tokens: tokens_of[&at] });
    }
    let mut activation = Activation { state: input.state.clone(), ..Activation::default() };
    for (at, candidate) in candidates.into_iter().enumerate() {
        let label = candidate.entry.label(candidate.index);
        let outcome = candidate.outcome.clone().unwrap_or(Outcome::NoKey);
        if matches!(outcome, Outcome::Included(_)) {
            let state = &mut activation.state.entries;
            let remembered =
                rules::remember(candidate.entry, state.get(&candidate.identity), input.message_count);
            state.insert(candidate.identity.clone(), remembered);
            activation.tokens += tokens_of[&at];
            let placement = rules::placement(candidate.entry, &candidate.decorators, input.message_count);
            activation.entries.push(ActivatedEntry {
                book: candidate.book,
                entry: candidate.index,
                label: label.clone(),
                content: contents.remove(&at).unwrap_or_default(),
                placement,
                role: rules::role(candidate.entry, &candidate.decorators),
                disables: candidate.decorators.disable_ui_prompt,
                tokens: tokens_of[&at],
            });
        }
        activation.decisions.push(Decision {
            book: candidate.book,
            entry: candidate.index,
            label,
            outcome,
            invalid_keys: candidate.invalid_keys,
            ignored_decorators: candidate.decorators.ignored,
        });
    }
    let order = |entry: &ActivatedEntry| books[entry.book].entries[entry.entry].insertion_order;
    activation.entries.sort_by(|a, b| order(a).total_cmp(&order(b)));
    activation
}
