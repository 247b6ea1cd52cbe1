//! From a job's row to everything a worker needs to run it.

use super::{DbResult, builds, rom_sets, scenarios};
use darkroom_protocol::job::JobSpec;
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::{CameraName, JobId};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

#[derive(FromRow)]
struct SpecRow {
    camera: String,
    camera_toml: Option<String>,
    rom_set: Option<Uuid>,
    firmware: Option<String>,
    scenario: Uuid,
    scenario_name: String,
    source: String,
    kind: Option<String>,
    blob: Option<Vec<u8>>,
    size: Option<i64>,
}

/// The spec of a job, or why none can be made (which is trouble of the farm: submit checks all of it).
pub(super) async fn assemble(conn: &mut PgConnection, job: JobId) -> DbResult<Result<JobSpec, String>> {
    let row: SpecRow = sqlx::query_as(
        "select j.camera, c.toml as camera_toml, j.rom_set, r.firmware, j.scenario, s.name as scenario_name,
                s.source, p.kind, p.blob, p.size
         from job j join camera c on c.name = j.camera join scenario s on s.id = j.scenario
         left join rom_set r on r.id = j.rom_set
         left join build_platform p on p.build = j.build and p.camera = j.camera
         where j.id = $1",
    )
    .bind(job.0)
    .fetch_one(&mut *conn)
    .await?;
    let (Some(rom_set), Some(firmware)) = (row.rom_set, row.firmware) else {
        return Ok(Err("the job has no ROM set".to_owned()));
    };
    let (Some(kind), Some(blob), Some(size)) = (row.kind, row.blob, row.size) else {
        return Ok(Err(format!("the build has no payload for {}", row.camera)));
    };
    let limits = match Scenario::parse(&row.scenario_name, &row.source) {
        Ok(scenario) => scenario.limits,
        Err(error) => return Ok(Err(format!("the stored scenario cannot be read: {error}"))),
    };
    Ok(Ok(JobSpec {
        job,
        roms: rom_sets::rom_files(conn, rom_set).await?,
        references: scenarios::references_for(conn, row.scenario, &row.camera).await?,
        payload: builds::payload(&kind, &blob, size)?,
        camera: CameraName(row.camera),
        camera_toml: row.camera_toml,
        firmware,
        scenario_name: row.scenario_name,
        scenario: row.source,
        limits,
    }))
}
