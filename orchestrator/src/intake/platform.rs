//! Which camera, and which of its firmware versions, a name or a build speaks of.

use super::error::IntakeError;
use darkroom_protocol::CameraName;

/// Digits of a firmware version in ML's names: `111` is 1.1.1.
const VERSION_DIGITS: usize = 3;

/// A camera and the firmware version that a build is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Platform {
    /// The camera.
    pub(super) camera: CameraName,
    /// Its firmware version, when it is said.
    pub(super) firmware: Option<String>,
    /// Where it is said: a name, or the path of a file.
    pub(super) said_by: String,
}

impl Platform {
    /// Whether it is more than a name that somebody chose: camera and version, as build systems write them.
    pub(super) fn is_sure(&self) -> bool {
        self.firmware.is_some()
    }

    /// Camera and version for people: `60D 1.1.1`.
    pub(super) fn title(&self) -> String {
        let digits = |version: &str| version.chars().map(String::from).collect::<Vec<_>>().join(".");
        let version = self.firmware.as_deref().map(|version| format!(" {}", digits(version)));
        format!("{}{}", self.camera, version.unwrap_or_default())
    }

    fn same(&self, other: &Self) -> bool {
        (&self.camera, &self.firmware) == (&other.camera, &other.firmware)
    }

    /// Whether the two can both be true.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let versions = self.firmware.as_ref().zip(other.firmware.as_ref());
        self.camera == other.camera && versions.is_none_or(|(one, two)| one == two)
    }
}

/// The cameras that a name may speak of.
#[derive(Debug, Clone)]
pub(super) struct Known {
    cameras: Vec<CameraName>,
}

impl Known {
    /// Those cameras.
    pub(super) fn new(cameras: Vec<CameraName>) -> Self {
        Self { cameras }
    }

    /// The camera of that name, as people write it.
    pub(super) fn camera(&self, name: &str) -> Option<&CameraName> {
        self.cameras.iter().find(|camera| camera.0.eq_ignore_ascii_case(name))
    }

    /// What a name such as `magiclantern-Nightly.2018Jul03.60D111.zip` or `60D.111` speaks of; the last word of it
    /// counts, and one with a version before one without.
    pub(super) fn in_name(&self, name: &str) -> Result<Option<Platform>, IntakeError> {
        let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let places = || (0..words.len()).rev();
        let said_by = name.to_owned();
        let with_version = places().find_map(|at| self.versioned(words[at], words.get(at + 1)));
        if let Some((camera, version)) = with_version {
            return Ok(Some(Platform { camera, firmware: Some(version), said_by }));
        }
        if let Some(camera) = places().find_map(|at| self.camera(words[at])) {
            return Ok(Some(Platform { camera: camera.clone(), firmware: None, said_by }));
        }
        let stranger = places().find_map(|at| foreign_camera(words[at], words.get(at + 1)));
        match stranger {
            None => Ok(None),
            Some(camera) => Err(self.unknown(name, camera)),
        }
    }

    /// What the build itself says: `ML/modules/60D_111.sym` among its files. Several that differ say nothing.
    pub(super) fn in_files<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Option<Platform> {
        let mut found = paths.filter_map(|path| self.of_symbols(path));
        let first = found.next()?;
        found.all(|other| other.same(&first)).then_some(first)
    }

    /// The error for a camera that is not known.
    pub(super) fn unknown(&self, upload: &str, camera: &str) -> IntakeError {
        let near = darkroom_models::Catalog::builtin().get(camera).err().map(|unknown| unknown.near);
        let hint = match near.unwrap_or_default().as_slice() {
            [] => String::new(),
            near => format!("; did you mean {}?", near.join(", ")),
        };
        IntakeError::UnknownCamera { upload: upload.to_owned(), camera: camera.to_owned(), hint }
    }

