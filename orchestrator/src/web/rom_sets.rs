//! ROM sets: list and upload. Their content never leaves through a page.

use super::forms::{Fields, file_name, text};
use super::html::{Page, PageResult, sentence};
use super::visitor::{Submitter, Visitor};
use crate::error::{Answer, Kind, Refusal};
use crate::intake::{Spooled, spool};
use crate::state::AppState;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;
use darkroom_protocol::CameraName;
use darkroom_protocol::api::RomSet;
use darkroom_protocol::job::RomSlot;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::rom_sets::{FieldErrors, RomNeeds, RomSetLine, RomSetsPage};

/// What the form held.
#[derive(Default)]
struct Form {
    camera: String,
    firmware: String,
    files: Vec<(String, Spooled)>,
}

/// `GET /rom-sets`
pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> PageResult<Page<RomSetsPage>> {
    Ok(Page(view(&state, &visitor, &Form::default(), FieldErrors::default()).await?))
}

/// `POST /rom-sets`; each file has its own cap.
pub(super) fn post() -> MethodRouter<AppState> {
    axum::routing::post(add).layer(DefaultBodyLimit::disable())
}

async fn add(
    State(state): State<AppState>,
    Submitter(visitor): Submitter,
    form: Multipart,
) -> PageResult<Response> {
    let mut form = read(&state, form).await?;
    let files = std::mem::take(&mut form.files);
    let camera = CameraName(form.camera.clone());
    match state.intake.rom_set(&camera, &form.firmware, files).await {
        Ok(set) => Ok(Redirect::to(&format!("/cameras/{}#rom-sets", set.camera)).into_response()),
        Err(refusal) if is_about_the_form(&refusal) => {
            let page = view(&state, &visitor, &form, beside(&refusal)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn read(state: &AppState, form: Multipart) -> Answer<Form> {
    let mut read = Form::default();
    let mut fields = Fields::new(form);
    while let Some((name, field)) = fields.next().await? {
        match name.as_str() {
            "camera" => read.camera = text(field).await?,
            "firmware" => read.firmware = text(field).await?.trim().to_owned(),
            _ if is_slot(&name) && !file_name(&field).is_empty() => {
                let file = spool(field, state.limits.rom_bytes).await?;
                read.files.push((name, file));
            }
            _ => {}
        }
    }
    Ok(read)
}

fn is_slot(name: &str) -> bool {
    RomSlot::ALL.iter().any(|slot| slot.file_name() == name)
}

fn is_about_the_form(refusal: &Refusal) -> bool {
    matches!(refusal.kind, Kind::Invalid | Kind::NotFound | Kind::Conflict)
}

/// The refusal beside the field that it is about.
fn beside(refusal: &Refusal) -> FieldErrors {
    let slot = RomSlot::ALL.into_iter().map(RomSlot::file_name);
    let slot = slot.into_iter().find(|slot| refusal.message.starts_with(slot));
    let field = match (refusal.kind, refusal.code, slot) {
        (Kind::NotFound, _, _) => "camera",
        (_, "bad-firmware" | "belongs-to-farm", _) => "firmware",
        (_, _, Some(slot)) => slot,
        _ => "form",
    };
    FieldErrors::one(field, sentence(&refusal.message))
}

async fn view(
    state: &AppState,
    visitor: &Visitor,
    form: &Form,
    errors: FieldErrors,
) -> PageResult<RomSetsPage> {
    let cameras = state.db.cameras().await?.into_iter();
    Ok(RomSetsPage {
        shell: visitor.shell("ROM sets", Room::RomSets),
        sets: state.db.rom_sets().await?.into_iter().map(line).collect(),
        cameras: cameras.map(|row| RomNeeds { camera: row.camera.name.0, roms: row.camera.roms }).collect(),
        camera: form.camera.clone(),
        firmware: form.firmware.clone(),
        errors,
        may_submit: visitor.may_submit(),
    })
}

/// A ROM set for a list.
pub(super) fn line(set: RomSet) -> RomSetLine {
    RomSetLine {
        id: set.id,
        camera: set.camera.0,
        firmware: set.firmware,
        open_firmware: set.open_firmware,
        files: set.files.into_iter().map(|file| (file.slot, file.size)).collect(),
        created_at: set.created_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_beside_their_field() {
        let bad_rom = Refusal::invalid("bad-rom", "ROM1.BIN: has 8 bytes, the 60D needs 16777216");
        assert!(beside(&bad_rom).at("ROM1.BIN").is_some());
        assert!(beside(&Refusal::invalid("bad-firmware", "firmware ''")).at("firmware").is_some());
        let taken =
            Refusal::new(Kind::Conflict, "belongs-to-farm", "the ROM set 'open' of 60D belongs to the farm");
        assert!(is_about_the_form(&taken) && beside(&taken).at("firmware").is_some());
        assert!(beside(&Refusal::not_found("camera", "99D")).at("camera").is_some());
        assert!(beside(&Refusal::invalid("bad-rom", "no files")).at("form").is_some());
    }
}
