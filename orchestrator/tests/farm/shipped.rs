//! What the farm ships: there from the start, the farm's own, and no trouble for jobs that ran on an earlier one.

use crate::support::farm::{created, settings};
use crate::support::{FakeWorker, Farm, code_of, samples};
use darkroom_orchestrator::db::PgDb;
use darkroom_orchestrator::serve::{Server, ServerSettings};
use darkroom_orchestrator::shipped::{Shelf, ShippedAs, ShippedRom, ShippedScenario};
use darkroom_protocol::api::{Batch, Build, RomSet, ScenarioInfo};
use darkroom_protocol::job::RomSlot;
use darkroom_protocol::verdict::{ReasonCode, Verdict};
use darkroom_protocol::{CameraName, Digest};
use serde_json::json;
use std::sync::Arc;

async fn farm_with(shelf: Shelf) -> Farm {
    Farm::with_settings(ServerSettings { shelf, ..settings() }).await
}

async fn sets(farm: &Farm) -> Vec<RomSet> {
    farm.get("/rom-sets").await
}

/// Camera and version of each set.
fn names(sets: &[RomSet]) -> Vec<(&str, Option<&str>)> {
    sets.iter().map(|set| (set.camera.0.as_str(), set.open_firmware.as_deref())).collect()
}

/// A set for a 5D2 in which `byte` stands for the version of the program that ships it.
fn rom(byte: u8) -> ShippedRom {
    let expand = move || {
        let filled = |size| {
            let mut bytes = samples::filler(size);
            bytes[0] = byte;
            bytes
        };
        vec![(RomSlot::Rom0, filled(4 << 20)), (RomSlot::Rom1, filled(8 << 20))]
    };
    let shipped = ShippedAs { stands_for: "212".to_owned(), source: Digest::of(&[byte]) };
    ShippedRom { camera: CameraName("5D2".to_owned()), shipped, expand: Arc::new(expand) }
}

fn only(byte: u8) -> Shelf {
    Shelf::new(vec![rom(byte)], vec![boot()])
}

fn boot() -> ShippedScenario {
    let (name, text) = darkroom_protocol::scenario::shipped().find(|(name, _)| *name == "boot").unwrap();
    ShippedScenario { name: name.to_owned(), text: text.to_owned() }
}

async fn submit(farm: &Farm, body: serde_json::Value) -> Batch {
    created(farm.submit(body).await).await
}

#[tokio::test]
async fn rom_set_open_is_there_from_the_start_and_after_every_start_the_same() {
    let mut farm = farm_with(Shelf::with_cameras(&["60D", "5D3"])).await;
    let first = sets(&farm).await;
    assert_eq!(names(&first), [("60D", Some("111")), ("5D3", Some("113")), ("5D3", Some("123"))]);
    assert!(first.iter().all(|set| set.firmware == "open"));
    let made = darkroom_firmware::open_firmware("5D3", Some("123")).unwrap();
    let digest = |slot| first[2].files.iter().find(|file| file.slot == slot).map(|file| file.digest);
    assert_eq!(digest(RomSlot::Rom1), Some(Digest::of(&made.rom1)));
    assert_eq!(digest(RomSlot::Rom0), made.rom0.map(|bytes| Digest::of(&bytes)));
    farm.stop_server().await;
    farm.start_server().await;
    assert_eq!(sets(&farm).await, first);
}

#[tokio::test]
async fn orchestrators_that_start_at_once_bring_a_set_once() {
    let farm = Farm::start().await;
    let start = || async {
        let db = PgDb::new(farm.postgres.options(), 8);
        Server::start(db, ServerSettings { shelf: only(1), ..settings() }).await.unwrap()
    };
    let servers = tokio::join!(start(), start(), start());
    assert_eq!(names(&sets(&farm).await), [("5D2", Some("212"))]);
    for server in [servers.0, servers.1, servers.2] {
        server.stop().await;
    }
}