    fn of_symbols(&self, path: &str) -> Option<Platform> {
        let lower = path.to_ascii_lowercase();
        let stem = lower.strip_prefix("ml/modules/")?.strip_suffix(".sym")?;
        let (camera, version) = stem.split_once('_')?;
        let camera = self.camera(camera)?.clone();
        let said_by = path.to_owned();
        is_version(version).then(|| Platform { camera, firmware: Some(version.to_owned()), said_by })
    }

    fn versioned(&self, word: &str, next: Option<&&str>) -> Option<(CameraName, String)> {
        let platform = |camera: &CameraName, version: &str| (camera.clone(), version.to_owned());
        if let (Some(camera), Some(version)) = (self.camera(word), next.filter(|next| is_version(next))) {
            return Some(platform(camera, version));
        }
        let (head, version) = word.split_at_checked(word.len().checked_sub(VERSION_DIGITS)?)?;
        let camera = self.camera(head).filter(|_| is_version(version))?;
        Some(platform(camera, version))
    }
}

fn is_version(text: &str) -> bool {
    text.len() == VERSION_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word that names a camera with a version, whichever camera it is: `80D102`, or `80D` before `102`.
fn foreign_camera<'a>(word: &'a str, next: Option<&&str>) -> Option<&'a str> {
    if next.is_some_and(|next| is_version(next)) && looks_like_camera(word) {
        return Some(word);
    }
    let (head, version) = word.split_at_checked(word.len().checked_sub(VERSION_DIGITS)?)?;
    (is_version(version) && looks_like_camera(head)).then_some(head)
}

/// `80D`, `5D4`, `EOSR`.
fn looks_like_camera(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    if let Some(rest) = upper.strip_prefix("EOS") {
        return !rest.is_empty();
    }
    let digits = upper.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &upper[digits..];
    (1..=4).contains(&digits)
        && rest.starts_with('D')
        && rest.len() <= 2
        && rest[1..].bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let names = ["60D", "5D2", "5D3", "EOSM", "EOSM2", "1100D", "100D", "7D"];
        Known::new(names.map(|name| CameraName(name.to_owned())).to_vec())
    }

    fn said(name: &str) -> Option<(String, Option<String>)> {
        known().in_name(name).unwrap().map(|platform| (platform.camera.0, platform.firmware))
    }

    #[test]
    fn names_of_nightly_builds() {
        let both = |camera: &str, version: &str| Some((camera.to_owned(), Some(version.to_owned())));
        assert_eq!(said("magiclantern-Nightly.2018Jul03.60D111.zip"), both("60D", "111"));
        assert_eq!(said("magiclantern-Nightly.2018Jul03.60D.111.zip"), both("60D", "111"));
        assert_eq!(said("magiclantern-v2.5-5d3.113.zip"), both("5D3", "113"));
        assert_eq!(said("EOSM202.zip"), both("EOSM", "202"));
        assert_eq!(said("EOSM2103.zip"), both("EOSM2", "103"));
        assert_eq!(said("60D.111"), both("60D", "111"));
        assert_eq!(said("my-7D-test.zip"), Some(("7D".to_owned(), None)));
        assert_eq!(said("crop-rec-4k.2018Jul03.zip"), None);
        assert_eq!(said("autoexec.bin"), None);
    }

    #[test]
    fn a_camera_that_is_not_known_is_named() {
        let error = known().in_name("magiclantern-Nightly.2018Jul03.80D102.zip").unwrap_err();
        assert!(matches!(&error, IntakeError::UnknownCamera { camera, .. } if camera == "80D"), "{error}");
        assert!(known().in_name("5D4.112").is_err());
    }

    #[test]
    fn symbol_files_name_the_camera() {
        let files = ["autoexec.bin", "ML/MODULES/60D_111.SYM"];
        let platform = known().in_files(files.into_iter()).unwrap();
        assert_eq!((platform.camera.0.as_str(), platform.firmware.as_deref()), ("60D", Some("111")));
        let two = ["ML/modules/60D_111.sym", "ML/modules/5D2_212.sym"];
        assert_eq!(known().in_files(two.into_iter()), None);
    }
}
