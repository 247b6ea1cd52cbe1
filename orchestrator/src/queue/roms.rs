//! Which ROM set a cell runs on.

use crate::shipped::OPEN;
use darkroom_protocol::RomSetId;
use darkroom_protocol::api::{BuildPlatform, RomSet};
use darkroom_protocol::verdict::{Reason, ReasonCode};

/// The ROM sets of the farm, the first of several that fit being the one to take.
pub(super) struct RomShelf {
    sets: Vec<RomSet>,
}

impl RomShelf {
    /// Those sets, by camera: the farm's own first, else the newest first.
    pub(super) fn new(sets: Vec<RomSet>) -> Self {
        Self { sets }
    }

    /// The set of the firmware asked for: a version, `open`, or `open:VERSION`. When nobody asks: the newest set of the
    /// version that the build is for, else `open`. With its reason when there is none, or when the build says that it is for
    /// another version than `open:VERSION`.
    pub(super) fn choose(&self, platform: &BuildPlatform, asked: Option<&str>) -> Result<RomSetId, Reason> {
        if let Some(reason) = wrong_version(platform, asked) {
            return Err(reason);
        }
        let told = platform.firmware.as_deref();
        let found = match asked.map(|asked| (asked, open_version(asked))) {
            Some((_, Some(version))) => self.shipped(platform, Some(version)),
            Some((OPEN, None)) => self.open(platform),
            Some((version, None)) => self.uploaded(platform, version),
            None => told.and_then(|version| self.uploaded(platform, version)).or_else(|| self.open(platform)),
        };
        found.ok_or_else(|| self.none(platform, asked))
    }

    fn of<'a>(&'a self, platform: &BuildPlatform) -> impl Iterator<Item = &'a RomSet> {
        let camera = platform.camera.clone();
        self.sets.iter().filter(move |set| set.camera == camera)
    }

    fn uploaded(&self, platform: &BuildPlatform, version: &str) -> Option<RomSetId> {
        let fits = |set: &&RomSet| set.open_firmware.is_none() && is_version(&set.firmware, version);
        self.of(platform).find(fits).map(|set| set.id)
    }

    /// The farm's own open firmware of a version, or the first.
    fn shipped(&self, platform: &BuildPlatform, version: Option<&str>) -> Option<RomSetId> {
        let fits = |stands_for: &str| version.is_none_or(|version| is_version(stands_for, version));
        self.of(platform).find(|set| set.open_firmware.as_deref().is_some_and(fits)).map(|set| set.id)
    }

    /// `open`: the farm's own, of the version that the build is for. A camera without one may have an uploaded set of
    /// that name: the open boot ROM alone, which suits any version.
    fn open(&self, platform: &BuildPlatform) -> Option<RomSetId> {
        match self.versions(platform).as_slice() {
            [] => self.uploaded(platform, OPEN),
            _ => self.shipped(platform, platform.firmware.as_deref()),
        }
    }

    /// Versions for which the farm ships the open firmware of the camera.
    fn versions(&self, platform: &BuildPlatform) -> Vec<&str> {
        self.of(platform).filter_map(|set| set.open_firmware.as_deref()).collect()
    }

    fn none(&self, platform: &BuildPlatform, asked: Option<&str>) -> Reason {
        let camera = &platform.camera;
        let detail = match (self.versions(platform).as_slice(), asked.or(platform.firmware.as_deref())) {
            ([], Some(wanted)) => format!("no ROM set of firmware '{wanted}' for {camera}: upload one"),
            ([], None) => format!("no ROM set for {camera}: upload one"),
            (versions, _) => {
                let wanted = platform.firmware.as_deref().map(dotted).unwrap_or_default();
                let wanted = if asked == Some(OPEN) || asked.is_none() {
                    format!("the build is for {camera} {wanted}")
                } else {
                    format!("no ROM set of firmware '{}' for {camera}", asked.unwrap_or_default())
                };
                let there: Vec<String> = versions.iter().map(|version| dotted(version)).collect();
                format!("{wanted}; the open firmware stands for {}", there.join(" and "))
            }
        };
        Reason { code: ReasonCode::NoRomSet, detail }
    }
}

/// A build has its firmware's addresses built in: on the open firmware of another version it can only end at its own check.
fn wrong_version(platform: &BuildPlatform, asked: Option<&str>) -> Option<Reason> {
    let (told, asked) = (platform.firmware.as_deref()?, open_version(asked?)?);
    if is_version(told, asked) {
        return None;
    }
    let said_by = platform.evidence.as_ref().map(|evidence| format!(" ({evidence})")).unwrap_or_default();
    let made_for = format!("{} {}", platform.camera, dotted(told));
    let detail =
        format!("this build is for {made_for}{said_by}, asked for the open firmware of {}", dotted(asked));
    Some(Reason { code: ReasonCode::WrongVersion, detail })
}

/// `VERSION` of `open:VERSION`.
fn open_version(asked: &str) -> Option<&str> {
    asked.strip_prefix(OPEN)?.strip_prefix(':')
}

/// Whether two texts name one firmware version: Canon writes `1.1.1`, file names of builds say `111`.
fn is_version(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.replace('.', "");
    bare(one) == bare(other)
}

/// `111` as Canon writes it.
pub(super) fn dotted(version: &str) -> String {
    if version.contains('.') {
        return version.to_owned();
    }
    let digits: Vec<String> = version.chars().map(String::from).collect();
    digits.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_the_same_with_dots_and_without() {
        assert!(is_version("1.1.1", "111"));
        assert!(is_version("open", "open"));
        assert!(!is_version("1.1.2", "111"));
        assert_eq!((dotted("123"), dotted("1.2.3")), ("1.2.3".to_owned(), "1.2.3".to_owned()));
    }

    #[test]
    fn only_a_version_after_a_colon_is_one() {
        assert_eq!(open_version("open:1.2.3"), Some("1.2.3"));
        assert_eq!((open_version("open"), open_version("111")), (None, None));
    }
}
