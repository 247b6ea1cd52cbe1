//! HTTP calls of `/api/v1`, typed by `darkroom_protocol::api`.

use super::ScenarioFiles;
use crate::args::Server;
use crate::exit::Usage;
use darkroom_protocol::api::{ApiError, Batch, Build, Job, RomSet, ScenarioInfo, Submit};
use darkroom_protocol::{BatchId, JobId};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::time::Duration;
use thiserror::Error;

/// Longest time the server is asked to hold a waiting call open, in seconds.
const LONG_POLL_SECONDS: u64 = 30;

/// A call that did not do what it should.
#[derive(Debug, Error)]
pub(crate) enum FarmError {
    /// The farm refused the input.
    #[error("the farm refused this ({status}): {message}")]
    Refused {
        /// HTTP status.
        status: StatusCode,
        /// The farm's words.
        message: String,
    },
    /// The farm broke.
    #[error("the farm had trouble ({status}): {message}")]
    Trouble {
        /// HTTP status.
        status: StatusCode,
        /// The farm's words.
        message: String,
    },
    /// The farm was not reached or answered nonsense.
    #[error("no answer from {server}: {source}")]
    Unreachable {
        /// Address tried.
        server: String,
        /// Cause.
        source: reqwest::Error,
    },
}

impl FarmError {
    /// Whether trying again may help: the network or the farm broke, not the request.
    pub(crate) fn is_passing(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }

    /// The error as the command's own: refusals are usage errors.
    pub(crate) fn into_anyhow(self) -> anyhow::Error {
        match self {
            Self::Refused { .. } => anyhow::Error::new(Usage(self.to_string())),
            other => anyhow::Error::new(other),
        }
    }
}

/// A farm at an address.
#[derive(Debug, Clone)]
pub(crate) struct Farm {
    http: Client,
    server: String,
    token: Option<String>,
}

impl Farm {
    /// A client; no call is made yet.
    pub(crate) fn new(server: &Server) -> anyhow::Result<Self> {
        let address =
            reqwest::Url::parse(&server.server).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        if address.is_none() {
            return Err(Usage(format!("'{}' is no http or https address of a farm", server.server)).into());
        }
        // A second provider can't be there: nothing else in this program installs one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(LONG_POLL_SECONDS + 30));
        // Plain HTTP needs no certificates; a machine without any must still reach a farm on its own desk.
        let http = if server.server.starts_with("http://") { http.tls_certs_only([]) } else { http };
        let address = server.server.trim_end_matches('/').to_owned();
        Ok(Self {
            http: http.build()?,
            server: address,
            token: server.token.clone().filter(|token| !token.is_empty()),
        })
    }

    /// Page of a batch for people.
    pub(crate) fn batch_page(&self, batch: BatchId) -> String {
        format!("{}/batches/{batch}", self.server)
    }

    /// Page that says what a run on the open firmware can and cannot tell.
    pub(crate) fn open_firmware_page(&self) -> String {
        format!("{}/open-firmware", self.server)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.server)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, FarmError> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.map_err(|source| self.unreachable(source))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let text = response.text().await.unwrap_or_default();
        let message = serde_json::from_str::<ApiError>(&text).map_or(text, |error| error.message);
        if status.is_client_error() {
            return Err(FarmError::Refused { status, message });
        }
        Err(FarmError::Trouble { status, message })
    }

    fn unreachable(&self, source: reqwest::Error) -> FarmError {
        FarmError::Unreachable { server: self.server.clone(), source }
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, FarmError> {
        self.send(request).await?.json().await.map_err(|source| self.unreachable(source))
    }

    /// Uploads a build; `cameras` are needed for a bare autoexec.bin only.
    pub(crate) async fn upload_build(
        &self,
        name: &str,
        bytes: Vec<u8>,
        cameras: &[String],
    ) -> Result<Build, FarmError> {
        let query = [("name", name.to_owned()), ("cameras", cameras.join(","))];
        self.json(self.http.post(self.url("/builds")).query(&query).body(bytes)).await
    }

    /// Uploads a ROM set; `files` are (file name, content).
    pub(crate) async fn upload_rom_set(
        &self,
        camera: &str,
        firmware: &str,
        files: Vec<(String, Vec<u8>)>,
    ) -> Result<RomSet, FarmError> {
        let form = files.into_iter().fold(Form::new(), |form, (name, bytes)| {
            form.part(name.clone(), Part::bytes(bytes).file_name(name))
        });
        let query = [("camera", camera), ("firmware", firmware)];
        self.json(self.http.post(self.url("/rom-sets")).query(&query).multipart(form)).await
    }

    /// All ROM sets that the farm has.
    pub(crate) async fn rom_sets(&self) -> Result<Vec<RomSet>, FarmError> {
        self.json(self.http.get(self.url("/rom-sets"))).await
    }

    /// Stores a scenario with its reference frames.
    pub(crate) async fn put_scenario(&self, files: ScenarioFiles) -> Result<ScenarioInfo, FarmError> {
        let form = Form::new().part("scenario", Part::text(files.text).file_name(files.source));
        let form = files
            .references
            .into_iter()
            .fold(form, |form, (name, bytes)| form.part("reference", Part::bytes(bytes).file_name(name)));
        self.json(self.http.post(self.url("/scenarios")).multipart(form)).await
    }

    /// Submits a batch; the same key submits once.
    pub(crate) async fn submit(&self, submit: &Submit, idempotency_key: &str) -> Result<Batch, FarmError> {
        let request =
            self.http.post(self.url("/batches")).header("idempotency-key", idempotency_key).json(submit);
        self.json(request).await
    }

    /// A batch as it is now, or after its end or the longest wait.
    pub(crate) async fn batch(&self, id: BatchId, wait: Wait) -> Result<Batch, FarmError> {
        let request = self.http.get(self.url(&format!("/batches/{id}")));
        let request = match wait {
            Wait::No => request,
            Wait::Seconds(seconds) => request.query(&[("wait", seconds.min(LONG_POLL_SECONDS))]),
        };
        self.json(request).await
    }

    /// A job with its report.
    pub(crate) async fn job(&self, id: JobId) -> Result<Job, FarmError> {
        self.json(self.http.get(self.url(&format!("/jobs/{id}")))).await
    }

    /// A batch's results as JUnit XML.
    pub(crate) async fn junit(&self, id: BatchId) -> Result<String, FarmError> {
        let response = self.send(self.http.get(self.url(&format!("/batches/{id}/junit.xml")))).await?;
        response.text().await.map_err(|source| self.unreachable(source))
    }
}

/// How long the server may hold a call open.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    /// Answer at once.
    No,
    /// Up to that many seconds.
    Seconds(u64),
}
