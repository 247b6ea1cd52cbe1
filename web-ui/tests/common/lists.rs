//! Cameras, ROM sets, builds, upload, workers, scenarios, login, errors.

use super::{NOW, sheets, shell};
use askama::Template;
use darkroom_protocol::api::{Build, BuildPlatform, Camera, ScenarioInfo};
use darkroom_protocol::job::{Payload, PayloadKind, RomSlot};
use darkroom_protocol::scenario::Scenario;
use darkroom_protocol::worker::SandboxProbe;
use darkroom_protocol::{BuildId, CameraName, Digest, JobId, RomSetId, ScenarioId};
use darkroom_web_ui::Mark;
use darkroom_web_ui::view::builds::{BuildLine, BuildPage, BuildsPage};
use darkroom_web_ui::view::cameras::{CameraCard, CameraPage, CamerasPage, JobLine};
use darkroom_web_ui::view::notice::{ErrorPage, LoginPage};
use darkroom_web_ui::view::open_firmware::{OpenCamera, OpenFirmwarePage};
use darkroom_web_ui::view::rom_sets::{FieldErrors, RomNeeds, RomSetLine, RomSetsPage};
use darkroom_web_ui::view::scenarios::{ReferenceView, ScenarioPage, ScenariosPage};
use darkroom_web_ui::view::upload::{CameraGroup, Choice, UploadPage};
use darkroom_web_ui::view::workers::{Health, WorkerCard, WorkersPage};
use darkroom_web_ui::view::{Room, Shell};
use std::collections::BTreeMap;

const SCENARIO: &str = "name = \"boot\"\ndescription = \"Boots, draws, powers down.\"\n[[step]]\naction = \"wait-log\"\n\
                        text = \"hello\"\nwithin = 5.0\n[[step]]\naction = \"expect-screen\"\nname = \"hello\"\n";

fn camera(name: &str) -> Camera {
    let five = ["5D3", "6D", "650D", "700D", "EOSM", "EOSM2", "100D", "70D"].contains(&name);
    let cf = ["50D", "5D2", "7D", "5D3"].contains(&name);
    Camera {
        name: CameraName(name.to_owned()),
        generation: if five { "DIGIC 5" } else { "DIGIC 4" }.to_owned(),
        cards: vec![if cf { "CF" } else { "SD" }.to_owned()],
        roms: BTreeMap::from([("ROM0.BIN".to_owned(), 16 << 20), ("ROM1.BIN".to_owned(), 16 << 20)]),
        custom: name == "70D",
    }
}

fn rom_set(name: &str) -> RomSetLine {
    RomSetLine {
        id: RomSetId::fresh(),
        camera: name.to_owned(),
        firmware: "open".to_owned(),
        open_firmware: (name != "7D").then(|| "111".to_owned()),
        files: vec![(RomSlot::Rom0, 16 << 20), (RomSlot::Rom1, 16 << 20)],
        created_at: NOW,
    }
}

fn cameras(names: &[&str]) -> CamerasPage {
    let marks: Vec<Mark> = Mark::all().collect();
    let card = |(index, name): (usize, &&str)| CameraCard {
        camera: camera(name),
        rom_sets: index as u64 % 3,
        last: (index % 4 != 3).then(|| (JobId::fresh(), marks[index % marks.len()])),
    };
    CamerasPage::new(shell("Cameras", Room::Cameras), names.iter().enumerate().map(card).collect())
}

fn camera_page(full: bool) -> CameraPage {
    let job = |mark: Mark| JobLine {
        job: JobId::fresh(),
        build_name: "hello".to_owned(),
        camera: "60D".to_owned(),
        scenario: "boot".to_owned(),
        mark,
        reason: mark.wants_a_look().then(|| "Reached the guest-time limit of 20 s.".to_owned()),
        queued_at: NOW - time::Duration::minutes(7),
    };
    CameraPage {
        shell: shell("60D", Room::Cameras),
        now: NOW,
        camera: camera("60D"),
        rom_sets: if full { vec![rom_set("60D")] } else { Vec::new() },
        jobs: if full { Mark::all().map(job).collect() } else { Vec::new() },
    }
}

