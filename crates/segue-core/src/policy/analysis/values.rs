//! What a fact may be, as a set that is cut and taken apart exactly: unknown, yes, no, ranges of
//! numbers, and texts that are listed or anything but listed.

use std::collections::BTreeSet;

/// A set of what one fact may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Values {
    unknown: bool,
    yes: bool,
    no: bool,
    /// Both ends belong to a range; ranges are in order and apart from one another.
    numbers: Vec<(i64, i64)>,
    texts: Texts,
    /// Every number is a multiple of it: a count has no fractions.
    step: i64,
}

/// A set of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    Only(BTreeSet<Box<str>>),
    Except(BTreeSet<Box<str>>),
}

/// One thing that a fact may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    Unknown,
    Bool(bool),
    Number(i64),
    Text(String),
}

/// Numbers that people write: tried from the coarsest.
const ROUND: [i64; 5] = [1000, 100, 50, 10, 1];
/// What goes further than this, in thousandths, is not a share.
const WIDE: i64 = 10_000;

impl Values {
    pub(super) fn nothing() -> Self {
        Self {
            unknown: false,
            yes: false,
            no: false,
            numbers: Vec::new(),
            texts: Texts::Only(BTreeSet::new()),
            step: 1,
        }
    }

    /// Whatever is known.
    pub(super) fn known() -> Self {
        Self {
            unknown: false,
            yes: true,
            no: true,
            numbers: vec![(i64::MIN, i64::MAX)],
            texts: Texts::Except(BTreeSet::new()),
            step: 1,
        }
    }

    pub(super) fn unknown() -> Self {
        Self {
            unknown: true,
            ..Self::nothing()
        }
    }

    pub(super) fn truth(answer: bool) -> Self {
        Self {
            yes: answer,
            no: !answer,
            ..Self::nothing()
        }
    }

    pub(super) fn bools() -> Self {
        Self {
            yes: true,
            no: true,
            ..Self::nothing()
        }
    }

    pub(super) fn numbers(numbers: Vec<(i64, i64)>) -> Self {
        Self {
            numbers,
            ..Self::nothing()
        }
    }

    pub(super) fn texts(texts: Texts) -> Self {
        Self {
            texts,
            ..Self::nothing()
        }
    }

    /// Only whole numbers, which are thousands of thousandths.
    pub(super) fn counting(mut self) -> Self {
        self.step = 1000;
        self
    }

    pub(super) fn or_unknown(mut self) -> Self {
        self.unknown = true;
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.unknown && !self.yes && !self.no && self.numbers.is_empty() && self.texts.is_empty()
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let step = self.step.max(other.step);
        Self {
            unknown: self.unknown && other.unknown,
            yes: self.yes && other.yes,
            no: self.no && other.no,
            numbers: on_step(common(&self.numbers, &other.numbers), step),
            texts: self.texts.and(&other.texts),
            step,
        }
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        Self {
            unknown: self.unknown && !other.unknown,
            yes: self.yes && !other.yes,
            no: self.no && !other.no,
            numbers: on_step(common(&self.numbers, &gaps(&other.numbers)), self.step),
            texts: self.texts.and(&other.texts.inverse()),
            step: self.step,
        }
    }

    /// One of them that people would write, near to where the condition draws its line; known
    /// rather than unknown.
    pub(super) fn pick(&self, within: &Self) -> Pick {
        if let Some(range) = self.numbers.first() {
            return Pick::Number(round(*range, within.numbers.first().copied()));
        }
        if self.yes || self.no {
            return Pick::Bool(self.yes);
        }
        self.texts.pick().map_or(Pick::Unknown, Pick::Text)
    }

    /// A handful of them, for a test that is not taken apart.
    pub(super) fn some(&self, within: &Self) -> Vec<Pick> {
        let mut picks = vec![self.pick(within)];
        for (low, high) in &self.numbers {
            let middle = i64::midpoint(*low, *high);
            let inner = [
                0,
                1000,
                10_000,
                1_000_000,
                *low,
                *high,
                middle - middle % self.step,
            ];
            let inside = inner.into_iter().filter(|it| (*low..=*high).contains(it));
            picks.extend(inside.map(Pick::Number));
        }
        picks.extend(self.no.then_some(Pick::Bool(false)));
        if let Texts::Only(texts) = &self.texts {
            picks.extend(
                texts
                    .iter()
                    .take(3)
                    .map(|text| Pick::Text(text.to_string())),
            );
        }
        picks.extend(self.unknown.then_some(Pick::Unknown));
        picks
    }
}

impl Texts {
    pub(super) fn one(text: &str) -> Self {
        Self::Only(BTreeSet::from([text.into()]))
    }

    pub(super) fn inverse(&self) -> Self {
        match self {
            Self::Only(texts) => Self::Except(texts.clone()),
            Self::Except(texts) => Self::Only(texts.clone()),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Only(texts) if texts.is_empty())
    }

    fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(left), Self::Only(right)) => {
                Self::Only(left.intersection(right).cloned().collect())
            }
            (Self::Only(only), Self::Except(not)) | (Self::Except(not), Self::Only(only)) => {
                Self::Only(only.difference(not).cloned().collect())
            }
            (Self::Except(left), Self::Except(right)) => {
                Self::Except(left.union(right).cloned().collect())
            }
        }
    }

    fn pick(&self) -> Option<String> {
        match self {
            Self::Only(texts) => texts.first().map(ToString::to_string),
            Self::Except(not) => (1..=not.len() + 1)
                .map(|count| match count {
                    1 => "other".to_owned(),
                    more => format!("other{more}"),
                })
                .find(|text| !not.contains(text.as_str())),
        }
    }
}

