//! The words that customers read: a template for each kind of notice, and the promise that a
//! template which was accepted can be rendered whatever is known at that moment.

use std::collections::BTreeMap;

use minijinja::{
    Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, escape_formatter,
};

use super::spelling::did_you_mean;
use crate::journal::NoticeKind;

/// What a template may name. `team` is always known, and `agent` where one has joined; the
/// others may be unknown and are then false in an `if`.
pub const VARIABLES: [&str; 5] = ["agent", "team", "wait", "place", "reason"];

/// The kinds of notice by their names in the document.
pub const KINDS: [(&str, NoticeKind); 10] = [
    ("announced", NoticeKind::Announced),
    ("nobody_here", NoticeKind::NobodyHere),
    ("suggested", NoticeKind::Suggested),
    ("still_waiting", NoticeKind::StillWaiting),
    ("agent_joined", NoticeKind::AgentJoined),
    ("passed_on", NoticeKind::PassedOn),
    ("callback_noted", NoticeKind::CallbackNoted),
    ("message_noted", NoticeKind::MessageNoted),
    ("back_with_assistant", NoticeKind::BackWithAssistant),
    ("closed", NoticeKind::Closed),
];

/// Steps that a template may take; far more than any wording needs.
const FUEL: u64 = 20_000;

/// What is known when a notice is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<'w> {
    /// The agent's name.
    pub agent: Option<&'w str>,
    /// The team's name, such as "billing team"; without one it is "support team".
    pub team: Option<&'w str>,
    /// How long it takes, as a phrase: "about 2 to 4 minutes".
    pub wait: Option<&'w str>,
    /// The place in the queue, from 1.
    pub place: Option<u32>,
    /// The trigger's own words for why.
    pub reason: Option<&'w str>,
}

/// What is wrong with a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Goes on after "notice `announced` ".
    pub(super) message: String,
    pub(super) hint: String,
    /// The piece of the template that it is about.
    pub(super) snippet: Option<String>,
}

/// The wording of a notice for which the policy has none of its own.
pub const fn default_template(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Announced => {
            "We are bringing in {% if agent %}{{ agent }}{% else %}a person{% endif %} from our \
             {{ team }}.{% if wait %} That takes {{ wait }}.{% endif %}{% if place and place > 1 \
             %} You are number {{ place }} in line.{% endif %} They can read everything written \
             here, so you need not repeat anything."
        }
        NoticeKind::NobodyHere => {
            "Nobody from our {{ team }} is here just now, and we would rather say so than keep \
             you guessing. Your request is in line with everything written here, and the first \
             person who is back takes it.{% if wait %} The wait is {{ wait }}.{% endif %}"
        }
        NoticeKind::Suggested => {
            "Would you like a person to take over?{% if wait %} That takes {{ wait }}.{% endif %} \
             They can read everything written here, so you need not repeat anything. You can also \
             go on with the assistant."
        }
        NoticeKind::StillWaiting => {
            "It takes longer than we said, and we are sorry about that.{% if wait %} The wait is \
             now {{ wait }}.{% else %} We cannot say how much \
             longer, and we do not want to guess.{% endif %}{% if place and place > 1 %} You are \
             number {{ place }} in line.{% endif %} You keep your place, and nothing you have \
             written is lost."
        }
        NoticeKind::AgentJoined => {
            "{{ agent }} from our {{ team }} is here now and can read everything written here, \
             so you need not repeat anything."
        }
        NoticeKind::PassedOn => {
            "Your conversation goes on with {% if agent %}{{ agent }} from our {{ team }}{% else \
             %}our {{ team }}{% endif %}, who can help you better with this.{% if wait %} That \
             takes {{ wait }}.{% endif %} Everything written here goes along, so you need not \
             repeat anything."
        }
        NoticeKind::CallbackNoted => {
            "Your wish is noted. A person from our {{ team }} will get back to you with this \
             whole conversation at hand, so you need not repeat anything."
        }
        NoticeKind::MessageNoted => {
            "You need not wait here. Write down whatever should be known: a person from our \
             {{ team }} will answer in this conversation, with everything written here at hand."
        }
        NoticeKind::BackWithAssistant => {
            "You are with the assistant again. It has everything that was written here, and you \
             can ask for a person at any time."
        }
        NoticeKind::Closed => {
            "This conversation is closed. Thank you for writing to us. If anything is still open, \
             just write again, and we go on from here."
        }
    }
}

/// The sentence that a customer reads. A template that fails after all gives way to the default
/// wording, so that there is always a sentence.
pub fn render(kind: NoticeKind, template: &str, words: &Words<'_>) -> String {
    let values = values(kind, words);
    rendered(template, &values)
        .or_else(|_| rendered(default_template(kind), &values))
        .unwrap_or_default()
}

