//! The only room with SQL. [`PgDb`] offers verbs of the farm; rows never leave it untyped.
//!
//! Queries are checked by the tests against a real server, not at build time: building needs no database.

mod attempts;
mod batches;
mod blobs;
mod builds;
mod cameras;
mod cancel;
mod claim;
mod expiry;
mod finish;
mod jobs;
mod listen;
mod pages;
mod results;
mod rom_sets;
mod scenarios;
mod spec;
mod submit;
mod tokens;
mod workers;

pub use attempts::Held;
pub use attempts::{AttemptKey, Fence};
pub use cameras::CameraRow;
pub use claim::{Claimed, LeaseRules};
pub use expiry::Expired;
pub use finish::{Blame, Ending, Expected, Finished};
pub(crate) use jobs::{job_state, reason_of, verdict_of};
pub use listen::{Listener, Notice};
pub use pages::{
    BatchLineRow, Before, BuildLineRow, CameraUseRow, CellRow, JobLineRow, JobPageRow, Pulse,
    ScenarioPageRow, StepRow, WorkerRow,
};
pub use results::LogWrite;
pub use rom_sets::{NewRomSet, ShippedAs};
pub use scenarios::{ANY_CAMERA, NewScenario, StoredScenario};
pub use submit::{NewBatch, NewJob, Submitted};
pub use tokens::{NewToken, TokenRow};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};
use std::time::Duration;
use thiserror::Error;

/// The schema, embedded in the program.
static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// How long a caller waits for a connection before the request is refused as "database unavailable".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Trouble of the database.
#[derive(Debug, Error)]
pub enum DbError {
    /// A statement failed, or no connection could be had.
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row holds something that this program never writes.
    #[error("database row of {table}: {reason}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl DbError {
    fn corrupt(table: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, reason: reason.to_string() }
    }

    /// Whether the server could not be reached (as it is while it restarts).
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Sql(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
            // 57P01…03: the server shuts down, crashed, or is starting.
            Self::Sql(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code.starts_with("57P"))
            }
            _ => false,
        }
    }

    /// Whether a value does not fit its column (SQLSTATE class 22).
    pub fn is_bad_value(&self) -> bool {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| code.starts_with("22"))
    }
}

/// Result of a database verb.
pub type DbResult<T> = Result<T, DbError>;

type Tx = Transaction<'static, Postgres>;

/// The database behind verbs of the farm; cheap to clone.
#[derive(Clone, Debug)]
pub struct PgDb {
    pool: PgPool,
}

impl PgDb {
    /// Connects lazily: the first use opens a connection, lost ones are replaced.
    pub fn new(options: PgConnectOptions, connections: u32) -> Self {
        let options = options
            .application_name("darkroom-orchestrator")
            .options([("idle_in_transaction_session_timeout", "30s"), ("lock_timeout", "10s")]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_lazy_with(options);
        Self { pool }
    }

    /// Brings the schema up to date; safe to run from several processes at once.
    pub async fn migrate(&self) -> DbResult<()> {
        Ok(MIGRATOR.run(&self.pool).await?)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    async fn begin(&self) -> DbResult<Tx> {
        Ok(self.pool.begin().await?)
    }
}

/// A digest from its 32 bytes.
fn digest_of(table: &'static str, bytes: &[u8]) -> DbResult<darkroom_protocol::Digest> {
    let bytes = bytes.try_into().map_err(|_| DbError::corrupt(table, "digest without 32 bytes"))?;
    Ok(darkroom_protocol::Digest(bytes))
}

/// A size or count column as unsigned; the schema forbids negative ones.
fn unsigned(value: i64) -> u64 {
    value.try_into().unwrap_or(0)
}

/// A size or count as column value.
fn signed(value: u64) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}
