//! `segue policy situations`: which messages of the history the situations of a policy would catch.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use segue_core::{journal::Author, policy::Policy, signals::Reader};
use segue_store::{HistoryMessage, HistoryPlace, Store};
use serde::Serialize;

use super::{print, read};
use crate::server::place_of;

/// Conversations that are read at once.
const PAGE: usize = 500;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  segue policy situations candidate.yaml --data /var/lib/segue --examples 20"
)]
pub(super) struct Situations {
    /// The policy.
    file: PathBuf,
    /// The directory with the history that was imported.
    #[arg(long, value_name = "DIR", env = "SEGUE_DATA")]
    data: Option<PathBuf>,
    /// A `PostgreSQL` database instead of the directory.
    #[arg(
        long,
        value_name = "URL",
        env = "SEGUE_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// How many messages are shown of each situation.
    #[arg(long, default_value_t = 10, value_name = "N")]
    examples: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a situation caught.
#[derive(Debug, Default, Serialize)]
struct Caught {
    messages: u64,
    /// The surest ones, the surest first, and with them the least sure one.
    examples: Vec<Example>,
    least: Option<Example>,
}

#[derive(Clone, Debug, Serialize)]
struct Example {
    confidence_permille: u16,
    conversation: String,
    text: String,
}

/// What was read, and what each situation caught of it.
#[derive(Debug, Default, Serialize)]
struct Told {
    conversations: u64,
    messages: u64,
    situations: BTreeMap<String, Caught>,
    /// Those that a model judges, of whose history nothing is known.
    not_known: Vec<String>,
}

impl Situations {
    pub(super) async fn run(self) -> Result<()> {
        let policy = read(&self.file)?;
        if policy.situations.is_empty() {
            bail!("`{}` has no `situations`", self.file.display());
        }
        let place = place_of(self.data.clone(), self.database_url.clone())?;
        let store = segue_store::open(&place).await?;
        let told = self.look(&policy, &*store).await?;
        if told.conversations == 0 {
            bail!("there is no history: bring some in with `segue import --data DIR FILE`");
        }
        if self.json {
            return print(&format!("{}\n", serde_json::to_string_pretty(&told)?));
        }
        print(&told.table())
    }

    async fn look(&self, policy: &Policy, store: &dyn Store) -> Result<Told> {
        let reader = Reader::of(policy);
        let mut told = Told::new(policy);
        let mut after = HistoryPlace { import: 0, seq: 0 };
        loop {
            let page = store.history(after, PAGE).await?;
            let Some((last, _)) = page.last() else {
                return Ok(told);
            };
            after = *last;
            for (_, conversation) in &page {
                told.conversations += 1;
                let by_customer = |it: &&HistoryMessage| it.author == "customer";
                for message in conversation.messages.iter().filter(by_customer) {
                    told.messages += 1;
                    let reading = reader.read(&message.text, Author::Customer);
                    for shown in reading.situations {
                        let example = Example {
                            confidence_permille: shown.confidence_permille,
                            conversation: conversation.external_id.clone(),
                            text: message.text.clone(),
                        };
                        told.add(shown.situation.as_str(), example, self.examples);
                    }
                }
            }
        }
    }
}

impl Told {
    fn new(policy: &Policy) -> Self {
        let asked: Vec<_> = policy
            .asked_of_a_model()
            .map(|(it, _)| it.name.to_string())
            .collect();
        let names = policy.situations.iter().map(|it| it.name.to_string());
        Self {
            situations: names
                .filter(|name| !asked.contains(name))
                .map(|name| (name, Caught::default()))
                .collect(),
            not_known: asked,
            ..Self::default()
        }
    }

    fn add(&mut self, situation: &str, example: Example, most: usize) {
        let caught = self.situations.entry(situation.to_owned()).or_default();
        caught.messages += 1;
        let surer = |it: &Example| it.confidence_permille >= example.confidence_permille;
        if caught.least.as_ref().is_none_or(surer) {
            caught.least = Some(example.clone());
        }
        let place = caught.examples.partition_point(surer);
        caught.examples.insert(place, example);
        caught.examples.truncate(most);
    }

    fn table(&self) -> String {
        let (conversations, messages) = (self.conversations, self.messages);
        let mut text = format!("{conversations} conversations, {messages} messages of customers\n");
        for (name, caught) in &self.situations {
            let _ = writeln!(text, "\n{name}: {} messages", caught.messages);
            for example in &caught.examples {
                let _ = writeln!(text, "  {example}");
            }
            let more = caught.messages > caught.examples.len() as u64;
            if let Some(least) = caught.least.as_ref().filter(|_| more) {
                let _ = writeln!(text, "  … the least sure one:\n  {least}");
            }
        }
        for name in &self.not_known {
            let _ = writeln!(
                text,
                "\n{name}: judged by a model, which is not asked about the history"
            );
        }
        text
    }
}

impl std::fmt::Display for Example {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<_> = self.text.split_whitespace().take(30).collect();
        let sure = f32::from(self.confidence_permille) / 1000.0;
        write!(f, "{sure:.2}  {}: {}", self.conversation, words.join(" "))
    }
}
