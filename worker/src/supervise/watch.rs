//! Follows a job's process to its end, whatever that is.

use std::future::Future;
use std::process::ExitStatus;
use std::time::Duration;

use darkroom_protocol::report::RunReport;
use darkroom_protocol::verdict::{ReasonCode, Verdict};
use std::os::unix::process::ExitStatusExt;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::sync::mpsc;

use super::ledger::{Admitted, Delivery, Ledger};
use crate::wire::{HEADER, Header, Message, WireError};

/// Real time that a job's process may take beyond its own host-time limit, to report.
const HOST_SLACK: Duration = Duration::from_secs(10);
/// Real time between the end of the process's output and its death.
const EXIT_SLACK: Duration = Duration::from_secs(2);
/// Bytes of the process's complaints that are kept.
const MAX_STDERR: u64 = 16 << 10;

/// How a job's process ended.
#[derive(Debug)]
pub struct Outcome {
    /// The job's report: its own, or the supervisor's about its death.
    pub report: RunReport,
    /// What the supervisor noticed, for people.
    pub log: String,
}

/// How reading from the process ended.
enum End<S> {
    Reported(Box<RunReport>),
    Closed,
    Misbehaved(String),
    NobodyListens,
    OutOfTime,
    Stopped(S),
}

/// Follows `child` until it has reported or died, until `stop` comes true or the host-time limit is long over. The process is dead
/// afterwards.
///
/// Returns `Err` with the output of `stop` when that ended it.
pub async fn watch<S>(
    mut child: Child,
    mut ledger: Ledger,
    host_limit: Duration,
    deliveries: mpsc::Sender<Delivery>,
    stop: impl Future<Output = S>,
) -> Result<Outcome, (S, Box<Ledger>)> {
    let stdout = child.stdout.take();
    let complaints = child.stderr.take().map(|stderr| tokio::spawn(read_complaints(stderr)));
    let end = tokio::select! {
        end = pump(stdout, &mut ledger, &deliveries) => end,
        why = stop => End::Stopped(why),
        () = tokio::time::sleep(host_limit + HOST_SLACK) => End::OutOfTime,
    };
    let status = bury(&mut child, matches!(end, End::Closed | End::Reported(_))).await;
    let said = match complaints {
        Some(task) => task.await.unwrap_or_default(),
        None => String::new(),
    };
    let log = if said.is_empty() { status.clone() } else { format!("{status}\n{said}") };
    let died = |detail: String| ledger.report_without(Verdict::InfraError, ReasonCode::ChildDied, &detail);
    let report = match end {
        End::Reported(report) => *report,
        End::Stopped(why) => return Err((why, Box::new(ledger))),
        End::Closed => died(format!("the job's process died: {status}")),
        End::Misbehaved(how) => died(format!("the job's process broke its protocol: {how}")),
        End::OutOfTime => {
            died("the job's process did not stop at its host-time limit and was killed".to_owned())
        }
        End::NobodyListens => ledger.report_without(
            Verdict::InfraError,
            ReasonCode::WorkerError,
            "the job's output could not be delivered",
        ),
    };
    Ok(Outcome { report, log })
}

async fn pump<S>(
    stdout: Option<impl AsyncRead + Unpin>,
    ledger: &mut Ledger,
    deliveries: &mpsc::Sender<Delivery>,
) -> End<S> {
    let Some(mut stdout) = stdout else { return End::Closed };
    loop {
        let admitted = match next(&mut stdout).await {
            Ok(None) => return End::Closed,
            // A process that dies inside a message has died, not lied.
            Err(WireError::Io(_)) => return End::Closed,
            Err(error) => return End::Misbehaved(error.to_string()),
            Ok(Some(message)) => ledger.admit(message),
        };
        match admitted {
            Err(violation) => return End::Misbehaved(violation.to_string()),
            Ok(Admitted::Report(report)) => return End::Reported(report),
            Ok(Admitted::Deliver(delivery)) => {
                if deliveries.send(delivery).await.is_err() {
                    return End::NobodyListens;
                }
            }
        }
    }
}

/// The next message; memory grows with the bytes that come, not with the length that is claimed.
async fn next(input: &mut (impl AsyncRead + Unpin)) -> Result<Option<Message>, WireError> {
    let mut header = [0; HEADER];
    match input.read_exact(&mut header).await {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let header = Header::parse(header)?;
    let mut body = Vec::new();
    input.take(u64::from(header.length())).read_to_end(&mut body).await?;
    if body.len() < header.length() as usize {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    header.body(body).map(Some)
}

/// Makes sure that the process is dead, and says how it died.
async fn bury(child: &mut Child, may_end_itself: bool) -> String {
    if may_end_itself && let Ok(Ok(status)) = tokio::time::timeout(EXIT_SLACK, child.wait()).await {
        return describe(status);
    }
    // Only a process that is gone already cannot be killed.
    let _ = child.start_kill();
    match child.wait().await {
        Ok(status) => format!("killed by the worker ({})", describe(status)),
        Err(error) => format!("lost track of the process: {error}"),
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => {
            let name = nix::sys::signal::Signal::try_from(signal).map_or("unknown", |signal| signal.as_str());
            format!("signal {signal} ({name})")
        }
        (None, Some(code)) => format!("exit code {code}"),
        (None, None) => "ended".to_owned(),
    }
}

async fn read_complaints(stderr: impl AsyncRead + Unpin) -> String {
    let mut kept = Vec::new();
    let mut stderr = stderr.take(MAX_STDERR);
    // What could be read until the pipe broke is worth keeping.
    let _ = stderr.read_to_end(&mut kept).await;
    // Read on, or the process would block on a full pipe.
    let mut rest = stderr.into_inner();
    let _ = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&kept).into_owned()
}
