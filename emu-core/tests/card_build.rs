//! Building cards, and what other people's tools say about them.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::Command;

use darkroom_emu_core::card::{
    BlockRead, CardBuilder, CardError, FatKind, FatVolume, FileSet, FileSource, Overlay, content_hash,
    has_boot_marks, open_image, write_raw,
};

fn sample() -> FileSet {
    let mut files = FileSet::default();
    files.add_file("autoexec.bin", vec![0xA5; 70_000]).unwrap();
    files.add_file("ML/modules/a rather long module name.mo", vec![7; 3000]).unwrap();
    files.add_file("ML/LOGS/EMPTY.LOG", Vec::new()).unwrap();
    files.add_file("ML/fonts/Übung.rbf", vec![1, 2, 3]).unwrap();
    files.add_folder("DCIM/100CANON").unwrap();
    files
}

#[test]
fn what_goes_in_comes_out() {
    let card = CardBuilder::new().build(&sample()).unwrap();
    let volume = FatVolume::open(&card).unwrap();
    let tree = volume.tree();
    assert_eq!(tree.problems, Vec::<String>::new());
    let paths: Vec<_> = tree.entries().map(|entry| entry.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "autoexec.bin",
            "DCIM",
            "DCIM/100CANON",
            "ML",
            "ML/fonts",
            "ML/fonts/Übung.rbf",
            "ML/LOGS",
            "ML/LOGS/EMPTY.LOG",
            "ML/modules",
            "ML/modules/a rather long module name.mo"
        ]
    );
    assert_eq!(volume.get("/AUTOEXEC.BIN", 1 << 20).unwrap(), vec![0xA5; 70_000]);
    assert_eq!(volume.get("ml/logs/empty.log", 10).unwrap(), b"");
    assert_eq!(tree.label.as_deref(), Some("EOS_DIGITAL"));
    let module = tree.get("ML/modules/a rather long module name.mo").unwrap();
    assert_eq!(module.modified().unwrap().to_string(), "2024-01-01 12:00:00");
    assert_eq!(tree.get("autoexec.bin").unwrap().entry.short_name, "AUTOEXEC.BIN");
    assert!(matches!(
        volume.get("autoexec.bin", 1000),
        Err(CardError::TooLarge { size: 70_000, limit: 1000, .. })
    ));
}

/// Golden: changes only together with a reason in the commit that changes it.
#[test]
fn same_files_give_the_same_bytes() {
    let (a, b) = (CardBuilder::new().build(&sample()).unwrap(), CardBuilder::new().build(&sample()).unwrap());
    let hash = content_hash(&a).unwrap().to_hex();
    assert_eq!(hash, content_hash(&b).unwrap().to_hex());
    assert_eq!(hash.as_str(), "4250ec886579ab1c18917c14633dce94bc71f0989f1974590ac4e24888ef3e7f");
}

#[test]
fn order_of_adding_makes_no_difference() {
    let mut shuffled = FileSet::default();
    shuffled.add_folder("DCIM/100CANON").unwrap();
    shuffled.add_file("ML/fonts/Übung.rbf", vec![1, 2, 3]).unwrap();
    shuffled.add_file("ML/LOGS/EMPTY.LOG", Vec::new()).unwrap();
    shuffled.add_file("ML/modules/a rather long module name.mo", vec![7; 3000]).unwrap();
    shuffled.add_file("autoexec.bin", vec![0xA5; 70_000]).unwrap();
    let hash = |files: &FileSet| content_hash(&CardBuilder::new().build(files).unwrap()).unwrap();
    assert_eq!(hash(&shuffled), hash(&sample()));
}

fn boot_sector(card: &Overlay) -> [u8; 512] {
    let start = FatVolume::open(card).unwrap().partition().start;
    let mut sector = [0; 512];
    card.read_sectors(start, &mut sector).unwrap();
    sector
}

#[test]
fn boot_marks_stand_where_the_loader_looks() {
    let fat16 = CardBuilder::new().build(&sample()).unwrap();
    let sector = boot_sector(&fat16);
    assert_eq!((&sector[0x2B..0x36], &sector[0x40..0x48]), (&b"EOS_DEVELOP"[..], &b"BOOTDISK"[..]));
    let fat32 = CardBuilder::new().kind(FatKind::Fat32).size(256 << 20).build(&sample()).unwrap();
    let sector = boot_sector(&fat32);
    assert_eq!((&sector[0x47..0x52], &sector[0x5C..0x64]), (&b"EOS_DEVELOP"[..], &b"BOOTDISK"[..]));
    assert!(has_boot_marks(&fat16).unwrap() && has_boot_marks(&fat32).unwrap());
    let plain = CardBuilder::new().bootable(false).build(&sample()).unwrap();
    assert!(!has_boot_marks(&plain).unwrap());
}

