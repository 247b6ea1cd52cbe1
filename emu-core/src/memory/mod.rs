//! The guest's physical address space: 4 KiB pages over blocks of storage (RAM, ROM) and device windows.
//!
//! A block is storage; mapping it twice makes an alias (the uncached view of RAM, the mirrors of a ROM chip), so a
//! change through one address shows at every other. Storage is allocated zeroed and lazily by the host: a machine
//! with 512 MiB of RAM costs only the pages its guest has touched.
//!
//! Each page of storage knows whether it was ever touched (for hashing and copying) and which of its 64-byte lines the
//! CPU holds decoded code from (so that a store, by any alias or by DMA, makes that code stale at once, and a store
//! beside it does not).
//!
//! A [`MemorySnapshot`] is a state to which memory can go back at any time, as often as wanted: it lies in sealed files,
//! of which each holds the pages that changed since the snapshot before, and a fork maps them privately.

mod addr;
mod block;
mod coverage;
mod dma;
mod layer;
mod map;
mod mapping;
mod page;
mod page_states;
mod plain;
mod plan;
mod runs;
mod snapshot;
mod space;
mod state;
mod table;

pub use addr::{GuestAddr, PAGE_SIZE};
pub use block::BlockId;
pub use dma::DmaFault;
pub use map::{Access, MapError};
pub use page::PageRef;
#[cfg(target_arch = "x86_64")]
pub(crate) use plain::LinearRam;
pub use snapshot::{MemorySnapshot, SnapshotError};
pub use space::{AddressSpace, Miss};
