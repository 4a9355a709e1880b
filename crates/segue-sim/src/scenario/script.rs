//! The text of a scenario, read into steps. The format is described in `scenarios/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use segue_core::{
    id::SkillName,
    journal::{AgentProfile, Choice, Presence},
    time::Timestamp,
};

/// When a scenario begins that does not say: at nine, in thousandths of a second.
const FIRST: i64 = 9 * 3600 * 1000;
/// Seconds after which a step follows that does not say when.
const SOON: u32 = 5;

/// A scenario as it is written.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name of its file.
    pub name: String,
    /// The policy that it begins with: a name or a path.
    pub policy: String,
    pub(super) agents: Vec<Starter>,
    pub(super) steps: Vec<Step>,
}

/// An agent who is there from the start.
#[derive(Clone, Debug)]
pub(super) struct Starter {
    pub(super) profile: AgentProfile,
    pub(super) presence: Presence,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Where it stands, from 1.
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) at: Timestamp,
    pub(super) act: Act,
    pub(super) expects: Vec<Expectation>,
}

/// What is said to follow.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    pub(super) line: usize,
    /// It must not happen.
    pub(super) never: bool,
    /// How a told line begins.
    pub(super) begins: String,
    /// What the customer's words contain.
    pub(super) mentions: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Act {
    TimePasses,
    Policy(String),
    Says {
        who: String,
        to: Option<String>,
        tier: Option<String>,
        text: String,
    },
    Answers {
        to: Option<String>,
        epoch: Option<u32>,
        confidence_permille: Option<u16>,
        attempted: u8,
        text: String,
    },
    Fails {
        to: Option<String>,
    },
    Does {
        who: String,
        deed: Deed,
    },
}

#[derive(Clone, Debug)]
pub(super) enum Deed {
    Chooses(Choice),
    Leaves,
    AsksForPerson,
    Rates(u8),
    Accepts(Option<String>),
    Declines(Option<String>),
    Claims(String),
    Resolves(Option<String>),
    GivesBack(String),
    PassesTo {
        whom: String,
        agent: String,
    },
    PassesToRoute {
        whom: String,
        route: String,
    },
    Is {
        presence: Presence,
        until: Option<Timestamp>,
    },
    Console {
        open: bool,
    },
}

/// A line of a scenario that does not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}:{line}: {what}")]
pub struct Unreadable {
    /// The scenario.
    pub name: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// Names the first line that does not read, and what would be right.
    pub fn read(name: &str, text: &str) -> Result<Self, Unreadable> {
        let mut scenario = Self {
            name: name.to_owned(),
            policy: "default".to_owned(),
            agents: Vec::new(),
            steps: Vec::new(),
        };
        for (line, text) in (1..).zip(text.lines()) {
            let fault = |what| Unreadable {
                name: name.to_owned(),
                line,
                what,
            };
            scenario.take(line, text).map_err(fault)?;
        }
        Ok(scenario)
    }

    /// How many expectations it holds.
    pub fn expectations(&self) -> usize {
        self.steps.iter().map(|step| step.expects.len()).sum()
    }

    /// How many different customers write.
    pub(super) fn customers(&self) -> usize {
        let agent = |who: &str| self.agents.iter().any(|agent| agent.profile.name == who);
        let writers = self.steps.iter().filter_map(|step| match &step.act {
            Act::Says { who, .. } if !agent(who) => Some(who),
            _ => None,
        });
        writers.collect::<BTreeSet<_>>().len()
    }

    fn take(&mut self, line: usize, text: &str) -> Result<(), String> {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return Ok(());
        }
        if let Some(rest) = trimmed.strip_prefix("expect ") {
            let step = self
                .steps
                .last_mut()
                .ok_or("nothing has happened yet that could be expected")?;
            step.expects.push(expectation(line, rest)?);
        } else if let Some(policy) = trimmed.strip_prefix("policy:") {
            policy.trim().clone_into(&mut self.policy);
        } else if let Some(agent) = trimmed.strip_prefix("agent ") {
            self.agents.push(starter(agent)?);
        } else {
            let step = self.step(line, trimmed)?;
            self.steps.push(step);
        }
        Ok(())
    }

    fn step(&self, line: usize, text: &str) -> Result<Step, String> {
        let (time, rest) = text.split_once(' ').unwrap_or((text, "..."));
        let timed = text.starts_with(|c: char| c.is_ascii_digit());
        let (at, rest) = if timed {
            (moment(time)?, rest)
        } else {
            (self.soon(), text)
        };
        if self.steps.last().is_some_and(|last| last.at > at) {
            return Err(format!(
                "`{time}` lies before the step above; time only goes forward"
            ));
        }
        let act = self.act(rest.trim())?;
        Ok(Step {
            line,
            text: text.to_owned(),
            at,
            act,
            expects: Vec::new(),
        })
    }

    /// A step without a time follows the one before.
    fn soon(&self) -> Timestamp {
        let last = self.steps.last();
        last.map_or(Timestamp(FIRST), |step| step.at.plus_seconds(SOON))
    }

    fn act(&self, text: &str) -> Result<Act, String> {
        if text == "..." {
            return Ok(Act::TimePasses);
        }
        if let Some(name) = text.strip_prefix("policy ") {
            return Ok(Act::Policy(name.trim().to_owned()));
        }
        if let Some(rest) = text.strip_prefix("assistant fails") {
            return Ok(Act::Fails { to: named(rest) });
        }
        match text.split_once(':') {
            Some((head, words)) => says(head.trim(), words.trim()),
            None => self.does(text),
        }
    }

    fn does(&self, text: &str) -> Result<Act, String> {
        let (who, deed) = text.split_once(' ').ok_or_else(|| unknown(text))?;
        let agent = self.agents.iter().any(|agent| agent.profile.name == who);
        let words: Vec<&str> = deed.split_whitespace().collect();
        let deed = if agent {
            agent_does(&words)?
        } else {
            customer_does(&words)?
        };
        Ok(Act::Does {
            who: who.to_owned(),
            deed,
        })
    }
}

