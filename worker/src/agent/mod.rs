//! The loop of a worker: say hello, take a job, run it, report, again.

mod attempt;
mod cache;
mod client;
mod config;
mod drain;
mod lease;
mod outbox;
mod retry;

use std::time::Duration;

use anyhow::{Context, bail};
use darkroom_protocol::WORKER_PROTOCOL;
use darkroom_protocol::worker::{Claim, Register, Registered, SandboxProbe};
use reqwest::StatusCode;
use tokio::time::{Instant, sleep_until};

pub use config::{Config, Settings};
pub use drain::{Drain, Stopper};

use crate::supervise::Launcher;
use attempt::Workshop;
use cache::Cache;
use client::{CallError, Client};
use retry::BackOff;

/// How long the orchestrator may hold a claim open.
const CLAIM_WAIT: Duration = Duration::from_secs(20);
/// Shortest time between two questions for work that found none.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);
/// How long the answer to an open claim is waited for when the worker is asked to stop: a job that is already on its way is
/// handed back rather than lost until its lease ends.
const LAST_ANSWER: Duration = Duration::from_secs(2);

/// Works until it is asked to stop.
///
/// Run it on a current-thread runtime: jobs live as long as the thread that started them.
///
/// # Errors
/// When the sandbox has a hole, or the orchestrator refuses the worker.
pub async fn work(config: Config, drain: Drain) -> anyhow::Result<()> {
    let launcher = Launcher::new(config.program.clone(), config.job_memory_bytes);
    let sandbox = launcher.probe().await.context("probing the sandbox")?;
    refuse_holes(&sandbox)?;
    let client = Client::new(&config)?;
    let hello = Register {
        name: config.name.clone(),
        protocol: WORKER_PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        backend: config.backend.clone(),
        sandbox,
    };
    let mut cache = Cache::new(config.cache_bytes);
    while let Some(registered) = register(&client, &hello, &drain).await? {
        tracing::info!(worker = %registered.worker, "registered");
        serve(&client, &registered, &launcher, &mut cache, &drain).await?;
    }
    Ok(())
}

/// A worker whose cage has a hole takes no job.
///
/// # Errors
/// When a probe went through, naming it.
pub fn refuse_holes(probes: &[SandboxProbe]) -> anyhow::Result<()> {
    let holes: Vec<_> = probes.iter().filter(|probe| !probe.refused).collect();
    if holes.is_empty() {
        return Ok(());
    }
    let list: Vec<_> = holes.iter().map(|probe| format!("{} ({})", probe.name, probe.detail)).collect();
    bail!("the sandbox lets through: {}", list.join(", "))
}

/// Says hello until somebody answers; `None` when asked to stop before that.
async fn register(client: &Client, hello: &Register, drain: &Drain) -> anyhow::Result<Option<Registered>> {
    let mut back_off = BackOff::new();
    while !drain.asked() {
        match client.register(hello).await {
            Ok(registered) => return Ok(Some(registered)),
            Err(CallError::Trouble(why)) => tracing::warn!("registering: {why}; trying again"),
            Err(error) => return Err(error).context("registering"),
        }
        tokio::select! {
            () = back_off.pause() => {}
            () = drain.begun() => {}
        }
    }
    Ok(None)
}

/// Takes jobs one after the other, until asked to stop or forgotten by the orchestrator.
async fn serve(
    client: &Client,
    registered: &Registered,
    launcher: &Launcher,
    cache: &mut Cache,
    drain: &Drain,
) -> anyhow::Result<()> {
    let heartbeat = Duration::from_secs(u64::from(registered.heartbeat_seconds.max(1)));
    let mut back_off = BackOff::new();
    while !drain.asked() {
        let asked = Instant::now();
        match claim(client, registered, drain).await {
            Ok(None) => {
                back_off = BackOff::new();
                // An orchestrator that does not hold the call open must not be asked a thousand times a second.
                sleep_until(asked + SHORTEST_WAIT).await;
            }
            Ok(Some(claim)) if drain.asked() => give_back(client, &claim).await,
            Ok(Some(claim)) => {
                back_off = BackOff::new();
                let shop = Workshop { launcher, cache: &mut *cache, drain, heartbeat };
                attempt::run(client.attempt(&claim), claim, shop).await;
            }
            Err(CallError::Refused(StatusCode::NOT_FOUND | StatusCode::GONE, _) | CallError::Fenced) => {
                tracing::warn!("the orchestrator does not know this worker any more");
                back_off.pause().await;
                return Ok(());
            }
            Err(error @ CallError::Refused(..)) => return Err(error).context("asking for work"),
            Err(CallError::Trouble(why)) => {
                tracing::warn!("asking for work: {why}; trying again");
                back_off.pause().await;
            }
        }
    }
    Ok(())
}

async fn claim(client: &Client, registered: &Registered, drain: &Drain) -> Result<Option<Claim>, CallError> {
    let asking = client.claim(registered.worker, CLAIM_WAIT);
    tokio::pin!(asking);
    tokio::select! {
        answer = &mut asking => return answer,
        () = drain.begun() => {}
    }
    tokio::time::timeout(LAST_ANSWER, asking).await.unwrap_or(Ok(None))
}

async fn give_back(client: &Client, claim: &Claim) {
    if let Err(error) = client.attempt(claim).release("draining").await {
        tracing::warn!(job = %claim.spec.job, "handing a job back: {error}");
    }
}