#[tokio::test]
async fn a_newer_program_brings_a_newer_set_and_jobs_keep_theirs() {
    let mut farm = farm_with(only(1)).await;
    let old = sets(&farm).await.remove(0);
    let build = farm.build().await;
    let body = json!({ "runs": [{ "build": build.id }], "cameras": ["5D2"] });
    submit(&farm, body.clone()).await;

    farm.stop_server().await;
    farm.settings.shelf = only(2);
    farm.start_server().await;
    let new = sets(&farm).await;
    assert_eq!(names(&new), [("5D2", Some("212"))], "one is in force");
    assert_ne!(new[0].files, old.files);
    submit(&farm, body).await;
    let worker = FakeWorker::join(&farm, "one").await;
    let (first, second) = (worker.claim().await, worker.claim().await);
    assert_eq!((&first.claim.spec.roms, &second.claim.spec.roms), (&old.files, &new[0].files));
    assert_eq!(first.fetch(old.files[0].digest).await.status(), 200, "the old files are still there");

    farm.stop_server().await;
    farm.settings.shelf = only(1);
    farm.start_server().await;
    assert_eq!(sets(&farm).await, [old], "back to the program before: back to its set");
}

#[tokio::test]
async fn nobody_stands_in_for_what_the_farm_ships() {
    let farm = farm_with(only(1)).await;
    let (status, code, message) = code_of(farm.rom_set("5d2", "open").await).await;
    assert_eq!((status, code.as_str()), (409, "belongs-to-farm"));
    assert!(message.contains("'open' of 5d2 belongs to the farm"), "{message}");
    assert_eq!(farm.rom_set("5D2", "mine").await.status(), 201);
    assert_eq!(farm.rom_set("50D", "open").await.status(), 201, "the farm ships none for this camera");

    assert_eq!(farm.scenario(&boot().text, &[]).await.status(), 201, "the very same text changes nothing");
    let other = boot().text.replace("guest-seconds = 60", "guest-seconds = 61");
    let (status, code, message) = code_of(farm.scenario(&other, &[]).await).await;
    assert_eq!((status, code.as_str()), (409, "belongs-to-farm"));
    assert!(message.contains("'boot'"), "{message}");
    let known: Vec<ScenarioInfo> = farm.get("/scenarios").await;
    assert_eq!(known.len(), 1);
}

#[tokio::test]
async fn the_files_of_the_open_firmware_are_no_secret_unless_somebody_uploaded_them_too() {
    let farm = farm_with(only(1)).await;
    let open = sets(&farm).await.remove(0);
    let read = async || {
        let path = format!("/blobs/{}", open.files[0].digest);
        farm.call(reqwest::Method::GET, &path).send().await.unwrap().status().as_u16()
    };
    assert_eq!(read().await, 200);
    let files = (rom(1).expand)().into_iter().map(|(slot, bytes)| (slot.file_name(), bytes)).collect();
    assert_eq!(farm.upload_roms("5D2", "mine", files).await.status(), 201);
    assert_eq!(read().await, 403);
}

#[tokio::test]
async fn a_build_runs_on_the_open_firmware_of_its_version() {
    let farm = farm_with(Shelf::with_cameras(&["5D3"])).await;
    let stored = sets(&farm).await;
    let roms = async |name: &str, firmware: Option<&str>| {
        let cameras = if name == "autoexec.bin" { "5D3" } else { "" };
        let bytes = if name == "autoexec.bin" { samples::autoexec() } else { samples::nightly() };
        let build: Build = created(farm.upload(name, cameras, bytes).await).await;
        submit(&farm, json!({ "runs": [{ "build": build.id }], "firmware": firmware })).await.jobs.remove(0)
    };
    let (old, new) =
        ("magiclantern-Nightly.2018Jul03.5D3113.zip", "magiclantern-Nightly.2018Jul03.5D3123.zip");
    let worker = FakeWorker::join(&farm, "one").await;
    let cases = [
        (old, None, 0),
        (new, None, 1),
        (new, Some("open"), 1),
        (new, Some("open:123"), 1),
        ("autoexec.bin", None, 0),
        ("autoexec.bin", Some("open:123"), 1),
    ];
    for (name, firmware, set) in cases {
        roms(name, firmware).await;
        let spec = worker.claim().await.claim.spec;
        assert_eq!((spec.firmware.as_str(), &spec.roms), ("open", &stored[set].files), "{name} {firmware:?}");
    }
    let unknown = "magiclantern-Nightly.2018Jul03.5D3134.zip";
    let cases =
        [(unknown, None, "the build is for 5D3 1.3.4"), ("autoexec.bin", Some("open:1.0.0"), "'open:1.0.0'")];
    for (name, firmware, told) in cases {
        let job = roms(name, firmware).await;
        let reason = job.reason.unwrap();
        assert_eq!((job.verdict, reason.code), (Some(Verdict::Skipped), ReasonCode::NoRomSet));
        let there = "the open firmware stands for 1.1.3 and 1.2.3";
        assert!(reason.detail.contains(told) && reason.detail.ends_with(there), "{}", reason.detail);
    }
    assert_eq!(farm.rom_set("5D3", "134").await.status(), 201);
    let job = roms(unknown, None).await;
    assert_eq!(job.verdict, None, "a dump of that version comes first");
}