fn unknown(text: &str) -> String {
    format!(
        "`{text}` is nothing that anybody does; see scenarios/README.md for what can be written"
    )
}

fn named(rest: &str) -> Option<String> {
    let name = rest.trim().trim_start_matches("to ").trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let parts: Option<Vec<i64>> = text.split(':').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some([hours @ 0..24, minutes @ 0..60, seconds @ 0..60]) => {
            Ok(Timestamp((hours * 3600 + minutes * 60 + seconds) * 1000))
        }
        _ => Err(format!("`{text}` is no time; write it as 09:00:05")),
    }
}

fn expectation(line: usize, text: &str) -> Result<Expectation, String> {
    let (never, rest) = text
        .strip_prefix("no ")
        .map_or((false, text), |rest| (true, rest));
    let (begins, mentions) = match rest.split_once(" mentions ") {
        Some((begins, words)) => (begins, Some(quoted(words)?)),
        None => (rest, None),
    };
    Ok(Expectation {
        line,
        never,
        begins: begins.trim().to_owned(),
        mentions,
    })
}

fn quoted(text: &str) -> Result<String, String> {
    let inner = text
        .trim()
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner
        .map(str::to_owned)
        .ok_or_else(|| format!("what is mentioned stands in quotes: mentions \"{text}\""))
}

/// `Sarah: billing 4, returns 2, capacity 2, away, on call`
fn starter(text: &str) -> Result<Starter, String> {
    let (name, rest) = text
        .split_once(':')
        .ok_or("an agent is written as `agent Sarah: billing 4, capacity 2`")?;
    let profile = AgentProfile {
        name: name.trim().to_owned(),
        skills: BTreeMap::new(),
        capacity: 2,
        on_call: false,
        retired: false,
    };
    let mut starter = Starter {
        profile,
        presence: Presence::Online,
    };
    for part in rest
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        starter.learn(part)?;
    }
    Ok(starter)
}

impl Starter {
    fn learn(&mut self, part: &str) -> Result<(), String> {
        if part == "on call" {
            self.profile.on_call = true;
            return Ok(());
        }
        match part.rsplit_once(' ') {
            Some(("capacity", number)) => {
                self.profile.capacity = number
                    .parse()
                    .map_err(|_| format!("`{number}` is no capacity"))?;
            }
            Some((skill, level)) => {
                let level: u8 = level
                    .parse()
                    .map_err(|_| format!("`{part}` is no skill with a level of 1 to 5"))?;
                self.profile.skills.insert(SkillName::from(skill), level);
            }
            None => self.presence = presence(part)?,
        }
        Ok(())
    }
}

fn presence(word: &str) -> Result<Presence, String> {
    let states = [
        ("online", Presence::Online),
        ("away", Presence::Away),
        ("busy", Presence::Busy),
        ("do_not_disturb", Presence::DoNotDisturb),
        ("offline", Presence::Offline),
    ];
    let found = states.iter().find(|(name, _)| *name == word);
    found.map(|(_, state)| *state).ok_or_else(|| {
        format!(
            "`{word}` is no presence; it is one of online, away, busy, do_not_disturb and offline"
        )
    })
}

fn says(head: &str, text: &str) -> Result<Act, String> {
    let (head, aside) = match head.split_once('(') {
        Some((head, aside)) => (head.trim(), Some(aside.trim_end_matches(')').trim())),
        None => (head, None),
    };
    let (who, to) = head
        .split_once(" to ")
        .map_or((head, None), |(who, to)| (who, named(to)));
    if who == "assistant" {
        return answers(to, aside.unwrap_or_default(), text);
    }
    let tier = aside.map(str::to_owned);
    Ok(Act::Says {
        who: who.to_owned(),
        to,
        tier,
        text: text.to_owned(),
    })
}

