//! The cells of a batch: which jobs, with which ROM set, and which are skipped and why.

use crate::db::{NewJob, PgDb, StoredScenario};
use crate::error::{Answer, Refusal};
use darkroom_protocol::api::{Build, BuildPlatform, RomSet, Submit, SubmitRun};
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{CheckResult, Reason, ReasonCode};
use darkroom_protocol::{CameraName, RomSetId, ScenarioId};
use std::collections::BTreeSet;

/// Scenario of a run that names none.
const DEFAULT_SCENARIO: &str = "boot";
/// Most cells of one batch.
const MAX_CELLS: usize = 20_000;
/// Firmware word of our own ROM.
const OPEN_FIRMWARE: &str = "open";

/// Plans the cells of one submit.
pub(super) struct Planner<'a> {
    db: &'a PgDb,
    cameras: Vec<CameraName>,
    rom_sets: Vec<RomSet>,
}

impl<'a> Planner<'a> {
    /// Reads what there is, and resolves the cameras asked for.
    pub(super) async fn load(db: &'a PgDb, submit: &Submit) -> Answer<Self> {
        let known: Vec<CameraName> = db.cameras().await?.into_iter().map(|row| row.camera.name).collect();
        let cameras = submit.cameras.iter().map(|name| resolve(&known, name)).collect::<Answer<Vec<_>>>()?;
        let mut seen = BTreeSet::new();
        let cameras = cameras.into_iter().filter(|name| seen.insert(name.clone())).collect();
        Ok(Self { db, cameras, rom_sets: db.rom_sets().await? })
    }

    /// All cells, in the order of runs, scenarios, cameras; the same cell twice is one.
    pub(super) async fn jobs(&self, submit: &Submit) -> Answer<Vec<NewJob>> {
        let mut jobs = Vec::new();
        for run in &submit.runs {
            jobs.extend(self.run(run, submit.firmware.as_deref()).await?);
            if jobs.len() > MAX_CELLS {
                return Err(Refusal::invalid(
                    "too-many-jobs",
                    format!("more than {MAX_CELLS} jobs in one batch"),
                ));
            }
        }
        let mut seen = BTreeSet::new();
        jobs.retain(|job| seen.insert((job.build, job.camera.clone(), job.scenario)));
        if jobs.is_empty() {
            return Err(Refusal::invalid("nothing-to-run", "the builds have no payload for any camera"));
        }
        Ok(jobs)
    }

    async fn run(&self, run: &SubmitRun, firmware: Option<&str>) -> Answer<Vec<NewJob>> {
        let build = self.db.build(run.build).await?;
        let build =
            build.ok_or_else(|| Refusal::invalid("unknown-build", format!("no build {}", run.build)))?;
        let cameras = match self.cameras.as_slice() {
            [] => build.platforms.iter().map(|platform| platform.camera.clone()).collect(),
            chosen => chosen.to_vec(),
        };
        let mut jobs = Vec::new();
        for (scenario, checks) in self.scenarios(run).await? {
            jobs.extend(cameras.iter().map(|camera| self.cell(&build, camera, scenario, &checks, firmware)));
        }
        Ok(jobs)
    }

    async fn scenarios(&self, run: &SubmitRun) -> Answer<Vec<(ScenarioId, Vec<CheckResult>)>> {
        let default = [DEFAULT_SCENARIO.to_owned()];
        let names = if run.scenarios.is_empty() { &default[..] } else { &run.scenarios };
        let mut found = Vec::new();
        for name in names {
            let stored = self.db.newest_scenario(name).await?;
            let stored = stored
                .ok_or_else(|| Refusal::invalid("unknown-scenario", format!("no scenario '{name}'")))?;
            found.push((ScenarioId(stored.id), expected_checks(&stored)?));
        }
        Ok(found)
    }

    fn cell(
        &self,
        build: &Build,
        camera: &CameraName,
        scenario: ScenarioId,
        checks: &[CheckResult],
        firmware: Option<&str>,
    ) -> NewJob {
        let platform = build.platforms.iter().find(|platform| platform.camera == *camera);
        let rom_set = platform.and_then(|platform| self.rom_set(platform, firmware));
        let skip = match (platform, rom_set) {
            (None, _) => Some(no_payload(build, camera)),
            (Some(_), None) => Some(no_rom_set(camera, firmware)),
            (Some(_), Some(_)) => None,
        };
        NewJob { build: build.id, camera: camera.clone(), scenario, rom_set, skip, checks: checks.to_vec() }
    }

    /// The newest set of the firmware asked for; else of the version that the build is for; else the open ROM.
    fn rom_set(&self, platform: &BuildPlatform, firmware: Option<&str>) -> Option<RomSetId> {
        let newest_of = |version: &str| {
            let fits = |set: &&RomSet| set.camera == platform.camera && is_version(&set.firmware, version);
            self.rom_sets.iter().find(fits).map(|set| set.id)
        };
        match firmware {
            Some(version) => newest_of(version),
            None => platform.firmware.as_deref().and_then(newest_of).or_else(|| newest_of(OPEN_FIRMWARE)),
        }
    }
}

/// Whether two texts name one firmware version: Canon writes `1.1.1`, file names of builds say `111`.
fn is_version(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.replace('.', "");
    bare(one) == bare(other)
}

fn resolve(known: &[CameraName], name: &CameraName) -> Answer<CameraName> {
    let found = known.iter().find(|camera| camera.0.eq_ignore_ascii_case(&name.0)).cloned();
    found.ok_or_else(|| Refusal::invalid("unknown-camera", format!("no camera '{name}'")))
}

fn expected_checks(stored: &StoredScenario) -> Answer<Vec<CheckResult>> {
    let scenario = Scenario::parse(&stored.name, &stored.source);
    let scenario = scenario.map_err(|error| Refusal::invalid("bad-scenario", error.to_string()))?;
    Ok(scenario.expected_checks())
}

fn no_payload(build: &Build, camera: &CameraName) -> Reason {
    let detail = format!("build '{}' has no payload for {camera}", build.name);
    Reason { code: ReasonCode::NoPayload, detail }
}

fn no_rom_set(camera: &CameraName, firmware: Option<&str>) -> Reason {
    let wanted = firmware.map(|version| format!(" of firmware '{version}'")).unwrap_or_default();
    let detail = format!("no ROM set{wanted} for {camera}: upload one, or the open ROM");
    Reason { code: ReasonCode::NoRomSet, detail }
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_are_the_same_with_dots_and_without() {
        assert!(is_version("1.1.1", "111"));
        assert!(is_version("open", "open"));
        assert!(!is_version("1.1.2", "111"));
    }
}
