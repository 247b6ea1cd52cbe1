//! A file without a name that holds the pages of one snapshot, sealed so that nobody can change it any more.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::io::{Errno, pread, pwrite};

/// A layer that is being filled.
pub(super) struct LayerWriter {
    file: OwnedFd,
    len: u64,
    bytes: u64,
}

impl LayerWriter {
    /// A layer of `len` bytes, all of them zero and none of them stored.
    ///
    /// # Errors
    /// What the host says; `PERM`, `ACCESS` or `NOSYS` when this process may not have such files at all.
    pub(super) fn new(len: u64) -> Result<Self, Errno> {
        let file = memfd_create("snapshot", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&file, len)?;
        Ok(Self { file, len, bytes: 0 })
    }

    /// Stores `data` from `offset` on.
    ///
    /// # Errors
    /// What the host says, most of all that memory is short.
    pub(super) fn write(&mut self, mut offset: u64, mut data: &[u8]) -> Result<(), Errno> {
        self.bytes += data.len() as u64;
        while !data.is_empty() {
            let done = pwrite(&self.file, data, offset)?;
            offset += done as u64;
            data = &data[done..];
        }
        Ok(())
    }

    /// The layer as it will stay.
    ///
    /// # Errors
    /// What the host says.
    pub(super) fn seal(self) -> Result<Layer, Errno> {
        let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        fcntl_add_seals(&self.file, seals)?;
        Ok(Layer { file: self.file, len: self.len, bytes: self.bytes })
    }
}

/// Pages that never change. The seals hold the kernel to it: a private mapping of them keeps its content and its length.
pub(super) struct Layer {
    file: OwnedFd,
    len: u64,
    bytes: u64,
}

impl Layer {
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `data` from `offset` on.
    ///
    /// # Errors
    /// What the host says; `IO` beyond the end.
    pub(super) fn read(&self, mut offset: u64, mut data: &mut [u8]) -> Result<(), Errno> {
        while !data.is_empty() {
            let done = pread(&self.file, &mut *data, offset)?;
            if done == 0 {
                return Err(Errno::IO);
            }
            offset += done as u64;
            data = &mut data[done..];
        }
        Ok(())
    }

    /// Bytes that were stored.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl AsFd for Layer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
