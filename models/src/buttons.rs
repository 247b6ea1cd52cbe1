//! Button tables: which key sends which switch code to the firmware (reference: mpu.md §6).

use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::tsv::{Row, rows};

const COLUMNS: usize = 6;

/// A switch and its position, the two payload bytes of a button message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SwitchCode {
    /// Which switch.
    pub switch: u8,
    /// Its position: usually 1 pressed, 0 released; wheels and joystick have more.
    pub position: u8,
}

impl SwitchCode {
    /// The message that tells the firmware: class 06, id = switch.
    pub fn message(self) -> [u8; 6] {
        [0x06, 0x05, 0x06, self.switch, self.position, 0x00]
    }
}

/// Presses that are more than one switch message (reference: mpu.md §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Sequence {
    /// Half-shutter pressed.
    HalfPress,
    /// Half-shutter released.
    HalfRelease,
    /// Av button pressed.
    AvPress,
    /// Av button released.
    AvRelease,
    /// Mode dial one further.
    ModeNext,
    /// Mode dial one back.
    ModePrevious,
    /// Movie mode on or off.
    Movie,
    /// Ask the firmware to shut down.
    Shutdown,
    /// Battery is going: no confirmation expected.
    Abort,
}

const SEQUENCES: [(&str, Sequence); 9] = [
    ("half-press", Sequence::HalfPress),
    ("half-release", Sequence::HalfRelease),
    ("av-press", Sequence::AvPress),
    ("av-release", Sequence::AvRelease),
    ("mode+1", Sequence::ModeNext),
    ("mode-1", Sequence::ModePrevious),
    ("movie", Sequence::Movie),
    ("shutdown", Sequence::Shutdown),
    ("abort", Sequence::Abort),
];

impl Sequence {
    /// The messages of the sequence, in order. Empty for the mode dial and movie mode, whose messages
    /// depend on the mode that the camera is in.
    pub fn messages(self) -> &'static [&'static [u8]] {
        match self {
            Sequence::HalfPress => {
                &[&[0x06, 0x05, 0x06, 0x26, 0x01, 0x00], &[0x06, 0x04, 0x05, 0x00, 0x00, 0x00]]
            }
            Sequence::HalfRelease => &[&[0x06, 0x04, 0x05, 0x0B, 0x00, 0x00]],
            Sequence::AvPress => &[
                &[0x06, 0x05, 0x06, 0x1C, 0x01, 0x00],
                &[
                    0x12, 0x11, 0x0A, 0x08, 0x06, 0x00, 0x01, 0x01, 0x98, 0x10, 0x00, 0x68, 0x01, 0x03, 0x00,
                    0x00, 0x00, 0x00,
                ],
            ],
            Sequence::AvRelease => &[
                &[0x06, 0x05, 0x06, 0x1C, 0x00, 0x00],
                &[
                    0x12, 0x11, 0x0A, 0x08, 0x06, 0x00, 0x01, 0x03, 0x98, 0x10, 0x00, 0x68, 0x01, 0x01, 0x00,
                    0x00, 0x00, 0x00,
                ],
            ],
            Sequence::Shutdown => &[&[0x06, 0x05, 0x02, 0x0B, 0x00, 0x00]],
            Sequence::Abort => &[&[0x06, 0x04, 0x02, 0x0C, 0x00, 0x00]],
            Sequence::ModeNext | Sequence::ModePrevious | Sequence::Movie => &[],
        }
    }
}

/// What a press or a release sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Press {
    /// One switch message.
    Switch {
        /// The event's name, such as `BGMT_MENU`.
        event: String,
        /// The code sent.
        code: SwitchCode,
    },
    /// A sequence of messages.
    Sequence {
        /// The event's name.
        event: String,
        /// Which sequence.
        sequence: Sequence,
    },
}

impl Press {
    /// The event's name, such as `BGMT_MENU`.
    pub fn event(&self) -> &str {
        match self {
            Press::Switch { event, .. } | Press::Sequence { event, .. } => event,
        }
    }
}

/// One button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ButtonRow {
    /// Key name as in `sendkey`, such as `m` or `up`; `None` for a code without a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// PS/2 set 1 scancode of the press; the release has the high bit of the last byte set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scancode: Vec<u8>,
    /// Sent when pressed; `None` when the camera has only a release there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub press: Option<Press>,
    /// Sent when released, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Press>,
}

/// The buttons of a camera, in the order of the table: the first row of a key wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ButtonTable {
    /// Name of the table; several cameras may share one.
    pub name: String,
    /// The rows.
    pub rows: Vec<ButtonRow>,
}

impl ButtonTable {
    /// The button of a key name (`m`, `up`, `f10`), ignoring case.
    pub fn by_key(&self, key: &str) -> Option<&ButtonRow> {
        self.rows.iter().find(|row| row.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case(key)))
    }

    /// The row whose press or release is called `event`, such as `BGMT_MENU`, ignoring case.
    pub fn by_event(&self, event: &str) -> Option<&ButtonRow> {
        let named = |p: &Option<Press>| p.as_ref().is_some_and(|p| p.event().eq_ignore_ascii_case(event));
        self.rows.iter().find(|row| named(&row.press) || named(&row.release))
    }

    /// The button that people call `name`: `MENU`, `SET`, `TRASH`, `HALFSHUTTER`. It is the event's name without `BGMT_` and `PRESS_`,
    /// ignoring case, so that one name means the same button on every camera, whatever its key and code.
    pub fn by_label(&self, name: &str) -> Option<&ButtonRow> {
        let labelled = |row: &&ButtonRow| {
            row.press.as_ref().is_some_and(|press| label(press.event()).eq_ignore_ascii_case(name))
        };
        self.rows.iter().find(labelled)
    }

    pub(crate) fn parse(name: &str, file: &str, text: &str) -> Result<Self, DataError> {
        let rows = rows(file, text, COLUMNS)?.iter().map(button).collect::<Result<_, _>>()?;
        Ok(ButtonTable { name: name.to_owned(), rows })
    }
}

fn label(event: &str) -> &str {
    let event = event.strip_prefix("BGMT_").unwrap_or(event);
    event.strip_prefix("PRESS_").unwrap_or(event)
}

fn button(row: &Row<'_>) -> Result<ButtonRow, DataError> {
    let scancode = match row.optional(1) {
        Some(_) => row.bytes(1, "scancode")?,
        None => Vec::new(),
    };
    let (press, release) = (press(row, 2)?, press(row, 4)?);
    if press.is_none() && release.is_none() {
        return Err(row.fault("press event", "the row sends nothing"));
    }
    Ok(ButtonRow { key: row.optional(0).map(str::to_owned), scancode, press, release })
}

/// Event name in `column`, code or `seq:NAME` in the next.
fn press(row: &Row<'_>, column: usize) -> Result<Option<Press>, DataError> {
    let Some(event) = row.optional(column).map(str::to_owned) else { return Ok(None) };
    let code = row.field(column + 1);
    if let Some(name) = code.strip_prefix("seq:") {
        let known = SEQUENCES.iter().find(|(known, _)| *known == name);
        let (_, sequence) = known.ok_or_else(|| row.fault("code", format!("unknown sequence {name:?}")))?;
        return Ok(Some(Press::Sequence { event, sequence: *sequence }));
    }
    match row.bytes(column + 1, "code")?[..] {
        [switch, position] => Ok(Some(Press::Switch { event, code: SwitchCode { switch, position } })),
        _ => Err(row.fault("code", format!("{code:?} is not two bytes"))),
    }
}
