//! An example input: a value for each fact that matters, found for a case and tried before it is told.

use std::{collections::BTreeMap, fmt};

use super::{
    cases::{Case, World},
    values::Pick,
};
use crate::policy::{
    condition::{Value, ValueRef, thousandths},
    facts::{Fact, FactRef, Facts},
};

/// More combinations than this are not tried.
const MAX_TRIES: usize = 4096;

/// What the facts are in an example; those that are not in it are not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Example {
    facts: BTreeMap<FactRef, Option<Value>>,
}

impl Example {
    /// An example of a case for which `holds`. Where the case leaves tests open, values are tried;
    /// none says then that none of them fits, not that there is none.
    pub(super) fn of(
        world: World<'_>,
        case: &Case<'_>,
        holds: impl Fn(&Self) -> bool,
    ) -> Option<Self> {
        let choices: Vec<_> = case
            .facts
            .iter()
            .map(|(fact, values)| {
                let domain = world.domain(fact);
                if case.open.is_empty() {
                    (*fact, vec![values.pick(&domain)])
                } else {
                    (*fact, values.some(&domain))
                }
            })
            .collect();
        let combinations: usize = choices.iter().map(|(_, picks)| picks.len()).product();
        (0..combinations.min(MAX_TRIES))
            .map(|number| Self::chosen(&choices, number))
            .find(holds)
    }

    /// The combination of this number, counted as on a lock whose first wheel turns fastest.
    fn chosen(choices: &[(&FactRef, Vec<Pick>)], mut number: usize) -> Self {
        let mut facts = BTreeMap::new();
        for (fact, picks) in choices {
            let pick = picks.get(number % picks.len().max(1));
            number /= picks.len().max(1);
            facts.insert((*fact).clone(), pick.and_then(Pick::value));
        }
        Self { facts }
    }
}

impl Pick {
    fn value(&self) -> Option<Value> {
        match self {
            Self::Unknown => None,
            Self::Bool(answer) => Some(Value::Bool(*answer)),
            Self::Number(number) => Some(Value::Number(*number)),
            Self::Text(text) => Some(Value::Text(text.clone())),
        }
    }
}

impl Facts for Example {
    fn fact(&self, fact: Fact) -> Option<ValueRef<'_>> {
        let value = self.facts.get(&FactRef::Known(fact))?.as_ref();
        value.map(ValueRef::from)
    }

    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        let value = self.facts.get(&FactRef::Attribute(name.into()))?.as_ref();
        value.map(ValueRef::from)
    }

    fn situation(&self, name: &str) -> Option<ValueRef<'_>> {
        let value = self.facts.get(&FactRef::Situation(name.into()))?.as_ref();
        value.map(ValueRef::from)
    }
}

/// `conversation.exchanges = 8, message.sentiment = -0.4`
impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.facts.is_empty() {
            return f.write_str("whatever is known");
        }
        for (place, (fact, value)) in self.facts.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            let name = fact.name();
            match value {
                None => write!(f, "{name} not known")?,
                Some(Value::Bool(answer)) => write!(f, "{name} = {answer}")?,
                Some(Value::Number(number)) => write!(f, "{name} = {}", thousandths(*number))?,
                Some(Value::Text(text)) => write!(f, "{name} = {text:?}")?,
            }
        }
        Ok(())
    }
}
