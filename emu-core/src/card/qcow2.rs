//! qcow2 images, read only: the format that ML's reference card comes in.
//!
//! An own reader, small and bounded, because images come from strangers and a worker's child process cannot open files:
//! it works over bytes or an open file, and never follows a path out of the header. Backing files, external data files,
//! encryption and extended L2 entries are refused; internal snapshots are ignored (the active state is read).
//! Format facts: the qcow2 specification in QEMU's documentation (`docs/interop/qcow2`), versions 2 and 3.

use std::sync::{Arc, Mutex, PoisonError};

use super::block::{BlockRead, Lba, SECTOR, check_range};
use super::error::{BlockError, CardError};
use super::source::ByteSource;

/// The first four bytes of a qcow2 file.
pub(super) const MAGIC: [u8; 4] = *b"QFI\xFB";

/// The largest card we accept: 512 GiB, more than these cameras can use.
const MAX_SIZE: u64 = 1 << 39;
/// The largest level-1 table: 4 Mi entries, as QEMU allows.
const MAX_L1_ENTRIES: u64 = 4 << 20;
/// The most clusters of a card, for level-2 tables of holes are walked one entry at a time: 512 GiB in the usual 64 KiB.
const MAX_CLUSTERS: u64 = 8 << 20;
const OFFSET_MASK: u64 = 0x00FF_FFFF_FFFF_FE00;
const COMPRESSED: u64 = 1 << 62;
const ZERO: u64 = 1;

/// Incompatible feature: reference counts may be stale. Harmless to a reader.
const INCOMPAT_DIRTY: u64 = 1;
/// Incompatible feature: a compression type byte follows.
const INCOMPAT_COMPRESSION: u64 = 8;

/// An open qcow2 image.
pub struct Qcow2Image<S> {
    source: S,
    size: u64,
    cluster_bits: u32,
    has_zero_flag: bool,
    l1: Vec<u64>,
    /// The last decompressed cluster: firmware reads sector by sector, inflating each time would be quadratic.
    inflated: Mutex<Option<(u64, Arc<Vec<u8>>)>>,
}

/// Where the content of a guest cluster is.
enum Cluster {
    Hole,
    At(u64),
    Compressed { offset: u64, len: usize },
}

struct Header {
    version: u32,
    size: u64,
    cluster_bits: u32,
    l1_entries: u64,
    l1_offset: u64,
}

impl<S: ByteSource> Qcow2Image<S> {
    /// Read header and level-1 table.
    ///
    /// # Errors
    /// `Qcow2` names the field that is wrong or the feature that is refused.
    pub fn new(source: S) -> Result<Self, CardError> {
        let header = read_header(&source)?;
        let l1 = read_l1(&source, &header)?;
        let has_zero_flag = header.version >= 3;
        let Header { size, cluster_bits, .. } = header;
        Ok(Self { source, size, cluster_bits, has_zero_flag, l1, inflated: Mutex::new(None) })
    }

    fn cluster_size(&self) -> u64 {
        1 << self.cluster_bits
    }

    /// Entries of one level-2 table, as a power of two.
    fn l2_bits(&self) -> u32 {
        self.cluster_bits - 3
    }

    fn locate(&self, cluster: u64) -> Result<Cluster, BlockError> {
        let l1 = usize::try_from(cluster >> self.l2_bits()).ok().and_then(|i| self.l1.get(i));
        let table = l1.map_or(0, |entry| entry & OFFSET_MASK);
        if table == 0 {
            return Ok(Cluster::Hole);
        }
        let index = cluster & ((1 << self.l2_bits()) - 1);
        let entry = self.read_u64(table + index * 8)?;
        Ok(self.decode(entry))
    }

