//! Overview, batches, batch.

use super::{NOW, shell};
use askama::Template;
use darkroom_protocol::verdict::Verdict;
use darkroom_protocol::{BatchId, BuildId, Digest, JobId};
use darkroom_web_ui::Mark;
use darkroom_web_ui::matrix::{Cell, Matrix};
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::batch::{BatchPage, BatchesPage};
use darkroom_web_ui::view::overview::{BatchLine, FarmPulse, NewestSheet, Overview, Tally};
use time::Duration;

pub(crate) const CAMERAS: [&str; 18] = [
    "50D", "5D2", "500D", "550D", "7D", "60D", "600D", "1100D", "1200D", "1300D", "5D3", "6D", "650D",
    "700D", "EOSM", "EOSM2", "100D", "70D",
];
const BUILDS: [(&str, Verdict, Option<&str>); 6] = [
    ("hello", Verdict::Passed, None),
    ("hang", Verdict::TimedOut, Some("Reached the guest-time limit of 20 s while waiting for power-down.")),
    ("crash", Verdict::GuestCrashed, Some("Data abort at 0x00800124, address 0xDEADBEEF, after 1.204 s.")),
    ("wrong-picture", Verdict::Failed, Some("screen equals “hello”: 18 432 pixels differ by more than 0.")),
    ("noisy", Verdict::TimedOut, Some("The console log reached its cap of 1 MiB.")),
    ("card-check", Verdict::Passed, None),
];

fn thumb(build: &str, index: usize) -> Option<Digest> {
    (build != "hang").then(|| Digest::of(format!("{build}{}", index % 4).as_bytes()))
}

/// 6 builds × 18 cameras; `running` leaves the end of it unfinished.
pub(crate) fn cells(running: bool) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (row, (name, verdict, reason)) in BUILDS.into_iter().enumerate() {
        let build = BuildId::fresh();
        for (column, camera) in CAMERAS.into_iter().enumerate() {
            let mark = match (running, row * 18 + column) {
                (true, 60..=64) => Mark::Running,
                (true, 65..) => Mark::Queued,
                (_, 7) => Mark::Done(Verdict::InfraError),
                (_, 26) => Mark::Done(Verdict::Cancelled),
                (_, 100) => Mark::Done(Verdict::Skipped),
                (_, 101) => Mark::Done(Verdict::Missing),
                _ => Mark::Done(verdict),
            };
            cells.push(Cell {
                job: JobId::fresh(),
                camera: camera.to_owned(),
                build,
                build_name: name.to_owned(),
                scenario: "boot".to_owned(),
                open_firmware: row == 0 || row == 5,
                mark,
                reason: reason.filter(|_| mark.is_done()).map(str::to_owned),
                thumb: thumb(name, column).filter(|_| mark == Mark::Done(verdict)),
            });
        }
    }
    cells
}

pub(crate) fn line(name: &str, minutes: i64, running: bool, matrix: &Matrix) -> BatchLine {
    let created_at = NOW - Duration::minutes(minutes);
    BatchLine {
        id: BatchId::fresh(),
        name: name.to_owned(),
        by: "jenkins".to_owned(),
        created_at,
        finished_at: (!running).then_some(created_at + Duration::seconds(143)),
        tally: Tally(matrix.counts()),
    }
}

pub(crate) fn lines(count: i64) -> Vec<BatchLine> {
    let matrix = Matrix::new(cells(false), None);
    (1..=count).map(|n| line(&format!("nightly 2026-11-{:02}", 22 - n), n * 1440, false, &matrix)).collect()
}

fn overview(newest: bool) -> Overview {
    let matrix = Matrix::new(cells(true), None);
    let batch = line("nightly 2026-11-22", 2, true, &matrix);
    Overview {
        shell: shell("Overview", Room::Sheets),
        now: NOW,
        pulse: FarmPulse { workers: 2, running: 2, waiting: if newest { 43 } else { 0 } },
        newest: newest.then_some(NewestSheet { batch, matrix }),
        earlier: if newest { lines(6) } else { Vec::new() },
        older: newest.then(|| "/batches?before=2026".to_owned()),
    }
}

fn batch(running: bool, filter: Option<Mark>) -> BatchPage {
    let matrix = Matrix::new(cells(running), filter);
    BatchPage {
        shell: shell("nightly 2026-11-22", Room::Sheets),
        now: NOW,
        batch: line("nightly 2026-11-22", 3, running, &matrix),
        why: if running { "43 jobs wait for one of 2 workers.".to_owned() } else { String::new() },
        matrix,
        may_cancel: true,
    }
}

fn batches(count: i64) -> BatchesPage {
    BatchesPage { shell: shell("Sheets", Room::Sheets), now: NOW, batches: lines(count), older: None }
}

pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let mut empty_batch = batch(false, None);
    empty_batch.matrix = Matrix::default();
    vec![
        ("overview-empty", overview(false).render().unwrap()),
        ("overview", overview(true).render().unwrap()),
        ("batch-empty", empty_batch.render().unwrap()),
        ("batch", batch(false, None).render().unwrap()),
        ("batch-running", batch(true, None).render().unwrap()),
        ("batch-failed", batch(false, Some(Mark::Done(Verdict::Failed))).render().unwrap()),
        ("batches-empty", batches(0).render().unwrap()),
        ("batches", batches(12).render().unwrap()),
    ]
}
