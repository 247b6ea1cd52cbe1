//! What each sample build must come out as.

use darkroom_protocol::verdict::{ReasonCode, Verdict};

/// The planned end of a sample build, on every camera.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned {
    /// Verdict.
    pub(super) verdict: Verdict,
    /// Why.
    pub(super) reason: Option<ReasonCode>,
    /// Whether a difference image must be there.
    pub(super) difference: bool,
}

/// The plan of a sample build by its name.
pub(super) fn planned(sample: &str) -> Option<Planned> {
    let (verdict, reason) = match sample {
        "hello" | "card-check" => (Verdict::Passed, None),
        "hang" => (Verdict::TimedOut, Some(ReasonCode::GuestTimeLimit)),
        "crash" => (Verdict::GuestCrashed, Some(ReasonCode::GuestFault)),
        "wrong-picture" => (Verdict::Failed, Some(ReasonCode::ScreenDiffers)),
        "noisy" => (Verdict::Failed, Some(ReasonCode::LogFlood)),
        _ => return None,
    };
    Some(Planned { verdict, reason, difference: sample == "wrong-picture" })
}
