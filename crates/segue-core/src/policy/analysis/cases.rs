//! The ways in which a condition holds on one occasion: each a case, which says of every fact what
//! it must be. A condition holds exactly where one of its cases does.

use std::collections::{BTreeMap, BTreeSet};

use super::values::{Texts, Values};
use crate::policy::{
    Judge, Policy,
    condition::{Comparison, Number, Part, Test, Words, turned},
    facts::{Fact, FactRef, Kind, Known, Occasion},
};

/// More cases than this are not looked at.
pub(super) const MAX_CASES: usize = 512;

/// One way in which a condition holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Case<'p> {
    /// What these facts must be; another may be anything.
    pub(super) facts: BTreeMap<&'p FactRef, Values>,
    /// Tests over several facts, which are not taken apart, and how they must come out.
    pub(super) open: Vec<(&'p Test, bool)>,
}

/// What the facts may be at all on an occasion, under a policy.
#[derive(Clone, Copy)]
pub(super) struct World<'p> {
    pub(super) policy: &'p Policy,
    pub(super) occasion: Occasion,
}

/// There are more cases than are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

type Cases<'p> = Result<Vec<Case<'p>>, TooMany>;

impl<'p> World<'p> {
    /// The ways in which a test comes out as `wanted`; none where it never does.
    pub(super) fn cases(self, test: &'p Test, wanted: bool) -> Cases<'p> {
        match test {
            Test::Always(answer) if *answer == wanted => Ok(vec![Case::default()]),
            Test::Always(_) => Ok(Vec::new()),
            Test::Fact(fact) => Ok(self.one(fact, &Values::truth(wanted))),
            Test::Has(fact) if wanted => Ok(self.one(fact, &Values::known())),
            Test::Has(fact) => Ok(self.one(fact, &Values::unknown())),
            Test::Not(inner) => self.cases(inner, !wanted),
            Test::All(parts) => self.joined(parts, wanted, wanted),
            Test::Any(parts) => self.joined(parts, wanted, !wanted),
            Test::Tests(equal, sides) => self.equal(&sides.0, &sides.1, *equal == wanted),
            Test::Numbers(comparison, left, right) => {
                Ok(self.numbers(test, wanted, *comparison, left, right))
            }
            Test::NumberAmong(Number::Fact(fact), list) => {
                let list = list.iter().collect::<BTreeSet<_>>();
                let points = list.into_iter().map(|number| (*number, *number)).collect();
                Ok(self.one(fact, &sided(Values::numbers(points), &any_number(), wanted)))
            }
            Test::Texts(equal, Words::Fact(fact), Words::Always(words))
            | Test::Texts(equal, Words::Always(words), Words::Fact(fact)) => {
                Ok(self.among(fact, Texts::one(words), *equal == wanted))
            }
            Test::Texts(equal, Words::Always(left), Words::Always(right)) => {
                let holds = ((left == right) == *equal) == wanted;
                Ok(Vec::from_iter(holds.then(Case::default)))
            }
            Test::TextAmong(Words::Fact(fact), list) => {
                Ok(self.among(fact, Texts::Only(list.iter().cloned().collect()), wanted))
            }
            Test::NumberAmong(..) => Ok(self.open(test, wanted, &any_number())),
            Test::Texts(..) | Test::TextAmong(..) => Ok(self.open(test, wanted, &any_text())),
            Test::Attributes(..) => Ok(self.open(test, wanted, &Values::known())),
        }
    }

    /// What a fact may be on this occasion.
    pub(super) fn domain(self, fact: &FactRef) -> Values {
        let known = match fact {
            FactRef::Known(known) => known,
            FactRef::Attribute(_) => return Values::known().or_unknown(),
            FactRef::Situation(name) => return self.situation(name),
        };
        match known.known(self.occasion) {
            Known::Never => Values::unknown(),
            Known::Always => self.of_kind(*known),
            Known::Perhaps => self.of_kind(*known).or_unknown(),
        }
    }

    /// What is learned is told of each message of the customer; a model tells it when it has judged.
    fn situation(self, name: &str) -> Values {
        let judge = self.policy.situation(name).map(|it| &it.judge);
        match (judge, self.occasion) {
            (Some(Judge::Examples), Occasion::CustomerWrites) => Values::bools(),
            (Some(Judge::Model { .. }), Occasion::ModelJudges) => Values::bools().or_unknown(),
            _ => Values::unknown(),
        }
    }

    fn of_kind(self, fact: Fact) -> Values {
        let numbers = |low, high| Values::numbers(vec![(low, high)]);
        match (fact, fact.kind()) {
            (Fact::AssistantFailed, _) => Values::truth(self.occasion == Occasion::AssistantFails),
            (Fact::MessageFrom, _) => Values::texts(Texts::one(match self.occasion {
                Occasion::CustomerWrites => "customer",
                _ => "assistant",
            })),
            (_, Kind::Bool) => Values::bools(),
            (_, Kind::Number { low, high }) if fact.counts() => {
                numbers(low, high.unwrap_or(i64::MAX)).counting()
            }
            (_, Kind::Number { low, high }) => numbers(low, high.unwrap_or(i64::MAX)),
            (_, Kind::Text | Kind::OwnIntent) => any_text(),
            (_, Kind::OneOf(words)) => listed(words.iter().copied()),
            (_, Kind::Intent) => listed(
                self.policy
                    .intents
                    .iter()
                    .map(|intent| intent.name.as_str()),
            ),
        }
    }

    /// What both cases ask for; none where they contradict each other.
    pub(super) fn both(left: &Case<'p>, right: &Case<'p>) -> Option<Case<'p>> {
        let mut both = left.clone();
        for (fact, values) in &right.facts {
            let shared = match both.facts.get(fact) {
                Some(own) => own.and(values),
                None => values.clone(),
            };
            if shared.is_empty() {
                return None;
            }
            both.facts.insert(fact, shared);
        }
        for open in &right.open {
            if both.open.contains(&(open.0, !open.1)) {
                return None;
            }
            if !both.open.contains(open) {
                both.open.push(*open);
            }
        }
        Some(both)
    }

