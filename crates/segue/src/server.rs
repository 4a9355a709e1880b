//! A whole server: store, desk, loop, listeners, and the HTTP door, started and stopped as one.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use segue_core::{
    desk::Desk,
    journal::{Author, Effect, Observation},
    policy::Policy,
};
use segue_store::{Store, TokenRow};
use tokio::{
    net::TcpListener,
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    answering::Answering,
    assistant::Assistant,
    clock,
    counting::Counted,
    desk_loop::{self, Committed, DeskLoop, Door, Outlets},
    effects::outbox::Outbox,
    hold::Hold,
    http::{
        App,
        auth::{self, Secret},
        believed::Believed,
        demo::Demo,
        error::Problem,
        eyes::Eyes,
        limits::{Crowd, Edge},
        replays::Replays,
    },
    listening,
    live::{Consoles, Herald, Hub, Live},
    outgoing,
};

/// Batches that may wait to be told on.
const COMMITTED: usize = 256;
/// How often what has ended is forgotten.
const SWEEP_EVERY: Duration = Duration::from_hours(1);
/// What the first admin token is called among the tokens.
const FIRST: &str = "first";
/// How long open requests have when the server stops.
const GOODBYE: Duration = Duration::from_secs(3);

/// How a server is set up.
pub struct Setup {
    /// A directory, or an address that begins with `postgres://`.
    pub place: String,
    /// Where it listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Whoever answers first.
    pub assistant: Assistant,
    /// A policy to be published at the start, with its name for messages.
    pub policy: Option<(String, String)>,
    /// The demo's people.
    pub demo: Option<Demo>,
    /// Where browsers reach the server.
    pub public_url: Option<String>,
    /// How the outside may come in.
    pub edge: Edge,
}

/// A server that runs.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// An admin token, if one was made now.
    pub admin_token: Option<String>,
    /// The way to its desk.
    pub door: Door,
    /// Everything that requests need.
    pub app: Arc<App>,
    stop: watch::Sender<bool>,
    desk_loop: JoinHandle<()>,
    http: JoinHandle<()>,
    others: Vec<JoinHandle<()>>,
    _hold: Hold,
}

impl Server {
    /// Starts it: after this it answers.
    pub async fn start(setup: Setup) -> Result<Self> {
        let ground = Ground::prepare(&setup).await?;
        let address = ground.listener.local_addr()?;
        let (stop, stopping) = watch::channel(false);
        let (committed, told) = mpsc::channel(COMMITTED);
        let (effects, asked) = mpsc::unbounded_channel();
        let external = matches!(setup.assistant, Assistant::External);
        let outbox = external.then(|| Arc::new(Notify::new()));
        let outlets = Outlets {
            committed,
            effects: effects.clone(),
            outbox: outbox.clone(),
        };
        let position = ground.desk.position();
        let questions = desk_loop::open_questions(&ground.desk);
        let consoles = Consoles::default();
        consoles.resume(&ground.desk).await;
        let (looping, door) = DeskLoop::new(Arc::clone(&ground.store), ground.desk, outlets);
        let eyes = Eyes {
            door: door.clone(),
            store: ground.store,
        };
        let live = nobody_listens(&eyes, position, &stopping);
        let app = Arc::new(App {
            eyes,
            live,
            consoles,
            secret: ground.secret,
            believed: Believed::default(),
            crowd: Crowd::new(setup.edge.clone()),
            counted: Counted::default(),
            hiring: tokio::sync::Mutex::default(),
            replays: Replays::default(),
            demo: setup.demo,
            public_url: setup.public_url,
        });
        let desk_loop = tokio::spawn(looping.run(stopping.clone()));
        let mut others = attend(&app, setup.assistant, told, asked);
        others.extend(outbox.map(|wake| send_out(&app, wake)).transpose()?);
        begin(&door, setup.policy, questions, &effects).await?;
        let router = crate::http::router(Arc::clone(&app));
        let serving = listening::serve(ground.listener, router, setup.edge.head, stopping);
        let http = tokio::spawn(serving);
        Ok(Self {
            address,
            admin_token: ground.admin_token,
            door,
            app,
            stop,
            desk_loop,
            http,
            others,
            _hold: ground.hold,
        })
    }

