//! NOTIFY and LISTEN: how processes on one database tell each other what changed.

use super::{DbResult, PgDb};
use crate::live::LiveEvent;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, PgPool};

/// Channel of [`LiveEvent`]s.
const LIVE: &str = "darkroom_live";
/// Channel that says "there may be a job to claim".
const QUEUE: &str = "darkroom_queue";

/// What came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Jobs may be waiting.
    Queue,
    /// Something changed.
    Live(LiveEvent),
    /// The connection was lost and is back: notices may have been missed.
    ConnectionLost,
}

/// A connection that listens.
#[derive(Debug)]
pub struct Listener {
    inner: PgListener,
}

impl Listener {
    /// Starts to listen on its own connection.
    pub async fn connect(db: &PgDb) -> DbResult<Self> {
        let mut inner = PgListener::connect_with(db.pool()).await?;
        inner.listen_all([LIVE, QUEUE]).await?;
        Ok(Self { inner })
    }

    /// The next notice.
    pub async fn next(&mut self) -> DbResult<Notice> {
        loop {
            let Some(notification) = self.inner.try_recv().await? else { return Ok(Notice::ConnectionLost) };
            if notification.channel() == QUEUE {
                return Ok(Notice::Queue);
            }
            // Another version of the program may send kinds that this one does not know.
            if let Ok(event) = serde_json::from_str(notification.payload()) {
                return Ok(Notice::Live(event));
            }
        }
    }
}

impl PgDb {
    /// Tells everybody about `event`, outside of a transaction.
    pub async fn announce(&self, event: LiveEvent) -> DbResult<()> {
        notify_on(self.pool(), LIVE, &payload(event)).await
    }
}

/// Tells everybody about `event` when the transaction commits.
pub(super) async fn announce(conn: &mut PgConnection, event: LiveEvent) -> DbResult<()> {
    sqlx::query("select pg_notify($1, $2)").bind(LIVE).bind(payload(event)).execute(conn).await?;
    Ok(())
}

/// Wakes waiting claims when the transaction commits; many in one transaction are one.
pub(super) async fn wake_queue(conn: &mut PgConnection) -> DbResult<()> {
    sqlx::query("select pg_notify($1, '')").bind(QUEUE).execute(conn).await?;
    Ok(())
}

async fn notify_on(pool: &PgPool, channel: &str, text: &str) -> DbResult<()> {
    sqlx::query("select pg_notify($1, $2)").bind(channel).bind(text).execute(pool).await?;
    Ok(())
}

fn payload(event: LiveEvent) -> String {
    serde_json::to_string(&event).expect("ids and numbers always serialise")
}
