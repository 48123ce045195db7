//! Where a list lies on the path, by words alone. Must not know what follows from it.

use super::{Added, Known};
use crate::transcript::{Completeness, Speaker};

/// Messages that must agree in a row before a list that does not agree as a whole is laid over the path.
const RUN_MIN: usize = 2;

/// A message as it is compared: without the blanks that clients add and take away.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub speaker: Speaker,
    pub words: String,
    /// Of a reply that was stopped, the client may have read a little more or less than was kept.
    is_cut: bool,
    /// Whether the message before it on the path is from elsewhere, so that no client's list has the two in a row.
    pub is_apart: bool,
}

impl Line {
    pub fn new(speaker: Speaker, text: &str) -> Self {
        Self { speaker, words: words(text), is_cut: false, is_apart: false }
    }

    pub fn of_known(known: &Known) -> Self {
        let is_cut = known.completeness == Completeness::Interrupted;
        Self { is_cut, ..Self::new(known.speaker, &known.text) }
    }

    pub fn of_added(added: &Added) -> Self {
        Self::new(added.speaker, &added.text)
    }

    /// Whether it has these words.
    pub fn says(&self, text: &str) -> bool {
        self.words == words(text)
    }

    /// Whether this is what a client sent as `sent`.
    pub fn agrees(&self, sent: &Self) -> bool {
        let (ours, theirs) = (self.words.as_str(), sent.words.as_str());
        let cut =
            || self.is_cut && !theirs.is_empty() && (ours.starts_with(theirs) || theirs.starts_with(ours));
        self.speaker == sent.speaker && (ours == theirs || cut())
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Up to where a list agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// The path's last message that agrees.
    pub index: usize,
    /// How many of the list's messages are used up then.
    pub used: usize,
}

/// How a list lies at one place of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The last message that agrees.
    pub end: Spot,
    /// Where the client changed one message before that: the last message that agrees before it.
    pub changed: Option<Spot>,
    /// Messages that agree.
    agreeing: usize,
}

/// Where the list lies: all places where most messages agree (people say the same twice, but seldom much of it), the latest first.
pub(super) fn places(path: &[Line], list: &[Line]) -> Vec<Place> {
    let mut best: Vec<Place> = Vec::new();
    for used in (1..=list.len()).rev() {
        // Of fewer messages, no more can agree.
        if best.first().is_some_and(|best| best.agreeing >= used) {
            break;
        }
        for index in (0..path.len()).rev() {
            let Some(found) = Place::at(path, index, list, used) else { continue };
            match best.first() {
                Some(first) if found.agreeing < first.agreeing => {}
                Some(first) if found.agreeing == first.agreeing => {
                    if first.end.used == used && first.changed.is_some() == found.changed.is_some() {
                        best.push(found);
                    }
                }
                _ => best = vec![found],
            }
        }
    }
    best
}

impl Place {
    /// With the list's first `used` messages ending at `path[index]`; `None` where too few agree.
    fn at(path: &[Line], index: usize, list: &[Line], used: usize) -> Option<Self> {
        let agreeing = run(path, index, list, used);
        if agreeing != used && agreeing < RUN_MIN {
            return None;
        }
        let plain = Self { end: Spot { index, used }, changed: None, agreeing };
        // Perhaps the client changed one message, and what stands before it agrees as well.
        let differs = used.saturating_sub(agreeing + 1);
        let Some(before) = index.checked_sub(agreeing + 1).filter(|_| differs > 0) else {
            return Some(plain);
        };
        let earlier = run(path, before, list, differs);
        if earlier != differs && earlier < RUN_MIN {
            return Some(plain);
        }
        let changed = Some(Spot { index: before, used: differs });
        Some(Self { changed, agreeing: agreeing + earlier, ..plain })
    }
}

/// How many messages in a row agree, going back from `path[index]` and `list[used - 1]`.
fn run(path: &[Line], index: usize, list: &[Line], used: usize) -> usize {
    let pairs = path[..=index].iter().rev().zip(list[..used].iter().rev());
    let mut count = 0;
    for (known, _) in pairs.take_while(|(known, sent)| known.agrees(sent)) {
        count += 1;
        if known.is_apart {
            break;
        }
    }
    count
}
