//! The sample builds on the open boot ROM, through the same door as the farm and `darkroom emu`.

#[path = "support/scripted.rs"]
#[allow(dead_code)]
mod scripted;

use darkroom_emu_core::machine::Roms;
use darkroom_models::Catalog;
use darkroom_protocol::report::RunReport;
use darkroom_protocol::scenario::Scenario;
use darkroom_worker::run::{Card, References, RunInputs, run_job};
use scripted::Keeper;

fn run(camera: &str, card: Card, text: &str) -> (RunReport, Keeper) {
    let rom = darkroom_firmware::open_rom(camera).expect("the open ROM knows the camera");
    let scenario = Scenario::parse("test.toml", text).expect("a valid scenario");
    let inputs = RunInputs {
        camera: Catalog::builtin().get(camera).expect("a known camera").clone(),
        roms: Roms { rom0: rom.rom0, rom1: Some(rom.rom1), serial_flash: rom.serial_flash },
        card,
        limits: scenario.limits.clone(),
        scenario,
        references: References::new(),
    };
    let mut keeper = Keeper::default();
    let report = run_job(inputs, &mut keeper).expect("the sink takes all");
    (report, keeper)
}

#[test]
fn first_light() {
    let program =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../firmware/blobs/hello.bin")).expect("there");
    let text = "name = \"t\"\n[[step]]\naction = \"wait-power-down\"\nwithin = 10\n";
    let (report, keeper) = run("60D", Card::Autoexec(program), text);
    println!("{report:#?}\n{}", String::from_utf8_lossy(&keeper.log));
    println!("{:?}", keeper.frames());
}