    /// What is left of a case where another does not hold, in pieces that share nothing.
    pub(super) fn without(self, case: &Case<'p>, by: &Case<'p>) -> Vec<Case<'p>> {
        let implied = by.open.iter().all(|open| case.open.contains(open));
        if !implied {
            return vec![case.clone()];
        }
        let mut rest = case.clone();
        let mut pieces = Vec::new();
        for (fact, values) in &by.facts {
            let own = rest.facts.get(fact).cloned();
            let own = own.unwrap_or_else(|| self.domain(fact));
            let (outside, inside) = (own.without(values), own.and(values));
            if inside.is_empty() {
                return vec![case.clone()];
            }
            if !outside.is_empty() {
                let mut piece = rest.clone();
                piece.facts.insert(fact, outside);
                pieces.push(piece);
            }
            rest.facts.insert(fact, inside);
        }
        pieces
    }

    fn one(self, fact: &'p FactRef, values: &Values) -> Vec<Case<'p>> {
        let values = values.and(&self.domain(fact));
        if values.is_empty() {
            return Vec::new();
        }
        vec![Case {
            facts: BTreeMap::from([(fact, values)]),
            open: Vec::new(),
        }]
    }

    fn among(self, fact: &'p FactRef, texts: Texts, wanted: bool) -> Vec<Case<'p>> {
        let texts = if wanted { texts } else { texts.inverse() };
        self.one(fact, &Values::texts(texts))
    }

    /// Parts of which all must come out so, or of which one must.
    fn joined(self, parts: &'p [Part], wanted: bool, all: bool) -> Cases<'p> {
        let mut cases = if all {
            vec![Case::default()]
        } else {
            Vec::new()
        };
        for part in parts {
            let of_part = self.cases(&part.test, wanted)?;
            cases = if all {
                Self::product(&cases, &of_part)?
            } else {
                bounded([cases, of_part].concat())?
            };
        }
        Ok(cases)
    }

    fn product(left: &[Case<'p>], right: &[Case<'p>]) -> Cases<'p> {
        let mut cases = Vec::new();
        for one in left {
            cases.extend(right.iter().filter_map(|other| Self::both(one, other)));
            if cases.len() > MAX_CASES {
                return Err(TooMany);
            }
        }
        Ok(cases)
    }

    /// Both sides come out alike, or both are known and do not.
    fn equal(self, left: &'p Test, right: &'p Test, alike: bool) -> Cases<'p> {
        let mut cases = Vec::new();
        for answer in [true, false] {
            let (one, other) = (
                self.cases(left, answer)?,
                self.cases(right, answer == alike)?,
            );
            cases.extend(Self::product(&one, &other)?);
        }
        bounded(cases)
    }

    fn numbers(
        self,
        test: &'p Test,
        wanted: bool,
        comparison: Comparison,
        left: &'p Number,
        right: &'p Number,
    ) -> Vec<Case<'p>> {
        match (left, constant(left), right, constant(right)) {
            (Number::Fact(fact), _, _, Some(number)) => {
                let values = sided(compared(comparison, number), &any_number(), wanted);
                self.one(fact, &values)
            }
            (_, Some(number), Number::Fact(fact), _) => {
                let values = sided(compared(turned(comparison), number), &any_number(), wanted);
                self.one(fact, &values)
            }
            (_, Some(left), _, Some(right)) => {
                let holds = crate::policy::condition::compared(comparison, left, right);
                Vec::from_iter((holds == wanted).then(Case::default))
            }
            _ => self.open(test, wanted, &any_number()),
        }
    }

    /// A test that is not taken apart: its facts must be of the kind, and it must come out so.
    fn open(self, test: &'p Test, wanted: bool, kind: &Values) -> Vec<Case<'p>> {
        let mut case = Case {
            facts: BTreeMap::new(),
            open: vec![(test, wanted)],
        };
        for fact in test.facts() {
            let values = self.domain(fact).and(kind);
            if values.is_empty() {
                return Vec::new();
            }
            case.facts.insert(fact, values);
        }
        vec![case]
    }
}