    fn decode(&self, entry: u64) -> Cluster {
        if entry & COMPRESSED != 0 {
            let shift = 62 - (self.cluster_bits - 8);
            let offset = entry & ((1 << shift) - 1);
            let sectors = (entry & (COMPRESSED - 1)) >> shift;
            let len = (sectors + 1) * 512 - (offset & 511);
            return Cluster::Compressed { offset, len: len as usize };
        }
        let offset = entry & OFFSET_MASK;
        if offset == 0 || (self.has_zero_flag && entry & ZERO != 0) {
            return Cluster::Hole;
        }
        Cluster::At(offset)
    }

    fn read_u64(&self, offset: u64) -> Result<u64, BlockError> {
        let mut bytes = [0; 8];
        self.source.read_at(offset, &mut bytes).map_err(|e| damaged("a level-2 table", offset, &e))?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn read_cluster_part(&self, cluster: u64, at: usize, part: &mut [u8]) -> Result<(), BlockError> {
        match self.locate(cluster)? {
            Cluster::Hole => part.fill(0),
            Cluster::At(offset) => {
                let from = offset + at as u64;
                self.source.read_at(from, part).map_err(|e| damaged("a data cluster", from, &e))?;
            }
            Cluster::Compressed { offset, len } => {
                let data = self.inflate(cluster, offset, len)?;
                part.copy_from_slice(&data[at..at + part.len()]);
            }
        }
        Ok(())
    }

    fn inflate(&self, cluster: u64, offset: u64, len: usize) -> Result<Arc<Vec<u8>>, BlockError> {
        let mut cache = self.inflated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((held, data)) = cache.as_ref()
            && *held == cluster
        {
            return Ok(Arc::clone(data));
        }
        // The last compressed cluster may be cut short at the end of the file.
        let len = (len as u64).min(self.source.len().saturating_sub(offset)) as usize;
        let mut packed = vec![0; len];
        self.source.read_at(offset, &mut packed).map_err(|e| damaged("a compressed cluster", offset, &e))?;
        let size = self.cluster_size() as usize;
        let data = miniz_oxide::inflate::decompress_to_vec_with_limit(&packed, size);
        let data = data.ok().filter(|data| data.len() == size);
        let data = data
            .ok_or_else(|| BlockError::Damaged(format!("compressed cluster {cluster} does not inflate")))?;
        let data = Arc::new(data);
        *cache = Some((cluster, Arc::clone(&data)));
        Ok(data)
    }

    /// The next cluster from `cluster` on that is not certainly a hole.
    fn next_cluster(&self, mut cluster: u64) -> Option<u64> {
        let end = self.size.div_ceil(self.cluster_size());
        while cluster < end {
            let l1 = (cluster >> self.l2_bits()) as usize;
            if self.l1.get(l1).is_none_or(|entry| entry & OFFSET_MASK == 0) {
                cluster = (l1 as u64 + 1) << self.l2_bits();
                continue;
            }
            match self.locate(cluster) {
                Ok(Cluster::Hole) => cluster += 1,
                // Errors show when the cluster is read.
                _ => return Some(cluster),
            }
        }
        None
    }
}

impl<S: ByteSource> BlockRead for Qcow2Image<S> {
    fn sector_count(&self) -> u64 {
        self.size / SECTOR as u64
    }

    fn read_sectors(&self, first: Lba, buf: &mut [u8]) -> Result<(), BlockError> {
        check_range(self.sector_count(), first, buf.len())?;
        let mut done = 0;
        while done < buf.len() {
            let guest = first.0 * SECTOR as u64 + done as u64;
            let at = (guest & (self.cluster_size() - 1)) as usize;
            let len = (self.cluster_size() as usize - at).min(buf.len() - done);
            self.read_cluster_part(guest >> self.cluster_bits, at, &mut buf[done..done + len])?;
            done += len;
        }
        Ok(())
    }

