//! The worker's half of the conversation in [`darkroom_protocol::worker`].

use std::time::Duration;

use anyhow::Context;
use darkroom_protocol::worker::{
    ATTEMPT_SECRET_HEADER, Claim, ClaimRequest, EventBatch, Finish, HeartbeatAnswer, Register, Registered,
    Release,
};
use darkroom_protocol::{Digest, WorkerId};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use thiserror::Error;

use super::config::Config;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest silence while an answer comes in.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of an error's text kept for people.
const MAX_COMPLAINT: usize = 500;

/// A call that did not work.
#[derive(Debug, Error)]
pub(super) enum CallError {
    /// Somebody else owns the attempt, or its lease is over: drop the job.
    #[error("the attempt is no longer ours (409)")]
    Fenced,
    /// The orchestrator will never accept this.
    #[error("the orchestrator refuses: {0} {1}")]
    Refused(StatusCode, String),
    /// It may work when tried again.
    #[error("{0}")]
    Trouble(String),
}

impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        // Without the address: it is the same in every line of the log.
        Self::Trouble(format!("{:#}", anyhow::Error::new(error.without_url())))
    }
}

/// Talks to the orchestrator as a worker.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    token: String,
}

impl Client {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        // A second installation fails, and the first one serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        if let Some(pem) = &config.ca {
            builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?);
        } else if config.server.scheme() == "http" {
            // No TLS, no certificates: an image from scratch has none to load.
            builder = builder.tls_certs_only([]);
        }
        let base = config.server.join("/api/v1/worker/").context("the orchestrator's address")?;
        Ok(Self { http: builder.build()?, base, token: config.token.clone() })
    }

    pub(super) async fn register(&self, hello: &Register) -> Result<Registered, CallError> {
        let answer = self.post("register", hello).timeout(READ_TIMEOUT).send().await?;
        Ok(accepted(answer).await?.json().await?)
    }

    /// Asks for work; `None` when none came within the wait.
    pub(super) async fn claim(&self, worker: WorkerId, wait: Duration) -> Result<Option<Claim>, CallError> {
        let wait_ms = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX);
        let request = self.post("claim", &ClaimRequest { worker, wait_ms });
        let answer = accepted(request.timeout(wait + READ_TIMEOUT).send().await?).await?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        Ok(Some(answer.json().await?))
    }

    /// The calls of one attempt.
    pub(super) fn attempt(&self, claim: &Claim) -> AttemptClient {
        let prefix = format!("jobs/{}/attempts/{}", claim.spec.job, claim.attempt);
        AttemptClient { client: self.clone(), prefix, secret: claim.secret.clone() }
    }

    fn post(&self, path: &str, body: &impl Serialize) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        self.http.request(method, url).bearer_auth(&self.token)
    }
}

/// The calls of one attempt, with its secret.
#[derive(Clone)]
pub(super) struct AttemptClient {
    client: Client,
    prefix: String,
    secret: String,
}

impl AttemptClient {
    pub(super) async fn heartbeat(&self, timeout: Duration) -> Result<HeartbeatAnswer, CallError> {
        let answer = self.request(Method::POST, "heartbeat").timeout(timeout).send().await?;
        Ok(accepted(answer).await?.json().await?)
    }

    pub(super) async fn events(&self, batch: &EventBatch) -> Result<(), CallError> {
        self.done(self.request(Method::POST, "events").json(batch)).await
    }

    pub(super) async fn log(&self, offset: u64, bytes: bytes::Bytes) -> Result<(), CallError> {
        self.done(self.request(Method::POST, "log").query(&[("offset", offset)]).body(bytes)).await
    }

    pub(super) async fn put_blob(&self, digest: Digest, bytes: bytes::Bytes) -> Result<(), CallError> {
        self.done(self.request(Method::PUT, &format!("blobs/{digest}")).body(bytes)).await
    }

    pub(super) async fn get_blob(&self, digest: Digest) -> Result<Response, CallError> {
        accepted(self.request(Method::GET, &format!("blobs/{digest}")).send().await?).await
    }

    pub(super) async fn finish(&self, finish: &Finish) -> Result<(), CallError> {
        self.done(self.request(Method::POST, "finish").json(finish)).await
    }

    pub(super) async fn release(&self, why: &str) -> Result<(), CallError> {
        self.done(self.request(Method::POST, "release").json(&Release { why: why.to_owned() })).await
    }

    fn request(&self, method: Method, call: &str) -> RequestBuilder {
        let request = self.client.request(method, &format!("{}/{call}", self.prefix));
        request.header(ATTEMPT_SECRET_HEADER, &self.secret)
    }

    async fn done(&self, request: RequestBuilder) -> Result<(), CallError> {
        accepted(request.timeout(READ_TIMEOUT).send().await?).await.map(drop)
    }
}

/// Sorts answers into those that worked, those worth a second try, and those that are final.
async fn accepted(answer: Response) -> Result<Response, CallError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let again = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    if status == StatusCode::CONFLICT {
        return Err(CallError::Fenced);
    }
    let mut said = answer.text().await.unwrap_or_default();
    said.truncate(said.floor_char_boundary(MAX_COMPLAINT));
    Err(if again { CallError::Trouble(format!("{status} {said}")) } else { CallError::Refused(status, said) })
}
