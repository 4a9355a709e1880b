//! `segue import`: conversations from elsewhere into the history, all of an import or nothing.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write},
    path::PathBuf,
    sync::Arc,
    thread,
};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use segue_store::{HistoryConversation, ImportRow, Store};
use tokio::sync::mpsc;

use super::{print::print, progress::Progress};
use crate::{
    clock,
    history::{Account, Format, Mapping, Stream, find},
    server::place_of,
};

/// Conversations that are written in one transaction.
const BATCH: usize = 250;
/// Conversations that a dry run shows.
const SHOWN: usize = 3;

/// Bring conversation logs into the history.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  segue import --data DIR conversations.jsonl.gz\n  segue import --data DIR --mapping columns.yaml export.csv\n  segue import --dry-run logs/\n  segue import --data DIR --list\n  segue import --data DIR --undo 2"
)]
pub struct Import {
    /// Files (.jsonl, .ndjson, .json, .csv, also with .gz) and folders of them.
    #[arg(value_name = "FILE", required_unless_present_any = ["list", "undo"])]
    files: Vec<PathBuf>,
    /// The directory with the embedded store; made if need be.
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
    /// What the files are; found from their first rows if it is left out.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Which column of a CSV file holds what; see docs/import.md.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The time zone of times that do not say; UTC if it is left out.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// The encoding of the files; found from their first bytes if it is left out.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Write down how the columns of the first CSV file are understood, to be looked over and used
    /// with --mapping.
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    save_mapping: Option<PathBuf>,
    /// Write every refused row, with its place and the reason, to this file.
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// Read everything, show the first conversations as they are understood, and keep nothing.
    #[arg(long, conflicts_with_all = ["list", "undo"])]
    dry_run: bool,
    /// Show the imports.
    #[arg(long, conflicts_with_all = ["files", "undo"])]
    list: bool,
    /// Take an import out of the history again.
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    undo: Option<u64>,
}

impl Import {
    /// Imports, shows, or takes out.
    pub async fn run(self) -> Result<()> {
        if self.dry_run {
            return self.rehearse();
        }
        let place = place_of(self.data.clone(), self.database_url.clone())?;
        let store = segue_store::open(&place).await?;
        if self.list {
            return Ok(print(&listed(&store.imports().await?))?);
        }
        let _alone = self.lock()?;
        if let Some(id) = self.undo {
            return undo(&*store, id).await;
        }
        if self.database_url.is_none() {
            clear_broken_off(&*store).await?;
        }
        self.import(store).await
    }

    fn stream(&self) -> Result<(Stream, Progress)> {
        let files = find(&self.files)?.in_encoding(self.encoding.as_deref())?;
        let mapping = self.mapping.as_deref().map(Mapping::read).transpose()?;
        let mapping = mapping
            .unwrap_or_default()
            .in_time_zone(self.timezone.as_deref())?;
        let refused = self.refused.as_ref().map(|path| -> Result<_> {
            let file =
                File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?;
            Ok(Box::new(BufWriter::new(file)) as Box<dyn Write + Send>)
        });
        let progress = Progress::of_bytes(&files);
        let stream = Stream::new(files, self.format, mapping, refused.transpose()?);
        Ok((stream, progress))
    }

    fn rehearse(&self) -> Result<()> {
        let (mut stream, progress) = self.stream()?;
        if let Some(path) = &self.save_mapping {
            let Some(mapping) = stream.first_mapping()? else {
                bail!("only CSV has columns to map: the first file is none");
            };
            fs::write(path, mapping.text()?)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        let mut shown = 0;
        loop {
            let batch = stream.batch(BATCH)?;
            if batch.is_empty() {
                break;
            }
            for one in batch.iter().take(SHOWN - shown) {
                shown += 1;
                print(&format!("{}\n", told(one)))?;
            }
        }
        drop(progress);
        let account = stream.account();
        Ok(print(&format!(
            "{account}nothing was kept: this was a dry run\n"
        ))?)
    }

    /// Two imports into one directory would each take the other's rows for those of a broken-off
    /// one. The lock goes with the process, however it ends.
    fn lock(&self) -> Result<Option<File>> {
        let (Some(data), None) = (&self.data, &self.database_url) else {
            return Ok(None);
        };
        let path = data.join("import.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("cannot write `{}`", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => {
                bail!(
                    "another import into `{}` is under way: wait until it is done",
                    data.display()
                )
            }
            Err(fs::TryLockError::Error(error)) => Err(error).context("cannot lock `import.lock`"),
        }
    }

