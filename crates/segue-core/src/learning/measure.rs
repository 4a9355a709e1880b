//! How good answers are, each figure with its 95 % interval.
//!
//! Shares have Wilson's interval, the area under the curve that of `DeLong`, `DeLong` &
//! Clarke-Pearson (1988), and everything that is no plain share the bootstrap's.

use super::{
    Measured, bootstrap,
    interval::{Z, share},
    real,
};

/// What was answered where what was true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// (true class, answered class), in order of the items.
    pairs: Vec<(usize, usize)>,
    classes: usize,
}

/// Hits and misses of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    hit: usize,
    missed: usize,
    wrongly: usize,
}

impl Tally {
    /// 2 · hits / (2 · hits + missed + wrongly); none where there is nothing to find or answer.
    fn f1(self) -> Option<f64> {
        let all = 2 * self.hit + self.missed + self.wrongly;
        (all > 0).then(|| real(2 * self.hit) / real(all))
    }
}

impl Confusion {
    /// Of items with their true and their answered class, both below `classes`.
    pub fn new(pairs: Vec<(usize, usize)>, classes: usize) -> Self {
        Self { pairs, classes }
    }

    /// The share that was answered rightly.
    pub fn accuracy(&self) -> Measured {
        self.accuracy_where(|_| true)
    }

    /// The share that was answered rightly of those whose true class is meant.
    pub fn accuracy_where(&self, meant: impl Fn(usize) -> bool) -> Measured {
        let of: Vec<_> = self
            .pairs
            .iter()
            .filter(|(truth, _)| meant(*truth))
            .collect();
        share(
            of.iter().filter(|(truth, told)| truth == told).count(),
            of.len(),
        )
    }

    /// Of what was answered with this class, the share that was right.
    pub fn precision(&self, class: usize) -> Measured {
        let tally = self.tally(class);
        share(tally.hit, tally.hit + tally.wrongly)
    }

    /// Of what is of this class, the share that was found.
    pub fn recall(&self, class: usize) -> Measured {
        let tally = self.tally(class);
        share(tally.hit, tally.hit + tally.missed)
    }

    /// The harmonic mean of precision and recall of a class; none if it never occurs.
    pub fn f1(&self, class: usize) -> Option<Measured> {
        bootstrap(self.pairs.len(), |drawn| {
            self.tallies(drawn).get(class)?.f1()
        })
    }

    /// The plain mean of the F1 of all classes that occur, as truth or as answer.
    pub fn macro_f1(&self) -> Option<Measured> {
        bootstrap(self.pairs.len(), |drawn| {
            let tallies = self.tallies(drawn);
            let found: Vec<f64> = tallies.into_iter().filter_map(Tally::f1).collect();
            (!found.is_empty()).then(|| found.iter().sum::<f64>() / real(found.len()))
        })
    }

    /// The pairs of classes that are taken for each other most often: truth, answer, how often.
    pub fn worst(&self, most: usize) -> Vec<(usize, usize, usize)> {
        let mut wrong: Vec<_> = self
            .pairs
            .iter()
            .filter(|(truth, told)| truth != told)
            .collect();
        wrong.sort_unstable();
        let mut counted: Vec<_> = wrong
            .chunk_by(|one, next| one == next)
            .filter_map(|same| {
                same.first()
                    .map(|(truth, told)| (*truth, *told, same.len()))
            })
            .collect();
        counted.sort_by_key(|(truth, told, count)| (std::cmp::Reverse(*count), *truth, *told));
        counted.truncate(most);
        counted
    }

    /// How often `truth` was answered with `told`.
    pub fn count(&self, truth: usize, told: usize) -> usize {
        self.pairs
            .iter()
            .filter(|pair| **pair == (truth, told))
            .count()
    }

    fn tally(&self, class: usize) -> Tally {
        let all: Vec<usize> = (0..self.pairs.len()).collect();
        self.tallies(&all).get(class).copied().unwrap_or_default()
    }

    fn tallies(&self, drawn: &[usize]) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.classes];
        for (truth, told) in drawn.iter().filter_map(|at| self.pairs.get(*at)) {
            if truth == told {
                add(&mut tallies, *truth, |tally| &mut tally.hit);
            } else {
                add(&mut tallies, *truth, |tally| &mut tally.missed);
                add(&mut tallies, *told, |tally| &mut tally.wrongly);
            }
        }
        tallies
    }
}

