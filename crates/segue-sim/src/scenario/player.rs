//! Plays a scenario: each step is told to the desk, and what follows is held against the script.

use std::{collections::BTreeMap, fmt::Write};

use segue_core::{
    id::{AgentId, ConversationId, CustomerId, HandoffId},
    journal::{
        Answer, Author, CustomerFacts, Decision, Effect, Entry, Failure, Line, Observation,
        Presence, Ruling, Target,
    },
    notices,
    signals::Reader,
    time::Timestamp,
};

use super::{
    Failed, Played,
    cast::Cast,
    script::{Act, Deed, Expectation, Scenario, Starter, Step},
};
use crate::{
    invariants,
    stage::Stage,
    telling::{clock, ruled},
};

type Policies<'a> = &'a dyn Fn(&str) -> Result<String, String>;

struct Player<'a> {
    scenario: &'a Scenario,
    policies: Policies<'a>,
    stage: Stage,
    cast: Cast,
    reader: Reader,
    /// One that has learned the first policy already.
    learned: Option<Reader>,
    now: Timestamp,
    versions: u32,
    /// Whether lines name the customer: with one customer they need not.
    names: bool,
    /// What happened since the step before.
    told: Vec<String>,
    refused: Option<String>,
    transcript: String,
    met: usize,
}

pub(super) fn play(
    scenario: &Scenario,
    policies: Policies<'_>,
    learned: Option<Reader>,
) -> Result<Played, Failed> {
    let start = scenario
        .steps
        .first()
        .map_or(Timestamp::default(), |step| step.at);
    let mut player = Player {
        scenario,
        policies,
        stage: Stage::default(),
        cast: Cast::default(),
        reader: Reader::new(&[]),
        learned,
        now: start,
        versions: 0,
        names: scenario.customers() > 1,
        told: Vec::new(),
        refused: None,
        transcript: String::new(),
        met: 0,
    };
    player.set_up().map_err(|wrong| player.failed(1, wrong))?;
    for step in &scenario.steps {
        player.step(step)?;
    }
    invariants::redecide(&player.stage.journal).map_err(|wrong| player.failed(1, wrong))?;
    Ok(Played {
        transcript: player.transcript,
        expectations: player.met,
    })
}