fn rom_sets(full: bool, errors: FieldErrors) -> RomSetsPage {
    let needs = |name: &&str| RomNeeds { camera: (*name).to_owned(), roms: camera(name).roms };
    RomSetsPage {
        shell: shell("ROM sets", Room::RomSets),
        sets: if full { sheets::CAMERAS.iter().map(|name| rom_set(name)).collect() } else { Vec::new() },
        cameras: sheets::CAMERAS.iter().map(needs).collect(),
        camera: "60D".to_owned(),
        firmware: "1.1.1".to_owned(),
        errors,
        may_submit: true,
    }
}

fn open_firmware(cameras: &[&str]) -> OpenFirmwarePage {
    let open = |camera: &&str| OpenCamera { camera: (*camera).to_owned(), version: "111".to_owned() };
    OpenFirmwarePage {
        shell: shell("Open firmware", Room::RomSets),
        cameras: cameras.iter().map(open).collect(),
    }
}

fn builds(count: usize) -> BuildsPage {
    let line = |n: usize| BuildLine {
        id: BuildId::fresh(),
        name: format!("magiclantern-Nightly.2026Nov{:02}.zip", 22 - n),
        by: "jenkins".to_owned(),
        cameras: sheets::CAMERAS[..(n * 5) % 18 + 1].iter().map(|name| (*name).to_owned()).collect(),
        size: 5_400_000 + n as u64 * 77_777,
        created_at: NOW - time::Duration::days(n as i64),
    };
    BuildsPage {
        shell: shell("Builds", Room::Builds),
        now: NOW,
        builds: (0..count).map(line).collect(),
        older: None,
    }
}

fn build(full: bool) -> BuildPage {
    let platform = |name: &&str| BuildPlatform {
        camera: CameraName((*name).to_owned()),
        firmware: Some("111".to_owned()),
        evidence: (*name != "60D").then(|| format!("ML/modules/{name}_111.sym")),
        warnings: vec!["it has no fonts (ML/fonts/*.rbf)".to_owned()],
        payload: Payload { kind: PayloadKind::Zip, digest: Digest::of(name.as_bytes()), size: 2_345_678 },
    };
    BuildPage {
        shell: shell("hello", Room::Builds),
        now: NOW,
        build: Build {
            id: BuildId::fresh(),
            name: "hello".to_owned(),
            platforms: if full { sheets::CAMERAS[..6].iter().map(platform).collect() } else { Vec::new() },
            created_at: NOW,
        },
        by: String::new(),
        batches: if full { sheets::lines(2) } else { Vec::new() },
        scenarios: vec!["boot".to_owned(), "hello".to_owned()],
        may_submit: true,
    }
}

fn upload(full: bool, errors: FieldErrors) -> UploadPage {
    let choice =
        |value: &str, hint: &str, ticked| Choice { value: value.to_owned(), hint: hint.to_owned(), ticked };
    let group = |generation: &str, names: &[&str]| CameraGroup {
        generation: generation.to_owned(),
        cameras: names.iter().map(|name| choice(name, &camera(name).cards[0], *name == "60D")).collect(),
    };
    let cameras = [("DIGIC 4", &sheets::CAMERAS[..10]), ("DIGIC 5", &sheets::CAMERAS[10..])];
    UploadPage {
        shell: shell("Upload", Room::Upload),
        name: String::new(),
        cameras: if full { cameras.iter().map(|(g, names)| group(g, names)).collect() } else { Vec::new() },
        scenarios: if full {
            vec![
                choice("boot", "Boots, waits for a stable screen, keeps a frame.", true),
                choice("hello", "The hello sample draws its page and powers down.", false),
            ]
        } else {
            Vec::new()
        },
        errors,
        max_size: "256 MiB".to_owned(),
    }
}

