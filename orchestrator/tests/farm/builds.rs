//! Builds as people have them, and what is refused.

use crate::support::farm::created;
use crate::support::{Farm, code_of, samples};
use darkroom_protocol::api::Build;
use darkroom_protocol::job::PayloadKind;
use samples::{autoexec, nightly, zip};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn platforms(build: &Build) -> Vec<(String, Option<String>)> {
    build.platforms.iter().map(|platform| (platform.camera.0.clone(), platform.firmware.clone())).collect()
}

fn of(camera: &str, firmware: &str) -> (String, Option<String>) {
    (camera.to_owned(), Some(firmware.to_owned()))
}

#[tokio::test]
async fn a_nightly_zip_says_its_camera_by_name_or_from_within() {
    let farm = Farm::start().await;
    for name in ["magiclantern-Nightly.2018Jul03.60D111.zip", "magiclantern-Nightly.2018Jul03.60D.111.zip"] {
        let bytes = nightly();
        let build: Build = created(farm.upload(name, "", bytes.clone()).await).await;
        assert_eq!((build.name.as_str(), platforms(&build)), (name, vec![of("60D", "111")]));
        assert_eq!(build.platforms[0].payload.kind, PayloadKind::Zip);
        let stored = farm.state().blobs.read_all(build.platforms[0].payload.digest, 1 << 20).await.unwrap();
        assert_eq!(stored, bytes, "a zip is kept as it came");
    }
    let inside = zip(&[("AUTOEXEC.BIN", &autoexec()), ("ML/modules/5D3_113.sym", b"00000000 T main")]);
    let build: Build = created(farm.upload("my build.zip", "", inside).await).await;
    assert_eq!(platforms(&build), [of("5D3", "113")]);
}

#[tokio::test]
async fn a_bundle_of_zips_or_of_folders_serves_many_cameras() {
    let farm = Farm::start().await;
    let zips = zip(&[
        ("nightly/magiclantern-Nightly.2018Jul03.60D111.zip", &nightly()),
        ("nightly/magiclantern-Nightly.2018Jul03.5D2212.zip", &nightly()),
        ("nightly/README.txt", b"read me"),
    ]);
    let build: Build = created(farm.upload("all.zip", "", zips.clone()).await).await;
    assert_eq!(platforms(&build), [of("5D2", "212"), of("60D", "111")]);
    let folders = zip(&[
        ("60D.111/autoexec.bin", &autoexec()),
        ("60D.111/ML/a.txt", b"a"),
        ("500D.111/autoexec.bin", &autoexec()),
        ("500D.111/ML/a.txt", b"a"),
    ]);
    let first: Build = created(farm.upload("folders.zip", "", folders.clone()).await).await;
    assert_eq!(platforms(&first), [of("500D", "111"), of("60D", "111")]);
    assert_eq!(
        first.platforms[0].payload.digest, first.platforms[1].payload.digest,
        "same files, same bytes"
    );
    let picked: Build = created(farm.upload("all.zip", "60d", zips.clone()).await).await;
    assert_eq!(platforms(&picked), [of("60D", "111")]);
    assert_eq!(code_of(farm.upload("all.zip", "7D", zips).await).await.1, "camera-not-in-bundle");
}

#[tokio::test]
async fn a_build_inside_a_folder_is_taken_out_of_it() {
    let farm = Farm::start().await;
    let wrapped = zip(&[("ml-60D/autoexec.bin", &autoexec()), ("ml-60D/ML/a.txt", b"a")]);
    let build: Build = created(farm.upload("download.zip", "", wrapped).await).await;
    assert_eq!(build.platforms[0].camera.0, "60D");
    let payload = farm.state().blobs.read_all(build.platforms[0].payload.digest, 1 << 20).await.unwrap();
    let mut payload = zip::ZipArchive::new(Cursor::new(payload)).unwrap();
    assert_eq!(payload.by_name("autoexec.bin").unwrap().size(), autoexec().len() as u64);
}

