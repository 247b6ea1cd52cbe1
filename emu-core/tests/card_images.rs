//! Raw and qcow2 images, overlays, edits, differences, and cards that guests have ruined.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use darkroom_emu_core::card::{
    BlockDevice, BlockError, BlockRead, CardBuilder, CardError, ChangeKind, FatVolume, FileSet, Lba, Overlay,
    content_hash, diff, open_image, put_file, remove_file,
};
use proptest::prelude::*;

fn card() -> Overlay {
    let mut files = FileSet::default();
    files.add_file("AUTOEXEC.BIN", (0..9000_u32).map(|n| n as u8).collect::<Vec<_>>()).unwrap();
    files.add_file("ML/SETTINGS/magic.cfg", b"a = 1".to_vec()).unwrap();
    CardBuilder::new().size(16 << 20).build(&files).unwrap()
}

fn bytes_of(card: &dyn BlockRead) -> Vec<u8> {
    let mut bytes = vec![0; card.sector_count() as usize * 512];
    card.read_sectors(Lba(0), &mut bytes).unwrap();
    bytes
}

/// How the clusters of a test image are stored.
#[derive(Clone, Copy, PartialEq)]
enum Store {
    Plain,
    Compressed,
}

const BITS: u32 = 12;

fn put32(image: &mut [u8], at: usize, value: u32) {
    image[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

fn put64(image: &mut [u8], at: usize, value: u64) {
    image[at..at + 8].copy_from_slice(&value.to_be_bytes());
}

/// Append one cluster, give its level-2 entry.
fn append_cluster(image: &mut Vec<u8>, data: &[u8], store: Store) -> u64 {
    if store == Store::Compressed {
        let at = image.len();
        let packed = miniz_oxide::deflate::compress_to_vec(data, 6);
        image.extend_from_slice(&packed);
        let sectors = ((at % 512 + packed.len()).div_ceil(512) - 1) as u64;
        return 1 << 62 | sectors << (62 - (BITS - 8)) | at as u64;
    }
    image.resize(image.len().next_multiple_of(1 << BITS), 0);
    let at = image.len();
    image.extend_from_slice(data);
    at as u64 | 1 << 63
}

/// A qcow2 image of `content`, written by the specification: header, L1, L2 tables, then clusters.
fn qcow2_of(content: &[u8], version: u32, store: Store) -> Vec<u8> {
    let (cluster, per_l2) = (1_usize << BITS, 1_usize << (BITS - 3));
    let l1_len = content.len().div_ceil(cluster).div_ceil(per_l2);
    let l2_at = cluster + (l1_len * 8).next_multiple_of(cluster);
    let mut image = vec![0_u8; l2_at + l1_len * cluster];
    image[..4].copy_from_slice(b"QFI\xFB");
    put32(&mut image, 4, version);
    put32(&mut image, 20, BITS);
    put64(&mut image, 24, content.len() as u64);
    put32(&mut image, 36, l1_len as u32);
    put64(&mut image, 40, cluster as u64);
    put32(&mut image, 96, 4);
    put32(&mut image, 100, 104);
    for n in 0..l1_len {
        put64(&mut image, cluster + n * 8, (l2_at + n * cluster) as u64 | 1 << 63);
    }
    for (n, data) in content.chunks(cluster).enumerate().filter(|(_, data)| data.iter().any(|&b| b != 0)) {
        let mut data = data.to_vec();
        data.resize(cluster, 0);
        let entry = append_cluster(&mut image, &data, store);
        put64(&mut image, l2_at + n * 8, entry);
    }
    image
}

#[test]
fn qcow2_reads_as_the_raw_image_does() {
    let card = card();
    let raw = bytes_of(&card);
    for (version, store) in
        [(2, Store::Plain), (3, Store::Plain), (2, Store::Compressed), (3, Store::Compressed)]
    {
        let image = open_image(qcow2_of(&raw, version, store)).unwrap();
        assert!(bytes_of(&image) == raw, "version {version}");
        assert_eq!(content_hash(&image).unwrap(), content_hash(&card).unwrap());
    }
}

/// Images that ask for anything outside themselves, or make no sense, give an error that names the reason.
#[test]
fn hostile_qcow2_headers_are_refused() {
    let good = qcow2_of(&bytes_of(&card()), 3, Store::Plain);
    for (at, bytes, reason) in [
        (4, &9_u32.to_be_bytes()[..], "version 9"),
        (8, &2000_u64.to_be_bytes()[..], "backing file"),
        (32, &1_u32.to_be_bytes()[..], "encrypted"),
        (20, &40_u32.to_be_bytes()[..], "cluster_bits"),
        (24, &u64::MAX.to_be_bytes()[..], "bytes"),
        (24, &(1_u64 << 34).to_be_bytes()[..], "level-1 entries"),
        (24, &(1_u64 << 38).to_be_bytes()[..], "67108864 clusters"),
        (36, &u32::MAX.to_be_bytes()[..], "level-1 entries"),
        (40, &u64::MAX.to_be_bytes()[..], "level-1 table"),
        (72, &4_u64.to_be_bytes()[..], "external data file"),
        (72, &16_u64.to_be_bytes()[..], "incompatible features"),
    ] {
        let mut image = good.clone();
        image[at..at + bytes.len()].copy_from_slice(bytes);
        let error = open_image(image).err().unwrap_or_else(|| panic!("{reason}: opened")).to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn foreign_files_are_no_images() {
    assert!(open_image(Vec::new()).is_err());
    assert!(open_image(vec![0; 1000]).is_err());
    let empty = open_image(vec![0; 1 << 20]).unwrap();
    assert!(matches!(FatVolume::open(&empty), Err(CardError::NoVolume(_))));
    let mut exfat = vec![0; 1 << 20];
    exfat[3..11].copy_from_slice(b"EXFAT   ");
    exfat[510..512].copy_from_slice(&[0x55, 0xAA]);
    assert!(matches!(FatVolume::open(&open_image(exfat).unwrap()), Err(CardError::ExFat)));
}

#[test]
fn a_superfloppy_is_a_card_too() {
    let raw = bytes_of(&card());
    let volume = open_image(raw[2048 * 512..].to_vec()).unwrap();
    assert_eq!(FatVolume::open(&volume).unwrap().get("ml/settings/MAGIC.CFG", 100).unwrap(), b"a = 1");
}

#[test]
fn overlays_leave_the_base_alone_and_are_canonical() {
    let base = card().freeze();
    let before = content_hash(&base).unwrap();
    let mut overlay = Overlay::new(Arc::clone(&base));
    overlay.write_sectors(Lba(5000), &[0xEE; 1024]).unwrap();
    assert_eq!(overlay.changed_bytes(), 4096);
    assert_eq!(content_hash(&base).unwrap(), before);
    assert_ne!(content_hash(&overlay).unwrap(), before);
    let fork = overlay.clone();
    overlay.write_sectors(Lba(5000), &[0; 1024]).unwrap();
    assert_eq!((overlay.changed_bytes(), fork.changed_bytes()), (0, 4096));
    assert_eq!(content_hash(&overlay).unwrap(), before);
    let mut again = Overlay::new(base);
    fork.changes().for_each(|(first, data)| again.restore(first, data).unwrap());
    assert_eq!(content_hash(&again).unwrap(), content_hash(&fork).unwrap());
}

#[test]
fn overlays_are_bounded() {
    let mut overlay = Overlay::blank(1 << 20).with_limit(8192);
    overlay.write_sectors(Lba(0), &[1; 8192]).unwrap();
    overlay.write_sectors(Lba(3), &[2; 512]).unwrap();
    let full = overlay.write_sectors(Lba(100), &[1; 512]).unwrap_err();
    assert!(matches!(full, BlockError::OverlayFull { limit: 8192 }), "{full}");
    overlay.write_sectors(Lba(100), &[0; 512]).unwrap();
    for (first, len) in [(1 << 20, 512), ((1 << 20) - 1, 1024), (u64::MAX, 512)] {
        let past = overlay.read_sectors(Lba(first), &mut vec![0; len]).unwrap_err();
        assert!(matches!(past, BlockError::PastEnd { .. }), "{past}");
    }
    assert!(matches!(overlay.write_sectors(Lba(0), &[0; 100]), Err(BlockError::Unaligned(100))));
}

#[test]
fn edits_and_differences() {
    let base = card().freeze();
    let mut now = Overlay::new(Arc::clone(&base));
    put_file(&mut now, "ML/LOGS/HELLO.LOG", b"hello").unwrap();
    put_file(&mut now, "ml/settings/magic.cfg", b"a = 2").unwrap();
    remove_file(&mut now, "autoexec.bin").unwrap();
    put_file(&mut now, "same.txt", b"x").unwrap();
    remove_file(&mut now, "same.txt").unwrap();
    let changes = diff(&base, &now).unwrap();
    assert_eq!(changes.problems, Vec::<String>::new());
    let found: Vec<_> = changes.changes.iter().map(|c| (c.kind, c.file.path.as_str())).collect();
    assert_eq!(
        found,
        [
            (ChangeKind::Removed, "AUTOEXEC.BIN"),
            (ChangeKind::Added, "ML/LOGS/HELLO.LOG"),
            (ChangeKind::Changed, "ML/SETTINGS/magic.cfg")
        ]
    );
    let volume = FatVolume::open(&now).unwrap();
    assert_eq!(volume.read(&changes.changes[1].file, 100).unwrap(), b"hello");
    assert!(diff(&base, &base).unwrap().changes.is_empty());
    assert!(matches!(remove_file(&mut now, "nothing"), Err(CardError::NotFound(_))));
    assert!(matches!(put_file(&mut now, "ML", b""), Err(CardError::WrongKind { .. })));
    assert!(matches!(put_file(&mut now, "ML/LOGS/HELLO.LOG/x", b""), Err(CardError::WrongKind { .. })));
    assert!(matches!(put_file(&mut now, "big", &vec![1; 20 << 20]), Err(CardError::CardFull(_))));
}

/// One byte in the last cluster of a file that fills many.
#[test]
fn a_small_difference_in_a_large_file_is_found() {
    let mut files = FileSet::default();
    files.add_file("LARGE.BIN", vec![7; 200_001]).unwrap();
    let base = CardBuilder::new().size(16 << 20).build(&files).unwrap().freeze();
    let mut now = Overlay::new(Arc::clone(&base));
    let mut content = vec![7; 200_001];
    put_file(&mut now, "LARGE.BIN", &content).unwrap();
    assert!(diff(&base, &now).unwrap().changes.is_empty(), "rewritten with the same bytes");
    content[200_000] = 8;
    put_file(&mut now, "LARGE.BIN", &content).unwrap();
    let changes = diff(&base, &now).unwrap().changes;
    assert_eq!(changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [ChangeKind::Changed]);
}

#[test]
fn loops_in_the_table_are_found() {
    let mut card = card();
    let volume = FatVolume::open(&card).unwrap();
    let fat = Lba(volume.partition().start.0 + volume.geometry().fat_start);
    let mut sector = [0; 512];
    card.read_sectors(fat, &mut sector).unwrap();
    // Every cluster links to cluster 2: all folders and files loop.
    sector[4..].chunks_exact_mut(2).for_each(|entry| entry.copy_from_slice(&[2, 0]));
    card.write_sectors(fat, &sector).unwrap();
    assert!(!FatVolume::open(&card).unwrap().tree().problems.is_empty());
    let refused = put_file(&mut card, "x", b"x").unwrap_err();
    assert!(matches!(refused, CardError::DamagedVolume(_)), "{refused}");
}

#[test]
fn names_from_guests_cannot_leave_the_artefact_folder() {
    let mut card = card();
    let at = bytes_of(&card).windows(11).position(|w| w == b"AUTOEXECBIN").unwrap();
    let (lba, entry) = (Lba(at as u64 / 512), at % 512);
    let mut sector = [0; 512];
    card.read_sectors(lba, &mut sector).unwrap();
    sector[entry..entry + 11].copy_from_slice(b"X/../../\x01  ");
    card.write_sectors(lba, &sector).unwrap();
    let tree = FatVolume::open(&card).unwrap().tree();
    let name = tree.files().find(|f| f.path.starts_with('X')).unwrap().path.clone();
    assert_eq!(name, "X%2F..%2F..%2F.%01");
}

#[test]
fn a_reformatted_card_shows_as_removed_files() {
    let base = card().freeze();
    let mut now = Overlay::new(Arc::clone(&base));
    now.write_sectors(Lba(0), &[0; 512]).unwrap();
    let result = diff(&base, &now).unwrap();
    assert!(result.changes.iter().all(|c| c.kind == ChangeKind::Removed) && result.changes.len() == 2);
    assert_eq!(result.problems.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever bytes stand in the metadata: no panic, no hang, and edits either work or are refused.
    #[test]
    fn ruined_volumes_never_panic(damage in prop::collection::vec((0_u64..140, 0_usize..512, any::<u8>()), 1..40)) {
        let mut card = card();
        for (sector, at, value) in damage {
            let lba = if sector == 139 { Lba(0) } else { Lba(2048 + sector) };
            let mut data = [0; 512];
            card.read_sectors(lba, &mut data).unwrap();
            data[at] = value;
            card.write_sectors(lba, &data).unwrap();
        }
        if let Ok(volume) = FatVolume::open(&card) {
            for file in volume.tree().files() {
                let _ = volume.read(file, 1 << 20);
            }
        }
        let _ = put_file(&mut card, "NEW/FILE.BIN", &[1; 5000]);
        let _ = remove_file(&mut card, "AUTOEXEC.BIN");
    }

    #[test]
    fn ruined_boot_sectors_never_panic(damage in prop::collection::vec((3_usize..90, any::<u8>()), 1..6)) {
        let mut card = card();
        let mut data = [0; 512];
        card.read_sectors(Lba(2048), &mut data).unwrap();
        damage.iter().for_each(|&(at, value)| data[at] = value);
        card.write_sectors(Lba(2048), &data).unwrap();
        if let Ok(volume) = FatVolume::open(&card) {
            let _ = volume.tree();
        }
        let _ = put_file(&mut card, "NEW/FILE.BIN", &[1; 5000]);
    }

    #[test]
    fn ruined_qcow2_images_never_panic(damage in prop::collection::vec((0_usize..12_000, any::<u8>()), 1..20)) {
        let mut image = qcow2_of(&[0x5A; 1 << 16], 3, Store::Compressed);
        for (at, value) in damage {
            let len = image.len();
            image[at % len] = value;
        }
        if let Ok(opened) = open_image(image) {
            let _ = opened.read_sectors(Lba(0), &mut vec![0; 1 << 16]);
            let _ = opened.read_sectors(Lba(100), &mut vec![0; 512]);
        }
    }
}
