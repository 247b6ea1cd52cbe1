//! What every handler may use.

use crate::auth::Auth;
use crate::config::Limits;
use crate::db::PgDb;
use crate::intake::Intake;
use crate::live::LiveEvents;
use crate::queue::Queue;
use crate::store::BlobStore;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Shared services; cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// The database behind verbs.
    pub db: PgDb,
    /// Blobs.
    pub blobs: BlobStore,
    /// Tokens and sessions.
    pub auth: Auth,
    /// Submitting, claiming, finishing.
    pub queue: Queue,
    /// Taking builds, ROM sets, scenarios and cameras in.
    pub intake: Intake,
    /// What changes, as it changes.
    pub live: LiveEvents,
    /// Caps of uploads.
    pub limits: Arc<Limits>,
    /// Whether cookies are for https only.
    pub secure_cookies: bool,
    /// Ends streams when the server shuts down.
    pub shutdown: CancellationToken,
}
