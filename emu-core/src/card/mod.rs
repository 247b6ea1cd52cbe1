//! Card images: open raw and qcow2 images, build new ones from files, write to an overlay, and see what changed.
//!
//! An image is opened once ([`open_image`]) or built ([`CardBuilder`]) and then never changes; every run works on its own
//! [`Overlay`]. Nothing here knows a controller or a camera, opens a path (but [`read_folder`], which is asked to), or
//! looks at a clock. Bytes from guests and strangers are never trusted: every walk is bounded, every size checked.

mod archive;
mod block;
mod boot_marks;
mod build;
mod diff;
mod edit;
mod error;
mod export;
mod fat;
mod files;
mod folder;
mod mbr;
mod open;
mod overlay;
mod path;
mod qcow2;
mod raw;
mod source;
mod stream;

pub use archive::read_zip;
pub(crate) use block::check_range;
pub use block::{BlankCard, BlockDevice, BlockRead, Lba, SECTOR};
pub use boot_marks::{has_boot_marks, write_boot_marks};
pub use build::{CardBuilder, SDHC_THRESHOLD};
pub use diff::{CardDiff, Change, ChangeKind, diff};
pub use edit::{put_file, remove_file};
pub use error::{BlockError, CardError, PathFault};
pub use export::{content_hash, write_raw};
pub use fat::{DirEntry, FatKind, FatTime, FatVolume, Geometry, Tree, TreeEntry};
pub use files::{FileLimits, FileSet};
pub use folder::read_folder;
pub use mbr::{Partition, find_volume, write_mbr};
pub use open::open_image;
pub use overlay::{DEFAULT_OVERLAY_LIMIT, Overlay};
pub use path::CardPath;
pub use qcow2::Qcow2Image;
pub use raw::RawImage;
pub use source::{ByteSource, FileSource, SeekSource};
