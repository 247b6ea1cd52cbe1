//! A farm with its own private Postgres.

use super::samples;
use darkroom_orchestrator::auth::{Anonymous, Scope};
use darkroom_orchestrator::db::PgDb;
use darkroom_orchestrator::embedded::{self, Durability, EmbeddedPostgres};
use darkroom_orchestrator::queue::QueueRules;
use darkroom_orchestrator::serve::{Server, ServerSettings};
use darkroom_orchestrator::shipped::Shelf;
use darkroom_protocol::api::{Batch, Build, Job};
use darkroom_protocol::{BatchId, BuildId, JobId};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use std::os::unix::fs::PermissionsExt;
use std::sync::Once;
use std::time::Duration;

/// A camera with small ROMs (4 + 8 MiB).
pub(crate) const CAMERA: &str = "5D2";
/// Another one.
pub(crate) const OTHER_CAMERA: &str = "50D";

/// A farm that answers on a loopback port.
pub(crate) struct Farm {
    pub(crate) server: Option<Server>,
    pub(crate) postgres: EmbeddedPostgres,
    pub(crate) settings: ServerSettings,
    pub(crate) http: Client,
    pub(crate) url: String,
    pub(crate) admin: String,
    pub(crate) submitter: String,
    pub(crate) reader: String,
    pub(crate) worker: String,
    _dir: tempfile::TempDir,
}

/// The HTTP client of all tests.
pub(crate) fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Another test of this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap()
}

/// A private Postgres in a folder that its unprivileged user can reach.
pub(crate) async fn postgres() -> (tempfile::TempDir, EmbeddedPostgres) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let postgres = embedded::start(dir.path(), Durability::Fast).await.unwrap();
    (dir, postgres)
}

/// The usual settings, without ROM sets from the start: most tests bring small ones of their own.
pub(crate) fn settings() -> ServerSettings {
    ServerSettings { shelf: Shelf::with_cameras(&[]), ..ServerSettings::default() }
}

impl Farm {
    /// With the usual rules.
    pub(crate) async fn start() -> Self {
        Self::with(QueueRules::default()).await
    }

    /// With other rules of the queue.
    pub(crate) async fn with(rules: QueueRules) -> Self {
        Self::with_settings(ServerSettings { rules, ..settings() }).await
    }

    /// With other settings.
    pub(crate) async fn with_settings(settings: ServerSettings) -> Self {
        let (dir, postgres) = postgres().await;
        let mut farm = Self {
            server: None,
            postgres,
            settings,
            http: client(),
            url: String::new(),
            admin: String::new(),
            submitter: String::new(),
            reader: String::new(),
            worker: String::new(),
            _dir: dir,
        };
        farm.start_server().await;
        farm.admin = farm.token(Scope::Admin).await;
        farm.submitter = farm.token(Scope::Submit).await;
        farm.reader = farm.token(Scope::Read).await;
        farm.worker = farm.token(Scope::Worker).await;
        farm
    }

    /// Starts the server; after the first time on the port it had.
    pub(crate) async fn start_server(&mut self) {
        let db = PgDb::new(self.postgres.options(), 20);
        db.migrate().await.unwrap();
        let server = Server::start(db, self.settings.clone()).await.unwrap();
        self.settings.listen = server.addresses.clone();
        self.url = server.url();
        self.server = Some(server);
    }

    /// Stops the server as a shutdown does.
    pub(crate) async fn stop_server(&mut self) {
        let server = self.server.take().unwrap();
        let db = server.state.db.clone();
        server.stop().await;
        db.close().await;
    }

    /// The services of the running server.
    pub(crate) fn state(&self) -> &darkroom_orchestrator::state::AppState {
        &self.server.as_ref().unwrap().state
    }

    /// A fresh token.
    pub(crate) async fn token(&self, scope: Scope) -> String {
        let token = self.state().auth.create_token(scope.word(), &[scope], None).await.unwrap();
        token.secret.reveal().to_owned()
    }

