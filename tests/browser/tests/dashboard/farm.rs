//! A whole farm in this process: private Postgres, server, one admin token.

use bytes::Bytes;
use darkroom_orchestrator::auth::{Anonymous, Scope};
use darkroom_orchestrator::config::Limits;
use darkroom_orchestrator::db::PgDb;
use darkroom_orchestrator::embedded::{self, Durability, EmbeddedError, EmbeddedPostgres};
use darkroom_orchestrator::intake::{ReferenceFile, Spooled, spool};
use darkroom_orchestrator::queue::QueueRules;
use darkroom_orchestrator::serve::{Server, ServerSettings};
use darkroom_orchestrator::shipped::Shelf;
use darkroom_protocol::api::{Submit, SubmitRun};
use darkroom_protocol::{BatchId, BuildId, CameraName};
use futures_util::stream;
use tempfile::TempDir;

/// The camera for which the farm ships the open firmware.
const OPEN_FIRMWARE: &str = "60D";
/// Connections of the server's pool.
const CONNECTIONS: u32 = 20;

pub(crate) struct Farm {
    pub(crate) server: Server,
    /// Secret of a token that may do everything but be a worker.
    pub(crate) token: String,
    postgres: EmbeddedPostgres,
    _folder: TempDir,
}

impl Farm {
    /// Starts it, or says what is missing.
    pub(crate) async fn start() -> Result<Self, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let postgres = match embedded::start(folder.path(), Durability::Fast).await {
            Ok(postgres) => postgres,
            Err(missing @ (EmbeddedError::NotInstalled | EmbeddedError::NoAccount)) => {
                return Err(missing.to_string());
            }
            Err(broken) => panic!("{broken}"),
        };
        let db = PgDb::new(postgres.options(), CONNECTIONS);
        db.migrate().await.expect("the schema");
        let settings = ServerSettings {
            anonymous: Anonymous::None,
            rules: QueueRules::default(),
            limits: Limits::default(),
            shelf: Shelf::with_cameras(&[OPEN_FIRMWARE]),
            ..ServerSettings::default()
        };
        let server = Server::start(db, settings).await.expect("the server starts");
        let token = server.state.auth.create_token("ansel", &[Scope::Admin], None).await.expect("a token");
        Ok(Self { token: token.secret.reveal().to_owned(), server, postgres, _folder: folder })
    }

    /// An address of the dashboard.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }

    /// Stores the open ROM set of a camera, unless the farm ships it.
    pub(crate) async fn add_open_rom(&self, camera: &str) {
        if camera == OPEN_FIRMWARE {
            return;
        }
        let rom = darkroom_firmware::open_rom(camera).expect("a camera with an open ROM");
        let files = [("ROM0.BIN", rom.rom0), ("ROM1.BIN", Some(rom.rom1)), ("SFDATA.BIN", rom.serial_flash)];
        let mut spooled = Vec::new();
        for (name, content) in files {
            if let Some(content) = content {
                spooled.push((name.to_owned(), in_hand(content).await));
            }
        }
        let camera = CameraName(camera.to_owned());
        self.server.state.intake.rom_set(&camera, "open", spooled).await.expect("the open ROM is taken");
    }

    /// Stores a sample build for some cameras.
    pub(crate) async fn add_sample(&self, name: &str, cameras: &[&str]) -> BuildId {
        let sample = darkroom_firmware::sample(name, cameras[0]).expect("a sample build");
        let upload = in_hand(sample.autoexec).await;
        let cameras: Vec<_> = cameras.iter().map(|camera| CameraName((*camera).to_owned())).collect();
        self.server.state.intake.build("ansel", name, upload, &cameras).await.expect("the build is taken").id
    }

    /// Stores a scenario.
    pub(crate) async fn add_scenario(&self, text: &str, references: &[(&str, &'static [u8])]) {
        let references = references
            .iter()
            .map(|(name, png)| ReferenceFile { name: (*name).to_owned(), content: Bytes::from_static(png) });
        let intake = &self.server.state.intake;
        intake.scenario("scenario.toml", text, references.collect()).await.expect("the scenario is taken");
    }

    /// Queues builds under a scenario on all their cameras.
    pub(crate) async fn submit(&self, name: &str, builds: &[BuildId], scenario: &str) -> BatchId {
        let run = |build: &BuildId| SubmitRun { build: *build, scenarios: vec![scenario.to_owned()] };
        let submit = Submit {
            name: name.to_owned(),
            runs: builds.iter().map(run).collect(),
            cameras: Vec::new(),
            firmware: None,
            priority: 50,
        };
        self.server.state.queue.submit("jenkins", &submit, None).await.expect("the batch is taken").batch
    }

    pub(crate) async fn stop(mut self) {
        let db = self.server.state.db.clone();
        self.server.stop().await;
        db.close().await;
        self.postgres.stop();
    }
}

async fn in_hand(content: Vec<u8>) -> Spooled {
    let size = content.len() as u64;
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(content))]);
    spool(whole, size).await.expect("the upload fits its cap")
}
