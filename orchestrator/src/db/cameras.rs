//! Cameras: seeded from the built-in models, more at run time.

use super::{DbError, DbResult, PgDb, unsigned};
use darkroom_protocol::CameraName;
use darkroom_protocol::api::Camera;
use sqlx::FromRow;
use sqlx::types::Json;
use std::collections::BTreeMap;

/// A camera to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRow {
    /// What the API shows of it.
    pub camera: Camera,
    /// Text of its file, when it was added at run time.
    pub toml: Option<String>,
    /// Place in lists.
    pub position: i32,
}

#[derive(FromRow)]
struct Row {
    name: String,
    generation: String,
    cards: Vec<String>,
    roms: Json<BTreeMap<String, i64>>,
    toml: Option<String>,
    position: i32,
}

impl From<Row> for CameraRow {
    fn from(row: Row) -> Self {
        let camera = Camera {
            name: CameraName(row.name),
            generation: row.generation,
            cards: row.cards,
            roms: row.roms.0.into_iter().map(|(name, size)| (name, unsigned(size))).collect(),
            custom: row.toml.is_some(),
        };
        Self { camera, toml: row.toml, position: row.position }
    }
}

impl PgDb {
    /// All cameras in the order of lists.
    pub async fn cameras(&self) -> DbResult<Vec<CameraRow>> {
        let rows = sqlx::query_as::<_, Row>(
            "select name, generation, cards, roms, toml, position from camera order by position, name",
        );
        Ok(rows.fetch_all(self.pool()).await?.into_iter().map(CameraRow::from).collect())
    }

    /// Writes the built-in cameras; facts of an older version of the program are replaced.
    pub async fn seed_cameras(&self, cameras: &[CameraRow]) -> DbResult<()> {
        let mut tx = self.begin().await?;
        for row in cameras {
            sqlx::query(
                "insert into camera (name, generation, cards, roms, toml, position)
                 values ($1, $2, $3, $4, null, $5)
                 on conflict (name) do update set generation = excluded.generation, cards = excluded.cards,
                 roms = excluded.roms, toml = null, position = excluded.position",
            )
            .bind(&row.camera.name.0)
            .bind(&row.camera.generation)
            .bind(&row.camera.cards)
            .bind(Json(&row.camera.roms))
            .bind(row.position)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Adds a camera at run time, at the end of lists; false when the name is taken.
    pub async fn insert_camera(&self, camera: &Camera, toml: &str) -> DbResult<bool> {
        let done = sqlx::query(
            "insert into camera (name, generation, cards, roms, toml, position)
             select $1, $2, $3, $4, $5, coalesce(max(position), 0) + 1 from camera
             on conflict (name) do nothing",
        )
        .bind(&camera.name.0)
        .bind(&camera.generation)
        .bind(&camera.cards)
        .bind(Json(&camera.roms))
        .bind(toml)
        .execute(self.pool())
        .await
        .map_err(DbError::from)?;
        Ok(done.rows_affected() == 1)
    }
}
