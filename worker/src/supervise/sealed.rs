//! Blobs in sealed anonymous memory: checked once, shared with any number of child processes, changed by none.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use darkroom_protocol::Digest;
use nix::fcntl::{FcntlArg, FdFlag, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use sha2::{Digest as _, Sha256};

/// A blob that nobody can change any more.
#[derive(Debug, Clone)]
pub struct Sealed {
    file: Arc<File>,
    size: u64,
}

/// A blob that is being written.
#[derive(Debug)]
pub struct Unsealed {
    file: File,
    hasher: Sha256,
    size: u64,
}

impl Unsealed {
    /// An empty one.
    ///
    /// # Errors
    /// When the kernel gives no memory file.
    pub fn new() -> io::Result<Self> {
        let file = memfd_create("blob", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
        Ok(Self { file: File::from(file), hasher: Sha256::new(), size: 0 })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Bytes written.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Seals it; returns it with the digest of what it holds.
    ///
    /// # Errors
    /// When the kernel refuses the seals.
    pub fn seal(mut self) -> io::Result<(Sealed, Digest)> {
        self.file.rewind()?;
        let seals =
            SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
        fcntl(&self.file, FcntlArg::F_ADD_SEALS(seals))?;
        let digest = Digest(self.hasher.finalize().into());
        Ok((Sealed { file: Arc::new(self.file), size: self.size }, digest))
    }
}

impl Sealed {
    /// Seals a copy of `bytes`.
    ///
    /// # Errors
    /// When memory runs out.
    pub fn copy_of(bytes: &[u8]) -> io::Result<Self> {
        let mut blob = Unsealed::new()?;
        blob.write(bytes)?;
        Ok(blob.seal()?.0)
    }

    /// Bytes in it.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The blob as somebody's standard input, at its first byte.
    pub(super) fn as_input(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }

    /// A duplicate that the next child process inherits.
    pub(super) fn inheritable(&self) -> io::Result<Inherited> {
        let fd = OwnedFd::from(self.file.try_clone()?);
        fcntl(&fd, FcntlArg::F_SETFD(FdFlag::empty()))?;
        Ok(Inherited(fd))
    }
}

/// A descriptor without the close-on-exec mark. Dropped as soon as the child has been started.
#[derive(Debug)]
pub(super) struct Inherited(OwnedFd);

impl Inherited {
    pub(super) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
