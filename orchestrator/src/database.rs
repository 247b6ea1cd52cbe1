//! The database of a command: a server by URL, or the private one.

use crate::config::DatabaseArgs;
use crate::db::PgDb;
use crate::embedded::{self, Durability, EmbeddedPostgres, Keeper};
use anyhow::Context;
use sqlx::postgres::PgConnectOptions;

/// Connections of the pool; the private server takes some more.
const CONNECTIONS: u32 = 40;

/// A migrated database, with the private server behind it if there is one.
#[derive(Debug)]
pub struct Database {
    /// The database behind verbs.
    pub db: PgDb,
    server: Option<Keeper>,
}

impl Database {
    /// Opens and migrates the database that the settings name.
    pub async fn open(args: &DatabaseArgs) -> anyhow::Result<Self> {
        let (options, server) = match &args.database_url {
            Some(url) => (url.parse::<PgConnectOptions>().context("DATABASE_URL")?, None),
            None => {
                let server = embedded::start(&args.data, Durability::Safe).await?;
                (server.options(), Some(server))
            }
        };
        let db = PgDb::new(options, CONNECTIONS);
        db.migrate().await.context("bringing the database up to date")?;
        Ok(Self { db, server: server.map(EmbeddedPostgres::keep_alive) })
    }

    /// Closes connections and stops the private server.
    pub async fn close(self) {
        self.db.close().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}
