//! Which cases are under way, in a file that outlives the process.

use anyhow::Context;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// No case.
const IDLE: u64 = u64::MAX;

/// One number for each thread.
pub(super) struct Journal {
    file: File,
}

impl Journal {
    /// A journal of idle threads.
    pub(super) fn create(path: &Path, threads: usize) -> anyhow::Result<Self> {
        std::fs::write(path, IDLE.to_le_bytes().repeat(threads)).context("writing the journal")?;
        Self::open(path)
    }

    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        Ok(Self { file: file.with_context(|| format!("opening {}", path.display()))? })
    }

    /// A thread begins a case, or ends one.
    pub(super) fn note(&self, thread: usize, case: Option<u64>) -> anyhow::Result<()> {
        let bytes = case.unwrap_or(IDLE).to_le_bytes();
        self.file.write_all_at(&bytes, 8 * thread as u64).context("writing the journal")
    }

    /// The cases that were begun and not ended.
    pub(super) fn under_way(&self) -> anyhow::Result<Vec<u64>> {
        let mut bytes = vec![0; self.file.metadata()?.len() as usize];
        self.file.read_exact_at(&mut bytes, 0).context("reading the journal")?;
        let numbers = bytes
            .chunks_exact(8)
            .map(|chunk| chunk.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte)));
        Ok(numbers.filter(|case| *case != IDLE).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_and_not_ended_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::create(&path, 3).unwrap();
        journal.note(0, Some(7)).unwrap();
        journal.note(2, Some(0x1_0000_0009)).unwrap();
        journal.note(0, None).unwrap();
        assert_eq!(Journal::open(&path).unwrap().under_way().unwrap(), [0x1_0000_0009]);
    }
}
