//! The guest's physical address space: 4 KiB pages over blocks of storage (RAM, ROM) and device windows.
//!
//! A block is storage; mapping it twice makes an alias (the uncached view of RAM, the mirrors of a ROM chip), so a
//! change through one address shows at every other. Storage is allocated zeroed and lazily by the host: a machine
//! with 512 MiB of RAM costs only the pages its guest has touched.
//!
//! Each page of storage knows whether it was ever touched (for hashing and copying) and whether the CPU holds
//! decoded code from it (so that a store, by any alias or by DMA, makes that code stale at once).

mod addr;
mod block;
mod dma;
mod map;
mod page;
mod space;
mod state;

pub use addr::{GuestAddr, PAGE_SIZE};
pub use block::BlockId;
pub use dma::DmaFault;
pub use map::{Access, MapError};
pub use page::PageRef;
pub use space::{AddressSpace, Miss};
