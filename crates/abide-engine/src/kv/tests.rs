//! The block manager against a fake storage: each slot is stamped with the whole prefix that it
//! stands for, so any read of a wrong, stale or uncopied block shows.

use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;

use super::*;

/// What a right storage holds for the last of `tokens`.
fn stamp(tokens: &[u32]) -> u64 {
    let mut hasher = DefaultHasher::new();
    tokens.hash(&mut hasher);
    hasher.finish()
}

/// A manager, a storage that does what it is told, and the tokens that each sequence must have.
struct Harness {
    manager: BlockManager,
    storage: Vec<Vec<u64>>,
    model: Vec<(SequenceId, Vec<u32>)>,
}

impl Harness {
    fn new(block_positions: usize, groups: &[(Option<usize>, usize)]) -> Self {
        Self::with_cut_back(block_positions, 0, groups)
    }

    fn with_cut_back(block_positions: usize, cut_back: usize, groups: &[(Option<usize>, usize)]) -> Self {
        let groups: Vec<_> = groups.iter().map(|&(window, blocks)| GroupLayout { window, blocks }).collect();
        let storage = groups.iter().map(|group| vec![0; group.blocks * block_positions]).collect();
        let manager = BlockManager::new(CacheLayout { block_positions, cut_back, groups }).unwrap();
        Self { manager, storage, model: Vec::new() }
    }

    fn place(&self, slot: Slot) -> usize {
        slot.block as usize * self.manager.layout().block_positions + slot.offset as usize
    }

    /// Does the pending copies, then writes the positions from `from` on; wrongly if `fail`.
    fn compute(&mut self, id: SequenceId, from: usize, fail: bool) {
        let size = self.manager.layout().block_positions;
        for BlockCopy { group, from, to } in self.manager.take_copies() {
            let from = from as usize * size;
            self.storage[group].copy_within(from..from + size, to as usize * size);
        }
        let tokens = self.manager.tokens(id).unwrap().to_vec();
        for group in 0..self.storage.len() {
            let slots: Vec<_> = self.manager.slots(id, group, from..tokens.len()).unwrap().collect();
            for (slot, position) in slots.into_iter().zip(from..) {
                let place = self.place(slot);
                self.storage[group][place] = if fail { u64::MAX } else { stamp(&tokens[..=position]) };
            }
        }
    }

    /// Appends, computes and commits. `Err` when the cache is full.
    fn extend(&mut self, id: SequenceId, tokens: &[u32]) -> Result<(), KvError> {
        let from = self.manager.length(id)?;
        self.manager.append(id, tokens)?;
        self.compute(id, from, false);
        self.manager.commit(id)?;
        self.model.iter_mut().find(|(other, _)| *other == id).unwrap().1.extend_from_slice(tokens);
        Ok(())
    }

    /// Appends tokens whose contents are brought from elsewhere; only released if `fail`.
    fn bring(&mut self, id: SequenceId, tokens: &[u32], fail: bool) -> Result<(), KvError> {
        self.manager.append_known(id, tokens)?;
        let size = self.manager.layout().block_positions;
        for BlockCopy { group, from, to } in self.manager.take_copies() {
            let from = from as usize * size;
            self.storage[group].copy_within(from..from + size, to as usize * size);
        }
        let all = self.manager.tokens(id).unwrap().to_vec();
        for group in 0..self.storage.len() {
            let table = self.manager.table(id, group).unwrap();
            let (first, blocks) = (table.first_block, table.blocks.to_vec());
            for index in self.manager.missing(id, group).unwrap() {
                for position in index * size..all.len().min((index + 1) * size) {
                    let place = blocks[index - first] as usize * size + position % size;
                    self.storage[group][place] = if fail { u64::MAX } else { stamp(&all[..=position]) };
                }
            }
        }
        if fail {
            self.release(id);
            return Ok(());
        }
        self.manager.commit(id)?;
        self.model.iter_mut().find(|(other, _)| *other == id).unwrap().1.extend_from_slice(tokens);
        Ok(())
    }

    fn start(&mut self, tokens: &[u32]) -> (SequenceId, usize) {
        let (id, cached) = self.manager.start(tokens);
        assert!(cached < tokens.len().max(1));
        self.model.push((id, tokens[..cached].to_vec()));
        (id, cached)
    }