fn workers(full: bool) -> WorkersPage {
    let probe = |name: &str, refused| SandboxProbe {
        name: name.to_owned(),
        refused,
        detail: if refused { "EPERM" } else { "fd 7" }.to_owned(),
    };
    let card = |(index, health): (usize, Health)| WorkerCard {
        name: format!("lab-7/slot-{index}"),
        version: "0.1.0".to_owned(),
        backend: if index == 0 { "docker" } else { "process" }.to_owned(),
        health,
        seen_at: NOW - time::Duration::seconds(index as i64 * 90),
        jobs_done: 1234 * index as u64,
        infra_streak: u32::from(health == Health::Silent) * 2,
        probes: ["socket", "open", "exec", "fork", "ptrace"]
            .map(|n| probe(n, index != 2 || n != "open"))
            .to_vec(),
        job: (health == Health::Busy).then(|| (JobId::fresh(), "hello on 60D".to_owned())),
    };
    let healths = [Health::Busy, Health::Idle, Health::Silent, Health::Gone];
    WorkersPage {
        shell: shell("Workers", Room::Workers),
        now: NOW,
        workers: if full { healths.into_iter().enumerate().map(card).collect() } else { Vec::new() },
    }
}

fn scenarios(full: bool) -> ScenariosPage {
    let info = ScenarioInfo {
        id: ScenarioId::fresh(),
        name: "boot".to_owned(),
        description: "Boots, draws, powers down.".to_owned(),
        references: BTreeMap::from([("hello".to_owned(), vec!["*".to_owned(), "60D".to_owned()])]),
    };
    ScenariosPage {
        shell: shell("Scenarios", Room::Scenarios),
        scenarios: if full {
            vec![info.clone(), ScenarioInfo { name: "hello".to_owned(), ..info }]
        } else {
            Vec::new()
        },
    }
}

fn scenario() -> ScenarioPage {
    let reference = |camera: &str| ReferenceView {
        name: "hello".to_owned(),
        camera: camera.to_owned(),
        digest: Digest::of(b"hello0"),
    };
    ScenarioPage {
        shell: shell("boot", Room::Scenarios),
        id: ScenarioId::fresh(),
        scenario: Scenario::parse("boot.toml", SCENARIO).unwrap(),
        source: SCENARIO.to_owned(),
        created_at: NOW,
        references: ["*", "5D2"].map(reference).to_vec(),
    }
}

fn login(error: Option<&str>) -> LoginPage {
    let shell = Shell::new("Sign in", Room::Nowhere, None);
    LoginPage { shell, next: "/batches".to_owned(), error: error.map(str::to_owned) }
}

fn error(status: u16, title: &str, message: &str) -> ErrorPage {
    let (title, message) = (title.to_owned(), message.to_owned());
    ErrorPage { shell: shell(&title, Room::Nowhere), status, title, message }
}

pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let none = FieldErrors::default;
    let bad_rom = FieldErrors::one("ROM1.BIN", "ROM1.BIN has 8 MiB; the 60D needs 16 MiB.");
    let bad_file = FieldErrors::one("file", "nightly.zip: entry 17 'ML/../../etc/passwd' leaves the card.");
    vec![
        ("cameras-empty", cameras(&[]).render().unwrap()),
        ("cameras", cameras(&sheets::CAMERAS).render().unwrap()),
        ("camera-empty", camera_page(false).render().unwrap()),
        ("camera", camera_page(true).render().unwrap()),
        ("rom-sets-empty", rom_sets(false, none()).render().unwrap()),
        ("open-firmware-empty", open_firmware(&[]).render().unwrap()),
        ("open-firmware", open_firmware(&sheets::CAMERAS).render().unwrap()),
        ("rom-sets", rom_sets(true, bad_rom).render().unwrap()),
        ("builds-empty", builds(0).render().unwrap()),
        ("builds", builds(8).render().unwrap()),
        ("build-empty", build(false).render().unwrap()),
        ("build", build(true).render().unwrap()),
        ("upload-empty", upload(false, none()).render().unwrap()),
        ("upload", upload(true, none()).render().unwrap()),
        ("upload-error", upload(true, bad_file).render().unwrap()),
        ("workers-empty", workers(false).render().unwrap()),
        ("workers", workers(true).render().unwrap()),
        ("scenarios-empty", scenarios(false).render().unwrap()),
        ("scenarios", scenarios(true).render().unwrap()),
        ("scenario", scenario().render().unwrap()),
        ("login", login(None).render().unwrap()),
        ("login-error", login(Some("This token is unknown, expired or revoked.")).render().unwrap()),
        ("error-404", error(404, "Not on this roll", "There is no job 0193 here.").render().unwrap()),
        ("error-500", error(500, "The lamp went out", "Something broke on our side.").render().unwrap()),
    ]
}
