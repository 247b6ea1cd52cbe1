//! `/rom-sets`.

use super::extract::{Multipart, Query};
use crate::auth::{Caller, Scope};
use crate::config::Limits;
use crate::error::{Answer, Refusal};
use crate::intake::{self, Spooled};
use crate::state::AppState;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use darkroom_protocol::CameraName;
use darkroom_protocol::api::{ApiError, RomSet};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Files of one set: ROM0, ROM1, serial flash.
const MAX_FILES: usize = 3;

pub(super) fn routes(limits: &Limits) -> OpenApiRouter<AppState> {
    let most = usize::try_from(limits.rom_bytes).unwrap_or(usize::MAX).saturating_mul(MAX_FILES);
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .layer(DefaultBodyLimit::max(most.saturating_add(64 << 10)))
}

/// All ROM sets: by camera, newest first. Their files are named, not shown.
#[utoipa::path(get, path = "/rom-sets", responses((status = 200, body = [RomSet])), security(("token" = [])))]
async fn list(State(state): State<AppState>, caller: Caller) -> Answer<axum::Json<Vec<RomSet>>> {
    caller.require(Scope::Read)?;
    Ok(axum::Json(state.db.rom_sets().await?))
}

/// About a ROM set.
#[derive(Debug, Deserialize, IntoParams)]
struct About {
    /// Camera.
    camera: String,
    /// Firmware version, or `open` for our own ROM.
    firmware: String,
}

/// Stores a ROM set. The same files again are the same set.
#[utoipa::path(post, path = "/rom-sets", params(About),
    request_body(content_type = "multipart/form-data",
                 description = "`ROM0.BIN`, `ROM1.BIN`, `SFDATA.BIN`, as the camera needs", content = Vec<u8>),
    responses((status = 201, body = RomSet), (status = 404, body = ApiError),
              (status = 409, body = ApiError, description = "`open` of a camera for which the farm ships it"),
              (status = 413, body = ApiError), (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Query(about): Query<About>,
    Multipart(mut form): Multipart,
) -> Answer<(StatusCode, axum::Json<RomSet>)> {
    caller.require(Scope::Submit)?;
    let files = receive(&mut form, state.limits.rom_bytes).await?;
    let set = state.intake.rom_set(&CameraName(about.camera), &about.firmware, files).await?;
    Ok((StatusCode::CREATED, axum::Json(set)))
}

/// The files of a form. A file goes by the name of its field, or else by its own.
async fn receive(form: &mut axum::extract::Multipart, cap: u64) -> Answer<Vec<(String, Spooled)>> {
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await? {
        let named = field.name().filter(|name| name.to_ascii_uppercase().ends_with(".BIN"));
        let name = named.or_else(|| field.file_name()).unwrap_or("a file without a name").to_owned();
        if files.len() == MAX_FILES {
            return Err(Refusal::invalid("bad-rom", format!("more than {MAX_FILES} files")));
        }
        files.push((name, intake::spool(field, cap).await?));
    }
    Ok(files)
}
