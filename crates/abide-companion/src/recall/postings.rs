//! Which memory has which term how often. Must not know how that is weighed.

use std::borrow::Cow;
use std::collections::HashMap;

/// A term's number.
pub(super) type TermNumber = u32;

/// One memory that has a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Posting {
    /// Which memory, by slot.
    pub slot: u32,
    /// How often.
    pub count: u16,
}

/// All terms, and for each the memories that have it, by ascending slot.
#[derive(Debug, Default)]
pub(super) struct Postings {
    numbers: HashMap<Box<str>, TermNumber>,
    lists: Vec<(Box<str>, Vec<Posting>)>,
    /// Numbers of terms that nothing has any more.
    free: Vec<TermNumber>,
}

/// Puts a posting in its place, which is the last one but for some.
fn insert(list: &mut Vec<Posting>, posting: Posting) {
    let behind = list.last().is_some_and(|last| last.slot > posting.slot);
    let at = if behind { list.partition_point(|other| other.slot < posting.slot) } else { list.len() };
    list.insert(at, posting);
}

impl Postings {
    /// Notes that `slot`, new to them, has these terms; gives their numbers with counts. Cheapest where it is greater than nearly all before.
    pub fn add(&mut self, slot: u32, terms: Vec<String>) -> Box<[(TermNumber, u16)]> {
        let mut counts: HashMap<TermNumber, u16> = HashMap::new();
        for term in terms {
            let count = counts.entry(self.number(term)).or_default();
            *count = count.saturating_add(1);
        }
        let mut counts: Vec<(TermNumber, u16)> = counts.into_iter().collect();
        counts.sort_unstable();
        for (number, count) in &counts {
            insert(&mut self.lists[*number as usize].1, Posting { slot, count: *count });
        }
        counts.into_boxed_slice()
    }

    fn number(&mut self, term: String) -> TermNumber {
        if let Some(number) = self.numbers.get(term.as_str()) {
            return *number;
        }
        let term = term.into_boxed_str();
        let number = if let Some(number) = self.free.pop() {
            self.lists[number as usize].0 = term.clone();
            number
        } else {
            self.lists.push((term.clone(), Vec::new()));
            (self.lists.len() - 1) as TermNumber
        };
        self.numbers.insert(term, number);
        number
    }

    /// Notes that what was in `from` is in `to`.
    pub fn relocate(&mut self, from: u32, to: u32, terms: &[(TermNumber, u16)]) {
        for (number, count) in terms {
            let list = &mut self.lists[*number as usize].1;
            if let Ok(at) = list.binary_search_by_key(&from, |posting| posting.slot) {
                list.remove(at);
            }
            insert(list, Posting { slot: to, count: *count });
        }
    }

    /// Notes that what was in slot `n` is in slot `places[n]`; from `first` on, and up to where `places` ends, the order stays. All that have a place are
    /// there.
    pub fn renumber(&mut self, first: u32, places: &[u32]) {
        for (_, list) in &mut self.lists {
            let start = list.partition_point(|posting| posting.slot < first);
            for posting in &mut list[start..] {
                match places.get(posting.slot as usize) {
                    Some(place) => posting.slot = *place,
                    None => break,
                }
            }
        }
    }

    /// Forgets that `slot` has these terms, and the terms that nothing else has.
    pub fn remove(&mut self, slot: u32, terms: &[(TermNumber, u16)]) {
        for (number, _) in terms {
            let (term, list) = &mut self.lists[*number as usize];
            if let Ok(at) = list.binary_search_by_key(&slot, |posting| posting.slot) {
                list.remove(at);
            }
            if list.is_empty() {
                self.numbers.remove(term);
                *term = Box::default();
                *list = Vec::new();
                self.free.push(*number);
            }
        }
    }

    /// The memories that have a term.
    pub fn of(&self, term: &str) -> &[Posting] {
        self.numbers.get(term).map_or(&[], |number| &self.lists[*number as usize].1)
    }

    /// The memories that have one of some forms of a term, by ascending slot.
    pub fn of_any(&self, forms: &[String]) -> Cow<'_, [Posting]> {
        if let [form] = forms {
            return Cow::Borrowed(self.of(form));
        }
        let mut merged: Vec<Posting> = forms.iter().flat_map(|form| self.of(form)).copied().collect();
        merged.sort_by_key(|posting| posting.slot);
        merged.dedup_by(|next, kept| {
            let same = next.slot == kept.slot;
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
        Cow::Owned(merged)
    }

    /// All terms that something has.
    #[cfg(test)]
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        self.numbers.keys().map(AsRef::as_ref)
    }
}
