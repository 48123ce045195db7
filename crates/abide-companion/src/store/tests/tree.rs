//! The tree beside a plain one in memory: whatever is done, both agree.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::super::*;
use super::basics::{Fixture, time};
use crate::transcript::{MessageId, NewMessage, Speaker};

#[derive(Debug, Clone)]
enum Action {
    Say,
    Regenerate(Index),
    Aside(Index),
    Edit(Index),
    SwitchTo(Index),
    GoBack(Index),
    GoToStart,
    Branch(u8),
    SwitchBranch(u8),
    Delete(Index),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let index = any::<Index>;
    let action = prop_oneof![
        6 => Just(Action::Say),
        3 => index().prop_map(Action::Regenerate),
        2 => index().prop_map(Action::Aside),
        1 => index().prop_map(Action::Edit),
        3 => index().prop_map(Action::SwitchTo),
        2 => index().prop_map(Action::GoBack),
        1 => Just(Action::GoToStart),
        1 => (0_u8..3).prop_map(Action::Branch),
        2 => (0_u8..3).prop_map(Action::SwitchBranch),
        1 => index().prop_map(Action::Delete),
    ];
    proptest::collection::vec(action, 1..40)
}

/// The tree as one would write it without thinking of size.
struct Model {
    /// Parents by number.
    messages: BTreeMap<u64, Option<u64>>,
    next: u64,
    chosen: BTreeMap<Option<u64>, u64>,
    heads: BTreeMap<String, Option<u64>>,
    current: String,
}

impl Model {
    fn new() -> Self {
        let heads = BTreeMap::from([(MAIN_BRANCH.to_owned(), None)]);
        Self {
            messages: BTreeMap::new(),
            next: 1,
            chosen: BTreeMap::new(),
            heads,
            current: MAIN_BRANCH.to_owned(),
        }
    }

    fn head(&self) -> Option<u64> {
        self.heads[&self.current]
    }

    fn path(&self) -> Vec<u64> {
        let mut path: Vec<u64> = std::iter::successors(self.head(), |id| self.messages[id]).collect();
        path.reverse();
        path
    }

    fn children(&self, parent: Option<u64>) -> Vec<u64> {
        self.messages.iter().filter(|(_, above)| **above == parent).map(|(id, _)| *id).collect()
    }

    fn set_head(&mut self, head: Option<u64>) {
        self.heads.insert(self.current.clone(), head);
        for id in self.path() {
            self.chosen.insert(self.messages[&id], id);
        }
    }

    fn add(&mut self, parent: Option<u64>) -> u64 {
        let id = self.next;
        self.next += 1;
        self.messages.insert(id, parent);
        id
    }

    fn end_from(&self, mut id: u64) -> u64 {
        while let Some(newest) = self.children(Some(id)).last() {
            id = *self.chosen.get(&Some(id)).unwrap_or(newest);
        }
        id
    }

    fn delete(&mut self, id: u64) {
        let parent = self.messages[&id];
        let mut doomed = vec![id];
        let mut next = 0;
        while next < doomed.len() {
            doomed.extend(self.children(Some(doomed[next])));
            next += 1;
        }
        self.messages.retain(|id, _| !doomed.contains(id));
        self.chosen.retain(|above, child| {
            above.is_none_or(|above| !doomed.contains(&above)) && !doomed.contains(child)
        });
        for head in self.heads.values_mut() {
            if head.is_some_and(|head| doomed.contains(&head)) {
                *head = parent;
            }
        }
    }

    /// A number that is there, if any is.
    fn pick(&self, index: &Index) -> Option<u64> {
        let ids: Vec<u64> = self.messages.keys().copied().collect();
        (!ids.is_empty()).then(|| *index.get(&ids))
    }
}

