//! A whole farm, started as a user starts it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A farm that is stopped when it goes out of scope.
pub(crate) struct Farm {
    process: Child,
    /// Where it is.
    pub(crate) server: String,
    /// A token that may do anything.
    pub(crate) token: String,
}

impl Farm {
    /// Starts `darkroom up` in `data` with workers of `fleet`; `None` when there is no worker program to start.
    pub(crate) fn start(data: &Path, fleet: &str) -> Option<Self> {
        let worker = worker_program()?;
        let ready = data.join("ready");
        let log = std::fs::File::create(data.join("farm.log")).expect("a log file");
        let process = Command::new(env!("CARGO_BIN_EXE_darkroom"))
            .args(["up", "--listen", "127.0.0.1:0", "--open", "--workers", "2", "--fleet", fleet])
            .arg("--data")
            .arg(data.join("farm"))
            .arg("--ready-file")
            .arg(&ready)
            .arg("--worker-program")
            .arg(worker)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the farm starts");
        let mut farm = Self { process, server: String::new(), token: String::new() };
        farm.wait_for(&ready, data);
        Some(farm)
    }

    fn wait_for(&mut self, ready: &Path, data: &Path) {
        let started = Instant::now();
        while !ready.exists() {
            let log = || std::fs::read_to_string(data.join("farm.log")).unwrap_or_default();
            let ended = self.process.try_wait().expect("the farm can be waited for");
            assert!(ended.is_none(), "the farm ended: {}", log());
            assert!(started.elapsed() < Duration::from_secs(120), "the farm is not ready: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
        let text = std::fs::read_to_string(ready).expect("the ready file");
        let value =
            |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
        (self.server, self.token) = (value("server="), value("token="));
    }

    /// A client command against this farm.
    pub(crate) fn client(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_darkroom"))
            .args(arguments)
            .env("DARKROOM_SERVER", &self.server)
            .env("DARKROOM_TOKEN", &self.token)
            .output()
            .expect("the program starts")
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

/// The worker that lies beside the program; cargo does not build other crates' programs for a test.
fn worker_program() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_BIN_EXE_darkroom")).with_file_name("darkroom-worker");
    path.is_file().then_some(path)
}
