//! Compiled grammars that may be asked for again, the last used first. Knows nothing of how they are made.

use std::collections::VecDeque;

use super::limits::{KEPT_BYTES_MAX, KEPT_MAX};

/// Values by their keys, within a number and a size. Least recently used ones go first.
pub(super) struct Cache<V> {
    /// Key, value and bytes.
    kept: VecDeque<(String, V, usize)>,
}

impl<V> Cache<V> {
    pub(super) fn new() -> Self {
        Self { kept: VecDeque::new() }
    }

    pub(super) fn get(&mut self, key: &str) -> Option<&V> {
        let place = self.kept.iter().position(|(kept, ..)| kept == key)?;
        let entry = self.kept.remove(place)?;
        self.kept.push_front(entry);
        self.kept.front().map(|(_, value, _)| value)
    }

    /// Keeps a value of so many bytes, unless it is larger than all may be together.
    pub(super) fn insert(&mut self, key: String, value: V, bytes: usize) {
        let bytes = bytes.saturating_add(key.len());
        self.kept.retain(|(kept, ..)| *kept != key);
        if bytes > KEPT_BYTES_MAX {
            return;
        }
        self.kept.push_front((key, value, bytes));
        while self.kept.len() > KEPT_MAX
            || self.kept.iter().map(|(.., bytes)| bytes).sum::<usize>() > KEPT_BYTES_MAX
        {
            self.kept.pop_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get<const N: usize>(cache: &mut Cache<usize>, keys: [&str; N]) -> [Option<usize>; N] {
        keys.map(|key| cache.get(key).copied())
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let mut cache = Cache::new();
        for number in 0..KEPT_MAX {
            cache.insert(number.to_string(), number, 10);
        }
        assert_eq!(get(&mut cache, ["0"]), [Some(0)]);
        cache.insert("another".into(), 99, 10);
        assert_eq!(get(&mut cache, ["0", "1", "another"]), [Some(0), None, Some(99)]);
        cache.insert("another".into(), 100, 10);
        assert_eq!(get(&mut cache, ["another"]), [Some(100)]);
        assert_eq!(cache.kept.len(), KEPT_MAX);
    }

    #[test]
    fn together_they_stay_within_a_size() {
        let mut cache = Cache::new();
        cache.insert("large".into(), 1, KEPT_BYTES_MAX / 2);
        cache.insert("small".into(), 2, 10);
        cache.insert("larger".into(), 3, KEPT_BYTES_MAX - 100);
        assert_eq!(get(&mut cache, ["large", "small", "larger"]), [None, Some(2), Some(3)]);
        cache.insert("beyond".into(), 4, usize::MAX);
        assert_eq!(get(&mut cache, ["beyond", "small", "larger"]), [None, Some(2), Some(3)]);
    }
}