fn add(tallies: &mut [Tally], class: usize, which: impl Fn(&mut Tally) -> &mut usize) {
    if let Some(tally) = tallies.get_mut(class) {
        *which(tally) += 1;
    }
}

/// How likely a yes has a higher score than a no, ties counting half: the area under the
/// receiver operating characteristic. None without a yes or without a no.
///
/// The interval is `DeLong`'s, with the placements found by sorting (Sun & Xu 2014), on the logit
/// scale so that it stays between 0 and 1.
pub fn auroc(scores: &[(f64, bool)]) -> Option<Measured> {
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for (score, is) in scores {
        if *is {
            yes.push(*score);
        } else {
            no.push(*score);
        }
    }
    if yes.is_empty() || no.is_empty() {
        return None;
    }
    yes.sort_by(f64::total_cmp);
    no.sort_by(f64::total_cmp);
    let above: Vec<f64> = yes.iter().map(|score| placement(*score, &no)).collect();
    let below: Vec<f64> = no
        .iter()
        .map(|score| 1.0 - placement(*score, &yes))
        .collect();
    let area = mean(&above);
    let variance = spread(&above) / real(yes.len()) + spread(&below) / real(no.len());
    let (low, high) = on_logit_scale(area, variance.sqrt());
    Some(Measured {
        value: area,
        low,
        high,
    })
}

/// The share of `ordered` that lies below, ties counting half.
fn placement(score: f64, ordered: &[f64]) -> f64 {
    let below = ordered.partition_point(|other| *other < score);
    let not_above = ordered.partition_point(|other| *other <= score);
    f64::midpoint(real(below), real(not_above)) / real(ordered.len())
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / real(numbers.len())
}

fn spread(numbers: &[f64]) -> f64 {
    let middle = mean(numbers);
    let squares: f64 = numbers.iter().map(|number| (number - middle).powi(2)).sum();
    squares / real(numbers.len().saturating_sub(1).max(1))
}

fn on_logit_scale(area: f64, error: f64) -> (f64, f64) {
    if area <= 0.0 || area >= 1.0 {
        return ((area - Z * error).max(0.0), (area + Z * error).min(1.0));
    }
    let logit = libm::log(area / (1.0 - area));
    let wide = Z * error / (area * (1.0 - area));
    (super::sigmoid(logit - wide), super::sigmoid(logit + wide))
}

/// The mean of the precision at each yes, from the highest score down; equal scores are one
/// step. None without a yes.
pub fn average_precision(scores: &[(f64, bool)]) -> Option<Measured> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let score = |at: usize| scores.get(at).map_or(0.0, |(score, _)| *score);
    order.sort_by(|one, other| score(*other).total_cmp(&score(*one)));
    let ordered: Vec<(f64, bool)> = order
        .iter()
        .filter_map(|at| scores.get(*at))
        .copied()
        .collect();
    bootstrap(ordered.len(), |drawn| precision_of(&ordered, drawn))
}

fn precision_of(ordered: &[(f64, bool)], drawn: &[usize]) -> Option<f64> {
    let mut times = vec![0_usize; ordered.len()];
    for at in drawn {
        if let Some(times) = times.get_mut(*at) {
            *times += 1;
        }
    }
    let (mut seen, mut hits, mut sum) = (0, 0, 0.0);
    let mut from = 0;
    for same in ordered.chunk_by(|one, next| one.0.total_cmp(&next.0).is_eq()) {
        let weights = times.iter().skip(from).take(same.len());
        let counted: Vec<(usize, bool)> = weights.copied().zip(same.iter().map(|s| s.1)).collect();
        let here: usize = counted
            .iter()
            .filter(|(_, yes)| *yes)
            .map(|(times, _)| times)
            .sum();
        seen += counted.iter().map(|(times, _)| times).sum::<usize>();
        hits += here;
        if here > 0 {
            sum += real(here) * real(hits) / real(seen);
        }
        from += same.len();
    }
    (hits > 0).then(|| sum / real(hits))
}