/// Renders a template with everything known, with nothing known, and with each value missing on
/// its own; all must give a sentence.
pub(super) fn check(kind: NoticeKind, template: &str) -> Result<(), Mistake> {
    names(template)?;
    let full = Words {
        agent: Some("Ada"),
        team: Some("billing team"),
        wait: Some("about 2 to 4 minutes"),
        place: Some(3),
        reason: Some("a bill that is disputed"),
    };
    tried(kind, template, &full, None)?;
    for missing in VARIABLES {
        tried(kind, template, &without(full, missing), Some(missing))?;
    }
    for known in VARIABLES {
        let others = VARIABLES.iter().filter(|name| **name != known);
        let words = others.fold(full, |words, name| without(words, name));
        tried(kind, template, &words, None)?;
    }
    Ok(())
}

fn names(template: &str) -> Result<(), Mistake> {
    let environment = environment();
    let parsed = environment
        .template_from_str(template)
        .map_err(|error| broken(&error, template))?;
    let mut unknown: Vec<_> = parsed.undeclared_variables(false).into_iter().collect();
    unknown.retain(|name| !VARIABLES.contains(&name.as_str()));
    unknown.sort();
    match unknown.into_iter().next() {
        None => Ok(()),
        Some(name) => Err(Mistake {
            message: format!("names `{name}`, which no notice has"),
            hint: did_you_mean(&name, VARIABLES, "a notice has "),
            snippet: Some(name),
        }),
    }
}

fn broken(error: &Error, template: &str) -> Mistake {
    let detail = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    Mistake {
        message: format!("does not read: {detail}"),
        hint: "a value is written `{{ team }}`, a part that may be left out `{% if wait %} … {% endif %}`".into(),
        snippet: error
            .range()
            .and_then(|range| template.get(range))
            .filter(|snippet| !snippet.trim().is_empty())
            .map(str::to_owned),
    }
}

fn tried(
    kind: NoticeKind,
    template: &str,
    words: &Words<'_>,
    missing: Option<&str>,
) -> Result<(), Mistake> {
    let result = rendered(template, &values(kind, words));
    let wrong = match result {
        Ok(text) if !text.is_empty() => return Ok(()),
        Ok(_) => "says nothing".to_owned(),
        Err(error) if error.kind() == ErrorKind::OutOfFuel => "takes too long to write".to_owned(),
        Err(error) => match error.detail() {
            Some(detail) => format!("cannot be written: {detail}"),
            None => format!("cannot be written: {}", error.kind()),
        },
    };
    Err(match missing {
        Some(name) => Mistake {
            message: format!("{wrong} where `{name}` is not known"),
            hint: format!(
                "write `{{% if {name} %}} … {{{{ {name} }}}} … {{% else %}} … {{% endif %}}`"
            ),
            snippet: Some(name.to_owned()),
        },
        None => Mistake {
            message: wrong,
            hint: "keep to `{{ team }}` and `{% if wait %} … {% endif %}`".to_owned(),
            snippet: None,
        },
    })
}

const fn without<'w>(mut words: Words<'w>, name: &str) -> Words<'w> {
    match name.as_bytes() {
        b"agent" => words.agent = None,
        b"team" => words.team = None,
        b"wait" => words.wait = None,
        b"place" => words.place = None,
        _ => words.reason = None,
    }
    words
}

/// Every variable is there; one that is not known is `none`.
fn values(kind: NoticeKind, words: &Words<'_>) -> BTreeMap<&'static str, Value> {
    let someone = (kind == NoticeKind::AgentJoined).then_some("A colleague");
    BTreeMap::from([
        ("agent", Value::from(words.agent.or(someone))),
        ("team", Value::from(words.team.unwrap_or("support team"))),
        ("wait", Value::from(words.wait)),
        ("place", Value::from(words.place)),
        ("reason", Value::from(words.reason)),
    ])
}

fn rendered(template: &str, values: &BTreeMap<&'static str, Value>) -> Result<String, Error> {
    let context = Value::from_pairs(values.iter().map(|(name, value)| (*name, value.clone())));
    let text = environment().template_from_str(template)?.render(context)?;
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    Ok(lines.join("\n").trim().to_owned())
}

/// No functions, no filters, nothing to load: a notice is words and what is known.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(printed);
    environment.set_fuel(Some(FUEL));
    environment
}

/// What is not known must not be printed as "none".
fn printed(output: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Err(Error::new(ErrorKind::UndefinedError, "a value is missing"));
    }
    escape_formatter(output, state, value)
}

#[cfg(test)]
mod tests;