fn run(it: &Fixture, model: &mut Model, action: &Action) {
    let (store, companion) = (&it.store, it.companion);
    let message =
        |parent: Option<u64>| NewMessage::new(parent.map(MessageId), Speaker::User, "words", time(0));
    match action {
        Action::Say => {
            let said = store.append(companion, message(model.head())).unwrap();
            let id = model.add(model.head());
            assert_eq!(said.id.0, id);
            model.set_head(Some(id));
        }
        Action::Regenerate(index) | Action::Aside(index) | Action::Edit(index) => {
            let Some(old) = model.pick(index) else { return };
            let parent = model.messages[&old];
            match action {
                Action::Regenerate(_) => store.append(companion, message(parent)).unwrap(),
                Action::Edit(_) => store.edit(companion, MessageId(old), "other words", time(1)).unwrap(),
                _ => store.append_aside(companion, message(parent)).unwrap(),
            };
            let newest = model.children(parent).last().copied();
            let id = model.add(parent);
            if let Action::Aside(_) = action {
                if let Some(newest) = newest {
                    model.chosen.entry(parent).or_insert(newest);
                }
            } else {
                model.set_head(Some(id));
            }
        }
        Action::SwitchTo(index) => {
            let Some(id) = model.pick(index) else { return };
            let end = store.switch_to(companion, MessageId(id)).unwrap();
            model.set_head(Some(model.end_from(id)));
            assert_eq!(Some(end.0), model.head());
        }
        Action::GoBack(index) => {
            let Some(id) = model.pick(index) else { return };
            store.go_back_to(companion, Some(MessageId(id))).unwrap();
            model.set_head(Some(id));
        }
        Action::GoToStart => {
            store.go_back_to(companion, None).unwrap();
            model.set_head(None);
        }
        Action::Branch(number) => {
            let name = format!("branch {number}");
            let at = model.head();
            let made = store.branch(companion, &name, at.map(MessageId));
            assert_eq!(made.is_ok(), !model.heads.contains_key(&name));
            if made.is_ok() {
                model.current = name;
                model.set_head(at);
            }
        }
        Action::SwitchBranch(number) => {
            let name = if *number == 0 { MAIN_BRANCH.to_owned() } else { format!("branch {number}") };
            let gone = store.switch_branch(companion, &name);
            assert_eq!(gone.is_ok(), model.heads.contains_key(&name));
            if gone.is_ok() {
                model.current = name;
                model.set_head(model.head());
            }
        }
        Action::Delete(index) => {
            let Some(id) = model.pick(index) else { return };
            store.delete_from(companion, MessageId(id)).unwrap();
            model.delete(id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(debug_assertions) { 24 } else { 64 }, ..ProptestConfig::default() })]

    #[test]
    fn the_tree_is_what_a_plain_one_is(actions in actions()) {
        let it = Fixture::new();
        let mut model = Model::new();
        for action in &actions {
            run(&it, &mut model, action);
            prop_assert_eq!(it.store.head(it.companion).unwrap().map(|head| head.0), model.head());
            prop_assert_eq!(it.path_ids(), model.path());
        }
        let ids: Vec<u64> = it.store.messages(it.companion).map(|message| message.unwrap().id.0).collect();
        prop_assert_eq!(&ids, &model.messages.keys().copied().collect::<Vec<_>>());
        for (id, parent) in &model.messages {
            let children = it.store.children(it.companion, Some(MessageId(*id))).unwrap();
            prop_assert_eq!(children.iter().map(|child| child.0).collect::<Vec<_>>(), model.children(Some(*id)));
            let siblings = it.store.siblings(it.companion, MessageId(*id)).unwrap();
            prop_assert_eq!(siblings.ids[siblings.index].0, *id);
            prop_assert_eq!(siblings.ids.len(), model.children(*parent).len());
        }
        let heads: BTreeMap<String, Option<u64>> = it.store.branches(it.companion).unwrap().into_iter()
            .map(|branch| (branch.name, branch.head.map(|head| head.0))).collect();
        prop_assert_eq!(heads, model.heads);
        it.store.check().unwrap();
    }
}
