//! The names in a condition: facts, attributes, and the words that a fact may be.

use std::ops::Range;

use super::check::Checker;
use crate::policy::{
    facts::{Fact, FactRef, Kind},
    spelling::{did_you_mean, list, nearest},
};

impl Checker<'_> {
    pub(super) fn fact(&mut self, name: &str, span: &Range<usize>) -> Option<FactRef> {
        if let Some(fact) = Fact::named(name) {
            return Some(FactRef::Known(fact));
        }
        if let Some(situation) = name.strip_prefix("situation.") {
            return self.situation(situation, span);
        }
        if let Some(attribute) = attribute(name) {
            self.warn_near_attribute(name, attribute, span);
            return Some(FactRef::Attribute(attribute.into()));
        }
        self.fault(span, format!("there is no fact `{name}`"), &meant(name));
        None
    }

    fn situation(&mut self, name: &str, span: &Range<usize>) -> Option<FactRef> {
        let known = self.vocabulary.situations;
        if known.contains(&name) {
            return Some(FactRef::Situation(name.into()));
        }
        let hint = did_you_mean(name, known.iter().copied(), "the situations are ");
        let message = format!("the policy has no situation `{name}`");
        self.fault(span, message, &hint);
        None
    }

    fn warn_near_attribute(&mut self, name: &str, attribute: &str, span: &Range<usize>) {
        let known = Fact::ALL
            .iter()
            .filter_map(|fact| fact.name().strip_prefix("customer."));
        if let Some(near) = nearest(attribute, known) {
            self.warn(
                span,
                format!("`{name}` is read as an attribute of your own"),
                &format!("did you mean `customer.{near}`?"),
            );
        }
    }

    /// Refuses a word that the fact never has.
    pub(super) fn known_word(&mut self, fact: Fact, word: &str, span: &Range<usize>) -> Option<()> {
        let intents = self.vocabulary.intents;
        match fact.kind() {
            Kind::Intent if !intents.contains(&word) => {
                let hint = did_you_mean(word, intents.iter().copied(), "the intents are ");
                self.fault(span, format!("the policy has no intent `{word}`"), &hint);
                None
            }
            Kind::OwnIntent if !intents.contains(&word) => {
                if let Some(near) = nearest(word, intents.iter().copied()) {
                    let message = format!("the policy has no intent `{word}`");
                    self.warn(span, message, &format!("did you mean `{near}`?"));
                }
                Some(())
            }
            Kind::OneOf(words) if !words.contains(&word) => {
                let hint = did_you_mean(word, words.iter().copied(), "it is one of ");
                self.fault(span, format!("`{}` is never `{word}`", fact.name()), &hint);
                None
            }
            _ => Some(()),
        }
    }
}

fn attribute(name: &str) -> Option<&str> {
    let attribute = name.strip_prefix("customer.")?;
    let single = !attribute.is_empty() && !attribute.contains('.') && attribute.len() <= 64;
    single.then_some(attribute)
}

/// A name in the wrong group, a slip of the hand, or else what there is in its group.
fn meant(name: &str) -> String {
    let names = || Fact::ALL.iter().map(|fact| fact.name());
    if let Some(near) = nearest(name, names()) {
        return format!("did you mean `{near}`?");
    }
    let (group, last) = name.rsplit_once('.').unwrap_or(("", name));
    let cousin = names().find(|known| known.rsplit_once('.').is_some_and(|(_, it)| it == last));
    if let Some(cousin) = cousin {
        return format!("did you mean `{cousin}`?");
    }
    let siblings: Vec<_> = names()
        .filter(|known| known.split_once('.').is_some_and(|(it, _)| it == group))
        .collect();
    if siblings.is_empty() {
        return "facts begin with `conversation.`, `message.`, `customer.`, `assistant.` or `situation.`".into();
    }
    list(&format!("the facts of `{group}` are "), siblings)
}
