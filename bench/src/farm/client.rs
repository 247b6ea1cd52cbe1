use std::time::Duration;

use darkroom_firmware::SampleScenario;
use darkroom_protocol::api::{ApiError, Batch, Build, Camera, Job, RomSet, ScenarioInfo, Submit};
use darkroom_protocol::{BatchId, JobId};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;

use crate::{BenchError, Result};

/// Name under which the open boot ROM is stored; `open` is the farm's own and has the open firmware behind it.
pub(super) const BOOT_ROM: &str = "open-boot";

/// Seconds for which the server may hold a waiting call open.
const LONG_POLL_SECONDS: u64 = 30;

/// The farm's API, as far as it is needed here.
#[derive(Clone, Debug)]
pub(super) struct Farm {
    http: Client,
    api: String,
    token: Option<String>,
}

impl Farm {
    pub(super) fn new(server: &str, token: Option<String>) -> Result<Self> {
        // An error means that one is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().read_timeout(Duration::from_secs(LONG_POLL_SECONDS + 30));
        // Plain HTTP needs no certificates, and some machines have none.
        let http = if server.starts_with("http://") { http.tls_certs_only([]) } else { http };
        Ok(Self { http: http.build()?, api: format!("{}/api/v1", server.trim_end_matches('/')), token })
    }

    async fn call<T: DeserializeOwned>(&self, what: &str, request: RequestBuilder) -> Result<T> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response.json().await?);
        }
        let text = response.text().await.unwrap_or_default();
        let message = serde_json::from_str::<ApiError>(&text).map_or(text, |error| error.message);
        Err(BenchError::Refused { call: what.to_owned(), status: status.as_u16(), message })
    }

    pub(super) async fn cameras(&self) -> Result<Vec<Camera>> {
        self.call("the cameras", self.http.get(format!("{}/cameras", self.api))).await
    }

    pub(super) async fn upload_build(
        &self,
        name: &str,
        cameras: &[String],
        autoexec: Vec<u8>,
    ) -> Result<Build> {
        let query = [("name", name.to_owned()), ("cameras", cameras.join(","))];
        let request = self.http.post(format!("{}/builds", self.api)).query(&query).body(autoexec);
        self.call("the build", request).await
    }

    pub(super) async fn upload_rom_set(
        &self,
        camera: &str,
        files: Vec<(&'static str, Vec<u8>)>,
    ) -> Result<RomSet> {
        let form = files
            .into_iter()
            .fold(Form::new(), |form, (name, bytes)| form.part(name, Part::bytes(bytes).file_name(name)));
        let query = [("camera", camera), ("firmware", BOOT_ROM)];
        let request = self.http.post(format!("{}/rom-sets", self.api)).query(&query).multipart(form);
        self.call("a ROM set", request).await
    }

    pub(super) async fn put_scenario(&self, scenario: &SampleScenario) -> Result<ScenarioInfo> {
        let form = Form::new().part("scenario", Part::text(scenario.text).file_name("scenario.toml"));
        let form = scenario.references.iter().fold(form, |form, frame| {
            let name = format!("{}/{}.png", frame.camera, frame.name);
            form.part("reference", Part::bytes(frame.png).file_name(name))
        });
        self.call("the scenario", self.http.post(format!("{}/scenarios", self.api)).multipart(form)).await
    }

    pub(super) async fn submit(&self, submit: &Submit) -> Result<Batch> {
        let request = self.http.post(format!("{}/batches", self.api)).json(submit);
        let key = uuid::Uuid::new_v4().to_string();
        self.call("a batch", request.header("idempotency-key", key)).await
    }

    /// The batch when all its jobs have their verdicts.
    pub(super) async fn finished(&self, batch: BatchId) -> Result<Batch> {
        loop {
            let request = self.http.get(format!("{}/batches/{batch}", self.api));
            let batch: Batch = self.call("a batch", request.query(&[("wait", LONG_POLL_SECONDS)])).await?;
            if batch.finished {
                return Ok(batch);
            }
        }
    }

    pub(super) async fn job(&self, id: JobId) -> Result<Job> {
        self.call("a job", self.http.get(format!("{}/jobs/{id}", self.api))).await
    }
}
