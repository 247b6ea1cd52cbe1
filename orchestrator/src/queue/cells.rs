//! The cells of a batch: which jobs, with which ROM set, and which are skipped and why.

use crate::db::{NewJob, PgDb, StoredScenario};
use crate::error::{Answer, Refusal};
use crate::queue::roms::{RomShelf, dotted};
use darkroom_protocol::api::{Build, Submit, SubmitRun};
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::verdict::{CheckResult, Reason, ReasonCode};
use darkroom_protocol::{CameraName, ScenarioId};
use std::collections::BTreeSet;

/// Scenario of a run that names none.
const DEFAULT_SCENARIO: &str = "boot";
/// Most cells of one batch.
const MAX_CELLS: usize = 20_000;

/// Plans the cells of one submit.
pub(super) struct Planner<'a> {
    db: &'a PgDb,
    cameras: Vec<CameraName>,
    roms: RomShelf,
}

impl<'a> Planner<'a> {
    /// Reads what there is, and resolves the cameras asked for.
    pub(super) async fn load(db: &'a PgDb, submit: &Submit) -> Answer<Self> {
        let known: Vec<CameraName> = db.cameras().await?.into_iter().map(|row| row.camera.name).collect();
        let cameras = submit.cameras.iter().map(|name| resolve(&known, name)).collect::<Answer<Vec<_>>>()?;
        let mut seen = BTreeSet::new();
        let cameras = cameras.into_iter().filter(|name| seen.insert(name.clone())).collect();
        Ok(Self { db, cameras, roms: RomShelf::new(db.rom_sets().await?) })
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
        refuse_mistake(&jobs)?;
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
        let planned = match platform {
            Some(platform) => self.roms.choose(platform, firmware),
            None => Err(wrong_camera(build, camera).unwrap_or_else(|| no_payload(build, camera))),
        };
        let (rom_set, skip) = match planned {
            Ok(set) => (Some(set), None),
            Err(reason) => (None, Some(reason)),
        };
        NewJob { build: build.id, camera: camera.clone(), scenario, rom_set, skip, checks: checks.to_vec() }
    }
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

/// A submit in which every build says that it is for another camera or version can only be a mistake.
fn refuse_mistake(jobs: &[NewJob]) -> Answer<()> {
    let codes = [(ReasonCode::WrongCamera, "wrong-camera"), (ReasonCode::WrongVersion, "wrong-version")];
    let mistake = |reason: &Reason| codes.into_iter().find(|(code, _)| *code == reason.code);
    let wrong = |job: &NewJob| job.skip.clone().and_then(|reason| Some((mistake(&reason)?.1, reason.detail)));
    match jobs.iter().map(wrong).collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().next()) {
        Some((code, detail)) => Err(Refusal::invalid(code, detail)),
        None => Ok(()),
    }
}

/// The reason for a build that says of itself that it is for one other camera.
fn wrong_camera(build: &Build, camera: &CameraName) -> Option<Reason> {
    let [platform] = build.platforms.as_slice() else { return None };
    let (said_by, version) = (platform.evidence.as_ref()?, platform.firmware.as_deref()?);
    let made_for = format!("{} {}", platform.camera, dotted(version));
    let detail = format!("this build is for {made_for} ({said_by}), asked for {camera}");
    Some(Reason { code: ReasonCode::WrongCamera, detail })
}

fn no_payload(build: &Build, camera: &CameraName) -> Reason {
    let detail = format!("build '{}' has no payload for {camera}", build.name);
    Reason { code: ReasonCode::NoPayload, detail }
}
