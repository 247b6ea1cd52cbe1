//! Cameras: the built-in models, and more at run time from a TOML file.

use super::{Intake, internal};
use crate::db::CameraRow;
use crate::error::{Answer, Kind, Refusal};
use darkroom_models::Catalog;
use darkroom_protocol::CameraName;
use darkroom_protocol::api::Camera;

/// Longest camera file.
const MAX_TEXT: usize = 256 << 10;

impl Intake {
    /// Writes the built-in cameras to the database.
    pub async fn seed_cameras(&self) -> Answer<()> {
        let rows: Vec<CameraRow> = Catalog::builtin()
            .iter()
            .zip(1..)
            .map(|(camera, position)| CameraRow { camera: describe(camera, false), toml: None, position })
            .collect();
        Ok(self.db.seed_cameras(&rows).await?)
    }

    /// Adds a camera. The same file again is fine.
    ///
    /// # Errors
    /// 422 with file, line, key and reason; 409 when another camera has the name.
    pub async fn camera(&self, text: &str) -> Answer<Camera> {
        if text.len() > MAX_TEXT || text.contains('\0') {
            return Err(Refusal::invalid(
                "bad-camera",
                format!("more than {MAX_TEXT} bytes, or a NUL in it"),
            ));
        }
        let owned = text.to_owned();
        // Reads all models anew: too long for a thread that serves others.
        let parsed = tokio::task::spawn_blocking(move || parse(&owned)).await;
        let (id, camera) = parsed.map_err(|error| internal(&error))??;
        if !self.db.insert_camera(&camera, text).await? {
            let rows = self.db.cameras().await?;
            let same = rows.iter().any(|row| row.camera == camera && row.toml.as_deref() == Some(text));
            return if same { Ok(camera) } else { Err(taken(&id)) };
        }
        Ok(camera)
    }
}

/// The camera of a file, checked like the built-in ones.
fn parse(text: &str) -> Answer<(String, Camera)> {
    let id = id_of(text)?;
    if Catalog::builtin().get(&id).is_ok() {
        return Err(taken(&id));
    }
    let invalid = |error: &dyn std::fmt::Display| Refusal::invalid("bad-camera", error.to_string());
    let catalog = Catalog::builtin().with_camera(&id, text).map_err(|error| invalid(&error))?;
    let camera = describe(catalog.get(&id).map_err(|error| invalid(&error))?, true);
    Ok((id, camera))
}

fn taken(id: &str) -> Refusal {
    Refusal::new(Kind::Conflict, "camera-exists", format!("there is a camera {id} already"))
}

fn id_of(text: &str) -> Answer<String> {
    let bad = |reason: String| Refusal::invalid("bad-camera", format!("camera file: {reason}"));
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| bad(error.to_string()))?;
    let id = table.get("id").and_then(|id| id.as_str());
    id.map(str::to_owned).ok_or_else(|| bad("it has no 'id'".to_owned()))
}

fn describe(camera: &darkroom_models::Camera, custom: bool) -> Camera {
    Camera {
        name: CameraName(camera.id.to_string()),
        generation: camera.generation.to_string(),
        cards: camera.card_slots.iter().map(ToString::to_string).collect(),
        roms: camera.rom_files().into_iter().map(|file| (file.name.to_owned(), file.size.into())).collect(),
        custom,
    }
}
