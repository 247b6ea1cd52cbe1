//! Scenarios and their reference frames.

use super::Intake;
use super::error::IntakeError;
use crate::db::{ANY_CAMERA, NewScenario};
use crate::error::{Answer, Refusal};
use bytes::Bytes;
use darkroom_protocol::Digest;
use darkroom_protocol::api::ScenarioInfo;
use darkroom_protocol::scenario::Scenario;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Largest width and height of a reference frame.
const MAX_SIDE: u32 = 4096;
/// Most references of one scenario.
const MAX_REFERENCES: usize = 2000;

/// A reference frame as handed in.
#[derive(Debug, Clone)]
pub struct ReferenceFile {
    /// `NAME.png` for all cameras, `CAMERA/NAME.png` for one.
    pub name: String,
    /// PNG.
    pub content: Bytes,
}

fn parse(source: &str, text: &str) -> Answer<Scenario> {
    Scenario::parse(source, text).map_err(|error| Refusal::invalid("bad-scenario", error.to_string()))
}

impl Intake {
    /// Takes a scenario with its references; `source` names the text in errors.
    ///
    /// # Errors
    /// 422 with file, line and reason; 409 for the name of a scenario that the farm ships.
    pub async fn scenario(
        &self,
        source: &str,
        text: &str,
        references: Vec<ReferenceFile>,
    ) -> Answer<ScenarioInfo> {
        self.shelf.guard_scenario(&parse(source, text)?.name, text)?;
        self.store_scenario(source, text, references).await
    }

    /// Stores a scenario, whoever it belongs to.
    pub(crate) async fn store_scenario(
        &self,
        source: &str,
        text: &str,
        references: Vec<ReferenceFile>,
    ) -> Answer<ScenarioInfo> {
        let scenario = parse(source, text)?;
        if references.len() > MAX_REFERENCES {
            return Err(Refusal::invalid("bad-reference", format!("more than {MAX_REFERENCES} references")));
        }
        let mut stored = BTreeMap::new();
        for file in references {
            let (key, digest) = self.reference(&scenario, file).await?;
            stored.insert(key, digest);
        }
        let (name, description) = (scenario.name, scenario.description);
        if description.contains('\0') || text.contains('\0') {
            return Err(Refusal::invalid("bad-scenario", format!("{source}: holds a NUL character")));
        }
        let new = NewScenario { name, description, source: text.to_owned(), references: stored };
        Ok(self.db.insert_scenario(&new).await?)
    }

    async fn reference(
        &self,
        scenario: &Scenario,
        file: ReferenceFile,
    ) -> Answer<((String, String), Digest)> {
        let bad =
            |reason: &str| IntakeError::BadReference { file: file.name.clone(), reason: reason.to_owned() };
        let (camera, name) = file.name.split_once('/').unwrap_or((ANY_CAMERA, &file.name));
        let name =
            name.strip_suffix(".png").ok_or_else(|| bad("the name must be NAME.png or CAMERA/NAME.png"))?;
        if !scenario.reference_names().contains(&name) {
            return Err(bad("no step of the scenario asks for it").into());
        }
        let camera = match camera {
            ANY_CAMERA => ANY_CAMERA.to_owned(),
            camera => self.known().await?.camera(camera).ok_or_else(|| bad("no such camera"))?.0.clone(),
        };
        check_png(&file.content).map_err(|reason| bad(&reason))?;
        let key = (name.to_owned(), camera);
        let stored = self.blobs.put(file.content).await?;
        Ok((key, stored.digest))
    }
}

/// Decodes the whole picture, so that a worker never meets one that it cannot read.
fn check_png(content: &[u8]) -> Result<(), String> {
    let mut reader =
        png::Decoder::new(Cursor::new(content)).read_info().map_err(|error| error.to_string())?;
    let (width, height) = reader.info().size();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(format!("{width} × {height} pixels, at most {MAX_SIDE} a side"));
    }
    let size = reader.output_buffer_size().ok_or("too large")?;
    reader.next_frame(&mut vec![0; size]).map_err(|error| error.to_string())?;
    Ok(())
}