#[test]
fn size_and_file_system_are_chosen_sanely() {
    let kind = |card: &Overlay| FatVolume::open(card).unwrap().geometry().kind;
    let small = CardBuilder::new().build(&sample()).unwrap();
    assert_eq!((small.sector_count() * 512, kind(&small)), (64 << 20, FatKind::Fat16));
    let sdhc = CardBuilder::new().size(4 << 30).build(&sample()).unwrap();
    assert_eq!((sdhc.sector_count() * 512, kind(&sdhc)), (4 << 30, FatKind::Fat32));
    assert!(sdhc.changed_bytes() < 4 << 20, "a sparse card took {} bytes", sdhc.changed_bytes());
    let big = CardBuilder::new().size(64 << 30).build(&sample()).unwrap();
    assert_eq!(FatVolume::open(&big).unwrap().geometry().cluster_bytes(), 32 << 10);
    for size in [8 << 20, 16 << 20, 33 << 20, 100 << 20, 1 << 30, 2 << 30] {
        let card = CardBuilder::new().size(size).build(&sample()).unwrap();
        assert_eq!(kind(&card), FatKind::Fat16, "{size}");
    }
}

#[test]
fn impossible_cards_are_refused() {
    let too_small = CardBuilder::new().size(1 << 20).build(&sample()).unwrap_err();
    assert!(matches!(too_small, CardError::BadSize { .. }), "{too_small}");
    let wrong_kind = CardBuilder::new().size(16 << 20).kind(FatKind::Fat32).build(&sample()).unwrap_err();
    assert!(matches!(wrong_kind, CardError::BadSize { .. }), "{wrong_kind}");
    let huge = CardBuilder::new().size(u64::MAX).build(&sample()).unwrap_err();
    assert!(matches!(huge, CardError::BadSize { .. }), "{huge}");
    let mut files = FileSet::default();
    files.add_file("big.bin", vec![1; 20 << 20]).unwrap();
    let full = CardBuilder::new().size(8 << 20).build(&files).unwrap_err();
    assert!(matches!(full, CardError::CardFull(_)), "{full}");
}

fn installed(tool: &str) -> bool {
    let found =
        Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap().status.success();
    if !found {
        println!("skipped: {tool} is not installed");
    }
    found
}

/// The volume alone, as fsck wants it.
fn volume_file(card: &Overlay) -> tempfile::NamedTempFile {
    let mut whole = tempfile::NamedTempFile::new().unwrap();
    write_raw(card, whole.as_file_mut()).unwrap();
    let start = FatVolume::open(card).unwrap().partition().start.0;
    let mut volume = tempfile::NamedTempFile::new().unwrap();
    volume.write_all(&std::fs::read(whole.path()).unwrap()[start as usize * 512..]).unwrap();
    volume
}

#[test]
fn mtools_reads_the_card() {
    if !installed("mdir") || !installed("mcopy") {
        return;
    }
    for kind in [FatKind::Fat16, FatKind::Fat32] {
        let card = CardBuilder::new().kind(kind).size(64 << 20).build(&sample()).unwrap();
        let image = volume_file(&card);
        let run = |program: &str, args: &[&str]| {
            let output = Command::new(program).arg("-i").arg(image.path()).args(args).output().unwrap();
            assert!(
                output.status.success(),
                "{kind}: {program}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            output.stdout
        };
        let listing = String::from_utf8(run("mdir", &["-/", "::/ML"])).unwrap();
        assert!(listing.contains("a rather long module name.mo"), "{listing}");
        assert_eq!(run("mcopy", &["::/AUTOEXEC.BIN", "-"]), vec![0xA5; 70_000]);
    }
}

#[test]
fn fsck_finds_nothing_to_mend() {
    if !installed("fsck.fat") {
        return;
    }
    for (kind, size) in [(FatKind::Fat16, 64 << 20), (FatKind::Fat32, 64 << 20), (FatKind::Fat16, 300 << 20)]
    {
        let card = CardBuilder::new().kind(kind).size(size).bootable(false).build(&sample()).unwrap();
        let output =
            Command::new("fsck.fat").arg("-n").arg("-v").arg(volume_file(&card).path()).output().unwrap();
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// With boot marks the label in the boot sector differs from the one in the root folder, as on every bootable camera
/// card; that must be all that fsck has to say.
#[test]
fn fsck_only_minds_the_label_of_bootable_cards() {
    if !installed("fsck.fat") {
        return;
    }
    for kind in [FatKind::Fat16, FatKind::Fat32] {
        let card = CardBuilder::new().kind(kind).size(64 << 20).build(&sample()).unwrap();
        let output = Command::new("fsck.fat").arg("-n").arg(volume_file(&card).path()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        for complaint in ["differences", "Cluster chain", "Reclaimed", "Free cluster summary", "Dirty bit"] {
            assert!(!text.contains(complaint), "{kind}: {text}");
        }
    }
}

#[test]
fn a_round_trip_through_a_raw_file() {
    let card = CardBuilder::new().build(&sample()).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    let len = write_raw(&card, &mut file).unwrap();
    assert_eq!(len, 64 << 20);
    assert_eq!(
        file.metadata().unwrap().len(),
        len,
        "the card ends in zeros, the file must not end before them"
    );
    let opened = open_image(FileSource::new(file).unwrap()).unwrap();
    assert_eq!(content_hash(&opened).unwrap(), content_hash(&card).unwrap());
}
