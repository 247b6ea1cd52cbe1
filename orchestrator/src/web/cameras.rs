//! Cameras.

use super::html::{Page, PageResult};
use super::marks::mark;
use super::rom_sets::line;
use super::visitor::Visitor;
use crate::db::{DbResult, JobLineRow};
use crate::error::Refusal;
use crate::state::AppState;
use axum::extract::{Path, State};
use darkroom_protocol::JobId;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::cameras::{CameraCard, CameraPage, CamerasPage, JobLine};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Jobs on a camera's page.
const JOBS: u32 = 40;

/// `GET /cameras`
pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> PageResult<Page<CamerasPage>> {
    let uses = state.db.camera_use().await?.into_iter().map(|row| (row.name.clone(), row));
    let mut uses: BTreeMap<_, _> = uses.collect();
    let mut cards = Vec::new();
    for row in state.db.cameras().await? {
        let used = uses.remove(&row.camera.name.0);
        let last = used.as_ref().and_then(|used| used.last_job.zip(used.last_verdict.as_deref()));
        let last = last.map(|(job, verdict)| Ok((JobId(job), mark("finished", Some(verdict))?)));
        let rom_sets = used.as_ref().map_or(0, |used| used.rom_sets.unsigned_abs());
        cards.push(CameraCard { camera: row.camera, rom_sets, last: last.transpose().map_err(db_error)? });
    }
    Ok(Page(CamerasPage::new(visitor.shell("Cameras", Room::Cameras), cards)))
}

fn db_error(error: crate::db::DbError) -> Refusal {
    error.into()
}

/// `GET /cameras/{name}`
pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> PageResult<Page<CameraPage>> {
    let row = state.db.cameras().await?.into_iter().find(|row| row.camera.name.0 == name);
    let camera = row.ok_or_else(|| Refusal::not_found("camera", &name))?.camera;
    let sets = state.db.rom_sets().await?;
    let jobs = state.db.camera_jobs(&name, JOBS).await?;
    Ok(Page(CameraPage {
        shell: visitor.shell(name, Room::Cameras),
        now: OffsetDateTime::now_utc(),
        rom_sets: sets.into_iter().filter(|set| set.camera == camera.name).map(line).collect(),
        jobs: jobs.into_iter().map(job_line).collect::<DbResult<_>>()?,
        camera,
    }))
}

fn job_line(row: JobLineRow) -> DbResult<JobLine> {
    Ok(JobLine {
        job: JobId(row.id),
        mark: mark(&row.state, row.verdict.as_deref())?,
        build_name: row.build_name,
        camera: row.camera,
        scenario: row.scenario,
        reason: row.reason_detail.filter(|detail| !detail.is_empty()),
        queued_at: row.queued_at,
    })
}
