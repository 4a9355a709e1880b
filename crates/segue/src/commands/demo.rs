//! `segue demo`: a desk with an invented company in it.

use std::{fs::DirBuilder, net::SocketAddr, os::unix::fs::DirBuilderExt, path::PathBuf, sync::Arc};

mod past;
mod traffic;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use segue_core::{
    id::SkillName,
    journal::{AgentProfile, Observation},
};
use segue_store::CustomerRow;
use serde_json::Value as Json;

use super::serve::{log, until_told_to_stop};
use crate::{
    assistant::{Assistant, knowledge::Knowledge},
    clock,
    desk_loop::Told,
    hold::Hold,
    http::{
        auth::Secret,
        demo::{Cast, CastAgent, CastCustomer, Demo},
        limits::Edge,
    },
    server::{Server, Setup},
};

const CAST: &str = include_str!("../../demo/cast.yaml");
const POLICY: &str = include_str!("../../demo/policy.yaml");

/// Run a desk with an invented company in it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  segue demo\n  segue demo --data ./demo-data --traffic")]
pub struct DemoCommand {
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    /// Keeps everything here, and goes on from there the next time.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Invented customers and agents move by themselves; without it nothing does.
    #[arg(long)]
    traffic: bool,
}

impl DemoCommand {
    /// Runs until it is told to stop.
    pub async fn run(self) -> Result<()> {
        log();
        let fresh = self.data.is_none();
        let data = match self.data {
            Some(data) => data,
            None => fresh_directory()?,
        };
        let server = start(&data.display().to_string(), self.listen).await?;
        println!("{}", server.url());
        if self.traffic {
            let cast = server.app.demo.as_ref().map(|demo| demo.cast.clone());
            let cast = cast.context("the demo has no cast")?;
            tokio::spawn(traffic::run(Arc::clone(&server.app), cast));
        }
        until_told_to_stop().await;
        server.stop().await;
        if fresh {
            // It is ours alone, and nobody will look for it.
            let _ = std::fs::remove_dir_all(&data);
        }
        Ok(())
    }
}

fn fresh_directory() -> Result<PathBuf> {
    let name = crate::http::auth::random_word("segue-demo-", 8);
    let name = name.map_err(|problem| anyhow!(problem.detail))?;
    let path = std::env::temp_dir().join(name);
    // Others on the machine share the temporary directory, and have no business in this one.
    let made = DirBuilder::new().mode(0o700).create(&path);
    made.with_context(|| format!("cannot make `{}`", path.display()))?;
    Ok(path)
}

/// Starts the demo on a place, with its company in it.
pub async fn start(place: &str, listen: SocketAddr) -> Result<Server> {
    let cast: Cast = serde_saphyr::from_str(CAST).map_err(|error| anyhow!("{error}"))?;
    let knowledge = Knowledge::demo()?;
    furnish(place, &cast).await?;
    Server::start(Setup {
        place: place.to_owned(),
        listen,
        assistant: Assistant::Knowledge(Arc::new(knowledge)),
        policy: Some(("the demo's policy".into(), POLICY.into())),
        demo: Some(Demo { cast }),
        public_url: None,
        edge: Edge::default(),
    })
    .await
}

/// The company moves in with its past, unless it is there already.
async fn furnish(place: &str, cast: &Cast) -> Result<()> {
    let _hold = Hold::take(place)?;
    let store = segue_store::open(place).await?;
    let secret = Secret::load(&*store).await;
    let secret = secret.map_err(|problem| anyhow!(problem.detail))?;
    let known = cast
        .customers
        .iter()
        .map(|customer| known(&secret, customer));
    let customers: Vec<CustomerRow> = known.collect();
    past::write(&*store, cast, &customers, POLICY, clock::now()).await
}

fn hired(agent: &CastAgent) -> Told {
    let skills = agent.skills.iter();
    Told::plain(Observation::AgentAdded {
        profile: AgentProfile {
            name: agent.name.clone(),
            skills: skills
                .map(|(name, level)| (SkillName::from(name.as_str()), *level))
                .collect(),
            capacity: agent.capacity,
            on_call: agent.on_call,
            retired: false,
        },
    })
}

fn known(secret: &Secret, customer: &CastCustomer) -> CustomerRow {
    let mut attributes = customer.attributes.clone();
    attributes.insert("tier".into(), Json::String(customer.tier.clone()));
    CustomerRow {
        id: secret.customer_id(&customer.external_id),
        external_id: Some(customer.external_id.clone()),
        name: Some(customer.name.clone()),
        email: Some(customer.email.clone()),
        locale: Some(customer.locale.clone()),
        attributes,
        created_at: clock::now(),
    }
}
