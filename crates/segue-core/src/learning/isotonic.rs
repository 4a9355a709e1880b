//! How likely a yes is at a score, with nothing assumed but that a higher score is no less
//! likely: isotonic regression by pooling adjacent violators (Ayer et al. 1955).

/// Steps that only rise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Isotonic {
    /// The lowest score of each step, and the share of yes on it.
    steps: Vec<(f64, f64)>,
}

/// A stretch of scores that share one likelihood.
struct Pool {
    from: f64,
    yes: f64,
    all: f64,
}

impl Pool {
    fn share(&self) -> f64 {
        self.yes / self.all
    }
}

impl Isotonic {
    /// Learns from scores with their answers.
    pub fn train(scores: &[(f64, bool)]) -> Self {
        let mut ordered = scores.to_vec();
        ordered.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut pools: Vec<Pool> = Vec::new();
        for same in ordered.chunk_by(|one, next| one.0.total_cmp(&next.0).is_eq()) {
            let Some((from, _)) = same.first() else {
                continue;
            };
            let yes = same.iter().filter(|(_, yes)| *yes).count();
            pools.push(Pool {
                from: *from,
                yes: super::real(yes),
                all: super::real(same.len()),
            });
            pool_back(&mut pools);
        }
        Self {
            steps: pools.iter().map(|pool| (pool.from, pool.share())).collect(),
        }
    }

    /// How likely yes is at this score, 0 to 1; a half where nothing was learned.
    pub fn likelihood(&self, score: f64) -> f64 {
        let above = self.steps.partition_point(|(from, _)| *from <= score);
        let step = self.steps.get(above.saturating_sub(1));
        step.map_or(0.5, |(_, share)| *share)
    }
}

/// Joins the last pools for as long as the later one is not above the earlier one.
fn pool_back(pools: &mut Vec<Pool>) {
    while let [.., before, last] = pools.as_mut_slice() {
        if before.share() < last.share() {
            break;
        }
        before.yes += last.yes;
        before.all += last.all;
        pools.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_the_wrong_order_are_pooled() {
        let scores = [(1.0, false), (2.0, true), (3.0, false), (4.0, true)];
        let isotonic = Isotonic::train(&scores);
        let expected = [(0.0, 0.0), (1.0, 0.0), (2.5, 0.5), (3.0, 0.5), (9.0, 1.0)];
        for (score, likely) in expected {
            assert!(
                (isotonic.likelihood(score) - likely).abs() < 1e-12,
                "{score}"
            );
        }
    }

    #[test]
    fn equal_scores_are_one_step() {
        let isotonic = Isotonic::train(&[(1.0, true), (1.0, false), (1.0, false), (1.0, false)]);
        assert!((isotonic.likelihood(1.0) - 0.25).abs() < 1e-12);
        assert!((Isotonic::default().likelihood(1.0) - 0.5).abs() < 1e-12);
    }
}
