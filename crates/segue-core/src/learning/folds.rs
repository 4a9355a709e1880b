//! Examples dealt into folds, so that each is judged by a model that has not seen it.

use std::collections::BTreeMap;

use super::Chance;

/// The fold of each example, `count` folds in all: shuffled from the seed, and every label
/// spread over the folds as evenly as it goes.
pub fn folds(labels: &[usize], count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    Chance::new(seed).shuffle(&mut order);
    order.sort_by_key(|at| labels.get(*at).copied());
    let mut folds = vec![0; labels.len()];
    for (place, at) in order.into_iter().enumerate() {
        if let Some(fold) = folds.get_mut(at) {
            *fold = place % count.max(1);
        }
    }
    folds
}

/// The fold of each example where examples of one group (the trials of one task, the messages of
/// one conversation) stay together.
pub fn folds_by<G: Ord>(groups: &[G], count: usize, seed: u64) -> Vec<usize> {
    let mut fold_of: BTreeMap<&G, usize> = groups.iter().map(|group| (group, 0)).collect();
    let mut order: Vec<usize> = (0..fold_of.len()).collect();
    Chance::new(seed).shuffle(&mut order);
    for (fold, place) in fold_of.values_mut().zip(order) {
        *fold = place % count.max(1);
    }
    let of = |group| fold_of.get(group).copied().unwrap_or(0);
    groups.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_spread_over_the_folds() {
        let labels: Vec<usize> = (0..100).map(|i| usize::from(i % 10 == 0)).collect();
        let folds = folds(&labels, 5, 1);
        for fold in 0..5 {
            let rare = (0..100)
                .filter(|i| folds[*i] == fold && labels[*i] == 1)
                .count();
            let all = folds.iter().filter(|of| **of == fold).count();
            assert_eq!((rare, all), (2, 20));
        }
    }

    #[test]
    fn what_belongs_together_stays_together() {
        let groups: Vec<usize> = (0..60).map(|i| i / 4).collect();
        let folds = folds_by(&groups, 5, 1);
        for group in 0..15 {
            let mut of: Vec<usize> = (0..60)
                .filter(|i| groups[*i] == group)
                .map(|i| folds[i])
                .collect();
            of.dedup();
            assert_eq!(of.len(), 1);
        }
        assert!((0..5).all(|fold| folds.iter().filter(|of| **of == fold).count() == 12));
    }
}
