use std::sync::Arc;

use super::machine::BareMachine;
use crate::memory::{AddressSpace, MemorySnapshot, SnapshotError};

/// A state of a bare machine to go back to: processor, memory, and what it has printed and nobody has taken. It never
/// changes, is cheap to clone, and can be forked from any thread.
#[derive(Clone)]
pub struct BareSnapshot(Arc<Saved>);

struct Saved {
    /// All but the memory.
    machine: BareMachine,
    memory: MemorySnapshot,
}

impl BareMachine {
    /// Saves the state. The cost is that of the memory written since the last snapshot.
    ///
    /// # Errors
    /// [`SnapshotError`] when the host has no memory or no descriptors left.
    pub fn snapshot(&mut self) -> Result<BareSnapshot, SnapshotError> {
        let memory = self.board.space.snapshot()?;
        Ok(BareSnapshot(Arc::new(Saved { machine: self.with_memory(AddressSpace::new()), memory })))
    }

    /// This machine with other memory, of which its processor knows nothing yet.
    fn with_memory(&self, space: AddressSpace) -> Self {
        let board = self.board.with_memory(space);
        Self { cpu: self.cpu.fork(), board, ram: self.ram, unserved: self.unserved }
    }
}

impl BareSnapshot {
    /// A machine in the saved state. Its memory is mapped, and copied page by page when it is written.
    ///
    /// # Errors
    /// [`SnapshotError`] when the host has no room for further mappings.
    pub fn fork(&self) -> Result<BareMachine, SnapshotError> {
        Ok(self.0.machine.with_memory(self.0.memory.fork()?))
    }
}