/// What two lists of ranges share.
fn common(left: &[(i64, i64)], right: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut shared = Vec::new();
    for (low, high) in left {
        for (from, to) in right {
            let (low, high) = (*low.max(from), *high.min(to));
            if low <= high {
                shared.push((low, high));
            }
        }
    }
    shared
}

/// What lies between and beside the ranges.
fn gaps(ranges: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut between = Vec::new();
    let mut next = Some(i64::MIN);
    for (low, high) in ranges {
        if let (Some(start), Some(end)) = (next, low.checked_sub(1))
            && start <= end
        {
            between.push((start, end));
        }
        next = high.checked_add(1);
    }
    between.extend(next.map(|start| (start, i64::MAX)));
    between
}

/// Draws the ends of each range in to the nearest multiples; a range without one is gone.
fn on_step(ranges: Vec<(i64, i64)>, step: i64) -> Vec<(i64, i64)> {
    let up = |low: i64| {
        low.checked_add((-low).rem_euclid(step))
            .filter(|_| low != i64::MIN)
    };
    let drawn = ranges.into_iter().filter_map(|(low, high)| {
        let low = if step == 1 {
            low
        } else {
            up(low).unwrap_or(low)
        };
        let high = high - high.rem_euclid(step);
        (low <= high).then_some((low, high))
    });
    drawn.collect()
}

/// A round number of a range, near to the end that the condition draws.
fn round((low, high): (i64, i64), within: Option<(i64, i64)>) -> i64 {
    let (least, greatest) = within.unwrap_or((i64::MIN, i64::MAX));
    let from_above = high < greatest && low <= least;
    // A share is written in tenths, a count or an attribute as a whole number.
    let wide = greatest.saturating_sub(least) > WIDE;
    let mut steps = ROUND.iter().skip(usize::from(!wide));
    let nearest = |step: &i64| {
        let at = if from_above {
            high.checked_sub(high.rem_euclid(*step))?
        } else {
            low.checked_add((-low.max(-i64::MAX)).rem_euclid(*step))?
        };
        (low..=high).contains(&at).then_some(at)
    };
    steps
        .find_map(nearest)
        .unwrap_or(if from_above { high } else { low })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn has(values: &Values, number: i64) -> bool {
        values
            .numbers
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&number))
    }

    fn ranges() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::btree_set(-20_i64..20, 0..6).prop_map(|ends| {
            let ends: Vec<_> = ends.into_iter().collect();
            ends.chunks_exact(2).map(|two| (two[0], two[1])).collect()
        })
    }

    proptest! {
        #[test]
        fn sets_of_numbers_are_cut_and_taken_apart_exactly(left in ranges(), right in ranges()) {
            let (a, b) = (Values::numbers(left), Values::numbers(right));
            for number in -25..25 {
                prop_assert_eq!(has(&a.and(&b), number), has(&a, number) && has(&b, number));
                prop_assert_eq!(has(&a.without(&b), number), has(&a, number) && !has(&b, number));
            }
        }

        #[test]
        fn what_is_picked_belongs_to_the_set(ranges in ranges(), counting: bool) {
            let domain = if counting { Values::known().counting() } else { Values::known() };
            let stretched = ranges.iter().map(|(low, high)| (low * 333, high * 333)).collect();
            let values = Values::numbers(stretched).and(&domain);
            match values.pick(&domain) {
                Pick::Number(number) => prop_assert!(has(&values, number), "{} of {:?}", number, values),
                other => prop_assert!(values.is_empty(), "{other:?}"),
            }
        }
    }

    #[test]
    fn a_count_lies_on_whole_numbers() {
        let counts = Values::known().counting();
        let between = Values::numbers(vec![(7001, 7999)]).and(&counts);
        assert!(between.is_empty());
        let at_least = Values::numbers(vec![(7001, i64::MAX)]).and(&counts);
        assert_eq!(at_least.pick(&counts), Pick::Number(8000));
    }

    #[test]
    fn what_is_picked_is_what_people_would_write() {
        let share = Values::numbers(vec![(-1000, 1000)]);
        let below = Values::numbers(vec![(i64::MIN, -301)]).and(&share);
        assert_eq!(below.pick(&share), Pick::Number(-400));
        let least = Values::numbers(vec![(700, i64::MAX)]).and(&share);
        assert_eq!(least.pick(&share), Pick::Number(700));
    }

    #[test]
    fn texts_are_listed_or_anything_but_listed() {
        let gold = Values::texts(Texts::one("gold"));
        assert!(gold.without(&gold).is_empty());
        let others = Values::known().without(&Values::texts(Texts::one("other")));
        let only_texts = others.and(&Values::texts(Texts::Except(BTreeSet::new())));
        assert_eq!(
            only_texts.pick(&Values::known()),
            Pick::Text("other2".to_owned())
        );
        assert!(
            gold.and(&others)
                .and(&Values::texts(Texts::one("silver")))
                .is_empty()
        );
    }
}
