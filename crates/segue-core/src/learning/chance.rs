//! Chance from a seed: the same seed shuffles the same way for ever.

use super::hash::mix;

/// `SplitMix64` (Steele, Lea & Flood 2014).
#[derive(Clone, Debug)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// Chance that begins at this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Sixty-four bits, any as likely as any other.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number below `limit`; 0 where there is none. The bias of Lemire's multiplication is
    /// below `limit` in 2^64.
    pub fn below(&mut self, limit: usize) -> usize {
        let product = u128::from(self.bits()) * limit as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    }

    /// Shuffles in place (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for left in (1..items.len()).rev() {
            items.swap(left, self.below(left + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_shuffles_the_same_way() {
        let shuffled = |seed| {
            let mut items: Vec<u32> = (0..20).collect();
            Chance::new(seed).shuffle(&mut items);
            items
        };
        assert_eq!(shuffled(7), shuffled(7));
        assert_ne!(shuffled(7), shuffled(8));
        let mut back = shuffled(7);
        back.sort_unstable();
        assert_eq!(back, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn every_number_below_the_limit_comes_about_as_often() {
        let mut chance = Chance::new(1);
        let mut counts = [0_u32; 5];
        for _ in 0..5000 {
            counts[chance.below(5)] += 1;
        }
        assert!(
            counts.iter().all(|count| (900..1100).contains(count)),
            "{counts:?}"
        );
        assert_eq!(chance.below(0), 0);
    }
}
