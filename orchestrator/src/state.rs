//! What every handler may use.

use crate::auth::{Auth, Caller, Scope};
use crate::config::Limits;
use crate::db::PgDb;
use crate::error::{Answer, Kind, Refusal};
use crate::intake::Intake;
use crate::live::LiveEvents;
use crate::queue::Queue;
use crate::store::BlobStore;
use darkroom_protocol::Digest;
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

impl AppState {
    /// Lets `caller` read a blob, unless it is a ROM file: those are private, and so is everything that turns out to be
    /// one (a guest can copy its ROM to the card). Reading one is noted.
    ///
    /// # Errors
    /// 403 for a ROM file and a caller who is no administrator.
    pub async fn guard_rom(&self, caller: &Caller, digest: Digest) -> Answer<()> {
        if !self.db.is_rom(digest).await? {
            return Ok(());
        }
        if !caller.may(Scope::Admin) {
            let message = "this is a file of a ROM set, which nobody but an admin may read";
            return Err(Refusal::new(Kind::Forbidden, "rom-is-private", message));
        }
        Ok(self.db.audit(&caller.name, "rom-read", &digest.to_string()).await?)
    }
}
