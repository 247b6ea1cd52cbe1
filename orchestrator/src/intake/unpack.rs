//! From an upload to a payload per camera.

use super::archive::{Archive, Entry};
use super::error::{EntryFault, IntakeError};
use super::path;
use super::platform::{Known, Platform};
use super::says::{settle, warnings};
use bytes::Bytes;
use darkroom_protocol::CameraName;
use darkroom_protocol::job::PayloadKind;
use std::io::{Cursor, Read, Seek, SeekFrom};

/// Largest `autoexec.bin`; ML's are around half a MiB.
const MAX_AUTOEXEC: u64 = 8 << 20;
/// Largest zip inside a bundle.
const MAX_INNER_ZIP: u64 = 128 << 20;
/// Name of the file that makes a folder a build.
const AUTOEXEC: &str = "autoexec.bin";

/// What one camera gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parcel {
    /// Camera.
    pub(super) camera: CameraName,
    /// Firmware version it is made for, when known.
    pub(super) firmware: Option<String>,
    /// Form of `bytes`.
    pub(super) kind: PayloadKind,
    /// Where it says which camera it is for.
    pub(super) evidence: Option<String>,
    /// What will be wrong with a run of it.
    pub(super) warnings: Vec<String>,
    /// Content.
    pub(super) bytes: Bytes,
    /// Where in the upload it stood, for errors.
    origin: String,
}

/// A payload before it is known which cameras get it.
struct Payload {
    platform: Option<Platform>,
    kind: PayloadKind,
    warnings: Vec<String>,
    bytes: Bytes,
    origin: String,
}

/// Takes an upload apart. `chosen` are cameras picked by hand: they get a single build unless it says that it is for
/// another; of a bundle they take their parts.
pub(super) fn unpack(
    name: &str,
    mut content: impl Read + Seek,
    chosen: &[CameraName],
    known: &Known,
) -> Result<Vec<Parcel>, IntakeError> {
    let payloads = if is_zip(name, &mut content)? {
        from_zip(name, content, chosen, known)?
    } else {
        vec![from_autoexec(name, content, known, chosen)?]
    };
    let parcels = deal(name, payloads, chosen)?;
    refuse_doubles(name, &parcels)?;
    Ok(parcels)
}

fn is_zip(name: &str, content: &mut (impl Read + Seek)) -> Result<bool, IntakeError> {
    let unreadable = |error: std::io::Error| not_a_build(name, error.to_string());
    let mut start = Vec::new();
    content.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    content.by_ref().take(4).read_to_end(&mut start).map_err(unreadable)?;
    content.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok(start.starts_with(b"PK") || has_extension(name, "zip"))
}

fn not_a_build(upload: &str, reason: impl Into<String>) -> IntakeError {
    IntakeError::NotABuild { upload: upload.to_owned(), reason: reason.into() }
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(extension))
}

fn from_autoexec(
    name: &str,
    content: impl Read,
    known: &Known,
    chosen: &[CameraName],
) -> Result<Payload, IntakeError> {
    let mut bytes = Vec::new();
    let read = content.take(MAX_AUTOEXEC + 1).read_to_end(&mut bytes);
    read.map_err(|error| not_a_build(name, error.to_string()))?;
    check_autoexec(name, &bytes)?;
    let platform = settle(name, known.in_name(name), None, chosen)?;
    let (kind, origin) = (PayloadKind::Autoexec, name.to_owned());
    Ok(Payload { platform, kind, warnings: Vec::new(), bytes: bytes.into(), origin })
}

/// Magic numbers of files that people hand in by mistake.
const FOREIGN: [(&[u8], &str); 9] = [
    (b"\x7fELF", "an ELF program, not the binary made of it"),
    (b"MZ", "a Windows program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF"),
    (b"Rar!", "a RAR archive; zip it"),
    (b"7z\xbc\xaf", "a 7-Zip archive; zip it"),
    (b"\x1f\x8b", "a gzip file; zip it"),
    (b"<", "a web page"),
];

fn check_autoexec(name: &str, bytes: &[u8]) -> Result<(), IntakeError> {
    if bytes.len() < 4 {
        return Err(not_a_build(name, format!("{} bytes are no autoexec.bin", bytes.len())));
    }
    if bytes.len() as u64 > MAX_AUTOEXEC {
        return Err(not_a_build(name, format!("more than {MAX_AUTOEXEC} bytes are no autoexec.bin")));
    }
    let foreign = FOREIGN.iter().find(|(magic, _)| bytes.starts_with(magic));
    foreign.map_or(Ok(()), |(_, what)| Err(not_a_build(name, format!("this is {what}, not an autoexec.bin"))))
}

