//! Which engine executes guest code.

use crate::args::Engine;
use crate::exit::Usage;

/// The interpreter is the only engine so far: asking for another is an error, never a silent substitute.
pub(super) fn require_interpreter(engine: Engine) -> Result<(), Usage> {
    match engine {
        Engine::Interp => Ok(()),
        Engine::Jit | Engine::Both => Err(Usage("this build has no JIT yet: use --engine interp".to_owned())),
    }
}
