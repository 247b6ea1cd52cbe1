//! ROM sets.

use crate::support::farm::created;
use crate::support::samples::{filler, roms};
use crate::support::{Farm, code_of};
use darkroom_protocol::api::{Camera, RomSet};
use reqwest::Method;

#[tokio::test]
async fn the_same_files_are_the_same_set() {
    let farm = Farm::start().await;
    let first: RomSet = created(farm.rom_set("5D2", "212").await).await;
    let again: RomSet = created(farm.rom_set("5d2", "212").await).await;
    assert_eq!(first, again);
    assert_eq!(first.files.iter().map(|file| file.size).collect::<Vec<_>>(), [4 << 20, 8 << 20]);
    let other: RomSet = created(farm.rom_set("5D2", "open").await).await;
    assert_ne!(first.id, other.id);
    assert_eq!(farm.get::<Vec<RomSet>>("/rom-sets").await.len(), 2);
}

#[tokio::test]
async fn files_that_cannot_be_the_cameras_are_refused() {
    let farm = Farm::start().await;
    let mut halves = roms("5D2");
    halves[1].1 = [filler(4 << 20), filler(4 << 20)].concat();
    let mut blank = roms("5D2");
    blank[0].1 = vec![0xFF; 4 << 20];
    let mut short = roms("5D2");
    short[0].1.pop();
    let only_one = roms("5D2").split_off(1);
    let with_flash = [roms("5D2"), vec![("SFDATA.BIN", filler(1 << 20))]].concat();
    let strange = vec![("FIRMWARE.BIN", filler(1 << 20))];
    let twice = [roms("5D2"), roms("5D2").drain(..1).collect()].concat();
    let cases = [
        (halves, "ROM1.BIN: equal halves: it is 4194304 bytes repeated 2 times"),
        (blank, "ROM0.BIN: equal halves"),
        (short, "ROM0.BIN: has 4194303 bytes, that chip of a 5D2 has 4194304"),
        (only_one, "ROM0.BIN: missing"),
        (with_flash, "SFDATA.BIN: a 5D2 has no such chip"),
        (strange, "FIRMWARE.BIN: expected ROM0.BIN"),
        (twice, "ROM0.BIN: given twice"),
    ];
    for (files, expected) in cases {
        let (status, code, message) = code_of(farm.upload_roms("5D2", "212", files).await).await;
        assert_eq!((status, code.as_str()), (422, "bad-rom"), "{message}");
        assert!(message.contains(expected), "expected '{expected}' in: {message}");
    }
    assert_eq!(code_of(farm.upload_roms("99D", "212", roms("5D2")).await).await.0, 404);
    assert_eq!(code_of(farm.upload_roms("5D2", "2 1/2", roms("5D2")).await).await.1, "bad-firmware");
}

#[tokio::test]
async fn rom_files_are_private() {
    let farm = Farm::start().await;
    let set: RomSet = created(farm.rom_set("5D2", "212").await).await;
    let path = format!("/blobs/{}", set.files[0].digest);
    let (status, code, _) = code_of(farm.call(Method::GET, &path).send().await.unwrap()).await;
    assert_eq!((status, code.as_str()), (403, "rom-is-private"));
    let read = farm.call_as(&farm.admin, Method::GET, &path).send().await.unwrap();
    assert_eq!(read.bytes().await.unwrap().len() as u64, set.files[0].size);
}

#[tokio::test]
async fn all_models_are_there_and_more_can_be_added() {
    let farm = Farm::start().await;
    let cameras: Vec<Camera> = farm.get("/cameras").await;
    assert_eq!(cameras.len(), darkroom_models::Catalog::builtin().len());
    let add = |text: String| farm.call_as(&farm.admin, Method::POST, "/cameras").body(text).send();
    let text = include_str!("../../../models/cameras/5D2.toml").replace("id = \"5D2\"", "id = \"5DX\"");
    let text = text.replace("name = \"EOS 5D Mark II\"", "name = \"EOS 5D Mark X\"");
    let text: String =
        text.lines().filter(|line| !line.starts_with("aliases")).map(|line| format!("{line}\n")).collect();
    let added: Camera = created(add(text.clone()).await.unwrap()).await;
    assert!(added.custom);
    assert_eq!(added.roms, cameras.iter().find(|camera| camera.name.0 == "5D2").unwrap().roms);
    assert_eq!(add(text.clone()).await.unwrap().status(), 201, "the same again is fine");
    assert_eq!(code_of(add(format!("{text}\n# other")).await.unwrap()).await.1, "camera-exists");
    let (_, code, message) = code_of(add(text.replace("digic4", "digic9")).await.unwrap()).await;
    assert_eq!(code, "bad-camera");
    assert!(message.contains("cameras/5DX.toml:") && message.contains("generation"), "{message}");
    assert_eq!(code_of(add("not = toml = at all".to_owned()).await.unwrap()).await.1, "bad-camera");
    assert_eq!(farm.call(Method::POST, "/cameras").body(text).send().await.unwrap().status(), 403);
}
