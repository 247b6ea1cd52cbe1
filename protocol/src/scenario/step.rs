//! One step of a scenario.

use serde::{Deserialize, Serialize};

/// A rectangle of a frame, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// Something to do, to wait for or to expect. Times are seconds of guest time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Let the guest run.
    Wait {
        /// How long.
        seconds: f64,
    },
    /// Wait until a console line contains a text. A check: it fails when the time runs out.
    WaitLog {
        /// Text to find, anywhere in the log since the start of the run.
        text: String,
        /// How long at most.
        within: f64,
    },
    /// Wait until the screen equals a reference. A check.
    WaitScreen {
        /// Name of the reference frame.
        name: String,
        /// How long at most.
        within: f64,
        /// Largest difference per colour channel that still counts as equal.
        #[serde(default)]
        tolerance: u8,
        /// Pixels that may differ by more than that.
        #[serde(default)]
        max_outliers: u32,
        /// Compare only these areas (all when empty).
        #[serde(default)]
        areas: Vec<Area>,
        /// Leave these areas out.
        #[serde(default)]
        exclude: Vec<Area>,
    },
    /// Wait until the screen has not changed for a while. A check.
    WaitStable {
        /// How long it must stay the same.
        seconds: f64,
        /// How long to wait at most.
        within: f64,
    },
    /// Wait until the guest has powered the camera down. A check.
    WaitPowerDown {
        /// How long at most.
        within: f64,
    },
    /// Wait until every core idles with nothing to do for the given time. A check.
    WaitIdle {
        /// How long it must idle without executing.
        seconds: f64,
        /// How long to wait at most.
        within: f64,
    },
    /// Press and release a button.
    Press {
        /// Name as in the camera's button table, for example `MENU`.
        key: String,
        /// How long it is held.
        #[serde(default = "default_hold")]
        hold: f64,
    },
    /// Type a line into the UART console.
    Type {
        /// The text; a newline is sent after it.
        text: String,
    },
    /// Keep a frame.
    Screenshot {
        /// Its label.
        name: String,
    },
    /// The log so far contains a text, or must not.
    ExpectLog {
        /// Text to find.
        text: String,
        /// True: it must not be there.
        #[serde(default)]
        absent: bool,
    },
    /// The screen equals a reference now.
    ExpectScreen {
        /// Name of the reference frame.
        name: String,
        /// Largest difference per colour channel that still counts as equal.
        #[serde(default)]
        tolerance: u8,
        /// Pixels that may differ by more than that.
        #[serde(default)]
        max_outliers: u32,
        /// Compare only these areas (all when empty).
        #[serde(default)]
        areas: Vec<Area>,
        /// Leave these areas out.
        #[serde(default)]
        exclude: Vec<Area>,
        /// True: it must differ from the reference.
        #[serde(default)]
        differs: bool,
    },
    /// Keep a frame under a name that later screen checks of this run compare with, in place of a stored reference.
    RememberScreen {
        /// Its name, for the checks and as the frame's label.
        name: String,
    },
    /// These tasks exist in the guest's kernel. A check.
    ExpectTasks {
        /// Their names.
        names: Vec<String>,
    },
    /// The guest made no call that its firmware does not offer. A check.
    ExpectNoMissing {
        /// Calls that may be missing.
        #[serde(default)]
        allow: Vec<String>,
    },
    /// No assertion, no stack overflow, and no crash log on the card. A check: when it fails, the verdict is `guest-crashed`.
    ExpectNoCrash,
    /// The build's modules are loaded, all of them. A check.
    ExpectModules,
    /// A file is on the card (or is not), with some content.
    ExpectFile {
        /// Path from the card's root.
        path: String,
        /// True: it must not be there.
        #[serde(default)]
        absent: bool,
        /// Text that it contains.
        #[serde(default)]
        contains: Option<String>,
        /// Size in bytes.
        #[serde(default)]
        size: Option<u64>,
        /// SHA-256 of the content.
        #[serde(default)]
        sha256: Option<crate::Digest>,
    },
    /// Open or close the card door.
    CardDoor {
        /// True opens it.
        open: bool,
    },
    /// Open or close the battery door.
    BatteryDoor {
        /// True opens it.
        open: bool,
    },
    /// Ask the camera to power down (as turning the switch off does).
    PowerDown,
    /// Switch the camera on again after it was off: a warm reboot, with the card as it is now.
    PowerOn,
    /// Cut the power: the run ends here, nothing is flushed.
    CutPower,
}

