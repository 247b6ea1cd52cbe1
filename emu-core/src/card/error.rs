//! What can be wrong with a card, an image of one, or the files somebody wants on it.

use std::io;

use super::block::Lba;

/// A failed access to the sectors of an image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// The access reaches behind the last sector.
    #[error("{count} sectors from {first} reach past the end of the card ({total} sectors)")]
    PastEnd {
        /// First sector asked for.
        first: Lba,
        /// How many sectors were asked for.
        count: u64,
        /// Sectors the card has.
        total: u64,
    },
    /// The buffer is not a whole number of sectors.
    #[error("a transfer of {0} bytes is not a whole number of 512-byte sectors")]
    Unaligned(usize),
    /// An overlay may not grow any further.
    #[error("the card's overlay is full: it may hold {limit} bytes of changes")]
    OverlayFull {
        /// The overlay's cap in bytes.
        limit: u64,
    },
    /// The image's metadata is damaged.
    #[error("damaged card image: {0}")]
    Damaged(String),
    /// The host could not read the image.
    #[error("reading the card image: {0}")]
    Io(#[from] io::Error),
}

/// Everything else: images, partition tables, file systems, and files to put on a card.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// Sectors could not be read or written.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// The file is no image we can open.
    #[error("not a usable card image: {0}")]
    Image(String),
    /// The image is a qcow2 file that asks for something we refuse or cannot do.
    #[error("qcow2 image: {0}")]
    Qcow2(String),
    /// No FAT volume was found.
    #[error("no FAT file system on the card: {0}")]
    NoVolume(String),
    /// The card is formatted as exFAT, which we cannot read.
    #[error("the card is formatted as exFAT; only FAT12, FAT16 and FAT32 are supported")]
    ExFat,
    /// The FAT volume contradicts itself.
    #[error("damaged file system: {0}")]
    DamagedVolume(String),
    /// No such file on the card.
    #[error("{0}: no such file on the card")]
    NotFound(String),
    /// The path names a folder where a file is needed, or the other way round.
    #[error("{path}: {reason}")]
    WrongKind {
        /// Path on the card.
        path: String,
        /// What it is and what was needed.
        reason: &'static str,
    },
    /// A file is larger than the caller allows.
    #[error("{path}: {size} bytes is more than the limit of {limit}")]
    TooLarge {
        /// Path on the card or in the archive.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A name that cannot, or must not, be stored on a FAT card.
    #[error("{path:?}: {reason}")]
    BadPath {
        /// The name as given.
        path: String,
        /// Why it is refused.
        reason: PathFault,
    },
    /// Two names that FAT cannot tell apart, or a file and a folder with one name.
    #[error(
        "{second:?} collides with {first:?}: FAT names do not distinguish case, and a name stands once in a folder"
    )]
    Collision {
        /// The name seen first.
        first: String,
        /// The name that collides with it.
        second: String,
    },
    /// A zip archive is damaged or of a kind we refuse.
    #[error("zip entry {entry:?}: {reason}")]
    ZipEntry {
        /// The entry's name, or its number when the name itself is unreadable.
        entry: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The archive as a whole is damaged or too large.
    #[error("zip archive: {0}")]
    Zip(String),
    /// More files, or more bytes, than the limits allow.
    #[error("{what} is {found}, more than the limit of {limit}")]
    Limit {
        /// What was counted.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// The card cannot have this size.
    #[error("card size {size}: {reason}")]
    BadSize {
        /// The size asked for, in bytes.
        size: u64,
        /// Why it cannot be.
        reason: String,
    },
    /// The files do not fit.
    #[error("the card is too small: {0}")]
    CardFull(String),
    /// A folder on the host could not be read.
    #[error("{path}: {source}")]
    Host {
        /// The host path.
        path: String,
        /// The host's answer.
        source: io::Error,
    },
    /// Editing the file system failed.
    #[error("{path}: {source}")]
    Edit {
        /// Path on the card.
        path: String,
        /// What the FAT code said.
        source: io::Error,
    },
}

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathFault {
    /// Empty, or an empty component.
    #[error("a name is empty")]
    Empty,
    /// It starts at the root of the host or names a drive.
    #[error("absolute paths are refused")]
    Absolute,
    /// It climbs out with `..` (or contains `.`).
    #[error("paths with . or .. are refused")]
    Traversal,
    /// It holds a character that FAT long names cannot store.
    #[error("it holds a character that FAT cannot store")]
    Character,
    /// It ends in a dot or a blank, which FAT drops.
    #[error("names ending in a dot or a blank are refused")]
    Trailing,
    /// A component is longer than 255 UTF-16 units, or the path longer than 1024 bytes.
    #[error("the name is too long")]
    TooLong,
    /// Too many folders inside each other.
    #[error("folders are nested too deep")]
    TooDeep,
    /// A symbolic link or another special file.
    #[error("links and special files are refused")]
    Link,
    /// The name is not Unicode.
    #[error("the name is not valid Unicode")]
    Encoding,
}
