//! A fixed-size sample that does not depend on the order in which things come.

use std::collections::BTreeMap;

use crate::signals::stable_hash;

/// The `size` things whose names have the smallest hashes: a uniform sample, the same each time.
#[derive(Clone, Debug)]
pub(super) struct Sample<T> {
    size: usize,
    kept: BTreeMap<(u64, String), T>,
}

impl<T> Sample<T> {
    pub(super) fn new(size: usize) -> Self {
        Self {
            size,
            kept: BTreeMap::new(),
        }
    }

    /// Keeps what `make` makes, if its name is among the smallest so far.
    pub(super) fn offer(&mut self, name: &str, make: impl FnOnce() -> T) {
        let rank = (stable_hash(name.as_bytes()), name.to_owned());
        let full = self.kept.len() >= self.size;
        if full
            && self
                .kept
                .last_key_value()
                .is_none_or(|(last, _)| *last < rank)
        {
            return;
        }
        self.kept.insert(rank, make());
        if self.kept.len() > self.size {
            self.kept.pop_last();
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.kept.values()
    }

    pub(super) fn into_items(self) -> Vec<T> {
        self.kept.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_offers_does_not_matter() {
        let names: Vec<String> = (0..100).map(|n| format!("c-{n}")).collect();
        let sample = |names: &mut dyn Iterator<Item = &String>| {
            let mut sample = Sample::new(7);
            names.for_each(|name| sample.offer(name, || name.clone()));
            sample.into_items()
        };
        let forth = sample(&mut names.iter());
        assert_eq!(forth.len(), 7);
        assert_eq!(forth, sample(&mut names.iter().rev()));
    }
}
