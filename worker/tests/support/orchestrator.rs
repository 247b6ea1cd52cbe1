//! A stand-in for the orchestrator: real HTTP on loopback, one job at a time, and a record of everything said.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use darkroom_protocol::job::{JobSpec, Payload, PayloadKind, RomFile, RomSlot};
use darkroom_protocol::limits::Limits;
use darkroom_protocol::worker::{
    ATTEMPT_SECRET_HEADER, Claim, Event, EventBatch, Finish, HeartbeatAnswer, Register, Registered, Release,
};
use darkroom_protocol::{AttemptNo, CameraName, Digest, JobId, WorkerId};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) const TOKEN: &str = "a-token";
const SECRET: &str = "a-secret";

/// Everything that the worker said, and how it is answered.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) queue: VecDeque<JobSpec>,
    pub(crate) blobs: BTreeMap<Digest, Bytes>,
    pub(crate) registered: Vec<Register>,
    pub(crate) beats: u32,
    pub(crate) events: Vec<Event>,
    pub(crate) log: Vec<u8>,
    pub(crate) kept: BTreeMap<Digest, Bytes>,
    pub(crate) finished: Vec<Finish>,
    pub(crate) released: Vec<Release>,
    pub(crate) refusals: u32,
    /// Every attempt call gets 409.
    pub(crate) fenced: bool,
    /// Every call gets 503.
    pub(crate) away: bool,
    pub(crate) cancel: bool,
    pub(crate) lease_seconds: u32,
    pub(crate) claimed: u32,
    /// Why a worker gave up; no test expects that.
    pub(crate) trouble: Option<String>,
}

/// The stand-in, listening.
pub(crate) struct Orchestrator {
    pub(crate) address: SocketAddr,
    pub(crate) books: Arc<Mutex<Books>>,
    tell: Arc<watch::Sender<u64>>,
    changed: watch::Receiver<u64>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Desk {
    books: Arc<Mutex<Books>>,
    tell: Arc<watch::Sender<u64>>,
}

impl Drop for Orchestrator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Orchestrator {
    pub(crate) async fn start() -> Self {
        let books = Arc::new(Mutex::new(Books { lease_seconds: 45, ..Books::default() }));
        let (tell, changed) = watch::channel(0);
        let tell = Arc::new(tell);
        let desk = Desk { books: Arc::clone(&books), tell: Arc::clone(&tell) };
        let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let server = tokio::spawn(async move { axum::serve(listener, routes(desk)).await.expect("serves") });
        Self { address, books, tell, changed, server }
    }

    /// Waits until the books look as wished.
    pub(crate) async fn until(&mut self, what: &str, holds: impl Fn(&Books) -> bool) {
        let wait = async {
            while !self.edit(|books| {
                assert_eq!(books.trouble, None, "while waiting for {what}");
                holds(books)
            }) {
                self.changed.changed().await.expect("the server lives");
            }
        };
        let patience = Duration::from_secs(60);
        if tokio::time::timeout(patience, wait).await.is_err() {
            panic!("{what} never happened: {:#?}", self.books.lock().expect("not poisoned"));
        }
    }

    /// Where a worker that gives up says why, so that nobody waits for it.
    pub(crate) fn complaints(&self) -> impl FnOnce(String) + use<> {
        let (books, tell) = (Arc::clone(&self.books), Arc::clone(&self.tell));
        move |why| {
            books.lock().expect("not poisoned").trouble = Some(why);
            tell.send_modify(|count| *count += 1);
        }
    }

    pub(crate) fn edit<T>(&self, change: impl FnOnce(&mut Books) -> T) -> T {
        change(&mut self.books.lock().expect("not poisoned"))
    }