#[tokio::test]
async fn an_autoexec_goes_to_the_cameras_picked() {
    let farm = Farm::start().await;
    let build: Build = created(farm.upload("autoexec.bin", "60d, 5D2,60D", autoexec()).await).await;
    assert_eq!(platforms(&build), [("5D2".to_owned(), None), ("60D".to_owned(), None)]);
    assert_eq!(build.platforms[0].payload.kind, PayloadKind::Autoexec);
    let (status, code, message) = code_of(farm.upload("autoexec.bin", "", autoexec()).await).await;
    assert_eq!((status, code.as_str()), (422, "camera-not-named"));
    assert!(message.contains("pick cameras"), "{message}");
}

/// A zip with one entry of that name, as an attacker's tool writes it.
fn named(name: &str) -> Vec<u8> {
    // The writer cleans names: write one of the same length and put the other in its place.
    let stand_in = "x".repeat(name.len());
    let good = zip(&[("autoexec.bin", &autoexec()), (&stand_in, b"evil")]);
    replace_all(&good, stand_in.as_bytes(), name.as_bytes())
}

fn replace_all(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        bytes[at + found..at + found + to.len()].copy_from_slice(to);
        at += found + to.len();
    }
    bytes
}

fn link() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("autoexec.bin", SimpleFileOptions::default()).unwrap();
    writer.write_all(&autoexec()).unwrap();
    writer.add_symlink("ML/link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn many_entries(count: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..count {
        writer.start_file(format!("ML/{index}"), SimpleFileOptions::default()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn lying_about_its_count() -> Vec<u8> {
    let mut bytes = nightly();
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0xCF, 0x07, 0xCF, 0x07]);
    bytes
}

fn damaged() -> Vec<u8> {
    let mut bytes = zip(&[("autoexec.bin", &samples::filler(64 << 10))]);
    bytes[200] ^= 0xFF;
    bytes
}

#[tokio::test]
async fn bad_uploads_are_refused_with_the_entry_and_the_reason() {
    let farm = Farm::start().await;
    let nightly = nightly();
    let two_deep = zip(&[("60D111.zip", &zip(&[("autoexec.bin", &autoexec()), ("more.zip", &nightly)]))]);
    let bomb = zip(&[("autoexec.bin", &autoexec()), ("ML/zeros", &vec![0; 64 << 20])]);
    let same = zip(&[("autoexec.bin", &autoexec()), ("ML/A.txt", b"1"), ("ml/a.TXT", b"2")]);
    let both = zip(&[("autoexec.bin", &autoexec()), ("ML", b"a file"), ("ML/a.txt", b"in a folder")]);
    let twice = zip(&[("60D.111/autoexec.bin", &autoexec()), ("60D.112/autoexec.bin", &autoexec())]);
    let other = zip(&[("autoexec.bin", &autoexec()), ("ML/modules/5D2_212.sym", b"")]);
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("60D111.zip", named("../../etc/passwd"), "path-traversal", "../../etc/passwd"),
        ("60D111.zip", named("ML/../../x"), "path-traversal", "ML/../../x"),
        ("60D111.zip", named("..\\..\\x"), "path-traversal", "'..\\..\\x'"),
        ("60D111.zip", named("/etc/passwd"), "absolute-path", "/etc/passwd"),
        ("60D111.zip", named("C:/x"), "absolute-path", "C:/x"),
        ("60D111.zip", named("ML/a\nb"), "bad-path", "control"),
        ("60D111.zip", named("ML/a?b"), "bad-path", "ML/a?b"),
        ("60D111.zip", named("a/b/c/d/e/f/g/h/i/j/k/l/m"), "bad-path", "12 folders"),
        ("60D111.zip", link(), "not-a-file", "ML/link"),
        ("60D111.zip", bomb, "zip-bomb", "ML/zeros"),
        ("60D111.zip", same, "duplicate-name", "ML/A.txt"),
        ("60D111.zip", both, "duplicate-name", "ML"),
        ("60D111.zip", many_entries(2001), "too-many-entries", "2001"),
        ("60D111.zip", lying_about_its_count(), "bad-zip", "directory"),
        ("60D111.zip", nightly[..nightly.len() / 2].to_vec(), "bad-zip", "cut off"),
        ("60D111.zip", nightly[..nightly.len() - 3].to_vec(), "bad-zip", "cut off"),
        ("60D111.zip", damaged(), "damaged-entry", "autoexec.bin"),
        ("60D111.zip", b"no zip at all".to_vec(), "bad-zip", "60D111.zip"),
        ("60D111.zip", Vec::new(), "bad-zip", "60D111.zip"),
        ("60D111.zip", zip(&[("ML/a.txt", b"a")]), "not-a-build", "no autoexec.bin"),
        ("bundle.zip", two_deep, "nested-zip", "more.zip"),
        ("bundle.zip", twice, "two-payloads", "60D"),
        ("magiclantern.80D102.zip", nightly.clone(), "unknown-camera", "80D"),
        ("some.zip", nightly.clone(), "camera-not-named", "some.zip"),
        ("60D111.zip", other, "camera-mismatch", "5D2"),
        ("autoexec.bin", b"\x7fELF whatever".to_vec(), "not-a-build", "ELF"),
        ("autoexec.bin", samples::png(1), "not-a-build", "picture"),
        ("autoexec.bin", vec![1; 9 << 20], "not-a-build", "bytes"),
        ("autoexec.bin", vec![], "not-a-build", "0 bytes"),
    ];
    for (name, bytes, code, named) in cases {
        let (status, told, message) = code_of(farm.upload(name, "", bytes).await).await;
        assert_eq!((status, told.as_str()), (422, code), "{name}: {message}");
        assert!(message.contains(named), "expected '{named}' in: {message}");
    }
    let (_, code, message) = code_of(farm.upload("autoexec.bin", "60D,99D", autoexec()).await).await;
    assert_eq!(code, "unknown-camera");
    assert!(message.contains("99D"), "{message}");
}