fn from_zip(
    name: &str,
    content: impl Read + Seek,
    chosen: &[CameraName],
    known: &Known,
) -> Result<Vec<Payload>, IntakeError> {
    let mut archive = Archive::open(name, content)?;
    archive.verify()?;
    let roots = build_roots(&archive);
    if roots.iter().any(String::is_empty) {
        let platform = platform_of(&archive, "", name, known, chosen)?;
        return Ok(vec![whole(name, archive, platform)?]);
    }
    let inner = inner_zips(&archive, &roots);
    if roots.is_empty() && inner.is_empty() {
        return Err(not_a_build(name, "there is no autoexec.bin in it, nor zips or folders with one"));
    }
    let lonely = roots.len() + inner.len() == 1;
    let mut payloads = Vec::new();
    for root in &roots {
        payloads.push(folder(&mut archive, root, if lonely { name } else { "" }, known, chosen)?);
    }
    for entry in &inner {
        payloads.push(inner_zip(&mut archive, entry, known, if lonely { chosen } else { &[] })?);
    }
    Ok(payloads)
}

/// Folders with an `autoexec.bin`, the topmost ones.
fn build_roots<R: Read + Seek>(archive: &Archive<R>) -> Vec<String> {
    let folders = archive.files().iter().map(|entry| path::split(&entry.path));
    let mut roots: Vec<String> = folders
        .filter(|(_, name)| name.eq_ignore_ascii_case(AUTOEXEC))
        .map(|(folder, _)| folder.to_owned())
        .collect();
    roots.sort();
    let all = roots.clone();
    roots.retain(|root| !all.iter().any(|other| other != root && is_below(root, other)));
    roots
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn inner_zips<R: Read + Seek>(archive: &Archive<R>, roots: &[String]) -> Vec<Entry> {
    let outside = |entry: &&Entry| !roots.iter().any(|root| is_below(&entry.path, root));
    archive
        .files()
        .iter()
        .filter(outside)
        .filter(|entry| has_extension(&entry.path, "zip"))
        .cloned()
        .collect()
}

/// The zip as it came, being one build with `autoexec.bin` at its root.
fn whole<R: Read + Seek>(
    name: &str,
    mut archive: Archive<R>,
    platform: Option<Platform>,
) -> Result<Payload, IntakeError> {
    refuse_nested(&archive, "")?;
    check_main(&mut archive, "")?;
    let warnings = warnings(name, below(&archive, ""));
    let (kind, bytes) = (PayloadKind::Zip, archive.into_bytes()?);
    Ok(Payload { platform, kind, warnings, bytes: bytes.into(), origin: name.to_owned() })
}

fn folder<R: Read + Seek>(
    archive: &mut Archive<R>,
    root: &str,
    upload: &str,
    known: &Known,
    chosen: &[CameraName],
) -> Result<Payload, IntakeError> {
    refuse_nested(archive, root)?;
    let by_hand = if upload.is_empty() { &[] } else { chosen };
    check_main(archive, root)?;
    let (_, own_name) = path::split(root);
    let platform = match platform_of(archive, root, own_name, known, by_hand)? {
        None if !upload.is_empty() => settle(upload, known.in_name(upload), None, by_hand)?,
        found => found,
    };
    let (kind, warnings) = (PayloadKind::Zip, warnings(own_name, below(archive, root)));
    let bytes = archive.repack(root)?;
    Ok(Payload { platform, kind, warnings, bytes: bytes.into(), origin: root.to_owned() })
}

fn inner_zip<R: Read + Seek>(
    outer: &mut Archive<R>,
    entry: &Entry,
    known: &Known,
    chosen: &[CameraName],
) -> Result<Payload, IntakeError> {
    let bytes = outer.read(entry, MAX_INNER_ZIP)?;
    let mut archive = Archive::open(&entry.path, Cursor::new(bytes))?;
    archive.verify()?;
    let roots = build_roots(&archive);
    let [root] = roots.as_slice() else {
        refuse_nested(&archive, "")?;
        let reason = format!("has {} folders with an autoexec.bin, expected one build", roots.len());
        return Err(not_a_build(&entry.path, reason));
    };
    refuse_nested(&archive, root)?;
    let (_, name) = path::split(&entry.path);
    let platform = platform_of(&archive, root, name, known, chosen)?;
    if root.is_empty() {
        return whole(&entry.path, archive, platform);
    }
    check_main(&mut archive, root)?;
    let (kind, warnings) = (PayloadKind::Zip, warnings(name, below(&archive, root)));
    let bytes = archive.repack(root)?;
    Ok(Payload { platform, kind, warnings, bytes: bytes.into(), origin: entry.path.clone() })
}

/// Checks the `autoexec.bin` of the folder `root` like one that comes alone.
fn check_main<R: Read + Seek>(archive: &mut Archive<R>, root: &str) -> Result<(), IntakeError> {
    let is_main = |entry: &&Entry| {
        let (folder, name) = path::split(&entry.path);
        folder == root && name.eq_ignore_ascii_case(AUTOEXEC)
    };
    let Some(entry) = archive.files().iter().find(is_main).cloned() else { return Ok(()) };
    let bytes = archive.read(&entry, MAX_AUTOEXEC)?;
    check_autoexec(&entry.path, &bytes)
}

/// Refuses zips among the files of a build.
fn refuse_nested<R: Read + Seek>(archive: &Archive<R>, root: &str) -> Result<(), IntakeError> {
    let nested = |entry: &&Entry| is_below(&entry.path, root) && has_extension(&entry.path, "zip");
    match archive.files().iter().find(nested) {
        None => Ok(()),
        Some(entry) => Err(archive.fault(entry, EntryFault::Nested)),
    }
}

/// What the name and the files below `root` say; see [`settle`].
fn platform_of<R: Read + Seek>(
    archive: &Archive<R>,
    root: &str,
    name: &str,
    known: &Known,
    chosen: &[CameraName],
) -> Result<Option<Platform>, IntakeError> {
    settle(name, known.in_name(name), known.in_files(below(archive, root)), chosen)
}

/// Paths of the files below the folder `root`, from there.
fn below<'a, R: Read + Seek>(archive: &'a Archive<R>, root: &str) -> impl Iterator<Item = &'a str> {
    let prefix = if root.is_empty() { String::new() } else { format!("{root}/") };
    archive.files().iter().filter_map(move |entry| entry.path.strip_prefix(&prefix))
}