fn default_hold() -> f64 {
    0.1
}

impl Step {
    /// Whether the step is an expectation that gets a row in the report.
    pub fn is_check(&self) -> bool {
        !matches!(
            self,
            Self::Wait { .. }
                | Self::Press { .. }
                | Self::Type { .. }
                | Self::Screenshot { .. }
                | Self::RememberScreen { .. }
                | Self::CardDoor { .. }
                | Self::BatteryDoor { .. }
                | Self::PowerDown
                | Self::PowerOn
                | Self::CutPower
        )
    }

    /// The reference frame that the step needs.
    pub fn reference_name(&self) -> Option<&str> {
        match self {
            Self::WaitScreen { name, .. } | Self::ExpectScreen { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The name under which the step keeps the screen for later checks.
    pub fn remembered_name(&self) -> Option<&str> {
        match self {
            Self::RememberScreen { name } => Some(name),
            _ => None,
        }
    }

    /// The step in words, for logs and pages.
    pub fn describe(&self) -> String {
        match self {
            Self::Wait { seconds } => format!("wait {seconds} s"),
            Self::WaitLog { text, within } => format!("log says “{text}” within {within} s"),
            Self::WaitScreen { name, within, .. } => format!("screen becomes “{name}” within {within} s"),
            Self::WaitStable { seconds, within } => {
                format!("screen stable for {seconds} s within {within} s")
            }
            Self::WaitPowerDown { within } => format!("powers down within {within} s"),
            Self::WaitIdle { seconds, within } => format!("idle for {seconds} s within {within} s"),
            Self::Press { key, hold } => format!("press {key} for {hold} s"),
            Self::Type { text } => format!("type “{text}”"),
            Self::Screenshot { name } => format!("screenshot “{name}”"),
            Self::ExpectLog { text, absent: false } => format!("log contains “{text}”"),
            Self::ExpectLog { text, absent: true } => format!("log does not contain “{text}”"),
            Self::ExpectScreen { name, differs: true, .. } => format!("screen differs from “{name}”"),
            Self::ExpectScreen { name, .. } => format!("screen equals “{name}”"),
            Self::RememberScreen { name } => format!("remember the screen as “{name}”"),
            Self::ExpectTasks { names } => format!("has the tasks {}", names.join(", ")),
            Self::ExpectNoMissing { allow } if allow.is_empty() => "no missing call".to_owned(),
            Self::ExpectNoMissing { allow } => format!("no missing call but {}", allow.join(", ")),
            Self::ExpectNoCrash => "no assertion, no crash log".to_owned(),
            Self::ExpectModules => "all modules of the build are loaded".to_owned(),
            Self::ExpectFile { path, absent: true, .. } => format!("card has no {path}"),
            Self::ExpectFile { path, .. } => format!("card has {path}"),
            Self::CardDoor { open: true } => "open the card door".to_owned(),
            Self::CardDoor { open: false } => "close the card door".to_owned(),
            Self::BatteryDoor { open: true } => "open the battery door".to_owned(),
            Self::BatteryDoor { open: false } => "close the battery door".to_owned(),
            Self::PowerDown => "switch the camera off".to_owned(),
            Self::PowerOn => "switch the camera on again".to_owned(),
            Self::CutPower => "cut the power".to_owned(),
        }
    }

    /// Every guest-time figure of the step, with its key, for validation.
    pub(super) fn times(&self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Wait { seconds } => vec![("seconds", *seconds)],
            Self::WaitLog { within, .. }
            | Self::WaitScreen { within, .. }
            | Self::WaitPowerDown { within } => {
                vec![("within", *within)]
            }
            Self::WaitStable { seconds, within } | Self::WaitIdle { seconds, within } => {
                vec![("seconds", *seconds), ("within", *within)]
            }
            Self::Press { hold, .. } => vec![("hold", *hold)],
            _ => Vec::new(),
        }
    }
}
