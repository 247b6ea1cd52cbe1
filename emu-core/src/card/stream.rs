//! A volume as a byte stream, for the `fatfs` crate.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::block::{BlockDevice, Lba, SECTOR};
use super::mbr::Partition;

/// Sector accesses that one editing session may cost. A sound volume of any size we build needs far fewer; the bound
/// only makes sure that nothing can loop for ever.
const FUEL: u64 = 200_000_000;

/// Reads and writes bytes of a volume through a cache of one sector. Call [`Self::finish`] at the end.
pub(crate) struct VolumeStream<'a> {
    card: &'a mut dyn BlockDevice,
    partition: Partition,
    position: u64,
    cached: Option<u64>,
    dirty: bool,
    sector: [u8; SECTOR],
    fuel: u64,
}

impl<'a> VolumeStream<'a> {
    pub(crate) fn new(card: &'a mut dyn BlockDevice, partition: Partition) -> Self {
        Self { card, partition, position: 0, cached: None, dirty: false, sector: [0; SECTOR], fuel: FUEL }
    }

    /// Write back what is cached.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.write_back()
    }

    fn len(&self) -> u64 {
        self.partition.sectors * SECTOR as u64
    }

    fn write_back(&mut self) -> io::Result<()> {
        if let (Some(number), true) = (self.cached, self.dirty) {
            self.card.write_sectors(Lba(number), &self.sector).map_err(io::Error::other)?;
            self.dirty = false;
        }
        Ok(())
    }

    /// Bring the sector under the position into the cache; gives the offset in it and the bytes left there.
    fn load(&mut self) -> io::Result<(usize, usize)> {
        let number = self.partition.start.0 + self.position / SECTOR as u64;
        if self.cached != Some(number) {
            self.fuel =
                self.fuel.checked_sub(1).ok_or_else(|| io::Error::other("the file system never ends"))?;
            self.write_back()?;
            self.cached = None;
            self.card.read_sectors(Lba(number), &mut self.sector).map_err(io::Error::other)?;
            self.cached = Some(number);
        }
        let at = (self.position % SECTOR as u64) as usize;
        Ok((at, SECTOR - at))
    }
}

impl Read for VolumeStream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.len() || buf.is_empty() {
            return Ok(0);
        }
        let (at, left) = self.load()?;
        let len = left.min(buf.len());
        buf[..len].copy_from_slice(&self.sector[at..at + len]);
        self.position += len as u64;
        Ok(len)
    }
}

impl Write for VolumeStream<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if self.position >= self.len() || buf.is_empty() {
            return Ok(0);
        }
        let (at, left) = self.load()?;
        let len = left.min(buf.len());
        self.sector[at..at + len].copy_from_slice(&buf[..len]);
        self.dirty = true;
        self.position += len as u64;
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_back()
    }
}

impl Seek for VolumeStream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
