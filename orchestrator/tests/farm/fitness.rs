//! Builds that cannot do well where they are sent: for another camera, cut off, without fonts. Who hands one in is told so.

use crate::support::farm::{CAMERA, created};
use crate::support::samples::{autoexec, nightly, zip};
use crate::support::{Farm, code_of};
use darkroom_protocol::api::{Batch, Build};
use darkroom_protocol::verdict::{ReasonCode, Verdict};
use serde_json::json;

const NIGHTLY: &str = "magiclantern-Nightly.2026Nov22.60D111.zip";

/// A build as ML ships it, for the camera and version of its symbols.
fn with_symbols(symbols: &str) -> Vec<u8> {
    let symbols = format!("ML/modules/{symbols}.sym");
    zip(&[("autoexec.bin", &autoexec()), (&symbols, b"00000000 T main"), ("ML/modules/lua.mo", b"module")])
}

#[tokio::test]
async fn a_build_for_another_camera_is_refused_with_the_evidence() {
    let farm = Farm::start().await;
    let bundle = zip(&[(NIGHTLY, &nightly())]);
    let folder = zip(&[("60D.111/autoexec.bin", &autoexec())]);
    let cases = [
        (NIGHTLY, nightly(), "5D2", NIGHTLY),
        (NIGHTLY, nightly(), "60D,5D2", NIGHTLY),
        (NIGHTLY, with_symbols("60D_111"), "5D2", "ML/modules/60D_111.sym"),
        ("my build.zip", with_symbols("60D_111"), "5D2", "ML/modules/60D_111.sym"),
        ("60D.111.autoexec.bin", autoexec(), "5D2", "60D.111.autoexec.bin"),
        ("night.zip", bundle, "5D2", NIGHTLY),
        ("night.zip", folder, "5D2", "60D.111"),
    ];
    for (name, bytes, cameras, evidence) in cases {
        let (status, code, message) = code_of(farm.upload(name, cameras, bytes).await).await;
        assert_eq!((status, code.as_str()), (422, "wrong-camera"), "{name}: {message}");
        let told = format!("this build is for 60D 1.1.1 ({evidence}), asked for 5D2");
        assert!(message.ends_with(&told), "expected '{told}' in: {message}");
    }
    let stranger = code_of(farm.upload("magiclantern.80D102.zip", "60D", nightly()).await).await;
    assert_eq!(stranger.1, "unknown-camera", "{}", stranger.2);
}

#[tokio::test]
async fn name_and_symbols_must_speak_of_one_firmware() {
    let farm = Farm::start().await;
    let name = "magiclantern-Nightly.2026Nov22.5D3113.zip";
    let (_, code, message) = code_of(farm.upload(name, "", with_symbols("5D3_123")).await).await;
    assert_eq!(code, "camera-mismatch");
    assert!(message.contains("5D3 1.1.3, its content 5D3 1.2.3 (ML/modules/5D3_123.sym)"), "{message}");
    let build: Build = created(farm.upload(name, "", with_symbols("5D3_113")).await).await;
    assert_eq!(build.platforms[0].evidence.as_deref(), Some("ML/modules/5D3_113.sym"));
}

#[tokio::test]
async fn a_name_without_a_version_is_a_hint_and_the_person_decides() {
    let farm = Farm::start().await;
    let build: Build = created(farm.upload("my-7D-test.zip", "60D", nightly()).await).await;
    assert_eq!(build.platforms[0].camera.0, "60D");
    assert_eq!((&build.platforms[0].firmware, &build.platforms[0].evidence), (&None, &None));
}

#[tokio::test]
async fn a_stored_build_is_not_run_on_a_camera_that_it_is_not_for() {
    let farm = Farm::start().await;
    assert_eq!(farm.rom_set(CAMERA, "open").await.status(), 201);
    let nightly: Build = created(farm.upload("mine.zip", "", with_symbols("60D_111")).await).await;
    let told = format!("this build is for 60D 1.1.1 (ML/modules/60D_111.sym), asked for {CAMERA}");
    let body = json!({ "runs": [{ "build": nightly.id }], "cameras": [CAMERA] });
    let (status, code, message) = code_of(farm.submit(body).await).await;
    assert_eq!((status, code, message), (422, "wrong-camera".to_owned(), told.clone()));

    let other = farm.build().await;
    let body = json!({ "runs": [{ "build": nightly.id }, { "build": other.id }], "cameras": [CAMERA] });
    let batch: Batch = created(farm.submit(body).await).await;
    let reason = batch.jobs[0].reason.as_ref().unwrap();
    assert_eq!((batch.jobs[0].verdict, reason.code), (Some(Verdict::Skipped), ReasonCode::WrongCamera));
    assert_eq!(reason.detail, told);
    assert_eq!(batch.jobs[1].verdict, None, "the other build of the batch runs");
}

#[tokio::test]
async fn a_zip_that_is_cut_off_is_named_wherever_it_lies() {
    let farm = Farm::start().await;
    let whole = with_symbols("60D_111");
    for rest in [whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        let (status, code, message) = code_of(farm.upload(NIGHTLY, "", whole[..rest].to_vec()).await).await;
        assert_eq!((status, code.as_str()), (422, "bad-zip"), "{message}");
        assert!(message.starts_with(NIGHTLY) && message.contains("cut off"), "{message}");
    }
    let bundle = zip(&[(NIGHTLY, &whole[..whole.len() / 2])]);
    let (_, code, message) = code_of(farm.upload("night.zip", "", bundle).await).await;
    assert_eq!(code, "bad-zip");
    assert!(message.starts_with(NIGHTLY) && message.contains("cut off"), "{message}");
}

#[tokio::test]
async fn a_build_without_fonts_is_taken_with_a_warning_that_its_page_shows() {
    let farm = Farm::start().await;
    let bare: Build = created(farm.upload(NIGHTLY, "", with_symbols("60D_111")).await).await;
    let warnings = &bare.platforms[0].warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("no fonts (ML/fonts/*.rbf)"), "{warnings:?}");
    let page = farm.page(&format!("/builds/{}", bare.id)).await;
    assert!(page.contains("60D: it has no fonts") && page.contains("ML/modules/60D_111.sym"), "{page}");

    let fonts =
        ["term12", "term20", "argnor23", "argnor28", "argnor32"].map(|font| format!("ML/fonts/{font}.rbf"));
    let mut files = vec![("autoexec.bin", autoexec())];
    files.extend(fonts.iter().map(|font| (font.as_str(), b"font".to_vec())));
    let all: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let fine: Build = created(farm.upload(NIGHTLY, "", zip(&all)).await).await;
    assert_eq!(fine.platforms[0].warnings, Vec::<String>::new());
    let few: Build = created(farm.upload(NIGHTLY, "", zip(&all[..5])).await).await;
    assert_eq!(few.platforms[0].warnings, ["ML/fonts lacks argnor32.rbf: text in that font is not drawn"]);
}
