//! What the demo's customers had to do with the company before, as lines of the journal.

use anyhow::{Result, anyhow};
use segue_core::{
    desk::Desk,
    id::{AgentId, ConversationId, HandoffId},
    journal::{
        Answer, Author, CustomerFacts, Decision, Entry, Line, Observation, Previous, Ruling,
    },
    notices,
    policy::Policy,
    signals::Reader,
    time::Timestamp,
};
use segue_store::{Batch, Body, CustomerRow, Store};

use super::hired;
use crate::http::demo::{Cast, CastCustomer, CastPrevious};

const DAY_MILLIS: i64 = 24 * 3600 * 1000;

/// The past as it is told: a desk that hears of it, and what it writes.
struct Past {
    desk: Desk,
    reader: Reader,
    lines: Vec<Line>,
    bodies: Vec<Body>,
}

/// Writes the past into a journal that is empty; one that is not stays as it is.
pub(super) async fn write(
    store: &dyn Store,
    cast: &Cast,
    customers: &[CustomerRow],
    policy: &str,
    now: Timestamp,
) -> Result<()> {
    if store.head().await? > 0 {
        return Ok(());
    }
    let intents = Policy::parse(policy).map(|policy| policy.intents);
    let intents = intents.map_err(|findings| anyhow!("{findings:?}"))?;
    let mut past = Past {
        desk: Desk::new(),
        reader: Reader::new(&intents),
        lines: Vec::new(),
        bodies: Vec::new(),
    };
    past.found_company(cast, policy, now)?;
    for (customer, row, earlier) in in_order(cast, customers) {
        past.tell(customer, row, earlier, now)?;
    }
    let batch = Batch {
        after: 0,
        lines: past.lines,
        bodies: past.bodies,
        customers: customers.to_vec(),
        ..Batch::default()
    };
    Ok(store.append(batch).await?)
}

/// Earlier contacts of all customers, the oldest first.
fn in_order<'c>(
    cast: &'c Cast,
    customers: &'c [CustomerRow],
) -> Vec<(&'c CastCustomer, &'c CustomerRow, &'c CastPrevious)> {
    let everybody = cast.customers.iter().zip(customers);
    let mut all: Vec<_> = everybody
        .flat_map(|(customer, row)| {
            let earlier = customer.previous.iter();
            earlier.map(move |earlier| (customer, row, earlier))
        })
        .collect();
    all.sort_by_key(|(_, _, earlier)| std::cmp::Reverse(earlier.days_ago));
    all
}

impl Past {
    fn found_company(&mut self, cast: &Cast, policy: &str, now: Timestamp) -> Result<()> {
        let days = cast.customers.iter().flat_map(|c| &c.previous);
        let first = days.map(|earlier| earlier.days_ago).max().unwrap_or(0) + 1;
        let at = now + -DAY_MILLIS * i64::from(first);
        let published = Observation::PolicyPublished {
            version: 1,
            source: policy.to_owned(),
            author: cast.company.name.clone(),
        };
        self.see(at, published, None)?;
        for agent in &cast.agents {
            self.see(at, hired(agent).seen, None)?;
        }
        Ok(())
    }

    fn tell(
        &mut self,
        customer: &CastCustomer,
        row: &CustomerRow,
        earlier: &CastPrevious,
        now: Timestamp,
    ) -> Result<()> {
        let at = now + -DAY_MILLIS * i64::from(earlier.days_ago);
        let opened = Observation::ConversationOpened {
            customer: CustomerFacts {
                id: row.id,
                tier: Some(customer.tier.clone()),
                locale: Some(customer.locale.clone()),
                attributes: std::collections::BTreeMap::new(),
                previous: Vec::<Previous>::new(),
            },
            channel: "web".into(),
        };
        let conversation = ConversationId(self.see(at, opened, Some(&earlier.subject))?);
        self.write(at, conversation, Author::Customer, &earlier.subject)?;
        let by = if earlier.handed_off {
            self.hand_off(at + 60_000, conversation, &earlier.outcome)?
        } else {
            self.write(at + 2000, conversation, Author::Assistant, &earlier.outcome)?;
            Author::Customer
        };
        let over = at + 10 * 60_000;
        self.see(over, Observation::Resolved { conversation, by }, None)?;
        if let Some(score) = earlier.csat {
            let rated = Observation::CsatGiven {
                conversation,
                score,
            };
            self.see(over, rated, None)?;
        }
        Ok(())
    }

    /// The agent whom the outcome names takes it, or the first of the team.
    fn hand_off(
        &mut self,
        at: Timestamp,
        conversation: ConversationId,
        outcome: &str,
    ) -> Result<Author> {
        if self.handoff_of(conversation).is_none() {
            let asked = Observation::HandoffRequested {
                conversation,
                by: Author::Customer,
                skills: Vec::new(),
                attempted: 0,
            };
            self.see(at, asked, Some("I would rather talk to a person."))?;
        }
        let handoff = self.handoff_of(conversation);
        let handoff = handoff.ok_or_else(|| anyhow!("{conversation} was not handed off"))?;
        let named = self.desk.agents().find(|agent| {
            let given = agent.profile.name.split(' ').next();
            given.is_some_and(|given| outcome.contains(given))
        });
        let agent = named.or_else(|| self.desk.agents().next());
        let agent = agent.map_or(AgentId(0), |agent| agent.id);
        self.see(at, Observation::Claimed { handoff, agent }, None)?;
        self.write(at + 60_000, conversation, Author::Agent(agent), outcome)?;
        Ok(Author::Agent(agent))
    }

    fn handoff_of(&self, conversation: ConversationId) -> Option<HandoffId> {
        self.desk.conversation(conversation)?.handoff()
    }

    fn write(
        &mut self,
        at: Timestamp,
        conversation: ConversationId,
        author: Author,
        text: &str,
    ) -> Result<()> {
        let answer = (author == Author::Assistant).then(|| Answer {
            confidence_permille: Some(900),
            ..Answer::default()
        });
        let seen = Observation::MessageReceived {
            conversation,
            author,
            epoch: None,
            reading: Box::new(self.reader.read(text, author)),
            answer,
        };
        self.see(at, seen, Some(text)).map(drop)
    }

    /// Position of the observation's line.
    fn see(&mut self, at: Timestamp, seen: Observation, words: Option<&str>) -> Result<u64> {
        let outcome = self.desk.handle(at, seen)?;
        let position = outcome.lines.first().map_or(0, |line| line.position);
        let body = |position, text: &str| Body {
            position,
            text: text.to_owned(),
            extra: None,
        };
        self.bodies.extend(words.map(|text| body(position, text)));
        for line in &outcome.lines {
            if let Entry::Decided(Decision {
                ruling: Ruling::NoticeGiven { notice, .. },
                ..
            }) = &line.entry
            {
                let text = notices::words(notice, self.desk.policy());
                self.bodies.push(body(line.position, &text));
            }
        }
        self.lines.extend(outcome.lines);
        Ok(position)
    }
}