    /// Where browsers reach it.
    pub fn url(&self) -> String {
        let public = self.app.public_url.clone();
        public.unwrap_or_else(|| format!("http://{}", self.address))
    }

    /// Stops it: sockets are closed, open requests end, the desk is kept.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // Whatever does not end in time is cut off; the journal has what counts.
        let _ = timeout(GOODBYE, self.http).await;
        let _ = timeout(GOODBYE, self.desk_loop).await;
        for other in self.others {
            other.abort();
        }
    }
}

/// What a server stands on: everything that may fail is tried before anything runs.
struct Ground {
    listener: TcpListener,
    store: Arc<dyn Store>,
    desk: Desk,
    secret: Secret,
    admin_token: Option<String>,
    hold: Hold,
}

impl Ground {
    async fn prepare(setup: &Setup) -> Result<Self> {
        if let Some((name, source)) = &setup.policy {
            check_policy(name, source)?;
        }
        let listener = bind(setup.listen).await?;
        let hold = Hold::take(&setup.place)?;
        let store = segue_store::open(&setup.place).await?;
        let desk = desk_loop::load(&*store).await?;
        let secret = Secret::load(&*store).await.map_err(said)?;
        let admin_token = first_token(&*store).await?;
        Ok(Self {
            listener,
            store,
            desk,
            secret,
            admin_token,
            hold,
        })
    }
}

/// Tells on what is committed, asks the assistant, looks after the consoles.
fn attend(
    app: &Arc<App>,
    assistant: Assistant,
    told: mpsc::Receiver<Committed>,
    asked: mpsc::UnboundedReceiver<Effect>,
) -> Vec<JoinHandle<()>> {
    let answering = Answering {
        assistant: Arc::new(assistant),
        eyes: app.eyes.clone(),
        hub: app.live.hub.clone(),
    };
    let herald = app.live.herald.clone();
    vec![
        tokio::spawn(herald.run(app.live.hub.clone(), told)),
        tokio::spawn(answering.run(asked)),
        tokio::spawn(app.consoles.clone().run(app.door().clone())),
        tokio::spawn(sweep(Arc::clone(&app.eyes.store))),
        tokio::spawn(count(Arc::clone(app))),
    ]
}

/// Counts what is there already, so that the first who asks for numbers need not wait for it.
async fn count(app: Arc<App>) {
    if let Err(error) = app.counted.all(app.store()).await {
        tracing::warn!(%error, "the numbers were not counted, they are when somebody asks");
    }
}