/// `(epoch 1, 0.92, tried 2)`, each part as it is needed.
fn answers(to: Option<String>, aside: &str, text: &str) -> Result<Act, String> {
    let (mut epoch, mut confidence_permille, mut attempted) = (None, None, 0);
    for part in aside
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if let Some(number) = part.strip_prefix("epoch ") {
            epoch = Some(
                number
                    .parse()
                    .map_err(|_| format!("`{number}` is no epoch"))?,
            );
        } else if let Some(number) = part.strip_prefix("tried ") {
            attempted = number
                .parse()
                .map_err(|_| format!("`{number}` is no count of attempts"))?;
        } else {
            confidence_permille = Some(permille(part)?);
        }
    }
    Ok(Act::Answers {
        to,
        epoch,
        confidence_permille,
        attempted,
        text: text.to_owned(),
    })
}

/// `0.7`, `0.92` or `1` in thousandths, without a detour through floats.
fn permille(text: &str) -> Result<u16, String> {
    let wrong = || format!("`{text}` is no confidence; it lies between 0 and 1, such as 0.92");
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = part.len();
    let whole: u16 = whole.parse().map_err(|_| wrong())?;
    let part: u16 = part.parse().map_err(|_| wrong())?;
    if whole > 1 || digits > 3 || (whole == 1 && part > 0) {
        return Err(wrong());
    }
    let scale = [1000, 100, 10, 1].get(digits).copied().unwrap_or(1);
    Ok(whole * 1000 + part * scale)
}

fn customer_does(words: &[&str]) -> Result<Deed, String> {
    Ok(match words {
        ["chooses", choice] => Deed::Chooses(match *choice {
            "wait" => Choice::Wait,
            "callback" => Choice::Callback,
            "message" => Choice::Message,
            "stay" => Choice::Stay,
            other => {
                return Err(format!(
                    "`{other}` is no choice; it is one of wait, callback, message and stay"
                ));
            }
        }),
        ["leaves"] => Deed::Leaves,
        ["asks", "for", "a", "person"] => Deed::AsksForPerson,
        ["rates", score] => Deed::Rates(
            score
                .parse()
                .map_err(|_| format!("`{score}` is no rating of 1 to 5"))?,
        ),
        other => return Err(unknown(&other.join(" "))),
    })
}

fn agent_does(words: &[&str]) -> Result<Deed, String> {
    let name = |name: &&str| (*name).to_owned();
    Ok(match words {
        ["accepts", whom @ ..] => Deed::Accepts(whom.first().map(name)),
        ["declines", whom @ ..] => Deed::Declines(whom.first().map(name)),
        ["claims", whom] => Deed::Claims(name(whom)),
        ["resolves", whom @ ..] => Deed::Resolves(whom.first().map(name)),
        ["gives", whom, "back"] => Deed::GivesBack(name(whom)),
        ["passes", whom, "to", "route", route] => Deed::PassesToRoute {
            whom: name(whom),
            route: name(route),
        },
        ["passes", whom, "to", agent] => Deed::PassesTo {
            whom: name(whom),
            agent: name(agent),
        },
        ["is", state] => Deed::Is {
            presence: presence(state)?,
            until: None,
        },
        ["is", state, "until", time] => Deed::Is {
            presence: presence(state)?,
            until: Some(moment(time)?),
        },
        ["opens", "the", "console"] => Deed::Console { open: true },
        ["closes", "the", "console"] => Deed::Console { open: false },
        other => return Err(unknown(&other.join(" "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Scenario::read("a.txt", text).unwrap_err().to_string()
    }

    #[test]
    fn a_line_that_does_not_read_is_named_with_what_would_be_right() {
        assert_eq!(
            fault("\n9 Uhr ann: hello"),
            "a.txt:2: `9` is no time; write it as 09:00:05"
        );
        let back = "09:00:05 ann: hello\n09:00:04 ann: hello";
        assert_eq!(
            fault(back),
            "a.txt:2: `09:00:04` lies before the step above; time only goes forward"
        );
        let dances = "09:00:00 ann dances";
        assert_eq!(
            fault(dances),
            "a.txt:1: `dances` is nothing that anybody does; see scenarios/README.md for what can be written"
        );
        assert_eq!(
            fault("expect offer"),
            "a.txt:1: nothing has happened yet that could be expected"
        );
    }

    #[test]
    fn a_confidence_is_read_exactly() {
        let read: Vec<_> = ["0.7", "0.69", "0.705", "1", "0"]
            .map(permille)
            .into_iter()
            .collect();
        assert_eq!(read, [Ok(700), Ok(690), Ok(705), Ok(1000), Ok(0)]);
        assert!(
            permille("1.5").is_err() && permille("0.1234").is_err() && permille("sure").is_err()
        );
    }

    #[test]
    fn an_agent_has_skills_capacity_and_presence() {
        let starter = starter("Sarah: billing 4, capacity 3, away, on call").unwrap();
        assert_eq!(starter.profile.capacity, 3);
        assert_eq!(starter.presence, Presence::Away);
        assert!(starter.profile.on_call && starter.profile.skills.contains_key("billing"));
    }
}
