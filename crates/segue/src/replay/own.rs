//! The desk's own journal under another policy, line by line.

use anyhow::Result;
use segue_core::policy::Policy;
use segue_core::{
    audit::{Hindsight, Report},
    journal::{Entry, Line, Observation},
    signals::Reader,
};
use segue_store::{Body, Store};
use tokio::runtime::Handle;

use super::Meter;

/// Lines that are read at once.
const PAGE: usize = 4000;

/// What is asked of the journal.
pub(super) struct Asked<'a> {
    pub(super) store: &'a dyn Store,
    /// The policy to judge by; the built-in one if there is none.
    pub(super) policy: Option<&'a str>,
    /// What it teaches.
    pub(super) lesson: u64,
    /// The last line.
    pub(super) head: u64,
    /// At most so many conversations.
    pub(super) limit: u64,
    pub(super) meter: &'a Meter,
}

/// Counts what the policy would have done with the desk's own past.
pub(super) fn replay(asked: &Asked<'_>, runtime: &Handle, report: &mut Report) -> Result<()> {
    let reads_again = runtime.block_on(asked.reads_again())?;
    let mut hindsight = Hindsight::new(asked.policy, reads_again)?;
    let mut counted = Counted {
        report,
        left: asked.limit,
    };
    let mut done = 0;
    while done < asked.head && counted.left > 0 {
        asked.meter.go_on()?;
        let page = asked.store.read(done, PAGE);
        let lines = runtime.block_on(page)?;
        let Some(last) = lines.last().map(|line| line.position) else {
            break;
        };
        let words = if reads_again {
            runtime.block_on(words(asked.store, &lines))?
        } else {
            Vec::new()
        };
        asked.meter.advance(lines.len());
        hear(&mut hindsight, lines, &words, asked.head);
        counted.add(hindsight.take());
        done = last;
    }
    counted.add(hindsight.finish());
    Ok(())
}

impl Asked<'_> {
    /// Whether any policy of the past taught something else.
    async fn reads_again(&self) -> Result<bool> {
        let taught = |policy: &Policy| Reader::of(policy).lesson() == self.lesson;
        let policies = self.store.policies().await?;
        let published = policies.iter().map(|row| Policy::parse(&row.source));
        let all = published.map(|read| read.is_ok_and(|policy| taught(&policy)));
        Ok(!all.fold(taught(&Policy::default()), |all, one| all && one))
    }
}

/// The words of the messages among some lines.
async fn words(store: &dyn Store, lines: &[Line]) -> Result<Vec<Body>> {
    let positions: Vec<u64> = lines.iter().map(|line| line.position).collect();
    Ok(store.bodies(&positions).await?)
}

fn hear(hindsight: &mut Hindsight, lines: Vec<Line>, words: &[Body], head: u64) {
    let mut words = words.iter().peekable();
    for line in lines.into_iter().filter(|line| line.position <= head) {
        while words
            .next_if(|body| body.position < line.position)
            .is_some()
        {}
        let own = words.next_if(|body| body.position == line.position);
        let text = own.map(|body| body.text.as_str()).filter(|_| {
            matches!(
                line.entry,
                Entry::Observed(Observation::MessageReceived { .. })
            )
        });
        hindsight.hear(line, text);
    }
}

/// A report that takes no more than so many conversations.
struct Counted<'r> {
    report: &'r mut Report,
    left: u64,
}

impl Counted<'_> {
    fn add(&mut self, told: Vec<segue_core::audit::Replayed>) {
        for one in told {
            if self.left == 0 {
                return;
            }
            self.left -= u64::from(!one.again);
            self.report.add(one);
        }
    }
}