impl Player<'_> {
    fn set_up(&mut self) -> Result<(), String> {
        self.publish(&self.scenario.policy)?;
        self.scenario
            .agents
            .iter()
            .try_for_each(|starter| self.employ(starter))
    }

    fn failed(&self, line: usize, wrong: String) -> Failed {
        Failed {
            name: self.scenario.name.clone(),
            line,
            wrong,
            happened: self.told.clone(),
            transcript: self.transcript.clone(),
        }
    }

    fn publish(&mut self, name: &str) -> Result<(), String> {
        let source = (self.policies)(name)?;
        self.versions += 1;
        let seen = Observation::PolicyPublished {
            version: self.versions,
            source,
            author: "scenario".to_owned(),
        };
        self.tell(&seen)?;
        let learn = || Reader::of(self.stage.desk.policy());
        self.reader = self.learned.take().unwrap_or_else(learn);
        Ok(())
    }

    fn employ(&mut self, starter: &Starter) -> Result<(), String> {
        let id = self.stage.desk.position() + 1;
        self.tell(&Observation::AgentAdded {
            profile: starter.profile.clone(),
        })?;
        let agent = AgentId(id);
        self.cast.agents.insert(starter.profile.name.clone(), agent);
        if starter.presence != Presence::Online && starter.presence != Presence::Offline {
            self.tell(&Observation::StatusSet {
                agent,
                status: starter.presence,
                until: None,
            })?;
        }
        if starter.presence != Presence::Offline {
            self.tell(&Observation::ConsoleOpened { agent })?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), Failed> {
        self.told.clear();
        self.refused = None;
        self.pass(step.at)
            .map_err(|wrong| self.failed(step.line, wrong))?;
        if !matches!(step.act, Act::TimePasses) || self.told.is_empty() {
            let _ = writeln!(self.transcript, "{}", step.text);
        }
        self.act(&step.act)
            .map_err(|wrong| self.failed(step.line, wrong))?;
        for expectation in &step.expects {
            self.compare(expectation)?;
        }
        let awaited = step
            .expects
            .iter()
            .any(|e| !e.never && e.begins.starts_with("refused"));
        match self.refused.take() {
            Some(refusal) if !awaited => {
                Err(self.failed(step.line, format!("the desk refused this: {refusal}")))
            }
            _ => Ok(()),
        }
    }

    fn compare(&mut self, expected: &Expectation) -> Result<(), Failed> {
        let places = self.cast.places(&self.stage.desk);
        let happened = self
            .told
            .iter()
            .chain(&places)
            .any(|line| matches(line, expected));
        if happened != expected.never {
            self.met += 1;
            return Ok(());
        }
        let mentions = expected
            .mentions
            .as_ref()
            .map(|words| format!(" mentioning \"{words}\""))
            .unwrap_or_default();
        let begins = &expected.begins;
        let wrong = if expected.never {
            format!("`{begins}`{mentions} should not happen, and did")
        } else {
            format!("expected `{begins}`{mentions}, and nothing like it happened")
        };
        self.told.extend(places);
        Err(self.failed(expected.line, wrong))
    }

    /// Lets time pass, waking the desk whenever it asked to be woken.
    fn pass(&mut self, end: Timestamp) -> Result<(), String> {
        while let Some((at, _)) = self.stage.desk.next_deadline().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            let before = self.told.len();
            let mark = self.transcript.len();
            self.tell(&Observation::Woke)?;
            if self.told.len() > before {
                self.transcript
                    .insert_str(mark, &format!("{} ...\n", clock(self.now)));
            }
        }
        self.now = end;
        Ok(())
    }

    fn tell(&mut self, seen: &Observation) -> Result<(), String> {
        let answer = self.stage.tell(self.now, seen);
        let answer = answer
            .map_err(|(invariant, found)| format!("it does not hold that {invariant}: {found}"))?;
        match answer {
            Ok(outcome) => {
                for Effect::AskAssistant {
                    conversation,
                    epoch,
                    ..
                } in &outcome.effects
                {
                    self.cast.asked.insert(*conversation, *epoch);
                }
                outcome.lines.iter().for_each(|line| self.hear(line));
            }
            Err(refusal) => {
                self.put(format!("refused: {refusal}"));
                self.refused = Some(refusal.to_string());
            }
        }
        Ok(())
    }

    fn hear(&mut self, line: &Line) {
        self.cast.note(line);
        let Entry::Decided(Decision { ruling, .. }) = &line.entry else {
            return;
        };
        let mut text = ruled(&self.stage.desk, ruling);
        if let Ruling::NoticeGiven { notice, .. } = ruling {
            let words = notices::words(notice, self.stage.desk.policy());
            let _ = write!(text, ": \"{words}\"");
        }
        match self
            .cast
            .subject(ruling)
            .filter(|_| self.names)
            .map(str::to_owned)
        {
            Some(name) => self.put(format!("{name}: {text}")),
            None => self.put(text),
        }
    }

    fn put(&mut self, text: String) {
        if self.cast.customers.is_empty() {
            return;
        }
        let _ = writeln!(self.transcript, "         {text}");
        self.told.push(text);
    }

    fn act(&mut self, act: &Act) -> Result<(), String> {
        match act {
            Act::TimePasses => Ok(()),
            Act::Policy(name) => self.publish(name),
            Act::Says {
                who,
                to,
                tier,
                text,
            } => self.says(who, to.as_deref(), tier.as_deref(), text),
            Act::Answers {
                to,
                epoch,
                confidence_permille,
                attempted,
                text,
            } => {
                let conversation = self.cast.conversation_or_last(to.as_deref())?;
                let epoch = epoch.or_else(|| self.cast.asked.get(&conversation).copied());
                let confidence_permille = *confidence_permille;
                let answer = Answer {
                    confidence_permille,
                    attempted: *attempted,
                    ..Answer::default()
                };
                self.write(conversation, Author::Assistant, epoch, text, Some(answer))
            }
            Act::Fails { to } => {
                let conversation = self.cast.conversation_or_last(to.as_deref())?;
                let epoch = self.cast.asked.get(&conversation).copied().unwrap_or(1);
                self.tell(&Observation::AssistantFailed {
                    conversation,
                    epoch,
                    why: Failure::Unreachable,
                })
            }
            Act::Does { who, deed } => {
                let seen = self.observed(who, deed)?;
                self.tell(&seen)
            }
        }
    }

    fn says(
        &mut self,
        who: &str,
        to: Option<&str>,
        tier: Option<&str>,
        text: &str,
    ) -> Result<(), String> {
        if self.cast.agents.contains_key(who) {
            let agent = self.cast.agent(who)?;
            let conversation = match to {
                Some(name) => self.cast.conversation(name)?,
                None => self.held_by(who)?,
            };
            return self.write(conversation, Author::Agent(agent), None, text, None);
        }
        let known = self.cast.customers.get(who).copied();
        let conversation = match known.filter(|id| self.stage.desk.conversation(*id).is_some()) {
            Some(conversation) => conversation,
            None => self.open(who, tier)?,
        };
        self.cast.last_customer = Some(who.to_owned());
        self.write(conversation, Author::Customer, None, text, None)
    }

    fn open(&mut self, who: &str, tier: Option<&str>) -> Result<ConversationId, String> {
        let id = ConversationId(self.stage.desk.position() + 1);
        self.cast.customers.insert(who.to_owned(), id);
        let customer = CustomerFacts {
            id: CustomerId(u128::from(id.0)),
            tier: tier.map(str::to_owned),
            locale: None,
            attributes: BTreeMap::new(),
            previous: Vec::new(),
        };
        self.tell(&Observation::ConversationOpened {
            customer,
            channel: "web".to_owned(),
        })?;
        Ok(id)
    }

    fn write(
        &mut self,
        conversation: ConversationId,
        author: Author,
        epoch: Option<u32>,
        text: &str,
        answer: Option<Answer>,
    ) -> Result<(), String> {
        let reading = Box::new(self.reader.read(text, author));
        self.tell(&Observation::MessageReceived {
            conversation,
            author,
            epoch,
            reading,
            answer,
        })
    }

    /// The one conversation that an agent has.
    fn held_by(&self, who: &str) -> Result<ConversationId, String> {
        let agent = self.cast.agent(who)?;
        let mut held = self
            .stage
            .desk
            .handoffs()
            .filter(|handoff| handoff.assigned_to() == Some(agent));
        match (held.next(), held.next()) {
            (Some(handoff), None) => Ok(handoff.conversation),
            (None, _) => Err(format!("{who} has no conversation")),
            (Some(_), Some(_)) => Err(format!(
                "{who} has more than one conversation; say which: {who} to ann: …"
            )),
        }
    }

    fn observed(&self, who: &str, deed: &Deed) -> Result<Observation, String> {
        let desk = &self.stage.desk;
        Ok(match deed {
            Deed::Chooses(choice) => Observation::ChoiceMade {
                conversation: self.cast.conversation(who)?,
                choice: *choice,
                callback_at: None,
            },
            Deed::Leaves => Observation::Resolved {
                conversation: self.cast.conversation(who)?,
                by: Author::Customer,
            },
            Deed::AsksForPerson => Observation::HandoffRequested {
                conversation: self.cast.conversation(who)?,
                by: Author::Customer,
                skills: Vec::new(),
                attempted: 0,
            },
            Deed::Rates(score) => Observation::CsatGiven {
                conversation: self.cast.conversation(who)?,
                score: *score,
            },
            Deed::Claims(whom) => Observation::Claimed {
                handoff: self.cast.handoff(desk, whom)?,
                agent: self.cast.agent(who)?,
            },
            Deed::GivesBack(whom) => Observation::Returned {
                handoff: self.cast.handoff(desk, whom)?,
                agent: self.cast.agent(who)?,
            },
            Deed::Is { presence, until } => Observation::StatusSet {
                agent: self.cast.agent(who)?,
                status: *presence,
                until: *until,
            },
            Deed::Console { open: true } => Observation::ConsoleOpened {
                agent: self.cast.agent(who)?,
            },
            Deed::Console { open: false } => Observation::ConsoleLost {
                agent: self.cast.agent(who)?,
            },
            Deed::Accepts(_) | Deed::Declines(_) | Deed::Resolves(_) => self.answered(who, deed)?,
            Deed::PassesTo { .. } | Deed::PassesToRoute { .. } => self.passed(who, deed)?,
        })
    }

    /// What an agent does with the customer who is named, or with the only one it can mean.
    fn answered(&self, who: &str, deed: &Deed) -> Result<Observation, String> {
        let agent = self.cast.agent(who)?;
        let offered = |whom: &Option<String>| self.offered(who, agent, whom.as_deref());
        Ok(match deed {
            Deed::Accepts(whom) => Observation::OfferAccepted {
                handoff: offered(whom)?,
                agent,
            },
            Deed::Declines(whom) => Observation::OfferDeclined {
                handoff: offered(whom)?,
                agent,
            },
            Deed::Resolves(Some(name)) => Observation::Resolved {
                conversation: self.cast.conversation(name)?,
                by: Author::Agent(agent),
            },
            _ => Observation::Resolved {
                conversation: self.held_by(who)?,
                by: Author::Agent(agent),
            },
        })
    }

    /// The handoff of the customer who is named, or the first that is offered to the agent.
    fn offered(&self, who: &str, agent: AgentId, whom: Option<&str>) -> Result<HandoffId, String> {
        if let Some(name) = whom {
            return self.cast.handoff(&self.stage.desk, name);
        }
        let offers = self.stage.desk.agent(agent).map(|agent| &agent.offers);
        let first = offers.and_then(|offers| offers.first()).copied();
        first.ok_or_else(|| {
            format!("{who} has no offer; to try all the same, say which: {who} accepts ann")
        })
    }

    fn passed(&self, who: &str, deed: &Deed) -> Result<Observation, String> {
        let agent = self.cast.agent(who)?;
        let (whom, to) = match deed {
            Deed::PassesTo { whom, agent } => (whom, Target::Agent(self.cast.agent(agent)?)),
            Deed::PassesToRoute { whom, route } => (whom, Target::Route(route.as_str().into())),
            _ => return Err(format!("{who} passes nobody on")),
        };
        Ok(Observation::Transferred {
            handoff: self.cast.handoff(&self.stage.desk, whom)?,
            agent,
            to,
        })
    }
}

/// A line is met by its beginning, with or without the customer's name in front.
fn matches(line: &str, expected: &Expectation) -> bool {
    let bare = line.split_once(": ").map_or(line, |(_, rest)| rest);
    let begins = line.starts_with(&expected.begins) || bare.starts_with(&expected.begins);
    begins
        && expected
            .mentions
            .as_ref()
            .is_none_or(|words| line.contains(words.as_str()))
}
