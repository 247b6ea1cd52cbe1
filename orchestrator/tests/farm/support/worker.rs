//! A worker that speaks the real protocol and runs nothing.

use super::Farm;
use darkroom_protocol::report::{FrameInfo, RunReport};
use darkroom_protocol::worker::{
    ATTEMPT_SECRET_HEADER, Claim, ClaimRequest, Event, EventBatch, Finish, HeartbeatAnswer, Register,
    Registered, Release,
};
use darkroom_protocol::{Digest, WORKER_PROTOCOL, WorkerId};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};

/// A registered worker slot.
#[derive(Clone)]
pub(crate) struct FakeWorker {
    http: Client,
    url: String,
    token: String,
    pub(crate) id: WorkerId,
}

/// Who it says it is.
pub(crate) fn hello(name: &str) -> Register {
    Register {
        name: name.to_owned(),
        protocol: WORKER_PROTOCOL,
        version: "test".to_owned(),
        backend: "fake".to_owned(),
        sandbox: Vec::new(),
    }
}

impl FakeWorker {
    /// Registers a slot.
    pub(crate) async fn join(farm: &Farm, name: &str) -> Self {
        Self::join_at(farm, &farm.url, name).await
    }

    /// Registers a slot at another orchestrator of the same database.
    pub(crate) async fn join_at(farm: &Farm, url: &str, name: &str) -> Self {
        let call = farm.http.post(format!("{url}/api/v1/worker/register")).bearer_auth(&farm.worker);
        let registered: Registered = call.json(&hello(name)).send().await.unwrap().json().await.unwrap();
        let (http, url, token) = (farm.http.clone(), url.to_owned(), farm.worker.clone());
        Self { http, url, token, id: registered.worker }
    }

    /// Asks for work, once.
    pub(crate) async fn try_claim(&self, wait_ms: u32) -> Option<Attempt> {
        let request = ClaimRequest { worker: self.id, wait_ms };
        let call = self.http.post(format!("{}/api/v1/worker/claim", self.url)).bearer_auth(&self.token);
        let response = call.json(&request).send().await.unwrap();
        match response.status() {
            StatusCode::NO_CONTENT => None,
            StatusCode::OK => Some(Attempt { worker: self.clone(), claim: response.json().await.unwrap() }),
            status => panic!("{status}: {}", response.text().await.unwrap()),
        }
    }

    /// Waits for a job that must come.
    pub(crate) async fn claim(&self) -> Attempt {
        self.try_claim(30_000).await.expect("a job within 30 s")
    }
}

/// A job that a fake worker holds, or believes to hold.
#[derive(Clone)]
pub(crate) struct Attempt {
    worker: FakeWorker,
    pub(crate) claim: Claim,
}

impl Attempt {
    pub(crate) fn call(&self, method: Method, rest: &str) -> RequestBuilder {
        let (job, number) = (self.claim.spec.job, self.claim.attempt);
        let url = format!("{}/api/v1/worker/jobs/{job}/attempts/{number}/{rest}", self.worker.url);
        let call = self.worker.http.request(method, url).bearer_auth(&self.worker.token);
        call.header(ATTEMPT_SECRET_HEADER, &self.claim.secret)
    }

    pub(crate) async fn heartbeat(&self) -> Response {
        self.call(Method::POST, "heartbeat").send().await.unwrap()
    }

    /// A heartbeat that must be taken.
    pub(crate) async fn beat(&self) -> HeartbeatAnswer {
        self.heartbeat().await.json().await.unwrap()
    }

    pub(crate) async fn events(&self, first: u64, events: Vec<Event>) -> Response {
        self.call(Method::POST, "events").json(&EventBatch { first, events }).send().await.unwrap()
    }

    pub(crate) async fn log(&self, offset: u64, bytes: &[u8]) -> Response {
        self.call(Method::POST, &format!("log?offset={offset}")).body(bytes.to_vec()).send().await.unwrap()
    }

    pub(crate) async fn put(&self, bytes: &[u8]) -> Response {
        self.put_as(Digest::of(bytes), bytes).await
    }

    pub(crate) async fn put_as(&self, digest: Digest, bytes: &[u8]) -> Response {
        self.call(Method::PUT, &format!("blobs/{digest}")).body(bytes.to_vec()).send().await.unwrap()
    }

    pub(crate) async fn fetch(&self, digest: Digest) -> Response {
        self.call(Method::GET, &format!("blobs/{digest}")).send().await.unwrap()
    }

    pub(crate) async fn finish(&self, report: RunReport) -> Response {
        let finish = Finish { report, supervisor_log: "child ended with 0".to_owned() };
        self.call(Method::POST, "finish").json(&finish).send().await.unwrap()
    }

    pub(crate) async fn release(&self) -> Response {
        let release = Release { why: "draining".to_owned() };
        self.call(Method::POST, "release").json(&release).send().await.unwrap()
    }
}

/// A frame of the strip.
pub(crate) fn frame(seq: u32, png: &[u8]) -> Event {
    Event::Frame(FrameInfo {
        seq,
        label: format!("frame {seq}"),
        guest_ns: u64::from(seq) * 1_000_000,
        width: 4,
        height: 3,
        digest: Digest::of(png),
        led: "off".to_owned(),
    })
}