    /// A sequence of `tokens`, computed to its end. Returns how many positions were cached.
    fn run(&mut self, tokens: &[u32]) -> (SequenceId, usize) {
        let (id, cached) = self.start(tokens);
        self.extend(id, &tokens[cached..]).unwrap();
        (id, cached)
    }

    fn release(&mut self, id: SequenceId) {
        self.manager.release(id);
        self.model.retain(|(other, _)| *other != id);
    }

    /// Reads everything that the next query of every sequence would see.
    fn check(&mut self) {
        if let Some(&(id, _)) = self.model.first() {
            let length = self.manager.length(id).unwrap();
            self.compute(id, length, false); // the pending copies
        }
        let layout = self.manager.layout().clone();
        for (id, tokens) in &self.model {
            assert_eq!(self.manager.tokens(*id).unwrap(), tokens);
            assert_eq!(self.manager.committed(*id).unwrap(), tokens.len());
            for (group, description) in layout.groups.iter().enumerate() {
                let first = description.window.map_or(0, |window| (tokens.len() + 1).saturating_sub(window));
                let slots = self.manager.slots(*id, group, first..tokens.len()).unwrap();
                for (slot, position) in slots.zip(first..) {
                    let found = self.storage[group][self.place(slot)];
                    assert_eq!(found, stamp(&tokens[..=position]), "position {position} of {tokens:?}");
                }
                let table = self.manager.table(*id, group).unwrap();
                let end = tokens.len().div_ceil(layout.block_positions);
                assert_eq!(table.first_block + table.blocks.len(), end);
                let first = first.min(tokens.len());
                let held = first.saturating_sub(layout.cut_back) / layout.block_positions;
                assert!((held..=first / layout.block_positions).contains(&table.first_block));
            }
        }
        for (stats, group) in self.manager.stats().iter().zip(&layout.groups) {
            assert_eq!(stats.used + stats.cached + stats.free, group.blocks);
        }
    }
}