/// The largest share that can be kept, surest first, with at least `target` of what is kept
/// right. Equal scores are kept together or not at all. None of nothing.
pub fn coverage_at(scores: &[(f64, bool)], target: f64) -> Option<Measured> {
    bootstrap(scores.len(), |drawn| {
        let mut kept: Vec<(f64, bool)> = drawn
            .iter()
            .filter_map(|at| scores.get(*at))
            .copied()
            .collect();
        kept.sort_by(|one, other| other.0.total_cmp(&one.0));
        coverage_of(&kept, target)
    })
}

fn coverage_of(ordered: &[(f64, bool)], target: f64) -> Option<f64> {
    let (mut seen, mut right, mut best) = (0, 0, 0);
    for same in ordered.chunk_by(|one, next| one.0.total_cmp(&next.0).is_eq()) {
        seen += same.len();
        right += same.iter().filter(|(_, is)| *is).count();
        if real(right) >= target * real(seen) {
            best = seen;
        }
    }
    (!ordered.is_empty()).then(|| real(best) / real(ordered.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    fn confusion() -> Confusion {
        // Three of class 0 (two found), two of class 1 (both found), one of class 2 (missed).
        Confusion::new(vec![(0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (2, 1)], 4)
    }

    #[test]
    fn precision_recall_and_f1_are_counted_by_class() {
        let confusion = confusion();
        near(confusion.accuracy().value, 4.0 / 6.0);
        near(confusion.accuracy_where(|truth| truth < 2).value, 4.0 / 5.0);
        near(confusion.precision(1).value, 0.5);
        near(confusion.recall(0).value, 2.0 / 3.0);
        near(confusion.f1(0).unwrap().value, 0.8);
        // (0.8 + 2/3 + 0) / 3; class 3 never occurs and is left out.
        near(confusion.macro_f1().unwrap().value, (0.8 + 2.0 / 3.0) / 3.0);
        assert_eq!(confusion.f1(3), None);
    }

    #[test]
    fn the_commonest_mistakes_come_first() {
        assert_eq!(confusion().worst(5), [(0, 1, 1), (2, 1, 1)]);
        assert_eq!(confusion().count(0, 0), 2);
    }

    #[test]
    fn the_area_counts_pairs_in_the_right_order() {
        let scores = [
            (0.9, true),
            (0.8, false),
            (0.7, true),
            (0.7, false),
            (0.1, false),
        ];
        // 0.9 beats three; 0.7 beats one, ties one: (3 + 1.5) / 6.
        near(auroc(&scores).unwrap().value, 0.75);
        assert_eq!(auroc(&[(1.0, true)]), None);
    }

    /// For unrelated scores the error of the area is near √((m + n + 1) / (12 m n)), the normal
    /// approximation of the rank sum.
    #[test]
    fn the_interval_of_an_area_without_meaning_is_that_of_the_rank_sum() {
        let mut chance = crate::learning::Chance::new(5);
        let scores: Vec<(f64, bool)> = (0..600)
            .map(|i| (real(chance.below(1 << 30)), i % 3 == 0))
            .collect();
        let found = auroc(&scores).unwrap();
        let expected = 2.0 * Z * (601.0 / (12.0 * 200.0 * 400.0_f64)).sqrt();
        assert!(
            ((found.high - found.low) / expected - 1.0).abs() < 0.08,
            "{found:?}"
        );
        assert!(found.low < 0.5 && found.high > 0.5);
    }

    #[test]
    fn average_precision_is_the_mean_precision_at_each_yes() {
        let scores = [(0.9, true), (0.8, false), (0.7, true), (0.6, false)];
        near(
            average_precision(&scores).unwrap().value,
            f64::midpoint(1.0, 2.0 / 3.0),
        );
        let tied = [(0.5, true), (0.5, false), (0.5, false), (0.5, true)];
        near(average_precision(&tied).unwrap().value, 0.5);
        assert_eq!(average_precision(&[(0.1, false)]), None);
    }

    #[test]
    fn coverage_is_the_largest_share_that_keeps_the_target() {
        let scores = [
            (0.9, true),
            (0.8, false),
            (0.7, true),
            (0.6, true),
            (0.5, false),
        ];
        near(coverage_at(&scores, 0.75).unwrap().value, 0.8);
        near(coverage_at(&scores, 1.0).unwrap().value, 0.2);
        near(coverage_at(&[(0.9, false)], 0.5).unwrap().value, 0.0);
        assert_eq!(coverage_at(&[], 0.5), None);
    }
}
