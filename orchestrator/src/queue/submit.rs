//! From what somebody asks for to the cells of a batch.

use super::Queue;
use super::cells::Planner;
use crate::db::{NewBatch, Submitted};
use crate::error::{Answer, Kind, Refusal};
use darkroom_protocol::api::Submit;
use darkroom_protocol::{BatchId, Digest};

/// Longest idempotency key.
const MAX_KEY: usize = 200;
/// Longest batch name.
const MAX_NAME: usize = 200;

/// What became of a submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmitOutcome {
    /// The batch.
    pub batch: BatchId,
    /// False: the same request with the same key came before.
    pub new: bool,
}

impl Queue {
    /// Stores a batch: builds × scenarios × cameras. With a key, the same request gives the same batch.
    ///
    /// # Errors
    /// 422 for unknown builds, scenarios or cameras; 409 when the key was used for another request.
    pub async fn submit(&self, caller: &str, submit: &Submit, key: Option<&str>) -> Answer<SubmitOutcome> {
        check(submit, key)?;
        let request = serde_json::to_vec(submit)
            .map_err(|error| Refusal::new(Kind::Internal, "internal", error.to_string()))?;
        let jobs = Planner::load(&self.db, submit).await?.jobs(submit).await?;
        let batch = NewBatch {
            name: submit.name.clone(),
            created_by: caller.to_owned(),
            idempotency_key: key.map(str::to_owned),
            request_hash: Digest::of(&request),
            priority: submit.priority,
            jobs,
        };
        match self.db.submit(&batch).await? {
            Submitted::New(batch) => Ok(SubmitOutcome { batch, new: true }),
            Submitted::Known(batch) => Ok(SubmitOutcome { batch, new: false }),
            Submitted::KeyReused(batch) => {
                let message = format!("this Idempotency-Key was used for another request, batch {batch}");
                Err(Refusal::new(Kind::Conflict, "key-reused", message))
            }
        }
    }
}

fn check(submit: &Submit, key: Option<&str>) -> Answer<()> {
    if submit.runs.is_empty() {
        return Err(Refusal::invalid("nothing-to-run", "'runs' is empty: name at least one build"));
    }
    if submit.name.len() > MAX_NAME || submit.name.contains('\0') {
        return Err(Refusal::invalid("bad-name", format!("'name' must be at most {MAX_NAME} bytes of text")));
    }
    if key.is_some_and(|key| key.is_empty() || key.len() > MAX_KEY) {
        return Err(Refusal::invalid(
            "bad-key",
            format!("Idempotency-Key must be 1 to {MAX_KEY} characters"),
        ));
    }
    Ok(())
}
