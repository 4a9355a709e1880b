//! An ordered set that also knows how many stand before a given place.
//!
//! A plain ordered set finds the first in O(log n) but counts the ones ahead in O(n). Here keys lie in
//! short sorted runs: inserting touches one run, counting adds up the lengths of the runs before.

/// Keys in one run at most; a full run is split in two.
const RUN: usize = 512;

#[derive(Clone, Debug)]
pub(crate) struct Ladder<K> {
    runs: Vec<Vec<K>>,
    len: usize,
}

impl<K> Default for Ladder<K> {
    fn default() -> Self {
        Self {
            runs: Vec::new(),
            len: 0,
        }
    }
}

impl<K: Ord + Copy> Ladder<K> {
    /// The run that holds `key` or would hold it.
    fn run_of(&self, key: &K) -> usize {
        let later = self
            .runs
            .partition_point(|run| run.first().is_some_and(|first| first <= key));
        later.saturating_sub(1)
    }

    /// Puts `key` in its place; one that is there already stays once.
    pub(crate) fn insert(&mut self, key: K) {
        let index = self.run_of(&key);
        let Some(run) = self.runs.get_mut(index) else {
            self.runs.push(vec![key]);
            self.len += 1;
            return;
        };
        let Err(place) = run.binary_search(&key) else {
            return;
        };
        run.insert(place, key);
        self.len += 1;
        if run.len() > RUN {
            let upper = run.split_off(RUN / 2);
            self.runs.insert(index + 1, upper);
        }
    }

    pub(crate) fn remove(&mut self, key: &K) {
        let index = self.run_of(key);
        let Some(run) = self.runs.get_mut(index) else {
            return;
        };
        let Ok(place) = run.binary_search(key) else {
            return;
        };
        run.remove(place);
        self.len -= 1;
        if run.is_empty() {
            self.runs.remove(index);
        }
    }

    /// How many keys are smaller than `key`.
    pub(crate) fn before(&self, key: &K) -> usize {
        let index = self.run_of(key);
        let earlier: usize = self.runs.iter().take(index).map(Vec::len).sum();
        earlier
            + self
                .runs
                .get(index)
                .map_or(0, |run| run.partition_point(|other| other < key))
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &K> {
        self.runs.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_ladder_agrees_with_a_plain_set(steps in prop::collection::vec((any::<bool>(), 0..900_i64), 0..1_500)) {
            let mut ladder = Ladder::default();
            let mut plain = BTreeSet::new();
            for (add, key) in steps {
                if add {
                    ladder.insert(key);
                    plain.insert(key);
                } else {
                    ladder.remove(&key);
                    plain.remove(&key);
                }
                prop_assert_eq!(ladder.before(&key), plain.range(..key).count());
                prop_assert_eq!(ladder.len(), plain.len());
            }
            prop_assert!(ladder.iter().eq(plain.iter()));
        }
    }
}
