//! Typed readings of the tree. Each says what is wrong and goes on, so that a person sees
//! everything that needs mending at once.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::tree::{Key, Node, Style, What};
use crate::policy::{
    condition::Fault,
    diagnosis::{Lines, Weight},
    duration,
    spelling::{did_you_mean, list},
};

/// The longest name of a trigger, route, intent, skill or alert.
const MAX_NAME: usize = 64;

/// Collects what is wrong while a document is read.
pub(super) struct Reader<'s> {
    pub(super) source: &'s str,
    pub(super) lines: Lines<'s>,
    pub(super) faults: Vec<Fault>,
}

/// The known keys of a mapping.
pub(super) struct Fields<'n> {
    found: BTreeMap<&'n str, &'n Node>,
}

impl<'n> Fields<'n> {
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.found.get(name).copied()
    }
}

/// One entry of a mapping whose keys are names that the policy gives.
pub(super) struct Named<'n> {
    pub(super) key: &'n Key,
    pub(super) node: &'n Node,
}

impl<'n> Named<'n> {
    pub(super) fn name(&self) -> &'n str {
        &self.key.name
    }
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            lines: Lines::new(source),
            faults: Vec::new(),
        }
    }

    pub(super) fn at_key(&mut self, key: &Key, message: String, hint: &str) {
        self.faults
            .push(Fault::error(key.span.clone(), message).hinting(Some(hint)));
    }

    pub(super) fn at(&mut self, node: &Node, message: String, hint: &str) {
        self.faults
            .push(Fault::error(node.span.clone(), message).hinting(Some(hint)));
    }

    pub(super) fn warn(&mut self, node: &Node, message: String, hint: &str) {
        self.at(node, message, hint);
        if let Some(fault) = self.faults.last_mut() {
            fault.weight = Weight::Warning;
        }
    }

    /// The keys of a mapping that may only have these.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        allowed: &[&str],
    ) -> Fields<'n> {
        let mut found = BTreeMap::new();
        for (key, value) in self.entries(node, what) {
            if allowed.contains(&key.name.as_str()) {
                found.insert(key.name.as_str(), value);
            } else {
                let hint = did_you_mean(&key.name, allowed.iter().copied(), "the keys are ");
                self.at_key(key, format!("{what} has no key `{}`", key.name), &hint);
            }
        }
        Fields { found }
    }

    /// The entries of a mapping whose keys are names that the policy gives.
    pub(super) fn named<'n>(&mut self, node: &'n Node, what: &str, most: usize) -> Vec<Named<'n>> {
        let entries = self.entries(node, what);
        if let Some((key, _)) = entries.get(most) {
            let message = format!("{what} has {} entries", entries.len());
            self.at_key(key, message, &format!("{most} are the most"));
        }
        let mut named = Vec::new();
        for (key, node) in entries.into_iter().take(most) {
            self.check_name(key);
            named.push(Named { key, node });
        }
        named
    }

    /// The entries of a mapping, each key once.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Vec<(&'n Key, &'n Node)> {
        let entries = match &node.what {
            What::Map(entries) => entries.as_slice(),
            What::Empty => &[],
            _ => {
                let message = format!("{what} is {}, not keys with values", shape(node));
                self.at(
                    node,
                    message,
                    "write `key: value`, each on a line of its own",
                );
                &[]
            }
        };
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        let mut once = Vec::new();
        for (key, value) in entries {
            if let Some(earlier) = first.get(key.name.as_str()) {
                let hint = format!("the first is in line {}", self.lines.line(*earlier));
                self.at_key(key, format!("`{}` is written twice", key.name), &hint);
            } else {
                first.insert(&key.name, key.span.start);
                once.push((key, value));
            }
        }
        once
    }

    /// Refuses what is not a name; it is known nevertheless, so that one mistake is told once.
    fn check_name(&mut self, key: &Key) {
        let name = &key.name;
        let letters = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if !name.is_empty() && name.chars().count() <= MAX_NAME && name.chars().all(letters) {
            return;
        }
        let hint = "letters, digits, `_` and `-`, at most 64 of them: `billing_dispute`";
        self.at_key(key, format!("`{name}` is not a name"), hint);
    }

    /// A text on one or several lines, without the space around it.
    pub(super) fn text(&mut self, node: &Node, what: &str, most: usize) -> Option<String> {
        let text = match &node.what {
            What::Scalar(text, _) => text.trim(),
            What::Empty => "",
            _ => {
                self.at(
                    node,
                    format!("{what} is {}, not a text", shape(node)),
                    "write one value, not a list",
                );
                return None;
            }
        };
        let length = text.chars().count();
        if text.is_empty() {
            self.at(
                node,
                format!("{what} is empty"),
                "write a text or leave the key out",
            );
            return None;
        }
        if length > most {
            let message = format!("{what} is {length} characters long");
            self.at(node, message, &format!("{most} are the most"));
            return None;
        }
        Some(text.to_owned())
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, node: &Node, what: &str, most: usize) -> Vec<String> {
        let items = self.list(node, what, most);
        let mut texts = Vec::new();
        for item in items {
            texts.extend(self.text(item, &format!("an item of {what}"), 1000));
        }
        texts
    }

    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str, most: usize) -> &'n [Node] {
        let items = match &node.what {
            What::List(items) => items.as_slice(),
            What::Empty => &[],
            _ => {
                let message = format!("{what} is {}, not a list", shape(node));
                self.at(node, message, "write `[one, another]`");
                &[]
            }
        };
        if let Some(item) = items.get(most) {
            let message = format!("{what} has {} items", items.len());
            self.at(item, message, &format!("{most} are the most"));
        }
        items.get(..most).unwrap_or(items)
    }

    /// A whole number within bounds.
    pub(super) fn number(
        &mut self,
        node: &Node,
        what: &str,
        range: RangeInclusive<i32>,
    ) -> Option<i32> {
        let hint = format!(
            "write a whole number from {} to {}",
            range.start(),
            range.end()
        );
        let Some(written) = plain(node) else {
            self.at(
                node,
                format!("{what} is {}, not a number", shape(node)),
                &hint,
            );
            return None;
        };
        match written.parse() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                self.at(node, format!("{what} is `{written}`"), &hint);
                None
            }
        }
    }

    /// A time within bounds, in seconds.
    pub(super) fn time(
        &mut self,
        node: &Node,
        what: &str,
        range: &RangeInclusive<u32>,
    ) -> Option<u32> {
        let bounds = range.start()..=range.end();
        let (low, high) = (
            duration::written(**bounds.start()),
            duration::written(**bounds.end()),
        );
        let written = plain(node).unwrap_or_default();
        match duration::seconds(written) {
            Ok(seconds) if range.contains(&seconds) => Some(seconds),
            Ok(_) => {
                let message = format!("{what} is `{written}`");
                self.at(node, message, &format!("write a time from {low} to {high}"));
                None
            }
            Err(hint) => {
                self.at(node, format!("{what} is {}, not a time", shape(node)), hint);
                None
            }
        }
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: &Node,
        what: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let names = words.iter().map(|(word, _)| *word);
        let Some(written) = plain(node) else {
            self.at(
                node,
                format!("{what} is {}, not a word", shape(node)),
                &list("it is one of ", names),
            );
            return None;
        };
        let found = words.iter().find(|(word, _)| *word == written);
        if found.is_none() {
            let hint = did_you_mean(written, names, "it is one of ");
            self.at(node, format!("{what} is `{written}`"), &hint);
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// A name that stands elsewhere in the policy.
    pub(super) fn reference<'k>(
        &mut self,
        node: &Node,
        kind: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) -> Option<String> {
        let written = self.text(node, &format!("the {kind}"), MAX_NAME)?;
        if known.clone().into_iter().any(|name| name == written) {
            return Some(written);
        }
        let hint = did_you_mean(&written, known, &format!("the {kind}s are "));
        self.at(node, format!("the policy has no {kind} `{written}`"), &hint);
        None
    }

    /// The bytes of a scalar as they stand in the document, where a byte of the value is a byte
    /// of the document; none where escapes are in between.
    pub(super) fn raw(&self, node: &Node) -> Option<(&'s str, usize)> {
        let raw = self.source.get(node.span.clone())?;
        match node.what {
            What::Scalar(_, Style::Plain | Style::Block) => Some((raw, node.span.start)),
            What::Scalar(_, Style::Quoted(quote)) => {
                let inner = raw.strip_prefix(quote)?.strip_suffix(quote)?;
                let escape = if quote == '"' { '\\' } else { quote };
                (!inner.contains(escape)).then_some((inner, node.span.start + 1))
            }
            _ => None,
        }
    }
}

/// The text of a scalar.
pub(super) fn plain(node: &Node) -> Option<&str> {
    match &node.what {
        What::Scalar(text, _) => Some(text.trim()),
        _ => None,
    }
}

/// What stands there, for a person to read.
pub(super) fn shape(node: &Node) -> String {
    match &node.what {
        What::Empty => "empty".to_owned(),
        What::Scalar(text, _) if text.chars().count() <= 40 => format!("`{}`", text.trim()),
        What::Scalar(..) => "a text".to_owned(),
        What::List(_) => "a list".to_owned(),
        What::Map(_) => "a mapping".to_owned(),
    }
}
