//! ML's platform names: camera and firmware version in folder and file names.

use crate::camera::Camera;
use crate::catalog::Catalog;
use crate::ids::FirmwareVersion;

impl Catalog {
    /// Camera and version of a platform folder such as `60D.111` or `60D.111/`. The version need not be one
    /// that the camera's data names.
    pub fn platform(&self, folder: &str) -> Option<(&Camera, FirmwareVersion)> {
        let (id, version) = folder.trim_end_matches('/').split_once('.')?;
        self.with_version(id, version)
    }

    /// Camera and version in the name of a build, such as
    /// `magiclantern-Nightly.2018Jul03.60D111.zip` or `60D.111-test.zip`.
    pub fn platform_in_name(&self, file: &str) -> Option<(&Camera, FirmwareVersion)> {
        let words = file.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        words.flat_map(|word| self.platform_in_word(word)).next_back()
    }

    /// Camera, version and the file that names them among the files of a build: ML ships `ML/modules/60D_111.sym`. Several
    /// that differ say nothing.
    pub fn platform_in_files<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a str>,
    ) -> Option<(&Camera, FirmwareVersion, &'a str)> {
        let mut found = paths.into_iter().filter_map(|path| self.platform_of_symbols(path));
        let first = found.next()?;
        let same = |(camera, version, _): (&Camera, FirmwareVersion, &str)| {
            camera.id == first.0.id && version == first.1
        };
        found.all(same).then_some(first)
    }

    fn platform_of_symbols<'a>(&self, path: &'a str) -> Option<(&Camera, FirmwareVersion, &'a str)> {
        let lower = path.to_ascii_lowercase();
        let (id, version) = lower.strip_prefix("ml/modules/")?.strip_suffix(".sym")?.split_once('_')?;
        self.with_version(id, version).map(|(camera, version)| (camera, version, path))
    }

    fn platform_in_word(&self, word: &str) -> Option<(&Camera, FirmwareVersion)> {
        let parts: Vec<&str> = word.split('.').collect();
        let split = parts.windows(2).filter_map(|pair| self.with_version(pair[0], pair[1]));
        let joined = parts.iter().filter_map(|part| {
            let cut = part.len().checked_sub(3)?;
            self.with_version(part.get(..cut)?, part.get(cut..)?)
        });
        joined.chain(split).next_back()
    }

    fn with_version(&self, id: &str, version: &str) -> Option<(&Camera, FirmwareVersion)> {
        let camera = self.iter().find(|camera| camera.id.as_str().eq_ignore_ascii_case(id))?;
        Some((camera, version.parse().ok()?))
    }
}