fn bounded(cases: Vec<Case<'_>>) -> Cases<'_> {
    if cases.len() > MAX_CASES {
        Err(TooMany)
    } else {
        Ok(cases)
    }
}

fn any_number() -> Values {
    Values::numbers(vec![(i64::MIN, i64::MAX)])
}

fn any_text() -> Values {
    Values::texts(Texts::Except(BTreeSet::new()))
}

fn listed<'w>(words: impl Iterator<Item = &'w str>) -> Values {
    Values::texts(Texts::Only(words.map(Into::into).collect()))
}

fn sided(values: Values, of: &Values, wanted: bool) -> Values {
    if wanted { values } else { of.without(&values) }
}

/// The numbers that compare so with `number`.
fn compared(comparison: Comparison, number: i64) -> Values {
    let below = number.checked_sub(1).map(|to| (i64::MIN, to));
    let above = number.checked_add(1).map(|from| (from, i64::MAX));
    let ranges = match comparison {
        Comparison::Equal => vec![(number, number)],
        Comparison::Unequal => below.into_iter().chain(above).collect(),
        Comparison::Less => Vec::from_iter(below),
        Comparison::LessOrEqual => vec![(i64::MIN, number)],
        Comparison::Greater => Vec::from_iter(above),
        Comparison::GreaterOrEqual => vec![(number, i64::MAX)],
    };
    Values::numbers(ranges)
}

/// What a number comes to that asks for no fact.
fn constant(number: &Number) -> Option<i64> {
    let mut asks = false;
    number.gather(&mut |_| asks = true);
    if asks {
        return None;
    }
    number.value(&super::example::Example::default())
}