#[tokio::test]
async fn a_build_is_not_run_on_the_open_firmware_of_a_version_that_it_is_not_for() {
    let farm = farm_with(Shelf::with_cameras(&["5D3"])).await;
    let name = "magiclantern-Nightly.2018Jul03.5D3123.zip";
    let nightly: Build = created(farm.upload(name, "", samples::nightly()).await).await;
    let silent: Build = created(farm.upload("autoexec.bin", "5D3", samples::autoexec()).await).await;
    let told = format!("this build is for 5D3 1.2.3 ({name}), asked for the open firmware of 1.1.3");
    let body = json!({ "runs": [{ "build": nightly.id }], "firmware": "open:1.1.3" });
    assert_eq!(code_of(farm.submit(body).await).await, (422, "wrong-version".to_owned(), told.clone()));

    let runs = json!([{ "build": nightly.id }, { "build": silent.id }]);
    let batch = submit(&farm, json!({ "runs": runs, "firmware": "open:113" })).await;
    let reason = batch.jobs[0].reason.as_ref().unwrap();
    assert_eq!((batch.jobs[0].verdict, reason.code), (Some(Verdict::Skipped), ReasonCode::WrongVersion));
    assert_eq!(reason.detail, told);
    assert_eq!(batch.jobs[1].verdict, None, "a build that tells no version runs");
}

#[tokio::test]
async fn a_run_on_the_open_firmware_is_marked_wherever_it_is_shown() {
    let farm = farm_with(only(1)).await;
    assert_eq!(farm.rom_set("5D2", "212").await.status(), 201);
    let build = farm.build().await;
    let run = async |firmware: &str| {
        let body = json!({ "runs": [{ "build": build.id }], "cameras": ["5D2"], "firmware": firmware });
        submit(&farm, body).await
    };
    for (firmware, version) in [("open", Some("212")), ("212", None)] {
        let batch = run(firmware).await;
        let job = &batch.jobs[0];
        assert_eq!(job.open_firmware.as_deref(), version, "{firmware}");
        let path = format!("/batches/{}/junit.xml", batch.id);
        let xml = farm.call(reqwest::Method::GET, &path).send().await.unwrap().text().await.unwrap();
        let property = "<property name=\"open-firmware\" value=\"212\"/>";
        assert_eq!(xml.contains(property), version.is_some(), "{xml}");
        let mark = "<a class=\"stand-in\" href=\"/open-firmware\">";
        for page in [format!("/batches/{}", batch.id), format!("/jobs/{}", job.id)] {
            let html = farm.page(&page).await;
            assert_eq!(html.contains(mark), version.is_some(), "{firmware}: {page}");
        }
    }
    assert!(farm.page("/rom-sets").await.contains("href=\"/open-firmware\""));
    let explained = farm.page("/open-firmware").await;
    assert!(explained.contains("What it cannot tell") && explained.contains("Live view"), "{explained}");
    assert!(explained.contains("5D2 <span>2.1.2</span>"), "{explained}");
}
