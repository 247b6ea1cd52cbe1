//! Memory for generated code.
//!
//! One anonymous file is mapped twice: generated code is written through one view and executed through the other, so
//! no address is ever writable and executable. The file never grows beyond the size it was made with.
#![expect(unsafe_code, reason = "maps executable memory")]

use std::ffi::c_void;
use std::ptr::{self, NonNull};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::memory::PAGE_SIZE;

/// Why there is no memory for generated code: the host refused it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no memory for generated code: {what} failed: {errno}")]
pub struct ArenaError {
    what: &'static str,
    errno: Errno,
}

impl ArenaError {
    /// The size asked for does not even hold the fixed code.
    pub(super) fn too_small() -> Self {
        Self { what: "an arena for the fixed code", errno: Errno::NOMEM }
    }
}

/// Memory for generated code, made ahead of its use: a process that gives up making executable memory makes it before.
#[derive(Debug)]
pub struct CodeMemory(Arena);

impl CodeMemory {
    /// Memory for `bytes` of code, at least a megabyte. The address space taken is twice that; the host gives memory
    /// as it is used.
    ///
    /// # Errors
    /// [`ArenaError`] when the host gives no executable memory.
    pub fn reserve(bytes: usize) -> Result<Self, ArenaError> {
        Arena::new(bytes.max(1 << 20).next_multiple_of(PAGE_SIZE as usize)).map(Self)
    }

    /// Bytes of code that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.0.size
    }

    pub(super) fn into_arena(self) -> Arena {
        self.0
    }
}

/// A place in an arena: bytes from its start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Offset(pub(super) u32);

/// A fixed amount of memory for code, filled from its start.
#[derive(Debug)]
pub(super) struct Arena {
    write: NonNull<u8>,
    execute: NonNull<u8>,
    size: usize,
    used: usize,
}

// SAFETY: the views belong to this value alone, and nothing in it is tied to a thread.
unsafe impl Send for Arena {}

impl Arena {
    /// An arena of `size` bytes, which must be whole pages. The host gives memory as it is used.
    pub(super) fn new(size: usize) -> Result<Self, ArenaError> {
        let failed = |what| move |errno| ArenaError { what, errno };
        let file = memfd_create("generated code", MemfdFlags::CLOEXEC).map_err(failed("memfd_create"))?;
        ftruncate(&file, size as u64).map_err(failed("ftruncate"))?;
        let view = |protection| {
            // SAFETY: a new shared mapping at an address of the host's choice disturbs nothing; the file stays
            // mapped when its descriptor is closed.
            unsafe { mmap(ptr::null_mut(), size, protection, MapFlags::SHARED, &file, 0) }
        };
        let write = view(ProtFlags::READ | ProtFlags::WRITE).map_err(failed("mmap"))?;
        let execute = match view(ProtFlags::READ | ProtFlags::EXEC) {
            Ok(view) => view,
            Err(errno) => {
                unmap(write, size);
                return Err(ArenaError { what: "mmap of executable memory", errno });
            }
        };
        let pointer = |view: *mut c_void| NonNull::new(view.cast()).expect("a mapping is never at 0");
        Ok(Self { write: pointer(write), execute: pointer(execute), size, used: 0 })
    }

    /// Where the next code will be executed.
    pub(super) fn next(&self) -> *const u8 {
        self.address(Offset(self.used as u32))
    }

    /// Where a place is executed.
    pub(super) fn address(&self, at: Offset) -> *const u8 {
        debug_assert!(at.0 as usize <= self.size);
        self.execute.as_ptr().cast_const().wrapping_add(at.0 as usize)
    }

    /// Bytes there are.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Bytes in use.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Appends code; `None` when it does not fit.
    pub(super) fn append(&mut self, code: &[u8]) -> Option<Offset> {
        let start = self.used;
        if code.len() > self.size - start {
            return None;
        }
        // SAFETY: the range lies inside the writable view by the check above, and `code` is not part of it.
        unsafe { ptr::copy_nonoverlapping(code.as_ptr(), self.write.as_ptr().add(start), code.len()) };
        // Blocks start at 16 bytes, as the host's fetch likes it.
        self.used = (start + code.len()).next_multiple_of(16).min(self.size);
        Some(Offset(start as u32))
    }

    /// Overwrites four bytes: the distance of a jump.
    pub(super) fn patch(&mut self, at: Offset, distance: i32) {
        let start = at.0 as usize;
        assert!(start + 4 <= self.used, "a jump lies in the used part");
        // SAFETY: inside the writable view by the assertion. No code runs while `self` is borrowed mutably, so no
        // processor sees half of it.
        unsafe { self.write.as_ptr().add(start).cast::<i32>().write_unaligned(distance) };
    }

    /// Forgets everything behind `keep`.
    pub(super) fn truncate(&mut self, keep: usize) {
        self.used = self.used.min(keep);
    }
}

fn unmap(view: *mut c_void, size: usize) {
    // SAFETY: the view was mapped with this size and nobody uses it any more.
    let _ = unsafe { munmap(view, size) };
}

impl Drop for Arena {
    fn drop(&mut self) {
        unmap(self.write.as_ptr().cast(), self.size);
        unmap(self.execute.as_ptr().cast(), self.size);
    }
}
