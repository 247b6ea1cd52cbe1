//! Memory of the host behind a block: the only unsafe module of the memory.
//!
//! What it promises to the safe code around it, and to code that is generated at run time:
//!
//! - A [`Mapping`] owns its range of addresses alone, from [`Mapping::zeroed`] to its drop; nothing of anybody else is
//!   ever mapped there, and the range never moves. Pointers into it are therefore good for as long as the mapping lives.
//! - Every byte of the range may be read and written, and counts as initialised: a page comes from the kernel as zeros,
//!   or as a private copy of a page of a [`Layer`], when it is first used.
//! - What a layer holds cannot change or go away below a mapping: the kernel holds its file to the seals on it.
//! - References come from the raw address anew at each use, so that raw pointers handed out before stay usable. Who
//!   keeps one must not use it while a reference is held: generated code runs only while the machine is borrowed
//!   mutably and nobody looks at a slice of its memory.
//!
//! Miri knows no such mappings. The tests of memory run clean in valgrind (docs/development.md); what generated code
//! does with the pointers no tool sees, so the promises are what a review has to check.
#![allow(unsafe_code)]

use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

use super::addr::PAGE_SIZE;
use super::layer::Layer;

/// A page table's entries: one for each page of 4 GiB.
pub(super) type Entries = [u32; 1 << 20];

/// Entries that are all zero. The host gives their memory when they are first used.
pub(super) fn zeroed_entries() -> Arc<Entries> {
    // SAFETY: zero bytes are valid integers.
    unsafe { Arc::new_zeroed().assume_init() }
}

/// Guest storage may be read and written, never executed.
const ACCESS: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);
/// Writes stay in this process, and the host promises no memory in advance.
const OWN: MapFlags = MapFlags::PRIVATE.union(MapFlags::NORESERVE);

/// Bytes of a layer that shall show in a mapping.
pub(super) struct Part<'a> {
    /// Where in the mapping; whole pages.
    pub(super) to: usize,
    pub(super) len: usize,
    pub(super) layer: &'a Layer,
    /// Where in the layer; whole pages.
    pub(super) from: u64,
}

/// Private memory at an address that does not change. The host gives a page when it is first written.
pub(super) struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the range belongs to this value alone, and is plain memory that any thread may use.
unsafe impl Send for Mapping {}
// SAFETY: a shared `Mapping` gives shared references only; `as_ptr` gives an address, whose use is unsafe by itself.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// `len` zero bytes; a multiple of the host's page size.
    ///
    /// # Errors
    /// What the host says when it has no room in this process.
    pub(super) fn zeroed(len: usize) -> Result<Self, Errno> {
        if len == 0 {
            return Ok(Self { start: NonNull::dangling(), len });
        }
        // SAFETY: without an address and without MAP_FIXED the kernel picks a free range, so nothing is replaced.
        let start = unsafe { mmap_anonymous(ptr::null_mut(), len, ACCESS, OWN)? };
        let start = NonNull::new(start.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { start, len })
    }

    /// This mapping with parts of layers in it. They are copied page by page, when a page is first written.
    ///
    /// # Errors
    /// What the host says, most of all that this process has too many mappings.
    pub(super) fn with_parts<'a>(mut self, parts: impl Iterator<Item = Part<'a>>) -> Result<Self, Errno> {
        for part in parts {
            if let Err(errno) = self.show(&part) {
                self.give_up(&part);
                return Err(errno);
            }
        }
        Ok(self)
    }

    /// Maps a part. When this fails there may be nothing at its place any more.
    fn show(&mut self, part: &Part<'_>) -> Result<(), Errno> {
        let page = PAGE_SIZE as usize;
        assert!(part.to.is_multiple_of(page) && part.len.is_multiple_of(page), "a part is whole pages");
        assert!(part.len <= self.len && part.to <= self.len - part.len, "a part lies inside the mapping");
        assert!(part.from + part.len as u64 <= part.layer.len(), "a part lies inside the layer");
        let flags = OWN | MapFlags::FIXED;
        // SAFETY: the range lies in this mapping, as checked above, so only memory of ours is replaced, and with `&mut
        // self` nobody holds a reference into it. The layer's file is sealed: it has all these bytes for good, and
        // nobody can change them.
        let at = unsafe {
            mmap(self.start.as_ptr().add(part.to).cast(), part.len, ACCESS, flags, part.layer, part.from)?
        };
        debug_assert_eq!(at.cast(), self.start.as_ptr().wrapping_add(part.to));
        Ok(())
    }

    /// Gives the range back, but for the place of a part that could not be mapped: it may be free already, and taken by
    /// another thread.
    fn give_up(self, failed: &Part<'_>) {
        let start = self.start.as_ptr();
        let end = failed.to + failed.len;
        for (from, len) in [(0, failed.to), (end, self.len - end)] {
            if len > 0 {
                // SAFETY: this part of the range is mapped and ours, and `self` is not used again.
                let _ = unsafe { munmap(start.add(from).cast(), len) };
            }
        }
        std::mem::forget(self);
    }

    /// Address of the first byte.
    pub(super) fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }
}

impl Deref for Mapping {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: `len` initialised bytes start here (or none, at a dangling address), and live as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl DerefMut for Mapping {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`; `&mut self` makes it the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.len > 0 {
            // SAFETY: the range was mapped by `zeroed` and belongs to this value, whose last use this is. The call can
            // only fail for a range that is no range.
            let _ = unsafe { munmap(self.start.as_ptr().cast(), self.len) };
        }
    }
}
