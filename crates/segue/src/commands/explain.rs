//! `segue explain`: why things went as they did, for a handoff, a conversation or a message.

use std::{fmt::Write, path::PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use segue_core::id::{ConversationId, HandoffId, MessageId};
use segue_store::Store;

use super::print::print;
use crate::{
    desk_loop::load,
    http::wire::{
        evidence::{Evidence, Story},
        explain::{Explained, explain},
    },
    server::place_of,
};

/// Tell why things went as they did.
///
/// Each decision in order: by which rule of which policy, from which values, in whose words, and
/// which other rules yielded to it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue explain hnd_42 --data DIR\n  segue explain cnv_7 --data DIR --json\n  segue explain msg_9 --database-url postgres://localhost/segue"
)]
pub struct ExplainCommand {
    /// A handoff (`hnd_42`), a conversation (`cnv_7`) or a message (`msg_9`).
    #[arg(value_name = "ID")]
    id: String,
    /// The directory with the embedded store.
    #[arg(long, value_name = "DIR", env = "SEGUE_DATA")]
    data: Option<PathBuf>,
    /// A `PostgreSQL` database instead of the embedded store.
    #[arg(
        long,
        value_name = "URL",
        env = "SEGUE_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Print it as JSON, as `GET /api/v1/handoffs/{id}/explain` does.
    #[arg(long)]
    json: bool,
}

impl ExplainCommand {
    /// Looks it up and prints it.
    pub async fn run(self) -> Result<()> {
        let place = place_of(self.data.clone(), self.database_url.clone())?;
        if let Some(data) = self.data.as_ref().filter(|data| !data.is_dir()) {
            bail!("there is no directory `{}`", data.display());
        }
        let store = segue_store::open(&place).await?;
        let told_of = story(&*store, &self.id).await?;
        let desk = load(&*store).await?;
        let told = explain(&desk, &told_of);
        if told.is_empty() {
            bail!("there is no `{}`", self.id);
        }
        if self.json {
            print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
            return Ok(());
        }
        let mut text = String::new();
        told.iter().try_for_each(|one| write(&mut text, one))?;
        print(&text)?;
        Ok(())
    }
}

async fn story(store: &dyn Store, id: &str) -> Result<Story> {
    let found = if let Ok(id) = id.parse::<HandoffId>() {
        Story::of_handoff(store, id).await?
    } else if let Ok(id) = id.parse::<ConversationId>() {
        Story::of_conversation(store, id).await?
    } else if let Ok(message) = id.parse::<MessageId>() {
        let row = store.message(message).await?;
        let row = row.with_context(|| format!("there is no message `{message}`"))?;
        let all = Story::of_conversation(store, row.conversation).await?;
        all.about(message)
    } else {
        bail!("`{id}` is no id: write one such as `hnd_42`, `cnv_7` or `msg_9`");
    };
    Ok(found)
}

fn write(to: &mut String, told: &Explained) -> std::fmt::Result {
    write!(to, "{}  {}", told.at, told.title)?;
    match told.policy_version {
        Some(version) => writeln!(to, "  (line {}, policy {version})", told.position)?,
        None => writeln!(to, "  (line {})", told.position)?,
    }
    if !told.text.is_empty() {
        writeln!(to, "    {}", told.text)?;
    }
    if let Some(rule) = &told.rule {
        writeln!(
            to,
            "    rule {}: {}, {}, when {}",
            rule.name, rule.level, rule.severity, rule.when
        )?;
    }
    for evidence in &told.evidence {
        writeln!(to, "    {}", in_words(evidence))?;
    }
    for other in &told.yielded {
        writeln!(to, "    {} yielded: {}", other.trigger, other.why)?;
    }
    if told
        .inputs
        .as_object()
        .is_some_and(|inputs| !inputs.is_empty())
    {
        writeln!(to, "    from {}", told.inputs)?;
    }
    Ok(())
}

fn in_words(evidence: &Evidence) -> String {
    let Evidence {
        message, author, ..
    } = evidence;
    let words = evidence.words.as_ref().map_or_else(
        || "the words are erased".to_owned(),
        |words| format!("\"{words}\""),
    );
    let around = evidence
        .sentence
        .as_ref()
        .filter(|sentence| evidence.words.as_ref() != Some(sentence));
    let around = around.map_or_else(String::new, |around| format!(" in \"{around}\""));
    let shows = evidence
        .shows
        .map_or_else(String::new, |fact| format!(" shows {fact}"));
    format!("{author}, {message}: {words}{around}{shows}")
}
