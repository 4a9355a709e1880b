//! Replays: a lead asks what a policy would have done, and follows the answer as it comes.
//!
//! They run on threads of their own, beside the desk's loop, a few at once; the latest answers are
//! kept in memory, and gone with the server.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use segue_core::policy::diagnosis::Weight;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::runtime::Handle;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App,
    auth::{Caller, random_word},
    error::Problem,
    policies::{findings, unusable},
    posted::Posted,
    wire::{Items, moment},
};
use crate::{
    clock,
    desk_loop::{Denied, Key},
    replay::{Found, Meter, Past, Prepared, Question},
};

/// Replays that run at once.
const AT_ONCE: usize = 2;
/// Answers that are kept.
const KEPT: usize = 20;

/// Its routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(one, stop))
}

/// What is to be replayed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReplay {
    /// The policy to try, the whole document. Without one, the policy in force is replayed.
    #[serde(default)]
    source: Option<String>,
    /// `all`, `imports` or `own`.
    #[serde(default)]
    past: Past,
    /// Only this import.
    #[serde(default)]
    import: Option<u64>,
    /// At most so many conversations of the imports, and of the desk's own past.
    #[serde(default)]
    limit: Option<u64>,
    /// Do not judge how long the assistant took in what was imported.
    #[serde(default)]
    ignore_silence: bool,
}

/// Where a replay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// On its way.
    Running,
    /// It has its report.
    Done,
    /// It was stopped.
    Stopped,
    /// It could not be done; `error` says why.
    Failed,
}

/// A replay.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReplayTold {
    /// Its id.
    id: String,
    /// Where it stands.
    state: Standing,
    /// Who asked.
    author: String,
    /// When.
    at: String,
    /// Which part of the past.
    past: Past,
    /// Whether a candidate is tried; else it is the policy in force.
    candidate: bool,
    /// Imported conversations and lines of the journal that are done.
    done: u64,
    /// All of them; 0 until they are counted.
    total: u64,
    /// `{conversations, messages, handoffs, by_trigger, …, compared}`, as `segue replay --json`
    /// prints it; once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    report: Option<Arc<Value>>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// One that was asked for.
struct Run {
    told: ReplayTold,
    meter: Arc<Meter>,
    key: Option<Key>,
}

impl Run {
    fn now(&self) -> ReplayTold {
        ReplayTold {
            done: self.meter.done(),
            total: self.meter.total(),
            ..self.told.clone()
        }
    }
}

/// Those that were asked for lately, the oldest first.
#[derive(Default)]
pub struct Replays {
    runs: Mutex<VecDeque<Run>>,
}

impl Replays {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: &str) -> Option<ReplayTold> {
        self.lock()
            .iter()
            .find(|run| run.told.id == id)
            .map(Run::now)
    }

    /// The one that was asked for under the same key.
    fn before(&self, key: Option<&Key>) -> Result<Option<ReplayTold>, Problem> {
        let Some(key) = key else { return Ok(None) };
        let runs = self.lock();
        let same = |run: &&Run| {
            let known = run.key.as_ref();
            known.is_some_and(|k| (&k.caller, &k.key) == (&key.caller, &key.key))
        };
        match runs.iter().find(same) {
            Some(run)
                if run
                    .key
                    .as_ref()
                    .is_some_and(|k| k.request_hash != key.request_hash) =>
            {
                Err(Denied::KeyReused.into())
            }
            found => Ok(found.map(Run::now)),
        }
    }

    /// Takes one on, unless as many as may are running.
    fn begin(&self, run: Run) -> Result<(), Problem> {
        let mut runs = self.lock();
        let running = |run: &&Run| run.told.state == Standing::Running;
        if runs.iter().filter(running).count() >= AT_ONCE {
            let detail = format!("{AT_ONCE} replays are running, wait for one or stop one");
            return Err(Problem::busy(detail, 5));
        }
        runs.push_back(run);
        while runs.len() > KEPT {
            let over = runs
                .iter()
                .position(|run| run.told.state != Standing::Running);
            let Some(oldest) = over else { break };
            runs.remove(oldest);
        }
        Ok(())
    }

    fn end(&self, id: &str, answer: Result<Value, String>) {
        let mut runs = self.lock();
        let Some(run) = runs.iter_mut().find(|run| run.told.id == id) else {
            return;
        };
        match answer {
            Ok(report) => {
                run.told.state = Standing::Done;
                run.told.report = Some(Arc::new(report));
            }
            Err(_) if run.meter.is_cancelled() => run.told.state = Standing::Stopped,
            Err(error) => {
                run.told.state = Standing::Failed;
                run.told.error = Some(error);
            }
        }
    }

    fn stop(&self, id: &str) -> Option<ReplayTold> {
        let runs = self.lock();
        let run = runs.iter().find(|run| run.told.id == id)?;
        run.meter.cancel();
        Some(run.now())
    }
}

