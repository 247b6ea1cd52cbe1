//! Where data files come from: built in, or a folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use crate::error::DataError;

/// The data files of this crate: path and text, sorted by path.
pub(crate) static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Data files by path inside the data folder.
pub(crate) type Files = BTreeMap<String, String>;

const FOLDERS: [&str; 4] = ["buttons", "cameras", "generations", "mpu"];
const MAX_FILE_BYTES: u64 = 1 << 20;
const MAX_FILES: usize = 1024;

/// The built-in files.
pub(crate) fn embedded() -> Files {
    EMBEDDED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The data files of a folder. Folders it does not have are skipped; other files are left alone.
pub(crate) fn read_dir(dir: &Path) -> Result<Files, DataError> {
    let mut files = Files::new();
    if !dir.is_dir() {
        return Err(DataError::of_file(&dir.display().to_string(), "is not a folder"));
    }
    for folder in FOLDERS {
        let path = dir.join(folder);
        if path.is_dir() {
            read_folder(&path, folder, &mut files)?;
        }
    }
    Ok(files)
}

fn read_folder(path: &Path, folder: &str, files: &mut Files) -> Result<(), DataError> {
    let fault = |reason: std::io::Error| DataError::of_file(folder, reason);
    for entry in fs::read_dir(path).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !(name.ends_with(".toml") || name.ends_with(".tsv")) {
            continue;
        }
        let key = format!("{folder}/{name}");
        if files.len() >= MAX_FILES {
            return Err(DataError::of_file(&key, format!("more than {MAX_FILES} data files")));
        }
        let text = read_text(&path).map_err(|reason| DataError::of_file(&key, reason))?;
        files.insert(key, text);
    }
    Ok(())
}

fn read_text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| e.to_string())?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("larger than {MAX_FILE_BYTES} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}
