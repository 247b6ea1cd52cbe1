//! Which engine executes guest code.

use crate::args;
use darkroom_emu_core::arm::Engine;

/// The engines that an option names.
pub(super) const fn engines(option: args::Engine) -> &'static [Engine] {
    match option {
        args::Engine::Interp => &[Engine::Interpreter],
        args::Engine::Jit => &[Engine::Jit],
        args::Engine::Both => &[Engine::Interpreter, Engine::Jit],
    }
}
