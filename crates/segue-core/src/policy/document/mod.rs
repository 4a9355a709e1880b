//! The policy document: YAML in, a checked [`Policy`] or everything that is wrong with it out.

use super::{
    Policy,
    condition::{Fault, Vocabulary},
    diagnosis::{Diagnosis, Weight},
};
use reader::Reader;
use tree::Node;
pub use triggers::TRIGGER_KEYS;

pub(super) mod outline;
mod policy_tests;
mod reader;
mod routes;
mod sections;
mod situations;
mod tree;
mod triggers;
pub(super) mod words;

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most findings that are told at once.
const MAX_FINDINGS: usize = 100;

/// The keys of a document.
pub const SECTIONS: &[&str] = &[
    "policy",
    "intents",
    "situations",
    "triggers",
    "routes",
    "default_route",
    "points",
    "offers",
    "assistant",
    "promises",
    "notices",
    "alerts",
    "conversations",
    "tests",
];

/// A document that was read, with everything there is to say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The policy, unless there is an error.
    pub policy: Option<Policy>,
    /// Errors and warnings, in the order of the document.
    pub findings: Vec<Diagnosis>,
}

impl Checked {
    /// Whether nothing speaks against publishing it.
    pub fn publishable(&self) -> bool {
        let errors = |it: &Diagnosis| it.severity == Weight::Error;
        self.policy.is_some() && !self.findings.iter().any(errors)
    }
}

impl Policy {
    /// Reads a policy document; what comes back instead is everything that is wrong with it.
    pub fn parse(source: &str) -> Result<Self, Vec<Diagnosis>> {
        let checked = Self::check(source);
        checked.policy.ok_or(checked.findings)
    }

    /// Reads a policy document and tells errors and warnings.
    pub fn check(source: &str) -> Checked {
        let mut reader = Reader::new(source);
        let policy = read(source, &mut reader);
        let mut faults = std::mem::take(&mut reader.faults);
        let wrong = faults.iter().any(|fault| fault.weight == Weight::Error);
        faults.sort_by_key(|fault| (fault.span.start, fault.weight));
        let findings = faults.into_iter().take(MAX_FINDINGS);
        Checked {
            policy: policy.filter(|_| !wrong),
            findings: findings
                .map(|fault| reader.lines.diagnosis(fault))
                .collect(),
        }
    }

    /// The policy of a desk that has none of its own: a document with comments, to be read and
    /// changed.
    pub const fn default_source() -> &'static str {
        include_str!("../default.yaml")
    }
}

/// The policy of a desk that has none of its own.
impl Default for Policy {
    fn default() -> Self {
        Self::parse(Self::default_source()).expect("a test checks the default document")
    }
}

fn read(source: &str, reader: &mut Reader<'_>) -> Option<Policy> {
    if source.len() > MAX_BYTES {
        let message = format!("the policy is {} bytes long", source.len());
        let fault = Fault::error(0..0, message);
        let hint = format!("{MAX_BYTES} are the most");
        reader.faults.push(fault.hinting(Some(&hint)));
        return None;
    }
    match tree::read(source) {
        Ok(root) => Some(policy(reader, &root)),
        Err(fault) => {
            reader.faults.push(fault);
            None
        }
    }
}

/// Reads every section, whatever was wrong with the others.
fn policy(reader: &mut Reader<'_>, root: &Node) -> Policy {
    let fields = reader.fields(root, "the policy", SECTIONS);
    let intents = triggers::intents(reader, fields.get("intents"));
    let (routes, default_route) = routes::routes(
        reader,
        fields.get("routes"),
        fields.get("default_route"),
        &intents,
    );
    let situations = situations::situations(reader, fields.get("situations"));
    let names = Vocabulary {
        intents: &intents
            .iter()
            .map(|it| it.name.as_str())
            .collect::<Vec<_>>(),
        situations: &situations
            .iter()
            .map(|it| it.name.as_str())
            .collect::<Vec<_>>(),
    };
    let triggers = triggers::triggers(reader, fields.get("triggers"), &names, &routes);
    Policy {
        name: sections::name(reader, fields.get("policy")),
        points: sections::points(reader, fields.get("points")),
        offers: sections::offers(reader, fields.get("offers")),
        assistant: sections::assistant(reader, fields.get("assistant")),
        promises: sections::promises(reader, fields.get("promises")),
        notices: sections::notices(reader, fields.get("notices")),
        alerts: sections::alerts(reader, fields.get("alerts")),
        close_after_seconds: sections::close_after(reader, fields.get("conversations")),
        tests: policy_tests::tests(reader, fields.get("tests")),
        intents,
        situations,
        triggers,
        routes,
        default_route,
    }
}

#[cfg(test)]
mod tests;