#[tokio::test]
async fn an_upload_over_the_cap_is_refused() {
    let mut settings = crate::support::farm::settings();
    settings.limits.upload_bytes = 1000;
    let farm = Farm::with_settings(settings).await;
    let (status, code, _) = code_of(farm.upload("autoexec.bin", "60D", vec![1; 2000]).await).await;
    assert_eq!((status, code.as_str()), (413, "too-large"));
}

#[tokio::test]
async fn a_name_tells_the_firmware_of_a_camera_that_was_picked_too() {
    let farm = Farm::start().await;
    let name = "magiclantern-Nightly.2018Jul03.60D111.zip";
    let build: Build = created(farm.upload(name, "60d", nightly()).await).await;
    assert_eq!(platforms(&build), [of("60D", "111")]);
    let wrapped = zip(&[("build/autoexec.bin", &autoexec())]);
    let build: Build = created(farm.upload(name, "60D", wrapped).await).await;
    assert_eq!(platforms(&build), [of("60D", "111")]);
}

#[tokio::test]
async fn the_same_upload_is_the_same_build() {
    let farm = Farm::start().await;
    let upload = async |name: &str, cameras: &str| {
        created::<Build>(farm.upload(name, cameras, autoexec()).await).await.id
    };
    let (first, twin) = tokio::join!(upload("autoexec.bin", "60D,5D2"), upload("autoexec.bin", "5D2,60D"));
    assert_eq!(first, twin);
    assert_ne!(upload("autoexec.bin", "60D").await, first);
    assert_ne!(upload("other.bin", "60D,5D2").await, first);
}

#[tokio::test]
async fn the_autoexec_of_a_zip_is_checked_like_one_that_comes_alone() {
    let farm = Farm::start().await;
    let name = "magiclantern-Nightly.2018Jul03.60D111.zip";
    let picture = b"\x89PNG\r\n\x1a\n";
    for path in ["autoexec.bin", "60D.111/AUTOEXEC.BIN"] {
        for content in [&b""[..], picture] {
            let (status, code, message) = code_of(farm.upload(name, "", zip(&[(path, content)])).await).await;
            assert_eq!((status, code.as_str()), (422, "not-a-build"), "{message}");
            assert!(message.contains(path), "{message}");
        }
    }
}