    async fn import(self, store: Arc<dyn Store>) -> Result<()> {
        let names: Vec<String> = self.files.iter().map(|f| f.display().to_string()).collect();
        let names = names.join(", ");
        warn_if_known(&store.imports().await?, &names);
        let (mut stream, progress) = self.stream()?;
        let format = stream.first_format()?.name();
        let id = store.begin_import(format, &names, clock::now()).await?;
        let told = tokio::select! {
            told = fill(&*store, id, stream) => told,
            _ = tokio::signal::ctrl_c() => Err(anyhow!("broken off")),
        };
        drop(progress);
        let told = match told {
            Ok(told) if told.conversations == 0 => {
                print(&told.to_string())?;
                Err(anyhow!("no conversation was taken"))
            }
            other => other,
        };
        let told = match told {
            Ok(told) => told,
            Err(error) => {
                store.undo_import(id).await?;
                return Err(error.context("nothing was imported"));
            }
        };
        store.finish_import(id, told.refused, clock::now()).await?;
        Ok(print(&format!(
            "{told}this is import {id}: `segue replay --import {id}` looks at it alone, `segue import --undo {id}` takes it out again\n"
        ))?)
    }
}

/// Reads on a thread of its own and writes as it comes; at most a few batches are in memory.
async fn fill(store: &dyn Store, id: u64, mut stream: Stream) -> Result<Account> {
    let (batches, mut inbox) = mpsc::channel::<Result<Vec<HistoryConversation>>>(2);
    let reading = thread::spawn(move || {
        loop {
            let batch = stream.batch(BATCH);
            let last = batch.as_ref().map_or(true, Vec::is_empty);
            if batches.blocking_send(batch).is_err() || last {
                return stream;
            }
        }
    });
    while let Some(batch) = inbox.recv().await {
        let batch = batch?;
        if !batch.is_empty() {
            store.add_history(id, batch).await?;
        }
    }
    let stream = reading.join().map_err(|_| anyhow!("the reader failed"))?;
    Ok(stream.account().clone())
}

async fn undo(store: &dyn Store, id: u64) -> Result<()> {
    let imports = store.imports().await?;
    let Some(import) = imports.iter().find(|import| import.id == id) else {
        bail!("there is no import {id}: `segue import --list` shows them");
    };
    store.undo_import(id).await?;
    let told = format!(
        "import {id} of {} is out of the history: {} conversations, {} messages\n",
        import.file, import.conversations, import.messages
    );
    Ok(print(&told)?)
}

/// What an import left that was killed. Nobody has seen it.
async fn clear_broken_off(store: &dyn Store) -> Result<()> {
    let imports = store.imports().await?;
    for left in imports.iter().filter(|import| import.finished_at.is_none()) {
        store.undo_import(left.id).await?;
        eprintln!(
            "import {} of {} was broken off: what it left is cleared",
            left.id, left.file
        );
    }
    Ok(())
}

fn warn_if_known(imports: &[ImportRow], names: &str) {
    let known = imports
        .iter()
        .find(|import| import.finished_at.is_some() && import.file == names);
    if let Some(known) = known {
        let id = known.id;
        eprintln!(
            "warning: {names} was imported before, as import {id}: a replay of everything counts it twice, `segue import --undo {id}` takes the first out"
        );
    }
}

fn listed(imports: &[ImportRow]) -> String {
    if imports.is_empty() {
        return "no imports\n".to_owned();
    }
    let head = format!(
        "{:>4}  {:<11}  {:<20}  {:>13}  {:>9}  {:>7}  from\n",
        "id", "format", "finished", "conversations", "messages", "refused"
    );
    let lines = imports.iter().map(|one| {
        let finished = one.finished_at.map_or_else(
            || "no".to_owned(),
            |at| {
                jiff::Timestamp::from_millisecond(at.0).map_or_else(
                    |_| "?".to_owned(),
                    |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                )
            },
        );
        format!(
            "{:>4}  {:<11}  {finished:<20}  {:>13}  {:>9}  {:>7}  {}\n",
            one.id, one.format, one.conversations, one.messages, one.refused, one.file
        )
    });
    std::iter::once(head).chain(lines).collect()
}

/// A conversation as it was understood. Writing into a text cannot fail.
fn told(one: &HistoryConversation) -> String {
    let mut text = format!("conversation {}", one.external_id);
    let known = [
        one.channel
            .as_ref()
            .map(|channel| format!("channel {channel}")),
        one.tier.as_ref().map(|tier| format!("tier {tier}")),
        one.handed_off.map(|yes| format!("handed off {yes}")),
        one.solved.map(|yes| format!("resolved {yes}")),
        one.csat.map(|score| format!("csat {score}")),
        one.extra.as_ref().map(ToString::to_string),
    ];
    for fact in known.into_iter().flatten() {
        text.push_str(", ");
        text.push_str(&fact);
    }
    for message in &one.messages {
        let at = jiff::Timestamp::from_millisecond(message.at.0)
            .ok()
            .filter(|_| message.at.0 != 0);
        let at = at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let extra = message
            .extra
            .as_ref()
            .map_or_else(String::new, |extra| format!("  {extra}"));
        let words: Vec<&str> = message.text.split_whitespace().collect();
        let words: String = words.join(" ").chars().take(70).collect();
        let _ = write!(text, "\n  {:<9} {at}  {words}{extra}", message.author);
    }
    text.push('\n');
    text
}
