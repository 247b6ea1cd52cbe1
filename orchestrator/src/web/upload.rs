//! Upload a build and run it.

use super::builds::PRIORITY;
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
use darkroom_protocol::api::{Submit, SubmitRun};
use darkroom_protocol::{BatchId, CameraName};
use darkroom_web_ui::format::bytes;
use darkroom_web_ui::view::Room;
use darkroom_web_ui::view::rom_sets::FieldErrors;
use darkroom_web_ui::view::upload::{CameraGroup, Choice, UploadPage};

/// Scenario that is ticked at first.
const DEFAULT_SCENARIO: &str = "boot";
/// The name that every bare build has, and that says nothing.
const BARE: &str = "autoexec.bin";

/// What the form held.
#[derive(Default)]
struct Form {
    file: Option<(String, Spooled)>,
    name: String,
    cameras: Vec<String>,
    scenarios: Vec<String>,
}

/// `GET /upload`
pub(super) async fn form(
    State(state): State<AppState>,
    Submitter(visitor): Submitter,
) -> PageResult<Page<UploadPage>> {
    let fresh = Form { scenarios: vec![DEFAULT_SCENARIO.to_owned()], ..Form::default() };
    Ok(Page(view(&state, &visitor, &fresh, FieldErrors::default()).await?))
}

/// `POST /upload`; the file has its own cap.
pub(super) fn post() -> MethodRouter<AppState> {
    axum::routing::post(send).layer(DefaultBodyLimit::disable())
}

async fn send(
    State(state): State<AppState>,
    Submitter(visitor): Submitter,
    form: Multipart,
) -> PageResult<Response> {
    let mut form = read(&state, form).await?;
    match start(&state, visitor.name(), &mut form).await {
        Ok(batch) => Ok(Redirect::to(&format!("/batches/{batch}")).into_response()),
        Err(refusal) if refusal.kind == Kind::Invalid => {
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
            "file" => {
                let file = file_name(&field);
                if !file.is_empty() {
                    read.file = Some((file, spool(field, state.limits.upload_bytes).await?));
                }
            }
            "name" => read.name = text(field).await?.trim().to_owned(),
            "camera" => read.cameras.push(text(field).await?),
            "scenario" => read.scenarios.push(text(field).await?),
            _ => {}
        }
    }
    Ok(read)
}

/// Stores the build and queues its jobs.
async fn start(state: &AppState, caller: &str, form: &mut Form) -> Answer<BatchId> {
    let file = form.file.take();
    let (file_name, upload) = file.ok_or_else(|| Refusal::invalid("no-file", "choose a file to upload"))?;
    // The camera may stand in the file's name, so a build keeps it; the name given by hand is the sheet's.
    let given = (!form.name.is_empty()).then(|| form.name.clone());
    let build_name = given.clone().filter(|_| file_name.eq_ignore_ascii_case(BARE)).unwrap_or(file_name);
    let cameras: Vec<CameraName> = form.cameras.iter().cloned().map(CameraName).collect();
    let build = state.intake.build(caller, &build_name, upload, &cameras).await?;
    let submit = Submit {
        name: given.unwrap_or(build_name),
        runs: vec![SubmitRun { build: build.id, scenarios: form.scenarios.clone() }],
        cameras,
        firmware: None,
        priority: PRIORITY,
    };
    Ok(state.queue.submit(caller, &submit, None).await?.batch)
}

/// The refusal beside the field that it is about.
fn beside(refusal: &Refusal) -> FieldErrors {
    let field = match refusal.code {
        "camera-not-named"
        | "unknown-camera"
        | "camera-mismatch"
        | "wrong-camera"
        | "camera-not-in-bundle" => "cameras",
        "unknown-scenario" | "bad-scenario" => "scenarios",
        "nothing-to-run" => "form",
        _ => "file",
    };
    FieldErrors::one(field, sentence(&refusal.message))
}

async fn view(
    state: &AppState,
    visitor: &Visitor,
    form: &Form,
    errors: FieldErrors,
) -> PageResult<UploadPage> {
    let scenarios = state.db.scenarios().await?.into_iter();
    let scenario = |name: String, hint: String| {
        let ticked = form.scenarios.contains(&name);
        Choice { value: name, hint, ticked }
    };
    Ok(UploadPage {
        shell: visitor.shell("Upload", Room::Upload),
        name: form.name.clone(),
        cameras: camera_groups(state, &form.cameras).await?,
        scenarios: scenarios.map(|info| scenario(info.name, info.description)).collect(),
        errors,
        max_size: bytes(state.limits.upload_bytes),
    })
}

async fn camera_groups(state: &AppState, ticked: &[String]) -> PageResult<Vec<CameraGroup>> {
    let mut groups: Vec<CameraGroup> = Vec::new();
    for row in state.db.cameras().await? {
        let (name, hint) = (row.camera.name.0, row.camera.cards.join(", "));
        let choice = Choice { ticked: ticked.contains(&name), value: name, hint };
        match groups.iter_mut().find(|group| group.generation == row.camera.generation) {
            Some(group) => group.cameras.push(choice),
            None => groups.push(CameraGroup { generation: row.camera.generation, cameras: vec![choice] }),
        }
    }
    Ok(groups)
}
