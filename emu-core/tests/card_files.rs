//! Files for a card from zips and folders, and everything that is refused.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};

use darkroom_emu_core::card::{CardError, FileLimits, FileSet, PathFault, read_folder, read_zip};
use proptest::prelude::*;
use zip::write::{SimpleFileOptions, ZipWriter};

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in entries {
        if name.ends_with('/') {
            writer.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(data).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn refuse(entries: &[(&str, &[u8])]) -> CardError {
    read_zip(&zip_of(entries), FileLimits::default()).unwrap_err()
}

#[test]
fn a_nightly_is_read() {
    let zip = zip_of(&[("autoexec.bin", b"code"), ("ML/", b""), ("ML/modules/60D_111.sym", b"sym")]);
    let files = read_zip(&zip, FileLimits::default()).unwrap();
    assert_eq!(files.get("AUTOEXEC.BIN").unwrap()[..], *b"code");
    assert_eq!(files.get("ml/modules/60d_111.SYM").unwrap()[..], *b"sym");
    assert_eq!(files.len(), 4);
}

#[test]
fn paths_that_climb_out_are_refused_by_name() {
    for (name, fault) in [
        ("../evil.bin", PathFault::Traversal),
        ("ML/../../evil.bin", PathFault::Traversal),
        ("ML/./x", PathFault::Traversal),
        ("..\\evil.bin", PathFault::Traversal),
        ("/etc/passwd", PathFault::Absolute),
        ("C:/windows", PathFault::Absolute),
        ("ML//x", PathFault::Empty),
        ("ML/a?b", PathFault::Character),
        ("ML/dot.", PathFault::Trailing),
        ("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", PathFault::TooDeep),
    ] {
        match refuse(&[(name, b"x")]) {
            CardError::BadPath { path, reason } => assert_eq!((path.as_str(), reason), (name, fault)),
            other => panic!("{name}: {other}"),
        }
    }
}

#[test]
fn names_that_fat_cannot_tell_apart_collide() {
    for pair in
        [["ML/x.mo", "ML/X.MO"], ["ML", "ML/x"], ["ML/x", "ML/x/y"], ["Ärger", "ärger"], ["ML/a", "ml/b"]]
    {
        let error = refuse(&[(pair[0], b"1"), (pair[1], b"2")]);
        assert!(matches!(error, CardError::Collision { .. }), "{pair:?}: {error}");
    }
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("autoexec.bin", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    let error = read_zip(&zip, FileLimits::default()).unwrap_err();
    assert!(matches!(error, CardError::BadPath { reason: PathFault::Link, .. }), "{error}");
}

#[test]
fn bombs_are_refused() {
    let error = refuse(&[("zeros.bin", &vec![0; 8 << 20])]);
    assert!(matches!(&error, CardError::ZipEntry { entry, .. } if entry == "zeros.bin"), "{error}");
}

#[test]
fn limits_hold() {
    let tight = FileLimits { entries: 2, folder_entries: 2, file_bytes: 100, total_bytes: 150, ratio: 100 };
    let read = |entries: &[(&str, &[u8])]| read_zip(&zip_of(entries), tight);
    assert!(matches!(read(&[("a", &[1; 101])]), Err(CardError::TooLarge { size: 101, limit: 100, .. })));
    assert!(matches!(read(&[("a", &[1; 90]), ("b", &[2; 90])]), Err(CardError::Limit { found: 180, .. })));
    assert!(matches!(
        read(&[("a", b""), ("b", b""), ("c", b"")]),
        Err(CardError::Limit { found: 3, limit: 2, .. })
    ));
    assert!(matches!(read(&[("a/b/c", b"")]), Err(CardError::Limit { limit: 2, .. })));
    assert!(read(&[("a", &[1; 90]), ("b", &[2; 60])]).is_ok());
}

/// Sizes are stored in the local header and in the directory; the directory's is believed, and checked.
#[test]
fn a_lie_about_the_size_is_found() {
    let mut zip = zip_of(&[("a.bin", &(0..200).collect::<Vec<u8>>())]);
    let directory = zip.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    zip[directory + 24..directory + 28].copy_from_slice(&100_u32.to_le_bytes());
    let error = read_zip(&zip, FileLimits::default()).unwrap_err();
    assert!(matches!(&error, CardError::ZipEntry { .. }), "{error}");
}

#[test]
fn duplicate_names_are_refused() {
    let mut zip = zip_of(&[("aa.bin", b"one"), ("bb.bin", b"two")]);
    while let Some(at) = zip.windows(6).position(|w| w == b"bb.bin") {
        zip[at..at + 2].copy_from_slice(b"aa");
    }
    let error = read_zip(&zip, FileLimits::default()).unwrap_err();
    assert!(matches!(error, CardError::Zip(_) | CardError::Collision { .. }), "{error}");
}

#[test]
fn foreign_and_truncated_files_are_errors() {
    assert!(matches!(read_zip(b"", FileLimits::default()), Err(CardError::Zip(_))));
    assert!(matches!(read_zip(&[0x42; 5000], FileLimits::default()), Err(CardError::Zip(_))));
    let zip = zip_of(&[("autoexec.bin", &(0..=255).collect::<Vec<u8>>())]);
    for len in 0..zip.len() {
        assert!(read_zip(&zip[..len], FileLimits::default()).is_err(), "cut to {len}");
    }
}

#[test]
fn a_folder_is_read_and_its_links_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("ML/modules")).unwrap();
    std::fs::write(dir.path().join("ML/modules/x.mo"), b"module").unwrap();
    std::fs::write(dir.path().join("autoexec.bin"), b"code").unwrap();
    let files = read_folder(dir.path(), FileLimits::default()).unwrap();
    assert_eq!(files.get("ml/modules/X.MO").unwrap()[..], *b"module");
    assert_eq!((files.len(), files.total_bytes()), (4, 10));
    std::os::unix::fs::symlink("/etc/hostname", dir.path().join("link")).unwrap();
    let error = read_folder(dir.path(), FileLimits::default()).unwrap_err();
    assert!(matches!(error, CardError::BadPath { reason: PathFault::Link, .. }), "{error}");
    let missing = read_folder(&dir.path().join("nowhere"), FileLimits::default()).unwrap_err();
    assert!(
        matches!(missing, CardError::Host { .. }) && missing.to_string().contains("nowhere"),
        "{missing}"
    );
}

#[test]
fn one_program_makes_a_card() {
    let files = FileSet::autoexec(vec![1, 2, 3]).unwrap();
    assert_eq!(files.get("autoexec.bin").unwrap()[..], [1, 2, 3]);
}

proptest! {
    /// Damaged zips may be read or refused, never panic, and never exceed the limits.
    #[test]
    fn damaged_zips_never_panic(at in 0_usize..400, value: u8, at2 in 0_usize..400, value2: u8) {
        let mut zip = zip_of(&[("autoexec.bin", &[9; 300]), ("ML/x/y", b"abc"), ("ML/z", b"")]);
        let len = zip.len();
        zip[at % len] = value;
        zip[at2 % len] = value2;
        if let Ok(files) = read_zip(&zip, FileLimits::default()) {
            prop_assert!(files.total_bytes() <= FileLimits::default().total_bytes);
        }
    }
}

#[test]
fn a_folder_with_too_many_entries_is_refused() {
    let limits = FileLimits { folder_entries: 3, ..FileLimits::default() };
    let mut set = FileSet::new(limits);
    for name in ["ML/a", "ml/b", "ML/c/x", "ML/c/y", "d"] {
        // "ml" collides with "ML": the same folder in two spellings.
        let added = set.add_file(name, Vec::new());
        assert_eq!(added.is_ok(), name != "ml/b", "{name}");
    }
    set.add_file("ML/e", Vec::new()).unwrap();
    let error = set.add_file("ML/f", Vec::new()).unwrap_err();
    assert!(error.to_string().contains("entries in one folder is 4, more than the limit of 3"), "{error}");
}