    fn next_used(&self, from: Lba) -> Option<Lba> {
        let sectors = self.cluster_size() / SECTOR as u64;
        let cluster = self.next_cluster(from.0 / sectors)?;
        Some(Lba((cluster * sectors).max(from.0)))
    }
}

fn damaged(what: &str, offset: u64, error: &std::io::Error) -> BlockError {
    BlockError::Damaged(format!("{what} at byte {offset} of the qcow2 file: {error}"))
}

fn be32(header: &[u8], at: usize) -> u32 {
    header[at..at + 4].iter().fold(0, |value, &byte| value << 8 | u32::from(byte))
}

fn be64(header: &[u8], at: usize) -> u64 {
    u64::from(be32(header, at)) << 32 | u64::from(be32(header, at + 4))
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, CardError> {
    Err(CardError::Qcow2(reason.into()))
}

fn read_header(source: &impl ByteSource) -> Result<Header, CardError> {
    let mut raw = [0; 112];
    let len = source.len().min(raw.len() as u64) as usize;
    if len < 72 {
        return refuse(format!("the header is cut short ({len} bytes)"));
    }
    source.read_at(0, &mut raw[..len]).map_err(BlockError::from)?;
    if raw[..4] != MAGIC {
        return refuse("the magic number is missing");
    }
    let version = be32(&raw, 4);
    check_features(&raw, version)?;
    let header = Header {
        version,
        size: be64(&raw, 24),
        cluster_bits: be32(&raw, 20),
        l1_entries: u64::from(be32(&raw, 36)),
        l1_offset: be64(&raw, 40),
    };
    check_sizes(&header)?;
    Ok(header)
}

fn check_features(raw: &[u8], version: u32) -> Result<(), CardError> {
    if version != 2 && version != 3 {
        return refuse(format!("version {version}; only 2 and 3 are known"));
    }
    if be64(raw, 8) != 0 {
        return refuse("it needs a backing file; flatten it first (qemu-img convert)");
    }
    if be32(raw, 32) != 0 {
        return refuse("it is encrypted");
    }
    if version == 2 {
        return Ok(());
    }
    let incompatible = be64(raw, 72);
    if incompatible & 4 != 0 {
        return refuse("it needs an external data file");
    }
    let unknown = incompatible & !(INCOMPAT_DIRTY | INCOMPAT_COMPRESSION);
    if unknown != 0 {
        return refuse(format!("incompatible features {unknown:#x} are not supported"));
    }
    if incompatible & INCOMPAT_COMPRESSION != 0 && raw[104] != 0 {
        return refuse(format!("compression type {}; only zlib (0) is supported", raw[104]));
    }
    Ok(())
}

fn check_sizes(header: &Header) -> Result<(), CardError> {
    if !(9..=21).contains(&header.cluster_bits) {
        return refuse(format!("cluster_bits {} is not in 9..=21", header.cluster_bits));
    }
    if header.size == 0 || header.size > MAX_SIZE || !header.size.is_multiple_of(SECTOR as u64) {
        return refuse(format!("a card of {} bytes", header.size));
    }
    let clusters = header.size >> header.cluster_bits;
    if clusters > MAX_CLUSTERS {
        return refuse(format!("{clusters} clusters, at most {MAX_CLUSTERS} are taken"));
    }
    let needed = l1_needed(header);
    if header.l1_entries < needed || header.l1_entries > MAX_L1_ENTRIES {
        return refuse(format!("{} level-1 entries where {needed} are needed", header.l1_entries));
    }
    Ok(())
}

fn l1_needed(header: &Header) -> u64 {
    header.size.div_ceil(1 << (2 * header.cluster_bits - 3))
}

fn read_l1(source: &impl ByteSource, header: &Header) -> Result<Vec<u64>, CardError> {
    let bytes = l1_needed(header) * 8;
    let end = header.l1_offset.checked_add(bytes);
    if end.is_none_or(|end| end > source.len()) {
        return refuse("the level-1 table lies outside the file");
    }
    let mut table = vec![0; bytes as usize];
    source.read_at(header.l1_offset, &mut table).map_err(BlockError::from)?;
    Ok(table.chunks_exact(8).map(|entry| be64(entry, 0)).collect())
}
