//! The states of a block's pages, in memory of their own beside the bytes, so that generated code reaches both from one
//! base by a short distance.

use std::ops::{Deref, DerefMut};

use rustix::io::Errno;

use super::addr::PAGE_SIZE;
use super::mapping::Mapping;

/// One byte for each page.
pub(super) struct PageStates {
    bytes: Mapping,
    pages: usize,
}

impl PageStates {
    /// A copy of these states.
    ///
    /// # Errors
    /// What the host says when it has no room for it.
    pub(super) fn new(states: &[u8]) -> Result<Self, Errno> {
        let mut bytes = Mapping::zeroed(states.len().next_multiple_of(PAGE_SIZE as usize))?;
        // A page of zeros needs no memory of the host.
        for (to, from) in bytes.chunks_mut(PAGE_SIZE as usize).zip(states.chunks(PAGE_SIZE as usize)) {
            if from.iter().any(|state| *state != 0) {
                to[..from.len()].copy_from_slice(from);
            }
        }
        Ok(Self { bytes, pages: states.len() })
    }
}

impl Deref for PageStates {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.pages]
    }
}

impl DerefMut for PageStates {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.pages]
    }
}