/// Gives each payload to its cameras.
fn deal(name: &str, payloads: Vec<Payload>, chosen: &[CameraName]) -> Result<Vec<Parcel>, IntakeError> {
    if let ([payload], [_, ..]) = (payloads.as_slice(), chosen) {
        return Ok(chosen.iter().map(|camera| parcel(payload, camera)).collect());
    }
    let mut parcels = Vec::new();
    for payload in payloads {
        let unnamed = || IntakeError::CameraNotNamed { upload: payload.origin.clone() };
        let camera = payload.platform.as_ref().ok_or_else(unnamed)?.camera.clone();
        parcels.push(parcel(&payload, &camera));
    }
    for camera in chosen {
        if !parcels.iter().any(|parcel| parcel.camera == *camera) {
            let (upload, camera) = (name.to_owned(), camera.0.clone());
            return Err(IntakeError::CameraNotInBundle { upload, camera });
        }
    }
    parcels.retain(|parcel| chosen.is_empty() || chosen.contains(&parcel.camera));
    Ok(parcels)
}

/// The payload for a camera; what it says of a platform holds only if it speaks of that camera.
fn parcel(payload: &Payload, camera: &CameraName) -> Parcel {
    let platform = payload.platform.as_ref().filter(|platform| platform.camera == *camera);
    Parcel {
        camera: camera.clone(),
        firmware: platform.and_then(|platform| platform.firmware.clone()),
        evidence: platform.filter(|platform| platform.is_sure()).map(|platform| platform.said_by.clone()),
        kind: payload.kind,
        warnings: payload.warnings.clone(),
        bytes: payload.bytes.clone(),
        origin: payload.origin.clone(),
    }
}

fn refuse_doubles(name: &str, parcels: &[Parcel]) -> Result<(), IntakeError> {
    for (index, second) in parcels.iter().enumerate() {
        if let Some(first) = parcels[..index].iter().find(|first| first.camera == second.camera) {
            return Err(IntakeError::TwoPayloads {
                upload: name.to_owned(),
                camera: second.camera.0.clone(),
                first: first.origin.clone(),
                second: second.origin.clone(),
            });
        }
    }
    Ok(())
}
