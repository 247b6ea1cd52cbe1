//! chromedriver as a child process on a free port.

use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// A running chromedriver; it ends with the value.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) url: String,
    _process: Child,
    // Closed pipes would end it.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts it, or says what is missing.
    pub(crate) async fn start() -> Result<Self, String> {
        let mut version = Command::new("chromium");
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        version.status().await.map_err(|error| format!("chromium: {error}"))?;
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("chromedriver: {error}"))?;
        let output = process.stdout.take().expect("stdout is piped");
        let mut output = BufReader::new(output);
        let port = port(&mut output).await?;
        Ok(Self { url: format!("http://127.0.0.1:{port}"), _process: process, _output: output })
    }
}

/// The port that chromedriver says it listens on.
async fn port(output: &mut BufReader<ChildStdout>) -> Result<u16, String> {
    let mut line = String::new();
    loop {
        line.clear();
        let read = output.read_line(&mut line).await.map_err(|error| format!("chromedriver: {error}"))?;
        if read == 0 {
            return Err("chromedriver ended before it listened".to_owned());
        }
        let said = line.trim().trim_end_matches('.').rsplit_once("started successfully on port ");
        if let Some(port) = said.and_then(|(_, port)| port.parse().ok()) {
            return Ok(port);
        }
    }
}
