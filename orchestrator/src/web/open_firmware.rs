//! What a run on the open firmware can and cannot tell.

use super::html::{Page, PageResult};
use super::visitor::Visitor;
use crate::state::AppState;
use axum::extract::State;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::open_firmware::{OpenCamera, OpenFirmwarePage};

/// `GET /open-firmware`
pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
) -> PageResult<Page<OpenFirmwarePage>> {
    let sets = state.db.rom_sets().await?.into_iter();
    let shipped =
        sets.filter_map(|set| Some(OpenCamera { camera: set.camera.0, version: set.open_firmware? }));
    let shell = visitor.shell("Open firmware", Room::RomSets);
    Ok(Page(OpenFirmwarePage { shell, cameras: shipped.collect() }))
}