    /// A call with the submitter's token.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.call_as(&self.submitter, method, path)
    }

    /// A call with some token.
    pub(crate) fn call_as(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(token)
    }

    /// Reads something that must be there.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let response = self.call(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// A page of the dashboard.
    pub(crate) async fn page(&self, path: &str) -> String {
        let call = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.reader);
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// Hands a build in.
    pub(crate) async fn upload(&self, name: &str, cameras: &str, bytes: Vec<u8>) -> Response {
        let query = [("name", name), ("cameras", cameras)];
        self.call(Method::POST, "/builds").query(&query).body(bytes).send().await.unwrap()
    }

    /// A stored build for [`CAMERA`] and [`OTHER_CAMERA`].
    pub(crate) async fn build(&self) -> Build {
        let response = self.upload("autoexec.bin", "5D2,50D", samples::autoexec()).await;
        created(response).await
    }

    /// Stores the ROM set of a camera.
    pub(crate) async fn rom_set(&self, camera: &str, firmware: &str) -> Response {
        self.upload_roms(camera, firmware, samples::roms(camera)).await
    }

    /// Hands ROM files in.
    pub(crate) async fn upload_roms(
        &self,
        camera: &str,
        firmware: &str,
        files: Vec<(&str, Vec<u8>)>,
    ) -> Response {
        let mut form = reqwest::multipart::Form::new();
        for (name, bytes) in files {
            let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
            form = form.part(name.to_owned(), part);
        }
        let query = [("camera", camera), ("firmware", firmware)];
        self.call(Method::POST, "/rom-sets").query(&query).multipart(form).send().await.unwrap()
    }

    /// Hands a scenario in, with references.
    pub(crate) async fn scenario(&self, text: &str, references: &[(&str, Vec<u8>)]) -> Response {
        let part = reqwest::multipart::Part::text(text.to_owned()).file_name("test.toml");
        let mut form = reqwest::multipart::Form::new().part("scenario", part);
        for (name, bytes) in references {
            let part = reqwest::multipart::Part::bytes(bytes.clone()).file_name((*name).to_owned());
            form = form.part("reference", part);
        }
        self.call(Method::POST, "/scenarios").multipart(form).send().await.unwrap()
    }

    /// Asks for a batch.
    pub(crate) async fn submit(&self, body: serde_json::Value) -> Response {
        self.call(Method::POST, "/batches").json(&body).send().await.unwrap()
    }

    /// A batch of one job: a build for [`CAMERA`] with its ROM set, under the scenario of [`samples::scenario`].
    pub(crate) async fn one_job(&self) -> (BatchId, JobId) {
        let batch = self.jobs_of(&[CAMERA]).await;
        (batch.id, batch.jobs[0].id)
    }

    /// A batch of one job per camera.
    pub(crate) async fn jobs_of(&self, cameras: &[&str]) -> Batch {
        for camera in cameras {
            assert_eq!(self.rom_set(camera, "open").await.status(), StatusCode::CREATED);
        }
        let build = self.build().await;
        assert_eq!(self.scenario(samples::SCENARIO, &[]).await.status(), StatusCode::CREATED);
        self.submit_for(build.id, cameras).await
    }

    /// A batch of a build for some cameras.
    pub(crate) async fn submit_for(&self, build: BuildId, cameras: &[&str]) -> Batch {
        let body = serde_json::json!({
            "name": "test", "runs": [{ "build": build, "scenarios": ["checks"] }], "cameras": cameras,
        });
        created(self.submit(body).await).await
    }

    /// A job as it stands.
    pub(crate) async fn job(&self, id: JobId) -> Job {
        self.get(&format!("/jobs/{id}")).await
    }

    /// A batch when it has ended.
    pub(crate) async fn ended(&self, id: BatchId) -> Batch {
        let batch: Batch = self.get(&format!("/batches/{id}?wait=30")).await;
        assert!(batch.finished, "{batch:?}");
        batch
    }

    /// A farm on which a browser of this machine needs no token.
    pub(crate) async fn open() -> Self {
        Self::with_settings(ServerSettings { anonymous: Anonymous::Submit, ..settings() }).await
    }
}

/// What a 201 answer holds.
pub(crate) async fn created<T: DeserializeOwned>(response: Response) -> T {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Status, code and message of an error.
pub(crate) async fn code_of(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    let error: darkroom_protocol::api::ApiError = response.json().await.unwrap();
    (status, error.code, error.message)
}
