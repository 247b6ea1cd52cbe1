//! The committed images are what the sources say: built again with the same compiler they have the same bytes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use darkroom_firmware::{SAMPLES, firmwares};

/// The compiler the images in `blobs/` were built with.
const COMPILER: &str = "12.2.1";

fn compiler_version() -> Option<String> {
    let output = Command::new("arm-none-eabi-gcc").arg("-dumpfullversion").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn make_installed() -> bool {
    Command::new("make").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn firmware_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn build_into(folder: &Path) -> io::Result<bool> {
    let make = |name: &str| format!("{name}={}", folder.join(name.to_lowercase()).display());
    let mut command = Command::new("make");
    command.args(["-s", "-C"]).arg(firmware_folder()).args([make("BUILD"), make("BLOBS")]);
    Ok(command.status()?.success())
}

#[test]
fn building_again_gives_the_same_images() {
    let version = compiler_version();
    if version.as_deref() != Some(COMPILER) || !make_installed() {
        eprintln!("skipped: needs make and arm-none-eabi-gcc {COMPILER}, here is {version:?}");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(build_into(folder.path()).expect("make starts"), "make failed");
    let kinds = ["dryos", "contract", "stand-in"].into_iter();
    let cameras =
        kinds.flat_map(|kind| firmwares().map(move |(camera, version)| format!("{kind}-{camera}.{version}")));
    let others = ["open-boot-rom", "dryos"].into_iter().chain(SAMPLES).map(str::to_owned);
    for name in others.chain(cameras) {
        let file = format!("{name}.bin");
        let built = fs::read(folder.path().join("blobs").join(&file)).expect("make built it");
        let kept = fs::read(firmware_folder().join("blobs").join(&file)).expect("it is committed");
        assert!(built == kept, "{file} differs from what its sources give: run make in firmware/ and commit");
    }
}