    /// Queues a job of a sample build on the 60D with the open ROM.
    pub(crate) fn queue_sample(&self, program: &[u8], scenario: &str, limits: Limits) {
        let rom = darkroom_firmware::open_rom("60D").expect("known");
        let roms =
            [(RomSlot::Rom0, rom.rom0), (RomSlot::Rom1, Some(rom.rom1)), (RomSlot::Sfdata, rom.serial_flash)];
        self.edit(|books| {
            let mut add = |bytes: Vec<u8>| {
                let (digest, size) = (Digest::of(&bytes), bytes.len() as u64);
                books.blobs.insert(digest, bytes.into());
                (digest, size)
            };
            let roms = roms.into_iter().filter_map(|(slot, bytes)| {
                let (digest, size) = add(bytes?);
                Some(RomFile { slot, digest, size })
            });
            let roms = roms.collect();
            let (digest, size) = add(program.to_vec());
            books.queue.push_back(JobSpec {
                job: JobId::fresh(),
                camera: CameraName("60D".to_owned()),
                camera_toml: None,
                firmware: "open".to_owned(),
                roms,
                payload: Payload { kind: PayloadKind::Autoexec, digest, size },
                scenario_name: "t".to_owned(),
                scenario: scenario.to_owned(),
                references: Vec::new(),
                limits,
            });
        });
    }
}

fn routes(desk: Desk) -> Router {
    let attempt = "/api/v1/worker/jobs/{job}/attempts/{n}";
    Router::new()
        .route("/api/v1/worker/register", post(register))
        .route("/api/v1/worker/claim", post(claim))
        .route(&format!("{attempt}/heartbeat"), post(heartbeat))
        .route(&format!("{attempt}/events"), post(events))
        .route(&format!("{attempt}/log"), post(log))
        .route(&format!("{attempt}/blobs/{{digest}}"), put(put_blob).get(get_blob))
        .route(&format!("{attempt}/finish"), post(finish))
        .route(&format!("{attempt}/release"), post(release))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(desk)
}

impl Desk {
    /// Notes something, unless the stand-in is away or refuses.
    fn note<T>(
        &self,
        headers: &HeaderMap,
        attempt: bool,
        note: impl FnOnce(&mut Books) -> T,
    ) -> Result<T, StatusCode> {
        let mut books = self.books.lock().expect("not poisoned");
        assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
        assert!(!attempt || headers[ATTEMPT_SECRET_HEADER] == SECRET);
        let refusal = match (books.away, books.fenced && attempt) {
            (true, _) => Some(StatusCode::SERVICE_UNAVAILABLE),
            (_, true) => Some(StatusCode::CONFLICT),
            _ => None,
        };
        let answer = match refusal {
            Some(status) => {
                books.refusals += 1;
                Err(status)
            }
            None => Ok(note(&mut books)),
        };
        drop(books);
        self.tell.send_modify(|count| *count += 1);
        answer
    }
}

type Answer = Result<Response, StatusCode>;

fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> T {
    serde_json::from_slice(body).expect("a well-formed body")
}

fn json(value: &impl serde::Serialize) -> Response {
    axum::Json(serde_json::to_value(value).expect("serialises")).into_response()
}

async fn register(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Answer {
    desk.note(&headers, false, |books| books.registered.push(read(&body)))?;
    Ok(json(&Registered { worker: WorkerId::fresh(), heartbeat_seconds: 1 }))
}

async fn claim(State(desk): State<Desk>, headers: HeaderMap) -> Answer {
    let claim = desk.note(&headers, false, |books| {
        let spec = books.queue.pop_front()?;
        books.claimed += 1;
        let lease_seconds = books.lease_seconds;
        Some(Claim { attempt: AttemptNo(1), secret: SECRET.to_owned(), lease_seconds, spec })
    })?;
    Ok(claim.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |claim| json(&claim)))
}

async fn heartbeat(State(desk): State<Desk>, headers: HeaderMap) -> Answer {
    let answer = desk.note(&headers, true, |books| {
        books.beats += 1;
        HeartbeatAnswer { lease_seconds: books.lease_seconds, cancel: books.cancel }
    })?;
    Ok(json(&answer))
}

async fn events(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Answer {
    let batch: EventBatch = read(&body);
    desk.note(&headers, true, |books| {
        assert_eq!(batch.first, books.events.len() as u64, "no event is lost or doubled");
        books.events.extend(batch.events);
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn log(
    State(desk): State<Desk>,
    Query(query): Query<BTreeMap<String, u64>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    desk.note(&headers, true, |books| {
        assert_eq!(query["offset"], books.log.len() as u64, "no byte is lost or doubled");
        books.log.extend_from_slice(&body);
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn put_blob(
    State(desk): State<Desk>,
    Path((_, _, digest)): Path<(String, u32, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let digest: Digest = digest.parse().expect("a digest");
    assert_eq!(digest, Digest::of(&body));
    desk.note(&headers, true, |books| books.kept.insert(digest, body))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn get_blob(
    State(desk): State<Desk>,
    Path((_, _, digest)): Path<(String, u32, String)>,
    headers: HeaderMap,
) -> Answer {
    let digest: Digest = digest.parse().expect("a digest");
    let blob = desk.note(&headers, true, |books| books.blobs.get(&digest).cloned())?;
    blob.map(IntoResponse::into_response).ok_or(StatusCode::NOT_FOUND)
}

async fn finish(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Answer {
    desk.note(&headers, true, |books| books.finished.push(read(&body)))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn release(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Answer {
    desk.note(&headers, true, |books| books.released.push(read(&body)))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
