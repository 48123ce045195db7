//! A plan in the making: each item knows when it would leave if the prompt were too long. Must not know texts' meaning.

use super::plan::{Item, LeftOut, Place, Reason, Section, SectionKind};

/// The order in which things leave a prompt that does not fit, the first first. The message to be answered never leaves; it is
/// cut in its middle when nothing else is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaves {
    Examples,
    Memories,
    Lorebook,
    NewFacts,
    Facts,
    Summary,
    OlderTurns,
    Scene,
    ConstantLore,
    PinnedFacts,
    Instructions,
    Reminder,
    PostHistory,
    Unknown,
    LastTurns,
    Notices,
    Core,
    Never,
}

/// An item, and when it leaves.
#[derive(Debug, Clone)]
pub(super) struct DraftItem {
    pub item: Item,
    pub leaves: Leaves,
    /// Within those that leave together, lower ones leave first.
    pub rank: i64,
}

/// A section in the making.
#[derive(Debug, Clone)]
pub(super) struct DraftSection {
    pub kind: SectionKind,
    pub place: Place,
    pub heading: String,
    pub heading_tokens: usize,
    pub items: Vec<DraftItem>,
}

impl DraftSection {
    pub fn tokens(&self) -> usize {
        self.heading_tokens + self.items.iter().map(|item| item.item.tokens).sum::<usize>()
    }

    /// Lets items go until the section has at most `budget` tokens, the lowest rank first.
    pub fn shrink(&mut self, budget: usize, left_out: &mut Vec<LeftOut>) {
        let mut total = self.tokens();
        if total <= budget {
            return;
        }
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|&index| self.items[index].rank);
        let mut gone = vec![false; self.items.len()];
        for index in order {
            if total <= budget {
                break;
            }
            gone[index] = true;
            total -= self.items[index].item.tokens;
            left_out.push(left(self.kind, &self.items[index].item, Reason::OverBudget));
        }
        let mut gone = gone.into_iter();
        self.items.retain(|_| !gone.next().unwrap_or_default());
    }
}

pub(super) fn left(kind: SectionKind, item: &Item, reason: Reason) -> LeftOut {
    LeftOut {
        kind,
        label: item.label.clone(),
        messages: item.messages.clone(),
        fact: item.fact,
        tokens: item.tokens,
        reason,
    }
}

/// All sections in the order of the prompt.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub sections: Vec<DraftSection>,
    pub left_out: Vec<LeftOut>,
}

impl Draft {
    /// Tokens of all entries of the lorebook.
    pub fn lore_tokens(&self) -> usize {
        let items = self.sections.iter().flat_map(|section| &section.items);
        let lore = items.filter(|item| matches!(item.leaves, Leaves::Lorebook | Leaves::ConstantLore));
        lore.map(|item| item.item.tokens).sum()
    }

    pub fn push(&mut self, section: DraftSection) {
        if !section.items.is_empty() {
            self.sections.push(section);
        }
    }

    /// Lets items of at least `excess` tokens go, in the order in which they leave. False: nothing may leave any more.
    pub fn let_go(&mut self, excess: usize) -> bool {
        let mut order: Vec<(Leaves, i64, usize, usize)> = Vec::new();
        for (at, section) in self.sections.iter().enumerate() {
            let items = section.items.iter().enumerate().filter(|(_, item)| item.leaves != Leaves::Never);
            order.extend(items.map(|(index, item)| (item.leaves, item.rank, at, index)));
        }
        order.sort_unstable();
        let mut removed = 0;
        let mut gone: Vec<(usize, usize)> = Vec::new();
        for (_, _, at, index) in order {
            if removed >= excess {
                break;
            }
            // An item of no tokens may be what holds a heading.
            removed += self.sections[at].items[index].item.tokens;
            gone.push((at, index));
        }
        for &(at, index) in &gone {
            let section = &self.sections[at];
            let reason = match section.kind {
                SectionKind::Turns => Reason::LeftWindow,
                _ => Reason::ContextFull,
            };
            self.left_out.push(left(section.kind, &section.items[index].item, reason));
        }
        gone.sort_unstable();
        for (at, index) in gone.iter().rev() {
            self.sections[*at].items.remove(*index);
        }
        self.sections.retain(|section| !section.items.is_empty());
        !gone.is_empty()
    }

    /// The item of the message to be answered.
    pub fn question(&mut self) -> Option<&mut Item> {
        let turns = self.sections.iter_mut().find(|section| section.kind == SectionKind::Turns);
        turns.and_then(|section| section.items.last_mut()).map(|item| &mut item.item)
    }

    pub fn finish(self) -> (Vec<Section>, Vec<LeftOut>) {
        let finished = |section: DraftSection| Section {
            kind: section.kind,
            place: section.place,
            tokens: section.tokens(),
            heading: section.heading,
            items: section.items.into_iter().map(|item| item.item).collect(),
        };
        (self.sections.into_iter().map(finished).collect(), self.left_out)
    }
}