/// Forgets answers to keys that nobody sends again, and logins and tokens that have ended.
async fn sweep(store: Arc<dyn Store>) {
    loop {
        let now = clock::now();
        let day_ago = now + -24 * 3600 * 1000;
        let swept = store.forget_answers(day_ago).await;
        if let Err(error) = swept.and(store.forget_expired(now).await) {
            tracing::warn!(%error, "what has ended was not forgotten, it is tried again later");
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

/// Nobody listens yet; everything up to `position` was told before.
fn nobody_listens(eyes: &Eyes, position: u64, stopping: &watch::Receiver<bool>) -> Live {
    Live {
        hub: Hub::default(),
        herald: Herald::new(eyes.clone(), position),
        stop: stopping.clone(),
    }
}

/// What is done before anybody is let in.
async fn begin(
    door: &Door,
    policy: Option<(String, String)>,
    questions: Vec<Effect>,
    effects: &mpsc::UnboundedSender<Effect>,
) -> Result<()> {
    if let Some((_, source)) = policy {
        publish(door, source).await?;
    }
    for question in questions {
        let _ = effects.send(question);
    }
    warm_up(door);
    Ok(())
}

/// Sends what the outbox holds.
fn send_out(app: &App, wake: Arc<Notify>) -> Result<JoinHandle<()>> {
    let client = outgoing::client().context("calls to the outside cannot be made")?;
    let outbox = Outbox::new(Arc::clone(&app.eyes.store), client, clock::now);
    Ok(tokio::spawn(outbox.run(wake)))
}

/// The word lists are read at the first text; no customer should wait for that.
fn warm_up(door: &Door) {
    let door = door.clone();
    tokio::task::spawn_blocking(move || door.read("Hello, where is my order?", Author::Customer));
}

async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    match TcpListener::bind(listen).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "port {} is in use on {}: stop the other program or name another address with --listen",
            listen.port(),
            listen.ip()
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on {listen}")),
    }
}

/// Refuses a policy with errors, each with its place.
pub fn check_policy(name: &str, source: &str) -> Result<()> {
    let checked = Policy::check(source);
    if checked.policy.is_some() {
        return Ok(());
    }
    let findings: Vec<String> = checked
        .findings
        .iter()
        .map(|finding| finding.render(name, source))
        .collect();
    bail!("the policy cannot be used\n{}", findings.join("\n"))
}

/// Publishes the policy unless it is in force already.
async fn publish(door: &Door, source: String) -> Result<()> {
    let seen = Box::new(move |desk: &Desk| {
        if desk.policy_version() > 0 && desk.policy_source() == source {
            return Ok(Vec::new());
        }
        Ok(vec![desk_loop::Told::plain(Observation::PolicyPublished {
            version: desk.policy_version() + 1,
            source: source.clone(),
            author: "the command line".into(),
        })])
    });
    let done = door.submit(seen, None, None).await;
    done.map(drop)
        .map_err(|denied| said(Problem::from(denied)))
        .context("the policy could not be published")
}

/// The first admin token: from the environment, or a new one, which is shown this once.
async fn first_token(store: &dyn Store) -> Result<Option<String>> {
    let given = std::env::var("SEGUE_ADMIN_TOKEN").ok();
    let given = given.filter(|token| !token.is_empty());
    if let Some(token) = given {
        if token.len() < 16 {
            bail!(
                "SEGUE_ADMIN_TOKEN has {} characters, it must have at least 16",
                token.len()
            );
        }
        replace_first(store, &token).await?;
        return Ok(None);
    }
    let tokens = store.tokens().await?;
    if tokens.iter().any(|token| token.scope == "admin") {
        return Ok(None);
    }
    let token = auth::random_word("sgt_", 32).map_err(said)?;
    keep_admin(store, &token).await?;
    Ok(Some(token))
}

/// Another token in the environment takes the place of the former first one.
async fn replace_first(store: &dyn Store, token: &str) -> Result<()> {
    let hash = auth::hash(token);
    if store.token(&hash).await?.is_none() {
        keep_admin(store, token).await?;
    }
    for earlier in store.tokens().await? {
        if earlier.label.as_deref() == Some(FIRST) && earlier.hash != hash {
            store.remove_token(&earlier.hash).await?;
        }
    }
    Ok(())
}

async fn keep_admin(store: &dyn Store, token: &str) -> Result<()> {
    store
        .add_token(TokenRow {
            hash: auth::hash(token),
            scope: "admin".into(),
            agent: None,
            customer: None,
            created_at: clock::now(),
            expires_at: None,
            label: Some(FIRST.into()),
        })
        .await?;
    Ok(())
}

fn said(problem: Problem) -> anyhow::Error {
    anyhow::anyhow!(problem.detail)
}

/// The directory of a place that is one.
pub fn place_of(data: Option<PathBuf>, database_url: Option<String>) -> Result<String> {
    match (data, database_url) {
        (_, Some(url)) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(url)
        }
        (_, Some(_)) => bail!("--database-url must begin with postgres://"),
        (Some(data), None) => Ok(data.display().to_string()),
        (None, None) => bail!("name a directory with --data, or a database with --database-url"),
    }
}
