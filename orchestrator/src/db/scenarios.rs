//! Scenarios: every stored text is a version; jobs name one exactly.

use super::{DbResult, PgDb, digest_of};
use darkroom_protocol::api::ScenarioInfo;
use darkroom_protocol::job::Reference;
use darkroom_protocol::{Digest, ScenarioId};
use sqlx::{FromRow, PgConnection, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The camera of a reference that serves all cameras without their own.
pub const ANY_CAMERA: &str = "*";

/// A scenario to store; its references are blobs already.
#[derive(Debug, Clone)]
pub struct NewScenario {
    /// Name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// TOML text.
    pub source: String,
    /// Reference frames: (name, camera or `*`) → PNG.
    pub references: BTreeMap<(String, String), Digest>,
}

/// A stored version.
#[derive(Debug, Clone, FromRow)]
pub struct StoredScenario {
    /// Id of the version.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// TOML text.
    pub source: String,
}

impl PgDb {
    /// The newest version of every scenario, by name.
    pub async fn scenarios(&self) -> DbResult<Vec<ScenarioInfo>> {
        let rows: Vec<StoredScenario> = sqlx::query_as(
            "select distinct on (name) id, name, description, source from scenario
             order by name, created_at desc, id desc",
        )
        .fetch_all(self.pool())
        .await?;
        let mut found = Vec::new();
        for row in rows {
            found.push(self.scenario_info(row).await?);
        }
        Ok(found)
    }

    async fn scenario_info(&self, row: StoredScenario) -> DbResult<ScenarioInfo> {
        let references = sqlx::query(
            "select name, array_agg(camera order by camera) from scenario_reference
             where scenario = $1 group by name",
        );
        let references = references.bind(row.id).fetch_all(self.pool()).await?;
        Ok(ScenarioInfo {
            id: ScenarioId(row.id),
            name: row.name,
            description: row.description,
            references: references.iter().map(|row| (row.get(0), row.get(1))).collect(),
        })
    }

    /// The newest version of the scenario of that name.
    pub async fn newest_scenario(&self, name: &str) -> DbResult<Option<StoredScenario>> {
        let row = sqlx::query_as(
            "select id, name, description, source from scenario where name = $1
             order by created_at desc, id desc limit 1",
        );
        Ok(row.bind(name).fetch_optional(self.pool()).await?)
    }

    /// Stores a version; when the newest one of that name is the same, that one is given back.
    pub async fn insert_scenario(&self, new: &NewScenario) -> DbResult<ScenarioInfo> {
        let mut tx = self.begin().await?;
        // The same scenario twice at the same time (two orchestrators start): the second one finds the first.
        sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 1))")
            .bind(&new.name)
            .execute(&mut *tx)
            .await?;
        if let Some(newest) = self.newest_scenario(&new.name).await?
            && newest.source == new.source
            && self.references_of(newest.id).await? == new.references
        {
            return self.scenario_info(newest).await;
        }
        let id = ScenarioId::fresh();
        sqlx::query("insert into scenario (id, name, description, source) values ($1, $2, $3, $4)")
            .bind(id.0)
            .bind(&new.name)
            .bind(&new.description)
            .bind(&new.source)
            .execute(&mut *tx)
            .await?;
        insert_references(&mut tx, id.0, &new.references).await?;
        tx.commit().await?;
        let (name, description, source) = (new.name.clone(), new.description.clone(), new.source.clone());
        self.scenario_info(StoredScenario { id: id.0, name, description, source }).await
    }

    async fn references_of(&self, scenario: Uuid) -> DbResult<BTreeMap<(String, String), Digest>> {
        let rows = sqlx::query("select name, camera, blob from scenario_reference where scenario = $1")
            .bind(scenario)
            .fetch_all(self.pool())
            .await?;
        let entry = |row: &sqlx::postgres::PgRow| {
            Ok(((row.get(0), row.get(1)), digest_of("scenario_reference", row.get(2))?))
        };
        rows.iter().map(entry).collect()
    }
}

async fn insert_references(
    conn: &mut PgConnection,
    scenario: Uuid,
    references: &BTreeMap<(String, String), Digest>,
) -> DbResult<()> {
    for ((name, camera), digest) in references {
        sqlx::query("insert into scenario_reference (scenario, name, camera, blob) values ($1, $2, $3, $4)")
            .bind(scenario)
            .bind(name)
            .bind(camera)
            .bind(&digest.0[..])
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The references of a scenario for one camera: its own first choice, else those for all.
pub(super) async fn references_for(
    conn: &mut PgConnection,
    scenario: Uuid,
    camera: &str,
) -> DbResult<Vec<Reference>> {
    let rows = sqlx::query(
        "select distinct on (name) name, blob from scenario_reference
         where scenario = $1 and camera in ($2, $3) order by name, (camera = $2) desc",
    )
    .bind(scenario)
    .bind(camera)
    .bind(ANY_CAMERA)
    .fetch_all(conn)
    .await?;
    let reference = |row: &sqlx::postgres::PgRow| {
        Ok(Reference { name: row.get(0), digest: digest_of("scenario_reference", row.get(1))? })
    };
    rows.iter().map(reference).collect()
}
