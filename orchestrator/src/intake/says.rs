//! What a build says of itself: the camera it is for, and what it lacks.

use super::error::IntakeError;
use super::platform::Platform;
use darkroom_protocol::CameraName;

/// The fonts that Magic Lantern opens when it starts; all its text is drawn with them.
const FONTS: [&str; 5] = ["term12.rbf", "term20.rbf", "argnor23.rbf", "argnor28.rbf", "argnor32.rbf"];
/// How the archives of Magic Lantern are named.
const ML_NAME: &str = "magiclantern";

/// The platform of a build from what its name and its files say: they must agree, and a camera picked by hand must be
/// the one they say. A name without a version is a hint only: somebody who picks a camera knows better.
pub(super) fn settle(
    upload: &str,
    named: Result<Option<Platform>, IntakeError>,
    inside: Option<Platform>,
    chosen: &[CameraName],
) -> Result<Option<Platform>, IntakeError> {
    let is_hint = |platform: &Platform| !platform.is_sure() && !chosen.is_empty();
    let named = named?.filter(|platform| !is_hint(platform) || chosen.contains(&platform.camera));
    let platform = agree(upload, named, inside)?;
    if let Some(sure) = platform.as_ref().filter(|platform| platform.is_sure())
        && let Some(asked) = chosen.iter().find(|camera| **camera != sure.camera)
    {
        return Err(wrong_camera(upload, sure, asked));
    }
    Ok(platform)
}

/// The files know better than the name.
fn agree(
    upload: &str,
    named: Option<Platform>,
    inside: Option<Platform>,
) -> Result<Option<Platform>, IntakeError> {
    match (named, inside) {
        (Some(named), Some(inside)) if !named.agrees(&inside) => Err(IntakeError::CameraMismatch {
            upload: upload.to_owned(),
            named: named.title(),
            content: format!("{} ({})", inside.title(), inside.said_by),
        }),
        (named, inside) => Ok(inside.or(named)),
    }
}

fn wrong_camera(upload: &str, sure: &Platform, asked: &CameraName) -> IntakeError {
    IntakeError::WrongCamera {
        upload: upload.to_owned(),
        made_for: sure.title(),
        said_by: sure.said_by.clone(),
        asked: asked.0.clone(),
    }
}

/// What will be wrong with a run of the build with these files.
pub(super) fn warnings<'a>(name: &str, paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let paths: Vec<String> = paths.map(str::to_ascii_lowercase).collect();
    let is_ml =
        name.to_ascii_lowercase().starts_with(ML_NAME) || paths.iter().any(|path| path.starts_with("ml/"));
    if is_ml { fonts(&paths).into_iter().collect() } else { Vec::new() }
}

/// Without its fonts Magic Lantern runs, and draws no text.
fn fonts(paths: &[String]) -> Option<String> {
    let is_there = |font: &&str| paths.contains(&format!("ml/fonts/{font}"));
    let missing: Vec<&str> = FONTS.into_iter().filter(|font| !is_there(font)).collect();
    match missing.len() {
        0 => None,
        count if count == FONTS.len() => {
            Some("it has no fonts (ML/fonts/*.rbf): Magic Lantern draws no text without them".to_owned())
        }
        _ => Some(format!("ML/fonts lacks {}: text in that font is not drawn", missing.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, paths: &[&str]) -> Vec<String> {
        warnings(name, paths.iter().copied())
    }

    #[test]
    fn only_magic_lantern_needs_its_fonts() {
        assert_eq!(told("card-check.zip", &["autoexec.bin", "BIGFILE.BIN"]), Vec::<String>::new());
        assert_eq!(told("60D111.zip", &["autoexec.bin", "ML/modules/lua.mo"]).len(), 1);
        assert_eq!(told("magiclantern-x.60D111.zip", &["autoexec.bin"]).len(), 1);
    }

    #[test]
    fn a_font_that_is_missing_is_named() {
        let mut all: Vec<String> =
            FONTS.iter().map(|font| format!("ML/FONTS/{}", font.to_uppercase())).collect();
        let told = |paths: &[String]| warnings("ml.zip", paths.iter().map(String::as_str));
        assert_eq!(told(&all), Vec::<String>::new());
        all.remove(0);
        assert_eq!(told(&all), ["ML/fonts lacks term12.rbf: text in that font is not drawn"]);
    }
}
