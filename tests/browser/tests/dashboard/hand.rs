//! A worker moved by hand: it takes a job and reports exactly what the test says.

use crate::farm::Farm;
use bytes::Bytes;
use darkroom_orchestrator::auth::Secret;
use darkroom_orchestrator::db::AttemptKey;
use darkroom_orchestrator::state::AppState;
use darkroom_protocol::job::JobSpec;
use darkroom_protocol::report::{FrameInfo, RunReport};
use darkroom_protocol::verdict::{
    CheckOutcome, CheckResult, Evidence, EvidenceKind, Reason, ReasonCode, Verdict,
};
use darkroom_protocol::worker::{ClaimRequest, Event, EventBatch, Finish, Register, SandboxProbe};
use darkroom_protocol::{Digest, WORKER_PROTOCOL, WorkerId};

/// A registered worker.
pub(crate) struct Hand {
    state: AppState,
    worker: WorkerId,
}

/// A job in its hand.
pub(crate) struct HeldJob {
    state: AppState,
    key: AttemptKey,
    pub(crate) spec: JobSpec,
    events: u64,
    log: Vec<u8>,
    frames: u32,
    guest_ns: u64,
    checks: Vec<CheckResult>,
}

impl Hand {
    pub(crate) async fn register(farm: &Farm, name: &str) -> Self {
        let state = farm.server.state.clone();
        let probe =
            |name: &str| SandboxProbe { name: name.to_owned(), refused: true, detail: "EPERM".to_owned() };
        let hello = Register {
            name: name.to_owned(),
            protocol: WORKER_PROTOCOL,
            version: "0.1.0".to_owned(),
            backend: "process".to_owned(),
            sandbox: ["socket", "open", "exec", "fork", "ptrace"].map(probe).to_vec(),
        };
        let worker = state.queue.register(&hello).await.expect("registered").worker;
        Self { state, worker }
    }

    /// The next job; waits for one.
    pub(crate) async fn take(&self) -> HeldJob {
        self.take_if_any(10_000).await.expect("a job waits")
    }

    /// The next job, if one comes within the wait.
    pub(crate) async fn take_if_any(&self, wait_ms: u32) -> Option<HeldJob> {
        let request = ClaimRequest { worker: self.worker, wait_ms };
        let claim = self.state.queue.claim(&request).await.expect("claiming works")?;
        let secret_hash = Secret::from_text(&claim.secret).hash().0;
        Some(HeldJob {
            state: self.state.clone(),
            key: AttemptKey { job: claim.spec.job, number: claim.attempt, secret_hash },
            spec: claim.spec,
            events: 0,
            log: Vec::new(),
            frames: 0,
            guest_ns: 0,
            checks: Vec::new(),
        })
    }
}

impl HeldJob {
    async fn tell(&mut self, event: Event) {
        let batch = EventBatch { first: self.events, events: vec![event] };
        self.events += 1;
        self.state.queue.events(&self.key, &batch).await.expect("the event is taken");
    }

    async fn store(&self, bytes: &[u8]) -> Digest {
        self.state.blobs.put(Bytes::copy_from_slice(bytes)).await.expect("stored").digest
    }

    pub(crate) async fn step(&mut self, title: &str) {
        self.guest_ns += 310_000_000;
        let index = u32::try_from(self.events).expect("few steps");
        self.tell(Event::Step { index, title: title.to_owned(), guest_ns: self.guest_ns }).await;
    }

    pub(crate) async fn log(&mut self, text: &str) {
        let offset = self.log.len() as u64;
        self.log.extend_from_slice(text.as_bytes());
        self.state.queue.append_log(&self.key, offset, text.as_bytes()).await.expect("the log is taken");
    }

    pub(crate) async fn frame(&mut self, label: &str, png: &[u8]) {
        self.guest_ns += 420_000_000;
        let frame = FrameInfo {
            seq: self.frames,
            label: label.to_owned(),
            guest_ns: self.guest_ns,
            width: 720,
            height: 480,
            digest: self.store(png).await,
            led: "on".to_owned(),
        };
        self.frames += 1;
        self.tell(Event::Frame(frame)).await;
    }

    pub(crate) async fn check(&mut self, step: u32, title: &str, outcome: CheckOutcome, detail: &str) {
        self.check_with(step, title, outcome, detail, &[]).await;
    }

    pub(crate) async fn check_with(
        &mut self,
        step: u32,
        title: &str,
        outcome: CheckOutcome,
        detail: &str,
        pictures: &[(EvidenceKind, &[u8])],
    ) {
        let mut evidence = Vec::new();
        for (kind, png) in pictures {
            evidence.push(Evidence { kind: *kind, digest: self.store(png).await });
        }
        let check =
            CheckResult { step, title: title.to_owned(), outcome, detail: detail.to_owned(), evidence };
        self.checks.push(check.clone());
        self.tell(Event::Check(check)).await;
    }

    /// The report of a run that ended so; its checks are those told before.
    pub(crate) fn report(&self, verdict: Verdict, reason: Option<(ReasonCode, &str)>) -> RunReport {
        RunReport {
            verdict,
            reason: reason.map(|(code, detail)| Reason { code, detail: detail.to_owned() }),
            checks: self.checks.clone(),
            stop: if verdict == Verdict::Passed { "power-down" } else { "end of the scenario" }.to_owned(),
            guest_ns: self.guest_ns + 500_000_000,
            instructions: 48_211_390,
            host_ms: 412,
            engine: "jit".to_owned(),
            state_hash: Digest::of(format!("{} {verdict:?}", self.spec.camera).as_bytes()).to_string(),
            log_bytes: self.log.len() as u64,
            log_capped: false,
            log_digest: Digest::of(&self.log),
            frames_capped: false,
            card_changes: Vec::new(),
            faults: Vec::new(),
            unknown_accesses: Vec::new(),
            guest: Default::default(),
        }
    }

    pub(crate) async fn finish(self, report: RunReport) {
        let supervisor_log = format!("child exited with 0 after {} ms\n", report.host_ms);
        self.state
            .queue
            .finish(&self.key, &Finish { report, supervisor_log })
            .await
            .expect("the report is taken");
    }
}
