//! `/scenarios`.

use super::extract::Multipart;
use crate::auth::{Caller, Scope};
use crate::config::Limits;
use crate::error::{Answer, Refusal};
use crate::intake::ReferenceFile;
use crate::state::AppState;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use darkroom_protocol::api::{ApiError, ScenarioInfo};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// References of full size that one upload may hold.
const REFERENCES: usize = 32;

pub(super) fn routes(limits: &Limits) -> OpenApiRouter<AppState> {
    let most = usize::try_from(limits.reference_bytes).unwrap_or(usize::MAX).saturating_mul(REFERENCES);
    OpenApiRouter::new().routes(routes!(list, add)).layer(DefaultBodyLimit::max(most))
}

/// The newest version of every scenario.
#[utoipa::path(get, path = "/scenarios", responses((status = 200, body = [ScenarioInfo])),
    security(("token" = [])))]
async fn list(State(state): State<AppState>, caller: Caller) -> Answer<axum::Json<Vec<ScenarioInfo>>> {
    caller.require(Scope::Read)?;
    Ok(axum::Json(state.db.scenarios().await?))
}

/// Stores a scenario with its reference frames. The same again is the same version.
#[utoipa::path(post, path = "/scenarios",
    request_body(content_type = "multipart/form-data", content = Vec<u8>,
                 description = "`scenario`: TOML; `reference`: PNGs named `NAME.png` or `CAMERA/NAME.png`"),
    responses((status = 201, body = ScenarioInfo), (status = 413, body = ApiError), (status = 422, body = ApiError)),
    security(("token" = [])))]
async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Multipart(mut form): Multipart,
) -> Answer<(StatusCode, axum::Json<ScenarioInfo>)> {
    caller.require(Scope::Submit)?;
    let form = receive(&mut form, state.limits.reference_bytes).await?;
    let info = state.intake.scenario(&form.source, &form.text, form.references).await?;
    Ok((StatusCode::CREATED, axum::Json(info)))
}

struct Form {
    source: String,
    text: String,
    references: Vec<ReferenceFile>,
}

async fn receive(form: &mut axum::extract::Multipart, cap: u64) -> Answer<Form> {
    let mut scenario = None;
    let mut references = Vec::new();
    while let Some(field) = form.next_field().await? {
        let file_name = field.file_name().map(str::to_owned);
        match field.name() {
            Some("scenario") => {
                let source = file_name.unwrap_or_else(|| "scenario".to_owned());
                scenario = Some((source, field.text().await?));
            }
            Some("reference") => {
                let name = file_name.unwrap_or_default();
                let content = field.bytes().await?;
                if content.len() as u64 > cap {
                    return Err(Refusal::invalid("bad-reference", format!("{name}: more than {cap} bytes")));
                }
                references.push(ReferenceFile { name, content });
            }
            other => {
                let name = other.unwrap_or_default();
                return Err(Refusal::invalid("bad-form", format!("unknown field '{name}'")));
            }
        }
    }
    let (source, text) =
        scenario.ok_or_else(|| Refusal::invalid("bad-form", "the field 'scenario' is missing"))?;
    Ok(Form { source, text, references })
}