#[test]
fn prefix_of_a_released_sequence_is_found_to_the_token() {
    let mut harness = Harness::new(4, &[(None, 16), (Some(6), 16)]);
    let (id, cached) = harness.run(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(cached, 0);
    harness.release(id);
    let (_, cached) = harness.run(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert_eq!(cached, 10, "two full blocks and half of the third");
    harness.check();
    let (_, cached) = harness.run(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(cached, 9, "the last token is left to compute");
    let (_, cached) = harness.run(&[1, 2, 3, 4, 5, 6, 99]);
    assert_eq!(cached, 6, "a living sequence's block is copied where they part");
    let (_, cached) = harness.run(&[2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(cached, 0, "the same tokens elsewhere are not the same prefix");
    harness.check();
}

#[test]
fn equal_blocks_after_different_prefixes_are_told_apart() {
    let mut harness = Harness::new(2, &[(None, 16)]);
    let (first, _) = harness.run(&[1, 1, 7, 7, 8, 8]);
    harness.release(first);
    let (_, cached) = harness.run(&[2, 2, 7, 7, 8, 8]);
    assert_eq!(cached, 0);
    harness.check();
}

#[test]
fn uncommitted_contents_are_never_found() {
    let mut harness = Harness::new(2, &[(None, 8)]);
    let (id, _) = harness.start(&[1, 2, 3, 4, 5]);
    harness.manager.append(id, &[1, 2, 3, 4, 5]).unwrap();
    harness.compute(id, 0, true);
    let (other, cached) = harness.start(&[1, 2, 3, 4, 5]);
    assert_eq!(cached, 0, "not while it is being computed");
    assert_eq!(harness.manager.fork(id), Err(KvError::Uncommitted(id)));
    harness.release(id);
    harness.release(other);
    let (_, cached) = harness.start(&[1, 2, 3, 4, 5]);
    assert_eq!(cached, 0, "nor after it failed");
}

#[test]
fn full_changes_nothing_and_says_what_is_missing() {
    let mut harness = Harness::new(2, &[(None, 8), (Some(2), 3)]);
    let (id, _) = harness.run(&[1, 2, 3]);
    let before = harness.manager.stats();
    let refused = harness.manager.append(id, &[4; 7]);
    assert_eq!(refused, Err(KvError::Full { group: 1, needed: 3, available: 2 }));
    assert_eq!(harness.manager.stats(), before);
    harness.extend(id, &[4; 5]).unwrap();
    harness.check();
}

#[test]
fn least_recently_used_goes_first_and_ends_before_beginnings() {
    let mut harness = Harness::new(2, &[(None, 6)]);
    let (old, _) = harness.run(&[1, 1, 1, 1]);
    let (young, _) = harness.run(&[2, 2, 2, 2]);
    harness.release(old);
    harness.release(young);
    let (id, _) = harness.run(&[3, 3, 3, 3, 3, 3]); // two free blocks, and one evicted
    harness.release(id);
    assert_eq!(harness.start(&[1, 1, 1, 1, 9]).1, 2, "its end is gone, its beginning is not");
    assert_eq!(harness.start(&[2, 2, 2, 2, 9]).1, 4);
}

#[test]
fn window_group_keeps_only_its_window() {
    let mut harness = Harness::new(2, &[(None, 50), (Some(4), 5)]);
    let (id, _) = harness.start(&[0; 90]);
    for token in 0..90 {
        harness.extend(id, &[token]).unwrap();
        harness.check();
        assert!(harness.manager.stats()[1].used <= 3);
    }
    let real = harness.manager.truncate(id, 40).unwrap();
    assert_eq!(real, 0, "the window before 40 was evicted long ago");
    let bound = GroupLayout::blocks_per_sequence(Some(4), 90, 1, 2);
    assert_eq!(bound, 3);
    assert_eq!(GroupLayout::blocks_per_sequence(None, 90, 1, 2), 45);
    assert_eq!(GroupLayout::blocks_per_sequence(Some(4), 3, 512, 2), 2);
}

#[test]
fn truncation_brings_back_what_the_window_passed_if_it_is_still_known() {
    let mut harness = Harness::new(2, &[(None, 50), (Some(4), 50)]);
    let tokens: Vec<u32> = (0..60).collect();
    let (id, _) = harness.run(&tokens);
    assert_eq!(harness.manager.truncate(id, 31).unwrap(), 31);
    harness.model[0].1.truncate(31);
    harness.check();
    harness.extend(id, &[7, 7, 7]).unwrap();
    harness.check();
}

#[test]
fn what_was_just_appended_can_be_cut_off_again_with_not_a_block_to_spare() {
    let (size, window, cut_back, length) = (4, 9, 5, 200);
    let blocks = GroupLayout::blocks_per_sequence(Some(window), length, 1 + cut_back + cut_back, size);
    let mut harness = Harness::with_cut_back(size, cut_back, &[(None, 51), (Some(window), blocks)]);
    let (id, _) = harness.start(&[0; 200]);
    for step in 0..150 {
        let drafts = step % (cut_back + 1);
        harness.extend(id, &vec![step as u32; 1 + drafts]).unwrap();
        harness.check();
        let kept = harness.model[0].1.len() - step % (drafts + 1);
        assert_eq!(harness.manager.truncate(id, kept).unwrap(), kept);
        harness.model[0].1.truncate(kept);
        harness.check();
        if kept > length - 10 {
            assert_eq!(harness.manager.truncate(id, 0).unwrap(), 0);
            harness.model[0].1.clear();
        }
    }
}

#[test]
fn forgetting_leaves_nothing_to_find() {
    let mut harness = Harness::new(2, &[(None, 16), (Some(3), 16)]);
    let (id, _) = harness.run(&[1, 2, 3, 4, 5]);
    harness.release(id);
    harness.manager.forget_cached();
    assert_eq!(harness.manager.prefix_nodes(), 0);
    assert_eq!(harness.start(&[1, 2, 3, 4, 5]).1, 0);
}

#[test]
fn senseless_layouts_and_ids_are_refused() {
    let layout =
        |block_positions, groups| BlockManager::new(CacheLayout { block_positions, cut_back: 0, groups });
    let group = |window, blocks| GroupLayout { window, blocks };
    for refused in [
        layout(0, vec![group(None, 4)]),
        layout(4, vec![]),
        layout(4, vec![group(Some(0), 4)]),
        layout(4, vec![group(None, 0)]),
        layout(4, vec![group(None, 1 << 32)]),
    ] {
        assert!(matches!(refused, Err(KvError::InvalidLayout { .. })));
    }
    let mut manager = layout(4, vec![group(None, 4)]).unwrap();
    let (id, cached) = manager.start(&[]);
    assert_eq!(cached, 0);
    assert!(matches!(manager.truncate(id, 1), Err(KvError::OutOfRange { .. })));
    assert!(manager.slots(id, 0, 0..1).is_err());
    manager.release(id);
    manager.release(id);
    assert_eq!(manager.append(id, &[1]), Err(KvError::UnknownSequence(id)));
    assert_eq!(manager.append(id, &[]), Err(KvError::UnknownSequence(id)));
}

/// One action; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Action {
    Start(Vec<u32>),
    Append { sequence: usize, tokens: Vec<u32>, fail: bool },
    Bring { sequence: usize, tokens: Vec<u32>, fail: bool },
    Truncate { sequence: usize, share: f64 },
    Fork(usize),
    Release(usize),
    Forget,
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let tokens = |most| prop::collection::vec(0..2_u32, 0..most);
    let action = prop_oneof![
        4 => tokens(24).prop_map(Action::Start),
        6 => (any::<usize>(), tokens(9), prop::bool::weighted(0.2))
            .prop_map(|(sequence, tokens, fail)| Action::Append { sequence, tokens, fail }),
        3 => (any::<usize>(), tokens(20), prop::bool::weighted(0.3))
            .prop_map(|(sequence, tokens, fail)| Action::Bring { sequence, tokens, fail }),
        3 => (any::<usize>(), 0.0..=1.0).prop_map(|(sequence, share)| Action::Truncate { sequence, share }),
        2 => any::<usize>().prop_map(Action::Fork),
        3 => any::<usize>().prop_map(Action::Release),
        1 => Just(Action::Forget),
    ];
    prop::collection::vec(action, 1..80)
}

impl Harness {
    fn act(&mut self, action: Action) {
        let choose = |harness: &Self, index: usize| {
            (!harness.model.is_empty()).then(|| harness.model[index % harness.model.len()].clone())
        };
        match action {
            Action::Start(tokens) => {
                if self.model.len() < 6 {
                    let (id, cached) = self.start(&tokens);
                    let before = self.manager.stats();
                    match self.extend(id, &tokens[cached..]) {
                        Ok(()) => {}
                        Err(KvError::Full { .. }) => assert_eq!(self.manager.stats(), before),
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            Action::Append { sequence, tokens, fail } => {
                let Some((id, held)) = choose(self, sequence) else { return };
                let before = self.manager.stats();
                if !fail {
                    let _ = self.extend(id, &tokens);
                } else if self.manager.append(id, &tokens).is_ok() {
                    self.compute(id, held.len(), true);
                    self.manager.rollback(id).unwrap();
                } else {
                    assert_eq!(self.manager.stats(), before);
                }
            }
            Action::Bring { sequence, tokens, fail } => {
                let Some((id, _)) = choose(self, sequence) else { return };
                let before = self.manager.stats();
                match self.bring(id, &tokens, fail) {
                    Ok(()) => {}
                    Err(KvError::Full { .. }) => assert_eq!(self.manager.stats(), before),
                    Err(other) => panic!("{other}"),
                }
            }
            Action::Truncate { sequence, share } => {
                let Some((id, held)) = choose(self, sequence) else { return };
                let wanted = (held.len() as f64 * share) as usize;
                let real = self.manager.truncate(id, wanted).unwrap();
                let windows = self.manager.layout().groups.iter().any(|group| group.window.is_some());
                assert!(real == wanted || (windows && real < wanted));
                self.model.iter_mut().find(|(other, _)| *other == id).unwrap().1.truncate(real);
            }
            Action::Fork(sequence) => {
                let Some((id, held)) = choose(self, sequence) else { return };
                if self.model.len() < 6 {
                    self.model.push((self.manager.fork(id).unwrap(), held));
                }
            }
            Action::Release(sequence) => {
                let Some((id, _)) = choose(self, sequence) else { return };
                self.release(id);
            }
            Action::Forget => self.manager.forget_cached(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn every_read_through_a_table_is_right(
        (size, cut_back) in (1..5_usize, 0..6_usize),
        windows in prop::collection::vec((prop::option::of(1..9_usize), 4..14_usize), 1..4),
        actions in actions(),
    ) {
        let mut harness = Harness::with_cut_back(size, cut_back, &windows);
        for action in actions {
            harness.act(action);
            harness.check();
        }
        while let Some(&(id, _)) = harness.model.last() {
            harness.release(id);
        }
        prop_assert!(harness.manager.stats().iter().all(|stats| stats.used == 0));
        harness.manager.forget_cached();
        prop_assert_eq!(harness.manager.prefix_nodes(), 0);
    }
}