/// Replays that were asked for lately, the newest first, without their reports.
#[utoipa::path(get, path = "/replay", tag = "policy",
    responses((status = 200, body = Items<ReplayTold>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<Items<ReplayTold>>, Problem> {
    caller.need_lead()?;
    let runs = app.replays.lock();
    let bare = |run: &Run| ReplayTold {
        report: None,
        ..run.now()
    };
    let items = runs.iter().rev().map(bare).collect();
    Ok(Json(Items { items }))
}

/// Asks what a policy would have done with the past. The answer comes by and by: ask for the
/// replay by its id until it is `done`.
#[utoipa::path(post, path = "/replay", tag = "policy", request_body = NewReplay,
    responses((status = 202, body = ReplayTold), (status = 422, body = Problem),
        (status = 503, body = Problem, description = "as many as may are running")))]
async fn ask(
    State(app): State<Arc<App>>,
    caller: Caller,
    posted: Posted<NewReplay>,
) -> Result<(StatusCode, Json<ReplayTold>), Problem> {
    caller.need_lead()?;
    let key = posted.key(&caller);
    if let Some(before) = app.replays.before(key.as_ref())? {
        return Ok((StatusCode::ACCEPTED, Json(before)));
    }
    if let Some(source) = &posted.said.source {
        let found = findings(source);
        if found.iter().any(|one| one.severity == Weight::Error) {
            return Err(unusable(found));
        }
    }
    let author = app.me(&caller.who).await?.name;
    let told = ReplayTold::new(&posted.said, author)?;
    let meter = Arc::new(Meter::default());
    let run = Run {
        told: told.clone(),
        meter: Arc::clone(&meter),
        key,
    };
    app.replays.begin(run)?;
    tokio::spawn(answer(app, told.id.clone(), question(posted.said), meter));
    Ok((StatusCode::ACCEPTED, Json(told)))
}

impl ReplayTold {
    fn new(said: &NewReplay, author: String) -> Result<Self, Problem> {
        Ok(Self {
            id: random_word("rpl_", 9)?,
            state: Standing::Running,
            author,
            at: moment(clock::now()),
            past: said.past,
            candidate: said.source.is_some(),
            done: 0,
            total: 0,
            report: None,
            error: None,
        })
    }
}

fn question(said: NewReplay) -> Question {
    Question {
        candidate: said.source,
        past: said.past,
        import: said.import,
        limit: said.limit,
        ignore_silence: said.ignore_silence,
        // The desk is served meanwhile.
        threads: 1,
    }
}

async fn answer(app: Arc<App>, id: String, question: Question, meter: Arc<Meter>) {
    let found = replayed(&app, question, meter).await;
    let report = found.and_then(|found| Ok(serde_json::to_value(&found)?));
    app.replays
        .end(&id, report.map_err(|error| format!("{error:#}")));
}

async fn replayed(app: &App, question: Question, meter: Arc<Meter>) -> anyhow::Result<Found> {
    let store = Arc::clone(&app.eyes.store);
    let prepared = Prepared::new(store, question, meter).await?;
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || prepared.run(&runtime)).await?
}

/// A replay, with its report once it is done.
#[utoipa::path(get, path = "/replay/{id}", tag = "policy", params(("id" = String, Path)),
    responses((status = 200, body = ReplayTold), (status = 404, body = Problem)))]
async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ReplayTold>, Problem> {
    caller.need_lead()?;
    let found = app.replays.find(&id);
    found.map(Json).ok_or_else(|| unknown(&id))
}

/// Stops a replay; one that is over stays as it is.
#[utoipa::path(delete, path = "/replay/{id}", tag = "policy", params(("id" = String, Path)),
    responses((status = 200, body = ReplayTold), (status = 404, body = Problem)))]
async fn stop(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ReplayTold>, Problem> {
    caller.need_lead()?;
    let stopped = app.replays.stop(&id);
    stopped.map(Json).ok_or_else(|| unknown(&id))
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(format!("there is no replay `{id}`"))
        .hint("the latest are kept, and gone when the server stops")
}
