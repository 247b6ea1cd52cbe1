//! A batch as JUnit XML, as Jenkins reads it.

use crate::error::{Answer, Kind, Refusal};
use crate::state::AppState;
use darkroom_protocol::BatchId;
use darkroom_protocol::api::JobSummary;
use darkroom_protocol::verdict::Verdict;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// Bytes of log that a case shows: its end says why it failed.
const LOG_TAIL: u64 = 16 << 10;

/// What a run on the open firmware can and cannot tell, on this farm.
const OPEN_FIRMWARE_PAGE: &str = "/open-firmware";

/// The report of a batch: a suite per build and scenario, a case per camera.
pub(super) async fn of_batch(state: &AppState, id: BatchId) -> Answer<String> {
    let batch = state.queue.batch(id).await?;
    let mut report =
        Report::new(if batch.name.is_empty() { format!("batch {id}") } else { batch.name.clone() });
    let mut suites: Vec<(String, TestSuite)> = Vec::new();
    for job in &batch.jobs {
        let case = case_of(job, log_tail(state, job).await?);
        let name = format!("{} × {}", job.build_name, job.scenario);
        let key = format!("{} {}", job.build, job.scenario);
        match suites.iter_mut().find(|(known, _)| *known == key) {
            Some((_, suite)) => suite.add_test_case(case),
            None => {
                let mut suite = TestSuite::new(name);
                suite.add_test_case(case);
                suites.push((key, suite));
                continue;
            }
        };
    }
    report.add_test_suites(suites.into_iter().map(|(_, suite)| suite));
    report.to_string().map_err(|error| Refusal::new(Kind::Internal, "internal", error.to_string()))
}

async fn log_tail(state: &AppState, job: &JobSummary) -> Answer<String> {
    if job.verdict == Some(Verdict::Passed) {
        return Ok(String::new());
    }
    let length = state.db.log_length(job.id).await?.unwrap_or(0);
    let tail = state.db.log_from(job.id, length.saturating_sub(LOG_TAIL), LOG_TAIL as usize).await?;
    Ok(String::from_utf8_lossy(&tail).into_owned())
}

fn case_of(job: &JobSummary, log: String) -> TestCase {
    let mut status = status_of(job.verdict);
    if let Some(reason) = &job.reason {
        status.set_type(reason.code.word());
        status.set_message(reason.detail.clone());
    } else if job.verdict.is_none() {
        status.set_message("has no verdict yet");
    }
    let mut case = TestCase::new(job.camera.0.clone(), status);
    case.set_classname(format!("{}.{}", job.build_name, job.scenario));
    if let Some(version) = &job.open_firmware {
        // No dump of a camera: a reader of the report must see it without the dashboard.
        case.add_property(("open-firmware", version.as_str()));
        case.add_property(("open-firmware-page", OPEN_FIRMWARE_PAGE));
    }
    if let Some(milliseconds) = job.host_ms {
        case.set_time(Duration::from_millis(milliseconds));
    }
    if !log.is_empty() {
        case.set_system_out(log);
    }
    case
}

fn status_of(verdict: Option<Verdict>) -> TestCaseStatus {
    match verdict {
        Some(Verdict::Passed) => TestCaseStatus::success(),
        Some(verdict) if verdict.blames_build() => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Some(Verdict::Skipped | Verdict::Cancelled) => TestCaseStatus::skipped(),
        Some(_) | None => TestCaseStatus::non_success(NonSuccessKind::Error),
    }
}
