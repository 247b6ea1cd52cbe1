//! From words of the database to marks and tallies.

use crate::db::{BatchLineRow, CellRow, DbResult, job_state, verdict_of};
use darkroom_protocol::{BatchId, BuildId, Digest, JobId};
use darkroom_web_ui::Mark;
use darkroom_web_ui::matrix::Cell;
use darkroom_web_ui::view::overview::{BatchLine, Tally};

/// The mark of a state and a verdict.
pub(super) fn mark(state: &str, verdict: Option<&str>) -> DbResult<Mark> {
    Ok(Mark::of(job_state(state)?, verdict.map(verdict_of).transpose()?))
}

/// A batch for a list.
pub(super) fn batch_line(row: BatchLineRow) -> BatchLine {
    let count = |mark: Mark| row.counts.0.get(mark.class()).copied().unwrap_or(0);
    let tally = Mark::all().map(|mark| (mark, count(mark))).filter(|(_, count)| *count > 0).collect();
    let id = BatchId(row.id);
    BatchLine {
        id,
        name: name_or_id(row.name, &id.to_string()),
        by: row.created_by,
        created_at: row.created_at,
        finished_at: row.finished_at,
        tally: Tally(tally),
    }
}

/// A name, or the start of the id for what has none.
pub(super) fn name_or_id(name: String, id: &str) -> String {
    if name.trim().is_empty() { format!("batch {}", &id[..id.len().min(8)]) } else { name }
}

/// A frame of the sheet.
pub(super) fn cell(row: CellRow) -> DbResult<Cell> {
    let thumb = row.thumb.and_then(|bytes| bytes.try_into().ok()).map(Digest);
    Ok(Cell {
        job: JobId(row.id),
        mark: mark(&row.state, row.verdict.as_deref())?,
        camera: row.camera,
        build: BuildId(row.build),
        build_name: row.build_name,
        scenario: row.scenario,
        open_firmware: row.open_firmware.is_some(),
        reason: row.reason_detail.filter(|detail| !detail.is_empty()),
        thumb,
    })
}
