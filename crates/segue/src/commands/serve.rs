//! `segue serve`: a real desk.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::{
    assistant::{
        Assistant,
        knowledge::Knowledge,
        openai::{Endpoint, OpenAi},
    },
    http::limits::Edge,
    server::{Server, Setup, place_of},
};

/// How long a model may take for an answer.
const MODEL_LIMIT: Duration = Duration::from_secs(20);

/// Run a desk.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  segue serve --data /var/lib/segue --listen 0.0.0.0:4000 \\\n    --policy policy.yaml --knowledge articles/"
)]
pub struct Serve {
    /// The directory with the embedded store; made if need be.
    #[arg(long, value_name = "DIR", env = "SEGUE_DATA")]
    data: Option<PathBuf>,
    /// A database by its address (`postgres://…`) instead of the embedded store.
    #[arg(
        long,
        value_name = "URL",
        env = "SEGUE_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    /// A policy to be published now; without one the last, or the built-in, policy holds.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A folder of articles in Markdown to answer from.
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Who answers first; `knowledge` if there are articles, else `external`.
    #[arg(long, value_enum)]
    assistant: Option<Kind>,
    /// The address of an OpenAI-compatible endpoint; its key is in `SEGUE_OPENAI_KEY`.
    #[arg(long, value_name = "URL")]
    openai_url: Option<String>,
    /// The model to ask for there.
    #[arg(long, value_name = "NAME")]
    openai_model: Option<String>,
    /// For whom the assistant speaks, as a model is told.
    #[arg(long, value_name = "TEXT", default_value = "our company")]
    company: String,
    /// Where browsers reach the server, if a proxy stands before it.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A proxy whose `X-Forwarded-For` is believed; may be given again. Without it every request
    /// counts as coming from the other end of its connection.
    #[arg(long, value_name = "ADDR")]
    trusted_proxy: Vec<IpAddr>,
}

/// Who answers first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The articles themselves.
    Knowledge,
    /// A model, held to the articles.
    Openai,
    /// The team's own bot, through the API.
    External,
}

impl Serve {
    /// Runs until it is told to stop.
    pub async fn run(self) -> Result<()> {
        log();
        let policy = match &self.policy {
            Some(file) => {
                let name = file.display().to_string();
                let source = std::fs::read_to_string(file);
                let source = source.with_context(|| format!("cannot read the policy `{name}`"))?;
                Some((name, source))
            }
            None => None,
        };
        let server = Server::start(Setup {
            assistant: self.assistant()?,
            place: place_of(self.data, self.database_url)?,
            listen: self.listen,
            policy,
            demo: None,
            public_url: self.public_url,
            edge: Edge {
                trusted_proxies: self.trusted_proxy,
                ..Edge::default()
            },
        })
        .await?;
        if let Some(token) = &server.admin_token {
            println!("admin token (shown this once): {token}");
        }
        println!("segue listens on {}", server.url());
        until_told_to_stop().await;
        server.stop().await;
        Ok(())
    }

    fn assistant(&self) -> Result<Assistant> {
        let knowledge = self.knowledge.as_deref().map(Knowledge::load).transpose()?;
        let kind = self
            .assistant
            .unwrap_or(match (&self.openai_url, &knowledge) {
                (Some(_), _) => Kind::Openai,
                (None, Some(_)) => Kind::Knowledge,
                (None, None) => Kind::External,
            });
        match (kind, knowledge) {
            (Kind::External, _) => Ok(Assistant::External),
            (_, None) => {
                bail!("this assistant answers from articles, name their folder with --knowledge")
            }
            (Kind::Knowledge, Some(knowledge)) => Ok(Assistant::Knowledge(Arc::new(knowledge))),
            (Kind::Openai, Some(knowledge)) => self.model(knowledge),
        }
    }

    fn model(&self, knowledge: Knowledge) -> Result<Assistant> {
        let base_url = self.openai_url.clone();
        let endpoint = Endpoint {
            base_url: base_url.context("name the endpoint with --openai-url")?,
            key: std::env::var("SEGUE_OPENAI_KEY").ok(),
            model: self
                .openai_model
                .clone()
                .context("name the model with --openai-model")?,
            company: self.company.clone(),
            time_limit: MODEL_LIMIT,
        };
        let model = OpenAi::new(endpoint, Arc::new(knowledge))?;
        Ok(Assistant::OpenAi(Box::new(model)))
    }
}

/// Logs to stderr; `RUST_LOG` says how much.
pub(super) fn log() {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second subscriber in one process changes nothing.
    let _ = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Waits for ctrl-c or SIGTERM.
pub(super) async fn until_told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
