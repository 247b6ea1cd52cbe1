//! What every farm has from its first start: ROM set `open` with the open firmware, and the scenarios for it.
//!
//! Both belong to the farm: whoever uploads under their names is refused. A newer program brings newer ones; what jobs
//! ran with stays as it was. Starting again, or several orchestrators at once, changes nothing.

mod roms;
mod scenarios;

pub use crate::db::ShippedAs;
pub use roms::{Chips, OPEN, ShippedRom};
pub use scenarios::ShippedScenario;

use crate::db::{NewRomSet, PgDb};
use crate::error::{Answer, Kind, Refusal};
use crate::intake::{Intake, content_of};
use crate::store::BlobStore;
use darkroom_protocol::CameraName;
use darkroom_protocol::job::RomFile;
use std::sync::Arc;

/// The things that a farm ships; cheap to clone.
#[derive(Debug, Clone)]
pub struct Shelf {
    roms: Arc<[ShippedRom]>,
    scenarios: Arc<[ShippedScenario]>,
}

impl Default for Shelf {
    /// All that this program holds.
    fn default() -> Self {
        Self::new(roms::open_firmware().collect(), scenarios::all())
    }
}

impl Shelf {
    /// Those things.
    pub fn new(roms: Vec<ShippedRom>, scenarios: Vec<ShippedScenario>) -> Self {
        Self { roms: roms.into(), scenarios: scenarios.into() }
    }

    /// All scenarios, but the ROM sets of these cameras only.
    pub fn with_cameras(cameras: &[&str]) -> Self {
        let wanted = |rom: &ShippedRom| cameras.contains(&rom.camera.0.as_str());
        Self::new(roms::open_firmware().filter(wanted).collect(), scenarios::all())
    }

    /// Refuses a ROM set that would stand in for one of the farm's.
    ///
    /// # Errors
    /// 409 for `open` of a camera for which the farm ships it.
    pub fn guard_rom_set(&self, camera: &CameraName, firmware: &str) -> Answer<()> {
        let ships = |rom: &ShippedRom| rom.camera.0.eq_ignore_ascii_case(&camera.0);
        if firmware != OPEN || !self.roms.iter().any(ships) {
            return Ok(());
        }
        let message = format!(
            "the ROM set '{OPEN}' of {camera} belongs to the farm and is there already: store yours under another name"
        );
        Err(Refusal::new(Kind::Conflict, "belongs-to-farm", message))
    }

    /// Refuses a scenario that would stand in for one of the farm's; the same text is fine.
    ///
    /// # Errors
    /// 409 for the name of a shipped scenario.
    pub fn guard_scenario(&self, name: &str, text: &str) -> Answer<()> {
        let clashes = |shipped: &&ShippedScenario| shipped.name == name && shipped.text != text;
        if !self.scenarios.iter().any(|shipped| clashes(&shipped)) {
            return Ok(());
        }
        let message =
            format!("the scenario '{name}' belongs to the farm: give yours another name in its 'name' line");
        Err(Refusal::new(Kind::Conflict, "belongs-to-farm", message))
    }

    /// Stores what is not there yet, and puts in force what is.
    ///
    /// # Errors
    /// The database's.
    pub async fn bring(&self, db: &PgDb, blobs: &BlobStore, intake: &Intake) -> Answer<()> {
        for scenario in &*self.scenarios {
            intake.store_scenario(&format!("{}.toml", scenario.name), &scenario.text, Vec::new()).await?;
        }
        for rom in &*self.roms {
            if !db.ship_known_set(&rom.camera, &rom.shipped).await? {
                store(db, blobs, rom).await?;
            }
        }
        Ok(())
    }
}

async fn store(db: &PgDb, blobs: &BlobStore, rom: &ShippedRom) -> Answer<()> {
    let expand = rom.expand.clone();
    let expanded = tokio::task::spawn_blocking(move || expand()).await;
    let expanded =
        expanded.map_err(|error| Refusal::new(Kind::Internal, "internal", format!("open ROM: {error}")))?;
    let mut files = Vec::new();
    for (slot, bytes) in expanded {
        let stored = blobs.put(bytes.into()).await?;
        files.push(RomFile { slot, digest: stored.digest, size: stored.size });
    }
    let (camera, firmware) = (rom.camera.clone(), OPEN.to_owned());
    let set = NewRomSet { camera, firmware, content: content_of(&files), files };
    tracing::info!(camera = %rom.camera, stands_for = rom.shipped.stands_for, "stored ROM set open");
    Ok(db.ship_set(&set, &rom.shipped).await?)
}
