//! How blobs leave.

use crate::house::text;
use crate::house_or_skip;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use darkroom_orchestrator::auth::Scope;
use darkroom_protocol::job::RomFile;
use darkroom_protocol::job::RomSlot;
use darkroom_protocol::{CameraName, Digest};

#[tokio::test]
async fn pictures_are_shown_and_everything_else_is_downloaded() {
    let house = house_or_skip!();
    let token = house.token(Scope::Read).await;
    let blobs = &house.server.state.blobs;
    let png = blobs.put(Bytes::from_static(b"\x89PNG\r\n\x1a\nrest")).await.unwrap().digest;
    let page = blobs.put(Bytes::from_static(b"<script>alert(1)</script>")).await.unwrap().digest;

    let shown = house.get(&format!("/blobs/{png}"), &token).await;
    assert_eq!(shown.headers()["content-type"], "image/png");
    assert!(shown.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let tag = shown.headers()["etag"].clone();

    let downloaded = house.get(&format!("/blobs/{page}"), &token).await;
    assert_eq!(downloaded.headers()["content-type"], "application/octet-stream");
    assert!(downloaded.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(downloaded.headers()["x-content-type-options"], "nosniff");
    assert_eq!(text(downloaded).await, "<script>alert(1)</script>");

    let again = Request::get(format!("/blobs/{png}")).header("authorization", format!("Bearer {token}"));
    let again = house.ask(again.header("if-none-match", tag).body(Body::empty()).unwrap()).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    house.close().await;
}

#[tokio::test]
async fn rom_files_are_for_admins_only() {
    let house = house_or_skip!();
    let state = &house.server.state;
    let stored = state.blobs.put(Bytes::from_static(b"\x89PNG\r\n\x1a\n but in truth a ROM")).await.unwrap();
    let set = darkroom_orchestrator::db::NewRomSet {
        camera: CameraName("60D".to_owned()),
        firmware: "111".to_owned(),
        files: vec![RomFile { slot: RomSlot::Rom1, digest: stored.digest, size: stored.size }],
        content: Digest::of(b"set"),
    };
    state.db.insert_rom_set(&set).await.unwrap();
    let path = format!("/blobs/{}", stored.digest);
    for (scope, status) in [(Scope::Submit, StatusCode::FORBIDDEN), (Scope::Admin, StatusCode::OK)] {
        let token = house.token(scope).await;
        assert_eq!(house.get(&path, &token).await.status(), status, "{scope:?}");
    }
    house.close().await;
}
