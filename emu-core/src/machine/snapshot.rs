//! States of a camera to go back to.

use std::sync::Arc;

use super::run::Machine;
use crate::memory::{AddressSpace, MemorySnapshot, SnapshotError};

/// A state of a machine to go back to: processor, memory, devices, cards, planned events, clock, and what it has printed
/// and nobody has taken. It never changes, is cheap to clone, and can be forked from any thread.
#[derive(Clone)]
pub struct MachineSnapshot(Arc<Saved>);

struct Saved {
    /// All but the memory.
    machine: Machine,
    memory: MemorySnapshot,
}

impl Machine {
    /// Saves the state. The cost is that of the memory written since the last snapshot; what a card holds is shared.
    ///
    /// # Errors
    /// [`SnapshotError`] when the host has no memory or no descriptors left.
    pub fn snapshot(&mut self) -> Result<MachineSnapshot, SnapshotError> {
        let memory = self.main.space.snapshot()?;
        Ok(MachineSnapshot(Arc::new(Saved { machine: self.with_memory(AddressSpace::new()), memory })))
    }

    /// This machine with other memory, of which its processor knows nothing yet.
    fn with_memory(&self, space: AddressSpace) -> Self {
        Self {
            cpu: self.cpu.fork(),
            engine_refused: self.engine_refused,
            decoder: self.decoder.clone(),
            main: self.main.with_memory(space),
            faults: self.faults.clone(),
            faults_checked: self.faults_checked,
            idle: self.idle,
            ended: self.ended.clone(),
        }
    }
}

impl MachineSnapshot {
    /// A machine in the saved state: it goes on exactly as the saved one did. Its memory is mapped, and copied page by
    /// page when it is written.
    ///
    /// # Errors
    /// [`SnapshotError`] when the host has no room for further mappings.
    pub fn fork(&self) -> Result<Machine, SnapshotError> {
        Ok(self.0.machine.with_memory(self.0.memory.fork()?))
    }
}
